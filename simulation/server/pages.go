package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
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
	kept   *store
}

// page is one of them. The fields below mu are its.
type page struct {
	name    string
	account *account
	ordinal int // among all pages that there were

	mu      sync.Mutex
	lines   []byte
	full    bool
	last    int           // seq of the newest record, -1: none
	waits   *listener     // its newest connection that waits for orders, which alone gets them; nil: none
	seen    time.Time     // when it last said something
	behind  time.Duration // the server's clock before the page's, as far as is known: the least that a record took to come
	told    []told
	heard   int           // bytes of what was told
	news    chan struct{} // closed when something is told, and then another
	ordered int
}

// listener is a connection over which a page waits for orders. Those that it does not get are not done: another load of the page
// knows nothing of what they are about.
type listener struct {
	orders chan order
	enough chan struct{} // closed when another has taken its place
	end    chan struct{} // closed when it hears no more
}

// told is an event that the SDK in a page announced.
type told struct {
	at   time.Duration // when it was announced: by the page's clock, and before the server heard of it
	name string
	args string // as JSON
}

// order is something that a page is to do: a method of the SDK, in the words of the SDK.
type order struct {
	ID   int           `json:"id"`
	Do   string        `json:"do"`
	Args []any         `json:"args,omitempty"`
	done chan struct{} // closed when it was told
}

// Bounds of what pages may use.
const (
	pagesMax   = 200 // if there are more, one of the token that has most is forgotten: one that has said nothing for long
	mineMax    = 40  // of one token
	ordersMax  = 100
	recordsMax = 8 << 20 // bytes at once
	toldMax    = 1 << 20 // bytes
)

var pageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// pageOf is the page that a request names, for who has its token: the first one that names it has it.
func (s *Server) pageOf(w http.ResponseWriter, r *http.Request) (*page, error) {
	name, of := r.PathValue("page"), s.accounts.of(bearer(r))
	if of == nil {
		return nil, &problem{http.StatusUnauthorized, "the access token is asked for, as Authorization: Bearer"}
	}
	if wait, ok := of.pages.take(); !ok {
		s.metrics.refused.WithLabelValues("pages").Inc()
		retryAfter(w, wait)
		return nil, &problem{http.StatusTooManyRequests, "the pages of the token say too much: less, or later"}
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
	if len(mine) >= mineMax && !ps.forgetOne(mine, false) || len(all) >= pagesMax && !ps.makeRoom(all, len(mine)) {
		return nil, conflict("there are too many pages that wait for orders")
	}
	ps.made++
	p := &page{name: name, account: of, ordinal: ps.made, last: -1, seen: time.Now(), behind: math.MaxInt64, news: make(chan struct{})}
	ps.byName[name] = p
	return p, nil
}

// makeRoom forgets a page, for somebody who has so many: one of who has most, even if it waits for orders where that leaves both
// with a fair share; else one of anybody's that does not. false: there is none.
func (ps *pages) makeRoom(all []*page, mine int) bool {
	of, most := map[*account][]*page{}, []*page{}
	for _, p := range all {
		of[p.account] = append(of[p.account], p)
	}
	for _, p := range all {
		if len(of[p.account]) > len(most) {
			most = of[p.account]
		}
	}
	return ps.forgetOne(most, len(most) > mine+1) || ps.forgetOne(all, false)
}

// forgetOne forgets the one of some pages that has said nothing for longest and does not wait for orders; if all do, then one of
// them all the same, if that is said. false: none is forgotten.
func (ps *pages) forgetOne(of []*page, waiting bool) bool {
	var oldest *page
	var since time.Time
	var waits bool
	for _, p := range of {
		p.mu.Lock()
		better := oldest == nil || waits && p.waits == nil || waits == (p.waits != nil) && p.seen.Before(since)
		if better && (waiting || p.waits == nil) {
			oldest, since, waits = p, p.seen, p.waits != nil
		}
		p.mu.Unlock()
	}
	if oldest != nil {
		delete(ps.byName, oldest.name)
		oldest.replace(nil)
		oldest.drop(ps.kept)
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
	return p.waits != nil
}

// takeRecords takes what a page has recorded since it last told: a JSON array of records of capture/1, in order.
func (s *Server) takeRecords(w http.ResponseWriter, r *http.Request) {
	p, err := s.pageOf(w, r)
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
	if err := p.take(records, s.loop.since(), s.limits.JournalBytes, s.kept); err != nil {
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
	Time float64         `json:"t"` // in milliseconds
}

// take takes records; those that were told before are passed over, so that a page may tell them again.
func (p *page) take(records []json.RawMessage, at time.Duration, room int, kept *store) error {
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
		if p.full = p.full || len(p.lines)+len(text) >= room || !kept.take(len(text)+1); !p.full {
			p.lines = append(append(p.lines, text...), '\n')
		}
		if happened := p.when(r, at); r.Kind == "sdk.event" {
			p.hear(told{at: happened, name: r.Ev, args: string(r.Args)})
		}
	}
	return nil
}

// when is when something happened that a record tells of, which comes at an instant: before that, for a page tells late. How the
// page's clock goes with the server's, the fastest of its records shows.
func (p *page) when(r record, at time.Duration) time.Duration {
	said := time.Duration(min(max(r.Time, 0), float64(24*365*time.Hour/time.Millisecond)) * float64(time.Millisecond))
	p.behind = min(p.behind, at-said)
	earliest := time.Duration(0)
	if n := len(p.told); n > 0 {
		earliest = p.told[n-1].at
	}
	return max(said+p.behind, earliest)
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
	p, err := s.pageOf(w, r)
	if err != nil {
		refuseControl(w, r, err)
		return
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	l := &listener{orders: make(chan order, ordersMax), enough: make(chan struct{}), end: make(chan struct{})}
	p.replace(l)
	defer p.leave(l)
	_ = out.SetReadDeadline(time.Time{}) // this goes on as long as the page does
	if writeSome(w, ": orders follow\n\n") != nil {
		return
	}
	beat := time.NewTicker(s.limits.beat())
	defer beat.Stop()
	for {
		select {
		case o := <-l.orders:
			text, err := json.Marshal(o)
			if err != nil || writeSome(w, "data: "+string(text)+"\n\n") != nil {
				return
			}
			close(o.done)
		case <-l.enough:
			return
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

// replace has a connection, or none, wait for orders in the place of whichever does.
func (p *page) replace(by *listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waits != nil {
		close(p.waits.enough)
	}
	p.waits, p.seen = by, time.Now()
}

// drop throws away what a page has recorded, and keeps nothing more.
func (p *page) drop(kept *store) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept.give(len(p.lines))
	p.lines, p.full = nil, true
}

// leave notes that a connection waits no more. What it was not told is not done.
func (p *page) leave(l *listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waits == l {
		p.waits = nil
	}
	p.seen = time.Now()
	close(l.end)
}

// order has the page do something, when it gets to it.
func (p *page) order(do string, args ...any) error {
	_, _, err := p.give(do, args)
	return err
}

// give is order that tells who gets it.
func (p *page) give(do string, args []any) (o order, to *listener, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waits == nil {
		return o, nil, conflict("the page does not wait for orders")
	}
	p.ordered++
	o = order{ID: p.ordered, Do: do, Args: args, done: make(chan struct{})}
	select {
	case p.waits.orders <- o:
		return o, p.waits, nil
	default:
		return o, nil, conflict("the page does not keep up with its orders")
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
		all = append(all, pageView{Name: p.name, Agent: p.account.user.Name, Phone: p.account.phone, Obeys: p.waits != nil, Records: p.last + 1})
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
	o, to, err := p.give(body.Method, body.Args)
	if err != nil {
		return nothing{}, err
	}
	select {
	case <-o.done:
		return nothing{}, nil
	case <-to.end:
	case <-a.ctx().Done():
	}
	select {
	case <-o.done:
		return nothing{}, nil
	default:
		return nothing{}, conflict("the page has gone before it was told")
	}
}
