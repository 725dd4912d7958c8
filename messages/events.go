package messages

// Event is what the embedding program is told. Name is the SDK's.
type Event interface{ Name() string }

// Events of the client, each under the name that the SDK gives it.
type (
	// Ready: initialize is done; once per initialize.
	Ready struct{}
	// StreamConnected (connected): the stream is up. Reconnect: it was up before.
	StreamConnected struct {
		Reconnect bool `json:"reconnect"`
	}
	// StreamDisconnected (disconnected): the stream is lost.
	StreamDisconnected struct {
		Message string `json:"message,omitempty"`
	}
	// PendingSession: something rings, or would.
	PendingSession struct {
		ID           SessionID      `json:"id"`
		Conversation ConversationID `json:"conversationId,omitempty"`
		AutoAnswer   bool           `json:"autoAnswer"`
		Type         SessionType    `json:"sessionType"`
		PrivAnswer   string         `json:"privAnswerMode,omitempty"`
		FromUser     UserID         `json:"fromUserId,omitempty"`
		OriginalRoom JID            `json:"originalRoomJid,omitempty"`
		From         JID            `json:"fromJid,omitempty"`
		To           JID            `json:"toJid,omitempty"`
	}
	// CancelPendingSession: it stopped ringing; nobody took it.
	CancelPendingSession struct {
		Session      SessionID      `json:"sessionId"`
		Conversation ConversationID `json:"conversationId,omitempty"`
	}
	// HandledPendingSession: it stopped ringing; some client of the user took it.
	HandledPendingSession struct {
		Session      SessionID      `json:"sessionId"`
		Conversation ConversationID `json:"conversationId,omitempty"`
	}
	// SessionStarted: a session, or a conversation on a shared session, has begun.
	SessionStarted struct {
		Session SessionSummary `json:"session"`
	}
	// SessionEnded: it is over.
	SessionEnded struct {
		Session SessionSummary `json:"session"`
		Reason  string         `json:"condition"`
	}
	// SessionInterrupted: media stopped flowing; it may come back.
	SessionInterrupted struct {
		Session      SessionID      `json:"sessionId"`
		Conversation ConversationID `json:"conversationId,omitempty"`
		Type         SessionType    `json:"sessionType"`
	}
	// ConversationUpdate: the user's calls, and what changed.
	ConversationUpdate struct {
		// Active is the id of the conversation that is heard, or "". ActiveKnown false: the SDK announced undefined.
		Active      ConversationID      `json:"activeConversationId"`
		ActiveKnown bool                `json:"activeKnown"`
		Current     []ConversationState `json:"current"`
		Added       []ConversationState `json:"added"`
		Removed     []ConversationState `json:"removed"`
	}
	// StationChanged (station): the user's station, or that there is none any more.
	StationChanged struct {
		Action  string       `json:"action"`
		Station *StationInfo `json:"station"`
	}
	// ConcurrentSessionsEnabled (concurrentSoftphoneSessionsEnabled): whether each call has a session of its own.
	ConcurrentSessionsEnabled struct {
		Enabled bool `json:"enabled"`
	}
	// SDKError (sdkError): something failed.
	SDKError struct {
		Error ErrorInfo `json:"error"`
	}
	// LegacyError (error): a text error of the streaming layer.
	LegacyError struct {
		Message string `json:"message"`
	}
	// Trace (trace): reserved by the SDK; nothing raises it.
	Trace struct {
		Message string `json:"message"`
	}
)

// Events of one session (sdk-behaviour 4.2).
type (
	// SessionStateChanged (sessionState): of Jingle sessions.
	SessionStateChanged struct {
		Session SessionID `json:"session"`
		State   string    `json:"state"`
	}
	// ConnectionStateChanged (connectionState): of Jingle sessions.
	ConnectionStateChanged struct {
		Session SessionID `json:"session"`
		State   string    `json:"state"`
	}
	// ICEConnectionType (iceConnectionType): of Jingle sessions.
	ICEConnectionType struct {
		Session SessionID `json:"session"`
		Relayed bool      `json:"relayed"`
	}
	// EndOfCandidates (endOfCandidates): gathering is complete.
	EndOfCandidates struct {
		Session SessionID `json:"session"`
	}
	// SessionTerminated (terminated): the session is over.
	SessionTerminated struct {
		Session SessionID `json:"session"`
		Reason  string    `json:"condition"`
	}
	// SessionMuted (mute, unmute): the far end said so; of Jingle sessions.
	SessionMuted struct {
		Session SessionID `json:"session"`
		Muted   bool      `json:"muted"`
	}
)

// SessionSummary is a session as the embedding program sees it.
type SessionSummary struct {
	ID           SessionID      `json:"id"`
	Conversation ConversationID `json:"conversationId,omitempty"`
	Type         SessionType    `json:"sessionType"`
	State        string         `json:"state,omitempty"` // pending, active, ended
	Connection   PeerPhase      `json:"connection,omitempty"`
	FromUser     UserID         `json:"fromUserId,omitempty"`
	OriginalRoom JID            `json:"originalRoomJid,omitempty"`
	Peer         JID            `json:"peer,omitempty"`
	Reinvite     bool           `json:"reinvite,omitempty"`
	Replaced     bool           `json:"replaced,omitempty"` // by a reinvite
}

// ConversationState is a conversation as the embedding program sees it. A placeholder has only a session.
type ConversationState struct {
	Conversation ConversationID `json:"conversationId,omitempty"`
	Session      SessionID      `json:"sessionId,omitempty"`
	Call         *Leg           `json:"call,omitempty"`
}
