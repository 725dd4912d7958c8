package notifications

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/messages"
)

// reference reads a conversation notification with encoding/json: slowly, and by other code than the scanner's.
type reference struct{ bad bool }

var errRefused = errors.New("refused")

func byReference(body []byte) (messages.Input, error) {
	if len(body) > maxBody || !utf8.Valid(body) || !json.Valid(body) || depthOf(body) > maxDepth {
		return nil, errRefused
	}
	var r reference
	in := messages.ConversationNotified{}
	event := r.object(r.object(body, "eventBody")["eventBody"], "id", "participants")
	in.Conversation = messages.ConversationID(r.text(event["id"]))
	for _, raw := range r.list(event["participants"], maxParticipants) {
		in.Participants = append(in.Participants, r.participant(raw))
	}
	if r.bad || in.Conversation == "" {
		return nil, errRefused
	}
	return in, nil
}

func (r *reference) participant(raw json.RawMessage) messages.Participant {
	p := r.object(raw, "id", "userId", "purpose", "calls")
	out := messages.Participant{
		ID: messages.ParticipantID(r.text(p["id"])), User: messages.UserID(r.text(p["userId"])), Purpose: r.text(p["purpose"]),
	}
	for _, raw := range r.list(p["calls"], maxCalls) {
		c := r.object(raw, "state", "muted", "held", "confined", "direction", "errorInfo")
		out.Calls = append(out.Calls, messages.Leg{
			State: messages.CallState(r.text(c["state"])), Direction: r.text(c["direction"]),
			Muted: r.flag(c["muted"]), Held: r.flag(c["held"]), Confined: r.flag(c["confined"]),
			Failed: !absent(c["errorInfo"]), ErrorCode: r.code(c["errorInfo"]),
		})
	}
	return out
}

// code is that of an errorInfo which is an object with a text for one.
func (r *reference) code(info json.RawMessage) string {
	if !bytes.HasPrefix(info, []byte("{")) {
		return ""
	}
	code := r.object(info, "code")["code"]
	if !bytes.HasPrefix(code, []byte(`"`)) {
		return ""
	}
	return r.text(code)
}

// depthOf is how deep the objects and lists of a valid text nest.
func depthOf(body []byte) int {
	depth, deepest := 0, 0
	for d := json.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(bytes.TrimSpace(raw)) == "null" }

// object is an object's values by key. A wanted key that comes twice is bad.
func (r *reference) object(raw json.RawMessage, wanted ...string) map[string]json.RawMessage {
	if absent(raw) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if token, _ := d.Token(); token != json.Delim('{') {
		r.bad = true
		return nil
	}
	values := map[string]json.RawMessage{}
	for d.More() {
		token, _ := d.Token()
		key, _ := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			r.bad = true
			return nil
		}
		if _, twice := values[key]; twice && slices.Contains(wanted, key) {
			r.bad = true
		}
		values[key] = value
	}
	return values
}

func (r *reference) list(raw json.RawMessage, most int) (all []json.RawMessage) {
	if !absent(raw) && (json.Unmarshal(raw, &all) != nil || len(all) > most) {
		r.bad = true
		return nil
	}
	return all
}

func (r *reference) text(raw json.RawMessage) (s string) {
	if !absent(raw) && json.Unmarshal(raw, &s) != nil {
		r.bad = true
	}
	return s
}

func (r *reference) flag(raw json.RawMessage) messages.Flag {
	var set bool
	switch {
	case absent(raw):
		return messages.Unset
	case json.Unmarshal(raw, &set) != nil:
		r.bad = true
	}
	return messages.FlagOf(set)
}

func checkReference(t *testing.T, body []byte) {
	t.Helper()
	got, err := Decode(conversations, body)
	want, refused := byReference(body)
	switch {
	case (err == nil) != (refused == nil):
		t.Errorf("%q: the scanner says %v, encoding/json %v", body, err, refused)
	case err == nil && !reflect.DeepEqual(got, want):
		t.Errorf("%q: read as %+v, by encoding/json as %+v", body, got, want)
	}
}

