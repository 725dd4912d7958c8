package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// pages are the pages that record what the SDK in them does, and obey. Several goroutines may use them.
type pages struct {
	mu     sync.Mutex
	byName map[string]*page
	made   int // so far
}

// page is one of them. The fields below mu are its.
type page struct {
	name    string
	account *account
	ordinal int // among all pages that there were
	orders  chan order

	mu      sync.Mutex
	lines   []byte
	full    bool
	last    int       // seq of the newest record, -1: none
	listens int       // connections that wait for orders
	seen    time.Time // when it last said something
	told    []told
	heard   int           // bytes of what was told
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
	pagesMax   = 200 // if there are more, the one that has said nothing for longest and does not wait for orders is forgotten
	mineMax    = 40  // of one token
	ordersMax  = 100
	recordsMax = 8 << 20 // bytes at once
	toldMax    = 1 << 20 // bytes
)

var pageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// pageOf is the page that a request names, for who has its token: the first one that names it has it.
func (s *Server) pageOf(r *http.Request) (*page, error) {
	name, of := r.PathValue("page"), s.accounts.of(bearer(r))
	if of == nil {
		return nil, &problem{http.StatusUnauthorized, "the access token is asked for, as Authorization: Bearer"}
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
		return nil, &problem{http.StatusForbidden, "the page is somebody else's"}
	case p != nil:
		return p, nil
	}
	return s.pages.add(name, of)
}

// size is how many pages are kept.
func (ps *pages) size() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return len(ps.byName)
}

// add makes a page, in the place of another if there are too many.
func (ps *pages) add(name string, of *account) (*page, error) {
	var mine, all []*page
	for _, p := range ps.byName {
		all = append(all, p)
		if p.account == of {
			mine = append(mine, p)
		}
	}
	if len(mine) >= mineMax && !ps.forgetOne(mine) || len(all) >= pagesMax && !ps.forgetOne(all) {
		return nil, conflict("there are too many pages that wait for orders")
	}
	ps.made++
	p := &page{name: name, account: of, ordinal: ps.made, orders: make(chan order, ordersMax), last: -1, seen: time.Now(), news: make(chan struct{})}
	ps.byName[name] = p
	return p, nil
}

// forgetOne forgets the one of some pages that has said nothing for longest and does not wait for orders; false: they all do.
func (ps *pages) forgetOne(of []*page) bool {
	var oldest *page
	var since time.Time
	for _, p := range of {
		p.mu.Lock()
		if p.listens == 0 && (oldest == nil || p.seen.Before(since)) {
			oldest, since = p, p.seen
		}
		p.mu.Unlock()
	}
	if oldest != nil {
		delete(ps.byName, oldest.name)
	}
	return oldest != nil
}

// page finds a page by its name, or nil.
func (s *Server) page(name string) *page {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	return s.pages.byName[name]
}

// pageFor is the newest page of an account that obeys now, or nil.
func (s *Server) pageFor(of *account) *page {
	return s.newestPage(func(p *page) bool { return p.account == of && p.obeys() })
}

// pageOn is the newest page of an account, whether or not it obeys, or nil.
func (s *Server) pageOn(of *account) *page {
	return s.newestPage(func(p *page) bool { return p.account == of })
}

func (s *Server) newestPage(is func(*page) bool) (newest *page) {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	for _, p := range s.pages.byName {
		if is(p) && (newest == nil || p.ordinal > newest.ordinal) {
			newest = p
		}
	}
	return newest
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
	body, err := readBody(w, r, recordsMax)
	if err != nil {
		refuseControl(w, r, err)
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
	p.seen = time.Now()
	defer p.tell()
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
			p.hear(told{at: at, name: r.Ev, args: string(r.Args)})
		}
	}
	return nil
}

// hear keeps an event, and lets the oldest ones go if they are too many.
func (p *page) hear(t told) {
	p.told = append(p.told, t)
	p.heard += t.size()
	gone := 0
	for ; p.heard > toldMax && gone < len(p.told); gone++ {
		p.heard -= p.told[gone].size()
	}
	p.told = slices.Delete(p.told, 0, gone)
}

// size is about what it takes to keep an event.
func (t told) size() int { return 64 + len(t.name) + len(t.args) }

// tell wakes whoever waits for news.
func (p *page) tell() {
	close(p.news)
	p.news = make(chan struct{})
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
	w.Header().Set("Content-Type", recordingType)
	if full {
		w.Header().Set(cutHeader, "there was no room for all of it")
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
	p.listen(1)
	defer p.listen(-1)
	_ = out.SetReadDeadline(time.Time{}) // this goes on as long as the page does
	if writeSome(w, ": orders follow\n\n") != nil {
		return
	}
	beat := time.NewTicker(s.limits.beat())
	defer beat.Stop()
	for {
		select {
		case o := <-p.orders:
			text, err := json.Marshal(o)
			if err != nil || writeSome(w, "data: "+string(text)+"\n\n") != nil {
				return
			}
		case <-beat.C:
			if writeSome(w, ":\n\n") != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.stopped:
			return
		}
	}
}

// writeSome writes a part of an answer that goes on. It does not wait for a client that does not read.
func writeSome(w http.ResponseWriter, text string) error {
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Now().Add(writePatience)) // where there is none, nobody waits anyway
	_, err := io.WriteString(w, text)
	return errors.Join(err, out.Flush())
}

func (p *page) listen(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listens += n
	p.seen = time.Now()
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
	slices.SortFunc(all, func(a, b pageView) int { return strings.Compare(a.Name, b.Name) })
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
