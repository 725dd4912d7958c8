package fsm

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/qmuntal/stateless"
)

// move is what a row does to an instance that is in a certain state: which states it leaves and enters, as stateless
// executes it. That depends on nothing else, so each is executed once, when the chart is made, and remembered: a step
// costs no search through the states and no memory.
type move[D any] struct {
	to      *node[D]
	left    []*node[D] // those that have timers, the innermost first
	entered []*node[D] // those that have timers, the outermost first
}

// timers appends the orders of a move.
func (m *move[D]) timers(all []Timer, on quirk.Set, d *D) []Timer {
	for _, n := range m.left {
		for _, t := range n.timers {
			if t.exists(on) {
				all = append(all, Timer{Name: t.name, Stop: true})
			}
		}
	}
	for _, n := range m.entered {
		for _, t := range n.timers {
			if t.exists(on) {
				all = append(all, t.start(d))
			}
		}
	}
	return all
}

// plan executes every move that an instance can make. It walks the inputs in the order of their mention.
func (c *Chart[D]) plan() {
	machine := c.machine()
	for _, n := range c.nodes {
		n.row = make([]*cell[D], len(c.inputs))
		for column, in := range c.inputs {
			x := n.cells[in.typ]
			if x == nil {
				continue
			}
			n.row[column] = x
			for _, r := range x.rows {
				x.moves = append(x.moves, c.execute(machine, n, r))
			}
		}
	}
}

// execute lets the machine move one instance, and is what it did; nil for a row that stays.
func (c *Chart[D]) execute(machine *stateless.StateMachine, at *node[D], r *row[D]) *move[D] {
	if r.to == nil {
		return nil
	}
	p := passage[D]{Context: context.Background(), move: move[D]{to: at}}
	if err := machine.FireCtx(&p, r); err != nil {
		panic(fmt.Sprintf("fsm: %s: %s cannot be executed from %s: %v", c.name, r.address, at.name, err))
	}
	return &p.move
}

// passage carries one instance through the machine, and notes what happens. It is the context of the firing itself
// rather than a value within one.
type passage[D any] struct {
	context.Context
	move move[D]
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

// machine is the chart as stateless has it. Its states are nodes and its triggers are rows, so that it never chooses.
func (c *Chart[D]) machine() *stateless.StateMachine {
	machine := stateless.NewStateMachineWithExternalStorage(
		func(ctx context.Context) (stateless.State, error) { return passageOf[D](ctx).move.to, nil },
		func(ctx context.Context, s stateless.State) error {
			passageOf[D](ctx).move.to = s.(*node[D])
			return nil
		}, stateless.FiringImmediate)
	for _, n := range append([]*node[D]{c.root}, c.nodes...) {
		state := machine.Configure(n)
		if n.parent != nil {
			state.SubstateOf(n.parent)
		}
		if len(n.children) > 0 {
			state.InitialTransition(n.initial())
		}
		if len(n.timers) > 0 {
			state.OnEntry(func(ctx context.Context, _ ...any) error {
				m := &passageOf[D](ctx).move
				m.entered = append(m.entered, n)
				return nil
			})
			state.OnExit(func(ctx context.Context, _ ...any) error {
				m := &passageOf[D](ctx).move
				m.left = append(m.left, n)
				return nil
			})
		}
		for _, r := range n.rows {
			permit(machine, r)
		}
	}
	return machine
}

// permit tells the machine of a row with a target. Stateless does nothing, silently, when a row of a state around leads
// to the state that the instance is in, and it does not leave a state around when that is the target. So entering a
// state from within it is declared there as a re-entry, which stateless finds first or alone.
func permit[D any](machine *stateless.StateMachine, r *row[D]) {
	if r.to == nil {
		return
	}
	if r.owner.within(r.to) || r.to.within(r.owner) {
		machine.Configure(r.to).PermitReentry(r)
	}
	if !r.owner.within(r.to) {
		machine.Configure(r.owner).Permit(r, r.to)
	}
}
