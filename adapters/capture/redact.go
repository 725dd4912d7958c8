package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// Redact takes personal data and secrets out of a capture. What is left replays identically, because equal values become
// equal aliases and unequal ones unequal ones:
//
//   - names of people, places and things, and remarks: "Name 1";
//   - phone numbers: "+15550000001";
//   - addresses (JIDs, SIP): each part on its own, so that bare and full addresses still belong together; a domain keeps
//     being a gateway's (a label "gjoll") or not;
//   - user ids, wherever they stand;
//   - addresses of machines in descriptions and candidates: from the ranges for documentation, of the same family; the
//     unspecified and the loopback addresses stay, they say nothing;
//   - credentials: access tokens, cookies, TURN credentials, ICE credentials, fingerprints and keys;
//   - fields that are not known, wherever they stand, and bodies that are no JSON: "redacted", 0 for a number. Records of
//     unknown kinds are left out.
//
// Ids of conversations, sessions, participants and stations stay: the platform's support needs them to find the call.
func Redact(c *Capture) ([]port.Record, error) {
	r := newRedactor()
	for _, record := range c.Records {
		r.learn(record)
	}
	out := make([]port.Record, 0, len(c.Records))
	for _, record := range c.Records {
		if !knownKinds[record.Kind] {
			continue
		}
		r.secretCall = record.Kind == "api" && str(decodeObject(record)["name"]) == "setAccessToken"
		fields, err := r.rewrite(record.Kind, record.Fields)
		if err != nil {
			return nil, fmt.Errorf("capture: %s:%d: %w: the record cannot be redacted", c.Name, record.Line, err)
		}
		record.Fields = fields
		out = append(out, record)
	}
	return out, nil
}

// Redacted is what secrets become.
const Redacted = "redacted"

// rewrite rewrites a record, keeping the order of its fields.
func (r *redactor) rewrite(kind string, fields []byte) ([]byte, error) {
	w := walker{r: r, kind: kind, in: json.NewDecoder(bytes.NewReader(fields))}
	w.in.UseNumber()
	if err := w.value(""); err != nil {
		return nil, err
	}
	return w.out.Bytes(), nil
}

// walker copies a JSON value token by token and rewrites its strings.
type walker struct {
	r    *redactor
	kind string   // the record's kind, for its outer fields
	path []string // the keys of the objects around
	in   *json.Decoder
	out  bytes.Buffer
}

// nestingMax bounds how deep values may nest.
const nestingMax = 200

func (w *walker) value(key string) error {
	token, err := w.in.Token()
	if err != nil {
		return err
	}
	if len(w.path) > nestingMax {
		return errDeep
	}
	switch token := token.(type) {
	case json.Delim:
		w.path = append(w.path, key)
		err = w.collection(token, key)
		w.path = w.path[:len(w.path)-1]
		return err
	case string:
		return w.emit(w.r.text(w.kind, w.path, key, token))
	case json.Number:
		w.out.WriteString(token.String())
		return nil
	default:
		return w.emit(token)
	}
}

func (w *walker) emit(v any) error {
	b, err := marshalPlain(v)
	if err != nil {
		return err
	}
	w.out.Write(b)
	return nil
}

// marshalPlain marshals without escaping for HTML, as recorders do.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func (w *walker) collection(open json.Delim, key string) error {
	w.out.WriteString(open.String())
	for first := true; w.in.More(); first = false {
		if !first {
			w.out.WriteByte(',')
		}
		name := key
		if open == '{' {
			token, err := w.in.Token()
			if err != nil {
				return err
			}
			name, _ = token.(string)
			if !isKnown(name) {
				if err := w.blank(name); err != nil {
					return err
				}
				continue
			}
			if err := w.emit(w.r.scrub(name)); err != nil {
				return err
			}
			w.out.WriteByte(':')
		}
		if err := w.value(name); err != nil {
			return err
		}
	}
	end, err := w.in.Token()
	if err != nil {
		return err
	}
	w.out.WriteString(end.(json.Delim).String())
	return nil
}

// blank writes a field that is not known, with its value blanked.
func (w *walker) blank(name string) error {
	var value json.RawMessage
	if err := w.in.Decode(&value); err != nil {
		return err
	}
	if err := w.emit(w.r.fieldName(name)); err != nil {
		return err
	}
	w.out.WriteByte(':')
	switch text := string(value); {
	case text == "null", text == "true", text == "false", text == `""`:
		w.out.WriteString(text)
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		w.out.WriteByte('0')
	default:
		w.out.WriteString(`"` + Redacted + `"`)
	}
	return nil
}

// text rewrites one string of a record. path are the keys around it, outermost first.
func (r *redactor) text(kind string, path []string, key, s string) string {
	switch {
	case s == "":
		return s
	case kind == "step" && key == "s", key == "label" && kind == "state":
		return r.alias("Remark ", s)
	case isSecret(key), kind == "api" && key == "args" && r.secretCall:
		return Redacted
	case len(path) == 1 && (key == "k" || key == "name" || key == "method"):
		return s
	case kind == "ws.send" && strings.HasPrefix(s, "<auth"):
		return authPayload.ReplaceAllString(s, "${1}"+Redacted+"${2}")
	case isName(path, key):
		return r.alias("Name ", s)
	case isPhone(key):
		return r.phone(s)
	case key == "xml":
		return r.frame(s)
	case strings.HasPrefix(s, "{") || strings.HasPrefix(s, "["):
		return r.embedded(kind, path, s)
	case key == "body" && strings.HasPrefix(kind, "http."):
		return Redacted
	default:
		return r.scrub(s)
	}
}

// embedded rewrites JSON that stands in a string, as bodies do.
func (r *redactor) embedded(kind string, path []string, s string) string {
	w := walker{r: r, kind: kind, path: append([]string{"", ""}, path...), in: json.NewDecoder(strings.NewReader(s))}
	w.in.UseNumber()
	if err := w.value("body"); err != nil {
		return r.scrub(s)
	}
	if _, err := w.in.Token(); err != io.EOF {
		return r.scrub(s)
	}
	return w.out.String()
}
