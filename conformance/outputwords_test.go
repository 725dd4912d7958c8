package conformance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// output is what a record of the client's doing says in words, and the list that it belongs to; "" for one that is not
// compared, and for a look inside.
func output(r port.Record) (list, words string) {
	list = listOf(r)
	if list == "" || r.Kind == "state" {
		return "", ""
	}
	var f struct {
		Event  string            `json:"ev"`
		Args   []json.RawMessage `json:"args"`
		Name   string            `json:"name"`
		Error  failure           `json:"error"`
		Method string            `json:"method"`
		URL    string            `json:"url"`
		Body   string            `json:"body"`
		XML    string            `json:"xml"`
	}
	if err := r.Decode(&f); err != nil {
		return list, "unreadable: " + r.Kind
	}
	switch r.Kind {
	case "sdk.event":
		words = event(f.Event, f.Args)
	case "api.ok":
		words = "ok " + f.Name
	case "api.err":
		words = fmt.Sprintf("%s fails: %s", f.Name, f.Error.words())
	case "http.req":
		words = request(f.Method, f.URL, []byte(f.Body))
	case "ws.send":
		words = sent(frame(f.XML))
	}
	return list, named(words)
}

// failure is an error as the application sees it.
type failure struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Message string `json:"message"`
}

// messageShown is how much of an error's message is told.
const messageShown = 60

func (f failure) words() string {
	kind := f.Type
	if kind == "" {
		kind = f.Name
	}
	message := []rune(strings.Join(strings.Fields(named(f.Message)), " "))
	if len(message) > messageShown {
		message = append(message[:messageShown], '…')
	}
	return strings.TrimSpace(fmt.Sprintf("%s %q", kind, string(message)))
}

// announced is the part of an event's argument that the words need.
type announced struct {
	ID           string `json:"id"`
	Session      string `json:"sessionId"`
	Conversation string `json:"conversationId"`
	AutoAnswer   any    `json:"autoAnswer"`
	PrivAnswer   string `json:"privAnswerMode"`
	Type         string `json:"sessionType"`
	Condition    string `json:"condition"`
	Action       string `json:"action"`
	Reconnect    bool   `json:"reconnect"`
	Station      *struct {
		ID string `json:"id"`
	} `json:"station"`
	Of *struct {
		ID           string `json:"id"`
		Conversation string `json:"conversationId"`
	} `json:"$session"`
	Error failure `json:"$error"`
}

// shared is a conversation in the three lists of a conversationUpdate.
type shared struct {
	Conversation string `json:"conversationId"`
	Session      string `json:"sessionId"`
	Call         *leg   `json:"call"`
}

func event(name string, args []json.RawMessage) string {
	first, second := argument(args, 0), argument(args, 1)
	words := []string{name}
	add := func(when bool, more ...string) {
		if when {
			words = append(words, more...)
		}
	}
	switch name {
	case "pendingSession":
		add(true, first.ID, first.Conversation)
		add(first.AutoAnswer != nil && first.AutoAnswer != false, "auto-answer")
		add(first.PrivAnswer != "", "persistent="+first.PrivAnswer)
		add(first.Type != "softphone", first.Type)
	case "cancelPendingSession", "handledPendingSession", "sessionInterrupted":
		add(true, first.Session, first.Conversation)
	case "sessionStarted", "sessionEnded":
		add(first.Of != nil, first.of()...)
		add(second.Condition != "", second.Condition)
	case "conversationUpdate":
		return update(args)
	case "station":
		add(true, first.Action)
		add(first.Station != nil, first.station())
	case "concurrentSoftphoneSessionsEnabled":
		add(true, string(args[0]))
	case "connected":
		add(first.Reconnect, "again")
	case "sdkError":
		add(true, first.Error.words())
	}
	return strings.Join(words, " ")
}

func (a announced) of() []string {
	if a.Of == nil {
		return nil
	}
	return []string{a.Of.ID, a.Of.Conversation}
}

func (a announced) station() string {
	if a.Station == nil {
		return ""
	}
	return a.Station.ID
}

