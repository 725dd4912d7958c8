package laws

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// A checker may watch a cell for years. Of what is over it remembers the last few, for what is said late; of what goes on all,
// up to a bound that only a flood reaches, where the oldest is forgotten.
const (
	few        = 16
	remembered = 1000
	// dialledAtMost is how many of the conversations that it dialled a client remembers: what comes of an older one is no
	// consent, and none of its calls.
	dialledAtMost = 64
	// offerAtMost is how long a session that was proceeded may wait for its offer, with much to spare (design section 6).
	offerAtMost = 15 * time.Minute
)

// recent are keys in the order in which they came.
type recent[K comparable] struct{ keys []K }

// note notes a key, if it is new. There may be one too many of them then: sweep.
func (r *recent[K]) note(key K) (isNew bool) {
	for i := len(r.keys) - 1; i >= 0; i-- { // what is said is mostly of what came last
		if r.keys[i] == key {
			return false
		}
	}
	r.keys = append(r.keys, key)
	return true
}

// full tells whether there is something to sweep: it is done now and then only.
func (r *recent[K]) full() bool { return len(r.keys) > 2*few }

// sweep forgets the oldest that do not matter any more, until few are left, and what is older than all that may be remembered.
func (r *recent[K]) sweep(matters func(K) bool, forget func(K)) {
	over := len(r.keys) - few
	r.keys = slices.DeleteFunc(r.keys, func(key K) bool {
		if over <= 0 || matters(key) {
			return false
		}
		over--
		forget(key)
		return true
	})
	for len(r.keys) > remembered {
		forget(r.keys[0])
		r.keys = slices.Delete(r.keys, 0, 1)
	}
}

// copied are the same keys, in a list of their own.
func (r recent[K]) copied() recent[K] { return recent[K]{keys: slices.Clone(r.keys)} }

// noteSession notes that something was said of a session: proposed, proceeded, counted, kept for it, made.
func (c *Checker) noteSession(id messages.SessionID) {
	if !c.sessions.note(id) || !c.sessions.full() {
		return
	}
	c.sessions.sweep(c.sessionMatters, func(old messages.SessionID) {
		delete(c.proposes, old)
		delete(c.proceeded, old)
		delete(c.proceededAt, old)
		delete(c.proceeds, old)
		delete(c.early, old)
		delete(c.told.open, old)
	})
}

// sessionMatters tells whether a session is here, is still to be announced as terminated, rings, or may be offered.
func (c *Checker) sessionMatters(id messages.SessionID) bool {
	if c.live(id) || c.told.open[id] > 0 || len(c.proceeded[id]) > 0 && c.at-c.proceededAt[id] < offerAtMost {
		return true
	}
	for _, session := range c.rings {
		if session == id {
			return true
		}
	}
	return slices.ContainsFunc(c.proposes[id], func(p messages.Propose) bool { return c.Rings(p.Conversation) })
}

// noteCall notes that something was said of a conversation: by the platform, or by the program.
func (c *Checker) noteCall(conversation messages.ConversationID) {
	if !c.calls.note(conversation) || !c.calls.full() {
		return
	}
	c.calls.sweep(c.callMatters, func(old messages.ConversationID) {
		delete(c.taken, old)
		delete(c.passed, old)
		delete(c.notified, old)
		delete(c.holds, old)
		delete(c.notOurs, old)
		delete(c.answers, old)
		delete(c.orders, old)
		delete(c.ordered, old)
	})
}

// callMatters tells whether a conversation rings, is listed, or is carried by a session that is here.
func (c *Checker) callMatters(conversation messages.ConversationID) bool {
	if c.Rings(conversation) || c.added[conversation] {
		return true
	}
	for at := range c.started {
		if at.conversation == conversation {
			return true
		}
	}
	return slices.ContainsFunc(c.living, func(p *peer) bool { return p.conversation == conversation })
}

// noteDialled notes a conversation that this client has dialled.
func (c *Checker) noteDialled(conversation messages.ConversationID) {
	c.dialled[conversation] = true
	if c.dialledIDs.note(conversation) && len(c.dialledIDs.keys) > dialledAtMost {
		delete(c.dialled, c.dialledIDs.keys[0])
		c.dialledIDs.keys = slices.Delete(c.dialledIDs.keys, 0, 1)
	}
}

// noteStart notes a start that was announced for the first time. It matters as long as its session is here, or its call.
func (c *Checker) noteStart(at start) {
	if !c.starts.note(at) || !c.starts.full() {
		return
	}
	c.starts.sweep(func(old start) bool {
		return c.started[old] || c.live(old.session) || c.Rings(old.conversation) || c.added[old.conversation] || c.dialled[old.conversation]
	}, func(old start) { delete(c.heard, old) })
}

// noteDead notes a peer connection that was closed.
func (c *Checker) noteDead(ref messages.Ref) {
	if !c.dead.note(ref) || !c.dead.full() {
		return
	}
	c.dead.sweep(func(messages.Ref) bool { return false }, func(old messages.Ref) {
		delete(c.peers, old)
		maps.DeleteFunc(c.asked, func(_ messages.EffectID, of messages.Ref) bool { return of == old })
	})
}
