package jingle

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

// FuzzDecode: no frame panics or hangs, and whatever our reader understands, the standard library's reads as the same
// tree: two parsers that disagree are how stanzas are smuggled (attacks A10).
func FuzzDecode(f *testing.F) {
	for _, path := range []string{"testdata/received.txt", "testdata/refused.txt"} {
		for _, s := range readStories(f, path) {
			f.Add([]byte(s.in))
		}
	}
	for name, e := range sent {
		frame, _, err := Encode(e, sending)
		if err != nil {
			f.Fatalf("%s: %v", name, err)
		}
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		_, _ = Decode(1, frame)
		root, err := parse(frame)
		if err != nil {
			return
		}
		theirs, err := standard(string(frame))
		if err != nil {
			t.Fatalf("we read a frame that encoding/xml refuses: %v", err)
		}
		if ours := flatten(root); ours != theirs {
			t.Errorf("two readers, two trees:\n%q\n%q", ours, theirs)
		}
	})
}

// flatten writes a tree unambiguously. White space in attributes and carriage returns are left to our tests of them:
// encoding/xml treats them otherwise than XML 1.0.
func flatten(e *element) string {
	var b strings.Builder
	b.WriteString("(" + blanks(e.space) + "|" + e.name)
	for _, a := range e.attributes {
		b.WriteString("@" + blanks(a.space) + "|" + a.name + "=" + blanks(a.value))
	}
	b.WriteString("#" + blanks(e.text))
	for _, c := range e.children {
		b.WriteString(flatten(c))
	}
	b.WriteString(")")
	return b.String()
}

func blanks(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' || c == '\n' || c == '\r' {
			return ' '
		}
		return c
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// standard reads a frame with encoding/xml and flattens it alike.
func standard(frame string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(frame))
	root := &element{}
	open := []*element{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		last := open[len(open)-1]
		switch v := token.(type) {
		case xml.StartElement:
			e := &element{space: v.Name.Space, name: v.Name.Local}
			for _, a := range v.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
					e.attributes = append(e.attributes, attribute{a.Name.Space, a.Name.Local, a.Value})
				}
			}
			last.children = append(last.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(v)
		}
	}
	return flatten(root.children[0]), nil
}

// FuzzEncode: what we write, we read back as it was, whatever an id or address holds.
func FuzzEncode(f *testing.F) {
	for _, hostile := range []string{
		"s1", "", `"><iq type='set'/>`, "a&b", "&amp;", "&#0;", "]]>", "<![CDATA[", "\t\r\n ", "\u2028\u00e9\U0001F4DE", "\\\"", "\x00", "\xff", "\uFFFD", "\uFFFE", "</message>", "'",
	} {
		f.Add(hostile, "ann@example.com/desk")
		f.Add("s1", hostile)
	}
	f.Fuzz(func(t *testing.T, sid, jid string) {
		session, to := messages.SessionID(sid), messages.JID(jid)
		for _, c := range []struct {
			effect messages.Effect
			want   messages.Input
		}{
			{messages.SendProceed{Session: session, To: to}, messages.Proceeded{Session: session}},
			{messages.SendTerminate{Signalling: messages.SDPOverXMPP, Session: session, To: to, Reason: sid}, messages.Terminate{IQ: "q1", Session: session, From: to, Reason: sid}},
			{messages.SendTerminate{Signalling: messages.Jingle, Session: session, To: to, Reason: "gone"}, messages.SessionTerminate{IQ: "q1", Session: session, Reason: "gone"}},
			{messages.RefuseIQ{IQ: sid, To: to, Condition: "gone"}, nil},
		} {
			frame, _, err := Encode(c.effect, Context{IQ: "q1", Self: to})
			if err != nil {
				continue // XML cannot carry it, and it was said so
			}
			root, err := parse(frame)
			if err != nil {
				t.Fatalf("we wrote what we cannot read: %v\n%s", err, frame)
			}
			if got := root.attr("to"); got != jid {
				t.Errorf("to %q came back as %q", jid, got)
			}
			if in, err := Decode(1, frame); err != nil || in.Input != c.want {
				t.Errorf("%s came back as %#v, %v", frame, in.Input, err)
			}
		}
	})
}

