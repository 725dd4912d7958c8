package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

// pages are the pages that record what the SDK in them does, and obey. Several goroutines may use them.
type pages struct {
	mu     sync.Mutex
	byName map[string]*page
}

// page is one of them. The fields below mu are its.
type page struct {
	name    string
	account *account
	orders  chan order

	mu      sync.Mutex
	lines   []byte
	full    bool
	last    int // seq of the newest record, -1: none
	listens int // connections that wait for orders
	told    []told
	news    chan struct{} // closed when something is told, and then another
	ordered int
}

// told is an event that the SDK in a page announced.
type told struct {
	at   time.Duration // when the server heard of it
	name string
	args string // as JSON
}

// order is something that a page is to do: a method of the SDK, in the words of the SDK.
type order struct {
	ID   int    `json:"id"`
	Do   string `json:"do"`
	Args []any  `json:"args,omitempty"`
}

// Bounds of what pages may use.
const (
	pagesMax   = 200
	ordersMax  = 100
	recordsMax = 8 << 20 // bytes at once
	toldMax    = 10_000
)

var pageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// pageOf is the page that a request names, for who has its token: the first one that names it has it.
func (s *Server) pageOf(r *http.Request) (*page, error) {
	name, of := r.PathValue("page"), s.accounts.of(bearer(r))
	if of == nil {
		return nil, &controlFault{http.StatusUnauthorized, "the access token is asked for, as Authorization: Bearer"}
	}
	if !pageName.MatchString(name) {
		return nil, wrong("a page's name has letters, digits, dashes, dots and underscores, at most 64")
	}
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	if s.pages.byName == nil {
		s.pages.byName = map[string]*page{}
	}
	p := s.pages.byName[name]
	switch {
	case p != nil && p.account != of:
		return nil, &controlFault{http.StatusForbidden, "the page is somebody else's"}
	case p != nil:
		return p, nil
	case len(s.pages.byName) >= pagesMax:
		return nil, conflict("there are too many pages")
	}
	p = &page{name: name, account: of, orders: make(chan order, ordersMax), last: -1, news: make(chan struct{})}
	s.pages.byName[name] = p
	return p, nil
}

// page finds a page by its name, or nil.
func (s *Server) page(name string) *page {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	return s.pages.byName[name]
}

// pageFor is the page of an account that obeys now, or nil.
func (s *Server) pageFor(of *account) *page {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	for _, p := range s.pages.byName {
		if p.account == of && p.obeys() {
			return p
		}
	}
	return nil
}

func (p *page) obeys() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listens > 0
}

