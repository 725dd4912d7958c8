package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/simulation/server"
)

// A client that floods is let go, whatever it floods with, and nobody else notices.
func TestFloods(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.FramesPerSecond = 20 })
	login := s.agent("ann", 100)
	bystander := s.logIn(login, "bystander")
	for name, frame := range map[string]func(*websocket.Conn) error{
		"frames": func(w *websocket.Conn) error { return w.WriteMessage(websocket.TextMessage, []byte(pingFrame)) },
		"pings": func(w *websocket.Conn) error {
			return w.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
		},
		"pongs": func(w *websocket.Conn) error {
			return w.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
		},
		"proceeds":   func(w *websocket.Conn) error { return w.WriteMessage(websocket.TextMessage, []byte(proceedFrame("x"))) },
		"candidates": func(w *websocket.Conn) error { return w.WriteMessage(websocket.TextMessage, []byte(answerFrame("x"))) },
	} {
		t.Run(name, func(t *testing.T) {
			c := s.logIn(login, "flooder")
			go func() { // until it is let go
				for frame(c.socket) == nil {
				}
			}()
			if heard, code := c.ends(); !strings.Contains(heard, "<policy-violation") || code != 1008 {
				t.Errorf("it heard %d bytes and ended with %d", len(heard), code)
			}
		})
	}
	bystander.send(pingFrame)
	bystander.hear(`id="p1"`)
	if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hookswitch_refused_total{what="frames"} 5`) {
		t.Error("what was refused is not counted")
	}
}

// A client that never reads is let go when as much waits for it as may; what others hear is not late.
func TestSlowReader(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.Backlog, c.Limits.JournalBytes = 8, -1 })
	slow, quick := s.logIn(s.agent("ann", 100), "desk"), s.logIn(s.agent("bob", 100), "desk")
	_ = slow.socket.NetConn().(*net.TCPConn).SetReadBuffer(4096)
	said := 0
	for long := strings.Repeat("x", 200_000); s.clients("ann") > 0; said++ {
		if said > 200 {
			t.Fatal("it is still there")
		}
		s.control("POST", "/control/statements", map[string]any{"do": `frame ann/desk <message xmlns="jabber:client">` + long + `</message>`}, nil)
		quick.send(pingFrame)
		quick.hear(`id="p1"`)
	}
	if _, code := slow.ends(); code != websocket.CloseAbnormalClosure {
		t.Errorf("it ended with %d", code)
	}
	if m := s.ask("GET", "/metrics", "").body; !strings.Contains(m, `hookswitch_refused_total{what="slow"} 1`) {
		t.Error("that is not counted")
	}
}

// clients is how many clients of an agent are bound.
func (s *served) clients(agent string) int {
	s.t.Helper()
	var view struct{ Clients []struct{ Resource string } }
	s.control("GET", "/control/agents/"+agent, nil, &view)
	return len(view.Clients)
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: it never was so", what)
		}
	}
}

// Connections on which somebody hangs are ended, however far they have come.
func TestHalfOpenSockets(t *testing.T) {
	s := serve(t, func(c *server.Config) {
		c.Limits = server.Limits{SetUp: 400 * time.Millisecond, Idle: 300 * time.Millisecond}
	})
	login := s.agent("ann", 100)
	dial := func(says string) net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, says); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	for name, says := range map[string]string{
		"nothing at all":   "",
		"half a header":    "GET /stream/channels/x HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgr",
		"half a line":      "GE",
		"what is no HTTP":  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"an upgrade alone": upgrade(s.channel(login)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(says)
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the server still waits")
			}
		})
	}
	t.Run("one that dies without a word", func(t *testing.T) {
		t.Parallel()
		s.logIn(login, "dead") // which does not read any more, and so answers no ping
		eventually(t, "it is gone", func() bool { return s.clients("ann") == 0 })
	})
	t.Run("one that trickles", func(t *testing.T) {
		t.Parallel()
		conn := dial(upgrade(s.channel(login)))
		if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
			t.Fatal(err)
		}
		for b := range 1000 { // a frame of 126 bytes, one at a time
			if _, err := conn.Write([]byte{"\x81\xfe\x00\x7e"[b%4]}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error("it is still there")
	})
}

// upgrade is the request for a WebSocket.
func upgrade(channel string) string {
	return "GET /stream/channels/" + channel + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
}

// A client that answers pings stays, though it says nothing.
func TestAQuietClientStays(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.Idle = 2 * time.Second })
	quiet := s.logIn(s.agent("ann", 100), "desk")
	heard := make(chan error, 1)
	go func() { _, err := quiet.await(`id="p1"`); heard <- err }() // which answers pings meanwhile
	time.Sleep(3 * time.Second)
	quiet.send(pingFrame)
	if err := <-heard; err != nil {
		t.Error(err)
	}
}

// What cannot be understood is answered as it should be, and the stream goes on.
func TestWhatIsNotUnderstood(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	c := s.connect(login)
	c.send(openFrame)
	c.hear("mechanisms")
	c.send(authFrame("ann", login.Token.Reveal()), openFrame)
	c.hear("<bind")
	c.send(fmt.Sprintf(bindFrame, strings.Repeat("r", 1024)))
	if a := c.hear(`id="b1"`); !strings.Contains(a, "<bad-request") {
		t.Errorf("a resource that is too long: %s", a)
	}
	c.send(fmt.Sprintf(bindFrame, "desk"))
	c.hear("ann@org.example.com/desk")
	for frame, says := range map[string]string{
		`<iq xmlns="jabber:client" id="q1" type="get"><query xmlns="jabber:iq:roster"/></iq>`:                   "<service-unavailable",
		`<iq xmlns="jabber:client" id="q1" type="get"/>`:                                                        "<bad-request",
		`<iq xmlns="jabber:client" id="q1" type="set"><genesys-webrtc xmlns="genesys">no</genesys-webrtc></iq>`: "<bad-request",
		strings.Replace(fmt.Sprintf(bindFrame, "home"), "b1", "q1", 1):                                          "not-",
		strings.Replace(answerFrame("nobody's"), "a-nobody's", "q1", 1):                                         `type="result"`,
		strings.Replace(pingFrame, "p1", "q1", 1):                                                               `type="result"`,
	} {
		c.send(frame)
		if a := c.hear(`id="q1"`); !strings.Contains(a, says) {
			t.Errorf("%s: %s, want %s", frame, a, says)
		}
	}
	for _, ignored := range []string{
		`<message xmlns="jabber:client" to="a@b"><body>hello</body></message>`, `<presence xmlns="jabber:client"/>`,
		`<iq xmlns="jabber:client" id="nobody-asked" type="result"/>`, proceedFrame("nobody's"), acceptFrame("ann", "nobody's"),
		`<message xmlns="jabber:client"><reject xmlns="urn:xmpp:jingle-message:0" id="nobody's"/></message>`,
	} {
		c.send(ignored, pingFrame)
		c.hear(`id="p1"`)
	}
	c.send(`<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`)
	if heard, code := c.ends(); !strings.Contains(heard, "<close") || code != websocket.CloseNormalClosure {
		t.Errorf("its goodbye: %s, %d", heard, code)
	}
}

// Who binds under the resource of another client pushes it out.
func TestTheSameResourceTwice(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	first := s.logIn(login, "desk")
	second := s.logIn(login, "desk")
	if heard, code := first.ends(); !strings.Contains(heard, "<conflict") || code != 1008 {
		t.Errorf("the first one heard %s and ended with %d", heard, code)
	}
	second.send(pingFrame)
	second.hear(`id="p1"`)
	if n := s.clients("ann"); n != 1 {
		t.Errorf("there are %d clients", n)
	}
}

// A client that comes back on its channel has its name, its subscription and its session.
func TestComingBack(t *testing.T) {
	s := serve(t, atOnce)
	login := s.agent("ann", 100)
	c := s.connect(login)
	if err := errors.Join(c.setUp(""), s.subscribe(c)); err != nil { // it asks for no resource
		t.Fatal(err)
	}
	var before, after struct {
		Clients []struct{ Resource, Phone string }
	}
	s.control("GET", "/control/agents/ann", nil, &before)
	s.control("POST", "/control/calls", map[string]any{"agent": "ann"}, &struct{}{})
	session := c.rings()
	if err := c.takes(session); err != nil {
		t.Fatal(err)
	}
	s.control("POST", "/control/agents/ann/drop", map[string]any{}, nil)
	if _, code := c.ends(); code != websocket.CloseAbnormalClosure {
		t.Errorf("it was dropped with %d", code)
	}
	c = s.connectTo(login, c.channel)
	if err := c.setUp(""); err != nil {
		t.Fatal(err)
	}
	s.control("GET", "/control/agents/ann", nil, &after)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("it was %v and is %v", before, after)
	}
	s.control("POST", "/control/calls/C1/hangup", nil, &struct{}{})
	c.hear(`"state":"disconnected"`)
	c.hear(`"method":"terminate"`)
}

// A socket can be dropped with any code that there is, and connections can be refused for a while.
func TestDropAndRefuse(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	c := s.logIn(login, "desk")
	for _, code := range []int{-1, 1, 999, 1004, 1005, 1015, 2999, 5000, 70000} {
		if a := s.control("POST", "/control/agents/ann/drop", map[string]any{"code": code}, nil); a.status != 400 || !strings.Contains(a.body, "RFC 6455") {
			t.Errorf("%d: %d %s", code, a.status, a.body)
		}
	}
	for _, want := range []int{1000, 1001, 1011, 1006, 3000, 4999} {
		if a := s.control("POST", "/control/agents/ann/drop", map[string]any{"phone": "desk", "code": want}, nil); a.status != http.StatusNoContent {
			t.Fatalf("%d: %d %s", want, a.status, a.body)
		}
		if _, code := c.ends(); code != want {
			t.Errorf("it was dropped with %d, want %d", code, want)
		}
		c = s.connectTo(login, c.channel)
		if err := c.setUp("desk"); err != nil {
			t.Fatal(err)
		}
	}
	s.control("POST", "/control/agents/ann/streams", map[string]any{"accepted": false}, nil)
	if _, status, err := s.dial(login, c.channel, nil); status != http.StatusServiceUnavailable {
		t.Errorf("refused with %d %v", status, err)
	}
	s.control("POST", "/control/agents/ann/streams", map[string]any{"accepted": true}, nil)
	s.connectTo(login, c.channel)
}

// An expired channel's client is told so, and its stream ends; the channel that it then asks for works.
func TestExpiredChannel(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	c := s.logIn(login, "desk")
	s.control("POST", "/control/statements", map[string]any{"do": "channel of ann/desk expires"}, nil)
	c.hear("no_longer_subscribed")
	if heard, code := c.ends(); !strings.Contains(heard, "<close") || code != websocket.CloseNormalClosure {
		t.Errorf("then it heard %s, %d", heard, code)
	}
	again := s.logIn(login, "desk")
	s.control("POST", "/control/calls", map[string]any{"agent": "ann"}, &struct{}{})
	again.hear(`"state":"alerting"`)
}

// Two clients of one user answer at the same moment, again and again: exactly one of them gets the call.
func TestWhoAnswersFirst(t *testing.T) {
	s := serve(t, atOnce)
	login := s.agent("ann", 100)
	clients := []*client{s.logIn(login, "desk"), s.logIn(login, "home")}
	for n := range 100 {
		call := fmt.Sprintf("R%d", n)
		s.control("POST", "/control/calls", map[string]any{"agent": "ann", "id": call}, &struct{}{})
		var sessions []string
		for _, c := range clients {
			sessions = append(sessions, c.rings())
		}
		var ready, done sync.WaitGroup
		ready.Add(1)
		for i, c := range clients {
			done.Go(func() {
				ready.Wait()
				if err := c.say(proceedFrame(sessions[i]), pingFrame); err != nil {
					t.Error(err)
				}
			})
		}
		ready.Done()
		done.Wait()
		offers := 0
		for _, c := range clients {
			offers += strings.Count(strings.Join(c.until(`id="p1"`), ""), `"method":"offer"`)
		}
		if offers != 1 {
			t.Fatalf("call %d: %d offers", n, offers)
		}
		s.control("POST", "/control/calls/"+call+"/hangup", nil, &struct{}{})
	}
}

// Who gives up in the middle of the handshake, or at once after it, is not counted for ever.
func TestHandshakesThatAreGivenUp(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.StreamsPerUser = 1000 })
	request := upgrade(s.channel(s.agent("ann", 100)))
	for n := range 200 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		if n%2 == 0 {
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
		time.Sleep(time.Duration(n%4) * 100 * time.Microsecond)
		_ = conn.Close()
	}
	eventually(t, "they are gone", func() bool { return s.remembered()["streams"] == 0 })
}

// A stream that the server closes is closed by the client, too, and that is heard and noted before the socket closes (RFC 7395
// section 3.6).
func TestAStreamThatIsClosedIsClosedByBoth(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	c := s.logIn(login, "desk")
	s.control("POST", "/control/statements", map[string]any{"do": "channel of ann expires"}, nil)
	c.hear("<close")
	time.Sleep(100 * time.Millisecond)
	c.send(`<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`)
	if _, code := c.ends(); code != websocket.CloseNormalClosure {
		t.Errorf("it ended with %d", code)
	}
	eventually(t, "the journal has it all", func() bool {
		var text strings.Builder
		if _, err := s.s.WriteJournal(&text, login); err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(text.String(), `"k":"ws.recv","ws":1,"xml":"\u003cclose`)
		return strings.Contains(after, `"k":"ws.send","ws":1,"xml":"\u003cclose`) && strings.Contains(after, `"k":"ws.close"`)
	})
}
