package fsm

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// TestSemantics is the page of what transitions mean: the artificial chart and its golden transcript, so that no
// change of ours or of stateless moves it unnoticed. Rewrite it with go test ./fsm -run Semantics -rewrite and read the
// difference.
func TestSemantics(t *testing.T) {
	chart := artificial()
	var at Snapshot[tally]
	taken := map[string]bool{}
	datadriven.RunTest(t, "testdata/semantics", func(t *testing.T, d *datadriven.TestData) string {
		var b strings.Builder
		switch d.Cmd {
		case "born":
			at = chart.Start(tally{})
			fmt.Fprintf(&b, "%s\n", at.State)
			tellTimers(&b, chart.StartTimers(at))
		case "step":
			for _, line := range strings.Split(strings.TrimSpace(d.Input), "\n") {
				var out Outcome
				at, out = chart.Step(profileOf(d), at, inputOf(t, d, line))
				tell(&b, line, out)
				taken[out.Row] = true
			}
		default:
			d.Fatalf(t, "no command %s", d.Cmd)
		}
		return b.String()
	})
	for _, r := range chart.Rows() {
		if !taken[r.Address] {
			t.Errorf("the transcript does not take %s", r.Address)
		}
	}
}

// TestPage keeps what is drawn from the artificial chart.
func TestPage(t *testing.T) {
	chart := artificial()
	datadriven.RunTest(t, "testdata/page", func(t *testing.T, d *datadriven.TestData) string {
		if d.Cmd != "markdown" {
			d.Fatalf(t, "no command %s", d.Cmd)
		}
		return chart.Markdown(map[string][]string{"Leaf/ToSibling": {"semantics", "a|b"}})
	})
}

func profileOf(d *datadriven.TestData) quirk.Set {
	if d.HasArg("quirk") {
		return quirk.Corrected.With(theQuirk())
	}
	return quirk.Corrected
}

// inputOf reads "ToSibling", "Add 3" or "fire Leaf/after[tallied]".
func inputOf(t *testing.T, d *datadriven.TestData, line string) messages.Input {
	if timer, ok := strings.CutPrefix(line, "fire "); ok {
		return messages.TimerFired{Timer: "artificial." + timer}
	}
	var n int
	if _, err := fmt.Sscanf(line, "Add %d", &n); err == nil {
		return Add{N: n}
	}
	for _, in := range artificialInputs {
		if reflect.TypeOf(in).Name() == line {
			return in
		}
	}
	d.Fatalf(t, "no input %s", line)
	return nil
}

func tell(b *strings.Builder, line string, out Outcome) {
	fmt.Fprintf(b, "%s: %s -> %s %s", line, out.From, out.To, out.Verdict)
	if out.Row != "" {
		fmt.Fprintf(b, " %s", out.Row)
	}
	if out.Why != "" {
		fmt.Fprintf(b, " (%s)", out.Why)
	}
	if out.Quirk != nil {
		fmt.Fprintf(b, " quirk %s", out.Quirk.Name)
	}
	b.WriteString("\n")
	for _, act := range out.Acts {
		fmt.Fprintf(b, "  %s\n", act.(messages.Tell).Msg.(said).text)
	}
	tellTimers(b, out.Timers)
}

func tellTimers(b *strings.Builder, timers []Timer) {
	for _, t := range timers {
		if t.Stop {
			fmt.Fprintf(b, "  stop %s\n", t.Name)
		} else {
			fmt.Fprintf(b, "  start %s in %s\n", t.Name, t.After)
		}
	}
}
