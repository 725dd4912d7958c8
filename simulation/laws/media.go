package laws

import (
	"slices"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// noteMedia notes what happened to peer connections and to what was asked of them.
func (c *Checker) noteMedia(in messages.Input) {
	switch in := in.(type) {
	case messages.RemoteCandidate:
		if !in.Malformed {
			c.keepsCandidate(in)
		}
	case messages.Hold:
		if in.Held { // one that is taken back may still be on its way
			c.noteCall(in.Conversation)
			c.holds[in.Conversation]++
		}
	case messages.ConversationNotified:
		c.noteLeg(in)
	}
}

// noteLeg notes whether the user's leg of a conversation is live.
func (c *Checker) noteLeg(in messages.ConversationNotified) {
	for _, p := range in.Participants {
		if p.User != c.me || len(p.Calls) == 0 || p.Purpose == "voicemail" {
			continue
		}
		c.noteCall(in.Conversation)
		c.notified[in.Conversation] = p.Calls[len(p.Calls)-1].State.Class() != messages.EndedClass
	}
}

// forgetAsked forgets what an input answers.
func (c *Checker) forgetAsked(in messages.Input) {
	switch in := in.(type) {
	case messages.MicrophoneGranted:
		delete(c.asked, in.Effect)
	case messages.MicrophoneDenied:
		delete(c.asked, in.Effect)
	case messages.PeerDone:
		delete(c.asked, in.Effect)
	case messages.PeerRejected:
		delete(c.asked, in.Effect)
	}
}

// mediaWell checks an effect about media, and about what is held for it.
func (c *Checker) mediaWell(id messages.EffectID, effect messages.Effect) {
	switch e := effect.(type) {
	case messages.MakeAnswer:
		c.asked[id] = e.Peer
	case messages.AddMicrophone:
		if p := c.peers[e.Peer]; p != nil && p.left {
			c.broken(WhoEndsTakesBack, "session %s gets a microphone, and was told to end", p.id)
		}
	case messages.AddCandidate:
		c.usesCandidate(e)
	case messages.SendAnswer:
		c.answersWell(e)
	case messages.SendTerminate:
		c.replacesWell(e)
	case messages.Request:
		c.holdsWell(e)
	}
}

// keepsCandidate notes a candidate that came from the proposer of a session that this client has taken, before its offer.
func (c *Checker) keepsCandidate(in messages.RemoteCandidate) {
	if c.live(in.Session) || len(c.early[in.Session]) == mostEarly {
		return
	}
	if slices.ContainsFunc(c.proceeded[in.Session], func(p messages.Propose) bool { return bare(p.From) == bare(in.From) }) {
		c.noteSession(in.Session)
		c.early[in.Session] = append(c.early[in.Session], in.Candidate)
	}
}

// mostEarly is how many candidates are kept for an offer.
const mostEarly = 32

// usesCandidate: what was kept is used before the session is answered.
func (c *Checker) usesCandidate(e messages.AddCandidate) {
	if p := c.peers[e.Peer]; p != nil {
		if early, kept := c.early[p.id]; kept {
			c.early[p.id] = slices.DeleteFunc(slices.Clone(early), func(kept messages.Candidate) bool { return kept == e.Candidate })
		}
	}
}

// answersWell checks that a session is answered which was accepted, which goes on, and with all candidates that came for it.
func (c *Checker) answersWell(e messages.SendAnswer) {
	p := c.peers[e.Peer]
	if p == nil {
		return
	}
	if n := len(c.early[p.id]); n > 0 && p.sdp {
		c.broken(CandidatesAreUsed, "session %s is answered, and %d candidates that came before its offer were not used", p.id, n)
	}
	delete(c.early, p.id)
	if !p.asked && !p.up {
		c.broken(AcceptedIsAnswered, "session %s is answered, and nobody has accepted it", p.id)
	}
}

// failureIsTold: where a microphone or an answer cannot be had, somebody hears of it, and nothing succeeds.
func (c *Checker) failureIsTold(p *peer, outputs []runtime.Output) {
	if p == nil {
		return
	}
	for _, out := range outputs {
		switch e := out.Effect.(type) {
		case messages.RequestMicrophone:
			return
		case messages.Settle:
			if e.Error != nil {
				return
			}
			c.broken(FailureIsTold, "call %d succeeds, and session %s could not be accepted", e.Call, p.id)
		case messages.Announce:
			if _, is := e.Event.(messages.SDKError); is {
				return
			}
		}
	}
	c.broken(FailureIsTold, "session %s could not be accepted, and nobody is told", p.id)
}

// failing is the peer connection whose acceptance an input makes impossible; nil for none.
func (c *Checker) failing(in messages.Input) *peer {
	var of messages.EffectID
	switch in := in.(type) {
	case messages.MicrophoneDenied:
		of = in.Effect
	case messages.PeerRejected:
		of = in.Effect
	default:
		return nil
	}
	p := c.peers[c.asked[of]]
	if p == nil || p.closed || p.left {
		return nil
	}
	return p
}

// failedMedia: a session whose peer connection has failed for good is over. One that has no remote description yet cannot have
// had media.
func (c *Checker) failedMedia(in messages.Input) {
	e, is := in.(messages.PeerConnectionChanged)
	if !is || e.State != messages.PeerFailed {
		return
	}
	if p := c.peers[e.Peer]; p != nil && p.sdp && !p.closed && c.began(p.id) {
		c.broken(FailedMediaEnds, "the media of session %s has failed, and its peer connection stays", p.id)
	}
}

// began tells whether any call was ever started on a session.
func (c *Checker) began(id messages.SessionID) bool {
	for s := range c.heard {
		if s.session == id {
			return true
		}
	}
	return false
}

// holdsWell checks that a call that is held goes on, and is held because somebody said so, or for another call. A persistent
// connection that is made ahead of calls is none.
func (c *Checker) holdsWell(e messages.Request) {
	if e.Of != messages.PatchHeld || !e.Value {
		return
	}
	live, known := c.notified[e.Conversation]
	switch {
	case c.holds[e.Conversation] > 0:
		if c.holds[e.Conversation]--; c.holds[e.Conversation] == 0 {
			delete(c.holds, e.Conversation)
		}
	case e.Conversation == "" || known && !live:
		c.broken(HeldForACall, "conversation %q is held, which is none or over", e.Conversation)
	case !c.otherCall(e.Conversation):
		c.broken(HeldForACall, "conversation %s is held, and there is no other", e.Conversation)
	}
}

// otherCall tells whether there is a call besides one: notified as live, dialled, or on its way.
func (c *Checker) otherCall(than messages.ConversationID) bool {
	for other, live := range c.notified {
		if other != than && live {
			return true
		}
	}
	for other := range c.dialled {
		if _, known := c.notified[other]; other != than && !known {
			return true
		}
	}
	if slices.ContainsFunc(c.living, func(p *peer) bool { return p.conversation != than && !p.private }) {
		return true
	}
	for _, proposes := range c.proceeded {
		if slices.ContainsFunc(proposes, func(p messages.Propose) bool { return p.Conversation != than && p.PrivAnswer == "" }) {
			return true
		}
	}
	return false
}

// replacesWell: a session is replaced by another one, never by itself.
func (c *Checker) replacesWell(e messages.SendTerminate) {
	if e.Reason != replaced {
		return
	}
	if e.Peer == c.newest {
		c.broken(ReplacedByAnother, "session %s is told that another one takes its place, and is the newest", e.Session)
	}
}

// replaced is the reason of the end of a session that a reinvite has replaced (XEP-0166 section 7.4).
const replaced = "alternative-session"
