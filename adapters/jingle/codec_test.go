package jingle

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

var codec port.FrameCodec = Codec{}

// The codec says what Decode says, whichever of the three it is.
func TestCodecDecodes(t *testing.T) {
	for frame, want := range map[string]port.Frame{
		`<open xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>`: {Input: messages.StreamOpened{Socket: 3}},
		`<iq xmlns="jabber:client" type="error" id="a" from="c@d"><error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`: {
			Answer: &port.IQAnswer{ID: "a", From: "c@d", Condition: "item-not-found"},
		},
		`<message xmlns="jabber:client" from="notifications.d"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="t.x"><item><json xmlns="urn:xmpp:json:0">{"a":1}</json></item></items></event></message>`: {
			Notification: &port.Notification{Topic: "t.x", Body: []byte(`{"a":1}`)},
		},
	} {
		got, err := codec.DecodeFrame(3, []byte(frame))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", frame, got, err, want)
		}
	}
	if _, err := codec.DecodeFrame(3, []byte("<open")); err == nil {
		t.Error("half an element is read")
	}
}

// Every part of the context reaches the frame.
func TestCodecEncodes(t *testing.T) {
	about := port.FrameContext{
		IQ: "iq-1", RPC: "rpc-1", Self: "u@d/r", Token: "secret", NotificationHost: "notifications.d", LocalSDP: "v=0\r\n",
	}
	same := Context{
		IQ: "iq-1", RPC: "rpc-1", Self: "u@d/r", Token: "secret", NotificationHost: "notifications.d", LocalSDP: "v=0\r\n",
	}
	for _, effect := range []messages.Effect{
		messages.SendAuth{JID: "u@d"},
		messages.SendSubscribe{Topic: "t.x", JID: "u@d"},
		messages.SendAnswer{Session: "S1", To: "g@d", Signalling: messages.SDPOverXMPP},
		messages.CloseSocket{Socket: 1},
	} {
		got, ok, err := codec.EncodeFrame(effect, about)
		want, wantOK, wantErr := Encode(effect, same)
		if err != nil || wantErr != nil || ok != wantOK || !bytes.Equal(got, want) {
			t.Errorf("%s: %s, %v, %v, want %s, %v, %v", effect.Kind(), got, ok, err, want, wantOK, wantErr)
		}
	}
}
