package invitation

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what an invitation remembers.
type Data struct {
	Ref    messages.Ref            `json:"ref"`
	Invite messages.PendingSession `json:"invite"`
	// Mocked: a notification made it, and its session id is the shared session's. Told: it was announced.
	Mocked bool `json:"mocked,omitempty"`
	Told   bool `json:"told,omitempty"`
	// Asked: the answer was ordered by REST, so the call may also come on the shared session.
	Asked bool `json:"asked,omitempty"`
}

// View is what the root knows of an invitation.
func View(s fsm.Snapshot[Data]) messages.Input {
	i := s.Data.Invite
	return messages.InvitationView{
		Ref: s.Data.Ref, Session: i.ID, Conversation: i.Conversation, Type: i.Type, AutoAnswer: i.AutoAnswer,
		FromUser: i.FromUser, OriginalRoom: i.OriginalRoom, Ordered: s.State == Ordered, Gone: s.State == Settled,
		Taken: s.State == Ordered || s.State == Proceeding, Mocked: s.Data.Mocked,
		Coming: s.State == Proceeding && !s.Data.Asked,
	}
}

// private: the far end wants a connection, not an answer (inin-priv-answer-mode).
func private(e messages.Invited) bool { return e.Propose.PrivAnswer == "Auto" }

func swallowed(_ *Data, e messages.Invited) bool {
	return private(e) && e.Policy.Eager == messages.EagerNone
}

func eager(_ *Data, e messages.Invited) bool {
	return private(e) && e.Policy.Eager == messages.EagerAuto
}

func autoAnswered(_ *Data, e messages.Invited) bool {
	return e.Propose.AutoAnswer && !e.Policy.DisableAutoAnswer
}

func persistent(_ *Data, e messages.Invited) bool { return e.Policy.Persistent }

// consented: the embedder lets inbound calls answer themselves, or this client placed the call.
func consented(_ *Data, e messages.Invited) bool {
	return e.Policy.AutoAnswerInbound || e.Policy.Dialled
}

func dialling(_ *Data, e messages.Invited) bool { return e.Policy.Dialling }

func placedThis(d *Data, e messages.CallPlaced) bool { return e.Conversation == d.Invite.Conversation }
func placedLast(_ *Data, e messages.CallPlaced) bool { return e.Last }

func unannounced[E messages.Input](d *Data, _ E) bool { return !d.Told }

func shared(_ *Data, e messages.ProceedNow) bool { return e.Shared }

// dialledHere: the session of the call that this client placed is proposed at last.
func dialledHere(_ *Data, e messages.InvitedAgain) bool { return e.Dialled }

func sameSession(d *Data, e messages.InvitedAgain) bool { return d.Invite.ID == e.Propose.Session }

func remember(d *Data, e messages.Invited) (*Data, messages.Acts) {
	p := e.Propose
	d.Ref = e.Ref
	d.Invite = messages.PendingSession{
		ID: p.Session, Conversation: p.Conversation, AutoAnswer: p.AutoAnswer, Type: messages.Softphone,
		PrivAnswer: p.PrivAnswer, FromUser: p.FromUser, OriginalRoom: p.OriginalRoom, From: p.From, To: p.To,
	}
	return d, nil
}

func mock(d *Data, e messages.Ring) (*Data, messages.Acts) {
	d.Ref, d.Invite, d.Mocked = e.Ref, e.Invite, true
	return d, nil
}

func announce[E messages.Input](d *Data, _ E) (*Data, messages.Acts) {
	d.Told = true
	return d, messages.Acts{messages.Announce{Event: d.Invite}}
}

// wantProceed asks for the proceed as soon as this has been announced to everybody.
func wantProceed[E messages.Input](d *Data, _ E) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.ProceedWanted{Invitation: d.Ref}}}
}

// rename takes over the session id of a later propose; the embedding program is not told.
func rename(d *Data, e messages.InvitedAgain) (*Data, messages.Acts) {
	d.Invite.ID, d.Invite.From, d.Mocked = e.Propose.Session, e.Propose.From, false
	return d, nil
}

// announceLost: the session that was taken will not begin, for another is proposed for the call.
func announceLost(d *Data, _ messages.InvitedAgain) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.CancelPendingSession{Session: d.Invite.ID, Conversation: d.Invite.Conversation}}}
}

// inviteAnew lets the propose be heard as if it were the first: the answer was to the session that was proposed then, and is
// spent (design section 6 a). Whoever at the gateway proposes another one may be somebody else, and the user may have gone away
// meanwhile. What needs no answer (b, c, d) is taken again.
func inviteAnew(d *Data, e messages.InvitedAgain) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.Invited{Propose: e.Propose}}}
}

func orderAnswer(d *Data, e messages.ProceedNow) (*Data, messages.Acts) {
	d.Asked = true
	return d, messages.Acts{messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbAnswer, Call: e.Call, Known: e.Known}}}
}

func orderDecline(d *Data, e messages.DeclineNow) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbDecline, Call: e.Call, Known: e.Known}}}
}

// takeProposal sends proceed. The request is settled at once: whether the proceed arrives is not known here.
func takeProposal(d *Data, e messages.ProceedNow) (*Data, messages.Acts) {
	acts := messages.Acts{messages.Tell{To: messages.Root, Msg: d.taken()}}
	return d, append(acts, messages.Settled(e.Call, nil)...)
}

// taken is what was proposed. What a notification made ring was proposed by nobody.
func (d *Data) taken() messages.TakeProposal {
	if d.Mocked {
		return messages.TakeProposal{Session: d.Invite.ID}
	}
	return messages.TakeProposal{Session: d.Invite.ID, Conversation: d.Invite.Conversation, From: d.Invite.From}
}

func announceHandled(d *Data, e messages.InvitationHandled) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.HandledPendingSession{Session: e.Named, Conversation: d.Invite.Conversation}}}
}

// announceExpired: whatever it was, nobody will answer it any more.
func announceExpired(d *Data, _ messages.TimerFired) (*Data, messages.Acts) {
	if !d.Told {
		return d, nil
	}
	return d, messages.Acts{messages.Announce{Event: messages.CancelPendingSession{Session: d.Invite.ID, Conversation: d.Invite.Conversation}}}
}

func announceCancelled(d *Data, e messages.InvitationCancelled) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.CancelPendingSession{Session: e.Named, Conversation: d.Invite.Conversation}}}
}
