package platform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// line is virtual time: tasks by their instant, and then in the order in which they came.
type line struct {
	now   time.Duration
	tasks []task
}

type task struct {
	due time.Duration
	do  func()
}

func (l *line) Now() time.Duration { return l.now }

func (l *line) After(d time.Duration, do func()) {
	at := slices.IndexFunc(l.tasks, func(t task) bool { return t.due > l.now+d })
	if at < 0 {
		at = len(l.tasks)
	}
	l.tasks = slices.Insert(l.tasks, at, task{l.now + d, do})
}

// run lets time pass.
func (l *line) run(d time.Duration) {
	until := l.now + d
	for len(l.tasks) > 0 && l.tasks[0].due <= until {
		next := l.tasks[0]
		l.tasks = l.tasks[1:]
		l.now = next.due
		next.do()
	}
	l.now = until
}

// place is a platform with one agent, and what her clients are told.
type place struct {
	*platform.Platform
	time *line
	ann  *platform.User
	told []string
}

func newPlace(t *testing.T, seed uint64, lineAppearance int, options ...string) *place {
	t.Helper()
	o := platform.Defaults()
	for _, set := range options {
		key, value, _ := strings.Cut(set, "=")
		if err := o.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	p := &place{time: &line{}}
	p.Platform = platform.New(o, p.time, platform.NewChance(seed))
	p.ann = p.AddUser("ann", lineAppearance, false, true)
	return p
}

// client connects a client of the agent's that hears everything.
func (p *place) client(t *testing.T, name string) *platform.Stream {
	t.Helper()
	channel := p.Request(p.ann, messages.Request{Of: messages.PostChannel}).Channel
	p.Request(p.ann, messages.Request{Of: messages.PutTopics, Channel: channel})
	stream, err := p.Connect(p.ann, name, 1, channel, func(in messages.Input) { p.told = append(p.told, name+" "+about(in)) })
	if err != nil {
		t.Fatal(err)
	}
	stream.Receive("1", messages.SendAuth{})
	stream.Receive("2", messages.SendBind{})
	p.told = nil
	return stream
}

// about is what a client was told, in short; "" for what the stories are not about.
func about(in messages.Input) string {
	switch in := in.(type) {
	case messages.Propose:
		return fmt.Sprintf("propose %s %s", in.Conversation, in.Session)
	case messages.Retract:
		return fmt.Sprintf("retract %s", in.Session)
	case messages.Offer:
		return fmt.Sprintf("offer %s", in.Session)
	case messages.Terminate:
		return fmt.Sprintf("terminate %s %s", in.Session, in.Reason)
	case messages.ConversationNotified:
		legs := ""
		for _, party := range in.Participants[1:] {
			for _, l := range party.Calls {
				legs += " " + string(l.State)
			}
		}
		return fmt.Sprintf("notified %s%s", in.Conversation, legs)
	default:
		return ""
	}
}

// heard is what was told since the last look, without what the stories are not about.
func (p *place) heard() string {
	told := slices.DeleteFunc(p.told, func(s string) bool { return strings.HasSuffix(s, " ") })
	p.told = nil
	return strings.Join(told, "; ")
}

func (p *place) calls(t *testing.T, id messages.ConversationID) *platform.Conversation {
	t.Helper()
	c, err := p.Call(id, "+15550100", p.ann, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func expect(t *testing.T, p *place, when, want string) {
	t.Helper()
	if got := p.heard(); got != want {
		t.Errorf("%s\ntold   %s\nwanted %s", when, got, want)
	}
}

// Two clients proceed: the first gets the offer, and the second nothing.
func TestTheFirstProceedWins(t *testing.T) {
	p := newPlace(t, 0, 100)
	desk, home := p.client(t, "desk"), p.client(t, "home")
	p.calls(t, "C1")
	p.time.run(time.Second)
	expect(t, p, "it rings", "desk notified C1 alerting; home notified C1 alerting; desk propose C1 S1; home propose C1 S1")
	home.Receive("2", messages.SendProceed{Session: "S1"})
	desk.Receive("2", messages.SendProceed{Session: "S1"})
	p.time.run(time.Second)
	expect(t, p, "both proceed", "home offer S1")
}

// What a lane carries keeps its order, whatever is drawn: a propose never comes after its retract.
func TestLanesKeepTheirOrder(t *testing.T) {
	overtaken := false
	for seed := range uint64(200) {
		p := newPlace(t, seed, 100, "terminated=off")
		p.client(t, "desk")
		c := p.calls(t, "C1")
		p.HangUp(c)
		p.time.run(time.Minute)
		told := p.heard()
		propose, retract := strings.Index(told, "propose"), strings.Index(told, "retract")
		if propose < 0 && retract < 0 || retract >= 0 && propose > retract {
			t.Fatalf("seed %d: %s", seed, told)
		}
		overtaken = overtaken || retract >= 0 && strings.LastIndex(told, "notified") > retract
	}
	if !overtaken {
		t.Error("nothing was ever overtaken: the lanes are no longer apart")
	}
}

// A draw depends on its key and on how often that was drawn, and on nothing else.
func TestChanceGoesByKey(t *testing.T) {
	alone, among := platform.NewChance(7), platform.NewChance(7)
	for i := range 50 {
		among.Draw(fmt.Sprintf("another %d", i))
		if a, b := alone.Draw("edge C1"), among.Draw("edge C1"); a != b {
			t.Fatalf("draw %d of one key is %d alone and %d among others", i, a, b)
		}
	}
	if platform.NewChance(7).Draw("edge C1") == platform.NewChance(8).Draw("edge C1") {
		t.Error("two seeds draw the same")
	}
	for n := range uint64(1000) {
		if d := platform.NewChance(n).Delay(time.Second, "edge", "C1"); n == 0 && d != time.Second || d < time.Second/4 || d > 10*time.Second {
			t.Fatalf("seed %d delays a second by %s", n, d)
		}
	}
}

// A client takes a call and never answers: the edge gives it up, and proposes the call anew.
func TestAnUnansweredOfferIsGivenUp(t *testing.T) {
	p := newPlace(t, 0, 100)
	desk := p.client(t, "desk")
	p.calls(t, "C1")
	p.time.run(time.Second)
	desk.Receive("2", messages.SendProceed{Session: "S1"})
	p.time.run(time.Second)
	p.heard()
	p.time.run(time.Minute)
	expect(t, p, "a minute later", "desk terminate S1 timeout; desk propose C1 S2")
}

// The media of a session stops for good: the edge gives it up with the call that is up, and proposes the one that rings.
func TestAStrandedCallIsProposedAnew(t *testing.T) {
	p := newPlace(t, 0, 1, "terminated=off")
	desk := p.client(t, "desk")
	p.calls(t, "C1")
	p.time.run(time.Second)
	desk.Receive("2", messages.SendProceed{Session: "S1"})
	desk.Receive("3", messages.SendAnswer{Session: "S1"})
	p.Media("S1", true)
	p.time.run(time.Second)
	p.calls(t, "C2")
	p.time.run(time.Second)
	p.Media("S1", false)
	p.heard()
	p.time.run(2 * time.Minute)
	expect(t, p, "two minutes later", "desk terminate S1 failed-transport; desk propose C2 S2; desk notified C1 disconnected")
}

// A client that connects while a call rings is told of it.
func TestALateClientIsTold(t *testing.T) {
	p := newPlace(t, 0, 100)
	p.calls(t, "C1")
	p.time.run(time.Second)
	p.client(t, "desk")
	p.time.run(2 * time.Second)
	expect(t, p, "it has connected", "desk propose C1 S1")
}

// A user who comes back is a participant more, or the same with a leg more.
func TestAUserComesBack(t *testing.T) {
	for option, want := range map[string]int{"same-participant=off": 4, "same-participant=on": 3} {
		p := newPlace(t, 0, 100, option)
		bob := p.AddUser("bob", 100, false, true)
		c := p.calls(t, "C1")
		first := c.Leg(p.ann)
		p.TransferTo(c, p.ann, bob)
		p.TransferTo(c, bob, p.ann)
		if len(c.Parties) != want || first.Live() || !c.Leg(p.ann).Live() || c.Leg(bob).Live() {
			t.Errorf("%s: %d participants; legs live: first %t, again %t, bob %t", option, len(c.Parties), first.Live(), c.Leg(p.ann).Live(), c.Leg(bob).Live())
		}
	}
}

// A consultation confines the far end until it is over, in whichever way.
func TestAConsultationConfines(t *testing.T) {
	for how, end := range map[string]func(*platform.Platform, *platform.Conversation, *platform.User, *platform.User){
		"conference": func(p *platform.Platform, c *platform.Conversation, _, _ *platform.User) { p.Conference(c) },
		"transfer":   func(p *platform.Platform, c *platform.Conversation, ann, _ *platform.User) { p.Transfer(c, ann) },
		"rejection": func(p *platform.Platform, c *platform.Conversation, _, bob *platform.User) {
			leg := c.Parties[len(c.Parties)-1]
			p.Request(bob, messages.Request{Of: messages.PatchState, Conversation: c.ID, Participant: leg.ID, State: messages.Disconnected})
		},
	} {
		p := newPlace(t, 0, 100)
		bob := p.AddUser("bob", 100, false, true)
		c := p.calls(t, "C1")
		p.Consult(c, bob)
		if far := c.Parties[0].Leg; !far.Confined {
			t.Errorf("%s: the far end hears the consultation", how)
		}
		end(p.Platform, c, p.ann, bob)
		if far := c.Parties[0].Leg; far.Confined || !far.Live() {
			t.Errorf("%s: the far end is confined: %t, there: %t", how, far.Confined, far.Live())
		}
	}
}

// Without anybody to keep the call a transfer does nothing.
func TestATransferNeedsSomebody(t *testing.T) {
	p := newPlace(t, 0, 100)
	c := p.calls(t, "C1")
	p.Transfer(c, p.ann)
	if !c.Live() {
		t.Error("the call is lost")
	}
}
