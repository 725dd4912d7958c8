package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

type verifyCommand struct {
	Profile *string `help:"The quirks to decide with: corrected, or sdk- and a version. Default: the version that the capture names." placeholder:"P"`
	List    bool    `help:"List the recordings in this binary, or those whose names have a path in them, and do nothing else."`
	Quiet   bool    `short:"q" help:"Print only what differs, and the last line."`
	// Late is 0 where nothing is said: a browser that is never late is none.
	Late time.Duration `help:"How late a recorded timer may be: more on a machine that was busy. Default: 60ms for a browser, 1ms on virtual time." placeholder:"DURATION"`
	peers
	Paths []string `arg:"" optional:"" name:"path" help:"Captures, HARs, journals, folders of them, or names of recordings in this binary. None: all of those."`
}

// outcome is what verifying one recording came to.
type outcome struct {
	verdict  verdict
	compared string   // of a match: what was compared
	details  []string // of a difference: the divergence with what is around it
	warnings []string
	unusable error // the recording could not be read
}

// Run verifies the recordings, on all cores; the results are printed in the order of the paths.
func (c *verifyCommand) Run(t *terminal) error {
	if c.List {
		return list(t, c.Paths)
	}
	if c.Late < 0 {
		return fmt.Errorf("verify: --late %v: a timer is late by a time above 0", c.Late)
	}
	profile, err := chosen("verify", c.Profile)
	if err != nil {
		return err
	}
	if profile != "" {
		if _, err := quirk.Profile(profile); err != nil {
			return fmt.Errorf("verify: %w: choose one with --profile", err)
		}
	}
	sources, err := c.sources()
	if err != nil {
		return err
	}
	if c.WebRTCInternals != "" && len(sources) != 1 {
		return errOneLog
	}
	outcomes := make([]chan outcome, len(sources))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	work := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sources)) {
		workers.Go(func() {
			for i := range work {
				outcomes[i] <- c.verify(sources[i], profile)
			}
		})
	}
	go func() {
		for i := range sources {
			work <- i
		}
		close(work)
	}()
	err = c.print(t, outcomes)
	workers.Wait()
	return err
}

// list prints the names of the recordings in this binary: all, or those that have one of the parts in their names.
func list(t *terminal, parts []string) error {
	found := 0
	for _, name := range captures.Names() {
		if len(parts) > 0 && !slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) }) {
			continue
		}
		found++
		if !t.json {
			t.printf("%s", name)
		} else if err := printJSON(t.out, map[string]string{"file": name}); err != nil {
			return err
		}
	}
	if found == 0 {
		return fmt.Errorf("verify: --list %s: no recording is called so: engine verify --list lists all", strings.Join(parts, " "))
	}
	return nil
}

func (c *verifyCommand) print(t *terminal, outcomes []chan outcome) error {
	matched := 0
	var unusable []error
	for i, ready := range outcomes {
		t.progress(i, len(outcomes))
		o := <-ready
		t.progress(0, 0)
		if o.unusable != nil {
			unusable = append(unusable, o.unusable)
			if t.json {
				if err := printJSON(t.out, o.verdict); err != nil {
					return err
				}
			}
			continue
		}
		t.warn(o.warnings...)
		if o.verdict.Match {
			matched++
		}
		if c.Quiet && o.verdict.Match {
			continue
		}
		if err := o.print(t); err != nil {
			return err
		}
	}
	if t.json {
		if err := printJSON(t.out, verified{matched, len(outcomes)}); err != nil {
			return err
		}
	} else {
		t.printf("verified %d of %d", matched, len(outcomes))
	}
	switch {
	case len(unusable) > 0:
		return errors.Join(unusable...)
	case matched < len(outcomes):
		return errFails
	default:
		return nil
	}
}

