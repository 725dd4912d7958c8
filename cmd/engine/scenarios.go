package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	AsWritten      bool `json:"asWritten"`
	NothingWritten bool `json:"nothingWritten,omitempty"`
	// Flawed: quirks are on, so that what is written may be that a law is broken.
	Flawed bool     `json:"flawed,omitempty"`
	Laws   string   `json:"laws"`
	Broken []broken `json:"broken,omitempty"`
	Why    string   `json:"why,omitempty"`
	Inputs int      `json:"inputs"`
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

// ok tells whether a scenario goes as it should: as it is written, if anything is, and by the laws, unless it shows what
// quirks do.
func (p playedOut) ok() bool {
	return p.Why == "" && (len(p.Broken) == 0 || p.AsWritten && p.Flawed)
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
		p, text, err := c.playFile(t, f)
		t.progress(0, 0)
		if err != nil {
			return err
		}
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

// playFile plays one scenario as the flags say. The error is one of a flag or of a file that cannot be written.
func (c *simulateCommand) playFile(t *terminal, f scenarios.File) (playedOut, string, error) {
	s, err := c.changed(f.Scenario)
	if err != nil {
		return playedOut{}, "", err
	}
	journals := newJournals(c.Journal, strings.TrimSuffix(path.Base(filepath.ToSlash(f.Path)), scenarioEnding))
	outcome, err := play.Play(s, play.Options{Text: true, Journal: journals.writer(), Aftermath: journals.end})
	if err := journals.keep(t, outcome); err != nil {
		return playedOut{}, "", err
	}
	if err == nil && c.Rewrite {
		if err := writeAnew(f.Path, outcome.Text); err != nil {
			return playedOut{}, "", err
		}
		s.Expected = outcome.Text
	}
	p := playedOut{Scenario: f.Path, Laws: outcome.Verdict(), Broken: brokenOf(outcome), Inputs: outcome.Inputs, Flawed: s.Profile != profiles[0] || len(s.Quirks) > 0}
	switch {
	case err != nil:
		p.Why = err.Error()
	case s.Expected == "":
		p.NothingWritten = true
	case outcome.Text == s.Expected:
		p.AsWritten = true
	default:
		p.Why = play.Difference(s.Expected, outcome.Text)
	}
	return p, outcome.Text, nil
}

// writeAnew writes what came of a scenario below the dashes of its file. What stands above them stays byte for byte.
func writeAnew(name, outcome string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("simulate: --rewrite: %w: give a scenario file of your own", err)
	}
	if err := os.WriteFile(name, scenario.Rewritten(text, outcome), 0o644); err != nil {
		return fmt.Errorf("simulate: --rewrite: %w", err)
	}
	return nil
}

// list lists the scenarios of the binary whose names have one of the words in them.
func (c *simulateCommand) list(t *terminal) error {
	all, err := scenarios.All()
	if err != nil {
		return err
	}
	found := 0
	for _, f := range all {
		if len(c.Scenarios) > 0 && !slices.ContainsFunc(c.Scenarios, func(word string) bool { return strings.Contains(f.Path, word) }) {
			continue
		}
		found++
		if !t.json {
			t.printf("%s", f.Path)
		} else if err := printJSON(t.out, map[string]string{"scenario": f.Path, "title": f.Scenario.Title}); err != nil {
			return err
		}
	}
	if found == 0 {
		return fmt.Errorf("simulate: --list %s: no scenario is called so: engine simulate --list lists all", strings.Join(c.Scenarios, " "))
	}
	return nil
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
	if p.Why == "" {
		t.printf("BROKEN %s", p.Scenario)
		p.Why = p.Laws
	} else {
		t.printf("DIFFER %s", p.Scenario)
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
	if name == stdin {
		f, err := scenarioIn("standard input", os.Stdin)
		return []scenarios.File{f}, err
	}
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
	in, err := os.Open(name)
	if err != nil {
		return scenarios.File{}, err
	}
	defer func() { _ = in.Close() }()
	return scenarioIn(name, in)
}

func scenarioIn(name string, in io.Reader) (scenarios.File, error) {
	text, err := io.ReadAll(io.LimitReader(in, scenarioMax+1))
	switch {
	case err != nil:
		return scenarios.File{}, fmt.Errorf("%s: %w", name, err)
	case len(text) > scenarioMax:
		return scenarios.File{}, fmt.Errorf("%s: it is longer than %d bytes, and no scenario", name, scenarioMax)
	}
	if err := noScenario(name, text); err != nil {
		return scenarios.File{}, err
	}
	s, err := scenario.Parse(name, text)
	return scenarios.File{Path: name, Scenario: s}, err
}

// noScenario says why a file is no scenario, where its beginning shows it: one error, instead of one for each of its lines.
func noScenario(name string, text []byte) error {
	start := bytes.TrimLeft(text, "\ufeff \t\r\n")
	switch {
	case bytes.HasPrefix(start, []byte("{")), bytes.HasPrefix(text, []byte{0x1f, 0x8b}):
		return fmt.Errorf("%s: is no scenario: if it is a log, engine replay shows it, and engine whatif --scenario FILE recovers its calls as a scenario", name)
	case bytes.IndexByte(text, 0) >= 0:
		return fmt.Errorf("%s: is no scenario, or none in UTF-8: save the file as UTF-8, or give a file as docs/scenarios.md describes it", name)
	default:
		return nil
	}
}

// shipped are the scenarios of the binary that a name means: a folder, or one by its path or its name.
func shipped(name string) ([]scenarios.File, error) {
	all, err := scenarios.All()
	if err != nil {
		return nil, err
	}
	means := func(f scenarios.File) bool {
		return path.Dir(f.Path) == name || strings.TrimSuffix(f.Path, scenarioEnding) == strings.TrimSuffix(name, scenarioEnding) || strings.TrimSuffix(path.Base(f.Path), scenarioEnding) == strings.TrimSuffix(name, scenarioEnding)
	}
	found := slices.DeleteFunc(all, func(f scenarios.File) bool { return !means(f) })
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: there is no such file, nor such a scenario in this binary; its folders are %s", name, strings.Join(scenarios.Folders(), ", "))
	}
	return found, nil
}
