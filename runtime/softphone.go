package runtime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// SoftphoneConfig is what a softphone needs besides its ports. Of Config, an empty Registry is actors.Softphone(), an empty
// Cell is "softphone", and an empty IDPrefix is a random one; Options are taken as they are, so start from
// messages.DefaultOptions.
type SoftphoneConfig struct {
	Config
	// AccessToken is the user's. SetAccessToken replaces it.
	AccessToken messages.Token
	// Environment is the platform's domain for the region, such as mypurecloud.com.
	Environment string
	// OnPoisoned is told of an entry that could not be decided; the softphone goes on without it. It runs on the softphone's
	// own goroutine: it must return soon, and must not wait for the softphone. The log is told in any case.
	OnPoisoned func(*Poisoned)
	// OnStep is told of each entry that was decided, with what went in and what came out, in order, and before any of that is
	// performed: for invariants (simulation/laws), metrics, a debugger. Of a recovered softphone it is told from Resume on. It runs
	// on the softphone's own goroutine: it must return soon, must not wait for the softphone, and only looks; nothing is copied
	// for it. A Step holds personal data: its texts must not be logged as they are. nil: nobody is told, and it costs nothing.
	OnStep func(Step)
	// SleepAfter is how long nothing may happen before the cell sleeps (Cell.Sleep): a program with many softphones has several
	// times as many in the same memory. What happens next wakes it, which takes some hundred microseconds, and nothing else
	// tells that it slept. 0: DefaultSleepAfter; negative: it never sleeps.
	SleepAfter time.Duration
	// Log gets what went wrong without anyone being told otherwise, free of personal data; nil: slog.Default().
	Log *slog.Logger
}

// DefaultSleepAfter lets a cell sleep between the pings of its stream, which come every 14 s, and does not while a call is
// being set up. During a call a cell is woken every 2 s.
const DefaultSleepAfter = time.Second

// Ports are what a softphone acts through. All but Clock must be set; Clock nil is port.SystemClock.
type Ports struct {
	Stream        port.Stream
	REST          port.REST
	Media         port.Media
	Clock         port.Clock
	Frames        port.FrameCodec          // jingle.Codec{} of adapters/jingle
	Notifications port.NotificationDecoder // notifications.Decoder{} of adapters/notifications
}

// Softphone is a live softphone: a cell, the goroutine that owns it, and an inbox before it. Its methods are those of the SDK,
// and safe for concurrent use. Inputs are taken one at a time in the order in which they came, whatever timers are due
// before them; what they decide is performed through the ports, which never hold the cell up. The inbox has no bound: what
// the ports report is never lost.
type Softphone struct {
	cfg   SoftphoneConfig
	ports Ports
	log   *slog.Logger
	start time.Time // instant 0 of the cell

	inbox   *inbox
	station atomic.Pointer[messages.StationInfo]
	crowd   audience
	crew    crew
	ctx     context.Context // of the requests under way; it ends with the softphone
	cancel  context.CancelFunc
	closing chan struct{} // closed by Close
	closed  sync.Once
	ended   chan struct{} // closed when no more inputs are taken
	done    chan struct{} // closed when nothing is under way any more
	resume  chan struct{} // of a recovered softphone: closed by Resume
	resumed sync.Once

	// The rest belongs to the goroutine; failed may be read after ended.
	cell    *Cell
	gate    *Gate
	wire    wire
	hands   map[messages.Ref]*hand
	waiting map[messages.CallID]chan<- settlement
	failed  error
}

// NewSoftphone makes a softphone and starts its goroutine; Close ends it. Nothing is connected before Initialize. An error
// about the configuration matches ErrInvalidOptions.
func NewSoftphone(cfg SoftphoneConfig, ports Ports) (*Softphone, error) {
	cfg, ports, err := complete(cfg, ports)
	if err != nil {
		return nil, err
	}
	cell, err := NewCell(cfg.Config)
	if err != nil {
		return nil, err
	}
	s := newSoftphone(cfg, ports, cell)
	go s.run()
	return s, nil
}

