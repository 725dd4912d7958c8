package capture_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/runtime/port"
)

var exact = capture.Tolerance{Early: time.Millisecond, Late: time.Millisecond}

func open(t testing.TB, name string) *capture.Capture {
	t.Helper()
	in, err := captures.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	c, err := capture.Read(name, in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryCaptureMatchesItself(t *testing.T) {
	for _, name := range captures.Names() {
		c := open(t, name)
		report := capture.Compare(c.Records, c.Records, c.Config.Tolerance())
		if !report.Match() {
			t.Errorf("%s differs from itself in %s", name, report.First().List)
		}
		if report.Compared[capture.APIList] == 0 || report.Compared[capture.OtherRESTList] == 0 || len(c.Warnings) > 0 {
			t.Errorf("%s: too little is compared, or it has warnings: %v %v", name, report.Compared, c.Warnings)
		}
	}
}

// decided are the records whose removal or change must be noticed.
var decided = []string{"sdk.event", "api.ok", "api.err", "http.req", "ws.send", "state"}

func TestRemovingOrAlteringAnyComparedRecordIsNoticed(t *testing.T) {
	for _, name := range []string{
		"browser/f-la1-nonpersistent-two-calls.jsonl", "scenarios/05-agent-ends-terminate-before-notification.jsonl",
		"browser/b-inbound-la100-remote-hangup-jingle.jsonl",
	} {
		c := open(t, name)
		compared := 0
		for i, r := range c.Records {
			if !slices.Contains(decided, r.Kind) || !isCompared(r) {
				continue
			}
			compared++
			without := slices.Delete(slices.Clone(c.Records), i, i+1)
			if capture.Compare(c.Records, without, exact).Match() {
				t.Errorf("%s: line %d (%s): its removal was not noticed", name, r.Line, r.Kind)
			}
			altered := slices.Clone(c.Records)
			altered[i] = alter(t, r)
			report := capture.Compare(c.Records, altered, exact)
			if report.Match() {
				t.Errorf("%s: line %d (%s): its change was not noticed", name, r.Line, r.Kind)
			} else if w := report.First().Want; w != nil && w.Line > r.Line {
				t.Errorf("%s: line %d (%s): its change was noticed only at line %d", name, r.Line, r.Kind, w.Line)
			}
		}
		if compared < 30 {
			t.Errorf("%s: only %d records are compared", name, compared)
		}
	}
}

// isCompared leaves out what the definition leaves out: candidates and the answers to IQs.
func isCompared(r port.Record) bool {
	text := string(r.Fields)
	return r.Kind != "ws.send" || !strings.Contains(text, "iceCandidate") && !strings.Contains(text, "transport-info") &&
		!strings.Contains(text, `type=\"result\"`)
}

// alter changes something of a record that is compared.
func alter(t testing.TB, r port.Record) port.Record {
	t.Helper()
	var o map[string]any
	if err := r.Decode(&o); err != nil {
		t.Fatal(err)
	}
	switch r.Kind {
	case "sdk.event":
		o["ev"] = "another"
	case "api.ok", "api.err":
		o["name"] = "another"
	case "http.req":
		o["url"] = fmt.Sprint(o["url"]) + "/another"
	case "ws.send":
		o["xml"] = `<message xmlns="jabber:client"><another xmlns="urn:xmpp:jingle-message:0" id="1"/></message>`
	case "state":
		o["connected"] = o["connected"] != true
	}
	fields, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Fields = fields
	return r
}

func record(t testing.TB, seq int, text string) port.Record {
	t.Helper()
	c, err := capture.Read("test", strings.NewReader(
		`{"seq":0,"t":0,"k":"config","sdk":"9.2.4","config":{}}`+"\n"+fmt.Sprintf(`{"seq":%d,"t":%d,%s`, seq, seq, text[1:])))
	if err != nil {
		t.Fatal(err)
	}
	return c.Records[1]
}

// The rows say what of each compared record counts.
func TestWhatCounts(t *testing.T) {
	for _, row := range []struct {
		name, a, b string
		same       bool
	}{
		{"an absent field is null", `{"k":"sdk.event","ev":"sessionEnded","args":[{"$session":{"id":"S"}},{}]}`, `{"k":"sdk.event","ev":"sessionEnded","args":[{"$session":{"id":"S","conversationId":null}},{"condition":null}]}`, true},
		{"a session may be given as itself", `{"k":"sdk.event","ev":"sessionStarted","args":[{"$session":{"id":"S"}}]}`, `{"k":"sdk.event","ev":"sessionStarted","args":[{"id":"S"}]}`, true},
		{"the reason counts", `{"k":"sdk.event","ev":"sessionEnded","args":[{"id":"S"},{"condition":"success"}]}`, `{"k":"sdk.event","ev":"sessionEnded","args":[{"id":"S"},{"condition":"gone"}]}`, false},
		{"an empty privAnswerMode is none", `{"k":"sdk.event","ev":"pendingSession","args":[{"id":"S","privAnswerMode":""}]}`, `{"k":"sdk.event","ev":"pendingSession","args":[{"id":"S","autoAnswer":false}]}`, true},
		{"addresses do not count", `{"k":"sdk.event","ev":"pendingSession","args":[{"id":"S","fromJid":"a@b"}]}`, `{"k":"sdk.event","ev":"pendingSession","args":[{"id":"S"}]}`, true},
		{"the session type counts", `{"k":"sdk.event","ev":"pendingSession","args":[{"id":"S","sessionType":"softphone"}]}`, `{"k":"sdk.event","ev":"pendingSession","args":[{"id":"S","sessionType":"unknown"}]}`, false},
		{"no active conversation is not an unknown one", `{"k":"sdk.event","ev":"conversationUpdate","args":[{"activeConversationId":""}]}`, `{"k":"sdk.event","ev":"conversationUpdate","args":[{}]}`, false},
		{"an absent flag is not a false one", `{"k":"sdk.event","ev":"conversationUpdate","args":[{"current":[{"call":{"held":false}}]}]}`, `{"k":"sdk.event","ev":"conversationUpdate","args":[{"current":[{"call":{}}]}]}`, false},
		{"the order of the current ones counts", `{"k":"sdk.event","ev":"conversationUpdate","args":[{"current":[{"sessionId":"1"},{"sessionId":"2"}]}]}`, `{"k":"sdk.event","ev":"conversationUpdate","args":[{"current":[{"sessionId":"2"},{"sessionId":"1"}]}]}`, false},
		{"of a station the id counts", `{"k":"sdk.event","ev":"station","args":[{"action":"Associated","station":{"id":"T","name":"x"}}]}`, `{"k":"sdk.event","ev":"station","args":[{"action":"Associated","station":{"id":"T"}}]}`, true},
		{"an error's message counts", `{"k":"sdk.event","ev":"sdkError","args":[{"$error":{"type":"http","message":"a"}}]}`, `{"k":"sdk.event","ev":"sdkError","args":[{"$error":{"type":"http","message":"b"}}]}`, false},
		{"an error's details do not", `{"k":"sdk.event","ev":"sdkError","args":[{"$error":{"type":"http","details":1}}]}`, `{"k":"sdk.event","ev":"sdkError","args":[{"$error":{"type":"http"}}]}`, true},
		{"a result does not count", `{"k":"api.ok","name":"a","result":1}`, `{"k":"api.ok","name":"a"}`, true},
		{"a rejection counts", `{"k":"api.err","name":"a","error":{"type":"session"}}`, `{"k":"api.err","name":"a","error":{"type":"call"}}`, false},
		{"the host of a request does not count", `{"k":"http.req","method":"get","url":"http://a:1/api/v2/conversations/C"}`, `{"k":"http.req","method":"GET","url":"https://b/api/v2/conversations/C"}`, true},
		{"the order in a body does not count", `{"k":"http.req","method":"PATCH","url":"/conversations/C","body":"{\"a\":1,\"b\":2}"}`, `{"k":"http.req","method":"PATCH","url":"/conversations/C","body":"{\"b\":2,\"a\":1}"}`, true},
		{"an empty body is none", `{"k":"http.req","method":"GET","url":"/users/me","body":""}`, `{"k":"http.req","method":"GET","url":"/users/me"}`, true},
		{"a body counts", `{"k":"http.req","method":"PATCH","url":"/conversations/C","body":"{\"held\":true}"}`, `{"k":"http.req","method":"PATCH","url":"/conversations/C","body":"{\"held\":false}"}`, false},
		{"a query counts", `{"k":"http.req","method":"GET","url":"/users/me?expand=station"}`, `{"k":"http.req","method":"GET","url":"/users/me"}`, false},
		{"telemetry does not count", `{"k":"http.req","method":"POST","url":"https://x/api/v2/diagnostics/trace","body":"1"}`, `{"k":"http.req","method":"POST","url":"https://x/api/v2/diagnostics/trace","body":"2"}`, true},
		{"a description does not count", rpcSent("answer", `{"sessionId":"S","sdp":"a"}`), rpcSent("answer", `{"sessionId":"S","sdp":"b"}`), true},
		{"the reason of a terminate counts", rpcSent("terminate", `{"sessionId":"S","reason":"success"}`), rpcSent("terminate", `{"sessionId":"S","reason":"gone"}`), false},
		{"a status counts", rpcSent("info", `{"sessionId":"S","status":"active"}`), rpcSent("info", `{"sessionId":"S"}`), false},
		{"a session of a stanza counts", rpcSent("answer", `{"sessionId":"S"}`), rpcSent("answer", `{"sessionId":"R"}`), false},
		{"ids of stanzas do not count", `{"k":"ws.send","xml":"<iq id='1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"}`, `{"k":"ws.send","xml":"<iq id='2' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"}`, true},
		{"the type of the servers counts", `{"k":"ws.send","xml":"<iq type='get'><services type='turn'/></iq>"}`, `{"k":"ws.send","xml":"<iq type='get'><services type='stun'/></iq>"}`, false},
		{"a look inside at sessions counts", `{"k":"state","sessions":[{"id":"S","pc":"new"}]}`, `{"k":"state","sessions":[{"id":"S","pc":"closed"}]}`, false},
		{"a field that the look inside lacks does not count", `{"k":"state","connected":true}`, `{"k":"state","connected":true,"activeSession":"S"}`, true},
		{"no active session is not one", `{"k":"state","activeSession":null}`, `{"k":"state","activeSession":"S"}`, false},
		{"the state of sessions counts where both have it", `{"k":"state","sessions":[{"id":"S","state":"active"}]}`, `{"k":"state","sessions":[{"id":"S"}]}`, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, b := []port.Record{record(t, 1, row.a)}, []port.Record{record(t, 1, row.b)}
			if got := capture.Compare(a, b, exact).Match(); got != row.same {
				t.Errorf("match is %v, want %v\n%s\n%s", got, row.same, row.a, row.b)
			}
		})
	}
}

func rpcSent(method, params string) string {
	inner := strings.ReplaceAll(fmt.Sprintf(`{"method":%q,"params":%s}`, method, params), `"`, "&quot;")
	return `{"k":"ws.send","xml":"<iq type='set' id='1'><genesys-webrtc xmlns='genesys'>` + inner + `</genesys-webrtc></iq>"}`
}

func TestOnlyWhatATimerCausedMustBeInTime(t *testing.T) {
	browser := capture.Tolerance{Early: time.Millisecond, Late: 60 * time.Millisecond}
	for _, row := range []struct {
		recorded, replayed int
		timed              bool
		tolerance          capture.Tolerance
		same               bool
	}{
		{100, 100, true, exact, true},
		{101, 100, true, exact, true},
		{102, 100, true, exact, false},
		{98, 100, true, exact, false},
		{160, 100, true, browser, true},
		{161, 100, true, browser, false},
		{98, 100, true, browser, false},
		{500, 100, false, exact, true},
	} {
		a, b := record(t, row.recorded, `{"k":"sdk.event","ev":"ready"}`), record(t, row.replayed, `{"k":"sdk.event","ev":"ready"}`)
		b.Timed = row.timed
		if got := capture.Compare([]port.Record{a}, []port.Record{b}, row.tolerance).Match(); got != row.same {
			t.Errorf("%+v: match is %v", row, got)
		}
	}
}

func TestTheFirstDivergenceIsTheEarliestInTheRecording(t *testing.T) {
	c := open(t, "scenarios/01-inbound-call-to-hangup.jsonl")
	altered := slices.Clone(c.Records)
	var first port.Record
	for i, r := range altered {
		if r.Kind == "sdk.event" && strings.Contains(string(r.Fields), "sessionStarted") {
			first = r
			altered[i] = alter(t, r)
		}
		if r.Kind == "http.req" && i > 60 {
			altered[i] = alter(t, r)
		}
	}
	report := capture.Compare(c.Records, altered, exact)
	if report.Match() || report.First().Want.Line != first.Line {
		t.Fatalf("first divergence is %+v, want line %d", report.First().Want, first.Line)
	}
	var out bytes.Buffer
	if err := report.Show(&out, c.Records, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"first divergence: sdk.event #", "expected (capture line", "got      (output line", "inputs before it", "ws.recv rpc offer"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "@") || strings.Contains(out.String(), "+1555") {
		t.Errorf("the report has personal data:\n%s", out.String())
	}
}

func TestWhomSomebodyCallsIsNotShown(t *testing.T) {
	placed := func(number string) []port.Record {
		return []port.Record{record(t, 1, `{"k":"http.req","method":"POST","url":"http://h/api/v2/conversations/calls","body":"{\"phoneNumber\":\"`+number+`\"}"}`)}
	}
	recording := placed("5551234")
	report := capture.Compare(recording, placed("sip:jane@home.test"), exact)
	if report.Match() {
		t.Fatal("another number was not noticed")
	}
	var out bytes.Buffer
	if err := report.Show(&out, recording, nil); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "5551234") || strings.Contains(text, "jane") || !strings.Contains(text, "not shown") {
		t.Errorf("got %s", text)
	}
}

