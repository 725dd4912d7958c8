package races

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// deed is something that the client asked, sent or announced, by a name that it keeps when things come in another order: what
// it was, in full, and how many times it was done before.
type deed string

// String is the deed without its count.
func (d deed) String() string {
	what, _, _ := strings.Cut(string(d), " #")
	return what
}

func nth(what string, n int) deed { return deed(fmt.Sprintf("%s #%d", what, n)) }

// run is one way of deciding a log.
type run struct {
	cell *runtime.Cell
	end  End
	// done are the deeds so far, with the id under which an answer to them comes; "": none is awaited.
	done    map[deed]messages.EffectID
	names   map[messages.EffectID]deed
	times   map[string]int
	peers   map[deed]messages.Ref // a peer connection, by the deed that made it
	makers  map[messages.Ref]deed
	carries map[messages.SessionID]messages.ConversationID // as announced last
	asked   []deed                                         // what an answer is to come to, in order
}

func newRun(cfg runtime.Config) (*run, error) {
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		return nil, err
	}
	return &run{
		cell: cell, end: newEnd(), done: map[deed]messages.EffectID{}, names: map[messages.EffectID]deed{}, times: map[string]int{},
		peers: map[deed]messages.Ref{}, makers: map[messages.Ref]deed{}, carries: map[messages.SessionID]messages.ConversationID{},
	}, nil
}

// recorded is the log as it came: how it ended, what each entry came of, and what was asked.
type recorded struct {
	end    End
	causes map[uint64]cause
	asked  []deed
}

// outcome is what came of another order.
type outcome struct {
	end   End
	never []Input
	// unanswered are what was asked that the log has no answer to, because it was not asked there.
	unanswered []string
}

// record decides the log as it came.
func record(log []Input, cfg runtime.Config) (recorded, error) {
	r, err := newRun(cfg)
	if err != nil {
		return recorded{}, err
	}
	defer r.cell.Close()
	w, causes := newWitness(r, log, messages.UserID(cfg.User)), map[uint64]cause{}
	for _, in := range log {
		if err := r.wait(in.At); err != nil {
			return recorded{}, fmt.Errorf("races: entry %d: %w", in.Entry, err)
		}
		causes[in.Entry] = w.causeOf(in.Input)
		if err := r.tell(in.At, in.Input); err != nil {
			return recorded{}, fmt.Errorf("races: entry %d: %w", in.Entry, err)
		}
	}
	return recorded{end: r.end, causes: causes, asked: r.asked}, nil
}

// errCaused: an input comes before what it comes of.
var errCaused = errors.New("an input comes before what it comes of")

// again decides the log in another order. An input whose cause never happens does not come either. The error is errCaused where
// the cause happens only later, or that of the cell.
func (rec recorded) again(log []Input, cfg runtime.Config) (outcome, error) {
	r, err := newRun(cfg)
	if err != nil {
		return outcome{}, err
	}
	defer r.cell.Close()
	o := outcome{}
	for _, in := range log {
		if err := r.wait(in.At); err != nil {
			return outcome{}, err
		}
		why := rec.causes[in.Entry]
		if !why.done(r) {
			o.never = append(o.never, in)
			continue
		}
		if err := r.tell(in.At, r.translated(in.Input, why)); err != nil {
			return outcome{}, err
		}
	}
	for _, in := range o.never {
		if rec.causes[in.Entry].done(r) {
			return outcome{}, errCaused
		}
	}
	for _, d := range r.asked {
		if !slices.Contains(rec.asked, d) {
			o.unanswered = append(o.unanswered, d.String())
		}
	}
	o.end = r.end
	return o, nil
}

// wait lets the timers fire that are due by an instant: each when it is due, before what comes then.
func (r *run) wait(until time.Duration) error {
	for {
		due, ok := r.cell.NextTimer()
		if !ok || due > until {
			return nil
		}
		step, err := r.cell.FireNext(max(due, r.cell.At()))
		if err != nil {
			return err
		}
		r.took(step)
	}
}

func (r *run) tell(at time.Duration, in messages.Input) error {
	step, err := r.cell.Handle(at, in)
	if err == nil {
		r.took(step)
	}
	return err
}

// took names what the step does.
func (r *run) took(step runtime.Step) {
	for _, out := range step.Outputs {
		if a, is := out.Effect.(messages.Announce); is {
			r.announced(a.Event)
			continue
		}
		made, isPeer := out.Effect.(messages.CreatePeer)
		what := r.what(out.Effect)
		if session, known := sessionOf(step.Input); isPeer && known {
			what += " " + string(session)
		}
		d := r.did(what)
		r.done[d], r.names[out.ID] = out.ID, d
		if isAsking(out.Effect) {
			r.asked = append(r.asked, d)
		}
		if isPeer {
			r.peers[d], r.makers[made.Peer] = made.Peer, d
		}
	}
}

