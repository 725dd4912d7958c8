package edge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/messages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A call: both ends hear each other; on hold neither does; a muted agent hears and is not heard.
func TestBothEndsHearEachOther(t *testing.T) {
	t.Parallel()
	e := newEdge(t, Config{})
	ann := call(t, e, "s1", 610)
	callers, agents := ear(e.FarHeard, "c1"), ann.heard.sound
	talking := Routes{Conversation: "c1", Tone: 440, Listeners: []messages.SessionID{"s1"}, Speakers: []messages.SessionID{"s1"}}

	hears(t, "the agent before the call", agents)
	route(t, e, talking)
	hears(t, "the agent", agents, 440)
	hears(t, "the caller", callers, 610)
	hears(t, "the edge, of the agent", ear(e.Heard, "s1"), 610)
	hears(t, "the edge, to the agent", ear(e.Told, "s1"), 440)

	held := Routes{Conversation: "c1", Tone: 440}
	route(t, e, held)
	hears(t, "the agent on hold", agents)
	hears(t, "the caller on hold", callers)

	muted := talking
	muted.Speakers = nil
	route(t, e, muted)
	hears(t, "the muted agent", agents, 440)
	hears(t, "the muted agent's caller", callers)

	route(t, e, talking)
	hears(t, "the caller again", callers, 610)
	e.Forget("c1")
	hears(t, "the agent after the call", agents)
	if _, ok := e.FarHeard("c1"); ok {
		t.Error("the far end of a conversation that was forgotten is still there")
	}
	counts, ok := e.Counts("s1")
	if !ok || counts.Sent == 0 || counts.Received == 0 || counts.Lost > counts.Received { // how many come depends on the machine
		t.Errorf("packets: %+v", counts)
	}
}

// Two agents and a caller: each hears both others, nobody himself.
func TestThreePartiesAreMixed(t *testing.T) {
	t.Parallel()
	e := newEdge(t, Config{})
	ann, bob := call(t, e, "ann", 610), call(t, e, "bob", 1130)
	both := []messages.SessionID{"ann", "bob"}
	route(t, e, Routes{Conversation: "c1", Tone: 440, Listeners: both, Speakers: both, Pairs: []Pair{{"ann", "bob"}, {"bob", "ann"}}})
	hears(t, "ann", ann.heard.sound, 440, 1130)
	hears(t, "bob", bob.heard.sound, 440, 610)
	hears(t, "the caller", ear(e.FarHeard, "c1"), 610, 1130)

	// A consultation: the caller is on hold, the agents talk.
	route(t, e, Routes{Conversation: "c1", Tone: 440, Pairs: []Pair{{"ann", "bob"}, {"bob", "ann"}}})
	hears(t, "ann in the consultation", ann.heard.sound, 1130)
	hears(t, "bob in the consultation", bob.heard.sound, 610)
	hears(t, "the caller in the consultation", ear(e.FarHeard, "c1"))

	// A session that carries two conversations hears both.
	route(t, e, Routes{Conversation: "c1", Tone: 440, Listeners: both[:1]})
	route(t, e, Routes{Conversation: "c2", Tone: 2070, Listeners: both[:1], Speakers: both[:1]})
	hears(t, "ann in two conversations", ann.heard.sound, 440, 2070)
	hears(t, "the caller of the second", ear(e.FarHeard, "c2"), 610)
	hears(t, "bob, left out", bob.heard.sound)

	if got := e.Sessions(); !slices.Equal(got, both) {
		t.Errorf("the sessions are %v, they should be %v", got, both)
	}
	e.End("bob")
	bob.wait("hears that it is over", func() bool { return bob.pc.ConnectionState() == webrtc.PeerConnectionStateClosed })
	if _, ok := e.Heard("bob"); ok {
		t.Error("a session that was ended is still heard")
	}
	hears(t, "ann when bob has gone", ann.heard.sound, 440, 2070)
}

