package jingle_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/adapters/jingle"
)

// A stream error is read by a client as a frame that asks nothing of it; a condition that XML cannot carry is not sent as it is.
func TestStreamErrorsAreWellFormed(t *testing.T) {
	for condition, want := range map[string]string{
		"policy-violation": `<stream:error xmlns:stream="http://etherx.jabber.org/streams"><policy-violation xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`,
		"not a name":       `<stream:error xmlns:stream="http://etherx.jabber.org/streams"><undefined-condition xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`,
	} {
		frame := jingle.StreamError(condition)
		if string(frame) != want {
			t.Errorf("%s is written as %s, want %s", condition, frame, want)
		}
		if _, err := jingle.Decode(1, frame); err != nil {
			t.Errorf("%s cannot be read: %v", condition, err)
		}
	}
	if got := string(jingle.StreamClose()); got != `<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>` {
		t.Errorf("a stream is closed by %s", got)
	}
}
