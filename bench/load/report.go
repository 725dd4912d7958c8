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
)

// report is what is told in the end.
type report struct {
	out    io.Writer
	plan   plan
	logins []time.Duration

	mu    sync.Mutex
	looks []look
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
		whole = r.writeAudio(f, d) && whole
	}
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

func (r *report) writeAudio(f *fleet, d *day) (whole bool) {
	to := f.engine.Total()
	r.printf("audio to the agents: %d packets, %d lost (%.4f %%)", to.Received, to.Lost, 100*share(to.Lost, to.Received))
	r.printf("audio to the platform: %d packets of %d sent, %d lost (%.4f %%), %d calls not told of", d.heard.Received, to.Sent, d.heard.Lost,
		100*share(d.heard.Lost, d.heard.Received), d.unheard)
	r.printf("%d ends of calls heard only silence; %d packets were not sent for want of a processor", d.silent, f.engine.GivenUp())
	return d.silent+d.unheard == 0 && max(share(to.Lost, to.Received), share(d.heard.Lost, d.heard.Received)) <= lossMost
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
