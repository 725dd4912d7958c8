package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// names gives ids short aliases in the order of their first appearance: C1 is the first conversation, S2 the second
// session.
type names struct {
	alias  map[string]string
	counts map[string]int
	legend []string
	pairs  [][2]string       // an id and its alias
	text   *strings.Replacer // of the pairs; nil: there are more since it was made
	orders map[messages.EffectID]messages.Effect
}

func newNames() *names {
	return &names{alias: map[string]string{}, counts: map[string]int{}, orders: map[messages.EffectID]messages.Effect{}}
}

// ordered remembers an effect, so that its answer can say what it answers.
func (n *names) ordered(out runtime.Output) { n.orders[out.ID] = out.Effect }

// effect says what an effect is, after its id.
func (n *names) effect(id messages.EffectID) string {
	if e := n.orders[id]; e != nil {
		return string(id) + " " + n.message(e)
	}
	return string(id)
}

// id is what an alias stands for.
func (n *names) id(alias string) (id string, known bool) {
	for _, entry := range n.legend {
		if a, id, _ := strings.Cut(entry, " "); strings.EqualFold(a, alias) {
			return id, true
		}
	}
	return "", false
}

// conversations lists those that have an alias.
func (n *names) conversations() string {
	var list []string
	for _, entry := range n.legend {
		if strings.HasPrefix(entry, "C") {
			alias, id, _ := strings.Cut(entry, " ")
			list = append(list, alias+" ("+id+")")
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func (n *names) of(letter, id string) string {
	if a, known := n.alias[id]; known {
		return a
	}
	n.counts[letter]++
	a := fmt.Sprintf("%s%d", letter, n.counts[letter])
	n.alias[id] = a
	n.legend = append(n.legend, a+" "+id)
	n.pairs, n.text = append(n.pairs, [2]string{id, a}), nil
	return a
}

// in replaces the ids that have an alias, wherever they stand in a text. One that begins as another one does is not taken for
// that.
func (n *names) in(text string) string {
	if n.text == nil {
		pairs := slices.Clone(n.pairs)
		slices.SortStableFunc(pairs, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
		var words []string
		for _, pair := range pairs {
			words = append(words, pair[0], pair[1])
		}
		n.text = strings.NewReplacer(words...)
	}
	return n.text.Replace(text)
}

// letter is the alias's letter of a type of id, or "".
func letter(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[messages.ConversationID]():
		return "C"
	case reflect.TypeFor[messages.SessionID]():
		return "S"
	case reflect.TypeFor[messages.ParticipantID]():
		return "P"
	case reflect.TypeFor[messages.UserID]():
		return "U"
	case reflect.TypeFor[messages.StationID]():
		return "T"
	default:
		return ""
	}
}

// personal tells whether a type is one that is never printed.
func personal(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[messages.JID](), reflect.TypeFor[messages.Phone](), reflect.TypeFor[messages.PersonName](),
		reflect.TypeFor[messages.SDP](), reflect.TypeFor[messages.Candidate](), reflect.TypeFor[messages.Token](),
		reflect.TypeFor[messages.Opaque]():
		return true
	default:
		return false
	}
}

// message says in one line what a message is: its kind and its fields, without personal data and without what is empty.
func (n *names) message(m interface{ Kind() string }) string {
	a, ok := m.(messages.Announce)
	if ok && a.Event != nil {
		if u, is := a.Event.(messages.ConversationUpdate); is {
			return n.update(u)
		}
		return strings.TrimSpace("announce " + a.Event.Name() + " " + n.fields(reflect.ValueOf(a.Event)))
	}
	return strings.TrimSpace(m.Kind() + " " + n.fields(reflect.ValueOf(m)))
}

// fields are a struct's fields as name=value.
func (n *names) fields(v reflect.Value) string {
	var words []string
	for i := range v.NumField() {
		f, value := v.Type().Field(i), v.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || value.IsZero() || personal(f.Type) {
			continue
		}
		if value.Kind() == reflect.Bool {
			words = append(words, name)
			continue
		}
		if l := letter(f.Type); l != "" && l != "U" { // the alias says what it is; of a user the name says which one
			words = append(words, n.of(l, value.String()))
			continue
		}
		if participants, is := value.Interface().([]messages.Participant); is {
			for _, p := range participants {
				words = append(words, participant(p))
			}
			continue
		}
		if text := n.value(value); text != "" {
			words = append(words, name+"="+text)
		}
	}
	return strings.Join(words, " ")
}

func (n *names) value(v reflect.Value) string {
	if personal(v.Type()) {
		return ""
	}
	if l := letter(v.Type()); l != "" {
		return n.of(l, v.String())
	}
	switch m := v.Interface().(type) {
	case messages.Leg:
		return leg(m)
	case messages.ConversationState:
		return n.conversation(m)
	case messages.SessionSummary:
		return n.session(m)
	case messages.Participant:
		return participant(m)
	case messages.EffectID:
		return n.answering(m)
	case messages.Ref:
		return fmt.Sprintf("#%d", m)
	case messages.Flag:
		return map[messages.Flag]string{messages.No: "no", messages.Yes: "yes"}[m]
	case messages.ErrorInfo:
		return fmt.Sprintf("%q", strings.TrimPrefix(string(m.Type)+": "+n.in(m.Message), ": "))
	case fmt.Stringer:
		return m.String()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return n.value(v.Elem())
	case reflect.Struct:
		return "{" + n.fields(v) + "}"
	case reflect.Slice:
		items := make([]string, 0, v.Len())
		for i := range v.Len() {
			items = append(items, n.value(v.Index(i)))
		}
		return "[" + strings.Join(items, " ") + "]"
	case reflect.String:
		return n.in(v.String())
	default:
		return fmt.Sprint(v.Interface())
	}
}

// answering is an effect's id with its kind, for the input that answers it.
func (n *names) answering(id messages.EffectID) string {
	switch e := n.orders[id].(type) {
	case nil:
		return string(id)
	case messages.Request:
		return string(id) + " (" + string(e.Of) + ")"
	default:
		return string(id) + " (" + e.Kind() + ")"
	}
}

func leg(l messages.Leg) string {
	text := string(l.State)
	if l.Held.True() {
		text += "+held"
	}
	if l.Muted.True() {
		text += "+muted"
	}
	if l.Failed {
		text += "+failed"
	}
	return text
}

func (n *names) conversation(c messages.ConversationState) string {
	text := "?"
	if c.Conversation != "" {
		text = n.of("C", string(c.Conversation))
	}
	if c.Session != "" {
		text += "@" + n.of("S", string(c.Session))
	}
	if c.Call != nil {
		text += ":" + leg(*c.Call)
	}
	return text
}

// session is what a session's event says of it.
func (n *names) session(s messages.SessionSummary) string {
	words := []string{n.of("S", string(s.ID))}
	if s.Conversation != "" {
		words = append(words, "of "+n.of("C", string(s.Conversation)))
	}
	for _, word := range []string{string(s.State), string(s.Connection)} {
		if word != "" {
			words = append(words, word)
		}
	}
	return "(" + strings.Join(words, " ") + ")"
}

// update is an update of the conversations: which there are, and which came and went with it.
func (n *names) update(u messages.ConversationUpdate) string {
	text := "announce conversationUpdate"
	for _, list := range []struct {
		name string
		of   []messages.ConversationState
	}{{"current", u.Current}, {"added", u.Added}, {"removed", u.Removed}} {
		if len(list.of) > 0 || list.name == "current" {
			text += " " + list.name + "=" + n.value(reflect.ValueOf(list.of))
		}
	}
	if u.Active != "" {
		text += " active=" + n.of("C", string(u.Active))
	}
	return text
}

func participant(p messages.Participant) string {
	legs := make([]string, 0, len(p.Calls))
	for _, c := range p.Calls {
		legs = append(legs, leg(c))
	}
	return p.Purpose + ":" + strings.Join(legs, ",")
}
