package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/spelling"
)

// token is a word of a line, with the line from the word on.
type token struct{ word, tail string }

// tokensOf cuts a line at its spaces and tabs.
func tokensOf(line string) []token {
	var all []token
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return all
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		all = append(all, token{word: line[:end], tail: line})
		line = line[end:]
	}
}

// form is a pattern in parts.
type form struct {
	Pattern
	parts []part
}

// part is a word as it stands, a place, or parts that may be left out together.
type part struct {
	word    string
	place   *place
	choices []string // the only words that the place takes, or nil
	maybe   []part
}

// filled is a place with what stood there. Spare: it could have been left out.
type filled struct {
	part
	token
	spare bool
}

// forms are Patterns in parts, in their order.
var forms = compile(Patterns)

// compile panics on a pattern that cannot be read: that is a fault of the table.
func compile(patterns []Pattern) []form {
	all := make([]form, len(patterns))
	for i, p := range patterns {
		parts, rest := partsOf(strings.Fields(strings.NewReplacer("[", " [ ", "]", " ] ").Replace(p.Form)))
		if len(rest) > 0 {
			panic(fmt.Sprintf("scenario: pattern %q: a bracket too many", p.Form))
		}
		all[i] = form{p, parts}
	}
	return all
}

// partsOf reads the words of a pattern up to a closing bracket, and returns what stands behind that.
func partsOf(words []string) (parts []part, rest []string) {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "]":
			return parts, words
		case word == "[":
			var maybe []part
			maybe, words = partsOf(words)
			parts = append(parts, part{maybe: maybe})
		case strings.HasPrefix(word, "{"):
			parts = append(parts, placeOf(strings.Trim(word, "{}")))
		default:
			parts = append(parts, part{word: word})
		}
	}
	return parts, nil
}

func placeOf(text string) part {
	name, choices, limited := strings.Cut(text, ":")
	at := slices.IndexFunc(places, func(p place) bool { return p.name == name })
	if at < 0 {
		panic(fmt.Sprintf("scenario: {%s}: no such place", text))
	}
	p := part{place: &places[at]}
	if limited {
		p.choices = strings.Split(choices, "|")
	}
	return p
}

// formOf is how a verb is written, or nil.
func formOf(verb Verb) *form {
	at := slices.IndexFunc(forms, func(f form) bool { return f.Verb == verb })
	if at < 0 {
		return nil
	}
	return &forms[at]
}

// openers are the words that a pattern may begin with; no agent can be named so.
func openers() []string {
	words := []string{"when"}
	for _, f := range forms {
		if first := f.parts[0].word; first != "" && !slices.Contains(words, first) {
			words = append(words, first)
		}
	}
	return words
}

// match lays the words of a line into a pattern; what may be left out is taken if it fits.
func match(parts []part, tokens []token, spare bool) ([]filled, bool) {
	if len(parts) == 0 {
		return nil, len(tokens) == 0
	}
	p, parts := parts[0], parts[1:]
	if p.maybe != nil {
		for n := range tokens { // the first of its words is one of those that are left
			inside, fits := match(p.maybe, tokens[:n+1], true)
			if !fits {
				continue
			}
			if behind, fits := match(parts, tokens[n+1:], spare); fits {
				return append(inside, behind...), true
			}
		}
		return match(parts, tokens, spare)
	}
	switch {
	case len(tokens) == 0, p.word != "" && p.word != tokens[0].word:
		return nil, false
	case p.word != "":
		return match(parts, tokens[1:], spare)
	case p.place.toTheEnd:
		return []filled{{p, tokens[0], spare}}, true
	case p.place.marks && !slices.Contains(p.choices, tokens[0].word):
		return nil, false
	}
	behind, fits := match(parts, tokens[1:], spare)
	return append([]filled{{p, tokens[0], spare}}, behind...), fits
}

