package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// Run is what came of a scenario under one configuration.
type Run struct {
	// Scenario is what was played: actions whose announcement never came are not in it.
	Scenario scenario.Scenario
	// Events are what the application was told, call by call, in order.
	Events []Event
	// Heard are the times in which a call was heard, in the order in which they began.
	Heard []Heard
	// Refused are the application's requests that failed.
	Refused []Refused
	// Untargeted are the application's actions without a target: what they answered was never announced.
	Untargeted []Untargeted
	// Cost is what the phone used after its login.
	Cost play.Cost
	// End is how long it went on.
	End time.Duration

	work     int     // how many inputs phones decided, in all tries
	told     []told  // what the platform told the phone
	mentions []Event // which announcements named which call, whether they said anything new or not
}

// Heard is a time in which a call was heard at the phone.
type Heard struct {
	Call     string
	From, To time.Duration
}

// Refused is a request of the application that failed.
type Refused struct {
	At   time.Duration
	Call string // "" where it names none
	What string // the kind of the request
	Why  string // the SDK's type of the error
}

// Untargeted is an action of the application that was left out.
type Untargeted struct {
	Do    scenario.Statement
	After string // what was never announced
	Line  int    // of the log
}

// String is the action, and what it waited for.
func (u Untargeted) String() string { return u.Do.String() + ": " + u.After + " was never announced" }

// triesMax is how often actions are timed anew, until they stand still: each time what was announced tells when the next
// ones are due. Actions depend on each other in chains of a few for each call.
const triesMax = 24

// timed plays acts in a configuration so that each action comes as long after the announcement that it answered as it did
// in the recording. events are a first guess of what is announced. The scenario has each line at its time.
func timed(s scenario.Scenario, acts []act, events []Event) (Run, error) {
	var run Run
	before, work := "", 0
	for range triesMax {
		p := plan(acts, events)
		s.Lines = p.lines()
		text := s.String()
		if text == before {
			break
		}
		before = text
		var err error
		if run, err = perform(s); err != nil {
			return Run{}, err
		}
		run.Untargeted = p.untargeted
		events = run.Events
		work += run.work
	}
	run.work = work
	return run, nil
}

// readable tells the moments of actions by what they answer, as far as lines can. What comes of it is the same, or it is
// not done.
func readable(run Run, acts []act) (Run, error) {
	s := run.Scenario
	p := plan(acts, run.Events)
	s.Lines = p.linked(run.mentions)
	told, err := perform(s)
	if err != nil {
		return Run{}, err
	}
	if !slices.Equal(told.Events, run.Events) {
		return run, nil
	}
	told.Untargeted, told.work = run.Untargeted, told.work+run.work
	return told, nil
}

// due is an act with its time in one run.
type due struct {
	act
	when  time.Duration
	since time.Duration // when what it answers was announced
}

// timetable is the acts of one run in order, and those that have none.
type timetable struct {
	acts       []due
	untargeted []Untargeted
}

// plan times the acts by what was announced.
func plan(acts []act, events []Event) (p timetable) {
	for _, a := range acts {
		d := due{act: a, when: a.at}
		if a.after != (anchor{}) {
			at, found := a.after.find(events)
			if !found {
				p.untargeted = append(p.untargeted, Untargeted{Do: a.do, After: a.after.String(), Line: a.line})
				continue
			}
			d.when, d.since = max(at+a.delay, 0), at
		}
		p.acts = append(p.acts, d)
	}
	slices.SortStableFunc(p.acts, func(a, b due) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.order, b.order)) })
	return p
}

// String is what the anchor waits for.
func (a anchor) String() string {
	if a.up {
		return a.call + " as connected"
	}
	return a.name + " of " + a.call
}

// lines are the acts at their times.
func (p timetable) lines() (lines []scenario.Line) {
	for _, a := range p.acts {
		lines = append(lines, scenario.Line{When: scenario.When{After: a.when, Absolute: true}, Do: a.do})
	}
	return lines
}

// linked are the acts, those of the application after what they answer: that can be said where nothing else is done
// between the two, because a line waits from the moment of the line before it on.
func (p timetable) linked(mentions []Event) []scenario.Line {
	lines := p.lines()
	last := time.Duration(0)
	for i, a := range p.acts {
		if a.after != (anchor{}) && last <= a.since && next(mentions, a.after, last) == a.since {
			lines[i].When = scenario.When{After: a.delay, Phone: atDesk, Event: a.after.name, Call: a.after.call}
		}
		last = a.when
	}
	return lines
}

// next is when a phone next announces what an anchor is about, from an instant on.
func next(mentions []Event, a anchor, from time.Duration) time.Duration {
	for _, e := range mentions {
		if e.At >= from && e.Call == a.call && e.Name == a.name {
			return e.At
		}
	}
	return -1
}

