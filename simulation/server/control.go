package server

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// controls are everything that the control API does.
func controls() []endpoint {
	return []endpoint{
		on("GET", "/control/agents", "The agents, with their stations and clients.", (*Server).listAgents),
		on("POST", "/control/agents", "Adds an agent with a station; gives the access token of each of the agent's phones.", (*Server).addAgent),
		on("GET", "/control/agents/{agent}", "One agent.", (*Server).showAgent),
		on("POST", "/control/agents/{agent}/tokens", "Makes one more access token.", (*Server).addToken),
		on("POST", "/control/agents/{agent}/station", "Migrates, associates or disassociates the station, during whatever goes on.", (*Server).changeStation),
		on("POST", "/control/agents/{agent}/streams", "Refuses or accepts connections of the agent's clients from now on.", (*Server).changeStreams),
		on("POST", "/control/agents/{agent}/drop", "Drops the stream of one of the agent's clients.", (*Server).dropStream),
		on("GET", "/control/calls", "The calls that are not forgotten.", (*Server).listCalls),
		on("POST", "/control/calls", "A caller calls an agent.", (*Server).startCall),
		on("GET", "/control/calls/{call}", "One call: its parties, and what is heard at either end.", (*Server).showCall),
		on("POST", "/control/calls/{call}/hangup", "The caller hangs up.", (*Server).hangUp),
		on("POST", "/control/calls/{call}/hold", "Holds or retrieves an agent's leg from outside.", (*Server).holdLeg),
		on("POST", "/control/calls/{call}/mute", "Mutes or unmutes an agent's leg from outside.", (*Server).muteLeg),
		on("POST", "/control/faults", "Lets the next request or frame of a kind fail, be late, be lost or come twice.", (*Server).addFault),
		on("POST", "/control/statements", "Does what a line of a scenario says (docs/scenarios.md), such as: edge reinvites ann for C1.", (*Server).doStatement),
		on("GET", "/control/pages", "The pages that record.", (*Server).listPages),
		on("POST", "/control/pages/{page}/do", "Has a page call a method of the SDK.", (*Server).orderPage),
	}
}

// control puts the control API on a mux.
func (s *Server) control(mux *http.ServeMux) {
	mux.HandleFunc("GET /control", s.trusted(s.serveOpenAPI))
	for _, e := range controls() {
		mux.HandleFunc(e.method+" "+e.path, s.trusted(func(w http.ResponseWriter, r *http.Request) { e.serve(s, w, r) }))
	}
	mux.HandleFunc("GET /control/agents/{agent}/journal", s.trusted(s.serveJournal))
	mux.HandleFunc("GET /control/pages/{page}/capture", s.trusted(s.serveCapture))
	mux.HandleFunc("POST /control/pages/{page}/records", s.takeRecords)
	mux.HandleFunc("GET /control/pages/{page}/orders", s.serveOrders)
}

// trusted asks for the control token, if there is one.
func (s *Server) trusted(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if want := s.cfg.ControlToken; want != "" && subtle.ConstantTimeCompare([]byte(bearer(r).Reveal()), []byte(want.Reveal())) != 1 {
			refuse(w, http.StatusUnauthorized, "control: the control token is asked for, as Authorization: Bearer")
			return
		}
		next(w, r)
	}
}

// agent is a user with what only a server knows of one. It is the loop's.
type agent struct {
	user     *platform.User
	accounts []*account
	faults   []requestFault
}

