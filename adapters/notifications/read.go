package notifications

import (
	"fmt"

	"github.com/hookswitch/hookswitch/messages"
)

// What is read of each object.
var (
	notificationKeys = keys("metadata", "eventBody")
	metadataKeys     = keys("action")
	eventKeys        = keys("id", "participants", "associatedStation")
	stationKeys      = keys("id")
	participantKeys  = keys("id", "userId", "purpose", "calls")
	callKeys         = keys("state", "muted", "held", "confined", "direction", "errorInfo")
	errorKeys        = keys("code")
)

// reader takes values out of a body.
type reader struct{ scanner }

// seen remembers which of the wanted keys an object has had, by their bits.
type seen uint8

// once refuses a wanted key that comes twice in one object: readers differ in which of the two they take.
func (r *reader) once(had *seen, bit seen, name string) {
	if *had&bit != 0 {
		r.fail(name, "comes twice in one object")
	}
	*had |= bit
}

// string is the text of a string, valid while the body is; not ok: it is null, or no string, which is a fault.
func (r *reader) string(name string) (text []byte, ok bool) {
	switch c := r.peek(); c {
	case '"':
		text, r.at = r.scanner.text(r.at)
		return text, r.err == nil
	case 'n':
		r.skip()
	default:
		if r.skip(); r.err == nil {
			r.fail(name, "is not a string")
		}
	}
	return nil, false
}

// text is a copy of a string.
func (r *reader) text(name string) string {
	text, _ := r.string(name)
	return string(text)
}

// word is a text that is nearly always one of a few; those are not copied.
func (r *reader) word(name string, usual []string) string {
	text, _ := r.string(name)
	for _, w := range usual {
		if string(text) == w {
			return w
		}
	}
	return string(text)
}

func (r *reader) flag(name string) messages.Flag {
	c := r.peek()
	r.skip()
	switch {
	case r.err != nil || c == 'n':
		return messages.Unset
	case c == 't':
		return messages.Yes
	case c == 'f':
		return messages.No
	default:
		r.fail(name, "is not a boolean")
		return messages.Unset
	}
}

// present tells whether a value is another one than null.
func (r *reader) present() bool {
	c := r.peek()
	r.skip()
	return c != 'n'
}

// failure is a leg's errorInfo: whether there is any, and its code if that is a text.
func (r *reader) failure() (failed bool, code string) {
	const name = "call.errorInfo"
	if r.peek() != '{' {
		return r.present(), ""
	}
	var had seen
	for key, ok := r.enter(name, errorKeys); ok; key, ok = r.next(errorKeys) {
		if string(key) != "code" {
			r.skip()
			continue
		}
		if r.once(&had, 1, name+".code"); r.peek() == '"' {
			code = r.text(name + ".code")
		} else {
			r.skip()
		}
	}
	return true, code
}

// room insists that a list of so many entries may have another one.
func (r *reader) room(name string, entries, most int) {
	if entries >= most {
		r.fail(name, fmt.Sprintf("has more entries than are read: at most %d", most))
	}
}

// action is metadata.action.
func (r *reader) action() (action string) {
	var had seen
	for key, ok := r.enter("metadata", metadataKeys); ok; key, ok = r.next(metadataKeys) {
		if string(key) != "action" {
			r.skip()
			continue
		}
		r.once(&had, 1, "metadata.action")
		action = r.text("metadata.action")
	}
	return action
}

// associated is eventBody.associatedStation.id.
func (r *reader) associated() (id messages.StationID) {
	var had seen
	for key, ok := r.enter("eventBody", eventKeys); ok; key, ok = r.next(eventKeys) {
		if string(key) != "associatedStation" {
			r.skip()
			continue
		}
		r.once(&had, 1, "eventBody.associatedStation")
		id = r.stationID()
	}
	return id
}

