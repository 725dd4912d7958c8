package messages

// Internal messages have words too, for charts and for what is shown to people; the journal never sees them.

// Kind is the word of the message.
func (ProposalView) Kind() string { return "proposal-view" }

// Kind is the word of the message.
func (InvitationView) Kind() string { return "invitation-view" }

// Kind is the word of the message.
func (SessionView) Kind() string { return "session-view" }

// Kind is the word of the message.
func (MediaView) Kind() string { return "media-view" }

// Kind is the word of the message.
func (ConversationView) Kind() string { return "conversation-view" }

// Kind is the word of the message.
func (LineView) Kind() string { return "line-view" }

// Kind is the word of the message.
func (StationView) Kind() string { return "station-view" }

// Kind is the word of the message.
func (ConnectionView) Kind() string { return "connection-view" }

// Kind is the word of the message.
func (WatcherView) Kind() string { return "watcher-view" }

// Kind is the word of the message.
func (RetryView) Kind() string { return "retry-view" }

// Kind is the word of the message.
func (Invited) Kind() string { return "invited" }

// Kind is the word of the message.
func (Ring) Kind() string { return "ring" }

// Kind is the word of the message.
func (InvitedAgain) Kind() string { return "invited-again" }

// Kind is the word of the message.
func (ProceedWanted) Kind() string { return "proceed-wanted" }

// Kind is the word of the message.
func (ProceedNow) Kind() string { return "proceed-now" }

// Kind is the word of the message.
func (DeclineNow) Kind() string { return "decline-now" }

// Kind is the word of the message.
func (TakeProposal) Kind() string { return "take-proposal" }

// Kind is the word of the message.
func (ForgetProposal) Kind() string { return "forget-proposal" }

// Kind is the word of the message.
func (PendingHandled) Kind() string { return "pending-handled" }

// Kind is the word of the message.
func (PendingCancelled) Kind() string { return "pending-cancelled" }

// Kind is the word of the message.
func (InvitationHandled) Kind() string { return "invitation-handled" }

// Kind is the word of the message.
func (InvitationCancelled) Kind() string { return "invitation-cancelled" }

// Kind is the word of the message.
func (OpenSession) Kind() string { return "open-session" }

// Kind is the word of the message.
func (SessionDescribed) Kind() string { return "session-described" }

// Kind is the word of the message.
func (SessionAccepting) Kind() string { return "session-accepting" }

// Kind is the word of the message.
func (MarkByHand) Kind() string { return "mark-by-hand" }

// Kind is the word of the message.
func (LeaveSession) Kind() string { return "leave-session" }

// Kind is the word of the message.
func (SessionTerminatedNow) Kind() string { return "session-terminated-now" }

// Kind is the word of the message.
func (SessionUnlisted) Kind() string { return "session-unlisted" }

// Kind is the word of the message.
func (MediaLost) Kind() string { return "media-lost" }

// Kind is the word of the message.
func (InterruptionSeen) Kind() string { return "interruption-seen" }

// Kind is the word of the message.
func (CheckPeer) Kind() string { return "check-peer" }

// Kind is the word of the message.
func (PeerGone) Kind() string { return "peer-gone" }

// Kind is the word of the message.
func (AcceptNow) Kind() string { return "accept-now" }

// Kind is the word of the message.
func (StartAcceptance) Kind() string { return "start-acceptance" }

// Kind is the word of the message.
func (StartRenegotiation) Kind() string { return "start-renegotiation" }

// Kind is the word of the message.
func (MicrophoneReady) Kind() string { return "microphone-ready" }

// Kind is the word of the message.
func (GoOn) Kind() string { return "go-on" }

// Kind is the word of the message.
func (AttachSession) Kind() string { return "attach-session" }

// Kind is the word of the message.
func (LegErred) Kind() string { return "leg-erred" }

// Kind is the word of the message.
func (LegPending) Kind() string { return "leg-pending" }

// Kind is the word of the message.
func (LegConnected) Kind() string { return "leg-connected" }

// Kind is the word of the message.
func (LegEnded) Kind() string { return "leg-ended" }

// Kind is the word of the message.
func (LegOther) Kind() string { return "leg-other" }

// Kind is the word of the message.
func (RecalledPending) Kind() string { return "recalled-pending" }

// Kind is the word of the message.
func (RecalledConnected) Kind() string { return "recalled-connected" }

// Kind is the word of the message.
func (RecalledEnded) Kind() string { return "recalled-ended" }

// Kind is the word of the message.
func (RecalledOther) Kind() string { return "recalled-other" }

// Kind is the word of the message.
func (SessionAttached) Kind() string { return "session-attached" }

// Kind is the word of the message.
func (CarryConversation) Kind() string { return "carry-conversation" }

// Kind is the word of the message.
func (NoteStarted) Kind() string { return "note-started" }

