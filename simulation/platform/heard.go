package platform

import (
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// Heard is who hears whom in a conversation.
type Heard struct {
	Conversation messages.ConversationID
	// Sessions are those over which somebody listens, in the order of the participants.
	Sessions []Listening
	// FarEnd are the sessions that the far end hears, in the same order.
	FarEnd []messages.SessionID
}

// Listening is what is heard over a session.
type Listening struct {
	Session messages.SessionID
	// FarEnd: the far end is heard.
	FarEnd bool
	// Others are the sessions of other agents that are heard, in the order of the participants.
	Others []messages.SessionID
}

// Heard is who hears whom now: all agents whose legs are up on a live session, and the far end if it has answered. A leg that is held or
// confined neither hears nor is heard, and one that is muted is not heard.
func (c *Conversation) Heard() Heard {
	h := Heard{Conversation: c.ID}
	far := c.far().Leg
	farTalks := far.State == messages.Connected && !far.Held && !far.Confined
	var legs []*Leg
	for _, party := range c.Parties {
		if party.User != nil && party.Leg.talks() {
			legs = append(legs, party.Leg)
		}
	}
	for _, l := range legs {
		hears := Listening{Session: l.Session.ID, FarEnd: farTalks}
		for _, o := range legs {
			if o.Session != l.Session && !o.Muted {
				hears.Others = append(hears.Others, o.Session.ID)
			}
		}
		h.Sessions = append(h.Sessions, hears)
		if farTalks && !l.Muted && !slices.Contains(h.FarEnd, l.Session.ID) {
			h.FarEnd = append(h.FarEnd, l.Session.ID)
		}
	}
	return h
}

// talks tells whether an agent's leg has audio.
func (l *Leg) talks() bool { return l.Up() && !l.Held && !l.Confined && l.Session.Live() }
