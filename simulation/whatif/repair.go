package whatif

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// repairsMax is how many rounds of repairs are tried; in each, the first deviation of each call is taken.
const repairsMax = 60

// repair makes the recovered calls more faithful. The platform of the recording did things that a platform as simulated
// does not, and the other way round: what it told the phone, and nobody else does, becomes a wire line; what it did not
// tell becomes a line that drops it. Only calls that are announced otherwise than recorded are repaired, and a repair
// that does not bring the calls nearer to the recording is taken back.
func repair(s scenario.Scenario, rec Recovery, run Run) (Recovery, Run, error) {
	was := rec.reading.tellings.told
	best, score := run, likeness(rec, run)
	for range repairsMax {
		more := deviations(rec, best, was)
		if len(more) == 0 {
			break
		}
		improved := false
		for _, set := range tries(more) {
			next := rec
			next.acts = append(slices.Clone(rec.acts), set.acts...)
			again, err := settle(s, next.acts, best.Events)
			if err != nil {
				return rec, best, err
			}
			if got := likeness(next, again); got > score {
				next.Repairs = append(slices.Clone(rec.Repairs), set.notes...)
				rec, best, score, improved = next, again, got, true
				break
			}
		}
		if !improved {
			break
		}
	}
	return rec, best, nil
}

// likeness is how much of what was recorded is announced: for each call the events up to the first difference, and one
// more if there is none.
func likeness(rec Recovery, run Run) (n int) {
	for _, call := range callsOf(rec.Events, run.Events) {
		was, is := ofCall(rec.Events, call), ofCall(run.Events, call)
		at, differs := firstDifference(was, is)
		if !differs {
			at = len(was) + 1
		}
		n += at
	}
	return n
}

// repairs are acts that repair something, and what they repair.
type repairs struct {
	acts  []act
	notes []Note
}

// tries are the repairs of a round: all at once, and then one by one.
func tries(of []repairs) []repairs {
	if len(of) == 1 {
		return of
	}
	all := repairs{}
	for _, r := range of {
		all.acts, all.notes = append(all.acts, r.acts...), append(all.notes, r.notes...)
	}
	return append([]repairs{all}, of...)
}

// deviations are, for each call that is announced otherwise than recorded, the repairs of the first things that it is told
// otherwise.
func deviations(rec Recovery, run Run, was []told) (found []repairs) {
	fix := &fixer{rec: rec, run: run, was: was}
	calls := callsOf(rec.Events, run.Events)
	for _, call := range append(calls, "") {
		if call != "" {
			if _, differs := firstDifference(ofCall(rec.Events, call), ofCall(run.Events, call)); !differs {
				continue
			}
		}
		found = append(found, fix.call(call)...)
	}
	return found
}

// fixer makes repairs.
type fixer struct {
	rec Recovery
	run Run
	was []told
}

// call are the repairs of the first deviations of a call.
func (f *fixer) call(call string) (found []repairs) {
	was, is := toldOf(f.was, call), toldOf(f.run.told, call)
	i, j := 0, 0
	for i < len(was) && j < len(is) && was[i].says == is[j].says {
		i, j = i+1, j+1
	}
	kept := common(was[i:], is[j:])
	for ; j < len(is) && (len(kept) == 0 || is[j].says != kept[0]); j++ {
		found = append(found, f.withheld(is[j]))
		break
	}
	for ; i < len(was) && (len(kept) == 0 || was[i].says != kept[0]); i++ {
		if r, can := f.told(was[i]); can {
			found = append(found, r)
		}
		break
	}
	if len(found) == 2 {
		both := repairs{acts: append(slices.Clone(found[0].acts), found[1].acts...), notes: append(slices.Clone(found[0].notes), found[1].notes...)}
		found = append([]repairs{both}, found...)
	}
	return found
}

func toldOf(all []told, call string) (of []told) {
	for _, t := range all {
		if t.call == call {
			of = append(of, t)
		}
	}
	return of
}

// common is the longest list of sayings that both have in this order.
func common(a, b []told) []string {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if a[i].says == b[j].says {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var kept []string
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].says == b[j].says:
			kept = append(kept, a[i].says)
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return kept
}

// withheld drops what the recorded client was not told.
func (f *fixer) withheld(t told) repairs {
	wire := f.rec.reading.platform.WireDelay
	a := f.soonAfter(t.at-wire-time.Millisecond, act{do: scenario.Statement{Verb: scenario.NextDropped, Phone: atDesk, Word: t.in.Kind()}})
	return repairs{acts: []act{a}, notes: []Note{{At: t.at, Line: a.line, What: fmt.Sprintf("%s: %s did not come", callWord(t.call), t.in.Kind())}}}
}

// told tells what the recorded client was told.
func (f *fixer) told(t told) (repairs, bool) {
	in, can := f.translated(t)
	if !can {
		return repairs{}, false
	}
	text, err := messages.EncodeInput(nil, in)
	if err != nil {
		return repairs{}, false
	}
	a := f.soonAfter(t.at, act{do: scenario.Statement{Verb: scenario.Wire, Phone: atDesk, Word: in.Kind(), JSON: string(text)}})
	a.line = f.rec.reading.log.Entries[t.entry].Line
	return repairs{acts: []act{a}, notes: []Note{{At: t.at, Line: a.line, What: fmt.Sprintf("%s: %s came by itself", callWord(t.call), t.in.Kind())}}}, true
}

