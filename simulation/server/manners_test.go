package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/server"
)

const aJSON = "Content-Type: application/json"

// Pages of other origins, and names that were pointed at us, get nothing: of the public API, of the control API, or of the stream.
func TestWhoMayCome(t *testing.T) {
	s := serve(t, func(c *server.Config) {
		c.Origins, c.Hosts = []string{"https://desktop.example.com"}, []string{"lab.test"}
	})
	ann := s.agent("ann", 100)
	own, port := s.url, s.url[strings.LastIndex(s.url, ":"):]
	for _, c := range []struct {
		origin, host string
		status       int // 0: let in
	}{
		{"", "", 0},
		{own, "", 0},
		{"https://desktop.example.com", "", 0},
		{"https://app.lab.test", "api.lab.test", 0},
		{"", "localhost" + port, 0},
		{"", "api.localhost" + port, 0},
		{"", "[::1]" + port, 0},
		{"https://evil.example", "", http.StatusForbidden},
		{"https://desktop.example.com.evil.example", "", http.StatusForbidden},
		{"http://desktop.example.com", "", http.StatusForbidden},
		{"http://app.lab.test", "", http.StatusForbidden},
		{"https://evillab.test", "", http.StatusForbidden},
		{"null", "", http.StatusForbidden},
		{"http://127.0.0.1:1", "", http.StatusForbidden},
		{"::", "", http.StatusForbidden},
		{"", "evil.example" + port, http.StatusMisdirectedRequest},
		{"", "127.0.0.1.evil.example", http.StatusMisdirectedRequest},
		{"", "localhost.evil.example", http.StatusMisdirectedRequest},
		{"http://evil.example" + port, "evil.example" + port, http.StatusMisdirectedRequest},
	} {
		t.Run("origin "+c.origin+" host "+c.host, func(t *testing.T) {
			headers := []string{aJSON}
			ws := http.Header{}
			if c.origin != "" {
				headers = append(headers, "Origin: "+c.origin)
				ws.Set("Origin", c.origin)
			}
			if c.host != "" {
				headers = append(headers, "Host: "+c.host)
				ws.Set("Host", c.host)
			}
			me := s.ask("GET", "/api/v2/users/me?expand=station", "", append(headers, as(ann))...)
			made := s.ask("POST", "/control/agents", `{"name":"bob"}`, headers...)
			socket, upgraded, err := s.dial(ann, s.channel(ann), ws)
			if socket != nil {
				_ = socket.socket.Close()
			}
			want := [3]int{c.status, c.status, c.status}
			if c.status == 0 {
				want = [3]int{200, made.status, http.StatusSwitchingProtocols}
				if made.status != 200 && made.status != http.StatusConflict {
					t.Errorf("the control API: %d %s", made.status, made.body)
				}
			}
			if got := [3]int{me.status, made.status, upgraded}; got != want {
				t.Errorf("the public API, the control API and the stream say %v, want %v (%v)", got, want, err)
			}
			if allowed := me.header.Get("Access-Control-Allow-Origin"); c.status == 0 && allowed != c.origin || c.status != 0 && allowed != "" {
				t.Errorf("pages of %q may read the answer", allowed)
			}
		})
	}
}

// Browsers ask before they let a page of another origin speak to us.
func TestPreflight(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Origins = []string{"https://desktop.example.com"} })
	a := s.ask("OPTIONS", "/api/v2/users/me", "", "Origin: https://desktop.example.com", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization")
	if a.status != http.StatusNoContent || !strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "authorization") ||
		!strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "PATCH") || a.header.Get("Vary") != "Origin" {
		t.Errorf("it says %d %v", a.status, a.header)
	}
	if a := s.ask("OPTIONS", "/control/agents", "", "Origin: https://evil.example", "Access-Control-Request-Method: POST"); a.status != http.StatusForbidden {
		t.Errorf("a stranger's page is told %d", a.status)
	}
}

