package platform

import (
	"encoding/json"

	"github.com/hookswitch/hookswitch/messages"
)

// Status codes of the public API.
const (
	ok        = 200
	accepted  = 202
	forbidden = 403
	notFound  = 404
	conflict  = 409
	tooMany   = 429
)

// Request answers a request of the user's client. What it changes is changed at once; the embedder adds how long the
// answer travels.
func (p *Platform) Request(u *User, r messages.Request) messages.HTTPAnswered {
	switch r.Of {
	case messages.GetOrganization:
		return messages.HTTPAnswered{Status: ok}
	case messages.GetMe:
		me := &messages.MeBody{User: messages.UserID(u.Name), JID: u.Bare()}
		if u.Associated {
			me.Station = u.Station.ID
		}
		return messages.HTTPAnswered{Status: ok, Me: me}
	case messages.PostChannel:
		c := p.newChannel(u)
		if c == nil {
			return messages.HTTPAnswered{Status: tooMany}
		}
		return messages.HTTPAnswered{Status: ok, Channel: c.id}
	case messages.PutTopics:
		c := p.channel(u, r.Channel)
		if c == nil {
			return messages.HTTPAnswered{Status: notFound}
		}
		c.subscribed = true
		return messages.HTTPAnswered{Status: ok}
	case messages.GetStation:
		if r.Station != u.Station.ID {
			return messages.HTTPAnswered{Status: notFound}
		}
		station := u.Station
		return messages.HTTPAnswered{Status: ok, Station: &station}
	default:
		return p.control(u, r)
	}
}

// control answers what is about a conversation.
func (p *Platform) control(u *User, r messages.Request) messages.HTTPAnswered {
	if p.silent {
		return messages.HTTPAnswered{Status: accepted}
	}
	if r.Of == messages.PostCall {
		return p.dialled(u, r.Body)
	}
	c := p.Conversation(r.Conversation)
	if c == nil || p.secret && !c.concerns(u) {
		return messages.HTTPAnswered{Status: notFound}
	}
	if r.Of == messages.GetConversation {
		body := c.body()
		return messages.HTTPAnswered{Status: ok, Conversation: &body}
	}
	l := c.leg(r.Participant)
	if l == nil {
		return messages.HTTPAnswered{Status: notFound}
	}
	if l.User() != u {
		return messages.HTTPAnswered{Status: forbidden}
	}
	if !l.Live() {
		return messages.HTTPAnswered{Status: conflict}
	}
	p.patch(l, r)
	return messages.HTTPAnswered{Status: accepted}
}

// KeepSecrets has the platform tell a user of the conversations that the user takes part in, or did, and of no others: to all
// others there are none. Without it whoever knows a conversation's name is told of it, as who is let see all in production is.
func (p *Platform) KeepSecrets() { p.secret = true }

// concerns tells whether a user takes part in the conversation, or did.
func (c *Conversation) concerns(u *User) bool {
	return c.voicemail == u || c.Leg(u) != nil
}

func (c *Conversation) leg(id messages.ParticipantID) *Leg {
	for _, party := range c.Parties {
		if party.ID == id && party.User != nil {
			return party.Leg
		}
	}
	return nil
}

// mostLegs is how many calls a user has at a time who dials no other.
const mostLegs = 100

// dialled places a call. The conversation has the scenario's name for it, which is the caller's, if it is free.
func (p *Platform) dialled(u *User, body messages.Opaque) messages.HTTPAnswered {
	var call struct {
		Number string `json:"phoneNumber"`
		Name   string `json:"callerIdName"`
	}
	if err := json.Unmarshal([]byte(body), &call); err != nil {
		return messages.HTTPAnswered{Status: 400}
	}
	if len(u.legs) >= mostLegs {
		return messages.HTTPAnswered{Status: tooMany}
	}
	id := p.dialledID(messages.ConversationID(call.Name))
	p.place(id, call.Number, u)
	return messages.HTTPAnswered{Status: accepted, Placed: &messages.PlacedCall{Conversation: id, SelfURI: "/api/v2/conversations/calls/" + string(id)}}
}

// patch changes a leg.
func (p *Platform) patch(l *Leg, r messages.Request) {
	switch r.Of {
	case messages.PatchMuted:
		l.Muted = r.Value
		p.notify(l.conversation)
	case messages.PatchHeld:
		p.hold(l, r.Value)
	case messages.PatchState:
		p.patchState(l, r.State)
	case messages.PostVoicemail:
		l.conversation.voicemail = l.party.User
		p.end(l)
	}
}

func (p *Platform) hold(l *Leg, held bool) {
	if !held && p.options.HoldFirst {
		p.holdOthers(l)
	}
	l.Held = held
	p.notify(l.conversation)
	if !held && !p.options.HoldFirst {
		p.holdOthers(l)
	}
}

func (p *Platform) patchState(l *Leg, state messages.CallState) {
	switch state {
	case messages.Connected:
		if l.Session != nil && l.Session.live() {
			p.connect(l)
		}
	case messages.Disconnected:
		p.end(l)
	}
}
