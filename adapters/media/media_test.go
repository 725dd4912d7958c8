package media_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/adapters/media"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// far is the platform's end of a call: it offers, and sends back every packet that it hears.
type far struct {
	t       *testing.T
	pc      *webrtc.PeerConnection
	mu      sync.Mutex
	payload int // packets that came
	drop    func(sequence uint16) bool
}

func newFar(t *testing.T, codec webrtc.RTPCodecCapability, number webrtc.PayloadType) *far {
	t.Helper()
	codecs, settings := &webrtc.MediaEngine{}, webrtc.SettingEngine{}
	must(t, codecs.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: codec, PayloadType: number}, webrtc.RTPCodecTypeAudio))
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(net.IP.IsLoopback)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(codecs), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	f := &far{t: t, pc: pc}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	back, err := webrtc.NewTrackLocalStaticRTP(codec, "audio", "far")
	must(t, err)
	_, err = pc.AddTrack(back)
	must(t, err)
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.payload++
			drop := f.drop != nil && f.drop(packet.SequenceNumber)
			f.mu.Unlock()
			if !drop {
				_ = back.WriteRTP(packet)
			}
		}
	})
	return f
}

// offer is the far end's, with its candidates.
func (f *far) offer() messages.SDP {
	f.t.Helper()
	offer, err := f.pc.CreateOffer(nil)
	must(f.t, err)
	gathered := webrtc.GatheringCompletePromise(f.pc)
	must(f.t, f.pc.SetLocalDescription(offer))
	<-gathered
	return messages.SDP(f.pc.LocalDescription().SDP)
}

func (f *far) take(answer messages.SDP) {
	f.t.Helper()
	must(f.t, f.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.Reveal()}))
}

func (f *far) received() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.payload
}

// heard is what a softphone is told of its peer connections.
type heard struct {
	mu  sync.Mutex
	all []messages.Input
}

func (h *heard) post(in messages.Input) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, in)
}

func (h *heard) told() []messages.Input {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]messages.Input(nil), h.all...)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func newEngine(t *testing.T) *media.Engine {
	t.Helper()
	e, err := media.NewEngine(media.Config{Loopback: true, IP: net.IP.IsLoopback, WithoutServers: true})
	must(t, err)
	t.Cleanup(e.Wait)
	return e
}

const session = messages.Ref(7)

// call connects a softphone's media to a far end, candidates trickling.
func call(t *testing.T, m *media.Media, f *far) *heard {
	t.Helper()
	h := &heard{}
	must(t, m.RequestMicrophone(t.Context(), session))
	must(t, m.CreatePeer(messages.CreatePeer{Peer: session, Servers: []messages.ICEServer{{Type: "stun", Host: "127.0.0.1", Port: "1"}}}, h.post))
	must(t, m.Describe(t.Context(), session, f.offer()))
	must(t, m.AddMicrophone(session))
	answer, err := m.MakeAnswer(t.Context(), session)
	must(t, err)
	f.take(answer)
	eventually(t, "the end of candidates", func() bool {
		for _, in := range h.told() {
			if c, ok := in.(messages.LocalCandidate); ok && c.Candidate == "" {
				return true
			}
		}
		return false
	})
	for _, in := range h.told() {
		if c, ok := in.(messages.LocalCandidate); ok {
			if c.Mid != "0" || c.Peer != session {
				t.Errorf("a candidate of %d in section %q", c.Peer, c.Mid)
			}
			must(t, f.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: c.Candidate.Reveal(), SDPMid: &c.Mid}))
		}
	}
	return h
}

// pcmu is the codec of both ends.
var pcmu = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}

// The far end sends back what it hears, so the softphone hears its own tone.
func TestACallIsHeard(t *testing.T) {
	e := newEngine(t)
	m := e.Media(media.Tone{Frequency: 440, Level: -20})
	f := newFar(t, pcmu, 0)
	h := call(t, m, f)
	var sound media.Sound
	eventually(t, "a second of sound", func() bool { sound, _ = m.Sound(session); return sound.Level > media.Silent })
	if math.Abs(sound.Frequency-440) > 5 || math.Abs(sound.Level+20) > 1 {
		t.Errorf("a tone of 440 Hz at -20 dB comes back with %.1f Hz at %.1f dB", sound.Frequency, sound.Level)
	}
	if sound.Lost != 0 || sound.Received > sound.Sent {
		t.Errorf("counted %+v", sound)
	}

	m.StopMicrophone(session)
	eventually(t, "silence without a microphone", func() bool { sound, _ = m.Sound(session); return sound.Level == media.Silent })

	before := len(h.told())
	m.ClosePeer(session)
	m.ClosePeer(session)
	if after := h.told(); len(after) != before {
		t.Errorf("a peer connection that is closed says %+v", after[before:])
	}
	if _, ok := m.Sound(session); ok || len(m.Peers()) != 0 {
		t.Error("a peer connection that is closed is known")
	}
	if total := e.Total(); total.Received < sound.Received || total.Sent < sound.Sent {
		t.Errorf("in total %+v, after %+v", total, sound)
	}
	states(t, h.told())
}

// states checks that the states came in the order of a browser, each once.
func states(t *testing.T, told []messages.Input) {
	t.Helper()
	var connection, ice []string
	for _, in := range told {
		switch in := in.(type) {
		case messages.PeerConnectionChanged:
			connection = append(connection, string(in.State))
		case messages.PeerICEChanged:
			ice = append(ice, string(in.State))
		}
	}
	if got := strings.Join(connection, " "); !strings.HasSuffix("connecting connected", got) || got == "" {
		t.Errorf("the connection went through %q", got)
	}
	if got := strings.Join(ice, " "); !strings.HasSuffix("checking connected", got) || got == "" {
		t.Errorf("ICE went through %q", got)
	}
}

