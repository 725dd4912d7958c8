package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// A journal is a recording of capture/1 from the client's side: it can be read, holds what went over the wire and no secret,
// whatever the client says.
func TestJournal(t *testing.T) {
	s := serve(t, atOnce)
	login := s.agent("ann", 100)
	secret := login.Token.Reveal()
	ann := s.logIn(login, "desk")
	s.control("POST", "/control/calls", map[string]any{"agent": "ann"}, &struct{}{})
	if err := ann.takes(ann.rings()); err != nil {
		t.Fatal(err)
	}
	s.ask("GET", "/api/v2/users/me?access_token="+secret, "", as(login))
	s.ask("POST", "/api/v2/conversations/calls", `{"phoneNumber":"`+secret+`"`, as(login))
	for _, frames := range [][]string{ // none of which is understood
		{openFrame, strings.Replace(authFrame("ann", secret), "PLAIN", "LOGIN", 1)},
		{openFrame, `<authenticate xmlns="urn:xmpp:sasl:2">authKey:` + secret + `</authenticate>`},
		{openFrame, authFrame("ann", secret), openFrame, authFrame("ann", secret)},
		{"authKey:" + secret},
	} {
		c := s.connect(login)
		c.send(frames...)
		c.ends()
	}
	ann.send(`<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`)
	ann.ends()
	s.end()
	var text bytes.Buffer
	whole, err := s.s.WriteJournal(&text, login)
	if err != nil || !whole {
		t.Fatalf("the journal cannot be written: whole %t, %v", whole, err)
	}
	for _, leaked := range []string{secret, authFrame("", secret)[len(authFrame("", ""))-20:]} {
		if strings.Contains(text.String(), leaked) {
			t.Errorf("%q is in the journal", leaked)
		}
	}
	recording, err := capture.Read("ann", &text)
	if err != nil {
		t.Fatal(err)
	}
	if len(recording.Warnings) > 0 {
		t.Errorf("it can be read but %v", recording.Warnings)
	}
	if recording.Config.Options.Environment != s.url || recording.Config.Options.WSHost != strings.Replace(s.url, "http", "ws", 1) {
		t.Errorf("it says of the client %+v", recording.Config)
	}
	var kinds []string
	for _, r := range recording.Records {
		kinds = append(kinds, r.Kind)
	}
	if all := strings.Join(kinds, " "); !strings.HasPrefix(all, "config http.req http.res ws.new ws.open ws.send ws.recv ws.recv ws.send ws.recv") {
		t.Errorf("it holds %s", all)
	}
	last := recording.Records[slices.IndexFunc(recording.Records, func(r port.Record) bool { return r.Kind == "ws.close" && bytes.Contains(r.Fields, []byte(`"ws":1`)) })]
	var end struct {
		Code  int
		Clean bool
	}
	if err := last.Decode(&end); err != nil || end.Code != 1000 || !end.Clean {
		t.Errorf("the first socket ended with %+v (%v)", end, err)
	}
}

// A journal that has no room for all of it stops, and says so; it can still be read. The client goes on.
func TestAFullJournal(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.JournalBytes = 4000 })
	login := s.agent("ann", 100)
	ann := s.logIn(login, "desk")
	if a := s.ask("GET", "/control/agents/ann/journal", ""); a.header.Get("X-Hookswitch-Cut") != "" {
		t.Errorf("it is full at once: %d bytes", len(a.body))
	}
	for range 100 {
		ann.send(pingFrame)
		ann.hear(`id="p1"`)
	}
	a := s.ask("GET", "/control/agents/ann/journal", "")
	if a.header.Get("X-Hookswitch-Cut") == "" || len(a.body) > 5000 {
		t.Errorf("it has %d bytes and says %q of that", len(a.body), a.header.Get("X-Hookswitch-Cut"))
	}
	if _, err := capture.Read("ann", strings.NewReader(a.body)); err != nil {
		t.Error(err)
	}
	if whole, err := s.s.WriteJournal(&bytes.Buffer{}, login); whole || err != nil {
		t.Errorf("it is written whole: %t, %v", whole, err)
	}
	if _, err := s.s.WriteJournal(&bytes.Buffer{}, server.Login{Agent: "bob", Token: "none"}); err == nil || !strings.Contains(err.Error(), "bob") {
		t.Errorf("of nobody's journal it says %v", err)
	}
	if a := s.ask("GET", "/control/agents/ann/journal?phone=none", ""); a.status != 404 {
		t.Errorf("no phone's journal: %d", a.status)
	}
}

