package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

const stageActive = "active"

// --- offers

func reinvites(_ Data, e messages.Offer) bool { return e.Reinvite }

// unbelievable: it calls itself a reinvite, but there is no session of the conversation from that gateway to replace.
func unbelievable(d Data, e messages.Offer) bool {
	if !e.Reinvite {
		return false
	}
	old, ok := d.firstListed(carrying(e.Conversation))
	return !ok || !old.Raised || old.View.Over || domain(old.View.Peer) != domain(e.From)
}

// unasked: nothing that this client took has announced it.
func unasked(d Data, e messages.Offer) bool {
	if s, ok := d.sdpSession(e.Session); ok {
		return s.View.Peer != e.From
	}
	return !d.asked(e.Session, e.From)
}

func unaskedInitiate(d Data, e messages.SessionInitiate) bool { return !d.asked(e.Session, e.From) }

// asked tells whether a session comes from a propose that was taken.
func (d Data) asked(sid messages.SessionID, from messages.JID) bool {
	i := d.proposalAt(sid)
	return i >= 0 && d.Proposals[i].Taken && bare(d.Proposals[i].Propose.From) == bare(from)
}

// sameTransport: the session is there and its ICE credentials have not changed, so this is a renegotiation.
func sameTransport(d Data, e messages.Offer) bool {
	s, ok := d.sdpSession(e.Session)
	return ok && s.View.ICE == e.ICE
}

// carryOffered: an offer names the conversation of the session that is there, even if a new one replaces it. The pick
// offer-renames-session: or it does not.
func carryOffered(d Data, e messages.Offer) (Data, acts) {
	if !d.Quirks.Has(quirk.OfferRenamesSession) {
		return d, nil
	}
	if s, ok := d.sdpSession(e.Session); ok {
		return d.carry(s.View.Ref, e.Conversation), nil
	}
	return d, nil
}

func (d Data) carry(ref messages.Ref, c messages.ConversationID) Data {
	if i := d.sessionAt(ref); i >= 0 {
		s := d.Sessions[i]
		s.Carries = c
		d.Sessions = replace(d.Sessions, i, s)
	}
	return d
}

func carry(d Data, e messages.CarryConversation) (Data, acts) {
	return d.carry(e.Session, e.Conversation), nil
}

func renegotiate(d Data, e messages.Offer) (Data, acts) {
	s, _ := d.sdpSession(e.Session)
	return d, acts{messages.Spawn{Actor: "negotiation", Msg: messages.StartRenegotiation{Session: s.View, SDP: e.SDP}}}
}