// newSoftphone is one whose goroutine has not started.
func newSoftphone(cfg SoftphoneConfig, ports Ports, cell *Cell) *Softphone {
	s := &Softphone{
		cfg: cfg, ports: ports, log: cfg.Log, start: ports.Clock.Now(),
		inbox: newInbox(), closing: make(chan struct{}), ended: make(chan struct{}), done: make(chan struct{}),
		cell: cell, gate: NewGate(cell.cfg.Quirks), wire: newWire(cfg),
		hands: map[messages.Ref]*hand{}, waiting: map[messages.CallID]chan<- settlement{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// complete fills in what may be left out, and refuses what may not.
func complete(cfg SoftphoneConfig, ports Ports) (SoftphoneConfig, Ports, error) {
	if name := ports.missing(); name != "" {
		return cfg, ports, misconfigured("no port " + name + ": set all but Clock")
	}
	if cfg.AccessToken == "" {
		return cfg, ports, misconfigured("no access token: set AccessToken")
	}
	if cfg.Environment == "" {
		return cfg, ports, misconfigured("no environment: set Environment, such as mypurecloud.com")
	}
	if ports.Clock == nil {
		ports.Clock = port.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.SleepAfter == 0 {
		cfg.SleepAfter = DefaultSleepAfter
	}
	cfg.WithoutRows = true // OnStep is about what went in and came out
	if cfg.Registry == nil {
		cfg.Registry = actors.Softphone()
	}
	if cfg.Cell == "" {
		cfg.Cell = "softphone"
	}
	if cfg.IDPrefix == "" {
		cfg.IDPrefix = rand.Text() + "-"
	}
	return cfg, ports, nil
}

// missing is the name of the first port that must be set and is not; "" when all are.
func (p Ports) missing() string {
	switch {
	case p.Stream == nil:
		return "Stream"
	case p.REST == nil:
		return "REST"
	case p.Media == nil:
		return "Media"
	case p.Frames == nil:
		return "Frames (jingle.Codec{})"
	case p.Notifications == nil:
		return "Notifications (notifications.Decoder{})"
	default:
		return ""
	}
}

func misconfigured(why string) error {
	return fmt.Errorf("runtime: softphone: %w", &SdkError{Type: messages.ErrInvalidOptions, Name: "Error", Message: why})
}

// Close ends the softphone at once and waits until nothing is under way: sockets and peer connections are closed,
// microphones given back, calls that wait return ErrClosed, and events end after the last that was announced. The platform
// is told nothing: for a polite end call Destroy first. The error says why the softphone had stopped before; nil: it had
// not. Close may be called again, and from anywhere but OnPoisoned.
func (s *Softphone) Close() error {
	s.closed.Do(func() { close(s.closing) })
	<-s.done
	return s.failed
}

// Done is closed when the softphone has ended, by Close or because its journal could not be written.
func (s *Softphone) Done() <-chan struct{} { return s.done }

// Err is nil while the softphone runs, ErrClosed after Close, or why it stopped by itself.
func (s *Softphone) Err() error {
	select {
	case <-s.ended:
		return s.whyEnded()
	default:
		return nil
	}
}

func (s *Softphone) whyEnded() error {
	if s.failed != nil {
		return s.failed
	}
	return ErrClosed
}

// run owns the cell until the end.
func (s *Softphone) run() {
	defer s.end()
	if !s.awaitResume() {
		return
	}
	for s.failed == nil {
		fired, stop := s.wake()
		select {
		case <-s.closing:
			stop()
			return
		case <-fired:
			s.fireDue(s.now())
			s.drowse(s.now())
		case <-s.inbox.ready:
			for _, do := range s.inbox.take() {
				if s.failed == nil {
					do()
				}
			}
		}
		stop()
	}
}

// wake is the host's one timer, set to the cell's next or to when the cell is to sleep; without either it never fires.
func (s *Softphone) wake() (fired <-chan time.Time, stop func()) {
	due, ok := s.cell.NextTimer()
	if sleep, may := s.bedtime(); may && (!ok || sleep < due) {
		due, ok = sleep, true
	}
	if !ok {
		return nil, func() {}
	}
	return s.ports.Clock.Timer(max(due-s.now(), 0))
}

// bedtime is when the cell is to sleep; not ok: it sleeps, or never does.
func (s *Softphone) bedtime() (at time.Duration, ok bool) {
	return s.cell.At() + s.cfg.SleepAfter, s.cfg.SleepAfter > 0 && !s.cell.Asleep()
}

// drowse lets the cell sleep if it is time. A cell that cannot sleep could not be saved either: it is left awake for good.
func (s *Softphone) drowse(now time.Duration) {
	if at, ok := s.bedtime(); !ok || now < at || s.failed != nil {
		return
	}
	if err := s.cell.Sleep(); err != nil {
		s.log.Error("softphone: the cell cannot sleep", "why", err)
		s.cfg.SleepAfter = -1
	}
}

// end lets go of everything, and waits for what is under way.
func (s *Softphone) end() {
	close(s.ended)
	s.inbox.close()
	s.cell.Close()
	s.cancel()
	s.letGo()
	s.crew.finish()
	s.crowd.end()
	close(s.done)
}

// now is the cell's time. It never goes back, whatever the clock does.
func (s *Softphone) now() time.Duration { return max(s.ports.Clock.Now().Sub(s.start), s.cell.At()) }

// timersAtOnce bounds how many timers fire before the inbox is looked at: timers that start each other at once must not
// keep Close waiting.
const timersAtOnce = 1000

// fireDue fires the timers that are due, the earliest first. What is due by then goes before an input.
func (s *Softphone) fireDue(at time.Duration) {
	for range timersAtOnce {
		due, ok := s.cell.NextTimer()
		if !ok || due > at || s.failed != nil {
			return
		}
		step, err := s.cell.FireNext(at)
		s.took(step, step.Input, err)
	}
}

// handle gives the cell one input; raw is the frame that it was read from, or nil.
func (s *Softphone) handle(in messages.Input, raw []byte) {
	at := s.now()
	s.fireDue(at)
	if s.failed != nil {
		return
	}
	step, err := s.cell.HandleFrame(at, in, raw)
	s.took(step, in, err)
}

// took performs what the cell decided, or deals with its not having decided.
func (s *Softphone) took(step Step, in messages.Input, err error) {
	poisoned := (*Poisoned)(nil)
	switch {
	case err == nil:
		if s.cfg.OnStep != nil {
			s.cfg.OnStep(step)
		}
		if step.Orphan != "" {
			s.log.Debug("softphone: an input for nobody", "entry", step.Seq, "kind", in.Kind(), "why", step.Orphan)
		}
		for _, row := range step.Rows { // only what was unexpected (Config.WithoutRows)
			s.log.Warn("softphone: a chart has no row for a message", "entry", step.Seq, "actor", row.Kind, "chart", row.Chart,
				"state", row.From, "message", row.Input)
		}
		for _, out := range step.Outputs {
			s.perform(step, out)
		}
	case errors.Is(err, ErrRefused):
		s.log.Warn("softphone: an input was refused", "kind", in.Kind(), "why", err)
		s.failCall(in, err)
	case errors.As(err, &poisoned):
		s.revive(poisoned, in)
	default:
		s.failed = err
	}
}

// revive lets the cell go on without a poisoned entry, and says so.
func (s *Softphone) revive(poisoned *Poisoned, in messages.Input) {
	s.log.Error("softphone: an entry could not be decided and is passed over", "entry", poisoned.Entry, "input", poisoned.Input,
		"actor", poisoned.Kind, "chart", poisoned.Chart, "why", poisoned.Reason)
	if s.cfg.OnPoisoned != nil {
		s.cfg.OnPoisoned(poisoned)
	}
	if err := s.cell.Revive(); err != nil {
		s.failed = errors.Join(s.cell.Stopped(), poisoned)
		return
	}
	s.failCall(in, poisoned)
}

// post is the Post of the ports.
func (s *Softphone) post(in messages.Input) { s.inbox.put(func() { s.handle(in, nil) }) }
