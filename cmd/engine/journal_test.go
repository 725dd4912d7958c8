package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// journalOf turns a recording of this binary into a journal and returns its path.
func journalOf(t testing.TB, name string, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "call.journal")
	if code, _, errs := engine(append([]string{"replay", "--journal", path, name}, flags...)...); code != exitDone {
		t.Fatalf("%s: %d %s", name, code, errs)
	}
	return path
}

// textOf is what is in a file.
func textOf(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rungsOf are the lines of a ladder without its head, the times and what is left over.
func rungsOf(ladder string) []string {
	_, body, _ := strings.Cut(ladder, "= folded (--all unfolds)\n")
	var lines []string
	for _, line := range strings.Split(body, "\n") {
		if runes := []rune(line); len(runes) > entryWidth+timeWidth+1 && !strings.HasPrefix(line, "never") {
			lines = append(lines, string(runes[:entryWidth])+string(runes[entryWidth+timeWidth+1:]))
		}
	}
	return lines
}

// A capture's journal replays as the capture does, matches itself, and decides the same.
func TestACaptureBecomesAJournal(t *testing.T) {
	for i, name := range captures.Names() {
		if i%20 != 3 {
			continue
		}
		path := journalOf(t, name)
		if code, out, errs := engine("verify", path); code != exitDone || !strings.HasPrefix(out, "match "+path+" entries=") || errs != "" {
			t.Errorf("%s: verify: %d %s%s", name, code, out, errs)
		}
		if code, out, _ := engine("diff", name, path); code != exitDone {
			t.Errorf("%s: diff: %d %s", name, code, out)
		}
	}
}

func TestAJournalsLadderIsTheCaptures(t *testing.T) {
	_, want, _ := engine("replay", "--all", "24")
	code, got, errs := engine("replay", "--all", journalOf(t, "24"))
	if code != exitDone || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	if want, got := rungsOf(want), rungsOf(got); len(want) < 100 || !slices.Equal(want, got) {
		t.Errorf("the ladders differ: %d lines and %d", len(want), len(got))
	}
}

// A replay stops at the first difference, and says what, where and under which quirks.
func TestAJournalThatDiffers(t *testing.T) {
	path := journalOf(t, "24")
	other := file(t, "other.journal", strings.Replace(textOf(t, path), `"name":"pendingSession"`, `"name":"cancelPendingSession"`, 1))
	const pair = "entry 21: decided announce pendingSession, recorded announce cancelPendingSession"
	code, out, _ := engine("replay", other)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	const quirks = " (quirks consulted there: pendings-outlive-calls, proposals-kept)"
	if last := lines[len(lines)-1]; code != exitFails || !strings.HasPrefix(last, "DIFFER "+pair+quirks+", in line ") {
		t.Errorf("replay: %d %s", code, last)
	}
	if strings.Contains(out, "     22 ") {
		t.Error("the replay went on behind the difference")
	}
	code, out, _ = engine("verify", path, other)
	if code != exitFails || !strings.Contains(out, "DIFFER "+other+" "+pair) || !strings.HasSuffix(out, "verified 1 of 2\n") {
		t.Errorf("verify: %d %s", code, out)
	}
	if code, out, _ = engine("replay", "--until", "20", other); code != exitDone || strings.Contains(out, "DIFFER") {
		t.Errorf("before the difference: %d %s", code, out)
	}
	code, out, errs := engine("redact", other)
	if code != exitUsage || out != "" || !strings.Contains(errs, "entry 21") || !strings.Contains(errs, "use engine") {
		t.Errorf("redact: %d %q %s", code, out, errs)
	}
}

func TestACutJournalIsUsedUpToTheCut(t *testing.T) {
	text := textOf(t, journalOf(t, "24"))
	cut := file(t, "cut.journal", text[:len(text)-9])
	for _, args := range [][]string{{"replay", cut}, {"verify", cut}, {"redact", cut}} {
		code, out, errs := engine(args...)
		if code != exitDone || out == "" || !strings.Contains(errs, "the last line is cut") {
			t.Errorf("%s: %d %q", args[0], code, errs)
		}
	}
	_, redacted, _ := engine("redact", cut)
	if code, out, errs := engine("verify", file(t, "redacted.journal", redacted)); code != exitDone {
		t.Errorf("redacted, it does not match: %s%s", out, errs)
	}
}

// Redacted, a journal replays as before: only its personal data and secrets are others.
func TestARedactedJournalReplaysAsTheOriginal(t *testing.T) {
	for _, name := range []string{"136", "24", "146", "browser/d4-two-real-clients", "chaos-12"} {
		for _, profile := range []string{"sdk-9.2.4", "corrected"} {
			path := journalOf(t, name, "--profile", profile)
			code, redacted, errs := engine("redact", path)
			if code != exitDone || errs != "" {
				t.Fatalf("%s: %d %s", name, code, errs)
			}
			again := file(t, "redacted.journal", redacted)
			if code, out, errs := engine("verify", again); code != exitDone {
				t.Errorf("%s: %s%s", name, out, errs)
			}
			_, want, _ := engine("replay", "--all", path)
			_, got, _ := engine("replay", "--all", again)
			if !slices.Equal(withoutDomains(rungsOf(want)), withoutDomains(rungsOf(got))) {
				t.Errorf("%s as %s: the ladder of the redacted journal differs", name, profile)
			}
			for _, secret := range personalIn(t, path) {
				if strings.Contains(redacted, secret) {
					t.Errorf("%s: the redacted journal has %q", name, secret)
				}
			}
		}
	}
}

// withoutDomains leaves out the orders that name the user's domain, which is redacted.
func withoutDomains(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "domain=") })
}

// personalIn lists addresses that a journal has and that a redacted one must not have.
func personalIn(t *testing.T, path string) []string {
	t.Helper()
	_, entries, _, err := replay.Journal{Name: path, Text: []byte(textOf(t, path))}.Read()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		switch in := e.Input.(type) {
		case messages.Propose:
			list = append(list, in.From.Reveal(), string(in.FromUser))
		case messages.HTTPAnswered:
			if in.Me != nil {
				list = append(list, in.Me.JID.Reveal(), string(in.Me.User))
			}
		}
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	if len(list) == 0 {
		t.Errorf("%s has nothing personal to look for", path)
	}
	return list
}

func TestWhatJournalsCannot(t *testing.T) {
	path := journalOf(t, "01")
	for _, row := range []struct {
		args []string
		says string
	}{
		{[]string{"replay", "--profile", "corrected", path}, "names its own quirks"},
		{[]string{"verify", "--profile", "corrected", path}, "names its own quirks"},
		{[]string{"replay", "--out", "-", path}, "--out are for captures"},
		{[]string{"replay", "--journal", "-", path}, "--journal"},
	} {
		if code, _, errs := engine(row.args...); code != exitUsage || !strings.Contains(errs, row.says) {
			t.Errorf("%v: %d %s", row.args, code, errs)
		}
	}
}
