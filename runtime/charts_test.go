package runtime_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// The artificial charts: an office, which is the root, and workers, who do one job each. They know nothing of calls.

type (
	begin   struct{ Ref messages.Ref }
	nudge   struct{ N int }
	nudged  struct{ N int }
	curtain struct{ N int }
	working struct {
		Ref   messages.Ref
		Count int
	}
)

func (begin) Kind() string   { return "begin" }
func (nudge) Kind() string   { return "nudge" }
func (nudged) Kind() string  { return "nudged" }
func (curtain) Kind() string { return "curtain" }
func (working) Kind() string { return "working" }

func (b begin) BornAs(ref messages.Ref) messages.Input { return begin{Ref: ref} }

type office struct {
	User    messages.UserID
	Workers []messages.Ref
	Seen    int
}

func (o office) last() messages.Ref {
	if len(o.Workers) == 0 {
		return 99
	}
	return o.Workers[len(o.Workers)-1]
}

func say(format string, args ...any) messages.Act {
	return messages.Announce{Event: messages.LegacyError{Message: fmt.Sprintf(format, args...)}}
}

func keepUser(o office, in messages.Configured) (office, messages.Acts) {
	o.User = in.User
	return o, nil
}

func hire(o office, _ messages.Initialize) (office, messages.Acts) {
	return o, messages.Acts{say("before"), messages.Spawn{Actor: "worker", Msg: begin{}}, say("after")}
}

func noteView(o office, in working) (office, messages.Acts) {
	o.Seen = in.Count
	for _, w := range o.Workers {
		if w == in.Ref {
			return o, messages.Acts{say("worker %d counts %d", in.Ref, in.Count)}
		}
	}
	o.Workers = append(append([]messages.Ref(nil), o.Workers...), in.Ref)
	return o, messages.Acts{say("worker %d is here", in.Ref)}
}

func nudgeTwice(o office, in messages.Propose) (office, messages.Acts) {
	w := o.last()
	return o, messages.Acts{
		messages.Tell{To: w, Msg: nudge{1}}, messages.SendProceed{Session: in.Session}, messages.Tell{To: w, Msg: nudge{2}}, say("nudged"),
	}
}

func nudgeOnce(o office, _ messages.SetAccessToken) (office, messages.Acts) {
	return o, messages.Acts{messages.Tell{To: o.last(), Msg: nudge{1}}}
}

func sayNudged(o office, in nudged) (office, messages.Acts) {
	return o, messages.Acts{say("heard of %d", in.N)}
}

func putOff(o office, _ messages.Retract) (office, messages.Acts) {
	return o, messages.Acts{
		messages.Later{To: messages.Root, Msg: curtain{1}}, messages.Later{To: messages.Root, Msg: curtain{2}},
		messages.Tell{To: o.last(), Msg: nudge{3}}, say("put off"),
	}
}

func sayCurtain(o office, in curtain) (office, messages.Acts) {
	acts := messages.Acts{say("curtain %d", in.N)}
	if in.N == 1 {
		acts = append(acts, messages.Later{To: messages.Root, Msg: curtain{3}})
	}
	return o, acts
}

func dismiss(o office, _ messages.EndSession) (office, messages.Acts) {
	w := o.last()
	o.Workers = o.Workers[:len(o.Workers)-1]
	return o, messages.Acts{messages.Stop{Ref: w}, messages.Tell{To: w, Msg: nudge{4}}, say("dismissed")}
}

func goRound(o office, in messages.Disconnect) (office, messages.Acts) {
	return o, messages.Acts{messages.Tell{To: messages.Root, Msg: in}}
}

func hireAndBreak(o office, in messages.Destroy) (office, messages.Acts) {
	return o, messages.Acts{
		messages.Spawn{Actor: "worker", Msg: begin{}}, messages.Tell{To: o.last(), Msg: nudge{5}}, messages.Tell{To: o.last(), Msg: in},
	}
}

func sayUpdate(o office, in messages.ConversationNotified) (office, messages.Acts) {
	o.Seen++
	state := messages.ConversationState{Conversation: in.Conversation, Session: "5ec8", Call: &in.Participants[0].Calls[0]}
	return o, messages.Acts{messages.Announce{Event: messages.ConversationUpdate{
		Active: in.Conversation, ActiveKnown: true, Current: []messages.ConversationState{state}, Added: []messages.ConversationState{state},
	}}}
}

var officeChart = fsm.New[office]("office", "the artificial root",
	fsm.Initial[office]("Open"),
	fsm.In[office]("Open", "there is work",
		fsm.On[office](messages.Configured{}).Do(keepUser),
		fsm.On[office](messages.Initialize{}).Do(hire),
		fsm.On[office](working{}).Do(noteView),
		fsm.On[office](messages.Propose{}).Do(nudgeTwice),
		fsm.On[office](messages.SetAccessToken{}).Do(nudgeOnce),
		fsm.On[office](nudged{}).Do(sayNudged),
		fsm.On[office](messages.Retract{}).Do(putOff),
		fsm.On[office](curtain{}).Do(sayCurtain),
		fsm.On[office](messages.EndSession{}).Do(dismiss),
		fsm.On[office](messages.Disconnect{}).Do(goRound),
		fsm.On[office](messages.Destroy{}).Do(hireAndBreak),
		fsm.On[office](messages.ConversationNotified{}).Do(sayUpdate),
		fsm.Ignore[office]("the light is not ours", messages.PageShown{}),
	),
)