// Media that is killed dies without a word: nothing comes through, nobody is told. An ICE restart brings it back.
func TestKilledMediaComesBackWithARestart(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []bool
	e := newEdge(t, Config{Changed: func(s messages.SessionID, up bool) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, up)
	}})
	changes := func() []bool {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(told)
	}
	ann := call(t, e, "s1", 610)
	both := []messages.SessionID{"s1"}
	route(t, e, Routes{Conversation: "c1", Tone: 440, Listeners: both, Speakers: both})
	hears(t, "the agent", ann.heard.sound, 440)
	waitFor(t, "media is told to be up", func() bool { return slices.Equal(changes(), []bool{true}) })

	e.Kill("s1")
	hears(t, "the caller", ear(e.FarHeard, "c1"))
	before, _ := e.Counts("s1")
	time.Sleep(200 * time.Millisecond)
	if after, _ := e.Counts("s1"); after != before {
		t.Errorf("packets still pass: %+v, then %+v", before, after)
	}
	if s := ann.pc.ConnectionState(); s != webrtc.PeerConnectionStateConnected {
		t.Errorf("the client was told at once: it is %s", s)
	}
	waitFor(t, "the client notices by itself", func() bool { return ann.pc.ConnectionState() == webrtc.PeerConnectionStateDisconnected })
	waitFor(t, "media is told to be down", func() bool { return slices.Equal(changes(), []bool{true, false}) })

	ann.negotiate(e, true)
	hears(t, "the caller after the restart", ear(e.FarHeard, "c1"), 610)
	hears(t, "the agent after the restart", ann.heard.sound, 440)
	waitFor(t, "media is told to be up again", func() bool { return slices.Equal(changes(), []bool{true, false, true}) })
	ann.hangUp()
	waitFor(t, "media is told to be down when the client closes", func() bool { return slices.Equal(changes(), []bool{true, false, true, false}) })
}

