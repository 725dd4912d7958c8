package fsm

import (
	"bytes"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"pgregory.net/rapid"
)

// Every chart is seen by tools in the same way, whatever its data.
var _ Declared = (*Chart[tally])(nil)

// armed follows the timers of one instance as a runtime would.
type armed map[string]bool

// obey carries out orders. Starting a timer that runs already is a fault of the chart; stopping one that has fired is
// not.
func (a armed) obey(t *rapid.T, orders []Timer) {
	for _, o := range orders {
		switch {
		case o.Stop:
			delete(a, o.Name)
		case a[o.Name]:
			t.Fatalf("%s is started while it runs", o.Name)
		default:
			a[o.Name] = true
		}
	}
}

// Timers balance: whatever happens, the timers that run are those of the current state and the states around it, less
// those that have fired.
func TestTimersBalance(t *testing.T) {
	chart := artificial()
	rapid.Check(t, func(t *rapid.T) {
		on := quirk.Corrected
		if rapid.Bool().Draw(t, "quirk") {
			on = on.With(theQuirk())
		}
		at := chart.Start(tally{N: rapid.IntRange(0, 12).Draw(t, "n")})
		running := armed{}
		running.obey(t, chart.StartTimers(at))
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			before := at
			var out Outcome
			at, out = chart.Step(on, at, someInput(t, running))
			running.obey(t, out.Timers)
			if out.Verdict != Taken && (at != before || len(out.Acts)+len(out.Timers) > 0) {
				t.Fatalf("%s changed something", out.Verdict)
			}
			for name := range running {
				if !ownTimer(chart, on, at.State, name) {
					t.Fatalf("in %s, %s still runs", at.State, name)
				}
			}
		}
	})
}

// someInput draws an input, or fires a timer that runs.
func someInput(t *rapid.T, running armed) messages.Input {
	in := rapid.SampledFrom(artificialInputs).Draw(t, "input")
	for _, name := range []string{"Leaf/after[tallied]", "Twin/after 1s", "Twin/after 2s", "Outer/after 10s"} {
		if name = "artificial." + name; running[name] && rapid.Bool().Draw(t, name) {
			delete(running, name)
			return messages.TimerFired{Timer: name}
		}
	}
	return in
}

// ownTimer says whether a firing would find its timer in the state.
func ownTimer(c *Chart[tally], on quirk.Set, s State, name string) bool {
	_, out := c.Step(on, Snapshot[tally]{State: s}, messages.TimerFired{Timer: name})
	return out.Why != lateTimer
}

// A chart holds no instance: many goroutines get the same outcomes from it as one does.
func TestOneChartServesMany(t *testing.T) {
	chart := artificial()
	run := func() string {
		var b bytes.Buffer
		at := chart.Start(tally{})
		for i := range 500 {
			var out Outcome
			at, out = chart.Step(quirk.Corrected, at, artificialInputs[i*7%16])
			b.WriteString(out.Row + string(out.To) + "\n")
		}
		return b.String()
	}
	want := run()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if run() != want {
				t.Error("another goroutine's instance got in the way")
			}
		})
	}
	all.Wait()
}

func TestKnowsAndCanBeIn(t *testing.T) {
	chart := artificial()
	for _, in := range []messages.Input{ToSelf{}, Noise{}, messages.TimerFired{}} {
		if !chart.Knows(in) {
			t.Errorf("does not know %T", in)
		}
	}
	if chart.Knows(Stranger{}) || chart.Knows(nil) {
		t.Error("knows what it does not mention")
	}
	for s, want := range map[State]bool{Leaf: true, Done: true, Outer: false, "artificial": false, "": false} {
		if chart.CanBeIn(s) != want {
			t.Errorf("CanBeIn(%q) = %t", s, !want)
		}
	}
}

