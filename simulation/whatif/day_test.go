package whatif

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// aDay is an agent's day under line appearance 100: so many calls, of which the far end hangs up the half; each third is held for
// a while, and each tenth comes while the one before it goes on.
func aDay(t *testing.T, profile string, calls int) scenario.Scenario {
	t.Helper()
	var lines strings.Builder
	fmt.Fprintf(&lines, "# A day's calls.\nprofile %s\nagent ann line-appearance 100\n\n", profile)
	line := func(after, format string, args ...any) { fmt.Fprintf(&lines, "+%s %s\n", after, fmt.Sprintf(format, args...)) }
	for n := 1; n <= calls; n++ {
		call := fmt.Sprintf("C%d", n)
		line("40s", "%s calls ann", call)
		line("3s", "ann answers %s", call)
		if n%3 == 0 {
			line("20s", "ann holds %s", call)
			line("15s", "ann retrieves %s", call)
		}
		if n%10 == 0 {
			n++
			line("30s", "C%d calls ann", n)
			line("5s", "ann holds %s", call)
			line("1s", "ann answers C%d", n)
			line("60s", "ann ends C%d", n)
			line("2s", "ann retrieves %s", call)
		}
		if n%2 == 0 {
			line("90s", "ann ends %s", call)
		} else {
			line("90s", "%s hangs up", call)
		}
	}
	s, err := scenario.Parse("day", []byte(lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// days are what-ifs of one log of a day, whose page stands in testdata. Under line appearance 1 the SDK announces most ends of
// a session twice, which an application notices; corrected announces them once, in another order.
var days = []struct {
	file, profile string
	tally         Tally
}{
	{"one-log-of-a-day-corrected", "corrected", Tally{Calls: 72, Reordered: 72}},
	{"one-log-of-a-day-sdk", "sdk-9.2.4", Tally{Calls: 11, Reordered: 1, Different: 10}},
}

// The page of a day's log is one: what only comes in another order is counted apart from what an application would notice, and
// side by side it takes a line a call.
func TestOneLogOfADay(t *testing.T) {
	for _, story := range days {
		t.Run(story.file, func(t *testing.T) {
			log, err := FromJournal(journalOf(t, aDay(t, story.profile, story.tally.Calls)))
			if err != nil {
				t.Fatal(err)
			}
			_, recovery, err := Recover(log)
			if err != nil {
				t.Fatal(err)
			}
			report, err := Compare(recovery, Change{LineAppearance: 1})
			if err != nil {
				t.Fatal(err)
			}
			tally := report.Tally()
			if tally != story.tally || report.Faithful.Calls != tally.Calls {
				t.Errorf("%+v, %+v: %+v is wanted", tally, report.Faithful, story.tally)
			}
			if (report.First == nil) != (tally.Different == 0) {
				t.Errorf("%+v is no first difference of %d calls", report.First, tally.Different)
			}
			day := NewDay(report.Change)
			day.Add(report)
			var text bytes.Buffer
			if err := day.Write(&text, Brevity{}); err != nil {
				t.Fatal(err)
			}
			golden(t, story.file+".txt", text.String())
			text.Reset()
			if err := report.Write(&text, Brevity{}); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(text.String(), "told the same in another order: conversationUpdate removed\n"); n != tally.Reordered {
				t.Errorf("%d of %d calls that differ by their order are told in a line:\n%s", n, tally.Reordered, text.String())
			}
		})
	}
}

// A call of the recording that is in neither run is counted, and told, and goes neither alike nor otherwise.
func TestACallThatIsNotRecovered(t *testing.T) {
	r := compared(t, "directed/241-proposed-between-bind-and-ready.jsonl", Change{LineAppearance: 1})
	if r.Tally() != (Tally{Calls: 1, Lost: 1}) || r.Faithful.Calls != 1 || r.Faithful.Alike != 0 {
		t.Errorf("%+v, %+v", r.Tally(), r.Faithful)
	}
	var text bytes.Buffer
	if err := r.Write(&text, Brevity{}); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"there is no call as before. 1 call of the recording could not be recovered.", "C1, inbound: could not be recovered"} {
		if !strings.Contains(strings.Join(strings.Fields(text.String()), " "), says) {
			t.Errorf("the report does not say %q:\n%s", says, text.String())
		}
	}
}
