package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/hookswitch/hookswitch/simulation/play"
)

// quirkFound is a line of the table of quirks, as JSON.
type quirkFound struct {
	Quirk string `json:"quirk"`
	Seeds uint64 `json:"seeds"`
	Seed  uint64 `json:"seed,omitempty"`
	Law   string `json:"law,omitempty"`
	Lines int    `json:"lines,omitempty"`
	// Invisible is why no run can show it, if that is said of it. Wrong: it is shown all the same, or it is neither.
	Invisible string `json:"invisible,omitempty"`
	Wrong     bool   `json:"wrong,omitempty"`
	Shrunk    string `json:"shrunk,omitempty"`
}

// quirkSeeds is how many seeds are drawn for a quirk that breaks nothing.
const quirkSeeds = 10000

// quirks switches each quirk on alone, and looks for a seed that breaks a law by it. Each must be found or be listed as
// invisible, and not both.
func (c *simulateCommand) quirks(t *terminal) error {
	if _, err := c.drawing(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	search := play.QuirkSearch{Names: c.Quirk, From: max(c.seed(), 1), Count: c.seeds(), Jobs: c.Jobs}
	if search.Count == 0 {
		search.Count = quirkSeeds
	}
	if len(search.Names) == 0 {
		search.Names = play.QuirkNames()
	}
	at, end := t.during("playing the first seeds")
	search.Progress = func(done uint64, found int) {
		at(fmt.Sprintf("%d of %d seeds, %d of %d quirks are found", done, search.Count, found, len(search.Names)))
	}
	all := search.Run(ctx)
	end()
	return c.tellQuirks(t, all, search.Count)
}

// tellQuirks tells of each quirk in a line, then the sum.
func (c *simulateCommand) tellQuirks(t *terminal, all []play.QuirkFound, seeds uint64) error {
	found, invisible, wrong := 0, 0, 0
	for _, q := range all {
		line := quirkLine(q)
		switch {
		case line.Wrong:
			wrong++
		case q.Seed > 0:
			found++
		default:
			invisible++
		}
		if err := c.tellQuirk(t, line); err != nil {
			return err
		}
	}
	if !t.json {
		t.printf("%d quirks: %d are found within %d seeds, %d are invisible, %d are neither or both", len(all), found, seeds, invisible, wrong)
	}
	if wrong > 0 {
		return errFails
	}
	return nil
}

func quirkLine(q play.QuirkFound) quirkFound {
	line := quirkFound{Quirk: q.Quirk, Seeds: q.Seeds, Seed: q.Seed, Law: q.Law, Invisible: play.Invisible[q.Quirk]}
	if q.Seed > 0 {
		line.Lines, line.Shrunk = q.Shrunk.Len(), q.Shrunk.String()
	}
	line.Wrong = (q.Seed > 0) == (line.Invisible != "")
	return line
}

func (c *simulateCommand) tellQuirk(t *terminal, line quirkFound) error {
	switch {
	case t.json:
		if err := printJSON(t.out, line); err != nil {
			return err
		}
	case line.Seed > 0 && line.Wrong:
		t.printf("%-35s seed %d, %d lines: %s; yet it is listed as invisible: %s", line.Quirk, line.Seed, line.Lines, line.Law, line.Invisible)
	case line.Seed > 0:
		t.printf("%-35s seed %d, %d lines: %s", line.Quirk, line.Seed, line.Lines, line.Law)
	case line.Wrong:
		t.printf("%-35s not found in %d seeds, and not listed as invisible", line.Quirk, line.Seeds)
	default:
		t.printf("%-35s invisible: %s", line.Quirk, line.Invisible)
	}
	if c.Out == "" || line.Seed == 0 {
		return nil
	}
	return writeScenario(c.Out, line.Quirk, line.Shrunk)
}
