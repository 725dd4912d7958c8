package whatif

import (
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// Event is what an application was told of one call, or, if Call is "", of the phone.
type Event struct {
	// At is since the first line of the scenario could be done.
	At time.Duration
	// Call is the scenario's name of the conversation.
	Call string
	// Name is the SDK's name of the event.
	Name string
	// What is what it says of the call, such as connected held; "" if the name says all.
	What string
}

// String is the event without its time.
func (e Event) String() string { return strings.TrimSpace(e.Name + " " + e.What) }

// The words in which an update tells of a call that comes or goes.
const (
	addedWord   = "added"
	removedWord = "removed"
)

// listener turns announcements into events, call by call: an update is told only of the calls for which it says something
// new, because it names all calls each time.
type listener struct {
	name func(messages.ConversationID) string
	last map[string]string
}

func newListener(name func(messages.ConversationID) string) *listener {
	return &listener{name: name, last: map[string]string{}}
}

// hear is what an announcement tells of each call.
func (l *listener) hear(at time.Duration, e messages.Event) []Event {
	one := func(c messages.ConversationID, what string) []Event {
		return []Event{{At: at, Call: l.name(c), Name: e.Name(), What: what}}
	}
	switch e := e.(type) {
	case messages.PendingSession:
		if e.AutoAnswer {
			return one(e.Conversation, "(auto-answer)")
		}
		return one(e.Conversation, "")
	case messages.CancelPendingSession:
		return one(e.Conversation, "")
	case messages.HandledPendingSession:
		return one(e.Conversation, "")
	case messages.SessionStarted:
		return one(e.Session.Conversation, "")
	case messages.SessionEnded:
		return one(e.Session.Conversation, "("+e.Reason+")")
	case messages.SessionInterrupted:
		return one(e.Conversation, "")
	case messages.ConversationUpdate:
		return l.update(at, e)
	case messages.SDKError:
		return one("", string(e.Error.Type))
	case messages.ConcurrentSessionsEnabled:
		return one("", map[bool]string{true: "true", false: "false"}[e.Enabled])
	case messages.StationChanged:
		return one("", e.Action)
	case messages.Ready, messages.StreamConnected, messages.StreamDisconnected, messages.LegacyError:
		return one("", "")
	default: // of one session only: an application that does not look into sessions never hears it
		return nil
	}
}

// update is what an update says that is new. A call that still rings, or is being placed, is only mentioned there because
// another one has changed: that says nothing new of it.
func (l *listener) update(at time.Duration, u messages.ConversationUpdate) (events []Event) {
	tell := func(call, what string) {
		if call != "" && l.last[call] != what {
			l.last[call] = what
			events = append(events, Event{At: at, Call: call, Name: u.Name(), What: what})
		}
	}
	isIn := func(list []messages.ConversationState, c messages.ConversationID) bool {
		return slices.ContainsFunc(list, func(s messages.ConversationState) bool { return s.Conversation == c })
	}
	for _, c := range u.Current {
		if c.Conversation == "" {
			continue
		}
		call, what := l.name(c.Conversation), legWords(c.Call)
		if isIn(u.Added, c.Conversation) {
			l.last[call] = what
			events = append(events, Event{At: at, Call: call, Name: u.Name(), What: addedWord + " " + what})
			continue
		}
		if c.Call != nil && c.Call.State.Class() == messages.PendingClass {
			continue
		}
		tell(call, what)
	}
	for _, c := range u.Removed {
		if c.Conversation != "" {
			tell(l.name(c.Conversation), removedWord)
		}
	}
	return events
}

// legWords are the state of the user's own leg as an update shows it.
func legWords(leg *messages.Leg) string {
	if leg == nil {
		return "(no leg)"
	}
	words := []string{string(leg.State)}
	if leg.Held.True() {
		words = append(words, "held")
	}
	if leg.Muted.True() {
		words = append(words, "muted")
	}
	return strings.Join(words, " ")
}

// ofCall are the events of one call, in order.
func ofCall(events []Event, call string) (of []Event) {
	for _, e := range events {
		if e.Call == call {
			of = append(of, e)
		}
	}
	return of
}
