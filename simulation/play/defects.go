package play

import (
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// DefectsFolder is the folder of the defects' scenarios.
const DefectsFolder = "defects"

// DefectIDs are the known defects of the reference SDK, by the ticket of their row, or STILL- and a word where there is none.
func DefectIDs() []string {
	return append(append(presentIDs(), stillIDs()...), mendedIDs()...)
}

// presentIDs are the defects that 9.2.4 has.
func presentIDs() []string {
	return []string{
		"STREAM-1974", "STREAM-1789", "STREAM-1241", "STREAM-494", "STREAM-905", "STREAM-781", "STREAM-978", "STREAM-850",
		"STREAM-582", "STREAM-207", "STREAM-313", "STREAM-287", "STREAM-262", "STREAM-245", "STREAM-517", "STREAM-357",
	}
}

// mendedIDs are the defects that 9.2.4 had already mended.
func mendedIDs() []string {
	return []string{
		"STREAM-218", "STREAM-178", "PCM-2232", "PCM-2220", "PCM-2209", "PCM-2116", "PCM-2108", "PCM-1974", "PCM-1911",
		"PCM-1909", "PCM-1887", "PCM-1998", "PCM-2024", "PCM-2089",
	}
}

// Defects is the table of the known defects of the reference SDK: those that 9.2.4 has, those of them that have no ticket, then
// those that it had mended.
func Defects() []Case {
	all := append(presentDefects(), signallingDefects()...)
	all = append(all, stillDefects()...)
	return append(all, mendedDefects()...)
}

// wasMended is why sdk-9.2.4 does not have a defect.
const wasMended = "it was mended before 9.2.4"

// presentDefects are those of invitations, conversations and sessions that 9.2.4 has.
func presentDefects() []Case {
	return []Case{
		{
			ID: "STREAM-1974", Tried: "a propose and a notification make two pending sessions of one call", Holds: "a call rings once",
			Trials: []Trial{{Name: "STREAM-1974-a-propose-and-a-notification-make-two-pending-sessions", Shows: []string{"pendingSession C2 S2", "handledPendingSession C2 S2"}, Never: []string{" pendingSession C2 S1"}, Breaks: laws.OneSettlementEach}},
		},
		{
			ID: "STREAM-1789", Tried: "an eager private call ends before its media is up, and its session stays", Holds: "the call and its session end",
			Trials: []Trial{
				{Name: "STREAM-1789-a-private-call-that-ends-before-its-media-is-up", Shows: []string{"cancelPendingSession C1 S7", "cancelPendingSession C2 S7", "sessionEnded C1 S7"}, Breaks: laws.OneSettlementEach},
				{Name: "STREAM-1789-a-private-session-outlives-its-call", Shows: []string{"0:01.750  ann/desk   sessionEnded C1 S7", "cancelPendingSession C2 S7"}, Breaks: laws.OneSettlementEach},
			},
		},
		{
			ID: "STREAM-1241", Tried: "a call that is connected becomes pending again", Holds: "it does not",
			Trials: []Trial{
				{Name: "STREAM-1241-a-connected-call-does-not-ring-again-by-a-notification", Shows: []string{"sessionEnded C2 S1"}, Never: []string{"0:15.000  ann/desk   pendingSession"}, Breaks: laws.UpDoesNotRing},
				{Name: "STREAM-1241-a-connected-call-does-not-ring-again-by-a-propose", Shows: []string{"hears C1"}, Never: []string{"S9\n", "0:04.000  ann/desk   sends proceed"}, Breaks: laws.ConsentBeforeMedia},
			},
		},
		{
			ID: "STREAM-494", Tried: "sessions are not forgotten after a disconnect", Holds: "nothing is left of them",
			Trials: []Trial{{Name: "STREAM-494-a-session-is-forgotten-after-a-disconnect", Shows: []string{"connected again", "sessionEnded C1 S1 (success)"}, Breaks: laws.NothingForEver}},
		},
		{
			ID: "STREAM-905", Tried: "the next call on a persistent connection after a reinvite is not announced", Holds: "it starts like any other",
			Trials: []Trial{{Name: "STREAM-905-the-next-call-after-a-reinvite-starts", Shows: []string{"sessionStarted C2 S2", "added C2"}, Breaks: laws.OneEndForEachStart}},
		},
		{
			ID: "STREAM-781", Tried: "conversations that are over are held, and nobody catches the failure", Holds: "what is connected is held",
			Trials: []Trial{{Name: "STREAM-781-an-ended-conversation-is-not-held", Shows: []string{"sessionStarted C2 S2"}, Never: []string{"requests C1 held", "sdkError"}, Breaks: laws.HeldForACall}},
		},
		{
			ID: "STREAM-978", Tried: "a failed peer connection stays, a voicemail is taken for the agent, a call without a session trips", Holds: "none of them",
			Trials: []Trial{
				{Name: "STREAM-978-a-failed-peer-connection-ends-its-session", Shows: []string{"sessionEnded C1 S1"}, Never: []string{"hears C1"}, Breaks: laws.FailedMediaEnds},
				{Name: "STREAM-978-the-voicemail-is-not-the-agent", Shows: []string{"cancelPendingSession C2"}, Never: []string{"sessionStarted C2", "added C2"}, Breaks: laws.VoicemailIsNobody},
				{Name: "STREAM-978-the-voicemail-of-an-answered-call-is-not-the-agent", Shows: []string{"conversationUpdate removed C1"}, Breaks: laws.VoicemailIsNobody},
				{Name: "STREAM-978-a-call-without-a-session-hides-no-migration", Shows: []string{"C2(alerting)", "concurrentSoftphoneSessionsEnabled false"}, Breaks: StationIsKnown},
			},
		},
		{
			ID: "STREAM-850", Tried: "an inactive session is announced as a call error", Holds: "it is no error",
			Trials: []Trial{{
				Name:  "STREAM-850-an-inactive-session-is-no-call-error",
				Shows: []string{"removed C1", "0:18.035  ann/desk   sdkError call"}, Never: []string{"0:07.035  ann/desk   sdkError"}, Breaks: laws.InactiveIsNoError,
			}},
		},
	}
}

// signallingDefects are those of signalling and its surroundings that 9.2.4 has.
func signallingDefects() []Case {
	return []Case{
		{
			ID: "STREAM-582", Source: "STREAM-534, STREAM-326", Tried: "a session-initiate beside an offer, in any order and with other proposes", Holds: "the session is described as its propose said",
			Trials: []Trial{
				{Name: "STREAM-582-a-session-initiate-beside-an-offer-is-ignored", Shows: []string{"1 start, 1 peer connection", "sessionEnded C1 S1"}, Breaks: laws.DescribedAsSaid},
				{
					Name: "STREAM-534-simultaneous-proposes-keep-their-signalling", Shows: []string{"2 starts, 2 peer connections", "sessionEnded C7 S7", "sessionEnded C8 S8"},
					Same: "9.2.4 itself, asked in both orders, kept each propose by its id; it is STREAM-582 that it has",
				},
			},
		},
		{
			ID: "STREAM-207", Tried: "candidates that come before their offer are lost", Holds: "they are kept for it",
			Trials: []Trial{{Name: "STREAM-207-candidates-before-the-offer", Shows: []string{"takes a candidate"}, Breaks: laws.CandidatesAreUsed}},
		},
		{
			ID: "STREAM-313", Tried: "the gateway repeats a reinvite until it is answered", Holds: "the repeats replace nothing",
			Trials: []Trial{
				{Name: "STREAM-313-a-repeated-reinvite-counts-once", Shows: []string{"sessionStarted C1 S9", "sessionEnded C1 S9 (success)", "2 peer connections"}, Breaks: laws.OneEndForEachStart},
				{Name: "STREAM-313-a-reinvite-is-repeated-before-it-is-described", Shows: []string{"sessionStarted C1 S2", "sessionEnded C1 S2 (success)", "2 peer connections"}, Never: []string{"sdkError"}, Breaks: laws.OneEndForEachStart},
			},
		},
		{
			ID: "STREAM-287", Tried: "a late reinvite ends itself", Holds: "a session is not its own predecessor",
			Trials: []Trial{{Name: "STREAM-287-a-late-reinvite-does-not-end-itself", Shows: []string{"sessionEnded C1 S1"}, Never: []string{"sends terminate S9", "sessionEnded C1 S9"}, Breaks: laws.OneEndForEachStart}},
		},
		{
			ID: "STREAM-262", Tried: "a terminated session is not over", Holds: "it ends once",
			Trials: []Trial{{Name: "STREAM-262-a-terminated-session-stays-ended", Shows: []string{"ann wakes", "sessionEnded C1 S1"}, Breaks: laws.OneEndForEachStart}},
		},
		{
			ID: "STREAM-245", Source: "PR #888", Tried: "an eager persistent connection holds the agent's calls", Holds: "it holds none",
			Trials: []Trial{{Name: "STREAM-245-a-private-call-holds-nothing", Shows: []string{"sends proceed S2"}, Never: []string{"held"}, Breaks: laws.HeldForACall}},
		},
		{
			ID: "STREAM-517", Source: "STREAM-912, STREAM-1026, PCM-2163, PCM-2141", Tried: "personal data and secrets in logs", Holds: "they print redacted",
			Apart: "it is no state of a call; the types of package messages redact themselves, and are tested there",
		},
		{
			ID: "STREAM-357", Tried: "a new resource after a hard reconnect loses reinvites", Holds: "the phone keeps its address",
			Trials: []Trial{{
				Name: "STREAM-357-a-reinvite-after-a-hard-reconnect", Shows: []string{"connected again", "sends its answer S2", "sessionEnded C1 S1 (alternative-session)"},
				Breaks: laws.AddressIsKept,
			}},
		},
	}
}
