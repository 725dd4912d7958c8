package play_test

import (
	"os"
	"slices"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// TestQuirksBySeeds: each quirk that is said to be found breaks the law by its shrunk scenario and by its seed, and without it
// both keep all laws.
func TestQuirksBySeeds(t *testing.T) {
	all, err := play.Shown()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		if q.Invisible != "" {
			continue
		}
		t.Run(q.Name, func(t *testing.T) {
			t.Parallel()
			if lines := q.Scenario.Len(); lines > play.Most {
				t.Errorf("its scenario has %d lines, more than %d", lines, play.Most)
			}
			if on := []string{"+" + q.Name}; q.Scenario.Profile != "corrected" || !slices.Equal(q.Scenario.Quirks, on) {
				t.Errorf("its scenario is played under %s with %v, not under corrected with %v alone", q.Scenario.Profile, q.Scenario.Quirks, on)
			}
			breaks(t, "the scenario", q.Law, comesOf(t, q.Scenario))
			without := q.Scenario
			without.Quirks = nil
			breaks(t, "the scenario without the quirk", "", comesOf(t, without))
			breaks(t, "the seed", q.Law, comesOfSeed(t, q.Seed, "+"+q.Name))
			breaks(t, "the seed without the quirk", "", comesOfSeed(t, q.Seed))
		})
	}
}

func comesOf(t *testing.T, s scenario.Scenario) play.Outcome {
	t.Helper()
	outcome, err := play.Play(s, play.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func comesOfSeed(t *testing.T, seed uint64, quirks ...string) play.Outcome {
	t.Helper()
	_, outcome, err := play.Draw(seed, play.Drawing{Quirks: quirks}, play.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// breaks checks that a law is broken; "": that none is.
func breaks(t *testing.T, what, law string, outcome play.Outcome) {
	t.Helper()
	broken := slices.ContainsFunc(outcome.Broken, func(b play.Broken) bool { return b.Law == law })
	if law == "" && len(outcome.Broken) > 0 || law != "" && !broken {
		t.Errorf("%s: %s; want %q broken: make the table anew, as docs/quirks-by-seeds.md says", what, outcome.Verdict(), law)
	}
}

// TestQuirksPage: docs/quirks-by-seeds.md says what the files and the table of the invisible ones say.
func TestQuirksPage(t *testing.T) {
	const page = "../../docs/quirks-by-seeds.md"
	want, err := play.QuirksPage()
	if err != nil {
		t.Fatal(err)
	}
	if *rewrite {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if d := play.Difference(want, string(text)); d != "" {
		t.Errorf("%s is stale: %s\ngo test ./simulation/play -run TestQuirksPage -rewrite", page, d)
	}
}

// TestAQuirkIsFound: the search finds what it should, whatever it is asked for besides and however many play at a time.
func TestAQuirkIsFound(t *testing.T) {
	var tables [][]play.QuirkFound
	for _, s := range []play.QuirkSearch{
		{Names: []string{"sessions-kept", "watchdog-outlives-session"}, From: 1, Count: 3, Jobs: 1},
		{Names: []string{"sessions-kept", "active-stale"}, From: 1, Count: 70, Jobs: 2},
	} {
		tables = append(tables, s.Run(t.Context()))
	}
	first, second := tables[0][0], tables[1][0]
	if first.Seed == 0 || first.Seed != second.Seed || first.Shrunk.String() != second.Shrunk.String() {
		t.Errorf("it is found with seed %d, and then with seed %d", first.Seed, second.Seed)
	}
	if unseen := tables[0][1]; unseen.Seed != 0 || unseen.Seeds != 3 || unseen.Law != "" {
		t.Errorf("an invisible quirk is found: %+v", unseen)
	}
}
