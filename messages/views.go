package messages

// What the root knows of the others: a view is told by its actor whenever it changes, before anything else that the same
// step decided.
type (
	// ProposalView is a propose that the streaming layer remembers.
	ProposalView struct {
		Ref     Ref
		Propose Propose
		// Taken: proceed was sent for it.
		Taken bool
		Gone  bool
	}
	// InvitationView is an invitation, real or mocked.
	InvitationView struct {
		Ref          Ref
		Session      SessionID
		Conversation ConversationID
		Type         SessionType
		AutoAnswer   bool
		// Ordered: its answer was ordered by REST, so a later propose is proceeded without asking.
		Ordered bool
		// Taken: this client has answered it, by signalling or by REST. Mocked: it came from a notification.
		Taken        bool
		Mocked       bool
		FromUser     UserID
		OriginalRoom JID
		Gone         bool
		// Coming: its own session is on its way, and nothing else was asked for.
		Coming bool
	}
	// SessionView is a session. What it carries is the root's to know.
	SessionView struct {
		Ref          Ref
		Session      SessionID
		Signalling   Signalling
		Type         SessionType
		Peer         JID
		ICE          Candidate
		Conversation ConversationID // as the far end named it at the start
		FromUser     UserID
		OriginalRoom JID
		PrivAnswer   string
		Reinvite     bool
		Described    bool   // the remote description is set
		Stage        string // pending, active, ended: as announced
		Over         bool   // it has terminated at least once
		Finished     bool   // nothing can come of it any more
	}
	// MediaView is the state of a session's peer connection.
	MediaView struct {
		Ref        Ref
		Connection PeerPhase
		Closed     bool
	}
	// ConversationView is a stored conversation.
	ConversationView struct {
		Ref          Ref
		Conversation ConversationID
		Session      Ref // 0: none
		Leg          Leg
		Stored       bool // false: a placeholder, which has only a session
		Participant  ParticipantID
		Purpose      string
		// Version counts the notifications that were stored.
		Version int
		Gone    bool
	}
	// LineView is the session that conversations share.
	LineView struct {
		Session Ref  // 0: none
		Ever    bool // there was one, or there is
		Used    bool // by a conversation
		State   string
	}
	// StationView is the user's station.
	StationView struct {
		Station       StationInfo
		Present       bool
		Disassociated bool
	}
	// ConnectionView is the stream.
	ConnectionView struct {
		Bound   bool // to a resource, from then on until the loss
		Up      bool // set up too: announced as connected
		JID     JID  // own full JID, "" before the first bind
		Channel string
	}
	// WatcherView is an actor that waits for the end of a session.
	WatcherView struct {
		Ref  Ref
		Gone bool
		// HangsUp: it waits for the announcement, as an endSession does.
		HangsUp bool
	}
	// RetryView is a request that is tried again until it is answered.
	RetryView struct {
		Ref  Ref
		Gone bool
	}
)
