package publicapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hookswitch/hookswitch/messages"
)

// Encode writes a request: its method, its path below /api/v2 with the query, and its JSON body, nil if it has none. An error
// means that the request cannot be written: an id that is missing or would change the path, parameters that are not a JSON
// object, a kind that does not exist.
func Encode(r messages.Request) (method, path string, body []byte, err error) {
	p := pathWriter{}
	var content any
	switch r.Of {
	case messages.GetOrganization:
		method, path = http.MethodGet, "/organizations/me"
	case messages.GetMe:
		method, path = http.MethodGet, "/users/me?expand=station"
	case messages.PostChannel:
		method, path = http.MethodPost, "/notifications/channels?connectionType=streaming"
	case messages.PutTopics:
		method, path = http.MethodPut, "/notifications/channels/"+p.id("channel", r.Channel)+"/subscriptions"
		content = topicsOf(r.Topics)
	case messages.GetStation:
		method, path = http.MethodGet, "/stations/"+p.id("station", string(r.Station))
	case messages.GetConversation:
		method, path = http.MethodGet, "/conversations/"+p.id("conversation", string(r.Conversation))
	case messages.PostCall:
		method, path = http.MethodPost, "/conversations/calls"
		content, p.err = callOf(r.Body)
	case messages.PatchState:
		method, path, content = http.MethodPatch, p.participant(r), map[string]messages.CallState{"state": r.State}
	case messages.PatchMuted:
		method, path, content = http.MethodPatch, p.participant(r), map[string]bool{"muted": r.Value}
	case messages.PatchHeld:
		method, path, content = http.MethodPatch, p.participant(r), map[string]bool{"held": r.Value}
	case messages.PostVoicemail:
		method, path, content = http.MethodPost, p.participant(r)+"/replace", map[string]bool{"voicemail": true}
	default:
		p.err = errors.New("there is no such request")
	}
	if p.err == nil && content != nil {
		body, p.err = marshal(content)
	}
	if p.err != nil {
		return "", "", nil, fmt.Errorf("publicapi: encode %s: %w", r.Of, p.err)
	}
	return method, path, body, nil
}

// pathWriter escapes ids into a path; the first bad one stays in err.
type pathWriter struct{ err error }

// id is one path segment. Dots alone would climb the path, and escaping does not change them.
func (p *pathWriter) id(what, id string) string {
	if id == "" || id == "." || id == ".." {
		p.err = fmt.Errorf("the %s id is empty or made of dots; it would name another resource", what)
	}
	return url.PathEscape(id)
}

func (p *pathWriter) participant(r messages.Request) string {
	return "/conversations/calls/" + p.id("conversation", string(r.Conversation)) +
		"/participants/" + p.id("participant", string(r.Participant))
}

// topic is one entry of a subscription request.
type topic struct {
	ID string `json:"id"`
}

func topicsOf(ids []string) []topic {
	all := make([]topic, len(ids))
	for i, id := range ids {
		all[i] = topic{id}
	}
	return all
}

// callOf is the embedding program's parameters with the session type that every call of ours has.
func callOf(params messages.Opaque) (object, error) {
	o := object{}
	if params != "" {
		var err error
		if o, err = parseObject([]byte(params.Reveal())); err != nil {
			return nil, errors.New("the parameters of the call are not one JSON object")
		}
	}
	o["sessionType"] = json.RawMessage(`"softphone"`)
	return o, nil
}

// marshal writes JSON with keys in order, and without the escapes that are for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	j := json.NewEncoder(&b)
	j.SetEscapeHTML(false)
	if err := j.Encode(v); err != nil {
		return nil, errors.New("the body cannot be written as JSON")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