// Kind is the word of the message.
func (RingWanted) Kind() string { return "ring-wanted" }

// Kind is the word of the message.
func (EndAnnounced) Kind() string { return "end-announced" }

// Kind is the word of the message.
func (Publish) Kind() string { return "publish" }

// Kind is the word of the message.
func (CallErred) Kind() string { return "call-erred" }

// Kind is the word of the message.
func (LineTaken) Kind() string { return "line-taken" }

// Kind is the word of the message.
func (LineMedia) Kind() string { return "line-media" }

// Kind is the word of the message.
func (LineUsed) Kind() string { return "line-used" }

// Kind is the word of the message.
func (LineReleased) Kind() string { return "line-released" }

// Kind is the word of the message.
func (Order) Kind() string { return "order" }

// Kind is the word of the message.
func (OrderPlaced) Kind() string { return "order-placed" }

// Kind is the word of the message.
func (OrderDone) Kind() string { return "order-done" }

// Kind is the word of the message.
func (OrderFailed) Kind() string { return "order-failed" }

// Kind is the word of the message.
func (HangUp) Kind() string { return "hang-up" }

// Kind is the word of the message.
func (FallbackWanted) Kind() string { return "fallback-wanted" }

// Kind is the word of the message.
func (Fallback) Kind() string { return "fallback" }

// Kind is the word of the message.
func (Depart) Kind() string { return "depart" }

// Kind is the word of the message.
func (Departed) Kind() string { return "departed" }

// Kind is the word of the message.
func (SessionTerminatedSeen) Kind() string { return "session-terminated-seen" }

// Kind is "calls-dropped".
func (CallsDropped) Kind() string { return "calls-dropped" }

// Kind is the word of the message.
func (Perform) Kind() string { return "perform" }

// Kind is the word of the message.
func (RequestDone) Kind() string { return "request-done" }

// Kind is the word of the message.
func (RequestFailed) Kind() string { return "request-failed" }

// Kind is the word of the message.
func (StopRetrying) Kind() string { return "stop-retrying" }

// Kind is the word of the message.
func (InitializeCancelled) Kind() string { return "initialize-cancelled" }

// Kind is the word of the message.
func (Connect) Kind() string { return "connect" }

// Kind is the word of the message.
func (StreamUp) Kind() string { return "stream-up" }

// Kind is the word of the message.
func (StreamLost) Kind() string { return "stream-lost" }

// Kind is the word of the message.
func (StreamRefused) Kind() string { return "stream-refused" }

// Kind is the word of the message.
func (StreamGivenUp) Kind() string { return "stream-given-up" }

// Kind is the word of the message.
func (StreamRenewed) Kind() string { return "stream-renewed" }

// Kind is the word of the message.
func (CloseStream) Kind() string { return "close-stream" }

// Kind is the word of the message.
func (ServersFound) Kind() string { return "servers-found" }

// Kind is the word of the message.
func (StartPinging) Kind() string { return "start-pinging" }

// Kind is the word of the message.
func (StopPinging) Kind() string { return "stop-pinging" }

// Kind is the word of the message.
func (PingsLost) Kind() string { return "pings-lost" }

// Kind is the word of the message.
func (FrameSeen) Kind() string { return "frame-seen" }

// Kind is the word of the message.
func (WatchServer) Kind() string { return "watch-server" }

// Kind is the word of the message.
func (BackoffRaised) Kind() string { return "backoff-raised" }

// Kind is the word of the message.
func (ResubscribeTopics) Kind() string { return "resubscribe-topics" }

// Kind is the word of the journal.
func (SubscribeLater) Kind() string { return "subscribe-later" }

// Kind is the word of the message.
func (FetchStation) Kind() string { return "fetch-station" }

// Kind is the word of the message.
func (ReadStation) Kind() string { return "read-station" }

// Kind is the word of the message.
func (StationSettled) Kind() string { return "station-settled" }

// Kind is the word of the message.
func (StationNews) Kind() string { return "station-news" }

// BornAs names the actor.
func (m Invited) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m Ring) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m OpenSession) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m StartAcceptance) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m StartRenegotiation) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m SessionAttached) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m Order) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m HangUp) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m Perform) BornAs(r Ref) Input { m.Ref = r; return m }

// BornAs names the actor.
func (m Depart) BornAs(r Ref) Input { m.Ref = r; return m }

// Of returns the news as the input of its class.
func (n *LegNews) Of() Input {
	switch n.Leg.State.Class() {
	case PendingClass:
		return LegPending{n}
	case ConnectedClass:
		return LegConnected{n}
	case EndedClass:
		return LegEnded{n}
	default:
		return LegOther{n}
	}
}

// HeardOn is the session that the leg is heard on; one whose Ref is 0 is none.
func (n *LegNews) HeardOn() *SessionView {
	if n.Session == nil {
		return noSession
	}
	return n.Session
}

