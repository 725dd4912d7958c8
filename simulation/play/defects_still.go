package play

import (
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// stillIDs are the defects that the newest release of the reference SDK has, too, and that have no ticket: a word for each,
// in the order of sdk-defects.md.
func stillIDs() []string {
	return []string{
		"STILL-shared-ids", "STILL-duplicates", "STILL-swallowed", "STILL-ended-twice", "STILL-never-settles", "STILL-active-nulled",
		"STILL-no-retry", "STILL-placeholders", "STILL-added-again", "STILL-active-empty",
	}
}

// stillDefects are those defects. Their sources are rows of sdk-behaviour.md, section 5.
func stillDefects() []Case { return append(stillPending(), stillAnnounced()...) }

// stillPending are those of pending sessions, and of what the program asks for.
func stillPending() []Case {
	return []Case{
		{
			ID: "STILL-shared-ids", Source: "row 31", Tried: "two calls ring under the id of one session, and one of them ends", Holds: "that one stops ringing",
			Trials: []Trial{{
				Name:  "STILL-shared-ids-the-call-that-ends-is-the-one-that-stops-ringing",
				Shows: []string{"0:09.035  ann/desk   cancelPendingSession C3 S1", "sessionStarted C2 S1"}, Never: []string{"request failed"}, Breaks: laws.OwnRingStops,
			}},
		},
		{
			ID: "STILL-duplicates", Source: "rows 51, 75", Tried: "a late notification rings for a call that is up", Holds: "it does not ring again",
			Trials: []Trial{{
				Name: "STILL-duplicates-a-call-that-was-answered-by-itself-does-not-ring", Shows: []string{"added C1", "handledPendingSession C1 S1"}, Never: []string{" pendingSession C1"},
				Breaks: laws.UpDoesNotRing,
			}},
		},
		{
			ID: "STILL-swallowed", Source: "rows 52, 76", Tried: "a pending session that was never settled swallows the next propose of its call", Holds: "the call rings again",
			Trials: []Trial{{
				Name:  "STILL-swallowed-the-same-call-rings-again",
				Shows: []string{"handledPendingSession C1 S1", "0:14.045  ann/desk   pendingSession C1 S3", "sessionStarted C1 S3"}, Breaks: laws.OneSettlementEach,
			}},
		},
		{
			ID: "STILL-never-settles", Source: "rows 43, 77, 78", Tried: "endSession of a call that rings, or whose session ends before it", Holds: "the request settles",
			Trials: []Trial{
				{Name: "STILL-never-settles-a-ringing-call-is-ended", Shows: []string{"cancelPendingSession C2 S1"}, Never: []string{"waits for"}, Breaks: laws.OneSettlementForCall},
				{Name: "STILL-never-settles-a-session-ends-before-its-call-is-said-to-be-over", Shows: []string{"requests C1 disconnected", "sessionEnded C1 S1"}, Never: []string{"waits for"}, Breaks: laws.OneSettlementForCall},
			},
		},
		{
			ID: "STILL-no-retry", Source: "row 22", Tried: "acceptSession is tried again after the microphone was denied", Holds: "the session is accepted, and heard",
			Trials: []Trial{{Name: "STILL-no-retry-a-failed-accept-is-tried-again", Shows: []string{"sdkError media: Permission denied", "sends its answer S1"}, Breaks: laws.AcceptAgain}},
		},
	}
}

// stillAnnounced are those of what is announced of sessions and calls.
func stillAnnounced() []Case {
	return []Case{
		{
			ID: "STILL-ended-twice", Source: "row 27", Tried: "calls end, and the session that carried them", Holds: "each has one sessionEnded",
			Trials: []Trial{{Name: "STILL-ended-twice-two-calls-of-a-session-end-once-each", Shows: []string{"sessionEnded C2 S1", "sessionEnded C1 S1"}, Breaks: laws.OneEndForEachStart}},
		},
		{
			ID: "STILL-active-nulled", Source: "rows 58, 74", Tried: "an old session ends while the one that replaced it is up", Holds: "the next calls ring on that one",
			Trials: []Trial{{
				Name: "STILL-active-nulled-an-old-session-ends-and-the-next-call-rings", Shows: []string{" pendingSession C2 S2", "sessionStarted C2 S2", " pendingSession C3 S2"}, Never: []string{"request failed"}, Breaks: RingsEverywhere,
			}},
		},
		{
			ID: "STILL-placeholders", Source: "rows 2, 72, 92", Tried: "a call is up that was never notified, and another one changes", Holds: "what is announced has the ids of both, and removes only what was added",
			Trials: []Trial{{
				Name:  "STILL-placeholders-a-call-that-was-never-notified-is-not-listed-without-its-id",
				Shows: []string{"conversationUpdate C1 C2(alerting muted)"}, Never: []string{"conversationUpdate  C2"}, Breaks: laws.AddedThenRemoved,
			}},
		},
		{
			ID: "STILL-added-again", Source: "row 91", Tried: "a call changes on a session that carries another by then", Holds: "it is added once",
			Trials: []Trial{{
				Name: "STILL-added-again-a-call-on-the-shared-session-is-added-once", Shows: []string{"0:09.100  ann/desk   conversationUpdate C1(connected held) C2(connected held) C3(connected) active C3"},
				Breaks: laws.AddedThenRemoved,
			}},
		},
		{
			ID: "STILL-active-empty", Source: "rows 25, 37, 42", Tried: "all calls are held, and then over", Holds: "activeConversationId is empty then, and never a call that is held or over",
			Trials: []Trial{{
				Name: "STILL-active-empty-two-held-calls-leave-none-active", Shows: []string{"C1(connected muted) C2(connected held) active C1", "conversationUpdate removed C2\n"}, Breaks: laws.ActiveIsHeard,
			}},
		},
	}
}
