package runtime

import (
	"log/slog"
	"strconv"
	"sync"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/hookswitch/hookswitch/messages"
)

// Shard is the actor system that cells live in: one for a process, or for a part of one that is to be placed as a whole.
// It is safe for concurrent use, and is meant to live as long as the process.
type Shard struct {
	system *actor.ActorSystem
	props  *actor.Props

	mu    sync.Mutex
	cells uint64
	born  *unit // the one being spawned, while mu is held
}

// NewShard makes an actor system that logs nothing. It takes some 3 MB.
func NewShard() *Shard {
	s := &Shard{system: actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.DiscardHandler)
	}))}
	// One Props serves all actors: a Props of its own would cost an actor more memory than the actor does.
	s.props = actor.PropsFromProducer(func() actor.Actor { return &s.born.Actor },
		actor.WithMailbox(func() actor.Mailbox { return s.born }))
	return s
}

// processShard serves the cells whose configuration names no shard.
var processShard = sync.OnceValue(NewShard)

// admit gives a cell its number. Actors are named by it, and not by the cell's name, so that a cell can be replayed
// beside itself; nothing that a cell decides depends on it.
func (s *Shard) admit() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cells++
	return s.cells
}

// wake makes the unit's actor, if it sleeps. Its start is the first message in its mailbox.
func (s *Shard) wake(cell uint64, u *unit) error {
	if u.awake != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.born = u
	defer func() { s.born = nil }()
	u.awake = new(awake)
	pid, err := s.system.Root.SpawnNamed(s.props, actorName(cell, u.Ref))
	if err != nil {
		u.awake = nil
		return err
	}
	u.awake.pid = pid
	return nil
}

func actorName(cell uint64, ref messages.Ref) string {
	var buf [32]byte
	name := strconv.AppendUint(buf[:0], cell, 36)
	name = append(name, '/')
	return string(strconv.AppendUint(name, uint64(ref), 36))
}

func (s *Shard) send(u *unit, in messages.Input) { s.system.Root.Send(u.awake.pid, in) }

// stop ends the unit's actor, if there is one.
func (s *Shard) stop(u *unit) {
	if u.awake != nil {
		s.system.Root.Stop(u.awake.pid)
	}
}
