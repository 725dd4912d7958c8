package runtime

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// Event is something that the softphone announces. Its kind is the dynamic type of the embedded messages.Event.
type Event struct {
	// Seq is the entry of the journal that it came of; several may come of one.
	Seq uint64
	// At is the entry's time since the softphone's start, and Time the same by its clock.
	At   time.Duration
	Time time.Time
	messages.Event
}

// Events is one subscriber's line of events: each event that was announced since it subscribed, in order. It has no bound,
// so that a slow subscriber neither holds up the softphone nor misses anything; whoever stops reading must Close it. One
// goroutine at a time may read.
type Events struct {
	crowd *audience
	ready chan struct{} // has an element when there may be something new

	mu     sync.Mutex
	line   []Event
	closed bool
}

// Events subscribes to all events from now on. Subscribe before Initialize to miss none.
func (s *Softphone) Events() *Events { return s.crowd.join() }

// Next waits for the next event. The error is the context's, or ErrClosed: there will be no more.
func (e *Events) Next(ctx context.Context) (Event, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Event{}, err
		}
		event, there, closed := e.first()
		if there {
			return event, nil
		}
		if closed {
			return Event{}, ErrClosed
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
		}
	}
}

// All goes through the events as they come, until the context ends, the subscription is closed, or the softphone is closed
// and all was read.
func (e *Events) All(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for {
			event, err := e.Next(ctx)
			if err != nil || !yield(event) {
				return
			}
		}
	}
}

// Close ends the subscription and drops what was not read.
func (e *Events) Close() {
	e.crowd.leave(e)
	e.mu.Lock()
	e.line = nil
	e.mu.Unlock()
	e.end()
}

func (e *Events) first() (event Event, there, closed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.line) == 0 {
		return Event{}, false, e.closed
	}
	event, e.line[0] = e.line[0], Event{}
	e.line = e.line[1:]
	return event, true, false
}

func (e *Events) add(event Event) {
	e.mu.Lock()
	if !e.closed {
		e.line = append(e.line, event)
	}
	e.mu.Unlock()
	e.nudge()
}

func (e *Events) end() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.nudge()
}

func (e *Events) nudge() {
	select {
	case e.ready <- struct{}{}:
	default:
	}
}

// audience are the subscribers of a softphone.
type audience struct {
	mu    sync.Mutex
	all   []*Events
	ended bool
}

func (a *audience) join() *Events {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := &Events{crowd: a, ready: make(chan struct{}, 1), closed: a.ended}
	if !a.ended {
		a.all = append(a.all, e)
	}
	return e
}

func (a *audience) leave(e *Events) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = slices.DeleteFunc(a.all, func(other *Events) bool { return other == e })
}

// tell tells all subscribers. It holds the lock, so that all hear the same order.
func (a *audience) tell(event Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.all {
		e.add(event)
	}
}

// end tells all subscribers that there will be no more.
func (a *audience) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.all {
		e.end()
	}
	a.all, a.ended = nil, true
}
