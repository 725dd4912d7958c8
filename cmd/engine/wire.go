package main

import (
	"fmt"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/adapters/publicapi"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// registry is what the actors of a cell are made of.
func registry() actors.Registry { return actors.Softphone() }

// allCharts are the charts that this binary was built from.
func allCharts() []fsm.Declared { return actors.Charts() }

// newHost makes a fresh cell, configured as the capture's client was, and what translates for it. The caller calls done.
func newHost(log *capture.Capture, profile quirk.Set) (host replay.Host, done func(), err error) {
	cell, err := runtime.NewCell(runtime.Config{
		Cell: log.Name, Options: optionsOf(log.Config.Options), Quirks: profile, IDPrefix: "replay-", Registry: registry(),
	})
	if err != nil {
		return replay.Host{}, nil, fmt.Errorf("%s: %w", log.Name, err)
	}
	return replay.Host{
		Cell: cell, Frames: frames{}, Notifications: notified{}, REST: rest{},
		IdentifyIQ: capture.IdentifyIQ, Look: replay.LookInto(cell),
	}, cell.Close, nil
}

// optionsOf are the cell's options for those of a recorded client; what is absent there has the SDK's default.
func optionsOf(c capture.ClientOptions) messages.Options {
	o := messages.DefaultOptions()
	set(&o.AutoConnectSessions, c.AutoConnectSessions)
	set(&o.DisableAutoAnswer, c.DisableAutoAnswer)
	set(&o.UseServerSidePings, c.UseServerSidePings)
	if c.EagerPersistent != nil {
		o.EagerPersistent = messages.Eagerness(*c.EagerPersistent)
	}
	if c.AllowedSessionTypes != nil {
		o.AllowedSessionTypes = nil
	}
	for _, t := range c.AllowedSessionTypes {
		o.AllowedSessionTypes = append(o.AllowedSessionTypes, messages.SessionType(t))
	}
	o.JIDResource = c.JIDResource
	return o
}

func set(option *bool, recorded *bool) {
	if recorded != nil {
		*option = *recorded
	}
}

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
