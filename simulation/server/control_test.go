package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// Requests fail, are late or are never answered, once and as asked for, for the phone that was meant.
func TestRequestFaults(t *testing.T) {
	s := serve(t, nil)
	desk, home := as(s.agent("ann", 100)), ""
	var made struct{ Token string }
	s.control("POST", "/control/agents/ann/tokens", map[string]any{"phone": "home"}, &made)
	home = "Authorization: Bearer " + made.Token
	fault := func(fields map[string]any) {
		t.Helper()
		fields["agent"] = "ann"
		if a := s.control("POST", "/control/faults", fields, nil); a.status != http.StatusNoContent {
			t.Fatalf("%v: %d %s", fields, a.status, a.body)
		}
	}
	me := func(as string) answer { return s.ask("GET", "/api/v2/users/me", "", as) }

	fault(map[string]any{"request": "get-me", "status": 503, "retryAfter": 7})
	if a := s.ask("GET", "/api/v2/organizations/me", "", desk); a.status != 200 {
		t.Errorf("another request: %d", a.status)
	}
	if a := me(desk); a.status != 503 || a.header.Get("Retry-After") != "7" || !strings.Contains(a.body, `"code":"service.unavailable"`) {
		t.Errorf("it fails with %d %v %s", a.status, a.header, a.body)
	}
	if a := me(desk); a.status != 200 {
		t.Errorf("the next one: %d", a.status)
	}

	fault(map[string]any{"request": "post-channel", "status": 500, "phone": "home"})
	s.channel(s.agent("bob", 100))
	if a := s.ask("POST", "/api/v2/notifications/channels", "", home); a.status != 500 {
		t.Errorf("the one at home: %d", a.status)
	}

	fault(map[string]any{"request": "get-me", "milliseconds": 300})
	if since := time.Now(); me(desk).status != 200 || time.Since(since) < 300*time.Millisecond {
		t.Errorf("it came after %v", time.Since(since))
	}

	fault(map[string]any{"request": "get-me", "unanswered": true})
	ctx, stop := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/v2/users/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", strings.TrimPrefix(desk, "Authorization: "))
	if res, err := http.DefaultClient.Do(r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it was answered: %v %v", res, err)
	}
	if a := me(desk); a.status != 200 {
		t.Errorf("the next one: %d", a.status)
	}
}

// Frames are lost, doubled, delayed and overtaken, once and as asked for; an answer that is late is still an answer.
func TestFrameFaults(t *testing.T) {
	s := serve(t, atOnce)
	ann := s.logIn(s.agent("ann", 100), "desk")
	fault := func(fields map[string]any) {
		t.Helper()
		fields["agent"] = "ann"
		if a := s.control("POST", "/control/faults", fields, nil); a.status != http.StatusNoContent {
			t.Fatalf("%v: %d %s", fields, a.status, a.body)
		}
	}
	calls := func(id string) {
		t.Helper()
		s.control("POST", "/control/calls", map[string]any{"agent": "ann", "id": id}, &struct{}{})
	}
	count := func(frames []string, text string) (n int) {
		for _, f := range frames {
			n += strings.Count(f, text)
		}
		return n
	}
	fault(map[string]any{"frame": "propose", "times": 0})
	calls("L1")
	ann.send(pingFrame)
	if before := ann.until(`id="p1"`); count(before, "<propose") != 0 || count(before, "alerting") != 1 {
		t.Errorf("of a lost propose it heard %q", before)
	}
	fault(map[string]any{"frame": "propose", "times": 2})
	calls("L2")
	ann.send(pingFrame)
	if before := ann.until(`id="p1"`); count(before, "<propose") != 2 {
		t.Errorf("of a propose twice it heard %q", before)
	}
	fault(map[string]any{"frame": "propose", "milliseconds": 200})
	calls("L3")
	ann.send(pingFrame)
	if before := ann.until(`id="p1"`); count(before, "<propose") != 0 {
		t.Errorf("of a late propose it heard %q", before)
	}
	ann.hear("<propose")
	fault(map[string]any{"frame": "iq-answered", "milliseconds": 100})
	ann.send(pingFrame, strings.Replace(pingFrame, "p1", "p2", 1))
	ann.hear(`id="p2"`)
	if late := ann.hear(`id="p1"`); !strings.Contains(late, `type="result"`) {
		t.Errorf("the late answer is %s", late)
	}
}

// A client is told when its station changes.
func TestStationMigration(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 1)
	ann := s.logIn(login, "desk")
	var view struct {
		Station struct {
			LineAppearance         int
			Persistent, Associated bool
		}
	}
	s.control("POST", "/control/agents/ann/station", map[string]any{"lineAppearance": 100, "persistent": true}, &view)
	ann.hear("WebRTCMigration")
	station := s.ask("GET", "/api/v2/stations/station-ann", "", as(login))
	if !strings.Contains(station.body, `"webRtcCallAppearances":100`) || !strings.Contains(station.body, `"webRtcPersistentEnabled":true`) {
		t.Errorf("the station is %s", station.body)
	}
	s.control("POST", "/control/agents/ann/station", map[string]any{"associated": false}, &view)
	ann.hear("Disassociated")
	if view.Station.Associated || view.Station.LineAppearance != 100 || !view.Station.Persistent {
		t.Errorf("it is told as %+v", view)
	}
	s.control("POST", "/control/agents/ann/station", map[string]any{"associated": true}, &view)
	ann.hear(`"Associated"`)
}

