package publicapi

import (
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// maxRetryAfter is the longest wait that a Retry-After header is believed.
const maxRetryAfter = 24 * time.Hour

// Decode reads the answer to a request. Status is the HTTP status, 0 if there was no answer; retryAfter is the header of that
// name, or "". The body is read if the status is a success and the kind of request has an answer that the core reads:
// GetMe, PostChannel, GetStation, GetConversation and PostCall; if it cannot be, Malformed says why. Effect is left for
// the caller, who paired the answer.
func Decode(r messages.Request, status int, retryAfter string, body []byte) messages.HTTPAnswered {
	answer := messages.HTTPAnswered{Status: status, RetryAfter: seconds(retryAfter)}
	take, known := answers[r.Of]
	if !known || status < 200 || status > 299 {
		return answer
	}
	full, in := answer, &reader{}
	if len(body) > maxBody {
		in.fail("the body is " + errTooLarge.Error())
	} else if o := in.parse(body, "the body"); o != nil {
		take(in, o, &full)
	}
	if in.why != "" {
		answer.Malformed = in.why
		return answer
	}
	return full
}

// answers are what the core reads of each kind's answer.
var answers = map[messages.RequestKind]func(*reader, object, *messages.HTTPAnswered){
	messages.GetMe:           me,
	messages.PostChannel:     channel,
	messages.GetStation:      station,
	messages.GetConversation: conversation,
	messages.PostCall:        placed,
}

// seconds reads a Retry-After header as the real client's parseInt does: leading blanks, a sign, then digits up to the first
// that is none. Anything else, a negative number, and more than a day are as good as no header.
func seconds(header string) *time.Duration {
	s := strings.TrimPrefix(strings.TrimSpace(header), "+")
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	if err != nil || n > int64(maxRetryAfter/time.Second) {
		return nil
	}
	return new(time.Duration(n) * time.Second)
}

func me(r *reader, o object, into *messages.HTTPAnswered) {
	effective := r.object(r.object(o, "station"), "effectiveStation")
	into.Me = &messages.MeBody{
		User:    messages.UserID(r.required(o, "id")),
		JID:     messages.JID(r.text(r.object(o, "chat"), "jabberId")),
		Station: messages.StationID(r.text(effective, "id")),
	}
}

func channel(r *reader, o object, into *messages.HTTPAnswered) { into.Channel = r.required(o, "id") }

func station(r *reader, o object, into *messages.HTTPAnswered) {
	s := &messages.StationInfo{
		ID:         messages.StationID(r.required(o, "id")),
		Type:       r.text(o, "type"),
		Persistent: r.flag(o, "webRtcPersistentEnabled"),
	}
	r.take(o, "webRtcCallAppearances", &s.LineAppearance, "a whole number")
	into.Station = s
}

func placed(r *reader, o object, into *messages.HTTPAnswered) {
	into.Placed = &messages.PlacedCall{
		Conversation: messages.ConversationID(r.required(o, "id")),
		SelfURI:      r.text(o, "selfUri"),
	}
}

// required is a text without which the answer says nothing.
func (r *reader) required(o object, key string) string {
	s := r.text(o, key)
	if s == "" {
		r.fail(key + " is missing")
	}
	return s
}

func conversation(r *reader, o object, into *messages.HTTPAnswered) {
	c := &messages.ConversationNotified{Conversation: messages.ConversationID(r.required(o, "id"))}
	for _, text := range r.list(o, "participants", maxParticipants) {
		p := r.parse(text, "a participant")
		c.Participants = append(c.Participants, messages.Participant{
			ID:      messages.ParticipantID(r.text(p, "id")),
			User:    messages.UserID(r.text(p, "userId")),
			Purpose: r.text(p, "purpose"),
			Calls:   r.legs(p),
		})
	}
	into.Conversation = c
}

func (r *reader) legs(participant object) (legs []messages.Leg) {
	for _, text := range r.list(participant, "calls", maxCalls) {
		c := r.parse(text, "a call")
		legs = append(legs, messages.Leg{
			State:     messages.CallState(r.text(c, "state")),
			Muted:     r.tristate(c, "muted"),
			Held:      r.tristate(c, "held"),
			Confined:  r.tristate(c, "confined"),
			Direction: r.text(c, "direction"),
			Failed:    c.has("errorInfo"),
		})
	}
	return legs
}

// tristate is a boolean that may be missing.
func (r *reader) tristate(o object, key string) messages.Flag {
	if !o.has(key) {
		return messages.Unset
	}
	return messages.FlagOf(r.flag(o, key))
}
