package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// stream is one client's WebSocket. Its reader decodes frames and has the loop take them; its writer encodes what the
// platform says. Whatever is not marked otherwise belongs to the loop.
type stream struct {
	server  *Server
	account *account
	log     *journal
	socket  *websocket.Conn
	number  int // among the client's sockets
	channel string
	rate    *bucket
	out     chan outgoing // to the writer; only the loop puts something in
	end     chan struct{} // closed when the connection is to end
	once    sync.Once
	how     farewell // written before end is closed

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
}

// The close codes (RFC 6455 section 7.4.1).
const (
	closedNormally   = websocket.CloseNormalClosure
	closedAway       = websocket.CloseGoingAway
	closedByPolicy   = websocket.ClosePolicyViolation
	closedAbnormally = websocket.CloseAbnormalClosure
	closedTooBig     = websocket.CloseMessageTooBig
	closedWrongKind  = websocket.CloseUnsupportedData
)

// writePatience is how long one frame may take to be written.
const writePatience = 10 * time.Second

const streamPath = "/stream/channels/"

// serveStream takes a WebSocket to a notification channel (RFC 7395).
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	channel := strings.TrimPrefix(r.URL.Path, streamPath)
	account := s.accounts.ofChannel(channel)
	switch {
	case account != nil && account.offline.Load():
		panic(http.ErrAbortHandler) // closes the connection without an answer
	case account == nil:
		refuse(w, http.StatusNotFound, "there is no such channel")
		return
	case !websocket.IsWebSocketUpgrade(r):
		refuse(w, http.StatusUpgradeRequired, "this is a WebSocket")
		return
	case !offers(r, subprotocol):
		refuse(w, http.StatusBadRequest, "the sub-protocol is "+subprotocol)
		return
	}
	c := s.newStream(account, channel)
	if err := s.admit(r.Context(), c); err != nil {
		refuse(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	socket, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil { // it has answered already
		s.dismiss(c)
		return
	}
	c.socket = socket
	go c.run(context.WithoutCancel(r.Context()))
}

const subprotocol = "xmpp"

func offers(r *http.Request, protocol string) bool {
	for _, offered := range websocket.Subprotocols(r) {
		if offered == protocol {
			return true
		}
	}
	return false
}

func (s *Server) newStream(account *account, channel string) *stream {
	return &stream{
		server: s, account: account, log: account.journal, channel: channel, number: account.nextSocket(),
		rate: newBucket(float64(s.limits.FramesPerSecond), 10*float64(s.limits.FramesPerSecond)),
		out:  make(chan outgoing, s.limits.Backlog), end: make(chan struct{}),
	}
}

// admit has the platform take the connection. The error says why it does not.
func (s *Server) admit(ctx context.Context, c *stream) (err error) {
	posted := s.loop.do(ctx, func() {
		of := 0
		for other := range s.open {
			if other.account.user == c.account.user {
				of++
			}
		}
		switch {
		case s.stopping:
			err = errClosed
		case len(s.open) >= s.limits.Streams:
			err = errors.New("there are too many streams")
		case of >= s.limits.StreamsPerUser:
			err = errors.New("the user has too many streams")
		default:
			if c.peer, err = s.platform.Connect(c.account.user, c.account.phone, c.number, c.channel, c.tell); err == nil {
				s.open[c] = true
				s.streams.Add(1)
				c.peer.WhenPushedOut(func() {
					c.finish(farewell{code: closedByPolicy, reason: "another client has the resource", condition: "conflict"})
				})
			}
		}
	})
	return errors.Join(posted, err)
}

// dismiss has the platform forget the connection.
func (s *Server) dismiss(c *stream) {
	s.loop.post(func() {
		delete(s.open, c)
		c.peer.Gone()
		s.streams.Done()
	})
}

// run serves the connection to its end.
func (c *stream) run(ctx context.Context) {
	limits := c.server.limits
	c.server.metrics.streams.Inc()
	defer c.server.metrics.streams.Dec()
	c.log.note("ws.new", map[string]any{"ws": c.number, "url": c.server.socketHost() + streamPath + c.channel, "protocol": subprotocol})
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
	writer.Go(c.write)
	c.read(ctx)
	writer.Wait()
	_ = c.socket.Close()
	c.server.dismiss(c)
	c.log.note("ws.close", map[string]any{"ws": c.number, "code": c.how.code, "reason": c.how.reason, "clean": c.how.code != closedAbnormally})
}

// finish ends the connection, in one way only. Any goroutine may call it.
func (c *stream) finish(how farewell) {
	c.once.Do(func() {
		c.how = how
		close(c.end)
		if how.condition != "" || how.reason != "" {
			c.server.slog.Info("stream ends", "user", c.account.user.Name, "socket", c.number, "code", how.code, "why", how.reason)
		}
	})
}

// read takes frames until there are no more.
func (c *stream) read(ctx context.Context) {
	alive := func(string) error { return c.socket.SetReadDeadline(time.Now().Add(c.server.limits.Idle)) }
	c.socket.SetPongHandler(alive)
	for {
		if alive("") != nil {
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
		if _, ok := c.rate.take(); !ok {
			c.server.metrics.refused.WithLabelValues("frames").Inc()
			c.finish(farewell{code: closedByPolicy, reason: "too many frames", condition: "policy-violation"})
			return
		}
		c.server.metrics.frames.WithLabelValues("in").Inc()
		if fault := c.take(ctx, frame); fault != nil {
			c.finish(*fault)
			return
		}
	}
}

// partingOf is how a connection ended that cannot be read any more.
func partingOf(err error) farewell {
	var closed *websocket.CloseError
	var late net.Error
	switch {
	case errors.As(err, &closed):
		return farewell{code: closed.Code}
	case errors.Is(err, websocket.ErrReadLimit):
		return farewell{code: closedTooBig, reason: "a frame is too long", condition: "policy-violation"}
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
		c.log.note("ws.send", map[string]any{"ws": c.number, "unreadable": len(frame)})
		return c.refuseFrame(ctx, f)
	}
	c.noteFrame(f, frame)
	next, ok := c.phase.after(f)
	if !ok {
		return &farewell{code: closedByPolicy, reason: "a frame comes out of order", condition: "not-authorized"}
	}
	if auth, is := f.Effect.(messages.SendAuth); is && !c.authorized(auth, f.Token) {
		c.noteAnswer(ctx, messages.SASLFailed{Socket: c.number, Condition: "not-authorized"})
		return &farewell{code: closedByPolicy, reason: "the token is not the user's"}
	}
	c.phase = next
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

// hear gives what a client says of its media to the edge, before the platform hears that it was said. Who does not have the
// session is not heard.
func (c *stream) hear(ctx context.Context, f jingle.ClientFrame) (err error) {
	switch e := f.Effect.(type) {
	case messages.SendAnswer:
		if c.has(ctx, e.Session) {
			err = c.server.sound.answer(e.Session, e.SDP)
		}
	case messages.SendCandidate:
		if c.has(ctx, e.Session) {
			err = c.server.sound.candidate(e)
		}
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
	text := string(frame)
	if _, is := f.Effect.(messages.SendAuth); is {
		text = `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">redacted</auth>`
	}
	c.log.note("ws.send", map[string]any{"ws": c.number, "xml": text})
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
	times, late := c.disturbed(in.Kind())
	if late > 0 {
		c.server.loop.After(late, func() { c.say(outgoing{in: in}) })
		return
	}
	for range times {
		c.say(outgoing{in: in, asked: c.asking})
	}
}

func (c *stream) say(o outgoing) {
	o.to = c.peer.JID()
	select {
	case c.out <- o:
	default:
		c.server.metrics.refused.WithLabelValues("slow").Inc()
		c.finish(farewell{code: closedAbnormally, reason: "the client reads too slowly"})
	}
}