// takeRecords takes what a page has recorded since it last told: a JSON array of records of capture/1, in order.
func (s *Server) takeRecords(w http.ResponseWriter, r *http.Request) {
	p, err := s.pageOf(r)
	if err != nil {
		refuseControl(w, r, err)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, recordsMax))
	if err != nil {
		refuseControl(w, r, &controlFault{http.StatusRequestEntityTooLarge, "too many records at once"})
		return
	}
	var records []json.RawMessage
	if err := json.Unmarshal(body, &records); err != nil {
		refuseControl(w, r, wrong("the body is not a JSON array of records"))
		return
	}
	if err := p.take(records, s.loop.since(), s.limits.JournalBytes); err != nil {
		refuseControl(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// record is what the server itself looks at of a page's records.
type record struct {
	Seq  *int            `json:"seq"`
	Kind string          `json:"k"`
	Ev   string          `json:"ev"`
	Args json.RawMessage `json:"args"`
}

// take takes records; those that were told before are passed over, so that a page may tell them again.
func (p *page) take(records []json.RawMessage, at time.Duration, room int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, text := range records {
		var r record
		if err := json.Unmarshal(text, &r); err != nil || r.Seq == nil || r.Kind == "" {
			return wrong(fmt.Sprintf("record %d of the array is none of capture/1: it has no seq or no k", i))
		}
		switch {
		case *r.Seq <= p.last:
			continue
		case *r.Seq != p.last+1:
			return conflict(fmt.Sprintf("record %d is missing: %d came after %d", p.last+1, *r.Seq, p.last))
		}
		p.last = *r.Seq
		if p.full = p.full || len(p.lines)+len(text) >= room; !p.full {
			p.lines = append(append(p.lines, text...), '\n')
		}
		if r.Kind == "sdk.event" {
			p.told = append(p.told, told{at: at, name: r.Ev, args: string(r.Args)})
			if len(p.told) > toldMax {
				p.told = slices.Delete(p.told, 0, toldMax/2)
			}
		}
	}
	close(p.news)
	p.news = make(chan struct{})
	return nil
}

// since is what was told from an instant on, and what is closed when there is more.
func (p *page) since(from time.Duration) ([]told, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.IndexFunc(p.told, func(t told) bool { return t.at >= from })
	if at < 0 {
		return nil, p.news
	}
	return slices.Clone(p.told[at:]), p.news
}

// serveCapture gives what a page has recorded so far.
func (s *Server) serveCapture(w http.ResponseWriter, r *http.Request) {
	p := s.page(r.PathValue("page"))
	if p == nil {
		refuseControl(w, r, notFound("there is no such page"))
		return
	}
	p.mu.Lock()
	lines, full := p.lines[:len(p.lines):len(p.lines)], p.full
	p.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-ndjson")
	if full {
		w.Header().Set("X-Hookswitch-Cut", "there was no room for all of it")
	}
	_, _ = w.Write(lines)
}

// serveOrders tells a page what it is to do, as it comes up (server-sent events).
func (s *Server) serveOrders(w http.ResponseWriter, r *http.Request) {
	p, err := s.pageOf(r)
	if err != nil {
		refuseControl(w, r, err)
		return
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, ": orders follow\n\n")
	_ = out.Flush()
	p.listen(1)
	defer p.listen(-1)
	beat := time.NewTicker(s.limits.Idle / 3)
	defer beat.Stop()
	for {
		select {
		case o := <-p.orders:
			text, err := json.Marshal(o)
			if err != nil {
				continue
			}
			_, err = fmt.Fprintf(w, "data: %s\n\n", text)
			if errors.Join(err, out.Flush()) != nil {
				return
			}
		case <-beat.C:
			if _, err := io.WriteString(w, ":\n\n"); errors.Join(err, out.Flush()) != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.stopped:
			return
		}
	}
}

func (p *page) listen(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listens += n
}

// order has the page do something, when it gets to it.
func (p *page) order(do string, args ...any) error {
	p.mu.Lock()
	p.ordered++
	o := order{ID: p.ordered, Do: do, Args: args}
	p.mu.Unlock()
	select {
	case p.orders <- o:
		return nil
	default:
		return conflict("the page does not keep up with its orders")
	}
}

// pageView is a page as the control API tells.
type pageView struct {
	Name    string `json:"name"`
	Agent   string `json:"agent"`
	Phone   string `json:"phone,omitempty"`
	Obeys   bool   `json:"obeys" help:"whether it waits for orders now"`
	Records int    `json:"records"`
}

func (s *Server) listPages(asked, nothing) ([]pageView, error) {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	all := []pageView{}
	for _, p := range s.pages.byName {
		p.mu.Lock()
		all = append(all, pageView{Name: p.name, Agent: p.account.user.Name, Phone: p.account.phone, Obeys: p.listens > 0, Records: p.last + 1})
		p.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b pageView) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all, nil
}

// command is what a page is told to do by the control API.
type command struct {
	Method string `json:"method" help:"of the SDK, such as acceptPendingSession"`
	Args   []any  `json:"args,omitempty"`
}

func (s *Server) orderPage(a asked, body command) (nothing, error) {
	p := s.page(a.PathValue("page"))
	if p == nil {
		return nothing{}, notFound("there is no such page")
	}
	if !p.obeys() {
		return nothing{}, conflict("the page does not wait for orders")
	}
	return nothing{}, p.order(body.Method, body.Args...)
}
