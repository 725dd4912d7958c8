package races

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// End is what the user ends up with: how each call stands as it was announced, which of them is heard, and what went wrong.
type End struct {
	// Calls are what was last said of each conversation: ringing, handled, cancelled, started, ended; and its leg.
	Calls map[messages.ConversationID]Call
	// Active is the conversation that is heard.
	Active messages.ConversationID
	// Errors are the sdkErrors, by type and message, in the order of their text.
	Errors []string
}

// Call is how a conversation stands.
type Call struct {
	Rings, Starts string // the last event of either kind, or ""
	Leg           string // as announced last, or ""
}

func newEnd() End { return End{Calls: map[messages.ConversationID]Call{}} }

func (e *End) announced(event messages.Event) {
	switch a := event.(type) {
	case messages.PendingSession:
		e.ring(a.Conversation, "rings")
	case messages.CancelPendingSession:
		e.ring(a.Conversation, "cancelled")
	case messages.HandledPendingSession:
		e.ring(a.Conversation, "handled")
	case messages.SessionStarted:
		e.start(a.Session.Conversation, "started")
	case messages.SessionEnded:
		e.start(a.Session.Conversation, "ended")
	case messages.ConversationUpdate:
		e.update(a)
	case messages.SDKError:
		e.Errors = append(e.Errors, string(a.Error.Type)+": "+a.Error.Message)
		slices.Sort(e.Errors)
	}
}

func (e *End) ring(c messages.ConversationID, how string) {
	call := e.Calls[c]
	call.Rings = how
	e.Calls[c] = call
}

func (e *End) start(c messages.ConversationID, how string) {
	call := e.Calls[c]
	call.Starts = how
	e.Calls[c] = call
}

func (e *End) update(u messages.ConversationUpdate) {
	e.Active = u.Active
	for id, call := range e.Calls {
		call.Leg = ""
		e.Calls[id] = call
	}
	for _, s := range u.Current {
		call := e.Calls[s.Conversation]
		call.Leg = "listed"
		if s.Call != nil {
			call.Leg = fmt.Sprintf("%s held=%t muted=%t", s.Call.State, s.Call.Held.True(), s.Call.Muted.True())
		}
		e.Calls[s.Conversation] = call
	}
}

// Differences are what is otherwise in another end, in words, in order of the conversations.
func (e End) Differences(other End) (list []string) {
	ids := slices.Sorted(maps.Keys(e.Calls))
	for _, id := range slices.Sorted(maps.Keys(other.Calls)) {
		if _, known := e.Calls[id]; !known {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		if a, b := e.Calls[id], other.Calls[id]; a != b {
			list = append(list, fmt.Sprintf("conversation %s: %s, instead of %s", id, b, a))
		}
	}
	if e.Active != other.Active {
		list = append(list, fmt.Sprintf("active is %s, instead of %s", orNobody(other.Active), orNobody(e.Active)))
	}
	if !slices.Equal(e.Errors, other.Errors) {
		list = append(list, fmt.Sprintf("errors: %s, instead of %s", orNone(other.Errors), orNone(e.Errors)))
	}
	return list
}

// String is how the call stands, in words.
func (c Call) String() string {
	var words []string
	for _, w := range []string{c.Rings, c.Starts, c.Leg} {
		if w != "" {
			words = append(words, w)
		}
	}
	return orNone(words)
}

// orNobody is the conversation that is active.
func orNobody(active messages.ConversationID) string {
	if active == "" {
		return "none"
	}
	return string(active)
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}
