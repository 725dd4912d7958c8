package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/stage"
)

// Playing is how a scenario is played on whoever is logged in.
type Playing struct {
	// Say tells what happens, as it does; nil: nobody listens.
	Say func(at time.Duration, who, what string)
	// Patience is how long to wait for an event, or for a person to do what a line says.
	Patience time.Duration
	// Settle is how long to go on after the last line.
	Settle time.Duration
}

// Left is a line of a scenario that found nothing to do.
type Left struct {
	Line int // in the file, from 1
	Do   scenario.Statement
	Why  string
}

// Cast adds the agents of a scenario, with a token for each phone. What it says of the platform is not looked at: a platform
// that runs has its options.
func (s *Server) Cast(ctx context.Context, of scenario.Scenario) ([]Login, error) {
	var all []Login
	for _, a := range of.Agents {
		view, err := s.AddAgent(ctx, Agent{Name: a.Name, LineAppearance: a.LineAppearance, Persistent: a.Persistent, NoStation: a.NoStation, Phones: a.Phones})
		if err != nil {
			return nil, fmt.Errorf("server: agent %s: %w", a.Name, err)
		}
		for i := range view {
			view[i].Options = a.Options
		}
		all = append(all, view...)
	}
	return all, nil
}

// AwaitReady waits until every phone of a scenario has a stream that is bound, and has subscribed.
func (s *Server) AwaitReady(ctx context.Context, of scenario.Scenario) error {
	return s.await(ctx, func() bool {
		for _, a := range of.Agents {
			u := s.platform.User(a.Name)
			if u == nil || subscribed(u) < len(a.Phones) {
				return false
			}
		}
		return true
	})
}

// subscribed is how many of a user's clients hear notifications.
func subscribed(u *platform.User) (n int) {
	for _, c := range u.Streams() {
		if c.Subscribed() {
			n++
		}
	}
	return n
}

// glance is how often it is looked whether something has happened that nobody tells of.
const glance = 20 * time.Millisecond

// await waits until something holds on the loop.
func (s *Server) await(ctx context.Context, holds func() bool) error {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		var held bool
		if err := s.loop.do(ctx, func() { held = holds() }); err != nil {
			return err
		}
		if held {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.stopped:
			return errClosed
		}
	}
}

// Play does the lines of a scenario at their moments, in real time. What an agent does at a phone is done by the page that
// obeys there, or by a person who is told to. The error is of a context that ended; lines that found nothing to do are left.
func (s *Server) Play(ctx context.Context, of scenario.Scenario, how Playing) ([]Left, error) {
	d := &driver{server: s, how: how, start: s.loop.since()}
	d.moment, d.done = d.start, d.start
	for _, line := range of.Lines {
		why, err := d.line(ctx, line)
		if err != nil {
			return d.left, err
		}
		if why != "" {
			d.left = append(d.left, Left{Line: line.At, Do: line.Do, Why: why})
			d.say("", "left: "+why)
		}
	}
	return d.left, d.until(ctx, s.loop.since()+how.Settle)
}

// driver is one play.
type driver struct {
	server *Server
	how    Playing
	start  time.Duration
	moment time.Duration // of the last line
	done   time.Duration // when it was done, which is later if a person did it
	left   []Left
}

func (d *driver) say(who, what string) {
	if d.how.Say != nil {
		d.how.Say(d.server.loop.since()-d.start, who, what)
	}
}

// line waits for the moment of a line and does it; why says why it could not be done.
func (d *driver) line(ctx context.Context, l scenario.Line) (why string, err error) {
	due := d.done + l.When.After
	switch {
	case l.When.Event != "":
		at, why, err := d.event(ctx, l.When)
		if err != nil || why != "" {
			return why, err
		}
		due = at + l.When.After
	case l.When.Absolute:
		due = d.start + l.When.After
	}
	if err := d.until(ctx, due); err != nil {
		return "", err
	}
	d.moment = d.server.loop.since()
	d.say("", l.Do.String())
	why, err = d.do(ctx, l.Do)
	d.done = d.moment
	if since := d.server.loop.since(); since > d.moment+glance {
		d.done = since // a person was waited for
	}
	return why, err
}

