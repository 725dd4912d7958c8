package main

import (
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/simulation/explore"
)

type exploreCommand struct {
	Proof  string   `help:"Which proof: consent, races, both, or auto: both, but with a quirk consent." enum:"consent,races,both,auto" default:"auto" placeholder:"P"`
	Quirk  []string `help:"Switch a quirk on, and end at the shortest counterexample. See docs/quirks.md for the names." placeholder:"NAME"`
	Small  bool     `help:"Explore fewer ids: every law and every input, in a minute."`
	Bound  int      `help:"Give up a part that has more states than this; it is then not proven. 0: none is given up." default:"0" placeholder:"N"`
	Rows   bool     `help:"List the rows that no way takes."`
	Silent bool     `help:"Say nothing of how far it is."`
}

// memory is how much an exploration takes, in bytes, before it collects often. The largest needs half of it.
const memory = 4 << 30

// Run explores every state and prints what was found.
func (c *exploreCommand) Run(t *terminal) error {
	for _, name := range c.Quirk {
		if err := isQuirk("explore", name); err != nil {
			return err
		}
	}
	quirks, err := quirk.Parse(c.Quirk)
	if err != nil {
		return fmt.Errorf("explore: %w: choose one with --quirk", err)
	}
	if c.Bound < 0 {
		return fmt.Errorf("explore: --bound %d: a number of states is 0 or more", c.Bound)
	}
	o := explore.Options{Quirks: quirks, Small: c.Small, StatesMax: c.Bound}
	if !c.Silent && t.watched() {
		o.Progress = func(part string, states, transitions int) {
			_, _ = fmt.Fprintf(t.err, "%s: %d states, %d transitions\n", part, states, transitions)
		}
	}
	// Most of what an exploration allocates it keeps: collecting it seldom takes a third off the time.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(memory)
	report, err := c.explore(o)
	if err != nil {
		return err
	}
	if err := c.print(t, report); err != nil {
		return err
	}
	if !report.Proven() {
		return errFails
	}
	return nil
}

func (c *exploreCommand) explore(o explore.Options) (explore.Report, error) {
	switch {
	case c.Proof == "races":
		return explore.Races(o)
	case c.Proof == "consent" || c.Proof == "auto" && len(c.Quirk) > 0:
		return explore.Consent(o)
	default:
		return explore.Both(o)
	}
}

func (c *exploreCommand) print(t *terminal, report explore.Report) error {
	if t.json {
		return printJSON(t.out, report)
	}
	t.printf("profile %s", report.Profile)
	t.printf("%-32s %13s %8s %8s %9s %11s %9s  %s", "part", "conversations", "sessions", "gateways", "states", "transitions", "held back", "ends with")
	for _, p := range report.Parts {
		sessions := strconv.Itoa(p.Sessions)
		if p.Others {
			sessions += "+"
		}
		t.printf("%-32s %13d %8s %8d %9d %11d %9d  %s", p.Name, p.Conversations, sessions, p.Gateways, p.States, p.Transitions, p.Held, ends(p))
	}
	for _, p := range report.Parts {
		for _, example := range p.Counterexamples {
			t.printf("\ncounterexample of %s, part %s:\n%s", counted(example.Moves, "move"), p.Name, strings.TrimSuffix(example.Scenario, "\n"))
		}
	}
	c.printRows(t, report.Rows)
	if report.Proven() {
		t.printf("\nproven: every state was visited, and no law is broken")
	} else {
		t.printf("\nnot proven")
	}
	return nil
}

// ends says how the exploration of a part ended.
func ends(p explore.Part) string {
	end := "a fixpoint"
	switch {
	case p.Bound != "":
		end = p.Bound
	case !p.Fixpoint:
		end = "the first counterexample"
	}
	if n := len(p.Counterexamples); n > 0 && p.Fixpoint {
		end += ", but for " + counted(n, "counterexample")
	}
	return end
}

// printRows says how many rows were taken, and if asked which were not.
func (c *exploreCommand) printRows(t *terminal, all []explore.Rows) {
	taken, of := 0, 0
	var lines []string
	for _, r := range all {
		taken, of = taken+r.Rows-len(r.Never), of+r.Rows
		lines = append(lines, fmt.Sprintf("%s %d of %d", r.Chart, r.Rows-len(r.Never), r.Rows))
	}
	t.printf("\nrows taken: %d of %d", taken, of)
	for _, part := range wrap(strings.Join(lines, ", "), widthMax-2) {
		t.printf("  %s", part)
	}
	if !c.Rows {
		return
	}
	t.printf("rows never taken:")
	for _, r := range all {
		for _, address := range r.Never {
			t.printf("  %s: %s", r.Chart, address)
		}
	}
}
