package publicapi

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/messages"
)

// api is a platform that answers as a test says, and a client of it whose log is kept.
func api(t *testing.T, answer http.HandlerFunc, cfg ClientConfig) (*Client, *bytes.Buffer) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	s := httptest.NewServer(answer)
	log := new(bytes.Buffer)
	cfg.URL = s.URL
	cfg.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, err := NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		s.Close()
		goleak.VerifyNone(t, before)
	})
	return c, log
}

const secret = messages.Token("t0p-secret")

func TestClientAsks(t *testing.T) {
	type asked struct{ line, token, accept, content, body string }
	var got asked
	c, _ := api(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = asked{r.Method + " " + r.URL.String() + " " + r.UserAgent(), r.Header.Get("Authorization"), r.Header.Get("Accept"), r.Header.Get("Content-Type"), string(body)}
		_, _ = w.Write([]byte(`{"id":"c-1","selfUri":"/c-1"}`))
	}, ClientConfig{UserAgent: "Hookswitch"})
	a := c.Do(t.Context(), secret, messages.Request{Of: messages.PostCall, Body: `{"phoneNumber":"1"}`})
	if a.Status != 200 || a.Placed == nil || a.Placed.Conversation != "c-1" {
		t.Errorf("got %+v", a)
	}
	want := asked{"POST /api/v2/conversations/calls Hookswitch", "Bearer t0p-secret", "application/json", "application/json", `{"phoneNumber":"1","sessionType":"softphone"}`}
	if got != want {
		t.Errorf("asked %+v, want %+v", got, want)
	}
	c.Do(t.Context(), secret, messages.Request{Of: messages.GetMe})
	if want := (asked{"GET /api/v2/users/me?expand=station Hookswitch", "Bearer t0p-secret", "application/json", "", ""}); got != want {
		t.Errorf("asked %+v, want %+v", got, want)
	}
}

func TestClientReadsStatusAndHeader(t *testing.T) {
	c, _ := api(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		http.Error(w, "slow down", http.StatusTooManyRequests)
	}, ClientConfig{})
	a := c.Do(t.Context(), secret, messages.Request{Of: messages.PostChannel})
	if a.Status != 429 || a.RetryAfter == nil || *a.RetryAfter != 7*time.Second || a.Malformed != "" {
		t.Errorf("got %+v", a)
	}
}

func TestClientKeepsToItsServer(t *testing.T) {
	c, _ := api(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://other.example.com/", http.StatusFound)
	}, ClientConfig{})
	if a := c.Do(t.Context(), secret, messages.Request{Of: messages.GetMe}); a.Status != http.StatusFound {
		t.Errorf("a redirect was followed: %+v", a)
	}
}

func TestClientTakesNoEndlessBody(t *testing.T) {
	c, _ := api(t, func(w http.ResponseWriter, _ *http.Request) {
		page := bytes.Repeat([]byte(" "), 1<<20)
		for range 64 {
			if _, err := w.Write(page); err != nil {
				return
			}
		}
	}, ClientConfig{})
	if a := c.Do(t.Context(), secret, messages.Request{Of: messages.PostChannel}); a.Malformed != "the body is too large" {
		t.Errorf("got %+v", a)
	}
}

// No answer is status 0, whatever the reason, and the log tells no secret.
func TestClientWithoutAnAnswer(t *testing.T) {
	finish := make(chan struct{})
	c, log := api(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		select {
		case <-finish:
		case <-r.Context().Done():
		}
	}, ClientConfig{Timeout: time.Second})
	defer close(finish)
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	none := messages.HTTPAnswered{}
	ask := func(name string, ctx context.Context, token messages.Token, of messages.Request) {
		if a := c.Do(ctx, token, of); a != none {
			t.Errorf("%s: got %+v", name, a)
		}
	}
	ask("the context ends", soon, secret, messages.Request{Of: messages.GetMe})
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("the end of the context was waited for %v", took)
	}
	ask("the client's own bound", t.Context(), secret, messages.Request{Of: messages.GetStation, Station: "st-77"})
	ask("it cannot be written", t.Context(), secret, messages.Request{Of: messages.GetStation})
	ask("the token is no header", t.Context(), secret+"\n", messages.Request{Of: messages.GetMe})
	if text := log.String(); strings.Count(text, "no answer") != 4 || strings.Contains(text, "secret") || strings.Contains(text, "st-77") {
		t.Errorf("the log says\n%s", text)
	}
}

// Why there is no answer is told by its class: what package net says has addresses in it.
func TestClientTellsNoAddress(t *testing.T) {
	distrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	distrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	distrusted.StartTLS()
	defer distrusted.Close()
	odd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = conn.Write([]byte("st-77 is no HTTP\r\n\r\n"))
		_ = conn.Close()
	}))
	defer odd.Close()
	unknown := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "secret.invalid", IsNotFound: true}}
	}
	for why, cfg := range map[string]ClientConfig{
		"refused": {URL: "http://127.0.0.1:1"}, "cannot be resolved": {URL: "http://secret.invalid", Dial: unknown},
		"not trusted": {URL: distrusted.URL}, "an error of type": {URL: odd.URL},
	} {
		said := new(bytes.Buffer)
		cfg.Log = slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c, err := NewClient(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if a := c.Do(t.Context(), secret, messages.Request{Of: messages.GetStation, Station: "st-77"}); a.Status != 0 {
			t.Errorf("%s: got %+v", cfg.URL, a)
		}
		c.Close()
		at, _ := url.Parse(cfg.URL)
		text := said.String()
		if !strings.Contains(text, why) || strings.Contains(text, at.Hostname()) || strings.Contains(text, "secret") || strings.Contains(text, "st-77") {
			t.Errorf("%s: the log says %s", cfg.URL, text)
		}
	}
}

func TestClientReusesConnections(t *testing.T) {
	var mu sync.Mutex
	from := map[string]bool{}
	c, _ := api(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		from[r.RemoteAddr] = true
		mu.Unlock()
		http.Error(w, `{"message":"no"}`, http.StatusBadRequest)
	}, ClientConfig{})
	for range 20 {
		c.Do(t.Context(), secret, messages.Request{Of: messages.PatchMuted, Conversation: "c", Participant: "p"})
	}
	if len(from) != 1 {
		t.Errorf("%d connections for requests one after another", len(from))
	}
}

func TestClientConfigurationIsChecked(t *testing.T) {
	for _, address := range []string{"", "api.example.com", "ws://api.example.com", "https://", "https://ann:hush@example.com", "http://a b"} {
		if _, err := NewClient(ClientConfig{URL: address}); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// A proxy is gone through, and is asked for nothing else.
func TestClientGoesThroughAProxy(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = r.URL.String() }))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClient(ClientConfig{URL: "http://api.example.com", Proxy: http.ProxyURL(at), Dial: (&net.Dialer{}).DialContext})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Do(t.Context(), secret, messages.Request{Of: messages.GetOrganization})
	if asked != "http://api.example.com/api/v2/organizations/me" {
		t.Errorf("the proxy was asked for %q", asked)
	}
}
