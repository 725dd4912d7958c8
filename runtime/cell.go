package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Config is all that a cell's decisions depend on besides its inputs. It must not change once a cell has it.
type Config struct {
	Cell, User, Organization string
	Options                  messages.Options
	Quirks                   quirk.Set
	// IDPrefix goes before the ids that the cell invents, so that they cannot be guessed.
	IDPrefix string
	Registry actors.Registry
	// Journal gets a line for each input and output; nil: none is kept.
	Journal JournalWriter
	// Shard is where the cell's actors live; nil: the process's own.
	Shard *Shard
	// WithoutRows leaves out of a Step the rows that were taken, which are a third of the garbage; what was unexpected stays.
	WithoutRows bool
}

// Step is what one entry came to.
type Step struct {
	Seq   uint64        // the entry's number, from 1
	At    time.Duration // since the cell's start
	Input messages.Input
	// Orphan says why the input was for nobody, or is "".
	Orphan  string
	Outputs []Output   // what is to be done, in order
	Rows    []RowTaken // what the charts did, in order, unless Config.WithoutRows
	Hash    uint64     // the running state hash after it
}

// Output is one effect that a row decided.
type Output struct {
	ID         messages.EffectID
	Actor      messages.Ref
	Chart, Row string
	Effect     messages.Effect
}

// RowTaken is one step of one chart within an entry: the fields of fsm.Outcome, with whose step it was and on what.
// Chart is "" for an input that no chart of the actor knows, Kind also when there is no such actor.
type RowTaken struct {
	Actor       messages.Ref
	Kind, Chart string
	From, To    fsm.State
	Verdict     fsm.Verdict
	Row, Why    string
	Quirk       *quirk.Quirk
	Input       string // the kind of the message, from outside or from another actor
}

// Cell is one agent's softphone: its actors, its timers, its journal. One goroutine at a time may use it.
type Cell struct {
	cfg    *Config
	shard  *Shard
	units  []*unit // by ref
	timers []timer // by due, then seq
	open   []order // by id
	seq    uint64
	at     time.Duration
	hash   uint64
	config uint64       // the hash of the configuration, where the first entry's begins
	born   messages.Ref // the highest ordinal given out
	armed  uint64       // how many timers were ever armed
	// unexpected is how many inputs met no row and no ignore, since this cell was made or restored.
	unexpected uint64
	turn       *turn // while an entry is being decided
	// packed is the cell's snapshot while it sleeps, or nil; then there are no units and no open orders here.
	packed []byte
	// stopped is why the cell takes no inputs, or nil.
	stopped error
}

// ErrClosed: the cell was closed.
var ErrClosed = errors.New("runtime: the cell is closed: make another one")

// ErrRefused: an input or a call was not taken. Nothing was recorded and nothing changed; the cell goes on.
var ErrRefused = errors.New("refused")

func refused(what, why string) error { return fmt.Errorf("runtime: %s: %w: %s", what, ErrRefused, why) }

// Poisoned is the error of an entry that a chart could not decide: a panic, a broken contract, or messages without end.
// The cell has stopped at the last rest before the entry. Revive lets it go on without it.
type Poisoned struct {
	Entry  uint64
	Input  string // its kind
	Actor  messages.Ref
	Kind   string
	Chart  string // "" if no chart was stepping
	Reason string
	Stack  []byte // of a panic
}

// Error names the place.
func (p *Poisoned) Error() string {
	where := fmt.Sprintf("%s %d", p.Kind, p.Actor)
	if p.Chart != "" {
		where += ", chart " + p.Chart
	}
	return fmt.Sprintf("runtime: entry %d (%s): %s: %s: the cell stopped at the last rest before it: report the entry, and Revive the cell to go on without it",
		p.Entry, p.Input, where, p.Reason)
}

