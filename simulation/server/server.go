// Package server puts the simulated platform behind a port: the public API over HTTP, the stream over WebSocket (RFC 7395),
// audio over WebRTC, and a small API that controls all of it. It is real enough that the real SDK completes calls with it.
//
// The platform itself, and what it decides, is package platform: here are its clock, its wires and the manners of a server.
// The platform lives on one goroutine, the loop; each stream has a reader and a writer beside it.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/edge"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// Config is what a server is made of.
type Config struct {
	Options platform.Options
	// Audio says where the edge's audio is to be had; nil: calls have none, and their descriptions are made up.
	Audio *Audio
	// Public is how clients reach the public API, such as http://127.0.0.1:8080; it is what the recordings name. The stream is there,
	// too, but where it is https://api.NAME of a name of Hosts, the stream is at wss://streaming.NAME.
	Public string
	// Origins are those of pages that may use the server besides its own, such as https://desktop.example.com.
	Origins []string
	// Hosts are the names under which the server may be reached besides loopback ones, without port.
	Hosts []string
	// ControlToken is what the control API asks for; "": nothing, which is for loopback only.
	ControlToken messages.Token
	// SDK is the file that pages get as /sdk.js; "": they are told that there is none.
	SDK    string
	Limits Limits
	// Log is where the server tells what it does, without personal data; nil: nowhere.
	Log *slog.Logger
}

// Audio is where the edge's audio is to be had.
type Audio struct {
	IP   string // the address that is offered; "": 127.0.0.1
	Port int    // of UDP, for all sessions; 0: any
}

// Server is a platform on a port.
type Server struct {
	cfg      Config
	limits   Limits
	slog     *slog.Logger
	loop     *loop
	accounts *accounts
	metrics  *metrics
	upgrader websocket.Upgrader
	streams  sync.WaitGroup
	ids      atomic.Uint64
	stopped  chan struct{} // closed when the server is to stop
	stop     sync.Once
	broken   atomic.Bool // the loop has panicked
	sound    sound
	kept     *store // of recordings
	pages    pages

	// The loop's.
	platform *platform.Platform
	open     map[*stream]bool
	agents   map[*platform.User]*agent
	channels map[string]*account // by whom they were asked for
	stopping bool
	calls    int                             // that were begun by the control API
	changed  map[*platform.Conversation]bool // of which the edge is to be told
	known    map[messages.ConversationID]bool
}

// New is a server without agents, whose platform lives. Stop it. The error is of limits that are none, or of audio that cannot
// be had.
func New(cfg Config) (*Server, error) {
	if err := cfg.Limits.check(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, limits: cfg.Limits.filled(), slog: cfg.Log, loop: newLoop(), accounts: newAccounts(),
		stopped: make(chan struct{}), open: map[*stream]bool{}, agents: map[*platform.User]*agent{}, channels: map[string]*account{},
		changed: map[*platform.Conversation]bool{}, known: map[messages.ConversationID]bool{},
	}
	s.metrics = newMetrics(s)
	s.kept = &store{most: s.limits.RecordingBytes, full: s.noRoom}
	s.pages.kept = s.kept
	if s.slog == nil {
		s.slog = slog.New(slog.DiscardHandler)
	}
	s.upgrader = websocket.Upgrader{Subprotocols: []string{subprotocol}, CheckOrigin: s.allowedOrigin, HandshakeTimeout: writePatience}
	s.platform = platform.New(cfg.Options, s.loop, platform.NewChance(0))
	if err := s.openSound(); err != nil {
		return nil, err
	}
	s.hearPlatform()
	s.loop.broke = s.breakDown
	go s.loop.run()
	return s, nil
}

func (s *Server) openSound() error {
	s.sound.init(s, nil)
	if s.cfg.Audio == nil {
		return nil
	}
	e, err := edge.New(edge.Config{IP: s.cfg.Audio.IP, Port: s.cfg.Audio.Port, Log: s.slog, Changed: func(session messages.SessionID, up bool) {
		s.loop.post(func() { s.platform.Media(session, up) })
	}})
	if err != nil {
		return fmt.Errorf("server: audio: %w", err)
	}
	s.sound.init(s, e)
	return nil
}

// hearPlatform has the server told of what the wires need to know.
func (s *Server) hearPlatform() {
	s.platform.MakeIDs(mint)
	s.platform.KeepSecrets()
	s.platform.WhenEnded(func(session *platform.Session, _ platform.End) { s.sound.over(session.ID) })
	s.platform.WhenChanged(s.noteChange)
	var again func()
	again = func() {
		s.forget()
		s.loop.After(s.limits.Memory, again)
	}
	s.loop.After(s.limits.Memory, again)
}

var scenarioName = regexp.MustCompile(`^[A-Z][A-Za-z0-9-]{0,39}$`)

// mint makes the ids that others must not guess (XEP-0353 section 6); the rest have the platform's names, which people read.
func mint(of platform.Thing, usual string) string {
	switch of {
	case platform.SessionID, platform.ChannelID:
		return unguessable()
	case platform.DialledID: // a client may name it as scenarios do, by the caller's name; people's names are no ids
		if scenarioName.MatchString(usual) {
			return usual
		}
		return unguessable()
	default:
		return usual
	}
}

// noteChange has the edge told who hears whom in a conversation, when the platform has done what it is at.
func (s *Server) noteChange(c *platform.Conversation) {
	if len(s.changed) == 0 {
		s.loop.After(0, func() {
			for changed := range s.changed {
				s.sound.route(changed.Heard())
			}
			clear(s.changed)
		})
	}
	s.changed[c] = true
	s.known[c.ID] = true
}

// forget forgets what is over for long enough, and lets go of what belongs to it.
func (s *Server) forget() {
	s.platform.Forget(s.loop.Now() - s.limits.Memory)
	for channel := range s.channels {
		if s.platform.ChannelOf(channel) == nil {
			delete(s.channels, channel)
		}
	}
	for id := range s.known {
		if s.platform.Conversation(id) == nil {
			delete(s.known, id)
			s.sound.forget(id)
		}
	}
}

// Serve serves a listener until the context ends or the server is stopped, then says goodbye to all clients and returns. The
// error is of a listener that broke, or of the platform.
func (s *Server) Serve(ctx context.Context, listener net.Listener, certificate *tls.Certificate) error {
	silent := &silent{all: map[net.Conn]bool{}}
	server := &http.Server{
		ConnState: silent.note,
		Handler:   s.Handler(), ReadHeaderTimeout: s.limits.SetUp, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.slog.Handler(), slog.LevelDebug),
	}
	if certificate != nil {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
	case <-s.stopped:
	case err = <-failed:
	}
	s.Stop()
	silent.close()
	polite, cancel := context.WithTimeout(context.Background(), writePatience)
	defer cancel()
	if shut := server.Shutdown(polite); shut != nil {
		_ = server.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	if s.broken.Load() {
		err = errors.Join(errBroken, err)
	}
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// Stop ends all streams, the audio and the platform, and waits until they are gone. It may be called more than once.
func (s *Server) Stop() {
	s.stop.Do(func() {
		close(s.stopped)
		_ = s.loop.do(context.Background(), func() {
			s.stopping = true
			for c := range s.open {
				c.finish(farewell{code: closedAway, reason: "the server is shutting down", condition: "system-shutdown"})
			}
		})
		s.streams.Wait()
		s.loop.close()
		if err := s.sound.close(); err != nil {
			s.slog.Warn("the audio does not end well", "why", err)
		}
	})
}

// nextID is a fresh id for a stanza.
func (s *Server) nextID() string { return "m" + strconv.FormatUint(s.ids.Add(1), 10) }
