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

// The stages of a session that matter here.
const (
	stageActive = "active"
	stageEnded  = "ended"
)

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
// reinvite-ends-itself: that may be the new one itself when the old one is gone, and one that was replaced already. The
// pick ended-session-meant: or, if none carries it, one on which it was started.
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
