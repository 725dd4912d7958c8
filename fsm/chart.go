// Package fsm declares, checks, runs and draws statecharts.
//
// A chart is written as nested states that hold rows, and each row reads as its arrow on the drawing does: on an input,
// if a guard holds, do something, enter a state. A chart decides and never acts: what it wants done comes back from
// Step, in order, as acts and timers.
//
// # Choosing a row
//
// The first row wins. The rows of the current state are looked at in the order in which they are written; then its
// ignores; then the same for the state around it, and so on outwards, the chart itself being the outermost. A row is
// eligible when its quirk condition and all its guards hold. An ignore therefore hides the rows of the states around it.
//
// # Moving
//
// The actions of the row run first, then states are left from the innermost outwards, then states are entered from the
// outermost inwards, down to the initial states. The target is always entered: if the instance is in it already, it is
// left first. The states around the target that also hold the current state are neither left nor entered. A row without
// a target is internal: nothing is left or entered.
//
// # Timers
//
// A timer is a row of the state that it times: started when the state is entered, stopped when it is left. There is no
// other way to make one. A stop for a timer that has fired already is harmless and expected.
//
// The package is the only one that imports stateless, which executes the moves.
package fsm

import (
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// State names a state of a chart. A name is unique within its chart.
type State string

// Part is a piece of a state: a row, a state within it, its initial state, or what it ignores.
type Part[D any] interface{ addTo(*node[D]) }

// Chart is a checked statechart over data D. It holds no instance's state, so one chart serves all instances, from any
// number of goroutines.
type Chart[D any] struct {
	name, means string
	root        *node[D]           // the chart itself, as the state around all others; no instance is ever in it
	nodes       []*node[D]         // every state, in the order written, without the root
	byName      map[State]*node[D] // the first state of each name
	inputs      []inputType        // in the order of their first mention
	columns     columns            // where each of them is
	hash        func() string      // computed once: snapshots ask for it again and again
	spares      sync.Pool          // of *Instance[D]
}

// inputType is a type of input, with the name that addresses give it and the sum of its kind.
type inputType struct {
	typ  reflect.Type
	name string
	sum  uint64
}

// node is one declared state.
type node[D any] struct {
	name     State
	means    string
	parent   *node[D]
	initials []State // one, in a sound chart
	final    bool
	children []*node[D]
	rows     []*row[D]
	ignores  []*ignored

	// The rest is compiled.
	chart  *Chart[D]
	timers []*timer[D]               // in the order of their first row
	cells  map[reflect.Type]*cell[D] // of a state without states within: all that an input may lead to
	row    []*cell[D]                // the same in the order of the chart's inputs, nil where there is none
	late   string                    // the address of a late timer
	sum    uint64                    // of the name
}

// row is one arrow of the drawing.
type row[D any] struct {
	owner     *node[D]
	input     inputType
	guards    []guard[D]
	actions   []action[D]
	target    State // "" for an internal row
	clock     *clock[D]
	quirk     *quirk.Quirk // the row exists only while it is on
	corrected *quirk.Quirk // the row exists only while it is off
	sources   []string
	faults    []string // found while the row was being written

	// The rest is compiled.
	address string
	to      *node[D]
	sum     uint64 // of the address
	timer   *timer[D]
}

// clock is what makes a row a timer row.
type clock[D any] struct {
	label string // such as "14s" or "[backOff]"
	fixed time.Duration
	delay func(D) time.Duration // nil: fixed
}

// guard is a named condition of a row.
type guard[D any] struct {
	name    string
	path    string // the name with its package
	negated bool
	holds   func(*D, messages.Input) bool
}

// action is a named decision of a row.
type action[D any] struct {
	name string
	run  func(*D, messages.Input) messages.Acts
}

// ignored is an input that a state does nothing about, on purpose.
type ignored struct {
	input   inputType
	why     string
	address string
}

type partFunc[D any] func(*node[D])

func (f partFunc[D]) addTo(n *node[D]) { f(n) }

// In declares a state, in a sentence for people, and what it holds: rows, ignores, and states within it with one of
// them Initial.
func In[D any](name State, means string, parts ...Part[D]) Part[D] {
	return partFunc[D](func(around *node[D]) {
		around.adopt(&node[D]{name: name, means: means}, parts)
	})
}

// Final declares a state that nothing leaves: the end of an instance.
func Final[D any](name State, means string) Part[D] {
	return partFunc[D](func(around *node[D]) {
		around.adopt(&node[D]{name: name, means: means, final: true}, nil)
	})
}

// Together is parts of one state that are written elsewhere: a long state reads by subject. They count as if they were
// written where it stands.
func Together[D any](parts ...Part[D]) Part[D] {
	return partFunc[D](func(n *node[D]) {
		for _, p := range parts {
			p.addTo(n)
		}
	})
}

// Initial names which of the states directly within this one, or within the chart, is entered first.
func Initial[D any](s State) Part[D] {
	return partFunc[D](func(n *node[D]) { n.initials = append(n.initials, s) })
}

// Ignore declares inputs that are handled here on purpose by doing nothing, and why that is right.
func Ignore[D any](why string, ins ...messages.Input) Part[D] {
	return partFunc[D](func(n *node[D]) {
		if len(ins) == 0 {
			n.ignores = append(n.ignores, &ignored{why: why})
		}
		for _, in := range ins {
			n.ignores = append(n.ignores, &ignored{input: inputTypeOf(in), why: why})
		}
	})
}

func (n *node[D]) adopt(child *node[D], parts []Part[D]) {
	child.parent = n
	n.children = append(n.children, child)
	for _, p := range parts {
		p.addTo(child)
	}
}

// New builds a chart: its name, what it is the life of in a sentence, and its states. A chart is written once, at
// package level, and an unsound one is a fault of the source: New panics with all faults at once, each naming its row
// or state. Check returns the same as an error.
func New[D any](name, means string, parts ...Part[D]) *Chart[D] {
	c := declare(name, means, parts)
	if err := c.check(); err != nil {
		panic(err)
	}
	c.plan()
	return c
}

// Check says what New would panic with: nil for a sound declaration, otherwise an error of one line a fault, in the
// order written.
func Check[D any](name, means string, parts ...Part[D]) error {
	return declare(name, means, parts).check()
}

func declare[D any](name, means string, parts []Part[D]) *Chart[D] {
	c := &Chart[D]{name: name, means: means, root: &node[D]{name: State(name), means: means}}
	for _, p := range parts {
		p.addTo(c.root)
	}
	c.link()
	c.hash = sync.OnceValue(c.declarationHash)
	return c
}

// Start is the snapshot of a new instance: the chart's initial state, and within it the initial states down to the
// innermost. StartTimers says which timers its birth starts.
func (c *Chart[D]) Start(data D) Snapshot[D] {
	return Snapshot[D]{State: c.root.innermost().name, Data: data}
}

// Knows says whether some row or ignore of the chart mentions inputs of this type.
func (c *Chart[D]) Knows(in messages.Input) bool {
	_, known := c.columns.of(in)
	return known
}

// CanBeIn says whether an instance can be in the state: it is declared and has no states within. A snapshot that was
// read from outside is to be tested with it, because Step panics on a state that cannot be.
func (c *Chart[D]) CanBeIn(s State) bool {
	n := c.byName[s]
	return n != nil && n.cells != nil
}

// here is the node of an instance's state. Another state is a bug of the caller, which lost or invented a snapshot.
func (c *Chart[D]) here(s State) *node[D] {
	n := c.byName[s]
	if n == nil || n.cells == nil {
		panic(fmt.Sprintf("fsm: %s: no instance can be in state %q: the snapshot is not of this chart", c.name, s))
	}
	return n
}
