package runtime

import (
	"cmp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// timer is one that is armed. Timers are kept in the order in which they fire: by due, then by seq. A cell has a handful,
// so a sorted list is the quickest there is.
type timer struct {
	due   time.Duration
	seq   uint64 // in order of arming
	actor messages.Ref
	name  string
}

func (c *Cell) arm(actor messages.Ref, name string, due time.Duration) {
	c.armed++
	c.armAs(timer{due: due, seq: c.armed, actor: actor, name: name})
}

// armAs puts a timer in its place.
func (c *Cell) armAs(t timer) {
	at, _ := slices.BinarySearchFunc(c.timers, t, func(a, b timer) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.seq, b.seq))
	})
	c.timers = slices.Insert(c.timers, at, t)
}

func (c *Cell) disarm(actor messages.Ref, name string) {
	c.timers = slices.DeleteFunc(c.timers, func(t timer) bool { return t.actor == actor && t.name == name })
}

// armedAt is the place of a timer, or -1.
func (c *Cell) armedAt(actor messages.Ref, name string) int {
	return slices.IndexFunc(c.timers, func(t timer) bool { return t.actor == actor && t.name == name })
}

// NextTimer tells when the next timer is due. Not ok: none is armed.
func (c *Cell) NextTimer() (due time.Duration, ok bool) {
	if c.stopped != nil || len(c.timers) == 0 {
		return 0, false
	}
	return c.timers[0].due, true
}

// FireNext fires the earliest timer (by due, then in order of arming) as an entry of its own, TimerFired. At may be later
// than due: how late the timer is, is visible to the charts. It is an error to fire before due, or when none is armed.
func (c *Cell) FireNext(at time.Duration) (Step, error) {
	if c.stopped != nil {
		return Step{}, c.stopped
	}
	if len(c.timers) == 0 {
		return Step{}, refused("fire", "no timer is armed: ask NextTimer first")
	}
	next := c.timers[0]
	return c.Handle(at, messages.TimerFired{Actor: next.actor, Timer: next.name, Due: next.due})
}
