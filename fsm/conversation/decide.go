package conversation

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a conversation remembers of its last notification.
type Data struct {
	Ref          messages.Ref            `json:"ref"`
	Conversation messages.ConversationID `json:"conversation"`
	// Session is the session that it is heard on; 0: none.
	Session   messages.Ref       `json:"session,omitempty"`
	SessionID messages.SessionID `json:"sessionId,omitempty"`
	// Leg is the user's own leg, Recalled the same as it is found when the notification is read again.
	Leg         messages.Leg           `json:"leg"`
	Recalled    messages.Leg           `json:"recalled"`
	Participant messages.ParticipantID `json:"participant,omitempty"`
	Purpose     string                 `json:"purpose,omitempty"`
	Version     int                    `json:"version,omitempty"`
	// Added: it was announced as added.
	Added bool `json:"added,omitempty"`
}

// View is what the root knows of a conversation.
func View(s fsm.Snapshot[Data]) messages.Input {
	d := s.Data
	if s.State == Unknown {
		return nil
	}
	return messages.ConversationView{
		Ref: d.Ref, Conversation: d.Conversation, Session: d.Session, Leg: d.Leg, Stored: d.Version > 0,
		Participant: d.Participant, Purpose: d.Purpose, Version: d.Version, Gone: s.State == Forgotten,
	}
}

// news is an input that tells of the leg.
type news interface {
	messages.Input
	Told() *messages.LegNews
}

func ringing(_ *Data, e messages.LegErred) bool {
	return e.News.Leg.State.Class() == messages.PendingClass
}

// inactive: the session that the call was to be heard on was not there any more, and the platform makes a new one.
func inactive(_ *Data, e messages.LegErred) bool {
	return e.News.Leg.ErrorCode == "error.ininedgecontrol.session.inactive"
}

func onLine[E news](_ *Data, e E) bool         { return e.Told().OnLine }
func heard[E news](_ *Data, e E) bool          { return e.Told().HeardOn().Ref != 0 && !e.Told().Lost }
func started[E news](_ *Data, e E) bool        { return e.Told().Started }
func told[E messages.Input](d *Data, _ E) bool { return d.Added }
func startsUnknown[E news](_ *Data, e E) bool  { return e.Told().StartsUnknown }

func dialled[E news](_ *Data, e E) bool { return e.Told().Dialled }
func stays[E news](_ *Data, e E) bool   { return e.Told().Stays }

// taken: this client has answered it, or placed it and rings for its session.
func taken[E news](_ *Data, e E) bool {
	return e.Told().Taken || e.Told().Dialled && e.Told().Rings
}

// answeredOnLine: it was answered here, to be heard on a session that was lost, or that had not come; it is heard on a shared one
// by now.
func answeredOnLine[E news](d *Data, e E) bool { return heard(d, e) && onLine(d, e) && e.Told().Taken }

// carried: the session was set up for this very conversation, so its start was announced by signalling.
func carried[E news](_ *Data, e E) bool {
	n := e.Told()
	return n.HeardOn().Ref != 0 && !n.Lost && n.Carries == n.Conversation
}

// unanswered: it rings here, and this client has not answered it.
func unanswered[E news](_ *Data, e E) bool { return e.Told().Rings && !e.Told().Taken }

// rings: its invitation is not settled, whether it was answered here or not.
func rings[E news](_ *Data, e E) bool { return e.Told().Rings }

// answeredElsewhere: the call was to be heard on a session that was shared, and another client of the user has answered it:
// whether it still rings here, or that was settled. Nobody answers what this client has placed.
func answeredElsewhere[E news](d *Data, e E) bool {
	n := e.Told()
	return heard(d, e) && !n.Taken && !n.Started && !carried(d, e) && !dialled(d, e)
}

func sameState[E news](d *Data, e E) bool { return d.Recalled.State == e.Told().Leg.State }

func unchanged[E news](d *Data, e E) bool {
	l := &e.Told().Leg
	return d.Recalled.State == l.State && d.Recalled.Muted == l.Muted && d.Recalled.Held == l.Held && d.Recalled.Confined == l.Confined
}

func store[E news](d *Data, e E) (*Data, messages.Acts) {
	n, was := e.Told(), d.Leg
	d.Ref, d.Conversation = n.Ref, n.Conversation
	d.Leg, d.Recalled, d.Participant, d.Purpose = n.Leg, n.Recalled, n.Participant, n.Purpose
	d.Session, d.SessionID = n.HeardOn().Ref, n.HeardOn().Session
	d.Version++
	return d, regions(d.Ref, was, d.Leg)
}

// regions tells the regions hold and mute what the platform says, where it is something new.
func regions(conversation messages.Ref, was, now messages.Leg) messages.Acts {
	var acts messages.Acts
	if was.Held.True() != now.Held.True() {
		acts = append(acts, messages.Tell{To: conversation, Msg: messages.HoldSeen{Held: now.Held.True()}})
	}
	if was.Muted.True() != now.Muted.True() {
		acts = append(acts, messages.Tell{To: conversation, Msg: messages.MuteSeen{Muted: now.Muted.True()}})
	}
	return acts
}

