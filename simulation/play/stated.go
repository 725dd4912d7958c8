package play

import (
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// stated is what a phone and its user said, as far as the laws of how things stand go by it.
type stated struct {
	connects bool // sessions are accepted by themselves
	// ready: it was announced, and nobody has logged out or disconnected since.
	ready, loggedIn, disconnected bool
	disallowed                    bool                  // the softphone type is not allowed
	allowing                      messages.CallID       // who asked last to allow it again
	station                       *messages.StationInfo // as it was announced last
	// retrieved and taking are when the user last asked for a held call, and for a new one.
	retrieved, taking time.Duration
	// hurried: both at once; crowded: two new ones at once. Which call was meant to be heard, nobody knows then.
	hurried, crowded bool
	answers          map[messages.CallID]messages.ConversationID // that have not settled
	took             map[messages.ConversationID]bool            // their answer succeeded
	done             map[messages.ConversationID]bool            // they were answered or rejected here, or rang long enough
	rang             map[messages.ConversationID]time.Duration   // since when they ring
}

func newStated(o messages.Options) stated {
	return stated{
		connects: o.AutoConnectSessions, answers: map[messages.CallID]messages.ConversationID{},
		took: map[messages.ConversationID]bool{}, done: map[messages.ConversationID]bool{}, rang: map[messages.ConversationID]time.Duration{},
	}
}

// note notes what the phone said of itself. How long it rings goes by its machine's clock.
func (s *stated) note(now time.Duration, step runtime.Step) {
	s.noteHurry(now, step.Input)
	switch in := step.Input.(type) {
	case messages.Answer:
		s.answers[in.Call], s.done[in.Conversation] = in.Conversation, true
	case messages.Decline:
		s.done[in.Conversation] = true
	case messages.Initialize:
		s.ready, s.loggedIn, s.disconnected = false, true, false
	case messages.Destroy:
		s.ready, s.loggedIn = false, false
	case messages.Disconnect:
		s.ready, s.disconnected = false, true
	case messages.DisallowSessionType:
		s.disallowed = s.disallowed || in.Type == messages.Softphone
	case messages.AllowSessionType:
		if in.Type == messages.Softphone {
			s.allowing = in.Call
		}
	}
	for _, out := range step.Outputs {
		switch e := out.Effect.(type) {
		case messages.Settle:
			if c, answered := s.answers[e.Call]; answered && e.Error == nil {
				s.took[c] = true
			}
			s.disallowed = s.disallowed && (e.Call != s.allowing || e.Error != nil)
		case messages.Announce:
			switch e := e.Event.(type) {
			case messages.Ready:
				s.ready = true
			case messages.PendingSession:
				delete(s.took, e.Conversation)
				delete(s.done, e.Conversation)
				s.rang[e.Conversation] = step.At
			case messages.CancelPendingSession:
				if step.At-s.rang[e.Conversation] >= ringsAtMost {
					s.done[e.Conversation] = true
				}
			case messages.StationChanged:
				s.station = e.Station
			}
		}
	}
}

// noteHurry notes whether a call was retrieved while another was being taken: which of them was meant to be heard, nobody knows.
func (s *stated) noteHurry(now time.Duration, in messages.Input) {
	switch in := in.(type) {
	case messages.Hold:
		if in.Held {
			return
		}
		s.retrieved = now
	case messages.Answer, messages.Dial, messages.AcceptSession:
		s.crowded = s.crowded || s.taking > 0 && now-s.taking < hurry/2
		s.taking = now
	default:
		return
	}
	if gap := s.retrieved - s.taking; s.retrieved > 0 && s.taking > 0 && gap.Abs() < hurry {
		s.hurried = true
	}
}

// hurry is how long the taking of a call may take: longer than any request or delay that is drawn, and than a far end takes.
const hurry = 8 * time.Second

// ringsAtMost is how long anything rings (design section 6): what still waits then rings no more.
const ringsAtMost = 10 * time.Minute
