package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// whatIf runs the command without the process.
func whatIf(c whatifCommand, asJSON bool) (out, errs string, err error) {
	var stdout, stderr bytes.Buffer
	err = c.Run(&terminal{out: &stdout, err: &stderr, json: asJSON})
	return stdout.String(), stderr.String(), err
}

func to(text string) *string { return &text }

const twoCalls = "browser/e-la100-two-calls-hold-switch.jsonl"

func TestWhatIfOneLog(t *testing.T) {
	out, _, err := whatIf(whatifCommand{LineAppearance: to("1"), Logs: []string{"e-la100-two-calls"}}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{
		twoCalls + "\nWhat if: line appearance 1\n", "a difference in 2 of 2 calls", "1 peer connection instead of 2", "First difference: C1",
		"2 of 2 calls: announced as in the recording",
	} {
		if !strings.Contains(out, says) {
			t.Errorf("the report does not say %q:\n%s", says, out)
		}
	}
}

func TestWhatIfAsJSON(t *testing.T) {
	out, _, err := whatIf(whatifCommand{Persistent: to("true"), Logs: []string{twoCalls}}, true)
	if err != nil {
		t.Fatal(err)
	}
	var line whatifLine
	if err := json.Unmarshal([]byte(out), &line); err != nil {
		t.Fatal(err)
	}
	if line.File != twoCalls || line.Calls != 2 || len(line.Answer) != 3 || line.Was.Peers != 2 || len(line.Was.AudioMS) != 2 || line.Faithful.Alike != 2 {
		t.Errorf("%+v", line)
	}
}

// A log of more than a few calls gives a page, and each form can be asked for.
func TestWhatIfForms(t *testing.T) {
	const manyCalls, page, sides = "random/realistic-1.jsonl", "calls told the same, in another order", "left:  as recorded"
	for _, row := range []struct {
		name    string
		command whatifCommand
		isPage  bool
	}{
		{"few calls", whatifCommand{Logs: []string{twoCalls}}, false},
		{"few calls on a page", whatifCommand{Page: true, Logs: []string{twoCalls}}, true},
		{"many calls", whatifCommand{Logs: []string{manyCalls}}, true},
		{"many calls side by side", whatifCommand{SideBySide: true, Logs: []string{manyCalls}}, false},
		{"all of many calls", whatifCommand{All: true, Logs: []string{manyCalls}}, false},
	} {
		row.command.LineAppearance = to("1")
		out, _, err := whatIf(row.command, false)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if strings.Contains(out, page) != row.isPage || strings.Contains(out, sides) == row.isPage {
			t.Errorf("%s: a page is %t:\n%s", row.name, row.isPage, out)
		}
	}
	both, _, err := whatIf(whatifCommand{LineAppearance: to("1"), SideBySide: true, Logs: []string{twoCalls, call}}, false)
	if err != nil || strings.Count(both, sides) != 2 || strings.Count(both, page) != 1 {
		t.Errorf("%v: two logs side by side, and their page, are:\n%s", err, both)
	}
}

// A station that was migrated on the way is told with its moment, and so is a change that changes nothing.
func TestWhatIfTheStationWasMigrated(t *testing.T) {
	folder := t.TempDir()
	migrated := strings.Replace(answered, "+1s    ann answers C1\n", "+1s    ann answers C1\n+5s    C1 hangs up\n+1s    station of ann becomes line-appearance 1\n+5s    C2 calls ann\n", 1)
	if code, _, errs := engine("simulate", "--journal", folder, file(t, "mine.scenario", migrated)); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	log := filepath.Join(folder, "mine-ann-desk.journal")
	for _, row := range []struct{ to, left, right string }{
		{"100", "left:  as recorded, line appearance 100, from 0:09.000 on line appearance 1, profile corrected", "right: changed, line appearance 100, profile corrected\nOn the right the station is not migrated"},
		{"1", "left:  as recorded, line appearance 100, from 0:09.000 on line appearance 1, profile corrected", "right: changed, line appearance 1, profile corrected\nOn the right the station is not migrated"},
	} {
		out, _, err := whatIf(whatifCommand{LineAppearance: to(row.to), Logs: []string{log}}, false)
		if err != nil || !strings.Contains(out, row.left) || !strings.Contains(out, row.right) || strings.Contains(out, "Nothing is changed") {
			t.Errorf("%s: %v\n%s", row.to, err, out)
		}
	}
	out, _, err := whatIf(whatifCommand{LineAppearance: to("1"), Page: true, Logs: []string{log}}, false)
	if err != nil || !strings.Contains(out, "1  line appearance 100, then line appearance 1, profile corrected") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = whatIf(whatifCommand{LineAppearance: to("100"), Logs: []string{twoCalls}}, false)
	if err != nil || !strings.Contains(out, "\nNothing is changed by that: it was recorded with line appearance 100.\n") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = whatIf(whatifCommand{LineAppearance: to("100"), Logs: []string{twoCalls, "01"}}, false)
	if err != nil || !strings.Contains(out, "2 were recorded with line appearance 100 already") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A folder's page has all of its logs, and a file that is no log is told with its name and does not keep the others back.
func TestWhatIfADay(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{twoCalls, call} {
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), []byte(recorded(t, name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, _, err := whatIf(whatifCommand{LineAppearance: to("1"), Logs: []string{folder}}, false)
	if err != nil || !strings.Contains(out, "2 recordings: what if: line appearance 1") || !strings.Contains(out, "e-la100-two-calls-hold-switch C1") {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(folder, "z.jsonl"), []byte("no log\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err = whatIf(whatifCommand{LineAppearance: to("1"), Logs: []string{folder}}, false)
	if err == nil || !strings.Contains(err.Error(), "z.jsonl:1") || !strings.Contains(out, "2 recordings") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWhatIfWritesTheScenario(t *testing.T) {
	out, _, err := whatIf(whatifCommand{LineAppearance: to("1"), Scenario: "-", Logs: []string{twoCalls}}, false)
	if err != nil || !strings.Contains(out, "when agent pendingSession C1 +") || strings.Contains(out, "What if") {
		t.Errorf("%v\n%s", err, out)
	}
	path := filepath.Join(t.TempDir(), "calls.scenario")
	report, _, err := whatIf(whatifCommand{LineAppearance: to("1"), Scenario: path, Logs: []string{twoCalls}}, false)
	if err != nil || !strings.Contains(report, "What if") || textOf(t, path) != out {
		t.Errorf("%v: the file is not what standard output got:\n%s", err, textOf(t, path))
	}
}

func TestWhatIfUsedWrongly(t *testing.T) {
	folder := t.TempDir()
	log := []string{twoCalls}
	for _, row := range []struct {
		name    string
		command whatifCommand
		says    string
	}{
		{"nothing changed", whatifCommand{Logs: log}, "nothing is changed"},
		{"no number", whatifCommand{LineAppearance: to("many"), Logs: log}, "such as 1 or 100"},
		{"neither true nor false", whatifCommand{Persistent: to("maybe"), Logs: log}, "true or false"},
		{"no profile", whatifCommand{Profile: to("best"), Logs: log}, "corrected"},
		{"no option", whatifCommand{Platform: []string{"echo"}, Logs: log}, "KEY=VALUE"},
		{"an option twice", whatifCommand{Platform: []string{"idle=3s", "idle=4s"}, Logs: log}, "idle: set twice: leave one out"},
		{"no such log", whatifCommand{LineAppearance: to("1"), Logs: []string{"none.jsonl"}}, "none.jsonl"},
		{"an empty folder", whatifCommand{LineAppearance: to("1"), Logs: []string{folder}}, "give one that has recordings"},
		{"a scenario of several", whatifCommand{LineAppearance: to("1"), Scenario: "-", Logs: []string{twoCalls, call}}, "one log"},
	} {
		if _, _, err := whatIf(row.command, false); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v does not say %q", row.name, err, row.says)
		}
	}
	if _, _, err := whatIf(whatifCommand{LineAppearance: to("1"), Page: true, Logs: log}, true); err == nil || !strings.Contains(err.Error(), "--json has one form") {
		t.Errorf("a page as JSON: %v", err)
	}
}

// exampleDay are the recordings in the folder of the example in docs/whatif.md.
var exampleDay = []string{
	"a-outbound-la100-genesys", "b-inbound-la100-remote-hangup-genesys", "c-inbound-cancelled", "e-la100-two-calls-hold-switch",
	"f2-la1-second-call-outbound", "h-mute-unmute", "j-reject-pending-agent",
}

// The examples of docs/whatif.md print what stands there; -rewrite writes them anew.
func TestTheExamplesOfWhatIf(t *testing.T) {
	page, err := filepath.Abs("../../docs/whatif.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(textOf(t, page), fence)
	t.Chdir(t.TempDir())
	if err := os.Mkdir("day", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range exampleDay {
		if err := os.WriteFile(filepath.Join("day", name+".jsonl"), []byte(recorded(t, "browser/"+name+".jsonl")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	examples := 0
	for i := 1; i < len(parts); i += 2 {
		example, is := strings.CutPrefix(parts[i], "console\n$ engine ")
		if !is {
			continue
		}
		examples++
		command, want, _ := strings.Cut(example, "\n")
		got := whatIfPrints(t, strings.Fields(command))
		if got != want && !*rewrite {
			t.Errorf("engine %s prints otherwise than docs/whatif.md says; go test ./cmd/engine -rewrite mends it:\n%s", command, got)
		}
		parts[i] = "console\n$ engine " + command + "\n" + got
	}
	if examples < 4 {
		t.Errorf("only %d examples were run", examples)
	}
	if *rewrite {
		if err := os.WriteFile(page, []byte(strings.Join(parts, fence)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// whatIfPrints is what the command prints with these arguments.
func whatIfPrints(t *testing.T, args []string) string {
	t.Helper()
	var cli struct {
		Whatif whatifCommand `cmd:""`
	}
	parser, err := kong.New(&cli, kong.Vars{"log": logHelp})
	if err != nil {
		t.Fatal(err)
	}
	context, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if err := context.Run(&terminal{out: &stdout, err: &stderr}); err != nil || stderr.Len() > 0 {
		t.Errorf("engine %v: %v %s", args, err, stderr.String())
	}
	return stdout.String()
}
