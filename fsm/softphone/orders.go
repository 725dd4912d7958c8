package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// orders: what the embedding program asks of a call, and what comes of it.
var orders = together(
	on(messages.Answer{}).If(nothingToAnswer).Do(refuseAnswer).Source("1.4 acceptPendingSession"),
	on(messages.Answer{}).Do(answer).Source("1.4 acceptPendingSession"),
	on(messages.Decline{}).If(nothingToDecline).Do(refuseDecline).Source("1.4 rejectPendingSession"),
	on(messages.Decline{}).Do(decline).Source("1.4 rejectPendingSession"),
	on(messages.AcceptSession{}).If(acceptUnnamed).Do(refuseAcceptUnnamed).Source("1.4 acceptSession"),
	on(messages.AcceptSession{}).If(acceptUnknown).Do(refuseAcceptUnknown).Source("1.4 acceptSession"),
	on(messages.AcceptSession{}).If(acceptEnded).Corrected(quirk.EndedSessionActiveAgain).Do(refuseAcceptUnknown),
	on(messages.AcceptSession{}).If(onlyRings).Corrected(quirk.AcceptRepeats).Do(refuseAcceptUnknown),
	on(messages.AcceptSession{}).If(undescribed).Corrected(quirk.AcceptRepeats).Do(refuseAcceptUnknown),
	on(messages.AcceptSession{}).If(acceptedAlready).Corrected(quirk.AcceptRepeats).Do(settle),
	on(messages.AcceptUntold{}).Corrected(quirk.AcceptFailsSilently).Do(announceAcceptFailed),
	on(messages.AcceptFailed{}).If(upAllTheSame).Corrected(quirk.FailedAcceptIsFinal),
	on(messages.AcceptFailed{}).Corrected(quirk.FailedAcceptIsFinal).Do(forgetByHand),
	on(messages.AcceptSession{}).If(acceptedByHand).Do(settle).Source("1.4 acceptSession"),
	on(messages.AcceptSession{}).If(acceptForeign).Do(noteByHand, refuseForeign).Source("1.4 routing none"),
	on(messages.AcceptSession{}).Do(acceptByHand).Source("1.4 acceptSession"),
	on(messages.EndSession{}).If(endUnnamed).Do(refuseEndUnnamed).Source("1.4 endSession"),
	on(messages.EndSession{}).If(endUnknown).Do(refuseEndUnknown).Source("1.4 endSession"),
	on(messages.EndSession{}).If(endForeign).Do(refuseForeign).Source("1.4 routing none"),
	on(messages.EndSession{}).Do(hangUp).Source("1.4 endSession"),
	on(messages.TerminateSession{}).If(terminateUnknown).Do(refuseTerminate).Source("1.4 forceTerminateSession"),
	on(messages.TerminateSession{}).If(terminateNameless).Do(refuseNameless).Source("1.4 routing none"),
	on(messages.TerminateSession{}).If(terminateForeign).Do(refuseForeign).Source("1.4 routing none"),
	on(messages.TerminateSession{}).Do(depart).Source("1.4 forceTerminateSession"),
	on(messages.Mute{}).If(muteUnknown).Do(refuseMute).Source("1.4 setAudioMute"),
	on(messages.Mute{}).If(muteForeign).Do(refuseForeign).Source("1.4 routing none"),
	on(messages.Mute{}).Do(mute).Source("1.6.10 setAudioMute"),
	on(messages.MuteVideo{}).If(muteVideoUnknown).Do(refuseMuteVideo).Source("1.4 setVideoMute"),
	on(messages.MuteVideo{}).If(muteVideoForeign).Do(refuseForeign).Source("1.4 routing none"),
	on(messages.MuteVideo{}).Do(refuseVideo).Source("1.6.10 setVideoMute"),
	on(messages.Hold{}).If(holdUnknown).Do(refuseHold).Source("1.4 setConversationHeld"),
	on(messages.Hold{}).If(holdForeign).Do(refuseForeign).Source("1.4 routing none"),
	on(messages.Hold{}).If(peerIsDown).Do(settle).Source("1.6.10 setConversationHeld"),
	on(messages.Hold{}).If(retrievesAmongOthers).Do(holdOtherThanThis, hold).Source("1.6.10 setConversationHeld").Source("4.3 O13"),
	on(messages.Hold{}).Do(hold).Source("1.6.10 setConversationHeld"),
	on(messages.HoldRefused{}).Do(undoHold).Source("1.6.10 setConversationHeld"),
	on(messages.MuteRefused{}).Do(undoMute).Source("1.6.10 setAudioMute"),
	on(messages.Dial{}).If(streamDown).Do(refuseDialDown).Source("1.1 startSession"),
	on(messages.Dial{}).If(dialDisabled).Do(refuseDialDisabled).Source("1.1 startSession"),
	on(messages.Dial{}).Do(dial).Source("3.6 POST calls"))