func openSession(d Data, e messages.Offer) (Data, acts) {
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

func terminateKnown(d Data, e messages.Terminate) bool {
	_, ok := d.firstListed(identified(e.Session))
	return ok
}

func tellTerminate(d Data, e messages.Terminate) (Data, acts) {
	s, _ := d.firstListed(identified(e.Session))
	return d, acts{tell(s.View.Ref, e)}
}

func candidateKnown(d Data, e messages.RemoteCandidate) bool {
	s, ok := d.firstListed(identified(e.Session))
	return ok && s.View.Signalling == messages.SDPOverXMPP
}

func tellCandidate(d Data, e messages.RemoteCandidate) (Data, acts) {
	s, _ := d.firstListed(identified(e.Session))
	return d, acts{tell(s.View.Ref, e)}
}

// --- what is noted of sessions

func noteSession(d Data, e messages.SessionView) (Data, acts) {
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
func (d Data) sweep() (Data, acts) {
	if d.Quirks.Has(quirk.SessionsKept) || !slices.ContainsFunc(d.Sessions, d.forgettable) {
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

func (d Data) forgettable(s Session) bool {
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
func noteMedia(d Data, e messages.MediaView) (Data, acts) {
	i := d.sessionAt(e.Ref)
	if i < 0 {
		d.Sessions = replace(d.Sessions, -1, Session{View: messages.SessionView{Ref: e.Ref}, Media: e})
		return d, nil
	}
	s := d.Sessions[i]
	before := s.Media.Connection == messages.PeerConnected
	s.Media = e
	d.Sessions = replace(d.Sessions, i, s)
	if now := e.Connection == messages.PeerConnected; e.Ref == d.Line.Session && now != before {
		return d, acts{tell(messages.LineActor, messages.LineMedia{Live: now})}
	}
	return d, nil
}

func noteStarted(d Data, e messages.NoteStarted) (Data, acts) {
	if i := d.sessionAt(e.Session); i >= 0 {
		s := d.Sessions[i]
		s.Started = append(slices.Clip(slices.Clone(s.Started)), e.Conversation)
		d.Sessions = replace(d.Sessions, i, s)
	}
	return d, nil
}

// --- a session is raised

func describedNowhere(d Data, e messages.SessionDescribed) bool {
	return !d.known(d.session(e.Session).View.Peer)
}

func softphoneOffForSession(d Data, e messages.SessionDescribed) bool {
	return !d.takes(d.session(e.Session).View.Peer)
}

func reinvited(d Data, e messages.SessionDescribed) bool { return d.session(e.Session).View.Reinvite }
func autoConnects(d Data, _ messages.SessionDescribed) bool {
	return d.Options.AutoConnectSessions
}

// namesake is the listed session of the same id that a described one finds.
func (d Data) namesake(ref messages.Ref) (Session, bool) {
	mine := d.session(ref).View
	return d.firstListed(func(s Session) bool {
		return s.Raised && s.View.Ref != ref && s.View.Session == mine.Session && s.View.Signalling == mine.Signalling
	})
}

func takesOverID(d Data, e messages.SessionDescribed) bool {
	_, ok := d.namesake(e.Session)
	return ok
}

// yieldOld ends the session whose id the new one has; the far end means the new one by it from now on.
func yieldOld(d Data, e messages.SessionDescribed) (Data, acts) {
	old, _ := d.namesake(e.Session)
	return d, acts{tell(old.View.Ref, messages.YieldSession{})}
}

func announceNoHandlerForSession(d Data, _ messages.SessionDescribed) (Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, noHandler)
}

// adopt fills in what the pending invitation of the session's conversation knows, and begins to watch the session.
func adopt(d Data, e messages.SessionDescribed) (Data, acts) {
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
	if !d.Quirks.Has(quirk.ProposalsKept) {
		out = append(out, d.forget(s.View.Session)...)
	}
	return d, out
}

// keepBook notes a reinvite's start like any other.
func keepBook(d Data, e messages.SessionDescribed) (Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.Started, s.Kept = []messages.ConversationID{s.Carries}, true
	d.Sessions = replace(d.Sessions, i, s)
	return d, nil
}

// settleAnswered settles the invitation that the session came from. The fact handled-needs-echo: the SDK waits for its own
// accept to come back.
func settleAnswered(d Data, e messages.SessionDescribed) (Data, acts) {
	if d.Quirks.Has(quirk.HandledNeedsEcho) {
		return d, nil
	}
	s := d.session(e.Session)
	return d, acts{tell(messages.Root, messages.PendingHandled{Session: s.View.Session, Conversation: s.Carries})}
}

func announceStarted(d Data, e messages.SessionDescribed) (Data, acts) {
	return d, acts{messages.Announce{Event: messages.SessionStarted{Session: d.session(e.Session).summary()}}}
}

func sendAccept(d Data, e messages.SessionDescribed) (Data, acts) {
	return d, acts{messages.SendAccept{Session: d.session(e.Session).View.Session, To: d.bareJID()}}
}

// replaceOld ends the session that a reinvite replaces: the first listed one of the conversation, which may be the new
// one itself when the old one is gone.
func replaceOld(d Data, e messages.SessionDescribed) (Data, acts) {
	conversation := d.session(e.Session).Carries
	itself := d.Quirks.Has(quirk.ReinviteEndsItself)
	old, ok := d.firstListed(func(s Session) bool {
		return s.phone() && s.Carries == conversation && (itself || s.View.Ref != e.Session)
	})
	if !ok {
		return d, nil
	}
	old.Replaced = true
	d.Sessions = replace(d.Sessions, d.sessionAt(old.View.Ref), old)
	return d, acts{messages.Spawn{Actor: "departure", Msg: messages.Depart{Session: old.View.Ref, Reason: "alternative-session"}}}
}

func acceptOnItsOwn(d Data, e messages.SessionDescribed) (Data, acts) {
	return d, acts{messages.Later{To: messages.Root, Msg: messages.AcceptNow{Session: e.Session}}}
}

// --- accepting

func lineIsThis(d Data, e messages.AcceptNow) bool {
	line, ok := d.lineSession()
	return !d.concurrent() && ok && d.lineLive() && line.View.Session == d.session(e.Session).View.Session
}

func holdsOthers(d Data, e messages.AcceptNow) bool {
	return d.concurrent() && !d.session(e.Session).View.Reinvite
}

// callsNobody: the session is an eager connection, which carries no call.
func callsNobody(d Data, e messages.AcceptNow) bool {
	return d.concurrent() && d.session(e.Session).View.PrivAnswer == "Auto"
}

func becomesLine(d Data, _ messages.AcceptNow) bool {
	return (d.persistent() || !d.concurrent()) && !d.lineLive()
}

func settleAccept(d Data, e messages.AcceptNow) (Data, acts) { return d, messages.Settled(e.Call, nil) }

func holdOthers(d Data, e messages.AcceptNow) (Data, acts) { return d, d.holdOthers(e.Session) }

// holdOthers holds the conversation of each other active session, unless it is held or its peer connection is down.
// Nobody waits for it.
func (d Data) holdOthers(but messages.Ref) acts {
	var out acts
	for _, s := range d.Listed() {
		i := d.conversationAt(s.Carries)
		if !s.phone() || s.View.Ref == but || s.View.Stage != stageActive || i < 0 || d.Conversations[i].Leg.Held.True() || down(s.Media.Connection) {
			continue
		}
		if !d.worthHolding(d.Conversations[i], but) {
			continue
		}
		out = append(out, tell(d.Conversations[i].Ref, messages.HoldOrdered{Held: true}),
			messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbHold, Known: d.whereabouts(carriedName(s.Carries)), Value: true}})
	}
	return out
}

// worthHolding tells whether a conversation is to be held for another session. The pick holds-own-call: any, or one that
// is connected and not that session's own.
func (d Data) worthHolding(v messages.ConversationView, but messages.Ref) bool {
	if d.Quirks.Has(quirk.HoldsOwnCall) {
		return true
	}
	return v.Leg.State.Class() == messages.ConnectedClass && v.Conversation != d.session(but).Carries
}

// carriedName is the conversation that a session carries as the SDK names it in a request: a session that never had one
// is asked about all the same.
func carriedName(c messages.ConversationID) messages.ConversationID {
	if c == "" {
		return "undefined"
	}
	return c
}

// down tells whether a peer connection cannot carry a hold (sdk-behaviour 1.6.10).
func down(p messages.PeerPhase) bool {
	return p == messages.PeerDisconnected || p == messages.PeerFailed || p == messages.PeerClosed
}

func takeLine(d Data, e messages.AcceptNow) (Data, acts) { return d.takeLine(e.Session) }

func (d Data) takeLine(ref messages.Ref) (Data, acts) {
	i := d.sessionAt(ref)
	s := d.Sessions[i]
	s.WasLine = true
	d.Sessions = replace(d.Sessions, i, s)
	return d, acts{tell(messages.LineActor, messages.LineTaken{Session: ref, Live: s.Media.Connection == messages.PeerConnected})}
}

func startAcceptance(d Data, e messages.AcceptNow) (Data, acts) {
	i := d.sessionAt(e.Session)
	accepting := d.Sessions[i]
	accepting.Accepting = true
	d.Sessions = replace(d.Sessions, i, accepting)
	return d, acts{messages.Spawn{Actor: "negotiation", Msg: messages.StartAcceptance{Call: e.Call, Session: d.session(e.Session).View}}}
}

func tellGoOn(d Data, e messages.MicrophoneReady) (Data, acts) {
	s := d.session(e.Session)
	return d, acts{tell(e.Negotiation, messages.GoOn{Closed: s.Media.Closed || s.View.Ref == 0, Ended: s.View.Over})}
}

func carriesKnown(d Data, e messages.AttachSession) bool {
	return d.conversationAt(d.session(e.Session).Carries) >= 0
}

func privateSession(d Data, e messages.AttachSession) bool {
	return d.session(e.Session).View.PrivAnswer == "Auto"
}

func attachSession(d Data, e messages.AttachSession) (Data, acts) {
	s := d.session(e.Session)
	v := d.Conversations[d.conversationAt(s.Carries)]
	for i, p := range d.Published {
		if p.Ref == v.Ref && p.Version == v.Version {
			p.Sessionless = false
			d.Published = replace(d.Published, i, p)
		}
	}
	return d, acts{tell(v.Ref, messages.SessionAttached{Ref: v.Ref, Conversation: s.Carries, Session: s.View})}
}

func storePlaceholder(d Data, e messages.AttachSession) (Data, acts) {
	s := d.session(e.Session)
	return d, acts{messages.Spawn{Actor: "conversation", Msg: messages.SessionAttached{Conversation: s.Carries, Session: s.View}}}
}

// --- a session ends

func endedOverJingle(d Data, e messages.SessionTerminatedNow) bool {
	return d.session(e.Session).View.Signalling == messages.Jingle
}

// wasLine tells whether a session's end hands the line over. The pick line-lost-to-old-session: if it ever was the shared
// one, or if it is.
func wasLine(d Data, e messages.SessionTerminatedNow) bool {
	if d.Quirks.Has(quirk.LineLostToOldSession) {
		return d.session(e.Session).WasLine
	}
	return d.Line.Session == e.Session
}

// neverRaised: the session ended before it was made known, or to somebody who does not listen.
func neverRaised(d Data, e messages.SessionTerminatedNow) bool { return !d.session(e.Session).Raised }

// unlist takes the session from the list. The pick namesakes-together: and with it all of its kind that have its id.
func unlist(d Data, e messages.SessionTerminatedNow) (Data, acts) {
	ended := d.session(e.Session)
	together := d.Quirks.Has(quirk.NamesakesTogether)
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

// forgetEnded goes through the sessions once an end was made known.
func forgetEnded(d Data, _ messages.SessionTerminatedNow) (Data, acts) { return d.sweep() }

func announceEnd(d Data, e messages.SessionTerminatedNow) (Data, acts) {
	return d, d.announceEnd(e.Session, e.Reason)
}

// announceEnd announces the end of a session. The fact ends-announced-again: once, with what it carries, or for each
// conversation whose start was announced and whose end was not.
func (d Data) announceEnd(ref messages.Ref, reason string) acts {
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
func forgetStart(d Data, e messages.EndAnnounced) (Data, acts) {
	i := d.sessionAt(e.Ref)
	if i < 0 {
		return d, nil
	}
	s := d.Sessions[i]
	s.Started = slices.DeleteFunc(slices.Clone(s.Started), func(c messages.ConversationID) bool { return c == e.Conversation })
	d.Sessions = replace(d.Sessions, i, s)
	return d, nil
}

// handOver gives the line to the first active session under a persistent connection, else to nobody.
func handOver(d Data, e messages.SessionTerminatedNow) (Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.WasLine = false
	d.Sessions = replace(d.Sessions, i, s)
	next, ok := d.firstListed(func(s Session) bool { return s.View.Stage == stageActive })
	if ok && d.persistent() {
		return d.takeLine(next.View.Ref)
	}
	return d, acts{tell(messages.LineActor, messages.LineReleased{})}
}

func tellDepartures(d Data, e messages.SessionTerminatedNow) (Data, acts) {
	var out acts
	for _, w := range d.Watchers {
		out = append(out, tell(w.Ref, messages.SessionTerminatedSeen{Session: e.Session}))
	}
	return d, out
}

// tellWatchers tells who waits for the announcement, when all that it causes is done.
func tellWatchers(d Data, e messages.EndAnnounced) (Data, acts) {
	var out acts
	for _, w := range d.Watchers {
		out = append(out, messages.Later{To: w.Ref, Msg: e})
	}
	return d, out
}

func noteWatcher(d Data, e messages.WatcherView) (Data, acts) {
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

func announceInterrupted(d Data, e messages.InterruptionSeen) (Data, acts) {
	s := d.session(e.Session)
	if !s.Raised {
		return d, nil
	}
	return d, acts{messages.Announce{Event: messages.SessionInterrupted{Session: s.View.Session, Conversation: s.Carries, Type: s.View.Type}}}
}

// --- the page is shown

func shown(_ Data, e messages.PageShown) bool  { return e.Visible }
func watched(d Data, e messages.PeerGone) bool { return d.session(e.Session).Watched }

func checkPeers(d Data, _ messages.PageShown) (Data, acts) {
	var out acts
	for _, s := range d.Sessions {
		if s.Watched {
			out = append(out, tell(s.View.Ref, messages.CheckPeer{}))
		}
	}
	return d, out
}

func announceGone(d Data, e messages.PeerGone) (Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.Watched = false
	d.Sessions = replace(d.Sessions, i, s)
	return d, d.announceEnd(e.Session, "gone")
}

// --- requests about sessions

const unableToFind = "Unable to find session"

func acceptUnnamed(_ Data, e messages.AcceptSession) bool { return e.Conversation == "" }
func endUnnamed(_ Data, e messages.EndSession) bool       { return e.Conversation == "" }

func (d Data) unknown(c messages.ConversationID) bool {
	_, ok := d.sessionOf(c)
	return !ok
}

func acceptUnknown(d Data, e messages.AcceptSession) bool { return d.unknown(e.Conversation) }
func endUnknown(d Data, e messages.EndSession) bool       { return d.unknown(e.Conversation) }
func muteUnknown(d Data, e messages.Mute) bool            { return d.unknown(e.Conversation) }
func muteVideoUnknown(d Data, e messages.MuteVideo) bool  { return d.unknown(e.Conversation) }
func holdUnknown(d Data, e messages.Hold) bool            { return d.unknown(e.Conversation) }

func terminateUnknown(d Data, e messages.TerminateSession) bool {
	_, ok := d.firstListed(identified(e.Session))
	return !ok
}

func refuseAcceptUnnamed(d Data, e messages.AcceptSession) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrInvalidOptions, "A conversationId is required for acceptSession")
}

func refuseEndUnnamed(d Data, e messages.EndSession) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "Unable to end session: must provide a conversationId.")
}

func refuseAcceptUnknown(d Data, e messages.AcceptSession) (Data, acts) { return d, notFound(e.Call) }
func refuseEndUnknown(d Data, e messages.EndSession) (Data, acts)       { return d, notFound(e.Call) }
func refuseMute(d Data, e messages.Mute) (Data, acts)                   { return d, notFound(e.Call) }
func refuseMuteVideo(d Data, e messages.MuteVideo) (Data, acts)         { return d, notFound(e.Call) }
func refuseHold(d Data, e messages.Hold) (Data, acts)                   { return d, notFound(e.Call) }

func notFound(call messages.CallID) acts {
	return messages.Refused(call, messages.ErrSession, unableToFind)
}

func refuseTerminate(d Data, e messages.TerminateSession) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrGeneric, "Failed to find session by sessionId")
}

