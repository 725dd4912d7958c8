package messages

import (
	"fmt"
	"log/slog"
)

// Personal data and secrets are types of their own: whatever prints them, prints no more than what they are. Only the
// codecs write them, through Reveal.
type (
	// JID is an XMPP address; it identifies a person or a call.
	JID string
	// Phone is a phone number or SIP address.
	Phone string
	// PersonName is the name of a person.
	PersonName string
	// SDP is a session description; it holds addresses and keys.
	SDP string
	// Candidate is an ICE candidate; it holds addresses.
	Candidate string
	// Token is a secret that authorises.
	Token string
	// Opaque is a body that is passed through and never looked at, such as the parameters of a call being placed.
	Opaque string
)

// Reveal returns the text itself, for codecs and the wire.
func (v JID) Reveal() string        { return string(v) }
func (v Phone) Reveal() string      { return string(v) }
func (v PersonName) Reveal() string { return string(v) }
func (v SDP) Reveal() string        { return string(v) }
func (v Candidate) Reveal() string  { return string(v) }
func (v Token) Reveal() string      { return string(v) }
func (v Opaque) Reveal() string     { return string(v) }

// Format prints the redacted form under every verb.
func (v JID) Format(f fmt.State, _ rune)        { redact(f, "jid", len(v)) }
func (v Phone) Format(f fmt.State, _ rune)      { redact(f, "phone", len(v)) }
func (v PersonName) Format(f fmt.State, _ rune) { redact(f, "name", len(v)) }
func (v SDP) Format(f fmt.State, _ rune)        { redact(f, "sdp", len(v)) }
func (v Candidate) Format(f fmt.State, _ rune)  { redact(f, "candidate", len(v)) }
func (v Token) Format(f fmt.State, _ rune)      { redact(f, "token", len(v)) }
func (v Opaque) Format(f fmt.State, _ rune)     { redact(f, "body", len(v)) }

// LogValue logs the redacted form under every handler of slog. A struct that holds one is not to be logged as JSON: the codecs
// of journals need the text there.
func (v JID) LogValue() slog.Value        { return slog.StringValue(fmt.Sprint(v)) }
func (v Phone) LogValue() slog.Value      { return slog.StringValue(fmt.Sprint(v)) }
func (v PersonName) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(v)) }
func (v SDP) LogValue() slog.Value        { return slog.StringValue(fmt.Sprint(v)) }
func (v Candidate) LogValue() slog.Value  { return slog.StringValue(fmt.Sprint(v)) }
func (v Token) LogValue() slog.Value      { return slog.StringValue(fmt.Sprint(v)) }
func (v Opaque) LogValue() slog.Value     { return slog.StringValue(fmt.Sprint(v)) }

func redact(f fmt.State, what string, n int) {
	if n == 0 {
		_, _ = fmt.Fprintf(f, "<no %s>", what)
		return
	}
	_, _ = fmt.Fprintf(f, "<%s>", what)
}
