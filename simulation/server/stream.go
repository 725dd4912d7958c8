package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/edge"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// stream is one client's WebSocket. Its reader decodes frames and has the loop take them; its writer encodes what the
// platform says. Whatever is not marked otherwise belongs to the loop.
type stream struct {
	server  *Server
	account *account
	log     *journal
	socket  *websocket.Conn                // of those that run it
	cut     atomic.Pointer[websocket.Conn] // the same, for who ends it
	number  int                            // among the client's sockets
	channel string
	rate    *bucket
	out     *queue        // to the writer; only the loop puts something in
	end     chan struct{} // closed when the connection is to end
	once    sync.Once
	goodbye chan struct{} // closed when the client has nothing more to say
	bye     sync.Once
	how     farewell  // written before end is closed
	last    time.Time // by which the writer has to be done; zero: it is not known yet

	peer   *platform.Stream
	phase  phase // the reader's
	asking question
	faults []frameFault
}

// outgoing is something that the platform says, to whom, and what it answers.
type outgoing struct {
	in    messages.Input
	raw   []byte // or a frame as it stands
	to    messages.JID
	asked question
}

// question is an IQ of the client's, while the platform takes it.
type question struct {
	id     string
	effect messages.Effect
	of     messages.JID
}

// farewell is how a connection ends: with a close frame, or without a word (code 1006).
type farewell struct {
	code   int
	reason string
	// condition is the stream error that is told first (RFC 6120 section 4.9), or "".
	condition string
	// heard: the client has ended it, and hears no more.
	heard bool
	// abrupt: what is on its way to the client is thrown away, too: there may be much of it.
	abrupt bool
}

// The close codes (RFC 6455 section 7.4.1).
const (
	closedNormally   = websocket.CloseNormalClosure
	closedAway       = websocket.CloseGoingAway
	closedByPolicy   = websocket.ClosePolicyViolation
	closedAbnormally = websocket.CloseAbnormalClosure
	closedTooBig     = websocket.CloseMessageTooBig
	closedWrongKind  = websocket.CloseUnsupportedData
	closedByError    = websocket.CloseInternalServerErr
)

// writePatience is how long one frame may take to be written; closePatience how long a client may take to close a stream that is
// closed (RFC 7395 section 3.6).
const (
	writePatience = 10 * time.Second
	closePatience = time.Second
)

const streamPath = "/stream/channels/"

// serveStream takes a WebSocket to a notification channel (RFC 7395).
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		w.Header().Set("Upgrade", "websocket")
		refuse(w, http.StatusUpgradeRequired, "this is a WebSocket")
		return
	case !slices.Contains(websocket.Subprotocols(r), subprotocol):
		refuse(w, http.StatusBadRequest, "the sub-protocol is "+subprotocol)
		return
	}
	c, err := s.admit(r.Context(), strings.TrimPrefix(r.URL.Path, streamPath))
	if errors.Is(err, errOffline) {
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	if err != nil {
		refuse(w, statusOf(err), err.Error())
		return
	}
	socket, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil { // it has answered already
		s.loop.post(c.gone)
		s.streams.Done()
		return
	}
	c.socket = socket
	go c.run(context.WithoutCancel(r.Context()))
}

const subprotocol = "xmpp"

// errOffline: nothing gets through to the client.
var errOffline = errors.New("the client's network is down")

// admit has the platform take a connection to a channel. The error says why it does not.
func (s *Server) admit(ctx context.Context, channel string) (*stream, error) {
	return onLoop(s, ctx, func() (*stream, error) {
		of := s.channels[channel]
		if of == nil || s.platform.ChannelOf(channel) == nil {
			return nil, notFound("there is no such channel")
		}
		mine := s.agents[of.user].streams
		switch {
		case of.offline.Load():
			of.noteAttempt(s.newStream(of, channel))
			return nil, errOffline
		case s.stopping:
			return nil, errClosed
		case len(s.open) >= s.limits.Streams:
			return nil, s.tooMany("there are too many streams")
		case len(mine) >= s.limits.StreamsPerUser:
			return nil, s.tooMany("the user has too many streams")
		}
		c := s.newStream(of, channel)
		peer, err := s.platform.Connect(of.user, of.phone, c.number, channel, c.tell)
		if err != nil {
			of.noteAttempt(c)
			return nil, &problem{http.StatusServiceUnavailable, err.Error()}
		}
		c.peer = peer
		peer.WhenPushedOut(func() {
			c.finish(farewell{code: closedByPolicy, reason: "another client has the resource", condition: "conflict"})
		})
		s.open[c], mine[peer] = true, c
		s.streams.Add(1)
		return c, nil
	})
}