func TestLostPacketsAreCounted(t *testing.T) {
	e := newEngine(t)
	m := e.Media(media.Silence{})
	f := newFar(t, pcmu, 0)
	f.drop = func(sequence uint16) bool { return sequence%5 == 0 }
	call(t, m, f)
	var sound media.Sound
	eventually(t, "fifty packets", func() bool { sound, _ = m.Sound(session); return sound.Received >= 50 })
	if share := float64(sound.Lost) / float64(sound.Lost+sound.Received); math.Abs(share-0.2) > 0.03 {
		t.Errorf("of five packets one is dropped, and counted are %+v", sound)
	}
	m.ClosePeer(session)
}

// The far end may offer anew in the same session.
func TestAnOfferComesAgain(t *testing.T) {
	e := newEngine(t)
	m := e.Media(media.Silence{})
	f := newFar(t, pcmu, 0)
	call(t, m, f)
	eventually(t, "sound at the far end", func() bool { return f.received() > 0 })
	must(t, m.Describe(t.Context(), session, f.offer()))
	answer, err := m.MakeAnswer(t.Context(), session)
	must(t, err)
	f.take(answer)
	n := f.received()
	eventually(t, "sound after it", func() bool { return f.received() > n+10 })
	m.ClosePeer(session)
}

func TestWhatCannotBeDone(t *testing.T) {
	e := newEngine(t)
	m := e.Media(nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	answered := func(_ messages.SDP, err error) error { return err }
	const private = "192.0.2.77"
	is := func(what string, err error, name string) {
		t.Helper()
		if known := (*port.MediaError)(nil); !errors.As(err, &known) || known.Name != name || strings.Contains(err.Error(), private) {
			t.Errorf("%s: %v, want %s", what, err, name)
		}
	}
	is("an offer to nobody", m.Describe(t.Context(), session, "v=0"), "InvalidStateError")
	is("an answer of nobody", answered(m.MakeAnswer(t.Context(), session)), "InvalidStateError")
	is("a candidate for nobody", m.AddCandidate(messages.AddCandidate{Peer: session}), "InvalidStateError")
	is("a microphone for nobody", m.AddMicrophone(session), "InvalidStateError")
	m.ClosePeer(session)
	m.StopMicrophone(session)

	h := &heard{}
	must(t, m.CreatePeer(messages.CreatePeer{Peer: session}, h.post))
	is("a second peer connection", m.CreatePeer(messages.CreatePeer{Peer: session}, h.post), "InvalidStateError")
	is("no microphone", m.AddMicrophone(session), "InvalidStateError")
	is("an answer to nothing", answered(m.MakeAnswer(t.Context(), session)), "InvalidStateError")
	is("a candidate before the offer", m.AddCandidate(messages.AddCandidate{Peer: session, Mid: "0", Candidate: "candidate:1 1 udp 1 " + private + " 9 typ host"}), "InvalidStateError")
	is("nonsense", m.Describe(t.Context(), session, messages.SDP("v=0\r\nc=IN IP4 "+private+"\r\nnonsense")), "OperationError")
	is("an offer after the end", m.Describe(ended, session, "v=0"), "AbortError")
	is("an answer after the end", answered(m.MakeAnswer(ended, session)), "AbortError")
	m.ClosePeer(session)
	if told := h.told(); len(told) != 0 {
		t.Errorf("a peer connection without an offer says %+v", told)
	}
	is("a server without a kind", withServers(t).CreatePeer(messages.CreatePeer{Peer: session, Servers: []messages.ICEServer{{Type: "x", Host: private}}}, h.post), "InvalidAccessError")
}

func withServers(t *testing.T) *media.Media {
	e, err := media.NewEngine(media.Config{})
	must(t, err)
	return e.Media(nil)
}

// An offer with another codec has no answer that carries sound.
func TestAnotherCodec(t *testing.T) {
	e := newEngine(t)
	m := e.Media(nil)
	f := newFar(t, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeG722, ClockRate: 8000}, 9)
	h := &heard{}
	must(t, m.RequestMicrophone(t.Context(), session))
	must(t, m.CreatePeer(messages.CreatePeer{Peer: session}, h.post))
	err := m.Describe(t.Context(), session, f.offer())
	if err == nil {
		err = m.AddMicrophone(session)
	}
	var answer messages.SDP
	if err == nil {
		answer, err = m.MakeAnswer(t.Context(), session)
	}
	if err == nil && strings.Contains(answer.Reveal(), "m=audio 9 ") {
		t.Errorf("G.722 was answered with\n%s", answer.Reveal())
	}
	m.ClosePeer(session)
	m.StopMicrophone(session)
}

// denied is a microphone that nobody gets.
type denied struct{ why error }

func (d denied) Open(context.Context, messages.Ref) (media.Source, error) { return nil, d.why }

func TestTheMicrophoneIsDenied(t *testing.T) {
	e := newEngine(t)
	for why, name := range map[error]string{
		io.ErrUnexpectedEOF:                       "NotReadableError",
		&port.MediaError{Name: "NotAllowedError"}: "NotAllowedError",
	} {
		err := e.Media(denied{why}).RequestMicrophone(t.Context(), session)
		if known := (*port.MediaError)(nil); !errors.As(err, &known) || known.Name != name {
			t.Errorf("%v is told as %v", why, err)
		}
	}
}
