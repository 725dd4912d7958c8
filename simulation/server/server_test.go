package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/simulation/server"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(int) { http.DefaultClient.CloseIdleConnections() }))
}

// A caller calls; the client takes the call, describes its side and is connected; then the caller hangs up.
func TestACallOverTheWire(t *testing.T) {
	s := serve(t, nil)
	ann := s.logIn(s.agent("ann", 100), "desk")
	s.control("POST", "/control/calls", map[string]any{"agent": "ann", "from": "+15550123"}, nil)
	ann.hear(`"state":"alerting"`)
	session := ann.rings()
	ann.send(proceedFrame(session))
	if offer := ann.hear("genesys-webrtc"); !strings.Contains(offer, "m=audio") {
		t.Errorf("the offer describes nothing: %s", offer)
	}
	ann.send(acceptFrame("ann", session))
	ann.hear("<accept")
	ann.send(answerFrame(session))
	ann.hear(`id="a-` + session)
	ann.hear(`"state":"connected"`)
	var call struct {
		Live    bool
		Parties []struct{ Agent, State, Phone string }
	}
	s.control("GET", "/control/calls/C1", nil, &call)
	if got := fmt.Sprint(call); got != "{true [{ connected } {ann connected desk}]}" {
		t.Errorf("the call is told as %s", got)
	}
	s.control("POST", "/control/calls/C1/hangup", nil, &call)
	ann.hear(`"state":"disconnected"`)
	ann.hear(`"method":"terminate"`)
}

// Who does not keep to the protocol is told why, and shown the door; nobody else notices.
func TestWhoDoesNotKeepToTheProtocolIsShownTheDoor(t *testing.T) {
	s := serve(t, func(c *server.Config) {
		c.Limits = server.Limits{FramesPerSecond: 20, FrameBytes: 10_000, SetUp: time.Second, Idle: 3 * time.Second}
	})
	login := s.agent("ann", 100)
	other := s.agent("bob", 100)
	bystander := s.logIn(login, "bystander")
	flood := strings.Repeat(pingFrame+"\x00", 400)
	for _, c := range []struct {
		name   string
		frames []string
		says   string
		code   int
	}{
		{"not XML", []string{"hello"}, "<bad-format", 1008},
		{"a document type", []string{`<!DOCTYPE x [<!ENTITY a "b">]><open xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`}, "<bad-format", 1008},
		{"deep XML", []string{strings.Repeat("<a>", 2000)}, "<bad-format", 1008},
		{"a stanza before the login", []string{openFrame, pingFrame}, "<not-authorized", 1008},
		{"a proceed before anything", []string{`<message xmlns="jabber:client" to="a@b"><proceed xmlns="urn:xmpp:jingle-message:0" id="x"/></message>`}, "<not-authorized", 1008},
		{"a login that is no base64", []string{openFrame, `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">%%%</auth>`}, "<incorrect-encoding", 1008},
		{"a wrong token", []string{openFrame, authFrame("ann", "wrong")}, "<failure", 1008},
		{"somebody else's token", []string{openFrame, authFrame("ann", other.Token.Reveal())}, "<failure", 1008},
		{"somebody else's name", []string{openFrame, authFrame("bob", login.Token.Reveal())}, "<failure", 1008},
		{"two logins", []string{openFrame, authFrame("ann", login.Token.Reveal()), openFrame, authFrame("ann", login.Token.Reveal())}, "<not-authorized", 1008},
		{"a frame that is too long", []string{"<a>" + strings.Repeat("x", 20_000) + "</a>"}, "", 1009},
		{"too many frames", append([]string{openFrame}, strings.Split(flood, "\x00")...), "<not-authorized", 1008},
		{"nothing at all", nil, "<connection-timeout", 1008},
	} {
		t.Run(c.name, func(t *testing.T) {
			c2 := s.connect(login)
			for _, f := range c.frames {
				if c2.socket.WriteMessage(1, []byte(f)) != nil {
					break
				}
			}
			heard, code := c2.ends()
			if !strings.Contains(heard, c.says) || code != c.code {
				t.Errorf("it heard %q and ended with %d, want %s and %d", heard, code, c.says, c.code)
			}
			if strings.Contains(heard, login.Token.Reveal()) {
				t.Error("a token came back")
			}
		})
	}
	bystander.send(pingFrame)
	bystander.hear(`id="p1"`)
}

// An application that was out of touch can ask what it has missed: the calls that the user has now.
func TestTheConversationsOfAUser(t *testing.T) {
	s := serve(t, nil)
	ann, bearer := s.agent("ann", 1), "Authorization: Bearer "
	bob := s.agent("bob", 1)
	for _, id := range []string{"C1", "C2"} {
		s.control("POST", "/control/calls", map[string]any{"agent": "ann", "id": id}, nil)
	}
	s.control("POST", "/control/calls/C1/hangup", map[string]any{}, nil)
	got := s.ask("GET", "/api/v2/conversations", "", bearer+ann.Token.Reveal()).body
	if !strings.Contains(got, `"id":"C2"`) || !strings.Contains(got, `"state":"alerting"`) || strings.Contains(got, `"id":"C1"`) {
		t.Errorf("ann has C2 and no other: %s", got)
	}
	if got := s.ask("GET", "/api/v2/conversations", "", bearer+bob.Token.Reveal()).body; !strings.Contains(got, `{"entities":[],"total":0}`) {
		t.Errorf("bob has none: %s", got)
	}
}

// What an application asks beside its softphone, and what the softphone tells of itself, is in no journal: neither is a decision
// about calls, and telemetry has the token in it.
func TestAJournalIsOfTheSoftphoneAlone(t *testing.T) {
	s := serve(t, nil)
	ann := s.agent("ann", 1)
	bearer := "Authorization: Bearer " + ann.Token.Reveal()
	for path, status := range map[string]int{
		"/api/v2/systempresences": http.StatusNotFound, "/api/v2/conversations": http.StatusOK, "/api/v2/users/me?expand=station": http.StatusOK,
	} {
		if got := s.ask("GET", path, "", bearer); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := s.ask("POST", "/api/v2/diagnostics/trace", `{"accessToken":"`+ann.Token.Reveal()+`"}`, bearer); got.status != http.StatusAccepted {
		t.Errorf("telemetry: %d", got.status)
	}
	lines := strings.Split(strings.TrimSpace(s.ask("GET", "/control/agents/ann/journal", "").body), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], "/api/v2/users/me?expand=station") {
		t.Errorf("the journal has more than the config, a request and its answer: %s", lines)
	}
}

// A user's calls are nobody else's.
func TestCallsOfOthers(t *testing.T) {
	s := serve(t, nil)
	ann, bob := as(s.agent("ann", 1)), as(s.agent("bob", 1))
	s.control("POST", "/control/calls", map[string]any{"agent": "ann", "from": "+15550123"}, nil)
	const call = "/api/v2/conversations/C1"
	if a := s.ask("GET", call, "", bob); a.status != http.StatusNotFound || strings.Contains(a.body, "15550123") {
		t.Errorf("bob is told %d %s", a.status, a.body)
	}
	if a := s.ask("PATCH", "/api/v2/conversations/calls/C1/participants/C1-ann-2", `{"state":"disconnected"}`, bob); a.status != http.StatusNotFound {
		t.Errorf("bob ends ann's leg: %d %s", a.status, a.body)
	}
	if a := s.ask("GET", call, "", ann); a.status != http.StatusOK || !strings.Contains(a.body, `"state":"alerting"`) {
		t.Errorf("ann is told %d %s", a.status, a.body)
	}
}
