package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// played is a recording that was replayed, as far as it went.
type played struct {
	name       string
	title      string // what it is and how it was decided
	quirks     quirk.Set
	entries    []replay.Entry
	outputs    []port.Record // as records of capture/1; of a capture only
	unanswered []messages.EffectID
	warnings   []string
	differs    string // the first difference with its place; of a journal only
	apart      string // where a capture's replay differs from it first, if somebody asked
	failed     error  // the cell failed
}

// playing are the ways in which a recording is played.
type playing struct {
	profile string
	until   int                   // the last entry; 0: all
	journal runtime.JournalWriter // gets the journal of a capture's replay; may be nil
}

func (p playing) play(r *recording) (*played, error) {
	if r.capture == nil {
		run, err := p.playJournal(r.journal)
		if run != nil {
			run.warnings = append(run.warnings, r.warnings...)
		}
		return run, err
	}
	return p.playCapture(r.capture)
}

func (p playing) playCapture(log *capture.Capture) (*played, error) {
	profile, err := profileOf(p.profile, log)
	if err != nil {
		return nil, err
	}
	cfg := host.Config(log, profile)
	cfg.Cell, cfg.Journal = path.Base(filepath.ToSlash(log.Name)), p.journal // where the file was is nobody's business
	phone, done, err := host.New(cfg)
	if err != nil {
		return nil, err
	}
	defer done()
	options := host.Options(log)
	options.Entries = p.until
	result, failed := replay.Run(log.Records, phone, options)
	if result == nil {
		return nil, failed
	}
	title := fmt.Sprintf("a recording of SDK %s, decided as %s", log.Config.SDK, profileName(profile))
	if log.Inferred {
		title = fmt.Sprintf("a recording of the wire, %s inferred, decided as %s", counted(inferredIn(log), "record"), profileName(profile))
	}
	return &played{
		name: log.Name, title: title, quirks: profile,
		entries: result.Entries, outputs: result.Outputs, unanswered: result.Unanswered, warnings: log.Warnings, failed: failed,
	}, nil
}

var errProfile = errors.New("a journal names its own quirks: --profile is for captures")

func (p playing) playJournal(j replay.Journal) (*played, error) {
	if p.profile != "" {
		return nil, fmt.Errorf("%s: %w", j.Name, errProfile)
	}
	run, failed := replay.RunJournal(j, actors.Softphone(), p.until)
	if run == nil {
		return nil, failed
	}
	quirks, err := quirk.Parse(run.Header.Quirks)
	if err != nil {
		return nil, err
	}
	out := &played{
		name: j.Name, title: fmt.Sprintf("the journal of cell %s by engine %s, decided as %s", run.Header.Cell, run.Header.Engine, profileName(quirks)),
		quirks: quirks, entries: run.Entries, unanswered: run.Report.Unanswered, warnings: journalWarnings(j.Name, run), failed: failed,
	}
	if d := run.Report.Difference; d != nil {
		out.differs, out.unanswered = fmt.Sprintf("%v, in line %d", d, d.Line), nil
	}
	return out, nil
}

// journalWarnings are what is worth knowing of a journal beside what it decides.
func journalWarnings(name string, run *replay.JournalRun) []string {
	var list []string
	if run.Report.Cut > 0 {
		list = append(list, fmt.Sprintf("%s:%d: the last line is cut: it was left out", name, run.Report.Cut))
	}
	if u := run.Report.Unfinished; u != nil {
		list = append(list, fmt.Sprintf("%s: the journal ends within entry %d: what it decided may not have been done", name, u.Seq))
	}
	if len(run.Report.Changed) > 0 {
		list = append(list, fmt.Sprintf("%s: written by other versions of these charts: %s", name, strings.Join(run.Report.Changed, ", ")))
	}
	return list
}

// profileOf is the profile of a name, or else of the SDK's version that the log names.
func profileOf(name string, log *capture.Capture) (quirk.Set, error) {
	if name == "" && log.Config.SDK == "" {
		return quirk.Set{}, fmt.Errorf("%s: the config record names no SDK version: choose --profile", log.Name)
	}
	if name == "" {
		name = "sdk-" + log.Config.SDK
	}
	set, err := quirk.Profile(name)
	if err != nil {
		return quirk.Set{}, fmt.Errorf("%s: %w: choose one with --profile", log.Name, err)
	}
	return set, nil
}

// profileName is the name of a set of quirks.
func profileName(on quirk.Set) string {
	for _, name := range quirk.Profiles() {
		if set, err := quirk.Profile(name); err == nil && slices.Equal(set.Names(), on.Names()) {
			return name
		}
	}
	return fmt.Sprintf("%d quirks of its own", len(on.Names()))
}

// stops is the error of a replay that did not go to its end, or nil.
func (p *played) stops(t *terminal) error {
	if p.failed != nil {
		tell(t.err, p.failed)
		return errFails
	}
	if p.differs != "" {
		return errFails
	}
	return nil
}
