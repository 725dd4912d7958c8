package play

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// QuirkFound is what a search for one quirk's harm came to: with this quirk alone switched on, a law is broken.
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

// FindQuirks searches for the harm of each quirk alone, from seed 1 on. progress is told of each quirk that is done; nil:
// nobody watches. It ends early with the context, without the quirks that it did not come to.
func FindQuirks(ctx context.Context, names []string, seeds uint64, jobs int, progress func(QuirkFound)) (all []QuirkFound) {
	for _, name := range names {
		found := Search{From: 1, Count: seeds, Jobs: jobs, First: true, Ignore: withoutQuirks, Drawing: Drawing{Quirks: []string{"+" + name}}}.Run(ctx)
		if ctx.Err() != nil {
			return all
		}
		q := QuirkFound{Quirk: name, Seeds: found.Seeds}
		if len(found.Failures) > 0 {
			first := found.Failures[0]
			q.Seed, q.Law, q.Shrunk = first.Seed, first.Law(), first.Shrunk()
		}
		all = append(all, q)
		if progress != nil {
			progress(q)
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
