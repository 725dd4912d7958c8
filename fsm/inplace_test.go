package fsm

import (
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

func addInPlace(d *tally, in Add) (*tally, messages.Acts) {
	d.N += in.N
	return d, say("added")
}

func bumpInPlace[E messages.Input](d *tally, _ E) (*tally, messages.Acts) {
	d.N++
	return d, nil
}

func oddInPlace[E messages.Input](d *tally, _ E) bool { return d.N%2 == 1 }

// inPlace is a chart whose functions take the data by pointer.
func inPlace() *Chart[tally] {
	return New("counter", "It counts.",
		Initial[tally](Leaf),
		In(Leaf, "It counts.",
			OnInPlace[tally](Add{}).Do(addInPlace, bumpInPlace),
			OnInPlace[tally](ToSibling{}).If(oddInPlace).Do(bumpInPlace).Enter(Twin),
			AfterInPlace[tally](time.Second).Unless(oddInPlace).Do(bumpInPlace).Enter(Twin)),
		Final[tally](Twin, "It has counted."))
}

// Rows in place change the instance that steps, and nobody else's: what Step was given stays, and so does what was kept.
func TestInPlaceChangesOneInstance(t *testing.T) {
	chart := inPlace()
	before := chart.Start(tally{N: 2})
	after, out := chart.Step(quirk.Corrected, before, Add{N: 4})
	if before.Data.N != 2 || after.Data.N != 7 || len(out.Acts) != 1 {
		t.Errorf("from %d by 4 and 1 to %d with %d acts, want 2, 7 and 1", before.Data.N, after.Data.N, len(out.Acts))
	}
	running := chart.Resume(after)
	kept := running.Keep()
	running.Advance(quirk.Corrected, Add{N: 1}, &out)
	if kept.Snapshot() != after || running.Snapshot().Data.N != 9 {
		t.Errorf("kept is %v and running %v, want %v and 9", kept.Snapshot(), running.Snapshot(), after)
	}
}

// The guards of such rows choose, those of timers too.
func TestInPlaceGuards(t *testing.T) {
	chart := inPlace()
	timer := chart.StartTimers(chart.Start(tally{}))[0].Name
	for _, try := range []struct {
		n    int
		in   messages.Input
		goes State
	}{
		{1, ToSibling{}, Twin}, {2, ToSibling{}, Leaf},
		{1, messages.TimerFired{Timer: timer}, Leaf}, {2, messages.TimerFired{Timer: timer}, Twin},
	} {
		if after, _ := chart.Step(quirk.Corrected, chart.Start(tally{N: try.n}), try.in); after.State != try.goes {
			t.Errorf("%s at %d leads to %s, want %s", try.in.Kind(), try.n, after.State, try.goes)
		}
	}
}
