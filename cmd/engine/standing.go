package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// standing is the state that a chart of a call is in.
type standing struct {
	chart string
	actor messages.Ref
	about string // the session and the conversation that the message named with which it began
	state fsm.State
	since uint64 // the entry in which it entered the state
	born  uint64 // the entry in which it is first seen
}

// String says since when it is in its state.
func (s *standing) String() string {
	name := fmt.Sprintf("%s #%d", s.chart, s.actor)
	if s.about != "" {
		name += " " + s.about
	}
	return fmt.Sprintf("%s %s since entry %d", name, s.state, s.since)
}

// waiting is a call of the embedding program that waits for its end.
type waiting struct {
	entry uint64
	id    messages.CallID
	kind  string
}

// String says which call it is.
func (c waiting) String() string { return fmt.Sprintf("%s call=%d of entry %d", c.kind, c.id, c.entry) }

// standings follow the states of a replay's calls, entry by entry.
type standings struct {
	list  []*standing
	calls []waiting
}

// callCharts are the charts that stand for a call, or for what may become one.
var callCharts = []string{"proposal", "invitation", "session", "conversation"}

// find is where a chart of an actor stands, or nil.
func (s *standings) find(chart string, actor messages.Ref) *standing {
	at := slices.IndexFunc(s.list, func(have *standing) bool { return have.chart == chart && have.actor == actor })
	if at < 0 {
		return nil
	}
	return s.list[at]
}

// note follows an entry.
func (s *standings) note(n *names, e replay.Entry) {
	for _, r := range e.Step.Rows {
		if r.Verdict != fsm.Taken || !slices.Contains(callCharts, r.Chart) {
			continue
		}
		here := s.find(r.Chart, r.Actor)
		if here == nil {
			here = &standing{chart: r.Chart, actor: r.Actor, about: aliasesIn(n, e.Step.Input), born: e.Step.Seq, since: e.Step.Seq}
			s.list = append(s.list, here)
		}
		if r.From != r.To {
			here.since = e.Step.Seq
		}
		here.state = r.To
	}
	if in, is := e.Step.Input.(messages.Requested); is {
		s.calls = append(s.calls, waiting{e.Step.Seq, in.Waiting(), e.Step.Input.Kind()})
	}
	for _, out := range e.Step.Outputs {
		if settled, is := out.Effect.(messages.Settle); is {
			s.calls = slices.DeleteFunc(s.calls, func(c waiting) bool { return c.id == settled.Call })
		}
	}
}

// swallowed says which invitation kept an invitation from being announced: a propose for a conversation that rings
// already renames that invitation, and nothing more.
func (s *standings) swallowed(e replay.Entry) []string {
	if announces(e.Step.Outputs) {
		return nil
	}
	var list []string
	for _, r := range e.Step.Rows {
		if r.Chart != "invitation" || r.Input != (messages.InvitedAgain{}).Kind() || r.From != r.To {
			continue
		}
		if by := s.find(r.Chart, r.Actor); by != nil {
			list = append(list, fmt.Sprintf("swallowed by %s #%d, %s since entry %d", r.Chart, r.Actor, by.state, by.since))
		}
	}
	return list
}

// open says what of a call is not over: what rings, talks or waits for an answer.
func (s *standings) open(p *passed, kept func(entry uint64) bool) []string {
	list := []string{}
	for _, here := range s.list {
		state := p.charts[here.chart].states[string(here.state)]
		over := state.Final || here.state == "Ended" || here.chart == "proposal" && here.state == "Taken"
		if !over && kept(here.born) {
			list = append(list, here.String())
		}
	}
	return list
}

// unsettled lists the embedding program's calls that never settled.
func (s *standings) unsettled(kept func(entry uint64) bool) []string {
	list := []string{}
	for _, c := range s.calls {
		if kept(c.entry) {
			list = append(list, c.String())
		}
	}
	return list
}

// aliasesIn are the aliases of the session and the conversation that an input names.
func aliasesIn(n *names, in messages.Input) string {
	if in == nil {
		return ""
	}
	named := idsIn(reflect.ValueOf(in))
	var words []string
	if session := only[messages.SessionID](named); session != "" {
		words = append(words, n.of("S", string(session)))
	}
	if conversation := only[messages.ConversationID](named); conversation != "" {
		words = append(words, n.of("C", string(conversation)))
	}
	return strings.Join(words, " ")
}

// announces tells whether outputs tell the embedding program of anything.
func announces(outputs []runtime.Output) bool {
	return slices.ContainsFunc(outputs, func(o runtime.Output) bool {
		_, is := o.Effect.(messages.Announce)
		return is
	})
}

// cameToNothing tells whether an entry is a session's or a call's and led to nothing: then its every row is worth reading.
func cameToNothing(step runtime.Step) bool {
	switch step.Input.(type) {
	case messages.Propose:
		return !announces(step.Outputs)
	case messages.Retract, messages.Accepted, messages.Rejected, messages.Offer, messages.SessionInitiate, messages.Terminate,
		messages.Requested:
		return len(step.Outputs) == 0
	default:
		return false
	}
}
