package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/adapters/media"
	"github.com/hookswitch/hookswitch/messages"
)

// day is the work of a fleet: the calls.
type day struct {
	plan    plan
	fleet   *fleet
	control *control
	busy    func() // is called once, when as many calls are up as will be

	mu       sync.Mutex
	calls    []*call
	unplaced int   // for want of an agent who is free
	heard    heard // by the platform, of the agents' sound, over all calls
	unheard  int   // calls of which the platform told nothing
	silent   int   // ends of calls at which only silence was heard
	free     chan *agent
	full     chan struct{} // closed when calls that are kept up have been long enough
	part     chan struct{} // closed when they are to end
	learnt   sync.WaitGroup
	under    sync.WaitGroup
}

// work places the calls and waits for their ends.
func (d *day) work(ctx context.Context) {
	d.free = make(chan *agent, len(d.fleet.agents))
	for _, a := range d.fleet.agents {
		d.free <- a
	}
	d.full, d.part = make(chan struct{}), make(chan struct{})
	if d.plan.Together > 0 {
		d.together(ctx)
	} else {
		d.comeAndGo(ctx)
	}
	d.under.Wait()
	wait(ctx, 2*time.Second) // for what is said too often
}

// comeAndGo has calls come in at their rate, evenly, whatever becomes of those before.
func (d *day) comeAndGo(ctx context.Context) {
	time.AfterFunc(min(d.plan.For, d.plan.Length+d.plan.For)*9/10, d.busy)
	d.place(ctx, int(d.plan.Rate*d.plan.For.Seconds()))
}

// together has all calls come in, keeps them up for a while, learns of each what was heard, and only then ends them, at the rate at
// which they came: ends and beginnings take more than all that is between.
func (d *day) together(ctx context.Context) {
	d.place(ctx, d.plan.Together)
	for _, c := range d.calls {
		select {
		case <-c.up:
		case <-time.After(time.Until(c.placed.Add(d.plan.Patience))):
		case <-ctx.Done():
		}
	}
	if wait(ctx, d.plan.For) {
		d.busy()
	}
	close(d.full)
	d.learnt.Wait()
	close(d.part)
}

// place has so many calls come in.
func (d *day) place(ctx context.Context, many int) {
	start := time.Now()
	for i := range many {
		due := start.Add(time.Duration(float64(i) / d.plan.Rate * float64(time.Second)))
		if !wait(ctx, time.Until(due)) {
			return
		}
		select {
		case a := <-d.free:
			c := a.expect(messages.ConversationID(fmt.Sprintf("%s-c%d", d.fleet.run, i)), due, i%2 == 1)
			d.calls = append(d.calls, c)
			d.learnt.Add(1)
			d.under.Go(func() { d.follow(ctx, c, i) })
		default:
			d.unplaced++
		}
	}
}

// follow goes through a call's life. An agent whose call went wrong is not called again.
func (d *day) follow(ctx context.Context, c *call, n int) {
	if fault := d.live(ctx, c, n); fault != "" {
		c.agent.mu.Lock()
		defer c.agent.mu.Unlock()
		c.fault = fault
		return
	}
	d.free <- c.agent
}

// live places a call, keeps it up and ends it. The result says what could not be done, or is "".
func (d *day) live(ctx context.Context, c *call, n int) (fault string) {
	if fault := d.talk(ctx, c); fault != "" {
		return fault
	}
	if d.plan.Together > 0 {
		await(ctx, d.part, time.Hour)
		wait(ctx, time.Duration(float64(n)/d.plan.Rate*float64(time.Second)))
	}
	if err := d.hangUp(ctx, c); err != nil {
		return err.Error()
	}
	if !await(ctx, c.over, d.plan.Patience) {
		return "it did not end"
	}
	return ""
}

// talk places a call and keeps it up.
func (d *day) talk(ctx context.Context, c *call) (fault string) {
	defer d.learnt.Done()
	if err := d.control.call(ctx, string(c.id), c.agent.name); err != nil {
		return err.Error()
	}
	if !await(ctx, c.up, d.plan.Patience) {
		return "it was not connected"
	}
	if d.plan.Together > 0 {
		await(ctx, d.full, time.Hour)
	} else {
		wait(ctx, d.plan.Length)
	}
	if d.plan.Audio {
		d.learn(ctx, c)
	}
	return ""
}

func (d *day) hangUp(ctx context.Context, c *call) error {
	c.agent.mu.Lock()
	c.hungUp = time.Now()
	c.agent.mu.Unlock()
	if !c.byAgent {
		return d.control.hangUp(ctx, string(c.id))
	}
	patient, cancel := context.WithTimeout(ctx, d.plan.Patience)
	defer cancel()
	return c.agent.phone.EndSession(patient, c.id)
}

// audible is the level in dBFS above which something is heard: agents and far ends play tones.
const audible = -60

// learn asks what was heard at either end.
func (d *day) learn(ctx context.Context, c *call) {
	far, err := d.control.heard(ctx, string(c.id), c.agent.name)
	silent := 0
	if err == nil && far.Level < audible {
		silent++
	}
	if !hears(c.agent.media) {
		silent++
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.silent += silent
	if err != nil || far.Received == 0 {
		d.unheard++
		return
	}
	d.heard.Received += far.Received
	d.heard.Lost += far.Lost
}

// ear is what a softphone hears, of each of its peer connections.
type ear interface {
	Peers() []messages.Ref
	Sound(messages.Ref) (media.Sound, bool)
}

// hears tells whether a softphone that is in one call hears something. Without a peer connection it does not.
func hears(e ear) bool {
	for _, peer := range e.Peers() {
		if near, ok := e.Sound(peer); ok && near.Level >= audible {
			return true
		}
	}
	return false
}

// await waits for something to be closed; false: it was not in time.
func await(ctx context.Context, what <-chan struct{}, patience time.Duration) bool {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-what:
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}
