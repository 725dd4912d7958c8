package explore

import (
	"fmt"
	"slices"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// race is two clients of one user and a platform with one call for them. What is on its way to a client has no order: any of
// it may come next, as with stanzas, notifications and answers that take ways of their own.
type race struct {
	clients [2]client
	phase   phase
	winner  int // who was sent the offer; -1: nobody
	hungUp  bool
	users   deeds // what the users may do
}

// client is one of the two: its phone with its law, what is on its way to it, and what its user has done.
type client struct {
	state
	mail letters
	did  deeds
}

// phase is how far the platform is with the call.
type phase string

const (
	ringing phase = "ringing" // both were told
	offered phase = "offered" // one has proceeded, and was sent the offer
	up      phase = "up"      // it has answered
	ended   phase = "ended"
)

// letters are what may be on its way to a client, each at most once.
type letters struct {
	Propose, Alerting, Retract, Offer, OwnAccept, OtherAccept, Connected, Disconnected, Terminate bool
}

// deeds are what a user has done at a client, or may do, each at most once.
type deeds struct{ Answered, Declined, Ended bool }

// oneClientHasIt is the law of the race itself.
const oneClientHasIt = "a call is on one client"

// turnOf is something that may happen next in a race.
type turnOf struct {
	says string // for a person
	who  int
	make func(*race, int) error
}

// input makes a turn of what comes to a client.
func input(says string, in messages.Input) turnOf {
	return turnOf{says: says, make: func(r *race, who int) error { return r.comes(who, in) }}
}

// comes lets an input come to a client, and the platform react to what the client orders.
func (r *race) comes(who int, in messages.Input) error {
	c := &r.clients[who]
	next, outputs, err := c.phone.take(0, in)
	if err != nil {
		return err
	}
	c.law = c.law.Copy()
	c.law.Step(runtime.Step{Seq: next.minted, Input: in, Outputs: outputs})
	c.phone = next
	for _, o := range outputs {
		r.reacts(who, o.Effect)
	}
	return nil
}

// reacts is what the platform does about an order of a client.
func (r *race) reacts(who int, effect messages.Effect) {
	switch e := effect.(type) {
	case messages.SendProceed:
		if r.phase == ringing {
			r.phase, r.winner = offered, who
			r.clients[who].mail.Offer = true
		}
	case messages.SendAccept:
		r.clients[who].mail.OwnAccept, r.clients[1-who].mail.OtherAccept = true, true
	case messages.SendAnswer:
		if r.phase == offered {
			r.phase = up
			r.clients[0].mail.Connected, r.clients[1].mail.Connected = true, true
		}
	case messages.SendTerminate:
		r.ends()
	case messages.Request:
		if e.Of == messages.PatchState && e.State == messages.Disconnected {
			r.ends()
		}
	}
}

// ends is the end of the call, whoever wanted it.
func (r *race) ends() {
	if r.phase == ended {
		return
	}
	for i := range r.clients {
		r.clients[i].mail.Disconnected = true
		r.clients[i].mail.Retract = r.phase == ringing
	}
	if r.winner >= 0 {
		r.clients[r.winner].mail.Terminate = true
	}
	r.phase = ended
}

// The call.
const (
	raceSession      messages.SessionID      = "S1"
	raceConversation messages.ConversationID = "C1"
)

func leg(state messages.CallState) messages.Input {
	return messages.ConversationNotified{Conversation: raceConversation, Participants: []messages.Participant{
		{ID: "P1", User: me, Purpose: "agent", Calls: []messages.Leg{{State: state}}},
	}}
}

// arrives are the letters that are on their way to a client, each with what takes it away.
func (c *client) arrives() []turnOf {
	var all []turnOf
	add := func(is bool, says string, in messages.Input, open func(*letters)) {
		if is {
			all = append(all, turnOf{says: says, make: func(r *race, who int) error {
				open(&r.clients[who].mail)
				return r.comes(who, in)
			}})
		}
	}
	s, c1 := raceSession, raceConversation
	add(c.mail.Propose, "propose", messages.Propose{Session: s, Conversation: c1, From: gateway, SDPOverXMPP: true}, func(l *letters) { l.Propose = false })
	add(c.mail.Alerting, "alerting", leg(messages.Alerting), func(l *letters) { l.Alerting = false })
	add(c.mail.Retract, "retract", messages.Retract{Session: s, From: gateway}, func(l *letters) { l.Retract = false })
	add(c.mail.Offer, "offer", messages.Offer{Session: s, Conversation: c1, From: gateway, SDP: "sdp", ICE: "ice"}, func(l *letters) { l.Offer = false })
	add(c.mail.OwnAccept, "accepted here", messages.Accepted{Session: s, From: ownFull}, func(l *letters) { l.OwnAccept = false })
	add(c.mail.OtherAccept, "accepted elsewhere", messages.Accepted{Session: s, From: ownBare + "/there"}, func(l *letters) { l.OtherAccept = false })
	add(c.mail.Connected, "connected", leg(messages.Connected), func(l *letters) { l.Connected = false })
	add(c.mail.Disconnected, "disconnected", leg(messages.Disconnected), func(l *letters) { l.Disconnected = false })
	add(c.mail.Terminate, "terminate", messages.Terminate{Session: s, From: gateway, Reason: "success"}, func(l *letters) { l.Terminate = false })
	return all
}

// answers are what a client's orders may bring back, all of it well.
func (c *client) answers() []turnOf {
	var all []turnOf
	for _, o := range c.phone.open {
		var in messages.Input
		switch e := o.effect.(type) {
		case messages.RequestMicrophone:
			in = messages.MicrophoneGranted{Effect: o.id}
		case messages.Describe, messages.MakeAnswer:
			in = messages.PeerDone{Effect: o.id, SDP: "sdp"}
		case messages.Request:
			in = answerWell(o.id, e, 100, false)
		default:
			in = messages.IQAnswered{Effect: o.id}
		}
		all = append(all, input("answer to "+o.effect.Kind(), in))
	}
	return all
}

// wishes are what a client's user may do and has not done, each once.
func (c *client) wishes(may deeds) []turnOf {
	var all []turnOf
	add := func(may, done bool, says string, in messages.Input, do func(*deeds)) {
		if may && !done {
			all = append(all, turnOf{says: says, make: func(r *race, who int) error {
				do(&r.clients[who].did)
				return r.comes(who, in)
			}})
		}
	}
	answer, decline := messages.Answer{Call: 11, Conversation: raceConversation}, messages.Decline{Call: 12, Conversation: raceConversation}
	end := messages.EndSession{Call: 13, Conversation: raceConversation}
	add(may.Answered, c.did.Answered, "answer", answer, func(d *deeds) { d.Answered = true })
	add(may.Declined, c.did.Declined, "decline", decline, func(d *deeds) { d.Declined = true })
	add(may.Ended, c.did.Ended, "end", end, func(d *deeds) { d.Ended = true })
	return all
}

// next is all that may happen next. Deadlines pass when nothing else is under way.
func (r *race) next() []turnOf {
	var all []turnOf
	quiet := true
	for who := range r.clients {
		c := &r.clients[who]
		moves := append(c.arrives(), c.answers()...)
		quiet = quiet && len(moves) == 0
		for _, t := range append(moves, c.wishes(r.users)...) {
			t.who = who
			all = append(all, t)
		}
	}
	if !r.hungUp {
		all = append(all, turnOf{says: "the caller hangs up", make: func(r *race, _ int) error {
			r.hungUp = true
			r.ends()
			return nil
		}})
	}
	if quiet {
		all = append(all, r.deadlines()...)
	}
	return all
}

// deadlines are the timers of the call that are armed.
func (r *race) deadlines() []turnOf {
	var all []turnOf
	for who := range r.clients {
		for _, m := range firing(r.clients[who].phone) {
			t := input(m[0].in.(messages.TimerFired).Timer, m[0].in)
			t.who = who
			all = append(all, t)
		}
	}
	return all
}

// after is the race after a turn, and what it broke.
func (r *race) after(t turnOf) (*race, []broken, error) {
	next := *r
	if err := t.make(&next, t.who); err != nil {
		return nil, nil, err
	}
	var found []broken
	talking := 0
	for i := range next.clients {
		c := &next.clients[i]
		law := c.law
		if next.over() {
			law = law.Copy()
			law.End(true, c.phone.infos())
		}
		for _, v := range law.Violations() {
			found = append(found, broken{v.Law, fmt.Sprintf("client %d: %s", i+1, v.What)})
		}
		if slices.ContainsFunc(c.phone.actors, isSession) {
			talking++
		}
	}
	if talking > 1 {
		found = append(found, broken{oneClientHasIt, "both clients have a session of it"})
	}
	return &next, found, nil
}

func isSession(a *actors.Actor) bool { return a.Kind == "session" }

// infos are the actors, as the laws know them.
func (p *phone) infos() []runtime.ActorInfo {
	all := make([]runtime.ActorInfo, len(p.actors))
	for i, a := range p.actors {
		all[i] = runtime.ActorInfo{Ref: a.Ref, Kind: a.Kind}
	}
	return all
}

// over tells whether nothing can come of the call any more.
func (r *race) over() bool {
	if r.phase != ended || len(r.deadlines()) > 0 {
		return false
	}
	for i := range r.clients {
		if r.clients[i].mail != (letters{}) || len(r.clients[i].phone.open) > 0 {
			return false
		}
	}
	return true
}

// newRace is the race at its start: both clients are ready, and the platform tells both of the call.
func newRace(world *settings, users deeds) (*race, error) {
	r := &race{phase: ringing, winner: -1, users: users}
	options := messages.DefaultOptions()
	for i := range r.clients {
		law := laws.New(options)
		p, err := newPhone(world, options)
		if err != nil {
			return nil, err
		}
		p, err = login(p, func(in messages.Input) {
			if answer, is := in.(messages.HTTPAnswered); is { // it says who the user is
				law.Step(runtime.Step{Input: answer})
			}
		})
		if err != nil {
			return nil, err
		}
		r.clients[i] = client{state: state{p, law}, mail: letters{Propose: true, Alerting: true}}
		for _, t := range stationIs(p.minted, 100, false) {
			if err := r.comes(i, t.in); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}