// FuzzReference: the scanner reads what encoding/json reads, as encoding/json reads it, and refuses the rest.
func FuzzReference(f *testing.F) {
	f.Add(fixture(f))
	for _, body := range oddities {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { checkReference(t, body) })
}

// oddities are texts at the edge of what JSON is.
var oddities = []string{
	``, ` `, `{`, `{}`, "\x00", `{"eventBody":{"id":"c1"}} `, `{"eventBody":{"id":"c1"}}x`, ` { "eventBody" : { "id" : "c1" } } `,
	`{"eventBody":{"id":"c1",}}`, `{"eventBody":{"id":"c1"},}`, `{,"eventBody":{"id":"c1"}}`, `{"eventBody" {"id":"c1"}}`,
	`{"eventBody":{"id":"\u0063\n\t\r\b\f\/\\\""}}`, `{"eventBody":{"id":"\ud83d\ude00 \ud83d \ude00 \ud83d\u0041"}}`,
	`{"eventBody":{"id":"\x"}}`, `{"eventBody":{"id":"\u12g4"}}`, `{"eventBody":{"id":"\u12`, `{"eventBody":{"id":"\`,
	"{\"eventBody\":{\"id\":\"a\tb\"}}", "{\"eventBody\":{\"id\":\"a\x7fb\"}}", "{\"eventBody\":{\"id\":\"é世\"},\"x\":\"12345é\xff\"}",
	"{\"eventBody\":{\"id\":\"c1\"},\"x\":\"1234567\x80\"}", "\xef\xbb\xbf{}", "{\"eventBody\":{\"id\":\"c1\"}\v}",
	`{"eventBody":{"id":"c1"},"n":[0,-0,10,1.5,-1.5e+7,1E-2,0e0]}`, `{"eventBody":{"id":"c1"},"n":01}`, `{"eventBody":{"id":"c1"},"n":-}`,
	`{"eventBody":{"id":"c1"},"n":1.}`, `{"eventBody":{"id":"c1"},"n":.5}`, `{"eventBody":{"id":"c1"},"n":1e}`, `{"eventBody":{"id":"c1"},"n":+1}`,
	`{"eventBody":{"id":"c1"},"n":NaN}`, `{"eventBody":{"id":"c1"},"n":nul}`, `{"eventBody":{"id":"c1"},"n":trueish}`, `{"eventBody":{"id":"c1"},"n":[1 2]}`,
	`{"eventBody":{"id":"c1"},"n":[1,]}`, `{"eventBody":{"id":"c1"},"n":[}`, `{"eventBody":{"id":"c1"},"n":{]}`, `{"eventBody":{"id":"c1"},"n":{"a"}}`,
	`{"eventBody":{"id":"c1"},"eventBody":null}`, `{"eventBody":null}`, `null`, `true`, `"x"`, `7`, `{"eventBody":{"id":"c1","participants":[null,{}]}}`,
	`{"eventBody":{"id":"c1","participants":[{"id":"p","calls":[null,{"muted":true,"held":null,"confined":false,"errorInfo":[]}]}]}}`,
	`{"eventBody":{"id":"c1","participants":[{"id":"p","calls":[{"errorInfo":{"message":"m","code":"error.a.b"}},{"errorInfo":{"code":7}}]}]}}`,
	`{"eventBody":{"id":"c1","participants":[{"id":"p","calls":[{"errorInfo":{"code":"a","code":"b"}}]}]}}`,
	`{"eventBody":{"id":"c1","participants":[{"calls":[]},{"calls":[{"state":"x"}],"calls":[]}]}}`, `{"eventBody":{"id":"c1","participants":{}}}`,
}

// Every beginning of the fixture, and the fixture with any one character replaced, is read or refused as by encoding/json.
func TestScannerAgainstReference(t *testing.T) {
	for _, body := range oddities {
		checkReference(t, []byte(body))
	}
	body := fixture(t)
	for i := range body {
		if i%7 == 0 {
			checkReference(t, body[:i])
		}
		if i%3 != 0 {
			continue
		}
		changed := slices.Clone(body)
		changed[i] = []byte{'"', '{', ']', ',', '\\', 0x1f, 0x80, ':', '0', ' '}[i/3%10]
		checkReference(t, changed)
	}
}
