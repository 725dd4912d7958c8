package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime"
)

type replayCommand struct {
	Profile      *string `help:"The quirks to decide with: corrected, or sdk- and a version. Default: the version that the capture names." placeholder:"P"`
	Until        *string `help:"Stop after this entry." placeholder:"N"`
	Conversation string  `help:"Print only what concerns this conversation: its id, or its alias in the ladder, such as C1." placeholder:"ID"`
	All          bool    `help:"Print every entry, every row, and each row that was passed over because of a guard."`
	Out          string  `help:"Write what was decided as capture/1 records, - for standard output." placeholder:"FILE"`
	Journal      string  `help:"Write the journal of a capture's replay, - for standard output." placeholder:"FILE"`
	peers
	Log string `arg:"" help:"${log}"`
}

// Run replays the recording.
func (c *replayCommand) Run(t *terminal) error {
	how, err := c.how()
	if err != nil {
		return err
	}
	log, err := openWith(c.Log, c.WebRTCInternals)
	if err != nil {
		return err
	}
	if log.capture == nil && (c.Journal != "" || c.Out != "") {
		return fmt.Errorf("replay: %s: is a journal: --journal and --out are for captures", c.Log)
	}
	var journal *target
	if c.Journal != "" {
		if journal, err = newTarget(t.out, c.Journal); err != nil {
			return err
		}
		defer journal.discard()
		how.journal = runtime.NewStreamJournal(journal, runtime.SyncNever)
	}
	result, err := how.play(log)
	if err != nil {
		return err
	}
	t.warn(result.warnings...)
	if last := lastEntry(result); how.until > last && result.failed == nil && result.differs == "" {
		t.warn(fmt.Sprintf("--until %d: the log ends with entry %d", how.until, last))
	}
	if log.capture != nil && how.until == 0 && result.failed == nil {
		if result.apart, err = apart(log.capture, result); err != nil {
			return err
		}
	}
	if c.Out != "" {
		if err := c.writeOutputs(t, result); err != nil {
			return err
		}
	}
	if journal != nil {
		if err := journal.keep(); err != nil {
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

// lastEntry is the number of the last entry that was decided.
func lastEntry(result *played) (last int) {
	for _, e := range result.entries {
		last = max(last, int(e.Step.Seq))
	}
	return last
}

var errOneOutput = errors.New("replay: --out - and --journal - are both standard output: give one of them a file")

// how reads the flags, and refuses those that contradict each other or would overwrite the recording.
func (c *replayCommand) how() (playing, error) {
	how := playing{}
	var err error
	if how.profile, err = chosen("replay", c.Profile); err != nil {
		return how, err
	}
	if c.Until != nil {
		if how.until, err = strconv.Atoi(*c.Until); err != nil || how.until < 1 {
			return how, fmt.Errorf("replay: --until %s: give the number of an entry, from 1", *c.Until)
		}
	}
	if c.Out == "-" && c.Journal == "-" {
		return how, errOneOutput
	}
	for _, flag := range []struct{ name, path string }{{"--out", c.Out}, {"--journal", c.Journal}} {
		if info, err := os.Stat(flag.path); err == nil && info.Mode().IsRegular() && isSame(c.Log, info) {
			return how, fmt.Errorf("replay: %s %s: is the recording itself: give another file", flag.name, flag.path)
		}
	}
	if c.Out != "" && c.Out == c.Journal {
		return how, fmt.Errorf("replay: --out and --journal are both %s: give two files", c.Out)
	}
	return how, nil
}

// chosen is the profile that a flag names; "" where there is none.
func chosen(command string, profile *string) (string, error) {
	switch {
	case profile == nil:
		return "", nil
	case *profile == "":
		return "", fmt.Errorf("%s: --profile: a name is missing: give corrected, or sdk- and a version", command)
	default:
		return *profile, nil
	}
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
	file, err := newTarget(t.out, c.Out)
	if err != nil {
		return err
	}
	defer file.discard()
	if err := capture.Write(file, result.outputs); err != nil {
		return err
	}
	return file.keep()
}