func refuseVideo(d Data, e messages.MuteVideo) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrNotSupported, "Video mute not supported for sessionType softphone")
}

func acceptedByHand(d Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	return s.ByHand
}

// acceptedAlready: it was accepted on its own, or is being.
func acceptedAlready(d Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	return s.Accepting || s.View.Stage == stageActive
}

// announceAcceptFailed: a session that was to be accepted on its own could not be; nobody else would tell.
func announceAcceptFailed(d Data, e messages.AcceptUntold) (Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, e.Message)
}

func forgetByHand(d Data, e messages.AcceptFailed) (Data, acts) {
	i := d.sessionAt(e.Session)
	if i < 0 {
		return d, nil
	}
	s := d.Sessions[i]
	s.ByHand, s.Accepting = false, false
	d.Sessions = replace(d.Sessions, i, s)
	return d, nil
}

func acceptByHand(d Data, e messages.AcceptSession) (Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	s.ByHand = true
	d.Sessions = replace(d.Sessions, d.sessionAt(s.View.Ref), s)
	return d, acts{tell(messages.Root, messages.AcceptNow{Session: s.View.Ref, Call: e.Call})}
}

// foreign: the streaming layer has a session of a type that no handler takes.
func foreign(s Session) bool { return s.View.Type == messages.UnknownType }

