package server

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// agent is a user with what only a server knows of one. It is the loop's.
type agent struct {
	user     *platform.User
	accounts []*account
	faults   []requestFault
	streams  map[*platform.Stream]*stream // that are open, bound or not
}

// newAgent is what the control API takes of an agent.
type newAgent struct {
	Name           string   `json:"name" help:"a word of lower-case letters, digits and dashes"`
	LineAppearance int      `json:"lineAppearance,omitempty" help:"1, or many: 100 if nothing is said"`
	Persistent     bool     `json:"persistent,omitempty" help:"whether the station has a persistent connection"`
	NoStation      bool     `json:"noStation,omitempty" help:"whether the agent has no station for now"`
	Phones         []string `json:"phones,omitempty" help:"one token is made for each; one without a name if nothing is said"`
	Tokens         []string `json:"tokens,omitempty" help:"the tokens themselves, in the order of the phones, of 16 bytes or more; made up where they are missing"`
}

// agentView is an agent as the control API tells.
type agentView struct {
	Name    string       `json:"name"`
	Address string       `json:"address" help:"the bare JID"`
	Station stationView  `json:"station"`
	Tokens  []tokenView  `json:"tokens,omitempty" help:"told once, when they are made"`
	Clients []clientView `json:"clients" help:"those whose streams are bound"`
}

type tokenView struct {
	Phone string `json:"phone,omitempty"`
	Token string `json:"token"`
}

type stationView struct {
	ID             string `json:"id"`
	LineAppearance int    `json:"lineAppearance"`
	Persistent     bool   `json:"persistent"`
	Associated     bool   `json:"associated"`
}

type clientView struct {
	Phone    string `json:"phone"`
	Resource string `json:"resource"`
}

// personName is how agents and phones are called: as in scenarios, and not too long.
var personName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func (s *Server) addAgent(a asked, body newAgent) (agentView, error) {
	if body.LineAppearance == 0 {
		body.LineAppearance = 100
	}
	logins, err := s.AddAgent(a.ctx(), Agent(body))
	if err != nil {
		return agentView{}, err
	}
	return onLoop(s, a.ctx(), func() (agentView, error) {
		view := s.viewAgent(s.platform.User(body.Name))
		for _, l := range logins {
			view.Tokens = append(view.Tokens, tokenView{Phone: l.Phone, Token: l.Token.Reveal()})
		}
		return view, nil
	})
}

// Agent is an agent to be added. Phones are the agent's clients, each of which gets a token; none is one without a name. Tokens
// are the tokens themselves, in the order of the phones, of 16 bytes or more; they are made up where they are missing.
type Agent struct {
	Name           string
	LineAppearance int
	Persistent     bool
	NoStation      bool
	Phones         []string
	Tokens         []string
}

// Login is how one of an agent's clients logs in.
type Login struct {
	Agent, Phone string
	Token        messages.Token
	// Options are those of the client, of a scenario's agent.
	Options messages.Options
}

// AddAgent adds an agent with a station. The error is of a name or token that is taken, or of a field out of its bounds; nothing
// was added then.
func (s *Server) AddAgent(ctx context.Context, a Agent) ([]Login, error) {
	if err := a.check(s.limits); err != nil {
		return nil, err
	}
	if len(a.Phones) == 0 {
		a.Phones = []string{""}
	}
	return onLoop(s, ctx, func() ([]Login, error) {
		switch {
		case s.platform.User(a.Name) != nil:
			return nil, conflict("there is an agent of that name already")
		case len(s.agents) >= s.limits.Agents:
			return nil, conflict("there are too many agents")
		}
		logins := make([]Login, len(a.Phones))
		for i, phone := range a.Phones {
			logins[i] = Login{Agent: a.Name, Phone: phone, Token: newToken()}
			if i < len(a.Tokens) {
				logins[i].Token = messages.Token(a.Tokens[i])
			}
			if s.accounts.of(logins[i].Token) != nil {
				return nil, errTokenTaken
			}
		}
		made := &agent{user: s.platform.AddUser(a.Name, a.LineAppearance, a.Persistent, !a.NoStation), streams: map[*platform.Stream]*stream{}}
		s.agents[made.user] = made
		for _, l := range logins {
			s.grant(made, l.Phone, l.Token)
		}
		return logins, nil
	})
}

