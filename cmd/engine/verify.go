package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
)

type verifyCommand struct {
	Profile string   `help:"The quirks to decide with: corrected, or sdk- and a version. Default: the version that the capture names." placeholder:"P"`
	List    bool     `help:"List the recordings in this binary and do nothing else."`
	Paths   []string `arg:"" optional:"" name:"path" help:"Captures, journals, folders of them, or names of recordings in this binary. None: all of those."`
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
		return list(t)
	}
	if c.Profile != "" {
		if _, err := quirk.Profile(c.Profile); err != nil {
			return fmt.Errorf("verify: %w: choose one with --profile", err)
		}
	}
	sources, err := c.sources()
	if err != nil {
		return err
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
				outcomes[i] <- c.verify(sources[i])
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

// list prints the names of the recordings in this binary.
func list(t *terminal) error {
	for _, name := range captures.Names() {
		if !t.json {
			t.printf("%s", name)
		} else if err := printJSON(t.out, map[string]string{"file": name}); err != nil {
			return err
		}
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
			continue
		}
		t.warn(o.warnings...)
		if o.verdict.Match {
			matched++
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

func (c *verifyCommand) verify(name string) outcome {
	log, err := openLog(name)
	if err != nil {
		return outcome{unusable: err}
	}
	result, err := playing{profile: c.Profile}.play(log)
	if err != nil {
		return outcome{unusable: err}
	}
	if log.capture == nil {
		return journalOutcome(name, result)
	}
	report := capture.Compare(log.capture.Records, result.outputs, log.capture.Config.Tolerance())
	o := outcome{verdict: verdictOf(name, report), warnings: result.warnings, compared: compared(report)}
	if !report.Match() {
		if o.details, err = detailed(report, log.capture, newLadder(result)); err != nil {
			return outcome{unusable: err}
		}
	}
	if result.failed != nil {
		o.verdict.Match, o.verdict.Why = false, "the cell failed: "+result.failed.Error()
	}
	return o
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
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// endings are how the names of recordings end, in folders.
var endings = []string{".jsonl", ".jsonl.gz", ".journal", ".journal.gz"}

// below are a recording, or those in a folder and the folders in it, in the order of their names.
func below(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		name, in, err := open(path)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
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
		return nil, fmt.Errorf("verify: %w: give folders that can be read", err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("verify: %s: no *%s in this folder: give one that has recordings", path, strings.Join(endings, ", *"))
	}
	return list, nil
}
