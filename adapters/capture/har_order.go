package capture

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// The entries of a HAR are in no order, and the start of an entry has no more than milliseconds, cut. What a client did is
// therefore placed as late, and what it was told as early, as the cut allows: so a cause does not come behind its effect.
const (
	cutStart  = 950 * time.Microsecond
	justAfter = 10 * time.Microsecond
)

// event is one record of a HAR that is to be put into order.
type event struct {
	at     time.Time
	kind   string
	fields object
}

// stream is one socket of the client.
type stream struct {
	harEntry
	number      int
	began       time.Time // when it was asked for
	first, last time.Time // of its frames
	opened      bool      // the client sent something
	up          bool      // the client knew both kinds of ICE servers: the stream was of use
	farewell    bool      // somebody closed the stream
	closed      time.Time // when it closed, if the HAR tells
}

// capture is the client's capture.
func (h *har) capture() (*Capture, error) {
	if err := h.choose(); err != nil {
		return nil, err
	}
	var events []event
	streams := h.streams()
	for i := range streams {
		events = append(events, streams[i].events()...)
	}
	events = append(events, h.closures(streams)...)
	events = append(events, h.exchanges()...)
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	return h.recorded(events)
}

// streams are the sockets in the order in which they were asked for.
func (h *har) streams() []stream {
	slices.SortStableFunc(h.sockets, func(a, b harEntry) int { return cmp.Or(a.at.Compare(b.at), a.index-b.index) })
	list := make([]stream, len(h.sockets))
	for i, e := range h.sockets {
		messages := slices.Clone(*e.Messages)
		s := stream{harEntry: e, number: i + 1, began: e.at.Add(cutStart), closed: closing(messages, e.at)}
		messages = slices.DeleteFunc(messages, func(m harMessage) bool { return m.Opcode != textFrame || m.Data == "" })
		slices.SortStableFunc(messages, func(a, b harMessage) int { return cmp.Compare(a.Time, b.Time) })
		s.Messages = &messages
		answers := 0
		for j, m := range messages {
			at := m.at(e.at)
			if j == 0 {
				s.first = at
			}
			s.last = at
			s.opened = s.opened || m.Type == "send"
			if m.Type == "receive" && strings.Contains(m.Data, "urn:xmpp:extdisco:1") {
				answers++
			}
			s.farewell = s.farewell || strings.HasPrefix(m.Data, "<close")
		}
		s.up = answers > 1
		if len(messages) == 0 {
			s.first, s.last = s.began, s.began
		}
		if before := s.first.Add(-justAfter); s.began.After(before) {
			s.began = before
		}
		list[i] = s
	}
	return list
}

// closing is when a close frame was sent or received (RFC 6455 section 5.5.1), if the HAR has one: some writers note them.
func closing(messages []harMessage, began time.Time) (at time.Time) {
	for _, m := range messages {
		if m.Opcode == closeFrame {
			at = m.at(began)
		}
	}
	return at
}

// at is when a frame was sent or received; of one without a sound time, the beginning of its socket.
func (m harMessage) at(began time.Time) time.Time {
	seconds, part := math.Modf(m.Time)
	at := time.Unix(int64(seconds), int64(part*1e9)).UTC()
	if at.Before(began.Add(-time.Second)) || at.After(began.Add(timeMax*time.Millisecond)) {
		return began.Add(cutStart)
	}
	return at
}

// events are what one socket carried. A HAR does not say when a socket opened: before the first frame that the client sent.
func (s *stream) events() []event {
	list := []event{{s.began, "ws.new", object{"ws": s.number, "url": s.Request.URL, "protocol": "xmpp"}}}
	opened := false
	for _, m := range *s.Messages {
		at := m.at(s.at)
		kind := "ws.recv"
		if m.Type == "send" {
			kind = "ws.send"
		}
		if !opened && kind == "ws.send" {
			opened = true
			list = append(list, event{at, "ws.open", object{"ws": s.number, "protocol": "xmpp", "inferred": byFirstFrame}})
		}
		list = append(list, event{at, kind, object{"ws": s.number, "xml": m.Data}})
	}
	return list
}

// The delays of reconnecting (sdk-behaviour 1.2): the first, the greatest, and for how many times itself one is remembered before
// it halves.
const (
	firstDelay    = 2 * time.Second
	greatestDelay = 90 * time.Second
	keepFactor    = 5
)

// slack is by how much an attempt may come before its delay is over, by the cut of its time.
const slack = 50 * time.Millisecond

