package server

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/stage"
)

// scene is the server as the stage of scenarios. It is the loop's.
type scene struct {
	server *Server
	say    func(who, what string)
}

// Platform is the server's.
func (sc scene) Platform() *platform.Platform { return sc.server.platform }

// Say tells whoever plays.
func (sc scene) Say(who, what string) {
	if sc.say != nil {
		sc.say(who, what)
	}
}

// Phone is whoever is logged in under a phone's token or resource, or would be.
func (sc scene) Phone(name, phone string) stage.Phone {
	of := sc.server.agents[sc.server.platform.User(name)]
	if of == nil {
		return nil
	}
	h := handset{server: sc.server, agent: of, name: phone, stream: sc.server.streamOf(of.user, phone)}
	for _, a := range of.accounts {
		if h.account == nil && (phone == "" || a.phone == phone || h.stream != nil && h.stream.account == a) {
			h.account = a
		}
	}
	if h.stream == nil && h.account == nil {
		return nil
	}
	if h.stream != nil {
		h.account = h.stream.account
	}
	return h
}

// handset is a client of a user's: its stream, if it has one now, and the page that obeys, if there is one.
type handset struct {
	stage.Nothing
	server  *Server
	agent   *agent
	account *account
	stream  *stream // nil: it has none now
	name    string
}

// String is agent/phone.
func (h handset) String() string {
	if h.Name() == "" {
		return h.agent.user.Name
	}
	return h.agent.user.Name + "/" + h.Name()
}

// User is whose it is.
func (h handset) User() *platform.User { return h.agent.user }

// Name is the phone's name: as the platform knows it, where it does.
func (h handset) Name() string {
	if h.stream != nil {
		return h.stream.peer.Phone()
	}
	return h.name
}

// Ask has the page do it.
func (h handset) Ask(r stage.Request) error {
	p := h.server.pageFor(h.account)
	if p == nil {
		return fmt.Errorf("no page that obeys is logged in as %s: %w", h, stage.ErrCannot)
	}
	method, args := r.Order()
	return p.order(method, args...)
}

// LoseNetwork cuts the client's connections, and lets no new ones come about.
func (h handset) LoseNetwork() error {
	h.account.offline.Store(true)
	for _, c := range h.agent.streams {
		if c.account == h.account {
			c.cutOff(closedAbnormally)
		}
	}
	return nil
}

// RegainNetwork lets them come about again.
func (h handset) RegainNetwork() error {
	h.account.offline.Store(false)
	return nil
}

// DisturbMedia lets the edge's side of the media die; nothing else can be done to the client's.
func (h handset) DisturbMedia(session messages.SessionID, how string) error {
	if how != "dies" {
		return fmt.Errorf("the media of a client elsewhere only dies: %w", stage.ErrCannot)
	}
	return h.server.sound.kill(session)
}

// Microphone has the page's microphone given or refused.
func (h handset) Microphone(why *messages.MicrophoneDenied) error {
	return h.bid("page.microphone", microphoneOrder(why))
}

func microphoneOrder(why *messages.MicrophoneDenied) any {
	if why == nil {
		return nil
	}
	return map[string]string{"name": why.Name, "message": why.Message}
}

// ShowPage has the page be visible or hidden.
func (h handset) ShowPage(visible bool) error { return h.bid("page.visible", visible) }

// bid has the page do something that is no method of the SDK.
func (h handset) bid(do string, args ...any) error {
	p := h.server.pageFor(h.account)
	if p == nil {
		return fmt.Errorf("no page that obeys is logged in as %s: %w", h, stage.ErrCannot)
	}
	return p.order(do, args...)
}

// onStream does something with the client's stream.
func (h handset) onStream(do func(*stream) error) error {
	if h.stream == nil {
		return fmt.Errorf("%s has no stream: %w", h, stage.ErrCannot)
	}
	return do(h.stream)
}

// Drop closes the client's socket.
func (h handset) Drop(code int) error {
	return h.onStream(func(c *stream) error { return c.drop(code) })
}

// LoseNext loses the next frame of a kind.
func (h handset) LoseNext(kind string) error {
	return h.onStream(func(c *stream) error { return c.disturbNext(frameFault{kind: kind}) })
}

// DuplicateNext sends it twice.
func (h handset) DuplicateNext(kind string) error {
	return h.onStream(func(c *stream) error { return c.disturbNext(frameFault{kind: kind, times: 2}) })
}

// DelayNext sends it later.
func (h handset) DelayNext(kind string, d time.Duration) error {
	return h.onStream(func(c *stream) error { return c.disturbNext(frameFault{kind: kind, times: 1, late: d}) })
}

// FailNext fails the next request of a kind.
func (h handset) FailNext(kind string, status int, retryAfter time.Duration) error {
	return h.agent.failNext(requestFault{kind: kind, phone: h.account.phone, status: status, retryAfter: retryAfter})
}

// IgnoreNext never answers it.
func (h handset) IgnoreNext(kind string) error {
	return h.agent.failNext(requestFault{kind: kind, phone: h.account.phone, unanswered: true})
}

// Tell has the client told an input as it stands.
func (h handset) Tell(in messages.Input) error {
	return h.onStream(func(c *stream) error {
		o := outgoing{in: in, to: c.peer.JID()}
		if _, ok, err := jingle.EncodePlatform(in, c.about(o)); err != nil || !ok {
			return fmt.Errorf("%s does not come over the stream, or lacks what it needs there: %w", in.Kind(), stage.ErrCannot)
		}
		c.say(o)
		return nil
	})
}

// Frame sends the client a frame as it stands.
func (h handset) Frame(xml string) error {
	return h.onStream(func(c *stream) error { c.say(outgoing{raw: []byte(xml)}); return nil })
}

// statement is a line of a scenario without its moment.
type statement struct {
	Do string `json:"do" help:"such as: stream of ann drops"`
}

// doStatement does what a line of a scenario says.
func (s *Server) doStatement(a asked, body statement) (nothing, error) {
	return onLoop(s, a.ctx(), func() (nothing, error) {
		do, err := scenario.ReadStatement(body.Do, s.cast())
		if err != nil {
			return nothing{}, wrong(err.Error())
		}
		return nothing{}, stage.Perform(scene{server: s}, do)
	})
}

// cast are the agents and phones that a statement may name.
func (s *Server) cast() (all []scenario.Agent) {
	for _, u := range s.platform.Users() {
		a := scenario.NewAgent(u.Name)
		a.Phones = nil
		for _, account := range s.agents[u].accounts {
			if account.phone != "" {
				a.Phones = append(a.Phones, account.phone)
			}
		}
		for _, bound := range u.Streams() {
			a.Phones = append(a.Phones, bound.Resource())
		}
		all = append(all, a)
	}
	return all
}
