package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/captures"
)

// zipped gzips a text.
func zipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What is no log is refused by each command with a line that names the file: no panic, no hang.
func TestDamagedLogs(t *testing.T) {
	capture := recorded(t, call)
	config, _, _ := strings.Cut(capture, "\n")
	header, entries, _ := strings.Cut(textOf(t, journalOf(t, "01")), "\n")
	first, _, _ := strings.Cut(entries, "\n")
	deep := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	long := strings.Repeat("x", 100<<20)
	for name, text := range map[string]string{
		"garbage":           "\x7fELF\x02\x01\x01\x00\xff\xfe\x80\n\x00\x01",
		"nothing but NUL":   strings.Repeat("\x00", 4096),
		"deep":              deep + "\n",
		"deep in a capture": config + "\n" + `{"seq":1,"t":1,"k":"api","name":"x","args":` + deep + "}\n",
		"deep in a journal": header + "\n" + `{"seq":1,"at":0,"kind":"propose","in":` + deep + "}\n",
		"NUL in a journal":  header + "\n\x00\x00\n" + first + "\n",
		"long":              long + "\n",
		"long in a journal": header + "\n" + long,
		"long, zipped":      zipped(t, config+"\n"+long),
		"a zip of nothing":  "\x1f\x8b\x08",
		"a zip of a zip":    zipped(t, zipped(t, capture)),
		"another schema":    strings.Replace(header, `"journal":1`, `"journal":99`, 1) + "\n",
		"an unknown quirk":  strings.Replace(header, `"quirks":[`, `"quirks":["no-such-quirk",`, 1) + "\n" + first + "\n",
		"a missing entry":   header + "\n" + strings.Replace(first, `"seq":1`, `"seq":3`, 1) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, "log", text)
			for _, args := range [][]string{{"replay", path}, {"verify", path}, {"redact", path}, {"diff", path, path}} {
				code, _, errs := engine(args...)
				if name == "an unknown quirk" && args[0] == "diff" { // a difference of outputs needs no quirks
					continue
				}
				if name == "a missing entry" && args[0] == "diff" {
					continue
				}
				if code != exitUsage || !strings.Contains(errs, path) {
					t.Errorf("%s: %d %.200s", args[0], code, errs)
				}
				if len(errs) > 2000 {
					t.Errorf("%s: the error has %d bytes", args[0], len(errs))
				}
			}
		})
	}
}

func TestAZippedLogIsRead(t *testing.T) {
	_, want, _ := engine("replay", "01")
	code, got, errs := engine("replay", file(t, "call.jsonl.gz", zipped(t, recorded(t, call))))
	if _, body, _ := strings.Cut(want, "\n"); code != exitDone || !strings.HasSuffix(got, body) {
		t.Errorf("%d %s", code, errs)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.jsonl.gz"), []byte(zipped(t, recorded(t, call))), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := engine("verify", folder); code != exitDone || !strings.HasSuffix(out, "verified 1 of 1\n") {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

func TestAFolderWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0); err != nil {
		t.Fatal(err)
	}
	code, _, errs := engine("verify", folder)
	if code != exitUsage || !strings.Contains(errs, "permission denied") || !strings.Contains(errs, "can be read") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestNamesOfEmbeddedRecordings(t *testing.T) {
	for _, name := range []string{call, strings.TrimSuffix(call, ".jsonl"), "01", "01-inbound-call-to-hangup", "1-inbound-call"} {
		if found, err := embeddedName(name); err != nil || found != call {
			t.Errorf("%s: %s, %v", name, found, err)
		}
	}
	code, out, _ := engine("verify", "--list")
	if code != exitDone || strings.Count(out, "\n") != len(captures.Names()) || !strings.Contains(out, call+"\n") {
		t.Errorf("the list: %d, %d lines", code, strings.Count(out, "\n"))
	}
	if code, out, errs := engine("verify", "01", "24"); code != exitDone || !strings.HasSuffix(out, "verified 2 of 2\n") {
		t.Errorf("by their numbers: %d %s%s", code, out, errs)
	}
}

func TestCharts(t *testing.T) {
	code, out, _ := engine("charts", "INVITATION")
	if code != exitDone || !strings.HasPrefix(out, "# invitation\n") || !strings.Contains(out, "```mermaid") {
		t.Errorf("%d %.100s", code, out)
	}
	_, rows, _ := strings.Cut(out, "\n## Rows\n\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	for _, line := range strings.Split(rows, "\n") { // a binary has no tests that take a row
		if strings.Contains(line, "taken by") || strings.Count(line, "|") != 7 {
			t.Errorf("not six columns: %s", line)
		}
	}
	for _, args := range [][]string{{"--json", "charts"}, {"--json", "charts", "invitation"}} {
		code, out, _ := engine(args...)
		if code != exitDone || !strings.Contains(out, `"chart":"invitation"`) || !strings.Contains(out, `"hash":"`) {
			t.Errorf("%v: %d %.200s", args, code, out)
		}
	}
}

// Whatever stands in a file, each command ends with an exit code.
func FuzzLogs(f *testing.F) {
	capture := recorded(f, call)
	journal := textOf(f, journalOf(f, "01"))
	for _, text := range []string{"", "\x00", capture[:3000], journal[:6000], zipped(f, journal[:6000]), `{"journal":1}` + "\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := file(t, "log", string(text))
		for _, args := range [][]string{{"replay", path}, {"--json", "verify", path}, {"redact", path}, {"diff", path, path}} {
			if code, _, errs := engine(args...); code == exitUsage && errs == "" {
				t.Errorf("%s: refused without a word", args[0])
			}
		}
	})
}

// What is redacted of a recording that was cut replays as the cut recording does.
func TestACutRecordingIsRedacted(t *testing.T) {
	cut := file(t, "cut.jsonl", recorded(t, call)[:5000])
	code, redacted, errs := engine("redact", cut)
	if code != exitDone || !strings.Contains(errs, "cut.jsonl:") {
		t.Fatalf("redact: %d: %s", code, errs)
	}
	code, out, errs := engine("verify", file(t, "redacted.jsonl", redacted))
	if code != exitDone || !strings.Contains(out, "undecided after line") {
		t.Errorf("verify: %d: %s%s", code, out, errs)
	}
}