func (d *driver) until(ctx context.Context, due time.Duration) error {
	select {
	case <-time.After(due - d.server.loop.since()):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-d.server.stopped:
		return errClosed
	}
}

// do does what a line says, or has a person do it.
func (d *driver) do(ctx context.Context, do scenario.Statement) (why string, err error) {
	var fault error
	if err := d.server.loop.do(ctx, func() { fault = stage.Perform(scene{server: d.server, say: d.say}, do) }); err != nil {
		return "", err
	}
	if !errors.Is(fault, stage.ErrCannot) {
		return text(fault), nil
	}
	done, observable := deeds[do.Verb]
	if !observable {
		return fault.Error(), nil
	}
	d.say(do.Phone.String(), "please do this now")
	patient, cancel := context.WithTimeout(ctx, d.how.Patience)
	defer cancel()
	err = d.server.await(patient, func() bool { return done(d.server, do) })
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return "nobody did it in time", nil
	}
	return "", err
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// deeds tell whether the platform sees that somebody has done what a line says.
var deeds = map[scenario.Verb]func(*Server, scenario.Statement) bool{
	scenario.Answer:   ofLeg(func(l *platform.Leg) bool { return l.Up() || l.Session != nil && l.Session.Phone() != "" }),
	scenario.Hold:     ofLeg(func(l *platform.Leg) bool { return l.Held }),
	scenario.Retrieve: ofLeg(func(l *platform.Leg) bool { return !l.Held }),
	scenario.Mute:     ofLeg(func(l *platform.Leg) bool { return l.Muted }),
	scenario.Unmute:   ofLeg(func(l *platform.Leg) bool { return !l.Muted }),
	scenario.Reject:   ofLeg(func(l *platform.Leg) bool { return !l.Live() }),
	scenario.End:      ofLeg(func(l *platform.Leg) bool { return !l.Live() }),
	scenario.LogOut:   func(s *Server, do scenario.Statement) bool { return s.client(do.Phone) == nil },
	scenario.LogIn:    func(s *Server, do scenario.Statement) bool { return s.client(do.Phone) != nil },
}

// ofLeg is for what is seen of an agent's newest leg in a call; one that is forgotten is over.
func ofLeg(is func(*platform.Leg) bool) func(*Server, scenario.Statement) bool {
	return func(s *Server, do scenario.Statement) bool {
		c, u := s.platform.Conversation(messages.ConversationID(do.Call)), s.platform.User(do.Phone.Agent)
		if c == nil || u == nil || c.Leg(u) == nil {
			return false
		}
		return is(c.Leg(u))
	}
}

// client is the stream of a phone, or nil.
func (s *Server) client(of scenario.Phone) *stream {
	u := s.platform.User(of.Agent)
	if u == nil {
		return nil
	}
	return s.streamOf(u, of.Name)
}

// event waits until the page of a phone has told of an event, from the moment of the line before on; why says why it has not.
func (d *driver) event(ctx context.Context, w scenario.When) (at time.Duration, why string, err error) {
	var p *page
	if err := d.server.loop.do(ctx, func() {
		if h, is := (scene{server: d.server}).Phone(w.Phone.Agent, w.Phone.Name).(handset); is {
			p = d.server.pageOn(h.account)
		}
	}); err != nil {
		return 0, "", err
	}
	if p == nil {
		return 0, "no page of that phone tells what it announces", nil
	}
	patience := time.NewTimer(d.how.Patience)
	defer patience.Stop()
	for {
		heard, more := p.since(d.moment)
		i := slices.IndexFunc(heard, func(t told) bool { return t.name == w.Event && strings.Contains(t.args, mention(w.Call)) })
		if i >= 0 {
			return heard[i].at, "", nil
		}
		select {
		case <-more:
		case <-patience.C:
			return 0, "nothing of that kind was announced in time", nil
		case <-d.server.stopped:
			return 0, "", errClosed
		case <-ctx.Done():
			return 0, "", ctx.Err()
		}
	}
}

// mention is how the arguments of an event name a conversation, or "".
func mention(call string) string {
	if call == "" {
		return ""
	}
	return `"conversationId":"` + call + `"`
}
