package messages_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

// Whoever prints or logs personal data or a secret, by mistake too, prints no more than what it is.
func TestPersonalDataPrintsRedacted(t *testing.T) {
	const text = "hunter2@example.com"
	for what, v := range map[string]interface{ Reveal() string }{
		"jid": messages.JID(text), "phone": messages.Phone(text), "name": messages.PersonName(text), "sdp": messages.SDP(text),
		"candidate": messages.Candidate(text), "token": messages.Token(text), "body": messages.Opaque(text),
	} {
		if v.Reveal() != text {
			t.Errorf("%s: Reveal is %q", what, v.Reveal())
		}
		var printed bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s"} {
			fmt.Fprintf(&printed, verb+" "+verb+"\n", v, struct{ V any }{v})
		}
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("a call", "who", v)
		slog.New(slog.NewTextHandler(&printed, nil)).Info("a call", "who", v)
		if got := printed.String(); strings.Contains(got, "hunter2") || strings.Contains(got, "68756e74") || !strings.Contains(got, "<"+what+">") {
			t.Errorf("%s prints as\n%s", what, got)
		}
	}
	if got := fmt.Sprint(messages.JID("")); got != "<no jid>" {
		t.Errorf("no JID prints as %s", got)
	}
}
