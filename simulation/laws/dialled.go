package laws

import (
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// dialledHere is the session on which the platform says now that a call is connected which this client has dialled, or has
// answered by an order to the platform; nil for none. It is the only live one, and the call's own or one that began under line appearance 1, which has no other. Where it
// is not clear what is meant, the law is silent: several legs, a leg that has failed, a session that is not up, a type that
// is not allowed any more, a call that was read to be over, of which what is notified may be older, and one that another client took.
func (c *Checker) dialledHere(in messages.Input) (*peer, messages.ConversationID) {
	n, ok := in.(messages.ConversationNotified)
	if !ok || !c.dialled[n.Conversation] && !c.waitsFor(n.Conversation) || c.notOurs[n.Conversation] || c.leaving || c.me == "" {
		return nil, ""
	}
	if legs, leg := c.userLegs(&n); legs != 1 || leg.State != messages.Connected || leg.Failed {
		return nil, ""
	}
	for _, proposes := range c.proceeded {
		if slices.ContainsFunc(proposes, func(p messages.Propose) bool { return p.Conversation == n.Conversation }) {
			return nil, "" // a session of its own is on its way, or another phone has it
		}
	}
	p := c.onlyPeer()
	for at := range c.heard {
		if at.conversation == n.Conversation && (p == nil || at.session != p.id) {
			return nil, "" // it was heard on another session
		}
	}
	if p == nil || !p.accepted || !p.up || p.left || p.conversation != n.Conversation && !(p.shared && c.oneLine) {
		return nil, ""
	}
	return p, n.Conversation
}

// waitsFor tells whether a call rings here whose answer was ordered.
func (c *Checker) waitsFor(conversation messages.ConversationID) bool {
	_, rings := c.rings[conversation]
	return rings && c.ordered[conversation]
}

// onlyPeer is the only peer connection that is not closed; nil if there are more, or none.
func (c *Checker) onlyPeer() *peer {
	if len(c.living) != 1 {
		return nil
	}
	return c.living[0]
}

// startsDialled: such a call is started on that session, and added.
func (c *Checker) startsDialled(p *peer, conversation messages.ConversationID) {
	law := AnsweredIsOurs
	if c.dialled[conversation] {
		law = DialledIsOurs
	}
	switch {
	case p == nil:
	case !c.started[start{p.id, conversation}]:
		c.broken(law, "conversation %s is connected on session %s, and is not started", conversation, p.id)
	case !c.added[conversation]:
		c.broken(law, "conversation %s is connected on session %s, and is not added", conversation, p.id)
	}
}

// takesPart tells whether the user has a leg in a conversation that has not ended.
func (c *Checker) takesPart(n messages.ConversationNotified) bool {
	live := func(l messages.Leg) bool { return l.State.Class() != messages.EndedClass }
	return slices.ContainsFunc(n.Participants, func(p messages.Participant) bool {
		return p.User == c.me && slices.ContainsFunc(p.Calls, live)
	})
}

// notePeer notes what becomes of peer connections, and of calls that are read, as far as it matters here.
func (c *Checker) notePeer(in messages.Input) {
	switch in := in.(type) {
	case messages.PeerConnectionChanged:
		if p := c.peers[in.Peer]; p != nil {
			p.up = in.State == messages.PeerConnected
		}
	case messages.HTTPAnswered:
		if read := in.Conversation; read != nil && !c.takesPart(*read) {
			c.noteCall(read.Conversation)
			c.notOurs[read.Conversation] = true
		}
	case messages.DisallowSessionType, messages.Destroy, messages.Initialize:
		c.leaving = c.me != ""
	}
}

// noteSent notes what was said of a session.
func (c *Checker) noteSent(effect messages.Effect) {
	switch e := effect.(type) {
	case messages.AddMicrophone:
		if p := c.peers[e.Peer]; p != nil {
			p.accepted = true
		}
	case messages.SendTerminate:
		if p := c.peers[e.Peer]; p != nil {
			p.left = true
		}
	}
}
