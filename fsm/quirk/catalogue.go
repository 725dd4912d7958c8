package quirk

// The catalogue: what the SDK 9.2.4 does that its users would not want, one entry each. `sdk-9.2.4` has all of them,
// `corrected` none. Tickets are the SDK maintainers' (sdk-defects.md) or sections of sdk-behaviour.md.
var (
	ReinviteForgetsStarted = define(Quirk{
		Name: "reinvite-forgets-started", Kind: Row, Ticket: "STREAM-905", Since: "9.2.4", FixedIn: "13.0.0",
		SDK:       "after a reinvite nobody keeps book of announced starts, and the next call on the shared session fails in the middle: no sessionStarted, no handledPendingSession, no conversationUpdate",
		Corrected: "the replacing session keeps book like any other, and of all calls that share it",
		Why:       "a call that is up must be announced",
	})
	SessionEndsTwice = define(Quirk{
		Name: "session-ends-twice", Kind: Row, Ticket: "sdk-behaviour 1.7", Since: "9.2.4",
		SDK:       "a session that has terminated terminates again when a late acknowledgement, a second end or a dead peer connection comes",
		Corrected: "a session terminates once",
		Why:       "exactly one sessionEnded for each announced sessionStarted",
	})
	EndedSessionActiveAgain = define(Quirk{
		Name: "ended-session-active-again", Kind: Row, Ticket: "STREAM-262", Since: "9.2.4",
		SDK:       "accepting a session that is about to end makes it active again; one that has ended takes the line and the microphone",
		Corrected: "a session that is about to end stays so; one that has ended cannot be accepted",
		Why:       "nobody is there to talk to",
	})
	WatchdogOutlivesSession = define(Quirk{
		Name: "watchdog-outlives-session", Kind: Row, Ticket: "STREAM-262", Since: "9.2.4", FixedIn: "SC 19.2.2",
		SDK:       "the watchdog of a session goes on after its end, and ends it again after a sleep",
		Corrected: "the watchdog stops when the peer connection is closed",
		Why:       "nothing is kept for ever",
	})
	ProceedRepeated = define(Quirk{
		Name: "proceed-repeated-for-ever", Kind: Row, Ticket: "attacks.md G7", Since: "9.2.4",
		SDK:       "each repeated propose after the proceed is answered with another proceed, without end; so is each new session id that is proposed for a call whose answer was ordered by REST",
		Corrected: "proceed is repeated at most eight times for a session id, and one answer is good for one session id",
		Why:       "a stranger must not make this client send at will, and a consent is spent when it is used",
	})
)

