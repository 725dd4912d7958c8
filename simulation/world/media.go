package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// media is one session's peer connection and microphone.
type media struct {
	phone      *Phone
	peer       messages.Ref
	session    messages.SessionID // known once the answer was sent
	microphone bool
	exists     bool
	up         bool // media flows: set by flows
	dead       bool // it failed or died: it does not come back
	alone      bool // the edge has ended the session
}

func (p *Phone) mediaFor(peer messages.Ref) *media {
	m := p.media[peer]
	if m == nil {
		m = &media{phone: p, peer: peer}
		p.media[peer] = m
	}
	return m
}

// medias are the phone's peer connections in order of birth.
func (p *Phone) medias() []*media {
	all := make([]*media, 0, len(p.media))
	for _, m := range p.media {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *media) int { return int(a.peer) - int(b.peer) })
	return all
}

// mediaOf is the newest peer connection of a session, or nil.
func (p *Phone) mediaOf(session messages.SessionID) *media {
	for _, m := range slices.Backward(p.medias()) {
		if m.session == session && m.exists {
			return m
		}
	}
	return nil
}

// LiveMedia are the sessions whose peer connections are up, in order of birth.
func (p *Phone) LiveMedia() (sessions []messages.SessionID) {
	for _, m := range p.medias() {
		if m.exists && m.up {
			sessions = append(sessions, m.session)
		}
	}
	return sessions
}

const (
	answering = 8 * time.Millisecond
	gathering = 10 * time.Millisecond
)

func (p *Phone) performMedia(out runtime.Output) {
	switch e := out.Effect.(type) {
	case messages.RequestMicrophone:
		p.waits(out)
		p.openMicrophone(out.ID, p.mediaFor(e.Peer))
	case messages.StopMicrophone:
		m := p.mediaFor(e.Peer)
		m.microphone = false
		p.letGo(m)
	case messages.CreatePeer:
		p.Cost.Peers++
		p.mediaFor(e.Peer).exists = true
	case messages.Describe:
		p.waits(out)
		p.operation(out, p.mediaFor(e.Peer), p.world.cfg.Options.DescribeDelay, "")
	case messages.MakeAnswer:
		p.waits(out)
		m := p.mediaFor(e.Peer)
		p.operation(out, m, answering, messages.SDP(fmt.Sprintf("v=0\r\ns=%s %d\r\n", p.Name, e.Peer)))
		p.world.After(gathering, func() { m.gathered() })
	case messages.ClosePeer:
		m := p.mediaFor(e.Peer)
		m.exists = false
		m.flows(false)
		p.letGo(m)
	}
}

// letGo forgets a session's media when there is nothing left of it.
func (p *Phone) letGo(m *media) {
	if !m.exists && !m.microphone {
		delete(p.media, m.peer)
	}
}

func (p *Phone) openMicrophone(id messages.EffectID, m *media) {
	p.world.After(p.delay("microphone", p.world.cfg.Options.MicrophoneDelay), func() {
		if p.Microphone != nil {
			denied := *p.Microphone
			denied.Effect = id
			p.Tell(denied)
			return
		}
		m.microphone = true
		p.Tell(messages.MicrophoneGranted{Effect: id})
	})
}

// operation answers what was asked of a peer connection; one that is closed says no, and so does one of whose operation a
// failure was asked for.
func (p *Phone) operation(out runtime.Output, m *media, takes time.Duration, local messages.SDP) {
	_, fails := p.takeFailing(out.Effect.Kind())
	id := out.ID
	p.world.After(takes, func() {
		if fails && m.exists {
			p.Tell(messages.PeerRejected{Effect: id, Name: "OperationError", Message: "the operation failed"})
			return
		}
		if !m.exists {
			p.Tell(messages.PeerRejected{Effect: id, Name: "InvalidStateError", Message: "the peer connection is closed"})
			return
		}
		p.Tell(messages.PeerDone{Effect: id, SDP: local})
	})
}

// gathered tells the candidates: one of the machine, and the end.
func (m *media) gathered() {
	if !m.exists {
		return
	}
	m.phone.Tell(messages.LocalCandidate{Peer: m.peer, Mid: "0", Candidate: "candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host"})
	m.phone.Tell(messages.LocalCandidate{Peer: m.peer, Mid: "0"})
}

