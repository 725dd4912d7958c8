package whatif

import (
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// Log is a recording that was decided again: what the client was told, and what it decided.
type Log struct {
	// Name is what reports call the recording, such as its path.
	Name string
	// Options are the client's, as it was recorded.
	Options messages.Options
	// Quirks are those that the recording was decided with.
	Quirks quirk.Set
	// Entries are in order. What an entry decided is what the recorded client decided, as far as the profile is right.
	Entries []replay.Entry
	// Warnings are what was wrong with the recording but not fatal.
	Warnings []string
}

// Embedded reads a capture of package captures by its name.
func Embedded(name string) (Log, error) {
	in, err := captures.Open(name)
	if err != nil {
		return Log{}, fmt.Errorf("whatif: %w", err)
	}
	defer func() { _ = in.Close() }()
	return ReadCapture(name, in)
}

// ReadCapture reads a capture and decides it by the profile of the SDK version that it names.
func ReadCapture(name string, in io.Reader) (Log, error) {
	c, err := capture.Read(name, in)
	if err != nil {
		return Log{}, fmt.Errorf("whatif: %w", err)
	}
	return FromCapture(c)
}

// FromCapture decides a capture again by the profile of the SDK version that it names, or by that of this engine where
// there is none of that version (a warning says so). The error is of a recording that cannot be replayed, and names it.
func FromCapture(c *capture.Capture) (Log, error) {
	on, err := host.Profile(c)
	warnings := slices.Clone(c.Warnings)
	if err != nil {
		on = quirk.SDK924()
		warnings = append(warnings, fmt.Sprintf("%s: recorded with SDK %q, of which there is no profile: decided as sdk-9.2.4", c.Name, c.Config.SDK))
	}
	cfg := host.Config(c, on)
	cfg.Cell = path.Base(filepath.ToSlash(c.Name))
	phone, done, err := host.New(cfg)
	if err != nil {
		return Log{}, fmt.Errorf("whatif: %w", err)
	}
	defer done()
	result, err := replay.Run(c.Records, phone, host.Options(c))
	if err != nil {
		return Log{}, fmt.Errorf("whatif: %s: %w", c.Name, err)
	}
	return Log{Name: c.Name, Options: cfg.Options, Quirks: on, Entries: result.Entries, Warnings: warnings}, nil
}

// errDiffers is a journal that this engine does not decide as it was recorded.
var errDiffers = errors.New("this engine does not decide it as it was recorded: take the engine that its header names")

// FromJournal decides a journal again. The error names the line.
func FromJournal(j replay.Journal) (Log, error) {
	run, err := replay.RunJournal(j, actors.Softphone(), 0)
	if err != nil {
		return Log{}, fmt.Errorf("whatif: %w", err)
	}
	if d := run.Report.Difference; d != nil {
		return Log{}, fmt.Errorf("whatif: %s:%d: %w", j.Name, d.Line, errDiffers)
	}
	on, err := quirk.Parse(run.Header.Quirks)
	if err != nil {
		return Log{}, fmt.Errorf("whatif: %s: %w", j.Name, err)
	}
	log := Log{Name: j.Name, Options: run.Header.Options, Quirks: on, Entries: run.Entries}
	if run.Report.Cut > 0 {
		log.Warnings = append(log.Warnings, fmt.Sprintf("%s:%d: the last line is cut: it was left out", j.Name, run.Report.Cut))
	}
	return log, nil
}