// noSession is what a leg is heard on that is heard on nothing. Nobody changes it.
var noSession = new(SessionView)

// of is the news with the name of the actor that gets it.
func (n LegNews) of(r Ref) *LegNews {
	n.Ref = r
	return &n
}

// BornAs names the actor.
func (m LegPending) BornAs(r Ref) Input { return LegPending{m.News.of(r)} }

// BornAs names the actor.
func (m LegConnected) BornAs(r Ref) Input { return LegConnected{m.News.of(r)} }

// BornAs names the actor.
func (m LegEnded) BornAs(r Ref) Input { return LegEnded{m.News.of(r)} }

// BornAs names the actor.
func (m LegOther) BornAs(r Ref) Input { return LegOther{m.News.of(r)} }

// BornAs names the actor.
func (m LegErred) BornAs(r Ref) Input { return LegErred{m.News.of(r)} }

// Told is what the notification says.
func (m LegErred) Told() *LegNews { return m.News }

// Told is what the notification says.
func (m LegPending) Told() *LegNews { return m.News }

// Told is what the notification says.
func (m LegConnected) Told() *LegNews { return m.News }

// Told is what the notification says.
func (m LegEnded) Told() *LegNews { return m.News }

// Told is what the notification says.
func (m LegOther) Told() *LegNews { return m.News }

// Kind is the word of the message.
func (AnswerSet) Kind() string { return "answer-set" }

// Kind is the word of the message.
func (BackoffConnected) Kind() string { return "backoff-connected" }

// Kind is the word of the message.
func (BackoffSuspended) Kind() string { return "backoff-suspended" }

// Kind is the word of the message.
func (ChannelIs) Kind() string { return "channel-is" }

// Kind is the word of the message.
func (CloseMedia) Kind() string { return "close-media" }

// Kind is the word of the message.
func (CloseMediaIfUp) Kind() string { return "close-media-if-up" }

// Kind is the word of the message.
func (DescriptionSet) Kind() string { return "description-set" }

// Kind is the word of the message.
func (ForgetTopics) Kind() string { return "forget-topics" }

// Kind is the word of the message.
func (RememberDelay) Kind() string { return "remember-delay" }

// Kind is the word of the message.
func (ReportIfClosed) Kind() string { return "report-if-closed" }

// Kind is the word of the message.
func (SubscribeTopic) Kind() string { return "subscribe-topic" }

// Kind is the word of the message.
func (TopicsSubscribed) Kind() string { return "topics-subscribed" }

// Kind is the word of the message.
func (SubscribeNow) Kind() string { return "subscribe-now" }

// Kind is the word of the message.
func (Adopted) Kind() string { return "adopted" }

// Kind is the word of the message.
func (AskNow) Kind() string { return "ask-now" }

// Kind is the word of the message.
func (SettleNow) Kind() string { return "settle-now" }

// Kind is the word of the message.
func (CallPlaced) Kind() string { return "call-placed" }

// Kind is the word of the message.
func (ConversationOver) Kind() string { return "conversation-over" }

// Kind is the word of the message.
func (AcceptFailed) Kind() string { return "accept-failed" }

// Kind is the word of the message.
func (YieldSession) Kind() string { return "yield-session" }

// Kind is the word of the message.
func (HoldOrdered) Kind() string { return "hold-ordered" }

// Kind is the word of the message.
func (HoldSeen) Kind() string { return "hold-seen" }

// Kind is the word of the message.
func (HoldRefused) Kind() string { return "hold-refused" }

// Kind is the word of the message.
func (MuteOrdered) Kind() string { return "mute-ordered" }

// Kind is the word of the message.
func (MuteSeen) Kind() string { return "mute-seen" }

// Kind is the word of the message.
func (MuteRefused) Kind() string { return "mute-refused" }

// Kind is the word of the message.
func (AcceptUntold) Kind() string { return "accept-untold" }

// Kind is the word of the message.
func (RefreshServers) Kind() string { return "refresh-servers" }

// Kind is the word of the message.
func (ServersUnreachable) Kind() string { return "servers-unreachable" }

// Kind is the word of the message.
func (LoginWaits) Kind() string { return "login-waits" }

// Kind is the word of the message.
func (LoginOver) Kind() string { return "login-over" }

// Kind is the word of the message.
func (LoginCut) Kind() string { return "login-cut" }

// Kind is the word of the message.
func (LoginGivenUp) Kind() string { return "login-given-up" }

// Kind is the word of the message.
func (LoginUpLate) Kind() string { return "login-up-late" }

// Kind is the word of the message.
func (LoginAgain) Kind() string { return "login-again" }

// Kind is the word of the message.
func (TopicsHeard) Kind() string { return "topics-heard" }
