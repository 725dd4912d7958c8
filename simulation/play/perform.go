package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// The reasons why a line finds nothing to do.
var (
	errNoCall    = errors.New("there is no such call")
	errNoSession = errors.New("no session carries the call there")
	errNoAgent   = errors.New("there is no such agent")
	errNoPhone   = errors.New("there is no such phone")
	errAsleep    = errors.New("the machine sleeps")
)

// perform does what a line says. The error says why it could not be done; nothing has changed then.
func perform(p *player, s scenario.Statement) error {
	do, known := verbs[s.Verb]
	if !known {
		return fmt.Errorf("%s: nobody knows how to do that", s.Verb)
	}
	return do(p, s)
}

// verbs are all that can be done.
var verbs = map[scenario.Verb]func(*player, scenario.Statement) error{}

func init() {
	for _, some := range []map[scenario.Verb]func(*player, scenario.Statement) error{callers, requests, desktop, machine, stations, edges, faults} {
		maps.Copy(verbs, some)
	}
}

var callers = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.Calls: func(p *player, s scenario.Statement) error {
		u := p.world.Platform.User(s.Agent)
		if u == nil {
			return errNoAgent
		}
		number := s.Word
		if number == "" {
			number = "+15550100"
		}
		_, err := p.world.Platform.Call(messages.ConversationID(s.Call), number, u, s.Flag)
		return err
	},
	scenario.HangUp: withCall(func(p *player, c *platform.Conversation, _ scenario.Statement) error {
		p.world.Platform.HangUp(c)
		return nil
	}),
	scenario.FailTo: withCall(func(p *player, c *platform.Conversation, s scenario.Statement) error {
		p.world.Platform.Fail(c, s.Word)
		return nil
	}),
}

// withCall is for what needs a conversation.
func withCall(do func(*player, *platform.Conversation, scenario.Statement) error) func(*player, scenario.Statement) error {
	return func(p *player, s scenario.Statement) error {
		c := p.world.Platform.Conversation(messages.ConversationID(s.Call))
		if c == nil {
			return errNoCall
		}
		return do(p, c, s)
	}
}

// withPhone is for what needs a phone.
func withPhone(do func(*player, *world.Phone, scenario.Statement) error) func(*player, scenario.Statement) error {
	return func(p *player, s scenario.Statement) error {
		phone := p.world.Phone(s.Phone.Agent, s.Phone.Name)
		if phone == nil {
			return errNoPhone
		}
		return do(p, phone, s)
	}
}

// withAwake is for what an agent does at a phone.
func withAwake(do func(*player, *world.Phone, scenario.Statement) error) func(*player, scenario.Statement) error {
	return withPhone(func(p *player, phone *world.Phone, s scenario.Statement) error {
		if phone.Asleep() {
			return errAsleep
		}
		return do(p, phone, s)
	})
}

// asks is for a request of the embedding program about a conversation.
func asks(make func(messages.CallID, messages.ConversationID) messages.Input) func(*player, scenario.Statement) error {
	return withAwake(func(_ *player, phone *world.Phone, s scenario.Statement) error {
		name := strings.TrimSpace(string(s.Verb) + " " + s.Call)
		phone.Request(name, func(id messages.CallID) messages.Input { return make(id, messages.ConversationID(s.Call)) })
		return nil
	})
}

type (
	callID         = messages.CallID
	conversationID = messages.ConversationID
)

var requests = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.LogIn:      asks(func(id callID, _ conversationID) messages.Input { return messages.Initialize{Call: id} }),
	scenario.LogOut:     asks(func(id callID, _ conversationID) messages.Input { return messages.Destroy{Call: id} }),
	scenario.Disconnect: asks(func(id callID, _ conversationID) messages.Input { return messages.Disconnect{Call: id} }),
	scenario.Answer: asks(func(id callID, c conversationID) messages.Input {
		return messages.Answer{Call: id, Conversation: c}
	}),
	scenario.Reject: asks(func(id callID, c conversationID) messages.Input {
		return messages.Decline{Call: id, Conversation: c}
	}),
	scenario.AcceptSession: asks(func(id callID, c conversationID) messages.Input {
		return messages.AcceptSession{Call: id, Conversation: c}
	}),
	scenario.End: asks(func(id callID, c conversationID) messages.Input {
		return messages.EndSession{Call: id, Conversation: c}
	}),
	scenario.Hold: asks(func(id callID, c conversationID) messages.Input {
		return messages.Hold{Call: id, Conversation: c, Held: true}
	}),
	scenario.Retrieve: asks(func(id callID, c conversationID) messages.Input {
		return messages.Hold{Call: id, Conversation: c}
	}),
	scenario.Mute: asks(func(id callID, c conversationID) messages.Input {
		return messages.Mute{Call: id, Conversation: c, Muted: true}
	}),
	scenario.Unmute: asks(func(id callID, c conversationID) messages.Input {
		return messages.Mute{Call: id, Conversation: c}
	}),
	scenario.Dial: withAwake(func(_ *player, phone *world.Phone, s scenario.Statement) error {
		number := s.Word
		if number == "" {
			number = "+15550142"
		}
		phone.Dial(s.Call, number)
		return nil
	}),
	scenario.Terminate: withSession(func(_ *player, phone *world.Phone, at *platform.Session, s scenario.Statement) error {
		if phone.Asleep() {
			return errAsleep
		}
		phone.Request("terminates session "+s.Call, func(id messages.CallID) messages.Input {
			return messages.TerminateSession{Call: id, Session: at.ID, Reason: s.Word}
		})
		return nil
	}),
}

