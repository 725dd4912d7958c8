package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// counts is how often what was announced.
type counts map[string]int

// The events of a call that comes in, is answered and ends, under line appearance 100: each comes once.
var expected = counts{
	"pendingSession": 1, "handledPendingSession": 1, "sessionStarted": 1, "conversationUpdate that adds it": 1,
	"conversationUpdate that removes it": 1, "sessionEnded": 1, "endOfCandidates": 1, "terminated": 1,
}

// ofLogin are the events of an agent who logs in, is called, and logs out.
var ofLogin = counts{"connected": 1, "concurrentSoftphoneSessionsEnabled": 1, "station": 1, "ready": 1, "disconnected": 1}

// differences are what is missing and what is too much, in words; and how many events that is.
func (c counts) differences(want counts) (words []string, missing, surplus int) {
	names := map[string]bool{}
	for name := range c {
		names[name] = true
	}
	for name := range want {
		names[name] = true
	}
	for name := range names {
		switch n := c[name] - want[name]; {
		case n < 0:
			words, missing = append(words, fmt.Sprintf("%d %s missing", -n, name)), missing-n
		case n > 0:
			words, surplus = append(words, fmt.Sprintf("%d %s too many", n, name)), surplus+n
		}
	}
	slices.Sort(words)
	return words, missing, surplus
}

// call is one call, and when what happened to it. The agent's mutex guards it until it is over.
type call struct {
	id      messages.ConversationID
	agent   *agent
	byAgent bool // who hangs up
	events  counts
	fault   string // what could not be done

	placed, rang, started, connected, hungUp, ended time.Time

	up   chan struct{} // closed when it is connected
	over chan struct{} // closed when it has ended in both ways: the session, and the conversation
}

// expect makes a call that is going to be placed.
func (a *agent) expect(id messages.ConversationID, placed time.Time, byAgent bool) *call {
	c := &call{id: id, agent: a, byAgent: byAgent, placed: placed, events: counts{}, up: make(chan struct{}), over: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[id] = c
	return c
}

// note counts something of an agent that belongs to no call.
func (a *agent) note(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events[what]++
}

// listen counts events until the softphone is closed, and answers what rings.
func (a *agent) listen(events *runtime.Events) {
	for event := range events.All(context.Background()) {
		a.hear(event.Event)
	}
}

func (a *agent) hear(event messages.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	c, detail := a.callOf(event), ""
	switch e := event.(type) {
	case messages.ConversationUpdate:
		a.hearUpdate(e, now)
		return
	case messages.PendingSession:
		if c != nil {
			c.rang = now
			a.sessions[e.ID] = c
		}
		go a.answer(e.Conversation)
	case messages.SessionStarted:
		if c != nil {
			c.started = now
		}
	case messages.StreamDisconnected:
		if a.events[event.Name()] == 0 {
			close(a.gone)
		}
	case messages.SDKError:
		detail = " " + e.Error.Message
	}
	if c == nil {
		a.events[event.Name()+detail]++
		return
	}
	c.events[event.Name()]++
	c.look(now)
}

// hearUpdate counts a conversationUpdate for the calls that it adds and removes. One that does neither only tells of changes.
func (a *agent) hearUpdate(e messages.ConversationUpdate, now time.Time) {
	for what, all := range map[string][]messages.ConversationState{
		"conversationUpdate that adds it": e.Added, "conversationUpdate that removes it": e.Removed,
	} {
		for _, state := range all {
			c := a.calls[state.Conversation]
			if c == nil {
				a.events["conversationUpdate of an unknown call"]++
				continue
			}
			c.events[what]++
			c.look(now)
		}
	}
}

// callOf is the call that an event is about; nil: none.
func (a *agent) callOf(event messages.Event) *call {
	switch e := event.(type) {
	case messages.PendingSession:
		return a.calls[e.Conversation]
	case messages.CancelPendingSession:
		return a.calls[e.Conversation]
	case messages.HandledPendingSession:
		return a.calls[e.Conversation]
	case messages.SessionStarted:
		return a.calls[e.Session.Conversation]
	case messages.SessionEnded:
		return a.calls[e.Session.Conversation]
	case messages.SessionInterrupted:
		return a.calls[e.Conversation]
	case messages.EndOfCandidates:
		return a.sessions[e.Session]
	case messages.SessionTerminated:
		return a.sessions[e.Session]
	default:
		return nil
	}
}

// look notes how far the call has come.
func (c *call) look(now time.Time) {
	if c.connected.IsZero() && c.events["conversationUpdate that adds it"] > 0 {
		c.connected = now
		close(c.up)
	}
	if c.ended.IsZero() && c.events["sessionEnded"] > 0 && c.events["conversationUpdate that removes it"] > 0 {
		c.ended = now
		close(c.over)
	}
}

// answer accepts what rings.
func (a *agent) answer(c messages.ConversationID) {
	if err := a.phone.AcceptPendingSession(context.Background(), runtime.AcceptPending{ConversationID: c}); err != nil {
		a.note("answer that failed")
	}
}

// verdict is what was wrong with the call, in words; "" is nothing. Lost is one that did not come to its end.
func (c *call) verdict() (words string, lost bool, missing, surplus int) {
	c.agent.mu.Lock()
	defer c.agent.mu.Unlock()
	all, missing, surplus := c.events.differences(expected)
	if c.fault != "" {
		all = append(all, c.fault)
	}
	return strings.Join(all, ", "), c.ended.IsZero() || c.connected.IsZero() || c.fault != "", missing, surplus
}
