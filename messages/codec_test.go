package messages_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"pgregory.net/rapid"
)

// Whatever is written comes back as it was, each kind of each family, filled at random.
func TestCodecRoundTrip(t *testing.T) {
	for _, zero := range messages.Inputs() {
		roundTrip(t, zero.Kind(), zero, messages.EncodeInput, func(v messages.Input, raw []byte) (messages.Input, error) {
			return messages.DecodeInput(v.Kind(), raw)
		})
	}
	for _, zero := range messages.Effects() {
		roundTrip(t, zero.Kind(), zero, messages.EncodeEffect, func(v messages.Effect, raw []byte) (messages.Effect, error) {
			return messages.DecodeEffect(v.Kind(), raw)
		})
	}
	for _, zero := range messages.Events() {
		roundTrip(t, zero.Name(), zero, messages.EncodeEvent, func(v messages.Event, raw []byte) (messages.Event, error) {
			return messages.DecodeEvent(v.Name(), raw)
		})
	}
}

func roundTrip[M any](t *testing.T, word string, zero M, encode func([]byte, M) ([]byte, error), decode func(M, []byte) (M, error)) {
	t.Run(word, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			value := reflect.New(reflect.TypeOf(zero)).Elem()
			fill(t, value)
			want := value.Interface().(M)
			raw, err := encode([]byte("before"), want)
			if err != nil {
				t.Fatal(err)
			}
			raw, found := bytes.CutPrefix(raw, []byte("before"))
			if !found || !json.Valid(raw) {
				t.Fatalf("wrote %q, want JSON appended", raw)
			}
			got, err := decode(want, raw)
			if err != nil {
				t.Fatalf("%v\nof %s", err, raw)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("came back different through %s", raw)
			}
		})
	})
}

// fill sets every field that is written to something random. Lists and pointers that are not empty are never of length 0: JSON's omitempty
// knows no difference between an empty list and none, and neither does the core.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(t, v.Field(i))
			}
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "present") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Slice:
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			fill(t, v.Index(v.Len()-1))
		}
	case reflect.Interface:
		zero := rapid.SampledFrom(messages.Events()).Draw(t, "event")
		event := reflect.New(reflect.TypeOf(zero)).Elem()
		fill(t, event)
		v.Set(event)
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Uint8Range(0, 2).Draw(t, "flag")))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32().Draw(t, "number")))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "number"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	default:
		t.Fatalf("no way to fill a %s", v.Kind())
	}
}

// What is appended by hand is what encoding/json writes.
func TestHandWrittenAsEncodingJSON(t *testing.T) {
	for _, zero := range messages.Inputs() {
		asEncodingJSON(t, zero.Kind(), zero, messages.EncodeInput)
	}
	for _, zero := range messages.Effects() {
		if _, named := zero.(messages.Announce); !named { // it is written with its event's name
			asEncodingJSON(t, zero.Kind(), zero, messages.EncodeEffect)
		}
	}
	for _, zero := range messages.Events() {
		asEncodingJSON(t, zero.Name(), zero, messages.EncodeEvent)
	}
}

func asEncodingJSON[M any](t *testing.T, word string, zero M, encode func([]byte, M) ([]byte, error)) {
	t.Run(word, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			value := reflect.New(reflect.TypeOf(zero)).Elem()
			fill(t, value)
			byHand, err := encode(nil, value.Interface().(M))
			same(t, byHand, err, value.Interface())
		})
	})
}

func same(t *rapid.T, byHand []byte, err error, v any) {
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if got := string(byHand) + "\n"; got != want.String() {
		t.Fatalf("by hand      %s\nencoding/json %s", got, want.String())
	}
}

