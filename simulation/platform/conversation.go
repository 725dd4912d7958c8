package platform

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// Conversation is a call with all its parties. It outlives sessions.
type Conversation struct {
	ID      messages.ConversationID
	Parties []*Party
	// Number is the far end's.
	Number   string
	platform *Platform
	// notified is when it last changed, or was told again.
	notified time.Duration
	// voicemail is whose voicemail has the call, or had it when recorded is set; nil: nobody's.
	voicemail *User
	recorded  bool
}

// Party is one participant. A user who left and came back is a party twice, or once with another leg (Options).
type Party struct {
	ID      messages.ParticipantID
	User    *User // nil: the far end
	Purpose string
	Leg     *Leg   // the newest
	past    []*Leg // those before it
}

// Leg is a party's communication.
type Leg struct {
	conversation *Conversation
	party        *Party
	State        messages.CallState
	Held, Muted  bool
	Confined     bool // the others do not hear it
	outbound     bool
	failed       bool
	errorCode    string
	taken        time.Duration // when it came up
	Session      *Session      // that carries it, or nil
}

// Conversation is the conversation that the leg is in.
func (l *Leg) Conversation() *Conversation { return l.conversation }

// User is whose leg it is; nil: the far end's.
func (l *Leg) User() *User { return l.party.User }

// Participant is the id of the participant whose leg it is.
func (l *Leg) Participant() messages.ParticipantID { return l.party.ID }

// Live tells whether the leg is not over.
func (l *Leg) Live() bool { return l.State.Class() != messages.EndedClass }

// Up tells whether the leg is taken and not over.
func (l *Leg) Up() bool { return l.State.Class() == messages.ConnectedClass }

// Taken is when the leg came up.
func (l *Leg) Taken() time.Duration { return l.taken }

// pending tells whether it rings or is placed.
func (l *Leg) pending() bool { return l.State.Class() == messages.PendingClass }

// Live tells whether an agent is in the conversation.
func (c *Conversation) Live() bool {
	return c.records() || slices.ContainsFunc(c.Parties, func(p *Party) bool { return p.User != nil && p.Leg.Live() })
}

// records tells whether a voicemail has the call.
func (c *Conversation) records() bool { return c.voicemail != nil && !c.recorded }

// agents is how many legs of agents are not over.
func (c *Conversation) agents() (n int) {
	for _, p := range c.Parties {
		if p.User != nil && p.Leg.Live() {
			n++
		}
	}
	return n
}

// Leg is the newest leg of a user's, or nil.
func (c *Conversation) Leg(u *User) *Leg {
	for _, p := range slices.Backward(c.Parties) {
		if p.User == u {
			return p.Leg
		}
	}
	return nil
}

// Legs is how many legs a user has had in the conversation.
func (c *Conversation) Legs(u *User) (n int) {
	for _, p := range c.Parties {
		if p.User == u {
			n += 1 + len(p.past)
		}
	}
	return n
}

// far is the far end's party.
func (c *Conversation) far() *Party { return c.Parties[0] }

func (p *Platform) newConversation(id messages.ConversationID, number string, outbound bool) *Conversation {
	p.begun++
	c := &Conversation{ID: id, Number: number, platform: p}
	purpose, state := "customer", messages.Connected
	if outbound {
		purpose, state = "external", messages.Dialing
	}
	c.add(nil, purpose, state, outbound)
	p.conversations = append(p.conversations, c)
	p.byID[id] = c
	return c
}

func (c *Conversation) add(u *User, purpose string, state messages.CallState, outbound bool) *Leg {
	l := &Leg{conversation: c, State: state, outbound: outbound}
	if u != nil {
		u.legs = append(u.legs, l)
	}
	if party := c.returning(u); party != nil {
		party.past, party.Leg, l.party = append(party.past, party.Leg), l, party
		return l
	}
	name := "far"
	if u != nil {
		name = u.Name
	}
	id := c.platform.ids(ParticipantID, string(c.ID)+"-"+name+"-"+strconv.Itoa(len(c.Parties)+1))
	l.party = &Party{ID: messages.ParticipantID(id), User: u, Purpose: purpose, Leg: l}
	c.Parties = append(c.Parties, l.party)
	return l
}

// returning is the party that a user who comes back takes again, or nil.
func (c *Conversation) returning(u *User) *Party {
	if u == nil || !c.platform.options.SameParticipant {
		return nil
	}
	for _, p := range slices.Backward(c.Parties) {
		if p.User == u && !p.Leg.Live() {
			return p
		}
	}
	return nil
}