// A snapshot of another chart is a bug of the caller, which is told so.
func TestStepRefusesForeignState(t *testing.T) {
	defer func() {
		want := `fsm: artificial: no instance can be in state "Outer": the snapshot is not of this chart`
		if got := recover(); got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	artificial().Step(quirk.Corrected, Snapshot[tally]{State: Outer}, Noise{})
}

// roomy are acts with memory behind them, which does not belong to who gets them.
var roomy = make(messages.Acts, 1, 4)

func giveRoomy(d tally, _ Noise) (tally, messages.Acts) { return d, roomy }
func tellTwo(d tally, _ Noise) (tally, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: 2}}
}

// A step never writes into the memory of the acts that an action returned.
func TestActsAreNotShared(t *testing.T) {
	roomy[0] = messages.Tell{To: 1}
	chart := New("x", "A chart.", Initial[tally]("A"), In("A", "A state.", On[tally](Noise{}).Do(giveRoomy, tellTwo)))
	if _, out := chart.Step(quirk.Corrected, chart.Start(tally{}), Noise{}); len(out.Acts) != 2 {
		t.Fatalf("%d acts, want those of both actions", len(out.Acts))
	}
	if got := roomy[:2][1]; got != nil {
		t.Errorf("the memory behind the first action's acts holds %v", got)
	}
}

// The hash names what decides, and not how it is explained.
func TestHash(t *testing.T) {
	base := New("x", "A chart.", between()...).Hash()
	if got := New("x", "Said differently.", between(Ignore[tally]("quiet", Noise{}))...).Hash(); got == base {
		t.Error("an ignore more, and the same hash")
	}
	if got := New("x", "A chart.", between(On[tally](Add{}).Do(add))...).Hash(); got == base {
		t.Error("a row more, and the same hash")
	}
	if got := New("x", "Said differently.", between()...).Hash(); got != base {
		t.Error("another explanation, and another hash")
	}
}

func TestRowInfo(t *testing.T) {
	rows := map[string]RowInfo{}
	for _, r := range artificial().Rows() {
		rows[r.Address] = r
	}
	r := rows["Leaf/ToSibling"]
	if r.State != "Leaf" || r.Input != "ToSibling" || r.Target != "Twin" || len(r.Sources) != 2 || r.Actions[0] != "bump" {
		t.Errorf("%+v", r)
	}
	if r := rows["Leaf/after[tallied][big]"]; r.Input != "TimerFired" || r.After != "[tallied]" || r.Guards[0] != "big" {
		t.Errorf("%+v", r)
	}
	if r := rows["Leaf/Questionable{!odd-one}"]; r.Corrected != "odd-one" || r.Quirk != "" {
		t.Errorf("%+v", r)
	}
}

// BenchmarkStep takes a guarded row with one action and one target.
func BenchmarkStep(b *testing.B) {
	chart := New("x", "A chart.", Initial[tally](A),
		In(A, "One.", On[tally](Choose{}).If(odd).Enter(B), On[tally](Choose{}).Unless(odd).Do(keep).Enter(B)),
		In(B, "Two.", On[tally](Choose{}).Unless(odd).Do(keep).Enter(A)))
	at := chart.Start(tally{})
	b.ReportAllocs()
	for b.Loop() {
		var out Outcome
		if at, out = chart.Step(quirk.Corrected, at, Choose{}); out.Verdict != Taken {
			b.Fatal(out.Verdict)
		}
	}
}

// BenchmarkStepTimers takes a row that stops two timers and starts two.
func BenchmarkStepTimers(b *testing.B) {
	chart := artificial()
	at := chart.Start(tally{})
	b.ReportAllocs()
	for b.Loop() {
		at, _ = chart.Step(quirk.Corrected, at, ToInner{})
	}
}

// BenchmarkIgnored is what an input costs that changes nothing.
func BenchmarkIgnored(b *testing.B) {
	chart := artificial()
	at := chart.Start(tally{})
	b.ReportAllocs()
	for b.Loop() {
		chart.Step(quirk.Corrected, at, Noise{})
	}
}

func keep(d tally, _ Choose) (tally, messages.Acts) { return d, nil }
