package scenario_test

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// What is performed at once is read as a line of a file is, and what is wrong with it is said in the same words.
func TestAStatementIsReadAlone(t *testing.T) {
	ann := scenario.NewAgent("ann")
	ann.Phones = []string{"desk", "home"}
	for text, want := range map[string]string{
		"C1 calls ann from +15550100": "calls",
		"stream of ann/home drops":    "stream drops",
		"stream of bob drops":         "bob",
		"+1s C1 calls ann":            "no moment",
		"C1 sings":                    "nothing is written so",
		"":                            "nothing happens",
		"C1 calls ann\nC2 calls ann":  "one line",
	} {
		s, err := scenario.ReadStatement(text, []scenario.Agent{ann})
		got := string(s.Verb)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q is read as %q, not as something with %q", text, got, want)
		}
	}
}
