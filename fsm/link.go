package fsm

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// cell is one cell of the matrix: all that an input of one type may lead to in one state, the first eligible row first.
type cell[D any] struct {
	rows   []*row[D]
	moves  []*move[D] // of each row, nil for an internal one
	ignore *ignored
}

// timer is one clock of one state; several rows, told apart by guards or quirks, may wait for it.
type timer[D any] struct {
	name  string // such as invitation.Ringing/after 14s
	clock *clock[D]
	rows  []*row[D]
}

// link resolves the names of a declaration, so that it can be checked. It must bear with any fault that the check
// reports afterwards.
func (c *Chart[D]) link() {
	c.byName = map[State]*node[D]{}
	c.collect(c.root)
	for _, n := range append([]*node[D]{c.root}, c.nodes...) {
		c.linkNode(n)
	}
	c.columns = columnsOf(c.inputs)
	for _, n := range c.nodes {
		if len(n.children) == 0 {
			n.cells = cellsOf(n)
		}
	}
}

func (c *Chart[D]) collect(around *node[D]) {
	for _, n := range around.children {
		c.nodes = append(c.nodes, n)
		if c.byName[n.name] == nil {
			c.byName[n.name] = n
		}
		c.collect(n)
	}
}

func (c *Chart[D]) linkNode(n *node[D]) {
	n.chart, n.sum = c, xxhash.Sum64String(string(n.name))
	n.late = string(n.name) + "/" + timerFired.name
	for _, r := range n.rows {
		r.address = r.place()
		r.sum = xxhash.Sum64String(r.address)
		r.to = c.byName[r.target]
		if r.clock != nil {
			r.timer = n.timerOf(c.name, r)
		}
		c.mention(r.input)
	}
	for _, i := range n.ignores {
		i.address = string(n.name) + "/" + i.input.name
		c.mention(i.input)
	}
}

func (c *Chart[D]) mention(in inputType) {
	if in.typ != nil && !slices.ContainsFunc(c.inputs, func(known inputType) bool { return known.typ == in.typ }) {
		c.inputs = append(c.inputs, in)
	}
}

// timerOf finds or makes the timer that a timer row waits for.
func (n *node[D]) timerOf(chart string, r *row[D]) *timer[D] {
	name := chart + "." + string(n.name) + "/" + r.label()
	for _, t := range n.timers {
		if t.name == name {
			t.rows = append(t.rows, r)
			return t
		}
	}
	t := &timer[D]{name: name, clock: r.clock, rows: []*row[D]{r}}
	n.timers = append(n.timers, t)
	return t
}

// exists says whether any row waits for the timer in this profile. A timer that nobody waits for is not started.
func (t *timer[D]) exists(on quirk.Set) bool {
	for _, r := range t.rows {
		if r.exists(on) {
			return true
		}
	}
	return false
}

func (r *row[D]) exists(on quirk.Set) bool {
	return (r.quirk == nil || on.Has(r.quirk)) && (r.corrected == nil || !on.Has(r.corrected))
}

func (r *row[D]) eligible(on quirk.Set, d *D, in messages.Input) bool {
	if !r.exists(on) {
		return false
	}
	for i := range r.guards {
		if r.guards[i].holds(d, in) == r.guards[i].negated {
			return false
		}
	}
	return true
}

// cellsOf gathers the row of the matrix that belongs to a state. Each state around it adds its rows behind, until one
// ignores the input.
func cellsOf[D any](leaf *node[D]) map[reflect.Type]*cell[D] {
	cells := map[reflect.Type]*cell[D]{}
	at := func(in inputType) *cell[D] {
		if cells[in.typ] == nil {
			cells[in.typ] = &cell[D]{}
		}
		return cells[in.typ]
	}
	for n := leaf; n != nil; n = n.parent {
		for _, r := range n.rows {
			if x := at(r.input); x.ignore == nil {
				x.rows = append(x.rows, r)
			}
		}
		for _, i := range n.ignores {
			if x := at(i.input); x.ignore == nil {
				x.ignore = i
			}
		}
	}
	return cells
}

// innermost is the state in which an instance is that has entered this one. Where the declaration does not say, the
// first state within stands in, so that one fault does not cause others.
func (n *node[D]) innermost() *node[D] {
	for len(n.children) > 0 {
		n = n.initial()
	}
	return n
}

func (n *node[D]) initial() *node[D] {
	for _, child := range n.children {
		if len(n.initials) > 0 && child.name == n.initials[0] {
			return child
		}
	}
	return n.children[0]
}

// within says whether the state is the other one or lies within it.
func (n *node[D]) within(other *node[D]) bool {
	for ; n != nil; n = n.parent {
		if n == other {
			return true
		}
	}
	return false
}

// label is what the row waits for: the name of its input, or its clock.
func (r *row[D]) label() string {
	switch {
	case r.clock == nil:
		return r.input.name
	case strings.HasPrefix(r.clock.label, "["):
		return "after" + r.clock.label
	default:
		return "after " + r.clock.label
	}
}

// place is the address of the row: state, what it waits for, guards and quirks.
func (r *row[D]) place() string {
	s := string(r.owner.name) + "/" + r.label()
	if len(r.guards) > 0 {
		s += "[" + strings.Join(r.guardNames(), " && ") + "]"
	}
	return s + r.condition()
}

// condition is the part of the address that names quirks: "{name}", "{!name}", both, or nothing.
func (r *row[D]) condition() string {
	s := ""
	if r.quirk != nil {
		s += "{" + r.quirk.Name + "}"
	}
	if r.corrected != nil {
		s += "{!" + r.corrected.Name + "}"
	}
	return s
}

func (r *row[D]) guardNames() []string {
	var names []string
	for _, g := range r.guards {
		if g.negated {
			names = append(names, "!"+g.name)
		} else {
			names = append(names, g.name)
		}
	}
	return names
}

func (r *row[D]) actionNames() []string {
	var names []string
	for _, a := range r.actions {
		names = append(names, a.name)
	}
	return names
}

// start is the timer's order for an instance with this data. A delay below zero is due at once.
func (t *timer[D]) start(d *D) Timer {
	after := t.clock.fixed
	if t.clock.delay != nil {
		after = t.clock.delay(*d)
	}
	return Timer{Name: t.name, After: max(0, after)}
}

// Timer is an order to start a timer, or with Stop to take it back. Name is unique within an actor that holds one
// instance of the chart: the chart, the state and the row, such as invitation.Ringing/after 14s.
type Timer struct {
	Name  string
	After time.Duration // how long until it fires; 0 with Stop
	Stop  bool
}
