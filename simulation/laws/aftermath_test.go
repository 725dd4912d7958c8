package laws_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// patience is longer than anything may ring, and than all that an endSession waits for (design section 6).
const patience = 15 * time.Minute

// aftermath is what comes after a recording: nobody places calls or answers requests any more; only the stream's pings are
// answered, so that it stays, and the media layer says no to what it was asked, which it does in any world.
type aftermath struct {
	cell    *runtime.Cell
	checker *laws.Checker

	asked    map[messages.EffectID]messages.Effect
	now      []messages.EffectID // what was asked for and is to be answered
	sessions []messages.Input    // the end of each session that was offered
	peers    []messages.Ref      // the peer connections that are open
	me       messages.UserID
	calls    map[messages.ConversationID]messages.ConversationNotified // as the user was last seen in each
	order    []messages.ConversationID                                 // of calls
}

func newAftermath(cell *runtime.Cell, checker *laws.Checker) *aftermath {
	return &aftermath{
		cell: cell, checker: checker, asked: map[messages.EffectID]messages.Effect{},
		calls: map[messages.ConversationID]messages.ConversationNotified{},
	}
}

// took checks a step, and notes what is to be answered or ended after it.
func (a *aftermath) took(s runtime.Step) {
	a.checker.Step(s)
	for _, out := range s.Outputs {
		a.asked[out.ID] = out.Effect
		a.now = append(a.now, out.ID)
		switch e := out.Effect.(type) {
		case messages.CreatePeer:
			a.peers = append(a.peers, e.Peer)
		case messages.ClosePeer:
			a.peers = slices.DeleteFunc(a.peers, func(p messages.Ref) bool { return p == e.Peer })
		}
	}
	switch in := s.Input.(type) {
	case messages.Offer:
		a.sessions = append(a.sessions, messages.Terminate{Session: in.Session, From: in.From, Reason: "success"})
	case messages.SessionInitiate:
		a.sessions = append(a.sessions, messages.SessionTerminate{IQ: "over", Session: in.Session, From: in.From, Reason: "success"})
	case messages.HTTPAnswered:
		if in.Me != nil {
			a.me = in.Me.User
		}
	case messages.ConversationNotified:
		if !a.ofUser(in) {
			return
		}
		if _, known := a.calls[in.Conversation]; !known {
			a.order = append(a.order, in.Conversation)
		}
		a.calls[in.Conversation] = in
	}
}

// ofUser tells whether the user has a leg: what names none, tells nobody of its end either.
func (a *aftermath) ofUser(in messages.ConversationNotified) bool {
	return slices.ContainsFunc(in.Participants, func(p messages.Participant) bool { return p.User == a.me && len(p.Calls) > 0 })
}

// pass lets all calls end, if so asked, and all deadlines pass, and checks what is left then.
func (a *aftermath) pass(ends bool) error {
	a.now = a.cell.Unanswered()
	if ends {
		if err := a.endAll(); err != nil {
			return err
		}
	}
	if err := a.wait(a.cell.At() + patience); err != nil {
		return err
	}
	if ends {
		if err := a.callOnce(); err != nil {
			return err
		}
	}
	if !ends {
		a.checker.End(true, nil)
		return nil
	}
	a.checker.End(true, a.cell.Actors())
	return nil
}

// wait lets the timers fire that are due until an instant, each when it is due.
func (a *aftermath) wait(until time.Duration) error {
	for {
		if err := a.answer(); err != nil {
			return err
		}
		due, ok := a.cell.NextTimer()
		if !ok || due > until {
			return nil
		}
		step, err := a.cell.FireNext(max(due, a.cell.At()))
		if err != nil {
			return err
		}
		a.took(step)
	}
}

// callOnce lets one more call ring elsewhere and end, if any was ever heard of: what is over is swept when the next call
// changes, which is soon enough.
func (a *aftermath) callOnce() error {
	if len(a.order) == 0 {
		return nil
	}
	last := a.ended(a.order[len(a.order)-1], messages.Alerting)
	last.Conversation = "c0000000-0000-4000-8000-00000000ffff"
	if err := a.tell(last); err != nil {
		return err
	}
	return a.tell(a.ended(last.Conversation, messages.Terminated))
}

// endAll ends all calls: the platform says so of each, each far end of its session, and where the client does not hear that,
// because its stream is down, the media ends all the same.
func (a *aftermath) endAll() error {
	for _, conversation := range slices.Clone(a.order) {
		if err := a.tell(a.ended(conversation, messages.Terminated)); err != nil {
			return err
		}
	}
	for _, end := range slices.Clone(a.sessions) {
		if err := a.tell(end); err != nil {
			return err
		}
	}
	for _, peer := range slices.Clone(a.peers) {
		if err := a.fail(peer); err != nil {
			return err
		}
	}
	return nil
}

// fail lets a peer connection fail for good: over Jingle that takes two failures.
func (a *aftermath) fail(peer messages.Ref) error {
	for _, in := range []messages.Input{
		messages.PeerConnectionChanged{Peer: peer, State: messages.PeerFailed},
		messages.PeerICEChanged{Peer: peer, State: messages.PeerFailed},
		messages.PeerICEChanged{Peer: peer, State: messages.PeerFailed},
	} {
		if err := a.tell(in); err != nil {
			return err
		}
	}
	return nil
}

// ended is what was said last of a conversation, with all legs in another state.
func (a *aftermath) ended(conversation messages.ConversationID, state messages.CallState) messages.ConversationNotified {
	n := a.calls[conversation]
	n.Participants = slices.Clone(n.Participants)
	for i, p := range n.Participants {
		p.Calls = slices.Clone(p.Calls)
		for j := range p.Calls {
			p.Calls[j].State = state
		}
		n.Participants[i] = p
	}
	return n
}

// answer answers what was asked for since, as long as anything is.
func (a *aftermath) answer() error {
	for len(a.now) > 0 {
		id := a.now[0]
		a.now = a.now[1:]
		if in := refusal(id, a.asked[id]); in != nil {
			if err := a.tell(in); err != nil {
				return err
			}
		}
	}
	return nil
}

func refusal(id messages.EffectID, effect messages.Effect) messages.Input {
	switch effect.(type) {
	case messages.RequestMicrophone:
		return messages.MicrophoneDenied{Effect: id, Name: "NotAllowedError", Message: "Permission denied"}
	case messages.Describe, messages.MakeAnswer:
		return messages.PeerRejected{Effect: id, Name: "InvalidStateError", Message: "the peer connection is closed"}
	case messages.SendPing, messages.SendServices:
		return messages.IQAnswered{Effect: id}
	default:
		return nil
	}
}

func (a *aftermath) tell(in messages.Input) error {
	step, err := a.cell.Handle(a.cell.At(), in)
	if err != nil {
		return fmt.Errorf("%s after the recording: %w", in.Kind(), err)
	}
	a.took(step)
	return nil
}
