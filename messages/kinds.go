package messages

// The words under which the journal knows each input. A word is never reused for another meaning.

// Kind is the word of the journal.
func (Initialize) Kind() string { return "initialize" }

// Kind is the word of the journal.
func (Disconnect) Kind() string { return "disconnect" }

// Kind is the word of the journal.
func (Destroy) Kind() string { return "destroy" }

// Kind is the word of the journal.
func (Answer) Kind() string { return "answer" }

// Kind is the word of the journal.
func (Decline) Kind() string { return "decline" }

// Kind is the word of the journal.
func (AcceptSession) Kind() string { return "accept-session" }

// Kind is the word of the journal.
func (EndSession) Kind() string { return "end-session" }

// Kind is the word of the journal.
func (TerminateSession) Kind() string { return "terminate-session" }

// Kind is the word of the journal.
func (Mute) Kind() string { return "mute" }

// Kind is the word of the journal.
func (MuteVideo) Kind() string { return "mute-video" }

// Kind is the word of the journal.
func (Hold) Kind() string { return "hold" }

// Kind is the word of the journal.
func (Dial) Kind() string { return "dial" }

// Kind is the word of the journal.
func (SetAccessToken) Kind() string { return "set-access-token" }

// Kind is the word of the journal.
func (AllowSessionType) Kind() string { return "allow-session-type" }

// Kind is the word of the journal.
func (DisallowSessionType) Kind() string { return "disallow-session-type" }

// Kind is the word of the journal.
func (UnknownRequest) Kind() string { return "unknown-request" }

// Kind is the word of the journal.
func (SocketOpened) Kind() string { return "socket-opened" }

// Kind is the word of the journal.
func (SocketClosed) Kind() string { return "socket-closed" }

// Kind is the word of the journal.
func (SocketFailed) Kind() string { return "socket-failed" }

// Kind is the word of the journal.
func (StreamOpened) Kind() string { return "stream-opened" }

// Kind is the word of the journal.
func (StreamFeatures) Kind() string { return "stream-features" }

// Kind is the word of the journal.
func (SASLSucceeded) Kind() string { return "sasl-succeeded" }

// Kind is the word of the journal.
func (SASLFailed) Kind() string { return "sasl-failed" }

// Kind is the word of the journal.
func (StreamEnded) Kind() string { return "stream-ended" }

// Kind is the word of the journal.
func (UnknownFrame) Kind() string { return "unknown-frame" }

// Kind is the word of the journal.
func (Propose) Kind() string { return "propose" }

// Kind is the word of the journal.
func (Retract) Kind() string { return "retract" }

// Kind is the word of the journal.
func (Accepted) Kind() string { return "accepted" }

// Kind is the word of the journal.
func (Rejected) Kind() string { return "rejected" }

// Kind is the word of the journal.
func (Proceeded) Kind() string { return "proceeded" }

// Kind is the word of the journal.
func (Offer) Kind() string { return "offer" }

// Kind is the word of the journal.
func (RemoteCandidate) Kind() string { return "remote-candidate" }

// Kind is the word of the journal.
func (Terminate) Kind() string { return "terminate" }

// Kind is the word of the journal.
func (UnknownRPC) Kind() string { return "unknown-rpc" }

// Kind is the word of the journal.
func (SessionInitiate) Kind() string { return "session-initiate" }

// Kind is the word of the journal.
func (SessionTerminate) Kind() string { return "session-terminate" }

// Kind is the word of the journal.
func (TransportInfo) Kind() string { return "transport-info" }

// Kind is the word of the journal.
func (SessionInfo) Kind() string { return "session-info" }

// Kind is the word of the journal.
func (SessionAccept) Kind() string { return "session-accept" }

// Kind is the word of the journal.
func (JingleAction) Kind() string { return "jingle-action" }

// Kind is the word of the journal.
func (PeerRefused) Kind() string { return "peer-refused" }

// Kind is the word of the journal.
func (ServerAsked) Kind() string { return "server-asked" }

// Kind is the word of the journal.
func (ConversationNotified) Kind() string { return "conversation-notified" }

// Kind is the word of the journal.
func (StationNotified) Kind() string { return "station-notified" }

// Kind is the word of the journal.
func (NoLongerSubscribed) Kind() string { return "no-longer-subscribed" }

// Kind is the word of the journal.
func (DuplicateID) Kind() string { return "duplicate-id" }

// Kind is the word of the journal.
func (SubscriptionsExpiring) Kind() string { return "subscriptions-expiring" }

// Kind is the word of the journal.
func (UnknownTopic) Kind() string { return "unknown-topic" }

// Kind is the word of the journal.
func (IQAnswered) Kind() string { return "iq-answered" }

// Kind is the word of the journal.
func (HTTPAnswered) Kind() string { return "http-answered" }

// Kind is the word of the journal.
func (MicrophoneGranted) Kind() string { return "microphone-granted" }

// Kind is the word of the journal.
func (MicrophoneDenied) Kind() string { return "microphone-denied" }

// Kind is the word of the journal.
func (PeerDone) Kind() string { return "peer-done" }

// Kind is the word of the journal.
func (PeerRejected) Kind() string { return "peer-rejected" }

// Kind is the word of the journal.
func (PeerConnectionChanged) Kind() string { return "peer-connection-changed" }

// Kind is the word of the journal.
func (PeerICEChanged) Kind() string { return "peer-ice-changed" }

// Kind is the word of the journal.
func (LocalCandidate) Kind() string { return "local-candidate" }

// Kind is the word of the journal.
func (PageShown) Kind() string { return "page-shown" }

// Kind is the word of the journal.
func (NetworkChanged) Kind() string { return "network-changed" }

// Kind is the word of the journal.
func (TimerFired) Kind() string { return "timer-fired" }

// Inputs lists a zero value of each input that comes from outside, for codecs and for tests.
func Inputs() []Input {
	return []Input{
		Initialize{},
		Disconnect{},
		Destroy{},
		Answer{},
		Decline{},
		AcceptSession{},
		EndSession{},
		TerminateSession{},
		Mute{},
		MuteVideo{},
		Hold{},
		Dial{},
		SetAccessToken{},
		AllowSessionType{},
		DisallowSessionType{},
		UnknownRequest{},
		SocketOpened{},
		SocketClosed{},
		SocketFailed{},
		StreamOpened{},
		StreamFeatures{},
		SASLSucceeded{},
		SASLFailed{},
		StreamEnded{},
		UnknownFrame{},
		Propose{},
		Retract{},
		Accepted{},
		Rejected{},
		Proceeded{},
		Offer{},
		RemoteCandidate{},
		Terminate{},
		UnknownRPC{},
		SessionInitiate{},
		SessionTerminate{},
		TransportInfo{},
		SessionInfo{},
		SessionAccept{},
		JingleAction{},
		PeerRefused{},
		ServerAsked{},
		ConversationNotified{},
		StationNotified{},
		NoLongerSubscribed{},
		DuplicateID{},
		SubscriptionsExpiring{},
		UnknownTopic{},
		IQAnswered{},
		HTTPAnswered{},
		MicrophoneGranted{},
		MicrophoneDenied{},
		PeerDone{},
		PeerRejected{},
		PeerConnectionChanged{},
		PeerICEChanged{},
		LocalCandidate{},
		PageShown{},
		NetworkChanged{},
		TimerFired{},
	}
}
