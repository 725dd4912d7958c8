package host

import (
	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/adapters/publicapi"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// frames is the codec of the stream.
type frames struct{}

// DecodeFrame reads a frame that came in.
func (frames) DecodeFrame(socket int, frame []byte) (port.Frame, error) {
	f, err := jingle.Decode(socket, frame)
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

// EncodeFrame writes the frame that performs an effect.
func (frames) EncodeFrame(effect messages.Effect, about port.FrameContext) ([]byte, bool, error) {
	return jingle.Encode(effect, jingle.Context{
		IQ: about.IQ, RPC: about.RPC, Self: about.Self, Token: about.Token,
		NotificationHost: about.NotificationHost, LocalSDP: about.LocalSDP,
	})
}

// notified reads the bodies of notifications.
type notified struct{}

// DecodeNotification reads one.
func (notified) DecodeNotification(topic string, body []byte) (messages.Input, error) {
	return notifications.Decode(topic, body)
}

// rest is the codec of the public API.
type rest struct{}

// EncodeRequest is a request on the wire.
func (rest) EncodeRequest(r messages.Request) (method, path string, body []byte, err error) {
	return publicapi.Encode(r)
}

// DecodeResponse reads the answer to a request.
func (rest) DecodeResponse(r messages.Request, status int, retryAfter string, body []byte) messages.HTTPAnswered {
	return publicapi.Decode(r, status, retryAfter, body)
}
