package streaming

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// Protocol is the sub-protocol that a server must agree to (RFC 7395 section 3.1).
const Protocol = "xmpp"

// What a Config has where it says nothing.
const (
	DefaultReadLimit        = 1 << 20
	DefaultHandshakeTimeout = 15 * time.Second
	DefaultWriteTimeout     = 10 * time.Second
	DefaultCloseTimeout     = 2 * time.Second
)

// Config says where the stream is and how it is reached. Only URL must be set.
type Config struct {
	// URL is where channels are, such as wss://streaming.mypurecloud.com: the path /stream/channels/ and the channel are added.
	URL string
	// TLS is for wss; nil: the machine's trust.
	TLS *tls.Config
	// Proxy names the proxy for a request; nil: as the environment says (http.ProxyFromEnvironment).
	Proxy func(*http.Request) (*url.URL, error)
	// Dial makes the connection; nil: a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Origin and UserAgent are the headers of that name; "": none.
	Origin, UserAgent string
	// ReadLimit is the largest message that is taken, in bytes: a larger one ends the socket. 0: DefaultReadLimit.
	ReadLimit int64
	// HandshakeTimeout bounds the time from Open to an open socket; 0: DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration
	// WriteTimeout bounds how long a frame may take to go out to a server that does not read; 0: DefaultWriteTimeout.
	WriteTimeout time.Duration
	// CloseTimeout is how long a server has to confirm a close; 0: DefaultCloseTimeout.
	CloseTimeout time.Duration
	// Log gets, at debug level, why sockets failed; nil: slog.Default(). Nothing of what frames say is logged.
	Log *slog.Logger
}

// Stream is a port.Stream over gorilla/websocket. A softphone numbers its sockets, so each has a Stream of its own. It is safe
// for concurrent use; a socket costs one goroutine.
type Stream struct {
	cfg  Config
	base *url.URL

	mu      sync.Mutex
	sockets map[int]*socket
	ended   bool
	working sync.WaitGroup
}

var _ port.Stream = (*Stream)(nil)

// New makes a Stream. The error says what is wrong with the configuration.
func New(cfg Config) (*Stream, error) {
	base, err := url.Parse(cfg.URL)
	switch {
	case err != nil:
		return nil, errors.New("streaming: the URL cannot be read: give one such as wss://streaming.example.com")
	case base.Scheme != "ws" && base.Scheme != "wss" || base.Host == "" || base.User != nil:
		return nil, fmt.Errorf("streaming: %q is no URL of a WebSocket: give one such as wss://streaming.example.com, without a user", base.Redacted())
	}
	fill(&cfg.ReadLimit, DefaultReadLimit)
	fill(&cfg.HandshakeTimeout, DefaultHandshakeTimeout)
	fill(&cfg.WriteTimeout, DefaultWriteTimeout)
	fill(&cfg.CloseTimeout, DefaultCloseTimeout)
	if cfg.TLS != nil {
		cfg.TLS = cfg.TLS.Clone()
		cfg.TLS.NextProtos = nil // a WebSocket is HTTP/1.1, and the configuration may be shared with a client that is not
	}
	if cfg.Proxy == nil {
		cfg.Proxy = http.ProxyFromEnvironment
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Stream{cfg: cfg, base: base, sockets: map[int]*socket{}}, nil
}

func fill[T int64 | time.Duration](what *T, with T) {
	if *what == 0 {
		*what = with
	}
}

// Open starts to connect to a channel; see port.Stream. After Shutdown it fails at once.
func (s *Stream) Open(number int, channel string, post port.Post, receive port.Receive) {
	ctx, cancel := context.WithCancel(context.Background())
	k := &socket{cfg: &s.cfg, number: number, post: post, receive: receive, cancel: cancel}
	s.mu.Lock()
	ended := s.ended
	if !ended {
		s.sockets[number] = k
		s.working.Add(1)
	}
	s.mu.Unlock()
	if ended {
		cancel()
		k.fail()
		post(k.closed(errors.New("it was opened after Shutdown")))
		return
	}
	go func() {
		defer s.working.Done()
		last := k.live(ctx, s.base, channel)
		cancel()
		s.forget(k)
		post(last)
	}()
}

// Send sends one frame; see port.Stream. It returns within Config.WriteTimeout, once the frames before it are written.
func (s *Stream) Send(number int, frame []byte) error {
	k := s.find(number)
	if k == nil {
		return fmt.Errorf("streaming: socket %d: there is none: it has closed", number)
	}
	return k.send(frame)
}

// Close closes a socket, or ends the attempt to open it; see port.Stream. The server has Config.CloseTimeout to confirm it.
func (s *Stream) Close(number int) {
	if k := s.find(number); k != nil {
		k.close()
	}
}

// Shutdown closes all sockets and waits until each has posted its SocketClosed and its goroutine has ended; no more are opened.
// When the context ends first they are torn down without the server's word, and the error is the context's. Shutdown may be called again.
func (s *Stream) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.ended = true
	all := make([]*socket, 0, len(s.sockets))
	for _, k := range s.sockets {
		all = append(all, k)
	}
	s.mu.Unlock()
	for _, k := range all {
		k.close()
	}
	stop := context.AfterFunc(ctx, func() {
		for _, k := range all {
			k.cancel()
		}
	})
	defer stop()
	s.working.Wait()
	return ctx.Err()
}

func (s *Stream) find(number int) *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets[number]
}

func (s *Stream) forget(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sockets[k.number] == k {
		delete(s.sockets, k.number)
	}
}

// dial makes the connection. The context's end ends the attempt wherever it stands, and the connection, too.
func dial(ctx context.Context, cfg *Config, base *url.URL, channel string) (*websocket.Conn, error) {
	if strings.Trim(channel, ".") == "" {
		return nil, errors.New("the channel is empty or made of dots; it would name another resource")
	}
	dialer := websocket.Dialer{
		Proxy: cfg.Proxy, TLSClientConfig: cfg.TLS, HandshakeTimeout: cfg.HandshakeTimeout, Subprotocols: []string{Protocol},
		ReadBufferSize: readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &writeBuffers,
		NetDialContext: func(dialing context.Context, network, address string) (net.Conn, error) {
			conn, err := cfg.Dial(dialing, network, address)
			if err == nil { // what follows, such as TLS and the answer, does not look at the context
				context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		},
	}
	conn, response, err := dialer.DialContext(ctx, base.JoinPath("stream", "channels", url.PathEscape(channel)).String(), cfg.header())
	switch {
	case err != nil && response != nil:
		return nil, fmt.Errorf("the server answered %d: %w", response.StatusCode, err)
	case err != nil:
		return nil, err
	case conn.Subprotocol() != Protocol:
		_ = conn.Close()
		return nil, errors.New("the server does not speak the sub-protocol " + Protocol)
	}
	conn.SetReadLimit(cfg.ReadLimit)
	return conn, nil
}

func (c *Config) header() http.Header {
	h := http.Header{}
	if c.Origin != "" {
		h.Set("Origin", c.Origin)
	}
	if c.UserAgent != "" {
		h.Set("User-Agent", c.UserAgent)
	}
	return h
}

// Buffers of a connection, in bytes: for reading one is kept for each, for writing one is lent for each frame. A frame that is
// longer than that goes out in fragments.
const (
	readBuffer  = 2 << 10
	writeBuffer = 16 << 10
)

var writeBuffers sync.Pool

// abnormal is the code of a socket that ended without a closing handshake (RFC 6455 section 7.4.1).
const abnormal = websocket.CloseAbnormalClosure
