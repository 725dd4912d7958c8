package laws_test

import (
	"flag"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

var folder = flag.String("captures", "", "check the recordings of this folder instead of those in the repository")

// TestLawsHold plays every recording under the profile corrected and checks its laws.
func TestLawsHold(t *testing.T) {
	t.Parallel()
	for _, log := range recordings(t) {
		for _, v := range violations(t, log, quirk.Corrected) {
			t.Errorf("%s: %s", log.Name, v)
		}
	}
}

// TestLawsCanBreak shows that the checks see something: the SDK's own profile breaks each law that it is known to break.
func TestLawsCanBreak(t *testing.T) {
	t.Parallel()
	if *folder != "" {
		t.Skip("of the recordings in the repository")
	}
	broken := map[string]bool{}
	for _, log := range recordings(t) {
		for _, v := range violations(t, log, quirk.SDK924()) {
			broken[v.Law] = true
		}
	}
	for _, law := range []string{
		laws.ConsentBeforeMedia, laws.OneEndForEachStart, laws.OneSettlementEach, laws.AddedThenRemoved, laws.ActiveIsHeard,
	} {
		if !broken[law] {
			t.Errorf("no recording breaks %q under sdk-9.2.4: the check sees nothing", law)
		}
	}
}

func violations(t *testing.T, log *capture.Capture, profile quirk.Set) []laws.Violation {
	t.Helper()
	cfg := host.Config(log, profile)
	h, done, err := host.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	result, err := replay.Run(log.Records, h, host.Options(log))
	if err != nil {
		t.Fatalf("%s: %v", log.Name, err)
	}
	checker := laws.New(cfg.Options)
	for _, e := range result.Entries {
		if e.Step.Seq != 0 {
			checker.Step(e.Step)
		}
	}
	return checker.Violations()
}

func recordings(t *testing.T) []*capture.Capture {
	t.Helper()
	if *folder != "" {
		return inFolder(t)
	}
	var all []*capture.Capture
	for _, name := range captures.Names() {
		r, err := captures.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		log, err := capture.Read(name, r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		all = append(all, log)
	}
	return all
}

func inFolder(t *testing.T) []*capture.Capture {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(*folder, "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings in %s (%v)", *folder, err)
	}
	sort.Strings(paths)
	all := make([]*capture.Capture, 0, len(paths))
	for _, p := range paths {
		log, err := capture.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		log.Name = strings.TrimSuffix(filepath.Base(p), ".jsonl")
		all = append(all, log)
	}
	return all
}
