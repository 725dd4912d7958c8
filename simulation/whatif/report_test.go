package whatif

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/simulation/scenario"
)

var rewrite = flag.Bool("rewrite", false, "write the reports in testdata anew; read the difference")

const second = time.Second

func no() *bool { return new(bool) }

func yes() *bool {
	b := true
	return &b
}

// stories are what-ifs whose whole report stands in testdata.
var stories = []struct {
	file, capture string
	change        Change
}{
	{"two-calls-from-100-to-1", "browser/e-la100-two-calls-hold-switch.jsonl", Change{LineAppearance: 1}},
	{"two-calls-from-1-to-100", "browser/f-la1-nonpersistent-two-calls.jsonl", Change{LineAppearance: 100}},
	{"a-persistent-connection-less", "browser/g-la1-persistent.jsonl", Change{Persistent: no()}},
	{"corrected", "scenarios/30-second-call-answered-elsewhere-is-claimed.jsonl", Change{Profile: "corrected"}},
	{"repaired", "scenarios/25-both-held-then-the-first-resumed.jsonl", Change{LineAppearance: 100, Persistent: yes()}},
}

// Each report stands in testdata, and is at most 100 columns wide.
func TestReports(t *testing.T) {
	for _, story := range stories {
		t.Run(story.file, func(t *testing.T) {
			text := reportOf(t, story.capture, story.change)
			for i, line := range strings.Split(text, "\n") {
				if utf8.RuneCountInString(line) > widthMax {
					t.Errorf("line %d is wider than %d: %s", i+1, widthMax, line)
				}
			}
			golden(t, story.file+".txt", text)
		})
	}
}

// The recovered scenario of two calls reads as a person would write it.
func TestRecoveredScenario(t *testing.T) {
	log, err := Embedded("browser/e-la100-two-calls-hold-switch.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := Recover(log)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "two-calls.scenario", s.String())
}

func reportOf(t *testing.T, name string, change Change) string {
	t.Helper()
	var text bytes.Buffer
	if err := compared(t, name, change).Write(&text, Brevity{}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func compared(t *testing.T, name string, change Change) Report {
	t.Helper()
	log, err := Embedded(name)
	if err != nil {
		t.Fatal(err)
	}
	_, recovery, err := Recover(log)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Compare(recovery, change)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s is not what comes out now; go test ./simulation/whatif -rewrite mends it:\n%s", path, text)
	}
}

// Nothing is otherwise for a change to what was recorded.
func TestTheSameConfigurationIsTheSame(t *testing.T) {
	for name, change := range map[string]Change{
		"browser/e-la100-two-calls-hold-switch.jsonl": {LineAppearance: 100},
		"browser/f-la1-nonpersistent-two-calls.jsonl": {LineAppearance: 1, Persistent: no(), Profile: "sdk-9.2.4"},
	} {
		r := compared(t, name, change)
		if r.Tally() != (Tally{Calls: 2, Alike: 2}) || r.First != nil {
			t.Errorf("%s: %+v: %+v", name, r.Tally(), r.First)
		}
	}
}

// A day's report counts each kind of difference once a call, adds up what all took, and fits on a page.
func TestDay(t *testing.T) {
	change := Change{LineAppearance: 1}
	day := NewDay(change)
	peers := 0
	for _, name := range []string{
		"browser/b-inbound-la100-remote-hangup-genesys.jsonl", "browser/e-la100-two-calls-hold-switch.jsonl", "browser/h-mute-unmute.jsonl",
		"browser/a-outbound-la100-genesys.jsonl",
	} {
		r := compared(t, name, change)
		peers += r.Is.Total().Peers
		day.Add(r)
	}
	if day.Logs != 4 || day.Calls != 5 || day.Is.Peers != peers || day.Is.Peers >= day.Was.Peers {
		t.Errorf("the sum is wrong: %+v", day)
	}
	var text bytes.Buffer
	if err := day.Write(&text, Brevity{}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(text.String(), "\n"); lines > 60 {
		t.Errorf("%d lines are more than a page", lines)
	}
	golden(t, "day.txt", text.String())
}

// A change that is none, or that cannot be, is told with what can.
func TestChangesThatCannotBeMade(t *testing.T) {
	for _, row := range []struct {
		change Change
		says   string
	}{
		{Change{}, "nothing is changed"},
		{Change{LineAppearance: -1}, "from 1 to"},
		{Change{Profile: "best"}, "corrected"},
		{Change{Eager: "often"}, "auto, event or none"},
		{Change{Platform: []scenario.Setting{{Key: "echo", Value: "loud"}}}, `"on" or "off"`},
		{Change{Platform: []scenario.Setting{{Key: "colour", Value: "red"}}}, "no such option"},
	} {
		if err := row.change.Check(); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%+v: %v does not say %q", row.change, err, row.says)
		}
	}
}

// What is not a recording of a client from its login on is an error that says so.
func TestLogsThatCannotBeRecovered(t *testing.T) {
	if _, err := ReadCapture("empty.jsonl", strings.NewReader("")); err == nil || !strings.Contains(err.Error(), "empty.jsonl") {
		t.Errorf("an empty file: %v", err)
	}
	if _, _, err := Recover(Log{Name: "late.jsonl"}); err == nil || !strings.Contains(err.Error(), "late.jsonl: nobody logs in") {
		t.Errorf("a log without a login: %v", err)
	}
	if _, err := Embedded("none.jsonl"); err == nil {
		t.Error("there is no such capture")
	}
}