// A leg is held and muted from outside; one that is over cannot be.
func TestHoldAndMute(t *testing.T) {
	s := serve(t, atOnce)
	ann := s.logIn(s.agent("ann", 100), "desk")
	s.control("POST", "/control/calls", map[string]any{"agent": "ann"}, &struct{}{})
	if err := ann.takes(ann.rings()); err != nil {
		t.Fatal(err)
	}
	var call struct{ Parties []struct{ Held, Muted bool } }
	s.control("POST", "/control/calls/C1/hold", map[string]any{"agent": "ann", "on": true}, &call)
	ann.hear(`"held":true`)
	s.control("POST", "/control/calls/C1/mute", map[string]any{"agent": "ann", "on": true}, &call)
	ann.hear(`"muted":true`)
	if p := call.Parties[1]; !p.Held || !p.Muted {
		t.Errorf("it is told as %+v", call)
	}
	s.control("POST", "/control/calls/C1/hold", map[string]any{"agent": "ann", "on": false}, &call)
	ann.hear(`"held":false`)
	s.control("POST", "/control/calls/C1/hangup", nil, &call)
	if a := s.control("POST", "/control/calls/C1/hold", map[string]any{"agent": "ann", "on": true}, nil); a.status != http.StatusNotFound {
		t.Errorf("a call that is over: %d %s", a.status, a.body)
	}
}

// nobody obeys where only a client of the stream is logged in.
const nobody = "no page that obeys is logged in"

// statements are what scenarios can say, and how they are refused in TestStatements; "": they are done.
var statements = []struct{ do, says string }{
	{"C1 calls ann from +15550123", ""},
	{"C1 calls ann", "there is a conversation C1 already"},
	{"C9 hangs up", "no such call"},
	{"edge proposes C1 again", ""},
	{"edge reroutes C1", ""},
	{"platform notifies C1 again", ""},
	{"ann consults bob on C1", "no such call"}, // which is not up
	{"ann answers C1", nobody},
	{"ann rejects C1", nobody},
	{"ann accepts session C1", nobody},
	{"ann ends C1", nobody},
	{"ann holds C1", nobody},
	{"ann retrieves C1", nobody},
	{"ann mutes C1", nobody},
	{"ann unmutes C1", nobody},
	{"ann dials C2", nobody},
	{"ann logs in", nobody},
	{"ann logs out", nobody},
	{"ann disconnects", nobody},
	{"ann terminates session C1", nobody},
	{"ann hides page", nobody},
	{"ann shows page", nobody},
	{"ann microphone denied", nobody},
	{"ann sleeps", "cannot be done to this phone"},
	{"ann wakes", "cannot be done to this phone"},
	{"clock of ann jumps 1m", "cannot be done to this phone"},
	{"ann media of C1 fails", "only dies"},
	{"ann media of C1 dies", "there is no audio"},
	{"edge reinvites ann for C1", "no session carries the call"}, // which nobody has taken
	{"edge renegotiates C1 with ann", "no session carries the call"},
	{"edge terminates C1 at ann", "no session carries the call"},
	{"edge idles ann", ""},
	{"edge connects ann", ""},
	{"station of ann becomes line-appearance 1 persistent", ""},
	{"station of ann is disassociated", ""},
	{"station of ann is associated", ""},
	{"streams of ann are refused", ""},
	{"streams of ann are accepted", ""},
	{"next offer to ann is dropped", ""},
	{"next offer to ann is duplicated", ""},
	{"next offer to ann is delayed 1s", ""},
	{"next patch-held of ann fails 500 retry after 2s", ""},
	{"next patch-held of ann fails 7", "from 200 to 599"},
	{"next make-answer of ann fails 500", "nothing else can be made to fail here"},
	{"next patch-held of ann is unanswered", ""},
	{`wire ann http-answered {"effect":"1.1","status":200}`, "does not come over the stream"},
	{`wire ann iq-answered {"effect":"oldest send-ping"}`, "no send-ping waits"},
	{`frame bob/office <message xmlns="jabber:client"/>`, ""},
	{"channel of bob/office expires", ""},
	{"stream of bob/office drops 4000", ""},
	{"stream of cat drops 7", "RFC 6455"},
	{"cat loses network", ""},
	{"stream of cat drops", "has no stream"},
	{"channel of cat expires", "has no stream"},
	{"cat regains network", ""},
	{"C1 fails error.busy", ""},
	{"C3 calls ann", ""},
	{"ann transfers C3", "no such call"},
	{"ann transfers C3 to bob", "no such call"},
	{"ann conferences C3", "no such call"},
	{"C3 hangs up", ""},
	{`wire ann stream-ended {"socket":1}`, ""},
}

