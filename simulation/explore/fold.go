package explore

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/jinglemedia"
	"github.com/hookswitch/hookswitch/fsm/negotiation"
	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
)

// Two states are the same if they are written the same. A state is written without what no decision depends on (dropped),
// with its actors in an order that does not depend on when they were born, and under the names of conversations, session
// ids and gateways that make the writing the least of all: what can be renamed into one another is one state.

// names is one way of renaming: what is swapped.
type names struct {
	conversations, sessions, gateways bool
	// others: the second session id is that of somebody who is left out.
	others bool
}

// renamings are all ways in which two conversations, two session ids and two gateways can be renamed.
func renamings(v vocabulary) []names {
	all := []names{{}}
	swap := func(do bool, with func(*names)) {
		if !do {
			return
		}
		for _, n := range all {
			with(&n)
			all = append(all, n)
		}
	}
	swap(len(v.conversations) == 2, func(n *names) { n.conversations = true })
	swap(len(v.sessions) == 2, func(n *names) { n.sessions = true })
	swap(len(v.gateways) == 2, func(n *names) { n.gateways = true })
	return all
}

// key is the name of a folded state: 128 bits, so that two states in 2^40 share one with a chance below 2^-48.
type key [2]uint64

// writer writes one state under one renaming.
type writer struct {
	buf  []byte
	as   names
	refs map[messages.Ref]byte
	// whole: what is dropped because no decision about consent depends on it is written, too, as far as races go.
	whole bool
	// allowing: the Answers that are not spent are left out.
	allowing bool
}

var writers = sync.Pool{New: func() any { return &writer{refs: map[messages.Ref]byte{}} }}

// fold is the key of a state: of the least of its writings.
func (s *state) fold(ways []names) key {
	least := writers.Get().(*writer)
	least.write(s, ways[0])
	for _, as := range ways[1:] {
		other := writers.Get().(*writer)
		if other.write(s, as); bytes.Compare(other.buf, least.buf) < 0 {
			least, other = other, least
		}
		writers.Put(other)
	}
	k := keyOf(least.buf)
	writers.Put(least)
	return k
}

func keyOf(text []byte) key {
	digest := xxhash.NewWithSeed(0x9e3779b97f4a7c15)
	_, _ = digest.Write(text)
	return key{xxhash.Sum64(text), digest.Sum64()}
}

// write writes a state: the root first, then those whom it lists in the order of its lists, then the rest in the order of
// what they are.
func (w *writer) write(s *state, as names) {
	w.writePhone(s, as)
	w.value(reflect.ValueOf(s.law).Elem())
}

func (w *writer) writePhone(s *state, as names) {
	w.buf, w.as = w.buf[:0], as
	clear(w.refs)
	root := s.phone.root()
	w.number(root.Data)
	if w.whole {
		w.numberRest(s.phone)
	}
	first := s.phone.world.first
	written := 0
	for _, ref := range w.inOrder() {
		if i, found := s.phone.at(ref); found {
			w.actor(s.phone, s.phone.actors[i], first)
			written++
		}
	}
	if written < len(s.phone.actors) {
		w.rest(s.phone)
	}
}

// number gives numbers to the founders and to whom the root lists. Proposals are found by their session id alone, so the
// order of that list means nothing; the order of all others does.
func (w *writer) number(d softphone.Data) {
	for i := range actors.Founders() {
		w.refs[messages.Root+messages.Ref(i)] = byte(i + 1)
	}
	add := func(ref messages.Ref) {
		if _, has := w.refs[ref]; !has && ref != 0 {
			w.refs[ref] = byte(len(w.refs) + 1)
		}
	}
	for turn := range 2 {
		for _, p := range d.Proposals {
			if (w.session(p.Propose.Session) == 2) == (turn == 1) {
				add(p.Ref)
			}
		}
	}
	for _, v := range d.Invitations {
		add(v.Ref)
	}
	for _, i := range w.ordered(d.Sessions) {
		add(d.Sessions[i].View.Ref)
	}
	for _, v := range d.Conversations {
		add(v.Ref)
	}
	for _, v := range d.Watchers {
		add(v.Ref)
	}
}

func (w *writer) inOrder() []messages.Ref {
	order := make([]messages.Ref, len(w.refs))
	for ref, n := range w.refs {
		order[n-1] = ref
	}
	return order
}

// rest writes the actors that nobody lists, in the order of their writings.
func (w *writer) rest(p *phone) {
	var all []string
	for _, a := range p.actors {
		if _, listed := w.refs[a.Ref]; !listed {
			at := len(w.buf)
			w.actor(p, a, nil)
			all = append(all, string(w.buf[at:]))
			w.buf = w.buf[:at]
		}
	}
	slices.Sort(all)
	for _, text := range all {
		w.buf = append(w.buf, text...)
	}
}

// actor writes one actor: its charts, its timers and what it waits for. One that is as it was at first is a single byte.
func (w *writer) actor(p *phone, a *actors.Actor, first []*actors.Actor) {
	if int(a.Ref) <= len(first) && first[a.Ref-1] == a && a.Ref != messages.Root {
		w.buf = append(w.buf, '=')
		return
	}
	w.text(a.Kind)
	w.buf = append(w.buf, byte(a.Shown))
	for _, m := range a.Machines {
		if _, skip := unwritten[m.Name()]; skip && !(w.whole && m.Name() != "watchdog") {
			continue
		}
		kept := m.Snapshot()
		if w.whole && w.raced(kept) {
			continue
		}
		switch s := kept.(type) {
		case *fsm.Snapshot[negotiation.Data]:
			w.value(reflect.ValueOf(s.Data.Session.Ref))
			w.text(string(s.Data.Session.Signalling))
			w.value(reflect.ValueOf(kept).Elem())
		case *fsm.Snapshot[jinglemedia.Data]: // its other states are announced; that ICE fails comes twice in a row
			w.bit(s.State == jinglemedia.Closed)
		default:
			w.value(reflect.ValueOf(kept).Elem())
		}
	}
	var waits []string
	for _, t := range p.timers {
		if t.actor == a.Ref && !strings.HasPrefix(t.name, "watchdog.") {
			waits = append(waits, t.name)
		}
	}
	for _, o := range p.open {
		if o.actor == a.Ref {
			at := len(w.buf)
			w.text(o.effect.Kind())
			w.value(reflect.ValueOf(o.effect))
			waits = append(waits, string(w.buf[at:]))
			w.buf = w.buf[:at]
		}
	}
	slices.Sort(waits)
	w.buf = append(w.buf, byte(len(waits)))
	for _, text := range waits {
		w.text(text)
	}
}

// root is a copy of where the root is and what it remembers.
func (p *phone) root() fsm.Snapshot[softphone.Data] {
	return *p.actors[0].Machines[0].Snapshot().(*fsm.Snapshot[softphone.Data])
}
