package order

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what an order remembers.
type Data struct {
	Order messages.Order `json:"order"`
}

// restTimeout is how long a REST call may take (sdk-behaviour section 2).
const restTimeout = 30 * time.Second

func dialling(_ Data, e messages.Order) bool { return e.Verb == messages.VerbDial }
func located(_ Data, e messages.Order) bool  { return e.Known.Known() }

func answering(d Data, _ messages.RequestDone) bool       { return d.Order.Verb == messages.VerbAnswer }
func declining(d Data, _ messages.RequestDone) bool       { return d.Order.Verb == messages.VerbDecline }
func muting(d Data, _ messages.RequestDone) bool          { return d.Order.Verb == messages.VerbMute }
func holding(d Data, _ messages.RequestDone) bool         { return d.Order.Verb == messages.VerbHold }
func hangingUp(d Data, _ messages.RequestDone) bool       { return d.Order.Verb == messages.VerbHangUp }
func mutingFailed(d Data, _ messages.RequestFailed) bool  { return d.Order.Verb == messages.VerbMute }
func holdingFailed(d Data, _ messages.RequestFailed) bool { return d.Order.Verb == messages.VerbHold }
func hangingUpFailed(d Data, _ messages.RequestFailed) bool {
	return d.Order.Verb == messages.VerbHangUp
}

func dialled(d Data, _ messages.RequestDone) bool          { return d.Order.Verb == messages.VerbDial }
func diallingFailed(d Data, _ messages.RequestFailed) bool { return d.Order.Verb == messages.VerbDial }

// tellPlaced: the conversation is one that this client dialled, which is a consent to it.
func tellPlaced(d Data, e messages.RequestDone) (Data, messages.Acts) {
	placed := messages.CallPlaced{}
	if e.HTTP.Placed != nil {
		placed.Conversation = e.HTTP.Placed.Conversation
	}
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: placed}}
}

func tellNotPlaced(d Data, _ messages.RequestFailed) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.CallPlaced{}}}
}

func refuseNobody(d Data, _ messages.RequestDone) (Data, messages.Acts) {
	return d, messages.Refused(d.Order.Call, messages.ErrGeneric, "the user is not in this conversation")
}

func foundMe(d Data, e messages.RequestDone) bool { return me(d, e).ID != "" }

// me is the user's participant in the conversation that was read; the one with a connected leg is preferred.
func me(d Data, e messages.RequestDone) messages.Participant {
	if e.HTTP.Conversation == nil {
		return messages.Participant{}
	}
	p, _ := conversation.PickParticipant(e.HTTP.Conversation.Participants, d.Order.Known.Me, messages.Connected)
	return p
}

func note(d Data, e messages.Order) (Data, messages.Acts) {
	d.Order = e
	return d, nil
}

func noteMe(d Data, e messages.RequestDone) (Data, messages.Acts) {
	p := me(d, e)
	d.Order.Known.Participant, d.Order.Known.Purpose = p.ID, p.Purpose
	return d, nil
}

func (d Data) perform(r messages.Request) messages.Act {
	return messages.Spawn{Actor: "request", Msg: messages.Perform{Effect: r, Owner: d.Order.Ref, Timeout: restTimeout}}
}

func locate(d Data, _ messages.Order) (Data, messages.Acts) {
	return d, messages.Acts{d.perform(messages.Request{Of: messages.GetConversation, Conversation: d.Order.Known.Conversation})}
}

func dial(d Data, _ messages.Order) (Data, messages.Acts) {
	return d, messages.Acts{d.perform(messages.Request{Of: messages.PostCall, Body: d.Order.Body})}
}

// askLater asks once orders that must read a conversation first are on their way: those go out at once.
func askLater(d Data, _ messages.Order) (Data, messages.Acts) {
	return d, messages.Acts{messages.Later{To: d.Order.Ref, Msg: messages.AskNow{}}}
}

func ask(d Data, _ messages.AskNow) (Data, messages.Acts) { return d, d.ask() }

