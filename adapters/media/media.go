package media

import (
	"context"
	"errors"
	"sync"

	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Media is the port.Media of one softphone. Its errors are *port.MediaError, in the words of a browser; none has an address or a
// description in it.
type Media struct {
	engine     *Engine
	microphone Microphone

	mu      sync.Mutex
	peers   map[messages.Ref]*peer
	sources map[messages.Ref]*source
}

var _ port.Media = (*Media)(nil)

// RequestMicrophone opens the microphone; see port.Media. A session that has one keeps it.
func (m *Media) RequestMicrophone(ctx context.Context, ref messages.Ref) error {
	if m.source(ref) != nil {
		return nil
	}
	opened, err := m.microphone.Open(ctx, ref)
	if err != nil {
		if named := (*port.MediaError)(nil); errors.As(err, &named) {
			return err
		}
		return &port.MediaError{Name: "NotReadableError", Message: "the microphone cannot be opened"}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources[ref] = &source{open: opened}
	return nil
}

// StopMicrophone gives the microphone back; see port.Media. Silence is sent from then on.
func (m *Media) StopMicrophone(ref messages.Ref) {
	m.mu.Lock()
	s := m.sources[ref]
	delete(m.sources, ref)
	m.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// CreatePeer makes a peer connection; see port.Media.
func (m *Media) CreatePeer(order messages.CreatePeer, post port.Post) error {
	if m.peer(order.Peer) != nil {
		return invalidState("there is a peer connection")
	}
	configuration, err := m.engine.configuration(order)
	if err != nil {
		return &port.MediaError{Name: "OperationError", Message: err.Error()}
	}
	pc, err := m.engine.api.NewPeerConnection(configuration)
	if err != nil {
		return named(err, "the peer connection cannot be made: look at its ICE servers")
	}
	p := newPeer(m.engine, order.Peer, pc, post)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.peers[order.Peer] = p
	return nil
}

// Describe sets the remote description, an offer; see port.Media.
func (m *Media) Describe(ctx context.Context, ref messages.Ref, offer messages.SDP) error {
	p := m.peer(ref)
	switch {
	case p == nil:
		return invalidState("there is no peer connection")
	case ctx.Err() != nil:
		return aborted()
	}
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.Reveal()})
	return named(err, "the offer cannot be taken")
}

// AddMicrophone sends the microphone's sound; see port.Media.
func (m *Media) AddMicrophone(ref messages.Ref) error {
	p, s := m.peer(ref), m.source(ref)
	switch {
	case p == nil:
		return invalidState("there is no peer connection")
	case s == nil:
		return invalidState("there is no microphone")
	}
	return named(p.send(s), "the microphone cannot be sent")
}

// MakeAnswer creates the answer and sets it; see port.Media. It has no candidates: they are posted.
func (m *Media) MakeAnswer(ctx context.Context, ref messages.Ref) (messages.SDP, error) {
	p := m.peer(ref)
	switch {
	case p == nil:
		return "", invalidState("there is no peer connection")
	case ctx.Err() != nil:
		return "", aborted()
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err == nil {
		err = p.pc.SetLocalDescription(answer)
	}
	if err != nil {
		return "", named(err, "there is no answer to the offer: it needs audio as PCMU")
	}
	return messages.SDP(answer.SDP), nil
}

// AddCandidate adds a candidate of the far end; see port.Media. An empty one is their end.
func (m *Media) AddCandidate(order messages.AddCandidate) error {
	p := m.peer(order.Peer)
	if p == nil {
		return invalidState("there is no peer connection")
	}
	err := p.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: order.Candidate.Reveal(), SDPMid: &order.Mid})
	return named(err, "the candidate cannot be taken")
}

// ClosePeer closes the peer connection, and waits until nothing of it runs any more; see port.Media. It posts nothing.
func (m *Media) ClosePeer(ref messages.Ref) {
	m.mu.Lock()
	p := m.peers[ref]
	delete(m.peers, ref)
	m.mu.Unlock()
	if p != nil {
		p.close()
	}
}

// Sound is what a session's peer connection sent and heard so far; not ok: there is none.
func (m *Media) Sound(ref messages.Ref) (s Sound, ok bool) {
	p := m.peer(ref)
	if p == nil {
		return Sound{}, false
	}
	return p.sound(), true
}

// Peers are the sessions that have a peer connection, in no order.
func (m *Media) Peers() (all []messages.Ref) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ref := range m.peers {
		all = append(all, ref)
	}
	return all
}

func (m *Media) peer(ref messages.Ref) *peer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peers[ref]
}

func (m *Media) source(ref messages.Ref) *source {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sources[ref]
}
