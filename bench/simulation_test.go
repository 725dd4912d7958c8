//go:build unix

package bench

import (
	"errors"
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
	world   *world.World
	phone   *world.Phone
	checker *laws.Checker
	calls   int
}

func newAgent(lineAppearance int, journal bool) (*agent, error) {
	options := messages.DefaultOptions()
	options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	a := &agent{checker: laws.New(options)}
	cfg := world.Config{Options: platform.Defaults(), Watch: func(_ *world.Phone, s runtime.Step) { a.checker.Step(s) }}
	if journal {
		cfg.Journal = func(string) runtime.JournalWriter { return nowhere{} }
	}
	a.world = world.New(cfg)
	if err := a.world.Add(world.Agent{Name: "ann", LineAppearance: lineAppearance, Phones: []string{"desk"}, Options: options}); err != nil {
		return nil, err
	}
	a.phone = a.world.Phone("ann", "")
	a.phone.Request("initialize", func(id messages.CallID) messages.Input { return messages.Initialize{Call: id} })
	return a, a.run(time.Second)
}

func (a *agent) run(d time.Duration) error { return a.world.Run(a.world.Now() + d) }

// call is a whole call: it rings, is answered, is heard, and the caller hangs up.
func (a *agent) call(talks time.Duration) error {
	a.calls++
	id := messages.ConversationID(fmt.Sprintf("C%d", a.calls))
	c, err := a.world.Platform.Call(id, "+15550100", a.phone.User, false)
	if err != nil {
		return err
	}
	if err := a.run(time.Second); err != nil {
		return err
	}
	a.phone.Request("answer", func(call messages.CallID) messages.Input { return messages.Answer{Call: call, Conversation: id} })
	if err := a.run(talks); err != nil {
		return err
	}
	if len(a.phone.Hears()) != 1 {
		return fmt.Errorf("call %d is not heard", a.calls)
	}
	a.world.Platform.HangUp(c)
	return a.run(2 * time.Second)
}

// close ends the agent's world. The error is the first law that was broken.
func (a *agent) close() error {
	defer a.world.Close()
	if broken := a.checker.Violations(); len(broken) > 0 {
		return errors.New(broken[0].String())
	}
	return nil
}

// BenchmarkWholeCalls plays calls from propose to ended, one after the other, platform and laws included.
func BenchmarkWholeCalls(b *testing.B) {
	for _, kind := range []struct {
		name           string
		lineAppearance int
		journal        bool
	}{{"LA1", 1, false}, {"LA100", 100, false}, {"LA100/journal", 100, true}} {
		b.Run(kind.name, func(b *testing.B) {
			a, err := newAgent(kind.lineAppearance, kind.journal)
			if err != nil {
				b.Fatal(err)
			}
			before := a.phone.Cost.Inputs
			measure(b, "calls/s", func(int) {
				if err := a.call(time.Second); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(a.phone.Cost.Inputs-before)/float64(a.calls), "inputs/call")
			if err := a.close(); err != nil {
				b.Fatal(err)
			}
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

// BenchmarkDay plays a day of 1000 agents, on all processors; the figure is the clock's, and on a busy machine the
// processors' share of it.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		start := processorTime(b)
		inputs := atomic.Int64{}
		next := atomic.Int64{}
		var done sync.WaitGroup
		for range goruntime.GOMAXPROCS(0) {
			done.Go(func() {
				for next.Add(1) <= dayAgents {
					n, err := day()
					if err != nil { // not Fatal: only the benchmark's own goroutine may end it
						b.Error(err)
						return
					}
					inputs.Add(int64(n))
				}
			})
		}
		done.Wait()
		b.ReportMetric(float64(inputs.Load()), "inputs/day")
		b.ReportMetric((processorTime(b) - start).Seconds(), "cpu-s/day")
	}
}

// day is one agent's, and how many inputs its phone has had.
func day() (inputs int, err error) {
	a, err := newAgent(100, false)
	if err != nil {
		return 0, err
	}
	for range dayCalls {
		if err := a.call(3 * time.Minute); err != nil {
			return 0, err
		}
		if err := a.run(dayHours/dayCalls - 3*time.Minute - 3*time.Second); err != nil {
			return 0, err
		}
	}
	return a.phone.Cost.Inputs, a.close()
}
