package jingle

import (
	"bufio"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// recorded is one frame of a recording.
type recorded struct {
	Seq  int    `json:"seq"`
	Kind string `json:"k"`
	XML  string `json:"xml"`
}

// eachRecording gives the frames of every recording, in their order. Where a recording has its token redacted, a made-up one
// stands here.
func eachRecording(t *testing.T, check func(t *testing.T, frames []recorded)) {
	for _, name := range captures.Names() {
		file, err := captures.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var frames []recorded
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<22)
		for lines.Scan() {
			var f recorded
			if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if f.Kind == "ws.send" || f.Kind == "ws.recv" {
				f.XML = strings.Replace(f.XML, ">redacted</auth>", ">AGFubkBleGFtcGxlLmNvbQBhdXRoS2V5Om1hZGUtdXA=</auth>", 1)
				frames = append(frames, f)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = file.Close()
		t.Run(name, func(t *testing.T) { check(t, frames) })
	}
}

// What the real client sent is read as the effect of which Encode writes the same frame.
func TestRecordedFramesOfClientsAreRead(t *testing.T) {
	read := map[string]int{}
	eachRecording(t, func(t *testing.T, frames []recorded) {
		local := map[messages.SessionID]messages.SDP{}
		for _, f := range frames {
			if f.Kind != "ws.send" {
				continue
			}
			c, err := DecodeClient([]byte(f.XML))
			if err != nil || c.Effect == nil || c.Condition != "" {
				t.Fatalf("seq %d: %s\nis read as %+v, %v", f.Seq, f.XML, c, err)
			}
			about := Context{IQ: c.IQ, Self: c.From, Token: c.Token, NotificationHost: c.To.Reveal()}
			switch e := c.Effect.(type) {
			case messages.SendAnswer:
				local[e.Session] = e.SDP
			case messages.SendCandidate:
				about.LocalSDP = local[e.Session]
			}
			again, ok, err := Encode(c.Effect, about)
			if err != nil || !ok {
				t.Fatalf("seq %d: %s is not written: %v", f.Seq, c.Effect.Kind(), err)
			}
			if got, want := canonical(t, string(again)), withCondition(canonical(t, f.XML)); got != want {
				t.Errorf("seq %d: %s\n got %s\nwant %s", f.Seq, c.Effect.Kind(), got, want)
			}
			read[c.Effect.Kind()]++
		}
	})
	for _, e := range sent {
		if read[e.Kind()] == 0 {
			t.Errorf("no recording has a %s: the test shows nothing of it", e.Kind())
		}
	}
}

// withCondition is a frame with the condition that an error without one has (RFC 6120 section 8.3.3.21): the real client leaves
// it out where it refuses a description, and we do not.
func withCondition(frame string) string {
	return strings.Replace(frame, "(jabber:client|error@|type=cancel#)",
		"(jabber:client|error@|type=cancel#(urn:ietf:params:xml:ns:xmpp-stanzas|undefined-condition#))", 1)
}

// What the real client was told is read as an input that the platform can say, and as the same input again.
func TestRecordedFramesOfThePlatformAreWritten(t *testing.T) {
	written := map[string]int{}
	eachRecording(t, func(t *testing.T, frames []recorded) {
		asked := map[string]ClientFrame{}
		for _, f := range frames {
			if f.Kind == "ws.send" {
				if c, err := DecodeClient([]byte(f.XML)); err == nil {
					asked[c.IQ] = c
				}
				continue
			}
			said := heard(t, f, asked)
			about := contextOf(t, f, asked)
			for _, in := range said {
				frame, ok, err := EncodePlatform(in, about)
				if err != nil || !ok {
					t.Fatalf("seq %d: %s is not written: %v, %v", f.Seq, in.Kind(), ok, err)
				}
				again := heard(t, recorded{f.Seq, f.Kind, string(frame)}, asked)
				if !reflect.DeepEqual(again, said) {
					t.Errorf("seq %d: %s\n got %s\nwant %s\nfrom %s", f.Seq, in.Kind(), shown(t, again), shown(t, said), frame)
				}
				if _, pubsub := topics(in); pubsub {
					continue // the recordings' notifications hold more than anybody reads
				}
				if got, want := canonical(t, string(frame)), canonical(t, f.XML); got != want {
					t.Errorf("seq %d: %s is not as it was observed\n got %s\nwant %s", f.Seq, in.Kind(), got, want)
				}
				written[in.Kind()]++
			}
		}
	})
	for _, in := range []messages.Input{
		messages.StreamOpened{}, messages.StreamFeatures{}, messages.SASLSucceeded{}, messages.SASLFailed{}, messages.StreamEnded{},
		messages.Propose{}, messages.Retract{}, messages.Accepted{}, messages.Rejected{}, messages.Proceeded{}, messages.Offer{},
		messages.RemoteCandidate{}, messages.Terminate{}, messages.SessionInitiate{}, messages.SessionTerminate{},
		messages.TransportInfo{}, messages.ServerAsked{}, messages.IQAnswered{},
	} {
		if written[in.Kind()] == 0 {
			t.Errorf("no recording has a %s: the test shows nothing of it", in.Kind())
		}
	}
}

// heard are the inputs that a frame brings a client that asked what it asked.
func heard(t failing, f recorded, asked map[string]ClientFrame) []messages.Input {
	t.Helper()
	frame, err := codec.DecodeFrame(1, []byte(f.XML))
	if err != nil {
		t.Fatalf("seq %d: %v\n%s", f.Seq, err, f.XML)
	}
	switch {
	case frame.Answer != nil:
		a := *frame.Answer
		return port.Answers(asked[a.ID].Effect, "1.1", a)
	case frame.Notification != nil:
		in, err := notifications.Decode(frame.Notification.Topic, frame.Notification.Body)
		if err != nil {
			t.Fatalf("seq %d: %v", f.Seq, err)
		}
		return []messages.Input{in}
	default:
		return []messages.Input{frame.Input}
	}
}

// failing is a test of ours, or one of rapid's.
type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// contextOf is what the platform knew when it sent a recorded frame.
func contextOf(t *testing.T, f recorded, asked map[string]ClientFrame) PlatformContext {
	t.Helper()
	root, err := parse([]byte(f.XML))
	if err != nil {
		t.Fatal(err)
	}
	id, from := root.attr("id"), messages.JID(root.attr("from"))
	about := PlatformContext{
		To: messages.JID(root.attr("to")), Domain: from.Reveal(), ID: id, NotificationHost: from.Reveal(), User: "u1",
		Notify: notifications.Encode, Asked: asked[id].Effect, IQ: id, AskedOf: from,
	}
	if j := root.child(nsJingle, "jingle"); j != nil {
		about.SDP = messages.SDP("a=ice-ufrag:" + ufragOf(j))
	}
	return about
}

// topics tells whether an input is a notification.
func topics(in messages.Input) (topic string, ok bool) {
	topic, _, err := notifications.Encode("u1", in)
	return topic, err == nil
}

func shown(t failing, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("show: %v", err)
	}
	return string(b)
}

// canonical is a frame without what two writers may write otherwise: the order of attributes and of JSON fields, ids of JSON-RPC, the
// words of a boolean, and what no one reads: the session of RFC 3921, and the persistent connection's conversation.
func canonical(t *testing.T, frame string) string {
	t.Helper()
	root, err := parse([]byte(frame))
	if err != nil {
		t.Fatalf("%v\n%s", err, frame)
	}
	plain(t, root)
	return flatten(root)
}

func plain(t *testing.T, e *element) {
	t.Helper()
	e.attributes = slices.DeleteFunc(e.attributes, func(a attribute) bool { return a.name == "inin-persistent-cid" })
	for i, a := range e.attributes {
		if a.name == "inin-autoanswer" {
			e.attributes[i].value = isSaid(isTrue(a.value))
		}
	}
	slices.SortFunc(e.attributes, func(a, b attribute) int { return strings.Compare(a.space+a.name, b.space+b.name) })
	e.children = slices.DeleteFunc(e.children, func(c *element) bool { return c.space == "urn:ietf:params:xml:ns:xmpp-session" })
	for _, c := range e.children {
		plain(t, c)
	}
	if e.space != nsRPC {
		return
	}
	var rpc map[string]any
	if err := json.Unmarshal([]byte(e.text), &rpc); err != nil {
		t.Fatalf("%v in %s", err, e.text)
	}
	delete(rpc, "id")
	e.text = shown(t, rpc)
}