// Every verb of scenarios is done here, or says why it cannot be.
func TestStatements(t *testing.T) {
	s := serve(t, atOnce)
	ann, bob := s.agent("ann", 100), s.agent("bob", 100)
	desk := s.logIn(ann, "desk")
	s.logIn(bob, "office")
	dropped := s.agent("cat", 100)
	s.logIn(dropped, "lost")
	tested := map[string]bool{}
	for _, c := range statements {
		a := s.control("POST", "/control/statements", map[string]any{"do": c.do}, nil)
		if c.says == "" && a.status != http.StatusNoContent || c.says != "" && (a.status != 409 && a.status != 400 || !strings.Contains(a.body, c.says)) {
			t.Errorf("%s: %d %s, want %q", c.do, a.status, a.body, c.says)
		}
		if said, err := scenario.ReadStatement(c.do, []scenario.Agent{named("ann"), named("bob", "office"), named("cat")}); err != nil {
			t.Error(err)
		} else {
			tested[string(said.Verb)] = true
		}
	}
	for _, p := range scenario.Patterns {
		if !tested[string(p.Verb)] {
			t.Errorf("%q is not tested", p.Verb)
		}
	}
	desk.ends() // it was told that its stream ends
}

func named(name string, phones ...string) scenario.Agent {
	a := scenario.NewAgent(name)
	a.Phones = append(a.Phones, phones...)
	return a
}

// What the edge does to a session that was taken, and what agents do with each other's calls.
func TestStatementsOfACallThatIsUp(t *testing.T) {
	s := serve(t, atOnce)
	ann, bob := s.logIn(s.agent("ann", 100), "desk"), s.logIn(s.agent("bob", 100), "desk")
	do := func(what string) {
		t.Helper()
		if a := s.control("POST", "/control/statements", map[string]any{"do": what}, nil); a.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", what, a.status, a.body)
		}
	}
	do("C1 calls ann")
	first := ann.rings()
	if err := ann.takes(first); err != nil {
		t.Fatal(err)
	}
	do("edge renegotiates C1 with ann")
	ann.hear(`"method":"offer"`)
	do("edge reinvites ann for C1")
	if offer := ann.hear(`"method":"offer"`); !strings.Contains(offer, `"reinvite":true`) || strings.Contains(offer, first) {
		t.Errorf("the reinvite is %s", offer)
	}
	do("ann consults bob on C1")
	session := bob.rings()
	if err := bob.takes(session); err != nil {
		t.Fatal(err)
	}
	do("ann conferences C1")
	ann.hear(`"confined":false`)
	do("ann transfers C1")
	ann.hear(`"state":"disconnected"`)
	do("edge terminates C1 at bob because failed-transport")
	bob.hear("failed-transport")
	bob.hear(`"state":"disconnected"`)
}

// A client whose network is lost gets nothing through, and comes back when it has returned.
func TestLostNetwork(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	ann := s.logIn(login, "desk")
	do := func(what string) {
		t.Helper()
		if a := s.control("POST", "/control/statements", map[string]any{"do": what}, nil); a.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", what, a.status, a.body)
		}
	}
	do("ann loses network")
	if _, code := ann.ends(); code != 1006 {
		t.Errorf("its stream ended with %d", code)
	}
	if _, err := s.request("GET", "/api/v2/users/me", "", as(login)); err == nil {
		t.Error("a request is answered")
	}
	if _, status, err := s.dial(login, ann.channel, nil); err == nil || status != 0 {
		t.Errorf("a stream is answered: %d %v", status, err)
	}
	do("ann regains network")
	if c := s.connectTo(login, ann.channel); c.setUp("desk") != nil {
		t.Error("it cannot come back")
	}
}

// Calls and agents are told in the order in which they came, and call names are not given twice.
func TestLists(t *testing.T) {
	s := serve(t, nil)
	for _, name := range []string{"cat", "ann", "bob"} {
		s.agent(name, 100)
	}
	s.control("POST", "/control/calls", map[string]any{"agent": "ann", "id": "C2"}, &struct{}{})
	for range 3 {
		s.control("POST", "/control/calls", map[string]any{"agent": "ann"}, &struct{}{})
	}
	if a := s.control("POST", "/control/calls", map[string]any{"agent": "ann", "id": "C2"}, nil); a.status != 409 {
		t.Errorf("a second C2: %d %s", a.status, a.body)
	}
	var agents []struct{ Name string }
	var calls []struct{ ID string }
	s.control("GET", "/control/agents", nil, &agents)
	s.control("GET", "/control/calls", nil, &calls)
	if got := fmt.Sprint(agents, calls); got != "[{cat} {ann} {bob}] [{C2} {C1} {C3} {C4}]" {
		t.Errorf("told are %s", got)
	}
}
