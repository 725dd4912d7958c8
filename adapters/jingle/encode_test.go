package jingle

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

const answerSDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 0 101\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" +
	"a=ice-ufrag:dBYK\r\na=ice-pwd:pchhrodHopb+anQoTAjJncIb\r\na=fingerprint:sha-256 AA:BB:CC\r\na=setup:active\r\na=mid:0\r\n" +
	"a=extmap:4 urn:example:extension\r\na=sendrecv\r\na=msid:- t1\r\na=rtcp-mux\r\na=rtcp-rsize\r\n" +
	"a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n" +
	"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ssrc:32 cname:c1\r\na=ssrc:32 msid:- t1\r\n"

const candidate = "candidate:1 1 udp 2122194687 127.0.0.1 34342 typ host generation 0 ufrag dBYK"

var sending = Context{
	IQ: "q1", Self: "ann@example.com/desk", Token: "made-up", NotificationHost: "notifications.example.com", LocalSDP: answerSDP, RPC: "r1",
}

const gateway = messages.JID("edge@gjoll.example.com/leg")

// sent are the effects of testdata/sent.txt, by the words of their stories.
var sent = map[string]messages.Effect{
	"open":                              messages.SendStreamOpen{Domain: "example.com"},
	"auth":                              messages.SendAuth{JID: "ann@example.com/desk"},
	"bind":                              messages.SendBind{Resource: "desk"},
	"bind without a resource":           messages.SendBind{},
	"services":                          messages.SendServices{Domain: "example.com", Type: "turn"},
	"subscribe":                         messages.SendSubscribe{Topic: "v2.users.u1.conversations", JID: "ann@example.com"},
	"ping":                              messages.SendPing{},
	"close":                             messages.SendStreamClose{},
	"acknowledge":                       messages.AcknowledgeIQ{IQ: "q9", To: gateway},
	"refuse":                            messages.RefuseIQ{IQ: "q9", To: gateway, Condition: "unexpected-request", JingleCondition: "out-of-order"},
	"refuse plainly":                    messages.RefuseIQ{IQ: "q9", To: gateway, Condition: "service-unavailable"},
	"proceed":                           messages.SendProceed{Session: "s1", To: gateway},
	"accept":                            messages.SendAccept{Session: "s1", To: "ann@example.com"},
	"answer":                            messages.SendAnswer{Signalling: messages.SDPOverXMPP, Session: "s1", To: gateway, SDP: "v=0\r\n"},
	"answer, described by the context":  messages.SendAnswer{Signalling: messages.Jingle, Session: "s1", To: gateway},
	"candidate":                         messages.SendCandidate{Signalling: messages.SDPOverXMPP, Session: "s1", To: gateway, Mid: "0", Candidate: candidate},
	"end of candidates":                 messages.SendCandidate{Signalling: messages.SDPOverXMPP, Session: "s1", To: gateway},
	"Jingle candidate":                  messages.SendCandidate{Signalling: messages.Jingle, Session: "s1", To: gateway, Mid: "0", Candidate: candidate},
	"Jingle end of candidates":          messages.SendCandidate{Signalling: messages.Jingle, Session: "s1", To: gateway, Mid: "0"},
	"active":                            messages.SendActive{Signalling: messages.SDPOverXMPP, Session: "s1", To: gateway},
	"Jingle active":                     messages.SendActive{Signalling: messages.Jingle, Session: "s1", To: gateway},
	"terminate":                         messages.SendTerminate{Signalling: messages.SDPOverXMPP, Session: "s1", To: gateway, Reason: "success"},
	"terminate without a reason":        messages.SendTerminate{Signalling: messages.SDPOverXMPP, Session: "s1", To: gateway},
	"Jingle terminate":                  messages.SendTerminate{Signalling: messages.Jingle, Session: "s1", To: gateway, Reason: "decline"},
	"Jingle terminate without a reason": messages.SendTerminate{Signalling: messages.Jingle, Session: "s1", To: gateway},
}

// The frames are those of the real client, with made-up values.
func TestEffectsAreWrittenAsTheRealClientWritesThem(t *testing.T) {
	seen := 0
	checkStories(t, "testdata/sent.txt", func(in string) string {
		effect, known := sent[in]
		if !known {
			t.Fatalf("sent.txt: no effect is called %q; add it to the table sent", in)
		}
		seen++
		frame, ok, err := Encode(effect, sending)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v; want a frame", in, ok, err)
		}
		return string(frame)
	})
	if seen != len(sent) {
		t.Errorf("sent.txt has %d of %d effects; each needs a story", seen, len(sent))
	}
}

