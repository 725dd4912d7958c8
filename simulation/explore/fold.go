package explore

import (
	"bytes"
	"encoding/binary"
	"fmt"
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
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// Two states are the same if they are written the same. A state is written without what no decision depends on (dropped),
// with its actors in an order that does not depend on when they were born, and under the names of conversations, session
// ids and gateways that make the writing the least of all: what can be renamed into one another is one state.

// dropped are the fields that are not written, with the reason why no decision about consent depends on them.
var dropped = map[string]string{
	"softphone.Data.Options":     "fixed for a phone's life",
	"softphone.Data.Quirks":      "fixed for a phone's life",
	"softphone.Data.Me":          "fixed from the login on",
	"softphone.Data.Servers":     "passed to the media layer, never looked at",
	"softphone.Data.Relay":       "passed to the media layer, never looked at",
	"softphone.Data.Published":   "only the quirk migration-needs-sessions looks at it",
	"softphone.Data.Ever":        "only the words of an announcement depend on it",
	"softphone.Data.Station":     "a login is finished, or is not begun",
	"softphone.Data.Topics":      "a login is finished, or is not begun",
	"softphone.Data.Seeking":     "says which calls ring once a session can take them, and a call may ring on a session at any time here",
	"softphone.Data.Answers":     "a login is finished, or is not begun",
	"softphone.Data.Dialled":     "the law notes the same set",
	"softphone.Data.Ears":        "counts listeners of the station topic, which only the quirk station-heard-twice heeds",
	"softphone.Allowance.Number": "says which answer about the topics a request waits for",
	"topics.Data.Wished":         "numbers the wishes: which of them an answer is for",
	"topics.Data.Flying":         "as Wished",
	"station.Data.Asked":         "counts what was asked: which answer about the station is the newest; the station is chosen anew",
	"station.Data.Named":         "as Asked",
	"station.Data.Heard":         "as Asked",
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
	"media.Data.Connection":             "only the shared session's counts, and whether it is closed: its chart says so",
	"messages.MediaView.Connection":     "only the shared session's counts, and whether it is closed: Closed says so",
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

// names is one way of renaming: what is swapped.
type names struct{ conversations, sessions, gateways bool }

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
	w.value(reflect.ValueOf(s.law).Elem())
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

func (w *writer) text(s string) {
	w.buf = append(w.buf, byte(len(s)))
	w.buf = append(w.buf, s...)
}

// session and conversation are the numbers that ids have under this renaming: 1 or 2; 0 is none.
func (w *writer) session(id messages.SessionID) byte { return numbered(string(id), w.as.sessions) }
func (w *writer) conversation(id messages.ConversationID) byte {
	return numbered(string(id), w.as.conversations)
}

func numbered(id string, swap bool) byte {
	switch {
	case id == "":
		return 0
	case id[len(id)-1] == '0':
		return 3
	case id[len(id)-1] == '1' != swap:
		return 1
	default:
		return 2
	}
}

func (w *writer) address(jid string) {
	w.text(swapped(w.as.gateways, jid, gateway.Reveal(), gateway2.Reveal()))
}

// domain is a text that may be a gateway's domain, under this renaming.
func (w *writer) domain(text string) string {
	return swapped(w.as.gateways, text, domainOf(gateway), domainOf(gateway2))
}

func swapped(swap bool, text, one, other string) string {
	switch {
	case swap && text == one:
		return other
	case swap && text == other:
		return one
	default:
		return text
	}
}

// A plan says how values of a type are written. It is made once for each type.
type plan func(*writer, reflect.Value)

var plans sync.Map // of reflect.Type to plan

func (w *writer) value(v reflect.Value) { planOf(v.Type())(w, v) }

func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p := newPlan(t)
	plans.Store(t, p)
	return p
}

// always are the dropped fields that are not written in the whole either: they never change, or count what has no end.
var always = []string{
	"softphone.Data.Options", "softphone.Data.Quirks", "softphone.Data.Me", "softphone.Data.Servers", "softphone.Data.Relay",
	"laws.Checker.violations", "laws.Checker.seq", "laws.Checker.me", "laws.consents.options",
}

// renamed are the types whose values are names.
var renamed = map[reflect.Type]plan{
	reflect.TypeFor[messages.Ref](): func(w *writer, v reflect.Value) {
		w.buf = append(w.buf, w.refs[messages.Ref(v.Uint())])
	},
	reflect.TypeFor[messages.SessionID](): func(w *writer, v reflect.Value) {
		w.buf = append(w.buf, w.session(messages.SessionID(v.String())))
	},
	reflect.TypeFor[messages.ConversationID](): func(w *writer, v reflect.Value) {
		w.buf = append(w.buf, w.conversation(messages.ConversationID(v.String())))
	},
	reflect.TypeFor[messages.JID](): func(w *writer, v reflect.Value) { w.address(v.String()) },
	// Who waits for a settlement means nothing; whether somebody does is all.
	reflect.TypeFor[messages.CallID](): func(w *writer, v reflect.Value) { w.bit(v.Uint() != 0) },
	// Effects are written where they wait.
	reflect.TypeFor[messages.EffectID](): func(*writer, reflect.Value) {},
}

func (w *writer) bit(b bool) {
	if b {
		w.buf = append(w.buf, 1)
		return
	}
	w.buf = append(w.buf, 0)
}

func newPlan(t reflect.Type) plan {
	if p, ok := renamed[t]; ok {
		return p
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(w *writer, v reflect.Value) { w.bit(v.Bool()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(w *writer, v reflect.Value) { w.buf = binary.AppendVarint(w.buf, v.Int()) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(w *writer, v reflect.Value) { w.buf = binary.AppendUvarint(w.buf, v.Uint()) }
	case reflect.String:
		return func(w *writer, v reflect.Value) { w.text(w.domain(v.String())) }
	case reflect.Struct:
		if t == reflect.TypeFor[softphone.Session]() {
			return writeSession(structPlan(t))
		}
		return structPlan(t)
	case reflect.Slice:
		switch t.Elem() {
		case reflect.TypeFor[softphone.Session]():
			return writeSessions
		case peers:
			return writeSet
		}
		return func(w *writer, v reflect.Value) {
			w.buf = append(w.buf, byte(v.Len()))
			for i := range v.Len() {
				w.value(v.Index(i))
			}
		}
	case reflect.Map:
		return writeMap
	case reflect.Interface, reflect.Pointer:
		return func(w *writer, v reflect.Value) {
			if v.IsNil() {
				w.buf = append(w.buf, 0)
				return
			}
			w.text(v.Elem().Type().Name())
			w.value(v.Elem())
		}
	default:
		panic(fmt.Sprintf("explore: a state holds a %s, which cannot be written: drop its field, or say how", t))
	}
}

// structPlan writes a struct field by field, without those that are dropped.
func structPlan(t reflect.Type) plan {
	type field struct {
		at      int
		write   plan
		dropped bool
		unraced bool
	}
	var fields []field
	for i := range t.NumField() {
		name := nameOf(t) + "." + t.Field(i).Name
		if _, drop := dropped[name]; !slices.Contains(always, name) {
			_, unraced := unraced[name]
			fields = append(fields, field{at: i, dropped: drop, unraced: unraced})
		}
	}
	for i := range fields {
		of := t.Field(fields[i].at).Type
		var once sync.Once
		var made plan
		fields[i].write = func(w *writer, v reflect.Value) {
			once.Do(func() { made = planOf(of) })
			made(w, v)
		}
	}
	return func(w *writer, v reflect.Value) {
		for i := range fields {
			if w.whole && !fields[i].unraced || !w.whole && !fields[i].dropped {
				fields[i].write(w, v.Field(fields[i].at))
			}
		}
	}
}

// peers are the law's peer connections.
var peers = func() reflect.Type {
	of, _ := reflect.TypeFor[laws.Checker]().FieldByName("living")
	return of.Type.Elem()
}()

// writeSet writes a list whose order means nothing.
func writeSet(w *writer, v reflect.Value) {
	var all []string
	for i := range v.Len() {
		at := len(w.buf)
		w.value(v.Index(i))
		all = append(all, string(w.buf[at:]))
		w.buf = w.buf[:at]
	}
	w.sorted(all)
}

func (w *writer) sorted(all []string) {
	slices.Sort(all)
	w.buf = append(w.buf, byte(len(all)))
	for _, text := range all {
		w.buf = append(w.buf, text...)
	}
}

// writeSessions writes sessions in their order.
func writeSessions(w *writer, v reflect.Value) {
	list := v.Interface().([]softphone.Session)
	w.buf = append(w.buf, byte(len(list)))
	for _, i := range w.ordered(list) {
		w.value(v.Index(i))
	}
}

// ordered is the order of sessions, as far as it means something: one over XMPP that is being described gets its place when it
// is described, and until then only counts for its session id. Such come last, by their ids.
func (w *writer) ordered(list []softphone.Session) []int {
	order := make([]int, 0, len(list))
	for turn := range 4 {
		for i, s := range list {
			if !coming(s) && turn == 0 || coming(s) && int(w.session(s.View.Session)) == turn {
				order = append(order, i)
			}
		}
	}
	return order
}

// coming tells whether a session over XMPP is being described.
func coming(s softphone.Session) bool {
	return s.View.Signalling == messages.SDPOverXMPP && !s.View.Described && !s.View.Over
}

// writeSession writes what the root notes of a session. Whether it calls itself a reinvite counts until it is described.
func writeSession(fields plan) plan {
	return func(w *writer, v reflect.Value) {
		fields(w, v)
		view := v.FieldByName("View")
		w.bit(view.FieldByName("Reinvite").Bool() && !view.FieldByName("Described").Bool())
	}
}

// nameOf is a type's package and name, without type parameters.
func nameOf(t reflect.Type) string {
	name, _, _ := strings.Cut(t.String(), "[")
	return name
}

// writeMap writes a map in the order of its written keys.
func writeMap(w *writer, v reflect.Value) {
	var all []string
	for walk := v.MapRange(); walk.Next(); {
		at := len(w.buf)
		w.value(walk.Key())
		w.value(walk.Value())
		all = append(all, string(w.buf[at:]))
		w.buf = w.buf[:at]
	}
	w.sorted(all)
}

// root is a copy of where the root is and what it remembers.
func (p *phone) root() fsm.Snapshot[softphone.Data] {
	return *p.actors[0].Machines[0].Snapshot().(*fsm.Snapshot[softphone.Data])
}
