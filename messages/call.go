package messages

// CallState is the state of a communication: a participant's own leg of a conversation.
type CallState string

// The states the platform sends (sdk-behaviour "Call-state classes").
const (
	Alerting     CallState = "alerting"     // rings here; the user may answer
	Contacting   CallState = "contacting"   // we place it; nobody rings yet
	Dialing      CallState = "dialing"      // the far end rings
	Connected    CallState = "connected"    // both talk
	Disconnected CallState = "disconnected" // over
	Terminated   CallState = "terminated"   // over, and all is cleaned up
)

// Class is what a state means to the call-control core.
type Class uint8

// The classes of call states.
const (
	NoClass        Class = iota // there is no leg
	PendingClass                // alerting, contacting: not yet taken
	ConnectedClass              // dialing, connected: taken
	EndedClass                  // disconnected, terminated
	OtherClass                  // anything else, such as hold, none, offering
)

// Class tells which class a state is of. Unknown words are OtherClass: the platform may add to them.
func (s CallState) Class() Class {
	switch s {
	case Alerting, Contacting:
		return PendingClass
	case Dialing, Connected:
		return ConnectedClass
	case Disconnected, Terminated:
		return EndedClass
	default:
		return OtherClass
	}
}

// Flag is a boolean that may be missing on the wire; missing is different from false, because a change is told by it.
type Flag uint8

// The values of a Flag.
const (
	Unset Flag = iota
	No
	Yes
)

// FlagOf makes a Flag of a boolean.
func FlagOf(b bool) Flag {
	if b {
		return Yes
	}
	return No
}

// True tells whether the flag is set and true.
func (f Flag) True() bool { return f == Yes }

// Leg is one communication of a participant (`calls[]`).
type Leg struct {
	State     CallState `json:"state"`
	Muted     Flag      `json:"muted,omitempty"`
	Held      Flag      `json:"held,omitempty"`
	Confined  Flag      `json:"confined,omitempty"`
	Direction string    `json:"direction,omitempty"` // inbound or outbound
	// Failed tells that the leg carries error information (errorInfo).
	Failed bool `json:"failed,omitempty"`
	// ErrorCode is that information's code, such as error.ininedgecontrol.session.inactive.
	ErrorCode string `json:"errorCode,omitempty"`
}

// Outbound tells whether the user placed the call.
func (l Leg) Outbound() bool { return l.Direction == "outbound" }

// Participant is one party of a conversation, with its legs in the order of the wire.
type Participant struct {
	ID      ParticipantID `json:"id"`
	User    UserID        `json:"user,omitempty"`
	Purpose string        `json:"purpose,omitempty"` // agent, user, customer, …
	Calls   []Leg         `json:"calls,omitempty"`
}

// StationInfo is what the core reads of a station (GET /stations/{id}).
type StationInfo struct {
	ID             StationID `json:"id"`
	Type           string    `json:"type,omitempty"`
	LineAppearance int       `json:"lineAppearance,omitempty"` // webRtcCallAppearances; 0 when missing
	Persistent     bool      `json:"persistent,omitempty"`     // webRtcPersistentEnabled
}

// Concurrent tells whether each call gets a session of its own: line appearance greater than 1.
func (s StationInfo) Concurrent() bool { return s.LineAppearance > 1 }

// PersistentConnection tells whether the session outlives the call: enabled, and the station is a WebRTC softphone.
func (s StationInfo) PersistentConnection() bool {
	return s.Persistent && s.Type == "inin_webrtc_softphone"
}

// PeerPhase is a state of a peer connection (RTCPeerConnection.connectionState or iceConnectionState).
type PeerPhase string

// The states that the core tells apart. "" is a peer connection that reported nothing yet.
const (
	PeerNew          PeerPhase = "new"
	PeerChecking     PeerPhase = "checking"
	PeerConnecting   PeerPhase = "connecting"
	PeerConnected    PeerPhase = "connected"
	PeerCompleted    PeerPhase = "completed"
	PeerDisconnected PeerPhase = "disconnected"
	PeerFailed       PeerPhase = "failed"
	PeerClosed       PeerPhase = "closed"
)

// ErrorInfo is an error as the embedding program sees it: the SDK's type, the name of the error and its message.
// Type is "" for an error that the SDK passed on as it was.
type ErrorInfo struct {
	Type    ErrorType `json:"type,omitempty"`
	Name    string    `json:"name,omitempty"`
	Message string    `json:"message"`
	// Bare tells that there is no message at all: a stanza was passed on as the error.
	Bare bool `json:"bare,omitempty"`
}

// ErrorType is the type of an SdkError.
type ErrorType string

// The SDK's error types (sdk-behaviour 4.1).
const (
	ErrGeneric        ErrorType = "generic"
	ErrInitialization ErrorType = "initialization"
	ErrHTTP           ErrorType = "http"
	ErrInvalidOptions ErrorType = "invalid_options"
	ErrNotSupported   ErrorType = "not_supported"
	ErrSession        ErrorType = "session"
	ErrCall           ErrorType = "call"
	ErrMedia          ErrorType = "media"
)
