package fsm

import (
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Snapshot is everything that a chart knows of one instance: the innermost state that it is in, and its data.
type Snapshot[D any] struct {
	State State `json:"state"`
	Data  D     `json:"data"`
}

// Verdict says what an input came to.
type Verdict string

// The verdicts.
const (
	Taken      Verdict = "taken"      // a row was taken
	Ignored    Verdict = "ignored"    // the chart does nothing about it, on purpose
	Unexpected Verdict = "unexpected" // the chart has no answer: a blank of the matrix
)

// Outcome is what one step came to. When nothing was taken, To is From and there are no acts and timers.
type Outcome struct {
	Chart    string
	From, To State
	Verdict  Verdict
	Row      string        // the address of the row taken, or of the ignore ("State/Input"); "" when unexpected
	Why      string        // the reason of an ignore
	Quirk    *quirk.Quirk  // the quirk that the row taken names, by Quirk or else by Corrected
	Acts     messages.Acts // what the row's actions decided, in order
	Timers   []Timer       // stops of the states left, innermost first, then starts of the states entered
	Sums     Sums
}

// Sums are the xxhash sums of an outcome's texts and of the kind of the input that it is for, which are known when the chart
// is made; 0 is one that is not known. The state hash is over them.
type Sums struct{ Input, Chart, Row, To uint64 }

// lateTimer is why a firing is ignored whose timer the instance does not have any more: its state was left after the
// timer ran out and before the firing was delivered.
const lateTimer = "late timer"

// Step decides what one input does to one instance under a profile. It is a pure function of its arguments, safe from
// several goroutines. The snapshot's state must be one that CanBeIn accepts; another one is a bug, and panics.
func (c *Chart[D]) Step(on quirk.Set, s Snapshot[D], in messages.Input) (Snapshot[D], Outcome) {
	var out Outcome
	running := c.spare()
	*running = c.Resume(s)
	running.Advance(on, in, &out)
	s = running.Snapshot()
	running.GiveBack()
	return s, out
}

// times says whether a timer of this name belongs to the state of the cell or a state around it.
func (x *cell[D]) times(on quirk.Set, name string) bool {
	if x == nil {
		return false
	}
	for _, r := range x.rows {
		if r.timer.name == name && r.exists(on) {
			return true
		}
	}
	return false
}

// take runs the row's actions and then moves: decide, leave, enter.
func (r *row[D]) take(m *move[D], on quirk.Set, i *Instance[D], in messages.Input, out *Outcome) {
	out.Verdict, out.Row, out.Quirk, out.Sums.Row = Taken, r.address, r.quirk, r.sum
	if r.quirk == nil {
		out.Quirk = r.corrected
	}
	for a := range r.actions {
		out.Acts = append(out.Acts, r.actions[a].run(&i.data, in)...)
	}
	if m == nil {
		return
	}
	i.at, out.To, out.Sums.To = m.to, m.to.name, m.to.sum
	out.Timers = m.timers(out.Timers, on, &i.data)
}

// StartTimers lists the timers that the birth of an instance starts: those of its initial state and of the states
// around it, the outermost first. Whether they exist does not depend on the profile; New sees to that.
func (c *Chart[D]) StartTimers(s Snapshot[D]) []Timer {
	var starts []Timer
	var enter func(n *node[D])
	enter = func(n *node[D]) {
		if n.parent != nil {
			enter(n.parent)
		}
		for _, t := range n.timers {
			starts = append(starts, t.start(&s.Data))
		}
	}
	enter(c.here(s.State))
	return starts
}
