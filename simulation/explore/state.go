package explore

import (
	"fmt"
	"slices"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// state is what the exploration goes through: a phone at rest, and what was consented to.
type state struct {
	phone *phone
	law   *laws.Checker
}

// told is one input of a move. To is 0 for an input from outside, else the actor that a message is for whose sender is left
// out of the exploration and may send it at any time.
type told struct {
	to messages.Ref
	in messages.Input
}

// move is what the environment does next: one input, or several in a row.
type move []told

// broken is a law that a move broke.
type broken struct {
	law, what string
}

// play is a move being made.
type play struct {
	state   *state
	trace   []told // what came in, answers that were given at once among it
	outputs []runtime.Output
	broken  []broken
	moved   bool // something is another than it was
}

// noting is the law, as this move's own.
func (p *play) noting() *laws.Checker {
	if !p.moved {
		p.moved, p.state.law = true, p.state.law.Copy()
	}
	return p.state.law
}

// make makes a move; what the instance answers at once follows it.
func (s *state) make(m move, of *instance) (*play, error) {
	p := &play{state: &state{phone: s.phone, law: s.law}}
	for _, t := range m {
		if err := p.take(t); err != nil {
			return nil, err
		}
	}
	for range 100 {
		t, more := of.answerAtOnce(p.state.phone)
		if !more {
			break
		}
		if err := p.take(t); err != nil {
			return nil, err
		}
	}
	if !p.moved {
		p.state = s
		return p, nil
	}
	p.state.phone = of.tidied(p.state.phone).streaming()
	if of.words.others {
		p.othersSpend()
	}
	p.state.law.Undial()
	p.state.law.Choose(of.options)
	for _, v := range p.state.law.OnlyConsent(p.state.phone.living()) {
		p.broken = append(p.broken, broken{v.Law, v.What})
	}
	if of.words.others {
		p.broken = append(p.broken, p.state.supposed()...)
	}
	return p, nil
}

// chosen are the options that count from now on: where an option is read at one place only, one exploration goes through all
// of its values.
type chosen struct{ options messages.Options }

// Kind is a word that no journal knows.
func (chosen) Kind() string { return "options" }

func (p *play) take(t told) error {
	p.trace = append(p.trace, t)
	switch in := t.in.(type) {
	case chosen:
		p.state.phone = p.state.phone.with(func(d *softphone.Data) { d.Options = in.options })
		p.noting().Choose(in.options)
	case streamIs:
		p.state.phone = p.state.phone.with(func(d *softphone.Data) { d.Stream.Bound, d.Stream.Up = in.bound, false })
		p.noting()
	case announced:
		p.noting().Step(runtime.Step{Input: t.in, Outputs: []runtime.Output{{Effect: messages.Announce{Event: in.event}}}})
	case beside:
		in.stands(p)
	case replaced:
		in.noted(p)
	case failed:
		p.noting().Fail(in.peer)
	default:
		return p.decide(t)
	}
	return nil
}

// decide has the phone decide an input, and the laws look at what it decided.
func (p *play) decide(t told) error {
	turn, err := p.state.phone.decide(t.to, t.in)
	if err != nil {
		return err
	}
	next, idle := turn.phone, turn.idle(p.state.phone)
	if !idle || laws.Notes(t.in) {
		p.broken = append(p.broken, mistrusted(p.state, t, &next, turn.outputs)...)
		p.noting().Step(runtime.Step{Seq: next.minted, Input: t.in, Outputs: turn.outputs})
	}
	p.state.phone = &next
	p.outputs = append(p.outputs, turn.outputs...)
	return nil
}

// streaming is the phone with its stream up.
func (p *phone) streaming() *phone {
	if p.root().Data.Stream.Up {
		return p
	}
	return p.with(func(d *softphone.Data) { d.Stream.Bound, d.Stream.Up = true, true })
}

// living is what of the phone may still use a consent.
func (p *phone) living() laws.Living {
	root := p.root()
	d := root.Data
	return laws.Living{
		Proposed: func(o messages.Propose) (messages.Propose, bool) { return counts(d, o) },
		Remembered: func(o messages.Propose) bool {
			return slices.ContainsFunc(d.Proposals, func(v messages.ProposalView) bool {
				return v.Propose.Session == o.Session && v.Propose.Conversation == o.Conversation && bare(v.Propose.From) == bare(o.From)
			})
		},
		Ordering: slices.ContainsFunc(p.actors, func(a *actors.Actor) bool { return a.Kind == "order" }),
		Peer:     p.mayNamePeer,
		Coming: func(ref messages.Ref) (coming, reinvite bool) {
			i := slices.IndexFunc(d.Sessions, func(v softphone.Session) bool { return v.View.Ref == ref })
			if i < 0 {
				return false, false
			}
			v := d.Sessions[i].View
			return !v.Described && !v.Over, v.Reinvite
		},
		Asked: func(id messages.EffectID) bool {
			return slices.ContainsFunc(p.open, func(o asked) bool { return o.id == id })
		},
	}
}

// mayNamePeer tells whether something can still be said of a peer connection: its session is there, or something waits for it.
func (p *phone) mayNamePeer(ref messages.Ref) bool {
	if _, found := p.at(ref); found {
		return true
	}
	return slices.ContainsFunc(p.open, func(o asked) bool { return peerOf(o.effect) == ref })
}

// counts is what still counts of a propose. Of those that have a session id the phone remembers one, which alone can be taken,
// with its flags; that its conversation rings under the id is all that another one can be good for.
func counts(d softphone.Data, o messages.Propose) (messages.Propose, bool) {
	if !isGateway(o.From) {
		return o, false
	}
	kept := messages.Propose{Session: o.Session, Conversation: o.Conversation, From: o.From}
	for _, v := range d.Proposals {
		if v.Propose.Session != o.Session || v.Propose.Conversation != o.Conversation {
			continue
		}
		kept.AutoAnswer, kept.PrivAnswer = v.Propose.AutoAnswer, v.Propose.PrivAnswer
		return kept, v.Propose.From == o.From && v.Propose.AutoAnswer == o.AutoAnswer && v.Propose.PrivAnswer == o.PrivAnswer
	}
	return kept, slices.ContainsFunc(d.Invitations, func(v messages.InvitationView) bool {
		return v.Session == o.Session && v.Conversation == o.Conversation
	})
}

// begin is the first state of an instance: a phone that is ready, under the options, with a station.
func begin(world *settings, of *instance) (*state, error) {
	p, err := newPhone(world, of.options)
	if err != nil {
		return nil, err
	}
	if p, err = login(p, func(messages.Input) {}); err != nil {
		return nil, err
	}
	s := &state{phone: p, law: laws.New(of.options)}
	first, err := s.make(stationIs(p.minted, of.appearance, false), of)
	if err != nil {
		return nil, err
	}
	if len(first.broken) > 0 {
		return nil, fmt.Errorf("explore: the way to the first state breaks a law: %s", first.broken[0].what)
	}
	s = first.state
	s.phone.world.first = slices.Clone(s.phone.actors)
	return s, nil
}
