package station

import (
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what is remembered of the station.
type Data struct {
	// Effective is the user's effective station, as last heard.
	Effective messages.StationID   `json:"effective,omitempty"`
	Station   messages.StationInfo `json:"station"`
	Present   bool                 `json:"present,omitempty"`
	// Asked numbers the fetches; Heard is the first whose answer still counts.
	Asked int `json:"asked,omitempty"`
	Heard int `json:"heard,omitempty"`
}

const (
	restTimeout = 30 * time.Second
	waiting     = "waiting" // what the tag of a fetch that the root waits for begins with; then comes its number
)

// View is what the root knows of the station.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.StationView{Station: s.Data.Station, Present: s.Data.Present, Disassociated: s.State == Disassociated}
}

func named(_ Data, e messages.FetchStation) bool        { return e.Station != "" }
func anyKnown(d Data, e messages.FetchStation) bool     { return d.Effective != "" && !e.Anew }
func anyForNews(d Data, _ messages.StationNews) bool    { return d.Effective != "" }
func associated(_ Data, e messages.StationNews) bool    { return e.Action == "Associated" }
func disassociated(_ Data, e messages.StationNews) bool { return e.Action == "Disassociated" }
func migrated(_ Data, e messages.StationNews) bool      { return e.Action == "WebRTCMigration" }

// overtaken: a later fetch was answered already, or the station is gone since.
func overtaken(d Data, e messages.RequestDone) bool { return number(e.Tag) < d.Heard }

// number is the number of the fetch with the tag; 0 for none, which is before all.
func number(tag string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(tag, waiting))
	return n
}

func (d Data) fetch(wait bool) (Data, messages.Acts) {
	d.Asked++
	tag := strconv.Itoa(d.Asked)
	if wait {
		tag = waiting + tag
	}
	return d, messages.Acts{messages.Spawn{Actor: "request", Msg: messages.Perform{
		Effect: messages.Request{Of: messages.GetStation, Station: d.Effective},
		Owner:  messages.StationActor, Tag: tag, Timeout: restTimeout, Retrying: true,
	}}}
}

func fetchNamed(d Data, e messages.FetchStation) (Data, messages.Acts) {
	d.Effective = e.Station
	return d.fetch(e.Waiting)
}

func fetchKnown(d Data, e messages.FetchStation) (Data, messages.Acts) { return d.fetch(e.Waiting) }

func fetchNews(d Data, e messages.StationNews) (Data, messages.Acts) {
	d.Effective = e.Station
	return d.fetch(false)
}

func fetchMigrated(d Data, _ messages.StationNews) (Data, messages.Acts) { return d.fetch(false) }

func announceNone(d Data, e messages.FetchStation) (Data, messages.Acts) {
	d.Effective = ""
	acts := noStation()
	if e.Waiting {
		acts = append(acts, messages.Tell{To: messages.Root, Msg: messages.StationSettled{}})
	}
	return d, acts
}

func announceNoneForNews(d Data, _ messages.StationNews) (Data, messages.Acts) { return d, noStation() }

func noStation() messages.Acts {
	return messages.Refused(0, messages.ErrGeneric, "User does not have an effective station")
}

func keep(d Data, e messages.RequestDone) (Data, messages.Acts) {
	d.Station, d.Present, d.Heard = messages.StationInfo{}, true, number(e.Tag)
	if e.HTTP.Station != nil {
		d.Station = *e.HTTP.Station
	}
	return d, nil
}

func announce(d Data, _ messages.RequestDone) (Data, messages.Acts) {
	s := d.Station
	return d, messages.Acts{
		messages.Announce{Event: messages.ConcurrentSessionsEnabled{Enabled: s.Concurrent()}},
		messages.Announce{Event: messages.StationChanged{Action: "Associated", Station: &s}},
	}
}

func settle(d Data, e messages.RequestDone) (Data, messages.Acts)         { return d, settled(e.Tag) }
func settleFailed(d Data, e messages.RequestFailed) (Data, messages.Acts) { return d, settled(e.Tag) }

func settled(tag string) messages.Acts {
	if !strings.HasPrefix(tag, waiting) {
		return nil
	}
	return messages.Acts{messages.Tell{To: messages.Root, Msg: messages.StationSettled{}}}
}

func announceError(d Data, e messages.RequestFailed) (Data, messages.Acts) {
	return d, messages.Refused(0, messages.ErrHTTP, e.Error.Message)
}

func forget(d Data, _ messages.StationNews) (Data, messages.Acts) {
	d.Station, d.Present, d.Heard = messages.StationInfo{}, false, d.Asked+1
	return d, nil
}

func announceNotConcurrent(d Data, _ messages.StationNews) (Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.ConcurrentSessionsEnabled{}}}
}

func announceGone(d Data, _ messages.StationNews) (Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.StationChanged{Action: "Disassociated"}}}
}
