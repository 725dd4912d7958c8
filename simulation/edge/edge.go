package edge

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
)

const (
	// MaxSessions is how many sessions there can be at once.
	MaxSessions = 4096
	// MaxRoutes is how many conversations can have routes at once.
	MaxRoutes = 2 * MaxSessions
	// socketBuffer is what the shared port may hold in bytes: 20 ms of MaxSessions, some times over.
	socketBuffer = 4 << 20
)

// What went wrong; the error that is returned names the session and the particulars, and nothing of what a description holds.
var (
	// ErrClosed: the edge is closed.
	ErrClosed = errors.New("the edge is closed")
	// ErrUnknown: no session of this id was offered, or it has ended.
	ErrUnknown = errors.New("there is no such session: offer it first")
	// ErrFull: there are MaxSessions already, or MaxRoutes conversations.
	ErrFull = errors.New("there are too many already")
	// ErrAnswer: a description is none, or does not answer the offer.
	ErrAnswer = errors.New("the description does not answer the offer")
	// ErrCandidate: a candidate is none, or one too many.
	ErrCandidate = errors.New("the candidate cannot be used")
	// ErrFlood: the client named more sources (SSRCs) than a session may have; its media has ended.
	ErrFlood = errors.New("the client sent too many sources: end the session")
)

// Config says where the edge listens and whom it tells.
type Config struct {
	// IP is the one address that is offered to clients, as text; "" is 127.0.0.1.
	IP string
	// Port is the UDP port of all sessions; 0 is any that is free.
	Port int
	// Log gets warnings, such as of a machine that is too slow; nil: nobody does. It never gets descriptions or candidates.
	Log *slog.Logger
	// Changed is told when a session's media begins to flow (up), and when it stops though nobody ended the session: the
	// client closed its side, or nothing came from it for five seconds, or nothing more is taken from it. It is called on goroutines of its own, for each session one
	// after the other; a call may still be under way when End returns. It may call any method but Close.
	Changed func(session messages.SessionID, up bool)
}

// Edge is the media end of all sessions. Its methods may be called from any goroutine.
type Edge struct {
	log          *slog.Logger
	changed      func(messages.SessionID, bool)
	port         *ice.UDPMuxDefault
	media        *webrtc.MediaEngine
	certificates []webrtc.Certificate
	address      string

	closing chan struct{}
	work    sync.WaitGroup // the ticker, and peer connections that are being closed

	mu      sync.Mutex
	closed  bool
	legs    map[messages.SessionID]*leg
	farEnds map[messages.ConversationID]*farEnd
	serial  uint64 // of the latest leg
	plan    *plan  // nil: sessions or routes have changed

	mixer   mixer // the ticker's
	skipped skipped
}

// New opens the port and starts to mix.
func New(c Config) (*Edge, error) {
	e, err := open(c)
	if err != nil {
		return nil, err
	}
	e.work.Add(1)
	go e.run()
	return e, nil
}

// open makes an edge that does not tick.
func open(c Config) (*Edge, error) {
	ip := net.ParseIP(cmp.Or(c.IP, "127.0.0.1"))
	if ip == nil || ip.IsUnspecified() {
		return nil, fmt.Errorf("edge: address %q: is no address that clients can be offered: give one such as 127.0.0.1", c.IP)
	}
	media := &webrtc.MediaEngine{}
	if err := media.RegisterCodec(codecPCMU, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("edge: codec: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("edge: key: %w", err)
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("edge: certificate: %w", err)
	}
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: ip, Port: c.Port})
	if err != nil {
		return nil, fmt.Errorf("edge: port: %w", err)
	}
	_ = socket.SetReadBuffer(socketBuffer) // as much as the system allows: less works, too, with fewer sessions
	_ = socket.SetWriteBuffer(socketBuffer)
	return &Edge{
		log:          cmp.Or(c.Log, slog.New(slog.DiscardHandler)),
		changed:      c.Changed,
		port:         ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: socket, Logger: silent{}}),
		media:        media,
		certificates: []webrtc.Certificate{*certificate},
		address:      socket.LocalAddr().String(),
		closing:      make(chan struct{}),
		legs:         map[messages.SessionID]*leg{},
		farEnds:      map[messages.ConversationID]*farEnd{},
		plan:         &plan{},
		mixer:        mixer{plan: &plan{}},
	}, nil
}

