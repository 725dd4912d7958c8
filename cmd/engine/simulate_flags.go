package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/spelling"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// What simulate is asked for.
const (
	ofScenarios = "scenarios that are named"
	ofOneSeed   = "one drawn scenario, with --seed"
	ofSeeds     = "drawn scenarios, with --seeds"
	ofQuirks    = "the table of quirks"
	ofCases     = "the tables of attacks and defects"
)

// asked is what simulate is asked for.
func (c *simulateCommand) asked() string {
	switch {
	case slices.Equal(c.Scenarios, []string{"quirks"}):
		return ofQuirks
	case slices.Equal(c.Scenarios, []string{"attacks"}), slices.Equal(c.Scenarios, []string{"defects"}):
		return ofCases
	case c.seeds() > 0:
		return ofSeeds
	case c.seed() > 0:
		return ofOneSeed
	default:
		return ofScenarios
	}
}

// misused tells of a flag that would do nothing: what is asked for has no use for it.
func (c *simulateCommand) misused() error {
	if c.Seeds != nil && *c.Seeds == 0 {
		return errors.New("simulate: --seeds 0: give how many scenarios are to be drawn, from 1")
	}
	if c.Seed != nil && *c.Seed == 0 {
		return errors.New("simulate: --seed 0: seeds count from 1: give one of them")
	}
	if c.Jobs < 0 {
		return fmt.Errorf("simulate: --jobs %d: give how many are played at a time, or 0 for as many as there are processors", c.Jobs)
	}
	if len(c.Scenarios) > 0 && c.asked() != ofQuirks && (c.seeds() > 0 || c.seed() > 0) {
		return errors.New("simulate: name scenarios, or draw them with --seeds or --seed; not both")
	}
	if c.Profile != nil && !slices.Contains(profiles, *c.Profile) {
		return fmt.Errorf("simulate: --profile %s: give %s", *c.Profile, strings.Join(profiles, " or "))
	}
	asked := c.asked()
	for _, flag := range []struct {
		name string
		set  bool
		uses []string
	}{
		{"--profile", c.Profile != nil, []string{ofScenarios, ofOneSeed, ofSeeds}},
		{"--quirk", len(c.Quirk) > 0, []string{ofScenarios, ofOneSeed, ofSeeds, ofQuirks}},
		{"--no-faults", !c.Faults, []string{ofOneSeed, ofSeeds}},
		{"--jobs", c.Jobs != 0, []string{ofSeeds, ofQuirks}},
		{"--no-shrink", !c.Shrink, []string{ofSeeds}},
		{"--rows", c.Rows, []string{ofSeeds}},
		{"--out", c.Out != "", []string{ofSeeds, ofQuirks}},
		{"--journal", c.Journal != "", []string{ofScenarios, ofOneSeed}},
		{"--rewrite", c.Rewrite, []string{ofScenarios}},
		{"--list", c.List, []string{ofScenarios}},
	} {
		if flag.set && !slices.Contains(flag.uses, asked) {
			return fmt.Errorf("simulate: %s is not for %s: it is for %s", flag.name, asked, strings.Join(flag.uses, ", or "))
		}
	}
	if c.Rewrite && (len(c.Scenarios) == 0 || c.Profile != nil || len(c.Quirk) > 0) {
		return errors.New("simulate: --rewrite is for scenario files, as they say themselves that they are to be played: name them, without --profile and --quirk")
	}
	if c.Rewrite && slices.Contains(c.Scenarios, stdin) {
		return errors.New("simulate: --rewrite: standard input is no file that could be written: name the scenario file")
	}
	return nil
}

// isQuirk says why there is no quirk of that name.
func isQuirk(command, name string) error {
	if _, err := quirk.Parse([]string{name}); err != nil {
		return fmt.Errorf("%s: --quirk %s: no such quirk: %s; docs/quirks.md has them all", command, name, spelling.DidYouMean(name, play.QuirkNames()))
	}
	return nil
}

// profiles are those that scenarios are played under.
var profiles = []string{"corrected", "sdk-9.2.4"}

// changed is a scenario under the profile and quirks that were asked for. What its file expects is then not compared.
func (c *simulateCommand) changed(s scenario.Scenario) (scenario.Scenario, error) {
	if c.Profile == nil && len(c.Quirk) == 0 {
		return s, nil
	}
	if c.Profile != nil {
		s.Profile, s.Quirks = *c.Profile, nil
	}
	s.Quirks = slices.Clone(s.Quirks)
	for _, name := range c.Quirk {
		if err := isQuirk("simulate", name); err != nil {
			return s, err
		}
		s.Quirks = append(s.Quirks, "+"+name)
	}
	s.Expected = ""
	return s, nil
}