// The stream.
var (
	DisconnectWhileConnecting = define(Quirk{
		Name: "disconnect-ignored-while-connecting", Kind: Row, Ticket: "sdk-behaviour 1.2 K2", Since: "9.2.4", FixedIn: "SC 19.3.0",
		SDK:       "disconnect() while the stream is being (re)connected does nothing: the attempts go on; what is being read of the user and the station it gives up at any time, and announces an http error for each request, of which an initialize() that waits for it fails as well",
		Corrected: "the attempts stop, and an initialize() that waits for them, or for who the user is, fails with an error that says why; no request is announced as failed that did not fail",
		Why:       "who disconnects wants to be disconnected",
	})
	LoginOutlivesStream = define(Quirk{
		Name: "login-outlives-its-stream", Kind: Row, Ticket: "directed 303", Since: "9.2.4",
		SDK:       "a stream that is lost after it was bound and before it is up is announced as lost, though it was not announced as up, and its login goes on beside the next one: 15 s later it undoes what watches the new stream, and opens another; or, if it was asking for the server's pings, it announces that it is up",
		Corrected: "the attempt has failed, and the next one follows",
		Why:       "one stream at a time: of two with one channel the platform ends the first",
	})
	StumblesUninitialized = define(Quirk{
		Name: "stumbles-uninitialized", Kind: Row, Ticket: "directed 266", Since: "9.2.4",
		SDK:       "what is asked of calls before there is a stream is rejected with what the browser says of a missing object, and not as an error of the SDK's; from then until it is ready, as if there were no such call",
		Corrected: "it is rejected, and the error says that the softphone is not initialized",
		Why:       "a program can tell what it did wrong",
	})
	DeafWhileDown = define(Quirk{
		Name: "deaf-while-down", Kind: Row, Ticket: "sdk-behaviour 1.1 ready(down)/stream back", Since: "9.2.4",
		SDK:       "what becomes of a call while the stream is down is never learnt, nor afterwards if the channel has lost its subscriptions: a call that has ended stays for ever, and so does a session whose peer connection died meanwhile; nor is a change of the station",
		Corrected: "when the stream is back the topics are subscribed again, then each conversation that is kept is read, one request each, and the user and the station, of which only a change is announced; the peer connections are looked at, as version 14.0.0 does",
		Why:       "what is added is removed, and each pendingSession settles",
	})
	ResourceChosenAnew = define(Quirk{
		Name: "resource-chosen-anew", Kind: Row, Ticket: "STREAM-357", Since: "9.2.4", FixedIn: "SC 19.1.0",
		SDK:       "unless the option jidResource names one, the server chooses a new resource whenever the stream comes back: what is sent to the old address, such as a reinvite, is lost",
		Corrected: "the resource that the server has chosen at first is asked for again",
		Why:       "the far ends of the calls that go on know the phone by its address",
	})
	TopicsRefusedForGood = define(Quirk{
		Name: "topics-refused-for-good", Kind: Row, Ticket: "sdk-behaviour 3.6 PUT subscriptions", Since: "9.2.4",
		SDK:       "topics that the platform refuses once, after a reconnect, are not asked for again: no notification comes any more",
		Corrected: "they are asked for again, at intervals that double from 2 s to 90 s",
		Why:       "a phone that hears nothing must not seem ready",
	})
	DeafBeforeReady = define(Quirk{
		Name: "deaf-before-ready", Kind: Row, Ticket: "sdk-behaviour 1.2 dialing/bind done", Since: "9.2.4",
		SDK:       "what is said about calls between the bind and connected is not heard, and a propose that comes before ready rings nowhere",
		Corrected: "it is heard from the bind on, and what is still proposed when the softphone is ready rings",
		Why:       "a call that was withdrawn must not ring, and one that waits must",
	})
)

// The station.
var (
	StationReadEarly = define(Quirk{
		Name: "station-read-early", Kind: Row, Ticket: "sdk-behaviour 1.1 wiring/enable softphone", Since: "9.2.4",
		SDK:       "the user and the station are read before the station's topic is subscribed: a change in between is never learnt",
		Corrected: "they are read once more when it is, with two requests more, and only a change is announced",
		Why:       "what a station can do decides where each call rings",
	})
	MigrationNeedsSessions = define(Quirk{
		Name: "migration-needs-sessions", Kind: Row, Ticket: "STREAM-978", Since: "9.2.4", FixedIn: "11.3.4",
		SDK:       "a station migration is lost when a conversation of the last update has no session, or when the answer to an earlier fetch of the station comes after that to its own",
		Corrected: "the station is fetched, and the answer to what was asked last counts",
		Why:       "a migration to line appearance 1 must not be missed because a call rings",
	})
)

