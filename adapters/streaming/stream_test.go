package streaming_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/adapters/streaming"
	"github.com/hookswitch/hookswitch/messages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a platform whose sockets a test plays by hand.
func server(t *testing.T, protocols []string, play func(*http.Request, *websocket.Conn)) (url string) {
	t.Helper()
	upgrader := websocket.Upgrader{Subprotocols: protocols, CheckOrigin: func(*http.Request) bool { return true }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		defer func() { _ = conn.Close() }()
		play(r, conn)
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// phone is what a softphone hears of its sockets, a line a thing.
type phone struct {
	t      *testing.T
	stream *streaming.Stream
	mu     sync.Mutex
	heard  []string
	more   chan struct{}
}

func newPhone(t *testing.T, cfg streaming.Config) *phone {
	t.Helper()
	cfg.Log = slog.New(slog.DiscardHandler)
	stream, err := streaming.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Shutdown(context.Background()) })
	return &phone{t: t, stream: stream, more: make(chan struct{}, 1000)}
}

func (p *phone) open(socket int) { p.stream.Open(socket, "ch-1", p.post, p.receive) }

func (p *phone) post(in messages.Input) {
	if _, of := in.(messages.SocketFailed); of {
		p.note("failed")
		return
	}
	if c, of := in.(messages.SocketClosed); of {
		p.note(fmt.Sprintf("closed %d %q clean=%t", c.Code, c.Reason, c.Clean))
		return
	}
	p.note("opened")
}

func (p *phone) receive(_ int, frame []byte) { p.note(string(frame)) }

func (p *phone) note(what string) {
	p.mu.Lock()
	p.heard = append(p.heard, what)
	p.mu.Unlock()
	p.more <- struct{}{}
}

// hears waits until as many things were heard as are named, and compares.
func (p *phone) hears(want ...string) {
	p.t.Helper()
	for deadline := time.After(10 * time.Second); ; {
		p.mu.Lock()
		heard := append([]string(nil), p.heard...)
		p.mu.Unlock()
		if len(heard) >= len(want) {
			if got, want := strings.Join(heard, " | "), strings.Join(want, " | "); got != want {
				p.t.Fatalf("heard %s, want %s", got, want)
			}
			return
		}
		select {
		case <-p.more:
		case <-deadline:
			p.t.Fatalf("heard only %q, want %q", heard, want)
		}
	}
}

var xmpp = []string{"xmpp"}

func echo(_ *http.Request, conn *websocket.Conn) {
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil {
			return
		}
		_ = conn.WriteMessage(kind, text)
	}
}

func TestFramesGoBothWaysInOrder(t *testing.T) {
	asked := make(chan *http.Request, 1)
	p := newPhone(t, streaming.Config{Origin: "https://desk.example.com", UserAgent: "Hookswitch", URL: server(t, xmpp, func(r *http.Request, c *websocket.Conn) {
		asked <- r
		echo(r, c)
	}) + "/base"})
	p.open(1)
	p.hears("opened")
	r := <-asked
	if r.URL.Path != "/base/stream/channels/ch-1" || r.Header.Get("Origin") != "https://desk.example.com" || r.UserAgent() != "Hookswitch" {
		t.Errorf("the server was asked for %s by %q from %q", r.URL.Path, r.UserAgent(), r.Header.Get("Origin"))
	}
	long := strings.Repeat("x", 100_000)
	for _, frame := range []string{"<a/>", long, "<b/>"} {
		if err := p.stream.Send(1, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	p.hears("opened", "<a/>", long, "<b/>")
	p.stream.Close(1)
	p.stream.Close(1)
	p.hears("opened", "<a/>", long, "<b/>", `closed 1000 "" clean=true`)
	if err := p.stream.Send(1, []byte("<c/>")); err == nil {
		t.Error("a closed socket takes a frame")
	}
	p.stream.Close(1)
}

func TestTheServerEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(*http.Request, *websocket.Conn)
		want []string
	}{
		{"with a code", func(_ *http.Request, c *websocket.Conn) {
			_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "gone"), time.Now().Add(time.Second))
			_, _, _ = c.ReadMessage()
		}, []string{"opened", `closed 4001 "gone" clean=true`}},
		{"without a code", func(_ *http.Request, c *websocket.Conn) {
			_ = c.WriteControl(websocket.CloseMessage, nil, time.Now().Add(time.Second))
			_, _, _ = c.ReadMessage()
		}, []string{"opened", `closed 1005 "" clean=true`}},
		{"without a word", func(*http.Request, *websocket.Conn) {}, []string{"opened", "failed", `closed 1006 "" clean=false`}},
		{"after bytes", func(_ *http.Request, c *websocket.Conn) {
			_ = c.WriteMessage(websocket.BinaryMessage, []byte{1})
			_, _, _ = c.ReadMessage()
		}, []string{"opened", "failed", `closed 1006 "" clean=false`}},
		{"after what is no UTF-8", func(_ *http.Request, c *websocket.Conn) {
			_ = c.WriteMessage(websocket.TextMessage, []byte{'a', 0xff})
			_, _, err := c.ReadMessage()
			if !websocket.IsCloseError(err, websocket.CloseInvalidFramePayloadData) {
				t.Errorf("the server was told %v", err)
			}
		}, []string{"opened", "failed", `closed 1006 "" clean=false`}},
		{"after too much", func(_ *http.Request, c *websocket.Conn) {
			_ = c.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("x", 1001)))
			_, _, _ = c.ReadMessage()
		}, []string{"opened", "failed", `closed 1006 "" clean=false`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPhone(t, streaming.Config{ReadLimit: 1000, URL: server(t, xmpp, c.play)})
			p.open(1)
			p.hears(c.want...)
		})
	}
}

