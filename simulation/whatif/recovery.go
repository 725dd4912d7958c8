package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// Recovery is what was recovered of a recording beside the scenario.
type Recovery struct {
	// Log is the recording's name.
	Log string
	// Calls are how many calls the client heard of.
	Calls int
	// Actions are how many lines there are of what the application did, the far end, the machine and the platform.
	Actions int
	// LineAppearance and Persistent are the station's, as first recorded. NoStation: there was none.
	LineAppearance int
	Persistent     bool
	NoStation      bool
	// Missing are what a scenario cannot say, in the order of the log; Nearly what it says only nearly.
	Missing []Note
	Nearly  []Note
	// Repairs are what the recorded platform did otherwise than the simulated one, and is told or withheld by lines of its
	// own: so little must be believed of them under another configuration.
	Repairs []Note
	// Events are what the recorded client announced, call by call, in order.
	Events []Event

	acts    []act
	ids     map[string]messages.ConversationID
	shown   time.Duration // when the log ends, since the beginning of the scenario
	reading *reader
	run     Run // as recorded
}

// Note is something about a line of the log.
type Note struct {
	Line int
	At   time.Duration // since the beginning of the scenario
	What string
}

// Conversation is the recorded id of a call's conversation. It is personal data: a report does not print it.
func (r Recovery) Conversation(call string) messages.ConversationID { return r.ids[call] }

// theAgent and theOther are how a recovered scenario names the recorded client, and the user's other clients.
const (
	theAgent = "agent"
	theDesk  = "desk"
	theOther = "other"
)

var (
	atDesk  = scenario.Phone{Agent: theAgent}
	atOther = scenario.Phone{Agent: theAgent, Name: theOther}
)

// Recover recovers the calls of a recording, as a scenario that plays them as they were recorded. It is played to find out
// when each action is due; the error is of a recording without a client's login, or of a scenario that cannot be played.
func Recover(log Log) (scenario.Scenario, Recovery, error) {
	r, err := read(log)
	if err != nil {
		return scenario.Scenario{}, Recovery{}, err
	}
	s := r.header()
	rec := r.recovery()
	run, err := timed(s, rec.acts, rec.Events)
	if err != nil {
		return scenario.Scenario{}, Recovery{}, fmt.Errorf("whatif: %s: the recovered calls cannot be played: %w", log.Name, err)
	}
	if rec, run, err = repair(s, rec, run); err != nil {
		return scenario.Scenario{}, Recovery{}, fmt.Errorf("whatif: %s: %w", log.Name, err)
	}
	if run, err = readable(run, rec.acts); err != nil {
		return scenario.Scenario{}, Recovery{}, fmt.Errorf("whatif: %s: %w", log.Name, err)
	}
	rec.run = run
	return run.Scenario, rec, nil
}

// read goes through a log and notes what was done.
func read(log Log) (*reader, error) {
	r := newReader(log)
	if r.base < 0 {
		return nil, fmt.Errorf("whatif: %s: nobody logs in: record the client from its start", log.Name)
	}
	for i := range log.Entries {
		r.now = i
		if log.Entries[i].Step.Seq == 0 {
			r.unheard(&log.Entries[i])
			continue
		}
		r.step(&log.Entries[i])
	}
	r.unanswered()
	return r, nil
}

// recovery is what was found, in order of time.
func (r *reader) recovery() Recovery {
	slices.SortStableFunc(r.acts, func(a, b act) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order))
	})
	rec := Recovery{
		Log: r.log.Name, Calls: r.callsNamed(), Actions: len(r.acts), LineAppearance: max(r.first.LineAppearance, 1), Persistent: r.first.Persistent,
		NoStation: r.noStation, Missing: r.missing, Nearly: r.nearly, Events: r.events, acts: r.acts, ids: r.ids(), reading: r,
	}
	if n := len(r.log.Entries); n > 0 {
		rec.shown = r.log.Entries[n-1].At - r.base
	}
	return rec
}

// header is the scenario without lines.
func (r *reader) header() scenario.Scenario {
	a := scenario.NewAgent(theAgent)
	softphone := a.Options.AllowedSessionTypes
	a.Options = r.log.Options
	a.Options.AllowedSessionTypes, a.Options.JIDResource = softphone, ""
	a.NoStation = r.noStation
	if !r.noStation {
		a.LineAppearance, a.Persistent = max(r.first.LineAppearance, 1), r.first.Persistent
	}
	a.Phones = []string{theDesk}
	if r.others {
		a.Phones = append(a.Phones, theOther)
	}
	title := fmt.Sprintf("Recovered from a recording of %s.", counted(r.callsNamed(), "call"))
	s := scenario.Scenario{Title: title, LoginByHand: r.byHand, Agents: []scenario.Agent{a}}
	s.Profile, s.Quirks = profileOf(r.log.Quirks)
	for _, change := range r.platform.Changed() {
		s.Platform = append(s.Platform, scenario.Setting{Key: change[0], Value: change[1]})
	}
	return s
}

// profileOf is a set of quirks as a scenario writes it: the profile that has the same, or corrected with those switched on.
func profileOf(on quirk.Set) (name string, changes []string) {
	for _, name := range quirk.Profiles() {
		if set, err := quirk.Profile(name); err == nil && set == on {
			return name, nil
		}
	}
	for _, name := range on.Names() {
		changes = append(changes, "+"+name)
	}
	return "corrected", changes
}

// act is something that was done: a line of the scenario, with when it was done and after what.
type act struct {
	at    time.Duration // as recorded, since the beginning
	order int           // among acts of one instant
	do    scenario.Statement
	// after is the announcement that it answered; its zero value: none, its time is its own. delay is how long it took.
	after anchor
	delay time.Duration
	line  int // of the log
}

// anchor is an announcement: the nth (from 0) of a name that is about a call, or, if up is set, the first that shows the
// call as taken.
type anchor struct {
	name, call string
	nth        int
	up         bool
}

// find is the announcement among events.
func (a anchor) find(events []Event) (at time.Duration, found bool) {
	n := 0
	for _, e := range events {
		switch {
		case e.Call != a.call || e.Name != a.name:
		case a.up && isUp(e):
			return e.At, true
		case !a.up && n == a.nth:
			return e.At, true
		default:
			n++
		}
	}
	return 0, false
}
