package messages

// The names under which the SDK announces each event.

// Name is the event's name in the SDK.
func (Ready) Name() string { return "ready" }

// Name is the event's name in the SDK.
func (StreamConnected) Name() string { return "connected" }

// Name is the event's name in the SDK.
func (StreamDisconnected) Name() string { return "disconnected" }

// Name is the event's name in the SDK.
func (PendingSession) Name() string { return "pendingSession" }

// Name is the event's name in the SDK.
func (CancelPendingSession) Name() string { return "cancelPendingSession" }

// Name is the event's name in the SDK.
func (HandledPendingSession) Name() string { return "handledPendingSession" }

// Name is the event's name in the SDK.
func (SessionStarted) Name() string { return "sessionStarted" }

// Name is the event's name in the SDK.
func (SessionEnded) Name() string { return "sessionEnded" }

// Name is the event's name in the SDK.
func (SessionInterrupted) Name() string { return "sessionInterrupted" }

// Name is the event's name in the SDK.
func (ConversationUpdate) Name() string { return "conversationUpdate" }

// Name is the event's name in the SDK.
func (StationChanged) Name() string { return "station" }

// Name is the event's name in the SDK.
func (ConcurrentSessionsEnabled) Name() string { return "concurrentSoftphoneSessionsEnabled" }

// Name is the event's name in the SDK.
func (SDKError) Name() string { return "sdkError" }

// Name is the event's name in the SDK.
func (LegacyError) Name() string { return "error" }

// Name is the event's name in the SDK.
func (Trace) Name() string { return "trace" }

// Name is the event's name in the SDK.
func (SessionStateChanged) Name() string { return "sessionState" }

// Name is the event's name in the SDK.
func (ConnectionStateChanged) Name() string { return "connectionState" }

// Name is the event's name in the SDK.
func (ICEConnectionType) Name() string { return "iceConnectionType" }

// Name is the event's name in the SDK.
func (EndOfCandidates) Name() string { return "endOfCandidates" }

// Name is the event's name in the SDK.
func (SessionTerminated) Name() string { return "terminated" }

// Name is mute or unmute.
func (e SessionMuted) Name() string {
	if e.Muted {
		return "mute"
	}
	return "unmute"
}

// Events lists a zero value of each event, for codecs and for tests.
func Events() []Event {
	return []Event{
		Ready{},
		StreamConnected{},
		StreamDisconnected{},
		PendingSession{},
		CancelPendingSession{},
		HandledPendingSession{},
		SessionStarted{},
		SessionEnded{},
		SessionInterrupted{},
		ConversationUpdate{},
		StationChanged{},
		ConcurrentSessionsEnabled{},
		SDKError{},
		LegacyError{},
		Trace{},
		SessionStateChanged{},
		ConnectionStateChanged{},
		ICEConnectionType{},
		EndOfCandidates{},
		SessionTerminated{},
		SessionMuted{},
	}
}
