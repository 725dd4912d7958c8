// Package stories plays texts to one instance of one chart and writes down what it decided.
//
// A story is a block of a text file, in the manner of datadriven: which chart and profile, then one input a line, a line
// of four dashes, and what came of it. Lines that begin with # say why the story is told.
//
//	# The server refuses a second stream for a while.
//	chart connection
//	quirks sdk-9.2.4
//	Connect jid=u@org.example
//	RequestFailed http.status=503 http.retryAfter=3s
//	ToldToWait/after[toldDelay]
//	----
//	Idle -> Channelling  Idle/Connect
//	…
//
// The profile is corrected unless a quirks line names another. A line "from State {json}" begins the instance in that
// state with that data. An input is the name of a message and its fields: path=value, a bare path for true, or a JSON
// object for the whole. Paths are names of Go fields in any case, joined by dots. A timer fires by its row's place in the
// chart, such as Up/after 14s, with late=3s for one that comes late.
//
// What is played is the chart as an actor runs it; nobody answers what it asks for, the story does.
package stories

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

//go:embed testdata
var files embed.FS

// Row is one row that a story took.
type Row struct{ Chart, Address string }

// Story is one block of a file.
type Story struct {
	Name  string   // the file, without testdata/ and its ending, such as connection/a-server-says-when
	Lines []string // the header and the inputs
}

// All lists the stories of this package, in the order of their files and within each as written.
func All() ([]Story, error) {
	var all []Story
	err := fs.WalkDir(files, "testdata", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		if err == nil {
			all = append(all, blocks(nameOf(path), string(text))...)
		}
		return err
	})
	return all, err
}

func nameOf(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txt")
}

// blocks reads the stories of a file: what is between an empty line and the dashes.
func blocks(name, text string) []Story {
	var all []Story
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			lines = nil
		case line == "----":
			if len(lines) > 0 {
				all = append(all, Story{Name: name, Lines: lines})
			}
			lines = nil
		default:
			lines = append(lines, line)
		}
	}
	return all
}

// Play plays a story to a fresh instance. It returns what came of it, as text, and the rows taken, in order. An error
// names the story and the line.
func Play(s Story) (text string, taken []Row, err error) {
	p := player{now: messages.Ref(1)}
	for _, line := range s.Lines {
		if err := p.line(line); err != nil {
			return "", nil, fmt.Errorf("stories: %s: %q: %w", s.Name, line, err)
		}
	}
	return p.out.String(), p.taken, nil
}

// player is one instance that a story is played to.
type player struct {
	now     messages.Ref
	machine actors.Machine
	quirks  quirk.Set
	state   fsm.State
	out     strings.Builder
	taken   []Row
}

func (p *player) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case word == "chart":
		return p.begin(rest)
	case p.machine == nil:
		return fmt.Errorf("no chart: begin with a line such as: chart connection")
	case word == "quirks":
		set, err := quirk.Profile(rest)
		p.quirks = set
		return err
	case word == "from":
		return p.restore(rest)
	case strings.Contains(word, "/"):
		return p.fire(line)
	}
	in, err := input(word, rest)
	if err != nil {
		return err
	}
	return p.step(word, in)
}

// begin makes the instance of the chart.
func (p *player) begin(chart string) error {
	for _, machines := range actors.Softphone() {
		for _, m := range machines() {
			if m.Name() == chart {
				p.machine = m
				return nil
			}
		}
	}
	return fmt.Errorf("no actor has a chart of this name: see engine charts")
}

// restore puts the instance into a state, with data as its snapshot has it.
func (p *player) restore(rest string) error {
	state, data, _ := strings.Cut(rest, " ")
	if data == "" {
		data = "{}"
	}
	return p.machine.Restore(fmt.Appendf(nil, `{"state":%q,"data":%s}`, state, data))
}

// fire plays the firing of a timer of the chart.
func (p *player) fire(line string) error {
	timer, late, isLate := strings.Cut(line, " late=")
	fired := messages.TimerFired{Actor: p.now, Timer: p.machine.Name() + "." + timer}
	if isLate {
		d, err := time.ParseDuration(late)
		if err != nil {
			return err
		}
		fired.Late = d
	}
	return p.step(timer, fired)
}

// step plays one input. A panic of the chart is the story's error: it is a bug, and the line says where.
func (p *player) step(what string, in messages.Input) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the chart panics: %v", reason)
		}
	}()
	var out fsm.Outcome
	p.machine.Step(p.quirks, in, &out)
	switch out.Verdict {
	case fsm.Taken:
		p.taken = append(p.taken, Row{out.Chart, out.Row})
		fmt.Fprintf(&p.out, "%s -> %s  %s\n", out.From, out.To, out.Row)
	case fsm.Ignored:
		fmt.Fprintf(&p.out, "%s: %s: ignored: %s\n", out.From, what, out.Why)
	default:
		fmt.Fprintf(&p.out, "%s: %s: %s\n", out.From, what, out.Verdict)
	}
	for _, act := range out.Acts {
		fmt.Fprintf(&p.out, "  %s\n", actText(act))
	}
	for _, t := range out.Timers {
		fmt.Fprintf(&p.out, "  %s\n", timerText(p.machine.Name(), t))
	}
	return nil
}
