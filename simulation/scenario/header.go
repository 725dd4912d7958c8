package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/spelling"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// headerWord is a kind of line above the first moment.
type headerWord struct {
	word, behind, help string
	// often: there may be several such lines.
	often bool
	// read takes the words behind the first.
	read func(r *reader, words []string) error
	// write gives the lines, whole.
	write func(s Scenario) []string
}

// headerWords in the order in which they are written and explained.
func headerWords() []headerWord {
	return []headerWord{
		{
			word: "profile", behind: "NAME [+QUIRK|-QUIRK …]",
			help: "how the phones decide: corrected (if there is no such line) or sdk-9.2.4, with quirks of docs/quirks.md switched on or off",
			read: (*reader).profile, write: profileLines,
		},
		{
			word: "seed", behind: "N", help: "draws the delays of the platform; without it each is its option's value",
			read: (*reader).seed, write: seedLines,
		},
		{
			word: "platform", behind: "KEY=VALUE … or silent", often: true,
			help: "options of the platform, which world.md lists; silent: it does nothing by itself, and what comes in is told by wire lines",
			read: (*reader).platform, write: platformLines,
		},
		{
			word: "login", behind: "by hand", help: "no phone logs in before the first line",
			read: (*reader).login, write: loginLines,
		},
		{
			word: missing, behind: "CALL …", help: "calls that lines may be about although no line above makes them; of others that is a mistake",
			read: (*reader).readMissing, write: missingLines,
		},
		{
			word: "agent", behind: "NAME [OPTION …]", often: true, help: "a user with a station and phones",
			read: (*reader).declare, write: agentLines,
		},
	}
}

func (r *reader) profile(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("no name behind it: there are %s", spelling.Listed(quirk.Profiles()))
	}
	if !slices.Contains(quirk.Profiles(), words[0]) {
		return fmt.Errorf("%q: no such profile: there are %s", words[0], spelling.Listed(quirk.Profiles()))
	}
	r.scenario.Profile = words[0]
	named := map[string]bool{}
	for _, change := range words[1:] {
		switch q := quirkOf(change); {
		case q == nil && change[0] != '+' && change[0] != '-':
			return fmt.Errorf("%q: neither switched on nor off: write + or - before a quirk", change)
		case q == nil:
			return fmt.Errorf("%q: no such quirk: %s", change, spelling.DidYouMean(change, quirkChanges(change)))
		case named[q.Name]:
			return fmt.Errorf("%q: the quirk is named twice: leave one out", change)
		default:
			named[q.Name] = true
		}
	}
	r.scenario.Quirks = words[1:]
	return nil
}

func profileLines(s Scenario) []string {
	name := s.Profile
	if name == "" {
		name = quirk.Profiles()[0]
	}
	return []string{strings.Join(append([]string{"profile", name}, s.Quirks...), " ")}
}

func (r *reader) seed(words []string) error {
	if len(words) != 1 {
		return fmt.Errorf("not one number behind it: write such as seed 42")
	}
	n, err := strconv.ParseUint(words[0], 10, 64)
	if err != nil {
		return fmt.Errorf("%q: not a whole number from 0 to 18446744073709551615", words[0])
	}
	r.scenario.Seed = n
	return nil
}

func seedLines(s Scenario) []string {
	if s.Seed == 0 {
		return nil
	}
	return []string{"seed " + strconv.FormatUint(s.Seed, 10)}
}

const silent = "silent"

func (r *reader) platform(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("nothing behind it: write KEY=VALUE, or silent")
	}
	for _, word := range words {
		if word == silent && r.scenario.Silent {
			return fmt.Errorf("%s: said twice: leave one out", silent)
		}
		if word == silent {
			r.scenario.Silent = true
			continue
		}
		key, value, ok := strings.Cut(word, "=")
		switch {
		case !ok || !keyName.MatchString(key) || value == "":
			return fmt.Errorf("%q: not an option: write KEY=VALUE without spaces, or silent", word)
		case slices.ContainsFunc(r.scenario.Platform, func(s Setting) bool { return s.Key == key }):
			return fmt.Errorf("%s: set twice: leave one out", key)
		}
		if err := settable(key, value); err != nil {
			return err
		}
		r.scenario.Platform = append(r.scenario.Platform, Setting{key, value})
	}
	return nil
}

