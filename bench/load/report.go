package main

import (
	"context"
	"fmt"
	"io"
	goruntime "runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/adapters/media"
)

// report is what is told in the end.
type report struct {
	out    io.Writer
	plan   plan
	logins []time.Duration

	mu    sync.Mutex
	looks []look
	over  time.Time // when all had logged out, and a while had passed
}

// look is how both processes did at one moment.
type look struct {
	when         string
	server, here process
}

// look notes how both processes do. A server that does not tell has zeros.
func (r *report) look(ctx context.Context, c *control, when string) {
	server, _ := c.look(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looks = append(r.looks, look{when: when, server: server, here: here()})
}

// settle looks until as few goroutines are left in either program as there were, and, where that counts, the server has collected its
// garbage, which it does every two minutes at least. The last look stays.
func (r *report) settle(ctx context.Context, c *control, most time.Duration) {
	first := r.looks[0]
	for end := time.Now().Add(most); ; {
		r.look(ctx, c, "logged out")
		last := r.looks[len(r.looks)-1]
		rests := last.server.goroutines <= first.server.goroutines+spare && last.here.goroutines <= first.here.goroutines+spare
		if rests && (r.plan.Heap == 0 || last.server.collected.After(r.over)) || time.Now().After(end) || !wait(ctx, time.Second) {
			return
		}
		r.looks = r.looks[:len(r.looks)-1]
	}
}

func here() process {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(samples)
	return process{
		goroutines: goruntime.NumGoroutine(), heap: samples[0].Value.Uint64() + samples[1].Value.Uint64(), processor: processorTime(),
	}
}

// write writes the report; whole tells that nothing was lost.
func (r *report) write(f *fleet, d *day) (whole bool) {
	r.printf("%d agents logged in, %d at a time", len(f.agents), r.plan.Logins)
	r.spread("login", r.logins)
	whole = r.writeCalls(d)
	whole = r.writeLogins(f) && whole
	if r.plan.Audio {
		whole = r.writeAudio(f.engine.Total(), f.engine.GivenUp(), d) && whole
	}
	whole = r.writeRest() && whole
	r.printf("")
	r.printf("%-12s %19s %16s %16s %22s", "", "goroutines (s/c)", "heap (s/c)", "resident (s)", "processor time (s/c)")
	for _, l := range r.looks {
		r.printf("%-12s %9d/%9d %6d MB/%4d MB %13d MB %10.1fs/%9.1fs", l.when, l.server.goroutines, l.here.goroutines, l.server.heap>>20,
			l.here.heap>>20, l.server.resident>>20, l.server.processor.Seconds(), l.here.processor.Seconds())
	}
	r.printf("s: the server, c: this process with all softphones")
	return whole
}

func (r *report) printf(format string, args ...any) { _, _ = fmt.Fprintf(r.out, format+"\n", args...) }

// examples is how many calls are told of that went wrong.
const examples = 5

func (r *report) writeCalls(d *day) (whole bool) {
	lost, missing, surplus, events, told := 0, 0, 0, 0, 0
	var ring, start, connect, all, end []time.Duration
	for _, c := range d.calls {
		words, gone, less, more := c.verdict()
		if words != "" && told < examples {
			told++
			r.printf("  call %s of %s: %s", c.id, c.agent.name, words)
		}
		missing, surplus = missing+less, surplus+more
		for _, n := range c.events {
			events += n
		}
		if gone {
			lost++
			continue
		}
		ring, start = append(ring, c.rang.Sub(c.placed)), append(start, c.started.Sub(c.rang))
		connect, all = append(connect, c.connected.Sub(c.started)), append(all, c.connected.Sub(c.placed))
		end = append(end, c.ended.Sub(c.hungUp))
	}
	r.printf("%d calls placed, %d lost, %d not placed because nobody was free", len(d.calls), lost, d.unplaced)
	r.printf("%d events of calls, %d missing, %d too many", events, missing, surplus)
	r.spread("placed to rings", ring)
	r.spread("rings to answered", start)
	r.spread("answered to connected", connect)
	r.spread("placed to connected", all)
	r.spread("hung up to ended", end)
	return lost+missing+surplus+d.unplaced == 0
}

func (r *report) writeLogins(f *fleet) (whole bool) {
	missing, surplus, told := 0, 0, 0
	for _, a := range f.agents {
		words, less, more := a.events.differences(ofLogin)
		missing, surplus = missing+less, surplus+more
		if len(words) > 0 && told < examples {
			told++
			r.printf("  agent %s: %q", a.name, words)
		}
	}
	r.printf("%d events of logins and logouts missing, %d too many", missing, surplus)
	return missing+surplus == 0
}

// lossMost is how many of the packets may be lost.
const lossMost = 0.001

// writeAudio tells of the sound. Lost is also what was never sent, which leaves no hole in the sequence numbers: what either program gave
// up for want of a processor, and of what came to the server what it had no time to hear.
func (r *report) writeAudio(to media.Sound, givenUp uint64, d *day) (whole bool) {
	first, last := r.looks[0].server, r.looks[len(r.looks)-1].server
	unsent := last.unsent - first.unsent
	out, in := to.Lost+unsent, d.heard.Lost+givenUp+unsent
	r.printf("audio to the agents: %d packets, %d lost (%.4f %%), of which %d the server had no time to send", to.Received, out, 100*share(out, to.Received), unsent)
	r.printf("audio to the platform: %d packets of %d sent, %d lost (%.4f %%), of which %d were not sent and %d not heard for want of time, %d calls not told of",
		d.heard.Received, to.Sent, in, 100*share(in, d.heard.Received), givenUp, unsent, d.unheard)
	r.printf("%d ends of calls heard only silence", d.silent)
	if !first.tells || !last.tells {
		r.printf("the server's metrics cannot be read: what it left out is not known")
	}
	return first.tells && last.tells && d.silent+d.unheard == 0 && max(share(out, to.Received), share(in, d.heard.Received)) <= lossMost
}

// spare is how many goroutines may be more than before: connections that are just being closed.
const spare = 4

// writeRest tells what is left of all in either program.
func (r *report) writeRest() (whole bool) {
	first, last := r.looks[0], r.looks[len(r.looks)-1]
	server, here := last.server.goroutines-first.server.goroutines, last.here.goroutines-first.here.goroutines
	whole = first.server.tells && last.server.tells && server <= spare && here <= spare
	r.printf("%d goroutines more than before are left in the server, %d here", server, here)
	if r.plan.Heap == 0 {
		return whole
	}
	if !last.server.collected.After(r.over) {
		r.printf("the server has collected no garbage since: its heap is not known")
		return false
	}
	grown := (int64(last.server.lives) - int64(first.server.lives)) >> 20
	r.printf("the server's heap has %d MB more that live, once it had collected its garbage", grown)
	return whole && grown <= int64(r.plan.Heap)
}

func share(lost, received uint64) float64 { return float64(lost) / float64(max(lost+received, 1)) }

// spread tells how long something took.
func (r *report) spread(what string, all []time.Duration) {
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	at := func(share float64) time.Duration {
		return all[int(share*float64(len(all)-1))].Round(100 * time.Microsecond)
	}
	r.printf("  %-22s p50 %-9v p90 %-9v p99 %-9v most %v", what, at(0.5), at(0.9), at(0.99), at(1))
}
