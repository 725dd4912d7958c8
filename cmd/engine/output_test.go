package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/runtime"
)

// filesIn lists the names in a folder.
func filesIn(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// Somebody mistakes the name of the result for that of the only copy of an incident's recording: it stays as it is.
func TestARecordingIsNeverOverwritten(t *testing.T) {
	whole := recorded(t, call)
	log := file(t, "incident.jsonl", whole)
	link := filepath.Join(filepath.Dir(log), "link.jsonl")
	if err := os.Symlink(log, link); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"replay", log, "--out", log}, {"replay", log, "--journal", log}, {"replay", log, "--out", link}, {"replay", link, "--journal", log},
	} {
		code, _, errs := engine(args...)
		if code != exitUsage || !strings.Contains(errs, "is the recording itself: give another file") {
			t.Errorf("%v: %d %s", args[2:], code, errs)
		}
	}
	onto, err := os.OpenFile(log, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = onto.Close() }()
	var errs bytes.Buffer
	if code := run([]string{"redact", log}, onto, &errs); code != exitUsage || !strings.Contains(errs.String(), "standard output is the recording itself") {
		t.Errorf("redact onto itself: %d %s", code, errs.String())
	}
	if textOf(t, log) != whole {
		t.Error("the recording was changed")
	}
}

// A command that fails leaves what stood in its result's place, and nothing half-written beside it.
func TestAFailureLeavesNothingHalfWritten(t *testing.T) {
	folder := t.TempDir()
	out := filepath.Join(folder, "out.jsonl")
	if err := os.WriteFile(out, []byte("yesterday's"), 0o640); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := engine("replay", "01", "--journal", out, "--profile", "best"); code != exitUsage {
		t.Errorf("%d %s", code, errs)
	}
	if got := textOf(t, out); got != "yesterday's" || filesIn(t, folder) != "out.jsonl" {
		t.Errorf("%q, in a folder with %s", got, filesIn(t, folder))
	}
	if code, _, errs := engine("replay", "01", "--out", out, "--journal", filepath.Join(folder, "a.journal")); code != exitDone {
		t.Errorf("%d %s", code, errs)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o640 || !strings.HasPrefix(textOf(t, out), `{"seq":0`) || filesIn(t, folder) != "a.journal out.jsonl" {
		t.Errorf("%v %v, in a folder with %s", info.Mode(), err, filesIn(t, folder))
	}
}

func TestTwoResultsNeedTwoPlaces(t *testing.T) {
	same := filepath.Join(t.TempDir(), "x")
	for _, path := range []string{"-", same} {
		code, out, errs := engine("replay", "01", "--out", path, "--journal", path)
		if code != exitUsage || out != "" || !strings.Contains(errs, "--out") || !strings.Contains(errs, "--journal") {
			t.Errorf("%s: %d %s", path, code, errs)
		}
	}
}

// full is a disk without room.
type full struct{}

// Write fails.
func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAResultThatCannotBeWrittenIsSaid(t *testing.T) {
	for _, args := range [][]string{{"replay", "01"}, {"verify", "01"}, {"redact", "01"}, {"charts"}, {"--json", "replay", "01"}, {"replay", "01", "--journal", "-"}} {
		var errs bytes.Buffer
		if code := run(args, full{}, &errs); code != exitUsage || !strings.HasPrefix(errs.String(), "engine: ") || !strings.Contains(errs.String(), "no space left on device") {
			t.Errorf("%v: %d %s", args, code, errs.String())
		}
	}
}

// A bug report names the engine that wrote a journal, and the one that reads it.
func TestTheVersionIsTheJournals(t *testing.T) {
	code, out, _ := engine("--version")
	if code != exitDone || !strings.HasPrefix(out, "engine "+runtime.EngineVersion+" (") {
		t.Errorf("%d %q", code, out)
	}
	if header, _, _ := strings.Cut(textOf(t, journalOf(t, "01")), "\n"); !strings.Contains(header, `"engine":"`+runtime.EngineVersion+`"`) {
		t.Errorf("the journal's header is %s", header)
	}
}

// Of several files that are broken each has its line, and a record where JSON is asked for.
func TestEachBrokenFileIsTold(t *testing.T) {
	a, b := file(t, "a.jsonl", "hello\n"), file(t, "b.jsonl", "")
	code, out, errs := engine("--json", "verify", a, "01", b)
	lines := strings.Split(strings.TrimSuffix(errs, "\n"), "\n")
	if code != exitUsage || len(lines) != 2 {
		t.Fatalf("%d %s", code, errs)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "engine: ") {
			t.Errorf("a line without the name: %s", line)
		}
	}
	if strings.Count(out, `"match":false`) != 2 || !strings.Contains(out, `{"verified":1,"of":3}`) {
		t.Errorf("as JSON: %s", out)
	}
}