// NewCell makes a cell at instant 0 with its first actors, and writes the journal's header. The root is told how the cell
// is configured (messages.Configured), if it knows that input; it may spawn then, but order nothing.
func NewCell(cfg Config) (*Cell, error) {
	c, err := newCell(cfg)
	if err != nil {
		return nil, err
	}
	if err := c.birth(); err != nil {
		c.Close()
		return nil, err
	}
	if cfg.Journal != nil {
		if err := writeHeader(cfg); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// newCell is a cell without actors.
func newCell(cfg Config) (*Cell, error) {
	if root := actors.Founders()[0]; cfg.Registry[root] == nil {
		return nil, fmt.Errorf("runtime: cell %s: the registry has no %q: each cell's first actor is one", cfg.Cell, root)
	}
	shard := cfg.Shard
	if shard == nil {
		shard = processShard()
	}
	config, err := configured(cfg)
	if err != nil {
		return nil, fmt.Errorf("runtime: cell %s: its configuration has no JSON: %w", cfg.Cell, err)
	}
	return &Cell{cfg: &cfg, shard: shard, config: config, hash: config}, nil
}

// birth spawns the founders and configures the root.
func (c *Cell) birth() error {
	t := c.begin()
	defer c.end()
	for i, kind := range actors.Founders() {
		if c.cfg.Registry[kind] != nil {
			c.spawn(messages.Spawn{Ref: messages.Root + messages.Ref(i), Actor: kind})
		}
	}
	configured := messages.Configured{
		Cell: c.cfg.Cell, User: messages.UserID(c.cfg.User), Organization: c.cfg.Organization,
		IDPrefix: c.cfg.IDPrefix, Options: c.cfg.Options, Quirks: c.cfg.Quirks.Names(),
	}
	root := c.unit(messages.Root)
	if root != nil && slices.ContainsFunc(root.Machines, func(m actors.Machine) bool { return m.Knows(configured) }) {
		t.stack = append(t.stack, task{tell: messages.Tell{To: messages.Root, Msg: configured}})
	}
	if failed := c.settle(); failed != nil {
		c.rollback(failed)
		return fmt.Errorf("runtime: cell %s: birth: %w", c.cfg.Cell, failed)
	}
	if len(t.step.Outputs) > 0 {
		return fmt.Errorf("runtime: cell %s: birth: row %s ordered %s: nothing may be ordered before the first input",
			c.cfg.Cell, t.step.Outputs[0].Row, t.step.Outputs[0].Effect.Kind())
	}
	return nil
}

// Handle takes one input, at an instant since the cell's start that is never before the last one's. It is written to the
// journal, decided until the cell is at rest, and answered with what is to be done. After a *Poisoned or a journal's
// error the cell has stopped; after an error that wraps ErrRefused nothing has changed.
func (c *Cell) Handle(at time.Duration, in messages.Input) (Step, error) {
	return c.HandleFrame(at, in, nil)
}

// HandleFrame is Handle for an input that was translated from a raw frame, which the journal keeps beside it.
func (c *Cell) HandleFrame(at time.Duration, in messages.Input, raw []byte) (Step, error) {
	if err := c.admissible(at, in); err != nil {
		return Step{}, err
	}
	if err := c.wake(); err != nil {
		return Step{}, err
	}
	if fired, ok := in.(messages.TimerFired); ok {
		fired.Late = at - fired.Due
		in = fired
	}
	t := c.begin()
	defer c.end()
	t.step.Seq, t.step.At, t.step.Input = c.seq+1, at, in
	line, err := appendEntry(t.lines, t.step, raw)
	if err != nil {
		return Step{}, fmt.Errorf("runtime: entry %d: %w: %w", t.step.Seq, ErrRefused, err)
	}
	if c.cfg.Journal != nil {
		if err := c.cfg.Journal.Entry(line); err != nil {
			return Step{}, c.journalFailed(err)
		}
	}
	c.hash = mixBytes(c.hash, line[len(t.lines):])
	t.lines = line[:0]
	c.seq, c.at = t.step.Seq, at
	return c.decide()
}

// admissible says why an input cannot be an entry.
func (c *Cell) admissible(at time.Duration, in messages.Input) error {
	if c.stopped != nil {
		return c.stopped
	}
	if at < c.at {
		return refused("handle", fmt.Sprintf("%v is before the last entry's %v: time never goes back", at, c.at))
	}
	if fired, ok := in.(messages.TimerFired); ok && at < fired.Due {
		return refused("handle", fmt.Sprintf("timer %s is due at %v and cannot fire at %v", fired.Timer, fired.Due, at))
	}
	return nil
}

// decide decides the entry that has just been written.
func (c *Cell) decide() (Step, error) {
	t := c.turn
	to, orphan := c.route(t.step.Input)
	t.step.Orphan = orphan
	if orphan == "" {
		t.stack = append(t.stack, task{tell: messages.Tell{To: to, Msg: t.step.Input}})
	}
	if c.cfg.Options.UseServerSidePings && fromServer(t.step.Input) && c.unit(messages.KeeperActor) != nil {
		t.stack = append(t.stack, task{act: messages.Tell{To: messages.KeeperActor, Msg: messages.FrameSeen{}}})
	}
	if failed := c.settle(); failed != nil {
		c.rollback(failed)
		c.passOver(t.step.Input)
		failed.Input = t.step.Input.Kind()
		return Step{Seq: t.step.Seq, At: t.step.At, Input: t.step.Input, Hash: c.hash}, c.quarantine(failed)
	}
	c.rest()
	t.step.Hash = c.hash
	if c.cfg.Journal != nil {
		t.lines = appendRest(t.lines, t.step)
		if err := c.cfg.Journal.Rest(t.lines); err != nil {
			return Step{}, c.journalFailed(err)
		}
	}
	done := t.step
	done.Outputs, done.Rows = append([]Output(nil), done.Outputs...), append([]RowTaken(nil), done.Rows...)
	return done, nil
}

// fail notes why the entry cannot be decided, and whose fault it is.
func (c *Cell) fail(reason string, stack []byte) {
	p := &Poisoned{Entry: c.turn.step.Seq, Reason: reason, Stack: stack}
	if a := c.turn.acting; a != nil {
		p.Actor, p.Kind = a.Ref, a.Kind
	}
	if c.turn.machine != nil {
		p.Chart = c.turn.machine.Name()
	}
	c.turn.failure = p
}

// rollback takes the cell back to the last rest.
func (c *Cell) rollback(why error) {
	t := c.turn
	for _, u := range slices.Backward(t.undo) {
		u.machine.Undo(u.kept)
		u.actor.Shown = u.shown
	}
	t.undo = emptied(t.undo)
	c.units, c.timers, c.open = slices.Clone(t.before.units), slices.Clone(t.before.timers), slices.Clone(t.before.open)
	c.born, c.armed, c.hash = t.before.born, t.before.armed, t.before.hash
	c.stopped = why
}

// quarantine writes down that an entry is to be passed over.
func (c *Cell) quarantine(failed *Poisoned) error {
	if c.cfg.Journal == nil {
		return failed
	}
	if err := c.cfg.Journal.Rest(appendQuarantine(c.turn.lines[:0], failed)); err != nil {
		return errors.Join(c.journalFailed(err), failed)
	}
	return failed
}

// journalFailed stops the cell: what it decided is not written down, so it must not be done.
func (c *Cell) journalFailed(err error) error {
	c.stopped = fmt.Errorf("runtime: entry %d: journal: %w: the cell stopped: mend the journal and Recover the cell from it", c.seq, err)
	return c.stopped
}

// Revive lets a cell that a poisoned entry has stopped go on from the last rest before that entry, without it.
func (c *Cell) Revive() error {
	if poisoned := (*Poisoned)(nil); !errors.As(c.stopped, &poisoned) {
		return refused("revive", "no poisoned entry has stopped the cell")
	}
	c.stopped = nil
	return nil
}

// passOver does what a quarantined input leaves behind: its timer has fired and its order is answered, so that neither
// comes again.
func (c *Cell) passOver(in messages.Input) { c.route(in) }

// skip takes an entry that was quarantined when it was first decided.
func (c *Cell) skip(rec Record) {
	c.seq, c.at = rec.Seq, rec.At
	c.passOver(rec.Input)
}

// Done writes down that a one-way effect was carried out, so that it is known after a kill. It decides nothing.
func (c *Cell) Done(id messages.EffectID) error {
	if c.stopped != nil {
		return c.stopped
	}
	if c.cfg.Journal == nil {
		return nil
	}
	if err := c.cfg.Journal.Entry(appendDone(nil, id)); err != nil {
		return c.journalFailed(err)
	}
	return nil
}

// Stopped is why the cell takes no inputs, or nil.
func (c *Cell) Stopped() error { return c.stopped }

// Seq is the number of the last entry, 0 before the first; At is its instant; Hash is the running state hash after it.
func (c *Cell) Seq() uint64       { return c.seq }
func (c *Cell) At() time.Duration { return c.at }
func (c *Cell) Hash() uint64      { return c.hash }

// Unexpected is how many messages met no row and no ignore of their chart since the cell was made or restored: each is a row
// that is missing. The entry's Step has which.
func (c *Cell) Unexpected() uint64 { return c.unexpected }

// Unanswered lists the effects whose answer has not come, in the order in which they were asked for.
func (c *Cell) Unanswered() []messages.EffectID {
	if c.wake() != nil {
		return nil
	}
	ids := make([]messages.EffectID, len(c.open))
	for i, o := range c.open {
		ids[i] = o.id
	}
	return ids
}

// ActorInfo names an actor and its charts.
type ActorInfo struct {
	Ref    messages.Ref
	Kind   string
	Charts []string
}

// Actors lists the living actors by ref.
func (c *Cell) Actors() []ActorInfo {
	if c.wake() != nil {
		return nil
	}
	all := make([]ActorInfo, len(c.units))
	for i, u := range c.units {
		all[i] = ActorInfo{Ref: u.Ref, Kind: u.Kind}
		for _, m := range u.Machines {
			all[i].Charts = append(all[i].Charts, m.Name())
		}
	}
	return all
}

// Inspect returns the state of one chart of an actor, as JSON: {"state":…,"data":…}. It holds personal data as it is.
func (c *Cell) Inspect(ref messages.Ref, chart string) (json.RawMessage, error) {
	if err := c.wake(); err != nil {
		return nil, err
	}
	u := c.unit(ref)
	if u == nil {
		return nil, refused("inspect", fmt.Sprintf("there is no actor %d: Actors lists them", ref))
	}
	for _, m := range u.Machines {
		if m.Name() == chart {
			return m.MarshalJSON()
		}
	}
	return nil, refused("inspect", fmt.Sprintf("%s %d has no chart %q: Actors lists them", u.Kind, ref, chart))
}

// Close ends the cell's actors. The cell takes no more inputs; closing it again does nothing.
func (c *Cell) Close() {
	if errors.Is(c.stopped, ErrClosed) {
		return
	}
	c.units, c.packed, c.stopped = nil, nil, ErrClosed
}
