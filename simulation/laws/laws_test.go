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
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

var folder = flag.String("captures", "", "check the recordings of this folder instead of those in the repository")

// TestLawsHold plays every recording under the profile corrected and checks its laws; then all calls end, nobody says
// anything more, and all deadlines pass.
func TestLawsHold(t *testing.T) {
	t.Parallel()
	for _, log := range recordings(t) {
		for _, v := range violations(t, log, quirk.Corrected) {
			t.Errorf("%s: %s", log.Name, v)
		}
	}
}

// TestLawsBreak shows that the checks see something: the SDK's own profile breaks each law that it is known to break.
func TestLawsBreak(t *testing.T) {
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
		laws.OneSettlementForCall, laws.HandledElsewhere, laws.NothingForEver,
	} {
		if !broken[law] {
			t.Errorf("no recording breaks %q under sdk-9.2.4: the check sees nothing", law)
		}
	}
}

// violations plays a recording twice: once all calls end after it, and once all is left as it is.
func violations(t *testing.T, log *capture.Capture, profile quirk.Set) []laws.Violation {
	t.Helper()
	found := play(t, log, profile, true)
	for _, v := range play(t, log, profile, false) {
		if !contains(found, v) {
			found = append(found, v)
		}
	}
	return found
}

func contains(all []laws.Violation, v laws.Violation) bool {
	for _, other := range all {
		if other == v {
			return true
		}
	}
	return false
}

func play(t *testing.T, log *capture.Capture, profile quirk.Set, ends bool) []laws.Violation {
	t.Helper()
	cfg := host.Config(log, profile)
	cfg.WithoutRows = true
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer cell.Close()
	result, err := replay.Run(log.Records, host.Around(cell, profile), host.Options(log))
	if err != nil {
		t.Fatalf("%s: %v", log.Name, err)
	}
	after := newAftermath(cell, laws.New(cfg.Options))
	for _, e := range result.Entries {
		if e.Step.Seq != 0 {
			after.took(e.Step)
		}
	}
	if err := after.pass(ends); err != nil {
		t.Fatalf("%s: %v", log.Name, err)
	}
	return after.checker.Violations()
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
