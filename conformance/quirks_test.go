package conformance

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

var rewrite = flag.Bool("rewrite", false, "write what is under testdata anew; read the diff before keeping it")

const (
	// quirksTable has a line for each quirk, in the order of the catalogue: its name, and up to witnessesMax recordings,
	// the shortest first, that are not matched without it. One that no recording shows has unseen and the reason instead.
	quirksTable  = "testdata/quirks.tsv"
	witnessesMax = 3
	unseen       = "unseen: "
)

// Each quirk is what the real client does: switched off alone, it makes a recording of the real client fail. The table
// names the recordings, and just these are replayed; -rewrite finds them.
func TestEachQuirkShows(t *testing.T) {
	t.Parallel()
	if *rewrite {
		write(t, quirksTable, witnesses(t))
	}
	rows := readTable(t, quirksTable)
	var names []string
	for _, row := range rows {
		names = append(names, row[0])
	}
	if want := quirk.SDK924().Names(); !slices.Equal(names, want) {
		t.Fatalf("%s has the lines\n  %v\nand the catalogue the quirks\n  %v\nrun this test with -rewrite", quirksTable, names, want)
	}
	for i, q := range quirk.All() {
		t.Run(q.Name, func(t *testing.T) {
			t.Parallel()
			if reason, isUnseen := strings.CutPrefix(rows[i][1], unseen); isUnseen {
				nowhereSeen(t, q, reason)
				return
			}
			for _, name := range rows[i][1:] {
				switch rec := recorded(t, name); {
				case !matches(t, rec, rec.ours.Result):
					t.Errorf("%s is not matched with all quirks either: see what engine verify says", name)
				case !shows(t, rec, q):
					t.Errorf("without %s, %s is matched all the same: find another one with -rewrite", q.Name, name)
				}
			}
		})
	}
}

// nowhereSeen fails unless there is a reason why no recording shows a quirk, and none does.
func nowhereSeen(t *testing.T, q *quirk.Quirk, reason string) {
	t.Helper()
	if reason == "" {
		t.Errorf("no recording shows %s, and no reason is given: write it after %q", q.Name, unseen)
	}
	for _, name := range captures.Names() {
		if shows(t, recorded(t, name), q) {
			t.Errorf("%s shows %s: run this test with -rewrite", name, q.Name)
		}
	}
}

// witnesses is the table of quirks: searched for anew, but for the reasons, which are kept.
func witnesses(t *testing.T) []byte {
	t.Helper()
	reasons := map[string]string{}
	for _, row := range readTable(t, quirksTable) {
		if len(row) > 1 && strings.HasPrefix(row[1], unseen) {
			reasons[row[0]] = row[1]
		}
	}
	var out bytes.Buffer
	for _, q := range quirk.All() {
		row := []string{q.Name}
		for _, name := range byLength(t) {
			if len(row) <= witnessesMax && shows(t, recorded(t, name), q) {
				row = append(row, name)
			}
		}
		if len(row) == 1 {
			row = append(row, max(unseen, reasons[q.Name]))
		}
		fmt.Fprintln(&out, strings.Join(row, "\t"))
	}
	return out.Bytes()
}

// shows tells whether a recording is not matched by a client that is the recorded one without a quirk.
func shows(t testing.TB, rec *recording, q *quirk.Quirk) bool {
	t.Helper()
	return !matches(t, rec, playAs(t, rec.Capture, quirk.SDK924().Without(q), 0))
}

func matches(t testing.TB, rec *recording, played *replay.Result) bool {
	t.Helper()
	return capture.Compare(rec.Records, played.Outputs, rec.Config.Tolerance()).Match()
}

// playAs replays a recording under a profile, to its end or up to the record with a seq.
func playAs(t testing.TB, log *capture.Capture, profile quirk.Set, until int) *replay.Result {
	t.Helper()
	options := host.Options(log)
	options.Until = until
	result, err := host.ReplayAs(log, profile, options)
	if err != nil {
		t.Fatalf("%s with %v: %v", log.Name, profile.Names(), err)
	}
	return result
}

// byLength are the names of the recordings, those with the fewest records first.
func byLength(t testing.TB) []string {
	t.Helper()
	names := captures.Names()
	slices.SortStableFunc(names, func(a, b string) int { return len(recorded(t, a).Records) - len(recorded(t, b).Records) })
	return names
}

// readTable is a file's lines, each cut at its tabs. A file that is not there is empty while tables are rewritten.
func readTable(t testing.TB, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !*rewrite {
		t.Fatalf("%v: run the test with -rewrite", err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) < 2 {
			t.Fatalf("%s: %q has only one column: run the test with -rewrite", file, line)
		}
		rows = append(rows, row)
	}
	return rows
}

func write(t testing.TB, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
