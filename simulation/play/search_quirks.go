package play

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	hs "github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// QuirkSearch looks for the harm of each quirk alone: a drawn run in which a law is broken with the quirk switched on, and
// kept without it.
type QuirkSearch struct {
	// Names are the quirks that are looked for.
	Names       []string
	From, Count uint64
	// Jobs is how many seeds are played at a time; 0: as many as there are processors. It changes nothing of what is found.
	Jobs int
	// Progress is told now and then how many seeds are done, and how many quirks are found; nil: nobody watches.
	Progress func(done uint64, found int)
}

// QuirkFound is what a search for one quirk's harm came to.
type QuirkFound struct {
	Quirk string
	// Seeds is how many were drawn, until the first that broke a law or all of them.
	Seeds uint64
	// Seed broke a law first, and Law is which; 0 and "": no seed did.
	Seed uint64
	Law  string
	// Shrunk is the shortest scenario that still breaks that law.
	Shrunk scenario.Scenario
}

// block is how many seeds are played until the quirks that they showed are left out.
const block = 64

// Run goes through the seeds, each with all quirks that were not found by then, and tells of each quirk in the order of
// Names. Each seed is played without quirks first; a quirk that nothing asks for there is not played: it would change
// nothing. With the context it ends early: then there are fewer seeds.
func (s QuirkSearch) Run(ctx context.Context) (all []QuirkFound) {
	hits, done := map[string]Failure{}, uint64(0)
	for done < s.Count && ctx.Err() == nil && len(hits) < len(s.Names) {
		seeds := min(block, s.Count-done)
		s.block(s.From+done, seeds, hits)
		done += seeds
		if s.Progress != nil {
			s.Progress(done, len(hits))
		}
	}
	all = make([]QuirkFound, len(s.Names))
	s.eachOf(uint64(len(s.Names)), func(n uint64) {
		q := QuirkFound{Quirk: s.Names[n], Seeds: done}
		if f, found := hits[q.Quirk]; found {
			q.Seeds, q.Seed, q.Law, q.Shrunk = f.Seed-s.From+1, f.Seed, f.Law(), f.Shrunk()
		}
		all[n] = q
	})
	return all
}

// eachOf does something with each number below count, several at a time.
func (s QuirkSearch) eachOf(count uint64, do func(uint64)) {
	jobs := s.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var done sync.WaitGroup
	next := atomic.Uint64{}
	for range jobs {
		done.Go(func() {
			for n := next.Add(1) - 1; n < count; n = next.Add(1) - 1 {
				do(n)
			}
		})
	}
	done.Wait()
}

// block plays some seeds, and adds the quirks that they show, each with its lowest seed.
func (s QuirkSearch) block(from, seeds uint64, hits map[string]Failure) {
	left := slices.DeleteFunc(slices.Clone(s.Names), func(name string) bool { _, found := hits[name]; return found })
	var mu sync.Mutex
	s.eachOf(seeds, func(n uint64) {
		for _, f := range harmful(from+n, left) {
			mu.Lock()
			if before, found := hits[f.quirk]; !found || f.Seed < before.Seed {
				hits[f.quirk] = f.Failure
			}
			mu.Unlock()
		}
	})
}

// harm is a seed that breaks a law by a quirk.
type harm struct {
	quirk string
	Failure
}

// harmful are those of the quirks that break a law in the run of a seed, or after it has become another one by them.
func harmful(seed uint64, quirks []string) (all []harm) {
	asked := map[string]bool{}
	watch := func(_ *world.Phone, step hs.Step) { reached.by(step, asked) }
	if _, outcome, err := Draw(seed, Drawing{}, Options{Rows: true, Watch: watch}); err != nil || len(outcome.Broken) > 0 {
		return nil // a seed that breaks a law without quirks shows nothing: a search without them is to find it
	}
	for _, name := range quirks {
		if !asked[name] && !always[name] {
			continue
		}
		drawn, outcome, err := Draw(seed, Drawing{Quirks: []string{"+" + name}}, Options{})
		f := Failure{Seed: seed, Scenario: drawn, Outcome: outcome, Err: err}
		if (err != nil || len(outcome.Broken) > 0) && !withoutQuirks(f) {
			all = append(all, harm{name, f})
		}
	}
	return all
}

// withoutQuirks tells whether the same law is broken by the same scenario without its quirks, too: then they are not why.
func withoutQuirks(f Failure) bool {
	s := f.Scenario
	s.Quirks = nil
	outcome, err := Play(s, Options{})
	return err != nil || slices.ContainsFunc(outcome.Broken, func(b Broken) bool { return b.Law == f.Law() })
}

// QuirkNames are all quirks, in the catalogue's order.
func QuirkNames() (names []string) {
	for _, q := range quirk.All() {
		names = append(names, q.Name)
	}
	return names
}
