package server

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// newCall is a call that comes in.
type newCall struct {
	ID         string `json:"id,omitempty" help:"a name for the conversation; made up if nothing is said"`
	Agent      string `json:"agent"`
	From       string `json:"from,omitempty" help:"the caller's number"`
	AutoAnswer bool   `json:"autoAnswer,omitempty" help:"whether the phone is asked to answer by itself"`
}

// callView is a call as the control API tells.
type callView struct {
	ID      string      `json:"id"`
	Live    bool        `json:"live"`
	FarEnd  soundView   `json:"farEnd" help:"what the far end hears"`
	Parties []partyView `json:"parties"`
}

type partyView struct {
	ID      string     `json:"id"`
	Agent   string     `json:"agent,omitempty"`
	Purpose string     `json:"purpose"`
	State   string     `json:"state"`
	Held    bool       `json:"held"`
	Muted   bool       `json:"muted"`
	Session string     `json:"session,omitempty"`
	Phone   string     `json:"phone,omitempty" help:"the client that has the session"`
	Sound   *soundView `json:"sound,omitempty" help:"what came from that client"`
}

// numberMax is how long a caller's number may be; it may be a SIP address.
const numberMax = 256

var callName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

func (s *Server) startCall(a asked, body newCall) (callView, error) {
	switch {
	case body.ID != "" && !callName.MatchString(body.ID):
		return callView{}, wrong("a call's id has letters, digits and dashes, at most 64")
	case len(body.From) > numberMax:
		return callView{}, wrong(fmt.Sprintf("a caller's number has at most %d bytes", numberMax))
	case body.From == "":
		body.From = "+15550100"
	}
	return onLoop(s, a.ctx(), func() (callView, error) {
		of, err := s.agentNamed(body.Agent)
		if err != nil {
			return callView{}, err
		}
		if len(s.platform.Conversations()) >= s.limits.Calls {
			return callView{}, conflict("there are too many calls")
		}
		for body.ID == "" {
			s.calls++
			if id := fmt.Sprintf("C%d", s.calls); s.platform.Conversation(messages.ConversationID(id)) == nil {
				body.ID = id
			}
		}
		c, err := s.platform.Call(messages.ConversationID(body.ID), body.From, of.user, body.AutoAnswer)
		if err != nil {
			return callView{}, conflict("there is a call of that id already")
		}
		s.metrics.calls.Inc()
		return s.viewCall(c), nil
	})
}

func (s *Server) viewCall(c *platform.Conversation) callView {
	view := callView{ID: string(c.ID), Live: c.Live(), FarEnd: s.sound.far(c.ID)}
	for _, p := range c.Parties {
		party := partyView{ID: string(p.ID), Purpose: p.Purpose, State: string(p.Leg.State), Held: p.Leg.Held, Muted: p.Leg.Muted}
		if p.User != nil {
			party.Agent = p.User.Name
		}
		if session := p.Leg.Session; session != nil {
			party.Session, party.Phone = string(session.ID), session.Phone()
			heard := s.sound.from(session.ID)
			party.Sound = &heard
		}
		view.Parties = append(view.Parties, party)
	}
	return view
}

func (s *Server) listCalls(a asked, _ nothing) ([]callView, error) {
	return onLoop(s, a.ctx(), func() ([]callView, error) {
		all := []callView{}
		for _, c := range s.platform.Conversations() {
			all = append(all, s.viewCall(c))
		}
		return all, nil
	})
}

// withCall does something with the call that a path names, on the loop.
func (s *Server) withCall(a asked, do func(*platform.Conversation) error) (callView, error) {
	return onLoop(s, a.ctx(), func() (callView, error) {
		c := s.platform.Conversation(messages.ConversationID(a.PathValue("call")))
		if c == nil {
			return callView{}, notFound("there is no such call")
		}
		if err := do(c); err != nil {
			return callView{}, err
		}
		return s.viewCall(c), nil
	})
}

func (s *Server) showCall(a asked, _ nothing) (callView, error) {
	return s.withCall(a, func(*platform.Conversation) error { return nil })
}

func (s *Server) hangUp(a asked, _ nothing) (callView, error) {
	return s.withCall(a, func(c *platform.Conversation) error { s.platform.HangUp(c); return nil })
}

// flag is what is to become of an agent's leg.
type flag struct {
	Agent string `json:"agent"`
	On    bool   `json:"on"`
}

func (s *Server) holdLeg(a asked, body flag) (callView, error) {
	return s.patchLeg(a, body, messages.PatchHeld)
}

func (s *Server) muteLeg(a asked, body flag) (callView, error) {
	return s.patchLeg(a, body, messages.PatchMuted)
}

func (s *Server) patchLeg(a asked, body flag, of messages.RequestKind) (callView, error) {
	return s.withCall(a, func(c *platform.Conversation) error {
		at := slices.IndexFunc(c.Parties, func(p *platform.Party) bool {
			return p.User != nil && p.User.Name == body.Agent && p.Leg.Live()
		})
		if at < 0 {
			return notFound("the agent has no live leg in the call")
		}
		party := c.Parties[at]
		answer := s.platform.Request(party.User, messages.Request{Of: of, Conversation: c.ID, Participant: party.ID, Value: body.On})
		if answer.Status >= http.StatusBadRequest {
			return &problem{answer.Status, "the platform does not do that now"}
		}
		return nil
	})
}
