package main

import (
	"fmt"
	"path"
	"path/filepath"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/races"
)

// racesCommand tries other orders of a log.
type racesCommand struct {
	Log     string        `arg:"" help:"${log}"`
	Profile string        `help:"Decide as this profile; by default as the SDK's version that the capture names." placeholder:"P"`
	Window  time.Duration `default:"300ms" help:"How far in time an input may be moved."`
	Most    int           `default:"20000" help:"How many orders are tried at most; 0: all."`
}

// raceFound is a race, as JSON.
type raceFound struct {
	Moved       string   `json:"moved"`
	MovedEntry  uint64   `json:"movedEntry"`
	Passed      string   `json:"passed"`
	PassedEntry uint64   `json:"passedEntry"`
	Differences []string `json:"differences"`
	Times       int      `json:"times"`
}

// racesSum is the last line, as JSON.
type racesSum struct {
	Races  int `json:"races"`
	Tried  int `json:"tried"`
	Caused int `json:"caused"`
	Left   int `json:"left"`
}

func (c *racesCommand) Run(t *terminal) error {
	log, err := openLog(c.Log)
	if err != nil {
		return fmt.Errorf("races: %w", err)
	}
	run, err := playing{profile: c.Profile}.play(log)
	if err != nil {
		return fmt.Errorf("races: %w", err)
	}
	cfg, err := c.config(log, run.quirks)
	if err != nil {
		return fmt.Errorf("races: %w", err)
	}
	t.warn(run.warnings...)
	report, err := races.Find(inputsOf(run), races.Search{Cell: cfg, Window: c.Window, Most: c.Most, Progress: func(tried int) { t.progress(tried, c.Most) }})
	t.progress(0, 0)
	if err != nil {
		return err
	}
	return c.tell(t, report)
}

// config is the recorded client's, without a journal.
func (c *racesCommand) config(log *recording, quirks quirk.Set) (runtime.Config, error) {
	if log.capture != nil {
		cfg := host.Config(log.capture, quirks)
		cfg.Cell = path.Base(filepath.ToSlash(log.capture.Name))
		return cfg, nil
	}
	header, _, _, err := log.journal.Read()
	if err != nil {
		return runtime.Config{}, err
	}
	return runtime.Config{
		Cell: header.Cell, User: header.User, Organization: header.Organization, Options: header.Options, Quirks: quirks, IDPrefix: header.IDPrefix,
		Registry: actors.Softphone(),
	}, nil
}

// inputsOf are what the client was told: timers are its own.
func inputsOf(run *played) (log []races.Input) {
	for _, e := range run.entries {
		if _, timer := e.Step.Input.(messages.TimerFired); e.Step.Seq == 0 || timer {
			continue
		}
		log = append(log, races.Input{At: e.Step.At, Input: e.Step.Input, Entry: e.Step.Seq})
	}
	return log
}

func (c *racesCommand) tell(t *terminal, report races.Report) error {
	for _, r := range report.Races {
		if t.json {
			found := raceFound{r.Moved.Kind(), r.Moved.Entry, r.Passed.Kind(), r.Passed.Entry, r.Differences, r.Times}
			if err := printJSON(t.out, found); err != nil {
				return err
			}
			continue
		}
		t.printf("%s", r)
		for _, d := range r.Differences {
			t.printf("    %s", d)
		}
		if r.Times > 1 {
			t.printf("    and %d more such orders", r.Times-1)
		}
	}
	sum := racesSum{Races: len(report.Races), Tried: report.Tried, Caused: report.Caused, Left: report.Left}
	if t.json {
		return printJSON(t.out, sum)
	}
	t.printf("%d orders tried, %d cannot be; %d kinds of orders change what the user ends up with", sum.Tried, sum.Caused, sum.Races)
	if sum.Left > 0 {
		t.printf("%d orders were left: --most 0 tries all", sum.Left)
	}
	return nil
}