// noteAttempt keeps that a client tried to connect and could not: it will try again, and later each time.
func (a *account) noteAttempt(c *stream) {
	a.journal.note("ws.new", c.made())
	a.journal.note("ws.close", map[string]any{"ws": c.number, "code": closedAbnormally, "reason": "", "clean": false})
}

// made is what a client's record says of a socket that it makes.
func (c *stream) made() map[string]any {
	return map[string]any{"ws": c.number, "url": c.server.socketHost() + streamPath + c.channel, "protocol": subprotocol}
}

func (s *Server) tooMany(what string) error {
	s.metrics.refused.WithLabelValues("streams").Inc()
	return &problem{http.StatusServiceUnavailable, what}
}

func (s *Server) newStream(account *account, channel string) *stream {
	return &stream{
		server: s, account: account, log: account.journal, channel: channel, number: account.nextSocket(),
		rate: newBucket(float64(s.limits.FramesPerSecond), 10*float64(s.limits.FramesPerSecond)),
		out:  newQueue(s.limits.Backlog), end: make(chan struct{}), goodbye: make(chan struct{}),
	}
}

// gone has the platform forget the connection, if it has not yet. It is the loop's.
func (c *stream) gone() {
	delete(c.server.open, c)
	delete(c.server.agents[c.account.user].streams, c.peer)
	c.peer.Gone()
}

// cutOff ends the connection from outside: for the platform it is no more from now on. It is the loop's.
func (c *stream) cutOff(code int) {
	c.finish(farewell{code: code})
	c.gone()
}

// run serves the connection to its end.
func (c *stream) run(ctx context.Context) {
	defer c.server.streams.Done()
	limits := c.server.limits
	c.cut.Store(c.socket)
	c.server.metrics.streams.Inc()
	defer c.server.metrics.streams.Dec()
	c.log.note("ws.new", c.made())
	c.log.note("ws.open", map[string]any{"ws": c.number, "protocol": subprotocol})
	c.socket.SetReadLimit(limits.FrameBytes)
	setUp := time.AfterFunc(limits.SetUp, func() {
		_ = c.server.loop.do(ctx, func() {
			if c.peer.Resource() == "" {
				c.finish(farewell{code: closedByPolicy, reason: "the set-up took too long", condition: "connection-timeout"})
			}
		})
	})
	defer setUp.Stop()
	var writer sync.WaitGroup
	writer.Go(func() {
		if !c.survives("writer", c.write) {
			c.out.empty() // what is in there may be what it cannot write
			c.survives("writer", c.part)
		}
		c.server.loop.post(c.gone)
	})
	c.survives("reader", func() { c.read(ctx) })
	writer.Wait()
	c.log.note("ws.close", map[string]any{"ws": c.number, "code": c.how.code, "reason": c.how.reason, "clean": c.how.code != closedAbnormally})
	c.linger()
	_ = c.socket.Close()
}

// What a client still sends after the goodbye, and for how long.
const (
	lingerBytes = 1 << 20
	lingering   = time.Second
)

// linger lets a client that is told goodbye close the connection first, and throws away what it still sends: if that were not
// read, the machine would reset the connection, and the client might not hear the goodbye (RFC 1122 section 4.2.2.13).
func (c *stream) linger() {
	if c.how.code == closedAbnormally || c.how.heard {
		return
	}
	connection := below(c.socket)
	if tcp, is := connection.(*net.TCPConn); is {
		_ = tcp.CloseWrite()
	}
	if connection.SetReadDeadline(time.Now().Add(lingering)) == nil {
		_, _ = io.CopyN(io.Discard, connection, lingerBytes)
	}
}

// finish ends the connection, in one way only. Any goroutine may call it.
func (c *stream) finish(how farewell) {
	c.once.Do(func() {
		c.how = how
		close(c.end)
		if socket := c.cut.Load(); socket != nil && how.code == closedAbnormally {
			cut(socket, how.abrupt)
		}
		if how.condition != "" || how.reason != "" {
			c.server.slog.Info("stream ends", "user", c.account.user.Name, "socket", c.number, "code", how.code, "why", how.reason)
		}
	})
}

