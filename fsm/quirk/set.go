package quirk

import (
	"fmt"
	"strings"
)

// Set is a profile: the quirks that are on. It is a plain value, compared with ==. Its bits follow the order of the
// catalogue, so they change when a quirk is added in its middle: journals store Names, never the number.
type Set struct {
	Low  uint64 `json:"low,omitempty"`  // the first 64
	High uint64 `json:"high,omitempty"` // the others
}

// Corrected is the profile without any quirk, the default wherever no log names another. Nobody changes it.
var Corrected Set

// SDK924 is the profile of the real SDK 9.2.4, whose defects are what the catalogue lists: all of them.
func SDK924() Set {
	var s Set
	for _, q := range catalogue {
		s = s.With(q)
	}
	return s
}

// Has says whether the quirk is on. A quirk that is not of the catalogue, or nil, never is.
func (s Set) Has(q *Quirk) bool { return q != nil && (s.Low&q.bit.Low|s.High&q.bit.High) != 0 }

// With is the set with the quirk on. A quirk that is not of the catalogue, or nil, changes nothing.
func (s Set) With(q *Quirk) Set {
	if q == nil {
		return s
	}
	return s.Union(q.bit)
}

// Without is the set with the quirk off.
func (s Set) Without(q *Quirk) Set {
	if q == nil {
		return s
	}
	return s.Minus(q.bit)
}

// Union has the quirks of both sets.
func (s Set) Union(other Set) Set { return Set{Low: s.Low | other.Low, High: s.High | other.High} }

// Minus has the quirks that the other set has not.
func (s Set) Minus(other Set) Set { return Set{Low: s.Low &^ other.Low, High: s.High &^ other.High} }

// Toggled is the set with the quirk the other way round. A quirk that is not of the catalogue, or nil, changes nothing.
func (s Set) Toggled(q *Quirk) Set {
	if s.Has(q) {
		return s.Without(q)
	}
	return s.With(q)
}

// Names lists the quirks that are on, in the order of the catalogue; nil when there are none.
func (s Set) Names() []string {
	var names []string
	for _, q := range catalogue {
		if s.Has(q) {
			names = append(names, q.Name)
		}
	}
	return names
}

// Parse is the set of the named quirks, in any order; it is the inverse of Names. An unknown name is an error that
// lists the known ones.
func Parse(names []string) (Set, error) {
	var s Set
	for _, name := range names {
		q := named(name)
		if q == nil {
			return Set{}, fmt.Errorf("quirk: %q: no such quirk: the known ones are %s", name, known())
		}
		s = s.With(q)
	}
	return s, nil
}

// profiles are the named sets, the default first.
var profiles = []struct {
	name string
	set  func() Set
}{
	{"corrected", func() Set { return Corrected }},
	{"sdk-9.2.4", SDK924},
}

// Profiles lists the names that Profile knows, the default first.
func Profiles() []string {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.name
	}
	return names
}

// Profile is the set of a name: "corrected" or "sdk-9.2.4". Another name is an error that lists these.
func Profile(name string) (Set, error) {
	for _, p := range profiles {
		if p.name == name {
			return p.set(), nil
		}
	}
	return Set{}, fmt.Errorf("quirk: %q: no such profile: the known ones are %s", name, strings.Join(Profiles(), ", "))
}

func named(name string) *Quirk {
	for _, q := range catalogue {
		if q.Name == name {
			return q
		}
	}
	return nil
}

func known() string {
	names := SDK924().Names()
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
