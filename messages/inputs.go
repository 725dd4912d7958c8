package messages

import "time"

// Requests of the embedding program. Each carries the Call that its settlement (Settle) names.
type (
	// Initialize asks to log in and get ready.
	Initialize struct {
		Call CallID `json:"call"`
	}
	// Disconnect asks to close the stream; sessions stay.
	Disconnect struct {
		Call CallID `json:"call"`
	}
	// Destroy asks to end everything.
	Destroy struct {
		Call CallID `json:"call"`
	}
	// Answer accepts a pending session (acceptPendingSession).
	Answer struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Session      SessionID      `json:"session,omitempty"`
		Type         SessionType    `json:"type,omitempty"`
	}
	// Decline rejects a pending session (rejectPendingSession).
	Decline struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Session      SessionID      `json:"session,omitempty"`
		Type         SessionType    `json:"type,omitempty"`
	}
	// AcceptSession accepts a started session by hand (acceptSession).
	AcceptSession struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Type         SessionType    `json:"type,omitempty"`
	}
	// EndSession hangs up a conversation (endSession).
	EndSession struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Type         SessionType    `json:"type,omitempty"`
		Reason       string         `json:"reason,omitempty"`
	}
	// TerminateSession ends a session by its sid (forceTerminateSession).
	TerminateSession struct {
		Call    CallID    `json:"call"`
		Session SessionID `json:"session"`
		Reason  string    `json:"reason,omitempty"`
	}
	// Mute mutes or unmutes the user's audio (setAudioMute).
	Mute struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Muted        bool           `json:"muted"`
	}
	// MuteVideo is refused for softphone sessions (setVideoMute).
	MuteVideo struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Muted        bool           `json:"muted"`
	}
	// Hold holds or retrieves a conversation (setConversationHeld).
	Hold struct {
		Call         CallID         `json:"call"`
		Conversation ConversationID `json:"conversation,omitempty"`
		Held         bool           `json:"held"`
	}
	// Dial places a call (startSoftphoneSession). Params is the JSON body of the request, without sessionType.
	Dial struct {
		Call   CallID `json:"call"`
		Params Opaque `json:"params,omitempty"`
	}
	// SetAccessToken replaces the access token (setAccessToken). The token itself stays with the adapters.
	SetAccessToken struct {
		Call CallID `json:"call"`
	}
	// AllowSessionType enables a session type (addAllowedSessionType).
	AllowSessionType struct {
		Call CallID      `json:"call"`
		Type SessionType `json:"type"`
	}
	// DisallowSessionType disables a session type (removeAllowedSessionType).
	DisallowSessionType struct {
		Call CallID      `json:"call"`
		Type SessionType `json:"type"`
	}
	// UnknownRequest is a method that the core does not have; it is refused, not lost.
	UnknownRequest struct {
		Call CallID `json:"call"`
		Name string `json:"name"`
	}
)

// The stream: the WebSocket's own life and the XMPP of its set-up (RFC 7395, RFC 6120). Socket counts the sockets that the
// cell asked for, from 1; what an older socket says is late.
type (
	// SocketOpened: the WebSocket is open.
	SocketOpened struct {
		Socket int `json:"socket"`
	}
	// SocketClosed: the WebSocket is gone.
	SocketClosed struct {
		Socket int    `json:"socket"`
		Code   int    `json:"code,omitempty"`
		Reason string `json:"reason,omitempty"`
		Clean  bool   `json:"clean,omitempty"`
	}
	// SocketFailed: the WebSocket reported an error; a close follows.
	SocketFailed struct {
		Socket int `json:"socket"`
	}
	// StreamOpened is the server's <open/>.
	StreamOpened struct {
		Socket int `json:"socket"`
	}
	// StreamFeatures is the server's <stream:features/>: what it offers at this point.
	StreamFeatures struct {
		Socket     int      `json:"socket"`
		Mechanisms []string `json:"mechanisms,omitempty"`
		Bind       bool     `json:"bind,omitempty"`
	}
	// SASLSucceeded is <success/>.
	SASLSucceeded struct {
		Socket int `json:"socket"`
	}
	// SASLFailed is <failure/>; Condition is its defined condition, such as not-authorized.
	SASLFailed struct {
		Socket    int    `json:"socket"`
		Condition string `json:"condition,omitempty"`
	}
	// StreamEnded is the server's <close/>.
	StreamEnded struct {
		Socket int `json:"socket"`
	}
	// UnknownFrame is a well-formed element that no one asked for; it is kept in the journal and changes nothing.
	UnknownFrame struct {
		Socket int    `json:"socket"`
		Name   string `json:"name"`
	}
)