// Address is the address and port that clients send to.
func (e *Edge) Address() string { return e.address }

// Close ends all sessions and waits until nothing of the edge runs any more. A second Close does nothing.
func (e *Edge) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		e.work.Wait()
		return nil
	}
	e.closed = true
	sessions := slices.Collect(maps.Keys(e.legs))
	e.mu.Unlock()
	close(e.closing)
	for _, s := range sessions {
		e.End(s)
	}
	e.work.Wait()
	if err := e.port.Close(); err != nil {
		return fmt.Errorf("edge: port: %w", err)
	}
	return nil
}

// Offer is the description to offer to a session's client, with all candidates in it. The first call makes the peer connection;
// later calls renegotiate it, with other ICE credentials if restart says so, which also brings back media that was killed. While
// an offer is not answered, it is returned again. It takes milliseconds.
func (e *Edge) Offer(session messages.SessionID, restart bool) (messages.SDP, error) {
	l, err := e.offered(session)
	if err != nil {
		return "", fmt.Errorf("edge: offer to session %s: %w", session, err)
	}
	sdp, err := l.offer(restart)
	if err != nil {
		return "", fmt.Errorf("edge: offer to session %s: %w", session, err)
	}
	return messages.SDP(sdp), nil
}

// Answer applies the client's answer to the offer, and the candidates that came before it.
func (e *Edge) Answer(session messages.SessionID, sdp messages.SDP) error {
	l, err := e.leg(session)
	if err == nil {
		err = l.answer(sdp.Reveal())
	}
	if err != nil {
		return fmt.Errorf("edge: answer of session %s: %w", session, err)
	}
	return nil
}

// AddCandidate adds a candidate of the client, such as "candidate:1 1 udp 2122260223 192.0.2.2 49152 typ host"; an "a=" before it
// is allowed, and "" or "end-of-candidates" is the end of them. Before the answer is there it waits. The mid may be "", for there is but one
// media section. Candidates that only the client's machine can resolve (mDNS) are of no use and no error: the client reaches us.
func (e *Edge) AddCandidate(session messages.SessionID, mid string, candidate messages.Candidate) error {
	l, err := e.leg(session)
	if err == nil {
		err = l.candidate(mid, candidate.Reveal())
	}
	if err != nil {
		return fmt.Errorf("edge: candidate of session %s: %w", session, err)
	}
	return nil
}

// End closes a session's peer connection; the client notices. An unknown session is none to end.
func (e *Edge) End(session messages.SessionID) {
	e.mu.Lock()
	l := e.legs[session]
	delete(e.legs, session)
	e.plan = nil
	if l != nil {
		e.work.Add(1)
	}
	e.mu.Unlock()
	if l == nil {
		return
	}
	l.ended.Store(true)
	go func() {
		defer e.work.Done()
		l.close()
	}()
}

// Kill makes a session's media die without a word: no packet passes any more, in either direction, and nobody is told. The
// session is still there; an offer with restart brings its media back.
func (e *Edge) Kill(session messages.SessionID) {
	if l, err := e.leg(session); err == nil {
		l.valve.shut.Store(true)
	}
}

// Route says who hears whom in one conversation, from the next 20 ms on. It is cheap: what to mix is worked out by the ticker.
func (e *Edge) Route(r Routes) error {
	if r.Tone != 0 && !(r.Tone >= lowest && r.Tone <= highest) {
		return fmt.Errorf("edge: routes of conversation %s: a tone of %g Hz cannot be heard: choose one of %d to %d, or 0", r.Conversation, r.Tone, lowest, highest)
	}
	r.Listeners, r.Speakers, r.Pairs = slices.Clone(r.Listeners), slices.Clone(r.Speakers), slices.Clone(r.Pairs)
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.farEnds[r.Conversation]
	if f == nil {
		if len(e.farEnds) >= MaxRoutes {
			return fmt.Errorf("edge: routes of conversation %s: %w: forget those that are over", r.Conversation, ErrFull)
		}
		f = &farEnd{heard: newMeter()}
		e.farEnds[r.Conversation] = f
	}
	f.routes = r
	e.plan = nil
	return nil
}