func (d Data) foreign(c messages.ConversationID) bool {
	s, ok := d.sessionOf(c)
	return ok && foreign(s)
}

func acceptForeign(d Data, e messages.AcceptSession) bool { return d.foreign(e.Conversation) }
func endForeign(d Data, e messages.EndSession) bool       { return d.foreign(e.Conversation) }
func muteForeign(d Data, e messages.Mute) bool            { return d.foreign(e.Conversation) }
func muteVideoForeign(d Data, e messages.MuteVideo) bool  { return d.foreign(e.Conversation) }
func holdForeign(d Data, e messages.Hold) bool            { return d.foreign(e.Conversation) }
func foreignListed(d Data, _ messages.Destroy) bool       { return slices.ContainsFunc(d.Listed(), foreign) }

func terminateForeign(d Data, e messages.TerminateSession) bool {
	s, _ := d.firstListed(identified(e.Session))
	return foreign(s)
}

// nameless: a Jingle session that no propose announced and no handler took; nothing says what it is.
func nameless(s Session) bool { return s.View.Type == "" }

func terminateNameless(d Data, e messages.TerminateSession) bool {
	s, ok := d.firstListed(identified(e.Session))
	return ok && nameless(s)
}

func namelessListed(d Data, _ messages.Destroy) bool {
	s, ok := d.firstListed(func(s Session) bool { return nameless(s) || foreign(s) })
	return ok && nameless(s)
}

