package explore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// raceKind is one part of the proof of races.
type raceKind struct {
	name       string
	users      deeds
	appearance int
	troubles   bool
}

func raceKinds(small bool) []raceKind {
	all := deeds{Answered: true, Declined: true, Ended: true}
	if small {
		return []raceKind{{"races", deeds{Answered: true}, 100, false}}
	}
	return []raceKind{
		{"races", all, 100, false},
		{"races, one line", all, 1, false},
		{"races with troubles", all, 100, true},
		{"races with troubles, one line", all, 1, true},
	}
}

func races(o Options, rows *rowsTaken) ([]Part, error) {
	var parts []Part
	for _, k := range raceKinds(o.Small) {
		part, err := exploreRace(k, o, rows)
		if err != nil {
			return parts, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func exploreRace(k raceKind, o Options, rows *rowsTaken) (Part, error) {
	part := Part{
		Name: k.name, About: "two clients of one user and a platform with one call for them: every order of what they hear",
		Conversations: 1, Sessions: 1, Gateways: 1,
	}
	first, err := newClient(&settings{quirks: o.Quirks, registry: actors.Softphone(), rows: rows}, k.appearance)
	if err != nil {
		return part, err
	}
	s := newRaceSearch(k, o)
	err = s.run(first, &part, unhurried(part.Name, o.Progress))
	return part, err
}

// raceSearch goes through all states of a race, breadth first.
type raceSearch struct {
	kind   raceKind
	o      Options
	race   *race
	states numbers
	from   []uint32 // of each state, which one led to it
	told   map[string]bool
}

func newRaceSearch(k raceKind, o Options) *raceSearch {
	return &raceSearch{kind: k, o: o, told: map[string]bool{}, race: &race{
		clients: clients{may: k.users, troubles: k.troubles, byKey: map[key]*place{}}, byParts: map[parts]uint32{},
	}}
}

// run goes on until nothing new is found, or it is given up. It begins with a platform that repeats an accept to who sent it,
// and with one that does not.
func (s *raceSearch) run(first *client, part *Part, progress func(int, int)) error {
	defer func() { part.States = s.states.count() }()
	at := s.race.half(parts{place: s.race.clients.place(first), mail: propose | alerting})
	for _, echoes := range []bool{true, false} {
		n, _ := raceNumber(at, at, platform{echoes: echoes})
		s.states.add(n)
		s.from = append(s.from, 0)
	}
	for i := 0; i < s.states.count(); i++ {
		if err := s.goOn(uint32(i), part); err != nil {
			return fmt.Errorf("explore: races: state %d: %w", i, err)
		}
		if i%4096 == 0 {
			progress(s.states.count(), part.Transitions)
		}
		if s.o.StatesMax > 0 && s.states.count() > s.o.StatesMax {
			part.Bound = fmt.Sprintf("given up at %d states", s.o.StatesMax)
			return nil
		}
		if s.o.Quirks != quirk.Corrected && len(part.Counterexamples) > 0 {
			return nil
		}
	}
	part.Fixpoint = true
	return nil
}

// goOn makes all that may happen next in a state. A law that is broken ends the way on which it is.
func (s *raceSearch) goOn(i uint32, part *Part) error {
	n := s.states.all[i]
	if found, who := s.race.wrong(n); len(found) > 0 {
		for j, b := range found {
			s.tell(i, nil, who[j], b, part)
		}
		return nil
	}
	return s.race.next(n, func(h happening) {
		part.Transitions++
		if h.step != nil && h.step.to == nil {
			for _, b := range h.step.broken {
				s.tell(i, &h, h.who, b, part)
			}
			return
		}
		to, _ := raceNumber(h.to[0], h.to[1], h.then)
		if s.states.add(to) {
			s.from = append(s.from, i)
		}
	})
}

// tell writes a counterexample down, the first of each sort: what happened, and what of it came to the client that breaks the
// law, as a scenario. The platform of a race is a part of what is explored, so the scenario's is silent.
func (s *raceSearch) tell(at uint32, last *happening, who int, b broken, part *Part) {
	sort := b.law + ordinals.ReplaceAllString(b.what, "")
	if s.told[sort] {
		return
	}
	s.told[sort] = true
	way, names := s.way(at)
	if last != nil {
		way = append(way, named{*last, names})
	}
	var lines []string
	var trace []told
	orders := map[messages.EffectID]messages.Effect{}
	for _, h := range way {
		lines = append(lines, "# "+h.told())
		if who >= 0 && h.step != nil && h.names[h.who] == names[who] {
			trace = append(trace, told{in: h.step.in})
			if h.step.about != nil {
				orders[effectOf(h.step.in)] = h.step.about
			}
		}
	}
	title := fmt.Sprintf("Breaks %q: %s", b.law, b.what)
	if who >= 0 {
		title = fmt.Sprintf("Breaks %q: client %d: %s", b.law, names[who]+1, b.what)
	}
	text := scenario(stage{title, s.o.Quirks.Names(), s.kind.appearance, messages.DefaultOptions()}, trace, orders)
	head, rest, _ := strings.Cut(text, "\n")
	part.Counterexamples = append(part.Counterexamples, Counterexample{
		Law: b.law, What: b.what, Moves: len(way), Outside: true,
		Scenario: head + "\n" + strings.Join(lines, "\n") + "\n" + rest,
	})
}

// named is what happened, with the clients' names: a state has them in no order.
type named struct {
	happening
	names [2]int
}

func (h named) told() string {
	switch {
	case h.who < 0:
		return h.says
	case h.step == nil:
		return fmt.Sprintf("the platform has client %d's %s", h.names[h.who]+1, h.what.said())
	default:
		return fmt.Sprintf("client %d: %s", h.names[h.who]+1, h.says)
	}
}

// way is how a state was come to, and how its clients are called then.
func (s *raceSearch) way(at uint32) (way []named, names [2]int) {
	states := []uint32{at}
	for at > 1 {
		at = s.from[at]
		states = append(states, at)
	}
	slices.Reverse(states)
	names = [2]int{0, 1}
	for i, from := range states[:len(states)-1] {
		taken := false
		_ = s.race.next(s.states.all[from], func(h happening) { // it has been made before
			if taken || h.step != nil && h.step.to == nil {
				return
			}
			n, swapped := raceNumber(h.to[0], h.to[1], h.then)
			if taken = n == s.states.all[states[i+1]]; !taken {
				return
			}
			way = append(way, named{h, names})
			if swapped {
				names[0], names[1] = names[1], names[0]
			}
		})
	}
	return way, names
}

// effectOf is the effect that an input answers.
func effectOf(in messages.Input) messages.EffectID {
	switch in := in.(type) {
	case messages.MicrophoneGranted:
		return in.Effect
	case messages.MicrophoneDenied:
		return in.Effect
	case messages.PeerDone:
		return in.Effect
	case messages.PeerRejected:
		return in.Effect
	case messages.HTTPAnswered:
		return in.Effect
	case messages.IQAnswered:
		return in.Effect
	}
	return ""
}