// Consent and trust (attacks.md, design section 6).
var (
	UnsolicitedOffer = define(Quirk{
		Name: "unsolicited-offer-accepted", Kind: Row, Ticket: "attacks.md G1", Since: "9.2.4",
		SDK:       "a session that nobody proposed, or whose propose nobody took, or took for another conversation, is opened, announced and accepted",
		Corrected: "it is ignored: no peer connection, no accept, no microphone",
		Why:       "no consent, no media",
	})
	ReinviteBelieved = define(Quirk{
		Name: "reinvite-believed", Kind: Row, Ticket: "attacks.md G2", Since: "9.2.4",
		SDK:       "an offer that calls itself a reinvite is accepted whatever it replaces, and from whom it comes",
		Corrected: "it must replace a live session of its conversation and come from that session's gateway domain",
		Why:       "no consent, no media",
	})
	OfferRenamesSession = define(Quirk{
		Name: "offer-renames-session", Kind: Pick, Ticket: "sdk-behaviour 1.7 C2, D29", Since: "9.2.4",
		SDK:       "an offer for a session that is there gives it the conversation that the offer names",
		Corrected: "a session carries what notifications say that it carries",
		Why:       "a renegotiation is no consent to another conversation",
	})
	GatewayAnywhere = define(Quirk{
		Name: "gateway-anywhere", Kind: Pick, Ticket: "attacks.md G4", Since: "9.2.4",
		SDK:       "any address with gjoll somewhere after the @ is a softphone's far end",
		Corrected: "the domain must have the label gjoll",
		Why:       "an address is as trustworthy as its domain",
	})
	EarlyCandidatesLost = define(Quirk{
		Name: "early-candidates-lost", Kind: Row, Ticket: "STREAM-207", Since: "9.2.4", FixedIn: "SC 19.0",
		SDK:       "candidates that come between the proceed and the offer are lost",
		Corrected: "the first 32 of a session that this client has taken are kept for its offer, from its proposer",
		Why:       "the protocol does not order the two; what a stranger sends is not kept",
	})
	LateTerminateAcknowledged = define(Quirk{
		Name: "late-terminate-acknowledged", Kind: Row, Ticket: "sdk-behaviour 3.4 unknown sid", Since: "9.2.4",
		SDK:       "a session-terminate for a session that nobody knows is acknowledged",
		Corrected: "it is refused as any other request: item-not-found, unknown-session",
		Why:       "XEP-0166: a request for a session that is over gets unknown-session",
	})
	SenderUnchecked = define(Quirk{
		Name: "sender-unchecked", Kind: Row, Ticket: "attacks.md G3, G6", Since: "9.2.4",
		SDK:       "retract, accept, reject, terminate and candidates count from whomever they come, and the answer to a propose goes to whoever proposes its session id by then",
		Corrected: "the answer goes to the proposer whom the user was told of; retract counts from the proposer, accept and reject from the user's own address, terminate and candidates from the session's peer",
		Why:       "a stranger must not silence the phone or end a call",
	})
	AutoAnswerFromWire = define(Quirk{
		Name: "auto-answer-from-wire", Kind: Row, Ticket: "attacks.md G8", Since: "9.2.4",
		SDK:       "the auto-answer flag of a propose answers the call, unless disableAutoAnswer is set",
		Corrected: "it does for a conversation that this client dialled, or if the embedder enabled auto-answer for inbound calls",
		Why:       "the wire cannot consent for the user",
	})
	EagerAnywhere = define(Quirk{
		Name: "eager-anywhere", Kind: Row, Ticket: "design section 6 d", Since: "9.2.4",
		SDK:       "a private call is connected in silence, whatever the station",
		Corrected: "only if the station has a persistent connection; else it rings",
		Why:       "no consent, no media",
	})
)