func TestASocketThatCannotBeOpened(t *testing.T) {
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	for name, url := range map[string]string{
		"nobody listens":   "ws://127.0.0.1:1",
		"refused":          "ws" + strings.TrimPrefix(refusing.URL, "http"),
		"another protocol": server(t, []string{"chat"}, echo),
		"no protocol":      server(t, nil, echo),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPhone(t, streaming.Config{URL: url})
			p.open(1)
			p.hears("failed", `closed 1006 "" clean=false`)
		})
	}
	p := newPhone(t, streaming.Config{URL: "ws://127.0.0.1:1"})
	p.stream.Open(2, "..", p.post, p.receive)
	p.hears("failed", `closed 1006 "" clean=false`)
}

// The attempt is ended wherever it stands: here the server has accepted the connection and says nothing.
func TestCloseEndsAnAttempt(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()
	p := newPhone(t, streaming.Config{URL: "ws://" + mute.Addr().String()})
	p.open(1)
	conn, err := mute.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	p.stream.Close(1)
	p.hears("failed", `closed 1006 "" clean=false`)
	slow := newPhone(t, streaming.Config{URL: "ws://" + mute.Addr().String(), HandshakeTimeout: 50 * time.Millisecond})
	slow.open(1)
	slow.hears("failed", `closed 1006 "" clean=false`)
}

// A server that does not confirm a close, or does not read, holds nobody up for long.
func TestAServerThatHangs(t *testing.T) {
	finish := make(chan struct{})
	url := server(t, xmpp, func(_ *http.Request, c *websocket.Conn) { <-finish })
	defer close(finish)
	p := newPhone(t, streaming.Config{URL: url, CloseTimeout: 50 * time.Millisecond, WriteTimeout: 100 * time.Millisecond})
	p.open(1)
	p.hears("opened")
	p.stream.Close(1)
	p.hears("opened", `closed 1006 "" clean=false`)

	p.open(2)
	p.hears("opened", `closed 1006 "" clean=false`, "opened")
	frame, failed := []byte(strings.Repeat("x", 1<<20)), error(nil)
	for range 100 {
		if failed = p.stream.Send(2, frame); failed != nil {
			break
		}
	}
	if failed == nil {
		t.Fatal("a hundred megabytes were taken by a server that does not read")
	}
	p.hears("opened", `closed 1006 "" clean=false`, "opened", "failed", `closed 1006 "" clean=false`)
}

// What comes in after Close was asked for is dropped, as by a browser.
func TestNothingIsHeardAfterClose(t *testing.T) {
	p := newPhone(t, streaming.Config{URL: server(t, xmpp, func(_ *http.Request, c *websocket.Conn) {
		c.SetCloseHandler(func(code int, _ string) error {
			_ = c.WriteMessage(websocket.TextMessage, []byte("<late/>"))
			return c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "bye"), time.Now().Add(time.Second))
		})
		_, _, _ = c.ReadMessage()
	})})
	p.open(1)
	p.hears("opened")
	p.stream.Close(1)
	p.hears("opened", `closed 1000 "bye" clean=true`)
}

func TestShutdown(t *testing.T) {
	finish := make(chan struct{})
	defer close(finish)
	url := server(t, xmpp, func(_ *http.Request, c *websocket.Conn) { <-finish })
	p := newPhone(t, streaming.Config{URL: url, CloseTimeout: time.Hour})
	p.open(1)
	p.hears("opened")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := p.stream.Shutdown(ctx); err != context.DeadlineExceeded {
		t.Errorf("a server that hangs was shut down with %v", err)
	}
	p.hears("opened", `closed 1006 "" clean=false`)
	p.open(2)
	p.hears("opened", `closed 1006 "" clean=false`, "failed", `closed 1006 "" clean=false`)
	if err := p.stream.Shutdown(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for _, url := range []string{"", "http://example.com", "ws://", "wss://ann:secret@example.com", "ws://a b", "::"} {
		_, err := streaming.New(streaming.Config{URL: url})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// The certificate of a TLS server is checked against the configuration, and TLS works.
func TestTLS(t *testing.T) {
	upgrader := websocket.Upgrader{Subprotocols: xmpp}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
			_, _, _ = conn.ReadMessage()
			_ = conn.Close()
		}
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	s.StartTLS()
	defer s.Close()
	url := "wss" + strings.TrimPrefix(s.URL, "https")
	p := newPhone(t, streaming.Config{URL: url})
	p.open(1)
	p.hears("failed", `closed 1006 "" clean=false`)
	trusting := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trusting.NextProtos = []string{"h2", "http/1.1"}
	p = newPhone(t, streaming.Config{URL: url, TLS: trusting})
	p.open(1)
	p.hears("opened")
	p.stream.Close(1)
	p.hears("opened", `closed 1000 "" clean=true`)
}

// Frames of several senders go out one after the other, each whole.
func TestSeveralSend(t *testing.T) {
	came := make(chan string, 400)
	p := newPhone(t, streaming.Config{URL: server(t, xmpp, func(_ *http.Request, c *websocket.Conn) {
		for {
			_, text, err := c.ReadMessage()
			if err != nil {
				return
			}
			came <- string(text)
		}
	})})
	p.open(1)
	p.hears("opened")
	var senders sync.WaitGroup
	for n := range 8 {
		frame := strings.Repeat(string(rune('a'+n)), 40_000) // more than a buffer
		senders.Go(func() {
			for range 50 {
				if err := p.stream.Send(1, []byte(frame)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 400 {
		select {
		case frame := <-came:
			if frame != strings.Repeat(frame[:1], 40_000) {
				t.Fatal("a frame is mixed with another")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a frame is missing")
		}
	}
	senders.Wait()
}