// newAgent is what the control API takes of an agent.
type newAgent struct {
	Name           string   `json:"name" help:"a word of lower-case letters, digits and dashes"`
	LineAppearance int      `json:"lineAppearance,omitempty" help:"1, or many: 100 if nothing is said"`
	Persistent     bool     `json:"persistent,omitempty" help:"whether the station has a persistent connection"`
	NoStation      bool     `json:"noStation,omitempty" help:"whether the agent has no station for now"`
	Phones         []string `json:"phones,omitempty" help:"one token is made for each; one without a name if nothing is said"`
	Tokens         []string `json:"tokens,omitempty" help:"the tokens themselves, in the order of the phones; made up where they are missing"`
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

var agentName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

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
// are the tokens themselves, in the order of the phones; they are made up where they are missing.
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

// AddAgent adds an agent with a station. The error is of a name or token that is taken, or of a field out of its bounds.
func (s *Server) AddAgent(ctx context.Context, a Agent) ([]Login, error) {
	switch {
	case !agentName.MatchString(a.Name):
		return nil, wrong("an agent's name is a word of lower-case letters, digits and dashes")
	case a.LineAppearance < 1 || a.LineAppearance > 1000:
		return nil, wrong("the line appearance is from 1 to 1000")
	case len(a.Phones) > s.limits.StreamsPerUser || len(a.Tokens) > max(len(a.Phones), 1):
		return nil, wrong(fmt.Sprintf("an agent has at most %d phones, and no more tokens than phones", s.limits.StreamsPerUser))
	case len(a.Phones) == 0:
		a.Phones = []string{""}
	}
	return onLoop(s, ctx, func() ([]Login, error) {
		if s.platform.User(a.Name) != nil {
			return nil, conflict("there is an agent of that name already")
		}
		made := &agent{user: s.platform.AddUser(a.Name, a.LineAppearance, a.Persistent, !a.NoStation)}
		s.agents[made.user] = made
		var logins []Login
		for i, phone := range a.Phones {
			token := newToken()
			if i < len(a.Tokens) {
				token = messages.Token(a.Tokens[i])
			}
			if err := s.grant(made, phone, token); err != nil {
				return nil, err
			}
			logins = append(logins, Login{Agent: a.Name, Phone: phone, Token: token})
		}
		return logins, nil
	})
}

// grant makes a token good for an agent's phone.
func (s *Server) grant(a *agent, phone string, token messages.Token) error {
	made := &account{
		user: a.user, phone: phone, journal: newJournal(s.loop.began, s.limits.JournalBytes),
		rate: newBucket(float64(s.limits.RequestsPerMinute)/60, float64(s.limits.RequestsPerMinute)),
	}
	if token == "" || !s.accounts.add(token, made) {
		return conflict("a token is empty, or in use")
	}
	a.accounts = append(a.accounts, made)
	return nil
}

func (s *Server) addToken(a asked, body struct {
	Phone string `json:"phone,omitempty" help:"the phone that it is for"`
}) (tokenView, error) {
	return onLoop(s, a.ctx(), func() (tokenView, error) {
		of, err := s.agentOf(a)
		if err != nil {
			return tokenView{}, err
		}
		if len(of.accounts) >= 10*s.limits.StreamsPerUser {
			return tokenView{}, conflict("the agent has too many tokens")
		}
		token := newToken()
		return tokenView{Phone: body.Phone, Token: token.Reveal()}, s.grant(of, body.Phone, token)
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
		if body.LineAppearance != nil && (*body.LineAppearance < 1 || *body.LineAppearance > 1000) {
			return agentView{}, wrong("lineAppearance is from 1 to 1000")
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
		c.drop(body.Code)
		return nothing{}, nil
	})
}

// drop ends the connection from outside.
func (c *stream) drop(code int) {
	if code == 0 {
		code = closedAbnormally
	}
	c.finish(farewell{code: code})
}

// streamOf is the bound stream of a user's client, by its phone or resource; "" is the first. Nil: there is none.
func (s *Server) streamOf(u *platform.User, phone string) *stream {
	for _, bound := range u.Streams() {
		if phone != "" && bound.Phone() != phone && bound.Resource() != phone {
			continue
		}
		for c := range s.open {
			if c.peer == bound {
				return c
			}
		}
	}
	return nil
}

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

var callName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

func (s *Server) startCall(a asked, body newCall) (callView, error) {
	return onLoop(s, a.ctx(), func() (callView, error) {
		of, err := s.agentNamed(body.Agent)
		if err != nil {
			return callView{}, err
		}
		for body.ID == "" {
			s.calls++
			if id := fmt.Sprintf("C%d", s.calls); s.platform.Conversation(messages.ConversationID(id)) == nil {
				body.ID = id
			}
		}
		if !callName.MatchString(body.ID) {
			return callView{}, wrong("a call's id has letters, digits and dashes, at most 64")
		}
		if body.From == "" {
			body.From = "+15550100"
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
			return &controlFault{answer.Status, "the platform does not do that now"}
		}
		return nil
	})
}

// fault is something that is to go wrong once.
type fault struct {
	Agent        string `json:"agent"`
	Phone        string `json:"phone,omitempty"`
	Request      string `json:"request,omitempty" help:"a kind of request, such as patch-held (docs/scenarios.md, REQUEST)"`
	Frame        string `json:"frame,omitempty" help:"or what the platform says over the stream, such as offer (docs/scenarios.md, INPUT)"`
	Status       int    `json:"status,omitempty" help:"with which a request fails"`
	RetryAfter   int    `json:"retryAfter,omitempty" help:"seconds, as the header says them"`
	Milliseconds int    `json:"milliseconds,omitempty" help:"by which an answer or a frame is late"`
	Unanswered   bool   `json:"unanswered,omitempty" help:"a request is done and never answered"`
	Times        *int   `json:"times,omitempty" help:"how often a frame is sent: 0 or 2"`
}

func (s *Server) addFault(a asked, body fault) (nothing, error) {
	late := time.Duration(body.Milliseconds) * time.Millisecond
	switch {
	case (body.Request == "") == (body.Frame == ""):
		return nothing{}, wrong("a fault is of a request or of a frame")
	case late < 0 || late > time.Hour || body.RetryAfter < 0:
		return nothing{}, wrong("a time is from nothing to an hour")
	case body.Request != "" && body.Status == 0 && !body.Unanswered && late == 0:
		return nothing{}, wrong("it does not say what goes wrong: status, milliseconds or unanswered")
	case body.Status != 0 && (body.Status < 200 || body.Status > 599):
		return nothing{}, wrong("a status is from 200 to 599")
	case body.Times != nil && (*body.Times < 0 || *body.Times > 2):
		return nothing{}, wrong("a frame is sent at most twice")
	}
	return onLoop(s, a.ctx(), func() (nothing, error) {
		of, err := s.agentNamed(body.Agent)
		if err != nil {
			return nothing{}, err
		}
		if body.Request != "" {
			return nothing{}, of.failNext(requestFault{
				kind: body.Request, phone: body.Phone, status: body.Status, retryAfter: time.Duration(body.RetryAfter) * time.Second,
				unanswered: body.Unanswered, delay: late,
			})
		}
		c := s.streamOf(of.user, body.Phone)
		if c == nil {
			return nothing{}, notFound("the agent has no such stream")
		}
		return nothing{}, c.disturbNext(frameFault{kind: body.Frame, times: or(body.Times, 1), late: late})
	})
}

// faultsMax is how many faults may wait to happen.
const faultsMax = 100

func (a *agent) failNext(f requestFault) error {
	if len(a.faults) >= faultsMax {
		return conflict("too many faults wait already")
	}
	a.faults = append(a.faults, f)
	return nil
}

func (c *stream) disturbNext(f frameFault) error {
	if len(c.faults) >= faultsMax {
		return conflict("too many faults wait already")
	}
	c.faults = append(c.faults, f)
	return nil
}

// serveJournal gives what a phone said and heard, as capture/1 from its own side.
func (s *Server) serveJournal(w http.ResponseWriter, r *http.Request) {
	phone := r.URL.Query().Get("phone")
	found, err := onLoop(s, r.Context(), func() (*account, error) {
		of, err := s.agentOf(asked{r})
		if err != nil {
			return nil, err
		}
		for _, one := range of.accounts {
			if phone == "" || one.phone == phone {
				return one, nil
			}
		}
		return nil, notFound("the agent has no token for such a phone")
	})
	if err != nil {
		refuseControl(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	full, err := found.journal.write(w, s.environment(), s.socketHost())
	if full && err == nil {
		s.slog.Warn("a journal is not whole: there was no room for all of it", "user", found.user.Name)
	}
}