// withSession is for what needs the session that carries a call at a phone.
func withSession(do func(*player, *world.Phone, *platform.Session, scenario.Statement) error) func(*player, scenario.Statement) error {
	return withPhone(func(p *player, phone *world.Phone, s scenario.Statement) error {
		c := p.world.Platform.Conversation(messages.ConversationID(s.Call))
		if c == nil {
			return errNoCall
		}
		leg := c.Leg(phone.User)
		if leg == nil || leg.Session == nil {
			return errNoSession
		}
		return do(p, phone, leg.Session, s)
	})
}

// withLive is for what needs a session that has been taken and has not ended.
func withLive(do func(*player, *world.Phone, *platform.Session, scenario.Statement) error) func(*player, scenario.Statement) error {
	return withSession(func(p *player, phone *world.Phone, at *platform.Session, s scenario.Statement) error {
		if at.Ended || at.Phone() == "" {
			return errNoSession
		}
		return do(p, phone, at, s)
	})
}

// withOther is for what an agent does with another one.
func withOther(do func(*player, *world.Phone, *platform.Conversation, *platform.User)) func(*player, scenario.Statement) error {
	return withPhone(func(p *player, phone *world.Phone, s scenario.Statement) error {
		c := p.world.Platform.Conversation(messages.ConversationID(s.Call))
		if c == nil || c.Leg(phone.User) == nil || !c.Leg(phone.User).Up() {
			return errNoCall
		}
		other := p.world.Platform.User(s.Agent)
		if s.Agent != "" && (other == nil || other == phone.User) {
			return errNoAgent
		}
		do(p, phone, c, other)
		return nil
	})
}

var desktop = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.Consult: withOther(func(p *player, _ *world.Phone, c *platform.Conversation, other *platform.User) {
		p.world.Platform.Consult(c, other)
	}),
	scenario.Transfer: withOther(func(p *player, phone *world.Phone, c *platform.Conversation, _ *platform.User) {
		p.world.Platform.Transfer(c, phone.User)
	}),
	scenario.TransferTo: withOther(func(p *player, phone *world.Phone, c *platform.Conversation, other *platform.User) {
		p.world.Platform.TransferTo(c, phone.User, other)
	}),
	scenario.Conference: withOther(func(p *player, _ *world.Phone, c *platform.Conversation, _ *platform.User) {
		p.world.Platform.Conference(c)
	}),
}

// simply is for what is done to a phone and always can be.
func simply(do func(*world.Phone, scenario.Statement)) func(*player, scenario.Statement) error {
	return withPhone(func(_ *player, phone *world.Phone, s scenario.Statement) error {
		do(phone, s)
		return nil
	})
}

var machine = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.LoseNetwork:   simply(func(phone *world.Phone, _ scenario.Statement) { phone.LoseNetwork() }),
	scenario.RegainNetwork: simply(func(phone *world.Phone, _ scenario.Statement) { phone.RegainNetwork() }),
	scenario.Sleep:         simply(func(phone *world.Phone, _ scenario.Statement) { phone.Sleep() }),
	scenario.Wake:          simply(func(phone *world.Phone, _ scenario.Statement) { phone.Wake() }),
	scenario.JumpClock:     simply(func(phone *world.Phone, s scenario.Statement) { phone.Jump(s.Duration) }),
	scenario.HidePage:      simply(func(phone *world.Phone, _ scenario.Statement) { phone.ShowPage(false) }),
	scenario.ShowPage:      simply(func(phone *world.Phone, _ scenario.Statement) { phone.ShowPage(true) }),
	scenario.Microphone: withPhone(func(_ *player, phone *world.Phone, s scenario.Statement) error {
		why, known := microphones[s.Word]
		if !known {
			return fmt.Errorf("microphone %s: a microphone is %s", s.Word, strings.Join(slices.Sorted(maps.Keys(microphones)), ", "))
		}
		phone.Microphone = why
		return nil
	}),
	scenario.Media: withSession(func(_ *player, phone *world.Phone, at *platform.Session, s scenario.Statement) error {
		return phone.DisturbMedia(at.ID, s.Word)
	}),
}

var microphones = map[string]*messages.MicrophoneDenied{
	"granted": nil,
	"denied":  {Name: "NotAllowedError", Message: "Permission denied"},
	"missing": {Name: "NotFoundError", Message: "Requested device not found"},
}

// withAgent is for what is done to an agent.
func withAgent(do func(*player, *platform.User, scenario.Statement)) func(*player, scenario.Statement) error {
	return func(p *player, s scenario.Statement) error {
		u := p.world.Platform.User(s.Agent)
		if u == nil {
			return errNoAgent
		}
		do(p, u, s)
		return nil
	}
}

