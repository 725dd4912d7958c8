package play_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/laws"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
)

// TestAttacks plays each attack and each rule: corrected withstands it, and sdk-9.2.4 does what the table says.
func TestAttacks(t *testing.T) { testCases(t, play.AttacksFolder, play.Attacks()) }

func testCases(t *testing.T, folder string, all []play.Case) {
	for _, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			j := c.Judge(folder)
			for _, err := range []error{j.Corrected, j.SDK} {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestAttacksAreComplete: each attack and each rule has its row, and each file of the folder its trial.
func TestAttacksAreComplete(t *testing.T) {
	complete(t, play.AttacksFolder, play.Attacks(), append(play.AttackIDs(), play.RuleIDs()...))
}

func complete(t *testing.T, folder string, all []play.Case, ids []string) {
	t.Helper()
	var told []string
	played := map[string]bool{}
	for _, c := range all {
		told = append(told, c.ID)
		if c.Tried == "" || c.Holds == "" {
			t.Errorf("%s: says not what is tried, or what holds", c.ID)
		}
		if len(c.Trials)+len(c.Tests) == 0 && c.Gap == "" && c.Apart == "" {
			t.Errorf("%s: nothing shows it, and nothing says why not", c.ID)
		}
		for _, trial := range c.Trials {
			played[folder+"/"+trial.Name+".scenario"] = true
		}
	}
	slices.Sort(told)
	slices.Sort(ids)
	if !slices.Equal(told, ids) {
		t.Errorf("the table has the rows %v, and must have %v", told, ids)
	}
	files, err := scenarios.All(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !played[f.Path] {
			t.Errorf("%s: no row of the table plays it: add it to one", f.Path)
		}
		delete(played, f.Path)
	}
	for path := range played {
		t.Errorf("%s: there is no such scenario", path)
	}
}

// TestNamedTestsExist: the Go tests that the tables name are there.
func TestNamedTestsExist(t *testing.T) {
	for _, c := range append(play.Attacks(), play.Defects()...) {
		for _, test := range c.Tests {
			folder, name, _ := strings.Cut(test, " ")
			if !hasFunction(t, filepath.Join("..", "..", folder), name) {
				t.Errorf("%s: %s has no test %s", c.ID, folder, name)
			}
		}
	}
}

func hasFunction(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Scope.Lookup(name) != nil {
			return true
		}
	}
	return false
}

// TestAttacksPage: docs/attacks.md says what the tables say.
func TestAttacksPage(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "attacks.md")
	if *rewrite {
		if err := os.WriteFile(page, []byte(play.AttacksPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if d := play.Difference(play.AttacksPage(), string(text)); d != "" {
		t.Errorf("docs/attacks.md is stale: %s\ngo test ./simulation/play -run TestAttacksPage -rewrite", d)
	}
}

// TestEveryOrderGivesTheSameConsent (A5): whichever of HTTP answer, stanza and notification is first, a dialled call is
// answered once, and a call that only asks for it is not.
func TestEveryOrderGivesTheSameConsent(t *testing.T) {
	delays := []string{"5ms", "90ms", "400ms"}
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		for _, moment := range []string{"proceed", "answer", "active"} {
			settings := fmt.Sprintf("rest-delay=%s edge-delay=%s notify-delay=%s connected=%s", delays[order[0]], delays[order[1]], delays[order[2]], moment)
			t.Run(settings, func(t *testing.T) {
				t.Parallel()
				text := "platform " + settings + "\nagent ann\n\n+1s ann dials C1\n+20ms C2 calls ann auto-answer\n+10s C2 hangs up\n+10s C1 hangs up\n"
				outcome := played(t, text)
				if n := strings.Count(outcome.Text, "asks for the microphone"); n != 1 || len(outcome.Broken) > 0 {
					t.Errorf("the microphone was asked for %d times, and %s:\n%s", n, outcome.Verdict(), outcome.Text)
				}
				if !strings.Contains(outcome.Text, "sessionStarted C1") || strings.Contains(outcome.Text, "sessionStarted C2") {
					t.Errorf("the dialled call must start, and only it:\n%s", outcome.Text)
				}
			})
		}
	}
}

// TestNoMethodConsents (A6): whatever the far end or a stranger says, in whatever state, no call is answered by it.
func TestNoMethodConsents(t *testing.T) {
	states := []struct {
		name, lines string
		session     string // of C1
		consented   bool   // the user has answered it by then
	}{
		{"idle", "", "S1", false},
		{"ringing", "+1s C1 calls ann\n", "S1", false},
		{"answered", "+1s C1 calls ann\n+1s ann answers C1\n", "S1", true},
		{"connected", "+1s C1 calls ann\n+1s ann answers C1\n+2s ann mutes C1\n", "S1", true},
		{"held", "+1s C1 calls ann\n+1s ann answers C1\n+2s ann holds C1\n", "S1", true},
		{"over", "+1s C1 calls ann\n+1s ann answers C1\n+2s C1 hangs up\n", "S1", true},
		{"beside another", "+1s C0 calls ann\n+1s ann answers C0\n+1s C1 calls ann\n+1s platform notifies C1 again\n", "S2", false},
	}
	for _, state := range states {
		for _, from := range []string{"s1@gjoll.example.com/edge", "other@gjoll.example.com/edge", "x@gjoll.evil.example/edge", "ann@org.example.com/home"} {
			for _, signalling := range []string{"sdp", "jingle"} {
				t.Run(state.name+" "+from+" "+signalling, func(t *testing.T) {
					t.Parallel()
					outcome := played(t, "platform signalling="+signalling+"\nagent ann\n\n"+state.lines+vocabulary(state.session, from))
					for _, b := range outcome.Broken {
						if b.Law == laws.ConsentBeforeMedia {
							t.Errorf("%s: %s", b.Law, b.What)
						}
					}
					if !state.consented && strings.Contains(outcome.Text, "sessionStarted C1") {
						t.Errorf("C1 was answered by nobody, and starts:\n%s", outcome.Text)
					}
				})
			}
		}
	}
}

// vocabulary is everything that a far end can say about a session and C1, one line each.
func vocabulary(session, from string) string {
	session = `"session":"` + session + `","from":"` + from + `"`
	var b strings.Builder
	for i, said := range []string{
		`propose {%s,"conversation":"C1","autoAnswer":true,"privAnswer":"Auto","sdpOverXmpp":true}`,
		`proceeded {%s}`,
		`offer {%s,"conversation":"C1","sdp":"v=0","ice":"u\np"}`,
		`offer {%s,"conversation":"C1","sdp":"v=0","ice":"u\np","reinvite":true}`,
		`remote-candidate {%s,"mid":"0","candidate":"candidate:1 1 udp 1 192.0.2.1 9 typ host"}`,
		`session-initiate {%s,"sdp":"v=0","iq":"1"}`,
		`session-accept {%s,"iq":"2"}`,
		`session-info {%s,"iq":"3","info":"unhold"}`,
		`transport-info {%s,"iq":"4","mid":"0","complete":true}`,
		`jingle-action {%s,"iq":"5","action":"content-modify"}`,
		`jingle-action {%s,"iq":"6","action":"transport-replace"}`,
		`accepted {%s}`,
		`rejected {%s}`,
		`retract {%s}`,
		`session-terminate {%s,"iq":"7"}`,
		`terminate {%s}`,
		`offer {%s,"conversation":"C1","sdp":"v=0","ice":"v\nq"}`,
	} {
		kind, fields, _ := strings.Cut(said, " ")
		fmt.Fprintf(&b, "+%dms wire ann %s %s\n", 10+i%2, kind, fmt.Sprintf(fields, session))
	}
	return b.String()
}

func played(t *testing.T, text string) play.Outcome {
	t.Helper()
	s, err := scenario.Parse("a test", []byte("# A test.\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := play.Play(s, play.Options{Text: true})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// TestSmuggledStanzasAreRefused (A10): what another parser could read differently is no frame.
func TestSmuggledStanzasAreRefused(t *testing.T) {
	const real = `<message xmlns="jabber:client" from="s1@gjoll.example.com/edge"><propose xmlns="urn:xmpp:jingle-message:0" id="S1"/></message>`
	if f, err := jingle.Decode(1, []byte(real)); err != nil || f.Input.Kind() != (messages.Propose{}).Kind() {
		t.Fatalf("a propose was read as %v, %v", f.Input, err)
	}
	for what, frame := range map[string]string{
		"a second stanza":          real + real,
		"a stanza in a comment":    "<!--" + real + "-->" + real,
		"a document type":          `<!DOCTYPE m [<!ENTITY e "S2">]>` + real,
		"a processing instruction": "<?xml-stylesheet href='x'?>" + real,
		"half a character":         strings.Replace(real, "S1", "S1\xf0\x9f", 1),
		"an overlong character":    strings.Replace(real, "S1", "S\xc0\xb1", 1),
		"a zero":                   strings.Replace(real, "S1", "S1\x00", 1),
		"an undeclared prefix":     strings.Replace(real, "<propose", "<j:propose", 1),
		"an attribute twice":       strings.Replace(real, `id="S1"`, `id="S1" id="S2"`, 1),
		"an entity of one's own":   strings.Replace(real, "S1", "&e;", 1),
		"an end tag of another":    strings.Replace(real, "</message>", "</iq>", 1),
	} {
		if f, err := jingle.Decode(1, []byte(frame)); err == nil {
			t.Errorf("%s was read as %v", what, f.Input)
		}
	}
	nested := strings.Replace(real, "<propose", real+"<propose", 1)
	if f, err := jingle.Decode(1, []byte(nested)); err == nil {
		if p, is := f.Input.(messages.Propose); is && p.Session != "S1" {
			t.Errorf("a stanza within a stanza was read as %v", f.Input)
		}
	}
}

// TestNestingIsBounded (A12): what nests deeply is refused, however long it is, before it is gone into.
func TestNestingIsBounded(t *testing.T) {
	const deep = 100_000
	xml := `<message xmlns="jabber:client">` + strings.Repeat("<a>", deep) + strings.Repeat("</a>", deep) + `</message>`
	rpc := `<iq xmlns="jabber:client" type="set" id="1"><genesys-webrtc xmlns="genesys">{"method":"offer","params":` +
		strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}</genesys-webrtc></iq>`
	for what, frame := range map[string]string{"XML": xml, "JSON in XML": rpc} {
		if f, err := jingle.Decode(1, []byte(frame)); err == nil {
			t.Errorf("%s: was read as %v", what, f.Input)
		}
	}
	body := `{"eventBody":` + strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep) + "}"
	if in, err := notifications.Decode("v2.users.ann.conversations", []byte(body)); err == nil {
		t.Errorf("JSON: was read as %v", in)
	}
}

// TestTheSenderIsTheStanzas (R-initiator): who a session-initiate is from, its stanza says, and not its initiator.
func TestTheSenderIsTheStanzas(t *testing.T) {
	for _, claim := range []string{"", ` initiator="s1@gjoll.example.com/edge"`, ` responder="ann@org.example.com/desk"`} {
		for _, action := range []string{"session-initiate", "session-accept", "session-terminate", "session-info", "transport-info"} {
			frame := `<iq xmlns="jabber:client" type="set" id="1" from="other@gjoll.example.com/edge"><jingle xmlns="urn:xmpp:jingle:1" sid="S1" action="` + action + `"` + claim + `/></iq>`
			f, err := jingle.Decode(1, []byte(frame))
			if err != nil {
				t.Fatalf("%s%s: %v", action, claim, err)
			}
			if from := sender(f.Input); from != "other@gjoll.example.com/edge" {
				t.Errorf("%s%s is from %s", action, claim, from.Reveal())
			}
		}
	}
}

func sender(in messages.Input) messages.JID {
	switch in := in.(type) {
	case messages.SessionInitiate:
		return in.From
	case messages.SessionAccept:
		return in.From
	case messages.SessionTerminate:
		return in.From
	case messages.SessionInfo:
		return in.From
	case messages.TransportInfo:
		return in.From
	default:
		return ""
	}
}

// TestCandidatesArePersonalData (R-ice-restart): a candidate holds an address, and no way of printing shows it.
func TestCandidatesArePersonalData(t *testing.T) {
	const address = "192.0.2.77"
	in := messages.RemoteCandidate{Session: "S1", Mid: "0", Candidate: "candidate:1 1 udp 1 " + address + " 9 typ host"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, in); strings.Contains(text, address) {
			t.Errorf("%s prints the address", format)
		}
	}
}

// TestSetUpRolesSurviveJingle (R-setup-role): the role of a fingerprint is read from a session-initiate, and written in the
// answer, as it is.
func TestSetUpRolesSurviveJingle(t *testing.T) {
	for _, role := range []string{"actpass", "active", "passive"} {
		frame := `<iq xmlns="jabber:client" type="set" id="1" from="s1@gjoll.example.com/edge"><jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="S1">` +
			`<content creator="initiator" name="0"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio"><payload-type id="0" name="PCMU" clockrate="8000"/></description>` +
			`<transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="u" pwd="p"><fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="sha-256" setup="` + role + `">AA:BB</fingerprint></transport></content></jingle></iq>`
		f, err := jingle.Decode(1, []byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		in, is := f.Input.(messages.SessionInitiate)
		if !is || !strings.Contains(in.SDP.Reveal(), "a=setup:"+role) {
			t.Errorf("%s was read otherwise", role)
			continue
		}
		answer, said, err := jingle.Encode(messages.SendAnswer{Signalling: messages.Jingle, Session: "S1", To: in.From, SDP: in.SDP}, jingle.Context{IQ: "2"})
		if err != nil {
			t.Fatal(err)
		}
		if !said || !strings.Contains(string(answer), `setup="`+role+`"`) {
			t.Errorf("%s was written otherwise", role)
		}
	}
}
