package messages

import "time"

// What the embedding program gets.
type (
	// Announce tells the embedding program of an event.
	Announce struct {
		Event Event `json:"event"`
	}
	// Settle ends a request of the embedding program. Error nil: it succeeded.
	Settle struct {
		Call   CallID      `json:"call"`
		Error  *ErrorInfo  `json:"error,omitempty"`
		Placed *PlacedCall `json:"placed,omitempty"` // the result of Dial
	}
)

// The stream.
type (
	// OpenSocket asks for a WebSocket to the channel (sub-protocol xmpp). Socket counts them, from 1.
	OpenSocket struct {
		Socket  int    `json:"socket"`
		Channel string `json:"channel"`
	}
	// CloseSocket asks for the WebSocket's close.
	CloseSocket struct {
		Socket int `json:"socket"`
	}
	// SendStreamOpen sends <open/> to the domain of the user's JID.
	SendStreamOpen struct {
		Domain string `json:"domain"`
	}
	// SendAuth sends SASL PLAIN with the user's bare JID and the access token, which the adapter knows.
	SendAuth struct {
		JID JID `json:"jid"`
	}
	// SendBind asks for a resource; "" lets the server choose.
	SendBind struct {
		Resource string `json:"resource,omitempty"`
	}
	// SendServices asks for ICE servers of a type: turn or stun (XEP-0215).
	SendServices struct {
		Domain string `json:"domain"`
		Type   string `json:"type"`
	}
	// SendSubscribe subscribes to a topic by pubsub.
	SendSubscribe struct {
		Topic string `json:"topic"`
		JID   JID    `json:"jid"`
	}
	// SendPing is an XMPP ping (XEP-0199) without an address.
	SendPing struct{}
	// SendStreamClose sends <close/>.
	SendStreamClose struct{}
	// AcknowledgeIQ answers an IQ with an empty result.
	AcknowledgeIQ struct {
		IQ string `json:"iq"`
		To JID    `json:"to"`
	}
	// RefuseIQ answers an IQ with an error. JingleCondition is the Jingle-specific one, if any.
	RefuseIQ struct {
		IQ              string `json:"iq"`
		To              JID    `json:"to"`
		Condition       string `json:"condition"`
		JingleCondition string `json:"jingleCondition,omitempty"`
	}
)

// Jingle message initiation.
type (
	// SendProceed tells the proposer that this client takes the session.
	SendProceed struct {
		Session SessionID `json:"session"`
		To      JID       `json:"to"`
	}
	// SendAccept tells the user's other clients that this one has the session. To is the own bare JID.
	SendAccept struct {
		Session SessionID `json:"session"`
		To      JID       `json:"to"`
	}
)

// Session signalling. Peer names the session actor that speaks: two sessions may share an id.
type (
	// SendAnswer answers an offer (rpc answer, or session-accept). The adapter fills in the local description.
	SendAnswer struct {
		Signalling Signalling `json:"signalling"`
		Session    SessionID  `json:"session"`
		To         JID        `json:"to"`
		Peer       Ref        `json:"peer"`
		SDP        SDP        `json:"sdp,omitempty"`
	}
	// SendCandidate trickles a local candidate; an empty one is the end of candidates.
	SendCandidate struct {
		Signalling Signalling `json:"signalling"`
		Session    SessionID  `json:"session"`
		To         JID        `json:"to"`
		Peer       Ref        `json:"peer"`
		Mid        string     `json:"mid,omitempty"`
		Candidate  Candidate  `json:"candidate,omitempty"`
	}
	// SendActive tells that media flows (rpc info active, or session-info active).
	SendActive struct {
		Signalling Signalling `json:"signalling"`
		Session    SessionID  `json:"session"`
		To         JID        `json:"to"`
		Peer       Ref        `json:"peer"`
	}
	// SendTerminate ends a session from our side.
	SendTerminate struct {
		Signalling Signalling `json:"signalling"`
		Session    SessionID  `json:"session"`
		To         JID        `json:"to"`
		Peer       Ref        `json:"peer"`
		Reason     string     `json:"reason"`
	}
)

