package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
)

// SnapshotSchema is the version of the snapshot's form.
const SnapshotSchema = 1

// snapshot is a cell at rest: the ordered map of its machines, and what the cell itself keeps.
type snapshot struct {
	Snapshot int              `json:"snapshot"` // the schema
	Engine   string           `json:"engine"`
	Cell     string           `json:"cell"`
	Config   string           `json:"config"` // the hash of the configuration
	Seq      uint64           `json:"seq"`
	At       time.Duration    `json:"at"`
	Hash     string           `json:"hash"`
	Born     messages.Ref     `json:"born"`
	Armed    uint64           `json:"armed"`
	Actors   []actorSnapshot  `json:"actors"`
	Timers   []timerSnapshot  `json:"timers"`
	Open     []openedSnapshot `json:"open"`
}

type actorSnapshot struct {
	Ref      messages.Ref      `json:"ref"`
	Kind     string            `json:"kind"`
	Shown    uint32            `json:"shown"`
	Machines []machineSnapshot `json:"machines"`
}

type machineSnapshot struct {
	Chart string          `json:"chart"`
	Hash  string          `json:"hash"`
	State json.RawMessage `json:"state"`
}

type timerSnapshot struct {
	Due   time.Duration `json:"due"`
	Seq   uint64        `json:"seq"`
	Actor messages.Ref  `json:"actor"`
	Timer string        `json:"timer"`
}

type openedSnapshot struct {
	ID     messages.EffectID `json:"id"`
	Actor  messages.Ref      `json:"actor"`
	Answer answer            `json:"answer"`
}

// Snapshot writes the cell as it is at rest, as JSON. It holds personal data as it is. A poisoned cell's is that of the
// last rest. A cell that is closed or whose journal failed has none: what it decided last may never have been done.
func (c *Cell) Snapshot() ([]byte, error) {
	if poisoned := (*Poisoned)(nil); c.stopped != nil && !errors.As(c.stopped, &poisoned) {
		return nil, c.stopped
	}
	if c.packed != nil {
		return c.shard.packer.unpack(c.packed)
	}
	s := snapshot{
		Snapshot: SnapshotSchema, Engine: EngineVersion, Cell: c.cfg.Cell, Config: string(appendHash(nil, c.config)), Seq: c.seq, At: c.at,
		Hash: string(appendHash(nil, c.hash)), Born: c.born, Armed: c.armed,
	}
	for _, u := range c.units {
		a, err := snapshotOf(&u.Actor)
		if err != nil {
			return nil, err
		}
		s.Actors = append(s.Actors, a)
	}
	for _, t := range c.timers {
		s.Timers = append(s.Timers, timerSnapshot{Due: t.due, Seq: t.seq, Actor: t.actor, Timer: t.name})
	}
	for _, o := range c.open {
		s.Open = append(s.Open, openedSnapshot{ID: o.id, Actor: o.actor, Answer: o.answer})
	}
	return json.Marshal(s)
}

func snapshotOf(a *actors.Actor) (actorSnapshot, error) {
	s := actorSnapshot{Ref: a.Ref, Kind: a.Kind, Shown: a.Shown}
	for _, m := range a.Machines {
		state, err := m.MarshalJSON()
		if err != nil {
			return s, fmt.Errorf("runtime: snapshot: %s %d, chart %s: its data has no JSON: %w", a.Kind, a.Ref, m.Name(), err)
		}
		s.Machines = append(s.Machines, machineSnapshot{Chart: m.Name(), Hash: m.Hash(), State: state})
	}
	return s, nil
}

// Restore makes the cell that wrote a snapshot, at the rest at which it did. The configuration must be the same; the cell
// goes on with the journal without a header. A snapshot of other charts is refused: replay the journal instead.
func Restore(cfg Config, raw []byte) (*Cell, error) {
	c, err := newCell(cfg)
	if err != nil {
		return nil, err
	}
	var s snapshot
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return nil, fmt.Errorf("runtime: restore cell %s: the snapshot is not one, or is cut off", cfg.Cell)
	}
	if err := c.adopt(s); err != nil {
		return nil, fmt.Errorf("runtime: restore cell %s: %w", cfg.Cell, err)
	}
	return c, nil
}

// adopt takes over what a snapshot holds. Actors are not started.
func (c *Cell) adopt(s snapshot) error {
	hash, err := parseHash(s.Hash)
	switch {
	case s.Snapshot != SnapshotSchema:
		return fmt.Errorf("its schema is %d, not %d: restore it with engine %s", s.Snapshot, SnapshotSchema, s.Engine)
	case s.Cell != c.cfg.Cell:
		return fmt.Errorf("it is of cell %s", s.Cell)
	case s.Config != string(appendHash(nil, c.config)):
		return fmt.Errorf("it was made under another configuration: restore it with the same user, organization, options, quirks and id prefix")
	case err != nil || s.Seq > 0 && s.At < 0:
		return fmt.Errorf("its hash or its instant is damaged")
	case len(s.Actors) == 0 || s.Actors[0].Ref != messages.Root:
		return fmt.Errorf("it has no root")
	}
	c.seq, c.at, c.hash, c.armed = s.Seq, s.At, hash, s.Armed
	for _, a := range s.Actors {
		if err := c.adoptActor(a); err != nil {
			return err
		}
	}
	if s.Born < c.born {
		return fmt.Errorf("actor %d is not among the %d ordinals given out", c.born, s.Born)
	}
	c.born = s.Born
	for _, t := range s.Timers {
		if c.unit(t.Actor) == nil || t.Seq > s.Armed {
			return fmt.Errorf("timer %s of actor %d is of nobody, or was never armed", t.Timer, t.Actor)
		}
		c.armAs(timer{due: t.Due, seq: t.Seq, actor: t.Actor, name: t.Timer})
	}
	for _, o := range s.Open {
		if c.unit(o.Actor) == nil {
			return fmt.Errorf("effect %s was ordered by actor %d, which is not there", o.ID, o.Actor)
		}
		c.open = append(c.open, order{id: o.ID, actor: o.Actor, answer: o.Answer})
	}
	return nil
}

func (c *Cell) adoptActor(a actorSnapshot) error {
	machines, ok := c.cfg.Registry[a.Kind]
	if !ok {
		return fmt.Errorf("no kind of actor is called %q: register it", a.Kind)
	}
	if a.Ref <= c.born {
		return fmt.Errorf("actor %d is out of order", a.Ref)
	}
	u := &unit{Actor: actors.Actor{Ref: a.Ref, Kind: a.Kind, Machines: machines(), Shown: a.Shown, Cell: (*inside)(c)}}
	if len(u.Machines) != len(a.Machines) {
		return fmt.Errorf("%s %d has %d charts, not %d: replay the journal instead", a.Kind, a.Ref, len(u.Machines), len(a.Machines))
	}
	for i, m := range u.Machines {
		if was := a.Machines[i]; was.Chart != m.Name() || was.Hash != m.Hash() {
			return fmt.Errorf("%s %d: chart %s is another one than the snapshot's: replay the journal instead", a.Kind, a.Ref, was.Chart)
		}
		if err := m.Restore(a.Machines[i].State); err != nil {
			return fmt.Errorf("%s %d: %w", a.Kind, a.Ref, err)
		}
	}
	c.units, c.born = append(c.units, u), a.Ref
	return nil
}
