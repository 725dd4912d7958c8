package laws

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// TestAYearIsRemembered plays calls of all kinds, one after the other, and looks that what a checker remembers of them stays
// level: after thousands it is no more than after the first hundreds. Whoever adds a map gives it a bound (memory.go).
func TestAYearIsRemembered(t *testing.T) {
	t.Parallel()
	for _, lineAppearance := range []int{1, 100} {
		t.Run(fmt.Sprint(lineAppearance), func(t *testing.T) {
			t.Parallel()
			y := newYear(t, lineAppearance)
			for range 60 {
				y.round(t)
			}
			before := y.sizes()
			for range 300 {
				y.round(t)
			}
			for name, size := range y.sizes() {
				if size > before[name]+few+2 {
					t.Errorf("%s: %d are remembered, and were %d: bound them in memory.go", name, size, before[name])
				}
			}
			for phone, c := range y.checkers {
				if broken := c.Take(); len(broken) > 0 || len(c.Violations()) > 0 {
					t.Errorf("%s: %v", phone, broken)
				}
			}
		})
	}
}

// year is an agent with two phones that has many calls.
type year struct {
	world    *world.World
	checkers map[string]*Checker
	calls    int
}

func newYear(t *testing.T, lineAppearance int) *year {
	t.Helper()
	options := messages.DefaultOptions()
	options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	y := &year{checkers: map[string]*Checker{}}
	y.world = world.New(world.Config{Options: platform.Defaults(), Watch: func(p *world.Phone, s runtime.Step) { y.checkers[p.String()].Step(s) }})
	t.Cleanup(y.world.Close)
	agent := world.Agent{Name: "ann", LineAppearance: lineAppearance, Phones: []string{"desk", "home"}, Options: options}
	if err := y.world.Add(agent); err != nil {
		t.Fatal(err)
	}
	for _, p := range y.world.Phones() {
		y.checkers[p.String()] = New(options)
		p.Request("initialize", func(id messages.CallID) messages.Input { return messages.Initialize{Call: id} })
	}
	y.run(t, time.Second)
	return y
}

func (y *year) run(t *testing.T, d time.Duration) {
	t.Helper()
	if err := y.world.Run(y.world.Now() + d); err != nil {
		t.Fatal(err)
	}
}

// round is one call of each kind.
func (y *year) round(t *testing.T) {
	t.Helper()
	desk, home := y.world.Phone("ann", "desk"), y.world.Phone("ann", "home")
	y.call(t, func(messages.ConversationID) {})
	y.call(t, func(id messages.ConversationID) {
		answer(desk, id)
		y.run(t, time.Second)
		desk.Request("hold", func(call messages.CallID) messages.Input {
			return messages.Hold{Call: call, Conversation: id, Held: true}
		})
	})
	y.call(t, func(id messages.ConversationID) { answer(home, id) })
	y.call(t, func(id messages.ConversationID) {
		desk.LoseNext("offer") // it is proceeded, and no session comes of it
		answer(desk, id)
	})
	y.call(t, func(id messages.ConversationID) {
		desk.Request("reject", func(call messages.CallID) messages.Input { return messages.Decline{Call: call, Conversation: id} })
	})
	y.call(t, func(messages.ConversationID) {
		unknown := messages.ConversationID(fmt.Sprintf("no-call-%d", y.calls))
		desk.Request("hold", func(call messages.CallID) messages.Input {
			return messages.Hold{Call: call, Conversation: unknown, Held: true}
		})
		desk.Tell(messages.Propose{Session: messages.SessionID(unknown), Conversation: unknown, From: "x@" + platform.GatewayDomain + "/edge"})
		desk.Tell(messages.Retract{Session: messages.SessionID(unknown), From: "x@" + platform.GatewayDomain + "/edge"})
		said := messages.ConversationNotified{Conversation: unknown} // as nobody says it here
		for _, in := range []messages.Input{messages.HTTPAnswered{Conversation: &said}, said} {
			y.checkers[desk.String()].Step(runtime.Step{At: y.world.Now(), Input: in})
		}
	})
	y.calls++
	dialled := fmt.Sprintf("C%d", y.calls)
	desk.Dial(dialled, "+15550101")
	y.run(t, 10*time.Second)
	y.hangUp(messages.ConversationID(dialled))
	y.run(t, 5*time.Minute)
}

func answer(p *world.Phone, id messages.ConversationID) {
	p.Request("answer", func(call messages.CallID) messages.Input { return messages.Answer{Call: call, Conversation: id} })
}

// call rings, has something done to it, and ends.
func (y *year) call(t *testing.T, do func(messages.ConversationID)) {
	t.Helper()
	y.calls++
	id := messages.ConversationID(fmt.Sprintf("C%d", y.calls))
	if _, err := y.world.Platform.Call(id, "+15550100", y.world.Platform.User("ann"), false); err != nil {
		t.Fatal(err)
	}
	y.run(t, time.Second)
	do(id)
	y.run(t, 3*time.Second)
	y.hangUp(id)
	y.run(t, 30*time.Second)
}

func (y *year) hangUp(id messages.ConversationID) {
	if c := y.world.Platform.Conversation(id); c != nil && c.Live() {
		y.world.Platform.HangUp(c)
	}
}

// sizes are how much is remembered, by phone and by the name of the field.
func (y *year) sizes() map[string]int {
	all := map[string]int{}
	for phone, c := range y.checkers {
		count(all, phone+": Checker", reflect.ValueOf(c).Elem())
	}
	return all
}

func count(all map[string]int, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		all[name] = v.Len()
	case reflect.Struct:
		for i := range v.NumField() {
			count(all, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

// BenchmarkStep is what the laws cost for one step of a phone that takes calls, after many.
func BenchmarkStep(b *testing.B) {
	options := messages.DefaultOptions()
	options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	var steps []runtime.Step
	w := world.New(world.Config{Options: platform.Defaults(), Watch: func(_ *world.Phone, s runtime.Step) { steps = append(steps, s) }})
	defer w.Close()
	if err := w.Add(world.Agent{Name: "ann", LineAppearance: 100, Phones: []string{"desk"}, Options: options}); err != nil {
		b.Fatal(err)
	}
	phone := w.Phone("ann", "")
	phone.Request("initialize", func(id messages.CallID) messages.Input { return messages.Initialize{Call: id} })
	for n := range 200 {
		id := messages.ConversationID(fmt.Sprintf("C%d", n))
		if err := w.Run(w.Now() + time.Second); err != nil {
			b.Fatal(err)
		}
		c, err := w.Platform.Call(id, "+15550100", phone.User, false)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Run(w.Now() + time.Second); err != nil {
			b.Fatal(err)
		}
		answer(phone, id)
		if err := w.Run(w.Now() + time.Second); err != nil {
			b.Fatal(err)
		}
		w.Platform.HangUp(c)
	}
	b.ReportAllocs()
	checker := New(options)
	taken := 0
	for b.Loop() {
		if taken == len(steps) {
			taken, checker = 0, New(options)
		}
		checker.Step(steps[taken])
		taken++
	}
	if broken := checker.Violations(); len(broken) > 0 {
		b.Fatal(broken[0])
	}
}
