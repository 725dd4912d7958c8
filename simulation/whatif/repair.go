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

// repair makes the recovered calls more faithful. The platform of the recording did things that a platform as simulated
// does not, and the other way round: what it told the phone, and nobody else does, becomes a wire line; what it did not
// tell becomes a line that drops it. Only calls that are announced otherwise than recorded are repaired, and a repair
// that does not bring the calls nearer to the recording is taken back.
func repair(s scenario.Scenario, rec Recovery, run Run) (Recovery, Run, error) {
	was := rec.reading.tellings.told
	best := candidate{rec, run, likeness(rec, run)}
	now, idle := best, 0
	for work := 0; work < workMax; {
		next, found, took, err := now.repaired(s, was)
		if err != nil {
			return rec, run, err
		}
		work += took
		if idle++; !found || idle > idleMax {
			break
		}
		if now = next; now.score > best.score {
			best, idle = now, 0
		}
	}
	return best.rec, best.run, nil
}

// workMax is how many inputs phones may decide for the repairs of one log: some seconds' worth.
const workMax = 50_000

// idleMax is how many repairs may follow each other that bring nothing yet: what deviates first need not be what matters.
const idleMax = 5

// candidate is a recovery with repairs, and what comes of it.
type candidate struct {
	rec   Recovery
	run   Run
	score int
}

// repaired is the best next candidate: the first that is better, or else the first that is not worse. took is how many
// inputs were decided to find it.
func (c candidate) repaired(s scenario.Scenario, was []told) (next candidate, found bool, took int, err error) {
	for _, set := range deviations(c.rec, c.run, was) {
		if c.has(set) {
			continue
		}
		rec := c.rec
		rec.acts = append(slices.Clone(c.rec.acts), set.acts...)
		rec.Repairs = append(slices.Clone(c.rec.Repairs), set.notes...)
		run, err := timed(s, rec.acts, c.run.Events)
		if err != nil {
			return c, false, took, err
		}
		took += run.work
		switch score := likeness(rec, run); {
		case score > c.score:
			return candidate{rec, run, score}, true, took, nil
		case score == c.score && !found:
			next, found = candidate{rec, run, score}, true
		}
		if took > workMax {
			break
		}
	}
	return next, found, took, nil
}

// has tells whether some of these repairs were made already.
func (c candidate) has(set repairs) bool {
	return slices.ContainsFunc(set.acts, func(a act) bool {
		return slices.ContainsFunc(c.rec.acts, func(b act) bool { return a.at == b.at && a.do == b.do })
	})
}

