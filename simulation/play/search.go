package play

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hookswitch/hookswitch/fsm"
	hs "github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// Search is a search for a broken law among drawn scenarios.
type Search struct {
	From, Count uint64
	Drawing
	// Jobs is how many are played at a time; 0: as many as there are processors.
	Jobs int
	// First ends the search at the first failure, that of the lowest seed that was reached.
	First bool
	// Ignore tells which failures are none; nil: all count. It is asked by any goroutine.
	Ignore func(Failure) bool
	// Rows: the rows that were taken are counted.
	Rows bool
	// Progress is told now and then how many seeds are done; nil: nobody watches. It may be told by any goroutine, one at a time.
	Progress func(done uint64)
}

// Found is what a search came to.
type Found struct {
	Seeds    uint64
	Failures []Failure // by seed
	// Sizes are how many inputs the phones of each seed had before everything ended, in order of size.
	Sizes  []int
	Inputs uint64 // of all, aftermath included
	Rows   map[string]uint64
}

// Failure is a seed that broke a law, or could not be played.
type Failure struct {
	Seed     uint64
	Scenario scenario.Scenario
	Outcome  Outcome
	Err      error
}

// Law is the law that was broken first, or what stopped the play.
func (f Failure) Law() string {
	if f.Err != nil {
		return "every cell goes on"
	}
	return f.Outcome.Signature()
}

// Median is the size of the middle run.
func (f Found) Median() int { return f.Quantile(0.5) }

// Quantile is the size that a share of the runs does not exceed.
func (f Found) Quantile(share float64) int {
	if len(f.Sizes) == 0 {
		return 0
	}
	return f.Sizes[min(int(share*float64(len(f.Sizes))), len(f.Sizes)-1)]
}

// Run plays the seeds until all are done or the context ends; then what was found so far counts.
func (s Search) Run(ctx context.Context) Found {
	jobs := s.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	next, stop := atomic.Uint64{}, atomic.Bool{}
	found := make([]Found, jobs)
	var done sync.WaitGroup
	var mu sync.Mutex
	for job := range jobs {
		done.Go(func() {
			f := &found[job]
			f.Rows = map[string]uint64{}
			for !stop.Load() && ctx.Err() == nil {
				n := next.Add(1) - 1
				if n >= s.Count {
					return
				}
				if s.one(s.From+n, f) && s.First {
					stop.Store(true)
				}
				if s.Progress != nil {
					mu.Lock()
					s.Progress(n + 1)
					mu.Unlock()
				}
			}
		})
	}
	done.Wait()
	return merged(found)
}

// one plays a seed.
func (s Search) one(seed uint64, f *Found) (failed bool) {
	o := Options{Rows: s.Rows}
	if s.Rows {
		o.Watch = func(_ *world.Phone, step hs.Step) { count(f.Rows, step) }
	}
	drawn, outcome, err := Draw(seed, s.Drawing, o)
	f.Seeds++
	f.Inputs += uint64(outcome.Inputs)
	size := 0
	for _, c := range outcome.Costs {
		size += c.Inputs
	}
	f.Sizes = append(f.Sizes, size)
	if err == nil && len(outcome.Broken) == 0 {
		return false
	}
	failure := Failure{Seed: seed, Scenario: drawn, Outcome: outcome, Err: err}
	if s.Ignore != nil && s.Ignore(failure) {
		return false
	}
	f.Failures = append(f.Failures, failure)
	return true
}

// count counts the rows of a step.
func count(rows map[string]uint64, step hs.Step) {
	for _, r := range step.Rows {
		if r.Verdict == fsm.Taken {
			rows[r.Chart+"."+r.Row]++
		}
	}
}

func merged(parts []Found) (all Found) {
	all.Rows = map[string]uint64{}
	for _, f := range parts {
		all.Seeds += f.Seeds
		all.Inputs += f.Inputs
		all.Failures = append(all.Failures, f.Failures...)
		all.Sizes = append(all.Sizes, f.Sizes...)
		for _, row := range slices.Sorted(maps.Keys(f.Rows)) {
			all.Rows[row] += f.Rows[row]
		}
	}
	slices.Sort(all.Sizes)
	slices.SortFunc(all.Failures, func(a, b Failure) int { return int(int64(a.Seed) - int64(b.Seed)) })
	return all
}

// shrinkBudget is how many scenarios are tried to make a failing one shorter.
const shrinkBudget = 4000

// Shrunk is the shortest scenario that still breaks the law that the failure broke first, with what comes of it as its
// expected text.
func (f Failure) Shrunk() scenario.Scenario {
	return f.shrunk(func(scenario.Scenario) bool { return true })
}

// shrunk is Shrunk among the scenarios that are such.
func (f Failure) shrunk(such func(scenario.Scenario) bool) scenario.Scenario {
	law := f.Law()
	fails := func(s scenario.Scenario) bool {
		if !such(s) {
			return false
		}
		outcome, err := Play(s, Options{})
		if f.Err != nil {
			return err != nil
		}
		return err == nil && slices.ContainsFunc(outcome.Broken, func(b Broken) bool { return b.Law == law })
	}
	short := scenario.Shrink(f.Scenario, fails, shrinkBudget)
	short.Title = fmt.Sprintf(shrunkTitle, f.Seed, law)
	if outcome, err := Play(short, Options{Text: true}); err == nil {
		short.Expected = outcome.Text
	}
	return short
}
