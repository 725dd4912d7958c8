package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSimulateQuirks: a quirk is found with its law, or listed as invisible with its reason; one that is neither fails.
func TestSimulateQuirks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, c := range []struct {
		quirk, seeds string
		code         int
		want         []string
	}{
		{"sessions-kept", "20", 0, []string{"sessions-kept", "nothing is kept for ever", "1 are found within 20 seeds"}},
		{"watchdog-outlives-session", "2", 0, []string{"invisible: it needs another defect", "1 are invisible"}},
		{"shared-start-holds-nobody", "1", 1, []string{"not found in 1 seeds, and not listed as invisible", "1 are neither or both"}},
	} {
		code, out, errs := engine("simulate", "quirks", "--quirk", c.quirk, "--seeds", c.seeds, "--out", folder)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d: %s%s", c.quirk, code, c.code, out, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q does not say %q", c.quirk, out, want)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "sessions-kept.scenario"))
	if err != nil || !strings.Contains(string(text), "profile corrected +sessions-kept") {
		t.Errorf("the scenario that was found is not written: %v, %s", err, text)
	}
}