// settable says why the platform has no such option, or takes no such value.
func settable(key, value string) error {
	var options platform.Options
	if err := options.Set(key, value); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "platform: "))
	}
	return nil
}

func platformLines(s Scenario) (lines []string) {
	if s.Silent {
		lines = append(lines, "platform "+silent)
	}
	if len(s.Platform) == 0 {
		return lines
	}
	words := []string{"platform"}
	for _, set := range s.Platform {
		words = append(words, set.Key+"="+set.Value)
	}
	return append(lines, strings.Join(words, " "))
}

const byHand = "by hand"

func (r *reader) login(words []string) error {
	if strings.Join(words, " ") != byHand {
		return fmt.Errorf("phones log in by themselves, or by hand: write login by hand, or leave it out")
	}
	r.scenario.LoginByHand = true
	return nil
}

func loginLines(s Scenario) []string {
	if !s.LoginByHand {
		return nil
	}
	return []string{"login " + byHand}
}

// declare reads an agent. One with a faulty option is declared all the same, so that its lines are no errors, too.
func (r *reader) declare(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("no name behind it: write such as agent ann")
	}
	name := words[0]
	switch problem := nameProblem(name, openers()); {
	case problem != "":
		return fmt.Errorf("%q: %s", name, problem)
	case r.agentAt(name) >= 0:
		return fmt.Errorf("%s: declared twice: give one of them another name", name)
	case len(r.scenario.Agents) == agentsMax:
		return fmt.Errorf("%s: more than %d agents: leave some out", name, agentsMax)
	}
	a := NewAgent(name)
	err := a.setAll(words[1:])
	a.Note = r.note()
	r.scenario.Agents = append(r.scenario.Agents, a)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func agentLines(s Scenario) (lines []string) {
	for _, a := range s.Agents {
		lines = append(lines, commented(a.Note)...)
		line := "agent " + a.Name
		for _, o := range agentOptions() {
			if text := o.text(a); text != "" {
				line += " " + text
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// agentOption is what can stand behind an agent's name.
type agentOption struct {
	word, behind, help string
	set                func(a *Agent, values []string) error
	// text is the option as it is written, or "" where it is as NewAgent has it.
	text  func(a Agent) string
	reset func(a *Agent)
}

const phonesOption = "phones"

// agentOptions in the order in which they are written and explained.
func agentOptions() []agentOption {
	return []agentOption{
		{
			word: "line-appearance", behind: "N", help: "how many sessions the station has at once: 1, or many (100)",
			set: setLineAppearance,
			text: func(a Agent) string {
				if a.LineAppearance == manyLines || a.LineAppearance == 0 {
					return ""
				}
				return "line-appearance " + strconv.Itoa(a.LineAppearance)
			},
			reset: func(a *Agent) { a.LineAppearance = manyLines },
		},
		mark("persistent", "the station has a persistent connection", func(a *Agent) *bool { return &a.Persistent }, true),
		mark("without station", "the agent has no station", func(a *Agent) *bool { return &a.NoStation }, true),
		{
			word: phonesOption, behind: "A B …", help: "the agent's clients; the first is meant where only the agent is named; one named desk if nothing is said",
			set: setPhones,
			text: func(a Agent) string {
				if len(a.Phones) == 0 || slices.Equal(a.Phones, []string{firstPhone}) {
					return ""
				}
				return phonesOption + " " + strings.Join(a.Phones, " ")
			},
			reset: func(a *Agent) { a.Phones = []string{firstPhone} },
		},
		mark("auto-answer", "autoAnswerInbound: calls from outside that ask for it are answered by themselves", func(a *Agent) *bool { return &a.Options.AutoAnswerInbound }, true),
		mark("no auto-answer", "disableAutoAnswer: nothing is answered by itself", func(a *Agent) *bool { return &a.Options.DisableAutoAnswer }, true),
		mark("no auto-connect", "autoConnectSessions false: sessions are accepted by hand", func(a *Agent) *bool { return &a.Options.AutoConnectSessions }, false),
		{
			word: "eager", behind: "auto|event|none", help: "what is done with the offer of a persistent connection: taken (auto), announced, or left to the first call",
			set: setEager,
			text: func(a Agent) string {
				if a.Options.EagerPersistent == "" || a.Options.EagerPersistent == messages.EagerAuto {
					return ""
				}
				return "eager " + string(a.Options.EagerPersistent)
			},
			reset: func(a *Agent) { a.Options.EagerPersistent = messages.EagerAuto },
		},
		mark("server pings", "useServerSidePings: the server finds out that a stream is dead", func(a *Agent) *bool { return &a.Options.UseServerSidePings }, true),
	}
}

// mark is an option without a value: its words set the field to what it otherwise is not.
func mark(words, help string, field func(*Agent) *bool, to bool) agentOption {
	return agentOption{
		word: words, help: help,
		set: func(a *Agent, values []string) error {
			if len(values) > 0 {
				return fmt.Errorf("%q: not an option: %s", values[0], spelling.DidYouMean(values[0], optionWords()))
			}
			*field(a) = to
			return nil
		},
		text: func(a Agent) string {
			if *field(&a) != to {
				return ""
			}
			return words
		},
		reset: func(a *Agent) { *field(a) = !to },
	}
}

// optionWords are the words of all options, as they are written.
func optionWords() []string {
	var words []string
	for _, o := range agentOptions() {
		words = append(words, o.word)
	}
	return words
}

// optionOpeners are the words that an option may begin with; no phone can be named so.
func optionOpeners() []string {
	var words []string
	for _, name := range optionWords() {
		words = append(words, strings.Fields(name)[0])
	}
	return words
}

func setLineAppearance(a *Agent, values []string) error {
	if len(values) != 1 {
		return fmt.Errorf("not one number behind it: write such as line-appearance 1")
	}
	n, err := strconv.Atoi(values[0])
	if err != nil || n < 1 || n > lineAppearanceMax {
		return fmt.Errorf("%q: not a whole number from 1 to %d", values[0], lineAppearanceMax)
	}
	a.LineAppearance = n
	return nil
}

func setPhones(a *Agent, values []string) error {
	if len(values) == 0 || len(values) > phonesMax {
		return fmt.Errorf("%d names behind it: write from 1 to %d", len(values), phonesMax)
	}
	for i, name := range values {
		if problem := nameProblem(name, optionOpeners()); problem != "" {
			return fmt.Errorf("%q: %s", name, problem)
		}
		if slices.Contains(values[:i], name) {
			return fmt.Errorf("%q: named twice: leave one out", name)
		}
	}
	a.Phones = slices.Clone(values)
	return nil
}

func setEager(a *Agent, values []string) error {
	known := []string{string(messages.EagerAuto), string(messages.EagerEvent), string(messages.EagerNone)}
	if len(values) != 1 || !slices.Contains(known, values[0]) {
		return fmt.Errorf("not one of its words behind it: there are %s", spelling.Listed(known))
	}
	a.Options.EagerPersistent = messages.Eagerness(values[0])
	return nil
}

// setAll reads the options behind an agent's name, in any order and each once.
func (a *Agent) setAll(words []string) error {
	given := map[string]bool{}
	for len(words) > 0 {
		option, length := optionAt(words)
		if option == nil {
			return fmt.Errorf("%q: not an option: %s", words[0], spelling.DidYouMean(words[0], optionWords()))
		}
		if given[option.word] {
			return fmt.Errorf("%s: given twice: leave one out", option.word)
		}
		given[option.word] = true
		words = words[length:]
		values := 0
		for values < len(words) {
			if next, _ := optionAt(words[values:]); next != nil {
				break
			}
			values++
		}
		if err := option.set(a, words[:values]); err != nil {
			return fmt.Errorf("%s: %w", option.word, err)
		}
		words = words[values:]
	}
	return nil
}

// optionAt is the option that begins here, and how many words its name has; nil if none does.
func optionAt(words []string) (*agentOption, int) {
	for _, o := range agentOptions() {
		name := strings.Fields(o.word)
		if len(words) >= len(name) && slices.Equal(name, words[:len(name)]) {
			return &o, len(name)
		}
	}
	return nil, 0
}
