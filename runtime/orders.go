package runtime

import (
	"fmt"
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// answer says which results close an order.
type answer string

// The kinds of answers.
const (
	byIQ         answer = "iq"
	byHTTP       answer = "http"
	byMicrophone answer = "microphone"
	byPeer       answer = "peer"
)

// order is an effect that was asked for and not yet answered.
type order struct {
	id     messages.EffectID
	actor  messages.Ref
	answer answer
}

// answerOf says what answers an effect; "": nothing does.
func answerOf(effect messages.Effect) answer {
	switch effect.(type) {
	case messages.SendBind, messages.SendServices, messages.SendSubscribe, messages.SendPing,
		messages.SendAnswer, messages.SendTerminate, messages.SendActive, messages.SendCandidate:
		return byIQ
	case messages.Request:
		return byHTTP
	case messages.RequestMicrophone:
		return byMicrophone
	case messages.Describe, messages.MakeAnswer:
		return byPeer
	default:
		return ""
	}
}

// route says whom an input is for: the actor that ordered what it answers, the one whose peer connection or timer it is,
// or the root. Orphan is "" or why it is for nobody.
func (c *Cell) route(in messages.Input) (to messages.Ref, orphan string) {
	switch in := in.(type) {
	case messages.IQAnswered:
		return c.answered(in.Effect, byIQ)
	case messages.HTTPAnswered:
		return c.answered(in.Effect, byHTTP)
	case messages.MicrophoneGranted:
		return c.answered(in.Effect, byMicrophone)
	case messages.MicrophoneDenied:
		return c.answered(in.Effect, byMicrophone)
	case messages.PeerDone:
		return c.answered(in.Effect, byPeer)
	case messages.PeerRejected:
		return c.answered(in.Effect, byPeer)
	case messages.PeerConnectionChanged:
		return c.existing(in.Peer)
	case messages.PeerICEChanged:
		return c.existing(in.Peer)
	case messages.LocalCandidate:
		return c.existing(in.Peer)
	case messages.TimerFired:
		return c.fired(in)
	default:
		return messages.Root, ""
	}
}

// fromServer tells whether an input is a frame of the stream: whatever it says, the server is there (sdk-behaviour
// section 2, server-monitor silence).
func fromServer(in messages.Input) bool {
	switch in.(type) {
	case messages.StreamOpened, messages.StreamFeatures, messages.SASLSucceeded, messages.SASLFailed, messages.StreamEnded,
		messages.UnknownFrame, messages.IQAnswered, messages.ServerAsked,
		messages.Propose, messages.Retract, messages.Accepted, messages.Rejected, messages.Proceeded,
		messages.Offer, messages.RemoteCandidate, messages.Terminate, messages.UnknownRPC,
		messages.SessionInitiate, messages.SessionTerminate, messages.TransportInfo, messages.SessionInfo, messages.SessionAccept,
		messages.JingleAction, messages.PeerRefused,
		messages.ConversationNotified, messages.StationNotified, messages.NoLongerSubscribed, messages.DuplicateID,
		messages.SubscriptionsExpiring, messages.UnknownTopic:
		return true
	default:
		return false
	}
}

// answered closes the order that a result answers.
func (c *Cell) answered(id messages.EffectID, by answer) (to messages.Ref, orphan string) {
	i := slices.IndexFunc(c.open, func(o order) bool { return o.id == id && o.answer == by })
	if i < 0 {
		return 0, "no open effect is answered by it"
	}
	to = c.open[i].actor
	c.open = slices.Delete(c.open, i, i+1)
	return to, ""
}

func (c *Cell) existing(ref messages.Ref) (to messages.Ref, orphan string) {
	if c.unit(ref) == nil {
		return 0, fmt.Sprintf("there is no actor %d", ref)
	}
	return ref, ""
}

// fired disarms the timer that ran out.
func (c *Cell) fired(in messages.TimerFired) (to messages.Ref, orphan string) {
	i := c.armedAt(in.Actor, in.Timer)
	if i < 0 || c.timers[i].due != in.Due {
		return 0, "the timer is not armed"
	}
	c.disarm(in.Actor, in.Timer)
	return in.Actor, ""
}
