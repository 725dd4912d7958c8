package main

import (
	"fmt"
	"io"
	"os"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

type replayCommand struct {
	Profile      string `help:"The quirks to decide with: corrected, or sdk- and a version. Default: the version that the log names." placeholder:"P"`
	Until        int    `help:"Stop after the record with this seq." placeholder:"N"`
	Conversation string `help:"Print only what concerns this conversation." placeholder:"ID"`
	Out          string `help:"Write what was decided as capture/1 records, - for standard output." placeholder:"FILE"`
	Log          string `arg:"" help:"The recording."`
}

// Run replays the recording.
func (c *replayCommand) Run(t *terminal) error {
	log, err := capture.ReadFile(c.Log)
	if err != nil {
		return err
	}
	t.warn(log.Warnings...)
	profile, err := profileOf(c.Profile, log)
	if err != nil {
		return err
	}
	result, failed := play(log, profile, c.Until)
	if result == nil {
		return failed
	}
	if c.Out != "" {
		if err := writeRecords(t.out, c.Out, result); err != nil {
			return err
		}
	}
	if c.Out != "-" {
		if err := c.print(t, result); err != nil {
			return err
		}
	}
	if failed != nil {
		_, _ = fmt.Fprintf(t.err, "engine: %s: %v\n", c.Log, failed)
		return errFails
	}
	return nil
}

func (c *replayCommand) print(t *terminal, result *replay.Result) error {
	entries := result.Entries
	if c.Conversation != "" {
		entries = about(messages.ConversationID(c.Conversation), entries)
		if len(entries) == 0 {
			return fmt.Errorf("replay: %s: nothing in %s concerns this conversation: give the id as the log has it", c.Conversation, c.Log)
		}
	}
	n := newNames()
	rungs := climb(n, entries)
	if t.json {
		return printJSON(t.out, rungs...)
	}
	printLadder(t.out, n, rungs)
	if len(result.Unanswered) > 0 && c.Conversation == "" {
		t.printf("never answered: %v", result.Unanswered)
	}
	return nil
}

// profileOf is the profile of a name, or else of the SDK's version that the log names.
func profileOf(name string, log *capture.Capture) (quirk.Set, error) {
	if name == "" {
		name = "sdk-" + log.Config.SDK
	}
	set, err := quirk.Profile(name)
	if err != nil {
		return 0, fmt.Errorf("%s: %w: choose one with --profile", log.Name, err)
	}
	return set, nil
}

// play replays a capture on a fresh cell. When the cell fails, the result has what happened before.
func play(log *capture.Capture, profile quirk.Set, until int) (*replay.Result, error) {
	phone, done, err := host.New(host.Config(log, profile))
	if err != nil {
		return nil, err
	}
	defer done()
	options := host.Options(log)
	options.Until = until
	return replay.Run(log.Records, phone, options)
}

// writeRecords writes a replay's outputs to a file, or to standard output for -.
func writeRecords(stdout io.Writer, path string, result *replay.Result) (err error) {
	if path == "-" {
		return capture.Write(stdout, result.Outputs)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("replay: %w: give a path that can be written", err)
	}
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = fmt.Errorf("replay: %w", closed)
		}
	}()
	return capture.Write(f, result.Outputs)
}