// Announcements (design section 6).
var (
	FirstPendingMeant = define(Quirk{
		Name: "first-pending-meant", Kind: Pick, Ticket: "sdk-behaviour 1.4 B5", Since: "9.2.4",
		SDK:       "several mocked invitations share a session id, and the first is settled whichever was meant, also by a message about the session's own proposal",
		Corrected: "the invitation of the conversation is settled, under its own id; a message about a proposal settles what that proposed",
		Why:       "each pendingSession settles once, naming its own conversation",
	})
	MocksDuplicate = define(Quirk{
		Name: "mocks-duplicate", Kind: Row, Ticket: "STREAM-1974, STREAM-1241", Since: "9.2.4",
		SDK:       "a notification announces a mocked invitation although the call rings already, or is up; so does a propose of a call that is up",
		Corrected: "a call rings once, and not while it is up",
		Why:       "each pendingSession settles once",
	})
	PendingsOutliveCalls = define(Quirk{
		Name: "pendings-outlive-calls", Kind: Row, Ticket: "sdk-behaviour 1.4 I18", Since: "9.2.4",
		SDK:       "an invitation stays when its call has ended or was answered elsewhere, or when the session that was answered is lost before it has begun, and swallows later proposes; a propose that comes after its retract rings",
		Corrected: "it is settled with its call, and with its session: an answer is to one session, so a call that is proposed under another id after it rings again, unless it needs no answer; what a retract has taken back does not ring again, in whichever order they come, under the same id and for the same call (the latest 16 are known), unless the platform says that the call still waits: then the far end has used the id again",
		Why:       "each pendingSession settles exactly once, and nothing is kept for ever",
	})
	HandledNeedsEcho = define(Quirk{
		Name: "handled-needs-echo", Kind: Fact, Ticket: "sdk-behaviour 1.4 I2", Since: "9.2.4",
		SDK:       "an answered invitation is settled only when the server echoes the accept",
		Corrected: "it is settled when its session starts",
		Why:       "each pendingSession settles exactly once",
	})
	ClaimsOthersCalls = define(Quirk{
		Name: "claims-others-calls", Kind: Row, Ticket: "sdk-behaviour 1.6.8 B4", Since: "9.2.4",
		SDK:       "under line appearance 1 a call that another client answered is announced as started here",
		Corrected: "it is announced as handled, and no start; a call that this client has placed is its own",
		Why:       "a call is where it was answered",
	})
	ConnectedBeforeOfferLost = define(Quirk{
		Name: "connected-before-offer-lost", Kind: Row, Ticket: "platform-wire 6.3", Since: "9.2.4",
		SDK:       "a connected notification that overtakes the offer makes the client give up the call that it has taken",
		Corrected: "the call stays ours, and starts on the shared session once it is heard there",
		Why:       "the protocol does not order the two",
	})
	FirstConnectedIsUpdate = define(Quirk{
		Name: "first-connected-is-update", Kind: Row, Ticket: "sdk-behaviour 1.6.8 row 7", Since: "9.2.4",
		SDK:       "a call whose first notification says connected is updated, never added; one that was dialled on the shared session is not heard of at all",
		Corrected: "it is added",
		Why:       "what is removed was added",
	})
	AddedAgain = define(Quirk{
		Name: "added-again", Kind: Row, Ticket: "sdk-behaviour 1.6.8 K3, K4", Since: "9.2.4",
		SDK:       "a call on a shared session is added again when its state changes while the session carries another",
		Corrected: "it is updated",
		Why:       "what was added is not added again until it is removed",
	})
	RemovedUnadded = define(Quirk{
		Name: "removed-unadded", Kind: Row, Ticket: "sdk-behaviour 1.6.8 row 9", Since: "9.2.4",
		SDK:       "a call that was never added is removed",
		Corrected: "nothing is announced of it",
		Why:       "what is removed was added",
	})
	RungAgainForgotten = define(Quirk{
		Name: "rung-again-forgotten", Kind: Row, Ticket: "sdk-behaviour 1.6.8 row 8", Since: "9.2.4",
		SDK:       "a call that was added, rings again and ends is never removed",
		Corrected: "it is removed",
		Why:       "what is added is removed",
	})
	CallsOutliveClient = define(Quirk{
		Name: "calls-outlive-client", Kind: Fact, Ticket: "sdk-behaviour 1.1 destroy()", Since: "9.2.4",
		SDK:       "destroy() ends the sessions, goes on as before until they have ended, and leaves the rest; a second initialize() leaves all, and so does disallowing the softphone type: what rings is never settled, what was added is never removed, what goes on cannot be ended",
		Corrected: "what rings is cancelled, what was added is removed, what goes on is ended, and all is forgotten; of a type that is disallowed the calls that go on are heard of until they end",
		Why:       "each pendingSession settles exactly once, what is added is removed, and nothing is kept for ever",
	})
	PlaceholderNameless = define(Quirk{
		Name: "placeholder-nameless", Kind: Pick, Ticket: "sdk-behaviour 1.6.6 I3", Since: "9.2.4",
		SDK:       "a conversation without a notification is announced with its session only",
		Corrected: "it is announced with its id",
		Why:       "an application cannot tell which call it is",
	})
	PlaceholderLeaks = define(Quirk{
		Name: "placeholder-leaks", Kind: Row, Ticket: "sdk-behaviour 1.6.8 row 10", Since: "9.2.4",
		SDK:       "a call whose first notification says ended stays stored until a second one comes; one of which no notification tells stays for ever, its session ended or not",
		Corrected: "it is forgotten, and so is a call of which nothing was told when its session ends",
		Why:       "nothing is kept for ever",
	})
	ActiveStale = define(Quirk{
		Name: "active-stale", Kind: Pick, Ticket: "sdk-behaviour 1.6.8 C1", Since: "9.2.4",
		SDK:       "activeConversationId may name a call that is over, held or only ringing, or be undefined",
		Corrected: "it is a live call that is not held, or empty",
		Why:       "design section 6",
	})
	EndsAnnouncedAgain = define(Quirk{
		Name: "ends-announced-again", Kind: Fact, Ticket: "sdk-behaviour 1.7 B1, D19", Since: "9.2.4",
		SDK:       "the end of a session is announced with the conversation that it carried last, ended or not; a start on it is never announced twice, even if the call came back",
		Corrected: "the end is announced for each conversation whose start was, and whose end was not; with the call, where the session stays",
		Why:       "exactly one sessionEnded for each announced sessionStarted",
	})
	DisassociationSilent = define(Quirk{
		Name: "disassociation-silent", Kind: Row, Ticket: "sdk-behaviour 1.3 D7", Since: "9.2.4",
		SDK:       "without a station concurrent sessions are off, and nobody is told; a migration of the station that the user had announces it as associated",
		Corrected: "concurrentSoftphoneSessionsEnabled is announced, and what becomes of a station that is not the user's any more is no news",
		Why:       "the last announced value must hold",
	})
	InactiveIsError = define(Quirk{
		Name: "inactive-is-error", Kind: Row, Ticket: "STREAM-850", Since: "9.2.4", FixedIn: "11.3.1",
		SDK:       "a call whose session was inactive is announced as a call error",
		Corrected: "it is no error",
		Why:       "nothing went wrong: the platform only says why it made a new session",
	})
	LegacyErrorEvent = define(Quirk{
		Name: "legacy-error-event", Kind: Row, Ticket: "sdk-behaviour 1.5 J1", Since: "9.2.4",
		SDK:       "accepting an unknown session id is told as a text, under the event that kills who does not listen",
		Corrected: "it is an sdkError",
		Why:       "one channel for errors",
	})
)