// appendStatement writes a statement as its verb's pattern says. A verb without a pattern is written as its word.
func appendStatement(dst []byte, s Statement) []byte {
	f := formOf(s.Verb)
	if f == nil {
		return append(dst, s.Verb...)
	}
	return appendParts(dst, f.parts, s)
}

func appendParts(dst []byte, parts []part, s Statement) []byte {
	for i, p := range parts {
		if p.maybe != nil && !given(p.maybe, s) {
			continue
		}
		if i > 0 {
			dst = append(dst, ' ')
		}
		switch {
		case p.maybe != nil:
			dst = appendParts(dst, p.maybe, s)
		case p.place == nil:
			dst = append(dst, p.word...)
		case p.place.marks:
			dst = append(dst, p.choices[0]...)
		default:
			dst = append(dst, p.place.write(s)...)
		}
	}
	return dst
}

// given tells whether a statement says something at one of the places.
func given(parts []part, s Statement) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.place != nil && p.place.given(s) })
}

// String is the statement as a scenario writes it.
func (s Statement) String() string { return string(appendStatement(nil, s)) }

// statement reads what happens.
func (r *reader) statement(tokens []token) (Statement, error) {
	if len(tokens) == 0 {
		return Statement{}, fmt.Errorf("nothing happens: write behind the moment what does, such as ann answers C1")
	}
	for _, f := range inOrder(tokens[0].word) {
		at, fits := match(f.parts, tokens, false)
		if !fits {
			continue
		}
		s := Statement{Verb: f.Verb}
		for _, place := range at {
			if err := r.fill(&s, place); err != nil {
				return Statement{}, fmt.Errorf("%s: %w", f.shown(), err)
			}
		}
		return s, nil
	}
	return Statement{}, fmt.Errorf("nothing is written so: the nearest are %s; docs/scenarios.md has them all", strings.Join(nearest(tokens), "; "))
}

// inOrder are all forms, those first that begin with the word: it names no agent.
func inOrder(word string) []form {
	all := slices.Clone(forms)
	slices.SortStableFunc(all, func(a, b form) int { return behind(a, word) - behind(b, word) })
	return all
}

func behind(f form, word string) int {
	if f.parts[0].word == word {
		return 0
	}
	return 1
}

// fill reads what stands at a place into the statement.
func (r *reader) fill(s *Statement, at filled) error {
	if at.choices != nil && !slices.Contains(at.choices, at.word()) {
		return fmt.Errorf("%q: not a word for this place: there are %s", at.word(), spelling.Listed(at.choices))
	}
	if err := at.place.read(r, s, at.token); err != nil {
		return err
	}
	if at.spare && !at.place.given(*s) {
		return fmt.Errorf("%q: says nothing: leave it out", at.word())
	}
	return nil
}

func (f filled) word() string { return f.token.word }

// nearest are the three forms that have most in common with a line: words of their own first, then how many words there are.
func nearest(tokens []token) []string {
	all := slices.Clone(forms)
	scores := map[Verb]int{}
	for _, f := range all {
		scores[f.Verb] = likeness(f.parts, tokens)
	}
	slices.SortStableFunc(all, func(a, b form) int { return scores[b.Verb] - scores[a.Verb] })
	var near []string
	for _, f := range all[:min(3, len(all))] {
		near = append(near, f.shown())
	}
	return near
}

func likeness(parts []part, tokens []token) int {
	score, words := 0, 0
	for _, p := range parts {
		if p.maybe != nil {
			continue
		}
		words++
		if p.word != "" {
			score += closeness(p.word, tokens)
		}
	}
	return score - max(words-len(tokens), len(tokens)-words)
}

// closeness is how near the nearest word of a line is to a word: the same, hardly another, or not at all.
func closeness(word string, tokens []token) int {
	best := -2
	for _, t := range tokens {
		switch d := spelling.Distance(word, t.word[:min(len(t.word), nameMax)]); {
		case d == 0:
			return 6
		case d <= 2 && len(word) > 3:
			best = 4
		}
	}
	return best
}
