package explore

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

func races(o Options, rows *rowsTaken) ([]Part, error) {
	kinds := []struct {
		name  string
		users deeds
	}{
		{"races", deeds{Answered: true}},
		{"races, hanging up", deeds{Answered: true, Ended: true}},
		{"races, declining", deeds{Answered: true, Declined: true}},
	}
	if o.Small {
		kinds = kinds[:1]
	}
	var parts []Part
	for _, k := range kinds {
		part, err := exploreRace(k.name, k.users, o, rows)
		if err != nil {
			return parts, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func exploreRace(name string, users deeds, o Options, rows *rowsTaken) (Part, error) {
	first, err := newRace(&settings{quirks: o.Quirks, registry: actors.Softphone(), rows: rows}, users)
	if err != nil {
		return Part{}, err
	}
	s := &raceSearch{o: o, visited: map[key]bool{first.fold(): true}, nodes: []raceNode{{race: first, from: -1}}}
	part := Part{
		Name: name, About: "two clients of one user and a platform with one call for them: every order of what they hear",
		Conversations: 1, Sessions: 1, Gateways: 1,
	}
	err = s.run(&part, unhurried(part.Name, o.Progress))
	return part, err
}

// raceSearch goes through all states of a race, breadth first.
type raceSearch struct {
	o       Options
	visited map[key]bool
	nodes   []raceNode
}

// raceNode is a state, and how it was found. The race itself is let go once it was gone on from.
type raceNode struct {
	race *race
	from int
	says string
}

func (s *raceSearch) run(part *Part, progress func(int, int)) error {
	told := map[string]bool{}
	defer func() { part.States = len(s.nodes) }()
	for at := 0; at < len(s.nodes); at++ {
		r := s.nodes[at].race
		for _, t := range r.next() {
			next, found, err := r.after(t)
			if err != nil {
				return fmt.Errorf("explore: races: state %d: %w", at, err)
			}
			part.Transitions++
			for _, b := range found {
				if sort := b.law + ordinals.ReplaceAllString(b.what, ""); !told[sort] {
					told[sort] = true
					part.Counterexamples = append(part.Counterexamples, s.tell(at, t, b))
				}
			}
			if k := next.fold(); len(found) == 0 && !s.visited[k] {
				s.visited[k] = true
				s.nodes = append(s.nodes, raceNode{next, at, t.told()})
			}
		}
		s.nodes[at].race = nil
		progress(len(s.nodes), part.Transitions)
		if s.o.StatesMax > 0 && len(s.nodes) > s.o.StatesMax {
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

func (t turnOf) told() string {
	if strings.HasPrefix(t.says, "the caller") {
		return t.says
	}
	return fmt.Sprintf("client %d: %s", t.who+1, t.says)
}

// tell is a counterexample as a list of what happened. A race has no scenario: its platform is part of what is explored.
func (s *raceSearch) tell(at int, t turnOf, b broken) Counterexample {
	lines := []string{t.told()}
	for ; at > 0; at = s.nodes[at].from {
		lines = append([]string{s.nodes[at].says}, lines...)
	}
	return Counterexample{
		Law: b.law, What: b.what, Moves: len(lines), Outside: true,
		Scenario: fmt.Sprintf("# Breaks %q: %s.\n%s\n", b.law, b.what, strings.Join(lines, "\n")),
	}
}

// fold is the key of a race: which of the clients is which means nothing.
func (r *race) fold() key {
	var halves [2][]byte
	for i := range r.clients {
		w := &writer{refs: map[messages.Ref]byte{}, whole: true}
		c := &r.clients[i]
		w.write(&c.state, names{})
		w.value(reflect.ValueOf(c.mail))
		w.value(reflect.ValueOf(c.did))
		w.bit(r.winner == i)
		halves[i] = w.buf
	}
	if bytes.Compare(halves[0], halves[1]) > 0 {
		halves[0], halves[1] = halves[1], halves[0]
	}
	w := &writer{}
	w.buf = append(append(halves[0], '|'), halves[1]...)
	w.text(string(r.phase))
	w.bit(r.hungUp)
	return keyOf(w.buf)
}