// described: the answer has reached the edge, so ICE and then DTLS begin to run; if the edge has ended the session, ICE fails.
func (p *Phone) described(e messages.SendAnswer) {
	m := p.mediaFor(e.Peer)
	m.session = e.Session
	if m.up || m.dead || !m.exists {
		return
	}
	if s := p.world.Platform.Session(e.Session); s != nil && s.Ended {
		m.alone = true
		p.world.After(givenUp, m.fail)
		return
	}
	options := p.world.cfg.Options
	ice := p.delay("ice", options.ICEDelay)
	p.world.After(ice, func() { m.ice(messages.PeerConnected) })
	p.world.After(ice+p.delay("dtls", options.DTLSDelay), func() { m.connected() })
}

func (m *media) ice(state messages.PeerPhase) {
	if m.exists && !m.dead && !m.phone.offline {
		m.phone.Tell(messages.PeerICEChanged{Peer: m.peer, State: state})
	}
}

func (m *media) connected() {
	if !m.exists || m.dead || m.alone || m.phone.offline {
		return
	}
	m.flows(true)
	m.phone.Tell(messages.PeerConnectionChanged{Peer: m.peer, State: messages.PeerConnected})
}

// flows notes that media flows or has stopped; the edge notices.
func (m *media) flows(up bool) {
	m.up = up
	m.phone.world.Platform.Media(m.session, up)
}

// When media stops: ICE notices first.
const (
	noticed = 50 * time.Millisecond
	givenUp = 10 * time.Second
)

// interrupt stops the media; if it does not recover in time, it fails.
func (m *media) interrupt() {
	if !m.up {
		return
	}
	m.flows(false)
	m.change(messages.PeerDisconnected)
	m.phone.world.After(givenUp, func() {
		if !m.up {
			m.fail()
		}
	})
}

func (m *media) recover() {
	if m.up || m.dead || m.alone || !m.exists || m.session == "" {
		return
	}
	m.flows(true)
	m.change(messages.PeerConnected)
}

func (m *media) fail() {
	if m.dead || !m.exists {
		return
	}
	m.dead = true
	m.flows(false)
	m.change(messages.PeerFailed)
}

// deserted is how long a machine takes to notice that nobody sends any more.
const deserted = 8 * time.Second

// abandoned lets the media of a session stop that the edge has ended, whether its client has heard of that or not.
func (w *World) abandoned(s *platform.Session) {
	phone := w.Phone(s.User().Name, s.Phone())
	if s.Phone() == "" || phone == nil {
		return
	}
	m := phone.mediaOf(s.ID)
	if m == nil {
		return
	}
	m.alone = true
	w.After(deserted, func() {
		if m.exists {
			m.interrupt()
		}
	})
}

// change tells ICE's state and, a moment later, the connection's.
func (m *media) change(to messages.PeerPhase) {
	m.phone.Tell(messages.PeerICEChanged{Peer: m.peer, State: to})
	m.phone.world.After(noticed, func() {
		if m.exists {
			m.phone.Tell(messages.PeerConnectionChanged{Peer: m.peer, State: to})
		}
	})
}

// die ends the media without an event, as a machine's sleep does.
func (m *media) die() {
	if m.dead || !m.exists {
		return
	}
	m.dead = true
	m.flows(false)
	m.phone.Tell(messages.PeerConnectionChanged{Peer: m.peer, State: messages.PeerClosed, Silent: true})
}

// DisturbMedia does something to the media of a session: disconnects, recovers, fails or dies. The error says what it can.
func (p *Phone) DisturbMedia(session messages.SessionID, how string) error {
	m := p.mediaOf(session)
	if m == nil {
		return fmt.Errorf("world: %s has no media for session %s", p, session)
	}
	switch how {
	case "disconnects":
		m.interrupt()
	case "recovers":
		m.recover()
	case "fails":
		m.fail()
	case "dies":
		m.die()
	default:
		return fmt.Errorf("world: media %s: media disconnects, recovers, fails or dies", how)
	}
	return nil
}