// isAsking tells whether an answer changes how things go on.
func isAsking(e messages.Effect) bool {
	switch e.(type) {
	case messages.Request, messages.RequestMicrophone, messages.Describe, messages.MakeAnswer, messages.SendAnswer:
		return true
	default:
		return false
	}
}

// did counts a deed.
func (r *run) did(what string) deed {
	d := nth(what, r.times[what])
	r.times[what]++
	r.done[d] = ""
	return d
}

// announced takes what the application is told. To be told the same twice of a call counts once: people answer a telephone
// that rings, however often they are told so.
func (r *run) announced(event messages.Event) {
	var c messages.ConversationID
	switch e := event.(type) {
	case messages.Ready:
		r.did(ready)
	case messages.PendingSession:
		c, r.carries[e.ID] = e.Conversation, e.Conversation
	case messages.SessionStarted:
		c, r.carries[e.Session.ID] = e.Session.Conversation, e.Session.Conversation
	}
	was := r.end.Calls[c]
	r.end.announced(event)
	is := r.end.Calls[c]
	if _, rang := event.(messages.PendingSession); rang && was.Rings != is.Rings {
		r.did(rings(c))
	}
	if _, started := event.(messages.SessionStarted); started && was.Starts != is.Starts {
		r.did(starts(c))
	}
	if update, is := event.(messages.ConversationUpdate); is {
		r.updated(update)
	}
}

// updated counts for each call that it was shown as connected, once.
func (r *run) updated(u messages.ConversationUpdate) {
	for _, s := range u.Current {
		if s.Call != nil && s.Call.State.Class() == messages.ConnectedClass && r.times[taken(s.Conversation)] == 0 {
			r.did(taken(s.Conversation))
		}
	}
}

// what is an effect in words: refs are left out, for another order gives others.
func (r *run) what(e messages.Effect) string {
	words := []string{e.Kind()}
	add := func(word string) { words = append(words, word) }
	switch e := e.(type) {
	case messages.Request:
		return requestText(e)
	case messages.SendServices:
		add(e.Type)
	case messages.SendSubscribe:
		add(e.Topic)
	case messages.SendProceed:
		add(string(e.Session))
	case messages.SendAccept:
		add(string(e.Session))
	case messages.SendAnswer:
		add(string(e.Session))
	case messages.SendCandidate:
		add(string(e.Session))
	case messages.SendActive:
		add(string(e.Session))
	case messages.SendTerminate:
		add(string(e.Session))
	case messages.Describe:
		add(string(r.makers[e.Peer]))
	case messages.MakeAnswer:
		add(string(r.makers[e.Peer]))
	case messages.RequestMicrophone:
		add(string(r.makers[e.Peer]))
	}
	return strings.Join(words, " ")
}

// requestText is a REST request by what it asks for. The participant is left out: who it is may not be known in time.
func requestText(q messages.Request) string {
	return fmt.Sprintf("request %s %s %s %t", q.Of, q.Conversation, q.State, q.Value)
}

// answered is the question that an input answers.
func answered(in messages.Input) (messages.EffectID, bool) {
	switch in := in.(type) {
	case messages.HTTPAnswered:
		return in.Effect, true
	case messages.IQAnswered:
		return in.Effect, true
	case messages.MicrophoneGranted:
		return in.Effect, true
	case messages.MicrophoneDenied:
		return in.Effect, true
	case messages.PeerDone:
		return in.Effect, true
	case messages.PeerRejected:
		return in.Effect, true
	default:
		return "", false
	}
}

// translated is an input for this run: it answers what was asked here, and speaks for the peer connection that was made here.
func (r *run) translated(in messages.Input, why cause) messages.Input {
	if len(why) == 0 {
		return in
	}
	id, peer := r.done[why[0]], r.peers[why[0]]
	switch in := in.(type) {
	case messages.HTTPAnswered:
		in.Effect = id
		return in
	case messages.IQAnswered:
		in.Effect = id
		return in
	case messages.MicrophoneGranted:
		in.Effect = id
		return in
	case messages.MicrophoneDenied:
		in.Effect = id
		return in
	case messages.PeerDone:
		in.Effect = id
		return in
	case messages.PeerRejected:
		in.Effect = id
		return in
	case messages.PeerConnectionChanged:
		in.Peer = peer
		return in
	case messages.PeerICEChanged:
		in.Peer = peer
		return in
	case messages.LocalCandidate:
		in.Peer = peer
		return in
	default:
		return in
	}
}
