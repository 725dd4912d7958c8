package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// differencesTable has a line for each quirk, in the order of the catalogue: its name, in how many recordings it makes a
// difference between `corrected` and `sdk-9.2.4`, and the first of them with the line and what is decided there.
const differencesTable = "testdata/quirks_differences.tsv"

var folder = flag.String("captures", "", "attribute the differences of this folder's recordings instead of those in the repository")

// underRace is how many recordings are gone through with the race detector, which makes replays ten times as long: the
// shortest ones. Without it all are.
const underRace = 40

// Each difference between `corrected` and `sdk-9.2.4` is one named quirk. A recording is played under `corrected`; the
// first thing that is decided otherwise than under `sdk-9.2.4` is the difference that one quirk makes: `corrected` with it
// decides this as the SDK does, or the SDK without it as `corrected` does. The quirk is then switched on, and what is the
// first difference now is looked at, until there is none. Where one quirk shows through another, as a call that only a
// quirk keeps shows in an announcement that only a quirk makes, both directions are needed: each finds one of the two.
//
// Where several quirks show in one effect, none of them makes it alone. Then it is the first row that a chart takes
// otherwise, or the first effect after equal rows, that one quirk must make: what is decided first is the difference, and
// what follows from it is none. A chart asks its rows in their order: the first that the one takes and the other does not is
// the difference. Two quirks that only together change it fail the test.
//
// With -captures the recordings of a folder are gone through instead, and the table is logged only.
func TestEachDifferenceIsOneQuirk(t *testing.T) {
	t.Parallel()
	names, read := captures.Names(), host.Recording
	switch {
	case *folder != "":
		names, read = inFolder(t), capture.ReadFile
	case raceDetector:
		names = byLength(t)[:underRace]
		slices.Sort(names)
	}
	found := attributeAll(t, names, read)
	table := tableOf(found)
	if *folder != "" {
		t.Logf("%d recordings\n%s", len(found), table)
		return
	}
	if t.Failed() || raceDetector || len(found) != len(names) {
		return // a table of some recordings is none
	}
	if *rewrite {
		write(t, differencesTable, table)
	}
	if committed, err := os.ReadFile(differencesTable); err != nil || !bytes.Equal(committed, table) {
		t.Errorf("%s is stale (%v): run this test with -rewrite, and read the diff", differencesTable, err)
	}
}

// attributeAll are the differences of recordings, each of which is a test of its own.
func attributeAll(t *testing.T, names []string, read func(name string) (*capture.Capture, error)) map[string][]difference {
	t.Helper()
	var mu sync.Mutex
	found := map[string][]difference{}
	t.Run("recordings", func(t *testing.T) {
		for _, name := range names {
			t.Run(strings.TrimSuffix(strings.TrimPrefix(name, *folder), ".jsonl"), func(t *testing.T) {
				t.Parallel()
				log, err := read(name)
				if err != nil {
					t.Fatal(err)
				}
				differences := attribute(t, log)
				for _, d := range differences {
					t.Logf("line %d: %s: %s", d.line, d.effect, d.by.Name)
				}
				mu.Lock()
				defer mu.Unlock()
				found[name] = differences
			})
		}
	})
	return found
}

// inFolder are the paths of the recordings that -captures means.
func inFolder(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(*folder, "*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings in %s (%v)", *folder, err)
	}
	return paths
}

// difference is a place where `corrected` decides otherwise than `sdk-9.2.4`, and the quirk that makes it so. The effect may
// be a row instead: its chart and its name.
type difference struct {
	recording string
	line      int
	effect    string
	by        *quirk.Quirk
}

// attribute is the differences of a recording, in their order.
func attribute(t *testing.T, log *capture.Capture) []difference {
	t.Helper()
	s := search{log, playAs(t, log, quirk.SDK924(), 0), map[*quirk.Quirk]*replay.Result{}}
	var found []difference
	var shared place // what more than one quirk shows in
	for profile := quirk.Corrected; ; {
		ours := playAs(t, log, profile, 0)
		want, got := decided(t, s.sdk), decided(t, ours)
		at, differs := firstDifference(want, got)
		if !differs {
			return found
		}
		views := []view{decided, charted}
		if at == shared {
			slices.Reverse(views)
		}
		by, where := s.cause(t, profile, ours, views[0])
		if by == nil {
			shared = at
			by, where = s.cause(t, profile, ours, views[1])
		}
		if by == nil {
			t.Fatalf("line %d: no single quirk makes this difference, beside %v:\n  sdk-9.2.4 %s\n  corrected %s\n%s",
				at.line, profile.Names(), shown(want, at), shown(got, at), "name a quirk for it, or make one quirk of two")
		}
		found = append(found, difference{log.Name, where.line, where.effect, by})
		profile = profile.With(by)
	}
}

// decision is a row that was taken, or an effect that was decided, other than a timer's, whose decisions come when it fires.
type decision struct {
	line, seq int
	at        time.Duration
	text      string
	quirks    []*quirk.Quirk // those that the rows name which were taken since the decision before
}

// decided are the effects that were decided in a replay, in order. Peer connections are numbered as they appear, for the
// numbers that actors get are no decision.
func decided(t testing.TB, result *replay.Result) []decision {
	t.Helper()
	return decisions(t, result, false)
}

// charted are the rows that the charts took in a replay, and after those of an input the effects that were decided.
func charted(t testing.TB, result *replay.Result) []decision {
	t.Helper()
	return decisions(t, result, true)
}