func refuseNameless[E messages.Requested](d Data, e E) (Data, acts) {
	return d, messages.Refused(e.Waiting(), messages.ErrGeneric, "getSessionHandler was called without any identifying information")
}

func refuseForeign[E messages.Requested](d Data, e E) (Data, acts) {
	return d, messages.Refused(e.Waiting(), messages.ErrSession, noHandler)
}

func noteByHand(d Data, e messages.AcceptSession) (Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	s.ByHand = true
	d.Sessions = replace(d.Sessions, d.sessionAt(s.View.Ref), s)
	return d, nil
}

// destroyKnown ends what can be ended; the session that nobody takes makes the rest fail.
func destroyKnown(d Data, _ messages.Destroy) (Data, acts) {
	var out acts
	for _, s := range d.Listed() {
		if !foreign(s) && !nameless(s) {
			out = append(out, messages.Spawn{Actor: "departure", Msg: messages.Depart{Session: s.View.Ref}})
		}
	}
	return d, out
}

func hangUp(d Data, e messages.EndSession) (Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	return d, acts{messages.Spawn{Actor: "hangup", Msg: messages.HangUp{
		Call: e.Call, Session: s.View, Known: d.whereabouts(e.Conversation), Reason: e.Reason,
	}}}
}

// tellFallback: the session itself may be ended if it is the conversation's own, or if no other call needs it.
func tellFallback(d Data, e messages.FallbackWanted) (Data, acts) {
	allowed := d.concurrent() || !slices.ContainsFunc(d.Conversations, func(v messages.ConversationView) bool {
		c := v.Leg.State.Class()
		other := !v.Stored || v.Conversation != e.Conversation
		return other && v.Stored && (c == messages.PendingClass || c == messages.ConnectedClass)
	})
	return d, acts{tell(e.HangUp, messages.Fallback{Allowed: allowed})}
}

