package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/spelling"
	"github.com/hookswitch/hookswitch/messages"
)

// place is a kind of place in a pattern: which field of a Statement it is for, and how that is read, written and made
// simpler.
type place struct {
	name string
	// shown is how the place is written when a pattern is explained.
	shown string
	help  string
	// toTheEnd: it takes the rest of the line. Marks: it is a word that is there or not.
	toTheEnd, marks bool
	read            func(r *reader, s *Statement, at token) error
	given           func(s Statement) bool
	write           func(s Statement) string
	clear           func(s *Statement)
	// ease lists statements that say less at this place, the simplest first; nil: there are none.
	ease func(s Statement) []Statement
}

// places are all kinds of places, in the order in which they are explained.
var places = []place{
	{
		name: "phone", shown: "PHONE", help: "a phone: its agent, such as ann, for the agent's first, or ann/home",
		read:  func(r *reader, s *Statement, at token) (err error) { s.Phone, err = r.phone(at.word); return err },
		given: func(s Statement) bool { return s.Phone != Phone{} },
		write: func(s Statement) string { return s.Phone.String() },
		clear: func(s *Statement) { s.Phone = Phone{} },
		ease:  easePhone,
	},
	{
		name: "call", shown: "CALL", help: "a conversation: C1, C2 … or another word that begins with an upper-case letter",
		read:  func(_ *reader, s *Statement, at token) (err error) { s.Call, err = callOf(at.word); return err },
		given: func(s Statement) bool { return s.Call != "" },
		write: func(s Statement) string { return s.Call },
		clear: func(s *Statement) { s.Call = "" },
	},
	{
		name: "agent", shown: "AGENT", help: "an agent of the header",
		read:  func(r *reader, s *Statement, at token) (err error) { s.Agent, err = r.agent(at.word); return err },
		given: func(s Statement) bool { return s.Agent != "" },
		write: func(s Statement) string { return s.Agent },
		clear: func(s *Statement) { s.Agent = "" },
	},
	wordPlace("word", "WORD", "a word without spaces", nil),
	wordPlace("input", "INPUT", "the journal's word for something that a phone is told, such as offer", inputKinds),
	wordPlace("request", "REQUEST", "the journal's word for something that a phone asks for, such as get-station or send-bind", requestKinds),
	{
		name: "number", shown: "NUMBER", help: fmt.Sprintf("a whole number from 0 to %d", numberMax),
		read:  func(_ *reader, s *Statement, at token) (err error) { s.Number, err = numberOf(at.word); return err },
		given: func(s Statement) bool { return s.Number != 0 },
		write: func(s Statement) string { return strconv.Itoa(s.Number) },
		clear: func(s *Statement) { s.Number = 0 },
		ease:  easeNumber,
	},
	{
		name: "duration", shown: "DURATION", help: "how long, such as 250ms, 1s or 2m30s",
		read:  func(_ *reader, s *Statement, at token) (err error) { s.Duration, err = durationOf(at.word); return err },
		given: func(s Statement) bool { return s.Duration != 0 },
		write: func(s Statement) string { return durationText(s.Duration) },
		clear: func(s *Statement) { s.Duration = 0 },
		ease:  easeDuration,
	},
	{
		name: "flag", marks: true,
		read:  func(_ *reader, s *Statement, _ token) error { s.Flag = true; return nil },
		given: func(s Statement) bool { return s.Flag },
		clear: func(s *Statement) { s.Flag = false },
	},
	{
		name: "json", shown: "JSON", toTheEnd: true,
		help:  `an input's fields as they stand in a journal, up to the end of the line; "effect":"oldest get-me" means the oldest open request of that kind, "peer":"newest" the peer connection that was made last`,
		read:  func(_ *reader, s *Statement, at token) (err error) { s.JSON, err = jsonOf(s.Word, at.tail); return err },
		given: func(s Statement) bool { return s.JSON != "" },
		write: func(s Statement) string { return compact(s.JSON) },
		clear: func(s *Statement) { s.JSON = "" },
		ease:  easeJSON,
	},
	{
		name: "xml", shown: "XML", toTheEnd: true,
		help:  "a frame of the stream, such as <message …>, up to the end of the line",
		read:  func(_ *reader, s *Statement, at token) (err error) { s.XML, err = xmlOf(at.tail); return err },
		given: func(s Statement) bool { return s.XML != "" },
		write: func(s Statement) string { return s.XML },
		clear: func(s *Statement) { s.XML = "" },
	},
}

// wordPlace is a place for a word, of known ones if there are any.
func wordPlace(name, shown, help string, known []string) place {
	return place{
		name: name, shown: shown, help: help,
		read: func(_ *reader, s *Statement, at token) error {
			if known != nil && !slices.Contains(known, at.word) {
				return fmt.Errorf("%q: no %s is called so: %s", at.word, name, spelling.DidYouMean(at.word, known))
			}
			s.Word = at.word
			return nil
		},
		given: func(s Statement) bool { return s.Word != "" },
		write: func(s Statement) string { return s.Word },
		clear: func(s *Statement) { s.Word = "" },
	}
}