var stations = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.StationBecomes: withAgent(func(p *player, u *platform.User, s scenario.Statement) {
		p.world.Platform.Migrate(u, s.Number, s.Flag)
	}),
	scenario.StationAssociated: withAgent(func(p *player, u *platform.User, _ scenario.Statement) { p.world.Platform.Associate(u) }),
	scenario.StationGone:       withAgent(func(p *player, u *platform.User, _ scenario.Statement) { p.world.Platform.Disassociate(u) }),
}

var edges = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.DropStream: simply(func(phone *world.Phone, s scenario.Statement) {
		code := s.Number
		if code == 0 {
			code = 1006
		}
		phone.Drop(code)
	}),
	scenario.RefuseStreams: withAgent(func(_ *player, u *platform.User, _ scenario.Statement) { u.RefuseStreams(true) }),
	scenario.AcceptStreams: withAgent(func(_ *player, u *platform.User, _ scenario.Statement) { u.RefuseStreams(false) }),
	scenario.ExpireChannel: withPhone(func(p *player, phone *world.Phone, _ scenario.Statement) error {
		return p.world.Platform.ExpireChannel(phone.User, phone.Name)
	}),
	scenario.EdgeReinvites: withLive(func(p *player, _ *world.Phone, at *platform.Session, _ scenario.Statement) error {
		p.world.Platform.Reinvite(at)
		return nil
	}),
	scenario.EdgeRenews: withLive(func(p *player, _ *world.Phone, at *platform.Session, _ scenario.Statement) error {
		p.world.Platform.Renegotiate(at)
		return nil
	}),
	scenario.EdgeEnds: withLive(func(p *player, _ *world.Phone, at *platform.Session, s scenario.Statement) error {
		reason := s.Word
		if reason == "" {
			reason = "success"
		}
		p.world.Platform.Terminate(at, reason)
		return nil
	}),
	scenario.EdgeReproposes: withCall(func(p *player, c *platform.Conversation, _ scenario.Statement) error {
		l := ringing(c)
		if l == nil {
			return errNoSession
		}
		p.world.Platform.ProposeAgain(l.Session)
		return nil
	}),
	scenario.EdgeReroutes: withCall(func(p *player, c *platform.Conversation, _ scenario.Statement) error {
		l := ringing(c)
		if l == nil {
			return errNoSession
		}
		p.world.Platform.Reroute(l)
		return nil
	}),
	scenario.EdgeIdles: withAgent(func(p *player, u *platform.User, _ scenario.Statement) { p.world.Platform.Idle(u) }),
	scenario.EdgeConnects: withAgent(func(p *player, u *platform.User, _ scenario.Statement) {
		p.world.Platform.ConnectAhead(u)
	}),
	scenario.NotifyAgain: withCall(func(p *player, c *platform.Conversation, _ scenario.Statement) error {
		p.world.Platform.NotifyAgain(c)
		return nil
	}),
}

// ringing is the leg of a conversation that an agent's phones ring for with a session of its own, or nil.
func ringing(c *platform.Conversation) *platform.Leg {
	for _, party := range c.Parties {
		if l := party.Leg; party.User != nil && l.Live() && !l.Up() && l.Session != nil && l.Session.Phone() == "" && !l.Session.Ended {
			return l
		}
	}
	return nil
}

var faults = map[scenario.Verb]func(*player, scenario.Statement) error{
	scenario.NextDropped:    simply(func(phone *world.Phone, s scenario.Statement) { phone.LoseNext(s.Word) }),
	scenario.NextDuplicated: simply(func(phone *world.Phone, s scenario.Statement) { phone.DuplicateNext(s.Word) }),
	scenario.NextDelayed:    simply(func(phone *world.Phone, s scenario.Statement) { phone.DelayNext(s.Word, s.Duration) }),
	scenario.NextFails:      simply(func(phone *world.Phone, s scenario.Statement) { phone.FailNext(s.Word, s.Number, s.Duration) }),
	scenario.NextUnanswered: simply(func(phone *world.Phone, s scenario.Statement) { phone.IgnoreNext(s.Word) }),
	scenario.Wire: withPhone(func(_ *player, phone *world.Phone, s scenario.Statement) error {
		raw, err := resolved(phone, s.JSON)
		if err != nil {
			return err
		}
		in, err := messages.DecodeInput(s.Word, raw)
		if err != nil {
			return err
		}
		phone.Tell(in)
		return nil
	}),
}

// oldest is how a scenario names the effect that an answer is for.
const oldest = "oldest "

// resolved puts the id of the effect in the place of "oldest KIND".
func resolved(phone *world.Phone, text string) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return nil, fmt.Errorf("wire: the JSON is not an object")
	}
	var name string
	if json.Unmarshal(fields["effect"], &name) != nil || !strings.HasPrefix(name, oldest) {
		return []byte(text), nil
	}
	id, found := phone.Oldest(strings.TrimPrefix(name, oldest))
	if !found {
		return nil, fmt.Errorf("no %s waits for an answer", strings.TrimPrefix(name, oldest))
	}
	quoted, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	fields["effect"] = quoted
	return json.Marshal(fields)
}
