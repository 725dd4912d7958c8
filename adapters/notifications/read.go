package notifications

import (
	"bytes"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/hookswitch/hookswitch/messages"
)

// reader takes values out of a body. The first fault stays in err.
type reader struct{ err error }

func (r *reader) fail(name, why string) {
	if r.err == nil {
		r.err = fmt.Errorf("notifications: %s %s", name, why)
	}
}

// seen remembers which of the wanted keys an object has had, by their bits.
type seen uint8

// once refuses a wanted key that comes twice in one object: readers differ in which of the two they take.
func (r *reader) once(had *seen, bit seen, name string) {
	if *had&bit != 0 {
		r.fail(name, "comes twice in one object")
	}
	*had |= bit
}

// each calls a function for every key of an object, in the order of the wire. null is an object without keys.
func (r *reader) each(v *fastjson.Value, name string, take func(key []byte, v *fastjson.Value)) {
	if r.err != nil || v.Type() == fastjson.TypeNull {
		return
	}
	o, err := v.Object()
	if err != nil {
		r.fail(name, "is not an object")
		return
	}
	o.Visit(take)
}

// text is a copy of a string.
func (r *reader) text(v *fastjson.Value, name string) string {
	if v.Type() == fastjson.TypeNull {
		return ""
	}
	b, err := v.StringBytes()
	if err != nil {
		r.fail(name, "is not a string")
	}
	return string(b)
}

// word is a text that is nearly always one of a few; those are not copied.
func (r *reader) word(v *fastjson.Value, name string, usual ...string) string {
	if v.Type() == fastjson.TypeString {
		b := v.GetStringBytes()
		for _, w := range usual {
			if string(b) == w {
				return w
			}
		}
	}
	return r.text(v, name)
}

func (r *reader) flag(v *fastjson.Value, name string) messages.Flag {
	switch v.Type() {
	case fastjson.TypeNull:
		return messages.Unset
	case fastjson.TypeTrue:
		return messages.Yes
	case fastjson.TypeFalse:
		return messages.No
	default:
		r.fail(name, "is not a boolean")
		return messages.Unset
	}
}

// list is the values of a list of at most that many.
func (r *reader) list(v *fastjson.Value, name string, most int) []*fastjson.Value {
	if v.Type() == fastjson.TypeNull {
		return nil
	}
	all, err := v.Array()
	switch {
	case err != nil:
		r.fail(name, "is not a list")
	case len(all) > most:
		r.fail(name, fmt.Sprintf("has %d entries, at most %d are read", len(all), most))
	default:
		return all
	}
	return nil
}

// action is metadata.action.
func (r *reader) action(metadata *fastjson.Value) (action string) {
	var had seen
	r.each(metadata, "metadata", func(key []byte, v *fastjson.Value) {
		if string(key) == "action" {
			r.once(&had, 1, "metadata.action")
			action = r.text(v, "metadata.action")
		}
	})
	return action
}

// associated is eventBody.associatedStation.id.
func (r *reader) associated(event *fastjson.Value) (id messages.StationID) {
	var had, hadID seen
	r.each(event, "eventBody", func(key []byte, station *fastjson.Value) {
		if string(key) != "associatedStation" {
			return
		}
		r.once(&had, 1, "eventBody.associatedStation")
		r.each(station, "eventBody.associatedStation", func(key []byte, v *fastjson.Value) {
			if string(key) == "id" {
				r.once(&hadID, 1, "eventBody.associatedStation.id")
				id = messages.StationID(r.text(v, "eventBody.associatedStation.id"))
			}
		})
	})
	return id
}

// event is the eventBody of a conversation notification.
func (r *reader) event(v *fastjson.Value) (in messages.ConversationNotified) {
	var had seen
	r.each(v, "eventBody", func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "id":
			r.once(&had, 1, "eventBody.id")
			in.Conversation = messages.ConversationID(r.text(v, "eventBody.id"))
		case "participants":
			r.once(&had, 2, "eventBody.participants")
			all := r.list(v, "eventBody.participants", maxParticipants)
			if len(all) == 0 {
				return
			}
			in.Participants = make([]messages.Participant, len(all))
			for i, p := range all {
				in.Participants[i] = r.participant(p)
			}
		}
	})
	return in
}

func (r *reader) participant(v *fastjson.Value) (p messages.Participant) {
	var had seen
	r.each(v, "participant", func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "id":
			r.once(&had, 1, "participant.id")
			p.ID = messages.ParticipantID(r.text(v, "participant.id"))
		case "userId":
			r.once(&had, 2, "participant.userId")
			p.User = messages.UserID(r.text(v, "participant.userId"))
		case "purpose":
			r.once(&had, 4, "participant.purpose")
			p.Purpose = r.word(v, "participant.purpose", "agent", "customer", "user", "external", "acd", "ivr")
		case "calls":
			r.once(&had, 8, "participant.calls")
			p.Calls = r.legs(v)
		}
	})
	return p
}

func (r *reader) legs(v *fastjson.Value) []messages.Leg {
	all := r.list(v, "participant.calls", maxCalls)
	if len(all) == 0 {
		return nil
	}
	legs := make([]messages.Leg, len(all))
	for i, c := range all {
		legs[i] = r.leg(c)
	}
	return legs
}

func (r *reader) leg(v *fastjson.Value) (leg messages.Leg) {
	var had seen
	r.each(v, "call", func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "state":
			r.once(&had, 1, "call.state")
			leg.State = messages.CallState(r.word(v, "call.state", "connected", "alerting", "disconnected", "terminated", "dialing", "contacting"))
		case "muted":
			r.once(&had, 2, "call.muted")
			leg.Muted = r.flag(v, "call.muted")
		case "held":
			r.once(&had, 4, "call.held")
			leg.Held = r.flag(v, "call.held")
		case "confined":
			r.once(&had, 8, "call.confined")
			leg.Confined = r.flag(v, "call.confined")
		case "direction":
			r.once(&had, 16, "call.direction")
			leg.Direction = r.word(v, "call.direction", "inbound", "outbound")
		case "errorInfo":
			r.once(&had, 32, "call.errorInfo")
			leg.Failed = v.Type() != fastjson.TypeNull
		}
	})
	return leg
}

// deeperThan tells whether objects and lists nest deeper than a limit. A body with no more opening brackets than that cannot;
// only one with more is walked. Malformed JSON gives some answer; the parser refuses it.
func deeperThan(body []byte, limit int) bool {
	if bytes.Count(body, []byte("{"))+bytes.Count(body, []byte("[")) <= limit {
		return false
	}
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			i = endOfString(body, i+1)
		}
	}
	return false
}

// endOfString is the place of the quote that closes a string whose text begins at start, or the end of the body.
func endOfString(body []byte, start int) int {
	for i := start; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(body)
}