func (r *reader) phone(word string) (Phone, error) {
	name, phone, named := strings.Cut(word, "/")
	if _, err := r.agent(name); err != nil {
		return Phone{}, err
	}
	a := r.scenario.Agents[r.agentAt(name)]
	if named && !slices.Contains(a.Phones, phone) {
		return Phone{}, fmt.Errorf("%q: %s has no such phone: there are %s; declare it, as in agent %s phones A B", word, name, spelling.Listed(a.Phones), name)
	}
	return Phone{Agent: name, Name: phone}, nil
}

func (r *reader) agent(name string) (string, error) {
	if r.agentAt(name) >= 0 {
		return name, nil
	}
	var known []string
	for _, a := range r.scenario.Agents {
		known = append(known, a.Name)
	}
	return "", fmt.Errorf("%q: no such agent: there are %s; declare it, as in agent ann", name, spelling.Listed(known))
}

func (r *reader) agentAt(name string) int {
	return slices.IndexFunc(r.scenario.Agents, func(a Agent) bool { return a.Name == name })
}

func callOf(word string) (string, error) {
	switch {
	case len(word) > nameMax:
		return "", fmt.Errorf("a call's name longer than %d characters: shorten it", nameMax)
	case !callName.MatchString(word):
		return "", fmt.Errorf("%q: not a call: write C1, C2 … or another word that begins with an upper-case letter", word)
	}
	return word, nil
}

// numberMax is the highest number that a statement has: a status, a close code or a line appearance.
const numberMax = 99999

func numberOf(word string) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 || n > numberMax {
		return 0, fmt.Errorf("%q: not a whole number from 0 to %d", word, numberMax)
	}
	return n, nil
}

// xmlOf is a frame as it stands: whether it is one, the phone decides.
func xmlOf(text string) (string, error) {
	if text = strings.TrimRight(text, " \t"); !strings.HasPrefix(text, "<") {
		return "", fmt.Errorf("%.60q: not a frame: it begins with <", text)
	}
	return text, nil
}

// oldest is how a wire line says which effect a result is for: the one of that kind that is open longest. newest is how it
// says which peer connection is meant: the one that was made last.
const (
	oldest = "oldest "
	newest = "newest"
)

// jsonOf checks that text holds the fields of an input, and returns it without needless spaces. It is stricter than the
// journal: a field that the input does not have is an error, for here it is a slip of the pen.
func jsonOf(kind, text string) (string, error) {
	text = compact(text)
	checked, err := withoutNames(text)
	if err != nil {
		return "", err
	}
	if _, err := messages.DecodeInput(kind, checked); err != nil {
		return "", fmt.Errorf("%w: write its fields as a journal has them", err)
	}
	at := slices.Index(inputKinds, kind)
	fields := reflect.New(reflect.TypeOf(messages.Inputs()[at])).Interface()
	strict := json.NewDecoder(bytes.NewReader(checked))
	strict.DisallowUnknownFields()
	if err := strict.Decode(fields); err != nil {
		return "", fmt.Errorf("%s: %s: leave it out, or write it as a journal does", kind, strings.TrimPrefix(err.Error(), "json: "))
	}
	return text, nil
}

// compact is JSON without needless spaces, or the text itself if it is no JSON.
func compact(text string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return text
	}
	return b.String()
}

// withoutNames takes an effect of the form "oldest KIND" out, and checks its KIND, and so a peer that is "newest".
func withoutNames(text string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return []byte(text), nil // what is wrong with it, the decoder says
	}
	var effect, peer string
	if json.Unmarshal(fields["effect"], &effect) == nil && strings.HasPrefix(effect, oldest) {
		if kind := strings.TrimPrefix(effect, oldest); !slices.Contains(requestKinds, kind) {
			return nil, fmt.Errorf("effect %.60q: no request is called so: %s", effect, spelling.DidYouMean(kind, requestKinds))
		}
		delete(fields, "effect")
	}
	if json.Unmarshal(fields["peer"], &peer) == nil && peer == newest {
		delete(fields, "peer")
	}
	return json.Marshal(fields)
}

// easePhone means the agent's first phone.
func easePhone(s Statement) []Statement {
	s.Phone.Name = ""
	return []Statement{s}
}

// easeNumber keeps the first digit and makes zeros of the others.
func easeNumber(s Statement) []Statement {
	unit := int(math.Pow10(len(strconv.Itoa(s.Number)) - 1))
	round := s.Number / unit * unit
	if round == s.Number {
		return nil
	}
	s.Number = round
	return []Statement{s}
}

func easeDuration(s Statement) []Statement {
	var easier []Statement
	for _, d := range simpler(s.Duration) {
		s.Duration = d
		easier = append(easier, s)
	}
	return easier
}

// easeJSON leaves out one field after the other, and those within the fields that are objects stay.
func easeJSON(s Statement) []Statement {
	names, values := members(s.JSON)
	var easier []Statement
	for gone := range names {
		var b strings.Builder
		for i, name := range names {
			if i == gone {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			b.WriteString(name + ":" + values[i])
		}
		less := s
		less.JSON = "{" + b.String() + "}"
		easier = append(easier, less)
	}
	return easier
}

// members are the fields of a JSON object, names with their quotes, in their order; none if it is not one.
func members(text string) (names, values []string) {
	d := json.NewDecoder(strings.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, nil
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, nil
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, nil
		}
		names, values = append(names, string(quoted)), append(values, string(value))
	}
	return names, values
}
