package softphone

import (
	"slices"
	"strconv"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// conversationsHeard: what the platform tells of conversations, and what is announced of them.
var conversationsHeard = together(
	on(messages.ConversationNotified{}).If(notificationsOff).Unless(conversationKnown).Source("1.1 disabled handler"),
	on(messages.ConversationNotified{}).If(notificationsOff).Quirk(quirk.CallsOutliveClient).Source("1.1 disabled handler"),
	on(messages.ConversationNotified{}).Unless(mine).Source("1.6.7 no participant"),
	on(messages.ConversationNotified{}).If(conversationKnown).Do(tellConversation).Source("1.6.7 order 1").Source("1.6.7 order 2").Source("1.6.7 order 3").Source("1.6.7 order 4"),
	on(messages.RequestDone{}).If(readNow).Corrected(quirk.DeafWhileDown).Do(hearRead),
	on(messages.ConversationNotified{}).Do(startConversation).Source("1.6.7 order 2").Source("1.6.7 order 3").Source("1.6.7 order 4"),
	on(messages.Publish{}).If(addedBefore).Corrected(quirk.AddedAgain).Do(publishAsUpdate),
	on(messages.Publish{}).If(besideUnheld).Corrected(quirk.SharedStartHoldsNobody).Do(publish, holdForAdded),
	on(messages.Publish{}).If(removes).Do(publishRemoved).Source("1.6.8 assembly").Source("1.6.8 active"),
	on(messages.Publish{}).Do(publish).Source("1.6.8 assembly").Source("1.6.8 active"))

// readAgain asks how the conversations stand that are kept, or ring: nobody told of them for a while.
func readAgain[E messages.Input](d *Data, _ E) (*Data, acts) {
	var out acts
	read := func(c messages.ConversationID) {
		out = append(out, messages.Spawn{Actor: "request", Msg: messages.Perform{
			Effect: messages.Request{Of: messages.GetConversation, Conversation: c}, Owner: messages.Root, Tag: d.reading(c),
			Timeout: restTimeout, Retrying: true,
		}})
	}
	for _, v := range d.Conversations {
		read(v.Conversation)
	}
	for _, v := range d.Invitations {
		if d.conversationAt(v.Conversation) < 0 && v.Conversation != "" {
			read(v.Conversation)
		}
	}
	return d, out
}

// reading is the tag of a request that reads a conversation: how many notifications of it there were.
func (d *Data) reading(c messages.ConversationID) string {
	told := 0
	if i := d.conversationAt(c); i >= 0 {
		told = d.Conversations[i].Version
	}
	return "read " + strconv.Itoa(told)
}

// readNow: a conversation was read, and no notification of it has come meanwhile, which would be newer.
func readNow(d *Data, e messages.RequestDone) bool {
	read := e.HTTP.Conversation
	return read != nil && e.Tag == d.reading(read.Conversation)
}

// hearRead takes what was read as a notification.
func hearRead(d *Data, e messages.RequestDone) (*Data, acts) {
	return d, acts{tell(messages.Root, *e.HTTP.Conversation)}
}

func notificationsOff(d *Data, _ messages.ConversationNotified) bool { return !d.Enabled }

// mine: the user takes part, with a leg.
func mine(d *Data, e messages.ConversationNotified) bool {
	p, ok := conversation.PickParticipant(d.persons(e.Participants), d.Me.User, "")
	return ok && len(p.Calls) > 0
}

// persons are the participants that may be the user. The pick voicemail-is-user: all, or none that is a voicemail.
func (d *Data) persons(all []messages.Participant) []messages.Participant {
	voicemail := func(p messages.Participant) bool { return p.Purpose == "voicemail" }
	if d.Quirks.Has(quirk.VoicemailIsUser) || !slices.ContainsFunc(all, voicemail) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), voicemail)
}

func conversationKnown(d *Data, e messages.ConversationNotified) bool {
	return d.conversationAt(e.Conversation) >= 0
}

func tellConversation(d *Data, e messages.ConversationNotified) (*Data, acts) {
	v := d.Conversations[d.conversationAt(e.Conversation)]
	n := d.news(e, v.Session)
	n.Ref = v.Ref
	return d, acts{tell(v.Ref, input(n))}
}

func startConversation(d *Data, e messages.ConversationNotified) (*Data, acts) {
	return d, acts{messages.Spawn{Actor: "conversation", Msg: input(d.news(e, 0))}}
}

// input is the news as an input: an error on the leg is told first.
func input(n *messages.LegNews) messages.Input {
	if n.Leg.Failed {
		return messages.LegErred{News: n}
	}
	return n.Of()
}

