package publicapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// MaxRequestBody is the largest body of a request that Read takes, in bytes. A real one is below 2 KB.
const MaxRequestBody = 64 << 10

// maxTopics is how many topics a channel may have (sdk-behaviour 3.5).
const maxTopics = 1000

// Refusal is a request that the platform does not take: with which status, and why, in words that hold nothing of it.
type Refusal struct {
	Status int
	Why    string
}

// Error is the status and why.
func (r *Refusal) Error() string { return fmt.Sprintf("publicapi: request: %d: %s", r.Status, r.Why) }

// Body is the JSON of the answer: the API's error.
func (r *Refusal) Body() []byte { return EncodeRefusal(r.Status, r.Why) }

func refuse(status int, why string) *Refusal { return &Refusal{status, why} }

// Read reads a request that a client made, as a platform does; where Parse makes the best of what a log holds, it refuses what is
// incomplete. The path is as the request has it, still escaped, and begins with /api/v2/; a query is not looked at. The error is a *Refusal: of a path that does not
// exist, a method that it does not take, a body that is too large, or that lacks or contradicts what its path promises.
// Fields of a body that nobody reads are left alone.
func Read(method, path string, body []byte) (messages.Request, error) {
	below, ok := strings.CutPrefix(path, "/api/v2/")
	if !ok {
		return messages.Request{}, refuse(http.StatusNotFound, "there is nothing but /api/v2/")
	}
	parts := segments("/" + below)
	ids, kind := match(method, parts)
	if kind == "" {
		return messages.Request{}, noRoute(parts)
	}
	if len(body) > MaxRequestBody {
		return messages.Request{}, refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", MaxRequestBody))
	}
	r, err := read(kind, ids, body)
	if err != nil {
		return messages.Request{}, refuse(http.StatusBadRequest, err.Error())
	}
	return r, nil
}

// noRoute tells a path that does not exist from one that takes another method.
func noRoute(path []string) *Refusal {
	var takes []string
	for _, route := range routes {
		if _, ok := matches(strings.Split(route.path, "/"), path); ok {
			takes = append(takes, route.method)
		}
	}
	if takes != nil {
		return refuse(http.StatusMethodNotAllowed, "it takes only "+strings.Join(takes, " and "))
	}
	return refuse(http.StatusNotFound, "there is no such path here")
}

// read reads what a request of a kind brings, strictly.
func read(kind messages.RequestKind, ids []string, body []byte) (messages.Request, error) {
	r := requestAt(kind, ids)
	switch kind {
	case messages.PutTopics:
		return r, topicsOfBody(body, &r)
	case messages.PostCall, messages.PatchState, messages.PostVoicemail:
	default:
		return r, nil
	}
	o, err := parseObject(body)
	if err != nil {
		return r, fmt.Errorf("the body is %w", err)
	}
	in := &reader{}
	switch kind {
	case messages.PostCall:
		if in.text(o, "phoneNumber"); !o.has("phoneNumber") {
			in.fail("phoneNumber is missing: this platform calls nothing else")
		}
		r.Body = paramsIn(body)
	case messages.PatchState:
		in.oneChange(o, &r)
	case messages.PostVoicemail:
		if !in.flag(o, "voicemail") {
			in.fail("voicemail is not true: a call is replaced by nothing else")
		}
	}
	if in.why != "" {
		return r, errors.New(in.why)
	}
	return r, nil
}

// oneChange reads what a PATCH changes: one thing at a time.
func (r *reader) oneChange(o object, into *messages.Request) {
	changes := 0
	for _, key := range []string{"state", "muted", "held"} {
		if o.has(key) {
			changes++
		}
	}
	if changes != 1 {
		r.fail("the body has not exactly one of state, muted and held")
		return
	}
	r.change(o, into)
	if into.Of == messages.PatchState && into.State != messages.Connected && into.State != messages.Disconnected {
		r.fail("state is neither connected nor disconnected: a client asks for nothing else")
	}
}

// topicsOfBody reads the topics of a subscription.
func topicsOfBody(body []byte, into *messages.Request) error {
	var all []json.RawMessage
	if json.Unmarshal(body, &all) != nil || all == nil {
		return errors.New("the body is not a list")
	}
	if len(all) > maxTopics {
		return fmt.Errorf("more than %d topics", maxTopics)
	}
	in := &reader{}
	for _, text := range all {
		into.Topics = append(into.Topics, in.required(in.parse(text, "a topic"), "id"))
	}
	if in.why != "" {
		return errors.New(in.why)
	}
	return nil
}
