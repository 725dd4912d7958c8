package world_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// office is a world with one agent and two phones, what they announce, and their journals.
type office struct {
	*world.World
	t          *testing.T
	desk, home *world.Phone
	events     []string
	journal    bytes.Buffer
}

func newOffice(t *testing.T, seed uint64) *office {
	t.Helper()
	o := &office{t: t}
	corrected, err := quirk.Profile("corrected")
	if err != nil {
		t.Fatal(err)
	}
	o.World = world.New(world.Config{
		Options: platform.Defaults(), Seed: seed, Quirks: corrected, Watch: o.note,
		Journal: func(string) runtime.JournalWriter { return runtime.NewStreamJournal(&o.journal, runtime.SyncNever) },
	})
	t.Cleanup(o.Close)
	options := messages.DefaultOptions()
	options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	if err := o.Add(world.Agent{Name: "ann", LineAppearance: 100, Phones: []string{"desk", "home"}, Options: options}); err != nil {
		t.Fatal(err)
	}
	o.desk, o.home = o.Phone("ann", ""), o.Phone("ann", "home")
	for _, p := range o.Phones() {
		p.Request("initialize", func(id messages.CallID) messages.Input { return messages.Initialize{Call: id} })
	}
	o.pass(5 * time.Second)
	return o
}

func (o *office) note(p *world.Phone, step runtime.Step) {
	for _, out := range step.Outputs {
		if a, is := out.Effect.(messages.Announce); is {
			o.events = append(o.events, p.Name+" "+a.Event.Name())
		}
	}
}

// pass lets time go by.
func (o *office) pass(d time.Duration) {
	o.t.Helper()
	if err := o.Run(o.Now() + d); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) call(id messages.ConversationID) *platform.Conversation {
	o.t.Helper()
	c, err := o.Platform.Call(id, "+15550100", o.Platform.User("ann"), false)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) answer(p *world.Phone, id messages.ConversationID) {
	p.Request("answer", func(call messages.CallID) messages.Input { return messages.Answer{Call: call, Conversation: id} })
}

// up lets a call be answered at the desk.
func (o *office) up(id messages.ConversationID) *platform.Conversation {
	o.t.Helper()
	c := o.call(id)
	o.pass(time.Second)
	o.answer(o.desk, id)
	o.pass(2 * time.Second)
	if !slices.Equal(o.desk.Hears(), []messages.ConversationID{id}) || len(o.home.Hears()) > 0 {
		o.t.Fatalf("the desk hears %v, home %v", o.desk.Hears(), o.home.Hears())
	}
	return c
}

// heard is what was announced since the last look.
func (o *office) heard() string {
	events := strings.Join(o.events, "; ")
	o.events = nil
	return events
}

// Told the same, the same world writes the same journals, byte for byte; another seed writes others.
func TestTheSameWorldDoesTheSame(t *testing.T) {
	journal := func(seed uint64) []byte {
		o := newOffice(t, seed)
		c := o.call("C1")
		o.pass(time.Second)
		o.answer(o.home, "C1")
		o.answer(o.desk, "C1")
		o.pass(3 * time.Second)
		o.home.LoseNetwork()
		o.pass(3 * time.Second)
		o.home.RegainNetwork()
		o.pass(time.Minute)
		o.Platform.HangUp(c)
		o.pass(time.Minute)
		return o.journal.Bytes()
	}
	if first := journal(11); !bytes.Equal(first, journal(11)) || bytes.Equal(first, journal(12)) {
		t.Error("one seed writes two journals, or two seeds write one")
	}
}

// A timer of a phone fires when it is due: with nothing else going on, the stream is pinged.
func TestAlarmsFire(t *testing.T) {
	o := newOffice(t, 0)
	before := o.desk.Cost.Stanzas
	o.pass(time.Minute)
	if pings := o.desk.Cost.Stanzas - before; pings != 4 {
		t.Errorf("%d pings in a minute", pings)
	}
}

// A machine that sleeps hears nothing and does nothing until it wakes.
func TestASleepingMachineIsStill(t *testing.T) {
	o := newOffice(t, 0)
	o.desk.Sleep()
	before := o.desk.Cost
	c := o.call("C1")
	o.pass(20 * time.Second)
	if o.desk.Cost != before || !strings.Contains(o.heard(), "home pendingSession") {
		t.Error("the machine that sleeps did something, or the other one did not ring")
	}
	o.Platform.HangUp(c)
	o.pass(time.Second)
	o.heard()
	o.desk.Wake()
	if told := o.heard(); told != "desk pendingSession; desk cancelPendingSession" {
		t.Errorf("it wakes and hears: %s", told)
	}
}

