package explore

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// phone is one softphone's cell at rest, as runtime.Cell runs it, without its clock, its journal and protoactor: the
// machines themselves, the timers that are armed, and the effects that wait for their answer. It is never changed: a turn
// makes the next one and shares with it what stayed as it was. TestKernelIsTheRuntimes holds the two against each other.
type phone struct {
	world  *settings
	actors []*actors.Actor // by ref
	timers []timer         // in order of arming
	open   []asked         // in order of asking
	born   messages.Ref
	minted uint64
}

// settings are what a phone never changes.
type settings struct {
	quirks   quirk.Set
	registry actors.Registry
	rows     *rowsTaken
	first    []*actors.Actor // the actors of the first state
}

// timer is one that is armed. When it is due is left out: it may fire at any time.
type timer struct {
	actor messages.Ref
	name  string
}

// asked is an effect that waits for its answer.
type asked struct {
	id     messages.EffectID
	actor  messages.Ref
	effect messages.Effect
}

// turn is one input being decided.
type turn struct {
	phone
	own     []messages.Ref // actors that are this turn's own copies
	stack   []task         // the front of the queue, top last
	later   []task         // the back of the queue, oldest first
	acts    []task         // what the running actor has decided so far
	outputs []runtime.Output
	outcome fsm.Outcome    // lent to the machine that steps
	acted   bool           // something was decided
	rows    []messages.Ref // actors that took a row, and may remember something else now
	failure error
}

// task is one act that waits, with the row that decided it.
type task struct {
	act        messages.Act
	from       messages.Ref
	chart, row string
}

// deliveriesMax bounds the messages of one entry, as the runtime does.
const deliveriesMax = 10_000

// take decides one input from outside, or one message that an actor which is left out might send (to is then its
// addressee). It returns the phone at its next rest and what it ordered.
func (p *phone) take(to messages.Ref, in messages.Input) (*phone, []runtime.Output, error) {
	t, err := p.decide(to, in)
	if err != nil {
		return nil, nil, err
	}
	next := t.phone
	return &next, t.outputs, nil
}

func (p *phone) decide(to messages.Ref, in messages.Input) (*turn, error) {
	t := &turn{phone: *p}
	t.minted++
	if to == 0 {
		to = t.route(in)
	}
	if to != 0 {
		t.push(task{act: messages.Tell{To: to, Msg: in}})
	}
	if err := t.settle(); err != nil {
		return nil, fmt.Errorf("explore: %s: %w", in.Kind(), err)
	}
	return t, nil
}

// idle tells whether a turn left everything as it was before.
func (t *turn) idle(before *phone) bool {
	if t.acted || len(t.actors) != len(before.actors) || len(t.timers) != len(before.timers) || len(t.open) != len(before.open) {
		return false
	}
	for _, ref := range t.rows {
		was, _ := before.at(ref)
		is, _ := t.at(ref)
		for i, m := range t.actors[is].Machines {
			if !reflect.DeepEqual(m.Snapshot(), before.actors[was].Machines[i].Snapshot()) {
				return false
			}
		}
	}
	return true
}

func (t *turn) push(next task) { t.stack = append(t.stack, next) }

// settle carries out what waits until nothing does: the front of the queue first, its top last in, first out.
func (t *turn) settle() error {
	for n := 0; t.failure == nil; n++ {
		switch {
		case n > deliveriesMax:
			return fmt.Errorf("the charts keep telling each other")
		case len(t.stack) > 0:
			next := t.stack[len(t.stack)-1]
			t.stack = t.stack[:len(t.stack)-1]
			t.carryOut(next)
		case len(t.later) > 0:
			t.push(t.later[0])
			t.later = t.later[1:]
		default:
			return nil
		}
	}
	return t.failure
}

func (t *turn) carryOut(next task) {
	switch act := next.act.(type) {
	case messages.Tell:
		t.tell(act)
	case messages.Later:
		next.act = messages.Tell(act)
		t.later = append(t.later, next)
	case messages.Spawn:
		t.spawn(act)
	case messages.Stop:
		t.stop(act.Ref)
	case messages.Effect:
		t.order(next, act)
	default:
		t.failure = fmt.Errorf("row %s of %s returned %T, which is no act", next.row, next.chart, next.act)
	}
}

// tell lets an actor handle a message; what it decides goes to the front of the queue, in its order.
func (t *turn) tell(m messages.Tell) {
	i, found := t.at(m.To)
	if !found {
		return
	}
	if !slices.Contains(t.own, m.To) {
		t.copyActor(i)
	}
	t.actors[i].Handle(m.Msg)
	slices.Reverse(t.acts)
	t.stack = append(t.stack, t.acts...)
	t.acts = t.acts[:0]
}

// copyActor makes an actor this turn's own, so that the phone of before keeps its state.
func (t *turn) copyActor(i int) {
	if len(t.own) == 0 {
		t.actors = slices.Clone(t.actors)
	}
	was := t.actors[i]
	is := &actors.Actor{Ref: was.Ref, Kind: was.Kind, Shown: was.Shown, Machines: make([]actors.Machine, len(was.Machines)), Cell: t}
	for j, m := range was.Machines {
		is.Machines[j] = m.Copy()
	}
	t.actors[i] = is
	t.own = append(t.own, was.Ref)
}

func (t *turn) spawn(s messages.Spawn) {
	machines, ok := t.world.registry[s.Actor]
	if !ok {
		t.failure = fmt.Errorf("no kind of actor is called %q", s.Actor)
		return
	}
	if s.Ref == 0 {
		s.Ref = t.born + 1
	}
	t.born = s.Ref
	a := &actors.Actor{Ref: s.Ref, Kind: s.Actor, Machines: machines(), Cell: t}
	t.actors = append(slices.Clip(slices.Clone(t.actors)), a)
	t.own = append(t.own, s.Ref)
	for _, m := range a.Machines {
		t.setTimers(s.Ref, m.StartTimers())
	}
	if born, ok := s.Msg.(messages.Born); ok {
		s.Msg = born.BornAs(s.Ref)
	}
	if s.Msg != nil {
		t.push(task{act: messages.Tell{To: s.Ref, Msg: s.Msg}})
	}
}