// body is the conversation as a notification and the public API show it.
func (c *Conversation) body() messages.ConversationNotified {
	n := messages.ConversationNotified{Conversation: c.ID, Participants: make([]messages.Participant, len(c.Parties))}
	legs := len(c.Parties)
	for _, p := range c.Parties {
		legs += len(p.past)
	}
	calls := make([]messages.Leg, 0, legs) // of all parties, one after the other
	for i, p := range c.Parties {
		first := len(calls)
		for _, l := range p.past {
			calls = append(calls, l.body())
		}
		calls = append(calls, p.Leg.body())
		n.Participants[i] = messages.Participant{ID: p.ID, Purpose: p.Purpose, Calls: calls[first:len(calls):len(calls)]}
		if p.User != nil {
			n.Participants[i].User = messages.UserID(p.User.Name)
		}
	}
	if c.voicemail != nil {
		n.Participants = append(n.Participants, c.voicemailBody())
	}
	return n
}

// voicemailBody is the participant that a user's voicemail is: the user's, with another purpose.
func (c *Conversation) voicemailBody() messages.Participant {
	leg := messages.Leg{State: messages.Connected, Direction: direction(false)}
	if c.recorded {
		leg.State = messages.Disconnected
	}
	id := messages.ParticipantID(fmt.Sprintf("%s-%s-voicemail", c.ID, c.voicemail.Name))
	return messages.Participant{ID: id, User: messages.UserID(c.voicemail.Name), Purpose: "voicemail", Calls: []messages.Leg{leg}}
}

func (l *Leg) body() messages.Leg {
	return messages.Leg{
		State: l.State, Muted: messages.FlagOf(l.Muted), Held: messages.FlagOf(l.Held), Confined: messages.FlagOf(l.Confined),
		Direction: direction(l.outbound), Failed: l.failed, ErrorCode: l.errorCode,
	}
}

func direction(outbound bool) string {
	if outbound {
		return "outbound"
	}
	return "inbound"
}

// Told is what agents are told of the conversation now.
func (c *Conversation) Told() messages.ConversationNotified { return c.body() }

// notify tells all agents of the conversation how it stands now.
func (p *Platform) notify(c *Conversation) { p.notifyAfter(c, p.options.NotifyDelay) }

func (p *Platform) notifyAfter(c *Conversation, delay time.Duration) {
	c.notified = p.clock.Now()
	p.change(c)
	body := c.body()
	for i, party := range c.Parties {
		u := party.User
		if u == nil || slices.ContainsFunc(c.Parties[:i], func(earlier *Party) bool { return earlier.User == u }) {
			continue
		}
		p.later(lane{"notify", string(c.ID), u}, c.ID, delay, func() { p.publish(u, body) })
	}
}

// NotifyAgain repeats the conversation's notification as it stands.
func (p *Platform) NotifyAgain(c *Conversation) { p.notify(c) }

// Call lets a caller call an agent. auto asks the phone to answer by itself.
func (p *Platform) Call(id messages.ConversationID, number string, u *User, auto bool) (*Conversation, error) {
	if p.Conversation(id) != nil {
		return nil, fmt.Errorf("platform: there is a conversation %s already", id)
	}
	c := p.newConversation(id, number, false)
	p.ring(c.add(u, p.options.Purpose, messages.Alerting, false), auto)
	return c, nil
}

// place is a call that an agent dials. The conversation is there before the request is answered.
func (p *Platform) place(id messages.ConversationID, number string, u *User) *Conversation {
	c := p.newConversation(id, number, true)
	p.ring(c.add(u, p.options.Purpose, messages.Contacting, true), true)
	return c
}

// ring brings a leg to its agent's phones: on the session that the station shares, or by a session of its own.
func (p *Platform) ring(l *Leg, auto bool) {
	u := l.party.User
	p.notify(l.conversation)
	if shared := p.shareable(u); shared != nil {
		l.Session = shared
		if l.outbound {
			p.later(lane{"far end", string(l.conversation.ID), u}, l.conversation.ID, p.options.EdgeDelay, func() { p.connect(l) })
		}
	} else {
		p.propose(p.newSession(u, l.conversation, l), auto)
	}
	if p.options.Ring > 0 && !l.outbound {
		p.clock.After(p.options.Ring, func() {
			if l.State == messages.Alerting {
				p.end(l)
			}
		})
	}
}

// shareable is the session that takes a user's next call without a propose, or nil: under line appearance 1 the live one,
// above it the idle one of a persistent connection (Options.Migration).
func (p *Platform) shareable(u *User) *Session {
	for _, s := range slices.Backward(u.sessions) {
		if !s.live() || s.replaced {
			continue
		}
		if p.shared(s) || p.persistent(s) && p.options.ReuseIdle && len(p.carried(s)) == 0 {
			return s
		}
	}
	return nil
}

