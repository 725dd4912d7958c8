package runtime

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// wire is what a softphone knows of its stream beside what the cell knows: ids of stanzas, the token, local descriptions.
type wire struct {
	present int           // the socket that frames go to, 0: none
	sockets map[int]*lane // those that are not closed
	about   port.FrameContext
	prefix  string              // of the ids of our stanzas
	asked   map[string]question // by the id of the IQ
	sweepAt int                 // with how many questions the ones are dropped that nobody waits for any more
}

// question is an IQ of ours that asks.
type question struct {
	id     messages.EffectID
	effect messages.Effect
	to     messages.JID
	socket int
}

const sweepAtLeast = 64

func newWire(cfg SoftphoneConfig) wire {
	return wire{
		sockets: map[int]*lane{}, asked: map[string]question{}, prefix: cfg.IDPrefix, sweepAt: sweepAtLeast,
		about: port.FrameContext{Token: cfg.AccessToken, NotificationHost: "notifications." + cfg.Environment},
	}
}

// orderSocket performs OpenSocket and CloseSocket.
func (s *Softphone) orderSocket(out Output) {
	switch e := out.Effect.(type) {
	case messages.OpenSocket:
		l := &lane{crew: &s.crew}
		s.wire.present, s.wire.sockets[e.Socket] = e.Socket, l
		l.add(func() { s.ports.Stream.Open(e.Socket, e.Channel, s.postStream, s.receive); s.carriedOut(out) })
	case messages.CloseSocket:
		if l := s.wire.sockets[e.Socket]; l != nil {
			l.add(func() { s.ports.Stream.Close(e.Socket); s.carriedOut(out) })
		}
	}
}

// postStream is the Post of the stream: a socket that is closed is forgotten.
func (s *Softphone) postStream(in messages.Input) {
	s.inbox.put(func() {
		if closed, ok := in.(messages.SocketClosed); ok {
			delete(s.wire.sockets, closed.Socket)
		}
		s.handle(in, nil)
	})
}

// send writes the frame of an effect and sends it on the present socket.
func (s *Softphone) send(out Output) {
	w := &s.wire
	about := w.about
	about.IQ = w.prefix + string(out.ID)
	about.RPC = about.IQ
	about.LocalSDP = s.localDescription(out.Effect)
	frame, ok, err := s.ports.Frames.EncodeFrame(out.Effect, about)
	if err != nil {
		s.log.Warn("softphone: a frame cannot be written", "effect", out.ID, "kind", out.Effect.Kind(), "why", err)
		return
	}
	l := w.sockets[w.present]
	if !ok || l == nil {
		return
	}
	socket := w.present
	if answerOf(out.Effect) == byIQ {
		s.sweep()
		w.asked[about.IQ] = question{out.ID, out.Effect, addressee(out.Effect, about.NotificationHost), socket}
	}
	l.add(func() {
		if err := s.ports.Stream.Send(socket, frame); err != nil {
			s.log.Debug("softphone: a frame is lost", "effect", out.ID, "kind", out.Effect.Kind(), "why", err)
			return
		}
		s.carriedOut(out)
	})
}

// localDescription is that of the peer connection which an effect speaks of.
func (s *Softphone) localDescription(effect messages.Effect) messages.SDP {
	var peer messages.Ref
	switch e := effect.(type) {
	case messages.SendAnswer:
		peer = e.Peer
	case messages.SendCandidate:
		peer = e.Peer
	}
	if h := s.hands[peer]; h != nil {
		return h.localDescription
	}
	return ""
}

// addressee is whom an IQ asks; "" is the server.
func addressee(effect messages.Effect, notifications string) messages.JID {
	switch e := effect.(type) {
	case messages.SendServices:
		return messages.JID(e.Domain)
	case messages.SendSubscribe:
		return messages.JID(notifications)
	case messages.SendAnswer:
		return e.To
	case messages.SendCandidate:
		return e.To
	case messages.SendActive:
		return e.To
	case messages.SendTerminate:
		return e.To
	default:
		return ""
	}
}

// sweep drops questions that the cell no longer waits for, now and then: some are never answered.
func (s *Softphone) sweep() {
	w := &s.wire
	if len(w.asked) < w.sweepAt {
		return
	}
	open := s.cell.Unanswered()
	maps.DeleteFunc(w.asked, func(_ string, q question) bool { return !slices.Contains(open, q.id) })
	w.sweepAt = 2*len(w.asked) + sweepAtLeast
}

// receive is the Receive of the stream.
func (s *Softphone) receive(socket int, frame []byte) {
	s.inbox.put(func() { s.received(socket, frame) })
}

// received reads a frame and tells the cell.
func (s *Softphone) received(socket int, frame []byte) {
	f, err := s.ports.Frames.DecodeFrame(socket, frame)
	in := f.Input
	switch {
	case err != nil:
	case f.Answer != nil:
		s.answered(socket, frame, *f.Answer)
		return
	case f.Notification != nil:
		in, err = s.ports.Notifications.DecodeNotification(f.Notification.Topic, f.Notification.Body)
	}
	if err != nil || in == nil {
		s.log.Warn("softphone: a frame cannot be read", "socket", socket, "bytes", len(frame), "why", err)
		return
	}
	s.handle(in, frame)
}

// answered pairs the answer to an IQ with the effect that asked.
func (s *Softphone) answered(socket int, frame []byte, a port.IQAnswer) {
	w := &s.wire
	q, known := w.asked[a.ID]
	switch {
	case !known || q.socket != socket:
		s.log.Debug("softphone: an answer to nothing that was asked", "socket", socket)
		return
	case !port.MayAnswer(a.From, q.to, w.about.Self):
		s.log.Warn("softphone: an answer from someone who was not asked", "socket", socket, "effect", q.id)
		return
	}
	delete(w.asked, a.ID)
	if a.Bound != "" {
		w.about.Self = a.Bound
	}
	for _, in := range port.Answers(q.effect, q.id, a) {
		s.handle(in, frame)
	}
}
