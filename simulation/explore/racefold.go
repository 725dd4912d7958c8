package explore

import (
	"reflect"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/hangup"
	"github.com/hookswitch/hookswitch/fsm/media"
	"github.com/hookswitch/hookswitch/fsm/negotiation"
	"github.com/hookswitch/hookswitch/messages"
)

// unraced are the fields that are not written of a client of a race, with the reason why no decision and no law depends on
// them there.
var unraced = map[string]string{
	"media.Data.Ref":           "its actor's",
	"media.Data.Session":       "its actor's",
	"media.Data.Peer":          "its actor's",
	"media.Data.Offered":       "says whether a loss of ICE counts as an interruption, which nothing follows from",
	"negotiation.Data.Session": "raced writes its ref; the rest is the root's",
	"negotiation.Data.SDP":     "passed to the media layer, never looked at",
	"messages.HangUp.Session":  "raced writes its ref; the rest is the root's",
	"messages.HangUp.Known":    "the order got it; the hang-up looks at the conversation alone, and there is one",
	"laws.consents.asked":      "the microphones that wait are written with who asked",
	// The law of dialled calls alone looks at these, and nobody dials in a race.
	"laws.peer.accepted": "only of dialled calls",
	"laws.peer.up":       "only of dialled calls",
	"laws.peer.left":     "only of dialled calls",
	"laws.peer.shared":   "only of dialled calls",
}

// raced writes a chart of a client of a race, if it is written in a way of its own there.
func (w *writer) raced(kept any) bool {
	switch s := kept.(type) {
	case *fsm.Snapshot[media.Data]: // that media stopped flowing is announced; whether it fails then or before is the same
		w.bit(s.State == media.Closed)
		w.value(reflect.ValueOf(s.Data))
	case *fsm.Snapshot[negotiation.Data]:
		w.value(reflect.ValueOf(s.Data.Session.Ref))
		w.value(reflect.ValueOf(kept).Elem())
	case *fsm.Snapshot[hangup.Data]:
		w.value(reflect.ValueOf(s.Data.HangUp.Session.Ref))
		w.value(reflect.ValueOf(kept).Elem())
	default:
		return false
	}
	return true
}

// numberRest gives numbers to those whom nobody lists, such as orders and their requests: by what they are and whom they name,
// and those that are alike in that by their age.
func (w *writer) numberRest(p *phone) {
	var rest []*actors.Actor
	for _, a := range p.actors {
		if _, listed := w.refs[a.Ref]; !listed {
			rest = append(rest, a)
		}
	}
	if len(rest) == 0 {
		return
	}
	first := len(w.refs) + 1
	texts := map[messages.Ref]string{}
	for range 3 { // an order, its request, and what waits for the request
		for _, a := range rest {
			w.actor(p, a, nil)
			texts[a.Ref] = string(w.buf)
			w.buf = w.buf[:0]
		}
		slices.SortStableFunc(rest, func(a, b *actors.Actor) int { return strings.Compare(texts[a.Ref], texts[b.Ref]) })
		for i, a := range rest {
			w.refs[a.Ref] = byte(first + i)
			if i > 0 && texts[a.Ref] == texts[rest[i-1].Ref] {
				w.refs[a.Ref] = w.refs[rest[i-1].Ref]
			}
		}
	}
	for i, a := range rest {
		w.refs[a.Ref] = byte(first + i)
	}
}
