package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/whatif"
)

// whatifCommand plays the calls of recordings again, under another configuration.
type whatifCommand struct {
	LineAppearance *string  `help:"The station's line appearance: 1, or many (100)." placeholder:"N"`
	Persistent     *string  `help:"Whether the station has a persistent connection: true or false." placeholder:"BOOL"`
	Profile        *string  `help:"How the phone decides: corrected, or sdk- and a version." placeholder:"P"`
	Eager          *string  `help:"What is done with the offer of a persistent connection: auto, event or none." placeholder:"MODE"`
	Platform       []string `help:"An option of the platform, as docs/world.md lists them. May be repeated." placeholder:"KEY=VALUE"`
	Page           bool     `help:"Print one page that counts what is otherwise, as of a log of more than 6 calls." xor:"form"`
	SideBySide     bool     `help:"Lay the calls of each log side by side, as of a log of up to 6 calls." xor:"form"`
	All            bool     `help:"Lay calls side by side that go alike, too, and cut no list."`
	Scenario       string   `help:"Write the recovered calls as a scenario, - for standard output instead of the report." placeholder:"FILE"`
	peers
	Logs []string `arg:"" name:"log" help:"${log} Of a folder, or of several, a page with their sum is printed."`
}

// pageFrom is from how many calls on one log's report is a page that counts: nobody reads more of them side by side.
const pageFrom = 7

// Run recovers the calls of each log, plays them under the other configuration and prints the report.
func (c *whatifCommand) Run(t *terminal) error {
	change, err := c.change()
	if err != nil {
		return err
	}
	if t.json && (c.Page || c.SideBySide) {
		return errors.New("whatif: --json has one form: leave --page and --side-by-side out")
	}
	names, several, err := c.sources()
	if err != nil {
		return err
	}
	if several {
		return c.day(t, names, change)
	}
	at, end := t.during("reading")
	answer := c.ask(names[0], change, at)
	end()
	if answer.err != nil {
		return answer.err
	}
	t.warn(answer.warnings...)
	if c.Scenario != "" {
		if err := c.writeScenario(t, answer.report.Was.Scenario); err != nil || c.Scenario == "-" {
			return err
		}
	}
	if t.json {
		return printJSON(t.out, reportJSON(answer.report))
	}
	if c.isPage(len(answer.report.Calls)) {
		return c.page(t, answer.report)
	}
	return answer.report.Write(t.out, c.brevity())
}

// isPage tells whether one log's report is a page that counts.
func (c *whatifCommand) isPage(calls int) bool {
	return c.Page || calls >= pageFrom && !c.SideBySide && !c.All
}

// page prints one log's report as a page.
func (c *whatifCommand) page(t *terminal, report whatif.Report) error {
	day := whatif.NewDay(report.Change)
	day.Add(report)
	if err := day.Write(t.out, c.brevity()); err != nil {
		return err
	}
	if !c.Page && day.Different > 0 {
		t.printf("--side-by-side lays the calls side by side of which it would notice a difference.")
	}
	return nil
}

func (c *whatifCommand) brevity() whatif.Brevity { return whatif.Brevity{All: c.All} }

// change reads the flags.
func (c *whatifCommand) change() (change whatif.Change, err error) {
	if c.LineAppearance != nil {
		change.LineAppearance, err = strconv.Atoi(*c.LineAppearance)
		if err != nil || change.LineAppearance < 1 {
			return change, fmt.Errorf("whatif: --line-appearance %s: give a number, such as 1 or 100", *c.LineAppearance)
		}
	}
	if c.Persistent != nil {
		on, err := strconv.ParseBool(*c.Persistent)
		if err != nil {
			return change, fmt.Errorf("whatif: --persistent %s: give true or false", *c.Persistent)
		}
		change.Persistent = &on
	}
	if change.Profile, err = chosen("whatif", c.Profile); err != nil {
		return change, err
	}
	if c.Eager != nil {
		change.Eager = messages.Eagerness(*c.Eager)
	}
	for _, text := range c.Platform {
		key, value, is := strings.Cut(text, "=")
		if !is {
			return change, fmt.Errorf("whatif: --platform %s: write KEY=VALUE, such as hold-others=nobody", text)
		}
		change.Platform = append(change.Platform, scenario.Setting{Key: key, Value: value})
	}
	return change, change.Check()
}

