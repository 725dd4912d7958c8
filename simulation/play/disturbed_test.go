package play_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// What disturbs one agent suspends the laws of how things stand for that agent alone, and not for ever: once all has healed
// it is looked at, too.
func TestWhoIsDisturbedIsJudgedLater(t *testing.T) {
	t.Parallel()
	const waits = `profile corrected +first-pending-meant
agent ann line-appearance 1
agent bob

`
	for _, c := range []struct {
		name, law, text string
		late            bool // it is only seen once all has healed
	}{
		{"nobody is disturbed", play.RingsEverywhere, waits + `+1s    ann dials C1
+1s    C2 calls ann
+1s    ann dials C3
`, false},
		{"somebody else is", play.RingsEverywhere, waits + `+1s    bob loses network
+1s    ann dials C1
+1s    C2 calls ann
+1s    ann dials C3
`, false},
		{"the agent is, until all has healed", play.TakenIsNotHeld, `profile corrected +private-call-holds
agent bob

+1s    C1 calls bob
+1s    station of bob becomes line-appearance 100 persistent
+1s    bob answers C1
+1s    edge connects bob
`, true},
		{"the agent is, and heals", "", `profile corrected
agent ann

+1s    ann loses network
+1s    C1 calls ann
+1s    C2 calls ann
+1s    C1 hangs up
`, false},
	} {
		s, err := scenario.Parse(c.name, []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := play.Play(s, play.Options{})
		if err != nil {
			t.Fatal(err)
		}
		seen := false
		for _, b := range outcome.Broken {
			if c.law == "" {
				t.Errorf("%s: %s", c.name, b.Violation)
			}
			if b.Law == c.law {
				seen = true
				if late := b.At > outcome.End; late != c.late {
					t.Errorf("%s: %q is seen at %s, and the last line had had its time at %s", c.name, b.Law, b.At, outcome.End)
				}
			}
		}
		if !seen && c.law != "" {
			t.Errorf("%s: %q is not seen: %s", c.name, c.law, outcome.Verdict())
		}
	}
}
