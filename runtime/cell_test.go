package runtime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// aDay goes through all that a cell does short of breaking.
var aDay = []event{
	{0, messages.Initialize{Call: 1}},
	{time.Second, messages.HTTPAnswered{Effect: "1.3", Status: 200}},
	{time.Second, messages.HTTPAnswered{Effect: "1.3", Status: 200}},
	{time.Second, messages.IQAnswered{Effect: "9.9"}},
	{2 * time.Second, messages.Propose{Session: "s"}},
	{3 * time.Second, messages.Retract{Session: "s"}},
	{4 * time.Second, messages.PageShown{Visible: true}},
	{4 * time.Second, messages.NetworkChanged{}},
	{5 * time.Second, messages.Initialize{Call: 2}},
	{10 * time.Second, nil},
	{10 * time.Second, messages.PeerICEChanged{Peer: 77}},
	{61 * time.Second, nil},
	{62 * time.Second, messages.Initialize{Call: 3}},
	{63 * time.Second, messages.TimerFired{Actor: 4, Timer: "clock.Ticking/after[1m]", Due: time.Second}},
	{64 * time.Second, messages.EndSession{Call: 4}},
	{65 * time.Second, messages.HTTPAnswered{Effect: "13.3", Status: 200}},
	{66 * time.Second, messages.IQAnswered{Effect: "9.3"}},
}

// What a message causes is finished before the next act, effects keep their place between, and Later comes last.
func TestOrder(t *testing.T) {
	cell := newCell(t, nil)
	var got strings.Builder
	for _, e := range aDay[:7] {
		step, err := play(cell, e)
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString(story(step))
	}
	const want = `1 initialize
  softphone 1: initialize
  worker 5: begin
  softphone 1: working
  1.1 of 1: say before
  1.2 of 1: say worker 5 is here
  1.3 of 5: request
  1.4 of 1: say after
2 http-answered
  worker 5: http-answered
  2.1 of 5: say status 200
3 http-answered orphan: no open effect is answered by it
4 iq-answered orphan: no open effect is answered by it
5 propose
  softphone 1: propose
  worker 5: nudge
  softphone 1: working
  softphone 1: nudged
  worker 5: nudge
  softphone 1: working
  softphone 1: nudged
  5.1 of 1: say worker 5 counts 1
  5.2 of 1: say heard of 1
  5.3 of 5: close-socket 1
  5.4 of 1: send-proceed
  5.5 of 1: say worker 5 counts 3
  5.6 of 1: say heard of 2
  5.7 of 5: close-socket 3
  5.8 of 1: say nudged
6 retract
  softphone 1: retract
  worker 5: nudge
  softphone 1: working
  softphone 1: nudged
  softphone 1: curtain
  softphone 1: curtain
  softphone 1: curtain
  6.1 of 1: say worker 5 counts 6
  6.2 of 1: say heard of 3
  6.3 of 5: close-socket 6
  6.4 of 1: say put off
  6.5 of 1: say curtain 1
  6.6 of 1: say curtain 2
  6.7 of 1: say curtain 3
7 page-shown
  softphone 1: page-shown ignored: the light is not ours
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// Each chart of an actor sees the input, in order, and what they decide follows in that order. A view is told when it is
// the first, and then when it is another one.
func TestTwoChartsOfOneActor(t *testing.T) {
	cfg := config(nil)
	cfg.Registry = actors.Registry{"softphone": registry["softphone"], "worker": func() []actors.Machine {
		return []actors.Machine{actors.Of(workerChart, worker{}, viewOf), actors.Of(tallyChart, tally{}, viewOfTally)}
	}}
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer cell.Close()
	handle(t, cell, 0, messages.Initialize{})
	got := story(handle(t, cell, 0, messages.Propose{}))
	const want = `2 propose
  softphone 1: propose
  worker 2: nudge
  worker 2: nudge
  softphone 1: working
  softphone 1: nudged
  softphone 1: tallied unexpected: no chart of this actor knows it
  worker 2: nudge
  worker 2: nudge
  softphone 1: working
  softphone 1: nudged
  softphone 1: tallied unexpected: no chart of this actor knows it
  2.1 of 1: say worker 2 counts 1
  2.2 of 1: say heard of 1
  2.3 of 2: close-socket 1
  2.4 of 2: close-socket -1
  2.5 of 1: send-proceed
  2.6 of 1: say worker 2 counts 3
  2.7 of 1: say heard of 2
  2.8 of 2: close-socket 3
  2.9 of 2: close-socket -2
  2.10 of 1: say nudged
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	third := story(handle(t, cell, 0, messages.SetAccessToken{}))
	if strings.Contains(third, "tallied") {
		t.Errorf("a view that did not change was told:\n%s", third)
	}
}

