package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/spelling"
)

// nonsense tells of what no line can mean beside the others, although it can be read by itself: a moment that has passed, and
// a call that no line above makes and that the header does not name as missing.
func (r *reader) nonsense() {
	var past time.Duration
	for _, line := range r.scenario.Lines {
		r.at = line.At
		if line.When.Absolute && line.When.After < past {
			r.problem(fmt.Errorf("@%s: that has passed: the line above is not done before @%s: put the line further up, or write + and how long after the line above",
				durationText(line.When.After), durationText(past)))
		}
		past = line.When.earliest(past)
	}
	for _, u := range r.scenario.unmade() {
		if !slices.Contains(r.missing, u.call) {
			r.at = r.scenario.Lines[u.line].At
			r.problem(fmt.Errorf("%s: %s; or say %s %s in the header, if it is meant so", u.call, r.scenario.whyUnmade(u), missing, u.call))
		}
	}
}

// isInOrder tells whether no line's moment has passed when its turn comes.
func (s Scenario) isInOrder() bool {
	var past time.Duration
	for _, line := range s.Lines {
		if line.When.Absolute && line.When.After < past {
			return false
		}
		past = line.When.earliest(past)
	}
	return true
}

// earliest is the earliest that a moment can be, if the line before it is not done before past.
func (w When) earliest(past time.Duration) time.Duration {
	if w.Absolute {
		return max(past, w.After)
	}
	return past + w.After
}

// unmade is a line about a call that no line above makes.
type unmade struct {
	line  int
	call  string
	known []string // those that are made above
}

// unmade are the lines about calls that no line above makes.
func (s Scenario) unmade() (found []unmade) {
	var known calls
	for i, line := range s.Lines {
		about := []string{line.When.Call, line.Do.Call}
		if line.Do.makes() {
			about = about[:1]
		}
		for _, call := range slices.Compact(about) {
			if call != "" && !known.has(call) {
				found = append(found, unmade{i, call, known.named})
			}
		}
		known.learn(line.Do)
	}
	return found
}

// whyUnmade says what could have been meant instead.
func (s Scenario) whyUnmade(u unmade) string {
	for _, line := range s.Lines {
		if line.Do.makes() && line.Do.Call == u.call {
			return fmt.Sprintf("the call is made further down, in line %d: put this line below that one", line.At)
		}
	}
	example := fmt.Sprintf("+1s %s calls %s", u.call, s.Agents[0].Name)
	if len(u.known) == 0 {
		return "no line above makes a call: write one that does, such as " + example
	}
	return fmt.Sprintf("no line above makes such a call: %s: write one of these, or a line above that makes it, such as %s", spelling.DidYouMean(u.call, u.known), example)
}

// makes tells whether a statement makes its call.
func (s Statement) makes() bool { return s.Verb == Calls || s.Verb == Dial }

// calls are those that lines have made.
type calls struct {
	named []string
	// told are the texts in which a phone is told something as it stands on the wire: it may name any call.
	told []string
}

// learn takes the call that a statement makes, if it makes one.
func (c *calls) learn(s Statement) {
	switch {
	case s.makes() && !slices.Contains(c.named, s.Call):
		c.named = append(c.named, s.Call)
	case s.JSON != "":
		c.told = append(c.told, s.JSON)
	case s.XML != "":
		c.told = append(c.told, s.XML)
	}
}

// ownCall is how the platform names the conversations that a persistent connection is made for.
var ownCall = regexp.MustCompile(`^P[0-9]+$`)

func (c *calls) has(call string) bool {
	return slices.Contains(c.named, call) || ownCall.MatchString(call) ||
		slices.ContainsFunc(c.told, func(text string) bool { return strings.Contains(text, call) })
}

const missing = "missing"

// readMissing reads the calls that lines may be about though none above makes them. They follow from the lines: a scenario
// does not keep them, and writes those that are so.
func (r *reader) readMissing(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("no call behind it: write such as %s C9", missing)
	}
	for _, word := range words {
		call, err := callOf(word)
		if err != nil {
			return err
		}
		r.missing = append(r.missing, call)
	}
	return nil
}

func missingLines(s Scenario) []string {
	words := []string{missing}
	for _, u := range s.unmade() {
		if !slices.Contains(words, u.call) {
			words = append(words, u.call)
		}
	}
	if len(words) == 1 {
		return nil
	}
	return []string{strings.Join(words, " ")}
}
