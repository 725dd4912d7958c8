package edge

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
)

const (
	candidatesAtMost = 128             // of one session, over all its negotiations
	candidateLength  = 1 << 10         // bytes
	gatherAtMost     = 5 * time.Second // one address needs microseconds
)

// leg is one session's side of the edge.
type leg struct {
	session messages.SessionID
	serial  uint64 // in the order of birth
	pc      *webrtc.PeerConnection
	valve   *valve
	voice   voice
	ears    ears
	heard   *meter // what came
	told    *meter // what was said
	ended   atomic.Bool
	changed func(messages.SessionID, bool)

	mu         sync.Mutex // one negotiation at a time
	candidates int        // so many came
	waiting    []string   // candidates that came while an offer was not answered

	states sync.Mutex
	up     bool

	// The ticker's:
	said    encoded // the frame that came
	speaks  bool    // it is not silence
	flows   bool    // the last frame was sent
	decoded linear  // the frame that came, if anybody needed its samples
	frame   uint64  // when that was
}

// newLeg makes a session's peer connection, with nothing offered yet.
func (e *Edge) newLeg(session messages.SessionID) (*leg, error) {
	l := &leg{session: session, serial: e.serial, valve: &valve{UDPMux: e.port}, heard: newMeter(), told: newMeter(), changed: e.changed}
	l.ears.flooded, l.ears.gone = &l.valve.flooded, make(chan struct{})
	settings := webrtc.SettingEngine{LoggerFactory: silent{}, BufferFactory: l.ears.buffer}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEUDPMux(l.valve)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.DisableActiveTCP(true)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(e.media), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{})). // without one pion takes its own, which do for every packet what nobody asks for here
		NewPeerConnection(webrtc.Configuration{Certificates: e.certificates})
	if err != nil {
		return nil, fmt.Errorf("peer connection: %w", err)
	}
	l.pc = pc
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { l.state() })
	both := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendrecv}
	if _, err := pc.AddTransceiverFromTrack(&l.voice, both); err != nil {
		return nil, errors.Join(fmt.Errorf("audio: %w", err), pc.Close())
	}
	return l, nil
}

// state tells whether media flows, when that changes. It asks, for pion tells each state on a goroutine of its own.
func (l *leg) state() {
	l.states.Lock()
	defer l.states.Unlock()
	var up bool
	switch l.pc.ConnectionState() {
	case webrtc.PeerConnectionStateConnected:
		up = true
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
	default:
		return
	}
	if up == l.up || l.ended.Load() {
		return
	}
	l.up = up
	if l.changed != nil {
		l.changed(l.session, up)
	}
}

func (l *leg) offer(restart bool) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.valve.flooded.Load() {
		return "", ErrFlood
	}
	if l.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer {
		return l.pc.LocalDescription().SDP, nil
	}
	restart = restart && l.pc.CurrentLocalDescription() != nil
	if restart {
		l.valve.shut.Store(false)
	}
	offer, err := l.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err := l.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	select {
	case <-gathered:
		return l.pc.LocalDescription().SDP, nil
	case <-time.After(gatherAtMost):
		return "", fmt.Errorf("no candidates within %v", gatherAtMost)
	}
}

func (l *leg) answer(sdp string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.valve.flooded.Load() {
		return ErrFlood
	}
	if l.pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return fmt.Errorf("%w: no offer is waiting for one", ErrAnswer)
	}
	if err := checkAnswer(sdp); err != nil {
		return err
	}
	if err := l.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return fmt.Errorf("%w: the peer connection refuses it (%T)", ErrAnswer, err) // its text may hold addresses
	}
	waiting := l.waiting
	l.waiting = nil
	for _, c := range waiting {
		_ = l.add(c) // it was looked at when it came; that it is of no use now, the client cannot help
	}
	return nil
}

func (l *leg) candidate(mid, line string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line = strings.TrimPrefix(strings.TrimSpace(line), "a=")
	switch {
	case mid != "" && mid != offeredMid:
		return fmt.Errorf("%w: it is for another media section than %q, the only one", ErrCandidate, offeredMid)
	case line == "" || line == "end-of-candidates":
		return nil // whoever sends from an address that was not named is found all the same: nothing waits for the end
	case len(line) > candidateLength:
		return fmt.Errorf("%w: it has %d bytes, more than %d", ErrCandidate, len(line), candidateLength)
	case l.candidates >= candidatesAtMost:
		return fmt.Errorf("%w: it is one more than %d", ErrCandidate, candidatesAtMost)
	}
	if err := checkCandidate(line); err != nil {
		return err
	}
	l.candidates++
	if l.pc.RemoteDescription() == nil || l.pc.SignalingState() != webrtc.SignalingStateStable {
		l.waiting = append(l.waiting, line)
		return nil
	}
	return l.add(line)
}

func (l *leg) add(line string) error {
	if err := l.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: line}); err != nil {
		return fmt.Errorf("%w: the peer connection refuses it (%T)", ErrCandidate, err)
	}
	return nil
}

// close ends the peer connection and waits until none of its goroutines runs any more.
func (l *leg) close() {
	close(l.ears.gone)
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.pc.GracefulClose() // of a connection that is given up, nothing is left to be done about an error
}

// say sends a frame, unless media is dead or not up.
func (l *leg) say(frame *encoded, timestamp uint32) {
	if l.flows = !l.valve.closed() && l.voice.say(frame, timestamp); !l.flows {
		frame = &silence
	}
	l.told.add(frame)
}

// samples are those of the frame that came; they are worked out at most once a frame.
func (l *leg) samples(frame uint64) *linear {
	if l.frame != frame {
		l.decoded.decode(&l.said)
		l.frame = frame
	}
	return &l.decoded
}
