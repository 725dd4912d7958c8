package server_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// At the end each stream is told why, requests that wait end, pages are let go, and the port is free again at once.
func TestTheEnd(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	clients := []*client{s.logIn(login, "desk"), s.logIn(login, "home"), s.connect(login)}
	page := s.obey(s.logIn(login, "page"), "page")
	s.control("POST", "/control/faults", map[string]any{"agent": "ann", "request": "get-me", "unanswered": true}, nil)
	s.control("POST", "/control/faults", map[string]any{"agent": "ann", "request": "get-organization", "milliseconds": 3_600_000}, nil)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if a, err := s.request("GET", "/api/v2/users/me", "", as(login)); err == nil {
			t.Errorf("what was not to be answered is answered: %v", a)
		}
	})
	waiting.Go(func() {
		if a, err := s.request("GET", "/api/v2/organizations/me", "", as(login)); err == nil && a.status != 200 {
			t.Errorf("what was to come late: %v", a)
		}
	})
	eventually(t, "both are asked", func() bool {
		m := s.ask("GET", "/metrics", "").body
		return strings.Contains(m, `{of="get-me"} 1`) && strings.Contains(m, `{of="get-organization"} 1`)
	})
	since := time.Now()
	s.end()
	if took := time.Since(since); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	waiting.Wait()
	<-page.done
	for _, c := range clients {
		if heard, code := c.ends(); !strings.Contains(heard, "<system-shutdown") || !strings.Contains(heard, "<close") || code != websocket.CloseGoingAway {
			t.Errorf("a client heard %s and ended with %d", heard, code)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	listener, err := net.Listen("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	again := serveOn(t, listener, nil)
	again.logIn(again.agent("ann", 100), "desk")
}

// A server is stopped while its clients log in, again and again: it ends, and nothing is left of it.
func TestStopDuringLogin(t *testing.T) {
	for n := range 20 {
		s := serve(t, atOnce)
		var login sync.WaitGroup
		for _, l := range []server.Login{s.agent("ann", 100), s.agent("bob", 100), s.agent("cat", 100)} {
			login.Go(func() {
				for { // until it is stopped
					a, err := s.request("POST", "/api/v2/notifications/channels", "", as(l))
					if err != nil || a.status != 200 {
						return
					}
					_, channel, _ := strings.Cut(a.body, `"id":"`)
					channel, _, _ = strings.Cut(channel, `"`)
					c, _, err := s.dial(l, channel, nil)
					if err != nil {
						return
					}
					err = c.setUp("desk")
					_ = c.socket.Close()
					if err != nil {
						return
					}
				}
			})
		}
		time.Sleep(time.Duration(n) * time.Millisecond)
		s.end()
		login.Wait()
		http.DefaultClient.CloseIdleConnections()
	}
}

// Stopping twice, at once, or before anything was served is all the same; what is asked then is refused.
func TestStopTwice(t *testing.T) {
	s, err := server.New(server.Config{Options: platform.Defaults(), Public: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	both.Go(s.Stop)
	both.Go(s.Stop)
	both.Wait()
	s.Stop()
	if _, err := s.AddAgent(context.Background(), server.Agent{Name: "ann", LineAppearance: 1}); err == nil || !strings.Contains(err.Error(), "shutting down") {
		t.Errorf("it takes an agent: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(context.Background(), listener, nil); err != nil { // and returns
		t.Error(err)
	}
}

// Who stops the server ends its serving.
func TestStopEndsServing(t *testing.T) {
	s := serve(t, nil)
	ann := s.logIn(s.agent("ann", 100), "desk")
	s.s.Stop()
	if heard, code := ann.ends(); !strings.Contains(heard, "<system-shutdown") || code != websocket.CloseGoingAway {
		t.Errorf("a client heard %s and ended with %d", heard, code)
	}
	eventually(t, "the port is closed", func() bool {
		http.DefaultClient.CloseIdleConnections()
		_, err := s.request("GET", "/healthz", "")
		return err != nil
	})
}

// Limits that are none, and audio that cannot be had, are told at once.
func TestWrongConfig(t *testing.T) {
	for says, cfg := range map[string]server.Config{
		"Limits.Idle":    {Limits: server.Limits{Idle: -1}},
		"Limits.Backlog": {Limits: server.Limits{Backlog: -1}},
		"audio":          {Audio: &server.Audio{IP: "nowhere"}},
	} {
		if _, err := server.New(cfg); err == nil || !strings.HasPrefix(err.Error(), "server: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}
