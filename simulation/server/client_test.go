package server_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// served is a server on a port of this machine.
type served struct {
	t   testing.TB
	s   *server.Server
	url string
	end func() // stops it, and waits until it is gone; the end of the test does so, too
}

// serve runs a server until the test ends.
func serve(t testing.TB, change func(*server.Config)) *served {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, listener, change)
}

func serveOn(t testing.TB, listener net.Listener, change func(*server.Config)) *served {
	t.Helper()
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
	end := sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with: %v", err)
		}
	})
	t.Cleanup(end)
	return &served{t: t, s: s, url: cfg.Public, end: end}
}

// at once: nothing that the platform does takes any time.
func atOnce(c *server.Config) {
	c.Options.NotifyDelay, c.Options.EdgeDelay, c.Options.RESTDelay, c.Options.WireDelay = 0, 0, 0, 0
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
	a, err := s.request(method, path, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// request is ask for goroutines that are not the test's.
func (s *served) request(method, path, body string, headers ...string) (answer, error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
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
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: strings.TrimSpace(string(text))}, err
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
		if err := json.Unmarshal([]byte(a.body), into); err != nil || a.status != http.StatusOK {
			s.t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
		}
	}
	return a
}

// client is a client of the stream that says what a test lets it say.
type client struct {
	t      testing.TB
	socket *websocket.Conn
	login  server.Login
	// channel is the notification channel.
	channel string
}

// as is the header that says whose request it is.
func as(l server.Login) string { return "Authorization: Bearer " + l.Token.Reveal() }

// channel asks for a notification channel.
func (s *served) channel(l server.Login) string {
	s.t.Helper()
	a := s.ask("POST", "/api/v2/notifications/channels?connectionType=streaming", "", as(l))
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
	c, status, err := s.dial(l, channel, nil)
	if err != nil {
		s.t.Fatalf("a stream: %d %v", status, err)
	}
	return c
}

// dial tries to open a stream; status is the answer's. The end of the test closes it.
func (s *served) dial(l server.Login, channel string, header http.Header) (c *client, status int, err error) {
	if c, status, err = s.open(l, channel, header); err == nil {
		s.t.Cleanup(func() { _ = c.socket.Close() })
	}
	return c, status, err
}

// open is dial for a stream that the caller closes.
func (s *served) open(l server.Login, channel string, header http.Header) (c *client, status int, err error) {
	dialer := websocket.Dialer{Subprotocols: []string{"xmpp"}, HandshakeTimeout: 10 * time.Second}
	socket, res, err := dialer.Dial("ws"+strings.TrimPrefix(s.url, "http")+"/stream/channels/"+channel, header)
	if res != nil {
		status = res.StatusCode
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, status, err
	}
	return &client{t: s.t, socket: socket, login: l, channel: channel}, status, nil
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
	if err := c.say(frames...); err != nil {
		c.t.Fatal(err)
	}
}

// say is send for goroutines that are not the test's.
func (c *client) say(frames ...string) error {
	for _, f := range frames {
		if err := c.socket.WriteMessage(websocket.TextMessage, []byte(f)); err != nil {
			return fmt.Errorf("cannot send: %w", err)
		}
	}
	return nil
}

// hear reads frames up to one that has a text in it.
func (c *client) hear(text string) string {
	c.t.Helper()
	frame, err := c.await(text)
	if err != nil {
		c.t.Fatal(err)
	}
	return frame
}

// await is hear for goroutines that are not the test's.
func (c *client) await(text string) (string, error) {
	_ = c.socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, frame, err := c.socket.ReadMessage()
		if err != nil {
			return "", fmt.Errorf("waiting for %q: %w", text, err)
		}
		if strings.Contains(string(frame), text) {
			return string(frame), nil
		}
	}
}

// until reads frames up to one that has a text in it, and gives all before it.
func (c *client) until(text string) (before []string) {
	c.t.Helper()
	_ = c.socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, frame, err := c.socket.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for %q: %v", text, err)
		}
		if strings.Contains(string(frame), text) {
			return before
		}
		before = append(before, string(frame))
	}
}

// ends reads to the end of the stream, and gives all that came before, and the close code; 1006: without a word.
func (c *client) ends() (heard string, code int) {
	c.t.Helper()
	defer func() { _ = c.socket.Close() }()
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
	c := s.connect(l)
	if err := c.setUp(resource); err != nil {
		s.t.Fatal(err)
	}
	if err := s.subscribe(c); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// setUp has a stream bound under a resource.
func (c *client) setUp(resource string) error {
	for _, step := range []struct{ says, hears string }{
		{openFrame, "mechanisms"}, {authFrame(c.login.Agent, c.login.Token.Reveal()), "<success"}, {openFrame, "bind"},
		{fmt.Sprintf(bindFrame, resource), "<jid>"},
	} {
		if err := c.say(step.says); err != nil {
			return err
		}
		if _, err := c.await(step.hears); err != nil {
			return err
		}
	}
	return nil
}

// subscribe lets a client's channel hear notifications.
func (s *served) subscribe(c *client) error {
	topics := fmt.Sprintf(`[{"id":"v2.users.%s?conversations&station"}]`, c.login.Agent)
	a, err := s.request("PUT", "/api/v2/notifications/channels/"+c.channel+"/subscriptions", topics, as(c.login))
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("a subscription: %d %s", a.status, a.body)
	}
	return err
}

var sessionID = regexp.MustCompile(`<propose[^>]* id="([^"]+)"`)

// rings waits for a call and tells its session.
func (c *client) rings() string {
	c.t.Helper()
	return sessionID.FindStringSubmatch(c.hear("<propose"))[1]
}

// gateway is where the far end of a session is.
func gateway(session string) string { return strings.ToLower(session) + "@gjoll.example.com/edge" }

func proceedFrame(session string) string {
	return `<message xmlns="jabber:client" to="` + gateway(session) + `"><proceed xmlns="urn:xmpp:jingle-message:0" id="` + session + `"/></message>`
}

func acceptFrame(name, session string) string {
	return `<message xmlns="jabber:client" to="` + name + `@org.example.com"><accept xmlns="urn:xmpp:jingle-message:0" id="` + session + `"/></message>`
}

func answerFrame(session string) string {
	return rpc("a-"+session, session, `{"jsonrpc":"2.0","method":"answer","params":{"sdp":"v=0","sessionId":"`+session+`"},"id":"1"}`)
}

func rpc(id, session, json string) string {
	return `<iq xmlns="jabber:client" id="` + id + `" type="set" to="` + gateway(session) + `"><genesys-webrtc xmlns="genesys">` +
		strings.ReplaceAll(strings.ReplaceAll(json, "&", "&amp;"), `"`, "&quot;") + `</genesys-webrtc></iq>`
}

// takes takes the call of a session, up to where it is connected.
func (c *client) takes(session string) error {
	for _, step := range []struct{ says, hears string }{
		{proceedFrame(session), "genesys-webrtc"}, {acceptFrame(c.login.Agent, session), "<accept"}, {answerFrame(session), `"state":"connected"`},
	} {
		if err := c.say(step.says); err != nil {
			return err
		}
		if _, err := c.await(step.hears); err != nil {
			return err
		}
	}
	return nil
}
