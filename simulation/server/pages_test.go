package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/server"
)

// waits has a page wait for orders until it is told to stop, or the test ends; what it is told is written down.
func (s *served) waits(who, page string) (told *bufio.Scanner, stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/control/pages/"+page+"/orders", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", strings.TrimPrefix(who, "Authorization: "))
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("the orders of %s: %v %v", page, res, err)
	}
	stop = sync.OnceFunc(func() {
		cancel()
		_ = res.Body.Close()
	})
	s.t.Cleanup(stop)
	told = bufio.NewScanner(res.Body)
	if told.Scan(); told.Text() != ": orders follow" {
		s.t.Fatalf("%s is told %q", page, told.Text())
	}
	return told, stop
}

// The pages of a token may not say more than a stream may; other tokens are not concerned.
func TestPagesThatSayTooMuch(t *testing.T) {
	s := serve(t, func(c *server.Config) { c.Limits.FramesPerSecond = 1 })
	ann, bob := as(s.agent("ann", 100)), as(s.agent("bob", 100))
	for n := range 12 {
		a := s.ask("POST", "/control/pages/a/records", "[]", ann)
		if n < 10 != (a.status == 204) || n >= 11 && (a.status != 429 || a.header.Get("Retry-After") == "") {
			t.Errorf("the %d. time: %d %s", n+1, a.status, a.body)
		}
	}
	if a := s.ask("POST", "/control/pages/b/records", "[]", bob); a.status != 204 {
		t.Errorf("bob is told %d", a.status)
	}
}

// One load of a page gets its orders, the newest; those that it does not get are not done by the next.
func TestOrdersAreOfOneLoad(t *testing.T) {
	s := serve(t, nil)
	ann := as(s.agent("ann", 100))
	do := func(method string) answer {
		return s.ask("POST", "/control/pages/p/do", `{"method":"`+method+`"}`, aJSON)
	}
	earlier, _ := s.waits(ann, "p")
	later, leave := s.waits(ann, "p")
	for earlier.Scan() {
		if earlier.Text() != "" {
			t.Errorf("the earlier load is told %s", earlier.Text())
		}
	}
	if a := do("first"); a.status != 204 {
		t.Fatalf("an order: %d %s", a.status, a.body)
	}
	for later.Scan() && !strings.Contains(later.Text(), `"do":"first"`) {
	}
	leave()
	for n := 0; do("lost").status != http.StatusConflict; n++ {
		if n > 100 {
			t.Fatal("a page that is gone is told to do something")
		}
		time.Sleep(time.Millisecond)
	}
	last, _ := s.waits(ann, "p")
	if a := do("second"); a.status != 204 {
		t.Fatalf("an order: %d %s", a.status, a.body)
	}
	for last.Scan() && !strings.Contains(last.Text(), `"do":"second"`) {
		if strings.Contains(last.Text(), "lost") {
			t.Errorf("the next load is told %s", last.Text())
		}
	}
}

// Who has many pages that wait for orders keeps nobody else from having one.
func TestPagesAreShared(t *testing.T) {
	s := serve(t, nil)
	for n := range 5 {
		who := as(s.agent(fmt.Sprintf("crowd-%d", n), 100))
		for k := range 40 {
			s.waits(who, fmt.Sprintf("p-%d-%d", n, k))
		}
	}
	ann := as(s.agent("ann", 100))
	for n := range 33 {
		if a := s.ask("POST", fmt.Sprintf("/control/pages/a%d/records", n), "[]", ann); a.status != 204 {
			t.Fatalf("ann's page %d: %d %s", n, a.status, a.body)
		}
	}
	var pages []struct{ Name, Agent string }
	s.control("GET", "/control/pages", nil, &pages)
	of := map[string]int{}
	for _, p := range pages {
		of[p.Agent]++
	}
	if len(pages) != 200 || of["ann"] != 33 || of["crowd-0"] < 33 {
		t.Errorf("there are %d pages: %v", len(pages), of)
	}
}

// What was announced before a line is not what the line after it waits for, however late the page tells.
func TestEventsCountFromWhenTheyWere(t *testing.T) {
	s := serve(t, atOnce)
	text := "# A page tells late.\nagent ann\n\n+50ms C1 calls ann\nwhen ann sessionEnded +10ms C1 hangs up\n"
	ann := s.logIn(s.cast(text)[0], "desk")
	tell := func(records string) {
		if a, err := s.request("POST", "/control/pages/p/records", records, as(ann.login)); err != nil || a.status != 204 {
			t.Errorf("%s: %v %v", records, a, err)
		}
	}
	tell(`[{"seq":0,"t":0,"k":"config"}]`)
	var late sync.WaitGroup
	said := func(_ time.Duration, _, what string) {
		if what == "C1 calls ann" {
			late.Go(func() {
				time.Sleep(20 * time.Millisecond)
				tell(`[{"seq":1,"t":10,"k":"sdk.event","ev":"sessionEnded","args":[]}]`)
			})
		}
	}
	left, err := s.s.Play(context.Background(), read(t, text), server.Playing{Patience: 300 * time.Millisecond, Say: said})
	late.Wait()
	if err != nil || len(left) != 1 || left[0].Why != "nothing of that kind was announced in time" {
		t.Errorf("left are %+v (%v)", left, err)
	}
}
