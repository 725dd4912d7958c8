package media

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// peer is one peer connection.
type peer struct {
	engine *Engine
	ref    messages.Ref
	pc     *webrtc.PeerConnection
	tell   port.Post
	closed atomic.Bool
	meter  meter
	ears   sync.WaitGroup // goroutines that listen

	mu         sync.Mutex
	connection messages.PeerPhase // as posted last
	ice        messages.PeerPhase
	voice      *voice
}

// newPeer follows what pion reports. Its callbacks come on goroutines of their own, in any order: so a state is asked for anew.
func newPeer(e *Engine, ref messages.Ref, pc *webrtc.PeerConnection, post port.Post) *peer {
	p := &peer{engine: e, ref: ref, pc: pc, tell: post}
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { p.connectionChanged() })
	pc.OnICEConnectionStateChange(func(webrtc.ICEConnectionState) { p.iceChanged() })
	pc.OnICECandidate(p.gathered)
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.listen(track) })
	e.joined(p)
	return p
}

// post tells the softphone, unless the peer connection was closed: a browser's says nothing then.
func (p *peer) post(in messages.Input) {
	if !p.closed.Load() {
		p.tell(in)
	}
}

func (p *peer) connectionChanged() {
	p.mu.Lock()
	defer p.mu.Unlock()
	state := messages.PeerPhase(p.pc.ConnectionState().String())
	if state == p.connection {
		return
	}
	p.connection = state
	p.post(messages.PeerConnectionChanged{Peer: p.ref, State: state})
	if p.voice != nil && state == messages.PeerConnected && !p.closed.Load() {
		p.engine.clock.join(p.voice)
	}
}

func (p *peer) iceChanged() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if state := messages.PeerPhase(p.pc.ICEConnectionState().String()); state != p.ice {
		p.ice = state
		p.post(messages.PeerICEChanged{Peer: p.ref, State: state})
	}
}

// gathered passes a candidate on; nil is their end.
func (p *peer) gathered(found *webrtc.ICECandidate) {
	candidate := messages.LocalCandidate{Peer: p.ref, Mid: p.mid()}
	if found != nil {
		candidate.Candidate = messages.Candidate(found.ToJSON().Candidate)
	}
	p.post(candidate)
}

// mid names the media section, of which there is one transport for all.
func (p *peer) mid() string {
	for _, t := range p.pc.GetTransceivers() {
		if mid := t.Mid(); mid != "" {
			return mid
		}
	}
	return "0"
}

// send has the voice of a microphone sent, from when the peer connection is connected.
func (p *peer) send(s *source) error {
	track, err := webrtc.NewTrackLocalStaticRTP(pcmu, "audio", "microphone")
	if err != nil {
		return err
	}
	if _, err := p.pc.AddTrack(track); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.voice = newVoice(track, s)
	if p.connection == messages.PeerConnected && !p.closed.Load() {
		p.engine.clock.join(p.voice)
	}
	return nil
}

// listen measures what comes in until the track ends.
func (p *peer) listen(track *webrtc.TrackRemote) {
	if !p.prick() {
		return
	}
	defer p.ears.Done()
	packet := make([]byte, 1500)
	var header rtp.Header
	for {
		n, _, err := track.Read(packet)
		if err != nil {
			return
		}
		at, err := header.Unmarshal(packet[:n])
		if err == nil && track.Kind() == webrtc.RTPCodecTypeAudio && header.PayloadType == pcmuType {
			p.meter.hear(header.SequenceNumber, packet[at:n])
		}
	}
}

// prick notes that there is one more that listens, unless the peer connection was closed.
func (p *peer) prick() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	open := !p.closed.Load()
	if open {
		p.ears.Add(1)
	}
	return open
}

func (p *peer) sound() Sound {
	s := p.meter.sound()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.voice != nil {
		s.Sent = p.voice.sent.Load()
	}
	return s
}

func (p *peer) close() {
	p.mu.Lock()
	p.closed.Store(true) // what was posted was posted before
	voice := p.voice
	p.mu.Unlock()
	if voice != nil {
		p.engine.clock.leave(voice)
	}
	if err := p.pc.GracefulClose(); err != nil {
		p.engine.cfg.Log.Debug("media: a peer connection was not closed in order", "why", nameOf(err))
	}
	p.ears.Wait()
	p.engine.left(p)
}

// source is an open microphone that may be closed at any time.
type source struct {
	mu   sync.Mutex
	open Source // nil: it was closed
}

func (s *source) read(samples []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		clear(samples)
		return
	}
	s.open.Read(samples)
}

func (s *source) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		s.open.Close()
		s.open = nil
	}
}

// voice is what a peer connection sends. Only the clock speaks it.
type voice struct {
	track   *webrtc.TrackLocalStaticRTP
	source  *source
	sent    atomic.Uint64
	packet  rtp.Packet
	samples [PacketSamples]int16
	payload [PacketSamples]byte
}

// newVoice begins at numbers that nobody can guess (RFC 3550 section 5.1).
func newVoice(track *webrtc.TrackLocalStaticRTP, s *source) *voice {
	v := &voice{track: track, source: s}
	v.packet.Version, v.packet.Marker, v.packet.Payload = 2, true, v.payload[:]
	v.packet.SequenceNumber, v.packet.Timestamp = uint16(rand.Uint32()), rand.Uint32()
	return v
}

// speak sends the next 20 ms.
func (v *voice) speak() {
	v.source.read(v.samples[:])
	encode(v.payload[:], v.samples[:])
	if err := v.track.WriteRTP(&v.packet); err == nil {
		v.sent.Add(1)
	}
	v.packet.Marker = false // it marks the first (RFC 3551 section 4.1)
	v.packet.SequenceNumber++
	v.packet.Timestamp += PacketSamples
}
