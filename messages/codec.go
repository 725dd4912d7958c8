package messages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// MaxEncoded is the most bytes that one encoded message may have, in either direction: what is written can be read back.
const MaxEncoded = 1 << 20

// Why a message cannot be encoded or decoded. The errors of this package wrap them and name the message.
var (
	// ErrUnknownKind: no message has this word; the log is of a newer engine, or damaged.
	ErrUnknownKind = errors.New("unknown kind")
	// ErrTooBig: the encoded message is longer than MaxEncoded bytes.
	ErrTooBig = fmt.Errorf("longer than %d bytes", MaxEncoded)
	// ErrText: a text is not valid UTF-8; JSON cannot hold it, so it could not be read back as it was.
	ErrText = errors.New("a text is not valid UTF-8")
	// ErrMalformed: the bytes are not the JSON of this message.
	ErrMalformed = errors.New("malformed")
)

// The words of the log and the types that they stand for.
var (
	inputTypes  = typesOf(Inputs(), Input.Kind)
	effectTypes = typesOf(Effects(), Effect.Kind)
	eventTypes  = typesOf(append(Events(), SessionMuted{Muted: true}), Event.Name)
)

func typesOf[M any](all []M, word func(M) string) map[string]reflect.Type {
	types := make(map[string]reflect.Type, len(all))
	for _, m := range all {
		types[word(m)] = reflect.TypeOf(m)
	}
	return types
}

// EncodeInput appends the JSON of an input to dst; the kind is not part of it. The error wraps ErrText or ErrTooBig, or
// ErrUnknownKind for an input that never comes from outside; dst is then returned as it came.
func EncodeInput(dst []byte, in Input) ([]byte, error) {
	if n, ok := in.(ConversationNotified); ok {
		out, err := appendConversation(dst, &n)
		return checked(dst, out, err, "input", n.Kind())
	}
	if w := (writer{out: dst}); w.input(in) {
		out, err := w.done(dst)
		return checked(dst, out, err, "input", in.Kind())
	}
	if in == nil || inputTypes[in.Kind()] != reflect.TypeOf(in) {
		return dst, fmt.Errorf("messages: encode input %s: %w", wordOf(in), ErrUnknownKind)
	}
	out, err := appendJSON(dst, in)
	return checked(dst, out, err, "input", in.Kind())
}

// DecodeInput reads what EncodeInput wrote. Unknown fields are skipped: a newer engine may have written them. The error
// wraps ErrUnknownKind, ErrTooBig or ErrMalformed; it names the kind and the field, never what stood in it.
func DecodeInput(kind string, raw []byte) (Input, error) {
	return decode[Input](inputTypes, "input", kind, raw)
}

// announced is how an Announce is written: an event has a name where other effects have a type.
type announced struct {
	Name  string          `json:"name"`
	Event json.RawMessage `json:"event"`
}

// EncodeEffect appends the JSON of an effect to dst; the kind is not part of it. Errors are as EncodeInput's.
func EncodeEffect(dst []byte, effect Effect) ([]byte, error) {
	if announce, ok := effect.(Announce); ok {
		return encodeAnnounce(dst, announce)
	}
	if w := (writer{out: dst}); w.effect(effect) {
		out, err := w.done(dst)
		return checked(dst, out, err, "effect", effect.Kind())
	}
	if effect == nil || effectTypes[effect.Kind()] != reflect.TypeOf(effect) {
		return dst, fmt.Errorf("messages: encode effect %s: %w", wordOf(effect), ErrUnknownKind)
	}
	out, err := appendJSON(dst, effect)
	return checked(dst, out, err, "effect", effect.Kind())
}

func encodeAnnounce(dst []byte, announce Announce) ([]byte, error) {
	if announce.Event == nil {
		return dst, fmt.Errorf("messages: encode effect announce: no event: %w", ErrMalformed)
	}
	out := append(dst, `{"name":"`...)
	out = append(out, announce.Event.Name()...)
	out = append(out, `","event":`...)
	out, err := EncodeEvent(out, announce.Event)
	if err != nil {
		return dst, err
	}
	return append(out, '}'), nil
}

