package edge

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// Routes is who hears whom in one conversation. It says what holds from now on and replaces what was said of that conversation
// before; what another conversation's Routes say of the same session holds as well, so that a session that carries two
// conversations hears both, unless one of them is on hold and leaves it out.
//
// Hold, mute and confinement are nothing but routes: a leg on hold is in none of the lists; a muted one is not in Speakers and in
// no pair's From, but hears; a confined far end has no Speakers. Sessions may be named that do not exist yet or any more.
type Routes struct {
	Conversation messages.ConversationID
	// Tone is what the far end says, in Hz, between 40 and 3600; 0: it says nothing.
	Tone float64
	// Listeners are the sessions that hear the far end.
	Listeners []messages.SessionID
	// Speakers are the sessions that the far end hears.
	Speakers []messages.SessionID
	// Pairs are the sessions of the conversation that hear each other; both directions are said.
	Pairs []Pair
}

// Pair says that To hears From.
type Pair struct{ From, To messages.SessionID }

// farEnd is a conversation's caller: a tone, and an ear that measures.
type farEnd struct {
	routes Routes
	tone   oscillator
	said   linear // this frame of its tone
	heard  *meter
}

// mix is one sound that somebody hears: its sources, each once, and who hears it.
type mix struct {
	tones   []*farEnd
	legs    []*leg
	to      []*leg
	farEnds []*farEnd
}

// plan is what a tick does, as the routes say. The ticker owns it; the routes change into a new one.
type plan struct {
	legs  []*leg    // all
	tones []*farEnd // those that somebody hears
	mixes []*mix
}

// newPlan finds the distinct mixes: everybody who hears the same sources gets the same frame, which is made once.
func newPlan(legs map[messages.SessionID]*leg, farEnds map[messages.ConversationID]*farEnd) *plan {
	p := &plan{}
	for _, l := range legs {
		p.legs = append(p.legs, l)
	}
	slices.SortFunc(p.legs, func(a, b *leg) int { return cmp.Compare(a.serial, b.serial) })
	heard := map[*leg]*mix{}
	for _, l := range p.legs {
		heard[l] = &mix{}
	}
	var callers []*farEnd
	for _, f := range farEnds {
		callers = append(callers, f)
	}
	slices.SortFunc(callers, func(a, b *farEnd) int { return cmp.Compare(a.routes.Conversation, b.routes.Conversation) })
	merged := merging{plan: p, byKey: map[string]*mix{}}
	for _, f := range callers {
		f.tone.tune(f.routes.Tone)
		if p.connect(f, legs, heard) {
			p.tones = append(p.tones, f)
		}
		m := merged.add(mixOf(f.routes.Speakers, legs))
		m.farEnds = append(m.farEnds, f)
	}
	for _, l := range p.legs {
		m := merged.add(heard[l])
		m.to = append(m.to, l)
	}
	return p
}

// connect enters what one conversation lets its sessions hear, and tells whether any hears its far end.
func (p *plan) connect(f *farEnd, legs map[messages.SessionID]*leg, heard map[*leg]*mix) (sounds bool) {
	for _, s := range f.routes.Listeners {
		if m := heard[legs[s]]; m != nil && f.routes.Tone > 0 && !slices.Contains(m.tones, f) {
			m.tones = append(m.tones, f)
			sounds = true
		}
	}
	for _, pair := range f.routes.Pairs {
		from, m := legs[pair.From], heard[legs[pair.To]]
		if from != nil && m != nil && !slices.Contains(m.legs, from) {
			m.legs = append(m.legs, from)
		}
	}
	return sounds
}

// mixOf is the sound of these sessions together.
func mixOf(sessions []messages.SessionID, legs map[messages.SessionID]*leg) *mix {
	m := &mix{}
	for _, s := range sessions {
		if l := legs[s]; l != nil && !slices.Contains(m.legs, l) {
			m.legs = append(m.legs, l)
		}
	}
	return m
}

// merging collects the distinct mixes of a plan.
type merging struct {
	plan  *plan
	byKey map[string]*mix
	key   []byte
}

// add enters a mix, or finds the one with the same sources.
func (g *merging) add(m *mix) *mix {
	slices.SortFunc(m.legs, func(a, b *leg) int { return cmp.Compare(a.serial, b.serial) })
	g.key = g.key[:0]
	for _, l := range m.legs {
		g.key = binary.BigEndian.AppendUint64(g.key, l.serial)
	}
	for _, f := range m.tones { // in the order of their conversations
		g.key = append(append(append(g.key, '/'), f.routes.Conversation...), 0)
	}
	if same := g.byKey[string(g.key)]; same != nil {
		return same
	}
	g.byKey[string(g.key)] = m
	g.plan.mixes = append(g.plan.mixes, m)
	return m
}