func depart(d Data, e messages.TerminateSession) (Data, acts) {
	s, _ := d.firstListed(identified(e.Session))
	return d, acts{messages.Spawn{Actor: "departure", Msg: messages.Depart{Call: e.Call, Session: s.View.Ref, Reason: e.Reason}}}
}

func mute(d Data, e messages.Mute) (Data, acts) {
	return d, append(d.region(e.Conversation, messages.MuteOrdered{Muted: e.Muted}), messages.Spawn{Actor: "order", Msg: messages.Order{
		Verb: messages.VerbMute, Call: e.Call, Known: d.whereabouts(e.Conversation), Value: e.Muted,
	}})
}

// region tells a region of a stored conversation what was asked for, or that it was refused.
func (d Data) region(c messages.ConversationID, m messages.Input) acts {
	if i := d.conversationAt(c); i >= 0 {
		return acts{tell(d.Conversations[i].Ref, m)}
	}
	return nil
}

func undoHold(d Data, e messages.HoldRefused) (Data, acts) { return d, d.region(e.Conversation, e) }
func undoMute(d Data, e messages.MuteRefused) (Data, acts) { return d, d.region(e.Conversation, e) }

func peerIsDown(d Data, e messages.Hold) bool {
	s, _ := d.sessionOf(e.Conversation)
	return down(s.Media.Connection)
}