// DecodeEffect reads what EncodeEffect wrote. Errors are as DecodeInput's.
func DecodeEffect(kind string, raw []byte) (Effect, error) {
	if kind != (Announce{}).Kind() {
		return decode[Effect](effectTypes, "effect", kind, raw)
	}
	var a announced
	if err := unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("messages: decode effect announce: %w", err)
	}
	event, err := DecodeEvent(a.Name, a.Event)
	if err != nil {
		return nil, err
	}
	return Announce{Event: event}, nil
}

// EncodeEvent appends the JSON of an event to dst; the name is not part of it. Errors are as EncodeInput's.
func EncodeEvent(dst []byte, event Event) ([]byte, error) {
	if u, ok := event.(ConversationUpdate); ok {
		out, err := appendUpdate(dst, &u)
		return checked(dst, out, err, "event", u.Name())
	}
	if w := (writer{out: dst}); w.event(event) {
		out, err := w.done(dst)
		return checked(dst, out, err, "event", event.Name())
	}
	if event == nil || eventTypes[event.Name()] != reflect.TypeOf(event) {
		return dst, fmt.Errorf("messages: encode event: %w", ErrUnknownKind)
	}
	out, err := appendJSON(dst, event)
	return checked(dst, out, err, "event", event.Name())
}

// DecodeEvent reads what EncodeEvent wrote. Errors are as DecodeInput's.
func DecodeEvent(name string, raw []byte) (Event, error) {
	return decode[Event](eventTypes, "event", name, raw)
}

func wordOf(m interface{ Kind() string }) string {
	if m == nil {
		return "<nothing>"
	}
	return m.Kind()
}

// checked returns out, or dst and an error when the message between their ends is not one that can be read back.
func checked(dst, out []byte, err error, what, word string) ([]byte, error) {
	if err == nil && len(out)-len(dst) > MaxEncoded {
		err = ErrTooBig
	}
	if err != nil {
		return dst, fmt.Errorf("messages: encode %s %s: %w", what, word, err)
	}
	return out, nil
}

func decode[M any](types map[string]reflect.Type, what, word string, raw []byte) (M, error) {
	var none M
	t, ok := types[word]
	if !ok {
		return none, fmt.Errorf("messages: decode %s %q: %w; read it with the engine that wrote it", what, word, ErrUnknownKind)
	}
	if len(raw) > MaxEncoded {
		return none, fmt.Errorf("messages: decode %s %s: %w", what, word, ErrTooBig)
	}
	value := reflect.New(t)
	if err := unmarshal(raw, value.Interface()); err != nil {
		return none, fmt.Errorf("messages: decode %s %s: %w", what, word, err)
	}
	return value.Elem().Interface().(M), nil
}

// unmarshal is json.Unmarshal for an object, with errors that repeat nothing of the text: it may be personal.
func unmarshal(raw []byte, into any) error {
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return fmt.Errorf("%w: not a JSON object", ErrMalformed)
	}
	err := json.Unmarshal(raw, into)
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType):
		return fmt.Errorf("%w: field %q is not a %s", ErrMalformed, wrongType.Field, wrongType.Type)
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: not JSON from byte %d on", ErrMalformed, syntax.Offset)
	default:
		return fmt.Errorf("%w: not JSON", ErrMalformed)
	}
}

// encoder is an encoding/json encoder that writes JSON as it is, without HTML's escapes.
type encoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false)
	return e
}}

func appendJSON(dst []byte, v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.buf.Reset()
	if err := e.enc.Encode(v); err != nil {
		return dst, fmt.Errorf("%w: it has no JSON", ErrMalformed)
	}
	text := bytes.TrimSuffix(e.buf.Bytes(), []byte("\n"))
	if replaced(text) {
		return dst, ErrText
	}
	return append(dst, text...), nil
}

// replaced tells whether encoding/json met invalid UTF-8: only then does it write the replacement character as an escape.
func replaced(text []byte) bool {
	for {
		at := bytes.Index(text, []byte(`\ufffd`))
		if at < 0 {
			return false
		}
		backslashes := 0
		for at-1-backslashes >= 0 && text[at-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return true
		}
		text = text[at+len(`\ufffd`):]
	}
}
