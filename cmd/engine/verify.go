package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
)

type verifyCommand struct {
	Profile string   `help:"The quirks to decide with: corrected, or sdk- and a version. Default: the version that the log names." placeholder:"P"`
	Paths   []string `arg:"" optional:"" name:"path" help:"Recordings, or folders of them. None: those in this binary."`
}

// logSource is a recording that can be opened.
type logSource struct {
	name string
	open func() (*capture.Capture, error)
}

// outcome is what verifying one recording came to.
type outcome struct {
	log      *capture.Capture
	report   capture.Report
	failed   error // the cell failed
	unusable error // the recording could not be read
}

// Run verifies the recordings, on all cores; the results are printed in the order of the paths.
func (c *verifyCommand) Run(t *terminal) error {
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
	err = c.print(t, sources, outcomes)
	workers.Wait()
	return err
}

func (c *verifyCommand) print(t *terminal, sources []logSource, outcomes []chan outcome) error {
	matched := 0
	var unusable []error
	for i, s := range sources {
		o := <-outcomes[i]
		if o.unusable != nil {
			unusable = append(unusable, o.unusable)
			continue
		}
		t.warn(o.log.Warnings...)
		if o.failed == nil && o.report.Match() {
			matched++
		}
		if err := o.print(t, s.name); err != nil {
			return err
		}
	}
	if t.json {
		if err := printJSON(t.out, verified{matched, len(sources)}); err != nil {
			return err
		}
	} else {
		t.printf("verified %d of %d", matched, len(sources))
	}
	switch {
	case len(unusable) > 0:
		return errors.Join(unusable...)
	case matched < len(sources):
		return errFails
	default:
		return nil
	}
}

func (c *verifyCommand) verify(s logSource) outcome {
	log, err := s.open()
	if err != nil {
		return outcome{unusable: err}
	}
	profile, err := profileOf(c.Profile, log)
	if err != nil {
		return outcome{unusable: err}
	}
	result, failed := play(log, profile, 0)
	if result == nil {
		return outcome{unusable: failed}
	}
	return outcome{
		log: log, failed: failed, report: capture.Compare(log.Records, result.Outputs, log.Config.Tolerance()),
	}
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

func (o outcome) print(t *terminal, name string) error {
	v := verdict{File: name, Match: o.failed == nil && o.report.Match(), Compared: o.report.Compared}
	if o.failed != nil {
		v.Why = o.failed.Error()
	}
	if !o.report.Match() {
		d := o.report.First()
		v.List, v.Index = d.List, d.Index
		if v.Why == "" {
			v.Why = d.Why
		}
		if d.Want != nil {
			v.Line, v.Expected = d.Want.Line, d.Want.Shown()
		}
		if d.Got != nil {
			v.Got = d.Got.Shown()
		}
	}
	if t.json {
		return printJSON(t.out, v)
	}
	return o.printText(t, v)
}

func (o outcome) printText(t *terminal, v verdict) error {
	if v.Match {
		t.printf("match %s events=%d api=%d rest=%d stanzas=%d looks=%d", v.File, v.Compared[capture.EventList],
			v.Compared[capture.APIList], v.Compared[capture.ConversationList]+v.Compared[capture.OtherRESTList],
			v.Compared["stanzas"]+v.Compared[capture.StreamList], v.Compared[capture.StateList])
		return nil
	}
	if o.failed != nil {
		t.printf("DIFFER %s the cell failed: %v", v.File, o.failed)
	}
	if o.report.Match() {
		return nil
	}
	if o.failed == nil {
		t.printf("DIFFER %s %s #%d", v.File, v.List, v.Index)
	}
	var text bytes.Buffer
	if err := o.report.Show(&text, o.log.Records, nil); err != nil {
		return err
	}
	t.printf("  %s", strings.ReplaceAll(strings.TrimSpace(text.String()), "\n", "\n  "))
	return nil
}

// sources are the recordings that the paths name.
func (c *verifyCommand) sources() ([]logSource, error) {
	if len(c.Paths) == 0 {
		return embedded(), nil
	}
	var list []logSource
	for _, path := range c.Paths {
		found, err := below(path)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

func embedded() []logSource {
	var list []logSource
	for _, name := range captures.Names() {
		list = append(list, logSource{name, func() (*capture.Capture, error) {
			in, err := captures.Open(name)
			if err != nil {
				return nil, err
			}
			defer func() { _ = in.Close() }()
			return capture.Read(name, in)
		}})
	}
	return list
}

// below are a file, or the recordings in a folder and the folders in it, in the order of their names.
func below(path string) ([]logSource, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("verify: %w: give recordings or folders of them", err)
	}
	if !info.IsDir() {
		return []logSource{fromFile(path)}, nil
	}
	var list []logSource
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(file, ".jsonl") {
			list = append(list, fromFile(file))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("verify: %s: no *.jsonl in this folder: give one that has recordings", path)
	}
	return list, nil
}

func fromFile(path string) logSource {
	return logSource{path, func() (*capture.Capture, error) { return capture.ReadFile(path) }}
}
