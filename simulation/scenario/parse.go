package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/spelling"
)

// What a scenario may have at most, so that a wrong file is an error at once.
const (
	bytesMax          = 1 << 20
	linesMax          = 10_000 // above the dashes
	agentsMax         = 100
	phonesMax         = 10
	lineAppearanceMax = 1000
	nameMax           = 40 // characters of a name
	wordMax           = 256
	wordsMax          = 200 // of a line, before its JSON
	problemsMax       = 20  // that are told of one file
)

// dashes is the line above what came of it.
const dashes = "----"

// Parse reads a scenario. The name is for errors, such as the file's. What is wrong is told of all lines together, one
// `file:line: what: why and what to do` a line, in the order of the file. Text that Parse takes means the same as what
// String makes of it.
func Parse(name string, text []byte) (Scenario, error) {
	if name == "" {
		name = "scenario"
	}
	if len(text) > bytesMax {
		return Scenario{}, fmt.Errorf("%s:1: the file has %d bytes: at most %d are read: cut it into several", name, len(text), bytesMax)
	}
	r := &reader{name: name, once: map[string]bool{}}
	r.scenario.Profile = quirk.Profiles()[0]
	above, below := halves(strings.TrimPrefix(string(text), byteOrderMark))
	lines := strings.Split(above, "\n")
	if len(lines) > linesMax+1 {
		return Scenario{}, fmt.Errorf("%s:%d: more than %d lines: cut the file into several", name, linesMax+1, linesMax)
	}
	for i, line := range lines {
		if len(r.problems) > problemsMax {
			return Scenario{}, r.all()
		}
		r.at = i + 1
		if err := r.line(strings.TrimRight(line, " \t\r")); err != nil {
			r.problem(err)
		}
	}
	r.end()
	if !utf8.ValidString(below) {
		r.at = len(lines) + 1
		r.problem(errors.New("what came of it is not UTF-8: save the file as UTF-8"))
	}
	if len(r.problems) > 0 {
		return Scenario{}, r.all()
	}
	r.scenario.Expected = settled(below)
	return r.scenario, nil
}

// byteOrderMark is what some editors begin a file with (RFC 3629 section 6).
const byteOrderMark = "\ufeff"

// Rewritten is the text of a scenario with another outcome below its dashes. What stands above them stays as it is, byte for
// byte, and so do the ends of its lines.
func Rewritten(text []byte, outcome string) []byte {
	above, _ := halves(string(text))
	end := "\n"
	if strings.Contains(above, "\r\n") {
		end = "\r\n"
	}
	if above != "" && !strings.HasSuffix(above, "\n") {
		above += end
	}
	return []byte(above + strings.ReplaceAll(dashes+"\n"+settled(outcome), "\n", end))
}

// halves cuts a text at its first line of dashes.
func halves(text string) (above, below string) {
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		end := min(at+len(line)+1, len(text))
		if strings.TrimRight(line, " \t\r") == dashes {
			return text[:at], text[end:]
		}
		at = end
	}
	return text, ""
}

// settled is text as Expected has it: without carriage returns and empty lines at its end, with a line feed.
func settled(text string) string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r", ""), "\n \t")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// reader reads one file.
type reader struct {
	name     string
	at       int // the line's number
	scenario Scenario
	once     map[string]bool // the header words that were there
	titled   bool            // the title is over
	comment  []string        // the comment that waits for what it is above
	problems []problem
	missing  []string // the calls that lines may be about though none makes them
	unread   bool     // a line that says what happens could not be read
}

// problem is what is wrong with a line.
type problem struct {
	at  int
	err error
}

func (r *reader) problem(err error) {
	r.problems = append(r.problems, problem{r.at, err})
}

// all are the problems as one error, in the order of the file.
func (r *reader) all() error {
	slices.SortStableFunc(r.problems, func(a, b problem) int { return a.at - b.at })
	var told []error
	for i, p := range r.problems {
		if i == problemsMax {
			told = append(told, fmt.Errorf("%s:%d: what is wrong from here on is not told: mend what is above first", r.name, p.at))
			break
		}
		told = append(told, fmt.Errorf("%s:%d: %w", r.name, p.at, p.err))
	}
	return errors.Join(told...)
}

