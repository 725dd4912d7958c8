package publicapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// Parse is the inverse of Encode: it reads a request that a client made. The path may be a whole URL; what is before /api/v2,
// and the query, are not looked at. Which of a participant's fields a PATCH changes stands in its body: without that it is a
// PatchState with no state. A body that does not fit is passed over. ok is false for a request that the core does not make.
func Parse(method, path string, body []byte) (r messages.Request, ok bool) {
	ids, kind := match(strings.ToUpper(method), segments(path))
	if kind == "" {
		return messages.Request{}, false
	}
	r = requestAt(kind, ids)
	switch kind {
	case messages.PutTopics:
		r.Topics = topicsIn(body)
	case messages.PostCall:
		r.Body = paramsIn(body)
	case messages.PatchState:
		patched(&r, body)
	}
	return r, true
}

// requestAt is a request of a kind with what its path says.
func requestAt(kind messages.RequestKind, ids []string) messages.Request {
	r := messages.Request{Of: kind}
	switch kind {
	case messages.PutTopics:
		r.Channel = ids[0]
	case messages.GetStation:
		r.Station = messages.StationID(ids[0])
	case messages.GetConversation:
		r.Conversation = messages.ConversationID(ids[0])
	case messages.PatchState, messages.PostVoicemail:
		r.Conversation, r.Participant = messages.ConversationID(ids[0]), messages.ParticipantID(ids[1])
	}
	return r
}

// segments are the unescaped segments of a path below /api/v2; nil if one cannot be unescaped.
func segments(path string) []string {
	if _, below, ok := strings.Cut(path, "/api/v2/"); ok {
		path = below
	}
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	all := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range all {
		var err error
		if all[i], err = url.PathUnescape(s); err != nil {
			return nil
		}
	}
	return all
}

// routes are the requests of the core; * is an id.
var routes = []struct {
	method, path string
	kind         messages.RequestKind
}{
	{http.MethodGet, "organizations/me", messages.GetOrganization},
	{http.MethodGet, "users/me", messages.GetMe},
	{http.MethodPost, "notifications/channels", messages.PostChannel},
	{http.MethodPut, "notifications/channels/*/subscriptions", messages.PutTopics},
	{http.MethodGet, "stations/*", messages.GetStation},
	{http.MethodPost, "conversations/calls", messages.PostCall},
	{http.MethodGet, "conversations/*", messages.GetConversation},
	{http.MethodPatch, "conversations/calls/*/participants/*", messages.PatchState},
	{http.MethodPost, "conversations/calls/*/participants/*/replace", messages.PostVoicemail},
}

func match(method string, path []string) (ids []string, kind messages.RequestKind) {
	for _, route := range routes {
		if route.method != method {
			continue
		}
		if ids, ok := matches(strings.Split(route.path, "/"), path); ok {
			return ids, route.kind
		}
	}
	return nil, ""
}

func matches(route, path []string) (ids []string, ok bool) {
	if len(route) != len(path) {
		return nil, false
	}
	for i, want := range route {
		switch {
		case want == "*" && path[i] != "":
			ids = append(ids, path[i])
		case want != path[i]:
			return nil, false
		}
	}
	return ids, true
}

func topicsIn(body []byte) (ids []string) {
	var all []topic
	if json.Unmarshal(body, &all) != nil {
		return nil
	}
	for _, t := range all {
		ids = append(ids, t.ID)
	}
	return ids
}

// paramsIn is the body of a PostCall without the session type, which Encode adds.
func paramsIn(body []byte) messages.Opaque {
	o, err := parseObject(body)
	if err != nil {
		return ""
	}
	delete(o, "sessionType")
	params, err := marshal(o)
	if err != nil || len(o) == 0 {
		return ""
	}
	return messages.Opaque(params)
}

// patched brings what a PATCH changes.
func patched(r *messages.Request, body []byte) {
	o, err := parseObject(body)
	if err != nil {
		return
	}
	(&reader{}).change(o, r)
}

// change reads the first of what a PATCH may change.
func (r *reader) change(o object, into *messages.Request) {
	switch {
	case o.has("muted"):
		into.Of, into.Value = messages.PatchMuted, r.flag(o, "muted")
	case o.has("held"):
		into.Of, into.Value = messages.PatchHeld, r.flag(o, "held")
	default:
		into.State = messages.CallState(r.text(o, "state"))
	}
}
