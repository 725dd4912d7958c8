package whatif

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// reader goes through the entries of a log, in order.
type reader struct {
	log      Log
	base     time.Duration // the log's time at which the scenario begins; negative: nobody logs in
	now      int           // the entry that is looked at
	byHand   bool          // the login is a line of the scenario, because it did not go as usual
	before   prospect
	platform platform.Options

	station   messages.StationInfo
	first     messages.StationInfo // the station as it was first read
	noStation bool
	stations  int // how often a station was read

	calls    []*call
	byID     map[messages.ConversationID]*call
	sessions map[messages.SessionID]*session
	peers    map[messages.Ref]*session
	asked    map[messages.EffectID]*request
	order    []messages.EffectID // of what was asked
	listener *listener
	tellings *tellings
	events   []Event

	acts    []act
	missing []Note
	nearly  []Note
	others  bool // the user has another client
	offline bool
	refused bool // streams are refused
	denied  bool // the microphone is denied
	closing map[int]bool
	request int // the act of the application that is being decided, or -1
}

// call is a conversation as far as the recording shows it.
type call struct {
	id        messages.ConversationID
	name      string // "": a persistent connection's own
	begun     bool   // a line says how it began
	outbound  bool
	session   messages.SessionID
	leg       messages.Leg
	muted     bool // was asked for last
	held      bool
	answered  bool // by the application, or by itself
	elsewhere bool // another client took it
	ended     bool // the application ended it
	over      bool
}

// session is a signalling and media relation.
type session struct {
	id         messages.SessionID
	call       *call
	proposed   bool
	offered    bool
	taken      bool // this client told the far end so
	ours       bool // this client has it
	ended      bool
	connected  bool // its media was up
	ice        bool // its ICE was
	disturbed  bool
	signalling messages.Signalling
}

// request is what the client asked for.
type request struct {
	effect messages.Effect
	at     time.Duration
	cause  int // the act of the application that caused it, or -1
	done   bool
	line   int
}

func newReader(log Log) *reader {
	r := &reader{
		log: log, byID: map[messages.ConversationID]*call{}, sessions: map[messages.SessionID]*session{}, peers: map[messages.Ref]*session{},
		asked: map[messages.EffectID]*request{}, closing: map[int]bool{}, request: -1,
	}
	r.before = look(log.Entries)
	r.base, r.byHand = r.before.beginning()
	r.platform = estimate(log.Entries, r.before)
	r.listener, r.tellings = newListener(r.named), newTellings(r.before.me, r.named)
	return r
}

// named is the scenario's name of a conversation; "" for none, and for what is no call.
func (r *reader) named(id messages.ConversationID) string {
	if id == "" {
		return ""
	}
	return r.call(id).name
}

// call is the conversation with an id; it gets the next name if it is new.
func (r *reader) call(id messages.ConversationID) *call {
	if c := r.byID[id]; c != nil {
		return c
	}
	c := &call{id: id}
	if !r.before.private[id] {
		c.name = fmt.Sprintf("C%d", r.callsNamed()+1)
	}
	r.byID[id] = c
	r.calls = append(r.calls, c)
	return c
}

func (r *reader) callsNamed() (n int) {
	for _, c := range r.calls {
		if c.name != "" {
			n++
		}
	}
	return n
}

func (r *reader) ids() map[string]messages.ConversationID {
	ids := map[string]messages.ConversationID{}
	for _, c := range r.calls {
		if c.name != "" {
			ids[c.name] = c.id
		}
	}
	return ids
}

func (r *reader) session(id messages.SessionID) *session {
	s := r.sessions[id]
	if s == nil {
		s = &session{id: id}
		r.sessions[id] = s
	}
	return s
}

// here is the entry that is looked at, and its time since the beginning.
func (r *reader) here() (*replay.Entry, time.Duration) {
	e := &r.log.Entries[r.now]
	return e, e.At - r.base
}

// did adds what was done, by whomever, some time before the client was told.
func (r *reader) did(earlier time.Duration, do scenario.Statement) *act {
	e, at := r.here()
	r.acts = append(r.acts, act{at: round(max(at-earlier, 0)), order: 10 * (r.now + 1), do: do, line: e.Line})
	return &r.acts[len(r.acts)-1]
}

// asks adds what the application did, and after what it did it.
func (r *reader) asks(do scenario.Statement, after ...anchor) {
	a := r.did(0, do)
	for _, anchor := range after {
		if since, found := anchor.find(r.events); found {
			a.after, a.delay = anchor, round(max(a.at-since, 0))
			break
		}
	}
	r.request = len(r.acts) - 1
}

// cannot notes what a scenario cannot say.
func (r *reader) cannot(what string, args ...any) { r.missing = r.noted(r.missing, what, args) }

// approximates notes what a scenario says only nearly.
func (r *reader) approximates(what string, args ...any) { r.nearly = r.noted(r.nearly, what, args) }

func (r *reader) noted(notes []Note, what string, args []any) []Note {
	e, at := r.here()
	return append(notes, Note{Line: e.Line, At: at, What: fmt.Sprintf(what, args...)})
}

// round is a time as a scenario writes it.
func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// step takes an entry: what the client was told, and what it decided.
func (r *reader) step(e *replay.Entry) {
	r.request = -1
	r.told(e.Step.Input)
	_, at := r.here()
	r.tellings.entry = r.now
	r.tellings.step(at, e.Step)
	for _, out := range e.Step.Outputs {
		r.decided(out.ID, out.Effect, at)
	}
}

