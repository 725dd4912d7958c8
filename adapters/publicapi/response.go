package publicapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// Platform is what answers say of the platform itself.
type Platform struct {
	// StreamURL is where its WebSockets are, without a slash at its end, such as wss://streaming.example.com. "" makes
	// connectUri a path.
	StreamURL string
	// Organization and OrganizationName are the organisation's id and name.
	Organization, OrganizationName string
}

// Simulated is a platform that nothing more is known of.
var Simulated = Platform{Organization: "00000000-0000-4000-8000-000000000001", OrganizationName: "Simulated"}

// EncodeResponse is that of Simulated.
func EncodeResponse(r messages.Request, a messages.HTTPAnswered) ([]byte, error) {
	return Simulated.EncodeResponse(r, a)
}

// EncodeResponse writes the JSON body of the answer to a request, in the API's shape: Decode reads the same answer back. Of a refusal
// it is the API's error. An error means that the answer lacks what the request asks for.
func (p Platform) EncodeResponse(r messages.Request, a messages.HTTPAnswered) ([]byte, error) {
	if a.Status > 299 && a.Status < 600 {
		return EncodeRefusal(a.Status, ""), nil
	}
	content, err := p.content(r, a)
	if a.Status < 200 || a.Status > 599 {
		err = fmt.Errorf("%d is no status of an answer", a.Status)
	}
	var body []byte
	if err == nil {
		body, err = marshal(content)
	}
	if err != nil {
		return nil, fmt.Errorf("publicapi: encode answer to %s: %w", r.Of, err)
	}
	return body, nil
}

// fields is a JSON object that is written.
type fields map[string]any

var errNoContent = errors.New("it brings nothing of what was asked for")

// content is the body of a success. What only acknowledges is an empty object.
func (p Platform) content(r messages.Request, a messages.HTTPAnswered) (any, error) {
	switch r.Of {
	case messages.GetOrganization:
		return fields{"id": p.Organization, "name": p.OrganizationName}, nil
	case messages.GetMe:
		if a.Me == nil {
			return nil, errNoContent
		}
		return meOf(*a.Me), nil
	case messages.PostChannel:
		if a.Channel == "" {
			return nil, errNoContent
		}
		return fields{"id": a.Channel, "connectUri": p.StreamURL + "/stream/channels/" + a.Channel}, nil
	case messages.PutTopics:
		return fields{"entities": permitted(r.Topics)}, nil
	case messages.GetStation:
		if a.Station == nil {
			return nil, errNoContent
		}
		return stationOf(*a.Station), nil
	case messages.GetConversation:
		if a.Conversation == nil {
			return nil, errNoContent
		}
		return conversationOf(*a.Conversation), nil
	case messages.PostCall:
		if a.Placed == nil {
			return nil, errNoContent
		}
		return fields{"id": a.Placed.Conversation, "selfUri": a.Placed.SelfURI}, nil
	case messages.PatchState, messages.PatchMuted, messages.PatchHeld, messages.PostVoicemail:
		return fields{}, nil
	default:
		return nil, errors.New("there is no such request")
	}
}

// meOf is a user; the platform's users are called as their ids. Nothing here needs the e-mail address, but applications show it.
func meOf(me messages.MeBody) fields {
	station := fields{}
	if me.Station != "" {
		of := fields{"id": me.Station}
		station["associatedStation"], station["effectiveStation"] = of, of
	}
	return fields{
		"id": me.User, "name": me.User, "email": me.JID.Reveal(), "chat": fields{"jabberId": me.JID.Reveal()}, "station": station,
		"selfUri": "/api/v2/users/" + string(me.User),
	}
}

func permitted(topics []string) []fields {
	all := make([]fields, len(topics))
	for i, id := range topics {
		all[i] = fields{"id": id, "state": "Permitted"}
	}
	return all
}

func stationOf(s messages.StationInfo) fields {
	return fields{
		"id": s.ID, "name": s.ID, "status": "ASSOCIATED", "type": s.Type, "webRtcCallAppearances": s.LineAppearance,
		"webRtcPersistentEnabled": s.Persistent, "webRtcForceTurn": false, "selfUri": "/api/v2/stations/" + string(s.ID),
	}
}

func conversationOf(c messages.ConversationNotified) fields {
	participants := make([]fields, len(c.Participants))
	for i, p := range c.Participants {
		calls := make([]fields, len(p.Calls))
		for j, leg := range p.Calls {
			calls[j] = callBody(leg)
		}
		participants[i] = fields{"id": p.ID, "purpose": p.Purpose, "calls": calls}
		if p.User != "" {
			participants[i]["userId"] = p.User
		}
	}
	return fields{
		"id": c.Conversation, "participants": participants, "selfUri": "/api/v2/conversations/" + string(c.Conversation),
	}
}

func callBody(leg messages.Leg) fields {
	call := fields{"state": leg.State}
	if leg.Direction != "" {
		call["direction"] = leg.Direction
	}
	for key, flag := range map[string]messages.Flag{"muted": leg.Muted, "held": leg.Held, "confined": leg.Confined} {
		if flag != messages.Unset {
			call[key] = flag.True()
		}
	}
	if leg.Failed {
		call["errorInfo"] = fields{"code": leg.ErrorCode}
	}
	return call
}

// codes are the API's words for the statuses of its errors.
var codes = map[int]string{
	http.StatusUnauthorized:       "authentication.required",
	http.StatusForbidden:          "not.authorized",
	http.StatusTooManyRequests:    "too.many.requests",
	http.StatusServiceUnavailable: "service.unavailable",
}

// EncodeRefusal writes the API's error: message, code and status. why is the message; "" is the status's own words.
func EncodeRefusal(status int, why string) []byte {
	words := http.StatusText(status)
	if words == "" {
		words = "error"
	}
	code, known := codes[status]
	if !known {
		code = strings.ReplaceAll(strings.ToLower(words), " ", ".")
	}
	if why == "" {
		why = words
	}
	body, _ := marshal(fields{"message": why, "code": code, "status": status}) // texts and a number always encode
	return body
}
