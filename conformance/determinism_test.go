package conformance

import (
	"bytes"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// The same inputs give the same journal, whatever else the process does: the second replay has another recording's cell
// beside it, on the same shard and in step.
func TestReplayedTwice(t *testing.T) {
	t.Parallel()
	names := captures.Names()
	neighbour := map[string]string{}
	for i, name := range names {
		neighbour[name] = names[(i+len(names)/2)%len(names)]
	}
	each(t, "", func(t *testing.T, log *capture.Capture) {
		other := read(t, neighbour[log.Name])
		first, firstOther := play(t, log, log.Records), play(t, other, other.Records)
		var second, secondOther run
		beside := make(chan struct{})
		go func() {
			defer close(beside)
			secondOther = play(t, other, other.Records)
		}()
		second = play(t, log, log.Records)
		<-beside
		sameJournal(t, first.journal, second.journal)
		sameOutputs(t, first.Outputs, second.Outputs)
		sameJournal(t, firstOther.journal, secondOther.journal)
	})
}

// cutCell is a cell that is cut after every entry: written to a snapshot, closed, and restored from it as another cell.
type cutCell struct {
	t    testing.TB
	cell *runtime.Cell
	cfg  runtime.Config
	cuts int
}

func (c *cutCell) cut(step runtime.Step, err error) (runtime.Step, error) {
	if err != nil {
		return step, err
	}
	raw, err := c.cell.Snapshot()
	if err != nil {
		c.t.Fatalf("after entry %d: %v", step.Seq, err)
	}
	c.cell.Close()
	if c.cell, err = runtime.Restore(c.cfg, raw); err != nil {
		c.t.Fatalf("after entry %d: %v", step.Seq, err)
	}
	again, err := c.cell.Snapshot()
	if err != nil || !bytes.Equal(raw, again) {
		c.t.Fatalf("after entry %d: the restored cell's snapshot is another one (%v):\n  %s\n  %s", step.Seq, err, raw, again)
	}
	c.cuts++
	return step, nil
}

// Handle implements replay.Cell.
func (c *cutCell) Handle(at time.Duration, in messages.Input) (runtime.Step, error) {
	return c.cut(c.cell.Handle(at, in))
}

// FireNext implements replay.Cell.
func (c *cutCell) FireNext(at time.Duration) (runtime.Step, error) { return c.cut(c.cell.FireNext(at)) }

// NextTimer implements replay.Cell.
func (c *cutCell) NextTimer() (due time.Duration, ok bool) { return c.cell.NextTimer() }

// A replay that is cut at every entry goes on as if it had not been: the same journal, the same outputs, the same looks
// inside. Every entry of every recording is a place of a cut.
func TestCutAtEveryEntry(t *testing.T) {
	t.Parallel()
	each(t, "", func(t *testing.T, log *capture.Capture) {
		whole := play(t, log, log.Records)
		var journal bytes.Buffer
		cfg := configOf(t, log, &journal)
		cell, err := runtime.NewCell(cfg)
		if err != nil {
			t.Fatal(err)
		}
		cut := &cutCell{t: t, cell: cell, cfg: cfg}
		defer func() { cut.cell.Close() }()
		phone := host.Around(cut)
		phone.Look = func() replay.State { return replay.LookInto(cut.cell)() }
		result, err := replay.Run(log.Records, phone, host.Options(log))
		if err != nil {
			t.Fatal(err)
		}
		if cut.cuts == 0 {
			t.Fatal("nothing was cut")
		}
		sameJournal(t, whole.journal, journal.Bytes())
		sameOutputs(t, whole.Outputs, result.Outputs)
	})
}

