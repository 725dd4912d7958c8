package edge

import (
	"errors"
	"strings"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
)

// anAnswer is one as Chromium writes it.
const anAnswer = "v=0\r\no=- 7974305236275182234 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS x\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:JinW\r\na=ice-pwd:0123456789012345678901234\r\n" +
	"a=ice-options:trickle\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
	"a=setup:active\r\na=mid:0\r\na=sendrecv\r\na=msid:x y\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\na=ssrc:2 cname:z\r\n" +
	"a=candidate:1 1 udp 2122260223 127.0.0.1 49152 typ host\r\n"

// Whatever a client answers, it is looked at, and taken or said to be wrong.
func FuzzAnswer(f *testing.F) {
	f.Add(anAnswer)
	f.Add(strings.ReplaceAll(anAnswer, "audio 9", "audio 0"))
	f.Add(strings.ReplaceAll(anAnswer, "\r\n", "\n"))
	f.Add(strings.ReplaceAll(anAnswer, "sendrecv", "inactive"))
	f.Add("v=0\r\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, sdp string) {
		err := checkAnswer(sdp)
		if err != nil && !errors.Is(err, ErrAnswer) && !errors.Is(err, ErrCandidate) {
			t.Fatalf("the error does not say what kind it is: %v", err)
		}
		if err == nil && !strings.Contains(sdp, "ice-ufrag") {
			t.Fatal("an answer without credentials is taken")
		}
	})
}

// Whatever a client sends as a candidate is taken or refused.
func FuzzCandidate(f *testing.F) {
	f.Add("0", "candidate:1 1 udp 2122260223 192.0.2.2 49152 typ host")
	f.Add("", "a=candidate:1 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active generation 0 ufrag x")
	f.Add("0", "candidate:1 1 udp 1 a.local 49152 typ srflx raddr 0.0.0.0 rport 0")
	f.Add("1", "end-of-candidates")
	e, err := open(Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = e.Close() })
	if _, err := e.Offer("s1", false); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, mid, line string) {
		l := &leg{pc: e.legs["s1"].pc}
		if err := l.candidate(mid, line); err != nil && !errors.Is(err, ErrCandidate) {
			t.Fatalf("the error does not say what kind it is: %v", err)
		}
	})
}

// Whatever packets come, counting and playing them goes on, and no more is lost than there are sequence numbers.
func FuzzPackets(f *testing.F) {
	media, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 1, SequenceNumber: 7, Timestamp: 160}, Payload: silence[:]}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	control, err := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: 2, TotalLost: 3}}}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(media, control)
	f.Add(media[:12], media)
	f.Add([]byte{0x90, 0, 0, 1}, []byte{0x81, 201, 0, 0})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var e ears
		var frame encoded
		for range 3 {
			for _, packet := range [][]byte{first, second} {
				e.media(packet)
				e.control(packet)
				e.jitter.take(&frame)
			}
		}
		if received, lost := e.jitter.counts(); received > 6 || lost > received*(1<<16) {
			t.Fatalf("of 6 packets %d were received and %d lost", received, lost)
		}
		if e.missing.Load() > 1<<23 {
			t.Fatalf("%d packets are missing: the report's field has 24 bits", e.missing.Load())
		}
	})
}

// What the check lets through, pion takes: as a browser writes it, and after a wrong attempt.
func TestAnswerOfABrowserIsTaken(t *testing.T) {
	for _, sdp := range []string{anAnswer, strings.ReplaceAll(anAnswer, "\r\n", "\n"), strings.ReplaceAll(anAnswer, "sendrecv", "sendonly")} {
		e := newEdge(t, Config{})
		if _, err := e.Offer("s1", false); err != nil {
			t.Fatal(err)
		}
		if err := e.Answer("s1", messages.SDP(sdp)); err != nil {
			t.Error(err)
		}
		if s := e.legs["s1"].pc.SignalingState(); s != webrtc.SignalingStateStable {
			t.Errorf("after the answer, negotiation is %s", s)
		}
	}
}
