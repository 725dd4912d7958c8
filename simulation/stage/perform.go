package stage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// Perform does what a statement says. The error says why it could not be done; nothing has changed then.
func Perform(scene Scene, s scenario.Statement) error {
	do, known := verbs[s.Verb]
	if !known {
		return fmt.Errorf("%s: nobody knows how to do that", s.Verb)
	}
	err := do(scene, s)
	if errors.Is(err, ErrCannot) {
		return fmt.Errorf("%s: %w", s.Verb, err)
	}
	return err
}

type performance = func(Scene, scenario.Statement) error

// verbs are all that can be done.
var verbs = map[scenario.Verb]performance{}

func init() {
	for _, some := range []map[scenario.Verb]performance{callers, requests, desktop, machine, stations, edges, faults} {
		maps.Copy(verbs, some)
	}
}

var callers = map[scenario.Verb]performance{
	scenario.Calls: func(on Scene, s scenario.Statement) error {
		u := on.Platform().User(s.Agent)
		if u == nil {
			return ErrNoAgent
		}
		number := s.Word
		if number == "" {
			number = "+15550100"
		}
		_, err := on.Platform().Call(messages.ConversationID(s.Call), number, u, s.Flag)
		return err
	},
	scenario.HangUp: withCall(func(on Scene, c *platform.Conversation, _ scenario.Statement) error {
		on.Platform().HangUp(c)
		return nil
	}),
	scenario.FailTo: withCall(func(on Scene, c *platform.Conversation, s scenario.Statement) error {
		on.Platform().Fail(c, s.Word)
		return nil
	}),
}

// withCall is for what needs a conversation.
func withCall(do func(Scene, *platform.Conversation, scenario.Statement) error) performance {
	return func(on Scene, s scenario.Statement) error {
		c := on.Platform().Conversation(messages.ConversationID(s.Call))
		if c == nil {
			return ErrNoCall
		}
		return do(on, c, s)
	}
}

// withPhone is for what needs a phone.
func withPhone(do func(Scene, Phone, scenario.Statement) error) performance {
	return func(on Scene, s scenario.Statement) error {
		phone := on.Phone(s.Phone.Agent, s.Phone.Name)
		if phone == nil {
			return ErrNoPhone
		}
		return do(on, phone, s)
	}
}

// withAwake is for what an agent does at a phone.
func withAwake(do func(Scene, Phone, scenario.Statement) error) performance {
	return withPhone(func(on Scene, phone Phone, s scenario.Statement) error {
		if phone.Asleep() {
			return ErrAsleep
		}
		return do(on, phone, s)
	})
}

// asks is for a request of the agent's about a conversation, or about none.
func asks(_ Scene, phone Phone, s scenario.Statement) error {
	return phone.Ask(Request{Do: s.Verb, Call: messages.ConversationID(s.Call)})
}

var requests = map[scenario.Verb]performance{
	scenario.LogIn:         withAwake(asks),
	scenario.LogOut:        withAwake(asks),
	scenario.Disconnect:    withAwake(asks),
	scenario.Answer:        withAwake(asks),
	scenario.Reject:        withAwake(asks),
	scenario.AcceptSession: withAwake(asks),
	scenario.End:           withAwake(asks),
	scenario.Hold:          withAwake(asks),
	scenario.Retrieve:      withAwake(asks),
	scenario.Mute:          withAwake(asks),
	scenario.Unmute:        withAwake(asks),
	scenario.Dial: withAwake(func(_ Scene, phone Phone, s scenario.Statement) error {
		number := s.Word
		if number == "" {
			number = "+15550142"
		}
		return phone.Ask(Request{Do: s.Verb, Call: messages.ConversationID(s.Call), Number: number})
	}),
	scenario.Terminate: withSession(func(_ Scene, phone Phone, at *platform.Session, s scenario.Statement) error {
		if phone.Asleep() {
			return ErrAsleep
		}
		return phone.Ask(Request{Do: s.Verb, Call: messages.ConversationID(s.Call), Session: at.ID, Reason: s.Word})
	}),
}

