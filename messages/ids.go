package messages

import "strconv"

// Identifiers that come from outside are opaque: they are compared, never parsed.
type (
	// SessionID is the sid of a signalling and media relation (XEP-0166, XEP-0353). Two live sessions may share one:
	// the far end chooses it, so it never names an actor.
	SessionID string
	// ConversationID names a conversation of the platform; it outlives sessions, and several may share one session.
	ConversationID string
	// ParticipantID names one participant of a conversation, as the public API does.
	ParticipantID string
	// UserID names a user of the organisation.
	UserID string
	// StationID names a station.
	StationID string
	// CallID pairs a request of the embedding program with its settlement. The embedder chooses it.
	CallID uint64
	// Ref is the ordinal of an actor within its cell: minted in order of birth, never reused. 0 is nobody.
	Ref uint32
	// EffectID names one effect: the entry that decided it and its place among the entry's effects, such as "17.2".
	EffectID string
)

// Root is the softphone actor, the first of each cell.
const Root Ref = 1

// NewEffectID is the name of the n-th effect (from 1) of an entry.
func NewEffectID(entry uint64, n int) EffectID {
	b := make([]byte, 0, 24)
	b = strconv.AppendUint(b, entry, 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(n), 10)
	return EffectID(b)
}

// SessionType says what a session carries. Only softphone sessions are handled so far.
type SessionType string

// The session types, in the words of the SDK.
const (
	Softphone        SessionType = "softphone"
	CollaborateVideo SessionType = "collaborateVideo"
	ScreenShare      SessionType = "acdScreenShare"
	ScreenRecording  SessionType = "screenRecording"
	UnknownType      SessionType = "unknown"
)

// Signalling is how a session is described to us.
type Signalling string

// The two signallings of the wire (platform-wire section 4, variants A and B).
const (
	SDPOverXMPP Signalling = "sdp" // JSON-RPC offers in genesys-webrtc IQs
	Jingle      Signalling = "jingle"
)
