package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/media"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/adapters/publicapi"
	"github.com/hookswitch/hookswitch/adapters/streaming"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// fleet are all agents with their softphones.
type fleet struct {
	plan     plan
	run      string // begins the names of this run's agents and calls
	agents   []*agent
	rest     *publicapi.Client
	registry actors.Registry // one for all saves memory
	engine   *media.Engine   // nil: without audio
}

// agent is one agent, and what the softphone announced.
type agent struct {
	name   string
	phone  *runtime.Softphone
	stream *streaming.Stream
	media  *media.Media   // nil: without audio
	heard  sync.WaitGroup // the goroutine that reads the events

	mu       sync.Mutex
	calls    map[messages.ConversationID]*call
	sessions map[messages.SessionID]*call
	events   counts        // that belong to no call
	gone     chan struct{} // closed when the stream has been disconnected
}

// newFleet adds the agents to the platform and makes their softphones.
func newFleet(ctx context.Context, p plan, c *control) (*fleet, error) {
	f := &fleet{plan: p, run: fmt.Sprintf("l%x", rand.Uint32()), registry: actors.Softphone()}
	var err error
	if f.rest, err = publicapi.NewClient(publicapi.ClientConfig{URL: p.URL, Connections: p.Logins, Log: silent}); err != nil {
		return nil, err
	}
	if p.Audio {
		f.engine, err = media.NewEngine(media.Config{Loopback: true, IP: net.IP.IsLoopback, WithoutServers: true, WithoutReports: true, Log: silent})
		if err != nil {
			return nil, err
		}
	}
	f.agents = make([]*agent, p.Agents)
	fault := make([]error, p.Agents)
	atATime(p.Logins, p.Agents, func(i int) {
		if ctx.Err() == nil {
			f.agents[i], fault[i] = f.newAgent(ctx, c, i)
		}
	})
	for i, err := range fault {
		if err != nil || f.agents[i] == nil {
			f.close()
			return nil, errors.Join(err, ctx.Err())
		}
	}
	return f, nil
}

// silent is where softphones log: what goes wrong is counted instead.
var silent = slog.New(slog.DiscardHandler)

func (f *fleet) newAgent(ctx context.Context, c *control, n int) (*agent, error) {
	a := &agent{
		name:  fmt.Sprintf("%s-%d", f.run, n),
		calls: map[messages.ConversationID]*call{}, sessions: map[messages.SessionID]*call{}, events: counts{}, gone: make(chan struct{}),
	}
	token, err := c.addAgent(ctx, a.name)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(f.plan.URL)
	if err != nil {
		return nil, fmt.Errorf("load: -url: %w", err)
	}
	if a.stream, err = streaming.New(streaming.Config{URL: "ws" + strings.TrimPrefix(f.plan.URL, "http"), Log: silent}); err != nil {
		return nil, err
	}
	cfg := runtime.SoftphoneConfig{
		Config:      runtime.Config{Cell: a.name, Options: messages.DefaultOptions(), Quirks: quirk.Corrected, Registry: f.registry},
		AccessToken: messages.Token(token), Environment: at.Host, Log: silent, SleepAfter: f.plan.sleepAfter(),
		OnPoisoned: func(*runtime.Poisoned) { a.note("poisoned entry") },
	}
	a.phone, err = runtime.NewSoftphone(cfg, runtime.Ports{
		Stream: a.stream, REST: f.rest, Media: a.hears(f.engine, n), Frames: jingle.Codec{}, Notifications: notifications.Decoder{},
	})
	if err != nil {
		return nil, err
	}
	events := a.phone.Events()
	a.heard.Go(func() { a.listen(events) })
	return a, nil
}

// hears is an agent's media: a tone of its own, or nothing but the words.
func (a *agent) hears(engine *media.Engine, n int) port.Media {
	if engine == nil {
		return newQuiet()
	}
	a.media = engine.Media(media.Tone{Frequency: 300 + 10*float64(n%100), Level: -20})
	return a.media
}

// logIn logs all agents in, some at a time, and is how long each took. One that fails has an event that says so.
func (f *fleet) logIn(ctx context.Context) []time.Duration {
	took := make([]time.Duration, len(f.agents))
	atATime(f.plan.Logins, len(f.agents), func(i int) {
		patient, cancel := context.WithTimeout(ctx, f.plan.Patience)
		defer cancel()
		start := time.Now()
		if err := f.agents[i].phone.Initialize(patient); err != nil {
			f.agents[i].note("login that failed")
		}
		took[i] = time.Since(start)
	})
	return took
}

// logOut ends all softphones in order, and waits until nothing of them is left.
func (f *fleet) logOut(ctx context.Context) {
	atATime(f.plan.Logins, len(f.agents), func(i int) {
		patient, cancel := context.WithTimeout(ctx, f.plan.Patience)
		defer cancel()
		if err := f.agents[i].phone.Destroy(patient); err != nil {
			f.agents[i].note("logout that failed")
		}
		await(patient, f.agents[i].gone, f.plan.Patience)
	})
	f.close()
}

// close ends what is left of all softphones. It may be called again.
func (f *fleet) close() {
	atATime(f.plan.Logins, len(f.agents), func(i int) {
		if a := f.agents[i]; a != nil {
			_ = a.phone.Close()
			polite, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = a.stream.Shutdown(polite)
			a.heard.Wait()
		}
	})
	if f.engine != nil {
		f.engine.Wait()
	}
	f.rest.Close()
}

// atATime does something for each of so many, a few at a time.
func atATime(few, many int, do func(i int)) {
	var busy sync.WaitGroup
	next := make(chan int)
	for range few {
		busy.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range many {
		next <- i
	}
	close(next)
	busy.Wait()
}