// cut closes the connection below a socket, so that whoever waits for it waits no longer. It does not wait itself, as TLS would to
// say goodbye.
func cut(socket *websocket.Conn, abrupt bool) {
	connection := below(socket)
	if tcp, is := connection.(*net.TCPConn); is && abrupt {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

// below is the connection below a socket, and below TLS.
func below(socket *websocket.Conn) net.Conn {
	connection := socket.NetConn()
	if secured, is := connection.(*tls.Conn); is {
		return secured.NetConn()
	}
	return connection
}

// read takes frames until there are no more, or the connection is to end.
func (c *stream) read(ctx context.Context) {
	defer c.silent()
	alive := func() error {
		err := c.socket.SetReadDeadline(time.Now().Add(c.server.limits.Idle))
		switch {
		case c.live():
		case c.how.code == closedNormally && c.phase != closed: // its own <close/> is due
			err = c.socket.SetReadDeadline(time.Now().Add(closePatience))
		default: // the writer has set another one, or is about to
			err = os.ErrDeadlineExceeded
		}
		return err
	}
	c.socket.SetPongHandler(func(string) error { return errors.Join(c.count(), alive()) })
	c.socket.SetPingHandler(func(about string) error {
		return errors.Join(c.count(), alive(), c.socket.WriteControl(websocket.PongMessage, []byte(about), time.Now().Add(writePatience)))
	})
	for {
		if alive() != nil {
			c.finish(farewell{code: closedAbnormally})
			return
		}
		kind, frame, err := c.socket.ReadMessage()
		if err != nil {
			c.finish(partingOf(err))
			return
		}
		if kind != websocket.TextMessage {
			c.finish(farewell{code: closedWrongKind, reason: "not a text frame", condition: "unsupported-encoding"})
			return
		}
		if err := c.count(); err != nil {
			c.finish(partingOf(err))
			return
		}
		c.server.metrics.framesIn.Inc()
		if fault := c.take(ctx, frame); fault != nil {
			c.finish(*fault)
			return
		}
	}
}

// errFlood: frames come faster than they may.
var errFlood = errors.New("too many frames")

// silent notes that the client has nothing more to say. It is the reader's.
func (c *stream) silent() { c.bye.Do(func() { close(c.goodbye) }) }

// count counts a frame of any kind.
func (c *stream) count() error {
	if _, ok := c.rate.take(); !ok {
		c.server.metrics.refused.WithLabelValues("frames").Inc()
		return errFlood
	}
	return nil
}

// partingOf is how a connection ends that is not read any more.
func partingOf(err error) farewell {
	var closed *websocket.CloseError
	var late net.Error
	switch {
	case errors.As(err, &closed):
		return farewell{code: closed.Code, heard: true}
	case errors.Is(err, errFlood):
		return farewell{code: closedByPolicy, reason: errFlood.Error(), condition: "policy-violation"}
	case errors.Is(err, websocket.ErrReadLimit):
		return farewell{code: closedTooBig, reason: "a frame is too long", heard: true} // the library has closed it
	case errors.As(err, &late) && late.Timeout():
		return farewell{code: closedByPolicy, reason: "the client has been silent for too long", condition: "connection-timeout"}
	default:
		return farewell{code: closedAbnormally}
	}
}

// take decodes a frame and has the platform take it. A client that does not keep to the protocol is shown the door.
func (c *stream) take(ctx context.Context, frame []byte) *farewell {
	f, err := jingle.DecodeClient(frame)
	if err != nil {
		c.log.unreadable(c.number, frame)
		return c.refuseFrame(ctx, f)
	}
	next, ok := c.phase.after(f)
	if !ok {
		c.log.unreadable(c.number, frame)
		return &farewell{code: closedByPolicy, reason: "a frame comes out of order", condition: "not-authorized"}
	}
	c.noteFrame(f, frame)
	switch e := f.Effect.(type) {
	case messages.SendAuth:
		if !c.authorized(e, f.Token) {
			c.noteAnswer(ctx, messages.SASLFailed{Socket: c.number, Condition: "not-authorized"})
			return &farewell{code: closedByPolicy, reason: "the token is not the user's"}
		}
	case messages.SendBind:
		if len(e.Resource) > resourceMax {
			c.refuseIQ(ctx, f, "bad-request")
			return nil
		}
	}
	if c.phase = next; next == closed {
		c.silent()
	}
	if err := c.hear(ctx, f); err != nil {
		c.server.slog.Warn("a client's media cannot be had", "user", c.account.user.Name, "kind", f.Effect.Kind(), "why", err)
		c.refuseIQ(ctx, f, "not-acceptable")
		return nil
	}
	if err := c.server.loop.do(ctx, func() { c.deliver(f) }); err != nil {
		return &farewell{code: closedAway, reason: "the server is shutting down"}
	}
	return nil
}

// resourceMax is how many bytes a resource may have (RFC 7622 section 3.4).
const resourceMax = 1023

// hear gives what a client says of its media to the edge, before the platform hears that it was said. Who does not have the
// session is not heard.
func (c *stream) hear(ctx context.Context, f jingle.ClientFrame) (err error) {
	sound := &c.server.sound
	if sound.edge == nil {
		return nil
	}
	switch e := f.Effect.(type) {
	case messages.SendAnswer:
		if c.has(ctx, e.Session) {
			err = sound.edge.Answer(e.Session, e.SDP)
		}
	case messages.SendCandidate:
		if c.has(ctx, e.Session) {
			err = sound.edge.AddCandidate(e.Session, e.Mid, e.Candidate)
		}
	}
	if errors.Is(err, edge.ErrUnknown) {
		return nil // it has ended meanwhile, which the client is about to hear
	}
	return err
}

// has tells whether the client has a session.
func (c *stream) has(ctx context.Context, id messages.SessionID) (has bool) {
	_ = c.server.loop.do(ctx, func() {
		session := c.server.platform.Session(id)
		has = session != nil && !session.Ended && session.User() == c.account.user && session.Phone() == c.peer.Phone()
	})
	return has
}

// refuseFrame answers a frame that cannot be taken. What asked for something is told why; anything else ends the stream.
func (c *stream) refuseFrame(ctx context.Context, f jingle.ClientFrame) *farewell {
	switch {
	case f.IQ != "" && f.Condition != "" && c.phase == bound:
		c.refuseIQ(ctx, f, f.Condition)
		return nil
	case f.Condition != "" && c.phase == opened:
		c.noteAnswer(ctx, messages.SASLFailed{Socket: c.number, Condition: f.Condition})
		return &farewell{code: closedByPolicy, reason: "a login that cannot be read"}
	default:
		return &farewell{code: closedByPolicy, reason: "a frame cannot be read", condition: "bad-format"}
	}
}

// deliver gives a frame to the platform. It is the loop's.
func (c *stream) deliver(f jingle.ClientFrame) {
	switch {
	case f.Reject != "":
		c.peer.Reject(f.Reject)
	case f.Effect != nil:
		c.asking = question{id: f.IQ, effect: f.Effect, of: f.To}
		c.peer.Receive(messages.EffectID(f.IQ), f.Effect)
		c.asking = question{}
	case f.IQ != "" && f.Condition != "":
		c.refuse(f, f.Condition)
	}
}

// authorized tells whether a token is one of the channel's user, under the user's address.
func (c *stream) authorized(auth messages.SendAuth, token messages.Token) bool {
	of := c.server.accounts.of(token)
	return of != nil && of.user == c.account.user && auth.JID == c.account.user.Bare()
}

// noteFrame keeps a frame of the client's, without the secret that it may hold.
func (c *stream) noteFrame(f jingle.ClientFrame, frame []byte) {
	if _, is := f.Effect.(messages.SendAuth); is {
		frame = []byte(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">redacted</auth>`)
	}
	c.log.frame("ws.send", c.number, frame)
}

// noteAnswer has something said by the server itself, before the platform knows the client.
func (c *stream) noteAnswer(ctx context.Context, in messages.Input) {
	_ = c.server.loop.do(ctx, func() { c.tell(in) })
}

func (c *stream) refuseIQ(ctx context.Context, f jingle.ClientFrame, condition string) {
	_ = c.server.loop.do(ctx, func() { c.refuse(f, condition) })
}

// refuse answers an IQ with an error. It is the loop's.
func (c *stream) refuse(f jingle.ClientFrame, condition string) {
	c.asking = question{id: f.IQ, effect: f.Effect, of: f.To}
	c.tell(messages.IQAnswered{Effect: messages.EffectID(f.IQ), Condition: condition})
	c.asking = question{}
}

// tell has something said to the client, after what was said before (platform.Connect). It is the loop's.
func (c *stream) tell(in messages.Input) {
	o := outgoing{in: in, asked: c.asking}
	times, late := c.disturbed(in.Kind())
	say := func() {
		for range times {
			c.say(o)
		}
	}
	if late > 0 {
		c.server.loop.After(late, say)
		return
	}
	say()
}

// say puts something into the writer's queue. A client that reads so slowly that the queue is full is let go.

func (c *stream) say(o outgoing) {
	if !c.live() {
		return
	}
	if o.to = c.peer.JID(); !c.out.put(o) {
		c.server.metrics.refused.WithLabelValues("slow").Inc()
		c.finish(farewell{code: closedAbnormally, reason: "the client reads too slowly", abrupt: true})
	}
}
