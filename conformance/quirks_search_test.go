package conformance

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// likeliest is how many quirks are tried by themselves at a place before all are: those that the rows there name.
const likeliest = 3

// search looks for the quirks that make the differences of a recording.
type search struct {
	log     *capture.Capture
	sdk     *replay.Result
	without map[*quirk.Quirk]*replay.Result // the SDK without a quirk, once it was played
}

// view is what counts as decided in a replay, in order.
type view func(t testing.TB, result *replay.Result) []decision

// cause is the quirk that makes the first difference that a view has between the SDK and a profile's replay, and where that
// is; nil if there is none. Where several do, it is mostly the first of candidates.
func (s *search) cause(t *testing.T, profile quirk.Set, ours *replay.Result, seen view) (*quirk.Quirk, place) {
	t.Helper()
	want, got := seen(t, s.sdk), seen(t, ours)
	at, _ := firstDifference(want, got)
	list := candidates(profile, want, got, at)
	want, got = upTo(want, at), upTo(got, at)
	with := func(on ...*quirk.Quirk) place {
		return reached(want, upTo(seen(t, playAs(t, s.log, profile.Union(setOf(on)), at.seq)), at))
	}
	without := func(off ...*quirk.Quirk) place {
		return reached(got, upTo(seen(t, s.sdkWithout(t, off, at)), at))
	}
	return find(list, at, with, without), at
}

// find is the quirk of a list that alone gets a replay beyond a place: switched on beside a profile's as the SDK goes, or
// only farther within the same decision; else switched off in the SDK as the profile goes. It is nil if none does. All of
// the list together do both.
func find(list []*quirk.Quirk, at place, with, without attempt) *quirk.Quirk {
	beyond := func(try attempt) attempted {
		return func(set ...*quirk.Quirk) bool { return try(set...).decision > at.decision }
	}
	farther := func(set ...*quirk.Quirk) bool { return with(set...).after(at) }
	for _, found := range []func() *quirk.Quirk{
		func() *quirk.Quirk { return first(list[:min(likeliest, len(list))], beyond(with)) },
		func() *quirk.Quirk { return halved(list, beyond(with)) },
		func() *quirk.Quirk { return halved(list, farther) },
		func() *quirk.Quirk { return halved(list, beyond(without)) },
		func() *quirk.Quirk { return first(list, beyond(with)) },
		func() *quirk.Quirk { return first(list, farther) },
		func() *quirk.Quirk { return first(list, beyond(without)) },
	} {
		if q := found(); q != nil {
			return q
		}
	}
	return nil
}

// attempt is how far a replay goes with quirks the other way round, and attempted whether that is far enough.
type (
	attempt   func(set ...*quirk.Quirk) place
	attempted func(set ...*quirk.Quirk) bool
)

// first is the first quirk of a list that is enough by itself; nil if there is none.
func first(list []*quirk.Quirk, enough attempted) *quirk.Quirk {
	for _, q := range list {
		if enough(q) {
			return q
		}
	}
	return nil
}

// halved is the quirk of a list that is enough beside those before it, where these are not, if it is by itself, too: found
// by halving the list, which takes fewer replays than trying each.
func halved(list []*quirk.Quirk, enough attempted) *quirk.Quirk {
	i := sort.Search(len(list)-1, func(i int) bool { return enough(list[:i+1]...) })
	return first(list[i:i+1], enough)
}

// sdkWithout is the replay of the SDK without some quirks, up to a place at least. That without a single one is kept.
func (s *search) sdkWithout(t *testing.T, off []*quirk.Quirk, at place) *replay.Result {
	t.Helper()
	if len(off) > 1 {
		return playAs(t, s.log, quirk.SDK924().Minus(setOf(off)), at.seq)
	}
	if s.without[off[0]] == nil {
		s.without[off[0]] = playAs(t, s.log, quirk.SDK924().Without(off[0]), 0)
	}
	return s.without[off[0]]
}

func setOf(list []*quirk.Quirk) quirk.Set {
	var s quirk.Set
	for _, q := range list {
		s = s.With(q)
	}
	return s
}

