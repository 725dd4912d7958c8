package play

import (
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// rules are what the protocols say that both sides must do, as far as this wire has it.
func rules() []Case {
	all := append(initiationRules(), sessionRules()...)
	return append(append(all, frameRules()...), mediaRules()...)
}

// initiationRules are those of message initiation (XEP-0353).
func initiationRules() []Case {
	return []Case{
		{
			ID: "R-propose-id", Source: "XEP-0353", Tried: "two calls are proposed with one id", Holds: "a repeated id is a case, not an error: what was taken back rings again under its id while the call waits",
			Trials: []Trial{
				{Name: "R-propose-id-a-repeated-id-is-a-case", Shows: []string{"sessionStarted C1 S1", "sessionEnded C1 S1 (success)"}, Never: []string{"sdkError", "sessionStarted C2"}, Same: knowsTheFirst},
				{Name: "R-propose-id-a-forgotten-id-is-proposed-by-another", Shows: []string{"sends proceed S1", "cancelPendingSession C1 S1", "Could not find a pendingSession"}, Never: []string{"sessionStarted", "peer connection\n"}, Breaks: laws.ConsentBeforeMedia},
				{
					Name:  "R-propose-id-a-retracted-id-is-proposed-again",
					Shows: []string{"0:03.045  ann/desk   pendingSession C1 S1", "request failed"}, Never: []string{"0:06.000  ann/desk"}, Breaks: laws.OneSettlementEach,
				},
			},
		},
		{
			ID: "R-stale-propose", Source: "XEP-0353", Tried: "a call is taken back while the phone is offline", Holds: "what was taken back does not ring after a reconnect, and nothing rings for more than ten minutes",
			Trials: []Trial{
				{Name: "R-stale-propose-rings-no-longer-than-ten-minutes", Shows: []string{"connected again", "10:01.000  ann/desk   cancelPendingSession C1 S1", "request failed"}, Breaks: laws.ConsentBeforeMedia},
				{
					Name: "R-stale-propose-does-not-ring-after-a-reconnect", Shows: []string{"connected again", "0:12.000  ann/desk   cancelPendingSession C1 S1", "request failed", " pendingSession C1 S2"},
					Never: []string{"0:12.010  ann/desk", "0:23.010  ann/desk"}, Breaks: laws.ConsentBeforeMedia,
				},
			},
		},
		{
			ID: "R-no-reveal", Source: "XEP-0353 security", Tried: "a call rings at two phones", Holds: "nobody is told that it rings, or who is there",
			Trials: []Trial{{
				Name: "R-no-reveal-ringing-sends-nothing", Shows: []string{"0:31.000  ann/home   sends proceed S1"}, Never: []string{"ann/desk   sends proceed", "ann/desk sends"},
				Same: "it sends nothing while it rings, too",
			}},
		},
	}
}

// sessionRules are those of Jingle (XEP-0166).
func sessionRules() []Case {
	return []Case{
		{
			ID: "R-terminated", Source: "XEP-0166", Tried: "requests for a session that this client has ended", Holds: "they are answered with unknown-session",
			Trials: []Trial{
				{Name: "R-terminated-is-unknown-afterwards", Same: checksJingle, Shows: []string{
					"refuses r-1: item-not-found unknown-session", "refuses r-2: item-not-found unknown-session", "refuses r-3: item-not-found unknown-session", "refuses r-4: item-not-found unknown-session",
				}},
				{Name: "R-terminated-a-late-session-terminate", Shows: []string{"refuses r-5: item-not-found unknown-session"}, Breaks: laws.UnknownIsRefused},
			},
		},
		{
			ID: "R-initiator", Source: "XEP-0166", Tried: "a session-initiate from another address than the propose", Holds: "redirection stays within one bare address",
			Trials: []Trial{{
				Name:  "R-initiator-another-address-is-another-far-end",
				Shows: []string{"refuses r-1: item-not-found unknown-session", "acknowledges r-2", "sessionStarted C1 S1", "sessionEnded C1 S1 (success)"}, Breaks: laws.ConsentBeforeMedia,
			}},
			Tests: []string{"simulation/play TestTheSenderIsTheStanzas"},
		},
		{
			ID: "R-order", Source: "XEP-0166", Tried: "unknown actions, and actions in the wrong state", Holds: "bad-request for the one, out-of-order for the other",
			Trials: []Trial{{
				Name: "R-order-unknown-actions-and-wrong-states", Same: checksJingle, Shows: []string{
					"refuses r-1: bad-request", "refuses r-2: unexpected-request out-of-order", "refuses r-3: unexpected-request out-of-order", "refuses r-4: bad-request", "hears C1",
				},
			}},
		},
		{
			ID: "R-consent", Source: "XEP-0166", Tried: "Jingle calls that the user answered, that the program allowed, and neither", Holds: "only the first two are accepted",
			Trials: []Trial{{
				Name: "R-consent-comes-before-the-accept", Shows: []string{"sends its answer S1", "sends its answer S2", "cancelPendingSession C3"}, Never: []string{"sends its answer S3", "sends accept S3"},
				Same: "a Jingle session comes after a proceed there, too, if the far end keeps to the order; see G1",
			}},
		},
		{
			ID: "R-ping", Source: "XEP-0166 section 6.8", Tried: "an empty session-info", Holds: "it is answered with a result",
			Trials: []Trial{{Name: "R-ping-an-empty-session-info-is-answered", Shows: []string{"acknowledges r-ping", "hears C1"}, Same: checksJingle}},
		},
		{
			ID: "R-gateway", Source: "XEP-0166 security", Tried: "strangers describe the session of a call that was answered", Holds: "sessions are accepted from known entities only",
			Trials: []Trial{{Name: "R-gateway-sessions-come-from-known-entities", Shows: []string{"sends proceed S1", "cancelPendingSession C1 S1"}, Never: []string{"makes a peer connection"}, Breaks: laws.ConsentBeforeMedia}},
		},
	}
}

// frameRules are those of what a frame is (XEP-0280, RFC 6120).
func frameRules() []Case {
	return []Case{
		{
			ID: "R-carbons", Source: "XEP-0280", Tried: "copies forwarded by others", Holds: "what they hold is never looked into",
			Trials: []Trial{{
				Name: "R-carbons-a-forwarded-copy-is-never-looked-into", Shows: []string{"0:07.000  ann/desk   sends proceed S1", "sessionStarted C1 S1"},
				Never: []string{"cancelPendingSession", "pendingSession C2"}, Same: readsAlike,
			}},
			Tests: []string{"adapters/jingle TestForwardedCopiesAreNeverLookedInto"},
		},
		{
			ID: "R-xml", Source: "RFC 6120 section 11.1", Tried: "document types, comments, processing instructions, entities", Holds: "XMPP's XML has none of them",
			Trials: []Trial{{
				Name: "R-xml-no-document-types-comments-instructions-or-entities", Same: readsAlike, Shows: []string{
					"0:01.000  ann/desk   drops a frame", "0:02.000  ann/desk   drops a frame", "0:03.000  ann/desk   drops a frame", "0:04.000  ann/desk   drops a frame",
					"0:05.000  ann/desk   drops a frame", "0:06.000  ann/desk   pendingSession C1 S1",
				},
			}},
			Tests: []string{"adapters/jingle TestHostileFramesAreRefused", "simulation/play TestSmuggledStanzasAreRefused"},
		},
	}
}

// mediaRules are those of descriptions and transports (XEP-0167, XEP-0176, XEP-0320).
func mediaRules() []Case {
	return []Case{
		{
			ID: "R-hold", Source: "XEP-0167", Tried: "hold, and mute of a content that there is not", Holds: "the holdee goes on taking media, and an unknown name means the whole session",
			Trials: []Trial{{
				Name: "R-hold-the-media-stays", Same: "its session announces mute, too, and does nothing about hold", Shows: []string{
					"C1(connected held)", "acknowledges r-1", "acknowledges r-2", "0:06.000  ann/desk   mute\n", "acknowledges r-3", "0:07.000  ann/desk   unmute\n",
					"0:08.000  ann/desk   mute\n", "0:09.000  ann/desk   unmute\n", "acknowledges r-6", "refuses r-7: feature-not-implemented unsupported-info", "hears C1",
				},
				Never: []string{"closes a peer connection", "(connected muted)"},
			}},
		},
		{
			ID: "R-ice-restart", Source: "XEP-0176", Tried: "descriptions with the same and with new ICE credentials, and candidates without any", Holds: "new credentials are a new transport, and candidates are personal data",
			Trials: []Trial{{
				Name: "R-ice-restart-is-a-new-transport", Shows: []string{"2 starts, 2 peer connections", "hears C1", "sessionEnded C1 S1 (alternative-session)"}, Never: []string{"takes a candidate"},
				Breaks: laws.OneEndForEachStart,
			}},
			Tests: []string{"simulation/play TestCandidatesArePersonalData"},
		},
		{
			ID: "R-setup-role", Source: "XEP-0320", Tried: "fingerprints with each set-up role", Holds: "actpass, active and passive are read and written as they are",
			Trials: []Trial{{
				Name: "R-setup-role-the-role-is-read-as-it-is", Same: readsAlike, Shows: []string{
					"is described a=setup:actpass", "is described a=setup:active", "is described a=setup:passive", "sessionStarted C1 S1", "sessionStarted C2 S2", "sessionStarted C3 S3",
				},
			}},
			Tests: []string{"simulation/play TestSetUpRolesSurviveJingle"},
		},
	}
}
