package scenario

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

// quotedCall is a JSON text that may be a call's name.
var quotedCall = regexp.MustCompile(`"[A-Z][A-Za-z0-9_-]*"`)

// plain are the delays that a reader need not think about, the plainest first.
var plain = []time.Duration{time.Second, 0}

// easeMoments makes +1s of all moments, or of as many as it can, and rounds the others.
func (r *reducer) easeMoments() {
	r.change(func(c *Scenario) {
		for i := range c.Lines {
			c.Lines[i].When = When{After: time.Second}
		}
	})
	for i := range r.best.Lines {
		for _, when := range easier(r.best.Lines[i].When) {
			if r.change(func(c *Scenario) { c.Lines[i].When = when }) {
				break
			}
		}
	}
}

// easier are the moments that are simpler than w, the simplest first.
func easier(w When) []When {
	var all []When
	delays := append(slices.Clone(plain), simpler(w.After)...)
	for _, d := range append(delays, w.After) {
		same := w
		same.After = d
		all = append(all, When{After: d}, same)
	}
	if w.Phone.Name != "" {
		first := w
		first.Phone.Name = ""
		all = append(all, first)
	}
	all = slices.DeleteFunc(all, func(x When) bool { return compare(x, w) >= 0 })
	slices.SortStableFunc(all, compare)
	return slices.Compact(all)
}

// compare says which of two moments is simpler: a delay, then since the beginning, then after an event; within these a plain
// delay, then a rounder one, then the shorter text.
func compare(a, b When) int {
	return cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(plainness(a.After), plainness(b.After)),
		cmp.Compare(weight(a.After), weight(b.After)), cmp.Compare(len(a.String()), len(b.String())))
}

func class(w When) int {
	switch {
	case w.Event != "":
		return 2
	case w.Absolute:
		return 1
	default:
		return 0
	}
}

func plainness(d time.Duration) int {
	if at := slices.Index(plain, d); at >= 0 {
		return at
	}
	return len(plain)
}

// weight is how much there is to read in a duration: its text, and once more its digits that are not zero.
func weight(d time.Duration) int {
	text := durationText(d)
	return 2*len(text) - strings.Count(text, "0")
}

// simpler are durations next to d with less weight, the roundest first: the one below and the one above it. None is more
// than twice d, for a wait that becomes an hour is not what happened.
func simpler(d time.Duration) []time.Duration {
	var all []time.Duration
	for _, unit := range []time.Duration{
		time.Hour, 10 * time.Minute, time.Minute, 10 * time.Second, time.Second, 100 * time.Millisecond, 10 * time.Millisecond, time.Millisecond,
	} {
		for _, round := range []time.Duration{d.Truncate(unit), d.Truncate(unit) + unit} {
			if round > 0 && round <= min(2*d, momentMax) && weight(round) < weight(d) && !slices.Contains(all, round) {
				all = append(all, round)
			}
		}
	}
	return all
}

// easeStatements leaves out what may be left out of each statement, and makes simpler what stands in it.
func (r *reducer) easeStatements() {
	for i := range r.best.Lines {
		f := formOf(r.best.Lines[i].Do.Verb)
		if f == nil {
			continue
		}
		for _, p := range f.parts {
			if p.maybe != nil {
				r.changeStatement(i, func(s *Statement) { clearParts(p.maybe, s) })
			}
		}
		r.easePlaces(i, f.parts)
	}
}

func (r *reducer) changeStatement(line int, by func(s *Statement)) bool {
	return r.change(func(c *Scenario) { by(&c.Lines[line].Do) })
}

func clearParts(parts []part, s *Statement) {
	for _, p := range parts {
		if p.place != nil {
			p.place.clear(s)
		}
	}
}

// easePlaces makes simpler what stands at the places of a statement, for as long as it gets simpler.
func (r *reducer) easePlaces(line int, parts []part) {
	for _, p := range parts {
		if p.maybe != nil {
			r.easePlaces(line, p.maybe)
		}
		if p.place == nil || p.place.ease == nil {
			continue
		}
		for eased := true; eased; {
			before := r.best.Lines[line].Do
			eased = slices.ContainsFunc(p.place.ease(before), func(s Statement) bool {
				return s != before && r.changeStatement(line, func(to *Statement) { *to = s })
			})
		}
	}
}