// sources are the logs, and whether a sum is asked for.
func (c *whatifCommand) sources() (names []string, several bool, err error) {
	for _, path := range c.Logs {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			names = append(names, path)
			continue
		}
		several = true
		found, err := below(path)
		if err != nil {
			return nil, true, fmt.Errorf("whatif: %w", err)
		}
		names = append(names, found...)
	}
	several = several || len(names) > 1
	if several && c.WebRTCInternals != "" {
		return nil, true, errOneLog
	}
	if several && c.Scenario != "" {
		return nil, true, errors.New("whatif: --scenario is for one log")
	}
	return names, several, nil
}

// asked is what came of one log.
type asked struct {
	report   whatif.Report
	warnings []string
	err      error
}

// ask plays one log, and says at which step it is.
func (c *whatifCommand) ask(name string, change whatif.Change, at func(what string)) asked {
	r, err := openWith(name, c.WebRTCInternals)
	if err != nil {
		return asked{err: err}
	}
	at("deciding it again")
	log, err := logOf(r)
	if err != nil {
		return asked{err: err}
	}
	log.Warnings = append(log.Warnings, r.warnings...)
	at(fmt.Sprintf("recovering the calls of %s", counted(len(log.Entries), "record")))
	_, recovery, err := whatif.Recover(log)
	if err != nil {
		return asked{err: err, warnings: log.Warnings}
	}
	at(fmt.Sprintf("playing %s otherwise", counted(recovery.Calls, "call")))
	report, err := whatif.Compare(recovery, change)
	return asked{report, log.Warnings, err}
}

func logOf(r *recording) (whatif.Log, error) {
	if r.capture == nil {
		return whatif.FromJournal(r.journal)
	}
	return whatif.FromCapture(r.capture)
}

// day plays all logs, on all cores, and prints the sum.
func (c *whatifCommand) day(t *terminal, names []string, change whatif.Change) error {
	answers := make([]asked, len(names))
	work := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Go(func() {
			for i := range work {
				answers[i] = c.ask(names[i], change, func(string) {})
			}
		})
	}
	for i := range names {
		t.progress(i, len(names))
		work <- i
	}
	close(work)
	workers.Wait()
	t.progress(0, 0)
	day := whatif.NewDay(change)
	var unusable []error
	for _, a := range answers {
		t.warn(a.warnings...)
		if a.err != nil {
			unusable = append(unusable, a.err)
			continue
		}
		day.Add(a.report)
		if err := c.printOne(t, a.report); err != nil {
			return err
		}
	}
	if err := c.printDay(t, day); err != nil {
		return err
	}
	return errors.Join(unusable...)
}

// printOne prints what is printed of each of several logs.
func (c *whatifCommand) printOne(t *terminal, report whatif.Report) error {
	if t.json {
		return printJSON(t.out, reportJSON(report))
	}
	if !c.SideBySide {
		return nil
	}
	if err := report.Write(t.out, c.brevity()); err != nil {
		return err
	}
	t.printf("")
	return nil
}

func (c *whatifCommand) printDay(t *terminal, day *whatif.Day) error {
	if day.Logs == 0 {
		return nil
	}
	if t.json {
		return printJSON(t.out, dayJSON(day))
	}
	return day.Write(t.out, c.brevity())
}

// writeScenario writes the recovered calls.
func (c *whatifCommand) writeScenario(t *terminal, s scenario.Scenario) error {
	if c.Scenario == "-" {
		t.printf("%s", strings.TrimSuffix(s.String(), "\n"))
		return nil
	}
	if info, err := os.Stat(c.Scenario); err == nil && info.Mode().IsRegular() && isSame(c.Logs[0], info) {
		return fmt.Errorf("whatif: --scenario %s: is the recording itself: give another file", c.Scenario)
	}
	if err := os.WriteFile(c.Scenario, []byte(s.String()), 0o644); err != nil {
		return fmt.Errorf("whatif: %w: give a path that can be written", err)
	}
	return nil
}

