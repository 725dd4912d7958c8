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
	// Step decides, and keeps the new state. After a panic the instance is of no use until Undo.
	Step(on quirk.Set, in messages.Input) fsm.Outcome
	// StartTimers are the timers that the state has armed on entry: those of a new instance.
	StartTimers() []fsm.Timer
	// Ended tells whether the instance is in a state that nothing leaves.
	Ended() bool
	// View is what the root is told of the instance, or nil when it is told nothing. Views are comparable structs.
	View() messages.Input
	// Keep copies the state of now. Each copy is handed once, to Undo or to Forget, which give its memory back: Undo goes
	// back to it, Forget does not.
	Keep() any
	Undo(kept any)
	Forget(kept any)
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
	return &machine[D]{chart: chart, now: chart.Start(data), view: view}
}

type machine[D any] struct {
	chart *fsm.Chart[D]
	now   fsm.Snapshot[D]
	view  func(fsm.Snapshot[D]) messages.Input
	seen  messages.Input // the view of now, once somebody looked
}

func (m *machine[D]) Name() string                 { return m.chart.Name() }
func (m *machine[D]) Hash() string                 { return m.chart.Hash() }
func (m *machine[D]) Knows(in messages.Input) bool { return m.chart.Knows(in) }
func (m *machine[D]) StartTimers() []fsm.Timer     { return m.chart.StartTimers(m.now) }

func (m *machine[D]) Step(on quirk.Set, in messages.Input) fsm.Outcome {
	out := m.chart.Advance(on, &m.now, in)
	if out.Verdict == fsm.Taken {
		m.seen = nil
	}
	return out
}

func (m *machine[D]) Ended() bool { return m.chart.Ends(m.now.State) }

func (m *machine[D]) View() messages.Input {
	if m.seen == nil && m.view != nil {
		m.seen = m.view(m.now)
	}
	return m.seen
}

func (m *machine[D]) Keep() any { return m.chart.Borrow(&m.now) }

func (m *machine[D]) Undo(kept any) {
	m.now, m.seen = *kept.(*fsm.Snapshot[D]), nil
	m.Forget(kept)
}

func (m *machine[D]) Forget(kept any) { m.chart.GiveBack(kept.(*fsm.Snapshot[D])) }

func (m *machine[D]) Copy() Machine {
	other := *m
	return &other
}

func (m *machine[D]) MarshalJSON() ([]byte, error) { return json.Marshal(m.now) }

func (m *machine[D]) Restore(raw json.RawMessage) error {
	var was fsm.Snapshot[D]
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&was); err != nil || !m.chart.CanBeIn(was.State) {
		return fmt.Errorf("actors: restore %s: the state is not of this chart: restore it with the engine that wrote it", m.Name())
	}
	m.now, m.seen = was, nil
	return nil
}
