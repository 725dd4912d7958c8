// Package laws checks that a softphone keeps what the profile `corrected` promises: consents and announcements (design
// sections 1 and 6). A Checker watches one cell, step by step, from outside: it knows inputs and effects, and nothing of
// charts.
package laws

import (
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// Violation is a law that was broken, and where.
type Violation struct {
	Seq  uint64
	Law  string
	What string
}

// String is one line.
func (v Violation) String() string {
	return fmt.Sprintf("entry %d breaks %s: %s", v.Seq, v.Law, v.What)
}

// The laws, by name.
const (
	ConsentBeforeMedia   = "consent before media"
	OneEndForEachStart   = "one sessionEnded for each sessionStarted"
	OneSettlementEach    = "each pendingSession settles once"
	AddedThenRemoved     = "what is added is removed, and only that"
	ActiveIsHeard        = "activeConversationId is a live call that is not held, or empty"
	OneSettlementForCall = "each request settles once"
	NothingAfterTheEnd   = "nothing is done with a peer connection that was closed"
)

// Checker watches one cell.
type Checker struct {
	options    messages.Options
	persistent bool
	violations []Violation
	seq        uint64

	proposes  map[messages.SessionID][]messages.Propose
	consented map[messages.ConversationID]bool
	proceeded map[messages.SessionID]bool
	sessions  []session
	closed    map[messages.Ref]bool

	rings   map[messages.ConversationID]bool
	started map[start]bool
	heard   map[start]bool // ever started
	added   map[messages.ConversationID]bool
	settled map[messages.CallID]bool
}

// session is a session for which a peer connection was made.
type session struct {
	peer         messages.Ref
	id           messages.SessionID
	conversation messages.ConversationID
	domain       string
}

type start struct {
	session      messages.SessionID
	conversation messages.ConversationID
}

// New is a checker for a cell with these options.
func New(o messages.Options) *Checker {
	return &Checker{
		options: o, proposes: map[messages.SessionID][]messages.Propose{}, consented: map[messages.ConversationID]bool{},
		proceeded: map[messages.SessionID]bool{}, closed: map[messages.Ref]bool{}, rings: map[messages.ConversationID]bool{},
		started: map[start]bool{}, heard: map[start]bool{}, added: map[messages.ConversationID]bool{}, settled: map[messages.CallID]bool{},
	}
}

// Violations are all that were found so far, in order.
func (c *Checker) Violations() []Violation { return c.violations }

func (c *Checker) broken(law, format string, args ...any) {
	c.violations = append(c.violations, Violation{c.seq, law, fmt.Sprintf(format, args...)})
}

// Step takes the cell's next step.
func (c *Checker) Step(s runtime.Step) {
	c.seq = s.Seq
	if s.Orphan == "" {
		c.input(s.Input)
	}
	for _, out := range s.Outputs {
		c.consents(s.Input, out.Effect)
		c.media(out.Effect)
		if a, ok := out.Effect.(messages.Announce); ok {
			c.announced(a.Event)
		}
		if settle, ok := out.Effect.(messages.Settle); ok {
			if c.settled[settle.Call] {
				c.broken(OneSettlementForCall, "call %d settles again", settle.Call)
			}
			c.settled[settle.Call] = true
		}
	}
}

// input notes what counts as a consent, or leads to one.
func (c *Checker) input(in messages.Input) {
	switch in := in.(type) {
	case messages.Propose:
		c.proposes[in.Session] = append(c.proposes[in.Session], in)
	case messages.Answer:
		c.consented[in.Conversation] = true
	case messages.HTTPAnswered:
		if in.Placed != nil {
			c.consented[in.Placed.Conversation] = true
		}
	}
}

// consents checks what may not be done without one.
func (c *Checker) consents(in messages.Input, effect messages.Effect) {
	switch e := effect.(type) {
	case messages.SendProceed:
		c.proceeds(e)
	case messages.CreatePeer:
		c.opens(in, e)
	case messages.Request:
		if e.Of == messages.PatchState && e.State == messages.Connected && !c.consented[e.Conversation] {
			c.broken(ConsentBeforeMedia, "conversation %s is answered by REST", e.Conversation)
		}
	}
}

func (c *Checker) proceeds(e messages.SendProceed) {
	c.proceeded[e.Session] = true
	for _, p := range c.proposes[e.Session] {
		inbound := p.AutoAnswer && c.options.AutoAnswerInbound && !c.options.DisableAutoAnswer
		eager := p.PrivAnswer == "Auto" && c.eager() && c.persistent
		if c.consented[p.Conversation] || inbound || eager {
			return
		}
	}
	c.broken(ConsentBeforeMedia, "session %s is proceeded", e.Session)
}

func (c *Checker) eager() bool {
	return c.options.EagerPersistent == "" || c.options.EagerPersistent == messages.EagerAuto
}

// opens checks that a peer connection is made for a session that was proceeded, or that goes on from one.
func (c *Checker) opens(in messages.Input, e messages.CreatePeer) {
	s := session{peer: e.Peer}
	reinvite := false
	switch in := in.(type) {
	case messages.Offer:
		s.id, s.conversation, s.domain, reinvite = in.Session, in.Conversation, domain(in.From), in.Reinvite
	case messages.SessionInitiate:
		s.id, s.domain = in.Session, domain(in.From)
	}
	goesOn := false
	for _, old := range c.sessions {
		same := old.id == s.id || reinvite && c.heard[start{old.id, s.conversation}]
		goesOn = goesOn || same && old.domain == s.domain
	}
	if !c.proceeded[s.id] && !goesOn {
		c.broken(ConsentBeforeMedia, "a peer connection is made for session %s, which was not proceeded", s.id)
	}
	c.sessions = append(c.sessions, s)
}

// media checks that what was closed is left alone.
func (c *Checker) media(effect messages.Effect) {
	var peer messages.Ref
	switch e := effect.(type) {
	case messages.ClosePeer:
		c.closed[e.Peer] = true
		return
	case messages.MakeAnswer:
		peer = e.Peer
	case messages.AddMicrophone:
		peer = e.Peer
	case messages.SendAnswer:
		peer = e.Peer
	case messages.SendCandidate:
		peer = e.Peer
	default:
		return
	}
	if c.closed[peer] {
		c.broken(NothingAfterTheEnd, "%s of peer #%d", effect.Kind(), peer)
	}
}

func (c *Checker) announced(event messages.Event) {
	switch e := event.(type) {
	case messages.PendingSession:
		if c.rings[e.Conversation] {
			c.broken(OneSettlementEach, "conversation %s rings again", e.Conversation)
		}
		c.rings[e.Conversation] = true
	case messages.HandledPendingSession:
		c.settles(e.Conversation, "handled")
	case messages.CancelPendingSession:
		c.settles(e.Conversation, "cancelled")
	case messages.SessionStarted:
		at := start{e.Session.ID, e.Session.Conversation}
		if c.started[at] {
			c.broken(OneEndForEachStart, "session %s with conversation %s starts again", at.session, at.conversation)
		}
		c.started[at], c.heard[at] = true, true
	case messages.SessionEnded:
		at := start{e.Session.ID, e.Session.Conversation}
		if !c.started[at] {
			c.broken(OneEndForEachStart, "session %s with conversation %s ends, and had not started", at.session, at.conversation)
		}
		delete(c.started, at)
	case messages.ConversationUpdate:
		c.updated(e)
	case messages.StationChanged:
		c.persistent = e.Station != nil && e.Station.PersistentConnection()
	}
}

func (c *Checker) settles(conversation messages.ConversationID, how string) {
	if !c.rings[conversation] {
		c.broken(OneSettlementEach, "conversation %s is %s, and does not ring", conversation, how)
	}
	delete(c.rings, conversation)
}

func (c *Checker) updated(e messages.ConversationUpdate) {
	for _, s := range e.Added {
		if c.added[s.Conversation] {
			c.broken(AddedThenRemoved, "conversation %s is added again", s.Conversation)
		}
		c.added[s.Conversation] = true
	}
	for _, s := range e.Removed {
		if !c.added[s.Conversation] {
			c.broken(AddedThenRemoved, "conversation %s is removed, and was not added", s.Conversation)
		}
		delete(c.added, s.Conversation)
	}
	if e.Active == "" && e.ActiveKnown {
		return
	}
	for _, s := range e.Current {
		if s.Conversation == e.Active && s.Call != nil && s.Call.State.Class() == messages.ConnectedClass && !s.Call.Held.True() {
			return
		}
	}
	c.broken(ActiveIsHeard, "it is %q", e.Active)
}

func domain(jid messages.JID) string {
	address, _, _ := strings.Cut(jid.Reveal(), "/")
	_, domain, _ := strings.Cut(address, "@")
	return strings.ToLower(domain)
}