// A client that names a fresh source in each packet is no longer heard, is told nothing, and costs no more; no restart helps it.
func TestAFloodOfSourcesEndsTheMedia(t *testing.T) {
	t.Parallel()
	down := make(chan bool, 8)
	e := newEdge(t, Config{Changed: func(_ messages.SessionID, up bool) { down <- up }})
	ann := newPhone(t, "s1", 610)
	ann.negotiate(e, false)
	ann.wait("connected", func() bool { return ann.pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
	if up := <-down; !up {
		t.Fatal("media is told to be down before it was up")
	}
	l, err := e.leg("s1")
	if err != nil {
		t.Fatal(err)
	}
	flood := func(from, to uint32) {
		ann.voice.mu.Lock()
		defer ann.voice.mu.Unlock()
		for source := from; source < to; source++ {
			header := rtp.Header{Version: 2, SSRC: source, SequenceNumber: 1}
			if _, err := ann.voice.writer.WriteRTP(&header, silence[:]); err != nil {
				t.Fatal(err)
			}
			if source%50 == 0 {
				time.Sleep(time.Millisecond) // for the socket's buffer
			}
		}
	}
	flood(1, 2000)
	waitFor(t, "the media is shut", l.valve.closed)
	flood(2000, 4000)
	time.Sleep(100 * time.Millisecond)
	for i := range l.ears.sources {
		if n := l.ears.sources[i].Load(); n > sourcesAtMost+1 {
			t.Errorf("%d sources are kept, it should be %d at most", n, sourcesAtMost)
		}
	}
	if counts, _ := e.Counts("s1"); counts.Received > 1 {
		t.Errorf("a packet each of thousands of sources counts: %+v", counts)
	}
	if up := <-down; up {
		t.Error("media is told to be up")
	}
	if _, err := e.Offer("s1", true); !errors.Is(err, ErrFlood) {
		t.Errorf("a restart is offered: %v", err)
	}
	if err := e.Answer("s1", "v=0"); !errors.Is(err, ErrFlood) {
		t.Errorf("an answer is taken: %v", err)
	}
}

// Sound that a slow machine leaves out is counted, in packets that sessions with media were not sent.
func TestWhatIsSkippedIsCounted(t *testing.T) {
	t.Parallel()
	e, err := open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := e.Offer("s2", false); err != nil { // it has no media: nothing is missing there
		t.Fatal(err)
	}
	call(t, e, "s1", 610)
	e.mixer.plan = e.present()
	waitFor(t, "a frame is sent", func() bool {
		e.mixer.tick()
		counts, _ := e.Counts("s1")
		return counts.Sent > 0
	})
	e.late(7)
	if e.Unsent() != 7 || e.Skipped() != 7*frameTime {
		t.Errorf("%d packets and %v are left out, it should be 7 and %v", e.Unsent(), e.Skipped(), 7*frameTime)
	}
	e.Kill("s1")
	e.mixer.tick()
	e.late(7)
	if e.Unsent() != 7 {
		t.Errorf("%d packets are left out, it should be 7: media that is dead misses none", e.Unsent())
	}
}

// The offer is what the reference platform's looks like: one audio section, PCMU, with its candidate.
func TestOffer(t *testing.T) {
	e := newEdge(t, Config{})
	offer, err := e.Offer("s1", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "a=mid:0\r\n", "a=setup:actpass\r\n", "a=sendrecv\r\n", "a=rtpmap:0 PCMU/8000\r\n",
		" 127.0.0.1 " + e.Address()[len("127.0.0.1:"):] + " typ host", "a=end-of-candidates\r\n"} {
		if !strings.Contains(offer.Reveal(), want) {
			t.Errorf("the offer lacks %q:\n%s", want, offer.Reveal())
		}
	}
	if n := strings.Count(offer.Reveal(), "m="); n != 1 {
		t.Errorf("the offer has %d media sections", n)
	}
	again, err := e.Offer("s1", true)
	if err != nil || again != offer {
		t.Errorf("the offer that waits for an answer is another one the second time (%v)", err)
	}
}

// Wrong answers are errors that say what is wrong, quote nothing, and leave the session ready for the right one.
func TestWrongAnswers(t *testing.T) {
	e := newEdge(t, Config{})
	offer, err := e.Offer("s1", false)
	if err != nil {
		t.Fatal(err)
	}
	p := newPhone(t, "s1", 610)
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.Reveal()}); err != nil {
		t.Fatal(err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	right := answer.SDP
	replaced := func(old, new string) string {
		if !strings.Contains(right, old) {
			t.Fatalf("the answer has no %q:\n%s", old, right)
		}
		return strings.ReplaceAll(right, old, new)
	}
	for _, wrong := range []struct{ sdp, says string }{
		{"", "empty"},
		{"secret", "line 1 is not of the form"},
		{"v=0\r\nsecret\r\n", "line 2 is not of the form"},
		{"v=secret\r\n", "no SDP"},
		{strings.Repeat("a=x\r\n", MaxDescription), "bytes, more than 65536"},
		{right + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n", "2 media sections"},
		{replaced("m=audio 9", "m=audio 0"), "refuses the audio"},
		{replaced("m=audio", "m=video"), "not audio"},
		{replaced("SAVPF 0\r\n", "SAVPF 111\r\n"), "PCMU"},
		{replaced("a=mid:0", "a=mid:secret"), "a=mid:0"},
		{without(right, "a=ice-ufrag"), "ICE credentials"},
		{without(right, "a=ice-pwd"), "ICE credentials"},
		{without(right, "a=fingerprint"), "fingerprint"},
		{replaced("a=setup:active", "a=setup:actpass"), "a=setup"},
		{replaced("a=setup:active", "a=setup:active\r\na=candidate:secret"), "eight fields"},
	} {
		err := e.Answer("s1", messages.SDP(wrong.sdp))
		if err == nil || !strings.Contains(err.Error(), wrong.says) || strings.Contains(err.Error(), "secret") || !strings.HasPrefix(err.Error(), "edge: answer of session s1: ") {
			t.Errorf("the answer that should be refused with %q gives: %v", wrong.says, err)
		}
		if !errors.Is(err, ErrAnswer) && !errors.Is(err, ErrCandidate) {
			t.Errorf("%v is neither ErrAnswer nor ErrCandidate", err)
		}
	}
	if err := e.Answer("s1", messages.SDP(right)); err != nil {
		t.Errorf("after all the wrong ones, the right answer: %v", err)
	}
	if err := e.Answer("s1", messages.SDP(right)); !errors.Is(err, ErrAnswer) {
		t.Errorf("a second answer: %v", err)
	}
}

func TestWrongCandidates(t *testing.T) {
	e := newEdge(t, Config{})
	if _, err := e.Offer("s1", false); err != nil {
		t.Fatal(err)
	}
	const right = "candidate:1 1 udp 2122260223 192.0.2.2 49152 typ host"
	for _, wrong := range []struct{ mid, line, says string }{
		{"1", right, "another media section"},
		{"0", "secret", "begin with candidate:"},
		{"0", "candidate:1 1 udp", "eight fields"},
		{"0", "candidate:1 1 udp secret 192.0.2.2 49152 typ host", "cannot be read"},
		{"0", "candidate:1 1 udp 2122260223 192.0.2.2 99152 typ host", "cannot be read"},
		{"0", right + strings.Repeat(" x", 610), "bytes, more than 1024"},
	} {
		err := e.AddCandidate("s1", wrong.mid, messages.Candidate(wrong.line))
		if !errors.Is(err, ErrCandidate) || !strings.Contains(err.Error(), wrong.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("the candidate that should be refused with %q gives: %v", wrong.says, err)
		}
	}
	for _, fine := range []string{"", "end-of-candidates", "a=end-of-candidates", "a=" + right + "\r\n", right + " generation 0 ufrag x network-cost 999",
		"candidate:1 1 udp 2122260223 0b0a6a4c-6a8c-4b51-9b0c-6a1d1a0e0f0b.local 49152 typ host", "candidate:1 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active"} {
		if err := e.AddCandidate("s1", "", messages.Candidate(fine)); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
	var err error
	for range candidatesAtMost {
		err = e.AddCandidate("s1", "0", right)
	}
	if !errors.Is(err, ErrCandidate) || !strings.Contains(err.Error(), "one more than 128") {
		t.Errorf("a client that sends candidates without end: %v", err)
	}
}

// What is asked of a session that is not there, and of an edge that is closed.
func TestUnknownAndClosed(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Answer("s1", "v=0"); !errors.Is(err, ErrUnknown) {
		t.Errorf("answer: %v", err)
	}
	if err := e.AddCandidate("s1", "0", ""); !errors.Is(err, ErrUnknown) {
		t.Errorf("candidate: %v", err)
	}
	e.End("s1")
	e.Kill("s1")
	if _, ok := e.Told("s1"); ok {
		t.Error("an unknown session is told something")
	}
	if _, ok := e.Counts("s1"); ok {
		t.Error("an unknown session has packets")
	}
	if err := e.Route(Routes{Conversation: "c1", Tone: 20700}); err == nil {
		t.Error("a tone that no line carries is taken")
	}
	route(t, e, Routes{Conversation: "c1", Tone: 440, Listeners: []messages.SessionID{"s1", "s1"}, Speakers: []messages.SessionID{"s2"}, Pairs: []Pair{{"s1", "s2"}}})
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Offer("s1", false); !errors.Is(err, ErrClosed) {
		t.Errorf("offer: %v", err)
	}
	for _, ip := range []string{"0.0.0.0", "nowhere", "192.0.2.1"} {
		if e, err := New(Config{IP: ip}); err == nil || !strings.HasPrefix(err.Error(), "edge: ") {
			t.Errorf("an edge on %s: %v, %v", ip, e, err)
		}
	}
}

// An edge that closes while everything goes on leaves nothing behind: TestMain looks for what still runs.
func TestCloseInTheMiddle(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	call(t, e, "s1", 610)
	if _, err := e.Offer("s2", false); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for i := range 4 {
		work.Go(func() {
			for n := range 20 {
				s := messages.SessionID(fmt.Sprint("t", i, n%3))
				_, _ = e.Offer(s, n%2 == 0)
				_ = e.Route(Routes{Conversation: messages.ConversationID(s), Tone: 440, Listeners: []messages.SessionID{s, "s1"}, Speakers: []messages.SessionID{s}})
				_, _ = e.Heard("s1")
				if n%4 == 0 {
					e.End(s)
				}
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	work.Wait()
}
