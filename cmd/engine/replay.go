package main

import (
	"fmt"
	"io"
	"os"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime"
)

type replayCommand struct {
	Profile      string `help:"The quirks to decide with: corrected, or sdk- and a version. Default: the version that the capture names." placeholder:"P"`
	Until        int    `help:"Stop after this entry." placeholder:"N"`
	Conversation string `help:"Print only what concerns this conversation: its id, or its alias in the ladder, such as C1." placeholder:"ID"`
	All          bool   `help:"Print every entry, every row, and each row that was passed over because of a guard."`
	Out          string `help:"Write what was decided as capture/1 records, - for standard output." placeholder:"FILE"`
	Journal      string `help:"Write the journal of a capture's replay, - for standard output." placeholder:"FILE"`
	Log          string `arg:"" help:"${log}"`
}

// Run replays the recording.
func (c *replayCommand) Run(t *terminal) error {
	if c.Until < 0 {
		return fmt.Errorf("replay: --until %d: give the number of an entry, from 1", c.Until)
	}
	log, err := openLog(c.Log)
	if err != nil {
		return err
	}
	if log.capture == nil && (c.Journal != "" || c.Out != "") {
		return fmt.Errorf("replay: %s: is a journal: --journal and --out are for captures", c.Log)
	}
	how := playing{profile: c.Profile, until: c.Until}
	if c.Journal != "" {
		file, err := create(t.out, c.Journal)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		how.journal = runtime.NewStreamJournal(file, runtime.SyncNever)
	}
	result, err := how.play(log)
	if err != nil {
		return err
	}
	t.warn(result.warnings...)
	if c.Out != "" {
		if err := c.writeOutputs(t, result); err != nil {
			return err
		}
	}
	if c.Out != "-" && c.Journal != "-" {
		if err := c.print(t, result); err != nil {
			return err
		}
	}
	return result.stops(t)
}

func (c *replayCommand) print(t *terminal, result *played) error {
	l := newLadder(result)
	if err := l.only(c.Conversation); err != nil {
		return fmt.Errorf("replay: %s: %w", c.Log, err)
	}
	if t.json {
		return l.printJSON(t.out)
	}
	l.print(t.out, c.All)
	return nil
}

func (c *replayCommand) writeOutputs(t *terminal, result *played) error {
	file, err := create(t.out, c.Out)
	if err != nil {
		return err
	}
	err = capture.Write(file, result.outputs)
	if closed := file.Close(); err == nil && closed != nil {
		err = fmt.Errorf("replay: %w", closed)
	}
	return err
}

// create makes a file to write to, or takes standard output for -, which closing leaves open.
func create(stdout io.Writer, path string) (io.WriteCloser, error) {
	if path == "-" {
		return keptOpen{stdout}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w: give a path that can be written", err)
	}
	return f, nil
}

// keptOpen is a writer whose Close does nothing.
type keptOpen struct{ io.Writer }

// Close does nothing.
func (keptOpen) Close() error { return nil }
