package notifications

import (
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// What one notification may hold at most. A real one has a few KB, is 7 deep, and names a handful of participants.
const (
	maxBody         = 1 << 20
	maxDepth        = 64
	maxParticipants = 1000
	maxCalls        = 100 // of one participant
)

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

// read walks a body and lets a reader take what it needs; all that it keeps, it copies.
func read(body []byte, take func(*reader) messages.Input) (messages.Input, error) {
	if len(body) > maxBody {
		return nil, fmt.Errorf("notifications: %d bytes, at most %d are read", len(body), maxBody)
	}
	r := reader{scanner{body: body}}
	in := take(&r)
	r.finish()
	if r.err != nil {
		return nil, r.err
	}
	return in, nil
}

// conversation reads a notification of …conversations.
func conversation(r *reader) messages.Input {
	in := messages.ConversationNotified{}
	var had seen
	for key, ok := r.enter("notification", notificationKeys); ok; key, ok = r.next(notificationKeys) {
		if string(key) != "eventBody" {
			r.skip()
			continue
		}
		r.once(&had, 1, "eventBody")
		in = r.event()
	}
	if in.Conversation == "" && r.err == nil {
		r.finish()
		r.fail("eventBody.id", "is missing: nothing tells which conversation it is")
	}
	return in
}

// station reads a notification of …station.
func station(r *reader) messages.Input {
	in := messages.StationNotified{}
	var had seen
	for key, ok := r.enter("notification", notificationKeys); ok; key, ok = r.next(notificationKeys) {
		switch string(key) {
		case "metadata":
			r.once(&had, 1, "metadata")
			in.Action = r.action()
		case "eventBody":
			r.once(&had, 2, "eventBody")
			in.Station = r.associated()
		default:
			r.skip()
		}
	}
	return in
}
