package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// served is a server on a port of this machine.
type served struct {
	t   *testing.T
	s   *server.Server
	url string
}

// serve runs a server until the test ends.
func serve(t *testing.T, change func(*server.Config)) *served {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := server.Config{Options: platform.Defaults(), Public: "http://" + listener.Addr().String()}
	if change != nil {
		change(&cfg)
	}
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with: %v", err)
		}
	})
	return &served{t: t, s: s, url: cfg.Public}
}

// agent adds an agent with one token.
func (s *served) agent(name string, lineAppearance int) server.Login {
	s.t.Helper()
	logins, err := s.s.AddAgent(context.Background(), server.Agent{Name: name, LineAppearance: lineAppearance})
	if err != nil {
		s.t.Fatal(err)
	}
	return logins[0]
}

// answer is what came back of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask makes a request; what comes behind the path are headers, NAME: VALUE.
func (s *served) ask(method, path, body string, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{status: res.StatusCode, header: res.Header, body: strings.TrimSpace(string(text))}
}

// control asks the control API, and reads what it gives into a value unless that is nil.
func (s *served) control(method, path string, body any, into any) answer {
	s.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := s.ask(method, path, string(text), "Content-Type: application/json")
	if into != nil {
		if err := json.NewDecoder(bytes.NewReader([]byte(a.body))).Decode(into); err != nil || a.status != http.StatusOK {
			s.t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
		}
	}
	return a
}

// client is a client of the stream that says what a test lets it say.
type client struct {
	t      *testing.T
	socket *websocket.Conn
	login  server.Login
}

// channel asks for a notification channel.
func (s *served) channel(l server.Login) string {
	s.t.Helper()
	a := s.ask("POST", "/api/v2/notifications/channels?connectionType=streaming", "", "Authorization: Bearer "+l.Token.Reveal())
	var made struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || made.ID == "" {
		s.t.Fatalf("a channel: %d %s", a.status, a.body)
	}
	return made.ID
}

// connect opens a stream to a new channel, and says nothing yet.
func (s *served) connect(l server.Login) *client {
	s.t.Helper()
	return s.connectTo(l, s.channel(l))
}

func (s *served) connectTo(l server.Login, channel string) *client {
	s.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"xmpp"}}
	socket, res, err := dialer.Dial("ws"+strings.TrimPrefix(s.url, "http")+"/stream/channels/"+channel, nil)
	if err != nil {
		s.t.Fatalf("a stream: %v", err)
	}
	_ = res.Body.Close()
	s.t.Cleanup(func() { _ = socket.Close() })
	return &client{t: s.t, socket: socket, login: l}
}

const (
	openFrame = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="org.example.com" version="1.0"/>`
	bindFrame = `<iq xmlns="jabber:client" id="b1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>%s</resource></bind></iq>`
	pingFrame = `<iq xmlns="jabber:client" id="p1" type="get"><ping xmlns="urn:xmpp:ping"/></iq>`
)

func authFrame(name, token string) string {
	plain := "\x00" + name + "@org.example.com\x00authKey:" + token
	return `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">` + base64.StdEncoding.EncodeToString([]byte(plain)) + `</auth>`
}

func (c *client) send(frames ...string) {
	c.t.Helper()
	for _, f := range frames {
		if err := c.socket.WriteMessage(websocket.TextMessage, []byte(f)); err != nil {
			c.t.Fatalf("cannot send: %v", err)
		}
	}
}

// hear reads frames up to one that has a text in it.
func (c *client) hear(text string) string {
	c.t.Helper()
	_ = c.socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, frame, err := c.socket.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for %q: %v", text, err)
		}
		if strings.Contains(string(frame), text) {
			return string(frame)
		}
	}
}

// ends reads to the end of the stream, and gives all that came before, and the close code; 1006: without a word.
func (c *client) ends() (heard string, code int) {
	c.t.Helper()
	_ = c.socket.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		_, frame, err := c.socket.ReadMessage()
		if closed, is := err.(*websocket.CloseError); is {
			return heard, closed.Code
		}
		if err != nil {
			if late, is := err.(net.Error); is && late.Timeout() {
				c.t.Fatalf("the stream does not end; it said %s", heard)
			}
			return heard, websocket.CloseAbnormalClosure
		}
		heard += string(frame)
	}
}

// logIn sets the stream up under a resource, and subscribes.
func (s *served) logIn(l server.Login, resource string) *client {
	s.t.Helper()
	channel := s.channel(l)
	c := s.connectTo(l, channel)
	c.send(openFrame)
	c.hear("mechanisms")
	c.send(authFrame(l.Agent, l.Token.Reveal()))
	c.hear("<success")
	c.send(openFrame)
	c.hear("bind")
	c.send(fmt.Sprintf(bindFrame, resource))
	c.hear("<jid>")
	topics := fmt.Sprintf(`[{"id":"v2.users.%s?conversations&station"}]`, l.Agent)
	if a := s.ask("PUT", "/api/v2/notifications/channels/"+channel+"/subscriptions", topics, "Authorization: Bearer "+l.Token.Reveal()); a.status != http.StatusOK {
		s.t.Fatalf("a subscription: %d %s", a.status, a.body)
	}
	return c
}
