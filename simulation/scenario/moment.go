package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/spelling"
)

// momentMax is the longest delay of one line: a week, so that the whole of the longest scenario still is a time.Duration.
const momentMax = 7 * 24 * time.Hour

// String is the moment as a scenario writes it, such as +1s, @12s or when ann sessionStarted C1 +3s.
func (w When) String() string {
	switch {
	case w.Event != "" && w.Call != "":
		return "when " + w.Phone.String() + " " + w.Event + " " + w.Call + " +" + durationText(w.After)
	case w.Event != "":
		return "when " + w.Phone.String() + " " + w.Event + " +" + durationText(w.After)
	case w.Absolute:
		return "@" + durationText(w.After)
	default:
		return "+" + durationText(w.After)
	}
}

// String is the phone as a scenario writes it: ann, or ann/home.
func (p Phone) String() string {
	if p.Name == "" {
		return p.Agent
	}
	return p.Agent + "/" + p.Name
}

// durationText is Go's text of a duration without the zeros at its end: 1m for 1m0s.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// durationOf reads a duration; it is neither negative nor longer than momentMax.
func durationOf(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q: not a duration: write it such as 250ms, 1s or 2m30s", text)
	case d < 0:
		return 0, fmt.Errorf("%q: less than nothing: time only passes, so put the line further up", text)
	case d > momentMax:
		return 0, fmt.Errorf("%q: longer than %s: nothing takes so long", text, durationText(momentMax))
	}
	return d, nil
}

// beginsMoment tells whether a word is the first of a moment.
func beginsMoment(word string) bool {
	return word == "when" || strings.HasPrefix(word, "+") || strings.HasPrefix(word, "@")
}

// moment reads the moment at the beginning of a line, and returns what stands behind it.
func (r *reader) moment(tokens []token) (When, []token, error) {
	first := tokens[0].word
	if first == "when" {
		return r.event(tokens[1:])
	}
	d, err := durationOf(first[1:])
	if err != nil {
		return When{}, nil, fmt.Errorf("moment %q: %w", first, err)
	}
	return When{After: d, Absolute: first[0] == '@'}, tokens[1:], nil
}

// event reads PHONE EVENT [CALL] +DURATION.
func (r *reader) event(tokens []token) (w When, rest []token, err error) {
	const form = "write when PHONE EVENT [CALL] +DURATION, such as when ann sessionStarted C1 +3s"
	if len(tokens) < 3 {
		return When{}, nil, fmt.Errorf("when: something is missing: %s", form)
	}
	if w.Phone, err = r.phone(tokens[0].word); err != nil {
		return When{}, nil, fmt.Errorf("when: %w", err)
	}
	if w.Event = tokens[1].word; !slices.Contains(eventNames, w.Event) {
		return When{}, nil, fmt.Errorf("when: %q: no phone announces that: %s", w.Event, spelling.DidYouMean(w.Event, eventNames))
	}
	tokens = tokens[2:]
	if callName.MatchString(tokens[0].word) {
		if w.Call, err = callOf(tokens[0].word); err != nil {
			return When{}, nil, fmt.Errorf("when: %w", err)
		}
		tokens = tokens[1:]
	}
	if len(tokens) == 0 || tokens[0].word[0] != '+' {
		return When{}, nil, fmt.Errorf("when: it does not say how long after the event: %s", form)
	}
	if w.After, err = durationOf(tokens[0].word[1:]); err != nil {
		return When{}, nil, fmt.Errorf("when: %w", err)
	}
	return w, tokens[1:], nil
}
