package capture

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// Aliases redacts messages that were decoded, as the entries of a journal are. Equal values get equal aliases, in the
// order of their first appearance, and unequal ones unequal ones, so that what is decided stays the same. Domains and
// addresses keep what tells a gateway, a conference or a screen recorder from others.
type Aliases struct{ r *redactor }

// NewAliases has given no aliases yet.
func NewAliases() *Aliases { return &Aliases{newRedactor()} }

// User is the alias of a user's id; "" stays.
func (a *Aliases) User(id string) string {
	if id == "" {
		return ""
	}
	return a.r.user(id)
}

// Learn notes the users that a message names, so that they are known where they stand within other texts. Learn all
// messages before the first is redacted.
func (a *Aliases) Learn(m messages.Input) {
	if m != nil {
		a.learn(reflect.ValueOf(m))
	}
}

func (a *Aliases) learn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			a.learn(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			a.learn(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				a.learn(v.Field(i))
			}
		}
	case reflect.String:
		if id, is := v.Interface().(messages.UserID); is && id != "" {
			a.r.users[string(id)] = true
		}
	}
}

// Input is the message without personal data or secrets. The message itself is left as it is.
func (a *Aliases) Input(m messages.Input) messages.Input {
	if m == nil {
		return nil
	}
	return a.redacted(reflect.ValueOf(m)).Interface().(messages.Input)
}

// redacted is a deep copy of a value with aliases.
func (a *Aliases) redacted(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(a.redacted(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(a.redacted(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			out.Index(i).Set(a.redacted(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(a.redacted(v.Field(i)))
			}
		}
	case reflect.String:
		out.SetString(a.text(v))
	}
	return out
}

// text is what a text of a message becomes; its type says what it is.
func (a *Aliases) text(v reflect.Value) string {
	s := v.String()
	if s == "" {
		return ""
	}
	switch v.Interface().(type) {
	case messages.ConversationID, messages.SessionID, messages.ParticipantID, messages.StationID, messages.EffectID:
		return s
	case messages.UserID:
		return a.r.user(s)
	case messages.JID:
		return a.r.wholeJID(s)
	case messages.Phone:
		return a.r.phone(s)
	case messages.PersonName:
		return a.r.alias("Name ", s)
	case messages.Token:
		return a.r.alias("credential", s)
	case messages.Opaque:
		if json.Valid([]byte(s)) {
			return a.r.embedded("", nil, s)
		}
		return Redacted
	default:
		return a.r.scrub(s)
	}
}

// user is the alias of a user's id.
func (r *redactor) user(id string) string {
	return r.numbered("user id", id, userAlias)
}

// wholeJID is the alias of a text that is an address: also one without a local part (RFC 7622 section 3.1).
func (r *redactor) wholeJID(s string) string {
	bare, resource, full := strings.Cut(s, "/")
	local, domain, found := strings.Cut(bare, "@")
	alias := r.domain(local)
	if found {
		alias = r.local(local) + "@" + r.domain(domain)
	}
	if full {
		alias += "/" + r.resource(resource)
	}
	return alias
}