// Sessions, the line and requests.
var (
	LineLostToOldSession = define(Quirk{
		Name: "line-lost-to-old-session", Kind: Pick, Ticket: "sdk-behaviour 1.6.1 I1", Since: "9.2.4",
		SDK:       "the end of any session that ever was the shared one takes the line from the present one",
		Corrected: "only the end of the present one does",
		Why:       "a healthy shared session must stay so",
	})
	LineNeedsAcceptance = define(Quirk{
		Name: "line-needs-acceptance", Kind: Pick, Ticket: "sdk-behaviour 1.6.1", Since: "9.2.4",
		SDK:       "under line appearance 1 only a session that was accepted under it is shared: not one that was up when the station was migrated, and not the other one when the shared one ends; of several idle sessions of a persistent connection only that one takes calls; a call that rang on a session that is shared no more is not started; one that is notified before the session is known to be idle, or to be shared, never rings",
		Corrected: "the session that is up is shared, each that is idle takes calls, also one that waits for it, and one that was dialled and is connected before it is up; a call starts where it rang",
		Why:       "a call that the platform puts on it must ring and be heard",
	})
	SharedStartHoldsNobody = define(Quirk{
		Name: "shared-start-holds-nobody", Kind: Row, Ticket: "sdk-behaviour 1.6.8 row 6b", Since: "9.2.4",
		SDK:       "above line appearance 1 a call that is taken on the idle session leaves the calls of other sessions as they are; so does a call with those that were taken a moment before and whose sessions are not up yet",
		Corrected: "it holds them, as a call on a session of its own does, at the latest when it is added",
		Why:       "one call is heard at a time",
	})
	AnswerNeedsLiveLine = define(Quirk{
		Name: "answer-needs-live-line", Kind: Pick, Ticket: "sdk-behaviour 1.6.3 B12", Since: "9.2.4",
		SDK:       "a mocked invitation is answered with a useless proceed while the shared session is not connected",
		Corrected: "it is answered by REST",
		Why:       "a call that rings can be answered",
	})
	EndedSessionMeant = define(Quirk{
		Name: "ended-session-meant", Kind: Pick, Ticket: "sdk-behaviour 1.4, 1.6.7", Since: "9.2.4",
		SDK:       "a conversation is heard on the session that it had, over or not: a call that rang on it is taken for one that it carries, and a request about the conversation means it",
		Corrected: "it is heard on the session that lives, or on none; one whose own session is on its way, or above line appearance 1 is proposed, not on the shared one; a request means the session that lives",
		Why:       "nobody is there to talk to",
	})
	AcceptRepeats = define(Quirk{
		Name: "accept-repeats", Kind: Row, Ticket: "sdk-behaviour 1.6.6 C14", Since: "9.2.4",
		SDK:       "acceptSession after an automatic accept takes the microphone and answers again; so does one for a call that only rings on the shared session, and one for a Jingle session that is not described yet, which starts twice then",
		Corrected: "it resolves; for a call that nobody has answered, and for a session of which nobody was told yet, it rejects",
		Why:       "a session is answered once",
	})
	FailedAcceptIsFinal = define(Quirk{
		Name: "failed-accept-is-final", Kind: Row, Ticket: "sdk-behaviour 1.4 A18", Since: "9.2.4",
		SDK:       "a second acceptSession after a failed one does nothing and resolves; so does one for a shared session that is connected without having been accepted",
		Corrected: "it tries again, unless a session was accepted or is being",
		Why:       "a failed accept can be tried again",
	})
	RenegotiationAnswersForUser = define(Quirk{
		Name: "renegotiation-answers-for-user", Kind: Row, Ticket: "sdk-behaviour 1.7 offer same ICE", Since: "9.2.4",
		SDK:       "a session that nobody has accepted and that is described anew is answered, without a microphone: the call is up, and the caller hears nobody",
		Corrected: "the new description is taken, and answered when the session is accepted",
		Why:       "only an acceptance answers",
	})
	AcceptFailsSilently = define(Quirk{
		Name: "accept-fails-silently", Kind: Row, Ticket: "sdk-behaviour 1.6.6, corrections (143)", Since: "9.2.4",
		SDK:       "a session that is accepted on its own and cannot be is an unhandled rejection, which the application never sees",
		Corrected: "it is an sdkError",
		Why:       "a failure is told",
	})
	SessionsKept = define(Quirk{
		Name: "sessions-kept", Kind: Fact, Ticket: "STREAM-494", Since: "9.2.4", FixedIn: "14.0.0",
		SDK:       "a session that is over stays in memory, with its timers; one whose description is refused, or that ends before it is described, keeps its place and its peer connection too, and may start all the same; a Jingle session that its peer terminates by JSON-RPC without a reason goes on without media",
		Corrected: "it is forgotten once nobody refers to it, and its peer connection is closed; what ends before it is described does not start",
		Why:       "nothing is kept for ever",
	})
	JingleFailureResolves = define(Quirk{
		Name: "jingle-failure-resolves", Kind: Row, Ticket: "sdk-behaviour 1.7", Since: "9.2.4",
		SDK:       "acceptSession of a Jingle session whose answer cannot be made resolves",
		Corrected: "it rejects",
		Why:       "a failure is told",
	})
	EndedJingleAnswered = define(Quirk{
		Name: "ended-jingle-answered", Kind: Row, Ticket: "sdk-behaviour 1.7", Since: "9.2.4",
		SDK:       "a Jingle session that this client has ended is answered all the same",
		Corrected: "acceptSession of it rejects",
		Why:       "nobody is there to talk to",
	})
	LeavingSessionAnswered = define(Quirk{
		Name: "leaving-session-answered", Kind: Row, Ticket: "sdk-behaviour 1.6.6 step 5", Since: "9.2.4",
		SDK:       "a session that this client has asked the far end to end is answered all the same if the microphone comes before the far end's word, even after destroy(); so is one that ends while its answer is being made",
		Corrected: "acceptSession of it rejects, and nothing is sent",
		Why:       "who ends a call takes the consent back",
	})
	HangUpHangs = define(Quirk{
		Name: "hang-up-hangs", Kind: Row, Ticket: "sdk-behaviour 1.6.9 B16, J8, I5", Since: "9.2.4",
		SDK:       "endSession waits for an announcement that may never come",
		Corrected: "it settles when the conversation ends, the session ends, or a deadline passes",
		Why:       "every promise settles",
	})
	ReinviteEndsItself = define(Quirk{
		Name: "reinvite-ends-itself", Kind: Pick, Ticket: "STREAM-287", Since: "9.2.4", FixedIn: "10.0.0",
		SDK:       "a late reinvite finds itself as the session to replace, and ends itself",
		Corrected: "a session is not its own predecessor",
		Why:       "the call goes on",
	})
	PrivateCallHolds = define(Quirk{
		Name: "private-call-holds", Kind: Row, Ticket: "STREAM-245", Since: "9.2.4", FixedIn: "9.3.0",
		SDK:       "an eager persistent connection holds the agent's calls; over Jingle it is taken for a call itself, and none rings on it",
		Corrected: "it does not, and a call can ring on it",
		Why:       "it opens no conversation's audio",
	})
	HoldsOwnCall = define(Quirk{
		Name: "holds-own-call", Kind: Pick, Ticket: "sdk-behaviour 1.6.6 D30", Since: "9.2.4",
		SDK:       "a new session holds of each other session the last conversation: its own too, ended ones, and one called undefined",
		Corrected: "it holds all other conversations that are connected; one that takes an earlier one's place and whose call is held holds none",
		Why:       "the call that is taken must not be held",
	})
	FailureNeedsInterruption = define(Quirk{
		Name: "failure-needs-interruption", Kind: Row, Ticket: "STREAM-978", Since: "9.2.4", FixedIn: "11.3.4",
		SDK:       "a peer connection that fails without having been interrupted leaves its session for ever; so does one that is found dead when the page is shown",
		Corrected: "the session ends",
		Why:       "nothing is kept for ever",
	})
	JingleLostOnReconnect = define(Quirk{
		Name: "jingle-lost-on-reconnect", Kind: Row, Ticket: "sdk-behaviour 1.2 E5", Since: "9.2.4", FixedIn: "SC 19.3.0",
		SDK:       "Jingle sessions cannot be found any more after a reconnect, and nothing that they say leaves",
		Corrected: "they are found, and speak on the new stream",
		Why:       "a call that goes on can be ended",
	})
	ProposalsKept = define(Quirk{
		Name: "proposals-kept", Kind: Fact, Ticket: "platform-wire 6.10", Since: "9.2.4", FixedIn: "SC 19.0",
		SDK:       "a propose is remembered after its session came, and the same id is proceeded at once when it is proposed again",
		Corrected: "it is forgotten when its session comes, and ten minutes after it was proposed last",
		Why:       "no consent, no media; nothing is kept for ever",
	})
	InitiateEatsPropose = define(Quirk{
		Name: "initiate-eats-propose", Kind: Row, Ticket: "STREAM-582", Since: "9.2.4", FixedIn: "11.2.3",
		SDK:       "a session-initiate that is swallowed because the description comes over XMPP makes the propose forgotten",
		Corrected: "the propose is kept for the offer",
		Why:       "the two come in any order",
	})
	StationHeardTwice = define(Quirk{
		Name: "station-heard-twice", Kind: Pick, Ticket: "sdk-behaviour 1.1 D6", Since: "9.2.4",
		SDK:       "allowing the softphone type again doubles the reaction to each station notification",
		Corrected: "each notification counts once",
		Why:       "one notification, one fetch",
	})
	NamesakesTogether = define(Quirk{
		Name: "namesakes-together", Kind: Pick, Ticket: "sdk-behaviour 1.7 D29, D30", Since: "9.2.4",
		SDK:       "a session with the id of another stands beside it, one that is offered twice before it is described too, and the end of one takes both from the list",
		Corrected: "the new session ends the old one, without a word to the far end, and has its calls; the repeat of an offer is none",
		Why:       "a session id means one session",
	})
	VoicemailIsUser = define(Quirk{
		Name: "voicemail-is-user", Kind: Pick, Ticket: "STREAM-978", Since: "9.2.4", FixedIn: "11.3.4",
		SDK:       "a participant of the user's with the purpose voicemail is taken for the user, whose own leg has ended",
		Corrected: "a voicemail is nobody's own leg",
		Why:       "a call that is over must be removed",
	})
	PreviousLegByPreference = define(Quirk{
		Name: "previous-leg-by-preference", Kind: Pick, Ticket: "sdk-behaviour 1.6.7 C16", Since: "9.2.4",
		SDK:       "the stored notification is read again with another choice of participant than the new one",
		Corrected: "it is the leg that was chosen then",
		Why:       "a change is what differs from what was",
	})
	StumblesOverAbsentUser = define(Quirk{
		Name: "stumbles-over-absent-user", Kind: Row, Ticket: "sdk-behaviour 1.6.3 F2", Since: "9.2.4",
		SDK:       "answering or rejecting a call in which the user is not fails with a TypeError",
		Corrected: "it fails with an sdkError",
		Why:       "errors have types",
	})
)