func TestCodecRefuses(t *testing.T) {
	long := messages.SDP(strings.Repeat("v", messages.MaxEncoded))
	for _, in := range []struct {
		name string
		call func() error
		want error
		says string
	}{
		{"unknown input", func() error { _, err := messages.DecodeInput("smoke", []byte("{}")); return err }, messages.ErrUnknownKind, `"smoke"`},
		{"unknown effect", func() error { _, err := messages.DecodeEffect("smoke", []byte("{}")); return err }, messages.ErrUnknownKind, `"smoke"`},
		{"unknown event", func() error {
			_, err := messages.DecodeEffect("announce", []byte(`{"name":"smoke","event":{}}`))
			return err
		}, messages.ErrUnknownKind, `"smoke"`},
		{"internal input", func() error { _, err := messages.EncodeInput(nil, messages.Configured{}); return err }, messages.ErrUnknownKind, "configured"},
		{"nothing", func() error { _, err := messages.EncodeInput(nil, nil); return err }, messages.ErrUnknownKind, "<nothing>"},
		{"announce nothing", func() error { _, err := messages.EncodeEffect(nil, messages.Announce{}); return err }, messages.ErrMalformed, "no event"},
		{"too long to write", func() error { _, err := messages.EncodeInput(nil, messages.Offer{SDP: long}); return err }, messages.ErrTooBig, "offer"},
		{"too long to read", func() error { _, err := messages.DecodeInput("offer", []byte(long+"v")); return err }, messages.ErrTooBig, "offer"},
		{"bad text", func() error { _, err := messages.EncodeInput(nil, messages.Propose{Session: "\xff"}); return err }, messages.ErrText, "propose"},
		{"bad text in a hot message", func() error {
			_, err := messages.EncodeInput(nil, messages.ConversationNotified{Conversation: "a\xc3"})
			return err
		}, messages.ErrText, "conversation-notified"},
		{"wrong type", func() error {
			_, err := messages.DecodeInput("propose", []byte(`{"autoAnswer":"tel:+15550100"}`))
			return err
		}, messages.ErrMalformed, `"autoAnswer"`},
		{"not an object", func() error { _, err := messages.DecodeInput("propose", []byte(`null`)); return err }, messages.ErrMalformed, "object"},
		{"cut off", func() error { _, err := messages.DecodeInput("propose", []byte(`{"session":"5`)); return err }, messages.ErrMalformed, "byte 13"},
	} {
		t.Run(in.name, func(t *testing.T) {
			err := in.call()
			if !errors.Is(err, in.want) || !strings.Contains(err.Error(), in.says) {
				t.Fatalf("error %v, want one that wraps %q and says %s", err, in.want, in.says)
			}
			if strings.Contains(err.Error(), "15550100") {
				t.Fatalf("the error repeats what stood in the message: %v", err)
			}
		})
	}
}

// A text that reads like the replacement character's escape is not mistaken for one.
func TestEscapedReplacementIsText(t *testing.T) {
	for _, id := range []messages.SessionID{"\ufffd", `\ufffd`, `\\ufffd`, "\\\ufffd"} {
		raw, err := messages.EncodeInput(nil, messages.Propose{Session: id})
		if err != nil {
			t.Fatalf("%q: %v", id, err)
		}
		if back, err := messages.DecodeInput("propose", raw); err != nil || back != (messages.Propose{Session: id}) {
			t.Fatalf("%q came back as %v, %v", id, back, err)
		}
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	got, err := messages.DecodeInput("retract", []byte(`{"session":"s","added-in":2030}`))
	if want := (messages.Retract{Session: "s"}); err != nil || got != want {
		t.Fatalf("read %v, %v, want %v", got, err, want)
	}
}

// FuzzDecode: whatever is read can be written, and is then read the same.
func FuzzDecode(f *testing.F) {
	f.Add("conversation-notified", []byte(`{"conversation":"c","participants":[{"id":"p","calls":[{"state":"alerting","held":1}]}]}`))
	f.Add("http-answered", []byte(`{"effect":"1.1","status":429,"retryAfter":3000000000}`))
	f.Add("announce", []byte(`{"name":"unmute","event":{"session":"s","muted":true}}`))
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		if in, err := messages.DecodeInput(kind, raw); err == nil {
			again, err := messages.EncodeInput(nil, in)
			if err != nil && !errors.Is(err, messages.ErrTooBig) {
				t.Fatal(err)
			}
			if back, err2 := messages.DecodeInput(kind, again); err == nil && (err2 != nil || !equal(in, back)) {
				t.Fatalf("%s read again as %s, %v", raw, again, err2)
			}
		}
		if effect, err := messages.DecodeEffect(kind, raw); err == nil {
			again, err := messages.EncodeEffect(nil, effect)
			if err != nil && !errors.Is(err, messages.ErrTooBig) {
				t.Fatal(err)
			}
			if back, err2 := messages.DecodeEffect(kind, again); err == nil && (err2 != nil || !equal(effect, back)) {
				t.Fatalf("%s read again as %s, %v", raw, again, err2)
			}
		}
	})
}

// equal compares what two messages are written as: an empty list and none are the same.
func equal(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func BenchmarkEncodeNotified(b *testing.B) {
	in := messages.ConversationNotified{Conversation: "8c3d1f6e-5f0a-4f0c-9a5e-0b6f1d2c3e4f", Participants: []messages.Participant{
		{ID: "a", Purpose: "customer", Calls: []messages.Leg{{State: messages.Connected, Direction: "inbound"}}},
		{ID: "b", User: "u", Purpose: "agent", Calls: []messages.Leg{{State: messages.Alerting, Muted: messages.No, Held: messages.No, Confined: messages.No, Direction: "inbound"}}},
	}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = messages.EncodeInput(buf[:0], in)
	}
}