// With a control token, the control API asks for it, and nothing else does; an access token is none.
func TestControlToken(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.ControlToken = "open-sesame" })
	ann := s.agent("ann", 100)
	for _, c := range []struct {
		path, authorization string
		status              int
	}{
		{"/control", "", 401},
		{"/control/agents", "", 401},
		{"/control/agents", "Bearer open-sesam", 401},
		{"/control/agents", "Bearer open-sesame2", 401},
		{"/control/agents", "Basic open-sesame", 401},
		{"/control/agents", "Bearer " + ann.Token.Reveal(), 401},
		{"/control/agents/ann/journal", "", 401},
		{"/control/pages/ann-desk/capture", "", 401},
		{"/metrics", "", 401},
		{"/metrics", "Bearer open-sesame", 200},
		{"/control/agents", "bearer open-sesame", 200},
		{"/control/agents/ann/journal", "Bearer open-sesame", 200},
		{"/api/v2/users/me", "Bearer " + ann.Token.Reveal(), 200},
		{"/healthz", "", 200},
	} {
		a := s.ask("GET", c.path, "", "Authorization: "+c.authorization)
		if a.status != c.status {
			t.Errorf("%s with %q: %d %s, want %d", c.path, c.authorization, a.status, a.body, c.status)
		}
		if strings.Contains(a.body, "sesame") {
			t.Errorf("%s: the token came back: %s", c.path, a.body)
		}
	}
}

// What cannot be done is refused with the status for it, in the public API's shape.
func TestRefusals(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.BodyBytes = 1000 })
	ann := as(s.agent("ann", 100))
	for _, c := range []struct {
		method, path, body string
		headers            []string
		status             int
	}{
		{"GET", "/api/v2/users/me", "", nil, 401},
		{"GET", "/api/v2/users/me", "", []string{"Authorization: Bearer wrong"}, 401},
		{"GET", "/api/v2/users/me", "", []string{"Authorization: Basic YTpi"}, 401},
		{"GET", "/api/v2/nothing", "", []string{ann}, 404},
		{"GET", "/api/v2/conversations/C9", "", []string{ann}, 404},
		{"PUT", "/api/v2/notifications/channels/none/subscriptions", "[]", []string{ann}, 404},
		{"DELETE", "/api/v2/users/me", "", []string{ann}, 405},
		{"POST", "/api/v2/conversations/calls", strings.Repeat("x", 2000), []string{ann}, 413},
		{"POST", "/api/v2/conversations/calls", `{"phoneNumber":`, []string{ann}, 400},
		{"POST", "/api/v2/conversations/calls", `[]`, []string{ann}, 400},
		{"POST", "/api/v2/conversations/calls", ``, []string{ann}, 400},
		{"PATCH", "/api/v2/conversations/calls/C1/participants/P1", `{"held":true,"muted":true}`, []string{ann}, 400},
		{"GET", "/nothing", "", nil, 404},
		{"GET", "/", "", nil, 404},
		{"GET", "/control/nothing", "", nil, 404},
		{"DELETE", "/control/agents", "", nil, 405},
		{"POST", "/control/calls/C1", "", nil, 405},
		{"POST", "/healthz", "", nil, 405},
		{"POST", "/control/agents", `{"name":"` + strings.Repeat("x", 2000) + `"}`, []string{aJSON}, 413},
		{"POST", "/control/agents", `{"name":"bob"}`, []string{"Content-Type: text/plain"}, 415},
		{"POST", "/control/agents", `{"name":"bob"}`, nil, 415},
		{"GET", "/stream/channels/none", "", nil, http.StatusUpgradeRequired},
		{"GET", "/sdk.js", "", nil, 404},
	} {
		a := s.ask(c.method, c.path, c.body, c.headers...)
		var told struct {
			Message, Code string
			Status        int
		}
		if err := json.Unmarshal([]byte(a.body), &told); a.status != c.status || err != nil || told.Status != c.status || told.Message == "" || told.Code == "" {
			t.Errorf("%s %s: %d %s, want %d in the API's shape", c.method, c.path, a.status, a.body, c.status)
		}
		if c.status == 405 && c.path[:5] != "/api/" && a.header.Get("Allow") == "" {
			t.Errorf("%s %s does not say what it takes", c.method, c.path)
		}
	}
	if _, status, err := s.dial(server.Login{}, "none", nil); status != http.StatusNotFound {
		t.Errorf("a stream to no channel: %d %v", status, err)
	}
	if _, status, _ := s.dial(server.Login{}, "%2e%2e/%00", nil); status != http.StatusNotFound {
		t.Errorf("a stream to a strange channel: %d", status)
	}
}

