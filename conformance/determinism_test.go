package conformance

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// The same inputs give the same journal, whatever else the process does: the second replay of each recording has another
// recording's cell running beside it.
func TestReplayedTwice(t *testing.T) {
	t.Parallel()
	names := captures.Names()
	half := (len(names) + 1) / 2
	for i, name := range names[:half] {
		t.Run(strings.TrimSuffix(name, ".jsonl"), func(t *testing.T) {
			t.Parallel()
			a, b := recorded(t, name), recorded(t, names[(half+i)%len(names)])
			beside := make(chan run)
			go func() {
				again, err := play(b.Capture, b.Records)
				if err != nil {
					t.Error(err)
				}
				beside <- again
			}()
			again, err := play(a.Capture, a.Records)
			otherAgain := <-beside
			if err != nil || t.Failed() {
				t.Fatal(err)
			}
			same(t, a.ours, again)
			same(t, b.ours, otherAgain)
		})
	}
}

// cutCell is a cell that is cut after every entry: written to a snapshot, closed, and restored from it as another cell.
type cutCell struct {
	t    testing.TB
	cell *runtime.Cell
	cfg  runtime.Config
	cuts int
}

// rewriteEvery says after how many cuts the restored cell's own snapshot is compared, too.
const rewriteEvery = 10

func (c *cutCell) cut(step runtime.Step, err error) (runtime.Step, error) {
	if err != nil {
		return step, err
	}
	raw := c.snapshot()
	c.cell.Close()
	if c.cell, err = runtime.Restore(c.cfg, raw); err != nil {
		c.t.Fatalf("after entry %d: %v", step.Seq, err)
	}
	if c.cuts++; c.cuts%rewriteEvery == 0 {
		if again := c.snapshot(); !bytes.Equal(raw, again) {
			c.t.Fatalf("after entry %d: the restored cell's snapshot is another one:\n  %s\n  %s", step.Seq, raw, again)
		}
	}
	return step, nil
}

func (c *cutCell) snapshot() []byte {
	raw, err := c.cell.Snapshot()
	if err != nil {
		c.t.Fatalf("after entry %d: %v", c.cell.Seq(), err)
	}
	return raw
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
// inside. Every entry of every recording is the place of a cut.
func TestCutAtEveryEntry(t *testing.T) {
	t.Parallel()
	each(t, "", func(t *testing.T, rec *recording) {
		var journal bytes.Buffer
		cfg, err := configOf(rec.Capture, &journal)
		if err != nil {
			t.Fatal(err)
		}
		cell, err := runtime.NewCell(cfg)
		if err != nil {
			t.Fatal(err)
		}
		cut := &cutCell{t: t, cell: cell, cfg: cfg}
		defer func() { cut.cell.Close() }()
		phone := host.Around(cut, cfg.Quirks)
		phone.Look = func() replay.State { return replay.LookInto(cut.cell)() }
		result, err := replay.Run(rec.Records, phone, host.Options(rec.Capture))
		if err != nil {
			t.Fatal(err)
		}
		if entries := bytes.Count(rec.ours.journal, []byte("\n{\"seq\":")); cut.cuts != entries || entries == 0 {
			t.Errorf("%d cuts for %d entries", cut.cuts, entries)
		}
		same(t, rec.ours, run{result, journal.Bytes()})
	})
}