// recall moves the state to what is found when the stored notification is read again, where that is something else.
func recall[E news](d *Data, e E) (*Data, messages.Acts) {
	n := e.Told()
	class := n.Recalled.State.Class()
	if class == n.Leg.State.Class() {
		return d, nil
	}
	again := map[messages.Class]messages.Input{
		messages.PendingClass: messages.RecalledPending{}, messages.ConnectedClass: messages.RecalledConnected{},
		messages.EndedClass: messages.RecalledEnded{}, messages.OtherClass: messages.RecalledOther{},
	}
	return d, messages.Acts{messages.Tell{To: d.Ref, Msg: again[class]}}
}

// meet notes who we are; nothing else is known, and nothing will be.
func meet[E news](d *Data, e E) (*Data, messages.Acts) {
	d.Ref, d.Conversation = e.Told().Ref, e.Told().Conversation
	return d, nil
}

// hold makes a placeholder: a session, and nothing else.
func hold(d *Data, e messages.SessionAttached) (*Data, messages.Acts) {
	d.Ref, d.Conversation = e.Ref, e.Conversation
	return attach(d, e)
}

func attach(d *Data, e messages.SessionAttached) (*Data, messages.Acts) {
	d.Session, d.SessionID = e.Session.Ref, e.Session.Session
	return d, nil
}

func reportError(d *Data, _ messages.LegErred) (*Data, messages.Acts) {
	return d, tellRoot(messages.CallErred{})
}

// readOn goes on with the news, once the error was reported.
func readOn(d *Data, e messages.LegErred) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: e.News.Ref, Msg: e.News.Of()}}
}

// ring makes the mocked twin of an invitation: the call is to be heard on the shared session.
func ring[E news](d *Data, e E) (*Data, messages.Acts) {
	s := e.Told().HeardOn()
	return d, tellRoot(messages.RingWanted{Invite: messages.PendingSession{
		ID: s.Session, Conversation: d.Conversation, AutoAnswer: d.Leg.Outbound(), Type: messages.Softphone,
		FromUser: s.FromUser, OriginalRoom: s.OriginalRoom, From: s.Peer, To: e.Told().Self,
	}})
}

func carry[E news](d *Data, _ E) (*Data, messages.Acts) {
	return d, tellRoot(messages.CarryConversation{Session: d.Session, Conversation: d.Conversation})
}

// handleInvitation: some other client of the user has taken the call.
func handleInvitation[E news](d *Data, e E) (*Data, messages.Acts) {
	d.Ref = e.Told().Ref
	return d, tellRoot(messages.PendingHandled{Session: e.Told().HeardOn().Session, Conversation: d.Conversation})
}

func announceStarted[E news](d *Data, e E) (*Data, messages.Acts) {
	return d, messages.Acts{
		messages.Announce{Event: messages.SessionStarted{Session: d.summary(e.Told())}},
		messages.Tell{To: messages.Root, Msg: messages.NoteStarted{Session: d.Session, Conversation: d.Conversation}},
	}
}

func announceEnded[E news](d *Data, e E) (*Data, messages.Acts) {
	return d, messages.Acts{
		messages.Announce{Event: messages.SessionEnded{Session: d.summary(e.Told()), Reason: "success"}},
		messages.Tell{To: messages.Root, Msg: messages.EndAnnounced{Session: d.SessionID, Conversation: d.Conversation, Ref: d.Session}},
	}
}

func settleInvitation[E news](d *Data, _ E) (*Data, messages.Acts) {
	return d, tellRoot(messages.PendingHandled{Session: d.SessionID, Conversation: d.Conversation})
}

func cancelInvitation[E news](d *Data, e E) (*Data, messages.Acts) {
	return d, tellRoot(messages.PendingCancelled{Session: e.Told().HeardOn().Session, Conversation: d.Conversation})
}

func publishUpdated[E news](d *Data, e E) (*Data, messages.Acts) {
	return d, d.publish(messages.Updated, &e.Told().Leg)
}

func publishAdded[E news](d *Data, e E) (*Data, messages.Acts) {
	again := d.Added
	d.Added = true
	return d, tellRoot(messages.Publish{Change: messages.Added, Again: again, Session: d.Session, Conversation: d.state(&e.Told().Leg)})
}

func publishRemoved[E news](d *Data, e E) (*Data, messages.Acts) {
	return d, d.publish(messages.Removed, &e.Told().Leg)
}

// publishLast removes what no notification has ended.
func publishLast(d *Data, _ messages.CallsDropped) (*Data, messages.Acts) {
	leg := d.Leg
	return d, d.publish(messages.Removed, &leg)
}

func (d *Data) publish(c messages.Change, leg *messages.Leg) messages.Acts {
	return tellRoot(messages.Publish{Change: c, Session: d.Session, Conversation: d.state(leg)})
}

// state is the conversation as it is announced. The leg is never changed.
func (d *Data) state(leg *messages.Leg) messages.ConversationState {
	return messages.ConversationState{Conversation: d.Conversation, Session: d.SessionID, Call: leg}
}

// summary is the shared session as it is announced for this conversation.
func (d *Data) summary(n *messages.LegNews) messages.SessionSummary {
	s := n.HeardOn()
	return messages.SessionSummary{
		ID: s.Session, Conversation: d.Conversation, Type: s.Type, State: s.Stage, Connection: n.Connection,
		FromUser: s.FromUser, OriginalRoom: s.OriginalRoom, Peer: s.Peer, Reinvite: s.Reinvite,
	}
}

func tellRoot(m messages.Input) messages.Acts {
	return messages.Acts{messages.Tell{To: messages.Root, Msg: m}}
}
