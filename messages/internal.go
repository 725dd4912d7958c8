package messages

import (
	"slices"
	"time"
)

// Messages between the actors of a cell. They are never journaled: the inputs that cause them are.

// The actors that each cell has from the start.
const (
	ConnectionActor Ref = 2
	StationActor    Ref = 3
	LineActor       Ref = 4
	KeeperActor     Ref = 5 // pings, the server's silence, topics
)

// Born is the first message of an actor that must know its own name; the kernel fills it in.
type Born interface {
	Input
	// BornAs returns the message with the actor's ref.
	BornAs(Ref) Input
}

// Words of the invitation and its propose.
type (
	// Invited: a propose reached the client. The root adds what the embedder wants done with it.
	Invited struct {
		Ref     Ref
		Propose Propose
		Policy  AnswerPolicy
	}
	// Ring starts a mocked invitation: a notification says that a call waits on the shared session.
	Ring struct {
		Ref    Ref
		Invite PendingSession
	}
	// CallPlaced: the platform has placed the call that this client dialled; "" if it could not. Last: no other is
	// being placed.
	CallPlaced struct {
		Conversation ConversationID
		Last         bool
	}
	// InvitedAgain: another propose for the conversation of an invitation.
	InvitedAgain struct {
		Propose Propose
		Dialled bool // this client placed the call
	}
	// ProceedWanted: an invitation is to be taken; the root answers with ProceedNow.
	ProceedWanted struct {
		Invitation Ref
		Call       CallID
	}
	// ProceedNow takes an invitation. Shared: its session is the live shared one, so the answer goes by REST.
	ProceedNow struct {
		Call   CallID
		Shared bool
		Known  Whereabouts
	}
	// DeclineNow rejects an invitation.
	DeclineNow struct {
		Call  CallID
		Known Whereabouts
	}
	// TakeProposal asks for the proceed of a session id, as it was proposed: for a conversation, and by whom; empty when the
	// session id was not proposed, but taken from the shared session.
	TakeProposal struct {
		Session      SessionID
		Conversation ConversationID
		From         JID
	}
	// ForgetProposal: the streaming layer is to forget the propose.
	ForgetProposal struct{}
	// PendingHandled: whatever rings with this session id was taken by some client.
	PendingHandled struct {
		Session SessionID
		// Conversation is the one meant, where it is known; the SDK looks at the session id alone.
		Conversation ConversationID
	}
	// PendingCancelled: whatever rings with this session id stopped.
	PendingCancelled struct {
		Session      SessionID
		Conversation ConversationID
	}
	// InvitationHandled settles an invitation as taken. Named is the session id that it is announced with.
	InvitationHandled struct{ Named SessionID }
	// InvitationCancelled settles an invitation as withdrawn.
	InvitationCancelled struct{ Named SessionID }
)

// AnswerPolicy is what the embedder wants done with an invitation that nobody has seen yet.
type AnswerPolicy struct {
	Eager             Eagerness
	DisableAutoAnswer bool
	// AutoAnswerInbound: the auto-answer flag of a propose counts as consent (design section 6 c).
	AutoAnswerInbound bool
	// Dialled: this client placed the conversation. Dialling: it is placing one, whose id it does not know yet.
	Dialled  bool
	Dialling bool
	// Persistent: the station has a persistent connection.
	Persistent bool
}

// Settled ends a request of the embedding program, if there is one that waits.
func Settled(call CallID, err *ErrorInfo) Acts {
	if call == 0 {
		return nil
	}
	return Acts{Settle{Call: call, Error: err}}
}

// AskServers asks for TURN and STUN servers; both questions must be answered.
func AskServers(domain string) Acts {
	return Acts{SendServices{Domain: domain, Type: "turn"}, SendServices{Domain: domain, Type: "stun"}}
}

// ServersAre tells the root which ICE servers there are. Without a STUN server only relayed candidates are used.
func ServersAre(all []ICEServer) Acts {
	stun := func(s ICEServer) bool { return s.Type == "stun" || s.Type == "stuns" }
	return Acts{Tell{To: Root, Msg: ServersFound{Servers: all, Relay: !slices.ContainsFunc(all, stun)}}}
}

