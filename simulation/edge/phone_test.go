package edge

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
)

// phone is a client in a test: a peer connection of its own, a microphone with a tone in it, and a meter at its loudspeaker.
type phone struct {
	t       testing.TB
	session messages.SessionID
	pc      *webrtc.PeerConnection
	voice   voice
	heard   *meter
	tone    oscillator
	stop    chan struct{}
	work    sync.WaitGroup
}

// call connects a phone that says a tone to the edge: offer, answer, candidates one after the other as they are found.
func call(t testing.TB, e *Edge, session messages.SessionID, hertz float64) *phone {
	t.Helper()
	p := newPhone(t, session, hertz)
	p.negotiate(e, false)
	p.wait("connected", func() bool { return p.pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
	p.work.Add(1)
	go p.speak()
	return p
}

func newPhone(t testing.TB, session messages.SessionID, hertz float64) *phone {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.LoggerFactory = silent{}
	media := &webrtc.MediaEngine{}
	if err := media.RegisterCodec(codecPCMU, webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{t: t, session: session, pc: pc, heard: newMeter(), stop: make(chan struct{})}
	p.tone.tune(hertz)
	if _, err := pc.AddTrack(&p.voice); err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(p.listen)
	t.Cleanup(p.hangUp)
	return p
}

// negotiate answers the edge's offer.
func (p *phone) negotiate(e *Edge, restart bool) {
	p.t.Helper()
	p.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		line := ""
		if c != nil {
			line = c.ToJSON().Candidate
		}
		if err := e.AddCandidate(p.session, "0", messages.Candidate(line)); err != nil {
			p.t.Error(err)
		}
	})
	offer, err := e.Offer(p.session, restart)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.Reveal()}); err != nil {
		p.t.Fatal(err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.pc.SetLocalDescription(answer); err != nil {
		p.t.Fatal(err)
	}
	if err := e.Answer(p.session, messages.SDP(answer.SDP)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *phone) listen(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	var packet rtp.Packet
	var frame encoded
	b := make([]byte, 1500)
	for {
		n, _, err := track.Read(b)
		if err != nil {
			return
		}
		if packet.Unmarshal(b[:n]) == nil && len(packet.Payload) == frameSamples {
			copy(frame[:], packet.Payload)
			p.heard.add(&frame)
		}
	}
}

// speak says the tone into the microphone until the phone hangs up.
func (p *phone) speak() {
	defer p.work.Done()
	var samples linear
	var frame encoded
	ticker := time.NewTicker(frameTime)
	defer ticker.Stop()
	for timestamp := uint32(0); ; timestamp += frameSamples {
		p.tone.next(&samples)
		frame.encode(&samples)
		p.voice.say(&frame, timestamp)
		select {
		case <-ticker.C:
		case <-p.stop:
			return
		}
	}
}

func (p *phone) hangUp() {
	select {
	case <-p.stop:
		return
	default:
	}
	close(p.stop)
	p.work.Wait()
	if err := p.pc.GracefulClose(); err != nil && err != io.EOF {
		p.t.Error(err)
	}
}

// wait waits until something holds.
func (p *phone) wait(what string, holds func() bool) {
	p.t.Helper()
	waitFor(p.t, string(p.session)+" "+what, holds)
}

func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("20 s passed, and still not: %s", what)
		}
	}
}

// inPlay are the tones that the tests use. They are no multiples or sums of each other, so that none is heard where another is cut.
var inPlay = []float64{440, 610, 1130, 2070}

// hears waits until these tones are heard, and no other that is in play; without any, until it is silent.
func hears(t *testing.T, who string, sound func() Sound, frequencies ...float64) {
	t.Helper()
	var last Sound
	defer func() {
		if t.Failed() {
			t.Logf("%s: last heard %+v", who, last)
		}
	}()
	waitFor(t, fmt.Sprint(who, " hears ", frequencies), func() bool {
		last = sound()
		for _, f := range inPlay {
			if last.Hears(f) != slices.Contains(frequencies, f) {
				return false
			}
		}
		return len(frequencies) > 0 || last.Level == Silence
	})
}

// newEdge is an edge for a test.
func newEdge(t testing.TB, c Config) *Edge {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// route sets a conversation's routes.
func route(t testing.TB, e *Edge, r Routes) {
	t.Helper()
	if err := e.Route(r); err != nil {
		t.Fatal(err)
	}
}

// ear is one end to listen at.
func ear[K ~string](of func(K) (Sound, bool), at K) func() Sound {
	return func() Sound {
		s, _ := of(at)
		return s
	}
}

// without is a description without the lines that begin so.
func without(sdp, prefix string) string {
	var kept []string
	for _, line := range strings.SplitAfter(sdp, "\n") {
		if !strings.HasPrefix(line, prefix) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
