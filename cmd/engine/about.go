package main

import (
	"reflect"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// idsIn lists the ids that a value names. Ids of different types are different keys.
func idsIn(v reflect.Value) []any {
	var found []any
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			found = idsIn(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, idsIn(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				found = append(found, idsIn(v.Field(i))...)
			}
		}
	default:
		if v.IsValid() && !v.IsZero() && isID(v.Interface()) {
			found = append(found, v.Interface())
		}
	}
	return found
}

func isID(v any) bool {
	switch v.(type) {
	case messages.ConversationID, messages.SessionID, messages.Ref, messages.EffectID:
		return true
	default:
		return false
	}
}

// about finds the places of the entries that concern a conversation: those that name it, a session that carries it or the
// actor of such a session, and those that answer what such an entry asked. A session that was offered for the conversation
// concerns it from the beginning, one that it came to share only from then on.
func about(conversation messages.ConversationID, entries []replay.Entry) []int {
	since := concerns(conversation, entries)
	asked := map[messages.EffectID]bool{}
	var kept []int
	for i, e := range entries {
		if !namesAny(e, i, since, asked) {
			continue
		}
		kept = append(kept, i)
		for _, out := range e.Step.Outputs {
			asked[out.ID] = true
		}
	}
	return kept
}

// concerns says from which entry on an id concerns a conversation.
func concerns(conversation messages.ConversationID, entries []replay.Entry) map[any]int {
	since := map[any]int{conversation: 0}
	first := map[messages.SessionID]messages.ConversationID{} // for which conversation a session was offered
	for i, e := range entries {
		for _, named := range namedIn(e) {
			alone := only[messages.ConversationID](named)
			for _, session := range all[messages.SessionID](named) {
				if alone == "" {
					continue
				}
				if first[session] == "" {
					first[session] = alone
				}
				if alone == conversation {
					note(since, session, i, first[session] == conversation)
				}
			}
		}
	}
	for _, e := range entries {
		for _, named := range namedIn(e) {
			for _, session := range all[messages.SessionID](named) {
				from, carries := since[session]
				for _, ref := range all[messages.Ref](named) {
					if carries {
						note(since, ref, from, false)
					}
				}
			}
		}
	}
	return since
}

// note has an id concern a conversation from an entry on, or from the beginning.
func note(since map[any]int, id any, from int, always bool) {
	if always {
		from = 0
	}
	if _, known := since[id]; !known {
		since[id] = from
	}
}

// namesAny tells whether an entry names an id that concerns the conversation by then, or answers what was asked for it.
func namesAny(e replay.Entry, place int, since map[any]int, asked map[messages.EffectID]bool) bool {
	for _, named := range namedIn(e) {
		for _, id := range named {
			if from, known := since[id]; known && place >= from {
				return true
			}
			if effect, is := id.(messages.EffectID); is && asked[effect] {
				return true
			}
		}
	}
	return false
}

// namedIn lists what each message of an entry names.
func namedIn(e replay.Entry) [][]any {
	var list [][]any
	if e.Step.Input != nil {
		list = append(list, idsIn(reflect.ValueOf(e.Step.Input)))
	}
	for _, out := range e.Step.Outputs {
		list = append(list, idsIn(reflect.ValueOf(out.Effect)))
	}
	return list
}

// all are the ids of one type.
func all[T any](named []any) []T {
	var ids []T
	for _, id := range named {
		if v, is := id.(T); is {
			ids = append(ids, v)
		}
	}
	return ids
}

// only is the one id of a type that is named, or none where none or several are.
func only[T comparable](named []any) T {
	var none T
	ids := all[T](named)
	for _, id := range ids {
		if id != ids[0] {
			return none
		}
	}
	if len(ids) == 0 {
		return none
	}
	return ids[0]
}