func TestVerifyQuietly(t *testing.T) {
	if code, out, _ := engine("verify", "-q", "01", "24"); code != exitDone || out != "verified 2 of 2\n" {
		t.Errorf("%d %q", code, out)
	}
	if _, out, _ := engine("verify", "-q", "01", "129", "--profile", "corrected"); strings.Contains(out, "match ") || !strings.Contains(out, "DIFFER ") {
		t.Errorf("got %s", out)
	}
}

func TestTheListIsFiltered(t *testing.T) {
	code, out, _ := engine("verify", "--list", "scenarios/01-")
	if code != exitDone || out != call+"\n" {
		t.Errorf("%d %q", code, out)
	}
}

// An editor's byte order mark is no part of a recording, and a cut archive says what to do.
func TestFilesThatPassedThroughOtherHands(t *testing.T) {
	if code, out, errs := engine("verify", file(t, "mark.jsonl", "\ufeff"+recorded(t, call))); code != exitDone {
		t.Errorf("with a mark: %d %s%s", code, out, errs)
	}
	packed := zipped(t, recorded(t, call))
	for name, text := range map[string]string{"cut before a record is whole": packed[:40], "only the header": packed[:5], "damaged": packed[:200] + "xxxx" + packed[204:]} {
		code, _, errs := engine("replay", file(t, "a.jsonl.gz", text))
		if code != exitUsage || !strings.Contains(errs, "the gzip data is cut or damaged: copy the file again") || strings.Contains(errs, "one record a line") {
			t.Errorf("%s: %d %s", name, code, errs)
		}
	}
}

// A gzipped log that was cut is used as a plain one is: as far as it goes, and with a warning.
func TestACutArchiveIsUsedUpToTheCut(t *testing.T) {
	packed := zipped(t, recorded(t, call))
	for _, part := range []int{3, 2} {
		path := file(t, "cut.jsonl.gz", packed[:len(packed)*(part-1)/part])
		code, out, errs := engine("verify", path)
		if code != exitDone || !strings.Contains(out, ", undecided after line ") || !strings.Contains(errs, "cut.jsonl.gz: the gzip data is cut: it is used as far as it goes") {
			t.Errorf("%d %s%s", code, out, errs)
		}
		if code, out, _ := engine("replay", path); code != exitDone || !strings.Contains(out, "pendingSession") {
			t.Errorf("%d %s", code, out)
		}
	}
	journal := zipped(t, textOf(t, journalOf(t, "01")))
	path := file(t, "cut.journal.gz", journal[:len(journal)/2])
	for _, args := range [][]string{{"verify", path}, {"whatif", "--line-appearance", "1", path}} {
		if code, out, errs := engine(args...); code != exitDone || !strings.Contains(errs, "the gzip data is cut") || !strings.Contains(errs, "the last line is cut") {
			t.Errorf("%v: %d %s%s", args, code, out, errs)
		}
	}
}

// An entry behind the last one is none: the whole log is shown, and where it ends is said.
func TestUntilBehindTheEndOfTheLog(t *testing.T) {
	code, out, errs := engine("replay", "01", "--until", "99999")
	if code != exitDone || !strings.Contains(errs, "--until 99999: the log ends with entry ") || !strings.Contains(out, "sessionEnded") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if _, _, errs := engine("replay", "01", "--until", "20"); errs != "" {
		t.Errorf("an entry of the log: %s", errs)
	}
}

// Whoever waits is told what is being done and for how long, from a second on, and nothing is left of that in the end; where
// nobody watches, nothing is said.
func TestWhoWaitsIsToldWhatIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, watched := range []bool{true, false} {
			var errs bytes.Buffer
			at, end := (&terminal{out: &errs, err: &errs, watching: &watched}).during("reading")
			time.Sleep(1500 * time.Millisecond)
			at("playing 3 calls otherwise")
			time.Sleep(time.Second)
			end()
			want := "\r\033[Kreading, 1s \r\033[Kplaying 3 calls otherwise, 2s \r\033[K"
			if !watched {
				want = ""
			}
			if errs.String() != want {
				t.Errorf("watched %t: %q, want %q", watched, errs.String(), want)
			}
		}
	})
}
