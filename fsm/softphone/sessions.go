package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// sessionsRaised: a session has its description: it is made known, and may be accepted on its own.
var sessionsRaised = together(
	on(messages.SessionDescribed{}).If(describedNowhere).Do(announceNoHandlerForSession).Source("1.4 routing none"),
	on(messages.SessionDescribed{}).If(softphoneOffForSession).Source("1.4 disabled"),
	on(messages.SessionDescribed{}).If(takesOverID).If(goesOnAccepted).Corrected(quirk.NamesakesTogether).Do(adopt, inheritNamesake, yieldOld, announceAllStarted, sendAccept, settleAnswered, acceptOnItsOwn),
	on(messages.SessionDescribed{}).If(takesOverID).Corrected(quirk.NamesakesTogether).Do(adopt, inheritNamesake, yieldOld, announceAllStarted, sendAccept, settleAnswered),
	on(messages.SessionDescribed{}).If(reinvited).Corrected(quirk.ReinviteForgetsStarted).Do(adopt, inheritReplaced, announceAllStarted, sendAccept, replaceOld, acceptOnItsOwn),
	on(messages.SessionDescribed{}).If(reinvited).Quirk(quirk.ReinviteForgetsStarted).Do(adopt, sendAccept, replaceOld, acceptOnItsOwn).Source("1.6.5 step 1").Source("1.6.5 step 2").Source("1.6.5 step 5").Source("1.6.5 step 6"),
	on(messages.SessionDescribed{}).If(autoConnects).Do(adopt, announceStarted, sendAccept, settleAnswered, acceptOnItsOwn).Source("1.6.5 step 1").Source("1.6.5 step 2").Source("1.6.5 step 3").Source("1.6.5 step 4").Source("1.6.5 step 6"),
	on(messages.SessionDescribed{}).Do(adopt, announceStarted, sendAccept, settleAnswered).Source("1.6.5 step 4").Source("1.6.5 step 6"))

