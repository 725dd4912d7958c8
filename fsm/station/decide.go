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
	// Asked numbers the questions; Heard is the first whose answer still counts. Named is the first that may say which station
	// it is: the platform has named it before.
	Asked int `json:"asked,omitempty"`
	Heard int `json:"heard,omitempty"`
	Named int `json:"named,omitempty"`
}

const (
	restTimeout = 30 * time.Second

	// What the tag of a question begins with, before its number: the root waits for the answer; or it is asked unbidden which
	// station the user has, and then what that one can do.
	waiting = "waiting"
	user    = "user"
	anew    = "anew"
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
	n, _ := strconv.Atoi(strings.TrimLeft(tag, "abcdefghijklmnopqrstuvwxyz"))
	return n
}

// ask puts a question, of which the tag tells what it is for.
func (d Data) ask(r messages.Request, tag string) (Data, messages.Acts) {
	d.Asked++
	return d, messages.Acts{messages.Spawn{Actor: "request", Msg: messages.Perform{
		Effect: r, Owner: messages.StationActor, Tag: tag + strconv.Itoa(d.Asked), Timeout: restTimeout, Retrying: true,
	}}}
}

func (d Data) fetch(tag string) (Data, messages.Acts) {
	return d.ask(messages.Request{Of: messages.GetStation, Station: d.Effective}, tag)
}

// called notes which station it is.
func (d Data) called(s messages.StationID) Data {
	d.Effective, d.Named = s, d.Asked+1
	return d
}

func tagOf(e messages.FetchStation) string {
	if e.Waiting {
		return waiting
	}
	return ""
}

func fetchNamed(d Data, e messages.FetchStation) (Data, messages.Acts) {
	return d.called(e.Station).fetch(tagOf(e))
}

func fetchKnown(d Data, e messages.FetchStation) (Data, messages.Acts) { return d.fetch(tagOf(e)) }

func fetchNews(d Data, e messages.StationNews) (Data, messages.Acts) {
	return d.called(e.Station).fetch("")
}

func fetchMigrated(d Data, _ messages.StationNews) (Data, messages.Acts) { return d.fetch("") }

// --- what was changed while nobody told of it

func readUser(d Data, _ messages.ReadStation) (Data, messages.Acts) {
	return d.ask(messages.Request{Of: messages.GetMe}, user)
}

func tellsUser(_ Data, e messages.RequestDone) bool { return strings.HasPrefix(e.Tag, user) }
func readAnew(_ Data, e messages.RequestDone) bool  { return strings.HasPrefix(e.Tag, anew) }
func readInVain(_ Data, e messages.RequestFailed) bool {
	return strings.HasPrefix(e.Tag, user) || strings.HasPrefix(e.Tag, anew)
}

// toldSince: the platform has said which station it is since it was asked.
func toldSince(d Data, e messages.RequestDone) bool { return number(e.Tag) < d.Named }

func namesStation(_ Data, e messages.RequestDone) bool {
	return e.HTTP.Me != nil && e.HTTP.Me.Station != ""
}

// namesNone: the user had a station, and has none.
func namesNone(d Data, e messages.RequestDone) bool {
	return e.HTTP.Me != nil && e.HTTP.Me.Station == "" && d.Present
}

// namesNoneYet: the user had a station, of which nothing else is known yet, and has none.
func namesNoneYet(d Data, e messages.RequestDone) bool {
	return e.HTTP.Me != nil && e.HTTP.Me.Station == "" && !d.Present && d.Effective != ""
}

func readNamed(d Data, e messages.RequestDone) (Data, messages.Acts) {
	return d.called(e.HTTP.Me.Station).fetch(anew)
}

// unchanged: there is nothing to announce.
func unchanged(d Data, e messages.RequestDone) bool {
	return e.HTTP.Station == nil || d.Present && *e.HTTP.Station == d.Station
}

func noteHeard(d Data, e messages.RequestDone) (Data, messages.Acts) {
	d.Heard = max(d.Heard, number(e.Tag))
	return d, nil
}

func forgetRead(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d.forget(), nil }
func announceNotConcurrentRead(d Data, _ messages.RequestDone) (Data, messages.Acts) {
	return d, notConcurrent()
}
func announceGoneRead(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d, gone() }

// --- what is announced

func announceNone(d Data, e messages.FetchStation) (Data, messages.Acts) {
	d.Effective = ""
	acts := noStation()
	if e.Waiting {
		acts = append(acts, messages.Tell{To: messages.Root, Msg: messages.StationSettled{}})
	}
	return d, acts
}

func announceNoneRead(d Data, _ messages.RequestDone) (Data, messages.Acts)    { return d, noStation() }
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

func forget(d Data, _ messages.StationNews) (Data, messages.Acts) { return d.forget(), nil }

func (d Data) forget() Data {
	d.Station, d.Present, d.Heard, d.Named = messages.StationInfo{}, false, d.Asked+1, d.Asked+1
	return d
}

// forgetWhich: the station that the user had is none of the user's; what becomes of it is no news.
func forgetWhich(d Data, _ messages.StationNews) (Data, messages.Acts)     { return d.called(""), nil }
func forgetWhichRead(d Data, _ messages.RequestDone) (Data, messages.Acts) { return d.called(""), nil }

func announceNotConcurrent(d Data, _ messages.StationNews) (Data, messages.Acts) {
	return d, notConcurrent()
}

func notConcurrent() messages.Acts {
	return messages.Acts{messages.Announce{Event: messages.ConcurrentSessionsEnabled{}}}
}

func announceGone(d Data, _ messages.StationNews) (Data, messages.Acts) { return d, gone() }

func gone() messages.Acts {
	return messages.Acts{messages.Announce{Event: messages.StationChanged{Action: "Disassociated"}}}
}
