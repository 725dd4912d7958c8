package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const answered = `# A call is answered.
profile corrected
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`

// A scenario file says what is done; --rewrite adds what comes of it, and from then on that is compared.
func TestAScenarioIsWrittenAndComparedAfterwards(t *testing.T) {
	name := file(t, "mine.scenario", answered)
	if code, out, errs := engine("simulate", "--rewrite", name); code != exitDone {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	text := textOf(t, name)
	if !strings.HasPrefix(text, answered+"----\n") || !strings.Contains(text, "sessionStarted C1 S1") {
		t.Fatalf("--rewrite wrote:\n%s", text)
	}
	if code, _, _ := engine("simulate", name); code != exitDone {
		t.Errorf("exit code %d for what was just written", code)
	}
	write(t, name, strings.Replace(text, "sessionStarted C1 S1", "sessionStarted C2 S1", 1))
	if code, out, _ := engine("simulate", name); code != exitFails || !strings.Contains(out, "DIFFER") {
		t.Errorf("exit code %d for something else than is written: %s", code, out)
	}
}

func TestSimulateIsUsedWrongly(t *testing.T) {
	whole := recorded(t, call)
	refused(t, []wrongUse{
		{"a log for a scenario", []string{"simulate", file(t, "a.scenario", whole)}, []string{"a.scenario: is no scenario", "engine replay shows it"}},
		{"an archive for a scenario", []string{"simulate", file(t, "a.gz", zipped(t, whole))}, []string{"a.gz: is no scenario"}},
		{"random bytes for a scenario", []string{"simulate", file(t, "a.bin", "\x00\x9c\xff\n\xff\n")}, []string{"a.bin: is no scenario", "UTF-8"}},
		{"simulate without such a scenario", []string{"simulate", "nix"}, []string{"nix", "its folders are calls, attacks, defects"}},
		{"simulate with a broken file", []string{"simulate", file(t, "broken.scenario", "agent ann\n\n+1s ann flies\n")}, []string{"broken.scenario:3", "the nearest are"}},
		{"simulate with an option of the platform that is none", []string{"simulate", file(t, "broken.scenario", "platform idel=3s\nagent ann\n")}, []string{"broken.scenario:1: platform: idel: no such option: the nearest are idle"}},
		{"simulate with a call that nobody makes", []string{"simulate", file(t, "broken.scenario", "agent ann\n+1s C1 calls ann\n+1s ann answers A1\n")}, []string{"broken.scenario:3: A1: no line above makes such a call: there are C1"}},
		{"simulate files and seeds", []string{"simulate", "calls", "--seeds", "3"}, []string{"not both"}},
		{"simulate no seeds", []string{"simulate", "--seeds", "0"}, []string{"--seeds 0", "from 1"}},
		{"simulate a seed that is none", []string{"simulate", "--seed", "0"}, []string{"--seed 0", "seeds count from 1"}},
		{"simulate with an unknown quirk", []string{"simulate", "--seeds", "1", "--quirk", "nix"}, []string{"nix"}},
		{"simulate cases from seeds", []string{"simulate", "attacks", "--seeds", "3"}, []string{"not both"}},
		{"simulate with a flag of drawn scenarios", []string{"simulate", "calls", "--no-faults"}, []string{"--no-faults", "it is for one drawn scenario, with --seed"}},
		{"simulate the table with a flag of scenarios", []string{"simulate", "defects", "--profile", "corrected"}, []string{"--profile is not for the tables"}},
		{"simulate with an unknown profile", []string{"simulate", "--profile", "best"}, []string{"--profile best", "corrected or sdk-9.2.4"}},
		{"simulate a scenario with an unknown quirk", []string{"simulate", "calls", "--quirk", "nix"}, []string{"nix"}},
		{"simulate and rewrite what is in the binary", []string{"simulate", "calls", "--rewrite"}, []string{"a scenario file of your own"}},
		{"simulate and rewrite everything", []string{"simulate", "--rewrite"}, []string{"name them"}},
		{"simulate and list nothing", []string{"simulate", "--list", "nix"}, []string{"engine simulate --list"}},
		{"simulate to where nothing can be written", []string{"simulate", "--seeds", "1", "--out", file(t, "plain", "") + "/below"}, []string{"--out a folder"}},
	})
}

// What somebody wrote stays as it is: --rewrite touches only what stands below the dashes.
func TestRewriteKeepsWhatStandsAboveTheDashes(t *testing.T) {
	const mine = "# Mine.\r\nagent ann   line-appearance 100\r\n\r\n+1000ms  C1 calls ann\r\n"
	name := file(t, "mine.scenario", mine)
	for range 2 {
		if code, out, errs := engine("simulate", "--rewrite", name); code != exitDone || !strings.HasPrefix(textOf(t, name), mine+"----\r\n") {
			t.Fatalf("exit code %d: %s%s\n%q", code, out, errs, textOf(t, name))
		}
	}
	if code, out, _ := engine("simulate", name); code != exitDone || strings.Contains(textOf(t, name), "pendingSession C1 S1\n") {
		t.Errorf("exit code %d for what was just written: %s", code, out)
	}
}

// That a law is broken may be what is written of a defect; without a quirk it is a failure, whatever is written.
func TestABrokenLawIsAFailureWithoutQuirks(t *testing.T) {
	forged := answered[:strings.Index(answered, "+1s    ann answers")] +
		"+1s    wire ann offer {\"iq\":\"q1\",\"session\":\"S1\",\"conversation\":\"C1\",\"from\":\"edge@gjoll.example.com/1\",\"sdp\":\"v=0\",\"ice\":\"a\"}\n"
	quirky := file(t, "quirky.scenario", strings.Replace(forged, "profile corrected", "profile corrected +unsolicited-offer-accepted", 1))
	if code, out, errs := engine("simulate", quirky); code != exitFails || !strings.Contains(out, "BROKEN "+quirky) {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	if code, out, _ := engine("simulate", "--rewrite", quirky); code != exitDone {
		t.Errorf("exit code %d for what a quirk is written to do: %s", code, out)
	}
	if p := (playedOut{AsWritten: true, Broken: []broken{{}}}); p.ok() {
		t.Error("a broken law is fine without quirks, if only it is written")
	}
	if code, out, _ := engine("simulate", "--quirk", "unsolicited-offer-accepted", file(t, "plain.scenario", forged)); code != exitFails || !strings.Contains(out, "laws       BROKEN") {
		t.Errorf("exit code %d with the quirk from outside: %s", code, out)
	}
}

// A broken law is asked about with the other commands: each phone's journal is kept on demand.
func TestTheJournalsOfASimulationReplay(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "journals")
	for _, args := range [][]string{{"an-inbound-call-is-answered-and-the-caller-hangs-up"}, {"--seed", "2"}} {
		if code, _, errs := engine(append([]string{"simulate", "--journal", folder}, args...)...); code != exitDone {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 2 {
		t.Fatalf("%d journals (%v)", len(files), err)
	}
	for _, f := range files {
		if code, _, errs := engine("verify", filepath.Join(folder, f.Name())); code != exitDone {
			t.Errorf("verify %s: exit code %d: %s", f.Name(), code, errs)
		}
	}
}

// A journal ends with its scenario: the calls that end afterwards, so that the laws can be checked, are none of it. Where a law
// is broken only then, they stay.
func TestAJournalEndsBeforeTheAftermath(t *testing.T) {
	folder := t.TempDir()
	code, _, errs := engine("simulate", "--journal", folder, file(t, "mine.scenario", answered))
	text := textOf(t, filepath.Join(folder, "mine-ann-desk.journal"))
	if code != exitDone || errs != "" || strings.Contains(text, `"last-ann"`) || !strings.Contains(text, `"C1"`) {
		t.Errorf("exit code %d, %s\n%s", code, errs, text)
	}
	code, out, errs := engine("whatif", "--line-appearance", "1", filepath.Join(folder, "mine-ann-desk.journal"))
	if code != exitDone || !strings.Contains(out, "all 1 calls") && !strings.Contains(out, "of 1 call") {
		t.Errorf("exit code %d: one call was played: %s%s", code, out, errs)
	}
	lasting := file(t, "lasting.scenario", textOf(t, "../../simulation/scenarios/quirks/sessions-kept.scenario"))
	code, _, errs = engine("simulate", "--journal", folder, lasting)
	if code != exitDone || !strings.Contains(errs, "goes on after the scenario") || !strings.Contains(errs, "the law is broken there, in entry ") {
		t.Errorf("exit code %d: a law that is broken in the aftermath: %s", code, errs)
	}
}

// Rows that no seed takes are told by name, and only those that can be taken with the quirks that are on.
func TestRowsThatAreNeverTakenAreTold(t *testing.T) {
	code, out, errs := engine("simulate", "--seeds", "2", "--rows")
	for _, want := range []string{"\nnever taken: ", "  serverWatch, ", "    Listening/after 1m10s\n", "Pinging/after 15s"} {
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("exit code %d, and %q is missing: %s%s", code, want, out, errs)
		}
	}
	if strings.Contains(out, "CloseStream{disconnect-ignored-while-connecting}") {
		t.Error("a row of a quirk that is off is told as never taken")
	}
	code, out, _ = engine("simulate", "--seeds", "1", "--rows", "--json")
	if code != exitDone || !strings.Contains(out, `{"chart":"serverWatch","rows":5,"never":[`) {
		t.Errorf("exit code %d as JSON: %s", code, out)
	}
}

// The tables are JSON lines, too.
func TestTheTablesAsJSON(t *testing.T) {
	code, out, errs := engine("simulate", "defects", "--json")
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if code != exitDone || !strings.HasPrefix(lines[0], `{"case":"`) || !strings.Contains(lines[len(lines)-1], `"wrong":0`) {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

// A scenario can come from standard input.
func TestAScenarioFromStandardInput(t *testing.T) {
	in, err := os.Open(file(t, "mine.scenario", answered))
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = was; _ = in.Close() }()
	if code, out, errs := engine("simulate", "-"); code != exitDone || !strings.Contains(out, "sessionStarted C1") || !strings.Contains(out, "ok     standard input") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

func TestTheScenariosAreListed(t *testing.T) {
	code, all, _ := engine("simulate", "--list")
	if code != exitDone || strings.Count(all, "\n") < 200 {
		t.Errorf("exit code %d, %d scenarios", code, strings.Count(all, "\n"))
	}
	first, _, _ := strings.Cut(all, "\n")
	if code, out, errs := engine("simulate", strings.TrimSuffix(first, ".scenario")); code != exitDone {
		t.Errorf("what is listed is not played: exit code %d: %s%s", code, out, errs)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