// errTokenTaken does not say whose it is.
var errTokenTaken = conflict("a token is in use: choose another, or leave it out")

// check says what is wrong with an agent's fields.
func (a Agent) check(limits Limits) error {
	switch {
	case !personName.MatchString(a.Name):
		return wrong("an agent's name is a word of lower-case letters, digits and dashes, at most 40")
	case a.LineAppearance < 1 || a.LineAppearance > lineAppearanceMax:
		return errLineAppearance
	case len(a.Phones) > limits.StreamsPerUser || len(a.Tokens) > max(len(a.Phones), 1):
		return wrong(fmt.Sprintf("an agent has at most %d phones, and no more tokens than phones", limits.StreamsPerUser))
	}
	for i, phone := range a.Phones {
		if !personName.MatchString(phone) || slices.Contains(a.Phones[:i], phone) {
			return wrong("a phone's name is a word of lower-case letters, digits and dashes, at most 40, and no other phone's")
		}
	}
	for i, token := range a.Tokens {
		if len(token) < tokenMin || len(token) > tokenMax || slices.Contains(a.Tokens[:i], token) {
			return wrong(fmt.Sprintf("a token has %d to %d bytes, and is no other phone's", tokenMin, tokenMax))
		}
	}
	return nil
}

// Bounds of what agents have. A token is taken out of recordings wherever it occurs: a short one would take other things with it,
// and could be guessed.
const (
	tokenMin          = 16
	lineAppearanceMax = 1000
	tokenMax          = 4096
)

var errLineAppearance = wrong(fmt.Sprintf("the line appearance is from 1 to %d", lineAppearanceMax))

// grant makes a token that nobody has good for an agent's phone. It is the loop's.
func (s *Server) grant(a *agent, phone string, token messages.Token) {
	made := &account{
		user: a.user, phone: phone, journal: newJournal(s.loop.began, s.limits.JournalBytes, s.kept),
		rate:  newBucket(float64(s.limits.RequestsPerMinute)/60, float64(s.limits.RequestsPerMinute)),
		pages: newBucket(float64(s.limits.FramesPerSecond), 10*float64(s.limits.FramesPerSecond)),
	}
	s.accounts.add(token, made)
	a.accounts = append(a.accounts, made)
}

func (s *Server) addToken(a asked, body struct {
	Phone string `json:"phone,omitempty" help:"the phone that it is for"`
}) (tokenView, error) {
	if body.Phone != "" && !personName.MatchString(body.Phone) {
		return tokenView{}, wrong("a phone's name is a word of lower-case letters, digits and dashes, at most 40")
	}
	return onLoop(s, a.ctx(), func() (tokenView, error) {
		of, err := s.agentOf(a)
		if err != nil {
			return tokenView{}, err
		}
		if len(of.accounts) >= 10*s.limits.StreamsPerUser {
			return tokenView{}, conflict("the agent has too many tokens")
		}
		token := newToken()
		s.grant(of, body.Phone, token)
		return tokenView{Phone: body.Phone, Token: token.Reveal()}, nil
	})
}

// agentOf is the agent that a path names.
func (s *Server) agentOf(a asked) (*agent, error) { return s.agentNamed(a.PathValue("agent")) }

func (s *Server) agentNamed(name string) (*agent, error) {
	of := s.agents[s.platform.User(name)]
	if of == nil {
		return nil, notFound("there is no such agent")
	}
	return of, nil
}

func (s *Server) viewAgent(u *platform.User) agentView {
	view := agentView{Name: u.Name, Address: u.Bare().Reveal(), Clients: []clientView{}, Station: stationView{
		ID: string(u.Station.ID), LineAppearance: u.Station.LineAppearance, Persistent: u.Station.Persistent, Associated: u.Associated,
	}}
	for _, c := range u.Streams() {
		view.Clients = append(view.Clients, clientView{Phone: c.Phone(), Resource: c.Resource()})
	}
	return view
}

