package whatif

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// told is something that the platform, an edge or another client told the phone.
type told struct {
	at   time.Duration
	call string // whose it is; "" for a persistent connection's own
	// says is what it says, with the call's sessions counted instead of named, so that two runs can be compared.
	says    string
	in      messages.Input
	session messages.SessionID
	entry   int // the entry of the log that was told so
}

// tellings gathers what a phone is told.
type tellings struct {
	me       messages.UserID
	name     func(messages.ConversationID) string
	sessions map[messages.SessionID]place
	counts   map[string]int
	accepted map[messages.SessionID]bool // by this client
	told     []told
	entry    int
}

// place is a session among those of a call, from 1.
type place struct {
	call string
	nth  int
}

func newTellings(me messages.UserID, name func(messages.ConversationID) string) *tellings {
	return &tellings{me: me, name: name, sessions: map[messages.SessionID]place{}, counts: map[string]int{}, accepted: map[messages.SessionID]bool{}}
}

// step takes what the phone was told, and what it said about sessions.
func (t *tellings) step(at time.Duration, step runtime.Step) {
	t.take(at, step.Input)
	for _, out := range step.Outputs {
		if e, is := out.Effect.(messages.SendAccept); is {
			t.accepted[e.Session] = true
		}
	}
}

// place is a session's; one that is new belongs to a call.
func (t *tellings) place(id messages.SessionID, c messages.ConversationID) place {
	p, known := t.sessions[id]
	if !known {
		p.call = t.name(c)
		t.counts[p.call]++
		p.nth = t.counts[p.call]
		t.sessions[id] = p
	}
	return p
}

func (t *tellings) take(at time.Duration, in messages.Input) {
	add := func(id messages.SessionID, c messages.ConversationID, more string) {
		p := t.place(id, c)
		t.told = append(t.told, told{
			at: at, call: p.call, says: fmt.Sprintf("%s %d %s", in.Kind(), p.nth, more), in: in, session: id, entry: t.entry,
		})
	}
	switch in := in.(type) {
	case messages.Propose:
		add(in.Session, in.Conversation, fmt.Sprint(in.AutoAnswer, in.PrivAnswer, " ", t.name(in.Conversation)))
	case messages.Retract:
		add(in.Session, "", "")
	case messages.Accepted:
		add(in.Session, "", fmt.Sprint(t.accepted[in.Session]))
	case messages.Rejected:
		add(in.Session, "", "")
	case messages.Offer:
		add(in.Session, in.Conversation, fmt.Sprint(in.Reinvite, " ", t.name(in.Conversation)))
	case messages.SessionInitiate:
		add(in.Session, "", "")
	case messages.Terminate:
		add(in.Session, "", in.Reason)
	case messages.SessionTerminate:
		add(in.Session, "", in.Reason)
	case messages.ConversationNotified:
		t.told = append(t.told, told{at: at, call: t.name(in.Conversation), says: in.Kind() + " " + t.leg(in), in: in, entry: t.entry})
	}
}

// leg is what a notification says of the user's own leg.
func (t *tellings) leg(in messages.ConversationNotified) string {
	me, found := conversation.PickParticipant(in.Participants, t.me, "")
	if !found {
		return "without the user"
	}
	leg, found := conversation.PickLeg(me.Calls)
	if !found {
		return "without a leg"
	}
	text := legWords(&leg)
	if leg.Confined.True() {
		text += " confined"
	}
	if leg.Failed {
		text += " failed"
	}
	return text
}
