// Package quirk names the ways in which the real SDK differs from what is right, and the profiles that are made of them.
//
// A quirk is declared once, in catalogue.go, and asked for by its variable: the chart row, the pick or the fact that
// shows it names the quirk, and nothing else tests the profile. A profile is a Set, a plain comparable value: the one
// of a cell is fixed for the cell's life and is handed to each step.
package quirk

import (
	"fmt"
	"strings"
)

// Kind says where a quirk shows.
type Kind string

// The kinds of quirk.
const (
	Row  Kind = "row"  // a chart row that exists only with the quirk, or only without it
	Pick Kind = "pick" // a named way to choose from an ordered view
	Fact Kind = "fact" // what a row records, or which entity it makes
)

// Quirk is one declared difference between the real SDK and what is right. Quirks are compared by pointer: the
// variables of the catalogue are the only ones that a Set can hold.
type Quirk struct {
	Name      string // the word for it in profiles, addresses and docs, such as "first-with-sid"
	Ticket    string // the maintainers' ticket, or the capture or section that shows it
	Since     string // the first SDK version known to have it; "" when it was always there
	FixedIn   string // the SDK version that no longer has it; "" when none is known
	Kind      Kind
	SDK       string // what the SDK does, as a sentence
	Corrected string // what the corrected profile does instead, as a sentence
	Why       string // why the difference matters to somebody

	bit Set // the quirk's own bit; none for a quirk that is not of the catalogue
}

// quirksMax is how many quirks a Set has room for.
const quirksMax = 128

// catalogue holds every quirk, in the order in which catalogue.go declares them. It has no initial value on purpose:
// then it is ready before the first variable of catalogue.go is.
var catalogue []*Quirk

// define adds a quirk to the catalogue. It is called only by the variables of catalogue.go, which makes the bits
// follow the order of that file. It panics on an unusable or repeated name and when the catalogue is full: all are
// faults of the source.
func define(q Quirk) *Quirk {
	if err := admit(catalogue, q); err != nil {
		panic(err)
	}
	q.bit = bitAt(len(catalogue))
	catalogue = append(catalogue, &q)
	return &q
}

// bitAt is the bit of the quirk at a place of the catalogue.
func bitAt(place int) Set {
	if place < 64 {
		return Set{Low: 1 << place}
	}
	return Set{High: 1 << (place - 64)}
}

// admit says why a quirk cannot be added to those before it.
func admit(before []*Quirk, q Quirk) error {
	if q.Name == "" || strings.ContainsAny(q.Name, " ,{}[]!/|\n\t") {
		return fmt.Errorf("quirk: %q: not a name: use words joined with hyphens", q.Name)
	}
	for _, other := range before {
		if other.Name == q.Name {
			return fmt.Errorf("quirk: %s: declared twice: give one of them another name", q.Name)
		}
	}
	if len(before) == quirksMax {
		return fmt.Errorf("quirk: %s: the catalogue is full at %d: widen Set first", q.Name, quirksMax)
	}
	return nil
}

// All lists the quirks in the order of the catalogue.
func All() []*Quirk { return append([]*Quirk(nil), catalogue...) }
