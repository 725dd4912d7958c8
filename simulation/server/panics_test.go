package server_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// An error of the server's own in what reads or writes a stream ends that stream, and no other.
func TestAPanicEndsOneStream(t *testing.T) {
	var log written
	s := serve(t, func(c *server.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	var in, out atomic.Bool
	s.s.BreakFrames(&in, &out)
	login := s.agent("ann", 100)
	other := s.logIn(s.agent("bob", 100), "desk")
	for where, now := range map[string]*atomic.Bool{"reader": &in, "writer": &out} {
		ann := s.logIn(login, "desk")
		now.Store(true)
		ann.send(pingFrame)
		if heard, code := ann.ends(); !strings.Contains(heard, "<internal-server-error") || code != 1011 {
			t.Errorf("%s: it heard %q and ended with %d", where, heard, code)
		}
		if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hookswitch_panics_total{where="`+where+`"} 1`) {
			t.Errorf("%s: it is not counted", where)
		}
	}
	if all := log.String(); !strings.Contains(all, "as asked for") || !strings.Contains(all, "(*stream).read") || !strings.Contains(all, "(*stream).writeFrame") {
		t.Errorf("the log lacks why or where: %s", all)
	}
	other.send(pingFrame)
	other.hear(`id="p1"`)
}

// An error of the platform's own ends the server: all streams are told, and what was recorded can be written.
func TestAPanicOfThePlatformEndsTheServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	of, err := server.New(server.Config{Options: platform.Defaults(), Public: "http://" + listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- of.Serve(context.Background(), listener, nil) }()
	s := &served{t: t, s: of, url: "http://" + listener.Addr().String()}
	ann := s.logIn(s.agent("ann", 100), "desk")
	if err := of.OnLoop(func() { panic("as asked for") }); err == nil {
		t.Error("what panicked was done")
	}
	if heard, code := ann.ends(); !strings.Contains(heard, "<internal-server-error") || code != 1011 {
		t.Errorf("ann heard %q and her stream ended with %d", heard, code)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "please report it") {
		t.Errorf("the server ended with %v", err)
	}
	var journal strings.Builder
	if whole, err := of.Journals()[0].Write(&journal); !whole || err != nil || !strings.Contains(journal.String(), "internal-server-error xmlns") {
		t.Errorf("the journal is %s (%v)", journal.String(), err)
	}
}
