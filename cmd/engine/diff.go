package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

type diffCommand struct {
	A string `arg:"" help:"A recording, a journal, or a replay's output."`
	B string `arg:"" help:"Another one."`
}

// Run compares the decisions of two recordings, without their times.
func (c *diffCommand) Run(t *terminal) error {
	a, err := decidedBy(t, c.A)
	if err != nil {
		return err
	}
	b, err := decidedBy(t, c.B)
	if err != nil {
		return err
	}
	if a.journal || b.journal { // looks inside are not decisions, and journals have none
		a.records, b.records = withoutLooks(a.records), withoutLooks(b.records)
	}
	if a.wire || b.wire { // of the other one, too, only that is compared
		a.records, b.records = capture.OnWire(a.records), capture.OnWire(b.records)
	}
	report := capture.Compare(a.records, b.records, capture.Tolerance{})
	v := verdictOf(c.B, report)
	if !report.Match() {
		v.Consulted = consultedOn(t, a, b, report.First())
	}
	if t.json {
		if err := printJSON(t.out, v); err != nil {
			return err
		}
	}
	switch {
	case report.Match() && !t.json:
		t.printf("same decisions")
		return nil
	case report.Match():
		return nil
	case t.json:
		return errFails
	}
	if err := report.Show(t.out, a.records, nil); err != nil {
		return err
	}
	for _, quirks := range v.Consulted {
		t.printf("  %s: %v", quirks.File, quirks)
	}
	if d := report.First(); d.List != capture.StateList { // a look inside is no line of text
		sideBySide(t, d, capture.Decide(a.records), capture.Decide(b.records))
	}
	return errFails
}

// decisions are a log's, as records of capture/1.
type decisions struct {
	records []port.Record
	journal bool
	wire    bool // only the wire was recorded
	log     *recording
}

func decidedBy(t *terminal, name string) (decisions, error) {
	log, err := openOutput(name)
	if err != nil {
		return decisions{}, err
	}
	if log.capture != nil {
		t.warn(log.capture.Warnings...)
		return decisions{records: log.capture.Records, wire: log.capture.Inferred, log: log}, nil
	}
	records, err := replay.JournalRecords(log.journal, host.Around(nil, quirk.Corrected), replay.Options{})
	return decisions{records: records, journal: true, log: log}, err
}

// consultedOn are the quirks that count where two logs differ, on each side that is a journal and decided something there.
// A journal that cannot be decided again, which a comparison does not need, is a warning.
func consultedOn(t *terminal, a, b decisions, d capture.Divergence) []consulted {
	var all []consulted
	for _, side := range []struct {
		decisions
		there *capture.Decision
	}{{a, d.Want}, {b, d.Got}} {
		if !side.journal || side.there == nil {
			continue
		}
		list, err := consultedIn(side.log.journal, side.there.Line)
		if err != nil {
			t.warn(replay.Readable(err))
			continue
		}
		all = append(all, list...)
	}
	return all
}

func withoutLooks(records []port.Record) []port.Record {
	return slices.DeleteFunc(slices.Clone(records), func(r port.Record) bool { return r.Kind == "state" })
}

// sideWidth is the width of a column of the side-by-side view; with the mark between them two fill widthMax.
const sideWidth = (widthMax - 5) / 2

// sideBySide prints the list that differs first, from a little before the difference to a little after.
func sideBySide(t *terminal, d capture.Divergence, a, b capture.Decisions) {
	left, right := a[d.List], b[d.List]
	t.printf("")
	t.printf("%s, from #%d:", d.List, max(0, d.Index-capture.Around))
	text := func(side []capture.Decision, i int) string {
		if i >= len(side) {
			return ""
		}
		return fmt.Sprintf("%.1f %s", port.Milliseconds(side[i].At), side[i].Shown())
	}
	for i := max(0, d.Index-capture.Around); i < min(d.Index+2*capture.Around, max(len(left), len(right))); i++ {
		mark := " "
		if i >= len(left) || i >= len(right) || left[i].Text != right[i].Text {
			mark = "≠"
		}
		printPair(t, mark, wrap(text(left, i), sideWidth), wrap(text(right, i), sideWidth))
	}
}

func printPair(t *terminal, mark string, left, right []string) {
	for i := range max(len(left), len(right)) {
		var l, r string
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		t.printf("%s", strings.TrimRight(fmt.Sprintf("%-*s  %s  %s", sideWidth, l, mark, r), " "))
		mark = " "
	}
}