// Jingle message initiation (XEP-0353 in the platform's dialect, sdk-behaviour 3.2).
type (
	// Propose offers a session.
	Propose struct {
		Session      SessionID      `json:"session"`
		Conversation ConversationID `json:"conversation,omitempty"`
		From         JID            `json:"from,omitempty"`
		To           JID            `json:"to,omitempty"`
		AutoAnswer   bool           `json:"autoAnswer,omitempty"`
		SDPOverXMPP  bool           `json:"sdpOverXmpp,omitempty"`
		PrivAnswer   string         `json:"privAnswer,omitempty"` // inin-priv-answer-mode: Auto or nothing
		FromUser     UserID         `json:"fromUser,omitempty"`   // inin-user-id
		OriginalRoom JID            `json:"originalRoom,omitempty"`
	}
	// Retract withdraws a propose.
	Retract struct {
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
	}
	// Accepted is an accept message: a client of this user, possibly this one, has taken the session.
	Accepted struct {
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
	}
	// Rejected is a reject message.
	Rejected struct {
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
	}
	// Proceeded is a proceed message from another client.
	Proceeded struct {
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
	}
)

// SDP over XMPP: JSON-RPC in genesys-webrtc IQs (sdk-behaviour 3.3). They are never acknowledged.
type (
	// Offer describes a new session, or an existing one anew.
	Offer struct {
		IQ           string         `json:"iq,omitempty"`
		Session      SessionID      `json:"session"`
		Conversation ConversationID `json:"conversation,omitempty"`
		From         JID            `json:"from,omitempty"`
		SDP          SDP            `json:"sdp,omitempty"`
		// ICE is ufrag and pwd of the description, joined by a line feed: the same means the same transport.
		ICE      Candidate `json:"ice,omitempty"`
		Reinvite bool      `json:"reinvite,omitempty"`
	}
	// RemoteCandidate is a trickled candidate of the far end.
	RemoteCandidate struct {
		IQ        string    `json:"iq,omitempty"`
		Session   SessionID `json:"session"`
		From      JID       `json:"from,omitempty"`
		Mid       string    `json:"mid,omitempty"`
		Candidate Candidate `json:"candidate,omitempty"`
		// Malformed: the fragment has no media line or no candidate line.
		Malformed bool `json:"malformed,omitempty"`
	}
	// Terminate ends a session from the far end. Reason is "" when the wire gave none.
	Terminate struct {
		IQ      string    `json:"iq,omitempty"`
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
		Reason  string    `json:"reason,omitempty"`
	}
	// UnknownRPC is a genesys-webrtc message whose method the core does not have.
	UnknownRPC struct {
		IQ     string `json:"iq,omitempty"`
		Method string `json:"method"`
		From   JID    `json:"from,omitempty"`
	}
)

// Classic Jingle (XEP-0166, XEP-0167, XEP-0176). IQ is the id to acknowledge.
type (
	// SessionInitiate describes a new session.
	SessionInitiate struct {
		IQ      string    `json:"iq"`
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
		SDP     SDP       `json:"sdp,omitempty"` // the description, as SDP
		Empty   bool      `json:"empty,omitempty"`
	}
	// SessionTerminate ends a session from the far end.
	SessionTerminate struct {
		IQ      string    `json:"iq"`
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
		Reason  string    `json:"reason,omitempty"`
	}
	// TransportInfo brings candidates.
	TransportInfo struct {
		IQ         string      `json:"iq"`
		Session    SessionID   `json:"session"`
		From       JID         `json:"from,omitempty"`
		Mid        string      `json:"mid,omitempty"`
		Candidates []Candidate `json:"candidates,omitempty"`
		Complete   bool        `json:"complete,omitempty"`
	}
	// SessionInfo carries a remark; with an empty Info it is a ping (XEP-0166 section 6.8).
	SessionInfo struct {
		IQ      string    `json:"iq"`
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
		Info    string    `json:"info,omitempty"`
	}
	// SessionAccept is an answer to an offer that we never make.
	SessionAccept struct {
		IQ      string    `json:"iq"`
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
	}
	// JingleAction is any other action of the far end.
	JingleAction struct {
		IQ      string    `json:"iq"`
		Session SessionID `json:"session"`
		From    JID       `json:"from,omitempty"`
		Action  string    `json:"action"`
	}
	// PeerRefused is an error IQ in answer to a Jingle IQ of ours.
	PeerRefused struct {
		Session   SessionID `json:"session"`
		Condition string    `json:"condition,omitempty"` // such as unknown-session
	}
	// ServerAsked is an IQ request that is none of the above, such as a ping of the server; it is to be answered.
	ServerAsked struct {
		IQ   string `json:"iq"`
		From JID    `json:"from,omitempty"`
		Name string `json:"name"` // the payload's element name, such as ping
	}
)

// Notifications (sdk-behaviour 3.5).
type (
	// ConversationNotified is the platform's view of one conversation.
	ConversationNotified struct {
		Conversation ConversationID `json:"conversation"`
		Participants []Participant  `json:"participants,omitempty"`
	}
	// StationNotified tells of the user's station: Action is Associated, Disassociated, WebRTCMigration or another word.
	StationNotified struct {
		Action  string    `json:"action"`
		Station StationID `json:"station,omitempty"` // of Associated
	}
	// NoLongerSubscribed: the channel lost its subscriptions; the next connection must be a new channel.
	NoLongerSubscribed struct{}
	// DuplicateID: another client uses our channel; the next connection must be a new channel.
	DuplicateID struct{}
	// SubscriptionsExpiring: subscribe again, or nothing more will come.
	SubscriptionsExpiring struct{}
	// UnknownTopic is a notification that nobody subscribed to.
	UnknownTopic struct {
		Topic string `json:"topic"`
	}
)

