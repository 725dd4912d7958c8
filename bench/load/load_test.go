package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// serve is a platform on a port, until the test ends.
func serve(t *testing.T, audio *server.Audio) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url = "http://" + listener.Addr().String()
	s, err := server.New(server.Config{Options: platform.Defaults(), Public: url, Audio: audio, Limits: server.Limits{RequestsPerMinute: 100_000}})
	if err != nil {
		t.Fatal(err)
	}
	before := goleak.IgnoreCurrent()
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t, before)
	})
	return url
}

func small(url string) plan {
	return plan{
		URL: url, Agents: 10, Logins: 5, Rate: 20, For: time.Second, Length: 200 * time.Millisecond, Patience: 20 * time.Second, Settle: 10 * time.Millisecond,
	}
}

func reported(t *testing.T, p plan, want ...string) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), p, &out)
	for _, line := range want {
		if err != nil || !strings.Contains(out.String(), line) {
			t.Fatalf("%v, without %q:\n%s", err, line, out.String())
		}
	}
}

func TestCallsComeAndGo(t *testing.T) {
	reported(t, small(serve(t, nil)),
		"10 agents logged in", "20 calls placed, 0 lost, 0 not placed", "160 events of calls, 0 missing, 0 too many",
		"0 events of logins and logouts missing, 0 too many", "placed to connected")
}

func TestCallsTogetherWithSound(t *testing.T) {
	p := small(serve(t, &server.Audio{IP: "127.0.0.1"}))
	p.Audio, p.Together, p.For = true, 4, 3*time.Second
	reported(t, p, "4 calls placed, 0 lost", "audio to the agents: ", "audio to the platform: ", " 0 calls not told of", "0 ends of calls heard only silence")
}

// Whom nobody serves, and what is no such server, is told at once.
func TestThereIsNoServer(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer other.Close()
	for url, why := range map[string]string{"http://127.0.0.1:1": "refused", other.URL: "is that engine serve?", "ftp://example.com": "no URL"} {
		if err := run(t.Context(), small(url), io.Discard); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestPlansAreChecked(t *testing.T) {
	for why, change := range map[string]func(*plan){
		"greater than nothing": func(p *plan) { p.Rate = 0 },
		"-agents 11":           func(p *plan) { p.Together = 11 },
		"ulimit -n":            func(p *plan) { p.Agents = 1 << 40 },
	} {
		p := small("http://127.0.0.1:1")
		change(&p)
		if err := p.check(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want a word of %q", err, why)
		}
	}
}

func TestProfile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "profile")
	if err := profiled(name, func() error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("the error of what is profiled is lost: %v", err)
	}
	if info, err := os.Stat(name); err != nil || info.Size() == 0 {
		t.Errorf("there is no profile: %v", err)
	}
	if err := profiled(filepath.Join(name, "x"), func() error { return nil }); err == nil {
		t.Error("a file that cannot be made is passed over")
	}
}