// tooEarly: what the SDK says of calls, of which there are none, from the moment when it has something to ask and before it
// is wired.
var tooEarly = together(
	on(messages.Answer{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseAnswer),
	on(messages.Decline{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseDecline),
	on(messages.AcceptSession{}).If(managed).If(acceptUnnamed).Quirk(quirk.StumblesUninitialized).Do(refuseAcceptUnnamed),
	on(messages.AcceptSession{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseAcceptUnknown),
	on(messages.EndSession{}).If(managed).If(endUnnamed).Quirk(quirk.StumblesUninitialized).Do(refuseEndUnnamed),
	on(messages.EndSession{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseEndUnknown),
	on(messages.TerminateSession{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseTerminate),
	on(messages.Mute{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseMute),
	on(messages.MuteVideo{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseMuteVideo),
	on(messages.Hold{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseHold),
	on(messages.Dial{}).If(managed).If(streamDown).Quirk(quirk.StumblesUninitialized).Do(refuseDialDown),
	on(messages.Dial{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(refuseDialDisabled),
	on(messages.AllowSessionType{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(settle),
	on(messages.DisallowSessionType{}).If(managed).Quirk(quirk.StumblesUninitialized).Do(settle))

const unableToFind = "Unable to find session"

func acceptUnnamed(_ *Data, e messages.AcceptSession) bool { return e.Conversation == "" }
func endUnnamed(_ *Data, e messages.EndSession) bool       { return e.Conversation == "" }

func (d *Data) unknown(c messages.ConversationID) bool {
	_, ok := d.sessionOf(c)
	return !ok
}

func acceptUnknown(d *Data, e messages.AcceptSession) bool { return d.unknown(e.Conversation) }
func endUnknown(d *Data, e messages.EndSession) bool       { return d.unknown(e.Conversation) }
func muteUnknown(d *Data, e messages.Mute) bool            { return d.unknown(e.Conversation) }
func muteVideoUnknown(d *Data, e messages.MuteVideo) bool  { return d.unknown(e.Conversation) }
func holdUnknown(d *Data, e messages.Hold) bool            { return d.unknown(e.Conversation) }

func terminateUnknown(d *Data, e messages.TerminateSession) bool {
	_, ok := d.firstListed(identified(e.Session))
	return !ok
}

func refuseAcceptUnnamed(d *Data, e messages.AcceptSession) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrInvalidOptions, "A conversationId is required for acceptSession")
}

func refuseEndUnnamed(d *Data, e messages.EndSession) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "Unable to end session: must provide a conversationId.")
}

func refuseAcceptUnknown(d *Data, e messages.AcceptSession) (*Data, acts) { return d, notFound(e.Call) }
func refuseEndUnknown(d *Data, e messages.EndSession) (*Data, acts)       { return d, notFound(e.Call) }
func refuseMute(d *Data, e messages.Mute) (*Data, acts)                   { return d, notFound(e.Call) }
func refuseMuteVideo(d *Data, e messages.MuteVideo) (*Data, acts)         { return d, notFound(e.Call) }
func refuseHold(d *Data, e messages.Hold) (*Data, acts)                   { return d, notFound(e.Call) }

func notFound(call messages.CallID) acts {
	return messages.Refused(call, messages.ErrSession, unableToFind)
}

func refuseTerminate(d *Data, e messages.TerminateSession) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrGeneric, "Failed to find session by sessionId")
}

func refuseVideo(d *Data, e messages.MuteVideo) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrNotSupported, "Video mute not supported for sessionType softphone")
}

func acceptedByHand(d *Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	return s.ByHand
}

// acceptEnded: the call had a session, and no other has come.
func acceptEnded(d *Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	return s.View.Over
}

// onlyRings: the call is not up yet, and the session is another one's.
func onlyRings(d *Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	_, rings := d.invitationFor("", e.Conversation, "")
	i := d.conversationAt(e.Conversation)
	alerts := i >= 0 && d.Conversations[i].Leg.State.Class() == messages.PendingClass
	return (rings || alerts) && !s.has(e.Conversation)
}

// undescribed: nobody was told of the session yet, and there is nothing to answer; one over XMPP would not even be found.
func undescribed(d *Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	return !s.View.Described
}

// acceptedAlready: it was accepted on its own, or is being. A session whose renegotiation was answered has no microphone yet.
func acceptedAlready(d *Data, e messages.AcceptSession) bool {
	s, _ := d.sessionOf(e.Conversation)
	return s.Accepting
}

// announceAcceptFailed: a session that was to be accepted on its own could not be; nobody else would tell.
func announceAcceptFailed(d *Data, e messages.AcceptUntold) (*Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, e.Message)
}

// upAllTheSame: the answer was never acknowledged, but media flows, so the far end has it.
func upAllTheSame(d *Data, e messages.AcceptFailed) bool {
	return e.Unacknowledged && d.session(e.Session).Media.Connection == messages.PeerConnected
}

func forgetByHand(d *Data, e messages.AcceptFailed) (*Data, acts) {
	i := d.sessionAt(e.Session)
	if i < 0 {
		return d, nil
	}
	s := d.Sessions[i]
	s.ByHand, s.Accepting = false, false
	d.Sessions = replace(d.Sessions, i, s)
	if s.View.Finished && d.Line.Session == e.Session { // it took the line, to no use
		return d, acts{tell(messages.LineActor, messages.LineReleased{})}
	}
	return d, nil
}

func acceptByHand(d *Data, e messages.AcceptSession) (*Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	s.ByHand = true
	d.Sessions = replace(d.Sessions, d.sessionAt(s.View.Ref), s)
	return d, acts{tell(messages.Root, messages.AcceptNow{Session: s.View.Ref, Call: e.Call})}
}

// foreign: the streaming layer has a session of a type that no handler takes.
func foreign(s Session) bool { return s.View.Type == messages.UnknownType }

func (d *Data) foreign(c messages.ConversationID) bool {
	s, ok := d.sessionOf(c)
	return ok && foreign(s)
}

func acceptForeign(d *Data, e messages.AcceptSession) bool { return d.foreign(e.Conversation) }
func endForeign(d *Data, e messages.EndSession) bool       { return d.foreign(e.Conversation) }
func muteForeign(d *Data, e messages.Mute) bool            { return d.foreign(e.Conversation) }
func muteVideoForeign(d *Data, e messages.MuteVideo) bool  { return d.foreign(e.Conversation) }
func holdForeign(d *Data, e messages.Hold) bool            { return d.foreign(e.Conversation) }
func foreignListed(d *Data, _ messages.Destroy) bool       { return slices.ContainsFunc(d.Listed(), foreign) }

func terminateForeign(d *Data, e messages.TerminateSession) bool {
	s, _ := d.firstListed(identified(e.Session))
	return foreign(s)
}

// nameless: a Jingle session that no propose announced and no handler took; nothing says what it is.
func nameless(s Session) bool { return s.View.Type == "" }

func terminateNameless(d *Data, e messages.TerminateSession) bool {
	s, ok := d.firstListed(identified(e.Session))
	return ok && nameless(s)
}

func namelessListed(d *Data, _ messages.Destroy) bool {
	s, ok := d.firstListed(func(s *Session) bool { return nameless(*s) || foreign(*s) })
	return ok && nameless(s)
}

func refuseNameless[E messages.Requested](d *Data, e E) (*Data, acts) {
	return d, messages.Refused(e.Waiting(), messages.ErrGeneric, "getSessionHandler was called without any identifying information")
}

func refuseForeign[E messages.Requested](d *Data, e E) (*Data, acts) {
	return d, messages.Refused(e.Waiting(), messages.ErrSession, noHandler)
}

func noteByHand(d *Data, e messages.AcceptSession) (*Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	s.ByHand = true
	d.Sessions = replace(d.Sessions, d.sessionAt(s.View.Ref), s)
	return d, nil
}

// destroyBefore ends the sessions that are listed before the first that nobody takes: the real client goes through its list,
// and fails in passing at that one.
func destroyBefore(d *Data, _ messages.Destroy) (*Data, acts) {
	all := d.Listed()
	return d, departures(all[:firstUntaken(all)])
}

// destroyAfter ends those behind it.
func destroyAfter(d *Data, _ messages.Destroy) (*Data, acts) {
	all := d.Listed()
	return d, departures(all[firstUntaken(all):])
}

func firstUntaken(all []Session) int {
	return slices.IndexFunc(all, func(s Session) bool { return foreign(s) || nameless(s) })
}

// departures end what can be ended.
func departures(of []Session) (out acts) {
	for _, s := range of {
		if !foreign(s) && !nameless(s) {
			out = append(out, messages.Spawn{Actor: "departure", Msg: messages.Depart{Session: s.View.Ref}})
		}
	}
	return out
}

func hangUp(d *Data, e messages.EndSession) (*Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	return d, acts{messages.Spawn{Actor: "hangup", Msg: messages.HangUp{
		Call: e.Call, Session: s.View, Known: d.whereabouts(e.Conversation), Reason: e.Reason,
	}}}
}

// goneAlready: the session was over and is forgotten, so there is nothing to fall back on, and nothing to be done.
func goneAlready(d *Data, e messages.FallbackWanted) bool { return d.sessionAt(e.Session) < 0 }

func tellGone(d *Data, e messages.FallbackWanted) (*Data, acts) {
	return d, acts{tell(e.HangUp, messages.Departed{})}
}

// tellFallback: the session itself may be ended if it is the conversation's own, or if no other call needs it.
func tellFallback(d *Data, e messages.FallbackWanted) (*Data, acts) {
	allowed := d.concurrent() || !slices.ContainsFunc(d.Conversations, func(v messages.ConversationView) bool {
		c := v.Leg.State.Class()
		other := !v.Stored || v.Conversation != e.Conversation
		return other && v.Stored && (c == messages.PendingClass || c == messages.ConnectedClass)
	})
	return d, acts{tell(e.HangUp, messages.Fallback{Allowed: allowed})}
}

func depart(d *Data, e messages.TerminateSession) (*Data, acts) {
	s, _ := d.firstListed(identified(e.Session))
	return d, acts{messages.Spawn{Actor: "departure", Msg: messages.Depart{Call: e.Call, Session: s.View.Ref, Reason: e.Reason}}}
}

func mute(d *Data, e messages.Mute) (*Data, acts) {
	return d, append(d.region(e.Conversation, messages.MuteOrdered{Muted: e.Muted}), messages.Spawn{Actor: "order", Msg: messages.Order{
		Verb: messages.VerbMute, Call: e.Call, Known: d.whereabouts(e.Conversation), Value: e.Muted,
	}})
}

// region tells a region of a stored conversation what was asked for, or that it was refused.
func (d *Data) region(c messages.ConversationID, m messages.Input) acts {
	if i := d.conversationAt(c); i >= 0 {
		return acts{tell(d.Conversations[i].Ref, m)}
	}
	return nil
}

func undoHold(d *Data, e messages.HoldRefused) (*Data, acts) {
	return d.stopHolding(e.Conversation), d.region(e.Conversation, e)
}

func undoMute(d *Data, e messages.MuteRefused) (*Data, acts) { return d, d.region(e.Conversation, e) }

func peerIsDown(d *Data, e messages.Hold) bool {
	s, _ := d.sessionOf(e.Conversation)
	return down(s.Media.Connection)
}

func retrievesAmongOthers(d *Data, e messages.Hold) bool {
	return !e.Held && d.concurrent() && len(d.Conversations) > 1
}

func holdOtherThanThis(d *Data, e messages.Hold) (*Data, acts) {
	s, _ := d.sessionOf(e.Conversation)
	return d.holdOthers(s.View.Ref)
}

func hold(d *Data, e messages.Hold) (*Data, acts) {
	return d.stopHolding(e.Conversation), append(d.region(e.Conversation, messages.HoldOrdered{Held: e.Held}), messages.Spawn{Actor: "order", Msg: messages.Order{
		Verb: messages.VerbHold, Call: e.Call, Known: d.whereabouts(e.Conversation), Value: e.Held,
	}})
}

// streamDown: nothing is bound. A stream that is bound need not be set up for a call to be placed: that is a REST request.
func streamDown(d *Data, _ messages.Dial) bool   { return !d.Stream.Bound }
func dialDisabled(d *Data, _ messages.Dial) bool { return !d.Enabled }

func refuseDialDown(d *Data, e messages.Dial) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "A session cannot be started as streaming client is not yet connected")
}

func refuseDialDisabled(d *Data, e messages.Dial) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrGeneric, "Cannot start a session with a disabled session handler")
}

func dial(d *Data, e messages.Dial) (*Data, acts) {
	d.Dialling++
	return d, acts{messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbDial, Call: e.Call, Body: e.Params}}}
}

// dialledMax bounds the dialled conversations that are remembered.
const dialledMax = 64

// notePlaced remembers that this client dialled the conversation, and tells the invitations that wait to know.
func notePlaced(d *Data, e messages.CallPlaced) (*Data, acts) {
	d.Dialling--
	if e.Conversation != "" {
		d.Dialled = replace(d.Dialled, -1, e.Conversation)
		d.Dialled = d.Dialled[max(0, len(d.Dialled)-dialledMax):]
	}
	e.Last = d.Dialling == 0
	var out acts
	for _, v := range d.Invitations {
		out = append(out, tell(v.Ref, e))
	}
	return d, out
}