// A machine that sleeps for long has no stream and no media when it wakes, and the edge has given its call up.
func TestALongSleepEndsTheCall(t *testing.T) {
	o := newOffice(t, 0)
	c := o.up("C1")
	o.desk.Sleep()
	o.pass(3 * time.Minute)
	if c.Live() {
		t.Error("the call goes on without anybody")
	}
	o.heard()
	o.desk.Wake()
	o.desk.ShowPage(true)
	if told := o.heard(); !strings.HasPrefix(told, "desk disconnected") || !strings.Contains(told, "desk sessionEnded") {
		t.Errorf("it wakes and hears: %s", told)
	}
}

// The end of a session does not reach a phone whose stream is away: its media stops all the same.
func TestDesertedMediaStops(t *testing.T) {
	o := newOffice(t, 0)
	c := o.up("C1")
	o.desk.LoseNext("terminate")
	o.Platform.HangUp(c)
	o.pass(time.Second)
	if strings.Contains(o.heard(), "desk sessionEnded") {
		t.Fatal("the terminate was not lost")
	}
	o.pass(time.Minute)
	if !strings.Contains(o.heard(), "desk sessionEnded") {
		t.Error("the session goes on for ever")
	}
}

// Each fault concerns the next input or request of its kind, once.
func TestFaultsHappenOnce(t *testing.T) {
	o := newOffice(t, 0)
	o.heard()
	o.desk.LoseNext("propose")
	o.home.DelayNext("propose", 10*time.Second)
	o.call("C1")
	o.pass(5 * time.Second)
	if told := o.heard(); told != "" {
		t.Errorf("lost and delayed, and yet: %s", told)
	}
	o.pass(10 * time.Second)
	if told := o.heard(); told != "home pendingSession" {
		t.Errorf("delayed: %s", told)
	}
	o.home.DuplicateNext("propose")
	o.call("C2")
	o.pass(time.Second)
	if told := o.heard(); told != "desk pendingSession; home pendingSession" {
		t.Errorf("the next call: %s", told)
	}
}

// What is healed is as if nothing had been: the network is there, machines are awake, and no fault is left.
func TestHeal(t *testing.T) {
	o := newOffice(t, 5)
	o.desk.LoseNetwork()
	o.home.Sleep()
	for _, p := range o.Phones() {
		p.LoseNext("propose")
		p.Microphone = &messages.MicrophoneDenied{Name: "NotAllowedError"}
	}
	o.desk.FailNext("get-station", 500, 0)
	o.desk.IgnoreNext("patch-held")
	o.desk.User.RefuseStreams(true)
	o.pass(time.Minute)
	o.Heal()
	o.pass(time.Minute)
	o.heard()
	o.up("C1")
	o.desk.Request("hold", func(id messages.CallID) messages.Input {
		return messages.Hold{Call: id, Conversation: "C1", Held: true}
	})
	o.pass(time.Second)
	if hears, waits := o.desk.Hears(), o.desk.Waiting(); len(hears) > 0 || len(waits) > 0 {
		t.Errorf("the held call is heard (%v), or requests wait (%v)", hears, waits)
	}
	if told := o.heard(); !strings.HasPrefix(told, "desk pendingSession; home pendingSession") {
		t.Errorf("after that: %s", told)
	}
}

// A request that is never answered is done all the same.
func TestALostAnswer(t *testing.T) {
	o := newOffice(t, 0)
	o.up("C1")
	o.desk.IgnoreNext("patch-held")
	o.desk.Request("hold", func(id messages.CallID) messages.Input {
		return messages.Hold{Call: id, Conversation: "C1", Held: true}
	})
	o.pass(time.Second)
	if len(o.desk.Hears()) > 0 || !slices.Equal(o.desk.Waiting(), []string{"hold"}) {
		t.Errorf("it hears %v and waits for %v", o.desk.Hears(), o.desk.Waiting())
	}
	o.pass(2 * time.Minute)
	if waits := o.desk.Waiting(); len(waits) > 0 {
		t.Errorf("it waits for ever for %v", waits)
	}
}
