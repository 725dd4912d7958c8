package runtime

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// maxDeliveries bounds the internal messages of one entry: charts that keep telling each other would never rest.
const maxDeliveries = 10_000

// quiet is for how many entries an actor that is told nothing keeps what can be made anew, such as views.
const quiet = 8

// unit is one actor of a cell, and the actor of protoactor that plays it, which it has only while an entry is decided: it
// takes more memory than most machines do.
type unit struct {
	actors.Actor
	player *player // nil at rest
	told   uint64  // the entry that told it something last
}

// task is one thing waiting in the queue: an act to carry out, or a message to send.
type task struct {
	act  messages.Act
	tell messages.Tell // set for a message to send: as an act it would be garbage
	from messages.Ref  // who decided it
	row  row
}

// letter is a message that an actor has been sent.
type letter struct {
	to  *player
	msg any
}

// row is the address of a chart's row within a cell.
type row struct{ chart, row string }

// turn is all that a cell needs while it decides one entry. It is borrowed from the shard, so that an idle cell is small.
type turn struct {
	players []*player // those that were made for it
	playing int       // how many of them play an actor

	mail   []letter // what was just sent; first
	stack  []task   // the front of the queue, top last: what a handler decided goes before what was there
	later  []task   // the back of the queue, oldest first
	served int      // how many of later have had their turn

	outcome fsm.Outcome // of the machine that steps; its lists are the turn's own

	step       Step   // its lists are the turn's own
	lines      []byte // the journal's lines for what was decided
	deliveries int
	failure    *Poisoned

	acting  *actors.Actor // whom to blame
	machine actors.Machine
	undo    []undo
	before  kept
}

// undo is what a machine was before its first step of the entry.
type undo struct {
	actor   *actors.Actor
	shown   uint32
	machine actors.Machine
	kept    any
}

// kept is what the cell was at the last rest, machines' states aside. Its lists are copies, and the turn's own.
type kept struct {
	units  []*unit
	timers []timer
	open   []order
	born   messages.Ref
	armed  uint64
	hash   uint64
}

// begin borrows a turn and remembers what there is to come back to.
func (c *Cell) begin() *turn {
	t := c.shard.lend()
	b := &t.before
	b.units, b.timers, b.open = append(b.units, c.units...), append(b.timers, c.timers...), append(b.open, c.open...)
	b.born, b.armed, b.hash = c.born, c.armed, c.hash
	c.turn = t
	return t
}

// end gives the turn back, empty.
func (c *Cell) end() {
	t := c.turn
	c.turn = nil
	for _, u := range t.undo {
		u.machine.Forget(u.kept)
	}
	for _, p := range t.players[:t.playing] {
		p.unit.player, p.unit = nil, nil
	}
	const big = 1024
	if cap(t.stack) > big || cap(t.later) > big || cap(t.undo) > big || cap(t.lines) > big*64 || len(t.players) > big {
		c.shard.dismiss(t)
		return
	}
	t.mail, t.stack, t.later = emptied(t.mail), emptied(t.stack), emptied(t.later)
	t.undo = emptied(t.undo)
	t.step = Step{Outputs: emptied(t.step.Outputs), Rows: emptied(t.step.Rows)}
	t.lines, t.outcome.Acts = t.lines[:0], emptied(t.outcome.Acts)
	t.before = kept{units: emptied(t.before.units), timers: emptied(t.before.timers), open: emptied(t.before.open)}
	t.playing, t.served, t.deliveries, t.failure, t.acting, t.machine = 0, 0, 0, nil, nil, nil
	c.shard.giveBack(t)
}

