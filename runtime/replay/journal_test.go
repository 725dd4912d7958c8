package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// brittle is the life of an actor that cannot bear a hidden page.
type brittle struct{ Shown int }

func show(b brittle, in messages.PageShown) (brittle, messages.Acts) {
	if !in.Visible {
		panic("hidden")
	}
	b.Shown++
	return b, messages.Acts{messages.SendPing{}}
}

func brittleCells() actors.Registry {
	chart := fsm.New[brittle]("softphone", "an artificial chart",
		fsm.Initial[brittle]("Only"),
		fsm.In[brittle]("Only", "all there is", fsm.On[brittle](messages.PageShown{}).Do(show)),
	)
	return actors.Registry{"softphone": func() []actors.Machine { return []actors.Machine{actors.Of(chart, brittle{}, nil)} }}
}

// written is the journal of a cell that was shown pages, with one entry that was quarantined.
func written(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	cell, err := runtime.NewCell(runtime.Config{
		Cell: "jane", User: "user-1", Registry: brittleCells(), Quirks: quirk.Corrected,
		Journal: runtime.NewStreamJournal(&out, runtime.SyncNever),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cell.Close()
	for i, visible := range []bool{true, false, true} {
		_, err := cell.Handle(time.Duration(i)*time.Second, messages.PageShown{Visible: visible})
		if poisoned := (*runtime.Poisoned)(nil); errors.As(err, &poisoned) {
			err = cell.Revive()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := cell.Done("1.1"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRunJournal(t *testing.T) {
	j := replay.Journal{Name: "a.journal", Text: []byte(written(t))}
	run, err := replay.RunJournal(j, brittleCells(), 0)
	if err != nil || run.Report.Difference != nil {
		t.Fatalf("%v %v", err, run)
	}
	got := ""
	for _, e := range run.Entries {
		got += fmt.Sprintf("%d %v %d %s;", e.Seq, e.At, len(e.Step.Outputs), e.Problem)
	}
	if want := "1 0s 1 ;2 1s 0 quarantined when it was recorded: no chart decided it;3 2s 1 ;"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if run, err = replay.RunJournal(j, brittleCells(), 1); err != nil || len(run.Entries) != 1 || run.Outputs != 1 {
		t.Errorf("until 1: %v, %+v", err, run)
	}
}

func TestRunJournalStopsAtTheFirstDifference(t *testing.T) {
	text := strings.Replace(written(t), `"kind":"send-ping"`, `"kind":"send-bind"`, 1)
	run, err := replay.RunJournal(replay.Journal{Name: "a.journal", Text: []byte(text)}, brittleCells(), 0)
	if err != nil || run.Report.Difference == nil || len(run.Entries) != 1 {
		t.Fatalf("%v %+v", err, run)
	}
	if got, want := run.Report.Difference.String(), "entry 1: decided send-ping, recorded send-bind"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// An entry that cannot be decided now, and was when it was recorded, ends the run there.
func TestRunJournalUpToAPoisonedEntry(t *testing.T) {
	var kept []string
	for _, line := range strings.SplitAfter(written(t), "\n") {
		if strings.HasPrefix(line, `{"quarantined"`) {
			line = `{"rest":2,"hash":"0000000000000000"}` + "\n"
		}
		kept = append(kept, line)
	}
	run, err := replay.RunJournal(replay.Journal{Name: "a.journal", Text: []byte(strings.Join(kept, ""))}, brittleCells(), 0)
	if poisoned := (*runtime.Poisoned)(nil); !errors.As(err, &poisoned) || run == nil || len(run.Entries) != 1 {
		t.Errorf("%v %+v", err, run)
	}
}

func TestRewriteJournal(t *testing.T) {
	j := replay.Journal{Name: "a.journal", Text: []byte(written(t))}
	anonymous := func(h runtime.Header) runtime.Header { h.Cell, h.User = "cell", ""; return h }
	same := func(in messages.Input) messages.Input { return in }
	var out bytes.Buffer
	if err := replay.RewriteJournal(j, brittleCells(), &out, anonymous, same); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{`"cell":"cell"`, `{"quarantined":2,`, `{"done":"1.1"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("the journal lacks %s:\n%s", want, text)
		}
	}
	report, err := runtime.ReplayJournal(strings.NewReader(text), brittleCells())
	if err != nil || report.Difference != nil || report.Entries != 2 {
		t.Errorf("it replays as %+v, %v", report, err)
	}
	other := func(messages.Input) messages.Input { return messages.NetworkChanged{} }
	if err := replay.RewriteJournal(j, brittleCells(), &out, anonymous, other); !errors.Is(err, replay.ErrDecidedOtherwise) ||
		!strings.Contains(err.Error(), "a.journal:2: entry 1") {
		t.Errorf("with other inputs: %v", err)
	}
}

func TestAJournalThatCannotBeRead(t *testing.T) {
	whole := written(t)
	for name, text := range map[string]string{
		"empty":           "",
		"no header":       `{"seq":1}` + "\n",
		"garbage":         strings.Replace(whole, `"kind"`, "\x00", 1),
		"a missing entry": strings.Replace(whole, `"seq":2`, `"seq":9`, 1),
	} {
		run, err := replay.RunJournal(replay.Journal{Name: "a.journal", Text: []byte(text)}, brittleCells(), 0)
		if err == nil || run != nil || !strings.Contains(err.Error(), "a.journal:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