// Refused announces an error and ends the request with it.
func Refused(call CallID, t ErrorType, message string) Acts {
	err := ErrorInfo{Type: t, Name: "Error", Message: message}
	return append(Acts{Announce{Event: SDKError{Error: err}}}, Settled(call, &err)...)
}

// Whereabouts is what is known of the user's own participant in a conversation.
type Whereabouts struct {
	Conversation ConversationID
	Participant  ParticipantID // "": not known
	Purpose      string
	Me           UserID
}

// Known tells whether the participant is known.
func (w Whereabouts) Known() bool { return w.Participant != "" }

// Words of the session and its media.
type (
	// OpenSession is the first message of a session.
	OpenSession struct {
		Ref          Ref
		Session      SessionID
		Signalling   Signalling
		Type         SessionType
		Conversation ConversationID
		Peer         JID
		IQ           string
		SDP          SDP
		ICE          Candidate
		FromUser     UserID
		OriginalRoom JID
		PrivAnswer   string
		Reinvite     bool
		Servers      []ICEServer
		Relay        bool
	}
	// SessionDescribed: the remote description of a new session is set, so it may be raised.
	SessionDescribed struct{ Session Ref }
	// Adopted tells a session what the invitation of its conversation knows of the caller.
	Adopted struct {
		FromUser     UserID
		OriginalRoom JID
	}
	// SessionAccepting: an answer is being made; the session counts as active from here.
	SessionAccepting struct{}
	// YieldSession ends a session without a word: another one has taken over its id.
	YieldSession struct{}
	// MarkByHand: acceptSession was called for the session.
	MarkByHand struct{}
	// LeaveSession ends a session from our side.
	LeaveSession struct{ Reason string }
	// SessionTerminatedNow: a session has terminated. Reason is a Jingle condition.
	SessionTerminatedNow struct {
		Session Ref
		Reason  string
		Again   bool // it had terminated before
	}
	// SessionUnlisted: the streaming layer lists the session no more.
	SessionUnlisted struct{ Session Ref }
	// MediaLost: the peer connection failed for good. Late: it was found out by the watchdog, after a sleep.
	MediaLost struct {
		Reason string
		Late   bool
	}
	// CloseMedia closes the peer connection and gives the microphone back.
	CloseMedia struct{}
	// CloseMediaIfUp closes the peer connection if it is still connected or connecting.
	CloseMediaIfUp struct{}
	// ReportIfClosed tells the root that the peer connection is gone, if it is.
	ReportIfClosed struct{}
	// AnswerSet: the local description is set, so signalling is stable. DescriptionSet: it is not.
	AnswerSet      struct{}
	DescriptionSet struct{}
	// InterruptionSeen: media of a Jingle session stopped flowing.
	InterruptionSeen struct{ Session Ref }
	// CheckPeer: the page is visible again: is the peer connection still there?
	CheckPeer struct{}
	// PeerGone: it is not, though the session is active.
	PeerGone struct{ Session Ref }
)

// Words of accepting and negotiating.
type (
	// AcceptNow asks the root to accept a session: by hand with a Call, or on its own.
	AcceptNow struct {
		Session Ref
		Call    CallID
	}
	// StartAcceptance is the first message of a negotiation that wants a microphone.
	StartAcceptance struct {
		Ref     Ref
		Call    CallID
		Session SessionView
	}
	// StartRenegotiation is the first message of a negotiation that has a new description. Unaccepted: nobody has accepted
	// the session, so it is described and not answered.
	StartRenegotiation struct {
		Ref        Ref
		Session    SessionView
		SDP        SDP
		Unaccepted bool
	}
	// MicrophoneReady asks the root whether the session is still there to be accepted.
	MicrophoneReady struct {
		Negotiation Ref
		Session     Ref
	}
	// GoOn is the answer: Closed if the peer connection is gone, Ended if the session is.
	GoOn struct {
		Closed bool
		Ended  bool
	}
	// AttachSession: the conversation that the session carries uses it from now on.
	AttachSession struct{ Session Ref }
)

