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
	Quirk  string `json:"quirk"`
	Seeds  uint64 `json:"seeds"`
	Seed   uint64 `json:"seed,omitempty"`
	Law    string `json:"law,omitempty"`
	Lines  int    `json:"lines,omitempty"`
	Shrunk string `json:"shrunk,omitempty"`
}

// quirks switches each quirk on alone, and looks for a seed that breaks a law by it.
func (c *simulateCommand) quirks(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	seeds := c.Seeds
	if seeds == 0 {
		seeds = quirkSeeds
	}
	names := c.Quirk
	if len(names) == 0 {
		names = play.QuirkNames()
	}
	if _, err := c.drawing(); err != nil {
		return err
	}
	all := play.QuirkSearch{
		Names: names, From: max(c.Seed, 1), Count: seeds, Jobs: c.Jobs,
		Progress: func(done uint64, _ int) { t.progress(int(done), int(seeds)) },
	}.Run(ctx)
	t.progress(0, 0)
	seen := 0
	for _, q := range all {
		line := quirkFound{Quirk: q.Quirk, Seeds: q.Seeds, Seed: q.Seed, Law: q.Law}
		if q.Seed > 0 {
			seen++
			line.Lines, line.Shrunk = q.Shrunk.Len(), q.Shrunk.String()
		}
		if err := c.tellQuirk(t, line); err != nil {
			return err
		}
	}
	if t.json {
		return nil
	}
	t.printf("%d of %d quirks break a law within %d seeds", seen, len(all), seeds)
	return nil
}

// quirkSeeds is how many seeds are drawn for a quirk that breaks nothing.
const quirkSeeds = 10000

func (c *simulateCommand) tellQuirk(t *terminal, line quirkFound) error {
	if t.json {
		return printJSON(t.out, line)
	}
	if line.Seed == 0 {
		t.printf("%-32s not seen by the laws in %d seeds", line.Quirk, line.Seeds)
		return nil
	}
	t.printf("%-32s seed %d, %d lines: %s", line.Quirk, line.Seed, line.Lines, line.Law)
	if c.Out == "" {
		return nil
	}
	return writeScenario(c.Out, fmt.Sprintf("quirk-%s", line.Quirk), line.Shrunk)
}