func callWord(call string) string { return cmp.Or(call, "the persistent connection") }

// soon is how long after an act something still belongs to it.
const soon = time.Second

// soonAfter times a repair: as long after the act before it as it is, if it is soon after one.
func (f *fixer) soonAfter(at time.Duration, a act) act {
	a.at, a.order = max(at, 0), 5
	var last *due
	p := plan(f.rec.acts, f.run.Events)
	for i := range p.acts {
		if p.acts[i].when <= a.at {
			last = &p.acts[i]
		}
	}
	if last == nil || a.at-last.when > soon {
		return a
	}
	a.line = last.line
	a.order = last.order + 1
	if last.after != (anchor{}) {
		a.after, a.delay = last.after, last.delay+a.at-last.when
	}
	return a
}

var anyGateway = regexp.MustCompile(`(?i)@.*gjoll`)

// translated is what the recorded client was told, in the words of the simulated platform: nothing of the recording's ids
// and addresses is in it. Not can: it is about something that is not there.
func (f *fixer) translated(t told) (in messages.Input, can bool) {
	session := f.session(t)
	gateway := func(recorded messages.JID) messages.JID {
		if !anyGateway.MatchString(recorded.Reveal()) {
			return "somebody@" + platform.Domain + "/elsewhere"
		}
		for _, now := range f.run.told {
			if p, is := now.in.(messages.Propose); is && p.Session == session {
				return p.From
			}
		}
		return messages.JID("edge@" + platform.GatewayDomain + "/wire")
	}
	name := func(id messages.ConversationID) messages.ConversationID {
		return messages.ConversationID(f.rec.reading.named(id))
	}
	iq := fmt.Sprintf("wire-%d", t.entry)
	switch m := t.in.(type) {
	case messages.ConversationNotified:
		return f.notified(m, name(m.Conversation))
	case messages.Propose:
		return messages.Propose{
			Session: session, Conversation: name(m.Conversation), From: gateway(m.From), To: theDeskJID, AutoAnswer: m.AutoAnswer,
			SDPOverXMPP: m.SDPOverXMPP, PrivAnswer: m.PrivAnswer, FromUser: theAgent,
		}, true
	case messages.Retract:
		return messages.Retract{Session: session, From: gateway(m.From)}, true
	case messages.Accepted:
		return messages.Accepted{Session: session, From: f.client(m.Session)}, true
	case messages.Rejected:
		return messages.Rejected{Session: session, From: theOtherJID}, true
	case messages.Offer:
		return messages.Offer{
			IQ: iq, Session: session, Conversation: name(m.Conversation), From: gateway(m.From), SDP: "v=0\r\n",
			ICE: messages.Candidate(fmt.Sprintf("ufrag\npwd-%d", t.entry)), Reinvite: m.Reinvite,
		}, true
	case messages.SessionInitiate:
		return messages.SessionInitiate{IQ: iq, Session: session, From: gateway(m.From), SDP: "v=0\r\n", Empty: m.Empty}, true
	case messages.Terminate:
		return messages.Terminate{IQ: iq, Session: session, From: gateway(m.From), Reason: word(m.Reason)}, true
	case messages.SessionTerminate:
		return messages.SessionTerminate{IQ: iq, Session: session, From: gateway(m.From), Reason: word(m.Reason)}, true
	default:
		return nil, false
	}
}

// The addresses of the agent's clients on the simulated platform.
const (
	theDeskJID  = messages.JID(theAgent + "@" + platform.Domain + "/" + theDesk)
	theOtherJID = messages.JID(theAgent + "@" + platform.Domain + "/" + theOther)
)

// client is whose accept it is: this client's, if it has sent one for the session.
func (f *fixer) client(recorded messages.SessionID) messages.JID {
	if f.rec.reading.session(recorded).ours {
		return theDeskJID
	}
	return theOtherJID
}

// session is the simulated platform's id of a recorded session: the one of the same call and place, or one of its own.
func (f *fixer) session(t told) messages.SessionID {
	if t.session == "" {
		return ""
	}
	places := f.rec.reading.tellings.sessions
	p := places[t.session]
	counts := map[messages.SessionID]bool{}
	n := 0
	for _, now := range f.run.told {
		if now.call == p.call && now.session != "" && !counts[now.session] {
			counts[now.session] = true
			if n++; n == p.nth {
				return now.session
			}
		}
	}
	return messages.SessionID(fmt.Sprintf("W-%s-%d", cmp.Or(p.call, "private"), p.nth))
}

// notified is a notification with the participants of the simulated platform.
func (f *fixer) notified(m messages.ConversationNotified, call messages.ConversationID) (messages.Input, bool) {
	if call == "" {
		return nil, false
	}
	n := messages.ConversationNotified{Conversation: call, Participants: []messages.Participant{{
		ID: messages.ParticipantID(call) + "-far-1", Purpose: "customer", Calls: []messages.Leg{{State: messages.Connected}},
	}}}
	if me, found := conversation.PickParticipant(m.Participants, f.rec.reading.before.me, ""); found {
		n.Participants = append(n.Participants, messages.Participant{
			ID: messages.ParticipantID(call) + "-" + theAgent + "-2", User: theAgent, Purpose: me.Purpose, Calls: slices.Clone(me.Calls),
		})
	}
	return n, true
}