// connect takes a pending leg on. A dialled one is dialing until its far end answers.
func (p *Platform) connect(l *Leg) {
	if !l.pending() {
		return
	}
	if l.outbound && p.options.Dialing {
		p.take(l, messages.Dialing)
		p.later(lane{"answer", string(l.conversation.ID), nil}, l.conversation.ID, p.options.FarEnd, func() {
			if l.State == messages.Dialing {
				l.conversation.far().Leg.State = messages.Connected
				l.State = messages.Connected
				p.notify(l.conversation)
			}
		})
		return
	}
	l.conversation.far().Leg.State = messages.Connected
	p.take(l, messages.Connected)
}

func (p *Platform) take(l *Leg, state messages.CallState) {
	if p.options.HoldFirst {
		p.holdOthers(l)
	}
	l.State, l.taken = state, p.clock.Now()
	p.notify(l.conversation)
	if !p.options.HoldFirst {
		p.holdOthers(l)
	}
}

// holdOthers holds the user's other calls under line appearance 1, and above it those on the same session: one call of a
// session is heard at a time.
func (p *Platform) holdOthers(l *Leg) {
	u := l.party.User
	if p.options.HoldOthers != PlatformHolds {
		return
	}
	for _, other := range slices.Clone(u.legs) {
		concerned := u.Station.LineAppearance == 1 || other.Session == l.Session
		if concerned && other != l && other.Up() && !other.Held {
			other.Held = true
			p.notify(other.conversation)
		}
	}
}

// end ends one leg, and with the last agent the conversation.
func (p *Platform) end(l *Leg) { p.finish(l, false) }

// finish ends a leg. gone: its session has ended already.
func (p *Platform) finish(l *Leg, gone bool) {
	if !l.Live() {
		return
	}
	c, u := l.conversation, l.party.User
	l.State, l.Held, l.Confined = messages.Disconnected, false, false
	u.legs = slices.DeleteFunc(u.legs, func(o *Leg) bool { return o == l })
	switch c.agents() {
	case 0:
		if !c.records() {
			c.far().Leg.State = messages.Disconnected
		}
	case 1: // a consultation is over
		c.far().Leg.Confined = false
	}
	first, second := p.options.NotifyDelay, p.options.NotifyDelay+p.options.EdgeDelay
	if p.options.EndFirst == SessionFirst {
		first, second = p.options.EdgeDelay+p.options.NotifyDelay, p.options.EdgeDelay
	}
	if gone { // the edge tells the platform
		first = p.options.EdgeDelay + p.options.NotifyDelay
	}
	p.notifyAfter(c, first)
	if !gone && l.Session != nil {
		p.release(l.Session, second)
	}
	if p.options.TerminatedToo {
		p.later(lane{"terminated", string(l.party.ID), nil}, c.ID, time.Second, func() { l.State = messages.Terminated; p.notify(c) })
	}
}

// HangUp lets the far end hang up: all agents' legs end.
func (p *Platform) HangUp(c *Conversation) {
	c.far().Leg.State = messages.Disconnected
	if c.records() {
		c.recorded = true
		p.notify(c)
	}
	for _, party := range c.Parties {
		if party.User != nil {
			p.end(party.Leg)
		}
	}
}

// Fail lets a call fail with error information, which has this code.
func (p *Platform) Fail(c *Conversation, code string) {
	for _, party := range c.Parties {
		if party.User != nil && party.Leg.Live() {
			party.Leg.failed, party.Leg.errorCode = true, code
			p.notify(c)
			p.end(party.Leg)
		}
	}
}

// Consult calls another agent into a conversation; the far end is confined meanwhile: it hears neither of them.
func (p *Platform) Consult(c *Conversation, other *User) {
	c.far().Leg.Confined = true
	p.ring(c.add(other, "user", messages.Alerting, false), false)
}

// Transfer leaves a conversation to the agent who was consulted. If nobody else is there, it does nothing.
func (p *Platform) Transfer(c *Conversation, u *User) {
	l := c.Leg(u)
	if l == nil || !slices.ContainsFunc(c.Parties, func(o *Party) bool { return o.User != nil && o.User != u && o.Leg.Live() }) {
		return
	}
	c.far().Leg.Confined = false
	p.end(l)
}

// TransferTo leaves a conversation to an agent whose phone begins to ring.
func (p *Platform) TransferTo(c *Conversation, u, other *User) {
	p.ring(c.add(other, p.options.Purpose, messages.Alerting, false), false)
	if l := c.Leg(u); l != nil {
		p.end(l)
	}
}

// Conference lets all parties hear each other.
func (p *Platform) Conference(c *Conversation) {
	for _, party := range c.Parties {
		party.Leg.Held, party.Leg.Confined = false, false
	}
	p.notify(c)
}
