package server_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/server"
)

// remembered is how much the server keeps in mind, by what it is.
func (s *served) remembered() map[string]int {
	s.t.Helper()
	all := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^hookswitch_remembered\{what="(.*)"\} (\d+)$`).FindAllStringSubmatch(s.ask("GET", "/metrics", "").body, -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			s.t.Fatal(err)
		}
		all[m[1]] = n
	}
	if len(all) == 0 {
		s.t.Fatal("it does not tell what it remembers")
	}
	return all
}

// heap is how much is in use when all that nobody needs is gone.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Three hundred clients log in, take calls, drop out, come back and leave, after some others have: the server then has no
// goroutine and keeps nothing that it did not have before.
func TestClientsComeAndGo(t *testing.T) {
	const clients = 300
	s := serve(t, func(c *server.Config) {
		atOnce(c)
		c.Options.AnswerPatience = 2 * time.Second
		c.Limits = server.Limits{Memory: 200 * time.Millisecond, JournalBytes: -1, RequestsPerMinute: 1000}
	})
	logins := make([]server.Login, clients)
	for i := range logins {
		logins[i] = s.agent(fmt.Sprintf("agent-%d", i), 100)
	}
	var goroutines, bytes [2]int
	for shift, clients := range []int{60, clients} {
		var all sync.WaitGroup
		work := make(chan int)
		for range 24 { // at once
			all.Go(func() {
				for n := range work {
					if err := s.workday(logins[n], fmt.Sprintf("S%d-%d", shift, n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for n := range clients {
			work <- n
		}
		close(work)
		all.Wait()
		http.DefaultClient.CloseIdleConnections()
		eventually(t, "what is over is forgotten", func() bool {
			r := s.remembered()
			return r["streams"]+r["bound-streams"]+r["calls"]+r["sessions"]+r["described-sessions"] == 0 && r["timers"] < 5
		})
		goroutines[shift], bytes[shift] = runtime.NumGoroutine(), heap()
	}
	if goroutines[1] > goroutines[0]+5 {
		t.Errorf("there were %d goroutines before and %d after", goroutines[0], goroutines[1])
	}
	if grown := bytes[1] - bytes[0]; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes from %d", grown, bytes[0])
	}
	if r := s.remembered(); r["agents"] != clients || r["channels"] > 4*clients {
		t.Errorf("it remembers %v", r)
	}
}

// workday is what one client does: it comes, takes a call, loses its stream, comes back, and leaves politely or not.
func (s *served) workday(l server.Login, call string) error {
	a, err := s.request("POST", "/api/v2/notifications/channels", "", as(l))
	if err != nil {
		return err
	}
	channel := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(a.body)
	if channel == nil {
		return fmt.Errorf("a channel: %d %s", a.status, a.body)
	}
	come := func() (*client, error) {
		c, status, err := s.open(l, channel[1], nil)
		if err != nil {
			return nil, fmt.Errorf("a stream: %d %w", status, err)
		}
		if err := c.setUp("desk"); err != nil {
			return c, err
		}
		return c, s.subscribe(c)
	}
	c, err := come()
	if err != nil {
		return err
	}
	if a, err := s.request("POST", "/control/calls", fmt.Sprintf(`{"agent":%q,"id":%q}`, l.Agent, call), aJSON); err != nil || a.status != 200 {
		return fmt.Errorf("a call: %v %w", a, err)
	}
	propose, err := c.await("<propose")
	if err == nil {
		err = c.takes(sessionID.FindStringSubmatch(propose)[1])
	}
	_ = c.socket.NetConn().Close() // without a word
	if err != nil {
		return err
	}
	if c, err = come(); err != nil {
		return err
	}
	if a, err := s.request("POST", "/control/calls/"+call+"/hangup", "", aJSON); err != nil || a.status != 200 {
		return fmt.Errorf("the end of a call: %v %w", a, err)
	}
	if _, err := c.await(`"state":"disconnected"`); err != nil {
		return err
	}
	if rand.IntN(2) == 0 {
		if err := c.say(`<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`); err != nil {
			return err
		}
		_, err = c.await("<close")
	}
	_ = c.socket.Close()
	return err
}

// A client that asks for a new channel each time, and comes and goes on it, leaves a bounded number of them behind.
func TestNewChannelsAgainAndAgain(t *testing.T) {
	s := serve(t, func(c *server.Config) {
		c.Limits = server.Limits{Memory: 50 * time.Millisecond, RequestsPerMinute: 100_000, JournalBytes: -1}
	})
	login := s.agent("ann", 100)
	for range 300 {
		c := s.connect(login)
		_ = c.socket.Close()
	}
	eventually(t, "the streams are gone", func() bool {
		r := s.remembered()
		return r["streams"] == 0 && r["channels"] <= 100
	})
	if r := s.remembered(); r["channels"] != 100 {
		t.Errorf("%d channels", r["channels"])
	}
}

// A connection on which nothing happens costs little.
func TestWhatAConnectionCosts(t *testing.T) {
	const clients, most = 200, 64 << 10
	s := serve(t, func(c *server.Config) {
		c.Limits = server.Limits{StreamsPerUser: clients, JournalBytes: -1, RequestsPerMinute: 10_000}
	})
	var logins []server.Login
	for n := range clients / 50 {
		logins = append(logins, s.agent(fmt.Sprintf("agent-%d", n), 100))
		s.logIn(logins[n], "first")
	}
	before := heap()
	var all []*client
	for n := range clients {
		c := s.connect(logins[n%len(logins)])
		if err := c.setUp(fmt.Sprintf("desk-%d", n)); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	each := (heap() - before) / clients // with the test's own side of them
	t.Logf("%d bytes a connection, both sides", each)
	if each > most {
		t.Errorf("a connection takes %d bytes, at most %d are expected", each, most)
	}
	runtime.KeepAlive(all)
}

// The metrics never tell of a client by name.
func TestMetricsHaveFewLabels(t *testing.T) {
	s := serve(t, nil)
	login := s.agent("ann", 100)
	for n := range 50 {
		s.ask("GET", fmt.Sprintf("/api/v2/conversations/C%d", n), "", as(login))
		s.ask("GET", fmt.Sprintf("/api/v2/nothing%d", n), "", as(login))
	}
	var lines int
	for _, line := range strings.Split(s.ask("GET", "/metrics", "").body, "\n") {
		if strings.HasPrefix(line, "hookswitch_") {
			lines++
		}
	}
	if lines > 30 {
		t.Errorf("there are %d figures", lines)
	}
}
