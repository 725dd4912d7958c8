package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// fakePage is a page that obeys: what it is told to do, a client of the stream does, and it tells what the SDK would.
type fakePage struct {
	s      *served
	client *client
	name   string
	done   chan struct{} // closed when it obeys no more

	began time.Time

	mu      sync.Mutex
	seq     int
	session string
	orders  []string
}

// obey has a page obey for a client until the test ends.
func (s *served) obey(c *client, name string) *fakePage {
	s.t.Helper()
	p := &fakePage{s: s, client: c, name: name, began: time.Now(), done: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/control/pages/"+name+"/orders", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.login.Token.Reveal())
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("the orders: %v %v", res, err)
	}
	var both sync.WaitGroup
	both.Go(func() {
		defer close(p.done)
		defer func() { _ = res.Body.Close() }()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if text, is := strings.CutPrefix(lines.Text(), "data: "); is {
				p.do(text)
			}
		}
	})
	both.Go(p.listen)
	s.t.Cleanup(func() {
		stop()
		_ = c.socket.Close()
		both.Wait()
	})
	return p
}

// listen tells of proposes as the SDK does, until the stream ends.
func (p *fakePage) listen() {
	for {
		_, frame, err := p.client.socket.ReadMessage()
		if err != nil {
			return
		}
		if found := sessionID.FindSubmatch(frame); found != nil {
			p.mu.Lock()
			p.session = string(found[1])
			p.mu.Unlock()
			p.tell("pendingSession", `{"conversationId":"C1"}`)
		}
	}
}

func (p *fakePage) tell(event, args string) {
	p.mu.Lock()
	record := fmt.Sprintf(`[{"seq":%d,"t":%d,"k":"sdk.event","ev":%q,"args":[%s]}]`, p.seq, time.Since(p.began).Milliseconds(), event, args)
	p.seq++
	p.mu.Unlock()
	if a, err := p.s.request("POST", "/control/pages/"+p.name+"/records", record, as(p.client.login)); err != nil || a.status != http.StatusNoContent {
		p.s.t.Errorf("%s was not taken: %v %v", event, a, err)
	}
}

// do does what it is told to.
func (p *fakePage) do(text string) {
	var order struct {
		ID   int
		Do   string
		Args []any
	}
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		p.s.t.Errorf("an order %q: %v", text, err)
	}
	p.mu.Lock()
	p.orders = append(p.orders, order.Do)
	session := p.session
	p.mu.Unlock()
	if order.Do == "acceptPendingSession" {
		if err := p.client.say(proceedFrame(session)); err != nil {
			p.s.t.Error(err)
		}
		p.tell("handledPendingSession", `{}`)
	}
}

// play plays a scenario on whoever is logged in.
func (s *served) play(text string, how server.Playing) (left []server.Left, said []string) {
	s.t.Helper()
	of := read(s.t, text)
	how.Say = func(_ time.Duration, who, what string) { said = append(said, strings.TrimSpace(who+" "+what)) }
	left, err := s.s.Play(context.Background(), of, how)
	if err != nil {
		s.t.Fatal(err)
	}
	return left, said
}