func (r *reader) stationID() (id messages.StationID) {
	const name = "eventBody.associatedStation"
	var had seen
	for key, ok := r.enter(name, stationKeys); ok; key, ok = r.next(stationKeys) {
		if string(key) != "id" {
			r.skip()
			continue
		}
		r.once(&had, 1, name+".id")
		id = messages.StationID(r.text(name + ".id"))
	}
	return id
}

// event is the eventBody of a conversation notification.
func (r *reader) event() (in messages.ConversationNotified) {
	var had seen
	for key, ok := r.enter("eventBody", eventKeys); ok; key, ok = r.next(eventKeys) {
		switch string(key) {
		case "id":
			r.once(&had, 1, "eventBody.id")
			in.Conversation = messages.ConversationID(r.text("eventBody.id"))
		case "participants":
			r.once(&had, 2, "eventBody.participants")
			in.Participants = r.participants()
		default:
			r.skip()
		}
	}
	return in
}

// usualParties is how many participants a conversation has at most as a rule: room for them and a leg of each is made at once.
const usualParties = 4

func (r *reader) participants() (all []messages.Participant) {
	const name = "eventBody.participants"
	var legs []messages.Leg
	for ok := r.enterList(name); ok; ok = r.more() {
		if r.room(name, len(all), maxParticipants); all == nil {
			all, legs = make([]messages.Participant, 0, usualParties), make([]messages.Leg, 0, usualParties)
		}
		var p messages.Participant
		p, legs = r.participant(legs)
		all = append(all, p)
	}
	return all
}

// participant reads one participant. Its legs go behind those of the others.
func (r *reader) participant(legs []messages.Leg) (messages.Participant, []messages.Leg) {
	var p messages.Participant
	var had seen
	for key, ok := r.enter("participant", participantKeys); ok; key, ok = r.next(participantKeys) {
		switch string(key) {
		case "id":
			r.once(&had, 1, "participant.id")
			p.ID = messages.ParticipantID(r.text("participant.id"))
		case "userId":
			r.once(&had, 2, "participant.userId")
			p.User = messages.UserID(r.text("participant.userId"))
		case "purpose":
			r.once(&had, 4, "participant.purpose")
			p.Purpose = r.word("participant.purpose", purposes)
		case "calls":
			r.once(&had, 8, "participant.calls")
			start := len(legs)
			if legs = r.legs(legs); len(legs) > start {
				p.Calls = legs[start:len(legs):len(legs)]
			}
		default:
			r.skip()
		}
	}
	return p, legs
}

// legs reads a participant's legs behind those of others.
func (r *reader) legs(legs []messages.Leg) []messages.Leg {
	const name = "participant.calls"
	start := len(legs)
	for ok := r.enterList(name); ok; ok = r.more() {
		r.room(name, len(legs)-start, maxCalls)
		legs = append(legs, r.leg())
	}
	return legs
}

// The words that purposes, states and directions nearly always are.
var (
	purposes   = []string{"agent", "customer", "user", "external", "acd", "ivr"}
	states     = []string{"connected", "alerting", "disconnected", "terminated", "dialing", "contacting"}
	directions = []string{"inbound", "outbound"}
)

func (r *reader) leg() (leg messages.Leg) {
	var had seen
	for key, ok := r.enter("call", callKeys); ok; key, ok = r.next(callKeys) {
		switch string(key) {
		case "state":
			r.once(&had, 1, "call.state")
			leg.State = messages.CallState(r.word("call.state", states))
		case "muted":
			r.once(&had, 2, "call.muted")
			leg.Muted = r.flag("call.muted")
		case "held":
			r.once(&had, 4, "call.held")
			leg.Held = r.flag("call.held")
		case "confined":
			r.once(&had, 8, "call.confined")
			leg.Confined = r.flag("call.confined")
		case "direction":
			r.once(&had, 16, "call.direction")
			leg.Direction = r.word("call.direction", directions)
		case "errorInfo":
			r.once(&had, 32, "call.errorInfo")
			leg.Failed, leg.ErrorCode = r.failure()
		default:
			r.skip()
		}
	}
	return leg
}