// Words of the conversation.
type (
	// LegNews is what a notification says of the user's own leg, with what the conversation needs to know of others. It is
	// large, so the messages point to it; it is never changed.
	LegNews struct {
		Ref          Ref
		Conversation ConversationID
		Leg          Leg
		// Recalled is the leg that is found when the stored notification is read again.
		Recalled    Leg
		Participant ParticipantID
		Purpose     string
		// Session is the session that the leg is heard on. Nil, or Session.Ref 0: none. HeardOn is never nil.
		Session *SessionView
		OnLine  bool // it is the shared session
		Lost    bool // it is over
		Stays   bool // it does not end with the call
		// Carries is the conversation that the session carries now.
		Carries ConversationID
		// Started: the start of this conversation on the session was announced; StartsUnknown: nobody kept book of it.
		Started       bool
		StartsUnknown bool
		// Dialled: this client placed the call, as far as is known: the answer to a request that is under way may say more.
		Dialled bool
		// Taken: this client has answered the call, and its session is on its way; Rings: it waits to be answered.
		Taken      bool
		Rings      bool
		Connection PeerPhase
		Self       JID // own bare JID
	}
	// LegErred: the leg carries error information.
	LegErred struct{ News *LegNews }
	// LegPending: the leg is alerting or contacting.
	LegPending struct{ News *LegNews }
	// LegConnected: the leg is dialing or connected.
	LegConnected struct{ News *LegNews }
	// LegEnded: the leg is disconnected or terminated.
	LegEnded struct{ News *LegNews }
	// LegOther: the leg is in some other state.
	LegOther struct{ News *LegNews }
	// RecalledPending and the like: the stored notification, read again, shows another leg.
	RecalledPending   struct{}
	RecalledConnected struct{}
	RecalledEnded     struct{}
	RecalledOther     struct{}
	// SessionAttached gives a conversation its session.
	SessionAttached struct {
		Ref          Ref
		Conversation ConversationID
		Session      SessionView
	}
	// HoldOrdered: the platform was asked to hold or retrieve the leg. HoldSeen: it says that the leg is held, or is not.
	// HoldRefused: it would not.
	HoldOrdered struct{ Held bool }
	HoldSeen    struct{ Held bool }
	HoldRefused struct{ Conversation ConversationID }
	// MuteOrdered, MuteSeen and MuteRefused are the same for mute.
	MuteOrdered struct{ Muted bool }
	MuteSeen    struct{ Muted bool }
	MuteRefused struct{ Conversation ConversationID }
	// CarryConversation: the shared session carries this conversation from now on.
	CarryConversation struct {
		Session      Ref
		Conversation ConversationID
	}
	// NoteStarted: the start of the conversation on the session is announced.
	NoteStarted struct {
		Session      Ref
		Conversation ConversationID
	}
	// RingWanted asks the root for a mocked invitation.
	RingWanted struct{ Invite PendingSession }
	// EndAnnounced: sessionEnded was announced; who waits for it may go on.
	EndAnnounced struct {
		Session      SessionID
		Conversation ConversationID
		Ref          Ref // the session's actor
	}
	// ConversationOver: a conversation has ended; who waits for that may go on.
	ConversationOver struct{ Conversation ConversationID }
	// AcceptFailed: a session could not be accepted; it may be tried again. Unacknowledged: all was done, and the far end has
	// not said that it heard.
	AcceptFailed struct {
		Session        Ref
		Unacknowledged bool
	}
	// AcceptUntold: and nobody waited for it, so nobody knows.
	AcceptUntold struct{ Message string }
	// Publish asks the root for a conversationUpdate.
	Publish struct {
		Change       Change
		Again        bool // it was added before
		Conversation ConversationState
		Session      Ref
	}
	// CallErred asks for the announcement of a call error, at most twice in half a second.
	CallErred struct{}
)

