package conformance

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// change is a record in which one compared field is another one.
type change struct {
	field  string
	record port.Record
}

// The fields that are compared, as capture-format lists them, of each kind of record. A star is each element.
var (
	eventFields = map[string][]string{
		"pendingSession":       {"args.0.id", "args.0.conversationId", "args.0.autoAnswer", "args.0.sessionType", "args.0.privAnswerMode"},
		"cancelPendingSession": {"args.0.sessionId", "args.0.conversationId"}, "handledPendingSession": {"args.0.sessionId", "args.0.conversationId"},
		"sessionInterrupted": {"args.0.sessionId", "args.0.conversationId"},
		"sessionStarted":     {"args.0.$session.id", "args.0.$session.conversationId"},
		"sessionEnded":       {"args.0.$session.id", "args.0.$session.conversationId", "args.1.condition"},
		"conversationUpdate": conversationFields("args.0.", "current", "added", "removed"),
		"station":            {"args.0.action", "args.0.station.id"}, "connected": {"args.0.reconnect"},
		"concurrentSoftphoneSessionsEnabled": {"args.0"}, "sdkError": {"args.0.$error.type", "args.0.$error.message"},
	}
	callFields  = []string{"k", "name", "error.type", "error.message"}
	stateFields = append(conversationFields("", "conversations"),
		"connected", "station.id", "station.la", "station.pers", "activeSession", "sdkPending.*.id",
		"sdkPending.*.conversationId", "sdkPending.*.accepted", "sdkPending.*.autoAnswer", "scPending.*.id",
		"scPending.*.accepted", "sessions.*.id", "sessions.*.conversationId", "sessions.*.pc")
)

// conversationFields are those of the entries of lists of conversations.
func conversationFields(at string, lists ...string) []string {
	fields := []string{}
	if at != "" {
		fields = append(fields, at+"activeConversationId")
	}
	for _, list := range lists {
		for _, f := range []string{"conversationId", "sessionId", "call.state", "call.muted", "call.held", "call.confined", "call.direction"} {
			fields = append(fields, at+list+".*."+f)
		}
	}
	return fields
}

// changes are the changes of one compared field each. A field that the record lacks is not changed.
func changes(t testing.TB, r port.Record) []change {
	t.Helper()
	var f struct {
		Event string `json:"ev"`
		XML   string `json:"xml"`
	}
	if err := r.Decode(&f); err != nil {
		t.Fatal(err)
	}
	switch r.Kind {
	case "sdk.event":
		return fieldChanges(t, r, append([]string{"ev"}, eventFields[f.Event]...))
	case "api.ok", "api.err":
		return fieldChanges(t, r, callFields)
	case "http.req":
		return fieldChanges(t, r, []string{"method", "url", "body"})
	case "state":
		return fieldChanges(t, r, stateFields)
	case "ws.send":
		return frameChanges(t, r, f.XML)
	default:
		return nil
	}
}

func fieldChanges(t testing.TB, r port.Record, fields []string) []change {
	t.Helper()
	var list []change
	for _, pattern := range fields {
		for _, path := range existing(decoded(t, r), strings.Split(pattern, "."), "") {
			whole := decoded(t, r)
			alter(whole, strings.Split(path, "."))
			list = append(list, change{path, encoded(t, r, whole)})
		}
	}
	return list
}

func decoded(t testing.TB, r port.Record) any {
	t.Helper()
	var whole any
	if err := r.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	return whole
}

// encoded is a record with other fields. One whose k was altered is of the other of the two kinds of settlement.
func encoded(t testing.TB, r port.Record, whole any) port.Record {
	t.Helper()
	raw, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	if kind := whole.(map[string]any)["k"]; kind != r.Kind {
		r.Kind = map[string]string{"api.ok": "api.err", "api.err": "api.ok"}[r.Kind]
	}
	r.Fields = raw
	return r
}

// existing are the paths of a pattern at which a value has something.
func existing(v any, pattern []string, at string) []string {
	if len(pattern) == 0 {
		if v == nil {
			return nil
		}
		return []string{strings.TrimPrefix(at, ".")}
	}
	switch v := v.(type) {
	case map[string]any:
		return existing(v[pattern[0]], pattern[1:], at+"."+pattern[0])
	case []any:
		var found []string
		for i, e := range v {
			if pattern[0] == "*" || pattern[0] == strconv.Itoa(i) {
				found = append(found, existing(e, pattern[1:], at+"."+strconv.Itoa(i))...)
			}
		}
		return found
	default:
		return nil
	}
}

// alter makes the value at a path another one of its type.
func alter(v any, path []string) {
	other := func(v any) any {
		switch v := v.(type) {
		case bool:
			return !v
		case float64:
			return v + 1
		case string:
			return v + "x"
		default:
			return "x"
		}
	}
	switch v := v.(type) {
	case map[string]any:
		if len(path) == 1 {
			v[path[0]] = other(v[path[0]])
			return
		}
		alter(v[path[0]], path[1:])
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil {
			return
		}
		if len(path) == 1 {
			v[i] = other(v[i])
			return
		}
		alter(v[i], path[1:])
	}
}

// framePlaces are the places of a frame that is compared; the first group stays, and an x follows it.
var framePlaces = []struct {
	what string
	find *regexp.Regexp
}{
	{"kind", regexp.MustCompile(`(<(?:proceed|accept|reject|retract))\b`)},
	{"session", regexp.MustCompile(`(<(?:proceed|accept|reject|retract) [^>]*\bid=")`)},
	{"method", regexp.MustCompile(`((?:"|&quot;)method(?:"|&quot;):(?:"|&quot;))`)},
	{"session", regexp.MustCompile(`((?:"|&quot;)sessionId(?:"|&quot;):(?:"|&quot;))`)},
	{"reason", regexp.MustCompile(`((?:"|&quot;)reason(?:"|&quot;):(?:"|&quot;))`)},
	{"status", regexp.MustCompile(`((?:"|&quot;)status(?:"|&quot;):(?:"|&quot;))`)},
	{"action", regexp.MustCompile(`(<jingle [^>]*\baction=")`)},
	{"session", regexp.MustCompile(`(<jingle [^>]*\bsid=")`)},
	{"reason", regexp.MustCompile(`(<reason>\s*<[\w-]+)`)},
	{"information", regexp.MustCompile(`(action="session-info"[^>]*>\s*<[\w-]+)`)},
	{"type of services", regexp.MustCompile(`(<services [^>]*\btype=")`)},
	{"topic", regexp.MustCompile(`(<subscribe [^>]*\bnode=")`)},
	{"question", regexp.MustCompile(`(<(?:bind|ping|services))\b`)},
	{"element", regexp.MustCompile(`^(<(?:open|auth|close))\b`)},
}

func frameChanges(t testing.TB, r port.Record, frame string) []change {
	t.Helper()
	var list []change
	for _, place := range framePlaces {
		at := place.find.FindStringSubmatchIndex(frame)
		if at == nil {
			continue
		}
		whole := decoded(t, r).(map[string]any)
		whole["xml"] = frame[:at[3]] + "x" + frame[at[3]:]
		list = append(list, change{place.what, encoded(t, r, whole)})
	}
	return list
}