// Forget is the end of a conversation: nobody hears anybody by it, and its far end is gone.
func (e *Edge) Forget(conversation messages.ConversationID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.farEnds, conversation)
	e.plan = nil
}

// Heard is what came from a session in the last second, whoever it was let through to; false: there is no such session.
func (e *Edge) Heard(session messages.SessionID) (Sound, bool) {
	l, err := e.leg(session)
	if err != nil {
		return Sound{Level: Silence}, false
	}
	return l.heard.sound(), true
}

// Told is what was sent to a session in the last second: silence, if its media is not up or was killed; false: there is no such
// session.
func (e *Edge) Told(session messages.SessionID) (Sound, bool) {
	l, err := e.leg(session)
	if err != nil {
		return Sound{Level: Silence}, false
	}
	return l.told.sound(), true
}

// FarHeard is what a conversation's far end heard in the last second; false: it has no routes.
func (e *Edge) FarHeard(conversation messages.ConversationID) (Sound, bool) {
	e.mu.Lock()
	f := e.farEnds[conversation]
	e.mu.Unlock()
	if f == nil {
		return Sound{Level: Silence}, false
	}
	return f.heard.sound(), true
}

// Counts are a session's packets since it was first offered.
type Counts struct {
	Sent     uint64 // to the client
	Received uint64 // from the client, each once
	Lost     uint64 // from the client: the holes in its sequence numbers
	Missing  uint64 // to the client, as its last receiver report says; 0 if it sends none
}

// Counts are the session's packets; false: there is no such session.
func (e *Edge) Counts(session messages.SessionID) (Counts, bool) {
	l, err := e.leg(session)
	if err != nil {
		return Counts{}, false
	}
	received, lost := l.ears.jitter.counts()
	return Counts{Sent: l.voice.sent.Load(), Received: received, Lost: lost, Missing: l.ears.missing.Load()}, true
}

// Sessions are those that were offered and have not ended, in the order of their first offers.
func (e *Edge) Sessions() []messages.SessionID {
	e.mu.Lock()
	legs := slices.SortedFunc(maps.Values(e.legs), func(a, b *leg) int { return cmp.Compare(a.serial, b.serial) })
	e.mu.Unlock()
	sessions := make([]messages.SessionID, len(legs))
	for i, l := range legs {
		sessions[i] = l.session
	}
	return sessions
}

// Skipped is how much sound nobody got since the edge was made, because the machine was too slow to make it in time.
func (e *Edge) Skipped() time.Duration { return time.Duration(e.skipped.frames.Load()) * frameTime }

// Unsent is how many packets sessions with media were not sent for that, and as many of theirs were not heard. Their sequence numbers
// have no holes, so no count of lost packets has them.
func (e *Edge) Unsent() uint64 { return e.skipped.packets.Load() }

// leg is the session's, if there is one.
func (e *Edge) leg(session messages.SessionID) (*leg, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if l := e.legs[session]; l != nil {
		return l, nil
	}
	return nil, ErrUnknown
}

// offered is the session's leg, which it makes if there is none.
func (e *Edge) offered(session messages.SessionID) (*leg, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if l := e.legs[session]; l != nil {
		return l, nil
	}
	if len(e.legs) >= MaxSessions {
		return nil, fmt.Errorf("%w: end those that are over", ErrFull)
	}
	e.serial++
	l, err := e.newLeg(session)
	if err != nil {
		return nil, err
	}
	e.legs[session] = l
	e.plan = nil
	return l, nil
}

// present is what to mix now.
func (e *Edge) present() *plan {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.plan == nil {
		e.plan = newPlan(e.legs, e.farEnds)
	}
	return e.plan
}
