package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// Where corrected decides otherwise than was recorded, the quirk that makes it so is named: a row's, a pick's, a fact's.
func TestAVerifiedDifferenceNamesItsQuirks(t *testing.T) {
	for _, story := range []struct {
		name string
		by   *quirk.Quirk
	}{
		{"129", quirk.DisconnectWhileConnecting},
		{"24", quirk.ActiveStale},
		{"chaos-6", quirk.HandledNeedsEcho},
	} {
		code, out, errs := engine("verify", "--json", "--profile", "corrected", story.name)
		if code != exitFails {
			t.Fatalf("%s: %d %s", story.name, code, errs)
		}
		var v verdict
		if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &v); err != nil {
			t.Fatal(err)
		}
		if len(v.Consulted) != 1 || !slices.Equal(v.Consulted[0].Quirks, []string{story.by.Name}) {
			t.Errorf("%s: %+v, want %s (a %s)", story.name, v.Consulted, story.by.Name, story.by.Kind)
		}
		place := v.Consulted[0].String()
		if _, out, _ = engine("verify", "--profile", "corrected", story.name); !strings.Contains(out, "\n  "+place+"\n") {
			t.Errorf("%s: no line %q in\n%s", story.name, place, out)
		}
		code, out, _ = engine("replay", "--profile", "corrected", story.name)
		if want := "differs from the recording first in "; code != exitDone || !strings.Contains(out, want) || !strings.HasSuffix(strings.Join(strings.Fields(out), " "), place) {
			t.Errorf("%s: replay: %d, it does not end with %s", story.name, code, place)
		}
		if _, out, _ = engine("replay", story.name); strings.Contains(out, "differs from the recording") {
			t.Errorf("%s: decided as recorded, it is said to differ", story.name)
		}
	}
}

// Two journals of one recording differ where a quirk counts, whichever of them has it.
func TestADiffOfJournalsNamesTheQuirks(t *testing.T) {
	a, b := journalOf(t, "24"), journalOf(t, "24", "--profile", "corrected")
	code, out, errs := engine("diff", a, b)
	for _, name := range []string{a, b} {
		if want := "  " + name + ": entry 42: quirks consulted there: active-stale\n"; code != exitFails || !strings.Contains(out, want) {
			t.Errorf("%d %s: no %q in\n%s", code, errs, want, out)
		}
	}
	_, out, _ = engine("diff", "--json", "24", b)
	if want := `"entry":42,"quirks":["active-stale"]`; strings.Count(out, want) != 1 {
		t.Errorf("of a capture and a journal: %s", out)
	}
}

func TestPlaceOfADifference(t *testing.T) {
	input := &port.Record{}
	entry := func(seq uint64, line int, at time.Duration, record *port.Record, written int) replay.Entry {
		return replay.Entry{Line: line, At: at, Record: record, Step: runtime.Step{Seq: seq}, Written: written}
	}
	entries := []replay.Entry{
		entry(1, 2, 10, input, 1), entry(2, 5, 20, nil, 1), entry(3, 5, 20, input, 3), entry(0, 8, 30, input, 3), entry(4, 9, 40, input, 4),
	}
	want := func(line int, at time.Duration) *capture.Decision { return &capture.Decision{Line: line, At: at} }
	got := func(seq int) *capture.Decision { return &capture.Decision{Seq: seq} }
	for _, c := range []struct {
		name      string
		want, got *capture.Decision
		seq       uint64
	}{
		{"what the first entry wrote", nil, got(0), 1},
		{"the second of two that an entry wrote", nil, got(2), 3},
		{"recorded behind an input", want(6, 20), nil, 3},
		{"recorded before the input of its time: a timer's", want(4, 20), nil, 2},
		{"recorded behind what the cell was not told", want(9, 35), nil, 3},
		{"decided too early", want(10, 40), got(1), 3},
		{"decided too late", want(3, 10), got(3), 1},
		{"recorded before everything", want(1, 5), got(0), 0},
		{"nobody wrote it", nil, got(9), 0},
	} {
		step, ok := placeOf(entries, capture.Divergence{List: capture.EventList, Want: c.want, Got: c.got})
		if step.Seq != c.seq || ok != (c.seq > 0) {
			t.Errorf("%s: entry %d %t, want %d", c.name, step.Seq, ok, c.seq)
		}
	}
	if _, ok := placeOf(entries, capture.Divergence{List: capture.StateList, Want: want(6, 20), Got: got(0)}); ok {
		t.Error("a look inside is no entry's decision")
	}
}
