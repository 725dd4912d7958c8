package fsm

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/qmuntal/stateless"
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
}

// lateTimer is why a firing is ignored whose timer the instance does not have any more: its state was left after the
// timer ran out and before the firing was delivered.
const lateTimer = "late timer"

// Step decides what one input does to one instance under a profile. It is a pure function of its arguments, safe from
// several goroutines. The snapshot's state must be one that CanBeIn accepts; another one is a bug, and panics.
func (c *Chart[D]) Step(on quirk.Set, s Snapshot[D], in messages.Input) (Snapshot[D], Outcome) {
	at := c.here(s.State)
	out := Outcome{Chart: c.name, From: s.State, To: s.State, Verdict: Unexpected}
	x := at.cells[reflect.TypeOf(in)]
	fired, isTimer := in.(messages.TimerFired)
	if isTimer && !x.times(on, fired.Timer) {
		out.Verdict, out.Row, out.Why = Ignored, at.late, lateTimer
		return s, out
	}
	if x == nil {
		return s, out
	}
	for _, r := range x.rows {
		if (r.timer == nil || r.timer.name == fired.Timer) && r.eligible(on, s.Data, in) {
			c.take(r, at, on, &s, in, &out)
			return s, out
		}
	}
	if x.ignore != nil {
		out.Verdict, out.Row, out.Why = Ignored, x.ignore.address, x.ignore.why
	}
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
func (c *Chart[D]) take(r *row[D], at *node[D], on quirk.Set, s *Snapshot[D], in messages.Input, out *Outcome) {
	out.Verdict, out.Row, out.Quirk = Taken, r.address, r.quirk
	if r.quirk == nil {
		out.Quirk = r.corrected
	}
	for i := range r.actions {
		var acts messages.Acts
		s.Data, acts = r.actions[i].run(s.Data, in)
		out.Acts = joined(out.Acts, acts)
	}
	if r.to == nil {
		return
	}
	p := passage[D]{Context: context.Background(), at: at, data: s.Data, on: on}
	if err := c.machine.FireCtx(&p, r); err != nil {
		panic(fmt.Sprintf("fsm: %s: %s cannot be executed from %s: %v", c.name, r.address, at.name, err))
	}
	s.State, out.To, out.Timers = p.at.name, p.at.name, p.timers
}

// joined is one list and then the other. It never writes into the memory behind either: an action may have returned a
// part of something that it shares.
func joined(before, more messages.Acts) messages.Acts {
	if len(before) == 0 {
		return more
	}
	return append(before[:len(before):len(before)], more...)
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
			starts = append(starts, t.start(s.Data))
		}
	}
	enter(c.here(s.State))
	return starts
}

// passage carries one instance through the shared machine. It is the context of the firing itself rather than a value
// within one, which spares an allocation and a search.
type passage[D any] struct {
	context.Context
	at     *node[D]
	data   D
	on     quirk.Set
	timers []Timer
}

type passageKey struct{}

// Value finds the passage from the contexts that stateless wraps around it.
func (p *passage[D]) Value(key any) any {
	if _, mine := key.(passageKey); mine {
		return p
	}
	return p.Context.Value(key)
}

func passageOf[D any](ctx context.Context) *passage[D] {
	if p, ok := ctx.(*passage[D]); ok {
		return p
	}
	return ctx.Value(passageKey{}).(*passage[D])
}

// build makes the one machine that all instances share. Its states are nodes and its triggers are rows, so that it
// never chooses. It fires at once and not through a queue: a shared queue would let one instance run another's input.
func (c *Chart[D]) build() {
	c.machine = stateless.NewStateMachineWithExternalStorage(
		func(ctx context.Context) (stateless.State, error) { return passageOf[D](ctx).at, nil },
		func(ctx context.Context, s stateless.State) error {
			passageOf[D](ctx).at = s.(*node[D])
			return nil
		}, stateless.FiringImmediate)
	for _, n := range append([]*node[D]{c.root}, c.nodes...) {
		state := c.machine.Configure(n)
		if n.parent != nil {
			state.SubstateOf(n.parent)
		}
		if len(n.children) > 0 {
			state.InitialTransition(n.initial())
		}
		if len(n.timers) > 0 {
			state.OnEntry(func(ctx context.Context, _ ...any) error { n.enter(passageOf[D](ctx)); return nil })
			state.OnExit(func(ctx context.Context, _ ...any) error { n.leave(passageOf[D](ctx)); return nil })
		}
		for _, r := range n.rows {
			c.permit(r)
		}
	}
}

// permit tells the machine of a row with a target. Stateless does nothing, silently, when a row of a state around leads
// to the state that the instance is in, and it does not leave a state around when that is the target. So entering a
// state from within it is declared there as a re-entry, which stateless finds first or alone.
func (c *Chart[D]) permit(r *row[D]) {
	if r.to == nil {
		return
	}
	if r.owner.within(r.to) || r.to.within(r.owner) {
		c.machine.Configure(r.to).PermitReentry(r)
	}
	if !r.owner.within(r.to) {
		c.machine.Configure(r.owner).Permit(r, r.to)
	}
}

func (n *node[D]) enter(p *passage[D]) {
	for _, t := range n.timers {
		if t.exists(p.on) {
			p.timers = append(p.timers, t.start(p.data))
		}
	}
}

func (n *node[D]) leave(p *passage[D]) {
	for _, t := range n.timers {
		if t.exists(p.on) {
			p.timers = append(p.timers, Timer{Name: t.name, Stop: true})
		}
	}
}
