package softphone

import (
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// stationHeard: what the platform tells of the station.
var stationHeard = together(
	on(messages.StationNotified{}).If(stationUnheard),
	on(messages.StationNotified{}).If(migration).If(someoneHasNoSession).Quirk(quirk.MigrationNeedsSessions).Source("1.3 WebRTCMigration").Source("1.6.8 getActiveConversations"),
	on(messages.StationNotified{}).Do(tellStation).Source("1.3 Associated").Source("1.3 Disassociated").Source("1.3 WebRTCMigration").Source("1.3 other"))

func fetchStation(d *Data, _ messages.IQAnswered) (*Data, acts) {
	return d.fetchStation(messages.FetchStation{Station: d.Me.Station, Anew: true})
}

func (d *Data) fetchStation(fetch messages.FetchStation) (*Data, acts) {
	d.Station, d.Topics, fetch.Waiting = false, false, true
	return d, acts{tell(messages.StationActor, fetch)}
}

// firstStation is the user's effective station as it was read with the user; once the station is known, it knows better.
func (d *Data) firstStation() messages.StationID {
	if d.Phone.Present || d.Phone.Disassociated {
		return ""
	}
	return d.Me.Station
}

func subscribeStation(d *Data, _ messages.IQAnswered) (*Data, acts) { return d.subscribeStation() }

func (d *Data) subscribeStation() (*Data, acts) {
	d.Ears++
	return d, acts{tell(messages.KeeperActor, messages.SubscribeTopic{Topic: d.topic("station"), Soon: true, Number: d.Ears})}
}

// readStation asks what the station is by now, unless nobody wants to know: from here on the platform tells of it, and what it
// was before, when nobody could, may have changed.
func readStation[E messages.Input](d *Data, _ E) (*Data, acts) {
	if d.Ears == 0 {
		return d, nil
	}
	return d, acts{tell(messages.StationActor, messages.ReadStation{})}
}

func stationUnheard(d *Data, _ messages.StationNotified) bool { return d.Ears == 0 }
func migration(_ *Data, e messages.StationNotified) bool      { return e.Action == "WebRTCMigration" }

// someoneHasNoSession: the SDK lists the last update's conversations with their sessions, for its log, and trips.
func someoneHasNoSession(d *Data, _ messages.StationNotified) bool {
	for _, p := range d.Published {
		if p.Sessionless {
			return true
		}
	}
	return false
}

// tellStation passes the news on, once for each time that the softphone type was allowed.
func tellStation(d *Data, e messages.StationNotified) (*Data, acts) {
	var out acts
	ears := d.Ears
	if !d.Quirks.Has(quirk.StationHeardTwice) {
		ears = 1
	}
	for range ears {
		out = append(out, tell(messages.StationActor, messages.StationNews{Action: e.Action, Station: e.Station}))
	}
	return d, out
}

func noteLine(d *Data, e messages.LineView) (*Data, acts) {
	d.Line = e
	d, out := d.sweep()
	return d, append(out, d.ringOnLine()...)
}

// noteStation keeps the station; under line appearance 1 the session that is up becomes the shared one, if there is none.
func noteStation(d *Data, e messages.StationView) (*Data, acts) {
	d.Phone = e
	if line, ok := d.lineSession(); !e.Present || ok && !line.View.Over {
		return d, d.ringOnLine()
	}
	if up, ok := d.sharedUnasked(); ok {
		return d.takeLine(up.View.Ref)
	}
	return d, nil
}

// ringOnLine rings what waits for the shared session, once there is one.
func (d *Data) ringOnLine() acts {
	if d.concurrent() {
		return nil
	}
	return d.ringSeeking()
}
