package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// differencesTable has a line for each quirk, in the order of the catalogue: its name, in how many recordings it makes a
// difference between `corrected` and `sdk-9.2.4`, and the first of them with the line and what is decided there.
const differencesTable = "testdata/quirks_differences.tsv"

// underRace is how many recordings are gone through with the race detector, which makes replays ten times as long: the
// shortest ones. Without it all are.
const underRace = 40

// Each difference between `corrected` and `sdk-9.2.4` is one named quirk. A recording is played under `corrected`; the
// first thing that is decided otherwise than under `sdk-9.2.4` is the difference that one quirk makes: `corrected` with it
// decides this as the SDK does, or the SDK without it as `corrected` does. The quirk is then switched on, and what is the
// first difference now is looked at, until there is none. Where one quirk shows through another, as a call that only a
// quirk keeps shows in an announcement that only a quirk makes, both directions are needed: each finds one of the two.
func TestEachDifferenceIsOneQuirk(t *testing.T) {
	t.Parallel()
	names := captures.Names()
	if raceDetector {
		names = byLength(t)[:underRace]
		slices.Sort(names)
	}
	var mu sync.Mutex
	found := map[string][]difference{}
	t.Run("recordings", func(t *testing.T) {
		for _, name := range names {
			t.Run(strings.TrimSuffix(name, ".jsonl"), func(t *testing.T) {
				t.Parallel()
				differences := attribute(t, recorded(t, name))
				mu.Lock()
				defer mu.Unlock()
				found[name] = differences
			})
		}
	})
	if t.Failed() || raceDetector || len(found) != len(captures.Names()) {
		return // a table of some recordings is none
	}
	table := tableOf(found)
	if *rewrite {
		write(t, differencesTable, table)
	}
	if committed, err := os.ReadFile(differencesTable); err != nil || !bytes.Equal(committed, table) {
		t.Errorf("%s is stale (%v): run this test with -rewrite, and read the diff", differencesTable, err)
	}
}

// difference is a place where `corrected` decides otherwise than `sdk-9.2.4`, and the quirk that makes it so.
type difference struct {
	recording string
	line      int
	effect    string
	by        *quirk.Quirk
}

// attribute is the differences of a recording, in their order.
func attribute(t *testing.T, rec *recording) []difference {
	t.Helper()
	want := decided(t, playAs(t, rec, quirk.SDK924(), 0))
	var found []difference
	for profile := quirk.Corrected; ; {
		got := decided(t, playAs(t, rec, profile, 0))
		at, differs := firstDifference(want, got)
		if !differs {
			return found
		}
		by := cause(t, rec, profile, want, got, at)
		if by == nil {
			t.Fatalf("line %d: no single quirk makes this difference, beside %v:\n  sdk-9.2.4 %s\n  corrected %s\n%s",
				at.line, profile.Names(), shown(want, at), shown(got, at), "name a quirk for it, or make one quirk of two")
		}
		found = append(found, difference{rec.Name, at.line, at.effect, by})
		profile = profile.With(by)
	}
}

// cause is the quirk that makes the difference at a place; nil if there is none. Of several it is the first of candidates.
func cause(t *testing.T, rec *recording, profile quirk.Set, want, got []decision, at place) *quirk.Quirk {
	t.Helper()
	list := candidates(profile, want, got, at)
	if q := brings(t, rec, profile, upTo(want, at), at, list); q != nil {
		return q
	}
	for _, q := range list {
		without := upTo(decided(t, playAs(t, rec, quirk.SDK924().Without(q), at.seq)), at)
		if reached, differs := firstDifference(upTo(got, at), without); !differs || reached.decision > at.decision {
			return q
		}
	}
	return nil
}

// brings is the quirk that, switched on beside a profile's, makes it decide as wanted at a place where it does not, or if
// none does, more of the same decision than any other; nil if none does that.
func brings(t *testing.T, rec *recording, profile quirk.Set, want []decision, at place, list []*quirk.Quirk) *quirk.Quirk {
	t.Helper()
	var best *quirk.Quirk
	farthest := at
	for _, q := range list {
		reached, differs := firstDifference(want, upTo(decided(t, playAs(t, rec, profile.With(q), at.seq)), at))
		if !differs || reached.decision > at.decision {
			return q
		}
		if reached.after(farthest) {
			best, farthest = q, reached
		}
	}
	return best
}

// candidates are the quirks that a profile lacks, the likeliest first: those that a row names which was taken where the
// two differ, those that one before names, then the others, each in the order of the catalogue.
func candidates(profile quirk.Set, want, got []decision, at place) []*quirk.Quirk {
	likely := map[*quirk.Quirk]int{}
	for _, side := range [][]decision{want, got} {
		for i, d := range side {
			if i > at.decision {
				break
			}
			for _, q := range d.quirks {
				likely[q] = max(likely[q], 1)
				if d.seq == at.seq {
					likely[q] = 2
				}
			}
		}
	}
	list := slices.DeleteFunc(quirk.All(), profile.Has)
	slices.SortStableFunc(list, func(a, b *quirk.Quirk) int { return cmp.Compare(likely[b], likely[a]) })
	return list
}

// decision is an effect that was decided, other than a timer's, whose decisions come when it fires.
type decision struct {
	line, seq int
	at        time.Duration
	text      string
	quirks    []*quirk.Quirk // those that the rows name which were taken since the decision before
}

// decided are a replay's decisions, in order. Peer connections are numbered as they appear, for the numbers that actors
// get are no decision.
func decided(t testing.TB, result *replay.Result) []decision {
	t.Helper()
	var all []decision
	var quirks []*quirk.Quirk
	peers := map[string]string{}
	for _, e := range result.Entries {
		for _, row := range e.Step.Rows {
			if row.Quirk != nil {
				quirks = append(quirks, row.Quirk)
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

// place is where two lists of decisions differ: which decision, and which part of it.
type place struct {
	decision, part int
	line, seq      int
	effect         string
}

func (p place) after(other place) bool {
	return cmp.Or(cmp.Compare(p.decision, other.decision), cmp.Compare(p.part, other.part)) > 0
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
			at.part = 1 + agreeing(parts(want[i].text), parts(got[i].text))
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
	if json.Unmarshal([]byte(fields), &announced) == nil && announced.Name != "" {
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

// parts are the effect's kind and the tokens of its fields: an announcement that differs in two fields has two
// differences.
func parts(text string) []string {
	kind, fields, _ := strings.Cut(text, " ")
	list := []string{kind}
	for in := json.NewDecoder(strings.NewReader(fields)); ; {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			return append(list, err.Error())
		}
		list = append(list, fmt.Sprint(token))
	}
}

func agreeing(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
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