func TestEveryEffectIsWrittenOrNotForTheStream(t *testing.T) {
	written := map[string]bool{}
	for _, e := range sent {
		written[e.Kind()] = true
	}
	for _, e := range messages.Effects() {
		if _, ok, _ := Encode(e, sending); ok != written[e.Kind()] {
			t.Errorf("%s: for the stream: %v; the table of frames says %v", e.Kind(), ok, written[e.Kind()])
		}
	}
}

func TestWhatCannotBeSaidIsRefused(t *testing.T) {
	noIDs := sending
	noIDs.IQ = ""
	noSDP := sending
	noSDP.LocalSDP = ""
	for why, c := range map[string]struct {
		effect  messages.Effect
		context Context
	}{
		"an IQ without an id":              {messages.SendPing{}, noIDs},
		"an answer without description":    {messages.SendAnswer{Signalling: messages.Jingle, Session: "s1"}, noSDP},
		"a description without media":      {messages.SendAnswer{Signalling: messages.Jingle, Session: "s1", SDP: "v=0\r\n"}, sending},
		"a signalling that does not exist": {messages.SendActive{Session: "s1"}, sending},
		"a reason that is no name":         {messages.SendTerminate{Signalling: messages.Jingle, Reason: "a><b"}, sending},
		"a condition that is no name":      {messages.RefuseIQ{Condition: "1"}, sending},
		"a control character":              {messages.SendProceed{Session: "s\x01"}, sending},
		"no UTF-8":                         {messages.SendProceed{Session: "s\xff"}, sending},
		"no UTF-8 in an rpc":               {messages.SendActive{Signalling: messages.SDPOverXMPP, Session: "s\xff"}, sending},
		"a token with a NUL":               {messages.SendAuth{JID: "a@b"}, Context{Token: "x\x00y"}},
		"a candidate of two lines":         {messages.SendCandidate{Signalling: messages.SDPOverXMPP, Mid: "0", Candidate: "candidate:1\r\na=x"}, sending},
	} {
		frame, ok, err := Encode(c.effect, c.context)
		if err == nil || !ok || frame != nil {
			t.Errorf("%s: wrote %q, %v; want an error", why, frame, err)
			continue
		}
		if strings.Contains(err.Error(), "s1") || !strings.HasPrefix(err.Error(), "jingle: ") {
			t.Errorf("%s: error %q: want package and reason, and no data", why, err)
		}
	}
}

func TestAuthSaysBareJIDAndToken(t *testing.T) {
	frame, _, err := Encode(messages.SendAuth{JID: "ann@example.com/desk"}, sending)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	root, err := parse(frame)
	if err != nil {
		t.Fatalf("read back: %v", err)
	}
	plain, err := base64.StdEncoding.DecodeString(root.text)
	if err != nil || string(plain) != "\x00ann@example.com\x00authKey:made-up" {
		t.Errorf("SASL PLAIN holds %q, %v", plain, err)
	}
}

// An answer that goes out as Jingle and is read back as a description says the same.
func TestDescriptionSurvivesJingle(t *testing.T) {
	frame, _, err := Encode(messages.SendAnswer{Signalling: messages.Jingle, Session: "s1", To: gateway}, sending)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	f, err := Decode(1, bytes.Replace(frame, []byte("session-accept"), []byte("session-initiate"), 1))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	back := f.Input.(messages.SessionInitiate).SDP.Reveal()
	for _, line := range strings.Split(answerSDP, "\r\n") {
		if strings.HasPrefix(line, "o=") || strings.HasPrefix(line, "a=rtcp:") {
			continue // the origin is a constant, and rtcp-mux makes the rtcp line moot
		}
		if !strings.Contains(back, line) {
			t.Errorf("lost %q in\n%s", line, back)
		}
	}
}

func TestCandidateSurvivesJingle(t *testing.T) {
	for _, line := range []messages.Candidate{
		"candidate:1 1 udp 2122194687 192.0.2.1 34342 typ host",
		"candidate:2 1 udp 1 192.0.2.1 9 typ srflx raddr 192.0.2.2 rport 10",
		"candidate:3 1 tcp 1 2001:db8::1 9 typ host tcptype active",
	} {
		frame, _, err := Encode(messages.SendCandidate{Signalling: messages.Jingle, Session: "s1", Mid: "0", Candidate: line}, sending)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		f, err := Decode(1, frame)
		in, ok := f.Input.(messages.TransportInfo)
		if err != nil || !ok || in.Mid != "0" || len(in.Candidates) != 1 || in.Candidates[0] != line || in.Complete {
			t.Errorf("%s came back as %s of %v, %v", line.Reveal(), in.Mid, in.Candidates, err)
		}
	}
}