func emptied[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// settle carries out what waits in the queue until nothing does, or something failed.
func (c *Cell) settle() *Poisoned {
	t := c.turn
	for t.failure == nil {
		switch {
		case len(t.mail) > 0:
			next := t.mail[len(t.mail)-1]
			t.mail = t.mail[:len(t.mail)-1]
			c.deliver(next.to, next.msg)
		case len(t.stack) > 0:
			next := t.stack[len(t.stack)-1]
			t.stack = t.stack[:len(t.stack)-1]
			c.carryOut(&next)
		case t.served < len(t.later):
			t.stack = append(t.stack, t.later[t.served])
			t.served++
		default:
			return nil
		}
	}
	return t.failure
}

// deliver lets an actor handle a message, to completion. What it decided goes to the front of the queue, in its order.
func (c *Cell) deliver(to *player, msg any) {
	t := c.turn
	t.acting, t.machine = &to.unit.Actor, nil
	defer func() {
		if reason := recover(); reason != nil {
			c.fail(fmt.Sprintf("panic: %v", reason), debug.Stack())
		}
	}()
	if t.deliveries++; t.deliveries > maxDeliveries {
		c.fail(fmt.Sprintf("more than %d internal messages: the charts keep telling each other", maxDeliveries), nil)
		return
	}
	waiting := len(t.stack)
	to.invoker.InvokeUserMessage(msg)
	slices.Reverse(t.stack[waiting:])
}

// carryOut does one thing of the queue. What breaks the charts' contract is a bug, and stops the cell.
func (c *Cell) carryOut(next *task) {
	if next.tell.Msg != nil {
		c.tell(next.tell.To, next.tell.Msg)
		return
	}
	switch act := next.act.(type) {
	case messages.Tell:
		c.tell(act.To, act.Msg)
	case messages.Later:
		next.act = messages.Tell(act)
		c.turn.later = append(c.turn.later, *next)
	case messages.Spawn:
		c.spawn(act)
	case messages.Stop:
		c.stop(act.Ref)
	case messages.StartTimer, messages.StopTimer:
		c.blame(next, "an action ordered a timer: timers are rows of the chart")
	case messages.Effect:
		c.order(next, act)
	default:
		c.blame(next, fmt.Sprintf("an action returned %T: an act is a message, an effect, a spawn or a stop", next.act))
	}
}

// blame stops the cell for what a row decided.
func (c *Cell) blame(by *task, reason string) {
	c.fail(fmt.Sprintf("row %s of %s: %s", by.row.row, by.row.chart, reason), nil)
}

// tell sends a message through the actor's mailbox. One to nobody is recorded: its addressee may have just ended.
func (c *Cell) tell(to messages.Ref, msg messages.Input) {
	if msg == nil {
		c.fail("an action told nothing: a message is missing", nil)
		return
	}
	u := c.unit(to)
	if u == nil {
		c.turn.step.Rows = append(c.turn.step.Rows, RowTaken{Actor: to, Verdict: fsm.Unexpected, Why: "there is no such actor", Input: msg.Kind()})
		return
	}
	if err := c.shard.cast(c.turn, u); err != nil {
		c.fail(fmt.Sprintf("wake: %s %d: %v", u.Kind, u.Ref, err), nil)
		return
	}
	u.told = c.turn.step.Seq
	c.shard.send(u.player, msg)
}

// rest lets those actors forget what can be made anew that have been told nothing for a while. It is time for it every few
// entries.
func (c *Cell) rest() {
	if c.seq%quiet != 0 {
		return
	}
	for _, u := range c.units {
		if u.told != 0 && u.told+quiet <= c.seq {
			u.told = 0
			for _, m := range u.Machines {
				m.Settle()
			}
		}
	}
}

// spawn makes an actor, arms the timers of its initial states and tells it its first message.
func (c *Cell) spawn(s messages.Spawn) {
	machines, ok := c.cfg.Registry[s.Actor]
	if !ok {
		c.fail(fmt.Sprintf("spawn: no kind of actor is called %q: register it", s.Actor), nil)
		return
	}
	if s.Ref == 0 {
		s.Ref = c.born + 1
	}
	if s.Ref <= c.born {
		c.fail(fmt.Sprintf("spawn: %s %d: ordinals up to %d have been given out: mint a new one", s.Actor, s.Ref, c.born), nil)
		return
	}
	u := &unit{Actor: actors.Actor{Ref: s.Ref, Kind: s.Actor, Machines: machines(), Cell: (*inside)(c)}}
	c.born = s.Ref
	c.units = append(c.units, u)
	for _, m := range u.Machines {
		c.setTimers(u.Ref, m.StartTimers())
	}
	if born, ok := s.Msg.(messages.Born); ok {
		s.Msg = born.BornAs(s.Ref)
	}
	if s.Msg != nil {
		c.turn.stack = append(c.turn.stack, task{tell: messages.Tell{To: s.Ref, Msg: s.Msg}})
	}
}

// stop ends an actor, its timers and its open orders. The root lives as long as the cell.
func (c *Cell) stop(ref messages.Ref) {
	u := c.unit(ref)
	switch {
	case ref == messages.Root:
		c.fail("stop: the root lives as long as its cell: close the cell instead", nil)
	case u == nil:
		c.turn.step.Rows = append(c.turn.step.Rows, RowTaken{Actor: ref, Verdict: fsm.Unexpected, Why: "there is no such actor", Input: "stop"})
	default:
		c.units = slices.DeleteFunc(c.units, func(other *unit) bool { return other == u })
		c.timers = slices.DeleteFunc(c.timers, func(t timer) bool { return t.actor == ref })
		c.open = slices.DeleteFunc(c.open, func(o order) bool { return o.actor == ref })
	}
}

// order takes an effect into the entry's outputs, at its place.
func (c *Cell) order(by *task, effect messages.Effect) {
	t := c.turn
	out := Output{
		ID:    messages.NewEffectID(t.step.Seq, len(t.step.Outputs)+1),
		Actor: by.from, Chart: by.row.chart, Row: by.row.row, Effect: effect,
	}
	lines, err := appendOutput(t.lines, out)
	if err != nil {
		c.blame(by, err.Error())
		return
	}
	c.hash = mixBytes(c.hash, lines[len(t.lines):])
	t.lines = lines
	t.step.Outputs = append(t.step.Outputs, out)
	if by := answerOf(effect); by != "" {
		c.open = append(c.open, order{id: out.ID, actor: out.Actor, answer: by})
	}
}

// unit finds an actor by its ordinal, or nil.
func (c *Cell) unit(ref messages.Ref) *unit {
	i, found := slices.BinarySearchFunc(c.units, ref, func(u *unit, ref messages.Ref) int { return int(u.Ref) - int(ref) })
	if !found {
		return nil
	}
	return c.units[i]
}

// inside is the cell as its actors see it.
type inside Cell

// Quirks are those of the cell's profile.
func (c *inside) Quirks() quirk.Set { return c.cfg.Quirks }

// Stepping remembers what a machine was before its first step.
func (c *inside) Stepping(a *actors.Actor, m actors.Machine) *fsm.Outcome {
	t := c.turn
	t.machine = m
	if !slices.ContainsFunc(t.undo, func(u undo) bool { return u.machine == m }) {
		t.undo = append(t.undo, undo{actor: a, shown: a.Shown, machine: m, kept: m.Keep()})
	}
	return &t.outcome
}

// Decided records a step, sets its timers and puts its acts onto the stack; deliver turns them round.
func (c *inside) Decided(a *actors.Actor, in messages.Input, out *fsm.Outcome, told messages.Input) {
	t := c.turn
	if out.Verdict == fsm.Unexpected {
		c.unexpected++
	}
	if !c.cfg.WithoutRows || out.Verdict == fsm.Unexpected {
		t.step.Rows = append(t.step.Rows, RowTaken{
			Actor: a.Ref, Kind: a.Kind, Chart: out.Chart, From: out.From, To: out.To,
			Verdict: out.Verdict, Row: out.Row, Why: out.Why, Quirk: out.Quirk, Input: in.Kind(),
		})
	}
	c.hash = mixStep(c.hash, a.Ref, in, out)
	(*Cell)(c).setTimers(a.Ref, out.Timers)
	at := row{chart: out.Chart, row: out.Row}
	if told != nil {
		t.stack = append(t.stack, task{tell: messages.Tell{To: messages.Root, Msg: told}, from: a.Ref, row: at})
	}
	for _, act := range out.Acts {
		t.stack = append(t.stack, task{act: act, from: a.Ref, row: at})
	}
}

// Lost records an input that none of the actor's charts knows.
func (c *inside) Lost(a *actors.Actor, in messages.Input) {
	c.unexpected++
	c.turn.step.Rows = append(c.turn.step.Rows, RowTaken{
		Actor: a.Ref, Kind: a.Kind, Verdict: fsm.Unexpected, Why: "no chart of this actor knows it", Input: in.Kind(),
	})
}

// setTimers arms and disarms what a step asks for, in its order.
func (c *Cell) setTimers(actor messages.Ref, asked []fsm.Timer) {
	for _, t := range asked {
		c.disarm(actor, t.Name)
		if !t.Stop {
			c.arm(actor, t.Name, c.turn.step.At+max(t.After, time.Duration(0)))
		}
	}
}
