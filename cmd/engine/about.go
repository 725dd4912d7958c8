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

// about finds the places of the entries that concern a conversation: those that name it, a session that was offered for it alone or the
// actor of such a session, and those that answer what such an entry asked.
func about(conversation messages.ConversationID, entries []replay.Entry) []int {
	concern := map[any]bool{conversation: true}
	for _, e := range entries {
		for _, named := range namedIn(e) {
			if namesOnly(conversation, named) {
				mark[messages.SessionID](concern, named)
			}
		}
	}
	for _, e := range entries {
		for _, named := range namedIn(e) {
			if anyOf[messages.SessionID](concern, named) {
				mark[messages.Ref](concern, named)
			}
		}
	}
	var kept []int
	for i, e := range entries {
		concerns := false
		for _, named := range namedIn(e) {
			concerns = concerns || anyOf[any](concern, named)
		}
		if !concerns {
			continue
		}
		kept = append(kept, i)
		for _, out := range e.Step.Outputs {
			concern[out.ID] = true
		}
	}
	return kept
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

// namesOnly tells whether a message names a conversation and no other.
func namesOnly(conversation messages.ConversationID, named []any) bool {
	found := false
	for _, id := range named {
		if c, is := id.(messages.ConversationID); is {
			if c != conversation {
				return false
			}
			found = true
		}
	}
	return found
}

// mark adds the ids of one type to a set.
func mark[T any](set map[any]bool, named []any) {
	for _, id := range named {
		if _, is := id.(T); is {
			set[id] = true
		}
	}
}

// anyOf tells whether an id of one type is in a set.
func anyOf[T any](set map[any]bool, named []any) bool {
	for _, id := range named {
		if _, is := id.(T); is && set[id] {
			return true
		}
	}
	return false
}
