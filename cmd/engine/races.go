package main

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
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
	peers
}

// raceOrder is an order, as JSON.
type raceOrder struct {
	Moved       string `json:"moved"`
	MovedEntry  uint64 `json:"movedEntry"`
	Passed      string `json:"passed"`
	PassedEntry uint64 `json:"passedEntry"`
}

// raceFound is a race, as JSON. Times is how many orders change the same, this one and Also.
type raceFound struct {
	raceOrder
	Differences []string    `json:"differences"`
	Never       []uint64    `json:"never"` // entries
	Unanswered  []string    `json:"unanswered"`
	Times       int         `json:"times"`
	Also        []raceOrder `json:"also"`
}

// racesSum is the last line, as JSON.
type racesSum struct {
	Races  int `json:"races"`
	Tried  int `json:"tried"`
	Caused int `json:"caused"`
	Left   int `json:"left"`
}

func (c *racesCommand) Run(t *terminal) error {
	if c.Window < 0 {
		return fmt.Errorf("races: --window %s: give how far an input may be moved, such as 300ms", c.Window)
	}
	if c.Most < 0 {
		return fmt.Errorf("races: --most %d: give how many orders are tried at most, or 0 for all", c.Most)
	}
	log, err := openWith(c.Log, c.WebRTCInternals)
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
	return c.tell(t, report, newLadder(run))
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

// tell prints the races, with the aliases of the ladder.
func (c *racesCommand) tell(t *terminal, report races.Report, l *ladder) error {
	if !t.json {
		return c.write(t, report, l)
	}
	for _, r := range report.Races {
		if err := printJSON(t.out, raceJSON(r)); err != nil {
			return err
		}
	}
	return printJSON(t.out, racesSum{Races: len(report.Races), Tried: report.Tried, Caused: report.Caused, Left: report.Left})
}

func (c *racesCommand) write(t *terminal, report races.Report, l *ladder) error {
	var text strings.Builder
	if err := report.Write(&text); err != nil {
		return err
	}
	body := l.names.in(text.String())
	l.head(t.out, body)
	t.printf("%s", strings.TrimSuffix(body, "\n"))
	return nil
}

func raceJSON(r races.Race) raceFound {
	of := func(o races.Order) raceOrder {
		return raceOrder{o.Moved.Kind(), o.Moved.Entry, o.Passed.Kind(), o.Passed.Entry}
	}
	found := raceFound{
		raceOrder: of(r.Order), Differences: r.Differences, Never: []uint64{}, Unanswered: append([]string{}, r.Unanswered...), Times: 1 + len(r.Also),
		Also: []raceOrder{},
	}
	for _, in := range r.Never {
		found.Never = append(found.Never, in.Entry)
	}
	for _, o := range r.Also {
		found.Also = append(found.Also, of(o))
	}
	return found
}