// wrongBodies are what cannot be asked of the control API when there is ann.
var wrongBodies = []struct {
	path, body string
	status     int
	says       string
}{
	{"agents", ``, 400, "empty"},
	{"agents", `{`, 400, "the body is not such a JSON object"},
	{"agents", `[]`, 400, "the body is not such a JSON object"},
	{"agents", `null`, 400, "no JSON object"},
	{"agents", `{"name":"bob"} {}`, 400, "more than one"},
	{"agents", `{"name":"bob"}]`, 400, "more than one"},
	{"agents", `{}`, 400, "name is missing"},
	{"agents", `{"name":7}`, 400, "name is not of type string"},
	{"agents", `{"name":"bob","nome":1}`, 400, `unknown field "nome"`},
	{"agents", `{"name":"Bob"}`, 400, "lower-case"},
	{"agents", `{"name":"../bob"}`, 400, "lower-case"},
	{"agents", `{"name":"` + strings.Repeat("b", 41) + `"}`, 400, "at most 40"},
	{"agents", `{"name":"bob","lineAppearance":-1}`, 400, "from 1 to 1000"},
	{"agents", `{"name":"bob","lineAppearance":1001}`, 400, "from 1 to 1000"},
	{"agents", `{"name":"bob","lineAppearance":1e99}`, 400, "an integer, or too large"},
	{"agents", `{"name":"bob","lineAppearance":99999999999999999999}`, 400, "an integer, or too large"},
	{"agents", `{"name":"bob","lineAppearance":1.5}`, 400, "an integer"},
	{"agents", `{"name":"bob","phones":["desk","desk"]}`, 400, "no other phone's"},
	{"agents", `{"name":"bob","phones":["a b"]}`, 400, "phone's name"},
	{"agents", `{"name":"bob","tokens":["x234567890123456","y234567890123456"]}`, 400, "no more tokens than phones"},
	{"agents", `{"name":"bob","tokens":[""]}`, 400, "16 to 4096 bytes"},
	{"agents", `{"name":"bob","tokens":["a23456789012345"]}`, 400, "16 to 4096 bytes"},
	{"agents", `{"name":"bob","phones":["a","b"],"tokens":["same567890123456","same567890123456"]}`, 400, "no other phone's"},
	{"agents", `{"name":"ann"}`, 409, "of that name already"},
	{"agents/bob/tokens", `{}`, 404, "no such agent"},
	{"agents/ann/tokens", `{"phone":"A"}`, 400, "phone's name"},
	{"agents/ann/station", `{"lineAppearance":0}`, 400, "from 1 to 1000"},
	{"agents/ann/streams", `{}`, 400, "accepted is missing"},
	{"agents/ann/drop", `{}`, 404, "no such stream"},
	{"calls", `{}`, 400, "agent is missing"},
	{"calls", `{"agent":"bob"}`, 404, "no such agent"},
	{"calls", `{"agent":"ann","id":"a b"}`, 400, "letters, digits and dashes"},
	{"calls", `{"agent":"ann","from":"` + strings.Repeat("5", 257) + `"}`, 400, "at most 256 bytes"},
	{"calls/C9/hangup", `{}`, 404, "no such call"},
	{"calls/C9/hold", `{"agent":"ann","on":true}`, 404, "no such call"},
	{"calls/C9/hold", `{"agent":"ann"}`, 400, "on is missing"},
	{"faults", `{"agent":"ann"}`, 400, "of a request or of a frame"},
	{"faults", `{"agent":"ann","request":"get-me","frame":"offer"}`, 400, "of a request or of a frame"},
	{"faults", `{"agent":"ann","request":"get-me"}`, 400, "does not say what goes wrong"},
	{"faults", `{"agent":"ann","request":"get-you","status":500}`, 409, "no request of the public API"},
	{"faults", `{"agent":"ann","request":"get-me","status":99}`, 400, "from 200 to 599"},
	{"faults", `{"agent":"ann","request":"get-me","status":1000}`, 400, "from 200 to 599"},
	{"faults", `{"agent":"ann","request":"get-me","milliseconds":9223372036854775807}`, 400, "to an hour"},
	{"faults", `{"agent":"ann","request":"get-me","milliseconds":-1}`, 400, "to an hour"},
	{"faults", `{"agent":"ann","request":"get-me","times":0}`, 400, "times is of a frame"},
	{"faults", `{"agent":"ann","frame":"offer"}`, 400, "does not say what goes wrong"},
	{"faults", `{"agent":"ann","frame":"offer","times":3}`, 400, "at most twice"},
	{"faults", `{"agent":"ann","frame":"offer","status":500}`, 400, "are of a request"},
	{"faults", `{"agent":"ann","frame":"offer","times":0}`, 404, "no such stream"},
	{"faults", `{"agent":"bob","request":"get-me","status":500}`, 404, "no such agent"},
	{"statements", `{"do":"ann does a dance"}`, 400, ""},
	{"statements", `{"do":"` + strings.Repeat("ann ", 5000) + `"}`, 400, ""},
	{"statements", `{"do":"+1s ann answers C1"}`, 400, "has no moment"},
	{"pages/none/do", `{"method":"x"}`, 404, "no such page"},
}