// stop ends an actor, its timers and what it waits for.
func (t *turn) stop(ref messages.Ref) {
	if i, found := t.at(ref); found {
		t.actors = slices.Delete(slices.Clone(t.actors), i, i+1)
		t.timers = slices.DeleteFunc(slices.Clone(t.timers), func(x timer) bool { return x.actor == ref })
		t.open = slices.DeleteFunc(slices.Clone(t.open), func(x asked) bool { return x.actor == ref })
	}
}

func (t *turn) order(by task, effect messages.Effect) {
	id := messages.NewEffectID(t.minted, len(t.outputs)+1)
	t.outputs = append(t.outputs, runtime.Output{ID: id, Actor: by.from, Chart: by.chart, Row: by.row, Effect: effect})
	if awaited(effect) {
		t.open = append(slices.Clip(t.open), asked{id: id, actor: by.from, effect: effect})
	}
}

// awaited tells whether an effect's answer can change anything. That of a candidate, of the word that media flows, of a Jingle
// session's end and of a ping is counted nowhere in the exploration: a session ignores the first three in every state, and the
// last keeps the stream up, which is always up here.
func awaited(effect messages.Effect) bool {
	switch e := effect.(type) {
	case messages.SendTerminate:
		return e.Signalling != messages.Jingle
	case messages.SendBind, messages.SendServices, messages.SendSubscribe, messages.SendAnswer,
		messages.Request, messages.RequestMicrophone, messages.Describe, messages.MakeAnswer:
		return true
	}
	return false
}

// route says whom an input from outside is for, as the runtime does; 0: nobody.
func (t *turn) route(in messages.Input) messages.Ref {
	if asked := messages.Answers(in); asked != "" {
		return t.answered(asked)
	}
	switch in := in.(type) {
	case messages.PeerConnectionChanged:
		return in.Peer
	case messages.PeerICEChanged:
		return in.Peer
	case messages.LocalCandidate:
		return in.Peer
	case messages.TimerFired:
		return t.fired(in)
	default:
		return messages.Root
	}
}

func (t *turn) answered(id messages.EffectID) messages.Ref {
	i := slices.IndexFunc(t.open, func(o asked) bool { return o.id == id })
	if i < 0 {
		return 0
	}
	to := t.open[i].actor
	t.open = slices.Delete(slices.Clone(t.open), i, i+1)
	return to
}

func (t *turn) fired(in messages.TimerFired) messages.Ref {
	i := slices.Index(t.timers, timer{in.Actor, in.Timer})
	if i < 0 {
		return 0
	}
	t.timers = slices.Delete(slices.Clone(t.timers), i, i+1)
	return in.Actor
}

func (p *phone) at(ref messages.Ref) (int, bool) {
	return slices.BinarySearchFunc(p.actors, ref, func(a *actors.Actor, ref messages.Ref) int { return int(a.Ref) - int(ref) })
}

// Quirks, Stepping, Decided and Lost are the cell as its actors see it.

// Quirks are those that are on.
func (t *turn) Quirks() quirk.Set { return t.world.quirks }

// Stepping has nothing to remember: the actor is a copy.
func (t *turn) Stepping(*actors.Actor, actors.Machine) *fsm.Outcome { return &t.outcome }

// Decided takes over what one machine decided.
func (t *turn) Decided(a *actors.Actor, _ messages.Input, out *fsm.Outcome, told messages.Input) {
	if out.Verdict == fsm.Taken {
		t.world.rows.took(*out)
		t.rows = append(t.rows, a.Ref)
	}
	t.acted = t.acted || len(out.Acts) > 0 || len(out.Timers) > 0 || told != nil
	t.setTimers(a.Ref, out.Timers)
	if told != nil {
		t.acts = append(t.acts, task{messages.Tell{To: messages.Root, Msg: told}, a.Ref, out.Chart, out.Row})
	}
	for _, act := range out.Acts {
		t.acts = append(t.acts, task{act, a.Ref, out.Chart, out.Row})
	}
}

// Lost has nothing to record: nobody knows the input.
func (t *turn) Lost(*actors.Actor, messages.Input) {}

// setTimers arms and disarms what a step asks for, in its order.
func (t *turn) setTimers(actor messages.Ref, orders []fsm.Timer) {
	for _, o := range orders {
		named := timer{actor, o.Name}
		if i := slices.Index(t.timers, named); i >= 0 {
			t.timers = slices.Delete(slices.Clone(t.timers), i, i+1)
		}
		if !o.Stop {
			t.timers = append(slices.Clip(t.timers), named)
		}
	}
}

// newPhone is a phone as it is constructed.
func newPhone(world *settings, options messages.Options) (*phone, error) {
	t := &turn{phone: phone{world: world}}
	for i, kind := range actors.Founders() {
		t.spawn(messages.Spawn{Ref: messages.Root + messages.Ref(i), Actor: kind})
	}
	t.push(task{act: messages.Tell{To: messages.Root, Msg: messages.Configured{
		Cell: "ann", IDPrefix: "explore-", Options: options, Quirks: world.quirks.Names(),
	}}})
	if err := t.settle(); err != nil {
		return nil, fmt.Errorf("explore: %w", err)
	}
	p := t.phone
	return &p, nil
}

// String names a timer for errors.
func (t timer) String() string { return t.name + " of " + strconv.Itoa(int(t.actor)) }
