package messages

// Options is what the embedding program chooses for a cell, in the words of the SDK's configuration (sdk-behaviour 1).
// They are fixed for the cell's life and stand in the journal's header.
type Options struct {
	// AutoConnectSessions accepts a session's initiate by itself once the conversation was consented to.
	AutoConnectSessions bool `json:"autoConnectSessions"`
	// DisableAutoAnswer leaves an offer that asks to be answered by itself ringing.
	DisableAutoAnswer bool `json:"disableAutoAnswer,omitempty"`
	// AutoAnswerInbound consents to offers from outside that ask to be answered by themselves (design section 6, c).
	AutoAnswerInbound bool `json:"autoAnswerInbound,omitempty"`
	// EagerPersistent says what is done with the offer of a persistent connection.
	EagerPersistent Eagerness `json:"eagerPersistent,omitempty"`
	// UseServerSidePings leaves it to the server to find out that the stream is dead.
	UseServerSidePings bool `json:"useServerSidePings,omitempty"`
	// AllowedSessionTypes are the session types that are handled; empty: none.
	AllowedSessionTypes []SessionType `json:"allowedSessionTypes,omitempty"`
	// JIDResource is the resource to bind to; "" lets the server choose.
	JIDResource string `json:"jidResource,omitempty"`
}

// DefaultOptions are the SDK's defaults (sdk-behaviour 1, `_config`).
func DefaultOptions() Options {
	return Options{
		AutoConnectSessions: true,
		EagerPersistent:     EagerAuto,
		AllowedSessionTypes: []SessionType{Softphone, CollaborateVideo, ScreenShare},
	}
}

// Configured tells the Root how its cell is configured, before anything else and once in its life. It never comes from
// outside: the journal's header holds it.
type Configured struct {
	Cell         string  `json:"cell"`
	User         UserID  `json:"user,omitempty"`
	Organization string  `json:"organization,omitempty"`
	IDPrefix     string  `json:"idPrefix,omitempty"`
	Options      Options `json:"options"`
	// Quirks are the names of those that are on.
	Quirks []string `json:"quirks,omitempty"`
}

// Kind is the word of the journal.
func (Configured) Kind() string { return "configured" }

// Eagerness says when a persistent connection is made.
type Eagerness string

// The values of an Eagerness. "" is EagerAuto, as in the SDK.
const (
	EagerAuto  Eagerness = "auto"  // taken by itself
	EagerEvent Eagerness = "event" // announced, for the embedding program to take
	EagerNone  Eagerness = "none"  // left to the first call
)
