// Command engine replays, verifies, compares and redacts recordings of softphone clients, explores what they may do, and lists
// the charts that it decides by. It exits with 0 when it is done, 1 when the thing that it checked does not hold, 2 when it was used wrongly.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// The exit codes.
const (
	exitDone  = 0
	exitFails = 1
	exitUsage = 2
)

// errFails is what a command returns when the thing that it checked does not hold; it has said so already.
var errFails = errors.New("it does not hold")

// commands is the command line.
type commands struct {
	JSON    bool             `name:"json" help:"Write the result as JSON lines."`
	Version kong.VersionFlag `help:"Print the version of this binary."`

	Replay   replayCommand   `cmd:"" help:"Replay a capture or a journal; print what came in, what was decided and why."`
	Verify   verifyCommand   `cmd:"" help:"Replay recordings and compare the decisions with the recorded ones."`
	Diff     diffCommand     `cmd:"" help:"Compare the decisions of two captures or journals; first difference first."`
	Redact   redactCommand   `cmd:"" help:"Write a recording without personal data or secrets, replaying identically."`
	Simulate simulateCommand `cmd:"" help:"Play scenarios of calls, or draw them from seeds and look for broken laws."`
	Whatif   whatifCommand   `cmd:"" help:"Play the calls of a log under another configuration, side by side."`
	Races    racesCommand    `cmd:"" help:"Try the orders of a log that the protocol leaves open; print those that change what the user ends up with."`
	Explore  exploreCommand  `cmd:"" help:"Go through every state that a softphone can be in, and prove that none answers without consent."`
	Serve    serveCommand    `cmd:"" help:"Run the simulated platform on a port, for the real SDK and for softphones."`
	Charts   chartsCommand   `cmd:"" help:"List the charts that this binary was built from, or print one."`
}

// terminal is where a command writes.
type terminal struct {
	out, err io.Writer
	json     bool
	watching *bool // whether a person sees what is written to err; nil: if it is a terminal
}

// printf writes a line of the result; whether it could be written is seen at the end.
func (t *terminal) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(t.out, format+"\n", args...)
}

// warn writes a line beside the result.
func (t *terminal) warn(lines ...string) {
	for _, line := range lines {
		_, _ = fmt.Fprintln(t.err, "engine: warning: "+line)
	}
}

// progress writes how far it is, for a person who waits; of 0 takes it away again. It writes nothing where nobody watches.
func (t *terminal) progress(done, of int) {
	switch {
	case !t.watched():
	case of == 0:
		_, _ = fmt.Fprint(t.err, eraseLine)
	default:
		_, _ = fmt.Fprintf(t.err, "%s%d of %d ", eraseLine, done, of)
	}
}

// eraseLine goes to the beginning of a terminal's line, and takes away what stands there (ECMA-48 section 8.3.41).
const eraseLine = "\r\033[K"

// watched tells whether a person sees what is written beside the result.
func (t *terminal) watched() bool {
	if t.watching != nil {
		return *t.watching
	}
	f, is := t.err.(*os.File)
	if !is || t.json {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// patience is for how long nobody wants to know what is being done, and how often it is said then.
const patience = time.Second

// during says what is being done and for how long, for a person who waits, until it is ended; at changes what is said.
func (t *terminal) during(what string) (at func(what string), end func()) {
	if !t.watched() {
		return func(string) {}, func() {}
	}
	begun, tick, texts, ended, gone := time.Now(), time.NewTicker(patience), make(chan string), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			select {
			case what = <-texts:
			case <-tick.C:
				_, _ = fmt.Fprintf(t.err, "%s%s, %s ", eraseLine, what, time.Since(begun).Round(time.Second))
			case <-ended:
				_, _ = fmt.Fprint(t.err, eraseLine)
				return
			}
		}
	}()
	return func(what string) { texts <- what }, func() { tick.Stop(); close(ended); <-gone }
}

// garbage is how much the heap may grow before it is swept, in percent of what lives: cells live in little memory, and most of
// what a replay or a simulation makes is gone at once.
const garbage = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// helpShown unwinds from kong after it has printed its help.
type helpShown struct{}

// run is main without the process: it parses the arguments, runs the command and returns the exit code.
func run(args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			if _, shown := r.(helpShown); !shown {
				panic(r)
			}
			code = exitDone
		}
	}()
	var cli commands
	parser, err := kong.New(&cli, kong.Name("engine"), kong.Writers(stdout, stderr), kong.UsageOnError(), kong.Vars{"log": logHelp, "version": version()},
		kong.Description("A deterministic call-control core for softphones: replay, verify, compare, redact, simulate, explore."),
		kong.Exit(func(int) { panic(helpShown{}) }))
	if err != nil {
		panic(fmt.Sprintf("engine: the command line is declared wrongly: %v", err))
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	args = asHelp(args)
	if name, is := noSuchCommand(parser.Model, args); is {
		names := commandNames(parser.Model)
		tell(stderr, fmt.Errorf("%s: no such command; the commands are %s: see engine --help", name, names))
		return exitUsage
	}
	context, err := parser.Parse(withNegatives(args))
	if err != nil {
		tell(stderr, fmt.Errorf("%s: see %s --help", misused(err), commandOf(parser.Model, args)))
		return exitUsage
	}
	out := &result{to: stdout}
	err = context.Run(&terminal{out: out, err: stderr, json: cli.JSON})
	if fault := out.fault(); fault != nil {
		err = fault
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFails):
		return exitFails
	default:
		tell(stderr, err)
		return exitUsage
	}
}

// tell writes an error; of several that were joined, each on a line that begins as all do.
func tell(stderr io.Writer, err error) {
	if several, is := err.(interface{ Unwrap() []error }); is && strings.Contains(err.Error(), "\n") && isJoin(err, several.Unwrap()) {
		for _, one := range several.Unwrap() {
			tell(stderr, one)
		}
		return
	}
	_, _ = fmt.Fprintf(stderr, "engine: %s\n", replay.Readable(err))
}

// isJoin tells whether an error is nothing but others in a row, as errors.Join makes it.
func isJoin(err error, parts []error) bool {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.Error()
	}
	return err.Error() == strings.Join(texts, "\n")
}

// version is what this binary is: the version that its journals carry, and the module and revision that it was built from.
func version() string {
	text := "engine " + runtime.EngineVersion
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text
	}
	built := []string{info.Main.Path + " " + info.Main.Version, info.GoVersion}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			built = append(built, "revision "+s.Value)
		}
	}
	return text + " (" + strings.Join(built, ", ") + ")"
}
