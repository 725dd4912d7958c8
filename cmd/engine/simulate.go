package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// simulateCommand plays scenarios, or draws them from seeds.
type simulateCommand struct {
	Scenarios []string `arg:"" optional:"" name:"scenario" help:"Scenario files, folders of them, or names of scenarios in the binary; none: all of the binary; attacks, defects: their table, under both profiles; quirks: each quirk switched on alone. See docs/scenarios.md."`
	Seeds     *uint64  `help:"Draw so many scenarios from seeds and look for a broken law." placeholder:"N"`
	Seed      *uint64  `help:"Draw the scenario of one seed and play it; with --seeds, the first. Seeds count from 1." placeholder:"N"`
	Profile   *string  `help:"Play with the quirks of a profile, corrected or sdk-9.2.4, whatever the scenario says; corrected for drawn ones." placeholder:"P"`
	Quirk     []string `help:"Switch a quirk on." placeholder:"NAME"`
	Faults    bool     `default:"true" negatable:"" help:"Draw faults, too: losses, delays, failing requests, sleeping machines."`
	Jobs      int      `help:"How many are played at a time; 0: as many as there are processors."`
	Shrink    bool     `default:"true" negatable:"" help:"Shrink a failure to the shortest scenario that still fails."`
	Rows      bool     `help:"List how often each chart row was taken, and which never were."`
	Out       string   `help:"Write shrunk failures to this folder." placeholder:"FOLDER"`
	Journal   string   `help:"Write the journal of each phone to this folder, for replay, whatif and races; of named scenarios or of one seed." placeholder:"FOLDER"`
	Rewrite   bool     `help:"Write into scenario files what comes of them."`
	List      bool     `help:"List the scenarios in this binary, or those whose names have a word in them, and do nothing else."`
}

func (c *simulateCommand) Run(t *terminal) error {
	if err := c.misused(); err != nil {
		return err
	}
	switch {
	case c.List:
		return c.list(t)
	case slices.Equal(c.Scenarios, []string{"quirks"}):
		return c.quirks(t)
	case slices.Equal(c.Scenarios, []string{"attacks"}):
		return c.attacks(t)
	case slices.Equal(c.Scenarios, []string{"defects"}):
		return c.defects(t)
	case c.seeds() > 0:
		return c.search(t)
	case c.seed() > 0:
		return c.one(t)
	default:
		return c.play(t)
	}
}

// seeds is how many are drawn, and seed which first; 0: nobody said.
func (c *simulateCommand) seeds() uint64 { return given(c.Seeds) }
func (c *simulateCommand) seed() uint64  { return given(c.Seed) }

func given(n *uint64) uint64 {
	if n == nil {
		return 0
	}
	return *n
}

func (c *simulateCommand) drawing() (play.Drawing, error) {
	d := play.Drawing{Profile: "corrected", NoFaults: !c.Faults}
	if c.Profile != nil {
		d.Profile = *c.Profile
	}
	for _, name := range c.Quirk {
		if err := isQuirk("simulate", name); err != nil {
			return d, err
		}
		d.Quirks = append(d.Quirks, "+"+name)
	}
	return d, nil
}

// one draws the scenario of a seed, and tells what comes of it.
func (c *simulateCommand) one(t *terminal) error {
	d, err := c.drawing()
	if err != nil {
		return err
	}
	journals := newJournals(c.Journal, fmt.Sprintf("seed-%d", c.seed()))
	s, outcome, err := play.Draw(c.seed(), d, play.Options{Text: true, Journal: journals.writer(), Aftermath: journals.end})
	if err := errors.Join(err, journals.keep(t, outcome)); err != nil {
		return err
	}
	s.Expected = outcome.Text
	if t.json {
		err = printJSON(t.out, drawn{Seed: c.seed(), Laws: outcome.Verdict(), Broken: brokenOf(outcome), Scenario: s.String()})
	} else {
		t.printf("%s", strings.TrimSuffix(s.String(), "\n"))
	}
	if err != nil {
		return err
	}
	if len(outcome.Broken) > 0 {
		return errFails
	}
	return nil
}

