package explore

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
)

func start(t *testing.T, of *instance) *state {
	t.Helper()
	first, err := begin(&settings{registry: actors.Softphone(), rows: &rowsTaken{}}, of)
	if err != nil {
		t.Fatal(err)
	}
	return first
}

func (s *state) went(t *testing.T, of *instance, moves ...move) *state {
	t.Helper()
	for _, m := range moves {
		p, err := s.make(m, of)
		if err != nil {
			t.Fatal(err)
		}
		s = p.state
	}
	return s
}

// A call, told with one choice of names.
func call(s messages.SessionID, c messages.ConversationID, from messages.JID) []move {
	return []move{
		outside(messages.Propose{Session: s, Conversation: c, From: from}, messages.Answer{Call: 9, Conversation: c}, messages.Accepted{Session: s, From: ownFull}),
		outside(messages.Offer{Session: s, Conversation: c, From: from, SDP: "sdp", ICE: "ice"}),
	}
}

// TestNamesMeanNothing shows that what differs in names only, or in when something was born, is one state.
func TestNamesMeanNothing(t *testing.T) {
	t.Parallel()
	of := sessionsAlone(words(2, 2, 2), messages.DefaultOptions())
	first, ways := start(t, of), renamings(of.words)
	if len(ways) != 8 {
		t.Fatalf("there are %d renamings of two conversations, two sessions and two gateways", len(ways))
	}
	want := first.went(t, of, call("S1", "C1", gateway)...).fold(ways)
	for _, other := range [][]move{
		call("S2", "C1", gateway), call("S1", "C2", gateway), call("S1", "C1", gateway2), call("S2", "C2", gateway2),
		append([]move{outside(messages.Propose{Session: "S2", Conversation: "C2", From: gateway}, messages.Retract{Session: "S2", From: gateway})}, call("S1", "C1", gateway)...),
	} {
		if got := first.went(t, of, other...).fold(ways); got != want {
			t.Errorf("%v folds otherwise", other)
		}
	}
	one := first.went(t, of, append(call("S1", "C1", gateway), call("S2", "C2", gateway)[0])...).fold(ways)
	two := first.went(t, of, append(call("S2", "C2", gateway), call("S1", "C1", gateway)[0])...).fold(ways)
	if one != two {
		t.Error("two calls fold otherwise under other names")
	}
}

// TestStatesDiffer shows that states in which other things may happen do not fold together.
func TestStatesDiffer(t *testing.T) {
	t.Parallel()
	of := sessionsAlone(words(2, 2, 2), messages.DefaultOptions())
	first, ways := start(t, of), renamings(of.words)
	seen := map[key]int{first.fold(ways): 0}
	at := first
	for i, m := range append(call("S1", "C1", gateway), call("S2", "C1", gateway)[0], call("S2", "C1", gateway)[1]) {
		at = at.went(t, of, m)
		k := at.fold(ways)
		if before, met := seen[k]; met {
			t.Errorf("after %d moves it is as after %d", i+1, before)
		}
		seen[k] = i + 1
	}
	same := first.went(t, of, call("S1", "C1", gateway)...).went(t, of, call("S2", "C1", gateway)[0])
	other := first.went(t, of, call("S1", "C1", gateway)...).went(t, of, call("S2", "C2", gateway)[0])
	if same.fold(ways) == other.fold(ways) {
		t.Error("whether two proposals are for one conversation is not seen")
	}
}

// TestFoldedStatesBehaveAlike goes through a part, and where two ways lead to one folded state, takes both representatives on:
// what one may do, the other may. It is what dropping fields, taking actors out and renaming rest on.
func TestFoldedStatesBehaveAlike(t *testing.T) {
	t.Parallel()
	for _, of := range []*instance{
		taking(words(1, 1, 1)), sessionsAlone(words(1, 1, 1), messages.DefaultOptions()), negotiating(words(1, 1, 1), messages.DefaultOptions()),
		anyStation(words(1, 1, 1).amongOthers(), messages.DefaultOptions()),
	} {
		ways := renamings(of.words)
		first := start(t, of)
		known := map[key]*state{first.fold(ways): first}
		frontier, compared := []*state{first}, 0
		for len(frontier) > 0 && len(known) < 400 {
			at := frontier[0]
			frontier = frontier[1:]
			for _, m := range of.moves(at.phone, of.words) {
				p, err := at.make(m, of)
				if err != nil {
					t.Fatal(err)
				}
				if len(p.broken) > 0 || len(p.state.phone.open) > inFlightMax {
					continue
				}
				k := p.state.fold(ways)
				before, met := known[k]
				if !met {
					known[k] = p.state
					frontier = append(frontier, p.state)
					continue
				}
				if compared++; compared%97 != 0 {
					continue
				}
				if one, other := leads(t, before, of, ways), leads(t, p.state, of, ways); !maps.Equal(one, other) {
					t.Fatalf("%s: two states fold together, and lead to %d and %d others", of.name, len(one), len(other))
				}
			}
		}
		if compared < 97 {
			t.Errorf("%s: nothing was compared", of.name)
		}
	}
}

// leads is where a state leads to, and which laws are broken on the way.
func leads(t *testing.T, s *state, of *instance, ways []names) map[key]string {
	t.Helper()
	to := map[key]string{}
	for _, m := range of.moves(s.phone, of.words) {
		p, err := s.make(m, of)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.state.phone.open) > inFlightMax {
			continue
		}
		k := p.state.fold(ways)
		for _, b := range p.broken {
			if !strings.Contains(to[k], b.law) {
				to[k] += b.law
			}
		}
		to[k] += ""
	}
	return to
}

// TestDroppedFieldsExist finds each field that is dropped in what a phone and its law hold, so that none is dropped by a name
// that something else may get.
func TestDroppedFieldsExist(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	var look func(reflect.Type)
	looked := map[reflect.Type]bool{}
	look = func(of reflect.Type) {
		if looked[of] {
			return
		}
		looked[of] = true
		switch of.Kind() {
		case reflect.Struct:
			for i := range of.NumField() {
				found[nameOf(of)+"."+of.Field(i).Name] = true
				look(of.Field(i).Type)
			}
		case reflect.Slice, reflect.Pointer:
			look(of.Elem())
		case reflect.Map:
			look(of.Key())
			look(of.Elem())
		}
	}
	for _, machines := range actors.Softphone() {
		for _, m := range machines() {
			kept := m.Snapshot()
			look(reflect.TypeOf(kept))
		}
	}
	look(reflect.TypeFor[state]())
	look(reflect.TypeFor[messages.SendTerminate]())
	for _, name := range append(slices.Sorted(maps.Keys(dropped)), slices.Sorted(maps.Keys(unraced))...) {
		if !found[name] {
			t.Errorf("%s is dropped, and there is no such field", name)
		}
	}
}