// news is what a conversation is told: its leg, and the session that the leg is heard on with what is noted about it.
func (d *Data) news(e messages.ConversationNotified, stored messages.Ref) *messages.LegNews {
	p, _ := conversation.PickParticipant(d.persons(e.Participants), d.Me.User, "")
	leg, _ := conversation.PickLeg(p.Calls)
	recalled := leg
	if d.Quirks.Has(quirk.PreviousLegByPreference) {
		again, _ := conversation.PickParticipant(e.Participants, d.Me.User, messages.Connected)
		recalled, _ = conversation.PickLeg(again.Calls)
	}
	n := &messages.LegNews{
		Conversation: e.Conversation, Leg: leg, Recalled: recalled, Participant: p.ID, Purpose: p.Purpose, Self: d.bareJID(),
	}
	v, rings := d.invitationFor("", e.Conversation, "")
	n.Taken, n.Rings = v.Taken, rings
	s, ok := d.heardOn(e.Conversation, stored)
	if !ok && leg.State.Class() == messages.ConnectedClass && d.dialled(e.Conversation, leg) {
		s, ok = d.settingUp()
	}
	if ok && (!d.awaits(v, s) || d.Quirks.Has(quirk.EndedSessionMeant)) {
		n.Session, n.Carries, n.Connection = &s.View, s.Carries, s.Media.Connection
		n.OnLine = s.View.Ref == d.Line.Session || !d.awaits(v, s) && d.shares(s, e.Conversation)
		n.Lost = s.View.Over && !d.Quirks.Has(quirk.EndedSessionMeant)
		n.Started = slices.Contains(s.Started, e.Conversation)
		n.Stays = d.persistent() || len(s.Started) > 1
		n.StartsUnknown = !s.Kept
	}
	n.Dialled = d.dialled(e.Conversation, leg)
	return n
}

// awaits tells whether a call that was answered shares no session, because its own is on its way; nor, above line appearance
// 1, one for which its own is proposed. Then it is not heard on another one either. The pick ended-session-meant: it is heard
// wherever it rang.
func (d *Data) awaits(v messages.InvitationView, s *Session) bool {
	return (v.Coming || d.concurrent() && proposedApart(v, s)) && !s.has(v.Conversation)
}

// proposedApart tells whether an invitation stands for a propose, and of another session.
func proposedApart(v messages.InvitationView, s *Session) bool {
	return v.Session != "" && !v.Mocked && v.Session != s.View.Session
}

// dialled tells whether this client placed a call. While it waits for the answer to such a request, it takes each call that
// the user placed for its own.
func (d *Data) dialled(c messages.ConversationID, leg messages.Leg) bool {
	return slices.Contains(d.Dialled, c) || d.Dialling > 0 && leg.Outbound()
}

// heardOn is the session that a conversation is heard on: the one it has; else the shared one under line appearance 1, or
// one that carries it; else, under a persistent connection, the live shared one if nobody uses it. The pick
// ended-session-meant: the one it has, or that only as long as it lives or there is no other.
// Source: sdk-behaviour 1.6.7.
func (d *Data) heardOn(c messages.ConversationID, stored messages.Ref) (*Session, bool) {
	if stored == 0 {
		return d.hearing(c)
	}
	had := d.stored(stored)
	if d.Quirks.Has(quirk.EndedSessionMeant) || !had.View.Over {
		return had, true
	}
	if s, ok := d.hearing(c); ok {
		return s, true
	}
	return had, true
}

// hearing is the session that a conversation which has none is heard on.
func (d *Data) hearing(c messages.ConversationID) (*Session, bool) {
	var s *Session
	var ok bool
	if d.concurrent() {
		s, ok = d.listed(func(s *Session) bool { return s.phone() && s.Carries == c })
		if !ok && !d.Quirks.Has(quirk.EndedSessionMeant) {
			s, ok = d.listed(func(s *Session) bool { return s.phone() && slices.Contains(s.Started, c) })
		}
	} else {
		s, ok = d.lineSession()
	}
	switch {
	case ok || !d.persistent():
	case d.lineLive() && !d.lineInUse():
		s, ok = d.lineSession()
	case !d.Quirks.Has(quirk.LineNeedsAcceptance):
		s, ok = d.idle()
	}
	return s, ok
}

// idle is the session of a persistent connection that is up and carries no call; of several the last.
func (d *Data) idle() (idle *Session, ok bool) {
	all := d.Listed()
	for i := range all {
		if s := &all[i]; s.phone() && s.View.Stage == stageActive && !s.View.Over && s.Media.Connection == messages.PeerConnected && !d.inUse(s.View.Ref) {
			idle, ok = s, true
		}
	}
	return idle, ok
}