// Change says what a conversationUpdate is about.
type Change string

// The changes of a conversationUpdate.
const (
	Updated Change = "updated"
	Added   Change = "added"
	Removed Change = "removed"
)

// Words of the line.
type (
	// LineTaken: a session becomes the shared one.
	LineTaken struct {
		Session Ref
		Live    bool
	}
	// LineMedia: the shared session's peer connection is connected, or not.
	LineMedia struct{ Live bool }
	// LineUsed: a conversation uses the shared session, or none does.
	LineUsed struct{ Used bool }
	// LineReleased: a session that was the shared one has ended and nothing follows it.
	LineReleased struct{}
)

// Verb says what is asked of the user's own leg.
type Verb string

// The verbs of an Order.
const (
	VerbAnswer  Verb = "answer"
	VerbDecline Verb = "decline"
	VerbMute    Verb = "mute"
	VerbHold    Verb = "hold"
	VerbHangUp  Verb = "hang-up"
	VerbDial    Verb = "dial"
)

// Words of orders, hang-ups and departures.
type (
	// Order asks the platform for something about the user's own leg.
	Order struct {
		Ref   Ref
		Verb  Verb
		Call  CallID // 0: nobody waits
		Owner Ref    // of VerbHangUp
		Known Whereabouts
		Value bool
		Body  Opaque
	}
	// AskNow: nothing that must go first is left.
	AskNow struct{}
	// SettleNow: who had to be told first was told.
	SettleNow struct{}
	// OrderPlaced: the participant is known and the PATCH is on its way.
	OrderPlaced struct{}
	// OrderDone: the platform took it.
	OrderDone struct{}
	// OrderFailed: it did not.
	OrderFailed struct{}
	// HangUp is the first message of a hang-up.
	HangUp struct {
		Ref     Ref
		Call    CallID
		Session SessionView
		Known   Whereabouts
		Reason  string
	}
	// FallbackWanted asks the root whether the session itself may be ended.
	FallbackWanted struct {
		HangUp       Ref
		Conversation ConversationID
		Session      Ref
	}
	// Fallback is the answer.
	Fallback struct{ Allowed bool }
	// Depart is the first message of a departure: end this session and say when it is over.
	Depart struct {
		Ref     Ref
		Call    CallID
		Session Ref
		Reason  string
		Owner   Ref    // told Departed, if not 0
		For     CallID // the destroy() that waits for it, if one does
	}
	// Departed: the session has terminated. For is that of Depart.
	Departed struct{ For CallID }
	// SessionTerminatedSeen tells who waits that a session has terminated.
	SessionTerminatedSeen struct{ Session Ref }
	// CallsDropped tells a conversation that nobody will hear of it any more: the client is destroyed, or begins anew.
	CallsDropped struct{}
)

// Words of requests.
type (
	// Perform is the first message of a request: one REST call or IQ, whose answer goes to the owner.
	Perform struct {
		Ref     Ref // of the request itself
		Effect  Effect
		Owner   Ref
		Tag     string // for the owner to know it by
		Timeout time.Duration
		// Retrying: failures that may pass are tried again for ever.
		Retrying bool
	}
	// RequestDone: it was answered well.
	RequestDone struct {
		Tag  string
		HTTP HTTPAnswered
		IQ   IQAnswered
	}
	// RequestFailed: it was refused, could not be sent, or nobody answered in time.
	RequestFailed struct {
		Tag   string
		Error ErrorInfo
		HTTP  HTTPAnswered
		IQ    IQAnswered
		// Cancelled: we gave it up ourselves.
		Cancelled bool
	}
	// StopRetrying ends a request that would be tried again.
	StopRetrying struct{}
	// InitializeCancelled: what initialize() waited for was given up.
	InitializeCancelled struct{ Error ErrorInfo }
)

