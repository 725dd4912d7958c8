package whatif

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

func TestShare(t *testing.T) {
	same, calls, alike, n := 0, 0, 0, 0
	by := map[string][2]int{}
	for _, name := range captures.Names() {
		if strings.Contains(name, "chaos") {
			continue
		}
		log, err := Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := read(log)
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		rec := r.recovery()
		run, err := settle(r.header(), rec.acts, rec.Events)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if rec, run, err = repair(r.header(), rec, run); err != nil {
			t.Fatal(err)
		}
		if _, err := scenario.Parse(name, []byte(run.Scenario.String())); err != nil {
			t.Errorf("%s: %v\n%s", name, err, run.Scenario)
		}
		f := faithful(rec, run)
		n++
		calls += f.Calls
		alike += f.Alike
		k := strings.SplitN(name, "/", 2)[0]
		c := by[k]
		c[1]++
		if f.Same() {
			same++
			c[0]++
		} else {
			m := ""
			if len(rec.Missing) > 0 {
				m = rec.Missing[0].What
			}
			t.Logf("%-60s %s | %d left | missing: %s", strings.TrimSuffix(name, ".jsonl"), f.First, len(run.Untargeted), m)
		}
		by[k] = c
	}
	t.Logf("%d of %d captures, %d of %d calls %v", same, n, alike, calls, by)
}