func read(t testing.TB, text string) scenario.Scenario {
	t.Helper()
	of, err := scenario.Parse("test.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return of
}

// cast adds a scenario's agents; nobody is ready before all have logged in.
func (s *served) cast(text string) []server.Login {
	s.t.Helper()
	logins, err := s.s.Cast(context.Background(), read(s.t, text))
	if err != nil {
		s.t.Fatal(err)
	}
	soon, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := s.s.AwaitReady(soon, read(s.t, text)); !errors.Is(err, context.DeadlineExceeded) {
		s.t.Fatalf("before anybody has logged in: %v", err)
	}
	return logins
}

// A page that obeys plays the agent's part, line by line, and what it announces is waited for.
func TestPlayWithAPage(t *testing.T) {
	s := serve(t, atOnce)
	text := "# A page plays.\nagent ann\n\n+10ms C1 calls ann\nwhen ann pendingSession C1 +20ms ann answers C1\n" +
		"when ann handledPendingSession +20ms ann holds C1\n+10ms C1 hangs up\nwhen ann sessionEnded +1s C1 calls ann\n"
	ann := s.logIn(s.cast(text)[0], "desk")
	page := s.obey(ann, "ann-desk")
	if err := s.s.AwaitReady(context.Background(), read(t, text)); err != nil {
		t.Fatal(err)
	}
	left, said := s.play(text, server.Playing{Patience: 300 * time.Millisecond})
	if len(left) != 1 || left[0].Line != 8 || left[0].Why != "nothing of that kind was announced in time" {
		t.Errorf("left are %+v", left)
	}
	page.mu.Lock()
	defer page.mu.Unlock()
	if want := []string{"acceptPendingSession", "setConversationHeld"}; !slices.Equal(page.orders, want) {
		t.Errorf("it was told to %v, want %v", page.orders, want)
	}
	if !slices.Contains(said, "left: "+left[0].Why) || slices.ContainsFunc(said, func(w string) bool { return strings.Contains(w, "please") }) {
		t.Errorf("said was %q", said)
	}
}

// Where no page obeys, a person is asked and waited for; the next line counts from when it was done.
func TestPlayWithAPerson(t *testing.T) {
	s := serve(t, atOnce)
	text := "# A person plays.\nagent ann\n\n+10ms C1 calls ann\n+10ms ann answers C1\n+100ms C1 hangs up\n+10ms ann ends C1\n"
	ann := s.logIn(s.cast(text)[0], "desk")
	answered := make(chan time.Time, 1)
	go func() {
		propose, err := ann.await("<propose")
		if err == nil {
			time.Sleep(200 * time.Millisecond)
			err = ann.say(proceedFrame(sessionID.FindStringSubmatch(propose)[1]))
		}
		if err != nil {
			t.Error(err)
		}
		answered <- time.Now()
	}()
	left, said := s.play(text, server.Playing{Patience: 5 * time.Second})
	if since := time.Since(<-answered); len(left) > 0 || since < 100*time.Millisecond {
		t.Errorf("left are %+v; it ended %v after the answer", left, since)
	}
	if want := []string{"C1 calls ann", "ann answers C1", "ann please do this now", "C1 hangs up", "ann ends C1", "ann please do this now"}; !slices.Equal(said, want) {
		t.Errorf("said was %q, want %q", said, want)
	}
}

// Lines that nobody does are left, with the reason, and do not stop the others.
func TestLeftLines(t *testing.T) {
	s := serve(t, atOnce)
	text := "# Nobody plays.\nagent ann\nmissing C8\n\n+10ms C1 calls ann\n+10ms ann answers C1\n+10ms ann dials C2\n+10ms C8 hangs up\n" +
		"+10ms ann sleeps\nwhen ann ready +10ms C1 hangs up\n+10ms stream of ann drops\n"
	ann := s.logIn(s.cast(text)[0], "desk")
	left, _ := s.play(text, server.Playing{Patience: 100 * time.Millisecond})
	var got []string
	for _, l := range left {
		got = append(got, fmt.Sprintf("%d %s: %s", l.Line, l.Do, l.Why))
	}
	want := []string{
		"6 ann answers C1: nobody did it in time",
		"7 ann dials C2: dials: no page that obeys is logged in as ann/desk: it cannot be done to this phone",
		"8 C8 hangs up: there is no such call",
		"9 ann sleeps: sleeps: it cannot be done to this phone",
		"10 C1 hangs up: no page of that phone tells what it announces",
	}
	if !slices.Equal(got, want) {
		t.Errorf("left are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, code := ann.ends(); code != 1006 {
		t.Errorf("the stream ended with %d", code)
	}
}

// A play ends when its context does, or with the server.
func TestAPlayIsStopped(t *testing.T) {
	s := serve(t, nil)
	text := "# Later.\nagent ann\n\n+1h C1 calls ann\n"
	s.cast(text)
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if _, err := s.s.Play(ctx, read(t, text), server.Playing{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
	ended := make(chan error, 2)
	go func() { _, err := s.s.Play(context.Background(), read(t, text), server.Playing{}); ended <- err }()
	go func() { ended <- s.s.AwaitReady(context.Background(), read(t, text)) }()
	time.Sleep(20 * time.Millisecond)
	s.end()
	for range 2 {
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "shutting down") {
			t.Errorf("it ended with %v", err)
		}
	}
}