// unheard takes an entry of which the cell was not told: a machine that slept, and what could not be read.
func (r *reader) unheard(e *replay.Entry) {
	var clock struct {
		MS float64 `json:"ms"`
	}
	switch {
	case e.Problem != "":
		r.cannot("it cannot be read")
	case e.Record != nil && e.Record.Kind == "clock" && e.Record.Decode(&clock) == nil:
		r.did(port.FromMilliseconds(clock.MS), scenario.Statement{Verb: scenario.Sleep, Phone: atDesk})
		r.did(0, scenario.Statement{Verb: scenario.Wake, Phone: atDesk})
	}
}

// told takes an input.
func (r *reader) told(in messages.Input) {
	switch in := in.(type) {
	case messages.Requested:
		r.requested(in)
	case messages.HTTPAnswered:
		r.httpAnswered(in)
	case messages.IQAnswered:
		r.settledEffect(in.Effect)
	case messages.MicrophoneGranted, messages.MicrophoneDenied, messages.PeerRejected, messages.PeerConnectionChanged, messages.PeerICEChanged:
		r.machine(in)
	case messages.NetworkChanged, messages.PageShown, messages.SocketOpened, messages.SocketClosed, messages.SocketFailed:
		r.surroundings(in)
	case messages.ConversationNotified:
		r.conversation(in)
	case messages.StationNotified:
		r.stationNotified(in)
	case messages.NoLongerSubscribed:
		r.did(r.platform.WireDelay, scenario.Statement{Verb: scenario.ExpireChannel, Phone: atDesk})
	case messages.DuplicateID, messages.SubscriptionsExpiring:
		r.wire(in)
	default:
		r.signalled(in)
	}
}

// settledEffect takes note that an answer came.
func (r *reader) settledEffect(id messages.EffectID) *request {
	q := r.asked[id]
	if q != nil {
		q.done = true
	}
	return q
}

// decided takes an effect.
func (r *reader) decided(id messages.EffectID, effect messages.Effect, at time.Duration) {
	e, _ := r.here()
	note := func() {
		r.asked[id] = &request{effect: effect, at: at, cause: r.request, line: e.Line}
		r.order = append(r.order, id)
	}
	switch out := effect.(type) {
	case messages.Announce:
		r.announced(out.Event, at)
	case messages.Request:
		note()
		r.ordered(out)
	case messages.SendPing, messages.RequestMicrophone, messages.SendBind, messages.SendServices, messages.SendSubscribe:
		note()
	case messages.SendProceed:
		s := r.session(out.Session)
		s.taken = true
		if s.call != nil {
			s.call.answered = true
		}
	case messages.SendAccept:
		r.session(out.Session).ours = true
	case messages.SendTerminate:
		r.endedHere(r.session(out.Session))
	case messages.CreatePeer:
		if s := r.offered(e.Step.Input); s != nil {
			r.peers[out.Peer] = s
		}
	case messages.CloseSocket:
		r.closing[out.Socket] = true
	case messages.SendStreamClose:
		r.closing[0] = true
	}
}

// announced takes an announcement, and which session it says that a call has.
func (r *reader) announced(e messages.Event, at time.Duration) {
	r.events = append(r.events, r.listener.hear(at, e)...)
	switch e := e.(type) {
	case messages.PendingSession:
		if c := r.byID[e.Conversation]; c != nil && c.session == "" {
			c.session = e.ID
		}
	case messages.SessionStarted:
		if c := r.byID[e.Session.Conversation]; c != nil {
			c.session = e.Session.ID
		}
	}
}

// ordered takes note of what the client wants of a call.
func (r *reader) ordered(q messages.Request) {
	c := r.byID[q.Conversation]
	if c == nil {
		return
	}
	switch q.Of {
	case messages.PatchHeld:
		c.held = q.Value
	case messages.PatchMuted:
		c.muted = q.Value
	case messages.PatchState:
		c.ended = c.ended || q.State == messages.Disconnected
		c.answered = c.answered || q.State == messages.Connected
	case messages.PostVoicemail:
		c.ended = true
	}
}

// endedHere takes note that this client has ended a session: the calls on it are over.
func (r *reader) endedHere(s *session) {
	s.ended = true
	for _, c := range r.on(s.id) {
		c.ended = true
	}
}

// offered is the session that an input describes, or nil.
func (r *reader) offered(in messages.Input) *session {
	switch in := in.(type) {
	case messages.Offer:
		return r.session(in.Session)
	case messages.SessionInitiate:
		return r.session(in.Session)
	default:
		return nil
	}
}

// on are the calls that a session carries and that are not over.
func (r *reader) on(id messages.SessionID) (calls []*call) {
	for _, c := range r.calls {
		if c.session == id && !c.over && c.name != "" {
			calls = append(calls, c)
		}
	}
	return calls
}

// isUp tells whether an event shows a call as taken.
func isUp(e Event) bool {
	words := strings.Fields(e.What)
	return e.Name == messages.ConversationUpdate{}.Name() &&
		(slices.Contains(words, string(messages.Connected)) || slices.Contains(words, string(messages.Dialing)))
}

// wire adds an input as it stands.
func (r *reader) wire(in messages.Input) {
	text, err := messages.EncodeInput(nil, in)
	if err != nil {
		r.cannot("%s", in.Kind())
		return
	}
	r.did(0, scenario.Statement{Verb: scenario.Wire, Phone: atDesk, Word: in.Kind(), JSON: string(text)})
}
