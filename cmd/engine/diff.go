package main

import (
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

type diffCommand struct {
	A string `arg:"" help:"A recording, or a replay's output."`
	B string `arg:"" help:"Another one."`
}

// Run compares the decisions of two recordings, without their times.
func (c *diffCommand) Run(t *terminal) error {
	a, err := capture.ReadOutputFile(c.A)
	if err != nil {
		return err
	}
	b, err := capture.ReadOutputFile(c.B)
	if err != nil {
		return err
	}
	t.warn(a.Warnings...)
	t.warn(b.Warnings...)
	report := capture.Compare(a.Records, b.Records, capture.Tolerance{})
	if report.Match() {
		if t.json {
			return printJSON(t.out, verdict{File: c.B, Match: true, Compared: report.Compared})
		}
		t.printf("same decisions")
		return nil
	}
	o := outcome{log: a, report: report}
	if t.json {
		if err := o.print(t, c.B); err != nil {
			return err
		}
		return errFails
	}
	if err := report.Show(t.out, a.Records, nil); err != nil {
		return err
	}
	sideBySide(t, report.First(), capture.Decide(a.Records), capture.Decide(b.Records))
	return errFails
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