func TestFramesThatAskAreKnownByWhatTheyAsk(t *testing.T) {
	for _, row := range []struct{ frame, key string }{
		{`<iq id="7" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>`, port.BindKey()},
		{`<iq id="7" type="get" to="d"><services xmlns="urn:xmpp:extdisco:1" type="turn"/></iq>`, port.ServicesKey("turn")},
		{`<iq id="7" type="set"><pubsub><subscribe node="v2.users.U.conversations" jid="x"/></pubsub></iq>`, port.SubscribeKey("v2.users.U.conversations")},
		{`<iq id="7" type="get"><ping xmlns="urn:xmpp:ping"/></iq>`, port.PingKey()},
		{`<iq id="7" type="set"><genesys-webrtc>{"method":"iceCandidate","params":{"sessionId":"S"}}</genesys-webrtc></iq>`, port.RPCKey("iceCandidate", "S")},
		{`<iq id="7" type="set"><jingle xmlns="urn:xmpp:jingle:1" action="session-accept" sid="S"/></iq>`, port.JingleKey("session-accept", "S")},
	} {
		iq, ok := capture.IdentifyIQ(row.frame)
		if !ok || iq.ID != "7" || iq.Key != row.key {
			t.Errorf("%s: got %+v %v, want key %q", row.frame, iq, ok, row.key)
		}
	}
	for _, frame := range []string{"", "<iq", `<iq type="result" id="7"><bind/></iq>`, `<message/>`, `<iq type="get" id="1"/>`} {
		if iq, ok := capture.IdentifyIQ(frame); ok {
			t.Errorf("%q was taken for the question %+v", frame, iq)
		}
	}
}
