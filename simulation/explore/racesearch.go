package explore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// contest is a race as its states are gone through.
type contest interface {
	// first is a state whose clients are all alike.
	first(half uint32, p platform) uint64
	// next shows all that may happen next in a state.
	next(n uint64, show func(happening)) error
	// state is what something leads to; swapped tells whether its two clients are the other way round in it.
	state(h happening) (n uint64, swapped bool)
	// wrong is what is wrong with a state as it is, and with which of its clients.
	wrong(n uint64) (found []broken, who int)
	// again tells whether more may happen than was shown of the first states; nextAgain shows it.
	again() bool
	nextAgain(n uint64, show func(happening))
}

// raceSearch goes through all states of a race, breadth first.
type raceSearch struct {
	kind   raceKind
	o      Options
	race   *race
	of     contest
	states numbers
	from   []uint32 // of each state, which one led to it
	told   map[string]bool
	part   *Part
}

func newRaceSearch(k raceKind, o Options) *raceSearch {
	r := &race{
		clients: clients{may: k.users, flows: k.flows, troubles: k.troubles, byKey: map[key]*place{}},
		keeps:   !k.crowd,
	}
	s := &raceSearch{kind: k, o: o, race: r, of: pair{r}, told: map[string]bool{}}
	if k.crowd {
		s.of = &crowd{race: r}
	}
	return s
}

// firsts is how many states a race begins with: the platform repeats an accept to who sent it, or does not.
const firsts = 2

// run goes on until nothing new is found, or it is given up.
func (s *raceSearch) run(first *client, part *Part, progress func(int, int)) error {
	s.part = part
	defer func() { part.States = len(s.states.all) }()
	at := s.race.number(half{place: s.race.clients.place(first), mail: propose | alerting})
	for _, echoes := range [firsts]bool{true, false} {
		s.states.add(s.of.first(at, platform{echoes: echoes}))
		s.from = append(s.from, 0)
	}
	for i := 0; ; {
		for ; i < len(s.states.all); i++ {
			if err := s.goOn(uint32(i)); err != nil {
				return fmt.Errorf("state %d: %w", i, err)
			}
			if i%4096 == 0 {
				progress(len(s.states.all), part.Transitions)
			}
			if s.o.StatesMax > 0 && len(s.states.all) > s.o.StatesMax {
				part.Bound = fmt.Sprintf("given up at %d states", s.o.StatesMax)
				return nil
			}
			if s.o.Quirks != quirk.Corrected && len(part.Counterexamples) > 0 {
				return nil
			}
		}
		if !s.of.again() {
			part.Fixpoint = true
			return nil
		}
		for at := range i {
			s.of.nextAgain(s.states.all[at], func(h happening) { s.leads(uint32(at), h) })
		}
	}
}

// goOn makes all that may happen next in a state. What is wrong with it as it is ends the way.
func (s *raceSearch) goOn(i uint32) error {
	n := s.states.all[i]
	if found, who := s.of.wrong(n); len(found) > 0 {
		for _, b := range found {
			s.tell(i, nil, who, b)
		}
		return nil
	}
	return s.of.next(n, func(h happening) { s.leads(i, h) })
}

// leads takes over what something leads to. A law that is broken ends the way on which it is.
func (s *raceSearch) leads(from uint32, h happening) {
	s.part.Transitions++
	if h.breaks() {
		for _, b := range h.step.broken {
			s.tell(from, &h, h.who, b)
		}
		return
	}
	if to, _ := s.of.state(h); s.states.add(to) {
		s.from = append(s.from, from)
	}
}

func (h happening) breaks() bool { return h.step != nil && h.step.to == nil }

// named is what happened, with the clients' names: a state has them in no order.
type named struct {
	happening
	names [2]int
}

func (h named) told() string {
	name := "another client"
	if h.who == 0 || h.who == 1 {
		name = fmt.Sprintf("client %d", h.names[h.who])
	}
	switch {
	case h.who == nobody:
		return h.says
	case h.step != nil:
		return name + ": " + h.step.says
	case h.lost:
		return name + "'s " + h.what.said() + " is lost"
	default:
		return "the platform has " + name + "'s " + h.what.said()
	}
}

// way is how a state was come to, and how its clients are called then.
func (s *raceSearch) way(at uint32) (way []named, names [2]int) {
	states := []uint32{at}
	for at >= firsts {
		at = s.from[at]
		states = append(states, at)
	}
	slices.Reverse(states)
	names = [2]int{1, 2}
	for i, to := range states[1:] {
		found := false
		_ = s.of.next(s.states.all[states[i]], func(h happening) { // it has been made before
			if found || h.breaks() {
				return
			}
			n, swapped := s.of.state(h)
			if found = n == s.states.all[to]; !found {
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

// tell writes a counterexample down, the first of each sort: what happened, and what of it came to the client that breaks the
// law, as a scenario. The platform of a race is a part of what is explored, so the scenario's is silent.
func (s *raceSearch) tell(at uint32, last *happening, who int, b broken) {
	sort := b.law + ordinals.ReplaceAllString(b.what, "")
	if s.told[sort] {
		return
	}
	s.told[sort] = true
	way, names := s.way(at)
	if last != nil {
		way = append(way, named{*last, names})
	}
	title := fmt.Sprintf("Breaks %q: %s", b.law, b.what)
	name := 0
	if who >= 0 {
		name = names[who]
		title = fmt.Sprintf("Breaks %q: client %d: %s", b.law, name, b.what)
	}
	var lines strings.Builder
	var trace []told
	orders := map[messages.EffectID]messages.Effect{}
	for _, h := range way {
		fmt.Fprintf(&lines, "# %s\n", h.told())
		if h.step != nil && h.names[h.who] == name {
			trace = append(trace, told{in: h.step.in})
			if h.step.about != nil {
				orders[messages.Answers(h.step.in)] = h.step.about
			}
		}
	}
	text := scenario(stage{title, s.o.Quirks.Names(), s.kind.appearance, messages.DefaultOptions()}, trace, orders)
	head, rest, _ := strings.Cut(text, "\n")
	s.part.Counterexamples = append(s.part.Counterexamples, Counterexample{
		Law: b.law, What: b.what, Moves: len(way), Outside: true, Scenario: head + "\n" + lines.String() + rest,
	})
}
