package laws

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// Copy is another checker that has seen the same. An exploration follows several ways from one state with it.
func (c *Checker) Copy() *Checker {
	other := *c
	other.proposes, other.sessions = maps.Clone(c.proposes), c.sessions.copied()
	other.dialled, other.dialledIDs = maps.Clone(c.dialled), c.dialledIDs.copied()
	other.answers, other.orders, other.ordered = maps.Clone(c.answers), maps.Clone(c.orders), maps.Clone(c.ordered)
	other.proceeded, other.proceededAt, other.asked = maps.Clone(c.proceeded), maps.Clone(c.proceededAt), maps.Clone(c.asked)
	other.peers = make(map[messages.Ref]*peer, len(c.peers))
	for ref, p := range c.peers {
		same := *p
		other.peers[ref] = &same
	}
	other.living = make([]*peer, len(c.living))
	for i, p := range c.living {
		other.living[i] = other.peers[p.ref]
	}
	other.dead, other.starts = c.dead.copied(), c.starts.copied()
	for id, list := range other.proposes {
		other.proposes[id] = slices.Clip(list)
	}
	other.rings, other.started, other.heard = maps.Clone(c.rings), maps.Clone(c.started), maps.Clone(c.heard)
	other.added, other.open = maps.Clone(c.added), maps.Clone(c.open)
	other.passed, other.taken = maps.Clone(c.passed), maps.Clone(c.taken)
	other.upAs, other.notOurs = maps.Clone(c.upAs), maps.Clone(c.notOurs)
	other.told.open, other.proceeds, other.early = maps.Clone(c.told.open), maps.Clone(c.proceeds), maps.Clone(c.early)
	for id, list := range other.early {
		other.early[id] = slices.Clip(list)
	}
	other.holds, other.notified, other.calls = maps.Clone(c.holds), maps.Clone(c.notified), c.calls.copied()
	other.violations = slices.Clip(c.violations)
	return &other
}

// Undial forgets which conversations were dialled.
func (c *Checker) Undial() {
	clear(c.dialled)
	c.dialledIDs = recent[messages.ConversationID]{}
}

// Choose gives the checker other options from now on, as if they had always been those.
func (c *Checker) Choose(o messages.Options) { c.options = o }

// Notes tells whether the law of consent notes an input, even if nothing is decided because of it.
func Notes(in messages.Input) bool {
	switch in.(type) {
	case messages.Propose, messages.Retract, messages.Answer, messages.HTTPAnswered, messages.MicrophoneGranted, messages.MicrophoneDenied:
		return true
	}
	return false
}

// Fail notes that the microphone of a session could not be had, which was asked for.
func (c *Checker) Fail(ref messages.Ref) {
	if p := c.peers[ref]; p != nil {
		p.failed = true
	}
}

// Living is what of a cell may still have to do with a consent.
type Living struct {
	// Proposed tells whether a propose may still be taken, and what of it still counts.
	Proposed func(messages.Propose) (messages.Propose, bool)
	// Remembered tells whether a session that was proposed may still begin: nobody has forgotten its propose.
	Remembered func(messages.Propose) bool
	// Ordering tells whether an order to the platform is being prepared.
	Ordering bool
	// Peer tells whether anything can still name a peer connection, Asked whether a microphone is still to come.
	Peer  func(messages.Ref) bool
	Asked func(messages.EffectID) bool
	// Coming tells whether the session of a peer connection is still being described, and whether it was offered as a
	// reinvite: once it is described it has been accepted on its own, or will not be.
	Coming func(messages.Ref) (coming, reinvite bool)
}

// OnlyConsent makes the checker's state finite: it drops what the other laws note, says a thing once, and forgets consents that
// nothing living can use. It returns the violations of the consent law so far, and forgets them all.
//
// Forgetting is never to the good of the cell: what is left allows no more than before. A propose that is forgotten answers
// nothing, an Answer or a peer connection that is forgotten allows nothing, and a start is only of use to a live session.
func (c *Checker) OnlyConsent(l Living) []Violation {
	found := slices.DeleteFunc(c.violations, func(v Violation) bool { return v.Law != ConsentBeforeMedia })
	c.violations, c.seq, c.at = nil, 0, 0
	c.told, c.newest = told{open: map[messages.SessionID]int{}}, 0
	c.calls = recent[messages.ConversationID]{}
	clear(c.proceeds)
	clear(c.proceededAt)
	clear(c.early)
	clear(c.holds)
	clear(c.notified)
	clear(c.started)
	clear(c.added)
	clear(c.passed)
	clear(c.taken)
	clear(c.upAs)
	clear(c.notOurs)
	clear(c.open)
	clear(c.ordered)
	for id, list := range c.proposes {
		var kept []messages.Propose
		for _, p := range list {
			if p, counts := l.Proposed(p); counts && !slices.Contains(kept, p) {
				kept = append(kept, p)
			}
		}
		slices.SortFunc(kept, func(a, b messages.Propose) int { return cmp.Compare(a.Conversation, b.Conversation) })
		if c.proposes[id] = kept; len(kept) == 0 {
			delete(c.proposes, id)
		}
	}
	for id, list := range c.proceeded {
		kept := slices.DeleteFunc(slices.Clone(list), func(p messages.Propose) bool { return !l.Remembered(p) })
		if c.proceeded[id] = kept; len(kept) == 0 {
			delete(c.proceeded, id)
		}
	}
	maps.DeleteFunc(c.peers, func(ref messages.Ref, _ *peer) bool { return !l.Peer(ref) })
	c.living = slices.DeleteFunc(c.living, func(p *peer) bool { return !l.Peer(p.ref) })
	c.dead, c.sessions, c.starts = recent[messages.Ref]{}, recent[messages.SessionID]{}, recent[start]{} // what is forgotten is above
	maps.DeleteFunc(c.asked, func(id messages.EffectID, _ messages.Ref) bool { return !l.Asked(id) })
	maps.DeleteFunc(c.heard, func(at start, _ bool) bool { return !c.live(at.session) })
	maps.DeleteFunc(c.answers, func(id messages.ConversationID, _ bool) bool { return !c.known(id) })
	if !l.Ordering {
		clear(c.orders)
	}
	for _, p := range c.peers {
		p.accepted, p.up, p.left, p.shared, p.private, p.sdp, p.from = false, false, false, false, false, false, "" // of other laws
		p.retry, p.granted = false, 0                                                                               // used in the entry in which they are given, or never
		if p.failed {
			p.asked, p.failed = false, false // as one that was not asked for
		}
		if p.closed {
			*p = peer{ref: p.ref, closed: true}
		}
	}
	for _, p := range c.peers {
		p.onItsOwn = p.onItsOwn && c.mayBeAccepted(p, l)
	}
	return found
}

// mayBeAccepted tells whether a session is still to be accepted on its own. What takes the place of another one is, if that
// one was accepted; and if that is accepted later, it is noted then.
func (c *Checker) mayBeAccepted(p *peer, l Living) bool {
	coming, reinvite := l.Coming(p.ref)
	return coming && (reinvite || c.options.AutoConnectSessions || slices.ContainsFunc(c.living, func(old *peer) bool {
		return old != p && old.asked && c.goesOnAs(old, p, false)
	}))
}

// known tells whether a conversation rings, or was proposed.
func (c *Checker) known(conversation messages.ConversationID) bool {
	if _, rings := c.rings[conversation]; rings {
		return true
	}
	for _, list := range c.proposes {
		if proposedFor(list, conversation) {
			return true
		}
	}
	return false
}