func TestUnexpectedAndOrphans(t *testing.T) {
	cell := newCell(t, nil)
	want := map[int]string{
		8:  "8 network-changed\n  softphone 1: network-changed unexpected: no chart of this actor knows it\n",
		11: "11 peer-ice-changed orphan: there is no actor 77\n",
		14: "14 timer-fired orphan: the timer is not armed\n",
		15: "15 end-session\n  softphone 1: end-session\n   7: nudge unexpected: there is no such actor\n  15.1 of 1: say dismissed\n",
		16: "16 http-answered orphan: no open effect is answered by it\n",
		17: "17 iq-answered orphan: no open effect is answered by it\n",
	}
	for i, e := range aDay {
		step, err := play(cell, e)
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := want[i+1]; ok && story(step) != text {
			t.Errorf("got\n%s\nwant\n%s", story(step), text)
		}
	}
	if got := cell.Unanswered(); fmt.Sprint(got) != "[9.3]" {
		t.Errorf("unanswered %v, want 9.3: the request that the second worker gave up on", got)
	}
}

// Timers fire by due, then in order of arming; leaving a state disarms its own.
func TestTimers(t *testing.T) {
	cell := newCell(t, nil)
	if due, ok := cell.NextTimer(); !ok || due != time.Minute {
		t.Fatalf("the clock is due at %v, %v, want 1m from birth", due, ok)
	}
	for at := range time.Duration(2) {
		if _, err := cell.Handle(at*time.Second, messages.Initialize{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cell.Handle(time.Second, messages.HTTPAnswered{Effect: "1.3"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 3 {
		due, _ := cell.NextTimer()
		step, err := cell.FireNext(due + time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		fired := step.Input.(messages.TimerFired)
		if fired.Late != time.Millisecond {
			t.Errorf("timer %s is %v late, want 1ms", fired.Timer, fired.Late)
		}
		got = append(got, fmt.Sprintf("%v: %d %s", fired.Due, fired.Actor, inWords(step.Outputs[0].Effect)))
	}
	want := "[6s: 6 say nobody answered 1m0s: 4 say tick 1 2m0.001s: 4 say tick 2]"
	if fmt.Sprint(got) != want {
		t.Errorf("fired %v, want %s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	cell := newCell(t, nil)
	if _, err := cell.Handle(time.Second, messages.Initialize{}); err != nil {
		t.Fatal(err)
	}
	before, hash := cell.Seq(), cell.Hash()
	for name, call := range map[string]func() (runtime.Step, error){
		"never goes back":   func() (runtime.Step, error) { return cell.Handle(0, messages.Initialize{}) },
		"cannot fire":       func() (runtime.Step, error) { return cell.FireNext(2 * time.Second) },
		"there is no input": func() (runtime.Step, error) { return cell.Handle(time.Second, nil) },
		"unknown kind":      func() (runtime.Step, error) { return cell.Handle(time.Second, nudge{1}) },
		"not valid UTF-8":   func() (runtime.Step, error) { return cell.Handle(time.Second, messages.Propose{Session: "\xfe"}) },
	} {
		if _, err := call(); !errors.Is(err, runtime.ErrRefused) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if cell.Seq() != before || cell.Hash() != hash {
		t.Errorf("a refused input changed the cell: entry %d, hash %x", cell.Seq(), cell.Hash())
	}
	cell.Close()
	cell.Close()
	if _, err := cell.Handle(time.Hour, messages.Initialize{}); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("a closed cell: %v", err)
	}
	if _, err := runtime.NewCell(runtime.Config{Cell: "x"}); err == nil || !strings.Contains(err.Error(), `no "softphone"`) {
		t.Errorf("a registry without a root: %v", err)
	}
}

// The cell that a panic stopped is the one of the rest before, and goes on like one that never met the entry.
func TestQuarantine(t *testing.T) {
	for _, in := range []struct {
		poison messages.Input
		want   string
	}{
		{messages.Destroy{}, "entry 3 (destroy): worker 5, chart worker: panic: the worker breaks down"},
		{messages.Disconnect{}, "entry 3 (disconnect): softphone 1: more than 10000 internal messages"},
	} {
		t.Run(in.poison.Kind(), func(t *testing.T) {
			hurt, well := newCell(t, nil), newCell(t, nil)
			for _, cell := range []*runtime.Cell{hurt, well} {
				handle(t, cell, 0, messages.Initialize{Call: 1})
				handle(t, cell, time.Second, messages.Propose{})
			}
			before := snapshotOf(t, hurt)
			_, err := hurt.Handle(2*time.Second, in.poison)
			var poisoned *runtime.Poisoned
			if !errors.As(err, &poisoned) || poisoned.Entry != 3 || !strings.Contains(err.Error(), in.want) {
				t.Fatalf("error %v, want a poisoned entry: %s", err, in.want)
			}
			if _, again := hurt.Handle(3*time.Second, messages.PageShown{}); again == nil {
				t.Fatal("a stopped cell took an input")
			}
			if after := snapshotOf(t, hurt); withoutPlace(after) != withoutPlace(before) {
				t.Fatalf("came back as\n%s\nwant\n%s", after, before)
			}
			if err := hurt.Revive(); err != nil {
				t.Fatal(err)
			}
			other := handle(t, well, 2*time.Second, messages.NetworkChanged{})
			if other.Seq != 3 {
				t.Fatalf("the healthy cell is at entry %d, want 3", other.Seq)
			}
			a, b := handle(t, hurt, 3*time.Second, messages.Retract{}), handle(t, well, 3*time.Second, messages.Retract{})
			if story(a) != story(b) {
				t.Errorf("after the revival\n%s\nwant\n%s", story(a), story(b))
			}
		})
	}
}

// A timer whose firing is poison does not fire for ever.
func TestPoisonedTimerIsPassedOver(t *testing.T) {
	cell := newCell(t, nil)
	handle(t, cell, 0, messages.Initialize{})
	for _, in := range []messages.Input{messages.Propose{}, messages.Propose{}, messages.Propose{}, messages.Retract{}, messages.SetAccessToken{}} {
		handle(t, cell, 0, in)
	}
	if raw, err := cell.Inspect(5, "worker"); err != nil || !strings.Contains(string(raw), `"Count":13`) {
		t.Fatalf("the worker is %s, %v, want a count of 13", raw, err)
	}
	_, err := cell.FireNext(5 * time.Second)
	if err == nil || !strings.Contains(err.Error(), "thirteen") {
		t.Fatalf("the firing: %v, want the panic", err)
	}
	if err := cell.Revive(); err != nil {
		t.Fatal(err)
	}
	if due, ok := cell.NextTimer(); !ok || due != time.Minute {
		t.Errorf("next is due at %v, %v, want the clock at 1m", due, ok)
	}
}

func TestContractsOfCharts(t *testing.T) {
	for name, want := range map[string]struct {
		act  messages.Act
		says string
	}{
		"timer":        {messages.StartTimer{}, "timers are rows"},
		"unknown kind": {messages.Spawn{Actor: "ghost"}, `"ghost"`},
		"used ordinal": {messages.Spawn{Actor: "softphone", Ref: 1}, "have been given out"},
		"stop root":    {messages.Stop{Ref: messages.Root}, "close the cell"},
		"nothing told": {messages.Tell{To: messages.Root}, "told nothing"},
		"bad text":     {messages.SendProceed{Session: "\xff"}, "not valid UTF-8"},
		"no act":       {nil, "an action returned <nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(nil)
			cfg.Registry = actors.Registry{"softphone": func() []actors.Machine { return []actors.Machine{&fixed{want.act}} }}
			cell, err := runtime.NewCell(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer cell.Close()
			_, err = cell.Handle(0, messages.Initialize{})
			var poisoned *runtime.Poisoned
			if !errors.As(err, &poisoned) || !strings.Contains(err.Error(), want.says) {
				t.Errorf("error %v, want a poisoned entry that says %s", err, want.says)
			}
		})
	}
}

// Cells in parallel, in one shard, decide what one alone decides.
func TestParallelCells(t *testing.T) {
	want := dayOf(t)
	var all sync.WaitGroup
	got := make([]string, 64)
	for i := range got {
		all.Go(func() { got[i] = dayOf(t) })
	}
	all.Wait()
	for i := range got {
		if got[i] != want {
			t.Fatalf("cell %d had another day:\n%s\nwant\n%s", i, got[i], want)
		}
	}
}

func dayOf(t *testing.T) string {
	cell, err := runtime.NewCell(config(nil))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer cell.Close()
	var b strings.Builder
	for _, e := range aDay {
		step, err := play(cell, e)
		if err != nil {
			t.Error(err)
			return ""
		}
		fmt.Fprintf(&b, "%s  %016x\n", story(step), step.Hash)
	}
	return b.String()
}

// A cell cut at any rest, restored and continued, equals one that was not cut.
func TestRestoreAnywhere(t *testing.T) {
	whole := newCell(t, nil)
	var steps []runtime.Step
	var snapshots [][]byte
	for _, e := range aDay {
		snapshots = append(snapshots, snapshotOf(t, whole))
		step, err := play(whole, e)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	end := snapshotOf(t, whole)
	for cut := range aDay {
		cell, err := runtime.Restore(config(nil), snapshots[cut])
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range aDay[cut:] {
			step, err := play(cell, e)
			if err != nil || !reflect.DeepEqual(step, steps[cut+i]) {
				t.Fatalf("cut before entry %d, entry %d is\n%s%v\nwant\n%s", cut+1, cut+1+i, story(step), err, story(steps[cut+i]))
			}
		}
		if got := snapshotOf(t, cell); string(got) != string(end) {
			t.Fatalf("cut before entry %d ends as\n%s\nwant\n%s", cut+1, got, end)
		}
		cell.Close()
	}
}

func TestRestoreRefuses(t *testing.T) {
	cell := newCell(t, nil)
	handle(t, cell, 0, messages.Initialize{})
	good := string(snapshotOf(t, cell))
	for _, in := range []struct{ old, new, says string }{
		{`{"snapshot":1`, `{"snapshot":9`, "schema is 9"},
		{`"cell":"agent-7"`, `"cell":"agent-8"`, "of cell agent-8"},
		{`"hash":"`, `"hash":"x`, "damaged"},
		{`"kind":"worker"`, `"kind":"ghost"`, `"ghost"`},
		{`"chart":"worker","hash":"`, `"chart":"worker","hash":"0`, "another one"},
		{`"state":"Waiting"`, `"state":"Wating"`, "not of this chart"},
		{`"born":5`, `"born":4`, "ordinals"},
		{`"ref":5`, `"ref":4`, "out of order"},
		{`"open":[{"id":"1.3","actor":5`, `"open":[{"id":"1.3","actor":6`, "not there"},
		{`"timer":"`, `"timer":1,"x":"`, "not one"},
	} {
		bad := strings.Replace(good, in.old, in.new, 1)
		if bad == good {
			t.Fatalf("%s is not in the snapshot %s", in.old, good)
		}
		if _, err := runtime.Restore(config(nil), []byte(bad)); err == nil || !strings.Contains(err.Error(), in.says) {
			t.Errorf("%s: error %v, want one that says %s", in.new, err, in.says)
		}
	}
}

// A snapshot goes on only as who it was: half of its data would be of another profile or person.
func TestRestoreRefusesAnotherConfiguration(t *testing.T) {
	cell := newCell(t, nil)
	handle(t, cell, 0, messages.Initialize{})
	for what, change := range map[string]func(*runtime.Config){
		"user":    func(c *runtime.Config) { c.User = "another" },
		"prefix":  func(c *runtime.Config) { c.IDPrefix = "zz-" },
		"options": func(c *runtime.Config) { c.Options.AutoAnswerInbound = !c.Options.AutoAnswerInbound },
		"quirks":  func(c *runtime.Config) { c.Quirks = quirk.SDK924() },
	} {
		other := config(nil)
		change(&other)
		if _, err := runtime.Restore(other, snapshotOf(t, cell)); err == nil || !strings.Contains(err.Error(), "another configuration") {
			t.Errorf("another %s: error %v", what, err)
		}
	}
}

func handle(t *testing.T, cell *runtime.Cell, at time.Duration, in messages.Input) runtime.Step {
	t.Helper()
	step, err := cell.Handle(at, in)
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func snapshotOf(t *testing.T, cell *runtime.Cell) []byte {
	t.Helper()
	raw, err := cell.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// withoutPlace is a snapshot from its hash on: a quarantined entry counts as one, and changes nothing else.
func withoutPlace(snapshot []byte) string {
	_, rest, _ := strings.Cut(string(snapshot), `"hash"`)
	return rest
}

// fixed is a machine that answers everything with one act.
type fixed struct{ act messages.Act }

func (fixed) Name() string                  { return "fixed" }
func (fixed) Hash() string                  { return "1" }
func (fixed) Knows(in messages.Input) bool  { return in.Kind() != "configured" }
func (fixed) StartTimers() []fsm.Timer      { return nil }
func (fixed) Assume(quirk.Set)              {}
func (fixed) Ended() bool                   { return false }
func (fixed) View() messages.Input          { return nil }
func (fixed) Settle()                       {}
func (fixed) Keep() any                     { return nil }
func (fixed) Snapshot() any                 { return nil }
func (fixed) Undo(any)                      {}
func (fixed) Forget(any)                    {}
func (f *fixed) Copy() actors.Machine       { return f }
func (fixed) MarshalJSON() ([]byte, error)  { return []byte("{}"), nil }
func (fixed) Restore(json.RawMessage) error { return nil }
func (f fixed) Step(_ quirk.Set, _ messages.Input, out *fsm.Outcome) {
	*out = fsm.Outcome{Chart: "fixed", Verdict: fsm.Taken, Row: "On/any", Acts: messages.Acts{f.act}}
}
