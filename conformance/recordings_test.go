package conformance

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// recording is a recording of package captures, and our replay of it.
type recording struct {
	*capture.Capture
	ours run
}

// run is one replay: what it came to, and the journal that its cell kept.
type run struct {
	*replay.Result
	journal []byte
}

// recordings are read and replayed once for all tests, when first asked for.
var recordings = func() map[string]func() (*recording, error) {
	all := map[string]func() (*recording, error){}
	for _, name := range captures.Names() {
		all[name] = sync.OnceValues(func() (*recording, error) { return replayed(name) })
	}
	return all
}()

func replayed(name string) (*recording, error) {
	log, err := host.Recording(name)
	if err != nil {
		return nil, err
	}
	ours, err := play(log, log.Records)
	return &recording{log, ours}, err
}

// recorded is a recording of package captures.
func recorded(t testing.TB, name string) *recording {
	t.Helper()
	rec, err := recordings[name]()
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// each runs a test for each recording whose name has a prefix, in parallel.
func each(t *testing.T, prefix string, test func(t *testing.T, rec *recording)) {
	t.Helper()
	for _, name := range captures.Names() {
		if strings.HasPrefix(name, prefix) {
			t.Run(strings.TrimSuffix(name, ".jsonl"), func(t *testing.T) {
				t.Parallel()
				test(t, recorded(t, name))
			})
		}
	}
}

// configOf is the configuration of a cell that decides as the recorded client did, and keeps a journal.
func configOf(log *capture.Capture, journal *bytes.Buffer) (runtime.Config, error) {
	profile, err := host.Profile(log)
	if err != nil {
		return runtime.Config{}, err
	}
	cfg := host.Config(log, profile)
	cfg.Journal = runtime.NewStreamJournal(journal, runtime.SyncNever)
	return cfg, nil
}

// play replays records of a recording on a fresh cell.
func play(log *capture.Capture, records []port.Record) (run, error) {
	var journal bytes.Buffer
	cfg, err := configOf(log, &journal)
	if err != nil {
		return run{}, err
	}
	phone, done, err := host.New(cfg)
	if err != nil {
		return run{}, err
	}
	defer done()
	result, err := replay.Run(records, phone, host.Options(log))
	if err != nil {
		return run{}, fmt.Errorf("%s: %w", log.Name, err)
	}
	return run{result, journal.Bytes()}, nil
}

// same fails the test at the first place where two replays differ: in their journals, or in the outputs as records.
func same(t testing.TB, want, got run) {
	t.Helper()
	sameLines(t, "journal", want.journal, got.journal)
	sameLines(t, "outputs", written(want.Outputs), written(got.Outputs))
}

// written are records as text.
func written(records []port.Record) []byte {
	var out bytes.Buffer
	if err := capture.Write(&out, records); err != nil {
		panic(err) // a buffer takes all
	}
	return out.Bytes()
}

func sameLines(t testing.TB, what string, want, got []byte) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			t.Fatalf("%s: line %d differs:\n  %.400s\n  %.400s", what, i+1, w[i], g[i])
		}
	}
	t.Fatalf("%s: %d lines instead of %d", what, len(g), len(w))
}