func (c *verifyCommand) verify(name, profile string) outcome {
	log, err := openWith(name, c.WebRTCInternals)
	if err != nil {
		return unusable(name, err)
	}
	result, err := playing{profile: profile}.play(log)
	if err != nil {
		return unusable(name, err)
	}
	if log.capture == nil {
		return journalOutcome(name, result)
	}
	tolerance := log.capture.Config.Tolerance()
	tolerance.Late = cmp.Or(c.Late, tolerance.Late)
	report, undecided := compare(log.capture, result, tolerance)
	o := outcome{verdict: verdictOf(name, report), warnings: result.warnings, compared: compared(report)}
	if o.verdict.Unreadable = unreadable(result.entries); o.verdict.Unreadable > 0 {
		o.compared += fmt.Sprintf(", %d frames not readable", o.verdict.Unreadable)
	}
	if log.capture.Inferred {
		o.verdict.Inferred = inferredIn(log.capture)
		o.compared += fmt.Sprintf(", the wire alone: %s inferred", counted(o.verdict.Inferred, "record"))
	}
	if line := log.capture.CutAfter; line > 0 {
		o.verdict.UndecidedAfter, o.verdict.Undecided = line, undecided
		o.compared += fmt.Sprintf(", undecided after line %d (%d more decided here)", line, undecided)
	}
	if !report.Match() {
		if o.verdict.Consulted, err = consultedBy(log.capture, result, report.First()); err != nil {
			return unusable(name, err)
		}
		if o.details, err = detailed(report, log.capture, newLadder(result)); err != nil {
			return unusable(name, err)
		}
	}
	if result.failed != nil {
		o.verdict.Match, o.verdict.Why = false, "the cell failed: "+result.failed.Error()
	}
	return o
}

// errOneLog is a dump of webrtc-internals for several logs.
var errOneLog = errors.New("--webrtc-internals is for one HAR: give one path")

// compare holds a replay against its recording: of one of the wire alone, what was seen there. What a recording that was cut may have lost is not compared, but counted.
func compare(log *capture.Capture, result *played, tolerance capture.Tolerance) (report capture.Report, undecided int) {
	inputs, outputs := log.Records, result.outputs
	if log.Inferred {
		inputs, outputs = capture.OnWire(inputs), capture.OnWire(outputs)
	}
	recorded, replayed := capture.Decide(inputs), capture.Decide(outputs)
	if log.CutAfter > 0 {
		last := log.Records[len(log.Records)-1]
		replayed, undecided = capture.Decided(recorded, replayed, last.At-tolerance.Late)
	}
	return capture.CompareDecisions(recorded, replayed, tolerance), undecided
}

// inferredIn counts the records that were inferred.
func inferredIn(log *capture.Capture) (n int) {
	for _, r := range log.Records {
		if capture.InferredBy(r) != "" {
			n++
		}
	}
	return n
}

// unreadable counts the frames that came in and could not be read.
func unreadable(entries []replay.Entry) int {
	n := 0
	for _, e := range entries {
		if e.Problem != "" && e.Record != nil && e.Record.Kind == "ws.recv" {
			n++
		}
	}
	return n
}

// unusable is the outcome of a recording that could not be read or replayed.
func unusable(name string, err error) outcome {
	return outcome{unusable: err, verdict: verdict{File: name, Compared: map[string]int{}, Why: replay.Readable(err)}}
}

// detailed shows the first divergence, with the aliases of the replay's ladder.
func detailed(report capture.Report, log *capture.Capture, l *ladder) ([]string, error) {
	var text bytes.Buffer
	if err := report.Show(&text, log.Records, l.names.in); err != nil {
		return nil, err
	}
	l.legend(&text, text.String())
	return strings.Split(strings.TrimSpace(text.String()), "\n"), nil
}

// journalOutcome is that of a journal whose entries were decided again.
func journalOutcome(name string, result *played) outcome {
	outputs := 0
	for _, e := range result.entries {
		outputs += len(e.Step.Outputs)
	}
	v := verdict{File: name, Match: result.differs == "" && result.failed == nil, Why: result.differs,
		Compared: map[string]int{"entries": len(result.entries), "outputs": outputs}}
	if result.failed != nil {
		v.Why = "the cell failed: " + result.failed.Error()
	}
	return outcome{verdict: v, warnings: result.warnings, compared: fmt.Sprintf("entries=%d outputs=%d", len(result.entries), outputs)}
}

