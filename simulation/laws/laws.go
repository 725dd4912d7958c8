// Package laws checks that a softphone keeps what the profile `corrected` promises: consents and announcements (design
// sections 1 and 6). A Checker watches one cell, step by step, from outside: it knows inputs and effects, and nothing of
// charts.
//
// A step costs well below a microsecond and no garbage, and what a checker remembers does not grow: it can be on in
// production. Watch makes an observer for runtime.SoftphoneConfig.OnStep; the example of Watch switches it on.
package laws

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// Violation is a law that was broken, and where.
type Violation struct {
	Seq  uint64
	Law  string
	What string
}

// LogValue is the law, the entry and what happened, as attributes. Ids of calls and sessions are among them, and nothing of
// people: no address, name or number.
func (v Violation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("law", v.Law), slog.Uint64("entry", v.Seq), slog.String("what", v.What))
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
	HandledElsewhere     = "what another client answers under line appearance 1 is handled and not started"
	AcceptAgain          = "a failed accept can be tried again"
	NothingForEver       = "nothing is kept for ever"
	DialledIsOurs        = "a call that was dialled here and is connected on the live session is started and added"
	SessionsEndOnce      = "a session terminates once, and is not active after that"
	OnlyWhoMay           = "a message counts only from whom it may come"
	ProceedsAreFew       = "a session id is proceeded nine times at most"
	AddressIsKept        = "a phone that comes back has the address that it had"
	WhoLeavesIsGone      = "who disconnects stays so until the next initialize"
	ConcurrencyIsTold    = "concurrentSoftphoneSessionsEnabled was announced last as the station has it"
	UpdatesListLive      = "a conversationUpdate lists no call that is over"
	UpdatesNameCalls     = "a conversationUpdate names each call"
	ErrorsAreTyped       = "what fails is told as an error of the SDK's"
	InactiveIsNoError    = "an inactive session is no call error"
	OneFetchEach         = "a station notification costs one request at most"
	WhoEndsTakesBack     = "a session that was told to end gets no microphone"
	AcceptedIsAnswered   = "only a session that was accepted is answered"
	FailureIsTold        = "an acceptance that fails is told"
	FailedMediaEnds      = "a session whose media has failed ends"
	CandidatesAreUsed    = "candidates that come between the proceed and the offer are used"
	ReplacedByAnother    = "a session is replaced by another one, not by itself"
	AnsweredIsOurs       = "a call that was answered here by an order and is connected on the live session is started and added"
	UnknownIsRefused     = "the end of a session that is not here is refused"
	HeldForACall         = "a live call is held because somebody said so, or for another call"
)

// Checker watches one cell.
type Checker struct {
	consents
	violations []Violation
	seq        uint64
	at         time.Duration // of the step
	concurrent bool          // the station's line appearance is greater than 1, as it was announced
	oneLine    bool          // it is 1, as it was announced
	leaving    bool          // calls may not be heard of any more
	me         messages.UserID
	own        string // the user's bare address
	told       told

	rings   map[messages.ConversationID]messages.SessionID // announced, and not settled
	started map[start]bool
	starts  recent[start]  // of heard
	heard   map[start]bool // ever started
	added   map[messages.ConversationID]bool
	passed  map[messages.ConversationID]bool       // they rang here, and another client took them
	taken   map[messages.ConversationID]bool       // the platform said last that the user took it, or nothing to tell by
	open    map[messages.CallID]messages.Requested // the requests that are not settled
	upAs    map[messages.ConversationID]bool       // what was announced last of each call: whether it is connected

	proceeds map[messages.SessionID]int                  // how often each was proceeded
	early    map[messages.SessionID][]messages.Candidate // they came before the offer, and were not used
	holds    map[messages.ConversationID]int             // how often the program asked to hold them, and they were not
	calls    recent[messages.ConversationID]             // of all that is noted of a conversation by itself
	notified map[messages.ConversationID]bool            // whether the user's leg was live when it was notified last
	notOurs  map[messages.ConversationID]bool            // the platform was asked about them, and said that they are over
}

type start struct {
	session      messages.SessionID
	conversation messages.ConversationID
}

// New is a checker for a cell with these options.
func New(o messages.Options) *Checker {
	return &Checker{
		consents: newConsents(o), rings: map[messages.ConversationID]messages.SessionID{}, started: map[start]bool{}, heard: map[start]bool{},
		added: map[messages.ConversationID]bool{}, open: map[messages.CallID]messages.Requested{}, taken: map[messages.ConversationID]bool{},
		passed: map[messages.ConversationID]bool{}, upAs: map[messages.ConversationID]bool{}, told: told{open: map[messages.SessionID]int{}},
		proceeds: map[messages.SessionID]int{}, early: map[messages.SessionID][]messages.Candidate{},
		holds: map[messages.ConversationID]int{}, notified: map[messages.ConversationID]bool{}, notOurs: map[messages.ConversationID]bool{},
	}
}

