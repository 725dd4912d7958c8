package replay

import (
	"encoding/json"

	"github.com/hookswitch/hookswitch/messages"
)

// arguments is the first argument of a recorded call, where it is an object. JavaScript lets a caller leave out anything.
type arguments struct {
	Conversation messages.ConversationID `json:"conversationId"`
	Session      messages.SessionID      `json:"sessionId"`
	ID           messages.SessionID      `json:"id"`
	Type         messages.SessionType    `json:"sessionType"`
	Reason       string                  `json:"reason"`
	Mute         bool                    `json:"mute"`
	Held         bool                    `json:"held"`
}

// word is the n-th argument where it is a string, else "".
func word(args []json.RawMessage, n int) string {
	var s string
	if n >= len(args) || json.Unmarshal(args[n], &s) != nil {
		return ""
	}
	return s
}

// object reads the first argument. What is not of the right type counts as absent.
func object(args []json.RawMessage) (a arguments) {
	if len(args) == 0 {
		return a
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(args[0], &fields) != nil {
		return a
	}
	for name, into := range map[string]any{
		"conversationId": &a.Conversation, "sessionId": &a.Session, "id": &a.ID, "sessionType": &a.Type,
		"reason": &a.Reason, "mute": &a.Mute, "held": &a.Held,
	} {
		if raw, there := fields[name]; there {
			_ = json.Unmarshal(raw, into) // absent if of another type
		}
	}
	if a.Session == "" {
		a.Session = a.ID
	}
	return a
}

// requestOf is the request that a recorded call of a method stands for (sdk-behaviour 2).
func requestOf(method string, call messages.CallID, args []json.RawMessage) messages.Input {
	a := object(args)
	switch method {
	case "initialize":
		return messages.Initialize{Call: call}
	case "disconnect":
		return messages.Disconnect{Call: call}
	case "destroy":
		return messages.Destroy{Call: call}
	case "acceptPendingSession":
		return messages.Answer{Call: call, Conversation: a.Conversation, Session: a.Session, Type: a.Type}
	case "rejectPendingSession":
		return messages.Decline{Call: call, Conversation: a.Conversation, Session: a.Session, Type: a.Type}
	case "acceptSession":
		return messages.AcceptSession{Call: call, Conversation: a.Conversation, Type: a.Type}
	case "endSession":
		return messages.EndSession{Call: call, Conversation: a.Conversation, Type: a.Type, Reason: a.Reason}
	case "forceTerminateSession":
		return messages.TerminateSession{Call: call, Session: messages.SessionID(word(args, 0)), Reason: word(args, 1)}
	case "setAudioMute":
		return messages.Mute{Call: call, Conversation: a.Conversation, Muted: a.Mute}
	case "setVideoMute":
		return messages.MuteVideo{Call: call, Conversation: a.Conversation, Muted: a.Mute}
	case "setConversationHeld":
		return messages.Hold{Call: call, Conversation: a.Conversation, Held: a.Held}
	case "startSoftphoneSession":
		return messages.Dial{Call: call, Params: params(args)}
	case "setAccessToken":
		return messages.SetAccessToken{Call: call}
	case "addAllowedSessionType":
		return messages.AllowSessionType{Call: call, Type: messages.SessionType(word(args, 0))}
	case "removeAllowedSessionType":
		return messages.DisallowSessionType{Call: call, Type: messages.SessionType(word(args, 0))}
	default:
		return messages.UnknownRequest{Call: call, Name: method}
	}
}

// params are those of a call being placed, passed on as they are.
func params(args []json.RawMessage) messages.Opaque {
	if len(args) == 0 {
		return ""
	}
	return messages.Opaque(args[0])
}