// verified is the last line of verify.
type verified struct {
	Verified int `json:"verified"`
	Of       int `json:"of"`
}

// verdict is one recording's line of verify, as JSON.
type verdict struct {
	File     string         `json:"file"`
	Match    bool           `json:"match"`
	Compared map[string]int `json:"compared"`
	List     string         `json:"list,omitempty"`
	Index    int            `json:"index,omitempty"`
	Line     int            `json:"line,omitempty"`
	Expected string         `json:"expected,omitempty"`
	Got      string         `json:"got,omitempty"`
	Why      string         `json:"why,omitempty"`
	// Consulted are the quirks that count where it differs. A journal's are in Why.
	Consulted []consulted `json:"consulted,omitempty"`
	// Unreadable counts the frames that could not be read.
	Unreadable int `json:"unreadable,omitempty"`
	// Inferred counts the records that were inferred from the wire.
	Inferred int `json:"inferred,omitempty"`
	// UndecidedAfter is the last whole line of a recording that was cut; Undecided is how much was decided here that it may have lost.
	UndecidedAfter int `json:"undecidedAfter,omitempty"`
	Undecided      int `json:"undecided,omitempty"`
}

// verdictOf is what a comparison came to.
func verdictOf(name string, report capture.Report) verdict {
	v := verdict{File: name, Match: report.Match(), Compared: report.Compared}
	if v.Match {
		return v
	}
	d := report.First()
	v.List, v.Index, v.Why = d.List, d.Index, d.Why
	if d.Want != nil {
		v.Line, v.Expected = d.Want.Line, d.Want.Shown()
	}
	if d.Got != nil {
		v.Got = d.Got.Shown()
	}
	return v
}

func compared(report capture.Report) string {
	n := report.Compared
	return fmt.Sprintf("events=%d api=%d rest=%d stanzas=%d looks=%d", n[capture.EventList], n[capture.APIList],
		n[capture.ConversationList]+n[capture.OtherRESTList], n["stanzas"]+n[capture.StreamList], n[capture.StateList])
}

func (o outcome) print(t *terminal) error {
	v := o.verdict
	switch {
	case t.json:
		return printJSON(t.out, v)
	case v.Match:
		t.printf("match %s %s", v.File, o.compared)
		return nil
	case v.List == "":
		t.printf("DIFFER %s %s", v.File, v.Why)
	default:
		t.printf("DIFFER %s %s #%d", v.File, v.List, v.Index)
	}
	if v.Unreadable > 0 {
		t.printf("  %d frames not readable", v.Unreadable)
	}
	for _, c := range v.Consulted {
		t.printf("  %v", c)
	}
	for _, line := range o.details {
		t.printf("  %s", line)
	}
	return nil
}

// sources are the recordings that the paths name.
func (c *verifyCommand) sources() ([]string, error) {
	if len(c.Paths) == 0 {
		return captures.Names(), nil
	}
	var list []string
	for _, path := range c.Paths {
		found, err := below(path)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		list = append(list, found...)
	}
	return list, nil
}

// endings are how the names of recordings end, in folders.
var endings = []string{".jsonl", ".jsonl.gz", ".journal", ".journal.gz", ".har", ".har.gz"}

// below are a recording, or those in a folder and the folders in it, in the order of their names.
func below(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		name, in, err := open(path)
		if err != nil {
			return nil, err
		}
		if path == stdin {
			name = path
		}
		return []string{name}, in.Close()
	}
	var list []string
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(file, e) }) {
			list = append(list, file)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: give folders that can be read", err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no *%s in this folder: give one that has recordings", path, strings.Join(endings, ", *"))
	}
	return list, nil
}