// Words of connection and station.
type (
	// Connect opens the stream.
	Connect struct {
		JID             JID
		Resource        string
		ServerSidePings bool
	}
	// StreamUp: the stream is connected. Aside: it is not by the login that is waited for.
	StreamUp struct {
		Channel string
		Aside   bool
	}
	// SubscribeNow: the stream has asked what it wanted to know; now the conversations can be subscribed to.
	SubscribeNow struct{}
	// StreamLost: it is not any more.
	StreamLost struct{}
	// StreamRefused: connecting has failed for good.
	StreamRefused struct{ Error ErrorInfo }
	// StreamGivenUp: connecting was stopped, for the program has disconnected.
	StreamGivenUp struct{}
	// StreamRenewed: the streaming layer works on a new stream; Jingle sessions of the old one are gone from its list.
	StreamRenewed struct{ Channel string }
	// CloseStream closes the stream and does not open it again.
	CloseStream struct{ Call CallID }
	// ServersFound: the ICE servers.
	ServersFound struct {
		Servers []ICEServer
		Relay   bool
	}
	// StartPinging and StopPinging run the client's pings.
	StartPinging struct{}
	StopPinging  struct{}
	// PingsLost: the server does not answer any more.
	PingsLost struct{}
	// WatchServer waits for the server's own pings; FrameSeen: something came from it.
	WatchServer struct{}
	FrameSeen   struct{}
	// RefreshServers asks for the ICE servers anew. ServersUnreachable: the stream is gone on which they were asked for.
	RefreshServers     struct{ Domain string }
	ServersUnreachable struct{}
	// LoginWaits: a bound stream waits for an answer before it counts as up. LoginOver: it is up. LoginCut: it was lost before,
	// when its attempt was the Attempt-1st; Pings: it was the answer about the server's pings that was waited for.
	LoginWaits struct{}
	LoginOver  struct{}
	LoginCut   struct {
		Pings    bool
		Attempt  int
		Starting time.Duration
		Delayed  bool
		Delay    time.Duration // before that attempt
	}
	// LoginGivenUp and LoginUpLate: what became of a login that was cut, 15 s after it asked. LoginAgain: it is tried again.
	LoginGivenUp struct{}
	LoginUpLate  struct{}
	LoginAgain   struct {
		Attempt  int
		Starting time.Duration
		Delayed  bool
	}
	// BackoffRaised: an attempt failed, and this is the delay to remember. BackoffConnected: the stream is up.
	// BackoffSuspended: it is not. RememberDelay tells the connection what the next first delay is.
	BackoffRaised    struct{ Delay time.Duration }
	BackoffConnected struct{}
	BackoffSuspended struct{}
	RememberDelay    struct{ Delay time.Duration }
	// SubscribeTopic adds a topic to the channel's subscriptions; with Soon, all are subscribed anew a moment later.
	SubscribeTopic struct {
		Topic  string
		Soon   bool
		Number int // of the wish; the answer to it says TopicsHeard
	}
	// ResubscribeTopics subscribes all topics anew, a moment later.
	ResubscribeTopics struct{}
	// SubscribeLater subscribes them anew after a delay, which doubles each time: the platform refused.
	SubscribeLater struct{}
	// ChannelIs names the channel that topics are subscribed on.
	ChannelIs struct{ Channel string }
	// TopicsSubscribed: they are, or not.
	TopicsSubscribed struct {
		Failed bool
		Error  ErrorInfo
	}
	// TopicsHeard answers the wishes up to a number.
	TopicsHeard struct {
		Upto   int
		Failed bool
		Error  ErrorInfo
	}
	// ForgetTopics: a new streaming layer starts with none.
	ForgetTopics struct{}
	// FetchStation fetches the user's station: Station, or the one known.
	FetchStation struct {
		Station StationID
		Waiting bool // the root waits for StationSettled
		Anew    bool // the user was read anew: what was known before does not count
	}
	// ReadStation asks which station the user has by now, and what it can do: nobody told of changes for a while.
	ReadStation struct{}
	// StationSettled: the fetch ended, well or not.
	StationSettled struct{}
	// StationNews is a station notification, as the root passes it on.
	StationNews struct {
		Action  string
		Station StationID
	}
)