// whatifLine is one log's report as JSON.
type whatifLine struct {
	File     string   `json:"file"`
	Change   string   `json:"change"`
	Recorded string   `json:"recorded"`
	Answer   []string `json:"answer"`
	whatif.Tally
	Differences []whatifDiffers  `json:"differences"`
	Was         whatifCost       `json:"was"`
	Is          whatifCost       `json:"is"`
	Untargeted  []string         `json:"untargeted"`
	Faithful    whatifFaithful   `json:"faithful"`
	Missing     []whatifNoteLine `json:"missing"`
	Nearly      []whatifNoteLine `json:"nearly"`
	Repairs     []whatifNoteLine `json:"repairs"`
}

type whatifDiffers struct {
	MS    float64 `json:"ms"`
	Call  string  `json:"call"`
	Kind  string  `json:"kind"`
	What  string  `json:"what"`
	Order bool    `json:"order"` // the same comes in another order
}

type whatifFaithful struct {
	Calls int    `json:"calls"`
	Alike int    `json:"alike"`
	First string `json:"first,omitempty"`
}

type whatifNoteLine struct {
	Line int    `json:"line"`
	What string `json:"what"`
}

// whatifCost is a total with its times in milliseconds.
type whatifCost struct {
	whatif.Total
	AudioMS []float64 `json:"msUntilHeard"`
	HeardMS float64   `json:"msHeard"`
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func costJSON(of whatif.Total) whatifCost {
	c := whatifCost{Total: of, HeardMS: milliseconds(of.Heard), AudioMS: []float64{}}
	for _, d := range of.Audio {
		c.AudioMS = append(c.AudioMS, milliseconds(d))
	}
	return c
}

func reportJSON(r whatif.Report) whatifLine {
	line := whatifLine{
		File: r.Recovery.Log, Change: r.Change.String(), Recorded: whatif.ConfigurationOf(r.Was.Scenario), Answer: r.Answer(), Tally: r.Tally(),
		Differences: []whatifDiffers{}, Was: costJSON(r.Was.Total()), Is: costJSON(r.Is.Total()), Untargeted: []string{},
		Faithful: whatifFaithful(r.Faithful), Missing: notesJSON(r.Recovery.Missing), Nearly: notesJSON(r.Recovery.Nearly), Repairs: notesJSON(r.Recovery.Repairs),
	}
	for _, c := range r.Calls {
		for _, d := range c.Differences {
			line.Differences = append(line.Differences, whatifDiffers{milliseconds(d.At), d.Call, d.Kind, d.What, d.Order})
		}
	}
	for _, u := range r.Is.Untargeted {
		line.Untargeted = append(line.Untargeted, u.String())
	}
	return line
}

func notesJSON(notes []whatif.Note) []whatifNoteLine {
	lines := []whatifNoteLine{}
	for _, n := range notes {
		lines = append(lines, whatifNoteLine{n.Line, n.What})
	}
	return lines
}

// whatifSum is the sum of many logs as JSON.
type whatifSum struct {
	Logs   int      `json:"logs"`
	Change string   `json:"change"`
	Answer []string `json:"answer"`
	whatif.Tally
	Kinds    []whatif.Kind  `json:"kinds"`
	Was      whatifCost     `json:"was"`
	Is       whatifCost     `json:"is"`
	Faithful whatifFaithful `json:"faithful"`
}

func dayJSON(d *whatif.Day) whatifSum {
	return whatifSum{
		Logs: d.Logs, Change: d.Change.String(), Answer: d.Answer(), Tally: d.Tally, Kinds: slices.Clip(append([]whatif.Kind{}, d.Kinds...)),
		Was: costJSON(d.Was), Is: costJSON(d.Is), Faithful: whatifFaithful(d.Faithful),
	}
}