// settingUp is the session of a persistent connection that was answered, is not up yet, and carries no call: a call that this client
// has dialled, and that the platform says is connected, can be on no other. Nothing would tell of it again. The pick
// line-needs-acceptance: there is none.
func (d *Data) settingUp() (*Session, bool) {
	if !d.persistent() || d.Quirks.Has(quirk.LineNeedsAcceptance) {
		return nil, false
	}
	return d.listed(func(s *Session) bool {
		return s.phone() && s.Accepting && s.View.Stage == stageActive && !s.View.Over && !down(s.Media.Connection) && !d.inUse(s.View.Ref)
	})
}

// shares tells whether a conversation is heard on a session that was there before it. The pick line-needs-acceptance: there
// is but the shared one; or each session of a persistent connection may take the next call, and under line appearance 1 a
// call stays where it rang, whichever session is shared since.
func (d *Data) shares(s *Session, c messages.ConversationID) bool {
	if s.View.Conversation == c || d.Quirks.Has(quirk.LineNeedsAcceptance) {
		return false
	}
	return d.persistent() || d.Phone.Present && !d.concurrent()
}

// stored is the session that a conversation has, not copied; one that is gone is an empty one, and nobody else's.
func (d *Data) stored(ref messages.Ref) *Session {
	if i := d.sessionAt(ref); i >= 0 {
		return &d.Sessions[i]
	}
	return &Session{}
}

// noteConversation keeps a conversation, and tells the line whether it is used.
func noteConversation(d *Data, e messages.ConversationView) (*Data, acts) {
	i := slices.IndexFunc(d.Conversations, func(v messages.ConversationView) bool { return v.Ref == e.Ref })
	var out acts
	switch {
	case e.Gone && i < 0: // it was never stored
	case e.Gone:
		d.Conversations = without(d.Conversations, i)
		d = d.stopHolding(e.Conversation)
		d = d.stopSeeking(e.Conversation)
		out = append(out, d.tellOver(e.Conversation)...)
		out = append(out, d.ringSeeking()...)
	default:
		d = d.noteSeeking(i < 0, e)
		d.Conversations = replace(d.Conversations, i, e)
	}
	if e.Leg.Held.True() {
		d = d.stopHolding(e.Conversation)
	}
	if d.sweepable() {
		var swept acts
		d, swept = d.sweep()
		out = append(out, swept...)
	}
	if used := d.Line.Session != 0 && d.lineInUse(); used != d.Line.Used {
		out = append(out, tell(messages.LineActor, messages.LineUsed{Used: used}))
	}
	return d, out
}

// noteSeeking notes a call that waits, and that rings nowhere: its propose is on its way; or it is to be heard on a session
// that is not known to be idle yet.
func (d *Data) noteSeeking(first bool, v messages.ConversationView) *Data {
	if !v.Stored || v.Session != 0 || v.Leg.State.Class() != messages.PendingClass {
		return d.stopSeeking(v.Conversation)
	}
	if _, rings := d.invitationFor("", v.Conversation, ""); first && !rings {
		d.Seeking = replace(d.Seeking, -1, v.Conversation)
	}
	return d
}

// stopSeeking: a call rings, or waits no more.
func (d *Data) stopSeeking(c messages.ConversationID) *Data {
	if i := slices.Index(d.Seeking, c); i >= 0 {
		d.Seeking = without(d.Seeking, i)
	}
	return d
}

// ringSeeking rings the calls that wait for a session which may take them by now.
func (d *Data) ringSeeking() (out acts) {
	for _, c := range d.sought() {
		out = append(out, d.ringSought(c)...)
	}
	return out
}

// sought are the waiting calls that a session may take by now: under line appearance 1 all of them, if the shared one is up; else
// the first, under a persistent connection, which is for the one that is idle. The fact line-needs-acceptance: none ever.
func (d *Data) sought() []messages.ConversationID {
	switch {
	case d.Quirks.Has(quirk.LineNeedsAcceptance) || len(d.Seeking) == 0:
		return nil
	case !d.concurrent() && d.lineLive():
		return d.Seeking
	case d.concurrent() && d.persistent():
		return d.Seeking[:1]
	default:
		return nil
	}
}

// ringSought rings a call on the session that it is heard on, if there is one.
func (d *Data) ringSought(c messages.ConversationID) acts {
	i := d.conversationAt(c)
	s, ok := d.hearing(c)
	if i < 0 || !ok {
		return nil
	}
	v := &d.Conversations[i]
	return acts{
		tell(v.Ref, messages.SessionAttached{Ref: v.Ref, Conversation: v.Conversation, Session: s.View}),
		tell(messages.Root, messages.RingWanted{Invite: messages.PendingSession{
			ID: s.View.Session, Conversation: v.Conversation, AutoAnswer: v.Leg.Outbound(), Type: messages.Softphone,
			FromUser: s.View.FromUser, OriginalRoom: s.View.OriginalRoom, From: s.View.Peer, To: d.bareJID(),
		}}),
	}
}