func askNow(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d, d.ask() }

func (d Data) ask() messages.Acts {
	acts := messages.Acts{d.perform(d.request())}
	if d.Order.Owner != 0 {
		acts = append(acts, messages.Tell{To: d.Order.Owner, Msg: messages.OrderPlaced{}})
	}
	return acts
}

// request is what the verb asks of the platform. A user's own call is declined to the voicemail.
func (d Data) request() messages.Request {
	r := messages.Request{Conversation: d.Order.Known.Conversation, Participant: d.Order.Known.Participant, Value: d.Order.Value}
	switch {
	case d.Order.Verb == messages.VerbAnswer:
		r.Of, r.State = messages.PatchState, messages.Connected
	case d.Order.Verb == messages.VerbMute:
		r.Of = messages.PatchMuted
	case d.Order.Verb == messages.VerbHold:
		r.Of = messages.PatchHeld
	case d.Order.Verb == messages.VerbDecline && d.Order.Known.Purpose == "user":
		r.Of = messages.PostVoicemail
	default:
		r.Of, r.State = messages.PatchState, messages.Disconnected
	}
	return r
}

func announceHTTP(d Data, e messages.RequestFailed) (Data, messages.Acts) {
	return d, messages.Refused(0, messages.ErrHTTP, e.Error.Message)
}

func announceNobody(d Data, _ messages.RequestDone) (Data, messages.Acts) {
	return d, messages.Refused(0, messages.ErrGeneric, "participant not found for converstionId")
}

func refuseMute(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d, d.muteRefused() }
func refuseMuteFailed(d Data, _ messages.RequestFailed) (Data, messages.Acts) {
	return d, d.muteRefused()
}

func (d Data) muteRefused() messages.Acts {
	undo := messages.Tell{To: messages.Root, Msg: messages.MuteRefused{Conversation: d.Order.Known.Conversation}}
	return append(messages.Acts{undo}, messages.Refused(d.Order.Call, messages.ErrGeneric, "Failed to set audioMute")...)
}

func refuseHold(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d, d.holdRefused() }
func refuseHoldFailed(d Data, _ messages.RequestFailed) (Data, messages.Acts) {
	return d, d.holdRefused()
}

func (d Data) holdRefused() messages.Acts {
	undo := messages.Tell{To: messages.Root, Msg: messages.HoldRefused{Conversation: d.Order.Known.Conversation}}
	return append(messages.Acts{undo}, messages.Refused(d.Order.Call, messages.ErrCall, "Failed to set held state")...)
}

// passError ends the request with the error of the REST call as it is: it has no type of the SDK's.
func passError(d Data, e messages.RequestFailed) (Data, messages.Acts) {
	err := e.Error
	return d, messages.Settled(d.Order.Call, &err)
}

func failForID(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d, d.typeError("id") }
func failForPurpose(d Data, _ messages.RequestDone) (Data, messages.Acts) {
	return d, d.typeError("purpose")
}

// typeError is how the SDK stumbles over a conversation in which the user is not.
func (d Data) typeError(property string) messages.Acts {
	return messages.Settled(d.Order.Call, &messages.ErrorInfo{Name: "TypeError", Message: "Cannot read properties of undefined (reading '" + property + "')"})
}

func settle(d Data, e messages.RequestDone) (Data, messages.Acts) {
	if d.Order.Call == 0 {
		return d, nil
	}
	return d, messages.Acts{messages.Settle{Call: d.Order.Call, Placed: e.HTTP.Placed}}
}

func tellDone(d Data, _ messages.RequestDone) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Order.Owner, Msg: messages.OrderDone{}}}
}

func tellFailed(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d, d.failed() }
func tellOrderFailed(d Data, _ messages.RequestFailed) (Data, messages.Acts) {
	return d, d.failed()
}

func (d Data) failed() messages.Acts {
	return messages.Acts{messages.Tell{To: d.Order.Owner, Msg: messages.OrderFailed{}}}
}
