// Command load loads a platform that engine serve runs: it logs in many softphones, each a whole client of its own over real
// ports, has them called, answers, talks and hangs up, and counts every announced event against what should come.
//
//	engine serve --no-audio --listen 127.0.0.1:8080 &
//	go run ./bench/load -url http://127.0.0.1:8080 -agents 5000 -rate 100 -for 1m
//
// It exits with 1 if a call was lost, an event was missing or too many, or more than a thousandth of the sound, or if goroutines are left. docs/PERFORMANCE.md has its figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// plan is what is to be done.
type plan struct {
	URL          string
	Agents       int
	Logins       int           // at a time
	Rate         float64       // calls a second
	For          time.Duration // how long calls are placed; with Together, how long all are kept up
	Length       time.Duration // of a call, from when it is connected
	Together     int           // so many calls, all at once; 0: calls come and go
	Audio        bool
	Sleep        time.Duration // after how long cells sleep; 0: never
	Patience     time.Duration // for anything to come
	Settle       time.Duration // before the server is looked at for the last time
	Heap         int           // MB by which the server's heap may have grown in the end; 0: it is not looked at
	ControlToken string
	Profile      string
}

// controlTokenVariable is where the control token comes from, as with engine serve.
const controlTokenVariable = "HOOKSWITCH_CONTROL_TOKEN"

func main() {
	p := plan{ControlToken: os.Getenv(controlTokenVariable)}
	flag.StringVar(&p.URL, "url", "http://127.0.0.1:8080", "where engine serve is; its control token, if any, is taken from "+controlTokenVariable)
	flag.IntVar(&p.Agents, "agents", 100, "how many agents log in, each with one softphone")
	flag.IntVar(&p.Logins, "logins", 50, "how many log in at a time")
	flag.Float64Var(&p.Rate, "rate", 10, "how many calls come in a second")
	flag.DurationVar(&p.For, "for", 10*time.Second, "how long calls come in; with -together, how long all are kept up")
	flag.DurationVar(&p.Length, "length", 5*time.Second, "how long a call lasts from when it is connected")
	flag.IntVar(&p.Together, "together", 0, "so many calls that are all up at once, instead of calls that come and go")
	flag.BoolVar(&p.Audio, "audio", false, "real audio: a tone is sent, and what comes back is counted")
	flag.DurationVar(&p.Sleep, "sleep", 0, "let cells sleep that long after the last that happened; 0: never, which takes more memory and less time")
	flag.DurationVar(&p.Patience, "patience", 30*time.Second, "how long to wait for anything that should come")
	flag.DurationVar(&p.Settle, "settle", 5*time.Second, "how long to wait before the server is looked at for the last time")
	flag.IntVar(&p.Heap, "heap", 0, "by how many MB the heap of the server may have grown in the end, when it has collected its garbage, for which to wait two minutes; for a server with --no-record")
	flag.StringVar(&p.Profile, "cpuprofile", "", "a file to write a profile of this process to")
	flag.Parse()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // as engine serve does
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := profiled(p.Profile, func() error { return run(ctx, p, os.Stdout) }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// profiled does something, and writes a profile of it if a file is named.
func profiled(name string, do func() error) (err error) {
	if name == "" {
		return do()
	}
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("load: -cpuprofile: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return fmt.Errorf("load: -cpuprofile: %w", err)
	}
	defer pprof.StopCPUProfile()
	return do()
}

// check is what is wrong with a plan.
func (p plan) check() error {
	switch {
	case p.Agents < 1 || p.Logins < 1 || p.Rate <= 0 || p.For <= 0 || p.Length <= 0 || p.Together < 0 || p.Sleep < 0 || p.Heap < 0:
		return errors.New("load: numbers and times are greater than nothing")
	case p.Together > p.Agents:
		return fmt.Errorf("load: %d calls together need as many agents: give -agents %d", p.Together, p.Together)
	}
	return enoughFiles(p.Agents + 500)
}

// sleepAfter is Sleep as a softphone takes it.
func (p plan) sleepAfter() time.Duration {
	if p.Sleep == 0 {
		return -1
	}
	return p.Sleep
}

// collects is how often a Go program collects garbage at least, and a little more.
const collects = 2*time.Minute + 10*time.Second

// rest is how long everything may take to come to rest.
func (p plan) rest() time.Duration {
	if p.Heap > 0 {
		return collects
	}
	return p.Patience
}

// errFails is the end of a run that lost something; the report has said what.
var errFails = errors.New("load: something was lost, or is left")

// run carries the plan out and reports.
func run(ctx context.Context, p plan, out io.Writer) error {
	if err := p.check(); err != nil {
		return err
	}
	r := &report{out: out, plan: p}
	control := newControl(p)
	defer control.close()
	r.look(ctx, control, "before")
	f, err := newFleet(ctx, p, control)
	if err != nil {
		return err
	}
	defer f.close()
	r.logins = f.logIn(ctx)
	r.look(ctx, control, "logged in")
	d := &day{plan: p, fleet: f, control: control}
	d.busy = func() { r.look(ctx, control, "busiest") }
	d.work(ctx)
	r.look(ctx, control, "calls over")
	f.logOut(ctx)
	control.close() // of the connections that idle
	if wait(ctx, p.Settle) {
		r.over = time.Now()
		r.settle(ctx, control, p.rest())
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if !r.write(f, d) {
		return errFails
	}
	return nil
}

// wait waits; false: the context ended first.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
