// Package world puts phones and a platform into one virtual time: each phone is a cell with a machine around it (a stream,
// REST, a microphone, peer connections), and the platform is the simulated one. It runs on one goroutine, opens no socket
// and reads no clock: the same world, told the same, does the same.
package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// Config is what a world is made of besides its agents.
type Config struct {
	Options platform.Options
	Seed    uint64
	Quirks  quirk.Set
	// Silent: the platform answers the set-up of streams and nothing else.
	Silent bool
	// Watch is told of each step of a phone, in order; nil: nobody watches.
	Watch func(*Phone, runtime.Step)
	// Journal gives a phone's journal; nil: none is kept.
	Journal func(phone string) runtime.JournalWriter
	// Rows: steps tell which rows were taken.
	Rows bool
	// Twice tells which kinds of frames always come twice; nil: none.
	Twice func(kind string) bool
}

// World is everything: platform, agents, phones.
type World struct {
	clock
	cfg      Config
	chance   *platform.Chance
	Platform *platform.Platform
	phones   []*Phone
	shard    *runtime.Shard
}

// New is a world without agents. Close it when it is done.
func New(cfg Config) *World {
	w := &World{cfg: cfg, chance: platform.NewChance(cfg.Seed)}
	w.Platform = platform.New(cfg.Options, &w.clock, platform.NewChance(cfg.Seed))
	w.Platform.WhenEnded(func(s *platform.Session, how platform.End) {
		if how == platform.EndedByEdge {
			w.abandoned(s)
		}
	})
	if cfg.Silent {
		w.Platform.Silence()
	}
	return w
}

// Close ends all phones.
func (w *World) Close() {
	for _, p := range w.phones {
		p.cell.Close()
	}
}

// Agent is a user with a station and phones.
type Agent struct {
	Name           string
	LineAppearance int
	Persistent     bool
	NoStation      bool
	Phones         []string
	Options        messages.Options
}

// Add adds an agent. The error is of a configuration that no cell takes.
func (w *World) Add(a Agent) error {
	user := w.Platform.AddUser(a.Name, a.LineAppearance, a.Persistent, !a.NoStation)
	for _, name := range a.Phones {
		p, err := newPhone(w, user, name, a.Options)
		if err != nil {
			return fmt.Errorf("world: %s/%s: %w", a.Name, name, err)
		}
		w.phones = append(w.phones, p)
	}
	return nil
}

// Phones are all phones, in the order in which they were added.
func (w *World) Phones() []*Phone { return w.phones }

// Phone finds a phone of an agent's; name "" is the first. Nil: there is none.
func (w *World) Phone(agent, name string) *Phone {
	for _, p := range w.phones {
		if p.User.Name == agent && (name == "" || p.Name == name) {
			return p
		}
	}
	return nil
}

// Run lets the world go on until an instant, or until a phone stops; the error says which and why.
func (w *World) Run(until time.Duration) error {
	for w.clock.next(until) {
		if err := w.stopped(); err != nil {
			return err
		}
	}
	return w.stopped()
}

// RunWhile lets the world go on until an instant, but only while something holds. It is asked after each thing.
func (w *World) RunWhile(until time.Duration, holds func() bool) error {
	for holds() && w.clock.next(until) {
		if err := w.stopped(); err != nil {
			return err
		}
	}
	return w.stopped()
}

func (w *World) stopped() error {
	for _, p := range w.phones {
		if p.fault != nil {
			return fmt.Errorf("world: %s at %s: %w", p, w.now, p.fault)
		}
	}
	return nil
}

// Heal takes all faults away that are not of the past: networks are back, machines are awake, nothing is dropped, failed or
// denied any more, and nothing is late.
func (w *World) Heal() {
	w.Platform.Calm()
	w.chance = platform.NewChance(0)
	for _, p := range w.phones {
		p.User.RefuseStreams(false)
		p.faults, p.failing = nil, nil
		p.Microphone = nil
		p.Wake()
		p.RegainNetwork()
	}
}

// Hears tells who is heard at a phone now: the calls that are up, not held, and carried by a session with live media.
func (p *Phone) Hears() (calls []messages.ConversationID) {
	for _, l := range p.User.Legs() {
		if !l.Up() || l.Held || l.Session == nil || l.Session.Phone() != p.Name {
			continue
		}
		if m := p.mediaOf(l.Session.ID); m != nil && m.up && m.microphone {
			calls = append(calls, l.Conversation().ID)
		}
	}
	slices.Sort(calls)
	return calls
}
