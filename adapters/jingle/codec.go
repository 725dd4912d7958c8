package jingle

import (
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Codec is Decode and Encode as the port.FrameCodec of a softphone or a replay. The zero value is ready, and safe for
// concurrent use.
type Codec struct{}

// DecodeFrame reads a frame that came in on a socket: see Decode.
func (Codec) DecodeFrame(socket int, frame []byte) (port.Frame, error) {
	f, err := Decode(socket, frame)
	if err != nil {
		return port.Frame{}, err
	}
	out := port.Frame{Input: f.Input}
	if a := f.Answer; a != nil {
		out.Answer = &port.IQAnswer{
			ID: a.ID, From: a.From, Condition: a.Condition, Bound: a.Bound, Services: a.Services,
			JingleCondition: a.JingleCondition,
		}
	}
	if n := f.Notification; n != nil {
		out.Notification = &port.Notification{Topic: n.Topic, Body: n.Body}
	}
	return out, nil
}

// EncodeFrame writes the frame that performs an effect: see Encode.
func (Codec) EncodeFrame(effect messages.Effect, about port.FrameContext) (frame []byte, ok bool, err error) {
	return Encode(effect, Context{
		IQ: about.IQ, RPC: about.RPC, Self: about.Self, Token: about.Token,
		NotificationHost: about.NotificationHost, LocalSDP: about.LocalSDP,
	})
}