func BenchmarkDecodePropose(b *testing.B) {
	frame := []byte(`<message xmlns="jabber:client" from="edge@gjoll.example.com/leg" to="ann@example.com/desk"><propose xmlns="urn:xmpp:jingle-message:0" id="s1" inin-cid="c1" inin-autoanswer="true" inin-sdp-over-xmpp="true"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio"/></propose></message>`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(1, frame); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzDecodeClient: no frame panics or hangs; what is refused is not read, and what is read as an effect that the real client
// can say, it says as a frame that is read as the same.
func FuzzDecodeClient(f *testing.F) {
	for _, path := range []string{"testdata/client.txt", "testdata/client-refused.txt", "testdata/refused.txt", "testdata/sent.txt"} {
		for _, s := range readStories(f, path) {
			f.Add([]byte(s.in))
			f.Add([]byte(s.out))
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		read, err := DecodeClient(frame)
		if err != nil {
			if read.Effect != nil || read.Unknown != "" || read.Reject != "" || read.Token != "" {
				t.Errorf("%q is refused, and yet read: %v", frame, err)
			}
			return
		}
		if read.Effect == nil {
			if (read.Unknown == "") == (read.Reject == "") || (read.IQ != "") != (read.Condition != "") {
				t.Errorf("%q is read as %+v", frame, read)
			}
			return
		}
		about := Context{IQ: read.IQ, Self: read.From, Token: read.Token, NotificationHost: read.To.Reveal()}
		if a, described := read.Effect.(messages.SendAnswer); described && a.Signalling == messages.Jingle {
			return // fields that the real client leaves out would make it another
		}
		again, ok, err := Encode(read.Effect, about)
		if err != nil {
			return // such as a mid of XML that JSON-RPC cannot carry
		}
		back, err := DecodeClient(again)
		if !ok || err != nil || back.Effect != read.Effect || back.Token != read.Token {
			t.Errorf("%q\nis written as %q,\nand read as %+v, %v", frame, again, back, err)
		}
	})
}

// FuzzEncodePlatform: what the platform tells, the client hears as it was, whatever an id, an address or a description holds;
// what it would hear otherwise is refused.
func FuzzEncodePlatform(f *testing.F) {
	for _, hostile := range []string{
		"s1", "", `"><iq type='set'/>`, "a&b", "]]>", "\t\r\n ", "m=0 a=x", "\x00", "\xff", "\uFFFD", normalSDP, answerSDP, "v=0\r\nm=\r\na=ssrc:1\r\na=ssrc:1 :\r\na=extmap:1",
	} {
		f.Add(hostile, "edge@gjoll.example.com/leg", "0")
		f.Add("s1", hostile, "0")
		f.Add("s1", "edge@gjoll.example.com/leg", hostile)
	}
	f.Fuzz(func(t *testing.T, text, jid, mid string) {
		session, from := messages.SessionID(text), messages.JID(jid)
		for _, in := range []messages.Input{
			messages.Propose{Session: session, Conversation: messages.ConversationID(mid), From: from, To: "ann@example.com/desk", PrivAnswer: text},
			messages.Retract{Session: session, From: from},
			messages.Offer{IQ: "o1", Session: "s1", From: from, SDP: messages.SDP(text), ICE: transport(text)},
			messages.RemoteCandidate{IQ: "o2", Session: "s1", From: from, Mid: mid, Candidate: messages.Candidate(text)},
			messages.Terminate{IQ: "o3", Session: session, From: from, Reason: mid},
			messages.SessionTerminate{IQ: "j1", Session: session, From: from, Reason: mid},
			messages.SessionInfo{IQ: "j2", Session: session, From: from, Info: mid},
			messages.UnknownTopic{Topic: "t." + text},
		} {
			frame, _, err := EncodePlatform(in, telling)
			if c, is := in.(messages.RemoteCandidate); err != nil || is && strings.TrimPrefix(c.Candidate.Reveal(), "a=") != c.Candidate.Reveal() || is && text == "" {
				continue // it cannot be said, or is said in another word
			}
			if got := heard(t, recorded{XML: string(frame)}, nil); len(got) != 1 || !reflect.DeepEqual(got[0], in) {
				t.Errorf("%q is heard as %s, want %s", frame, shown(t, got), shown(t, in))
			}
		}
		frame, _, err := EncodePlatform(messages.SessionInitiate{IQ: "j1", Session: "s1", From: from, SDP: messages.SDP(text)}, telling)
		if err != nil {
			return
		}
		// What SDP cannot carry, such as a media type of two words, is read as an error; that it is one frame is for us to see to.
		if _, err := parse(frame); err != nil {
			t.Errorf("%q is no frame: %v", frame, err)
		}
	})
}
