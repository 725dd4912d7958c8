package runtime_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// Which frames leave when.
func TestGate(t *testing.T) {
	g := runtime.NewGate(quirk.SDK924())
	connected := messages.Announce{Event: messages.StreamConnected{}}
	lost := messages.Announce{Event: messages.StreamDisconnected{}}
	answer := func(s messages.Signalling) messages.Effect {
		return messages.SendAnswer{Signalling: s, Session: "s", Peer: 7}
	}
	for i, step := range []struct {
		effect messages.Effect
		passes bool
	}{
		{messages.SendProceed{}, false}, {messages.SendPing{}, true},
		{connected, true}, {messages.SendProceed{}, true}, {answer(messages.SDPOverXMPP), true}, {answer(messages.Jingle), false},
		{messages.CreatePeer{Peer: 7, Signalling: messages.Jingle}, true}, {answer(messages.Jingle), true},
		{lost, true}, {answer(messages.SDPOverXMPP), false}, {messages.AcknowledgeIQ{}, false}, {messages.SendAccept{Session: "t"}, false},
		{connected, true}, {answer(messages.SDPOverXMPP), true}, {answer(messages.Jingle), false},
		{messages.SendTerminate{Signalling: messages.Jingle, Session: "s", Peer: 7}, false}, {messages.RefuseIQ{}, true},
	} {
		if got := g.Passes(step.effect); got != step.passes {
			t.Errorf("%d: %s passes: %t", i, step.effect.Kind(), got)
		}
	}
}

// Without the SDK's defects a stream carries what is said about calls from its bind on, and for sessions of earlier streams.
func TestGateWithoutQuirks(t *testing.T) {
	g := runtime.NewGate(quirk.Corrected)
	terminate := messages.SendTerminate{Signalling: messages.Jingle, Session: "s", Peer: 7}
	for i, step := range []struct {
		effect messages.Effect
		passes bool
	}{
		{messages.SendProceed{}, false}, {messages.SendServices{}, true}, {messages.SendProceed{}, true},
		{messages.Announce{Event: messages.StreamConnected{}}, true}, {messages.CreatePeer{Peer: 7, Signalling: messages.Jingle}, true},
		{messages.Announce{Event: messages.StreamDisconnected{}}, true}, {terminate, false}, {messages.OpenSocket{}, true}, {terminate, false},
		{messages.SendServices{}, true}, {terminate, true}, {messages.Announce{Event: messages.StreamConnected{}}, true}, {terminate, true},
	} {
		if got := g.Passes(step.effect); got != step.passes {
			t.Errorf("%d: %s passes: %t", i, step.effect.Kind(), got)
		}
	}
}
