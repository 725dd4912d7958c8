package runtime_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// A cell that sleeps after each entry writes the same journal as one that never does.
func TestSleep(t *testing.T) {
	events := []event{
		{0, messages.Initialize{}}, {0, messages.Propose{Session: "s"}}, {time.Second, messages.Initialize{}},
		{time.Second, messages.Propose{Session: "t"}}, {5 * time.Second, nil}, {6 * time.Second, messages.EndSession{}},
		{7 * time.Second, messages.Retract{Session: "s"}}, {time.Minute, nil}, {time.Minute, messages.PageShown{}},
	}
	journal := func(rest func(*runtime.Cell) error) string {
		var lines bytes.Buffer
		cell := newCell(t, runtime.NewStreamJournal(&lines, runtime.SyncNever))
		for _, e := range events {
			if _, err := play(cell, e); err != nil {
				t.Fatal(err)
			}
			if err := rest(cell); err != nil {
				t.Fatal(err)
			}
		}
		return lines.String()
	}
	awake := journal(func(*runtime.Cell) error { return nil })
	if asleep := journal((*runtime.Cell).Sleep); asleep != awake {
		t.Errorf("a cell that sleeps wrote\n%s\nand one that does not\n%s", asleep, awake)
	}
}

// What is asked of a cell that sleeps has the same answer as before, and its timers are known without waking it.
func TestAskingACellThatSleeps(t *testing.T) {
	cell := newCell(t, nil)
	if _, err := cell.Handle(0, messages.Initialize{}); err != nil {
		t.Fatal(err)
	}
	asked := func() string {
		due, armed := cell.NextTimer()
		raw, err := cell.Snapshot()
		root, _ := cell.Inspect(messages.Root, "office")
		return fmt.Sprint(due, armed, string(raw), err, string(root), cell.Actors(), cell.Unanswered(), cell.Seq(), cell.Hash())
	}
	before := asked()
	for range 2 {
		if err := cell.Sleep(); err != nil {
			t.Fatal(err)
		}
	}
	if after := asked(); after != before {
		t.Errorf("before:\n%s\nasleep:\n%s", before, after)
	}
}

// Sleeping changes nothing for a cell that is closed.
func TestSleepOfAClosedCell(t *testing.T) {
	cell := newCell(t, nil)
	cell.Close()
	if err := cell.Sleep(); err != nil {
		t.Errorf("to sleep is an error: %v", err)
	}
	if _, err := cell.Handle(0, messages.Initialize{}); err == nil {
		t.Error("a closed cell that slept takes inputs")
	}
}

// A cell without rows decides the same, and tells nothing of how.
func TestWithoutRows(t *testing.T) {
	journal := func(without bool) (lines string, rows int) {
		var b bytes.Buffer
		cfg := config(runtime.NewStreamJournal(&b, runtime.SyncNever))
		cfg.WithoutRows = without
		cell, err := runtime.NewCell(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer cell.Close()
		for _, in := range []messages.Input{messages.Initialize{}, messages.Propose{Session: "s"}} {
			step, err := cell.Handle(0, in)
			if err != nil {
				t.Fatal(err)
			}
			rows += len(step.Rows)
		}
		return b.String(), rows
	}
	with, some := journal(false)
	without, none := journal(true)
	if with != without || some == 0 || none != 0 {
		t.Errorf("with %d rows the journal is\n%s\nand with %d\n%s", some, with, none, without)
	}
}

// Cells at rest have no actors of protoactor: those that are there serve whichever cell decides.
func TestPlayersServeAllCells(t *testing.T) {
	shard := runtime.NewShard()
	for range 3 {
		cfg := config(nil)
		cfg.Shard = shard
		cell, err := runtime.NewCell(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer cell.Close()
		handle(t, cell, 0, messages.Initialize{})
		for range 20 {
			if step := handle(t, cell, 0, messages.Propose{Session: "s"}); len(step.Outputs) == 0 {
				t.Fatal("a propose has ordered nothing: its worker was not told")
			}
		}
		if got := cell.Cast(); got != 0 {
			t.Errorf("%d actors of the cell at rest have an actor of protoactor, want none", got)
		}
	}
	if got := shard.Players(); got != 2 {
		t.Errorf("there are %d actors of protoactor, want 2: no entry told more than the root and its worker", got)
	}
}