// Watch is an observer of one cell from its first entry: tell is told of each law that is broken, when it is, by the goroutine
// that the observer runs on. Options are the cell's. Of what went on when a program ended, the checker of a recovered softphone
// has seen nothing: it may doubt how that ends.
func Watch(o messages.Options, tell func(Violation)) func(runtime.Step) {
	c := New(o)
	return func(s runtime.Step) {
		c.Step(s)
		for _, v := range c.Take() {
			tell(v)
		}
	}
}

// Violations are all that were found so far, in order, and not taken.
func (c *Checker) Violations() []Violation { return c.violations }

// Take takes the violations that were found since it was called last: a checker that watches for long keeps none.
func (c *Checker) Take() []Violation {
	found := c.violations
	c.violations = nil
	return found
}

func (c *Checker) broken(law, format string, args ...any) {
	c.violations = append(c.violations, Violation{c.seq, law, fmt.Sprintf(format, args...)})
}

// Rings tells whether a conversation rings: it was announced, and has not settled.
func (c *Checker) Rings(conversation messages.ConversationID) bool {
	_, rings := c.rings[conversation]
	return rings
}

// Listed are the conversations that were added and not removed, in order.
func (c *Checker) Listed() []messages.ConversationID { return sorted(c.added) }

// Step takes the cell's next step.
func (c *Checker) Step(s runtime.Step) {
	c.seq, c.at = s.Seq, s.At
	if unasked(s.Input) {
		c.takes(s, "")
		c.toldTogether(s.Outputs)
		return
	}
	elsewhere := messages.ConversationID("")
	stranger, failing, unknown := c.fromStranger(s.Input), c.failing(s.Input), c.endsUnknown(s.Input)
	if s.Orphan == "" {
		c.noteConsent(s.Input)
		c.noteRequest(s.Input)
		elsewhere = c.answeredElsewhere(s.Input)
		c.notePeer(s.Input)
		c.noteTold(s.Input)
		c.noteMedia(s.Input)
	}
	dialledOn, dialled := c.dialledHere(s.Input)
	again := c.acceptsAgain(s.Input)
	c.takes(s, elsewhere)
	c.handledElsewhere(elsewhere)
	c.startsDialled(dialledOn, dialled)
	c.takenForWhatItIs(s.Input, s.Outputs)
	c.acceptedAgain(again, s.Outputs)
	if stranger {
		c.leavesStrangersAlone(s.Input, s.Outputs)
	}
	c.failureIsTold(failing, s.Outputs)
	c.failedMedia(s.Input)
	c.toldTogether(s.Outputs)
	c.fetchesOnce(s.Input, s.Outputs)
	if unknown {
		c.refusesUnknown(s.Input, s.Outputs)
	}
	c.forgetAsked(s.Input)
}

// unasked are the inputs that no law asks for: a third of a call's. What comes of them counts all the same.
func unasked(in messages.Input) bool {
	switch in := in.(type) {
	case messages.IQAnswered:
		return in.Bound.Reveal() == "" && in.Condition == ""
	case messages.LocalCandidate, messages.PeerICEChanged, messages.TimerFired, messages.ServerAsked:
		return true
	default:
		return false
	}
}

// takes takes what is to be done and what is told after a step.
func (c *Checker) takes(s runtime.Step, elsewhere messages.ConversationID) {
	for i := range s.Outputs {
		out := &s.Outputs[i]
		switch e := out.Effect.(type) {
		case messages.Announce:
			c.announced(e.Event)
			c.toldWell(e.Event)
			c.startsElsewhere(elsewhere, e.Event)
		case messages.Settle:
			c.settled(e)
		default:
			c.needsConsent(s.Input, out.ID, out.Effect)
			c.leavesClosedAlone(out.Effect)
			c.noteSent(out.Effect)
			c.mediaWell(out.ID, out.Effect)
		}
	}
}