// A page tells its records in order, once or more often; the capture that comes of it can be read, and is its owner's.
func TestPages(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.JournalBytes = 2000 })
	ann, bob := as(s.agent("ann", 100)), as(s.agent("bob", 100))
	tell := func(who, page, records string) answer {
		return s.ask("POST", "/control/pages/"+page+"/records", records, who)
	}
	one := func(seq int, kind string) string { return fmt.Sprintf(`{"seq":%d,"t":%d,"k":%q}`, seq, seq, kind) }
	for _, c := range []struct {
		who, page, records string
		status             int
	}{
		{"Authorization: none", "p", "[]", 401},
		{"Authorization: Bearer x", "p", "[]", 401},
		{ann, "a%2Fb", "[]", 400},
		{ann, "p", "{}", 400},
		{ann, "p", "[7]", 400},
		{ann, "p", `[{"seq":0}]`, 400},
		{ann, "p", `[` + one(1, "api") + `]`, 409}, // 0 is missing
		{ann, "p", `[{"seq":0,"t":0,"k":"config","sdk":"9.2.4","config":{}},` + one(1, "api") + `]`, 204},
		{ann, "p", `[` + one(1, "api") + `,` + one(2, "step") + `]`, 204}, // and 1 again
		{ann, "p", `[` + one(4, "step") + `]`, 409},
		{ann, "p", `[` + one(99999999999999, "step") + `]`, 409},
		{bob, "p", `[` + one(3, "step") + `]`, 403},
		{ann, "p", `[` + one(3, "step") + `]`, 204},
	} {
		if a := tell(c.who, c.page, c.records); a.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.records, a.status, a.body, c.status)
		}
	}
	a := s.ask("GET", "/control/pages/p/capture", "")
	recording, err := capture.Read("p", strings.NewReader(a.body))
	if err != nil || len(recording.Records) != 4 || a.header.Get("X-Hookswitch-Cut") != "" {
		t.Errorf("the capture: %s (%v)", a.body, err)
	}
	tell(ann, "p", `[{"seq":4,"t":4,"k":"step","s":"`+strings.Repeat("x", 3000)+`"}]`)
	if a := s.ask("GET", "/control/pages/p/capture", ""); a.header.Get("X-Hookswitch-Cut") == "" || len(a.body) > 2000 {
		t.Errorf("a capture that is not whole: %d bytes, %v", len(a.body), a.header)
	}
	if a := s.ask("GET", "/control/pages/none/capture", ""); a.status != 404 {
		t.Errorf("no page's capture: %d", a.status)
	}
	for n := range 100 { // the oldest make room
		if a := tell(bob, fmt.Sprintf("b%d", n), "[]"); a.status != 204 {
			t.Fatalf("page %d: %d %s", n, a.status, a.body)
		}
	}
	var pages []struct{ Name, Agent string }
	if s.control("GET", "/control/pages", nil, &pages); len(pages) != 41 || pages[0].Name != "b60" || pages[40].Agent != "ann" {
		t.Errorf("there are %d pages: %v", len(pages), pages)
	}
	if a := s.ask("POST", "/control/pages/p/do", `{"method":"destroy"}`, aJSON); a.status != 409 || !strings.Contains(a.body, "does not wait for orders") {
		t.Errorf("a page that does not obey: %d %s", a.status, a.body)
	}
	if a := tell(ann, "p", "["+strings.Repeat(" ", 9<<20)+"]"); a.status != 413 {
		t.Errorf("too much at once: %d", a.status)
	}
	if !json.Valid([]byte(a.body[:strings.Index(a.body, "\n")])) {
		t.Error("its first line is no JSON")
	}
}

// All recordings together have a bound: then they stop, which is logged once, and go on where one is begun anew.
func TestAllRecordingsHaveABound(t *testing.T) {
	var log written
	s := serve(t, func(c *server.Config) {
		c.Limits.RecordingBytes, c.Log = 8000, slog.New(slog.NewTextHandler(&log, nil))
	})
	ann, bob, cat := as(s.agent("ann", 100)), as(s.agent("bob", 100)), as(s.agent("cat", 100))
	for range 40 {
		s.ask("GET", "/api/v2/users/me", "", ann)
		s.ask("GET", "/api/v2/users/me", "", bob)
	}
	s.ask("POST", "/control/pages/p/records", `[{"seq":0,"t":0,"k":"config","x":"`+strings.Repeat("x", 1000)+`"}]`, cat)
	all := 0
	for _, path := range []string{"agents/ann/journal", "agents/bob/journal", "pages/p/capture"} {
		a := s.ask("GET", "/control/"+path, "")
		if all += len(a.body); a.header.Get("X-Hookswitch-Cut") == "" {
			t.Errorf("%s is whole: %d bytes", path, len(a.body))
		}
	}
	if all < 6000 || all > 8600 || strings.Count(log.String(), "no more room") != 1 {
		t.Errorf("%d bytes are kept, and the log is %s", all, log.String())
	}
	if a := s.ask("DELETE", "/control/agents/ann/journal", ""); a.status != 204 {
		t.Fatalf("a new journal: %d %s", a.status, a.body)
	}
	s.ask("GET", "/api/v2/users/me", "", ann)
	a := s.ask("GET", "/control/agents/ann/journal", "")
	if lines := strings.Split(a.body, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], `{"seq":1,`) || a.header.Get("X-Hookswitch-Cut") != "" {
		t.Errorf("the new one is %s", a.body)
	}
	if a := s.ask("DELETE", "/control/agents/ann/journal?phone=none", ""); a.status != 404 {
		t.Errorf("no phone's journal: %d", a.status)
	}
}
