package conformance

import (
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Every record that verify compares counts: a recording from which one is taken out, in which one stands twice, or in
// which one compared field is another one is not matched by our replay any more. All records of all recordings are
// altered. Altered records are sorted into the decisions anew, those around them are not: sorting looks at one record at
// a time, and TestComparisonFromTheBeginning does the whole of it.
func TestEveryComparedRecordCounts(t *testing.T) {
	t.Parallel()
	each(t, "", func(t *testing.T, rec *recording) {
		want, got := capture.Decide(rec.Records), capture.Decide(rec.ours.Outputs)
		tolerance := rec.Config.Tolerance()
		if report := capture.CompareDecisions(want, got, tolerance); !report.Match() {
			d := report.First()
			t.Fatalf("our replay differs in the first place: %s #%d", d.List, d.Index)
		}
		altered := 0
		for _, r := range rec.Records {
			list := listOf(r)
			if list == "" {
				continue
			}
			place := slices.IndexFunc(want[list], func(d capture.Decision) bool { return d.Seq == r.Seq })
			for _, a := range alterations(t, r) {
				if capture.CompareDecisions(a.splice(relevant(want, list), list, place), relevant(got, list), tolerance).Match() {
					t.Errorf("line %d: %s: %s: verify still matches", r.Line, r.Kind, a.what)
				}
				altered++
			}
		}
		if altered < 3*compared(want) {
			t.Errorf("%d alterations of %d compared records", altered, compared(want))
		}
	})
}

// fromTheBeginning is how many recordings have all their alterations compared from the beginning, as verify does it. Of
// the others one record of each list is, taken out and with its last field changed: the whole takes long.
const fromTheBeginning = 10

// The same from the beginning: the altered records are the recording.
func TestComparisonFromTheBeginning(t *testing.T) {
	t.Parallel()
	all := shortest(t, fromTheBeginning)
	each(t, "", func(t *testing.T, rec *recording) {
		got, seen := capture.Decide(rec.ours.Outputs), map[string]bool{}
		for i, r := range rec.Records {
			list := listOf(r)
			if list == "" || seen[list] && !all[rec.Name] {
				continue
			}
			seen[list] = true
			some := alterations(t, r)
			if !all[rec.Name] {
				some = []alteration{some[0], some[len(some)-1]}
			}
			for _, a := range some {
				records := slices.Concat(rec.Records[:i], a.records, rec.Records[i+1:])
				if capture.CompareDecisions(capture.Decide(records), got, rec.Config.Tolerance()).Match() {
					t.Errorf("line %d: %s: %s: verify still matches", r.Line, r.Kind, a.what)
				}
			}
		}
		if len(seen) < 3 {
			t.Errorf("only %d lists are compared: %v", len(seen), seen)
		}
	})
}

// What only a timer can have caused must come at its time: recorded a little too early or too late, it does not match.
func TestTimeCounts(t *testing.T) {
	t.Parallel()
	var timed atomic.Int64
	t.Run("recordings", func(t *testing.T) {
		each(t, "", func(t *testing.T, rec *recording) {
			want, got := capture.Decide(rec.Records), capture.Decide(rec.ours.Outputs)
			for list, decided := range got {
				for place, d := range decided {
					if d.Timed {
						timed.Add(1)
						untimely(t, rec, want, got, list, place)
					}
				}
			}
		})
	})
	if timed.Load() == 0 {
		t.Error("nothing in any recording was caused by a timer")
	}
}

// untimely moves one recorded decision beyond either end of what its time may be.
func untimely(t *testing.T, rec *recording, want, got capture.Decisions, list string, place int) {
	t.Helper()
	const beyond = 2 * time.Millisecond
	tolerance, at := rec.Config.Tolerance(), got[list][place].At
	for _, off := range []time.Duration{at - tolerance.Early - beyond, at + tolerance.Late + beyond} {
		moved := slices.Clone(want[list])
		moved[place].At = off
		altered := relevant(want, list)
		altered[list] = moved
		if capture.CompareDecisions(altered, relevant(got, list), tolerance).Match() {
			t.Errorf("%s #%d: at %v instead of %v: verify still matches", list, place, off, at)
		}
	}
}

// shortest are the names of the n recordings with the fewest records.
func shortest(t testing.TB, n int) map[string]bool {
	t.Helper()
	names := captures.Names()
	slices.SortStableFunc(names, func(a, b string) int { return len(recorded(t, a).Records) - len(recorded(t, b).Records) })
	chosen := map[string]bool{}
	for _, name := range names[:n] {
		chosen[name] = true
	}
	return chosen
}

// listOf is the list that a record is compared in, "" for one that is not.
func listOf(r port.Record) string {
	for list := range capture.Decide([]port.Record{r}) {
		return list
	}
	return ""
}

func compared(d capture.Decisions) int {
	n := 0
	for _, list := range d {
		n += len(list)
	}
	return n
}

// relevant are the decisions without the looks inside, which take long to compare, unless they are what was altered.
func relevant(d capture.Decisions, altered string) capture.Decisions {
	d = maps.Clone(d)
	if altered != capture.StateList {
		delete(d, capture.StateList)
	}
	return d
}

// splice puts an alteration in the place of the decision that was altered. It changes only the map that it is given.
func (a alteration) splice(d capture.Decisions, list string, place int) capture.Decisions {
	d[list] = slices.Delete(slices.Clone(d[list]), place, place+1)
	for _, r := range a.records {
		for into, decisions := range capture.Decide([]port.Record{r}) {
			if into == list {
				d[into] = slices.Insert(d[into], place, decisions...)
			} else {
				d[into] = append(slices.Clone(d[into]), decisions...)
			}
		}
	}
	if len(d[list]) == 0 {
		delete(d, list)
	}
	return d
}

// alteration is what stands in a recording instead of one record.
type alteration struct {
	what    string
	records []port.Record
}

// alterations are all alterations of a compared record.
func alterations(t testing.TB, r port.Record) []alteration {
	t.Helper()
	all := []alteration{{what: "taken out"}, {what: "twice", records: []port.Record{r, r}}}
	changed := changes(t, r)
	if len(changed) == 0 {
		t.Errorf("line %d: %s: this test knows no compared field of it", r.Line, r.Kind)
	}
	for _, c := range changed {
		if err := c.record.Decode(new(map[string]any)); err != nil {
			t.Fatal(err)
		}
		all = append(all, alteration{fmt.Sprintf("%s changed", c.field), []port.Record{c.record}})
	}
	return all
}
