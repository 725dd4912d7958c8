package softphone

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// invitationsHeard: what the streaming layer tells of proposals, and what becomes of them.
var invitationsHeard = together(
	on(messages.Invited{}).If(fromNowhere).Do(announceNoHandler).Source("1.4 routing none"),
	on(messages.Invited{}).If(softphoneOff).Source("1.4 onPropose disabled"),
	on(messages.Invited{}).If(upHere).Corrected(quirk.MocksDuplicate),
	on(messages.Invited{}).If(invitedBefore).Do(inviteAgain).Source("1.4 onPropose same").Source("1.4 onPropose not accepted").Source("1.4 onPropose accepted"),
	on(messages.Invited{}).Do(invite).Source("1.4 onPropose none"),
	on(messages.RingWanted{}).If(ringsAlready).Corrected(quirk.MocksDuplicate),
	on(messages.RingWanted{}).If(startedHere).Corrected(quirk.MocksDuplicate),
	on(messages.RingWanted{}).Do(mock).Source("1.6.8 row 5a"),
	on(messages.ProceedWanted{}).Do(proceed).Source("1.6.3"))

// proposals: message initiation (XEP-0353).
var proposals = together(
	on(messages.Propose{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Source("1.2 dialing/bind done"),
	on(messages.Propose{}).If(proposedByUs).Source("1.5 none/propose own"),
	on(messages.Propose{}).If(retractedBefore).Unless(stillWaits).Corrected(quirk.PendingsOutliveCalls),
	on(messages.Propose{}).If(proposalKnown).Do(tellProposal).Source("1.5 offered/propose").Source("1.5 proceeded/propose"),
	on(messages.Propose{}).Do(startProposal).Source("1.5 none/propose"),
	on(messages.TakeProposal{}).If(proposedAnew).Corrected(quirk.SenderUnchecked).Do(announceNoProposalError),
	on(messages.TakeProposal{}).If(takeKnown).Do(tellTake).Source("1.5 offered/acceptRtcSession"),
	on(messages.TakeProposal{}).Corrected(quirk.LegacyErrorEvent).Do(announceNoProposalError),
	on(messages.TakeProposal{}).Quirk(quirk.LegacyErrorEvent).Do(announceNoProposal).Source("1.5 none/acceptRtcSession"),
	on(messages.Retract{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Source("1.2 dialing/bind done"),
	on(messages.Retract{}).If(notProposed).Corrected(quirk.PendingsOutliveCalls).Do(noteRetract),
	on(messages.Retract{}).If(retractForeign).Corrected(quirk.SenderUnchecked),
	on(messages.Retract{}).Quirk(quirk.PendingsOutliveCalls).Do(forgetProposal, cancelPending).Source("1.5 any/retract"),
	on(messages.Retract{}).Corrected(quirk.PendingsOutliveCalls).Do(noteRetract, forgetProposal, cancelPending),
	on(messages.Accepted{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Source("1.2 dialing/bind done"),
	on(messages.Accepted{}).If(acceptedByStranger).Corrected(quirk.SenderUnchecked),
	on(messages.Accepted{}).Do(handlePending).Source("1.5 any/accept or reject message"),
	on(messages.Rejected{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Source("1.2 dialing/bind done"),
	on(messages.Rejected{}).If(rejectedByStranger).Corrected(quirk.SenderUnchecked),
	on(messages.Rejected{}).Do(handlePendingRejected).Source("1.5 any/accept or reject message"),
	on(messages.PendingHandled{}).If(handledPending).Do(tellHandled).Source("1.4 onHandledPendingSession"),
	on(messages.PendingCancelled{}).If(cancelledPending).Do(tellCancelled).Source("1.4 onCancelPendingSession"))

// early: nobody can be told of a proposal yet; it rings later, unless another client has taken it by then.
var early = together(
	on(messages.Accepted{}).Unless(acceptedByStranger).Corrected(quirk.DeafBeforeReady).Do(forgetTaken),
	on(messages.Rejected{}).Unless(rejectedByStranger).Corrected(quirk.DeafBeforeReady).Do(forgetRejected))

// softphoneJID is how the SDK knows a softphone's far end (sdk-behaviour 1.4, routing).
var softphoneJID = regexp.MustCompile(`(?i).*@.*gjoll.*`)

// otherJID is how it knows the far ends of the other session types.
var otherJID = regexp.MustCompile(`@conference|^acd-|^screenrecording-`)

// gateway tells whether a far end is a softphone's. The pick gateway-anywhere: gjoll somewhere after the @, or as a label
// of the domain.
func (d *Data) gateway(from messages.JID) bool {
	if d.Quirks.Has(quirk.GatewayAnywhere) {
		return softphoneJID.MatchString(from.Reveal())
	}
	return labelled(domain(from), "gjoll")
}

// labelled tells whether one of a domain's labels is this one.
func labelled(domain, label string) bool {
	for l := range strings.SplitSeq(domain, ".") {
		if l == label {
			return true
		}
	}
	return false
}

// domain is the domain of an address, in lower case.
func domain(jid messages.JID) string {
	address := bare(jid).Reveal()
	if _, after, ok := strings.Cut(address, "@"); ok {
		address = after
	}
	return strings.ToLower(address)
}

// bare is an address without its resource.
func bare(jid messages.JID) messages.JID {
	b, _, _ := strings.Cut(jid.Reveal(), "/")
	return messages.JID(b)
}

// known tells whether any handler would take a far end.
func (d *Data) known(from messages.JID) bool {
	return d.gateway(from) || otherJID.MatchString(from.Reveal())
}

// typeOf is the session type of a far end, as the streaming layer sees it (sdk-behaviour 1.4, routing).
func (d *Data) typeOf(from messages.JID) messages.SessionType {
	jid := from.Reveal()
	switch {
	case d.gateway(from):
		return messages.Softphone
	case strings.HasPrefix(jid, "acd-"):
		return messages.ScreenShare
	case strings.HasPrefix(jid, "screenrecording-"):
		return messages.ScreenRecording
	case strings.Contains(jid, "@conference"):
		return messages.CollaborateVideo
	default:
		return messages.UnknownType
	}
}

func (d *Data) takes(from messages.JID) bool { return d.Enabled && d.gateway(from) }

const noHandler = "Failed to find session handler for session"

// --- proposals: the streaming layer

// notSetUp: the stream is bound, but its ICE servers are not known; until then the SDK's parser has no words for calls.
func notSetUp[E messages.Input](d *Data, _ E) bool { return !d.Stream.Up }

func proposedByUs(d *Data, e messages.Propose) bool {
	return d.Stream.JID != "" && e.From == d.Stream.JID
}
func proposalKnown(d *Data, e messages.Propose) bool { return d.proposalAt(e.Session) >= 0 }

func tellProposal(d *Data, e messages.Propose) (*Data, acts) {
	return d, acts{tell(d.Proposals[d.proposalAt(e.Session)].Ref, e)}
}

func startProposal(d *Data, e messages.Propose) (*Data, acts) {
	return d, acts{messages.Spawn{Actor: "proposal", Msg: messages.Invited{Propose: e}}}
}

func noteProposal(d *Data, e messages.ProposalView) (*Data, acts) {
	for i, v := range d.Proposals {
		if v.Ref != e.Ref {
			continue
		}
		if e.Gone {
			d.Proposals = without(d.Proposals, i)
			return d.dropEarly(e.Propose.Session), nil
		}
		d.Proposals = replace(d.Proposals, i, e)
		return d, nil
	}
	d.Proposals = replace(d.Proposals, -1, e)
	return d.forgetRetract(e.Propose), nil
}

func takeKnown(d *Data, e messages.TakeProposal) bool { return d.proposalAt(e.Session) >= 0 }

func tellTake(d *Data, e messages.TakeProposal) (*Data, acts) {
	return d, acts{tell(d.Proposals[d.proposalAt(e.Session)].Ref, e)}
}

// proposedAnew: under the same id something else is proposed by now, or by somebody else; nobody was asked about that.
func proposedAnew(d *Data, e messages.TakeProposal) bool {
	i := d.proposalAt(e.Session)
	return i >= 0 && e.From != "" && (d.Proposals[i].Propose.Conversation != e.Conversation || bare(d.Proposals[i].Propose.From) != bare(e.From))
}

func announceNoProposalError(d *Data, _ messages.TakeProposal) (*Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, "the session that was to be accepted is not proposed any more")
}

func announceNoProposal(d *Data, _ messages.TakeProposal) (*Data, acts) {
	return d, acts{messages.Announce{Event: messages.LegacyError{Message: "Cannot accept session because it is not pending or does not exist"}}}
}

func forgetProposal(d *Data, e messages.Retract) (*Data, acts) { return d, d.forget(e.Session) }

func forgetTaken(d *Data, e messages.Accepted) (*Data, acts)    { return d, d.forget(e.Session) }
func forgetRejected(d *Data, e messages.Rejected) (*Data, acts) { return d, d.forget(e.Session) }

// forget makes the streaming layer forget a propose, if it remembers it.
func (d *Data) forget(sid messages.SessionID) acts {
	if i := d.proposalAt(sid); i >= 0 {
		return acts{tell(d.Proposals[i].Ref, messages.ForgetProposal{})}
	}
	return nil
}

// withdraw takes the propose of a session back that was taken and will not begin, as a retract does. The answer was to that one;
// the call rings again if it is proposed again.
func (d *Data) withdraw(sid messages.SessionID) acts {
	return append(d.forget(sid), tell(messages.Root, messages.PendingCancelled{Session: sid}))
}

// --- invitations

func fromNowhere(d *Data, e messages.Invited) bool  { return !d.known(e.Propose.From) }
func softphoneOff(d *Data, e messages.Invited) bool { return !d.takes(e.Propose.From) }

func invitedBefore(d *Data, e messages.Invited) bool {
	_, ok := d.invitationFor("", e.Propose.Conversation, messages.Softphone)
	return ok
}

func announceNoHandler(d *Data, _ messages.Invited) (*Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, noHandler)
}

func inviteAgain(d *Data, e messages.Invited) (*Data, acts) {
	v, _ := d.invitationFor("", e.Propose.Conversation, messages.Softphone)
	return d, acts{tell(v.Ref, messages.InvitedAgain{Propose: e.Propose, Dialled: slices.Contains(d.Dialled, e.Propose.Conversation)})}
}

func invite(d *Data, e messages.Invited) (*Data, acts) {
	e.Policy = messages.AnswerPolicy{
		Eager: d.eagerness(), DisableAutoAnswer: d.Options.DisableAutoAnswer, AutoAnswerInbound: d.Options.AutoAnswerInbound,
		Persistent: d.persistent(), Dialled: slices.Contains(d.Dialled, e.Propose.Conversation), Dialling: d.Dialling > 0,
	}
	return d, acts{messages.Spawn{Actor: "invitation", Msg: e}}
}

func (d *Data) eagerness() messages.Eagerness {
	if d.Options.EagerPersistent == "" {
		return messages.EagerAuto
	}
	return d.Options.EagerPersistent
}

// ringProposed raises what was proposed before anyone could be told. The fact deaf-before-ready: the SDK does not.
func ringProposed[E messages.Input](d *Data, _ E) (*Data, acts) {
	if d.Quirks.Has(quirk.DeafBeforeReady) {
		return d, nil
	}
	var out acts
	for _, v := range d.Proposals {
		out = append(out, tell(messages.Root, messages.Invited{Propose: v.Propose}))
	}
	return d, out
}

// ringsAlready: the call rings under a propose, or under an earlier notification.
func ringsAlready(d *Data, e messages.RingWanted) bool {
	_, ok := d.invitationFor("", e.Invite.Conversation, "")
	return ok
}

// upHere: the propose is that of a session which has begun, or of a call that is up.
func upHere(d *Data, e messages.Invited) bool {
	if s, ok := d.firstListed(identified(e.Propose.Session)); ok && !s.View.Over && s.has(e.Propose.Conversation) {
		return true
	}
	i := d.conversationAt(e.Propose.Conversation)
	return i >= 0 && d.Conversations[i].Leg.State.Class() == messages.ConnectedClass && d.startedOn(e.Propose.Conversation)
}

// startedHere: the call is up, whatever a late notification says.
func startedHere(d *Data, e messages.RingWanted) bool { return d.startedOn(e.Invite.Conversation) }

// startedOn tells whether a session lives on which a conversation was started, and has not ended. An eager connection is
// no call yet.
func (d *Data) startedOn(c messages.ConversationID) bool {
	_, ok := d.firstListed(func(s *Session) bool {
		return !s.View.Over && slices.Contains(s.Started, c) && (s.View.PrivAnswer != "Auto" || s.View.Conversation != c)
	})
	return ok
}

func mock(d *Data, e messages.RingWanted) (*Data, acts) {
	return d, acts{messages.Spawn{Actor: "invitation", Msg: messages.Ring{Invite: e.Invite}}}
}

func noteInvitation(d *Data, e messages.InvitationView) (*Data, acts) {
	for i, v := range d.Invitations {
		if v.Ref != e.Ref {
			continue
		}
		if e.Gone {
			d.Invitations = without(d.Invitations, i)
			return d, nil
		}
		d.Invitations = replace(d.Invitations, i, e)
		return d, nil
	}
	d.Invitations = replace(d.Invitations, -1, e)
	return d.stopSeeking(e.Conversation), nil
}

// proceed tells an invitation to go on, with what it must know for that.
func proceed(d *Data, e messages.ProceedWanted) (*Data, acts) {
	for _, v := range d.Invitations {
		if v.Ref == e.Invitation {
			return d, acts{d.proceedNow(v, e.Call)}
		}
	}
	return d, nil
}

func (d *Data) proceedNow(v messages.InvitationView, call messages.CallID) messages.Act {
	return tell(v.Ref, messages.ProceedNow{Call: call, Shared: d.shared(v), Known: d.whereabouts(v.Conversation)})
}

// shared tells whether an invitation is to be answered on the shared session. The pick answer-needs-live-line: its id is
// the live shared session's, or it is mocked.
func (d *Data) shared(v messages.InvitationView) bool {
	if !d.Quirks.Has(quirk.AnswerNeedsLiveLine) {
		return v.Mocked
	}
	line, ok := d.lineSession()
	return ok && d.lineLive() && line.View.Session == v.Session
}

func cancelPending(d *Data, e messages.Retract) (*Data, acts) {
	return d, acts{tell(messages.Root, messages.PendingCancelled{Session: e.Session})}
}

func handlePending(d *Data, e messages.Accepted) (*Data, acts) {
	return d, acts{tell(messages.Root, messages.PendingHandled{Session: e.Session})}
}

func handlePendingRejected(d *Data, e messages.Rejected) (*Data, acts) {
	return d, acts{tell(messages.Root, messages.PendingHandled{Session: e.Session})}
}

func handledPending(d *Data, e messages.PendingHandled) bool {
	_, ok := d.meant(e.Session, e.Conversation)
	return ok
}

func cancelledPending(d *Data, e messages.PendingCancelled) bool {
	_, ok := d.meant(e.Session, e.Conversation)
	return ok
}

// meant is the pending invitation that a settlement is about. The pick first-pending-meant: the first with the session
// id, whatever conversation was meant, or the conversation's own (sdk-behaviour 1.4). A message about a proposal means no
// mocked invitation, whose session id is another call's.
func (d *Data) meant(sid messages.SessionID, c messages.ConversationID) (messages.InvitationView, bool) {
	first := d.Quirks.Has(quirk.FirstPendingMeant)
	if c != "" && !first {
		return d.invitationFor("", c, "")
	}
	for _, v := range d.Invitations {
		if v.Session == sid && (first || !v.Mocked) {
			return v, true
		}
	}
	return messages.InvitationView{}, false
}

func tellHandled(d *Data, e messages.PendingHandled) (*Data, acts) {
	v, _ := d.meant(e.Session, e.Conversation)
	return d, acts{tell(v.Ref, messages.InvitationHandled{Named: d.named(e.Session, v)})}
}

func tellCancelled(d *Data, e messages.PendingCancelled) (*Data, acts) {
	v, _ := d.meant(e.Session, e.Conversation)
	return d, acts{tell(v.Ref, messages.InvitationCancelled{Named: d.named(e.Session, v)})}
}

// named is the session id that a settlement is announced with.
func (d *Data) named(sid messages.SessionID, v messages.InvitationView) messages.SessionID {
	if d.Quirks.Has(quirk.FirstPendingMeant) {
		return sid
	}
	return v.Session
}

// --- who may say what

// notProposed: it may have overtaken its propose.
func notProposed(d *Data, e messages.Retract) bool { return d.proposalAt(e.Session) < 0 }

// retractedMax bounds the retracts that are remembered.
const retractedMax = 16

func noteRetract(d *Data, e messages.Retract) (*Data, acts) {
	taken := Retracted{Session: e.Session, From: bare(e.From)}
	if i := d.proposalAt(e.Session); i >= 0 {
		taken.Conversation = d.Proposals[i].Propose.Conversation
	}
	if slices.Contains(d.Retracted, taken) {
		return d, nil
	}
	d.Retracted = replace(d.Retracted, -1, taken)
	d.Retracted = d.Retracted[max(0, len(d.Retracted)-retractedMax):]
	return d, nil
}

// retractAt is where it is noted that a propose was taken back: of one that had not come, it is not known what for.
func (d *Data) retractAt(e messages.Propose) int {
	return slices.IndexFunc(d.Retracted, func(r Retracted) bool {
		return r.Session == e.Session && r.From == bare(e.From) && (r.Conversation == "" || r.Conversation == e.Conversation)
	})
}

// retractedBefore: its own sender has taken it back already, so it is stale: an id is proposed once (XEP-0353), and what comes
// after its retract was overtaken, or kept for a phone that was away.
func retractedBefore(d *Data, e messages.Propose) bool { return d.retractAt(e) >= 0 }

// stillWaits: the platform says that the call waits. Then the far end has used the id again, which is a case and no reason to
// lose the call.
func stillWaits(d *Data, e messages.Propose) bool {
	i := d.conversationAt(e.Conversation)
	return i >= 0 && !d.Deaf && d.Conversations[i].Leg.State.Class() == messages.PendingClass
}

// forgetRetract: what was taken back is proposed anew, and may be repeated.
func (d *Data) forgetRetract(e messages.Propose) *Data {
	if i := d.retractAt(e); i >= 0 {
		d.Retracted = without(d.Retracted, i)
	}
	return d
}

// retractForeign: it does not come from whom the propose came.
func retractForeign(d *Data, e messages.Retract) bool {
	i := d.proposalAt(e.Session)
	return i < 0 || bare(d.Proposals[i].Propose.From) != bare(e.From)
}

func acceptedByStranger(d *Data, e messages.Accepted) bool { return bare(e.From) != d.bareJID() }
func rejectedByStranger(d *Data, e messages.Rejected) bool { return bare(e.From) != d.bareJID() }

func terminateByStranger(d *Data, e messages.Terminate) bool {
	s, ok := d.firstListed(identified(e.Session))
	return ok && s.View.Peer != e.From
}

func candidateByStranger(d *Data, e messages.RemoteCandidate) bool {
	s, ok := d.firstListed(identified(e.Session))
	return ok && s.View.Peer != e.From
}

// --- answering and declining

func nothingToAnswer(d *Data, e messages.Answer) bool {
	_, ok := d.invitationFor(e.Session, e.Conversation, e.Type)
	return !ok
}

func nothingToDecline(d *Data, e messages.Decline) bool {
	_, ok := d.invitationFor(e.Session, e.Conversation, e.Type)
	return !ok
}

func refuseAnswer(d *Data, e messages.Answer) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "Could not find a pendingSession matching accept params")
}

func refuseDecline(d *Data, e messages.Decline) (*Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "Could not find a pendingSession")
}

func answer(d *Data, e messages.Answer) (*Data, acts) {
	v, _ := d.invitationFor(e.Session, e.Conversation, e.Type)
	return d, acts{d.proceedNow(v, e.Call)}
}

func decline(d *Data, e messages.Decline) (*Data, acts) {
	v, _ := d.invitationFor(e.Session, e.Conversation, e.Type)
	return d, acts{tell(v.Ref, messages.DeclineNow{Call: e.Call, Known: d.whereabouts(v.Conversation)})}
}
