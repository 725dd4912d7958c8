package play

import (
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// AttacksFolder is the folder of the attacks' scenarios.
const AttacksFolder = "attacks"

// AttackIDs are the attacks that a phone must withstand: what happened elsewhere (A) and what comes of a client that trusts
// its server (G).
func AttackIDs() []string {
	return []string{
		"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12",
		"G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8",
	}
}

// RuleIDs are the rules of the protocols that a phone must keep.
func RuleIDs() []string {
	return []string{
		"R-propose-id", "R-stale-propose", "R-no-reveal", "R-terminated", "R-initiator", "R-order", "R-consent", "R-ping",
		"R-gateway", "R-hold", "R-ice-restart", "R-setup-role", "R-carbons", "R-xml",
	}
}

// Attacks is the table of what is tried: all attacks, then all rules.
func Attacks() []Case {
	all := append(early(), late()...)
	all = append(all, below()...)
	all = append(all, trusting()...)
	return append(all, rules()...)
}

// The reasons why sdk-9.2.4 withstands something.
const (
	waitsForProceed = "it makes no session either before an offer comes for it"
	checksJingle    = "its Jingle library compares the sender, and answers as the standard says"
	knowsNoOther    = "a transport that is not a session's own is nobody's there, too"
	needsAnAccept   = "it opens the microphone when the session is accepted, too"
	knowsTheFirst   = "it knows a propose by its first conversation, too"
	readsAlike      = "frames are read alike before a profile has a say"
	keepsNothing    = "it drops candidates of sessions that it does not know, too; the bounded store came with its streaming client 19.0"
)

// early are attacks on calls that nobody has answered, which other vendors' clients fell for.
func early() []Case {
	return []Case{
		{
			ID: "A1", Source: "CVE-2019-6223", Tried: "parties join a call that rings, the user twice",
			Holds: "it never becomes connected by that",
			Trials: []Trial{
				{Name: "A1-parties-join-while-it-rings", Shows: []string{"ann answers C1", "sessionStarted C1 S1", "added C1"}, Same: waitsForProceed},
				{Name: "A1-a-shared-session-does-not-answer-for-the-user", Shows: []string{"handledPendingSession C2"}, Never: []string{"sessionStarted C2", "added C2"}, Breaks: laws.HandledElsewhere},
			},
		},
		{
			ID: "A2", Source: "CVE-2019-17191", Tried: "what is meant for the other role comes while it rings",
			Holds: "accept, proceed, session-accept and a connected notification are no consent",
			Trials: []Trial{
				{Name: "A2-words-of-the-other-role-answer-nothing", Shows: []string{"pendingSession C1 S1", "refuses a2-1", "refuses a2-2"}, Never: []string{"sends proceed", "sessionStarted", "peer connection\n"}, Same: waitsForProceed},
				{Name: "A2-an-accept-of-another-client-answers-nothing-here", Shows: []string{"handledPendingSession C1 S1"}, Never: []string{"sends proceed", "sessionStarted"}, Same: waitsForProceed},
			},
		},
		{
			ID: "A3", Source: "CVE-2019-17192", Tried: "a peer connection says that media flows before the answer", Holds: "the microphone stays closed until then",
			Trials: []Trial{{
				Name: "A3-media-before-the-answer-is-not-touched", Shows: []string{"ann accepts session C1\n 0:15.520  ann/desk   asks for the microphone"},
				Never: []string{"0:08.510  ann/desk", "0:10.520  ann/desk"}, Same: needsAnAccept,
			}},
		},
		{
			ID: "A4", Source: "two vendors, 2020", Tried: "an offer brings candidates and a second media line while it rings", Holds: "nothing starts before the consent",
			Trials: []Trial{{
				Name: "A4-candidates-in-an-offer-start-nothing", Shows: []string{"cancelPendingSession C1 S1", "refuses a4-3"},
				Never: []string{"makes a peer connection", "sends a candidate"}, Breaks: laws.ConsentBeforeMedia,
			}},
		},
		{
			ID: "A5", Source: "2020", Tried: "HTTP answer, stanza and notification race", Holds: "each order gives the same consent",
			Trials: []Trial{
				{Name: "A5-a-propose-before-the-answer-to-the-dialling", Shows: []string{"sessionStarted C1", "cancelPendingSession C2"}, Never: []string{"sessionStarted C2"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "A5-a-notification-before-the-session", Shows: []string{"sessionStarted C1", "added C1", "sessionEnded C1"}, Breaks: laws.AddedThenRemoved},
			},
			Tests: []string{"simulation/play TestEveryOrderGivesTheSameConsent"},
		},
	}
}

// late are those that come in other states, too.
func late() []Case {
	return []Case{
		{
			ID: "A6", Source: "2020", Tried: "every method of the vocabulary in every state", Holds: "none opens, answers or retrieves a call",
			Trials: []Trial{
				{Name: "A6-every-method-while-it-rings", Shows: []string{"cancelPendingSession C1 S1", "refuses a6-10: item-not-found unknown-session"}, Never: []string{"makes a peer connection"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "A6-every-method-on-hold", Shows: []string{"C1(connected held)", "refuses a6-5: bad-request", "refuses a6-1: unexpected-request out-of-order"}, Never: []string{"held false"}, Same: checksJingle},
				{Name: "A6-a-reinvite-of-a-ringing-call", Shows: []string{"cancelPendingSession C2 S2"}, Never: []string{"S9 ("}, Breaks: laws.ConsentBeforeMedia},
				{Name: "A6-a-live-session-is-described-anew-for-a-ringing-call", Shows: []string{"cancelPendingSession C1 S2", "sessionEnded C0 S1 (success)"}, Never: []string{"sessionStarted C1"}, Breaks: laws.ConsentBeforeMedia},
			},
			Tests: []string{"simulation/play TestNoMethodConsents"},
		},
		{
			ID: "A7", Source: "CVE-2020-5753", Tried: "ringing for long, with candidates of the far end", Holds: "no candidates are gathered before the consent",
			Trials: []Trial{{
				Name: "A7-ringing-alone-gathers-no-candidates", Shows: []string{"cancelPendingSession C1 S1", "0 peer connections"},
				Never: []string{"makes a peer connection", "sends a candidate"}, Same: waitsForProceed,
			}},
		},
		{
			ID: "A8", Source: "CVE-2020-3419, 3441, 3471", Tried: "late words of a session that has ended", Holds: "its media ends with it, and nothing more is announced of it",
			Trials: []Trial{
				{Name: "A8-the-end-is-the-end", Shows: []string{"sessionEnded C1 S1 (expelled)", "closes a peer connection", "1 start, 1 peer connection"}, Never: []string{"(alternative-session)"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "A8-a-session-ends-once", Shows: []string{"sessionEnded C1 S1 (success)"}, Breaks: laws.OneEndForEachStart},
			},
		},
		{
			ID: "A9", Source: "CVE-2017-5589, CVE-2019-16235, CVE-2020-26547", Tried: "a forged accept, reject or retract", Holds: "the phone is not silenced",
			Trials: []Trial{
				{Name: "A9-a-forged-accept", Shows: []string{"sessionStarted C1 S1"}, Breaks: laws.OnlyWhoMay},
				{Name: "A9-a-forged-reject", Shows: []string{"sessionStarted C1 S1"}, Breaks: laws.OnlyWhoMay},
				{Name: "A9-a-forged-retract", Shows: []string{"sessionStarted C1 S1"}, Never: []string{"cancelPendingSession"}, Breaks: laws.OnlyWhoMay},
			},
			Tests: []string{"adapters/jingle TestForwardedCopiesAreNeverLookedInto"},
		},
	}
}

// below are attacks on what is below the cell, or that the cell is only a part of.
func below() []Case {
	return []Case{
		{
			ID: "A10", Source: "CVE-2022-22784 to 22787", Tried: "stanzas that two parsers read differently", Holds: "one strict parser refuses them",
			Trials: []Trial{{
				Name: "A10-a-stanza-that-is-smuggled-is-dropped", Same: readsAlike, Never: []string{"C2\n"}, Shows: []string{
					" pendingSession C1 S1", "0:02.000  ann/desk   drops a frame", "0:05.000  ann/desk   drops a frame", "0:06.000  ann/desk   drops a frame",
					"0:07.000  ann/desk   drops a frame", "0:08.000  ann/desk   drops a frame", "0:09.000  ann/desk   drops a frame", "0:10.000  ann/desk   cancelPendingSession C1 S1",
				},
			}},
			Tests: []string{
				"adapters/jingle TestHostileFramesAreRefused", "adapters/jingle FuzzDecode", "simulation/play TestSmuggledStanzasAreRefused",
				"adapters/notifications TestMalformedNotificationsAreRefused",
			},
		},
		{
			ID: "A11", Source: "CVE-2023-49786, CVE-2023-51443", Tried: "a transport fails that is not the call's own", Holds: "the call goes on",
			Trials: []Trial{{
				Name: "A11-a-failure-from-elsewhere-ends-nothing", Shows: []string{"ann/desk   hears C1"}, Never: []string{"terminated", "sessionEnded"}, Same: knowsNoOther,
			}},
		},
		{
			ID: "A12", Source: "CVE-2022-28131, CVE-2022-30633", Tried: "XML and JSON that nest deeply", Holds: "size, depth, attributes and number are bounded before they are parsed",
			Trials: []Trial{{
				Name: "A12-what-nests-or-swells-is-dropped", Same: readsAlike, Never: []string{"0:01.000  ann/desk   pendingSession", "0:02.000  ann/desk   pendingSession"}, Shows: []string{
					"more than 32 elements deep", "more than 64 attributes on one element", "genesys-webrtc: JSON more than 32 deep", "notifications: JSON more than 64 deep", " pendingSession C1 S1",
				},
			}},
			Tests: []string{
				"adapters/jingle TestLimits", "adapters/notifications TestMalformedNotificationsAreRefused", "simulation/play TestNestingIsBounded",
			},
		},
	}
}

// trusting are attacks that come of a client's trust in its server.
func trusting() []Case {
	return []Case{
		{
			ID: "G1", Tried: "an offer or session-initiate without a propose or a proceed", Holds: "it becomes no session",
			Trials: []Trial{
				{Name: "G1-an-offer-that-nobody-proposed", Shows: []string{"refuses g1-2: item-not-found unknown-session"}, Never: []string{"sessionStarted"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "G1-an-offer-before-the-proceed", Shows: []string{"sends proceed S1", "1 start, 1 peer connection"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "G1-a-session-initiate-before-the-proceed", Shows: []string{"refuses g1-1: item-not-found unknown-session", "sends proceed S1"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "G1-an-offer-names-another-ringing-call", Shows: []string{"cancelPendingSession C2 S2"}, Never: []string{"sessionStarted C2"}, Breaks: laws.ConsentBeforeMedia},
			},
		},
		{
			ID: "G2", Tried: "an offer calls itself a reinvite", Holds: "it replaces a live session of its conversation, from that session's gateway, or nothing",
			Trials: []Trial{
				{Name: "G2-a-reinvite-of-nothing", Shows: []string{"0 peer connections"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "G2-a-reinvite-of-closed-media", Shows: []string{"1 peer connection,", "sessionEnded C1 S1 (success)"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "G2-a-reinvite-from-elsewhere", Shows: []string{"ann/desk   hears C1"}, Never: []string{"sends its answer S9"}, Breaks: laws.ConsentBeforeMedia},
			},
		},
		{
			ID: "G3", Tried: "a retract, accept or reject whose sender knows the session id", Holds: "retract counts from the proposer, the others from the user's own address",
			Trials: []Trial{
				{Name: "G3-a-retract-from-another-gateway-user", Shows: []string{"sessionStarted C1 S1"}, Breaks: laws.OnlyWhoMay},
				{Name: "G3-an-accept-without-a-sender", Shows: []string{"sessionStarted C1 S1"}, Breaks: laws.OnlyWhoMay},
			},
		},
		{
			ID: "G4", Tried: "an address with gjoll somewhere after the @", Holds: "a gateway's domain has the label gjoll",
			Trials: []Trial{
				{Name: "G4-gjoll-in-the-resource", Shows: []string{"request failed"}, Never: []string{" pendingSession C1"}, Breaks: laws.OnlyWhoMay},
				{Name: "G4-gjoll-as-a-part-of-a-name", Shows: []string{"request failed"}, Never: []string{" pendingSession C1"}, Breaks: laws.OnlyWhoMay},
			},
		},
		{
			ID: "G5", Tried: "candidates for sessions that do not exist", Holds: "they are not kept, and put no real ones out",
			Trials: []Trial{{Name: "G5-candidates-for-unknown-sessions-are-not-kept", Shows: []string{"sessionStarted C1 S1", "sessionEnded C1 S1"}, Never: []string{"takes a candidate"}, Same: keepsNothing}},
		},
		{
			ID: "G6", Tried: "terminate and candidates for a session that is unknown, or another's", Holds: "they count from the session's own far end",
			Trials: []Trial{
				{Name: "G6-a-terminate-from-a-stranger", Shows: []string{"ann/desk   hears C1"}, Never: []string{"(forged)"}, Breaks: laws.OnlyWhoMay},
				{Name: "G6-a-session-terminate-from-a-stranger", Shows: []string{"ann/desk   hears C1", "refuses g6-1: item-not-found unknown-session"}, Same: checksJingle},
				{Name: "G6-candidates-from-a-stranger", Shows: []string{"ann/desk   hears C1"}, Never: []string{"takes a candidate"}, Breaks: laws.OnlyWhoMay},
				{Name: "G6-terminate-and-candidates-for-nothing", Shows: []string{"sessionStarted C1 S1"}, Never: []string{"takes a candidate", "sdkError"}, Same: keepsNothing},
			},
		},
		{
			ID: "G7", Tried: "a propose that repeats itself without end", Holds: "proceed is repeated eight times at most",
			Trials: []Trial{{Name: "G7-proceed-is-not-an-amplifier", Shows: []string{"0:02.080  ann/desk   sends proceed S1"}, Never: []string{"0:02.090  ann/desk   sends proceed S1"}, Breaks: laws.ProceedsAreFew}},
		},
		{
			ID: "G8", Tried: "the auto-answer flag of a propose", Holds: "it answers where the embedding program allowed it, and nowhere else",
			Trials: []Trial{
				{Name: "G8-the-wire-does-not-answer", Shows: []string{"pendingSession (auto-answer) C1"}, Never: []string{"sessionStarted"}, Breaks: laws.ConsentBeforeMedia},
				{Name: "G8-auto-answer-where-it-is-allowed", Shows: []string{"ann/desk   sessionStarted C1"}, Never: []string{"bob/desk   sessionStarted"}, Same: "it is the case that it is right about: one program allows it, the other forbids it"},
			},
		},
	}
}
