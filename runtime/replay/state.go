package replay

// State is a cell's own view of itself, in the shape of a recording's records of kind state: it marshals to their fields.
type State struct {
	// Connected: the client is initialised and its stream is up.
	Connected bool `json:"connected"`
	// Station is the user's station, nil while there is none.
	Station *StationView `json:"station"`
	// SDKPending are the invitations that the client announced or holds, in its order.
	SDKPending []PendingView `json:"sdkPending"`
	// SCPending are the invitations that the streaming layer holds, in its order.
	SCPending []StreamPendingView `json:"scPending"`
	// Sessions are the live sessions, in their order.
	Sessions []SessionView `json:"sessions"`
	// ActiveSession is the session that conversations share, nil while there is none.
	ActiveSession *string `json:"activeSession"`
	// Conversations are the user's calls, in their order.
	Conversations []ConversationView `json:"conversations"`
}

// StationView is a station as a look inside shows it.
type StationView struct {
	ID             string `json:"id"`
	LineAppearance int    `json:"la"`
	Persistent     bool   `json:"pers"`
}

// PendingView is an invitation.
type PendingView struct {
	ID             string `json:"id"`
	ConversationID string `json:"conversationId,omitempty"`
	Accepted       bool   `json:"accepted,omitempty"`
	AutoAnswer     bool   `json:"autoAnswer"`
}

// StreamPendingView is an invitation as the streaming layer holds it.
type StreamPendingView struct {
	ID       string `json:"id"`
	Accepted bool   `json:"accepted,omitempty"`
}

// SessionView is a session. PC is its peer connection's connectionState; State "" is not told.
type SessionView struct {
	ID             string `json:"id"`
	ConversationID string `json:"conversationId,omitempty"`
	State          string `json:"state,omitempty"`
	PC             string `json:"pc,omitempty"`
}

// ConversationView is a conversation.
type ConversationView struct {
	ConversationID string    `json:"conversationId,omitempty"`
	SessionID      string    `json:"sessionId,omitempty"`
	Call           *CallView `json:"call,omitempty"`
}
