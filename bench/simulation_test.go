//go:build unix

package bench

import (
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// agent is a simulated agent with one phone who is logged in, the laws on.
type agent struct {
	b       *testing.B
	world   *world.World
	phone   *world.Phone
	checker *laws.Checker
	calls   int
}

func newAgent(b *testing.B, lineAppearance int, journal bool) *agent {
	options := messages.DefaultOptions()
	options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	a := &agent{b: b, checker: laws.New(options)}
	cfg := world.Config{Options: platform.Defaults(), Watch: func(_ *world.Phone, s runtime.Step) { a.checker.Step(s) }}
	if journal {
		cfg.Journal = func(string) runtime.JournalWriter { return nowhere{} }
	}
	a.world = world.New(cfg)
	if err := a.world.Add(world.Agent{Name: "ann", LineAppearance: lineAppearance, Phones: []string{"desk"}, Options: options}); err != nil {
		b.Fatal(err)
	}
	a.phone = a.world.Phone("ann", "")
	a.phone.Request("initialize", func(id messages.CallID) messages.Input { return messages.Initialize{Call: id} })
	a.run(time.Second)
	return a
}

func (a *agent) run(d time.Duration) {
	if err := a.world.Run(a.world.Now() + d); err != nil {
		a.b.Fatal(err)
	}
}

// call is a whole call: it rings, is answered, is heard, and the caller hangs up.
func (a *agent) call(talks time.Duration) {
	a.calls++
	id := messages.ConversationID(fmt.Sprintf("C%d", a.calls))
	c, err := a.world.Platform.Call(id, "+15550100", a.phone.User, false)
	if err != nil {
		a.b.Fatal(err)
	}
	a.run(time.Second)
	a.phone.Request("answer", func(call messages.CallID) messages.Input { return messages.Answer{Call: call, Conversation: id} })
	a.run(talks)
	if len(a.phone.Hears()) != 1 {
		a.b.Fatalf("call %d is not heard", a.calls)
	}
	a.world.Platform.HangUp(c)
	a.run(2 * time.Second)
}

func (a *agent) close() {
	defer a.world.Close()
	if broken := a.checker.Violations(); len(broken) > 0 {
		a.b.Fatal(broken[0])
	}
}

// BenchmarkWholeCalls plays calls from propose to ended, one after the other, platform and laws included.
func BenchmarkWholeCalls(b *testing.B) {
	for _, kind := range []struct {
		name           string
		lineAppearance int
		journal        bool
	}{{"LA1", 1, false}, {"LA100", 100, false}, {"LA100/journal", 100, true}} {
		b.Run(kind.name, func(b *testing.B) {
			a := newAgent(b, kind.lineAppearance, kind.journal)
			before := a.phone.Cost.Inputs
			measure(b, "calls/s", func(int) { a.call(time.Second) })
			b.ReportMetric(float64(a.phone.Cost.Inputs-before)/float64(a.calls), "inputs/call")
			a.close()
		})
	}
}

// The day of a contact centre: eight hours, in which each agent has 60 calls of three minutes, and the stream is pinged
// throughout.
const (
	dayAgents = 1000
	dayCalls  = 60
	dayHours  = 8 * time.Hour
)

// BenchmarkDay plays a day of 1000 agents, on all processors; the figure is the clock's.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		inputs := atomic.Int64{}
		next := atomic.Int64{}
		var done sync.WaitGroup
		for range goruntime.GOMAXPROCS(0) {
			done.Go(func() {
				for next.Add(1) <= dayAgents {
					inputs.Add(int64(day(b)))
				}
			})
		}
		done.Wait()
		b.ReportMetric(float64(inputs.Load()), "inputs/day")
	}
}

func day(b *testing.B) (inputs int) {
	a := newAgent(b, 100, false)
	for range dayCalls {
		a.call(3 * time.Minute)
		a.run(dayHours/dayCalls - 3*time.Minute - 3*time.Second)
	}
	a.close()
	return a.phone.Cost.Inputs
}