func retrievesAmongOthers(d Data, e messages.Hold) bool {
	return !e.Held && d.concurrent() && len(d.Conversations) > 1
}

func holdOtherThanThis(d Data, e messages.Hold) (Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	return d, d.holdOthers(s.View.Ref)
}

func hold(d Data, e messages.Hold) (Data, acts) {
	return d, append(d.region(e.Conversation, messages.HoldOrdered{Held: e.Held}), messages.Spawn{Actor: "order", Msg: messages.Order{
		Verb: messages.VerbHold, Call: e.Call, Known: d.whereabouts(e.Conversation), Value: e.Held,
	}})
}

func streamDown(d Data, _ messages.Dial) bool   { return !d.Stream.Up }
func dialDisabled(d Data, _ messages.Dial) bool { return !d.Enabled }

func refuseDialDown(d Data, e messages.Dial) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "A session cannot be started as streaming client is not yet connected")
}

func refuseDialDisabled(d Data, e messages.Dial) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrGeneric, "Cannot start a session with a disabled session handler")
}

func dial(d Data, e messages.Dial) (Data, acts) {
	d.Dialling++
	return d, acts{messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbDial, Call: e.Call, Body: e.Params}}}
}

// dialledMax bounds the dialled conversations that are remembered.
const dialledMax = 64

// notePlaced remembers that this client dialled the conversation, and tells the invitations that wait to know.
func notePlaced(d Data, e messages.CallPlaced) (Data, acts) {
	d.Dialling--
	if e.Conversation != "" {
		d.Dialled = append(slices.Clip(slices.Clone(d.Dialled)), e.Conversation)
		d.Dialled = d.Dialled[max(0, len(d.Dialled)-dialledMax):]
	}
	e.Last = d.Dialling == 0
	var out acts
	for _, v := range d.Invitations {
		out = append(out, tell(v.Ref, e))
	}
	return d, out
}
