// Command engine replays, verifies, compares and redacts recordings of softphone clients, and lists the charts that it
// decides by. It exits with 0 when it is done, 1 when the thing that it checked does not hold, 2 when it was used wrongly.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
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
	JSON bool `name:"json" help:"Write the result as JSON lines."`

	Replay replayCommand `cmd:"" help:"Replay a capture or a journal; print what came in, what was decided and why."`
	Verify verifyCommand `cmd:"" help:"Replay recordings and compare the decisions with the recorded ones."`
	Diff   diffCommand   `cmd:"" help:"Compare the decisions of two captures or journals; first difference first."`
	Redact redactCommand `cmd:"" help:"Write a recording without personal data or secrets, replaying identically."`
	Charts chartsCommand `cmd:"" help:"List the charts that this binary was built from, or print one."`
}

// terminal is where a command writes.
type terminal struct {
	out, err io.Writer
	json     bool
}

// printf writes a line of the result. A reader that went away, as head does, is no fault.
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
	f, is := t.err.(*os.File)
	if !is || t.json {
		return
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return
	}
	if of == 0 {
		_, _ = fmt.Fprint(f, "\r\033[K")
		return
	}
	_, _ = fmt.Fprintf(f, "\r\033[K%d of %d ", done, of)
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

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
	parser, err := kong.New(&cli, kong.Name("engine"), kong.Writers(stdout, stderr), kong.UsageOnError(), kong.Vars{"log": logHelp},
		kong.Description("A deterministic call-control core for softphones: replay, verify, compare, redact."),
		kong.Exit(func(int) { panic(helpShown{}) }))
	if err != nil {
		panic(fmt.Sprintf("engine: the command line is declared wrongly: %v", err))
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	context, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "engine: %v: see engine --help\n", err)
		return exitUsage
	}
	err = context.Run(&terminal{out: stdout, err: stderr, json: cli.JSON})
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFails):
		return exitFails
	default:
		_, _ = fmt.Fprintf(stderr, "engine: %v\n", err)
		return exitUsage
	}
}