// Control bodies that say too little, too much or nonsense are refused, with what is wrong, and change nothing.
func TestControlBodies(t *testing.T) {
	s := serve(t, nil)
	s.agent("ann", 100)
	for _, c := range wrongBodies {
		a := s.ask("POST", "/control/"+c.path, c.body, aJSON)
		if a.status != c.status || !strings.Contains(strings.ReplaceAll(a.body, `\"`, `"`), c.says) {
			t.Errorf("%s %s: %d %s, want %d and %q", c.path, c.body, a.status, a.body, c.status, c.says)
		}
	}
	var agents []struct{ Name string }
	if s.control("GET", "/control/agents", nil, &agents); len(agents) != 1 {
		t.Errorf("there are %v", agents)
	}
}

// A token that is in use makes no agent, not even half of one.
func TestATokenInUseMakesNoAgent(t *testing.T) {
	s := serve(t, nil)
	s.control("POST", "/control/agents", map[string]any{"name": "ann", "tokens": []string{"secret-7890123456"}}, &struct{}{})
	a := s.control("POST", "/control/agents", map[string]any{"name": "bob", "phones": []string{"desk", "home"}, "tokens": []string{"other-67890123456", "secret-7890123456"}}, nil)
	if a.status != http.StatusConflict || strings.Contains(a.body, "secret") {
		t.Errorf("it says %d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/control/agents/bob", ""); a.status != 404 {
		t.Errorf("bob is there: %s", a.body)
	}
	if a := s.ask("GET", "/api/v2/users/me", "", "Authorization: Bearer other-67890123456"); a.status != 401 {
		t.Errorf("his token is good: %d", a.status)
	}
}

// A token may make so many requests in a minute, and is then told when the next is welcome; other tokens are not concerned.
func TestRateOfRequests(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.RequestsPerMinute = 6 })
	ann, bob := as(s.agent("ann", 100)), as(s.agent("bob", 100))
	for n := range 9 {
		a := s.ask("GET", "/api/v2/users/me", "", ann)
		switch after, err := strconv.Atoi(a.header.Get("Retry-After")); {
		case n < 6 && a.status != 200:
			t.Fatalf("request %d: %d", n, a.status)
		case n >= 6 && (a.status != 429 || err != nil || after < 1 || after > 10 || !strings.Contains(a.body, "too.many.requests")):
			t.Errorf("request %d: %d, retry after %q, %s", n, a.status, a.header.Get("Retry-After"), a.body)
		}
	}
	if a := s.ask("GET", "/api/v2/users/me", "", bob); a.status != 200 {
		t.Errorf("bob is told %d", a.status)
	}
	if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hookswitch_refused_total{what="requests"} 3`) {
		t.Error("what was refused is not counted")
	}
}

// Of tokens, agents, calls and faults there are so many and no more.
func TestTooMany(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits = server.Limits{StreamsPerUser: 1, Agents: 2, Calls: 3} })
	login := s.agent("ann", 100)
	s.agent("bob", 100)
	more := func(path, body string, most int) {
		t.Helper()
		for n := range most + 2 {
			if a := s.ask("POST", "/control/"+path, body, aJSON); a.status < 300 != (n < most) || n >= most && a.status != http.StatusConflict {
				t.Errorf("%s the %d. time: %d %s", path, n+1, a.status, a.body)
			}
		}
	}
	more("agents", `{"name":"cat"}`, 0)
	more("agents/ann/tokens", `{}`, 9) // ten times its streams, less the one that it has
	more("calls", `{"agent":"ann"}`, 3)
	more("faults", `{"agent":"ann","request":"get-me","status":500}`, 100)
	ann := s.logIn(login, "desk")
	more("faults", `{"agent":"ann","frame":"offer","times":0}`, 100)
	ann.send(pingFrame)
	ann.hear(`id="p1"`)
	if _, status, err := s.dial(ann.login, ann.channel, nil); status != http.StatusServiceUnavailable {
		t.Errorf("a second stream of the user: %d %v", status, err)
	}
}

// What is logged and counted holds no token, no number and no address.
func TestNothingPersonalIsLogged(t *testing.T) {
	var log written
	s := serve(t, func(c *server.Config) {
		atOnce(c)
		c.Log, c.ControlToken = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), "open-sesame"
	})
	login := s.agent("ann", 100)
	ann := s.logIn(login, "desk")
	s.ask("POST", "/control/calls", `{"agent":"ann","from":"+15550123"}`, aJSON, "Authorization: Bearer open-sesame")
	session := ann.rings()
	if err := ann.takes(session); err != nil {
		t.Fatal(err)
	}
	ann.send(rpc("c1", session, `{"jsonrpc":"2.0","method":"iceCandidate","params":{"sdp":"m=0\na=nonsense","sessionId":"`+session+`"}}`), "<nonsense")
	ann.ends()
	stranger := s.connect(login)
	stranger.send(openFrame, authFrame("ann", "wrong-secret"))
	stranger.ends()
	s.ask("GET", "/api/v2/users/me?token="+login.Token.Reveal(), "", as(login))
	metrics := s.ask("GET", "/metrics", "", "Authorization: Bearer open-sesame").body
	s.end()
	all := log.String() + metrics
	if !strings.Contains(all, "stream ends") {
		t.Fatalf("nothing was logged: %s", all)
	}
	for _, secret := range []string{login.Token.Reveal(), "wrong-secret", "open-sesame", "15550123", ann.channel, "ann@"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is logged", secret)
		}
	}
}

// written is a buffer that several goroutines may write to.
type written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(b)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// The server tells whether it lives, and what it does.
func TestHealthAndMetrics(t *testing.T) {
	s := serve(t, atOnce)
	ann := s.logIn(s.agent("ann", 100), "desk")
	s.control("POST", "/control/calls", map[string]any{"agent": "ann"}, &struct{}{})
	if err := ann.takes(ann.rings()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := s.ask("GET", path, ""); a.status != 200 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	lines := strings.Split(s.ask("GET", "/metrics", "").body, "\n")
	for _, want := range []string{
		"hookswitch_streams 1", "hookswitch_calls_total 1", `hookswitch_requests_total{of="post-channel"} 1`, `hookswitch_requests_total{of="put-topics"} 1`,
		`hookswitch_remembered{what="agents"} 1`, `hookswitch_remembered{what="streams"} 1`, `hookswitch_remembered{what="calls"} 1`,
		`hookswitch_remembered{what="sessions"} 1`, `hookswitch_frames_total{direction="in"} 7`, "hookswitch_audio_skipped_seconds_total 0", "hookswitch_audio_unsent_packets_total 0",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("the metrics lack %q:\n%s", want, fmt.Sprint(slices.DeleteFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "hookswitch") })))
		}
	}
}

// What is refused is counted, and said when to come again: by the platform, too.
func TestRefusalsAreCounted(t *testing.T) {
	s := serve(t, nil)
	ann := as(s.agent("ann", 100))
	s.ask("GET", "/api/v2/users/me", "", "Authorization: Bearer none")
	if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hookswitch_refused_total{what="tokens"} 1`) {
		t.Error("a token that is none is not counted")
	}
	for n := range 200 {
		if a := s.ask("POST", "/api/v2/conversations/calls", `{"phoneNumber":"+15550123"}`, ann); a.status >= 300 {
			if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "60" {
				t.Errorf("call %d: %d, retry after %q", n, a.status, a.header.Get("Retry-After"))
			}
			return
		}
	}
	t.Error("there is no end of calls")
}

// A client that has gone was told nothing, and its journal says so.
func TestWhoIsGoneWasToldNothing(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	s.control("POST", "/control/faults", map[string]any{"agent": "ann", "request": "get-me", "milliseconds": 60_000}, nil)
	ctx, leave := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer leave()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/v2/users/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+login.Token.Reveal())
	if res, err := http.DefaultClient.Do(r); err == nil {
		_ = res.Body.Close()
		t.Fatal("it was answered at once")
	}
	for range 100 {
		journal := s.ask("GET", "/control/agents/ann/journal", "").body
		if lines := strings.Split(strings.TrimSpace(journal), "\n"); len(lines) == 3 {
			if !strings.Contains(lines[2], `"status":0`) || strings.Contains(lines[2], "body") {
				t.Errorf("it says %s", lines[2])
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the journal says nothing of it")
}
