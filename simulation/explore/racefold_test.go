package explore

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
)

func raceOf(t *testing.T, k raceKind, o Options) (*raceSearch, *client) {
	t.Helper()
	first, err := newClient(&settings{registry: actors.Softphone(), rows: &rowsTaken{}}, k.appearance)
	if err != nil {
		t.Fatal(err)
	}
	return newRaceSearch(k, o), first
}

// TestOneOfManyIsWhatEachOfTwoIs goes through a race of two clients, and finds each of them, with the platform as it sees it,
// among what one of many may be.
func TestOneOfManyIsWhatEachOfTwoIs(t *testing.T) {
	t.Parallel()
	k := raceKind{name: "answering", users: deeds{Answered: true}, appearance: 1, flows: true}
	two, first := raceOf(t, k, Options{StatesMax: 100_000})
	if err := two.run(first, &Part{}, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	many := newRaceSearch(k, Options{})
	many.race = two.race // with the same numbers
	c := &crowd{race: two.race}
	many.of = c
	var part Part
	if err := many.run(first, &part, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if !part.Fixpoint {
		t.Fatal("one of many has no fixpoint")
	}
	found := map[uint64]bool{}
	for _, n := range many.states.all {
		found[n] = true
	}
	for _, n := range two.states.all {
		at, p := pair{two.race}.read(n)
		for who, seen := range []platform{p, p.mirrored()} {
			if one, _ := c.state(happening{to: [2]uint32{at[who], noHalf}, then: seen}); !found[one] {
				t.Fatalf("client %d of two is what none of many is: %+v", who+1, seen)
			}
		}
	}
	t.Logf("%d states of two, %d of one of many", len(two.states.all), len(many.states.all))
}

// TestClientsThatFoldTogetherBehaveAlike takes on two clients that fold together: whatever comes, they become what folds
// together, send the same, and break the same laws. It is what leaving fields out rests on.
func TestClientsThatFoldTogetherBehaveAlike(t *testing.T) {
	t.Parallel()
	k := raceKind{
		name: "all", crowd: true, users: deeds{Answered: true, Declined: true, Ended: true}, appearance: 100, flows: true, troubles: true,
	}
	s, first := raceOf(t, k, Options{StatesMax: 20_000})
	x := &s.race.clients
	met, compared := 0, 0
	var compare func(known, again *client)
	compare = func(known, again *client) {
		if met++; met%97 != 0 {
			return
		}
		compared++
		x.met = nil // those that they become are compared in their turn
		defer func() { x.met = compare }()
		if one, other := becomes(t, x, known), becomes(t, x, again); !slices.Equal(one, other) {
			t.Errorf("two clients fold together, and become other ones:\n%v\n%v", one, other)
		}
	}
	x.met = compare
	if err := s.run(first, &Part{}, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if compared < 50 {
		t.Errorf("%d were compared", compared)
	}
}

// becomes is all that may become of a client, as lines.
func becomes(t *testing.T, x *clients, c *client) []string {
	t.Helper()
	p := &place{of: c}
	own, err := x.does(p)
	if err != nil {
		t.Fatal(err)
	}
	steps := slices.Clone(own)
	for l := propose; l <= acceptThere; l <<= 1 {
		s, err := x.hears(p, l)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, *s)
	}
	var all []string
	for _, s := range steps {
		line := fmt.Sprintf("%s: sends %b", s.says, s.sends)
		if s.to != nil {
			line += fmt.Sprintf(" becomes %x", s.to.of.fold())
		}
		for _, b := range s.broken {
			line += ", breaks " + b.law
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all
}