// tellOver tells the hang-ups that a conversation is over.
func (d *Data) tellOver(c messages.ConversationID) acts {
	var out acts
	for _, w := range d.Watchers {
		if w.HangsUp {
			out = append(out, messages.Later{To: w.Ref, Msg: messages.ConversationOver{Conversation: c}})
		}
	}
	return out
}

// --- conversationUpdate

func removes(_ *Data, e messages.Publish) bool { return e.Change == messages.Removed }

// publish announces the user's calls after a change of one of them.
func publish(d *Data, e messages.Publish) (*Data, acts) {
	u := messages.ConversationUpdate{Current: d.current()}
	if e.Change == messages.Added {
		u.Added = []messages.ConversationState{e.Conversation}
	}
	out := d.announceUpdate(u, e.Session)
	return d, out
}

// besideUnheld: a call that was taken here is up, and another one came up meanwhile: when this one was taken there was
// nothing to hold yet.
func besideUnheld(d *Data, e messages.Publish) bool {
	return e.Change == messages.Added && d.concurrent() && d.session(e.Session).Accepting && len(d.unheldBeside(e)) > 0
}

// unheldBeside are the calls of other sessions that are heard, and that nobody holds yet.
func (d *Data) unheldBeside(e messages.Publish) []messages.ConversationView {
	return slices.DeleteFunc(d.toHold(e.Session), func(v messages.ConversationView) bool {
		return v.Conversation == e.Conversation.Conversation || slices.Contains(d.Holding, v.Conversation)
	})
}

func holdForAdded(d *Data, e messages.Publish) (*Data, acts) { return d.holdAll(d.unheldBeside(e)) }

// addedBefore: the embedding program knows the conversation already.
func addedBefore(_ *Data, e messages.Publish) bool { return e.Change == messages.Added && e.Again }

func publishAsUpdate(d *Data, e messages.Publish) (*Data, acts) {
	e.Change = messages.Updated
	return publish(d, e)
}

func publishRemoved(d *Data, e messages.Publish) (*Data, acts) {
	out := d.announceUpdate(messages.ConversationUpdate{
		Current: d.current(), Removed: []messages.ConversationState{e.Conversation},
	}, e.Session)
	return d, out
}

func (d *Data) current() []messages.ConversationState {
	current := make([]messages.ConversationState, 0, len(d.Conversations))
	for i := range d.Conversations {
		current = append(current, d.State(&d.Conversations[i]))
	}
	return current
}

// announceUpdate announces, and notes in d who was current.
func (d *Data) announceUpdate(u messages.ConversationUpdate, session messages.Ref) acts {
	u.Active, u.ActiveKnown = d.active(session)
	d.Published = make([]Published, 0, len(d.Conversations))
	for i := range d.Conversations {
		v := &d.Conversations[i]
		d.Published = append(d.Published, Published{Ref: v.Ref, Version: v.Version, Sessionless: v.Session == 0})
	}
	return acts{messages.Announce{Event: u}}
}

// heard is the first connected conversation that is not held, or "".
func (d *Data) heard() messages.ConversationID {
	for i := range d.Conversations {
		v := &d.Conversations[i]
		if v.Stored && v.Leg.State.Class() == messages.ConnectedClass && !v.Leg.Held.True() {
			return v.Conversation
		}
	}
	return ""
}

// active is the id of the conversation that is taken for the one that is heard; known false: the SDK says undefined. The
// pick active-stale: as below, or the one that is heard.
// Source: sdk-behaviour 1.6.8, activeConversationId.
func (d *Data) active(session messages.Ref) (id messages.ConversationID, known bool) {
	if !d.Quirks.Has(quirk.ActiveStale) {
		return d.heard(), true
	}
	carried := d.session(session).Carries
	switch len(d.Conversations) {
	case 0:
		if line, ok := d.lineSession(); ok && line.Carries != "" {
			return line.Carries, true
		}
		return carried, true
	case 1:
		v := d.Conversations[0]
		return v.Conversation, v.Stored
	}
	var connected []messages.ConversationView
	for _, v := range d.Conversations {
		if v.Stored && v.Leg.State.Class() == messages.ConnectedClass {
			connected = append(connected, v)
		}
	}
	if len(connected) == 1 {
		return connected[0].Conversation, true
	}
	for _, v := range connected {
		if v.Leg.Held == messages.No {
			return v.Conversation, true
		}
	}
	return carried, true
}