// perform plays a scenario and listens to the recorded client's phone.
func perform(s scenario.Scenario) (Run, error) {
	name := func(id messages.ConversationID) string {
		if strings.HasPrefix(string(id), "private-") {
			return ""
		}
		return string(id)
	}
	w := &watcher{zero: -1, login: !s.LoginByHand, waits: map[messages.CallID]Refused{}, hears: map[string]int{}}
	w.listener, w.tellings = newListener(name), newTellings(theAgent, name)
	if s.LoginByHand {
		w.zero = 0
	}
	outcome, err := play.Play(s, play.Options{Watch: w.watch, Open: true})
	if err != nil {
		return Run{}, err
	}
	run := Run{Scenario: s, End: outcome.End - w.zero, Refused: w.refused, Heard: w.heard, told: w.tellings.told, work: outcome.Inputs}
	for i := range run.told {
		run.told[i].at -= w.zero
	}
	for _, e := range w.events {
		if e.At -= w.zero; e.At >= 0 || s.LoginByHand {
			run.Events = append(run.Events, e)
		}
	}
	for _, e := range w.mentions {
		e.At -= w.zero
		run.mentions = append(run.mentions, e)
	}
	for i := range run.Refused {
		run.Refused[i].At -= w.zero
	}
	for i := range run.Heard {
		run.Heard[i].From -= w.zero
		if run.Heard[i].To == 0 {
			run.Heard[i].To = outcome.End
		}
		run.Heard[i].To -= w.zero
	}
	for _, c := range outcome.Costs {
		if strings.HasSuffix(c.Phone, "/"+theDesk) {
			run.Cost = c
		}
	}
	return run, nil
}

// watcher listens to a phone.
type watcher struct {
	listener *listener
	tellings *tellings
	zero     time.Duration // when the first line can be done
	login    bool
	events   []Event
	mentions []Event
	waits    map[messages.CallID]Refused
	refused  []Refused
	heard    []Heard
	hears    map[string]int // the place among heard of what is heard now, from 1
}

// loginRest is how long a scenario waits after its phones have logged in (play.Play).
const loginRest = time.Second

func (w *watcher) watch(phone *world.Phone, step runtime.Step) {
	for _, out := range step.Outputs {
		if a, is := out.Effect.(messages.Announce); is && w.login && a.Event.Name() == (messages.Ready{}).Name() && step.At < w.zeroIfLogin() {
			w.zero = max(w.zero, step.At+loginRest)
		}
	}
	if phone.Name != theDesk {
		return
	}
	w.tellings.step(step.At, step)
	if in, is := step.Input.(messages.Requested); is {
		w.waits[in.Waiting()] = Refused{What: step.Input.Kind(), Call: callOf(step.Input)}
	}
	for _, out := range step.Outputs {
		switch e := out.Effect.(type) {
		case messages.Announce:
			w.events = append(w.events, w.listener.hear(step.At, e.Event)...)
			w.mentions = append(w.mentions, mentioned(step.At, e.Event)...)
		case messages.Settle:
			if q, was := w.waits[e.Call]; was && e.Error != nil {
				q.At, q.Why = step.At, string(e.Error.Type)
				w.refused = append(w.refused, q)
			}
		}
	}
	w.listen(phone, step.At)
}

// mentioned are the calls that an announcement names.
func mentioned(at time.Duration, e messages.Event) (all []Event) {
	add := func(id messages.ConversationID) { all = append(all, Event{At: at, Name: e.Name(), Call: string(id)}) }
	switch e := e.(type) {
	case messages.PendingSession:
		add(e.Conversation)
	case messages.SessionStarted:
		add(e.Session.Conversation)
	case messages.ConversationUpdate:
		for _, list := range [][]messages.ConversationState{e.Current, e.Added, e.Removed} {
			for _, c := range list {
				add(c.Conversation)
			}
		}
	}
	return all
}

// zeroIfLogin is the time until which a login belongs to the beginning.
func (w *watcher) zeroIfLogin() time.Duration {
	if w.zero < 0 {
		return time.Hour
	}
	return w.zero
}

// listen notes who is heard from now on, and who no more.
func (w *watcher) listen(phone *world.Phone, at time.Duration) {
	now := phone.Hears()
	for call, place := range w.hears {
		if !slices.Contains(now, messages.ConversationID(call)) {
			w.heard[place-1].To = at
			delete(w.hears, call)
		}
	}
	for _, id := range now {
		if call := string(id); w.hears[call] == 0 {
			w.heard = append(w.heard, Heard{Call: call, From: at})
			w.hears[call] = len(w.heard)
		}
	}
}

// callOf is the call that a request names.
func callOf(in messages.Input) string {
	switch in := in.(type) {
	case messages.Answer:
		return string(in.Conversation)
	case messages.Decline:
		return string(in.Conversation)
	case messages.AcceptSession:
		return string(in.Conversation)
	case messages.EndSession:
		return string(in.Conversation)
	case messages.Hold:
		return string(in.Conversation)
	case messages.Mute:
		return string(in.Conversation)
	default:
		return ""
	}
}

// String is the request and why it failed.
func (r Refused) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", r.What, r.Call)) + " fails (" + cmp.Or(r.Why, "error") + ")"
}