// likeness is how much of what was recorded is announced: for each call the events up to the first difference, and one
// more if there is none; one less for a call of which nothing was announced.
func likeness(rec Recovery, run Run) (n int) {
	for _, call := range callsOf(rec.Events, run.Events) {
		was, is := rec.beside(run, call)
		at, differs := firstDifference(was, is)
		switch {
		case !differs:
			at = len(was) + 1
		case len(was) == 0:
			at = -1
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

// deviations are repairs of the first thing that each call is told otherwise, if it is announced otherwise than recorded: of
// many calls the likeliest of each all at once, and then one by one.
func deviations(rec Recovery, run Run, was []told) (found []repairs) {
	fix := &fixer{rec: rec, run: run, was: was}
	together := repairs{}
	for _, call := range append(callsOf(rec.Events, run.Events), "") {
		if _, differs := firstDifference(rec.beside(run, call)); call != "" && !differs {
			continue
		}
		of := fix.call(call)
		if len(of) > 0 {
			together.acts, together.notes = append(together.acts, of[0].acts...), append(together.notes, of[0].notes...)
		}
		found = append(found, of...)
	}
	if len(found) > oneByOneMax {
		found = append([]repairs{together}, found...)
	}
	return found
}

// oneByOneMax is up to how many repairs are only tried one by one: together, one spoils the others.
const oneByOneMax = 30

// fixer makes repairs.
type fixer struct {
	rec Recovery
	run Run
	was []told
}

// call are repairs of the first deviation of a call, the likelier first.
func (f *fixer) call(call string) (found []repairs) {
	was, is := toldOf(f.was, call), toldOf(f.run.told, call)
	i := 0
	for i < len(was) && i < len(is) && was[i].says == is[i].says && near(was[i], is[i]) {
		i++
	}
	was, is = was[i:], is[i:]
	add := func(sets ...repairs) {
		all := repairs{}
		for _, r := range sets {
			if len(r.acts) == 0 {
				return
			}
			all.acts, all.notes = append(all.acts, r.acts...), append(all.notes, r.notes...)
		}
		found = append(found, all)
	}
	switch {
	case len(was) == 0 && len(is) == 0:
	case len(was) == 0:
		for _, t := range is[:min(len(is), 3)] {
			add(f.withheld(t))
		}
	case len(is) == 0:
		add(f.told(was[0]))
	case was[0].says == is[0].says && is[0].at < was[0].at:
		add(f.late(is[0], was[0].at-is[0].at))
	case was[0].says == is[0].says:
		add(f.told(was[0]), f.withheld(is[0]))
	default:
		add(f.told(was[0]), f.withheld(is[0]))
		for _, later := range was[1:] {
			if later.says == is[0].says && later.at > is[0].at {
				add(f.late(is[0], later.at-is[0].at))
				add(f.told(was[0]), f.late(is[0], later.at-is[0].at))
				break
			}
		}
		add(f.told(was[0]))
		for _, t := range is[:min(len(is), 2)] {
			add(f.withheld(t))
		}
	}
	return found
}

// near tells whether two tellings come at nearly the same time.
func near(a, b told) bool { return max(a.at-b.at, b.at-a.at) <= nearly }

// nearly is how much later or earlier than recorded the simulated platform may be: a little more than a delay of its own.
const nearly = 100 * time.Millisecond

func toldOf(all []told, call string) (of []told) {
	for _, t := range all {
		if t.call == call {
			of = append(of, t)
		}
	}
	return of
}

// withheld drops what the recorded client was not told.
func (f *fixer) withheld(t told) repairs {
	wire := f.rec.reading.platform.WireDelay
	a := f.soonAfter(t.at-wire-time.Millisecond, act{do: scenario.Statement{Verb: scenario.NextDropped, Phone: atDesk, Word: t.in.Kind()}})
	return repairs{acts: []act{a}, notes: []Note{{At: t.at, Line: a.line, What: fmt.Sprintf("%s: %s did not come", callWord(t.call), t.in.Kind())}}}
}

// late delays what the recorded client was told later.
func (f *fixer) late(t told, by time.Duration) repairs {
	wire := f.rec.reading.platform.WireDelay
	do := scenario.Statement{Verb: scenario.NextDelayed, Phone: atDesk, Word: t.in.Kind(), Duration: round(by)}
	a := f.soonAfter(t.at-wire-time.Millisecond, act{do: do})
	return repairs{acts: []act{a}, notes: []Note{{At: t.at, Line: a.line, What: fmt.Sprintf("%s: %s came %s later", callWord(t.call), t.in.Kind(), round(by))}}}
}

// told tells what the recorded client was told; nothing if that cannot be said.
func (f *fixer) told(t told) repairs {
	in, can := f.translated(t)
	if !can {
		return repairs{}
	}
	text, err := messages.EncodeInput(nil, in)
	if err != nil {
		return repairs{}
	}
	a := f.soonAfter(t.at, act{do: scenario.Statement{Verb: scenario.Wire, Phone: atDesk, Word: in.Kind(), JSON: string(text)}})
	a.line = f.rec.reading.log.Entries[t.entry].Line
	return repairs{acts: []act{a}, notes: []Note{{At: t.at, Line: a.line, What: fmt.Sprintf("%s: %s came by itself", callWord(t.call), t.in.Kind())}}}
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
