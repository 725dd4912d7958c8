package explore

import (
	"fmt"
	"math/bits"
	"reflect"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// client is one of the two: its phone with its law, what has become of what it asked, and what its user has done.
type client struct {
	state
	fates []fate // of phone.open
	did   deeds
}

// deeds are what a user has done at a client, or may do, each at most once.
type deeds struct{ Answered, Declined, Ended bool }

// step is what an input makes of a client.
type step struct {
	says   string // for a person
	in     messages.Input
	about  messages.Effect // that it answers
	to     *place          // nil: it breaks a law
	sends  orders
	broken []broken
}

// place is a client as it may be, with all that may come of it. A client's step depends on the client and on what comes to
// it, and on nothing else: it is made once, by the charts, however often a race goes through it.
type place struct {
	of      *client
	number  uint32 // of clients.all
	talks   bool   // it has a session
	waits   bool   // for its media layer, or for an answer
	armed   bool   // a timer of it is
	heard   [lettersMax]*step
	own     []step // answers, and what the user and the timers do
	replied map[reply]*place
	rest    *[2][]broken // what is wrong if this is all: while the call is on, and after it
}

// reply is how the platform replies to one of the effects that wait.
type reply struct {
	to   int
	fate fate
}

// clients are all that a client of a race may be.
type clients struct {
	may      deeds
	flows    bool // peer connections come up
	troubles bool // requests, media and microphones may fail
	byKey    map[key]*place
	all      []*place
	// met is shown two clients that fold together; nil: nobody looks.
	met func(known, again *client)
}

// place is where a client is.
func (x *clients) place(c *client) *place {
	k := c.fold()
	if p, known := x.byKey[k]; known {
		if x.met != nil {
			x.met(p.of, c)
		}
		return p
	}
	p := &place{
		of: c, number: uint32(len(x.all)), talks: slices.ContainsFunc(c.phone.actors, isSession), armed: len(firing(c.phone)) > 0,
		waits: slices.ContainsFunc(c.fates, func(f fate) bool { return !f.silent() }),
	}
	x.byKey[k] = p
	x.all = append(x.all, p)
	return p
}

func isSession(a *actors.Actor) bool { return a.Kind == "session" }

// fold is the key of a client: all that is written of its phone and its law, what has become of what it asked, and what its
// user has done.
func (c *client) fold() key {
	w := &writer{refs: map[messages.Ref]byte{}, whole: true}
	w.write(&c.state, names{})
	var asked []string
	for i, o := range c.phone.open {
		at := len(w.buf)
		w.value(reflect.ValueOf(o.actor))
		w.text(o.effect.Kind())
		w.value(reflect.ValueOf(o.effect))
		w.buf = append(w.buf, byte(c.fates[i]))
		asked = append(asked, string(w.buf[at:]))
		w.buf = w.buf[:at]
	}
	slices.Sort(asked)
	w.buf = append(w.buf, strings.Join(asked, "")...)
	w.value(reflect.ValueOf(c.did))
	return keyOf(w.buf)
}

// after is the step that an input makes of a client.
func (x *clients) after(c *client, says string, about messages.Effect, in messages.Input, did deeds) (step, error) {
	next, outputs, err := c.phone.take(0, in)
	if err != nil {
		return step{}, fmt.Errorf("%s: %w", says, err)
	}
	s := step{says: says, in: in, about: about}
	law := c.law.Copy()
	law.Step(runtime.Step{Seq: next.minted, Input: in, Outputs: outputs})
	for _, v := range law.Violations() {
		s.broken = append(s.broken, broken{v.Law, v.What})
	}
	for _, o := range outputs {
		s.sends |= orderOf(o.Effect) & (proceeds | accepts)
	}
	to := &client{state: state{next, law}, fates: make([]fate, len(next.open)), did: did}
	for i, o := range next.open {
		to.fates[i] = c.fateOf(o)
	}
	for i, o := range c.phone.open {
		// Who asked waits no longer; what it asked comes to the platform all the same.
		if c.fates[i] == onItsWay && !slices.ContainsFunc(next.open, func(n asked) bool { return n.id == o.id }) {
			s.sends |= orderOf(o.effect) & (answers | leaves | hangsUp)
		}
	}
	if len(s.broken) == 0 {
		s.to = x.place(to)
	}
	return s, nil
}

// fateOf is what has become of something that waits now: what is new has just set out.
func (c *client) fateOf(o asked) fate {
	for i, was := range c.phone.open {
		if was.id == o.id {
			return c.fates[i]
		}
	}
	if orderOf(o.effect) == 0 {
		return atHome
	}
	return onItsWay
}

// hears is the step that a letter makes.
func (x *clients) hears(p *place, l letters) (*step, error) {
	at := bits.TrailingZeros16(uint16(l))
	if p.heard[at] == nil {
		in, says := l.input()
		s, err := x.after(p.of, says, nil, in, p.of.did)
		if err != nil {
			return nil, err
		}
		p.heard[at] = &s
	}
	return p.heard[at], nil
}

// does are the steps of a client's own: what its media layer brings, the answers that have arrived, what its user does, and
// the timers that fire: any that is armed may, at any time.
func (x *clients) does(p *place) ([]step, error) {
	if p.own != nil {
		return p.own, nil
	}
	own := []step{}
	add := func(says string, about messages.Effect, in messages.Input, did deeds) error {
		s, err := x.after(p.of, says, about, in, did)
		own = append(own, s)
		return err
	}
	for i, o := range p.of.phone.open {
		for _, in := range x.brought(o, p.of.fates[i]) {
			if err := add("answer to "+o.effect.Kind(), o.effect, in, p.of.did); err != nil {
				return nil, err
			}
		}
	}
	for _, in := range x.media(p.of.phone) {
		if err := add(in.Kind(), nil, in, p.of.did); err != nil {
			return nil, err
		}
	}
	for _, w := range x.wishes(p.of.did) {
		if err := add(w.says, nil, w.in, w.did); err != nil {
			return nil, err
		}
	}
	for _, m := range firing(p.of.phone) {
		if err := add(m[0].in.(messages.TimerFired).Timer, nil, m[0].in, p.of.did); err != nil {
			return nil, err
		}
	}
	p.own = own
	return own, nil
}

// media is what peer connections say of themselves. With troubles they fail.
func (x *clients) media(p *phone) []messages.Input {
	var all []messages.Input
	for _, a := range p.actors {
		if !x.flows || !isSession(a) {
			continue
		}
		all = append(all, messages.PeerConnectionChanged{Peer: a.Ref, State: messages.PeerConnected}, messages.PeerICEChanged{Peer: a.Ref, State: messages.PeerConnected})
		if x.troubles {
			all = append(all, messages.PeerConnectionChanged{Peer: a.Ref, State: messages.PeerFailed}, messages.PeerICEChanged{Peer: a.Ref, State: messages.PeerDisconnected})
		}
	}
	return all
}

// brought is what may come back now of something that was asked.
func (x *clients) brought(o asked, s fate) []messages.Input {
	switch {
	case s == onItsWay:
		return nil
	case s > onItsWay:
		return returned(o, s, x.troubles)
	}
	var all []messages.Input
	for _, m := range bringing(&phone{open: []asked{o}}) {
		all = append(all, m[0].in)
		if !x.troubles {
			break // the first is that all is well
		}
	}
	return all
}

// wish is something that a user may do.
type wish struct {
	says string
	in   messages.Input
	did  deeds
}

// wishes are what a user may do and has not done, each once.
func (x *clients) wishes(did deeds) []wish {
	var all []wish
	if x.may.Answered && !did.Answered {
		after := did
		after.Answered = true
		all = append(all, wish{"answer", messages.Answer{Call: 11, Conversation: raceConversation}, after})
	}
	if x.may.Declined && !did.Declined {
		after := did
		after.Declined = true
		all = append(all, wish{"decline", messages.Decline{Call: 12, Conversation: raceConversation}, after})
	}
	if x.may.Ended && !did.Ended {
		after := did
		after.Ended = true
		all = append(all, wish{"end", messages.EndSession{Call: 13, Conversation: raceConversation}, after})
	}
	return all
}

// replying is the client once the platform has what it asked, and replies.
func (x *clients) replying(p *place, to reply) *place {
	if next, known := p.replied[to]; known {
		return next
	}
	if p.replied == nil {
		p.replied = map[reply]*place{}
	}
	c := *p.of
	c.fates = slices.Clone(c.fates)
	c.fates[to.to] = to.fate
	p.replied[to] = x.place(&c)
	return p.replied[to]
}

// atRest is what is wrong with a client to which nothing happens any more.
func (x *clients) atRest(p *place, over bool) []broken {
	if p.rest == nil {
		p.rest = &[2][]broken{}
		for i, infos := range [][]runtime.ActorInfo{nil, p.of.phone.infos()} {
			law := p.of.law.Copy()
			law.End(true, infos)
			for _, v := range law.Violations() {
				p.rest[i] = append(p.rest[i], broken{v.Law, v.What})
			}
		}
	}
	if over {
		return p.rest[1]
	}
	return p.rest[0]
}

// infos are the actors, as the laws know them.
func (p *phone) infos() []runtime.ActorInfo {
	all := make([]runtime.ActorInfo, len(p.actors))
	for i, a := range p.actors {
		all[i] = runtime.ActorInfo{Ref: a.Ref, Kind: a.Kind}
	}
	return all
}

// newClient is a client that is ready, on a station of that line appearance.
func newClient(world *settings, appearance int) (*client, error) {
	options := messages.DefaultOptions()
	law := laws.New(options)
	p, err := newPhone(world, options)
	if err != nil {
		return nil, err
	}
	p, err = login(p, func(in messages.Input) {
		if answer, is := in.(messages.HTTPAnswered); is { // it says who the user is
			law.Step(runtime.Step{Input: answer})
		}
	})
	if err != nil {
		return nil, err
	}
	for _, t := range stationIs(p.minted, appearance, false) {
		next, outputs, err := p.take(0, t.in)
		if err != nil {
			return nil, err
		}
		law.Step(runtime.Step{Seq: next.minted, Input: t.in, Outputs: outputs})
		p = next
	}
	if len(p.open) > 0 || len(law.Violations()) > 0 {
		return nil, fmt.Errorf("explore: races: a client is not at rest before its call: %d effects wait, %d laws are broken", len(p.open), len(law.Violations()))
	}
	return &client{state: state{p, law}}, nil
}