// drawn is the scenario of a seed with what came of it, as JSON.
type drawn struct {
	Seed     uint64   `json:"seed"`
	Laws     string   `json:"laws"`
	Broken   []broken `json:"broken,omitempty"`
	Scenario string   `json:"scenario"`
	Shrunk   string   `json:"shrunk,omitempty"`
	Command  string   `json:"command,omitempty"`
	Why      string   `json:"why,omitempty"`
}

// searched is the last line of a search, as JSON.
type searched struct {
	Seeds  uint64            `json:"seeds"`
	Kept   uint64            `json:"kept"`
	Median int               `json:"medianInputs"`
	Sizes  []int             `json:"sizes"` // the deciles of the inputs a run
	Inputs uint64            `json:"inputs"`
	Rows   map[string]uint64 `json:"rows,omitempty"`
	Never  []untaken         `json:"never,omitempty"` // the rows that no run took
}

// search plays many seeds.
func (c *simulateCommand) search(t *terminal) error {
	d, err := c.drawing()
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return fmt.Errorf("simulate: %w: give --out a folder that can be written", err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	from := max(c.seed(), 1)
	found := play.Search{
		From: from, Count: c.seeds(), Drawing: d, Jobs: c.Jobs, Rows: c.Rows,
		Progress: func(done uint64) { t.progress(int(done), int(c.seeds())) },
	}.Run(ctx)
	t.progress(0, 0)
	if !t.json {
		c.tellSizes(t, found, d)
	}
	if err := c.tellFailures(t, found.Failures); err != nil {
		return err
	}
	kept := found.Seeds - uint64(len(found.Failures))
	if t.json {
		sum := summary(found, kept)
		if c.Rows {
			sum.Never = neverTaken(found.Rows, d)
		}
		err = printJSON(t.out, sum)
	} else {
		t.printf("%d of %d seeds keep the laws", kept, found.Seeds)
	}
	if err == nil && (len(found.Failures) > 0 || found.Seeds < c.seeds()) {
		err = errFails
	}
	return err
}

func summary(found play.Found, kept uint64) searched {
	sum := searched{Seeds: found.Seeds, Kept: kept, Median: found.Median(), Inputs: found.Inputs, Rows: found.Rows}
	for tenth := range 11 {
		sum.Sizes = append(sum.Sizes, found.Quantile(float64(tenth)/10))
	}
	return sum
}

// tellFailures tells of all failures; the first of each law is shrunk.
func (c *simulateCommand) tellFailures(t *terminal, failures []play.Failure) error {
	laws := []string{}
	for _, f := range failures {
		first := !slices.Contains(laws, f.Law())
		laws = append(laws, f.Law())
		if err := c.tellFailure(t, f, first && c.Shrink); err != nil {
			return err
		}
	}
	return nil
}

// tellSizes tells how long the runs were, and which rows were taken.
func (c *simulateCommand) tellSizes(t *terminal, found play.Found, d play.Drawing) {
	t.printf("inputs a run: least %d, one in ten up to %d, median %d, nine in ten up to %d, most %d; %d in all with what comes after",
		found.Quantile(0), found.Quantile(0.1), found.Median(), found.Quantile(0.9), found.Quantile(1), found.Inputs)
	if !c.Rows {
		return
	}
	for _, row := range sortedByCount(found.Rows) {
		t.printf("%9d  %s", found.Rows[row], row)
	}
	c.tellNever(t, neverTaken(found.Rows, d))
}

// untaken are the rows of a chart that no run took, of so many that could be taken.
type untaken struct {
	Chart string   `json:"chart"`
	Rows  int      `json:"rows"`
	Never []string `json:"never"`
}

// neverTaken are the rows of each chart that are not among those that were taken, though they could be with these quirks.
func neverTaken(taken map[string]uint64, d play.Drawing) (all []untaken) {
	quirks, err := scenario.Scenario{Profile: d.Profile, Quirks: d.Quirks}.QuirkSet()
	if err != nil {
		panic(fmt.Sprintf("engine: a drawing was made with quirks that there are not: %v", err))
	}
	on := quirks.Names()
	for _, chart := range actors.Charts() {
		u := untaken{Chart: chart.Name(), Never: []string{}}
		for _, row := range chart.Rows() {
			if row.Quirk != "" && !slices.Contains(on, row.Quirk) || slices.Contains(on, row.Corrected) {
				continue
			}
			u.Rows++
			if taken[chart.Name()+"."+row.Address] == 0 {
				u.Never = append(u.Never, row.Address)
			}
		}
		all = append(all, u)
	}
	return all
}

// tellNever tells which rows were never taken, chart by chart.
func (c *simulateCommand) tellNever(t *terminal, all []untaken) {
	of, never := 0, 0
	for _, u := range all {
		of, never = of+u.Rows, never+len(u.Never)
	}
	t.printf("never taken: %d of %d rows", never, of)
	for _, u := range all {
		if len(u.Never) == 0 {
			continue
		}
		t.printf("  %s, %d of %d:", u.Chart, len(u.Never), u.Rows)
		for _, address := range u.Never {
			t.printf("    %s", address)
		}
	}
}

func sortedByCount(rows map[string]uint64) []string {
	names := make([]string, 0, len(rows))
	for name := range rows {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if rows[a] != rows[b] {
			return int(int64(rows[b]) - int64(rows[a]))
		}
		return strings.Compare(a, b)
	})
	return names
}