// End takes the end of the run. atRest: all deadlines of what was under way have passed since the last input from outside,
// so nothing may ring or wait any more; else the run simply stopped. actors are those that live on after all calls have
// ended, else nil: nothing that was announced may go on then, and none of them may belong to a call.
func (c *Checker) End(atRest bool, actors []runtime.ActorInfo) {
	if !atRest {
		return
	}
	for _, conversation := range sorted(c.rings) {
		c.broken(OneSettlementEach, "conversation %s rings for ever", conversation)
	}
	for _, call := range sorted(c.open) {
		c.broken(OneSettlementForCall, "%s (call %d) never settles", c.open[call].Kind(), call)
	}
	if actors == nil {
		return
	}
	for _, at := range c.going() {
		c.broken(OneEndForEachStart, "session %s with conversation %s never ends", at.session, at.conversation)
	}
	for _, conversation := range sorted(c.added) {
		c.broken(AddedThenRemoved, "conversation %s is never removed", conversation)
	}
	for _, p := range c.living {
		c.broken(NothingForEver, "peer connection #%d is open", p.ref)
	}
	for _, a := range actors {
		if slices.Contains(ofCalls, a.Kind) {
			c.broken(NothingForEver, "%s #%d is left", a.Kind, a.Ref)
		}
	}
}

// going are the starts whose end was not announced, in order.
func (c *Checker) going() []start {
	all := make([]start, 0, len(c.started))
	for at := range c.started {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b start) int {
		return cmp.Or(cmp.Compare(a.session, b.session), cmp.Compare(a.conversation, b.conversation))
	})
	return all
}

// ofCalls are the kinds of the actors that live no longer than a call.
var ofCalls = []string{"invitation", "proposal", "session", "jingle-session", "conversation", "order", "negotiation", "hangup", "departure"}

func (c *Checker) noteRequest(in messages.Input) {
	switch in := in.(type) {
	case messages.HTTPAnswered:
		if in.Me != nil {
			c.me, c.own = in.Me.User, bare(in.Me.JID)
		}
	case messages.Requested:
		if call := in.Waiting(); call != 0 {
			c.open[call] = in
		}
	}
}

func (c *Checker) settled(e messages.Settle) {
	if _, open := c.open[e.Call]; !open {
		c.broken(OneSettlementForCall, "call %d settles, and does not wait", e.Call)
	}
	if e.Error != nil && strings.HasPrefix(e.Error.Message, "Cannot read properties") {
		c.broken(ErrorsAreTyped, "call %d fails with a TypeError: %s", e.Call, e.Error.Message)
	}
	delete(c.open, e.Call)
}

// leavesClosedAlone checks that a closed peer connection is left alone.
func (c *Checker) leavesClosedAlone(effect messages.Effect) {
	var ref messages.Ref
	switch e := effect.(type) {
	case messages.ClosePeer:
		if p := c.peers[e.Peer]; p != nil && !p.closed {
			c.closes(p)
		}
		return
	case messages.MakeAnswer:
		ref = e.Peer
	case messages.AddMicrophone:
		ref = e.Peer
	case messages.SendAnswer:
		ref = e.Peer
	case messages.SendCandidate:
		ref = e.Peer
	default:
		return
	}
	if p := c.peers[ref]; p != nil && p.closed {
		c.broken(NothingAfterTheEnd, "%s of peer #%d", effect.Kind(), ref)
	}
}

func (c *Checker) closes(p *peer) {
	p.closed = true
	c.living = slices.DeleteFunc(c.living, func(o *peer) bool { return o == p })
	c.noteDead(p.ref)
}

func (c *Checker) announced(event messages.Event) {
	switch e := event.(type) {
	case messages.PendingSession:
		if _, rings := c.rings[e.Conversation]; rings {
			c.broken(OneSettlementEach, "conversation %s rings again", e.Conversation)
		}
		c.upRings(e)
		c.rings[e.Conversation] = e.ID
		delete(c.ordered, e.Conversation)
		delete(c.passed, e.Conversation)
	case messages.HandledPendingSession:
		c.noteCall(e.Conversation)
		if !c.consentedTo(e.Conversation) {
			c.passed[e.Conversation] = true
		}
		if c.dialled[e.Conversation] && !c.startedHere(e.Conversation) {
			c.notOurs[e.Conversation] = true
		}
		c.settles(e.Conversation, "handled")
	case messages.CancelPendingSession:
		c.settles(e.Conversation, "cancelled")
	case messages.SessionStarted:
		at := start{e.Session.ID, e.Session.Conversation}
		if c.started[at] {
			c.broken(OneEndForEachStart, "session %s with conversation %s starts again", at.session, at.conversation)
		}
		c.started[at] = true
		if !c.heard[at] {
			c.heard[at] = true
			c.noteStart(at)
			c.acceptsOffered(func(p *peer) bool { return p.id == at.session })
		}
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
		c.concurrent = e.Station != nil && e.Station.Concurrent()
		c.oneLine = e.Station != nil && !e.Station.Concurrent()
	}
}

// settles: what is left of an Answer falls with the pending session; an order that is being prepared still counts.
func (c *Checker) settles(conversation messages.ConversationID, how string) {
	if _, rings := c.rings[conversation]; !rings {
		c.broken(OneSettlementEach, "conversation %s is %s, and does not ring", conversation, how)
	}
	delete(c.rings, conversation)
	delete(c.answers, conversation)
}

