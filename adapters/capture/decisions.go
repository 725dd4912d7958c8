package capture

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// The lists that are compared: within one, the order counts; between two, it does not, because independent chains of
// decisions swap from one recording to the next (reference/capture-format, "Replaying").
const (
	EventList        = "sdk.event"
	APIList          = "api"
	ConversationList = "rest"
	OtherRESTList    = "rest (other)"
	StreamList       = "stream"
	StateList        = "state"
)

// SessionList is the list of the stanzas of one session.
func SessionList(session string) string { return "stanza[" + session + "]" }

// Decision is one record that is compared, as the text that must be the same.
type Decision struct {
	Line  int
	Seq   int
	At    time.Duration
	Timed bool
	Text  string
	// fields are those of a look inside, of which only the ones that both sides have are compared.
	fields object
}

// placing is the request whose body says whom somebody calls; textField is a field of it.
const placing = "POST /conversations/calls "

var textField = regexp.MustCompile(`("\w+"):"[^"]*"`)

// Shown is the text for reading: without addresses and without whom a placed call is to.
func (d Decision) Shown() string {
	shown := jidText.ReplaceAllString(d.Text, "<jid>")
	if strings.HasPrefix(shown, placing) {
		return placing + textField.ReplaceAllString(shown[len(placing):], `$1:"<text>"`)
	}
	return shown
}

// Decisions are the compared records of a log, list by list.
type Decisions map[string][]Decision

// Decide sorts records into the lists that are compared. Records of other kinds are left out.
func Decide(records []port.Record) Decisions {
	d := Decisions{}
	for _, r := range records {
		switch r.Kind {
		case "sdk.event":
			d.add(EventList, r, eventText(r))
		case "api.ok", "api.err":
			d.add(APIList, r, settledText(r))
		case "http.req":
			if list, text := requestText(r); list != "" {
				d.add(list, r, text)
			}
		case "ws.send":
			d.addStanza(r)
		case "state":
			d.add(StateList, r, "")
			last := &d[StateList][len(d[StateList])-1]
			last.fields = decodeObject(r)
		}
	}
	return d
}

func (d Decisions) add(list string, r port.Record, text string) {
	d[list] = append(d[list], Decision{Line: r.Line, Seq: r.Seq, At: r.At, Timed: r.Timed, Text: text})
}

func (d Decisions) addStanza(r port.Record) {
	frame, _ := decodeObject(r)["xml"].(string)
	switch s := describe(frame); s.of {
	case ofStream:
		d.add(StreamList, r, s.kind)
	case ofSession:
		d.add(SessionList(s.session), r, s.kind)
	}
}

// object is a JSON object. A field that is absent is nil, as one that is null: the SDK's undefined is either.
type object = map[string]any

func decodeObject(r port.Record) object {
	var o object
	if r.Decode(&o) != nil {
		return nil
	}
	return o
}

func asObject(v any) object {
	o, _ := v.(object)
	return o
}

// truthy is JavaScript's idea of a true value.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	default:
		return true
	}
}

// orNothing makes the empty string nothing: some recorders write it for an absent field.
func orNothing(v any) any {
	if v == "" {
		return nil
	}
	return v
}

// pick is an object's fields of these names; those that it lacks are nil.
func pick(v any, names ...string) object {
	from, to := asObject(v), object{}
	for _, n := range names {
		to[n] = from[n]
	}
	return to
}

// text writes a value with its keys in order, so that the same values give the same text.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "unwritable"
	}
	return string(b)
}

func session(v any) object {
	if inner := asObject(asObject(v)["$session"]); inner != nil {
		return inner
	}
	return asObject(v)
}

func conversation(v any) object {
	c := pick(v, "conversationId", "sessionId")
	c["call"] = nil
	if call := asObject(asObject(v)["call"]); call != nil {
		c["call"] = pick(call, "state", "muted", "held", "confined", "direction")
	}
	return c
}

func conversations(v any) []object {
	list, _ := v.([]any)
	out := make([]object, 0, len(list))
	for _, c := range list {
		out = append(out, conversation(c))
	}
	return out
}

// eventText is an announced event's name with the arguments that are compared.
func eventText(r port.Record) string {
	o := decodeObject(r)
	name, _ := o["ev"].(string)
	args, _ := o["args"].([]any)
	arg := func(i int) any {
		if i < len(args) {
			return args[i]
		}
		return nil
	}
	compared, some := eventArguments(name, arg)
	if !some {
		return name
	}
	return name + " " + text(compared)
}

