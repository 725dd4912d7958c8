package server_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/simulation/server"
)

// attacked is a server with somebody on it who has nothing to do with the attack, and must not notice it.
type attacked struct {
	*served
	login     server.Login
	bystander *client
	calls     int
}

func attack(f *testing.F) *attacked {
	s := &attacked{served: serve(f, func(c *server.Config) {
		atOnce(c)
		c.Audio = &server.Audio{}
		c.Limits = server.Limits{
			RequestsPerMinute: 1 << 40, FramesPerSecond: 1 << 30, JournalBytes: 100_000, Agents: 50, Calls: 1000, Memory: 100 * time.Millisecond,
		}
	})}
	s.login = s.agent("eve", 100)
	s.bystander = s.logIn(s.agent("ann", 100), "desk")
	return s
}

// unharmed has the bystander served as ever.
func (s *attacked) unharmed(t *testing.T) {
	t.Helper()
	s.calls++
	id := fmt.Sprintf("B%d", s.calls)
	a, err := s.request("POST", "/control/calls", `{"agent":"ann","id":"`+id+`"}`, aJSON)
	if err != nil || a.status != 200 && !strings.Contains(a.body, "too many calls") && !strings.Contains(a.body, "of that id already") {
		t.Fatalf("a call for somebody else: %v %v", a, err)
	}
	if a.status == 200 {
		if _, err := s.bystander.await(`inin-cid="` + id + `"`); err != nil {
			t.Fatal(err)
		}
		if _, err := s.request("POST", "/control/calls/"+id+"/hangup", "", aJSON); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.bystander.say(pingFrame); err != nil {
		t.Fatal(err)
	}
	if _, err := s.bystander.await(`id="p1"`); err != nil {
		t.Fatal(err)
	}
}

// Whatever a client says once it has logged in and its phone rings, and before, the server goes on for all others. Frames are apart
// by a NUL, and SESSION in them is the session that was proposed; the first byte says whether they come before the login, and
// whether they are binary.
func FuzzFrames(f *testing.F) {
	const session = "SESSION"
	for _, seed := range []string{
		"", "hello", openFrame, pingFrame + "\x00" + pingFrame, strings.Repeat("<a>", 1000), "<!DOCTYPE x>", "\xff\xfe", "<a",
		proceedFrame(session) + "\x00" + acceptFrame("eve", session) + "\x00" + answerFrame(session),
		rpc("i1", session, `{"jsonrpc":"2.0","method":"iceCandidate","params":{"sdp":"m=0 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host","sessionId":"SESSION"}}`),
		rpc("i2", session, `{"jsonrpc":"2.0","method":"terminate","params":{"sessionId":"SESSION","reason":"success"}}`),
		`<iq xmlns="jabber:client" id="i3" type="set"><pubsub xmlns="http://jabber.org/protocol/pubsub"><subscribe node="enable.server.side.pings" jid="eve@org.example.com"/></pubsub></iq>`,
		`<message xmlns="jabber:client"><reject xmlns="urn:xmpp:jingle-message:0" id="SESSION"/></message>`,
		proceedFrame(session) + "\x00" + rpc("i4", session, `{"jsonrpc":"2.0","method":"info","params":{"status":"active","sessionId":"SESSION"}}`),
		`<iq xmlns="jabber:client" id="i5" type="set"><jingle xmlns="urn:xmpp:jingle:1" action="session-terminate" sid="SESSION"><reason><success/></reason></jingle></iq>`,
		fmt.Sprintf(bindFrame, "other"), `<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`, authFrame("ann", "x"),
	} {
		for first := range byte(4) {
			f.Add(first, []byte(seed))
		}
	}
	s := attack(f)
	f.Fuzz(func(t *testing.T, first byte, input []byte) {
		c, err := s.comes(s.login)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.socket.Close() }()
		if first&1 == 0 {
			if err := c.setUp("eve"); err != nil {
				t.Fatal(err)
			}
			input = bytes.ReplaceAll(input, []byte("SESSION"), []byte(s.rings(t, c)))
		}
		kind := websocket.TextMessage
		if first&2 != 0 {
			kind = websocket.BinaryMessage
		}
		for frame := range bytes.SplitSeq(input, []byte{0}) {
			if c.socket.WriteMessage(kind, frame) != nil {
				break
			}
		}
		s.unharmed(t)
	})
}

