package jingle

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/messages"
)

// showClient prints what a frame of a client was read as.
func showClient(t testing.TB, f ClientFrame, err error) string {
	t.Helper()
	var lines []string
	add := func(word string, value any) {
		if s := fmt.Sprint(value); s != "" {
			lines = append(lines, word+" "+s)
		}
	}
	if err != nil {
		add("error", err)
	}
	if f.Effect != nil {
		add(f.Effect.Kind(), shown(t, f.Effect))
	}
	add("token", f.Token.Reveal())
	add("reject", f.Reject)
	add("unknown", f.Unknown)
	add("iq", f.IQ)
	add("from", f.From.Reveal())
	add("refuse", f.Condition)
	return strings.Join(lines, "\n")
}

func TestFramesOfClientsAreRead(t *testing.T) {
	checkStories(t, "testdata/client.txt", func(in string) string {
		f, err := DecodeClient([]byte(in))
		return showClient(t, f, err)
	})
}

func TestFramesOfClientsAreRefused(t *testing.T) {
	run := func(in string) string {
		f, err := DecodeClient([]byte(in))
		if f.Effect != nil || f.Unknown != "" || f.Reject != "" || f.Token != "" {
			t.Errorf("%s: is refused, and yet read", in)
		}
		return showClient(t, f, err)
	}
	checkStories(t, "testdata/client-refused.txt", run)
	for _, s := range readStories(t, "testdata/client-refused.txt") {
		if !strings.HasPrefix(s.out, "error jingle: ") || strings.Contains(s.out, "secret") {
			t.Errorf("%s: was read as %s, but must be refused with package and reason, and no data", s.why, s.out)
		}
	}
	for _, s := range readStories(t, "testdata/refused.txt") { // what no reader takes
		if strings.HasPrefix(s.out, "error jingle: frame: ") {
			if f, err := DecodeClient([]byte(s.in)); err == nil || f != (ClientFrame{}) {
				t.Errorf("%s: was read as %+v, %v", s.why, f, err)
			}
		}
	}
}

