package explore

// dropped are the fields that are not written, with the reason why no decision about consent depends on them.
var dropped = map[string]string{
	"softphone.Data.Options":   "fixed for a phone's life",
	"softphone.Data.Quirks":    "fixed for a phone's life",
	"softphone.Data.Me":        "fixed from the login on",
	"softphone.Data.Servers":   "passed to the media layer, never looked at",
	"softphone.Data.Relay":     "passed to the media layer, never looked at",
	"softphone.Data.Published": "only the quirk migration-needs-sessions looks at it",
	"softphone.Data.Ever":      "only the words of an announcement depend on it",
	"softphone.Data.Station":   "a login is finished, or is not begun",
	"softphone.Data.Topics":    "a login is finished, or is not begun",
	"softphone.Data.Seeking":   "says which calls ring once a session can take them, and a call may ring on a session at any time here",
	"softphone.Data.Answers":   "a login is finished, or is not begun",
	"softphone.Data.Dialled":   "the law notes the same set",
	"softphone.Data.Ears":      "counts listeners of the station topic, which only the quirk station-heard-twice heeds",
	"station.Data.Asked":       "counts what was asked: which answer about the station is the newest; the station is chosen anew",
	"station.Data.Heard":       "as Asked",
	"station.Data.Named":       "as Asked",
	// What is announced of a session and of its end.
	"softphone.Session.Kept":    "only conversations are told of it, which are left out",
	"softphone.Session.Watched": "says whether a closed peer connection is announced when the page is shown",
	"softphone.Session.WasLine": "only the quirk line-lost-to-old-session looks at it",
	"softphone.Session.ByHand":  "what is accepted by hand is being accepted, which is looked at first",
	// What a session is stands with the root; of it the actor itself needs nothing but what it is in.
	"session.Data.Open":                 "the root has the same of it in its list",
	"session.Data.Stage":                "the root has the same in its view",
	"session.Data.Reason":               "announced, never looked at",
	"media.Data.Ref":                    "its actor's",
	"media.Data.Session":                "its actor's",
	"media.Data.Peer":                   "its actor's",
	"media.Data.Offered":                "says whether a loss of ICE counts as an interruption, which nothing follows from",
	"messages.SessionView.ICE":          "an offer's is chosen as that of the listed session of its id, or as another than any",
	"messages.SessionView.OriginalRoom": "announced, never looked at",
	"messages.SessionView.FromUser":     "announced, never looked at",
	"messages.SessionView.Reinvite":     "written by writeSession",
	"negotiation.Data.Session":          "its ref and signalling are written with the actor",
	"media.Data.Connection":             "the root has the same in its list, and whether it is closed its chart says",
	"messages.MediaView.Connection":     "whether it is connected is written by writeSession, whether it is closed is Closed",
	"negotiation.Data.Call":             "says who is told how it went",
	"negotiation.Data.SDP":              "passed to the media layer, never looked at",
	// How often, how long, for whom.
	"proposal.Data.Repeats":                "a peer may repeat its propose for ever here, which allows more than eight times",
	"messages.Propose.AutoAnswer":          "the propose may be forgotten and come again with any flag: see sessionsMay",
	"messages.Propose.PrivAnswer":          "the propose may be forgotten and come again with any flag: see sessionsMay",
	"messages.Propose.To":                  "never looked at",
	"messages.Propose.FromUser":            "announced, never looked at",
	"messages.Propose.OriginalRoom":        "announced, never looked at",
	"messages.PendingSession.AutoAnswer":   "announced, never looked at: the propose itself decides",
	"messages.PendingSession.PrivAnswer":   "announced, never looked at: the propose itself decides",
	"messages.PendingSession.To":           "announced, never looked at",
	"messages.PendingSession.OriginalRoom": "announced, never looked at",
	"messages.InvitationView.AutoAnswer":   "never looked at",
	"messages.InvitationView.OriginalRoom": "announced, never looked at",
	"conversation.Data.Version":            "counts what Published compares",
	// What the law notes besides.
	"laws.Checker.violations": "said already",
	"laws.Checker.seq":        "counts inputs",
	"laws.Checker.me":         "fixed from the login on",
	"laws.consents.options":   "fixed for a phone's life",
	"laws.consents.asked":     "the microphones that wait are written with who asked",
}

// unwritten are the charts that no decision about consent depends on.
var unwritten = map[string]string{
	"watchdog":   "it finds out that media is lost, which a peer connection may say at any time here",
	"callErrors": "it announces",
}