func decisions(t testing.TB, result *replay.Result, rows bool) []decision {
	t.Helper()
	var all []decision
	var quirks []*quirk.Quirk
	peers := map[string]string{}
	for _, e := range result.Entries {
		for _, row := range e.Step.Rows {
			if row.Quirk != nil {
				quirks = append(quirks, row.Quirk)
			}
			if rows && row.Verdict == fsm.Taken {
				all = append(all, decision{e.Line, e.Seq, e.At, row.Chart + " " + row.Row, quirks})
				quirks = nil
			}
		}
		for _, out := range e.Step.Outputs {
			if text, counts := textOf(t, out, peers); counts {
				all = append(all, decision{e.Line, e.Seq, e.At, text, quirks})
				quirks = nil
			}
		}
	}
	return all
}

var peerNumber = regexp.MustCompile(`"peer":\d+`)

func textOf(t testing.TB, out runtime.Output, peers map[string]string) (text string, counts bool) {
	t.Helper()
	switch out.Effect.(type) {
	case messages.StartTimer, messages.StopTimer:
		return "", false
	}
	raw, err := messages.EncodeEffect(nil, out.Effect)
	if err != nil {
		t.Fatal(err)
	}
	return out.Effect.Kind() + " " + peerNumber.ReplaceAllStringFunc(string(raw), func(number string) string {
		if _, known := peers[number]; !known {
			peers[number] = fmt.Sprintf(`"peer":%d`, len(peers)+1)
		}
		return peers[number]
	}), true
}

// place is where two lists of decisions differ: which decision, which part of it first, and how many of its parts.
type place struct {
	decision, part, apart int
	line, seq             int
	effect                string
}

func (p place) after(other place) bool {
	return cmp.Or(cmp.Compare(p.decision, other.decision), cmp.Compare(p.part, other.part), cmp.Compare(other.apart, p.apart)) > 0
}

// firstDifference is the first place in which two lists differ. It is in the earlier entry of the two; the effect is the
// one that the SDK has there and the other does not, or else the other way round.
func firstDifference(want, got []decision) (first place, differs bool) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			return placeOf(i, got[i]), true
		case i >= len(got):
			return placeOf(i, want[i]), true
		case want[i].at != got[i].at:
			return placeOf(i, slices.MinFunc([]decision{want[i], got[i]}, func(a, b decision) int { return cmp.Compare(a.at, b.at) })), true
		case want[i].text != got[i].text:
			at := placeOf(i, want[i])
			at.seq = min(want[i].seq, got[i].seq)
			at.part, at.apart = parting(want[i], got[i])
			return at, true
		}
	}
	return place{}, false
}

func placeOf(i int, d decision) place {
	effect, fields, _ := strings.Cut(d.text, " ")
	var announced struct {
		Name string `json:"name"`
	}
	switch err := json.Unmarshal([]byte(fields), &announced); {
	case err != nil:
		effect = d.text // a row
	case announced.Name != "":
		effect += " " + announced.Name
	}
	return place{decision: i, line: d.line, seq: d.seq, effect: effect}
}

// upTo are the decisions up to the entries of a place.
func upTo(list []decision, at place) []decision {
	end := slices.IndexFunc(list, func(d decision) bool { return d.seq > at.seq })
	if end < 0 {
		return list
	}
	return list[:end]
}

// parting is the first part in which two decisions differ, from 1, and in how many they do. Of two rows that wait for the
// same input in the same state the parts are those that are asked there, in their order, up to the first that one of them is.
func parting(want, got decision) (first, count int) {
	if w, g := asked()[want.text], asked()[got.text]; w.among != "" && w.among == g.among {
		return min(w.nth, g.nth), 1
	}
	return disagreeing(parts(want.text), parts(got.text))
}

// turn is when a row is asked: as which one, from 1, of those that wait for the same input in the same state of a chart.
type turn struct {
	among string
	nth   int
}

// asked are the turns of all rows, by their decision's text.
var asked = sync.OnceValue(func() map[string]turn {
	turns, last := map[string]turn{}, map[string]int{}
	for _, chart := range actors.Charts() {
		for _, row := range chart.Rows() {
			among := chart.Name() + " " + row.State + " " + row.Input
			last[among]++
			turns[chart.Name()+" "+row.Address] = turn{among, last[among]}
		}
	}
	return turns
})

// parts are the effect's kind and the tokens of its fields: an announcement that differs in two fields has two
// differences. A row has no parts.
func parts(text string) []string {
	kind, fields, _ := strings.Cut(text, " ")
	list := []string{kind}
	for in := json.NewDecoder(strings.NewReader(fields)); ; {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			return []string{text}
		}
		list = append(list, fmt.Sprint(token))
	}
}

// disagreeing is the first of two lists' parts that differ, from 1, and how many do, of which those are all that only the
// longer list has.
func disagreeing(a, b []string) (first, count int) {
	count = max(len(a), len(b)) - min(len(a), len(b))
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			first = cmp.Or(first, i+1)
			count++
		}
	}
	return cmp.Or(first, min(len(a), len(b))+1), count
}

func shown(list []decision, at place) string {
	if at.decision >= len(list) {
		return "nothing more"
	}
	d := list[at.decision]
	return fmt.Sprintf("line %d, %v: %s", d.line, d.at, d.text)
}

// tableOf is the table of differences. A quirk makes at most one in a recording, for then it is on.
func tableOf(found map[string][]difference) []byte {
	of := map[*quirk.Quirk][]difference{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		for _, d := range found[name] {
			of[d.by] = append(of[d.by], d)
		}
	}
	var out bytes.Buffer
	for _, q := range quirk.All() {
		fmt.Fprintf(&out, "%s\t%d", q.Name, len(of[q]))
		if len(of[q]) > 0 {
			first := of[q][0]
			fmt.Fprintf(&out, "\t%s:%d\t%s", first.recording, first.line, first.effect)
		}
		fmt.Fprintln(&out)
	}
	return out.Bytes()
}