// withSession is for what needs the session that carries a call at a phone.
func withSession(do func(Scene, Phone, *platform.Session, scenario.Statement) error) performance {
	return withPhone(func(on Scene, phone Phone, s scenario.Statement) error {
		c := on.Platform().Conversation(messages.ConversationID(s.Call))
		if c == nil {
			return ErrNoCall
		}
		leg := c.Leg(phone.User())
		if leg == nil || leg.Session == nil {
			return ErrNoSession
		}
		return do(on, phone, leg.Session, s)
	})
}

// withLive is for what needs a session that has been taken and has not ended.
func withLive(do func(Scene, Phone, *platform.Session, scenario.Statement) error) performance {
	return withSession(func(on Scene, phone Phone, at *platform.Session, s scenario.Statement) error {
		if at.Ended || at.Phone() == "" {
			return ErrNoSession
		}
		return do(on, phone, at, s)
	})
}

// withOther is for what an agent does with another one.
func withOther(do func(Scene, Phone, *platform.Conversation, *platform.User)) performance {
	return withPhone(func(on Scene, phone Phone, s scenario.Statement) error {
		c := on.Platform().Conversation(messages.ConversationID(s.Call))
		if c == nil || c.Leg(phone.User()) == nil || !c.Leg(phone.User()).Up() {
			return ErrNoCall
		}
		other := on.Platform().User(s.Agent)
		if s.Agent != "" && (other == nil || other == phone.User()) {
			return ErrNoAgent
		}
		do(on, phone, c, other)
		return nil
	})
}

var desktop = map[scenario.Verb]performance{
	scenario.Consult: withOther(func(on Scene, _ Phone, c *platform.Conversation, other *platform.User) {
		on.Platform().Consult(c, other)
	}),
	scenario.Transfer: withOther(func(on Scene, phone Phone, c *platform.Conversation, _ *platform.User) {
		on.Platform().Transfer(c, phone.User())
	}),
	scenario.TransferTo: withOther(func(on Scene, phone Phone, c *platform.Conversation, other *platform.User) {
		on.Platform().TransferTo(c, phone.User(), other)
	}),
	scenario.Conference: withOther(func(on Scene, _ Phone, c *platform.Conversation, _ *platform.User) {
		on.Platform().Conference(c)
	}),
}

// simply is for what is done to a phone, whatever goes on.
func simply(do func(Phone, scenario.Statement) error) performance {
	return withPhone(func(_ Scene, phone Phone, s scenario.Statement) error { return do(phone, s) })
}

var machine = map[scenario.Verb]performance{
	scenario.LoseNetwork:   simply(func(phone Phone, _ scenario.Statement) error { return phone.LoseNetwork() }),
	scenario.RegainNetwork: simply(func(phone Phone, _ scenario.Statement) error { return phone.RegainNetwork() }),
	scenario.Sleep:         simply(func(phone Phone, _ scenario.Statement) error { return phone.Sleep() }),
	scenario.Wake:          simply(func(phone Phone, _ scenario.Statement) error { return phone.Wake() }),
	scenario.JumpClock:     simply(func(phone Phone, s scenario.Statement) error { return phone.Jump(s.Duration) }),
	scenario.HidePage:      simply(func(phone Phone, _ scenario.Statement) error { return phone.ShowPage(false) }),
	scenario.ShowPage:      simply(func(phone Phone, _ scenario.Statement) error { return phone.ShowPage(true) }),
	scenario.Microphone: simply(func(phone Phone, s scenario.Statement) error {
		why, known := microphones[s.Word]
		if !known {
			return fmt.Errorf("microphone %s: a microphone is %s", s.Word, strings.Join(slices.Sorted(maps.Keys(microphones)), ", "))
		}
		return phone.Microphone(why)
	}),
	scenario.Media: withSession(func(_ Scene, phone Phone, at *platform.Session, s scenario.Statement) error {
		return phone.DisturbMedia(at.ID, s.Word)
	}),
}

var microphones = map[string]*messages.MicrophoneDenied{
	"granted": nil,
	"denied":  {Name: "NotAllowedError", Message: "Permission denied"},
	"missing": {Name: "NotFoundError", Message: "Requested device not found"},
}

// withAgent is for what is done to an agent.
func withAgent(do func(Scene, *platform.User, scenario.Statement)) performance {
	return func(on Scene, s scenario.Statement) error {
		u := on.Platform().User(s.Agent)
		if u == nil {
			return ErrNoAgent
		}
		do(on, u, s)
		return nil
	}
}

