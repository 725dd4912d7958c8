package notifications

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/hookswitch/hookswitch/messages"
)

// The shapes of what Encode writes: what Decode reads, and no more.
type (
	envelope struct {
		Topic    string `json:"topicName"`
		Version  string `json:"version"`
		Event    any    `json:"eventBody"`
		Metadata any    `json:"metadata"`
	}
	conversationBody struct {
		ID           messages.ConversationID `json:"id"`
		Participants []participant           `json:"participants"`
	}
	participant struct {
		ID      messages.ParticipantID `json:"id"`
		User    messages.UserID        `json:"userId,omitempty"`
		Purpose string                 `json:"purpose,omitempty"`
		Calls   []call                 `json:"calls"`
	}
	call struct {
		State     messages.CallState `json:"state,omitempty"`
		Direction string             `json:"direction,omitempty"`
		Muted     *bool              `json:"muted,omitempty"`
		Held      *bool              `json:"held,omitempty"`
		Confined  *bool              `json:"confined,omitempty"`
		Error     *callError         `json:"errorInfo,omitempty"`
	}
	callError struct {
		Code string `json:"code,omitempty"`
	}
	stationBody struct {
		Associated *stationID `json:"associatedStation"`
	}
	stationID struct {
		ID messages.StationID `json:"id"`
	}
	stationAction struct {
		Action string `json:"action"`
	}
)

// Encode writes a notification to a user, for tests and for the simulated platform; Decode reads back the same input. An
// error means that the input is no notification, or holds what JSON cannot carry.
func Encode(user messages.UserID, in messages.Input) (topic string, body []byte, err error) {
	n := envelope{Version: "2", Event: struct{}{}, Metadata: struct{}{}}
	switch in := in.(type) {
	case messages.ConversationNotified:
		n.Topic, n.Event = "v2.users."+string(user)+".conversations", conversationOf(in)
	case messages.StationNotified:
		n.Topic, n.Event, n.Metadata = "v2.users."+string(user)+".station", stationOf(in), stationAction{in.Action}
	case messages.NoLongerSubscribed:
		n.Topic = "no_longer_subscribed"
	case messages.DuplicateID:
		n.Topic = "channel.duplicate_id"
	case messages.SubscriptionsExpiring:
		n.Topic = "streaming-subscriptions-expiring"
	case messages.UnknownTopic:
		n.Topic = in.Topic
	default:
		return "", nil, fmt.Errorf("notifications: encode: %s is not a notification", in.Kind())
	}
	if body, err = json.Marshal(n); err != nil {
		return "", nil, fmt.Errorf("notifications: encode %s: %w", in.Kind(), err)
	}
	if isReplaced(body) {
		return "", nil, fmt.Errorf("notifications: encode %s: a text is not UTF-8", in.Kind())
	}
	return n.Topic, body, nil
}

// isReplaced tells whether encoding/json put U+FFFD where a text was not UTF-8: that alone it writes as an escape.
func isReplaced(body []byte) bool {
	return bytes.Contains(bytes.ReplaceAll(body, []byte(`\\`), nil), []byte(`\ufffd`))
}

func conversationOf(in messages.ConversationNotified) conversationBody {
	c := conversationBody{ID: in.Conversation, Participants: []participant{}}
	for _, p := range in.Participants {
		calls := []call{}
		for _, leg := range p.Calls {
			calls = append(calls, callOf(leg))
		}
		c.Participants = append(c.Participants, participant{ID: p.ID, User: p.User, Purpose: p.Purpose, Calls: calls})
	}
	return c
}

func callOf(leg messages.Leg) call {
	c := call{
		State: leg.State, Direction: leg.Direction,
		Muted: boolean(leg.Muted), Held: boolean(leg.Held), Confined: boolean(leg.Confined),
	}
	if leg.Failed {
		c.Error = &callError{Code: leg.ErrorCode}
	}
	return c
}

// boolean is a flag as JSON has it; nil leaves the field out.
func boolean(f messages.Flag) *bool {
	if f == messages.Unset {
		return nil
	}
	return new(f.True())
}

func stationOf(in messages.StationNotified) stationBody {
	if in.Station == "" {
		return stationBody{}
	}
	return stationBody{&stationID{in.Station}}
}
