package play_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
)

var rewrite = flag.Bool("rewrite", false, "write what comes of each scenario below its dashes; review the difference")

// TestScenarios plays every scenario that ships: what comes of it is what its file says, and where it is about the profile
// corrected alone, every law is kept.
func TestScenarios(t *testing.T) {
	files, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Path, func(t *testing.T) {
			t.Parallel()
			outcome, err := play.Play(f.Scenario, play.Options{Text: true})
			if err != nil {
				t.Fatal(err)
			}
			if f.Scenario.Profile == "corrected" && len(f.Scenario.Quirks) == 0 && len(outcome.Broken) > 0 {
				t.Errorf("%s", outcome.Verdict())
			}
			if *rewrite {
				write(t, f.Path, f.Scenario, outcome.Text)
				return
			}
			if outcome.Text != f.Scenario.Expected {
				t.Errorf("it goes otherwise: %s\nif that is right: go test ./simulation/play -run TestScenarios -rewrite", play.Difference(f.Scenario.Expected, outcome.Text))
			}
		})
	}
}

func write(t *testing.T, path string, s scenario.Scenario, text string) {
	t.Helper()
	s.Expected = text
	if err := os.WriteFile(filepath.Join("..", "scenarios", path), []byte(s.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
