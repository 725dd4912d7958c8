package capture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// wire is a capture of the wire from lines of a kind and its fields; the time is ten milliseconds a line.
func wire(t *testing.T, lines ...string) *capture.Capture {
	t.Helper()
	var text strings.Builder
	text.WriteString(`{"seq":0,"t":0,"k":"config","sdk":"9.2.4","config":{"environment":"example.com"}}` + "\n")
	for i, line := range lines {
		kind, fields, _ := strings.Cut(line, " ")
		fmt.Fprintf(&text, `{"seq":%d,"t":%d,"k":%q,%s`+"\n", i+1, 10*(i+1), kind, strings.TrimPrefix(fields, "{"))
	}
	c, err := capture.Read("x", strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func frame(kind, xml string) string {
	text, err := json.Marshal(object{"ws": 1, "xml": xml})
	if err != nil {
		panic(err)
	}
	return kind + " " + string(text)
}

func propose(automatic string) string {
	return frame("ws.recv", `<message from="x@gjoll.example.com/edge"><propose xmlns="urn:xmpp:jingle-message:0" id="S1" inin-cid="C1" inin-autoanswer="`+automatic+`"/></message>`)
}

const proceedXML = `<message to="x@gjoll.example.com/edge"><proceed xmlns="urn:xmpp:jingle-message:0" id="S1"/></message>`

func patch(n int, body string) string {
	text, err := json.Marshal(object{"n": n, "method": "PATCH", "url": "https://api.example.com/api/v2/conversations/calls/C1/participants/P1", "body": body})
	if err != nil {
		panic(err)
	}
	return "http.req " + string(text)
}

// inferredOf are the records that were inferred, each with its rule.
func inferredOf(t *testing.T, c *capture.Capture) (list []string) {
	t.Helper()
	for i, r := range c.Records {
		if r.Seq != i {
			t.Fatalf("record %d has seq %d", i, r.Seq)
		}
		by := capture.InferredBy(r)
		if by == "" || r.Kind == "config" {
			continue
		}
		var f struct {
			Name string            `json:"name"`
			Args []json.RawMessage `json:"args"`
		}
		if err := r.Decode(&f); err != nil {
			t.Fatal(err)
		}
		said := r.Kind
		if f.Name != "" {
			said = fmt.Sprintf("%s(%s)", f.Name, bytes.Join(toBytes(f.Args), []byte(",")))
		}
		list = append(list, by+": "+said)
	}
	return list
}

func toBytes(list []json.RawMessage) (out [][]byte) {
	for _, m := range list {
		out = append(out, m)
	}
	return out
}

func TestWhatIsInferred(t *testing.T) {
	rejected := `http.res {"n":1,"status":500,"body":"{}"}`
	terminate := func(reason string) string {
		return frame("ws.send", `<iq type="set" id="1"><genesys-webrtc xmlns="genesys">{"method":"terminate","params":{"sessionId":"S1","reason":"`+reason+`"}}</genesys-webrtc></iq>`)
	}
	services := frame("ws.recv", `<iq type="result"><services xmlns="urn:xmpp:extdisco:1"/></iq>`)
	goodbye := frame("ws.send", `<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`)
	c1 := `{"conversationId":"C1"}`
	for name, row := range map[string]struct {
		lines []string
		want  string
	}{
		"answered by a person":          {[]string{propose("false"), frame("ws.send", proceedXML)}, "proceed: acceptPendingSession(" + c1 + ")"},
		"answered before and again":     {[]string{propose("false"), frame("ws.send", proceedXML), `ws.open {"ws":2}`, frame("ws.send", proceedXML)}, "proceed: acceptPendingSession(" + c1 + "), proceed: acceptPendingSession(" + c1 + ")"},
		"answered on the shared one":    {[]string{patch(1, `{"state":"connected"}`)}, "connect: acceptPendingSession(" + c1 + ")"},
		"declined":                      {[]string{propose("false"), patch(1, `{"state":"disconnected"}`)}, "decline: rejectPendingSession(" + c1 + ")"},
		"ended":                         {[]string{patch(1, `{"state":"disconnected"}`)}, "end: endSession(" + c1 + ")"},
		"ended, and the request failed": {[]string{patch(1, `{"state":"disconnected"}`), rejected, terminate("busy")}, `end: endSession({"conversationId":"C1","reason":"busy"})`},
		"terminated":                    {[]string{terminate("success")}, `terminate: forceTerminateSession("S1")`},
		"terminated for a reason":       {[]string{terminate("busy")}, `terminate: forceTerminateSession("S1","busy")`},
		"replaced":                      {[]string{terminate("alternative-session")}, ""},
		"destroyed":                     {[]string{services, terminate("success"), goodbye}, "destroy: destroy()"},
		"disconnected":                  {[]string{services, goodbye}, "close: disconnect()"},
		"closed before it was up":       {[]string{goodbye}, ""},
		"muted":                         {[]string{patch(1, `{"muted":true}`)}, `mute: setAudioMute({"conversationId":"C1","mute":true})`},
		"held":                          {[]string{patch(1, `{"held":true}`)}, `hold: setConversationHeld({"conversationId":"C1","held":true})`},
		"dialled":                       {[]string{`http.req {"n":1,"method":"POST","url":"https://api.example.com/api/v2/conversations/calls","body":{"phoneNumber":"+1","sessionType":"softphone"}}`}, `dial: startSoftphoneSession({"phoneNumber":"+1"})`},
		"another's request":             {[]string{`http.req {"n":1,"method":"GET","url":"https://api.example.com/api/v2/users/me"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := wire(t, row.lines...)
			if err := c.Infer(); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(inferredOf(t, c), ", "); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

// Right after a propose that asks for it the client proceeds by itself, and the application did nothing; later it was the
// application, and the client was told not to.
func TestOptionsAreInferred(t *testing.T) {
	at := func(c *capture.Capture, index int, after string) {
		c.Records[index].At = port.FromMilliseconds(10*float64(index-1) + map[string]float64{"at once": 10, "later": 400}[after])
	}
	for after, want := range map[string]struct {
		inferred string
		off      bool
	}{"at once": {"", false}, "later": {`proceed: acceptPendingSession({"conversationId":"C1"})`, true}} {
		c := wire(t, propose("true"), frame("ws.send", proceedXML))
		c.Records[2].At = c.Records[1].At
		if after == "later" {
			at(c, 2, after)
		}
		if err := c.Infer(); err != nil {
			t.Fatal(err)
		}
		disabled := c.Config.Options.DisableAutoAnswer
		if got := strings.Join(inferredOf(t, c), ", "); got != want.inferred || (disabled != nil && *disabled) != want.off {
			t.Errorf("%s: got %q, disableAutoAnswer %v", after, got, disabled)
		}
	}
}

// A capture that has the application is left as it is, and inferring twice is inferring once.
func TestOnlyTheWireIsAddedTo(t *testing.T) {
	whole := wire(t, propose("false"), `api {"name":"acceptPendingSession","args":[]}`, frame("ws.send", proceedXML))
	before := len(whole.Records)
	if err := whole.Infer(); err != nil || whole.Inferred || len(whole.Records) != before {
		t.Errorf("inferred %t, %d records (%v)", whole.Inferred, len(whole.Records), err)
	}
	once := wire(t, propose("false"), frame("ws.send", proceedXML))
	if err := once.Infer(); err != nil || !once.Inferred {
		t.Fatal("nothing was inferred", err)
	}
	var text bytes.Buffer
	if err := capture.Write(&text, once.Records); err != nil {
		t.Fatal(err)
	}
	again, err := capture.Read("x", bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Infer(); err != nil || !again.Inferred || len(again.Records) != len(once.Records) {
		t.Errorf("inferred %t, %d records and not %d (%v)", again.Inferred, len(again.Records), len(once.Records), err)
	}
}

// The page on HARs has each rule, in the order of the code.
func TestTheRulesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/har.md")
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, r := range capture.Rules() {
		row := fmt.Sprintf("\n| `%s` | %s |", r.Name, r.Because)
		found := bytes.Index(page, []byte(row))
		if found < at {
			t.Errorf("docs/har.md does not have, or not in this place: %s", row)
		}
		at = max(at, found)
	}
	if listed := bytes.Count(page, []byte(" ⇒ ")); listed != len(capture.Rules())+1 { // and the head of the table
		t.Errorf("docs/har.md has %d arrows, and there are %d rules", listed, len(capture.Rules()))
	}
}

// newDump is dump as browsers write it of late.
func newDump(ufrag, at string) string {
	return `{"timestamp":1,"getUserMedia":[],"PeerConnections":{"1-1":{"url":"https://example.com/","updateLog":[
		{"timestamp":` + at + `,"type":"setRemoteDescription","value":"{\"type\":\"offer\",\"sdp\":\"v=0\\r\\na=ice-ufrag:` + ufrag + `\\r\\n\"}"},
		{"timestamp":` + at + `,"type":"onsignalingstatechange","value":"\"have-remote-offer\""},
		{"timestamp":` + at + `,"type":"onicecandidate","value":"{\"sdpMid\":\"0\",\"candidate\":\"candidate:1 1 udp 2 192.0.2.1 4 typ host\"}"},
		{"timestamp":` + at + `,"type":"oniceconnectionstatechange","value":"\"failed\""},
		{"timestamp":` + at + `,"type":"setLocalDescriptionOnFailure","value":"{\"name\":\"InvalidStateError\",\"message\":\"closed\"}"}]}}}`
}

// dump is a dump of webrtc-internals with one peer connection that took an offer.
func dump(ufrag, at string) string {
	return `{"UserAgent":"x","PeerConnections":{"1-1":{"url":"https://example.com/","updateLog":[
		{"time":` + at + `,"type":"setRemoteDescription","value":"type: offer, sdp: v=0\r\na=ice-ufrag:` + ufrag + `\r\n"},
		{"time":` + at + `,"type":"signalingstatechange","value":"have-remote-offer"},
		{"time":` + at + `,"type":"icecandidate","value":"sdpMid: 0, sdpMLineIndex: 0, candidate: candidate:1 1 udp 2 192.0.2.1 4 typ host, url: , relayProtocol: "},
		{"time":` + at + `,"type":"iceconnectionstatechange","value":"\"failed\""},
		{"time":` + at + `,"type":"setLocalDescriptionOnFailure","value":"InvalidStateError: closed"}]}}}`
}

func harOfASession() string {
	offer := `<iq type="set" id="1" from="x@gjoll.example.com/edge"><genesys-webrtc xmlns="genesys">{"method":"offer","params":{"sessionId":"S1","conversationId":"C1","sdp":"v=0\r\na=ice-ufrag:uf1\r\n"}}</genesys-webrtc></iq>`
	return har(socket("page_1", "c1", message("send", 0.1, hello), message("receive", 0.2, offer),
		message("send", 0.3, `<message to="ann@example.com"><accept xmlns="urn:xmpp:jingle-message:0" id="S1"/></message>`)))
}

func TestADumpOfPeerConnectionsIsMerged(t *testing.T) {
	mergedAs(t, dump("uf1", `"1772357400250.5"`))
	mergedAs(t, newDump("uf1", `1772357400250.5`))
}

func mergedAs(t *testing.T, text string) {
	t.Helper()
	c, err := capture.ReadHAR("x.har", strings.NewReader(harOfASession()))
	if err != nil {
		t.Fatal(err)
	}
	d, err := capture.ReadInternals("dump.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Merge(d); err != nil {
		t.Fatal(err)
	}
	if err := c.Infer(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range c.Records {
		if strings.HasPrefix(r.Kind, "pc.") {
			var f struct{ Value, Cand, Error string }
			if err := r.Decode(&f); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%.1f %s %s%s%s", port.Milliseconds(r.At), r.Kind, f.Value+f.Cand, f.Error, capture.InferredBy(r)))
		}
	}
	want := "250.5 pc.state have-remote-offer, 250.5 pc.icecandidate candidate:1 1 udp 2 192.0.2.1 4 typ host, 250.5 pc.state failed, " +
		"250.5 pc.err InvalidStateError: closed, 300.0 pc.new offer"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestDumpsThatCannotBeUsed(t *testing.T) {
	for name, row := range map[string]struct {
		dump string
		is   error
	}{
		"not JSON":          {"secret", capture.ErrNotInternals},
		"another object":    {`{"log":{}}`, capture.ErrNotInternals},
		"a list":            {`[]`, capture.ErrNotInternals},
		"times of day":      {dump("uf1", `"3/1/2026, 9:30:00 AM"`), capture.ErrNotInternals},
		"another's session": {dump("uf2", `1772357400250`), capture.ErrNoneAlike},
		"wrongly typed":     {`{"PeerConnections":{"1":{"updateLog":"secret"}}}`, capture.ErrNotInternals},
	} {
		c, err := capture.ReadHAR("x.har", strings.NewReader(harOfASession()))
		if err != nil {
			t.Fatal(err)
		}
		d, err := capture.ReadInternals("dump.txt", strings.NewReader(row.dump))
		if err == nil {
			err = c.Merge(d)
		}
		if !errors.Is(err, row.is) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want %v", name, err, row.is)
		}
	}
	d, err := capture.ReadInternals("dump.txt", strings.NewReader(dump("uf1", `1772357400250`)))
	if err != nil {
		t.Fatal(err)
	}
	if err := wire(t, propose("false")).Merge(d); !errors.Is(err, capture.ErrNoWallClock) {
		t.Errorf("a capture without a time of day: %v", err)
	}
}
