package conformance

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// read reads a recording of package captures.
func read(t testing.TB, name string) *capture.Capture {
	t.Helper()
	in, err := captures.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	log, err := capture.Read(name, in)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// each runs a test for each recording whose name has a prefix, in parallel.
func each(t *testing.T, prefix string, test func(t *testing.T, log *capture.Capture)) {
	t.Helper()
	for _, name := range captures.Names() {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		t.Run(strings.TrimSuffix(name, ".jsonl"), func(t *testing.T) {
			t.Parallel()
			test(t, read(t, name))
		})
	}
}

// shortest are the names of the n recordings with the fewest records.
func shortest(t testing.TB, n int) map[string]bool {
	t.Helper()
	names, lengths := captures.Names(), map[string]int{}
	for _, name := range names {
		lengths[name] = len(read(t, name).Records)
	}
	slices.SortStableFunc(names, func(a, b string) int { return lengths[a] - lengths[b] })
	chosen := map[string]bool{}
	for _, name := range names[:n] {
		chosen[name] = true
	}
	return chosen
}

// run is one replay of a recording: what it came to, and the journal that its cell kept.
type run struct {
	*replay.Result
	journal []byte
}

// configOf is the configuration of a cell that decides as the recorded client did, and keeps a journal.
func configOf(t testing.TB, log *capture.Capture, journal *bytes.Buffer) runtime.Config {
	t.Helper()
	profile, err := host.Profile(log)
	if err != nil {
		t.Fatal(err)
	}
	cfg := host.Config(log, profile)
	cfg.Journal = runtime.NewStreamJournal(journal, runtime.SyncNever)
	return cfg
}

// play replays a recording, or others of its records, on a fresh cell.
func play(t testing.TB, log *capture.Capture, records []port.Record) run {
	t.Helper()
	var journal bytes.Buffer
	phone, done, err := host.New(configOf(t, log, &journal))
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	result, err := replay.Run(records, phone, host.Options(log))
	if err != nil {
		t.Fatalf("%s: %v", log.Name, err)
	}
	return run{result, journal.Bytes()}
}

// sameJournal fails the test at the first line in which two journals differ.
func sameJournal(t testing.TB, want, got []byte) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			t.Fatalf("the journals differ in line %d:\n  %.400s\n  %.400s", i+1, w[i], g[i])
		}
	}
	t.Fatalf("one journal has %d lines, the other %d", len(w), len(g))
}

// sameOutputs fails the test at the first of the written records in which two replays differ.
func sameOutputs(t testing.TB, want, got []port.Record) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		if !bytes.Equal(want[i].Fields, got[i].Fields) || want[i].Line != got[i].Line {
			t.Fatalf("output %d differs:\n  line %d %.400s\n  line %d %.400s", i, want[i].Line, want[i].Fields, got[i].Line, got[i].Fields)
		}
	}
	if len(want) != len(got) {
		t.Fatalf("%d outputs instead of %d", len(got), len(want))
	}
}
