package quirk

// The catalogue: what the SDK 9.2.4 does that its users would not want, one entry each. `sdk-9.2.4` has all of them,
// `corrected` none. Tickets are the SDK maintainers' (sdk-defects.md) or sections of sdk-behaviour.md.
var (
	ReinviteForgetsStarted = define(Quirk{
		Name: "reinvite-forgets-started", Kind: Row, Ticket: "STREAM-905", Since: "9.2.4", FixedIn: "13.0.0",
		SDK:       "after a reinvite nobody keeps book of announced starts, and the next call on the shared session fails in the middle: no sessionStarted, no handledPendingSession, no conversationUpdate",
		Corrected: "the replacing session keeps book like any other",
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
		SDK:       "accepting a session that is about to end makes it active again",
		Corrected: "a session that is about to end stays so",
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
		SDK:       "each repeated propose after the proceed is answered with another proceed, without end",
		Corrected: "proceed is repeated at most eight times for a session id",
		Why:       "a stranger must not make this client send at will",
	})
)

var (
	DisconnectWhileConnecting = define(Quirk{
		Name: "disconnect-ignored-while-connecting", Kind: Row, Ticket: "sdk-behaviour 1.2 K2", Since: "9.2.4", FixedIn: "SC 19.3.0",
		SDK:       "disconnect() while the stream is being (re)connected does nothing: the attempts go on",
		Corrected: "the attempts stop",
		Why:       "who disconnects wants to be disconnected",
	})
)

var (
	MigrationNeedsSessions = define(Quirk{
		Name: "migration-needs-sessions", Kind: Row, Ticket: "STREAM-978", Since: "9.2.4", FixedIn: "11.3.4",
		SDK:       "a station migration is lost when a conversation of the last update has no session",
		Corrected: "the station is fetched",
		Why:       "a migration to line appearance 1 must not be missed because a call rings",
	})
)
