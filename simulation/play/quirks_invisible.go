package play

import "github.com/hookswitch/hookswitch/fsm/quirk"

// Invisible are the quirks that break no law alone, each with the reason. A search that finds one of them fails.
var Invisible = map[string]string{
	quirk.WatchdogOutlivesSession.Name: "alone it changes nothing that anybody is told: the second end that the watchdog asks for is ignored by a session that is over, unless `session-ends-twice` is on, and the watchdog goes with its session, unless `sessions-kept` is on",
}