func eventArguments(name string, arg func(int) any) (compared any, some bool) {
	first := arg(0)
	switch name {
	case "pendingSession":
		o := pick(first, "id", "conversationId", "autoAnswer", "sessionType", "privAnswerMode")
		o["autoAnswer"], o["privAnswerMode"] = truthy(o["autoAnswer"]), orNothing(o["privAnswerMode"])
		return o, true
	case "cancelPendingSession", "handledPendingSession", "sessionInterrupted":
		return pick(first, "sessionId", "conversationId"), true
	case "sessionStarted":
		return pick(session(first), "id", "conversationId"), true
	case "sessionEnded":
		o := pick(session(first), "id", "conversationId")
		o["condition"] = asObject(arg(1))["condition"]
		return o, true
	case "conversationUpdate":
		o := pick(first, "activeConversationId")
		for _, list := range []string{"current", "added", "removed"} {
			o[list] = conversations(asObject(first)[list])
		}
		return o, true
	case "station":
		return object{"action": asObject(first)["action"], "station": asObject(asObject(first)["station"])["id"]}, true
	case "concurrentSoftphoneSessionsEnabled":
		return truthy(first), true
	case "connected":
		return object{"reconnect": truthy(asObject(first)["reconnect"])}, true
	case "sdkError":
		e := first
		if inner := asObject(first)["$error"]; inner != nil {
			e = inner
		}
		return pick(e, "type", "message"), true
	default:
		return nil, false
	}
}

// settledText is how a call of the application settled.
func settledText(r port.Record) string {
	o := decodeObject(r)
	name, _ := o["name"].(string)
	if r.Kind == "api.ok" {
		return r.Kind + " " + name
	}
	e := asObject(o["error"])
	return r.Kind + " " + name + " " + text(object{"type": orNothing(e["type"]), "message": e["message"]})
}

var (
	origin             = regexp.MustCompile(`(?i)^[a-z]+://[^/]+`)
	underConversations = regexp.MustCompile(`^/conversations(/|\?|$)`)
)

// RESTPath is the path and query of a request, below /api/v2.
func RESTPath(url string) string {
	return strings.TrimPrefix(origin.ReplaceAllString(url, ""), "/api/v2")
}

// requestText is a request and the list that it belongs to; "" for telemetry, which the SDK sends about itself and
// which is no decision.
func requestText(r port.Record) (list, what string) {
	o := decodeObject(r)
	method, _ := o["method"].(string)
	url, _ := o["url"].(string)
	path := RESTPath(url)
	what = strings.ToUpper(method) + " " + path
	if body := decodeBody(o["body"]); body != nil {
		what += " " + text(body)
	}
	switch {
	case strings.HasPrefix(path, "/diagnostics/"):
		return "", ""
	case underConversations.MatchString(path):
		return ConversationList, what
	default:
		return OtherRESTList, what
	}
}

// decodeBody is a body's JSON, or its text if it is none, or nil if there is none.
func decodeBody(v any) any {
	s, isText := v.(string)
	if !isText {
		return v
	}
	if s == "" {
		return nil
	}
	var decoded any
	if json.Unmarshal([]byte(s), &decoded) != nil {
		return s
	}
	return decoded
}

// stateFields are what of a look inside is compared, each as its text. A field that the record lacks is lacking.
func stateFields(o object) map[string]string {
	fields := map[string]string{}
	for name, normal := range stateField {
		if v, there := o[name]; there {
			fields[name] = text(normal(v))
		}
	}
	return fields
}

var stateField = map[string]func(any) any{
	"connected": func(v any) any { return truthy(v) },
	"station": func(v any) any {
		if v == nil {
			return nil
		}
		return pick(v, "id", "la", "pers")
	},
	"sdkPending": each(func(v any) any {
		o := pick(v, "id", "conversationId", "accepted", "autoAnswer")
		o["accepted"], o["autoAnswer"] = truthy(o["accepted"]), truthy(o["autoAnswer"])
		return o
	}),
	"scPending": each(func(v any) any {
		o := pick(v, "id", "accepted")
		o["accepted"] = truthy(o["accepted"])
		return o
	}),
	"sessions":      each(func(v any) any { return pick(v, "id", "conversationId", "state", "pc") }),
	"activeSession": func(v any) any { return v },
	"conversations": each(func(v any) any { return conversation(v) }),
}

func each(normal func(any) any) func(any) any {
	return func(v any) any {
		list, _ := v.([]any)
		out := make([]any, 0, len(list))
		for _, e := range list {
			out = append(out, normal(e))
		}
		return out
	}
}
