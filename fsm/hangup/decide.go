package hangup

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a hang-up remembers.
type Data struct {
	HangUp messages.HangUp `json:"hangUp"`
}

const onlySharedLine = "Unable to end the session directly as a fallback because LineAppearance is 1 and there are other active conversations"

// View is what the root knows of a hang-up.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.WatcherView{Ref: s.Data.HangUp.Ref, Gone: s.State == Done, HangsUp: true}
}

func mine(d Data, e messages.EndAnnounced) bool {
	return e.Session == d.HangUp.Session.Session && e.Conversation == d.HangUp.Known.Conversation
}

func ofMySession(d Data, e messages.SessionTerminatedSeen) bool {
	return e.Session == d.HangUp.Session.Ref
}

func ofMyConversation(d Data, e messages.ConversationOver) bool {
	return e.Conversation == d.HangUp.Known.Conversation
}

func refuseLate(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, messages.Refused(d.HangUp.Call, messages.ErrSession, "the platform took the hang-up, but the conversation has not ended in time")
}

func allowed(_ Data, e messages.Fallback) bool { return e.Allowed }

func note(d Data, e messages.HangUp) (Data, messages.Acts) {
	d.HangUp = e
	return d, nil
}

func order(d Data, e messages.HangUp) (Data, messages.Acts) {
	return d, messages.Acts{messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbHangUp, Owner: e.Ref, Known: e.Known}}}
}

func wantFallback(d Data, _ messages.OrderFailed) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.FallbackWanted{HangUp: d.HangUp.Ref, Conversation: d.HangUp.Known.Conversation, Session: d.HangUp.Session.Ref}}}
}

func leave(d Data, _ messages.Fallback) (Data, messages.Acts) {
	return d, messages.Acts{messages.Spawn{Actor: "departure", Msg: messages.Depart{
		Session: d.HangUp.Session.Ref, Reason: d.HangUp.Reason, Owner: d.HangUp.Ref,
	}}}
}

func refuse(d Data, _ messages.Fallback) (Data, messages.Acts) {
	return d, messages.Refused(d.HangUp.Call, messages.ErrSession, onlySharedLine)
}

func settle[E messages.Input](d Data, _ E) (Data, messages.Acts) {
	return d, messages.Settled(d.HangUp.Call, nil)
}