func (s *Server) listAgents(a asked, _ nothing) ([]agentView, error) {
	return onLoop(s, a.ctx(), func() ([]agentView, error) {
		all := []agentView{}
		for _, u := range s.platform.Users() {
			all = append(all, s.viewAgent(u))
		}
		return all, nil
	})
}

func (s *Server) showAgent(a asked, _ nothing) (agentView, error) {
	return onLoop(s, a.ctx(), func() (agentView, error) {
		of, err := s.agentOf(a)
		if err != nil {
			return agentView{}, err
		}
		return s.viewAgent(of.user), nil
	})
}

// stationChange is what is to become of a station; what is not said stays.
type stationChange struct {
	LineAppearance *int  `json:"lineAppearance,omitempty"`
	Persistent     *bool `json:"persistent,omitempty"`
	Associated     *bool `json:"associated,omitempty"`
}

func (s *Server) changeStation(a asked, body stationChange) (agentView, error) {
	return onLoop(s, a.ctx(), func() (agentView, error) {
		of, err := s.agentOf(a)
		if err != nil {
			return agentView{}, err
		}
		if body.LineAppearance != nil && (*body.LineAppearance < 1 || *body.LineAppearance > lineAppearanceMax) {
			return agentView{}, errLineAppearance
		}
		if body.LineAppearance != nil || body.Persistent != nil {
			s.platform.Migrate(of.user, or(body.LineAppearance, of.user.Station.LineAppearance), or(body.Persistent, of.user.Station.Persistent))
		}
		switch {
		case body.Associated == nil:
		case *body.Associated:
			s.platform.Associate(of.user)
		default:
			s.platform.Disassociate(of.user)
		}
		return s.viewAgent(of.user), nil
	})
}

func or[T any](said *T, else_ T) T {
	if said == nil {
		return else_
	}
	return *said
}

func (s *Server) changeStreams(a asked, body struct {
	Accepted bool `json:"accepted"`
}) (nothing, error) {
	return onLoop(s, a.ctx(), func() (nothing, error) {
		of, err := s.agentOf(a)
		if err == nil {
			of.user.RefuseStreams(!body.Accepted)
		}
		return nothing{}, err
	})
}

// drop is which stream is to be dropped, and how.
type drop struct {
	Phone string `json:"phone,omitempty" help:"a phone or resource; the first client if nothing is said"`
	Code  int    `json:"code,omitempty" help:"the close code; 1006, without a word, if nothing is said"`
}

func (s *Server) dropStream(a asked, body drop) (nothing, error) {
	return onLoop(s, a.ctx(), func() (nothing, error) {
		of, err := s.agentOf(a)
		if err != nil {
			return nothing{}, err
		}
		c := s.streamOf(of.user, body.Phone)
		if c == nil {
			return nothing{}, notFound("the agent has no such stream")
		}
		return nothing{}, c.drop(body.Code)
	})
}

// drop ends the connection from outside. The error is of a code that nobody can close with (RFC 6455 section 7.4).
func (c *stream) drop(code int) error {
	switch {
	case code == 0:
		code = closedAbnormally
	case code < 1000 || code > 4999 || code == 1004 || code == 1005 || code == 1015 || code > 1014 && code < 3000:
		return wrong("no WebSocket is closed with that code: 1006 is without a word, others are 1000 to 1014 and 3000 to 4999 (RFC 6455 section 7.4)")
	}
	c.cutOff(code)
	return nil
}

// streamOf is the bound stream of a user's client, by its phone or resource; "" is the first. Nil: there is none.
func (s *Server) streamOf(u *platform.User, phone string) *stream {
	for _, bound := range u.Streams() {
		if phone != "" && bound.Phone() != phone && bound.Resource() != phone {
			continue
		}
		return s.agents[u].streams[bound]
	}
	return nil
}
