package explore_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/simulation/explore"
)

// TestTheSmallRacesReachTheirFixpoints goes through every order of what two clients, and one among many, hear of one call that
// they may answer, and finds nothing.
func TestTheSmallRacesReachTheirFixpoints(t *testing.T) {
	t.Parallel()
	if testing.Short() || explore.RaceDetector {
		t.Skip("goes through a million transitions: it runs without the race detector")
	}
	report, err := explore.Races(explore.Options{Small: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Parts) != 2 {
		t.Fatalf("%d parts", len(report.Parts))
	}
	for _, p := range report.Parts {
		t.Logf("%s: %d states, %d transitions", p.Name, p.States, p.Transitions)
		if !p.Fixpoint || p.States < 1000 {
			t.Errorf("%s: %d states, fixpoint %t", p.Name, p.States, p.Fixpoint)
		}
		for _, c := range p.Counterexamples {
			t.Errorf("%s", c.Scenario)
		}
	}
}

// TestRacesSeeQuirks shows that a race finds what the SDK is known for: of a call that one client takes, the other goes on ringing.
func TestRacesSeeQuirks(t *testing.T) {
	t.Parallel()
	report, err := explore.Races(explore.Options{Small: true, Quirks: quirk.Corrected.With(quirk.PendingsOutliveCalls).With(quirk.SessionsKept)})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(report.Parts[0].Counterexamples, func(c explore.Counterexample) bool {
		return c.Moves > 1 && strings.Contains(c.Scenario, "client 1: ")
	}) {
		t.Errorf("%+v", report.Parts[0])
	}
}
