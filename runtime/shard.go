package runtime

import (
	"log/slog"
	"slices"
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
	packer packer

	mu    sync.Mutex
	made  uint64  // how many players there ever were
	born  *player // the one being spawned, while mu is held
	spare []*turn // no more than cells that ever decided at the same time
}

// NewShard makes an actor system that logs nothing.
func NewShard() *Shard {
	s := &Shard{system: actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.DiscardHandler)
	}))}
	s.shrink()
	// One Props serves all actors: a Props of its own would cost an actor more memory than the actor does.
	s.props = actor.PropsFromProducer(func() actor.Actor { return s.born },
		actor.WithMailbox(func() actor.Mailbox { return s.born }))
	return s
}

// shrink makes the table of the system's actors one of its thousand buckets: they take 3 MB, which the garbage collector
// goes through each time, and there are a few dozen actors.
func (s *Shard) shrink() {
	registry := s.system.ProcessRegistry
	all := registry.LocalPIDs.LocalPIDs
	registry.LocalPIDs.LocalPIDs = slices.Clone(all[:1])
	for _, bucket := range all[1:] {
		if bucket.IsEmpty() {
			continue
		}
		for name, process := range bucket.Items() {
			registry.Add(process.(actor.Process), name)
		}
	}
}

// processShard serves the cells whose configuration names no shard.
var processShard = sync.OnceValue(NewShard)

// lend is a turn that nobody else has.
func (s *Shard) lend() *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.spare) - 1
	if last < 0 {
		return new(turn)
	}
	t := s.spare[last]
	s.spare = s.spare[:last]
	return t
}

// giveBack takes an empty turn.
func (s *Shard) giveBack(t *turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spare = append(s.spare, t)
}

// dismiss ends the players of a turn that grew too large to be kept.
func (s *Shard) dismiss(t *turn) {
	for _, p := range t.players {
		s.system.Root.Stop(p.pid)
	}
}

// cast gives a unit its player for the rest of the turn, unless it has one.
func (s *Shard) cast(t *turn, u *unit) error {
	if u.player != nil {
		return nil
	}
	if t.playing == len(t.players) {
		p, err := s.hire(t)
		if err != nil {
			return err
		}
		t.players = append(t.players, p)
	}
	u.player = t.players[t.playing]
	u.player.unit = u
	t.playing++
	return nil
}

// hire makes a player.
func (s *Shard) hire(t *turn) (*player, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &player{turn: t}
	s.born = p
	defer func() { s.born = nil }()
	s.made++
	pid, err := s.system.Root.SpawnNamed(s.props, strconv.FormatUint(s.made, 36))
	p.pid = pid
	return p, err
}

func (s *Shard) send(to *player, in messages.Input) { s.system.Root.Send(to.pid, in) }

// player is an actor of protoactor and its mailbox, which is a door to the queue of a turn. While an entry is decided it plays
// one actor of the cell; then it plays another one, perhaps of another cell.
type player struct {
	pid     *actor.PID
	invoker actor.MessageInvoker
	turn    *turn
	unit    *unit
}

// Receive hands a message to the actor that is played. What protoactor says about the player's own life is not for it.
func (p *player) Receive(ctx actor.Context) {
	if p.unit != nil {
		p.unit.Receive(ctx)
	}
}

// PostUserMessage puts a message at the front: whoever sends it does so in its turn, and is finished before the rest.
func (p *player) PostUserMessage(msg any) { p.turn.mail = append(p.turn.mail, letter{to: p, msg: msg}) }

// PostSystemMessage has the player's own life begin or end at once: no actor of a cell is told of it.
func (p *player) PostSystemMessage(msg any) { p.invoker.InvokeSystemMessage(msg) }

// RegisterHandlers is told who takes the messages. The dispatcher is not used: the cell's own goroutine drains.
func (p *player) RegisterHandlers(invoker actor.MessageInvoker, _ actor.Dispatcher) {
	p.invoker = invoker
}

// Start has nothing to do.
func (p *player) Start() {}

// UserMessageCount is 0: messages wait in the cell's queue.
func (p *player) UserMessageCount() int { return 0 }
