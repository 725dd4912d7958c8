package explore

import (
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"os"
	"strings"
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	q, err := quirk.Parse(nil)
	if os.Getenv("Q") != "" {
		q, err = quirk.Parse([]string{os.Getenv("Q")})
	}
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for _, of := range consentParts(os.Getenv("FULL") == "") {
		if !strings.HasPrefix(of.name, os.Getenv("PART")) {
			continue
		}
		p, err := explorePart(of, Options{Quirks: q, StatesMax: 20000}, &rowsTaken{})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(p.Name, p.Conversations, p.Sessions, p.Gateways, p.States, p.Transitions, p.Held, p.Fixpoint, p.Bound, time.Since(start))
		for _, c := range p.Counterexamples {
			t.Log(c.Law, c.What, c.Moves, "\n"+c.Scenario)
		}
		if q != 0 && len(p.Counterexamples) > 0 {
			break
		}
	}
}