// tellFailure tells of a failure with the command that shows it, and shrinks it if asked to.
func (c *simulateCommand) tellFailure(t *terminal, f play.Failure, shrink bool) error {
	told := drawn{Seed: f.Seed, Laws: f.Law(), Broken: brokenOf(f.Outcome), Scenario: f.Scenario.String(), Command: fmt.Sprintf("engine simulate --seed %d%s", f.Seed, c.flags())}
	if f.Err != nil {
		told.Why = f.Err.Error()
	}
	var short scenario.Scenario
	if shrink {
		short = f.Shrunk()
		told.Shrunk = short.String()
	}
	if t.json {
		return errors.Join(printJSON(t.out, told), c.write(t, f, short))
	}
	t.printf("seed %d: %s", f.Seed, f.Law())
	for _, b := range told.Broken {
		t.printf("  %s, entry %d: %s", b.Phone, b.Entry, b.What)
	}
	if told.Why != "" {
		t.printf("  %s", told.Why)
	}
	t.printf("  %s", told.Command)
	if !shrink {
		return nil
	}
	t.printf("  shrunk to %s:\n", counted(short.Len(), "line"))
	t.printf("%s", told.Shrunk)
	return c.write(t, f, short)
}

// write writes a failure that was shrunk to where --out says.
func (c *simulateCommand) write(t *terminal, f play.Failure, short scenario.Scenario) error {
	if c.Out == "" || short.Len() == 0 {
		return nil
	}
	name := fmt.Sprintf("seed-%d", f.Seed)
	if err := writeScenario(c.Out, name, short.String()); err != nil {
		return err
	}
	if !t.json {
		t.printf("  written to %s", filepath.Join(c.Out, name+scenarioEnding))
	}
	return nil
}

func writeScenario(folder, name, text string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+scenarioEnding), []byte(text), 0o644); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	return nil
}

// flags are those that make the same drawing.
func (c *simulateCommand) flags() string {
	text := ""
	if c.Profile != nil {
		text += " --profile " + *c.Profile
	}
	for _, q := range c.Quirk {
		text += " --quirk " + q
	}
	if !c.Faults {
		text += " --no-faults"
	}
	return text
}
