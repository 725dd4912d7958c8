package stage

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// Request is what an agent asks of a phone: the verb of a scenario, and what it is about. It is told to a cell as an input
// (Input), and to a page with the reference SDK as a method (Order).
type Request struct {
	Do   scenario.Verb // LogIn to Unmute
	Call messages.ConversationID
	// Session and Reason are of Terminate, the number of Dial.
	Session messages.SessionID
	Reason  string
	Number  string
}

// String is the request in the scenario's words.
func (r Request) String() string {
	switch r.Do {
	case scenario.Dial:
		return "dial " + string(r.Call)
	case scenario.Terminate:
		return "terminates session " + string(r.Call)
	default:
		return strings.TrimSpace(string(r.Do) + " " + string(r.Call))
	}
}

// Input is the request as a cell takes it; nil if the verb is none of a request.
func (r Request) Input(id messages.CallID) messages.Input {
	switch r.Do {
	case scenario.LogIn:
		return messages.Initialize{Call: id}
	case scenario.LogOut:
		return messages.Destroy{Call: id}
	case scenario.Disconnect:
		return messages.Disconnect{Call: id}
	case scenario.Answer:
		return messages.Answer{Call: id, Conversation: r.Call}
	case scenario.Reject:
		return messages.Decline{Call: id, Conversation: r.Call}
	case scenario.AcceptSession:
		return messages.AcceptSession{Call: id, Conversation: r.Call}
	case scenario.End:
		return messages.EndSession{Call: id, Conversation: r.Call}
	case scenario.Terminate:
		return messages.TerminateSession{Call: id, Session: r.Session, Reason: r.Reason}
	case scenario.Hold, scenario.Retrieve:
		return messages.Hold{Call: id, Conversation: r.Call, Held: r.Do == scenario.Hold}
	case scenario.Mute, scenario.Unmute:
		return messages.Mute{Call: id, Conversation: r.Call, Muted: r.Do == scenario.Mute}
	case scenario.Dial:
		return messages.Dial{Call: id, Params: r.params()}
	default:
		return nil
	}
}

// params are those of a call being placed: the scenario's name for it is the caller's, by which the platform knows it.
func (r Request) params() messages.Opaque {
	body, err := json.Marshal(r.dialled())
	if err != nil {
		panic(fmt.Sprintf("stage: two texts cannot be written as JSON: %v", err))
	}
	return messages.Opaque(body)
}

func (r Request) dialled() map[string]any {
	return map[string]any{"phoneNumber": r.Number, "callerIdName": string(r.Call)}
}

// Order is the request as a method of the reference SDK with its arguments, which can be written as JSON; "" if the verb is
// none of a request. It is the same call that Input stands for (sdk-behaviour 2).
func (r Request) Order() (method string, args []any) {
	about := func(more map[string]any) []any {
		one := map[string]any{"conversationId": string(r.Call)}
		for name, value := range more {
			one[name] = value
		}
		return []any{one}
	}
	switch r.Do {
	case scenario.LogIn:
		return "initialize", []any{}
	case scenario.LogOut:
		return "destroy", []any{}
	case scenario.Disconnect:
		return "disconnect", []any{}
	case scenario.Answer:
		return "acceptPendingSession", about(nil)
	case scenario.Reject:
		return "rejectPendingSession", about(nil)
	case scenario.AcceptSession:
		return "acceptSession", about(nil)
	case scenario.End:
		return "endSession", about(nil)
	case scenario.Hold, scenario.Retrieve:
		return "setConversationHeld", about(map[string]any{"held": r.Do == scenario.Hold})
	case scenario.Mute, scenario.Unmute:
		return "setAudioMute", about(map[string]any{"mute": r.Do == scenario.Mute})
	case scenario.Dial:
		return "startSoftphoneSession", []any{r.dialled()}
	case scenario.Terminate:
		if r.Reason == "" {
			return "forceTerminateSession", []any{string(r.Session)}
		}
		return "forceTerminateSession", []any{string(r.Session), r.Reason}
	default:
		return "", nil
	}
}