// argument is an argument of an event, if it is an object.
func argument(args []json.RawMessage, n int) (a announced) {
	if n < len(args) {
		_ = json.Unmarshal(args[n], &a) // what is no object tells nothing
	}
	return a
}

func update(args []json.RawMessage) string {
	var u struct {
		Active  *string  `json:"activeConversationId"`
		Current []shared `json:"current"`
		Added   []shared `json:"added"`
		Removed []shared `json:"removed"`
	}
	if len(args) == 0 || json.Unmarshal(args[0], &u) != nil {
		return "conversationUpdate, unreadable"
	}
	words := "conversationUpdate active"
	switch {
	case u.Active == nil:
		words += " unknown"
	case *u.Active == "":
		words += " none"
	default:
		words += " " + *u.Active
	}
	words += " current [" + list(u.Current) + "]"
	if len(u.Added) > 0 { // these are among the current ones
		words += " added ["
		for i, c := range u.Added {
			words += strings.Repeat(", ", min(i, 1)) + c.Conversation
		}
		words += "]"
	}
	if len(u.Removed) > 0 {
		words += " removed [" + list(u.Removed) + "]"
	}
	return words
}

func list(all []shared) string {
	words := make([]string, 0, len(all))
	for _, c := range all {
		text := c.Conversation
		if text == "" {
			text = "?"
		}
		if c.Session != "" {
			text += "@" + c.Session
		}
		if c.Call != nil {
			call := *c.Call
			call.Direction = ""
			text += " " + call.words()
		}
		words = append(words, text)
	}
	return strings.Join(words, ", ")
}

var requests = []struct {
	path *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`^/conversations/calls/([^/]+)/participants/[^/]+(/replace)?$`), "$1$2"},
	{regexp.MustCompile(`^/conversations/calls$`), "a call"},
	{regexp.MustCompile(`^/conversations/([^/]+)$`), "$1"},
	{regexp.MustCompile(`^/stations/.*`), "station"},
	{regexp.MustCompile(`^/users/me.*`), "user"},
	{regexp.MustCompile(`^/organizations/me.*`), "organization"},
	{regexp.MustCompile(`^/notifications/channels\?.*`), "channel"},
	{regexp.MustCompile(`^/notifications/channels/.*`), "topics"},
}

// request is a REST request in words: PATCH C1 state=connected.
func request(method, url string, body []byte) string {
	path := capture.RESTPath(url)
	for _, r := range requests {
		if r.path.MatchString(path) {
			path = r.path.ReplaceAllString(path, r.name)
			break
		}
	}
	words := []string{method, strings.Replace(path, "/replace", " replace", 1)}
	var fields map[string]any
	if json.Unmarshal(body, &fields) == nil {
		for name, value := range fields {
			if name != "phoneNumber" {
				words = append(words, fmt.Sprintf("%s=%v", name, value))
			}
		}
		sort.Strings(words[2:])
	}
	return strings.Join(words, " ")
}

// sent is a frame that is compared, in words.
func sent(root *element) string {
	body := root.first()
	switch {
	case root.name() == "message":
		return "send " + body.name() + " " + body.attr("id")
	case root.name() != "iq":
		return root.name()
	}
	switch body.name() {
	case "jingle":
		words := []string{"send", body.attr("action"), body.attr("sid")}
		if more := body.child("reason").first().name(); more != "" {
			words = append(words, more)
		} else if body.attr("action") == "session-info" {
			words = append(words, body.first().name())
		}
		return strings.Join(words, " ")
	case "genesys-webrtc":
		var m struct {
			Method string `json:"method"`
			Params struct {
				Session string `json:"sessionId"`
				Reason  string `json:"reason"`
				Status  string `json:"status"`
			} `json:"params"`
		}
		if json.Unmarshal([]byte(body.Text), &m) != nil {
			return "send something unreadable"
		}
		return strings.TrimSpace(fmt.Sprintf("send %s %s %s%s", m.Method, m.Params.Session, m.Params.Reason, m.Params.Status))
	case "pubsub":
		return "subscribe"
	case "services":
		return "services " + body.attr("type")
	default:
		return body.name()
	}
}
