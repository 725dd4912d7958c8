package notifications

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fastjson"

	"github.com/hookswitch/hookswitch/messages"
)

// What one notification may hold at most. A real one has a few KB, is 7 deep, and names a handful of participants.
const (
	maxBody         = 1 << 20
	maxDepth        = 64
	maxParticipants = 1000
	maxCalls        = 100 // of one participant
)

// parsers are kept because their memory is: a parser that has grown reads the next notification without allocating.
var parsers fastjson.ParserPool

// Decode reads one notification: ConversationNotified, StationNotified, NoLongerSubscribed, DuplicateID,
// SubscriptionsExpiring, or UnknownTopic. The topic alone says which; the body is read for the first two only. An error means
// that their body is not what its topic promises, or exceeds a limit. Nothing of body is kept. Safe for concurrent use.
func Decode(topic string, body []byte) (messages.Input, error) {
	switch {
	case strings.Contains(topic, "no_longer_subscribed"):
		return messages.NoLongerSubscribed{}, nil
	case strings.Contains(topic, "duplicate_id"):
		return messages.DuplicateID{}, nil
	case topic == "streaming-subscriptions-expiring":
		return messages.SubscriptionsExpiring{}, nil
	case isUserTopic(topic, ".conversations"):
		return read(body, conversation)
	case isUserTopic(topic, ".station"):
		return read(body, station)
	default:
		return messages.UnknownTopic{Topic: topic}, nil
	}
}

// isUserTopic tells whether a topic is v2.users.{id} and that ending.
func isUserTopic(topic, ending string) bool {
	user, ok := strings.CutPrefix(topic, "v2.users.")
	user, ends := strings.CutSuffix(user, ending)
	return ok && ends && user != "" && !strings.Contains(user, ".")
}

// read parses a body and lets a reader take what it needs; all that it keeps, it copies.
func read(body []byte, take func(r *reader, notification *fastjson.Value) messages.Input) (messages.Input, error) {
	if err := check(body); err != nil {
		return nil, err
	}
	p := parsers.Get()
	defer parsers.Put(p)
	v, err := p.ParseBytes(body)
	if err != nil {
		return nil, errors.New("notifications: the body is not JSON (RFC 8259)")
	}
	r := &reader{}
	in := take(r, v)
	if r.err != nil {
		return nil, r.err
	}
	return in, nil
}

// check bounds size and depth before the parser, which recurses, sees the body.
func check(body []byte) error {
	if len(body) > maxBody {
		return fmt.Errorf("notifications: %d bytes, at most %d are read", len(body), maxBody)
	}
	if !utf8.Valid(body) {
		return errors.New("notifications: the body is not UTF-8")
	}
	if deeperThan(body, maxDepth) {
		return fmt.Errorf("notifications: JSON more than %d deep", maxDepth)
	}
	return nil
}

// conversation reads a notification of …conversations.
func conversation(r *reader, notification *fastjson.Value) messages.Input {
	in := messages.ConversationNotified{}
	var had seen
	r.each(notification, "notification", func(key []byte, v *fastjson.Value) {
		if string(key) == "eventBody" {
			r.once(&had, 1, "eventBody")
			in = r.event(v)
		}
	})
	if in.Conversation == "" {
		r.fail("eventBody.id", "is missing: nothing tells which conversation it is")
	}
	return in
}

// station reads a notification of …station.
func station(r *reader, notification *fastjson.Value) messages.Input {
	in := messages.StationNotified{}
	var had seen
	r.each(notification, "notification", func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "metadata":
			r.once(&had, 1, "metadata")
			in.Action = r.action(v)
		case "eventBody":
			r.once(&had, 2, "eventBody")
			in.Station = r.associated(v)
		}
	})
	return in
}
