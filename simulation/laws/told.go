package laws

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// inactive ends the error code that says only why the platform made a new session (STREAM-850).
const inactive = ".session.inactive"

// told are what was announced last of things that have a state, and what is to be told.
type told struct {
	open         map[messages.SessionID]int // how many sessions of an id have come, and were not announced as terminated
	concurrentAt bool                       // concurrentSoftphoneSessionsEnabled, as it was announced last
	errs         int                        // how many calls were notified with error information that is an error, and no call error was announced for
	left         bool                       // the program has disconnected
	bind         messages.EffectID          // the last request for a resource
	resource     string                     // the one that was bound first since the last login
	logsIn       bool                       // initialize was called, and no channel was asked for since
}

// noteTold notes what an input asks to be told.
func (c *Checker) noteTold(in messages.Input) {
	switch in := in.(type) {
	case messages.Disconnect:
		c.told.left = true
	case messages.Initialize:
		c.told.left, c.told.logsIn = false, true
	case messages.IQAnswered:
		if in.Condition != "" && in.Effect == c.told.bind {
			c.told.resource = "" // what the server refuses cannot be kept
		}
		if c.told.resource == "" {
			_, c.told.resource, _ = strings.Cut(in.Bound.Reveal(), "/")
		}
	case messages.ConversationNotified:
		c.noteErrors(in)
	case messages.HTTPAnswered:
		if in.Conversation != nil {
			c.noteErrors(*in.Conversation)
		}
	}
}

// noteErrors notes error information of calls, but for the code that is none.
func (c *Checker) noteErrors(in messages.ConversationNotified) {
	for _, p := range in.Participants {
		for _, l := range p.Calls {
			if l.Failed && !strings.HasSuffix(l.ErrorCode, inactive) {
				c.told.errs++
			}
		}
	}
}

// toldWell checks an announcement by itself.
func (c *Checker) toldWell(event messages.Event) {
	switch e := event.(type) {
	case messages.SessionTerminated:
		switch c.told.open[e.Session] {
		case 0:
			c.broken(SessionsEndOnce, "session %s is terminated again", e.Session)
		case 1:
			delete(c.told.open, e.Session)
		default:
			c.told.open[e.Session]--
		}
	case messages.SessionStateChanged:
		c.endsForGood(e.Session, e.State)
	case messages.SessionEnded:
		c.endsForGood(e.Session.ID, e.Session.State)
	case messages.ConcurrentSessionsEnabled:
		c.told.concurrentAt = e.Enabled
	case messages.ConversationUpdate:
		for _, list := range [][]messages.ConversationState{e.Current, e.Added, e.Removed} {
			if slices.ContainsFunc(list, func(s messages.ConversationState) bool { return s.Conversation == "" }) {
				c.broken(UpdatesNameCalls, "a call is told of without its id")
			}
		}
		c.listsLive(e)
	case messages.LegacyError:
		c.broken(ErrorsAreTyped, "error: %s", e.Message)
	case messages.SDKError:
		c.toldError(e.Error)
	case messages.StreamConnected:
		if c.told.left {
			c.broken(WhoLeavesIsGone, "connected is announced")
		}
	}
}

// listsLive checks that no call is listed whose leg is over.
func (c *Checker) listsLive(e messages.ConversationUpdate) {
	for _, s := range e.Current {
		if s.Call != nil && s.Call.State.Class() == messages.EndedClass {
			c.broken(UpdatesListLive, "conversation %s is listed", s.Conversation)
		}
	}
}

// toldError: each call error was a call's. Several that come at once may be told as one.
func (c *Checker) toldError(e messages.ErrorInfo) {
	if e.Message != callError {
		return
	}
	if c.told.errs == 0 {
		c.broken(InactiveIsNoError, "sdkError: %s", callError)
		return
	}
	c.told.errs--
}

// callError is the message of the errors that come from calls.
const callError = "Call error has occurred"

// endsForGood: a session that this client has told to end is not said to be active any more.
func (c *Checker) endsForGood(id messages.SessionID, state string) {
	if state != "active" {
		return
	}
	stays := func(p *peer) bool { return p.id == id && !p.left }
	for _, p := range c.living {
		if p.id == id && p.left && !slices.ContainsFunc(c.living, stays) {
			c.broken(SessionsEndOnce, "session %s is active, and was told to end", id)
		}
	}
}

// opensTold notes that a session has come, which is to be announced as terminated once.
func (c *Checker) opensTold(id messages.SessionID) {
	c.noteSession(id)
	c.told.open[id]++
}

// toldTogether checks what was announced of one thing under two names, and under which name this client goes.
func (c *Checker) toldTogether(outputs []runtime.Output) {
	for _, out := range outputs {
		switch e := out.Effect.(type) {
		case messages.Announce:
			if _, is := e.Event.(messages.StationChanged); is && c.told.concurrentAt != c.concurrent {
				c.broken(ConcurrencyIsTold, "it is %t, and the station has it %t", c.told.concurrentAt, c.concurrent)
			}
		case messages.Request:
			if e.Of == messages.PostChannel && c.told.logsIn {
				c.told.resource, c.told.logsIn = "", false // the stream of before may come back until then
			}
		case messages.SendBind:
			if had := c.told.resource; had != "" && e.Resource != had {
				c.broken(AddressIsKept, "it had the resource %q, and asks for %q", had, e.Resource)
			}
			c.told.bind = out.ID
		}
	}
}

// fetchesOnce: a station notification makes this client read the station once.
func (c *Checker) fetchesOnce(in messages.Input, outputs []runtime.Output) {
	if _, is := in.(messages.StationNotified); !is {
		return
	}
	fetches := 0
	for _, out := range outputs {
		if e, is := out.Effect.(messages.Request); is && e.Of == messages.GetStation {
			fetches++
		}
	}
	if fetches > 1 {
		c.broken(OneFetchEach, "the station is read %d times", fetches)
	}
}