func (c *Checker) updated(e messages.ConversationUpdate) {
	c.noteUp(e.Current)
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

// answeredElsewhere is the conversation that rings here under line appearance 1, or did until it was handled, and of which
// the platform says now that the user took it, which was not on this client; "" for none. Where the user has several participants or legs, which of
// them counts is the platform's secret, and the law is silent; so it is of a call that the user placed: nobody answers it
// here.
func (c *Checker) answeredElsewhere(in messages.Input) messages.ConversationID {
	n, ok := in.(messages.ConversationNotified)
	if !ok {
		return ""
	}
	legs, leg := c.userLegs(&n)
	taken := c.taken[n.Conversation]
	if c.noteCall(n.Conversation); legs != 1 || leg.State.Class() != messages.PendingClass && leg.State.Class() != messages.EndedClass {
		c.taken[n.Conversation] = true
	} else {
		delete(c.taken, n.Conversation)
	}
	_, rings := c.rings[n.Conversation]
	passed := c.passed[n.Conversation]
	if legs == 1 && leg.State.Class() == messages.EndedClass {
		delete(c.passed, n.Conversation)
	}
	if !rings && !passed || c.concurrent || c.consentedTo(n.Conversation) || c.startedHere(n.Conversation) {
		return ""
	}
	if taken || legs != 1 || leg.State != messages.Connected || leg.Outbound() {
		return ""
	}
	return n.Conversation
}

// userLegs is how many legs the user has in a conversation, and the first.
func (c *Checker) userLegs(n *messages.ConversationNotified) (count int, first *messages.Leg) {
	if c.me == "" {
		return 0, nil
	}
	for i := range n.Participants {
		p := &n.Participants[i]
		if p.User != c.me || len(p.Calls) == 0 {
			continue
		}
		if count == 0 {
			first = &p.Calls[0]
		}
		count += len(p.Calls)
	}
	return count, first
}

// consentedTo tells whether this client took a conversation, by whatever consent.
func (c *Checker) consentedTo(conversation messages.ConversationID) bool {
	if c.answers[conversation] || c.orders[conversation] || c.dialled[conversation] || c.ordered[conversation] {
		return true
	}
	for id, list := range c.proposes {
		for i := range list {
			if p := &list[i]; p.Conversation == conversation && (c.proceeded[id] != nil || c.byItself(*p)) {
				return true
			}
		}
	}
	return false
}

// startedHere tells whether a live session of this client has had a conversation: what the platform connects may be heard
// on it, and is then not another client's.
func (c *Checker) startedHere(conversation messages.ConversationID) bool {
	for at := range c.heard {
		if at.conversation == conversation && c.live(at.session) {
			return true
		}
	}
	return false
}

func (c *Checker) startsElsewhere(elsewhere messages.ConversationID, event messages.Event) {
	if e, ok := event.(messages.SessionStarted); ok && elsewhere != "" && e.Session.Conversation == elsewhere {
		c.broken(HandledElsewhere, "conversation %s starts", elsewhere)
	}
}

func (c *Checker) handledElsewhere(elsewhere messages.ConversationID) {
	if _, rings := c.rings[elsewhere]; rings && elsewhere != "" {
		c.broken(HandledElsewhere, "conversation %s goes on ringing", elsewhere)
	}
}

// acceptsAgain is the peer connection that an AcceptSession means, if its last acceptance found no microphone and nothing
// else can be meant; nil for none.
func (c *Checker) acceptsAgain(in messages.Input) *peer {
	accept, ok := in.(messages.AcceptSession)
	if !ok {
		return nil
	}
	var meant []*peer
	for _, p := range c.living {
		if c.started[start{p.id, accept.Conversation}] {
			meant = append(meant, p)
		}
	}
	if len(meant) != 1 || !meant[0].failed {
		return nil
	}
	return meant[0]
}

// acceptedAgain: such an AcceptSession may be refused, and if it is not, it asks for the microphone.
func (c *Checker) acceptedAgain(p *peer, outputs []runtime.Output) {
	if p == nil {
		return
	}
	succeeds := false
	for _, out := range outputs {
		switch e := out.Effect.(type) {
		case messages.RequestMicrophone:
			if e.Peer == p.ref {
				return
			}
		case messages.Settle:
			succeeds = succeeds || e.Error == nil
		}
	}
	if succeeds {
		c.broken(AcceptAgain, "session %s is said to be accepted, and has no microphone", p.id)
	}
}

// sorted are a map's keys in order, so that the same run is told in the same words.
func sorted[K interface{ ~string | ~uint32 | ~uint64 }, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}
