package publicapi

import (
	"bytes"
	"encoding/json"
	"errors"
)

// What one answer may hold at most. A real one has a few KB.
const (
	maxBody         = 4 << 20
	maxParticipants = 1000
	maxCalls        = 100 // of one participant
)

var (
	errNotObject = errors.New("not one JSON object")
	errTwice     = errors.New("an object with a key twice")
	errTooLarge  = errors.New("too large")
)

// object is a JSON object whose values are not read yet. Keys are matched as written; encoding/json's structs would ignore
// their case.
type object map[string]json.RawMessage

// parseObject reads the keys of one JSON object.
func parseObject(text []byte) (object, error) {
	if !json.Valid(text) {
		return nil, errNotObject
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errNotObject
	}
	o := object{}
	for d.More() {
		token, err := d.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, errNotObject
		}
		if _, twice := o[key]; twice {
			return nil, errTwice
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errNotObject
		}
		o[key] = value
	}
	return o, nil
}

// has tells whether a key is there and not null.
func (o object) has(key string) bool {
	v := bytes.TrimSpace(o[key])
	return len(v) > 0 && string(v) != "null"
}

// reader takes fields out of objects. The first fault stays in why, in fixed words.
type reader struct{ why string }

func (r *reader) fail(why string) {
	if r.why == "" {
		r.why = why
	}
}

// take reads a field into a value; a missing or null one leaves it alone.
func (r *reader) take(o object, key string, into any, is string) {
	if !o.has(key) {
		return
	}
	if err := json.Unmarshal(o[key], into); err != nil {
		r.fail(key + " is not " + is)
	}
}

func (r *reader) text(o object, key string) (s string) {
	r.take(o, key, &s, "a string")
	return s
}

func (r *reader) flag(o object, key string) (b bool) {
	r.take(o, key, &b, "a boolean")
	return b
}

// object is the object of a field; a missing or null one has no fields.
func (r *reader) object(o object, key string) object {
	if !o.has(key) {
		return nil
	}
	return r.parse(o[key], key)
}

func (r *reader) parse(text []byte, name string) object {
	o, err := parseObject(text)
	if err != nil {
		r.fail(name + " is " + err.Error())
	}
	return o
}

// list is the entries of a field, at most that many.
func (r *reader) list(o object, key string, most int) (all []json.RawMessage) {
	r.take(o, key, &all, "a list")
	if len(all) > most {
		r.fail(key + " has too many entries")
		return nil
	}
	return all
}
