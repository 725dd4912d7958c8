package softphone

import (
	"regexp"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// softphoneJID is how the SDK knows a softphone's far end (sdk-behaviour 1.4, routing).
var softphoneJID = regexp.MustCompile(`(?i).*@.*gjoll.*`)

// otherJID is how it knows the far ends of the other session types.
var otherJID = regexp.MustCompile(`@conference|^acd-|^screenrecording-`)

// known tells whether any handler would take a far end.
func known(from messages.JID) bool {
	return softphoneJID.MatchString(from.Reveal()) || otherJID.MatchString(from.Reveal())
}

// typeOf is the session type of a far end, as the streaming layer sees it (sdk-behaviour 1.4, routing).
func typeOf(from messages.JID) messages.SessionType {
	jid := from.Reveal()
	switch {
	case softphoneJID.MatchString(jid):
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

func (d Data) takes(from messages.JID) bool {
	return d.Enabled && softphoneJID.MatchString(from.Reveal())
}

const noHandler = "Failed to find session handler for session"

// --- proposals: the streaming layer

func proposedByUs(d Data, e messages.Propose) bool {
	return d.Stream.JID != "" && e.From == d.Stream.JID
}
func proposalKnown(d Data, e messages.Propose) bool { return d.proposalAt(e.Session) >= 0 }

func tellProposal(d Data, e messages.Propose) (Data, acts) {
	return d, acts{tell(d.Proposals[d.proposalAt(e.Session)].Ref, e)}
}

func startProposal(d Data, e messages.Propose) (Data, acts) {
	return d, acts{messages.Spawn{Actor: "proposal", Msg: messages.Invited{Propose: e}}}
}

func noteProposal(d Data, e messages.ProposalView) (Data, acts) {
	for i, v := range d.Proposals {
		if v.Ref != e.Ref {
			continue
		}
		if e.Gone {
			d.Proposals = without(d.Proposals, i)
			return d, acts{messages.Stop{Ref: e.Ref}}
		}
		d.Proposals = replace(d.Proposals, i, e)
		return d, nil
	}
	d.Proposals = replace(d.Proposals, -1, e)
	return d, nil
}

func takeKnown(d Data, e messages.TakeProposal) bool { return d.proposalAt(e.Session) >= 0 }

func tellTake(d Data, e messages.TakeProposal) (Data, acts) {
	return d, acts{tell(d.Proposals[d.proposalAt(e.Session)].Ref, e)}
}

func announceNoProposal(d Data, _ messages.TakeProposal) (Data, acts) {
	return d, acts{messages.Announce{Event: messages.LegacyError{Message: "Cannot accept session because it is not pending or does not exist"}}}
}

func forgetProposal(d Data, e messages.Retract) (Data, acts) { return d, d.forget(e.Session) }

// forget makes the streaming layer forget a propose, if it remembers it.
func (d Data) forget(sid messages.SessionID) acts {
	if i := d.proposalAt(sid); i >= 0 {
		return acts{tell(d.Proposals[i].Ref, messages.ForgetProposal{})}
	}
	return nil
}

// --- invitations

func fromNowhere(_ Data, e messages.Invited) bool  { return !known(e.Propose.From) }
func softphoneOff(d Data, e messages.Invited) bool { return !d.takes(e.Propose.From) }

func invitedBefore(d Data, e messages.Invited) bool {
	_, ok := d.invitationFor("", e.Propose.Conversation, messages.Softphone)
	return ok
}

func announceNoHandler(d Data, _ messages.Invited) (Data, acts) {
	return d, messages.Refused(0, messages.ErrSession, noHandler)
}

func inviteAgain(d Data, e messages.Invited) (Data, acts) {
	v, _ := d.invitationFor("", e.Propose.Conversation, messages.Softphone)
	return d, acts{tell(v.Ref, messages.InvitedAgain{Propose: e.Propose})}
}

func invite(d Data, e messages.Invited) (Data, acts) {
	e.Policy = messages.AnswerPolicy{
		Eager: d.eagerness(), DisableAutoAnswer: d.Options.DisableAutoAnswer, AutoAnswerInbound: d.Options.AutoAnswerInbound,
		Persistent: d.persistent(),
	}
	return d, acts{messages.Spawn{Actor: "invitation", Msg: e}}
}

func (d Data) eagerness() messages.Eagerness {
	if d.Options.EagerPersistent == "" {
		return messages.EagerAuto
	}
	return d.Options.EagerPersistent
}

func mock(d Data, e messages.RingWanted) (Data, acts) {
	return d, acts{messages.Spawn{Actor: "invitation", Msg: messages.Ring{Invite: e.Invite}}}
}

func noteInvitation(d Data, e messages.InvitationView) (Data, acts) {
	for i, v := range d.Invitations {
		if v.Ref != e.Ref {
			continue
		}
		if e.Gone {
			d.Invitations = without(d.Invitations, i)
			return d, acts{messages.Stop{Ref: e.Ref}}
		}
		d.Invitations = replace(d.Invitations, i, e)
		return d, nil
	}
	d.Invitations = replace(d.Invitations, -1, e)
	return d, nil
}

// proceed tells an invitation to go on, with what it must know for that.
func proceed(d Data, e messages.ProceedWanted) (Data, acts) {
	for _, v := range d.Invitations {
		if v.Ref == e.Invitation {
			return d, acts{d.proceedNow(v, e.Call)}
		}
	}
	return d, nil
}

func (d Data) proceedNow(v messages.InvitationView, call messages.CallID) messages.Act {
	line, ok := d.lineSession()
	return tell(v.Ref, messages.ProceedNow{
		Call: call, Shared: ok && d.lineLive() && line.View.Session == v.Session, Known: d.whereabouts(v.Conversation),
	})
}

func cancelPending(d Data, e messages.Retract) (Data, acts) {
	return d, acts{tell(messages.Root, messages.PendingCancelled{Session: e.Session})}
}

func handlePending(d Data, e messages.Accepted) (Data, acts) {
	return d, acts{tell(messages.Root, messages.PendingHandled{Session: e.Session})}
}

func handlePendingRejected(d Data, e messages.Rejected) (Data, acts) {
	return d, acts{tell(messages.Root, messages.PendingHandled{Session: e.Session})}
}

func handledPending(d Data, e messages.PendingHandled) bool {
	_, ok := d.meant(e.Session, e.Conversation)
	return ok
}

func cancelledPending(d Data, e messages.PendingCancelled) bool {
	_, ok := d.meant(e.Session, e.Conversation)
	return ok
}

// meant is the pending invitation that a settlement is about: the SDK takes the first with the session id, whatever
// conversation was meant (sdk-behaviour 1.4).
func (d Data) meant(sid messages.SessionID, _ messages.ConversationID) (messages.InvitationView, bool) {
	for _, v := range d.Invitations {
		if v.Session == sid {
			return v, true
		}
	}
	return messages.InvitationView{}, false
}

func tellHandled(d Data, e messages.PendingHandled) (Data, acts) {
	v, _ := d.meant(e.Session, e.Conversation)
	return d, acts{tell(v.Ref, messages.InvitationHandled{Named: e.Session})}
}

func tellCancelled(d Data, e messages.PendingCancelled) (Data, acts) {
	v, _ := d.meant(e.Session, e.Conversation)
	return d, acts{tell(v.Ref, messages.InvitationCancelled{Named: e.Session})}
}

// --- answering and declining

func nothingToAnswer(d Data, e messages.Answer) bool {
	_, ok := d.invitationFor(e.Session, e.Conversation, e.Type)
	return !ok
}

func nothingToDecline(d Data, e messages.Decline) bool {
	_, ok := d.invitationFor(e.Session, e.Conversation, e.Type)
	return !ok
}

func refuseAnswer(d Data, e messages.Answer) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "Could not find a pendingSession matching accept params")
}

func refuseDecline(d Data, e messages.Decline) (Data, acts) {
	return d, messages.Refused(e.Call, messages.ErrSession, "Could not find a pendingSession")
}

func answer(d Data, e messages.Answer) (Data, acts) {
	v, _ := d.invitationFor(e.Session, e.Conversation, e.Type)
	return d, acts{d.proceedNow(v, e.Call)}
}

func decline(d Data, e messages.Decline) (Data, acts) {
	v, _ := d.invitationFor(e.Session, e.Conversation, e.Type)
	return d, acts{tell(v.Ref, messages.DeclineNow{Call: e.Call, Known: d.whereabouts(v.Conversation)})}
}
