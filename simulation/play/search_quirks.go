package play

import (
	"cmp"
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
	// Progress is told now and then how many seeds are done, and how many quirks are found; nil: nobody watches. It may be told by
	// any goroutine, one at a time.
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

// Most is how many lines a scenario that shows a quirk may have: a seed whose scenario cannot be made as short shows nothing.
const Most = 12

// Run goes through the seeds, each with all quirks that were not found by then, and tells of each quirk in the order of
// Names. Each seed is played without quirks first; a quirk that nothing asks for there is not played: it would change
// nothing. With the context it ends early: then there are fewer seeds.
func (s QuirkSearch) Run(ctx context.Context) (all []QuirkFound) {
	found, done := map[string]QuirkFound{}, uint64(0)
	for done < s.Count && ctx.Err() == nil && len(found) < len(s.Names) {
		seeds := min(block, s.Count-done)
		s.block(done, seeds, found)
		done += seeds
		if s.Progress != nil {
			s.Progress(done, len(found))
		}
	}
	for _, name := range s.Names {
		q, is := found[name]
		if !is {
			q = QuirkFound{Quirk: name, Seeds: done}
		}
		all = append(all, q)
	}
	return all
}

// block plays some seeds behind those that are done, and adds the quirks that they show, each with its lowest seed.
func (s QuirkSearch) block(done, seeds uint64, found map[string]QuirkFound) {
	left := slices.DeleteFunc(slices.Clone(s.Names), func(name string) bool { _, is := found[name]; return is })
	hits := map[string][]Failure{}
	var mu sync.Mutex
	played := uint64(0)
	s.eachOf(int(seeds), func(n int) {
		harms := harmful(s.From+done+uint64(n), left)
		mu.Lock()
		defer mu.Unlock()
		for _, h := range harms {
			hits[h.quirk] = append(hits[h.quirk], h.Failure)
		}
		if s.Progress != nil {
			played++
			s.Progress(done+played, len(found))
		}
	})
	s.eachOf(len(left), func(n int) {
		q, is := s.shortest(left[n], hits[left[n]])
		if !is {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		found[q.Quirk] = q
		if s.Progress != nil {
			s.Progress(done+seeds, len(found))
		}
	})
}

// shortest is the first seed whose scenario is short enough.
func (s QuirkSearch) shortest(name string, failures []Failure) (q QuirkFound, is bool) {
	slices.SortFunc(failures, func(a, b Failure) int { return cmp.Compare(a.Seed, b.Seed) })
	for _, f := range failures {
		if short := f.shrunk(kept); short.Len() <= Most {
			return QuirkFound{Quirk: name, Seeds: f.Seed - s.From + 1, Seed: f.Seed, Law: f.Law(), Shrunk: short}, true
		}
	}
	return q, false
}

// kept tells whether a scenario has quirks, and keeps all laws without them.
func kept(s scenario.Scenario) bool {
	if len(s.Quirks) == 0 {
		return false
	}
	s.Quirks = nil
	outcome, err := Play(s, Options{})
	return err == nil && len(outcome.Broken) == 0
}

// eachOf does something with each number below count, several at a time.
func (s QuirkSearch) eachOf(count int, do func(int)) {
	jobs := s.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var done sync.WaitGroup
	next := atomic.Int64{}
	for range jobs {
		done.Go(func() {
			for n := int(next.Add(1) - 1); n < count; n = int(next.Add(1) - 1) {
				do(n)
			}
		})
	}
	done.Wait()
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
		if (err != nil || len(outcome.Broken) > 0) && kept(drawn) {
			all = append(all, harm{name, f})
		}
	}
	return all
}

// QuirkNames are all quirks, in the catalogue's order.
func QuirkNames() (names []string) {
	for _, q := range quirk.All() {
		names = append(names, q.Name)
	}
	return names
}
