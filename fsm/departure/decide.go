package departure

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a departure remembers.
type Data struct {
	Depart messages.Depart `json:"depart"`
}

// View is what the root knows of a departure.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.WatcherView{Ref: s.Data.Depart.Ref, Gone: s.State == Gone}
}

func mine(d Data, e messages.SessionTerminatedSeen) bool { return d.Depart.Session == e.Session }

func note(d Data, e messages.Depart) (Data, messages.Acts) {
	d.Depart = e
	return d, nil
}

func leave(d Data, e messages.Depart) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: e.Session, Msg: messages.LeaveSession{Reason: e.Reason}}}
}

// waitOn finds out whether the session ends at once or later.
func waitOn(d Data, e messages.Depart) (Data, messages.Acts) {
	return d, messages.Acts{messages.Later{To: e.Ref, Msg: messages.AskNow{}}}
}

func settleSoon(d Data, _ messages.SessionTerminatedSeen) (Data, messages.Acts) {
	return d, messages.Acts{messages.Later{To: d.Depart.Ref, Msg: messages.SettleNow{}}}
}

func settle(d Data, _ messages.SessionTerminatedSeen) (Data, messages.Acts) { return d, d.settled() }
func settleNow(d Data, _ messages.SettleNow) (Data, messages.Acts)          { return d, d.settled() }

// settled tells who waits that the session is over.
func (d Data) settled() messages.Acts {
	acts := messages.Settled(d.Depart.Call, nil)
	if d.Depart.Owner != 0 {
		acts = append(acts, messages.Later{To: d.Depart.Owner, Msg: messages.Departed{For: d.Depart.For}})
	}
	return acts
}
