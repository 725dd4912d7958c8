package actors

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Machine is one instance of a chart, whatever its data: a pointer, by which it is told from others. Only one goroutine at a
// time may use it.
type Machine interface {
	// Name is the chart's.
	Name() string
	// Hash is the chart's: another one means that the declaration changed.
	Hash() string
	// Knows tells whether any state of the chart has something to say about such an input.
	Knows(in messages.Input) bool
	// Step decides, keeps the new state and fills in out, whose lists it uses again. After a panic the instance is of no use
	// until Undo.
	Step(on quirk.Set, in messages.Input, out *fsm.Outcome)
	// Assume makes other quirks those that the data remembers for its picks and facts, if it remembers any.
	Assume(on quirk.Set)
	// StartTimers are the timers that the state has armed on entry: those of a new instance.
	StartTimers() []fsm.Timer
	// Ended tells whether the instance is in a state that nothing leaves.
	Ended() bool
	// View is what the root is told of the instance, or nil when it is told nothing. Views are comparable structs.
	View() messages.Input
	// Settle lets go of what can be made anew, such as the view.
	Settle()
	// Keep copies the state of now. Each copy is handed once, to Undo or to Forget, which give its memory back: Undo goes
	// back to it, Forget does not.
	Keep() any
	Undo(kept any)
	Forget(kept any)
	// Snapshot is the state of now to look at: a pointer to the chart's fsm.Snapshot.
	Snapshot() any
	// Copy is another instance in the same state, for whoever follows several ways from one state.
	Copy() Machine
	// MarshalJSON writes the state: {"state":…,"data":…}.
	MarshalJSON() ([]byte, error)
	// Restore replaces the state by what MarshalJSON wrote, or leaves it and says why not.
	Restore(raw json.RawMessage) error
}

// Registry says which machines an actor of a kind is made of, in the order in which they see an input. Each call makes
// new ones.
type Registry map[string]func() []Machine

// Founders are the kinds that each cell has from the start, under the ordinals from messages.Root on: the root and the
// actors that messages names. A registry need not have all of them, except the root.
func Founders() []string { return []string{"softphone", "connection", "station", "line", "keeper"} }

// Of is a new instance of a chart. View makes the instance's view of its snapshot; nil: the root is told nothing.
func Of[D any](chart *fsm.Chart[D], data D, view func(fsm.Snapshot[D]) messages.Input) Machine {
	return &machine[D]{now: chart.Resume(chart.Start(data)), view: view}
}

type machine[D any] struct {
	now  fsm.Instance[D]
	view func(fsm.Snapshot[D]) messages.Input
	seen messages.Input // the view of now, once somebody looked
}

func (m *machine[D]) Name() string                 { return m.now.Chart().Name() }
func (m *machine[D]) Hash() string                 { return m.now.Chart().Hash() }
func (m *machine[D]) Knows(in messages.Input) bool { return m.now.Chart().Knows(in) }
func (m *machine[D]) StartTimers() []fsm.Timer     { return m.now.Chart().StartTimers(m.now.Snapshot()) }

func (m *machine[D]) Step(on quirk.Set, in messages.Input, out *fsm.Outcome) {
	m.now.Advance(on, in, out)
	if out.Verdict == fsm.Taken {
		m.seen = nil
	}
}

// Assume asks the data: a pointer to it has this method if it remembers quirks.
func (m *machine[D]) Assume(on quirk.Set) {
	s := m.now.Snapshot()
	if data, remembers := any(&s.Data).(interface{ Assume(on quirk.Set) }); remembers {
		data.Assume(on)
		m.now, m.seen = m.now.Chart().Resume(s), nil
	}
}

func (m *machine[D]) Ended() bool { return m.now.Ended() }

func (m *machine[D]) View() messages.Input {
	if m.seen == nil && m.view != nil {
		m.seen = m.view(m.now.Snapshot())
	}
	return m.seen
}

func (m *machine[D]) Settle() { m.seen = nil }

func (m *machine[D]) Keep() any { return m.now.Keep() }

func (m *machine[D]) Undo(kept any) {
	m.now, m.seen = *kept.(*fsm.Instance[D]), nil
	m.Forget(kept)
}

func (m *machine[D]) Forget(kept any) { kept.(*fsm.Instance[D]).GiveBack() }

func (m *machine[D]) Snapshot() any {
	s := m.now.Snapshot()
	return &s
}

func (m *machine[D]) Copy() Machine {
	other := *m
	other.now = m.now.Chart().Resume(m.now.Snapshot())
	return &other
}

func (m *machine[D]) MarshalJSON() ([]byte, error) { return json.Marshal(m.now.Snapshot()) }

func (m *machine[D]) Restore(raw json.RawMessage) error {
	var was fsm.Snapshot[D]
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&was); err != nil || !m.now.Chart().CanBeIn(was.State) {
		return fmt.Errorf("actors: restore %s: the state is not of this chart: restore it with the engine that wrote it", m.Name())
	}
	m.now, m.seen = m.now.Chart().Resume(was), nil
	return nil
}
