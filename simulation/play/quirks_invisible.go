package play

import "github.com/hookswitch/hookswitch/fsm/quirk"

// Invisible are the quirks that break no law alone, each with the reason. A search that finds one of them fails.
var Invisible = map[string]string{
	quirk.WatchdogOutlivesSession.Name: "it needs another defect: the second end that the watchdog asks for is ignored by a session that is over, unless `session-ends-twice` is on, and the watchdog goes with its session, unless `sessions-kept` is on; no drawn run announces or sends anything else by it",
	quirk.OfferRenamesSession.Name:     "it needs another defect: what is announced, held, ended or replaced goes by what notifications said and by what was started, and not by the conversation that an offer names, unless `ends-announced-again`, `ended-session-meant` or `holds-own-call` is on; what is left is a session's name in an update, or a line without a leg in it",
	quirk.LoginOutlivesStream.Name:     "no drawn run loses a stream in the ten milliseconds between bind and the answers that a login waits for; where one does, and the user disconnects before the older login is tried again, it announces that it is connected all the same",
	quirk.LineLostToOldSession.Name:    "it needs another defect: the line that is taken from the present session goes at once to the one that is up, or to one that idles, unless `line-needs-acceptance` is on; what is left is that sessionEnded of a call may come with the end of its session instead of with the call",
}
