package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

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
	on(messages.Terminate{}).If(neverBegun).Corrected(quirk.PendingsOutliveCalls).Do(withdrawTerminated),
	on(messages.RemoteCandidate{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Do(refuseCandidate).Source("1.2 dialing/bind done"),
	on(messages.RemoteCandidate{}).If(candidateByStranger).Corrected(quirk.SenderUnchecked),
	on(messages.RemoteCandidate{}).If(candidateKnown).Do(tellCandidate).Source("3.3 iceCandidate"),
	on(messages.RemoteCandidate{}).If(candidateAwaited).Corrected(quirk.EarlyCandidatesLost).Do(keepCandidate))

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

// neverBegun: the far end gives up a session that it proposed and that this client took, before it has offered it.
func neverBegun(d *Data, e messages.Terminate) bool { return d.asked(e.Session, e.From) }

func withdrawTerminated(d *Data, e messages.Terminate) (*Data, acts) { return d, d.withdraw(e.Session) }

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