// Results: what an effect brought back. Effect names the effect; a result whose effect is not open is an orphan.
type (
	// IQAnswered answers an IQ of ours. Exactly one of the bodies is set, after what was asked.
	IQAnswered struct {
		Effect EffectID `json:"effect"`
		// Condition is "" for a result, else the defined condition of the error.
		Condition string `json:"condition,omitempty"`
		// Bound is the full JID, in answer to SendBind.
		Bound JID `json:"bound,omitempty"`
		// Services are the ICE servers, in answer to SendServices.
		Services []ICEServer `json:"services,omitempty"`
	}
	// HTTPAnswered answers a REST request. Status 0: there was no answer. One body is set, after what was asked.
	HTTPAnswered struct {
		Effect EffectID `json:"effect"`
		Status int      `json:"status"`
		// RetryAfter is the header of that name, if there was one.
		RetryAfter   *time.Duration        `json:"retryAfter,omitempty"`
		Me           *MeBody               `json:"me,omitempty"`
		Channel      string                `json:"channel,omitempty"`
		Station      *StationInfo          `json:"station,omitempty"`
		Conversation *ConversationNotified `json:"conversation,omitempty"`
		Placed       *PlacedCall           `json:"placed,omitempty"`
		// Malformed says why the body of a success could not be read.
		Malformed string `json:"malformed,omitempty"`
	}
	// MicrophoneGranted: there is a microphone.
	MicrophoneGranted struct {
		Effect EffectID `json:"effect"`
	}
	// MicrophoneDenied: there is none, or not for us. Name is the DOMException's, such as NotAllowedError.
	MicrophoneDenied struct {
		Effect  EffectID `json:"effect"`
		Name    string   `json:"name"`
		Message string   `json:"message"`
	}
	// PeerDone: an operation on a peer connection succeeded (Describe, MakeAnswer).
	PeerDone struct {
		Effect EffectID `json:"effect"`
		SDP    SDP      `json:"sdp,omitempty"` // the local description, of MakeAnswer
	}
	// PeerRejected: an operation on a peer connection was rejected.
	PeerRejected struct {
		Effect  EffectID `json:"effect"`
		Name    string   `json:"name"`
		Message string   `json:"message"`
	}
)

// Facts that nobody asked for. Peer is the session actor whose peer connection speaks.
type (
	// PeerConnectionChanged: RTCPeerConnection.connectionState changed. Silent: it died without an event, as by sleep.
	PeerConnectionChanged struct {
		Peer   Ref       `json:"peer"`
		State  PeerPhase `json:"state"`
		Silent bool      `json:"silent,omitempty"`
	}
	// PeerICEChanged: RTCPeerConnection.iceConnectionState changed.
	PeerICEChanged struct {
		Peer  Ref       `json:"peer"`
		State PeerPhase `json:"state"`
	}
	// LocalCandidate: the peer connection gathered a candidate; an empty one is the end.
	LocalCandidate struct {
		Peer      Ref       `json:"peer"`
		Mid       string    `json:"mid,omitempty"`
		Candidate Candidate `json:"candidate,omitempty"`
	}
	// PageShown: the page became visible (true) or hidden.
	PageShown struct {
		Visible bool `json:"visible"`
	}
	// NetworkChanged: the machine went online or offline, as the operating system sees it.
	NetworkChanged struct {
		Online bool `json:"online"`
	}
	// TimerFired: a timer of a chart ran out. It was due at Due; the entry's own time says how late it is.
	TimerFired struct {
		Actor Ref           `json:"actor"`
		Timer string        `json:"timer"` // chart and row, such as connection.Up/after[pingPeriod]
		Due   time.Duration `json:"due"`
		// Late is how long after Due the entry came; it follows from the entry's time and is not journaled.
		Late time.Duration `json:"-"`
	}
)

// ICEServer is a STUN or TURN server (XEP-0215).
type ICEServer struct {
	Type      string `json:"type"`
	Host      string `json:"host"`
	Port      string `json:"port,omitempty"`
	Transport string `json:"transport,omitempty"`
	Username  Token  `json:"username,omitempty"`
	Password  Token  `json:"password,omitempty"`
}

// MeBody is what the core reads of GET /users/me?expand=station.
type MeBody struct {
	User    UserID    `json:"user"`
	JID     JID       `json:"jid"`
	Station StationID `json:"station,omitempty"` // station.effectiveStation.id
}

// PlacedCall is the answer to placing a call.
type PlacedCall struct {
	Conversation ConversationID `json:"conversation"`
	SelfURI      string         `json:"selfUri,omitempty"`
}