type worker struct {
	Ref   messages.Ref
	Count int
}

func viewOf(s fsm.Snapshot[worker]) messages.Input {
	return working{Ref: s.Data.Ref, Count: s.Data.Count}
}

func ask(w worker, in begin) (worker, messages.Acts) {
	w.Ref = in.Ref
	return w, messages.Acts{messages.Request{Of: messages.GetMe}}
}

func count(w worker, in nudge) (worker, messages.Acts) {
	w.Count += in.N
	return w, messages.Acts{messages.Tell{To: messages.Root, Msg: nudged(in)}, messages.CloseSocket{Socket: w.Count}}
}

func sayAnswer(w worker, in messages.HTTPAnswered) (worker, messages.Acts) {
	return w, messages.Acts{say("status %d", in.Status)}
}

func giveUp(w worker, _ messages.TimerFired) (worker, messages.Acts) {
	if w.Count == 13 {
		panic("thirteen")
	}
	return w, messages.Acts{say("nobody answered")}
}

func breakDown(worker, messages.Destroy) (worker, messages.Acts) { panic("the worker breaks down") }

var workerChart = fsm.New[worker]("worker", "an artificial job",
	fsm.Initial[worker]("Idle"),
	fsm.On[worker](nudge{}).Do(count),
	fsm.On[worker](messages.Destroy{}).Do(breakDown),
	fsm.In[worker]("Idle", "nothing is asked",
		fsm.On[worker](begin{}).Do(ask).Enter("Waiting"),
	),
	fsm.In[worker]("Waiting", "an answer is to come",
		fsm.On[worker](messages.HTTPAnswered{}).Do(sayAnswer).Enter("Idle"),
		fsm.After[worker](5*time.Second).Do(giveUp).Enter("Idle"),
	),
)

// tally is a second chart for a worker: it counts the nudges, and shows the root how many.
type tally struct{ N int }

type tallied struct{ N int }

func (tallied) Kind() string { return "tallied" }

func oneMore(t tally, _ nudge) (tally, messages.Acts) {
	t.N++
	return t, messages.Acts{messages.CloseSocket{Socket: -t.N}}
}

func keepScore(t tally, _ curtain) (tally, messages.Acts) { return t, nil }

var tallyChart = fsm.New[tally]("tally", "an artificial second chart",
	fsm.Initial[tally]("Counting"),
	fsm.In[tally]("Counting", "for ever", fsm.On[tally](nudge{}).Do(oneMore), fsm.On[tally](curtain{}).Do(keepScore)),
)

func viewOfTally(s fsm.Snapshot[tally]) messages.Input { return tallied{s.Data.N / 2} }

type clock struct{ Ticks int }

func tick(c clock, _ messages.TimerFired) (clock, messages.Acts) {
	c.Ticks++
	return c, messages.Acts{say("tick %d", c.Ticks)}
}

var clockChart = fsm.New[clock]("clock", "a timer from birth",
	fsm.Initial[clock]("Ticking"),
	fsm.In[clock]("Ticking", "on and on", fsm.After[clock](time.Minute).Do(tick).Enter("Ticking")),
)

var registry = actors.Registry{
	"softphone": func() []actors.Machine { return []actors.Machine{actors.Of(officeChart, office{}, nil)} },
	"line":      func() []actors.Machine { return []actors.Machine{actors.Of(clockChart, clock{}, nil)} },
	"worker":    func() []actors.Machine { return []actors.Machine{actors.Of(workerChart, worker{}, viewOf)} },
}

func config(journal runtime.JournalWriter) runtime.Config {
	return runtime.Config{
		Cell: "agent-7", User: "u7", Organization: "o1", Options: messages.DefaultOptions(), IDPrefix: "f00d", Registry: registry, Journal: journal,
	}
}

func newCell(t testing.TB, journal runtime.JournalWriter) *runtime.Cell {
	t.Helper()
	cell, err := runtime.NewCell(config(journal))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cell.Close)
	return cell
}

// event is one line of a story: an input at an instant, or nil for the next timer.
type event struct {
	at time.Duration
	in messages.Input
}

func play(cell *runtime.Cell, e event) (runtime.Step, error) {
	if e.in == nil {
		return cell.FireNext(e.at)
	}
	return cell.Handle(e.at, e.in)
}

// story is what a step did, as text: each row in the order taken, then each output.
func story(step runtime.Step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", step.Seq, step.Input.Kind())
	if step.Orphan != "" {
		fmt.Fprintf(&b, " orphan: %s", step.Orphan)
	}
	b.WriteString("\n")
	for _, r := range step.Rows {
		fmt.Fprintf(&b, "  %s %d: %s", r.Kind, r.Actor, r.Input)
		if r.Verdict != fsm.Taken {
			fmt.Fprintf(&b, " %s: %s", r.Verdict, r.Why)
		}
		b.WriteString("\n")
	}
	for _, o := range step.Outputs {
		fmt.Fprintf(&b, "  %s of %d: %s\n", o.ID, o.Actor, inWords(o.Effect))
	}
	return b.String()
}

func inWords(effect messages.Effect) string {
	switch effect := effect.(type) {
	case messages.Announce:
		if e, ok := effect.Event.(messages.LegacyError); ok {
			return "say " + e.Message
		}
		return "announce " + effect.Event.Name()
	case messages.CloseSocket:
		return fmt.Sprintf("close-socket %d", effect.Socket)
	default:
		return effect.Kind()
	}
}
