package fsm

import (
	"reflect"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Row is a row being written: E is the input that it is for. Its methods return it, so that it reads as one sentence:
// On(Retract{}).If(ringing).Do(announceCancelled).Enter(Settled). Functions given to it must be named ones, because
// their names are what addresses, drawings and journals show. Its guards and actions get copies of the data.
type Row[D any, E messages.Input] = RowBy[D, D, E]

// InPlace is a Row whose guards and actions get the instance's own data, by pointer: for data that is too large to be
// copied for each of them. The guards of such a row must not change it, and its actions return the pointer that they got;
// what lists in it hold is changed in neither case.
type InPlace[D any, E messages.Input] = RowBy[D, *D, E]

// RowBy is a row of a chart over D whose functions take the data as A, which is D or *D.
type RowBy[D, A any, E messages.Input] struct{ r row[D] }

// On begins the row that an input of e's type may take; e's value does not matter.
func On[D any, E messages.Input](e E) *Row[D, E] { return begin[D, D](e) }

// OnInPlace is On for a row whose functions take the data by pointer.
func OnInPlace[D any, E messages.Input](e E) *InPlace[D, E] { return begin[D, *D](e) }

func begin[D, A any, E messages.Input](e E) *RowBy[D, A, E] {
	w := &RowBy[D, A, E]{row[D]{input: inputTypeOf(e)}}
	if w.r.input.typ == timerFired.typ {
		w.fault("is a timer row without a timer: write After or AfterDelay")
	}
	return w
}

// After begins the row that may be taken when its state has lasted for d.
func After[D any](d time.Duration) *Row[D, messages.TimerFired] { return after[D, D](d) }

// AfterInPlace is After for a row whose functions take the data by pointer.
func AfterInPlace[D any](d time.Duration) *InPlace[D, messages.TimerFired] { return after[D, *D](d) }

func after[D, A any](d time.Duration) *RowBy[D, A, messages.TimerFired] {
	w := &RowBy[D, A, messages.TimerFired]{row[D]{input: timerFired}}
	w.r.clock = &clock[D]{label: d.String(), fixed: d}
	if d < 0 {
		w.fault("waits for a negative time: use a positive one")
	}
	return w
}

// AfterDelay begins the row that may be taken when its state has lasted for as long as the named function says. The
// function is asked when the state is entered, after the actions of the row that enters it.
func AfterDelay[D any](delay func(D) time.Duration) *Row[D, messages.TimerFired] {
	w := &Row[D, messages.TimerFired]{row[D]{input: timerFired}}
	name := w.name("delay", delay)
	w.r.clock = &clock[D]{label: "[" + name + "]", delay: delay}
	return w
}

// If adds a guard that must hold for the row to be taken; all of several must. A guard only looks.
func (w *RowBy[D, A, E]) If(g func(A, E) bool) *RowBy[D, A, E] { return w.when(g, false) }

// Unless adds a guard that must not hold; it is shown as "!name".
func (w *RowBy[D, A, E]) Unless(g func(A, E) bool) *RowBy[D, A, E] { return w.when(g, true) }

func (w *RowBy[D, A, E]) when(g func(A, E) bool, negated bool) *RowBy[D, A, E] {
	var holds func(*D, messages.Input) bool
	switch g := any(g).(type) {
	case func(D, E) bool:
		holds = func(d *D, in messages.Input) bool { return g(*d, in.(E)) }
	case func(*D, E) bool:
		holds = func(d *D, in messages.Input) bool { return g(d, in.(E)) }
	}
	w.r.guards = append(w.r.guards, guard[D]{name: w.name("guard", g), path: funcPath(g), negated: negated, holds: holds})
	return w
}

// Do adds what is decided when the row is taken, in order: each action gets the data that the one before it returned.
// The acts of all follow one another.
func (w *RowBy[D, A, E]) Do(actions ...func(A, E) (A, messages.Acts)) *RowBy[D, A, E] {
	for _, act := range actions {
		var run func(*D, messages.Input) messages.Acts
		switch act := any(act).(type) {
		case func(D, E) (D, messages.Acts):
			run = func(d *D, in messages.Input) (acts messages.Acts) {
				*d, acts = act(*d, in.(E))
				return acts
			}
		case func(*D, E) (*D, messages.Acts):
			run = func(d *D, in messages.Input) messages.Acts {
				_, acts := act(d, in.(E))
				return acts
			}
		}
		w.r.actions = append(w.r.actions, action[D]{name: w.name("action", act), run: run})
	}
	return w
}

// Enter names the state that the row leads to. A row without it is internal: it stays, and no timer starts or stops.
// A row that enters the state it is in leaves and enters it, so its timers start again.
func (w *RowBy[D, A, E]) Enter(s State) *RowBy[D, A, E] {
	if w.r.target != "" {
		w.fault("enters both " + string(w.r.target) + " and " + string(s) + ": write two rows")
	}
	if s == "" {
		w.fault("enters a state without a name: leave Enter out for a row that stays")
	}
	w.r.target = s
	return w
}

// Quirk makes the row exist only while q is on.
func (w *RowBy[D, A, E]) Quirk(q *quirk.Quirk) *RowBy[D, A, E] {
	w.r.quirk = w.conditional(w.r.quirk, q)
	return w
}

// Corrected makes the row exist only while q is off.
func (w *RowBy[D, A, E]) Corrected(q *quirk.Quirk) *RowBy[D, A, E] {
	w.r.corrected = w.conditional(w.r.corrected, q)
	return w
}

func (w *RowBy[D, A, E]) conditional(already, q *quirk.Quirk) *quirk.Quirk {
	switch {
	case q == nil:
		w.fault("names a nil quirk: use one of the catalogue")
	case already != nil:
		w.fault("names two quirks, " + already.Name + " and " + q.Name + ": one condition a row")
	}
	return q
}

// Source names a row of the reference that this row carries, such as "1.6.8 row 6b". It may be called several times.
func (w *RowBy[D, A, E]) Source(ref string) *RowBy[D, A, E] {
	w.r.sources = append(w.r.sources, ref)
	return w
}

func (w *RowBy[D, A, E]) addTo(n *node[D]) {
	r := w.r
	r.owner = n
	n.rows = append(n.rows, &r)
}

func (w *RowBy[D, A, E]) fault(what string) { w.r.faults = append(w.r.faults, what) }

// name is the name of a function of the row; that it has none is a fault of the row.
func (w *RowBy[D, A, E]) name(role string, f any) string {
	name, why := funcName(f)
	if why != "" {
		w.fault("has " + why + " " + role + ": use a named function, its name is the label")
	}
	return name
}

// timerFired is the input of every timer row.
var timerFired = inputTypeOf(messages.TimerFired{})

func inputTypeOf(in messages.Input) inputType {
	t := reflect.TypeOf(in)
	if t == nil {
		return inputType{}
	}
	return inputType{typ: t, name: t.Name(), sum: xxhash.Sum64String(in.Kind())}
}