// RequestKind says what a REST request is for; it decides the method and path, and which body its answer has.
type RequestKind string

// The REST requests (sdk-behaviour 3.6).
const (
	GetOrganization RequestKind = "get-organization" // GET /organizations/me
	GetMe           RequestKind = "get-me"           // GET /users/me?expand=station
	PostChannel     RequestKind = "post-channel"     // POST /notifications/channels?connectionType=streaming
	PutTopics       RequestKind = "put-topics"       // PUT /notifications/channels/{channel}/subscriptions
	GetStation      RequestKind = "get-station"      // GET /stations/{station}
	GetConversation RequestKind = "get-conversation" // GET /conversations/{conversation}
	PostCall        RequestKind = "post-call"        // POST /conversations/calls
	PatchState      RequestKind = "patch-state"      // PATCH …/participants/{participant} {"state":…}
	PatchMuted      RequestKind = "patch-muted"      // PATCH …/participants/{participant} {"muted":…}
	PatchHeld       RequestKind = "patch-held"       // PATCH …/participants/{participant} {"held":…}
	PostVoicemail   RequestKind = "post-voicemail"   // POST …/participants/{participant}/replace {"voicemail":true}
)

// RequestKinds are all kinds of requests.
func RequestKinds() []RequestKind {
	return []RequestKind{
		GetOrganization, GetMe, PostChannel, PutTopics, GetStation, GetConversation, PostCall, PatchState, PatchMuted, PatchHeld, PostVoicemail,
	}
}

// Request asks for one REST call. Only the fields of its kind are set.
type Request struct {
	Of           RequestKind    `json:"of"`
	Conversation ConversationID `json:"conversation,omitempty"`
	Participant  ParticipantID  `json:"participant,omitempty"`
	Station      StationID      `json:"station,omitempty"`
	Channel      string         `json:"channel,omitempty"`
	Topics       []string       `json:"topics,omitempty"`
	State        CallState      `json:"state,omitempty"`
	Value        bool           `json:"value,omitempty"` // of PatchMuted and PatchHeld
	Body         Opaque         `json:"body,omitempty"`  // of PostCall
}

// Media. Peer is the session actor that owns the peer connection.
type (
	// RequestMicrophone asks for the default microphone.
	RequestMicrophone struct {
		Peer Ref `json:"peer"`
	}
	// StopMicrophone gives the session's microphone back.
	StopMicrophone struct {
		Peer Ref `json:"peer"`
	}
	// CreatePeer makes a session's peer connection with these servers; Relay allows relayed candidates only.
	CreatePeer struct {
		Peer       Ref         `json:"peer"`
		Signalling Signalling  `json:"signalling"`
		Servers    []ICEServer `json:"servers,omitempty"`
		Relay      bool        `json:"relay,omitempty"`
	}
	// Describe sets the remote description.
	Describe struct {
		Peer Ref `json:"peer"`
		SDP  SDP `json:"sdp,omitempty"`
	}
	// AddMicrophone sends the microphone's track on the peer connection.
	AddMicrophone struct {
		Peer Ref `json:"peer"`
	}
	// MakeAnswer creates the answer and sets it as the local description.
	MakeAnswer struct {
		Peer Ref `json:"peer"`
	}
	// AddCandidate adds a candidate of the far end.
	AddCandidate struct {
		Peer      Ref       `json:"peer"`
		Mid       string    `json:"mid,omitempty"`
		Candidate Candidate `json:"candidate,omitempty"`
	}
	// ClosePeer closes the peer connection.
	ClosePeer struct {
		Peer Ref `json:"peer"`
	}
)

// Timers. Charts never order them by hand: a timer is a row, and entering or leaving its state orders these.
type (
	// StartTimer asks for TimerFired after a while.
	StartTimer struct {
		Actor Ref           `json:"actor"`
		Timer string        `json:"timer"`
		After time.Duration `json:"after"`
	}
	// StopTimer takes it back.
	StopTimer struct {
		Actor Ref    `json:"actor"`
		Timer string `json:"timer"`
	}
)