// note is the comment above the line, which it is taken for.
func (r *reader) note() string {
	note := strings.Trim(strings.Join(r.comment, "\n"), "\n")
	r.comment = nil
	return note
}

// line reads one line without its end.
func (r *reader) line(line string) error {
	if !utf8.ValidString(line) {
		return errors.New("the line is not UTF-8: save the file as UTF-8")
	}
	if at := strings.IndexFunc(line, func(c rune) bool { return c != '\t' && unicode.IsControl(c) }); at >= 0 {
		return fmt.Errorf("a control character at byte %d: take it out", at+1)
	}
	line = strings.TrimLeft(line, " \t")
	if text, isComment := strings.CutPrefix(line, "#"); isComment {
		r.comment = append(r.comment, strings.TrimPrefix(text, " "))
		return nil
	}
	tokens := tokensOf(line)
	if len(tokens) == 0 {
		return nil
	}
	if !r.titled {
		r.scenario.Title, r.titled = r.note(), true
	}
	if err := bounded(tokens); err != nil {
		return err
	}
	if beginsMoment(tokens[0].word) {
		return r.body(tokens)
	}
	return r.header(tokens)
}

// bounded says what is too long of the words before a line's JSON or XML.
func bounded(tokens []token) error {
	for i, t := range tokens {
		switch {
		case t.word[0] == '{', t.word[0] == '<':
			return nil
		case len(t.word) > wordMax:
			return fmt.Errorf("a word longer than %d characters: shorten it", wordMax)
		case i == wordsMax:
			return fmt.Errorf("more than %d words: cut the line into several", wordsMax)
		}
	}
	return nil
}

// body reads a line that says when what happens.
func (r *reader) body(tokens []token) error {
	line := Line{At: r.at, Note: r.note()}
	when, rest, err := r.moment(tokens)
	if err == nil {
		line.When = when
		line.Do, err = r.statement(rest)
	}
	r.scenario.Lines = append(r.scenario.Lines, line)
	r.unread = r.unread || err != nil
	return err
}

func (r *reader) header(tokens []token) error {
	var words []string
	for _, t := range tokens[1:] {
		words = append(words, t.word)
	}
	all := headerWords()
	at := slices.IndexFunc(all, func(h headerWord) bool { return h.word == tokens[0].word })
	switch {
	case at < 0 && isStatement(tokens):
		return errors.New("no moment: write before it when it happens, such as +1s or +0s")
	case at < 0 && strings.Trim(tokens[0].word, "-") == "":
		return fmt.Errorf("the line above what came of it has four dashes: write %s", dashes)
	case at < 0:
		return fmt.Errorf("%q: neither a header word nor a moment: begin with %s, or with a moment such as +1s, @12s or when",
			tokens[0].word, spelling.Listed(headings(all)))
	case len(r.scenario.Lines) > 0:
		return fmt.Errorf("%s: it stands below a moment: move it up to the header", all[at].word)
	case r.once[all[at].word] && !all[at].often:
		return fmt.Errorf("%s: there is one above: leave one out", all[at].word)
	}
	r.once[all[at].word] = true
	if err := all[at].read(r, words); err != nil {
		return fmt.Errorf("%s: %w", all[at].word, err)
	}
	return nil
}

func headings(all []headerWord) []string {
	words := make([]string, len(all))
	for i, h := range all {
		words[i] = h.word
	}
	return words
}

// isStatement tells whether words are what happens, without a moment.
func isStatement(tokens []token) bool {
	return slices.ContainsFunc(forms, func(f form) bool {
		_, fits := match(f.parts, tokens, false)
		return fits
	})
}

// end finishes what the last line left open.
func (r *reader) end() {
	if !r.titled {
		r.scenario.Title = r.note()
	}
	r.scenario.Closing = r.note()
	if len(r.scenario.Agents) == 0 && !r.once["agent"] {
		r.problem(errors.New("no agent: nothing can happen: declare one in the header, as in agent ann"))
	}
	if !r.unread && len(r.scenario.Agents) > 0 {
		r.nonsense()
	}
}
