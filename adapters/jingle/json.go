package jingle

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxJSONDepth is how deep the JSON of an rpc may nest. A real one is 2 deep.
const maxJSONDepth = 32

var errJSON = errors.New("jingle: genesys-webrtc: not one JSON object (RFC 8259)")

// object is a JSON object. Its keys are matched as written: encoding/json's own structs would ignore their case.
type object map[string]any

// parseObject reads one JSON object strictly: no key twice in one object, no deep nesting, nothing after it.
func parseObject(text string) (object, error) {
	if !json.Valid([]byte(text)) {
		return nil, errJSON
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readValue(d, 1)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, errJSON
	}
	return o, nil
}

// readValue reads the next value, whose nesting is depth if it is an object or a list.
func readValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errJSON
	}
	open, ok := token.(json.Delim)
	switch {
	case !ok:
		return token, nil
	case depth > maxJSONDepth:
		return nil, fmt.Errorf("jingle: genesys-webrtc: JSON more than %d deep", maxJSONDepth)
	case open == '{':
		return readObject(d, depth)
	default:
		return readList(d, depth)
	}
}

func readObject(d *json.Decoder, depth int) (any, error) {
	o := object{}
	for d.More() {
		token, err := d.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, errJSON
		}
		if _, twice := o[key]; twice {
			return nil, errors.New("jingle: genesys-webrtc: a key twice in one JSON object")
		}
		if o[key], err = readValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, err
}

func readList(d *json.Decoder, depth int) (any, error) {
	var list []any
	for d.More() {
		v, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

// text is a string field; a missing or null one is "".
func (o object) text(key string) (string, error) {
	switch v := o[key].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	default:
		return "", fmt.Errorf("jingle: genesys-webrtc: %s is not a string", key)
	}
}

// flag is a boolean field; a missing or null one is false.
func (o object) flag(key string) (bool, error) {
	switch v := o[key].(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	default:
		return false, fmt.Errorf("jingle: genesys-webrtc: %s is not a boolean", key)
	}
}