// rings lets the attacker's phone ring, and tells the session.
func (s *attacked) rings(t *testing.T, c *client) string {
	t.Helper()
	s.calls++
	id := fmt.Sprintf("E%d", s.calls)
	a, err := s.request("POST", "/control/calls", `{"agent":"eve","id":"`+id+`"}`, aJSON)
	if err != nil || a.status != 200 {
		t.Fatalf("a call: %v %v", a, err)
	}
	propose, err := c.await(`inin-cid="` + id + `"`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.request("POST", "/control/calls/"+id+"/hangup", "", aJSON); err != nil {
			t.Error(err)
		}
	})
	return sessionID.FindStringSubmatch(propose)[1]
}

// comes opens a stream that the caller closes.
func (s *served) comes(l server.Login) (*client, error) {
	a, err := s.request("POST", "/api/v2/notifications/channels", "", as(l))
	if err != nil {
		return nil, err
	}
	_, channel, found := strings.Cut(a.body, `"id":"`)
	if !found {
		return nil, fmt.Errorf("a channel: %d %s", a.status, a.body)
	}
	channel, _, _ = strings.Cut(channel, `"`)
	c, status, err := s.open(l, channel, nil)
	if err != nil {
		return nil, fmt.Errorf("a stream: %d %w", status, err)
	}
	return c, nil
}

// Whatever is asked of the control API and of the public API, the answer is one of theirs, and the server goes on for all others.
func FuzzRequests(f *testing.F) {
	for _, seed := range [][3]string{
		{"POST", "/control/agents", `{"name":"eve-2","phones":["a","b"]}`},
		{"POST", "/control/agents/eve/station", `{"lineAppearance":1,"associated":false}`},
		{"POST", "/control/agents/eve/tokens", `{}`},
		{"POST", "/control/agents/eve/streams", `{"accepted":true}`},
		{"POST", "/control/calls", `{"agent":"eve"}`},
		{"POST", "/control/calls/C1/hold", `{"agent":"eve","on":true}`},
		{"POST", "/control/calls/C1/hangup", ``},
		{"POST", "/control/faults", `{"agent":"eve","request":"get-me","status":500}`},
		{"POST", "/control/statements", `{"do":"C1 calls eve from +15550123"}`},
		{"POST", "/control/statements", `{"do":"edge connects eve"}`},
		{"POST", "/control/statements", `{"do":"frame eve <a/>"}`},
		{"POST", "/control/pages/p/records", `[{"seq":0,"t":0,"k":"config"}]`},
		{"POST", "/control/pages/p/do", `{"method":"destroy"}`},
		{"GET", "/control/agents/eve/journal?phone=x", ``},
		{"POST", "/api/v2/conversations/calls", `{"phoneNumber":"+15550123","callerIdName":"X1"}`},
		{"PATCH", "/api/v2/conversations/calls/C1/participants/C1-eve-2", `{"held":true}`},
		{"PUT", "/api/v2/notifications/channels/x/subscriptions", `[{"id":"v2.users.eve.conversations"}]`},
		{"GET", "/api/v2/users/me?expand=station", ``},
		{"GET", "/stream/channels/x", ``},
	} {
		f.Add(seed[0] == "GET", seed[1], seed[2])
	}
	s := attack(f)
	f.Fuzz(func(t *testing.T, get bool, path, body string) {
		if about := path + body; !strings.HasPrefix(path, "/") || strings.Contains(about, "ann") || strings.Contains(path, "orders") ||
			strings.Contains(about, "unanswered") || strings.Contains(about, "milliseconds") {
			return // it goes elsewhere, is about the bystander, or waits
		}
		method := "POST"
		switch {
		case get:
			method = "GET"
		case strings.Contains(path, "participants"):
			method = "PATCH"
		case strings.Contains(path, "subscriptions"):
			method = "PUT"
		}
		a, err := s.request(method, path, body, aJSON, as(s.login))
		if err == nil && (a.status >= 500 && a.status != 503 && !strings.Contains(a.body, "this was asked for") || a.status >= 400 && strings.HasPrefix(path, "/control/") && !strings.HasPrefix(a.body, "{")) {
			t.Errorf("%s %s: %d %s", method, path, a.status, a.body)
		}
		s.unharmed(t)
	})
}
