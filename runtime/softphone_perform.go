package runtime

import (
	"errors"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// perform carries out one effect, or has it carried out. It does not wait.
func (s *Softphone) perform(step Step, out Output) {
	if !s.gate.Passes(out.Effect) {
		s.log.Debug("softphone: lost: there is no stream to take it", "effect", out.ID, "kind", out.Effect.Kind())
		return
	}
	switch e := out.Effect.(type) {
	case messages.Announce:
		s.announce(step, e.Event)
	case messages.Settle:
		how := settlement{placed: e.Placed}
		if e.Error != nil {
			how.err = &SdkError{Type: e.Error.Type, Name: e.Error.Name, Message: e.Error.Message}
		}
		s.settle(e.Call, how)
	case messages.Request:
		token := s.wire.about.Token
		s.crew.start(func() {
			in := s.ports.REST.Do(s.ctx, token, e)
			in.Effect = out.ID
			s.post(in)
		})
	case messages.RequestMicrophone, messages.StopMicrophone:
		s.orderMicrophone(out)
	case messages.CreatePeer, messages.Describe, messages.AddMicrophone, messages.MakeAnswer, messages.AddCandidate, messages.ClosePeer:
		s.orderPeer(out)
	case messages.OpenSocket, messages.CloseSocket:
		s.orderSocket(out)
	default:
		s.send(out)
	}
}

// announce tells the subscribers. The station that the softphone shows is the one announced last.
func (s *Softphone) announce(step Step, event messages.Event) {
	if changed, ok := event.(messages.StationChanged); ok {
		s.station.Store(changed.Station)
	}
	s.crowd.tell(Event{Seq: step.Seq, At: step.At, Time: s.start.Add(step.At), Event: event})
}

// carriedOut has the journal say that a one-way effect was carried out. An effect that is answered needs no such line, and
// nor does what never leaves the program.
func (s *Softphone) carriedOut(out Output) {
	if s.cfg.Journal == nil || answerOf(out.Effect) != "" {
		return
	}
	s.inbox.put(func() {
		if err := s.cell.Done(out.ID); err != nil {
			s.failed = err
		}
	})
}

// hand carries out what is ordered of a session's media, in order: its peer connection and, beside it, its microphone.
type hand struct {
	peer, microphone         lane
	hasPeer, wantsMicrophone bool
	localDescription         messages.SDP
}

// handFor is the hand for a session. It is kept while there is something to let go of.
func (s *Softphone) handFor(peer messages.Ref, keep bool) *hand {
	h := s.hands[peer]
	if h == nil {
		h = &hand{peer: lane{crew: &s.crew}, microphone: lane{crew: &s.crew}}
	}
	if keep {
		s.hands[peer] = h
	}
	return h
}

func (s *Softphone) forget(peer messages.Ref, h *hand) {
	if !h.hasPeer && !h.wantsMicrophone {
		delete(s.hands, peer)
	}
}

// orderMicrophone performs RequestMicrophone and StopMicrophone.
func (s *Softphone) orderMicrophone(out Output) {
	switch e := out.Effect.(type) {
	case messages.RequestMicrophone:
		h := s.handFor(e.Peer, true)
		h.wantsMicrophone = true
		h.microphone.add(func() {
			if err := s.ports.Media.RequestMicrophone(s.ctx, e.Peer); err != nil {
				why := mediaError(err)
				s.post(messages.MicrophoneDenied{Effect: out.ID, Name: why.Name, Message: why.Message})
				return
			}
			s.post(messages.MicrophoneGranted{Effect: out.ID})
		})
	case messages.StopMicrophone:
		h := s.handFor(e.Peer, false)
		h.wantsMicrophone = false
		h.microphone.add(func() { s.ports.Media.StopMicrophone(e.Peer); s.carriedOut(out) })
		s.forget(e.Peer, h)
	}
}

// orderPeer performs what is ordered of a peer connection.
func (s *Softphone) orderPeer(out Output) {
	media := s.ports.Media
	switch e := out.Effect.(type) {
	case messages.CreatePeer:
		h := s.handFor(e.Peer, true)
		h.hasPeer = true
		heard := func(in messages.Input) { h.peer.add(func() { s.post(in) }) }
		h.peer.add(func() { s.told(out, media.CreatePeer(e, heard)) })
	case messages.Describe:
		s.handFor(e.Peer, false).peer.add(func() { s.answerPeer(out, "", media.Describe(s.ctx, e.Peer, e.SDP)) })
	case messages.MakeAnswer:
		h := s.handFor(e.Peer, false)
		h.peer.add(func() {
			sdp, err := media.MakeAnswer(s.ctx, e.Peer)
			s.inbox.put(func() { h.localDescription = sdp })
			s.answerPeer(out, sdp, err)
		})
	case messages.AddMicrophone:
		s.handFor(e.Peer, false).peer.add(func() { s.told(out, media.AddMicrophone(e.Peer)) })
	case messages.AddCandidate:
		s.handFor(e.Peer, false).peer.add(func() { s.told(out, media.AddCandidate(e)) })
	case messages.ClosePeer:
		h := s.handFor(e.Peer, false)
		h.hasPeer = false
		h.peer.add(func() { media.ClosePeer(e.Peer); s.told(out, nil) })
		s.forget(e.Peer, h)
	}
}

// answerPeer posts the result of an operation on a peer connection.
func (s *Softphone) answerPeer(out Output, local messages.SDP, err error) {
	if err != nil {
		why := mediaError(err)
		s.post(messages.PeerRejected{Effect: out.ID, Name: why.Name, Message: why.Message})
		return
	}
	s.post(messages.PeerDone{Effect: out.ID, SDP: local})
}

// told notes what came of an order to a peer connection that only its failure is told of.
func (s *Softphone) told(out Output, err error) {
	if err != nil {
		s.log.Warn("softphone: media refused an order", "effect", out.ID, "kind", out.Effect.Kind(), "why", mediaError(err).Name)
		s.answerPeer(out, "", err)
		return
	}
	s.carriedOut(out)
}

// mediaError is an error as a browser would name it.
func mediaError(err error) *port.MediaError {
	if known := (*port.MediaError)(nil); errors.As(err, &known) {
		return known
	}
	return &port.MediaError{Name: "OperationError", Message: err.Error()}
}

// letGo gives back what the softphone holds: sockets, peer connections and microphones. The crew does it.
func (s *Softphone) letGo() {
	for peer, h := range s.hands {
		if h.hasPeer {
			h.peer.add(func() { s.ports.Media.ClosePeer(peer) })
		}
		if h.wantsMicrophone {
			h.microphone.add(func() { s.ports.Media.StopMicrophone(peer) })
		}
	}
	for socket, l := range s.wire.sockets {
		l.add(func() { s.ports.Stream.Close(socket) })
	}
}
