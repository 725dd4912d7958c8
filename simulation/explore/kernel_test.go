package explore

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// TestKernelIsTheRuntimes drives a phone and a runtime.Cell with the same inputs, and finds them deciding the same: the same
// orders, and actors in the same states.
func TestKernelIsTheRuntimes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		options := messages.DefaultOptions()
		options.AutoConnectSessions = seed%2 == 0
		options.AutoAnswerInbound = seed%3 == 0
		quirks := quirk.Corrected
		if seed%5 == 4 {
			quirks = quirk.SDK924()
		}
		w := newWalk(t, seed, options, quirks)
		for range 150 {
			w.step()
		}
	}
}

// walk is a phone and a cell that go the same way.
type walk struct {
	t     *testing.T
	dice  *rand.Rand
	phone *phone
	cell  *runtime.Cell
	words vocabulary
}

func newWalk(t *testing.T, seed uint64, options messages.Options, quirks quirk.Set) *walk {
	t.Helper()
	cell, err := runtime.NewCell(runtime.Config{Cell: "ann", Options: options, Quirks: quirks, IDPrefix: "explore-", Registry: actors.Softphone()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cell.Close)
	p, err := newPhone(&settings{quirks: quirks, registry: actors.Softphone(), rows: &rowsTaken{}}, options)
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{t, rand.New(rand.NewPCG(seed, 1)), p, cell, words(2, 2, 2)}
	w.phone, err = login(p, func(in messages.Input) {
		if _, fires := in.(messages.TimerFired); fires {
			due, _ := cell.NextTimer()
			_, err = cell.FireNext(due)
		} else {
			_, err = cell.Handle(cell.At(), in)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// step gives both the same input: the next timer, or anything else that the environment may say.
func (w *walk) step() {
	w.t.Helper()
	if w.dice.IntN(12) == 0 {
		due, ok := w.cell.NextTimer()
		if !ok {
			return
		}
		s, err := w.cell.FireNext(max(due, w.cell.At()) + time.Duration(w.dice.IntN(5))*time.Second)
		if err != nil {
			w.t.Fatal(err)
		}
		w.compare(s, s.Input)
		return
	}
	minted := w.phone.minted
	appearance, persistent := []int{1, 100}[w.dice.IntN(2)], w.dice.IntN(2) == 0
	v := w.words
	all := slices.Concat(offering(w.phone, v, messages.DefaultOptions()), answering(v), placing(w.phone, v), taken(v), describing(w.phone, v),
		initiating(v), accepting(v), bringing(w.phone), bringing(w.phone), bringing(w.phone), mediaMay(w.phone, v), []move{stationIs(minted, appearance, persistent)})
	for _, told := range all[w.dice.IntN(len(all))] {
		if _, internal := told.in.(chosen); internal || told.to != 0 {
			continue
		}
		s, err := w.cell.Handle(w.cell.At()+time.Millisecond, told.in)
		if err != nil {
			w.t.Fatal(err)
		}
		w.compare(s, told.in)
	}
}

// compare gives the phone the input that the cell was given.
func (w *walk) compare(s runtime.Step, in messages.Input) {
	w.t.Helper()
	next, outputs, err := w.phone.take(0, in)
	if err != nil {
		w.t.Fatal(err)
	}
	w.phone = next
	if !reflect.DeepEqual(outputs, s.Outputs) {
		w.t.Fatalf("entry %d, %s: the phone decides %+v, the cell %+v", s.Seq, in.Kind(), outputs, s.Outputs)
	}
	living := w.cell.Actors()
	if len(living) != len(next.actors) {
		w.t.Fatalf("entry %d, %s: the phone has %d actors, the cell %d", s.Seq, in.Kind(), len(next.actors), len(living))
	}
	for i, a := range next.actors {
		for j, m := range a.Machines {
			want, err := w.cell.Inspect(living[i].Ref, living[i].Charts[j])
			if err != nil {
				w.t.Fatal(err)
			}
			if got, err := m.MarshalJSON(); err != nil || string(got) != string(want) {
				w.t.Fatalf("entry %d, %s: chart %s of #%d is %s in the phone, %s in the cell", s.Seq, in.Kind(), m.Name(), a.Ref, got, want)
			}
		}
	}
}
