package replay

import (
	"encoding/json"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// LookInto returns what looks inside a softphone's cell: the lists that its root keeps, in the words of the SDK's own
// fields. A cell that cannot be looked into shows nothing.
func LookInto(c *runtime.Cell) func() State {
	return func() State {
		raw, err := c.Inspect(messages.Root, softphone.Chart.Name())
		if err != nil {
			return State{}
		}
		var root fsm.Snapshot[softphone.Data]
		if err := json.Unmarshal(raw, &root); err != nil {
			return State{}
		}
		return stateOf(root.Data)
	}
}

func stateOf(d softphone.Data) State {
	s := State{Connected: d.Stream.Bound}
	if d.Phone.Present {
		s.Station = &StationView{
			ID: string(d.Phone.Station.ID), LineAppearance: d.Phone.Station.LineAppearance, Persistent: d.Phone.Station.Persistent,
		}
	}
	for _, v := range d.Invitations {
		s.SDKPending = append(s.SDKPending, PendingView{
			ID: string(v.Session), ConversationID: string(v.Conversation), Accepted: v.Ordered, AutoAnswer: v.AutoAnswer,
		})
	}
	for _, v := range d.Proposals {
		s.SCPending = append(s.SCPending, StreamPendingView{ID: string(v.Propose.Session), Accepted: v.Taken})
	}
	for _, v := range d.Listed() {
		s.Sessions = append(s.Sessions, SessionView{
			ID: string(v.View.Session), ConversationID: string(v.Carries), State: v.View.Stage, PC: string(v.Media.Connection),
		})
	}
	for _, v := range d.Sessions {
		if v.View.Ref == d.Line.Session {
			id := string(v.View.Session)
			s.ActiveSession = &id
		}
	}
	for i := range d.Conversations {
		s.Conversations = append(s.Conversations, conversationView(d.State(&d.Conversations[i])))
	}
	return s
}

func conversationView(c messages.ConversationState) ConversationView {
	v := ConversationView{ConversationID: string(c.Conversation), SessionID: string(c.Session)}
	if c.Call != nil {
		call := Call(*c.Call)
		v.Call = &call
	}
	return v
}