func TestSASLIsReadStrictly(t *testing.T) {
	for plain, condition := range map[string]string{
		"\x00ann@d\x00authKey:secret":      "",
		"ann@d\x00ann@d\x00authKey:secret": "",
		"bob@d\x00ann@d\x00authKey:secret": "invalid-authzid",
		"\x00ann@d\x00secret":              "not-authorized",
		"\x00ann@d\x00authKey:":            "not-authorized",
		"\x00\x00authKey:secret":           "malformed-request",
		"ann@d\x00authKey:secret":          "malformed-request",
		"\x00ann@d\x00authKey:sec\x00ret":  "malformed-request",
		"":                                 "malformed-request",
	} {
		text := base64.StdEncoding.EncodeToString([]byte(plain))
		f, err := DecodeClient([]byte(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">` + text + `</auth>`))
		if f.Condition != condition || (err == nil) != (condition == "") {
			t.Errorf("%q: refused with %q, %v, want %q", plain, f.Condition, err, condition)
		}
		want := ClientFrame{Effect: messages.SendAuth{JID: "ann@d"}, Token: "secret"}
		if condition == "" && f != want {
			t.Errorf("%q: read as %+v, want %+v", plain, f, want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "ann")) {
			t.Errorf("%q: the error tells it: %v", plain, err)
		}
	}
}

var signallings = rapid.SampledFrom([]messages.Signalling{messages.SDPOverXMPP, messages.Jingle})

func someone(r *rapid.T) messages.JID { return "edge@gjoll.example.com/" + jid(r) }

func someSession(r *rapid.T) messages.SessionID { return "s" + sid(r) }

// spoken are effects of every kind that a client says.
var spoken = map[string]func(*rapid.T) messages.Effect{
	"open":  func(r *rapid.T) messages.Effect { return messages.SendStreamOpen{Domain: words.Draw(r, "domain")} },
	"close": func(*rapid.T) messages.Effect { return messages.SendStreamClose{} },
	"auth": func(r *rapid.T) messages.Effect {
		return messages.SendAuth{JID: "ann@" + messages.JID(strings.ReplaceAll(words.Draw(r, "domain"), "/", ""))}
	},
	"bind": func(r *rapid.T) messages.Effect { return messages.SendBind{Resource: words.Draw(r, "resource")} },
	"services": func(r *rapid.T) messages.Effect {
		return messages.SendServices{Domain: words.Draw(r, "domain"), Type: words.Draw(r, "type")}
	},
	"subscribe": func(r *rapid.T) messages.Effect {
		return messages.SendSubscribe{Topic: "t" + words.Draw(r, "topic"), JID: someone(r)}
	},
	"ping":    func(*rapid.T) messages.Effect { return messages.SendPing{} },
	"proceed": func(r *rapid.T) messages.Effect { return messages.SendProceed{Session: someSession(r), To: someone(r)} },
	"accept":  func(r *rapid.T) messages.Effect { return messages.SendAccept{Session: someSession(r), To: someone(r)} },
	"acknowledge": func(r *rapid.T) messages.Effect {
		return messages.AcknowledgeIQ{IQ: "q" + words.Draw(r, "iq"), To: someone(r)}
	},
	"refuse": func(r *rapid.T) messages.Effect {
		return messages.RefuseIQ{IQ: "q1", To: someone(r), Condition: names.Draw(r, "condition"), JingleCondition: names.Draw(r, "of Jingle")}
	},
	"answer": func(r *rapid.T) messages.Effect {
		e := messages.SendAnswer{Signalling: signallings.Draw(r, "signalling"), Session: someSession(r), To: someone(r), SDP: description(r)}
		if e.Signalling == messages.Jingle { // the real client leaves the generation out
			e.SDP = messages.SDP(strings.ReplaceAll(e.SDP.Reveal(), " generation 0", ""))
		}
		return e
	},
	"candidate": func(r *rapid.T) messages.Effect {
		e := messages.SendCandidate{Signalling: signallings.Draw(r, "signalling"), Session: someSession(r), To: someone(r)}
		if e.Signalling == messages.Jingle {
			e.Mid = "0"
		}
		if rapid.Bool().Draw(r, "end") {
			return e
		}
		e.Mid, e.Candidate = "0", line(r)
		if e.Signalling == messages.Jingle {
			e.Candidate = messages.Candidate(strings.TrimSuffix(e.Candidate.Reveal(), " generation 0")) + " ufrag x"
		}
		return e
	},
	"active": func(r *rapid.T) messages.Effect {
		return messages.SendActive{Signalling: signallings.Draw(r, "signalling"), Session: someSession(r), To: someone(r)}
	},
	"terminate": func(r *rapid.T) messages.Effect {
		return messages.SendTerminate{Signalling: signallings.Draw(r, "signalling"), Session: someSession(r), To: someone(r), Reason: names.Draw(r, "reason")}
	},
}

// Whatever a client says by Encode, the platform hears the same.
func TestWhatClientsSayIsHeard(t *testing.T) {
	for name, draw := range spoken {
		t.Run(name, func(t *testing.T) {
			said := 0
			rapid.Check(t, func(r *rapid.T) {
				e, about := draw(r), sending
				about.LocalSDP = ""
				if s, is := e.(messages.SendSubscribe); is {
					about.NotificationHost = s.JID.Reveal()
				}
				frame, ok, err := Encode(e, about)
				if err != nil {
					return // it cannot be said, and it was said so
				}
				said++
				f, err := DecodeClient(frame)
				if !ok || err != nil || !reflect.DeepEqual(f.Effect, e) || f.Condition != "" {
					r.Fatalf("%s was read as %s, %v\nwant %s", frame, shown(r, f.Effect), err, shown(r, e))
				}
				if f.IQ != "" && f.IQ != about.IQ {
					r.Fatalf("%s: the IQ is %q", frame, f.IQ)
				}
			})
			if said == 0 {
				t.Error("nothing of it could be said")
			}
		})
	}
}