// offers: SDP over XMPP.
var offers = together(
	on(messages.Offer{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Do(refuseOffer).Source("1.2 dialing/bind done"),
	on(messages.Offer{}).If(unbelievable).Corrected(quirk.ReinviteBelieved),
	on(messages.Offer{}).Unless(reinvites).If(unasked).Corrected(quirk.UnsolicitedOffer),
	on(messages.Offer{}).If(repeated).Corrected(quirk.NamesakesTogether),
	on(messages.Offer{}).If(sameTransport).If(unaccepted).Corrected(quirk.RenegotiationAnswersForUser).Do(carryOffered, describeAnew),
	on(messages.Offer{}).If(sameTransport).Do(carryOffered, renegotiate).Source("1.7 offer same ICE"),
	on(messages.Offer{}).Do(carryOffered, openSession).Source("1.7 offer unknown sid").Source("1.7 offer ICE changed"),
	on(messages.Terminate{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Do(refuseTermination).Source("1.2 dialing/bind done"),
	on(messages.Terminate{}).If(terminateByStranger).Corrected(quirk.SenderUnchecked),
	on(messages.Terminate{}).If(beingDescribed).Corrected(quirk.SessionsKept).Do(tellBoth),
	on(messages.Terminate{}).If(terminateKnown).Do(tellTerminate).Source("1.7 any/terminate rpc"),
	on(messages.RemoteCandidate{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Do(refuseCandidate).Source("1.2 dialing/bind done"),
	on(messages.RemoteCandidate{}).If(candidateByStranger).Corrected(quirk.SenderUnchecked),
	on(messages.RemoteCandidate{}).If(candidateKnown).Do(tellCandidate).Source("3.3 iceCandidate"),
	on(messages.RemoteCandidate{}).If(candidateAwaited).Corrected(quirk.EarlyCandidatesLost).Do(keepCandidate))

// ends: a session carries another conversation, is interrupted, or ends.
var ends = together(
	on(messages.CarryConversation{}).Do(carry).Source("1.6.8 row 6b"),
	on(messages.NoteStarted{}).If(besideOthers).Corrected(quirk.SharedStartHoldsNobody).Do(noteStarted, holdForStarted),
	on(messages.NoteStarted{}).Do(noteStarted).Source("1.6.8 row 6b"),
	on(messages.EndAnnounced{}).Corrected(quirk.EndsAnnouncedAgain).Do(forgetStart, tellWatchers),
	on(messages.EndAnnounced{}).Quirk(quirk.EndsAnnouncedAgain).Do(tellWatchers).Source("1.6.9 step 2"),
	on(messages.FallbackWanted{}).If(goneAlready).Corrected(quirk.HangUpHangs).Do(tellGone),
	on(messages.FallbackWanted{}).Do(tellFallback).Source("1.6.9 step 3").Source("1.6.9 step 4").Source("1.6.9 step 5"),
	on(messages.InterruptionSeen{}).Do(announceInterrupted).Source("1.7 interrupted"),
	on(messages.SessionTerminatedNow{}).If(endedOverJingle).If(wasLine).Unless(neverRaised).Do(announceEnd, handOver, tellDepartures, unlist, forgetEnded).Source("1.7 terminated").Source("1.6.1 current terminates").Source("1.6.1 otherwise"),
	on(messages.SessionTerminatedNow{}).If(endedOverJingle).Unless(neverRaised).Do(announceEnd, tellDepartures, unlist, forgetEnded).Source("1.7 terminated"),
	on(messages.SessionTerminatedNow{}).If(wasLine).Unless(neverRaised).Do(unlist, announceEnd, handOver, tellDepartures, forgetEnded).Source("1.7 terminated").Source("1.6.1 current terminates").Source("1.6.1 otherwise"),
	on(messages.SessionTerminatedNow{}).Unless(neverRaised).Do(unlist, announceEnd, tellDepartures, forgetEnded).Source("1.7 terminated"),
	on(messages.SessionTerminatedNow{}).Do(unlist, tellDepartures, forgetEnded))

// The stages of a session that matter here.
const (
	stageActive = "active"
	stageEnded  = "ended"
)

// --- offers

// refuseOffer, refuseTermination, refuseCandidate: while the stream is not set up, nobody has registered for them.
func refuseOffer(d *Data, e messages.Offer) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "service-unavailable", "")
}

func refuseTermination(d *Data, e messages.Terminate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "service-unavailable", "")
}

func refuseCandidate(d *Data, e messages.RemoteCandidate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "service-unavailable", "")
}

func reinvites(_ *Data, e messages.Offer) bool { return e.Reinvite }

// unbelievable: it calls itself a reinvite, but there is no session of the conversation from that gateway to replace.
func unbelievable(d *Data, e messages.Offer) bool {
	if !e.Reinvite {
		return false
	}
	old, ok := d.firstListed(func(s *Session) bool {
		return s.Carries == e.Conversation || slices.Contains(s.Started, e.Conversation)
	})
	return !ok || !old.Raised || old.View.Over || domain(old.View.Peer) != domain(e.From)
}

// unasked: nothing that this client took has announced it, or not for that conversation.
func unasked(d *Data, e messages.Offer) bool {
	s, ok := d.sdpSession(e.Session)
	switch {
	case !ok:
		return !d.asked(e.Session, e.From) || !d.proposed(e.Session, e.Conversation)
	case s.View.Peer != e.From:
		return true
	}
	return s.View.ICE != e.ICE && !s.has(e.Conversation)
}

// proposed tells whether a session was proposed for a conversation.
func (d *Data) proposed(sid messages.SessionID, c messages.ConversationID) bool {
	i := d.proposalAt(sid)
	return i >= 0 && d.Proposals[i].Propose.Conversation == c
}

// has tells whether a conversation was ever a session's own: it was opened for it, carries it, or it was started there.
func (s *Session) has(c messages.ConversationID) bool {
	return s.View.Conversation == c || s.Carries == c || slices.Contains(s.Started, c)
}

func unaskedInitiate(d *Data, e messages.SessionInitiate) bool { return !d.asked(e.Session, e.From) }

// asked tells whether a session comes from a propose that was taken.
func (d *Data) asked(sid messages.SessionID, from messages.JID) bool {
	i := d.proposalAt(sid)
	return i >= 0 && d.Proposals[i].Taken && bare(d.Proposals[i].Propose.From) == bare(from)
}

// coming is the session of an id that is being described: it is not listed yet.
func (d *Data) coming(sid messages.SessionID, from messages.JID) (Session, bool) {
	for _, s := range d.Sessions {
		v := s.View
		if v.Session == sid && v.Peer == from && v.Signalling == messages.SDPOverXMPP && !v.Described && !v.Over {
			return s, true
		}
	}
	return Session{}, false
}

// repeated: the same was offered a moment ago, and is being described.
func repeated(d *Data, e messages.Offer) bool {
	s, ok := d.coming(e.Session, e.From)
	return ok && s.View.ICE == e.ICE && s.View.Conversation == e.Conversation && s.View.Reinvite == e.Reinvite
}

// sameTransport: the session is there and its ICE credentials have not changed, so this is a renegotiation.
func sameTransport(d *Data, e messages.Offer) bool {
	s, ok := d.sdpSession(e.Session)
	return ok && s.View.ICE == e.ICE
}

// carryOffered: an offer names the conversation of the session that is there, even if a new one replaces it. The pick
// offer-renames-session: or it does not.
func carryOffered(d *Data, e messages.Offer) (*Data, acts) {
	if !d.Quirks.Has(quirk.OfferRenamesSession) {
		return d, nil
	}
	if s, ok := d.sdpSession(e.Session); ok {
		return d.carry(s.View.Ref, e.Conversation), nil
	}
	return d, nil
}

func (d *Data) carry(ref messages.Ref, c messages.ConversationID) *Data {
	if i := d.sessionAt(ref); i >= 0 {
		s := d.Sessions[i]
		s.Carries = c
		d.Sessions = replace(d.Sessions, i, s)
	}
	return d
}

func carry(d *Data, e messages.CarryConversation) (*Data, acts) {
	return d.carry(e.Session, e.Conversation), nil
}

func renegotiate(d *Data, e messages.Offer) (*Data, acts) {
	s, _ := d.sdpSession(e.Session)
	return d, acts{messages.Spawn{Actor: "negotiation", Msg: messages.StartRenegotiation{Session: s.View, SDP: e.SDP}}}
}

// unaccepted: nobody has accepted the session that is described anew, and it is not up.
func unaccepted(d *Data, e messages.Offer) bool {
	s, ok := d.sdpSession(e.Session)
	return ok && !s.Accepting && s.Media.Connection != messages.PeerConnected
}

// describeAnew takes the new description, and leaves the answer to whoever accepts the session.
func describeAnew(d *Data, e messages.Offer) (*Data, acts) {
	s, _ := d.sdpSession(e.Session)
	return d, acts{messages.Spawn{Actor: "negotiation", Msg: messages.StartRenegotiation{Session: s.View, SDP: e.SDP, Unaccepted: true}}}
}

func openSession(d *Data, e messages.Offer) (*Data, acts) {
	open := messages.OpenSession{
		Session: e.Session, Signalling: messages.SDPOverXMPP, Type: d.typeOf(e.From), Conversation: e.Conversation, Peer: e.From,
		SDP: e.SDP, ICE: e.ICE, Reinvite: e.Reinvite, Servers: d.Servers, Relay: d.Relay,
	}
	if i := d.proposalAt(e.Session); i >= 0 {
		p := d.Proposals[i].Propose
		open.FromUser, open.OriginalRoom, open.PrivAnswer = p.FromUser, p.OriginalRoom, p.PrivAnswer
	}
	return d, acts{messages.Spawn{Actor: "session", Msg: open}}
}

func terminateKnown(d *Data, e messages.Terminate) bool {
	_, ok := d.firstListed(identified(e.Session))
	return ok
}

func tellTerminate(d *Data, e messages.Terminate) (*Data, acts) {
	s, _ := d.firstListed(identified(e.Session))
	return d, acts{tell(s.View.Ref, e)}
}

// beingDescribed: the session ends before it has begun.
func beingDescribed(d *Data, e messages.Terminate) bool {
	_, ok := d.coming(e.Session, e.From)
	return ok
}

// tellBoth tells the session that is being described, and the one whose place it was to take: the far end has given that up.
func tellBoth(d *Data, e messages.Terminate) (*Data, acts) {
	s, _ := d.coming(e.Session, e.From)
	out := acts{tell(s.View.Ref, e)}
	if old, ok := d.replacedBy(s.View.Ref); ok && s.View.Reinvite {
		out = append(out, messages.Spawn{Actor: "departure", Msg: messages.Depart{Session: old.View.Ref, Reason: "alternative-session"}})
	}
	if old, ok := d.firstListed(identified(e.Session)); ok {
		out = append(out, tell(old.View.Ref, e))
	}
	return d, out
}

func candidateKnown(d *Data, e messages.RemoteCandidate) bool {
	s, ok := d.firstListed(identified(e.Session))
	return ok && s.View.Signalling == messages.SDPOverXMPP
}

func tellCandidate(d *Data, e messages.RemoteCandidate) (*Data, acts) {
	s, _ := d.firstListed(identified(e.Session))
	return d, acts{tell(s.View.Ref, e)}
}

// earlyMost is how many candidates of a session are kept before its offer (attacks.md G5).
const earlyMost = 32

// candidateAwaited: the offer of a session that was taken is on its way, and this comes from whom it was proposed by.
func candidateAwaited(d *Data, e messages.RemoteCandidate) bool {
	i := d.proposalAt(e.Session)
	if i < 0 || !d.Proposals[i].Taken || bare(d.Proposals[i].Propose.From) != bare(e.From) || e.Malformed {
		return false
	}
	kept := 0
	for _, c := range d.Early {
		if c.Session == e.Session {
			kept++
		}
	}
	return kept < earlyMost
}

func keepCandidate(d *Data, e messages.RemoteCandidate) (*Data, acts) {
	d.Early = replace(d.Early, -1, e)
	return d, nil
}

// takeEarly gives a session the candidates that came before its offer.
func (d *Data) takeEarly(s Session) (*Data, acts) {
	var out acts
	for _, c := range d.Early {
		if c.Session == s.View.Session {
			out = append(out, tell(s.View.Ref, c))
		}
	}
	return d.dropEarly(s.View.Session), out
}

func (d *Data) dropEarly(sid messages.SessionID) *Data {
	d.Early = slices.DeleteFunc(slices.Clone(d.Early), func(c messages.RemoteCandidate) bool { return c.Session == sid })
	return d
}

// --- what is noted of sessions

func noteSession(d *Data, e messages.SessionView) (*Data, acts) {
	i := d.sessionAt(e.Ref)
	var s Session
	if i >= 0 {
		s = d.Sessions[i]
	}
	first := s.View.Session == ""
	if first {
		s.Carries = e.Conversation
	}
	appears := !s.View.Described && e.Described && !s.Listed && !s.Raised
	s.View = e
	s.Listed = s.Listed || appears || (first && e.Signalling == messages.Jingle)
	if appears && i >= 0 && e.Signalling == messages.SDPOverXMPP {
		d.Sessions = replace(without(d.Sessions, i), -1, s) // listed in the order of being described
		return d, nil
	}
	d.Sessions = replace(d.Sessions, i, s)
	if first && e.Signalling == messages.Jingle {
		d.Sessions = inPlaceOfOld(d.Sessions, s)
	}
	return d.sweep()
}

// sweep forgets the sessions that are over and that nobody refers to. The fact sessions-kept: the SDK keeps them, because
// they may end again.
func (d *Data) sweep() (*Data, acts) {
	if !d.sweepable() {
		return d, nil
	}
	var out acts
	for _, s := range d.Sessions {
		if d.forgettable(s) {
			out = append(out, messages.Stop{Ref: s.View.Ref})
		}
	}
	d.Sessions = slices.DeleteFunc(slices.Clone(d.Sessions), d.forgettable)
	return d, out
}

// sweepable tells whether sweep would do anything.
func (d *Data) sweepable() bool {
	if d.Quirks.Has(quirk.SessionsKept) {
		return false
	}
	for i := range d.Sessions {
		if d.Sessions[i].View.Finished && d.forgettable(d.Sessions[i]) {
			return true
		}
	}
	return false
}

func (d *Data) forgettable(s Session) bool {
	return s.View.Finished && !s.Listed && s.View.Ref != d.Line.Session && len(s.Started) == 0 &&
		!slices.ContainsFunc(d.Conversations, func(v messages.ConversationView) bool { return v.Session == s.View.Ref })
}

// inPlaceOfOld moves a new Jingle session to the place of the one of the same id that it took over from.
func inPlaceOfOld(list []Session, s Session) []Session {
	now := slices.IndexFunc(list, func(o Session) bool { return o.View.Ref == s.View.Ref })
	old := slices.IndexFunc(list, func(o Session) bool { return o.Superseded && o.View.Session == s.View.Session })
	if old < 0 {
		return list
	}
	list = slices.Clone(list)
	list[old].Superseded = false
	list = slices.Delete(list, now, now+1)
	return slices.Insert(list, old, s)
}

// noteMedia keeps the state of a peer connection, and tells the line when its own changes.
func noteMedia(d *Data, e messages.MediaView) (*Data, acts) {
	i := d.sessionAt(e.Ref)
	if i < 0 {
		d.Sessions = replace(d.Sessions, -1, Session{View: messages.SessionView{Ref: e.Ref}, Media: e})
		return d, nil
	}
	s := d.Sessions[i]
	before := s.Media.Connection == messages.PeerConnected
	s.Media = e
	d.Sessions = replace(d.Sessions, i, s)
	now := e.Connection == messages.PeerConnected
	var out acts
	if e.Ref == d.Line.Session && now != before {
		out = acts{tell(messages.LineActor, messages.LineMedia{Live: now})}
	}
	if now && !before {
		out = append(out, d.ringSeeking()...)
	}
	return d, out
}

func noteStarted(d *Data, e messages.NoteStarted) (*Data, acts) {
	if i := d.sessionAt(e.Session); i >= 0 {
		s := d.Sessions[i]
		s.Started = replace(s.Started, -1, e.Conversation)
		d.Sessions = replace(d.Sessions, i, s)
	}
	return d, nil
}

// besideOthers: other calls have sessions of their own, and nobody else sees to it that one is heard.
func besideOthers(d *Data, _ messages.NoteStarted) bool { return d.concurrent() }

func holdForStarted(d *Data, e messages.NoteStarted) (*Data, acts) { return d.holdOthers(e.Session) }

// --- a session is raised

func describedNowhere(d *Data, e messages.SessionDescribed) bool {
	return !d.known(d.session(e.Session).View.Peer)
}

func softphoneOffForSession(d *Data, e messages.SessionDescribed) bool {
	return !d.takes(d.session(e.Session).View.Peer)
}

func reinvited(d *Data, e messages.SessionDescribed) bool { return d.session(e.Session).View.Reinvite }
func autoConnects(d *Data, _ messages.SessionDescribed) bool {
	return d.Options.AutoConnectSessions
}

// namesake is the session of the same id that a described one finds. It need not be listed: a Jingle session is not found
// any more once another has its id.
func (d *Data) namesake(ref messages.Ref) (Session, bool) {
	mine := d.session(ref).View
	i := slices.IndexFunc(d.Sessions, func(s Session) bool {
		return s.Raised && !s.View.Finished && s.View.Ref != ref && s.View.Session == mine.Session && s.View.Signalling == mine.Signalling
	})
	if i < 0 {
		return Session{}, false
	}
	return d.Sessions[i], true
}

func takesOverID(d *Data, e messages.SessionDescribed) bool {
	_, ok := d.namesake(e.Session)
	return ok
}

// goesOnAccepted: sessions are accepted on their own, or the one whose place it takes was accepted: it goes on, and it is the
// same gateway's, and for the same conversation.
func goesOnAccepted(d *Data, e messages.SessionDescribed) bool {
	old, ok := d.namesake(e.Session)
	mine := d.session(e.Session).View
	return autoConnects(d, e) ||
		ok && old.Accepting && !old.View.Over && domain(old.View.Peer) == domain(mine.Peer) && old.has(mine.Conversation)
}

// yieldOld ends the session whose id the new one has; the far end means the new one by it from now on.
func yieldOld(d *Data, e messages.SessionDescribed) (*Data, acts) {
	old, _ := d.namesake(e.Session)
	return d, acts{tell(old.View.Ref, messages.YieldSession{})}
}

func announceNoHandlerForSession(d *Data, _ messages.SessionDescribed) (*Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, noHandler)
}

// adopt fills in what the pending invitation of the session's conversation knows, and begins to watch the session.
func adopt(d *Data, e messages.SessionDescribed) (*Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.Raised, s.Watched, s.View.Type = true, true, messages.Softphone
	if v, ok := d.invitationFor("", s.Carries, messages.Softphone); ok {
		s.View.FromUser, s.View.OriginalRoom = v.FromUser, v.OriginalRoom
	}
	if !s.View.Reinvite {
		s.Started, s.Kept = []messages.ConversationID{s.Carries}, true
	}
	d.Sessions = replace(d.Sessions, i, s)
	out := acts{tell(e.Session, messages.Adopted{FromUser: s.View.FromUser, OriginalRoom: s.View.OriginalRoom})}
	d, early := d.takeEarly(s)
	out = append(out, early...)
	if !d.Quirks.Has(quirk.ProposalsKept) {
		out = append(out, d.forget(s.View.Session)...)
	}
	return d, out
}

// inheritNamesake and inheritReplaced: a session that takes another's place has its calls.
func inheritNamesake(d *Data, e messages.SessionDescribed) (*Data, acts) {
	old, _ := d.namesake(e.Session)
	return d.inherit(e.Session, old), nil
}

func inheritReplaced(d *Data, e messages.SessionDescribed) (*Data, acts) {
	old, _ := d.replacedBy(e.Session)
	return d.inherit(e.Session, old), nil
}

// inherit notes the starts of an old session for the new one, first the one that the new one was offered for. What the old
// one carries, and has not ended, the new one carries.
func (d *Data) inherit(ref messages.Ref, old Session) *Data {
	i := d.sessionAt(ref)
	s := d.Sessions[i]
	s.Kept, s.Started = true, nil
	if len(old.Started) == 0 || slices.Contains(old.Started, s.Carries) {
		s.Started = []messages.ConversationID{s.Carries}
	}
	for _, c := range old.Started {
		if c != s.Carries {
			s.Started = append(s.Started, c)
		}
	}
	if slices.Contains(old.Started, old.Carries) {
		s.Carries = old.Carries
	} else {
		s.Carries = s.Started[0]
	}
	d.Sessions = replace(d.Sessions, i, s)
	return d
}

// settleAnswered settles the invitation that the session came from. The fact handled-needs-echo: the SDK waits for its own
// accept to come back.
func settleAnswered(d *Data, e messages.SessionDescribed) (*Data, acts) {
	if d.Quirks.Has(quirk.HandledNeedsEcho) {
		return d, nil
	}
	s := d.session(e.Session)
	return d, acts{tell(messages.Root, messages.PendingHandled{Session: s.View.Session, Conversation: s.Carries})}
}

func announceStarted(d *Data, e messages.SessionDescribed) (*Data, acts) {
	return d, acts{messages.Announce{Event: messages.SessionStarted{Session: d.stored(e.Session).summary()}}}
}

// announceAllStarted announces the start of each call that goes on there.
func announceAllStarted(d *Data, e messages.SessionDescribed) (*Data, acts) {
	var out acts
	s := d.session(e.Session)
	for _, c := range s.Started {
		s.Carries = c
		out = append(out, messages.Announce{Event: messages.SessionStarted{Session: s.summary()}})
	}
	return d, out
}

func sendAccept(d *Data, e messages.SessionDescribed) (*Data, acts) {
	return d, acts{messages.SendAccept{Session: d.session(e.Session).View.Session, To: d.bareJID()}}
}

// replaceOld ends the session that a reinvite replaces.
func replaceOld(d *Data, e messages.SessionDescribed) (*Data, acts) {
	old, ok := d.replacedBy(e.Session)
	if !ok {
		return d, nil
	}
	old.Replaced = true
	d.Sessions = replace(d.Sessions, d.sessionAt(old.View.Ref), old)
	return d, acts{messages.Spawn{Actor: "departure", Msg: messages.Depart{Session: old.View.Ref, Reason: "alternative-session"}}}
}

// replacedBy is the session that a reinvite replaces: the first listed one of the conversation. The pick
// reinvite-ends-itself: that may be the new one itself when the old one is gone, and one that was replaced already. The pick ended-session-meant: or, if none carries it, one on which it was started.
func (d *Data) replacedBy(ref messages.Ref) (Session, bool) {
	conversation := d.session(ref).View.Conversation
	itself := d.Quirks.Has(quirk.ReinviteEndsItself)
	other := func(s *Session) bool { return s.phone() && (itself || s.View.Ref != ref && !s.Replaced) }
	old, ok := d.firstListed(func(s *Session) bool { return other(s) && s.Carries == conversation })
	if !ok && !d.Quirks.Has(quirk.EndedSessionMeant) {
		return d.firstListed(func(s *Session) bool { return other(s) && slices.Contains(s.Started, conversation) })
	}
	return old, ok
}

func acceptOnItsOwn(d *Data, e messages.SessionDescribed) (*Data, acts) {
	return d, acts{messages.Later{To: messages.Root, Msg: messages.AcceptNow{Session: e.Session}}}
}

// --- a session ends

func endedOverJingle(d *Data, e messages.SessionTerminatedNow) bool {
	return d.session(e.Session).View.Signalling == messages.Jingle
}

// wasLine tells whether a session's end hands the line over. The pick line-lost-to-old-session: if it ever was the shared
// one, or if it is.
func wasLine(d *Data, e messages.SessionTerminatedNow) bool {
	if d.Quirks.Has(quirk.LineLostToOldSession) {
		return d.session(e.Session).WasLine
	}
	return d.Line.Session == e.Session
}

// neverRaised: the session ended before it was made known, or to somebody who does not listen.
func neverRaised(d *Data, e messages.SessionTerminatedNow) bool { return !d.session(e.Session).Raised }

// unlist takes the session from the list. The pick namesakes-together: and with it all of its kind that have its id, if it
// is on the list: one that an earlier stream listed is on none.
func unlist(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	ended := d.session(e.Session)
	together := d.Quirks.Has(quirk.NamesakesTogether) && !ended.Dropped
	for i, s := range d.Sessions {
		if !together && s.View.Ref != ended.View.Ref {
			continue
		}
		if s.View.Signalling != ended.View.Signalling || s.View.Session != ended.View.Session {
			continue
		}
		s.Listed = false
		if s.View.Ref == ended.View.Ref {
			s.Watched = false
		}
		d.Sessions = replace(d.Sessions, i, s)
	}
	return d, nil
}

// forgetEnded goes through the sessions once an end was made known, and through the placeholders: without the session
// nothing is left of them.
func forgetEnded(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	d, out := d.sweep()
	if d.Quirks.Has(quirk.PlaceholderLeaks) {
		return d, out
	}
	for _, v := range d.Conversations {
		if !v.Stored && v.Session == e.Session {
			out = append(out, tell(v.Ref, messages.SessionTerminatedSeen{Session: e.Session}))
		}
	}
	return d, out
}

func announceEnd(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	return d, d.announceEnd(e.Session, e.Reason)
}

// announceEnd announces the end of a session. The fact ends-announced-again: once, with what it carries, or for each
// conversation whose start was announced and whose end was not.
func (d *Data) announceEnd(ref messages.Ref, reason string) acts {
	s := d.session(ref)
	if !d.Quirks.Has(quirk.EndsAnnouncedAgain) {
		var out acts
		for _, c := range s.Started {
			s.Carries = c
			out = append(out, messages.Announce{Event: messages.SessionEnded{Session: s.summary(), Reason: reason}},
				tell(messages.Root, messages.EndAnnounced{Session: s.View.Session, Conversation: c, Ref: ref}))
		}
		return out
	}
	return acts{
		messages.Announce{Event: messages.SessionEnded{Session: s.summary(), Reason: reason}},
		tell(messages.Root, messages.EndAnnounced{Session: s.View.Session, Conversation: s.Carries, Ref: ref}),
	}
}

// forgetStart: the end of what started was announced, so it may start again.
func forgetStart(d *Data, e messages.EndAnnounced) (*Data, acts) {
	i := d.sessionAt(e.Ref)
	if i < 0 {
		return d, nil
	}
	s := d.Sessions[i]
	s.Started = slices.DeleteFunc(slices.Clone(s.Started), func(c messages.ConversationID) bool { return c == e.Conversation })
	d.Sessions = replace(d.Sessions, i, s)
	return d.sweep()
}

// handOver gives the line to the first active session under a persistent connection, else to nobody. The pick
// line-needs-acceptance: nobody, or the session that is up under line appearance 1, or where no station says what it is.
func handOver(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.WasLine = false
	d.Sessions = replace(d.Sessions, i, s)
	next, ok := d.firstListed(func(s *Session) bool { return s.View.Stage == stageActive })
	if ok && d.persistent() {
		return d.takeLine(next.View.Ref)
	}
	if up, ok := d.sharedUnasked(); ok {
		return d.takeLine(up.View.Ref)
	}
	return d, acts{tell(messages.LineActor, messages.LineReleased{})}
}

// sharedUnasked is the session that is up where not each call has one of its own, whenever it was accepted.
func (d *Data) sharedUnasked() (Session, bool) {
	if d.Quirks.Has(quirk.LineNeedsAcceptance) || d.concurrent() {
		return Session{}, false
	}
	return d.firstListed(func(s *Session) bool {
		return s.phone() && !s.View.Over && (s.View.Stage == stageActive || s.Accepting && s.View.Stage != stageEnded)
	})
}

func tellDepartures(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	var out acts
	for _, w := range d.Watchers {
		out = append(out, tell(w.Ref, messages.SessionTerminatedSeen{Session: e.Session}))
	}
	return d, out
}

// tellWatchers tells who waits for the announcement, when all that it causes is done.
func tellWatchers(d *Data, e messages.EndAnnounced) (*Data, acts) {
	var out acts
	for _, w := range d.Watchers {
		out = append(out, messages.Later{To: w.Ref, Msg: e})
	}
	return d, out
}

func noteWatcher(d *Data, e messages.WatcherView) (*Data, acts) {
	for i, w := range d.Watchers {
		if w.Ref != e.Ref {
			continue
		}
		if e.Gone {
			d.Watchers = without(d.Watchers, i)
		}
		return d, nil
	}
	if e.Gone || e.Ref == 0 {
		return d, nil
	}
	d.Watchers = replace(d.Watchers, -1, e)
	return d, nil
}

func announceInterrupted(d *Data, e messages.InterruptionSeen) (*Data, acts) {
	s := d.session(e.Session)
	if !s.Raised {
		return d, nil
	}
	return d, acts{messages.Announce{Event: messages.SessionInterrupted{Session: s.View.Session, Conversation: s.Carries, Type: s.View.Type}}}
}

// --- the page is shown

func shown(_ *Data, e messages.PageShown) bool  { return e.Visible }
func watched(d *Data, e messages.PeerGone) bool { return d.session(e.Session).Watched }

// checkPeers looks at the peer connections: one may have died without an event.
func checkPeers[E messages.Input](d *Data, _ E) (*Data, acts) {
	var out acts
	for _, s := range d.Sessions {
		if s.Watched {
			out = append(out, tell(s.View.Ref, messages.CheckPeer{}))
		}
	}
	return d, out
}

func announceGone(d *Data, e messages.PeerGone) (*Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.Watched = false
	d.Sessions = replace(d.Sessions, i, s)
	return d, d.announceEnd(e.Session, "gone")
}

// leaveGone ends the session whose peer connection is found dead: the far end must not put the next call on it.
func leaveGone(d *Data, e messages.PeerGone) (*Data, acts) {
	return d, acts{tell(e.Session, messages.LeaveSession{Reason: "gone"})}
}
