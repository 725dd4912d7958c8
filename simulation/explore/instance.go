package explore

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/session"
	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
)

// instance is one part of a proof: what the environment may do, and what is left out.
type instance struct {
	name, about string
	words       vocabulary
	// options are those that count unless a move chooses others; appearance is the station's.
	options    messages.Options
	appearance int
	// moves are all that the environment may do in a state.
	moves func(*phone, vocabulary) []move
	// allowing: of states that differ in the Answers that are not spent, those with the fewest stand for all.
	allowing bool
	// tidied takes out what no decision of this part depends on.
	tidied func(*phone) *phone
}

// inFlightMax is how many effects may wait for their answers at a time.
const inFlightMax = 2

// answerAtOnce is the answer to an order of the user's that has been placed: it is answered as soon as it is asked.
func (i *instance) answerAtOnce(p *phone) (told, bool) {
	for _, o := range p.open {
		if r, is := o.effect.(messages.Request); is && r.Of != messages.PostCall && r.Of != messages.GetStation {
			return told{in: answerWell(o.id, r, 0, false)}, true
		}
	}
	return told{}, false
}

// with is the phone with something else noted by its root.
func (p *phone) with(change func(*softphone.Data)) *phone {
	t := &turn{phone: *p}
	t.copyActor(0)
	root := t.phone.root()
	change(&root.Data)
	resumed := softphone.Chart.Resume(root)
	t.actors[0].Machines[0].Undo(&resumed)
	next := t.phone
	return &next
}

// without is the phone without some actors, as if they had never been.
func (p *phone) without(gone []messages.Ref) *phone {
	t := &turn{phone: *p}
	for _, ref := range gone {
		t.stop(ref)
	}
	next := t.phone
	return &next
}

// withoutGone takes out the sessions that have finished, unless something is still to come for them: no decision about consent
// depends on them. Conversations go too: what they may tell is a move of its own; and departures, which have told their session
// to leave, and wait. So do candidates that wait for a session, for they may come later as well, and retracts that wait for a
// propose, for it need not come.
func withoutGone(p *phone) *phone {
	root := p.root()
	var gone []messages.Ref
	for _, s := range root.Data.Sessions {
		if !s.Listed && !s.Superseded && p.over(s.View.Ref) || s.View.Ref == besideRef {
			gone = append(gone, s.View.Ref)
		}
	}
	gone = append(gone, p.orphans(gone)...)
	for _, v := range root.Data.Conversations {
		gone = append(gone, v.Ref)
	}
	for _, v := range root.Data.Watchers {
		gone = append(gone, v.Ref)
	}
	if len(gone) == 0 && len(root.Data.Early) == 0 && len(root.Data.Retracted) == 0 {
		return p
	}
	return p.without(gone).with(func(d *softphone.Data) {
		d.Conversations, d.Watchers, d.Published, d.Early, d.Retracted = nil, nil, nil, nil, nil
		if d.Line.Session == besideRef {
			d.Line.Session = 0
		}
		d.Sessions = slices.DeleteFunc(slices.Clone(d.Sessions), func(s softphone.Session) bool { return slices.Contains(gone, s.View.Ref) })
	})
}

// orphans are the requests whose sessions are gone: whatever is answered, nobody is told.
func (p *phone) orphans(gone []messages.Ref) []messages.Ref {
	var all []messages.Ref
	for _, o := range p.open {
		e, ends := o.effect.(messages.SendTerminate)
		if _, lives := p.at(e.Peer); ends && (!lives || slices.Contains(gone, e.Peer)) {
			all = append(all, o.actor)
		}
	}
	return all
}

// withoutNegotiations takes out negotiations too: what they may tell is a move of its own.
func withoutNegotiations(p *phone) *phone {
	var gone []messages.Ref
	for _, a := range p.actors {
		if a.Kind == "negotiation" {
			gone = append(gone, a.Ref)
		}
	}
	return withoutGone(p.without(gone))
}

// withoutDialling takes out the calls that are being placed, and restores what a move chose for itself.
func withoutDialling(base messages.Options) func(p *phone) *phone {
	return func(p *phone) *phone {
		var gone []messages.Ref
		for _, a := range p.actors {
			if a.Kind == "order" || a.Kind == "request" {
				gone = append(gone, a.Ref)
			}
		}
		return p.without(gone).with(func(d *softphone.Data) {
			d.Dialling, d.Dialled, d.Options, d.Retracted = 0, nil, base, nil
		})
	}
}

// over tells whether a session can do nothing any more: it has ended, or only its peer connection waits to be closed.
func (p *phone) over(ref messages.Ref) bool {
	i, found := p.at(ref)
	if !found {
		return true
	}
	m := p.actors[i].Machines[len(p.actors[i].Machines)-1]
	kept := m.Snapshot().(*fsm.Snapshot[session.Data])
	return kept.State == session.Ended || kept.State == session.Lingering
}

// peerOf is the peer connection that may be used because of an effect's answer.
func peerOf(effect messages.Effect) messages.Ref {
	switch e := effect.(type) {
	case messages.RequestMicrophone:
		return e.Peer
	case messages.Describe:
		return e.Peer
	case messages.MakeAnswer:
		return e.Peer
	case messages.SendAnswer:
		return e.Peer
	}
	return 0
}
