package races

import (
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// question is what an answer is for, by a name that it keeps when things come in another order: what was asked, in full, and
// how many times that was asked before.
type question string

// run is one way of deciding a log.
type run struct {
	cell   *runtime.Cell
	end    End
	asked  map[question]messages.EffectID
	names  map[messages.EffectID]question
	times  map[string]int
	peers  map[question]messages.Ref // a peer connection, by the question that made it
	makers map[messages.Ref]question
}

func newRun(cfg runtime.Config) (*run, error) {
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		return nil, err
	}
	return &run{
		cell: cell, end: newEnd(), asked: map[question]messages.EffectID{}, names: map[messages.EffectID]question{}, times: map[string]int{},
		peers: map[question]messages.Ref{}, makers: map[messages.Ref]question{},
	}, nil
}

// recorded is the log as it came: what was asked, by name.
type recorded struct {
	end    End
	names  map[messages.EffectID]question
	makers map[messages.Ref]question
}

// record decides the log as it came.
func record(log []Input, cfg runtime.Config) (recorded, error) {
	r, err := newRun(cfg)
	if err != nil {
		return recorded{}, err
	}
	defer r.cell.Close()
	for _, in := range log {
		if err := errors.Join(r.wait(in.At), r.tell(in.At, in.Input)); err != nil {
			return recorded{}, fmt.Errorf("races: entry %d: %w", in.Entry, err)
		}
	}
	return recorded{end: r.end, names: r.names, makers: r.makers}, nil
}

// errCaused: an answer comes before its question.
var errCaused = errors.New("an answer comes before its question")

// again decides the log in another order. Not possible: something would come before what it is caused by.
func (rec recorded) again(log []Input, cfg runtime.Config) (end End, possible bool) {
	r, err := newRun(cfg)
	if err != nil {
		return End{}, false
	}
	defer r.cell.Close()
	for _, in := range log {
		if err := r.wait(in.At); err != nil {
			return End{}, false
		}
		translated, err := rec.translated(r, in.Input)
		if err != nil {
			return End{}, false
		}
		if err := r.tell(in.At, translated); err != nil {
			return End{}, false
		}
	}
	return r.end, true
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

// took names what the step asks for.
func (r *run) took(step runtime.Step) {
	for _, out := range step.Outputs {
		if a, is := out.Effect.(messages.Announce); is {
			r.end.announced(a.Event)
			continue
		}
		name := r.name(out.Effect)
		r.asked[name], r.names[out.ID] = out.ID, name
		if made, is := out.Effect.(messages.CreatePeer); is {
			r.peers[name], r.makers[made.Peer] = made.Peer, name
		}
	}
}

// name is a question's: refs are left out, for another order gives others.
func (r *run) name(e messages.Effect) question {
	text := e.Kind()
	switch e := e.(type) {
	case messages.Request:
		text = fmt.Sprintf("%s %s %s %s %s %t", text, e.Of, e.Conversation, e.Participant, e.State, e.Value)
	case messages.SendAnswer:
		text += " " + string(e.Session)
	case messages.SendCandidate:
		text += " " + string(e.Session)
	case messages.SendActive:
		text += " " + string(e.Session)
	case messages.SendTerminate:
		text += " " + string(e.Session)
	case messages.Describe:
		text += " " + string(r.makers[e.Peer])
	case messages.MakeAnswer:
		text += " " + string(r.makers[e.Peer])
	case messages.RequestMicrophone:
		text += " " + string(r.makers[e.Peer])
	}
	n := r.times[text]
	r.times[text] = n + 1
	return question(fmt.Sprintf("%s #%d", text, n))
}

// translated is an input of the log for this run: it answers the question of the same name.
func (rec recorded) translated(r *run, in messages.Input) (messages.Input, error) {
	switch in := in.(type) {
	case messages.HTTPAnswered:
		err := r.rename(rec, &in.Effect)
		return in, err
	case messages.IQAnswered:
		err := r.rename(rec, &in.Effect)
		return in, err
	case messages.MicrophoneGranted:
		err := r.rename(rec, &in.Effect)
		return in, err
	case messages.MicrophoneDenied:
		err := r.rename(rec, &in.Effect)
		return in, err
	case messages.PeerDone:
		err := r.rename(rec, &in.Effect)
		return in, err
	case messages.PeerRejected:
		err := r.rename(rec, &in.Effect)
		return in, err
	case messages.PeerConnectionChanged:
		err := r.repeer(rec, &in.Peer)
		return in, err
	case messages.PeerICEChanged:
		err := r.repeer(rec, &in.Peer)
		return in, err
	case messages.LocalCandidate:
		err := r.repeer(rec, &in.Peer)
		return in, err
	default:
		return in, nil
	}
}

func (r *run) rename(rec recorded, id *messages.EffectID) error {
	name, known := rec.names[*id]
	if !known {
		return nil // an answer that nobody asked for, as it was
	}
	here, asked := r.asked[name]
	if !asked {
		return errCaused
	}
	*id = here
	return nil
}

func (r *run) repeer(rec recorded, peer *messages.Ref) error {
	maker, known := rec.makers[*peer]
	if !known {
		return nil
	}
	here, made := r.peers[maker]
	if !made {
		return errCaused
	}
	*peer = here
	return nil
}