// reached is how far a list is as wanted: to its first difference, or beyond the end.
func reached(want, got []decision) place {
	if at, differs := firstDifference(want, got); differs {
		return at
	}
	return place{decision: math.MaxInt}
}

// candidates are the quirks that a profile lacks, the likeliest first: those that a row names which was taken where the
// two differ, those that one before names, then the others, each in the order of the catalogue.
func candidates(profile quirk.Set, want, got []decision, at place) []*quirk.Quirk {
	likely := map[*quirk.Quirk]int{}
	for _, side := range [][]decision{want, got} {
		for i, d := range side {
			if i > at.decision {
				break
			}
			for _, q := range d.quirks {
				likely[q] = max(likely[q], 1)
				if d.seq == at.seq {
					likely[q] = 2
				}
			}
		}
	}
	list := slices.DeleteFunc(quirk.All(), profile.Has)
	slices.SortStableFunc(list, func(a, b *quirk.Quirk) int { return cmp.Compare(likely[b], likely[a]) })
	return list
}

// What two quirks make only together is not put down to one of them; what one makes is, wherever in the list it is, and
// with others beside it that would undo it.
func TestAQuirkIsNamedOnlyIfItAloneSuffices(t *testing.T) {
	t.Parallel()
	at, far := place{decision: 3, part: 2}, place{decision: 4}
	all := quirk.All()
	never := func(...*quirk.Quirk) place { return at }
	needs := func(needed ...*quirk.Quirk) attempt {
		return func(set ...*quirk.Quirk) place {
			if on := setOf(set); on.Union(setOf(needed)) == on {
				return far
			}
			return at
		}
	}
	unlessUndone := func(needed, undoing *quirk.Quirk) attempt {
		return func(set ...*quirk.Quirk) place {
			if on := setOf(set); on.Has(needed) && !on.Has(undoing) || len(set) == len(all) {
				return far
			}
			return at
		}
	}
	for i, q := range all {
		other := all[(i+7)%len(all)]
		if got := find(all, at, needs(q), never); got != q {
			t.Errorf("%s is found as %v", q.Name, got)
		}
		if got := find(all, at, never, needs(q)); got != q {
			t.Errorf("%s, switched off in the SDK, is found as %v", q.Name, got)
		}
		if got := find(all, at, unlessUndone(q, other), never); got != q {
			t.Errorf("%s, which %s undoes, is found as %v", q.Name, other.Name, got)
		}
		if got := find(all, at, needs(q, other), needs(q, other)); got != nil {
			t.Errorf("%s and %s together are put down to %s", q.Name, other.Name, got.Name)
		}
	}
}

// A decision that is nearer to the wanted one is told from one that is not: an announcement by its fields, a row by when it is
// asked.
func TestWhatIsNearer(t *testing.T) {
	t.Parallel()
	const update, asked = `announce {"name":"conversationUpdate","active":%q,"session":%q}`, "conversation Pending/LegConnected"
	for _, story := range []struct{ want, far, near string }{
		{fmt.Sprintf(update, "c1", "s1"), fmt.Sprintf(update, "", "s2"), fmt.Sprintf(update, "c2", "s1")},
		{fmt.Sprintf(update, "c1", "s1"), fmt.Sprintf(update, "c2", "s1"), fmt.Sprintf(update, "c1", "s2")},
		{fmt.Sprintf(update, "c1", "s1"), `settle {"call":9}`, fmt.Sprintf(update, "c2", "s2")},
		{asked, asked + "[!heard && taken]{!connected-before-offer-lost}", asked + "[unanswered]{!pendings-outlive-calls}"},
	} {
		from := func(got string) place { return reached([]decision{{text: story.want}}, []decision{{text: got}}) }
		if far, near := from(story.far), from(story.near); !near.after(far) || far.after(near) || near.after(near) {
			t.Errorf("to %s\n  %s is at %+v\n  %s at %+v", story.want, story.near, near, story.far, far)
		}
	}
	other := reached([]decision{{text: asked}}, []decision{{text: "conversation Connected/LegEnded"}})
	if row := reached([]decision{{text: asked}}, []decision{{text: asked + "[onLine]"}}); !row.after(other) {
		t.Errorf("a row of another state is as near as one of the same: %+v, %+v", other, row)
	}
}
