package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
)

// scenarioEnding is how the names of scenario files end.
const scenarioEnding = ".scenario"

// scenarioMax bounds a scenario file; the parser's own limit is lower and says so.
const scenarioMax = 4 << 20

// playedOut is what came of one scenario, as JSON.
type playedOut struct {
	Scenario string `json:"scenario"`
	// AsWritten: what came of it is what the file says. NothingWritten: the file says nothing.
	AsWritten      bool     `json:"asWritten"`
	NothingWritten bool     `json:"nothingWritten,omitempty"`
	Laws           string   `json:"laws"`
	Broken         []broken `json:"broken,omitempty"`
	Why            string   `json:"why,omitempty"`
	Inputs         int      `json:"inputs"`
}

// broken is a law that was broken, as JSON.
type broken struct {
	Phone string `json:"phone"`
	Entry uint64 `json:"entry"`
	Law   string `json:"law"`
	What  string `json:"what"`
}

func brokenOf(outcome play.Outcome) (list []broken) {
	for _, b := range outcome.Broken {
		list = append(list, broken{b.Phone, b.Seq, b.Law, b.What})
	}
	return list
}

// ok tells whether a scenario goes as it should: as written, or, where nothing is written, by the laws.
func (p playedOut) ok() bool {
	return p.Why == "" && (p.AsWritten || p.NothingWritten && len(p.Broken) == 0)
}

// play plays scenario files and compares what comes of them with what they say. One scenario that is named alone is told in
// full.
func (c *simulateCommand) play(t *terminal) error {
	files, err := c.files()
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	asWritten := 0
	for i, f := range files {
		t.progress(i, len(files))
		p, text := playFile(f)
		t.progress(0, 0)
		if p.ok() {
			asWritten++
		}
		if err := c.tell(t, p, text, len(files) == 1); err != nil {
			return err
		}
	}
	if !t.json {
		t.printf("%d of %d scenarios go as they should", asWritten, len(files))
	}
	if asWritten < len(files) {
		return errFails
	}
	return nil
}

func playFile(f scenarios.File) (playedOut, string) {
	outcome, err := play.Play(f.Scenario, play.Options{Text: true})
	p := playedOut{Scenario: f.Path, Laws: outcome.Verdict(), Broken: brokenOf(outcome), Inputs: outcome.Inputs}
	switch {
	case err != nil:
		p.Why = err.Error()
	case f.Scenario.Expected == "":
		p.NothingWritten = true
	case outcome.Text == f.Scenario.Expected:
		p.AsWritten = true
	default:
		p.Why = play.Difference(f.Scenario.Expected, outcome.Text)
	}
	return p, outcome.Text
}

func (c *simulateCommand) tell(t *terminal, p playedOut, text string, alone bool) error {
	switch {
	case t.json:
		return printJSON(t.out, p)
	case alone:
		t.printf("%s", strings.TrimSuffix(text, "\n"))
	}
	if p.ok() {
		t.printf("ok     %s", p.Scenario)
		return nil
	}
	t.printf("DIFFER %s", p.Scenario)
	if p.Why == "" {
		p.Why = p.Laws
	}
	for line := range strings.Lines(p.Why) {
		t.printf("  %s", strings.TrimSuffix(line, "\n"))
	}
	return nil
}

// files are the scenarios that were named: files, folders, or folders of the binary; none named: all of the binary.
func (c *simulateCommand) files() ([]scenarios.File, error) {
	if len(c.Scenarios) == 0 {
		return scenarios.All()
	}
	var all []scenarios.File
	for _, name := range c.Scenarios {
		found, err := scenariosAt(name)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func scenariosAt(name string) ([]scenarios.File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return shipped(name)
	case err != nil:
		return nil, err
	case !info.IsDir():
		f, err := scenarioFile(name)
		return []scenarios.File{f}, err
	}
	var all []scenarios.File
	err = filepath.WalkDir(name, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, scenarioEnding) {
			return err
		}
		f, err := scenarioFile(file)
		all = append(all, f)
		return err
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s: no scenario is in it: their names end in %s", name, scenarioEnding)
	}
	return all, err
}

func scenarioFile(name string) (scenarios.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return scenarios.File{}, err
	}
	if info.Size() > scenarioMax {
		return scenarios.File{}, fmt.Errorf("%s: it is longer than %d bytes, and no scenario", name, scenarioMax)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return scenarios.File{}, err
	}
	s, err := scenario.Parse(name, text)
	return scenarios.File{Path: name, Scenario: s}, err
}

// shipped are the scenarios of the binary that a name means: a folder, or one by its path or its name.
func shipped(name string) ([]scenarios.File, error) {
	all, err := scenarios.All()
	if err != nil {
		return nil, err
	}
	means := func(f scenarios.File) bool {
		return path.Dir(f.Path) == name || f.Path == name || strings.TrimSuffix(path.Base(f.Path), scenarioEnding) == strings.TrimSuffix(name, scenarioEnding)
	}
	found := slices.DeleteFunc(all, func(f scenarios.File) bool { return !means(f) })
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: there is no such file, nor such a scenario in this binary; its folders are %s", name, strings.Join(scenarios.Folders(), ", "))
	}
	return found, nil
}
