package explore

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

func (w *writer) text(s string) {
	w.buf = append(w.buf, byte(len(s)))
	w.buf = append(w.buf, s...)
}

// session and conversation are the numbers that ids have under this renaming: 1 or 2; 0 is none.
func (w *writer) session(id messages.SessionID) byte {
	n := numbered(string(id), w.as.sessions)
	if n == 2 && w.as.others {
		return 3
	}
	return n
}

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
	if !w.as.gateways {
		return text
	}
	return swapped(true, text, domainOf(gateway), domainOf(gateway2))
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
		answers bool
	}
	var fields []field
	for i := range t.NumField() {
		name := nameOf(t) + "." + t.Field(i).Name
		if _, drop := dropped[name]; !slices.Contains(always, name) {
			_, unraced := unraced[name]
			fields = append(fields, field{at: i, dropped: drop, unraced: unraced, answers: name == "laws.consents.answers"})
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
			if w.allowing && fields[i].answers {
				continue
			}
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

// writeSession writes what the root notes of a session. Whether it calls itself a reinvite counts until it is described; of its
// peer connection it counts whether it is connected.
func writeSession(fields plan) plan {
	return func(w *writer, v reflect.Value) {
		fields(w, v)
		view := v.FieldByName("View")
		w.bit(view.FieldByName("Reinvite").Bool() && !view.FieldByName("Described").Bool())
		w.bit(v.FieldByName("Media").FieldByName("Connection").String() == string(messages.PeerConnected))
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