// closures are when the sockets closed, which a HAR does not say: what comes after shows it. A client that lost its stream
// waits before it opens another: two seconds, twice as long after each attempt that fails, and as long as it did last if
// that was not long ago.
func (h *har) closures(streams []stream) []event {
	var list []event
	var waited time.Duration // the delay before the latest attempt
	var since time.Time      // when it was raised
	for i, s := range streams {
		if !s.closed.IsZero() {
			told := closure(s.closed, s.number, "", 1000)
			delete(told.fields, "inferred")
			list = append(list, told)
			continue
		}
		if s.farewell {
			list = append(list, closure(s.last.Add(justAfter), s.number, byFarewell, 1000))
			continue
		}
		if i+1 == len(streams) {
			break
		}
		next := h.attempt(s, streams[i+1])
		delay := max(firstDelay, min(2*waited, greatestDelay))
		if s.up {
			delay = max(firstDelay, remembered(waited, s.last.Sub(since)))
		}
		for delay > firstDelay && next.Add(slack-delay).Before(s.last) {
			delay /= 2
		}
		at := next.Add(-delay - time.Millisecond)
		if at.Before(s.last) {
			at = s.last.Add(justAfter)
		}
		if !s.opened {
			list = append(list, event{at, "ws.error", object{"ws": s.number, "inferred": bySuccessor}})
		}
		list = append(list, closure(at, s.number, bySuccessor, 1006))
		if delay > waited || !s.up {
			since = next
		}
		waited = delay
	}
	return list
}

// remembered is what is left of a delay after a while.
func remembered(delay, after time.Duration) time.Duration {
	for delay > 0 && after >= keepFactor*delay {
		after -= keepFactor * delay
		if delay /= 2; delay < firstDelay {
			return 0
		}
	}
	return delay
}

func closure(at time.Time, ws int, rule string, code int) event {
	return event{at, "ws.close", object{"ws": ws, "code": code, "reason": "", "clean": code == 1000, "inferred": rule}}
}

// attempt is when the attempt began that led to the next socket: with the request for another channel, if there was one.
func (h *har) attempt(s, next stream) time.Time {
	for _, r := range h.requests {
		at := r.at.Add(cutStart)
		if strings.HasPrefix(RESTPath(r.Request.URL), "/notifications/channels?") && at.After(s.last) && at.Before(next.began) {
			return at
		}
	}
	return next.began
}

// exchanges are the requests and their answers.
func (h *har) exchanges() []event {
	slices.SortStableFunc(h.requests, func(a, b harEntry) int { return cmp.Or(a.at.Compare(b.at), a.index-b.index) })
	var list []event
	empty := 0
	for i, e := range h.requests {
		n := i + 1
		asked := object{"n": n, "method": strings.ToUpper(e.Request.Method), "url": e.Request.URL}
		if e.Request.Post.Text != "" {
			asked["body"] = e.Request.Post.Text
		}
		at := e.at.Add(cutStart)
		list = append(list, event{at, "http.req", asked})
		if e.isOpen() {
			continue
		}
		answer := object{"n": n, "method": asked["method"], "url": e.Request.URL, "status": max(0, e.Response.Status), "body": e.body()}
		if after := e.header(e.Response.Headers, "Retry-After"); after != "" {
			answer["headers"] = object{"retry-after": after}
		}
		if e.Response.Status == 200 && asked["method"] == "GET" && answer["body"] == "" {
			empty++
		}
		done := e.at.Add(time.Duration(e.Took*float64(time.Millisecond)) - 5*justAfter) // what follows from it is a frame's own time
		if !done.After(at) {
			done = at.Add(justAfter)
		}
		list = append(list, event{done, "http.res", answer})
	}
	if empty > 0 {
		h.warn("%d answers have no content: save a HAR with content", empty)
	}
	return list
}

// recorded is a capture of events that are in order.
func (h *har) recorded(events []event) (*Capture, error) {
	began := events[0].at
	for _, p := range h.pages {
		if at, err := time.Parse(time.RFC3339Nano, p.Started); p.ID == h.page && err == nil && at.Before(began) && began.Sub(at) < 24*time.Hour {
			began = at
		}
	}
	c := &Capture{Name: h.name, Warnings: h.warnings, Inferred: true, began: began}
	config := object{"config": h.addresses(), "inferred": byOptions}
	if h.sdk != "" {
		config["sdk"] = h.sdk
	}
	events = slices.Insert(events, 0, event{events[0].at, "config", config})
	for i, e := range events {
		r, err := port.NewRecord(i, round(e.at.Sub(began)), e.kind, e.fields)
		if err != nil {
			return nil, err
		}
		r.Line = i + 1
		c.Records = append(c.Records, r)
	}
	return c, c.Records[0].Decode(&c.Config)
}

// round is a time as records have it.
func round(d time.Duration) time.Duration { return port.FromMilliseconds(port.Milliseconds(d)) }

// addresses are the options that say where the client was pointed.
func (h *har) addresses() object {
	options := object{}
	api := ""
	if len(h.requests) > 0 {
		api = origin.FindString(h.requests[0].Request.URL)
	}
	host, isCloud := strings.CutPrefix(api, "https://api.")
	if isCloud {
		options["environment"] = host
	} else if api != "" {
		options["environment"] = api
	}
	if len(h.sockets) == 0 {
		return options
	}
	if ws := origin.FindString(h.sockets[0].Request.URL); ws != "wss://streaming."+host {
		options["wsHost"] = ws
	}
	return options
}

// IsHAR tells whether a text begins as a HAR does.
func IsHAR(start []byte) bool { return harStart.Match(start) }