var stations = map[scenario.Verb]performance{
	scenario.StationBecomes: withAgent(func(on Scene, u *platform.User, s scenario.Statement) {
		on.Platform().Migrate(u, s.Number, s.Flag)
	}),
	scenario.StationAssociated: withAgent(func(on Scene, u *platform.User, _ scenario.Statement) { on.Platform().Associate(u) }),
	scenario.StationGone:       withAgent(func(on Scene, u *platform.User, _ scenario.Statement) { on.Platform().Disassociate(u) }),
}

var edges = map[scenario.Verb]performance{
	scenario.DropStream: simply(func(phone Phone, s scenario.Statement) error {
		code := s.Number
		if code == 0 {
			code = 1006
		}
		return phone.Drop(code)
	}),
	scenario.RefuseStreams: withAgent(func(_ Scene, u *platform.User, _ scenario.Statement) { u.RefuseStreams(true) }),
	scenario.AcceptStreams: withAgent(func(_ Scene, u *platform.User, _ scenario.Statement) { u.RefuseStreams(false) }),
	scenario.ExpireChannel: withPhone(func(on Scene, phone Phone, _ scenario.Statement) error {
		return on.Platform().ExpireChannel(phone.User(), phone.Name())
	}),
	scenario.EdgeReinvites: withLive(func(on Scene, _ Phone, at *platform.Session, _ scenario.Statement) error {
		on.Platform().Reinvite(at)
		return nil
	}),
	scenario.EdgeRenews: withLive(func(on Scene, _ Phone, at *platform.Session, _ scenario.Statement) error {
		on.Platform().Renegotiate(at)
		return nil
	}),
	scenario.EdgeEnds: withLive(func(on Scene, _ Phone, at *platform.Session, s scenario.Statement) error {
		reason := s.Word
		if reason == "" {
			reason = "success"
		}
		on.Platform().Terminate(at, reason)
		return nil
	}),
	scenario.EdgeReproposes: withCall(func(on Scene, c *platform.Conversation, _ scenario.Statement) error {
		l := ringing(c)
		if l == nil {
			return ErrNoSession
		}
		on.Platform().ProposeAgain(l.Session)
		return nil
	}),
	scenario.EdgeReroutes: withCall(func(on Scene, c *platform.Conversation, _ scenario.Statement) error {
		l := ringing(c)
		if l == nil {
			return ErrNoSession
		}
		on.Platform().Reroute(l)
		return nil
	}),
	scenario.EdgeIdles: withAgent(func(on Scene, u *platform.User, _ scenario.Statement) { on.Platform().Idle(u) }),
	scenario.EdgeConnects: withAgent(func(on Scene, u *platform.User, _ scenario.Statement) {
		on.Platform().ConnectAhead(u)
	}),
	scenario.NotifyAgain: withCall(func(on Scene, c *platform.Conversation, _ scenario.Statement) error {
		on.Platform().NotifyAgain(c)
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

var faults = map[scenario.Verb]performance{
	scenario.NextDropped:    simply(func(phone Phone, s scenario.Statement) error { return phone.LoseNext(s.Word) }),
	scenario.NextDuplicated: simply(func(phone Phone, s scenario.Statement) error { return phone.DuplicateNext(s.Word) }),
	scenario.NextDelayed:    simply(func(phone Phone, s scenario.Statement) error { return phone.DelayNext(s.Word, s.Duration) }),
	scenario.NextFails:      simply(func(phone Phone, s scenario.Statement) error { return phone.FailNext(s.Word, s.Number, s.Duration) }),
	scenario.NextUnanswered: simply(func(phone Phone, s scenario.Statement) error { return phone.IgnoreNext(s.Word) }),
	scenario.Wire: simply(func(phone Phone, s scenario.Statement) error {
		raw, err := resolved(phone, s.JSON)
		if err != nil {
			return err
		}
		in, err := messages.DecodeInput(s.Word, raw)
		if err != nil {
			return err
		}
		return phone.Tell(in)
	}),
	scenario.Frame: withPhone(func(on Scene, phone Phone, s scenario.Statement) error {
		err := phone.Frame(s.XML)
		if err == nil || errors.Is(err, ErrCannot) {
			return err
		}
		on.Say(phone.String(), "drops a frame: "+err.Error())
		return nil
	}),
}
