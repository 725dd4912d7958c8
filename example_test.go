package hookswitch_test

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// A cell is one agent's softphone without any I/O: tell it what happened and when, and do what it asks for.
func Example() {
	cell, err := runtime.NewCell(runtime.Config{
		Cell: "agent-1", Options: messages.DefaultOptions(), IDPrefix: "k3v9-", Registry: actors.Softphone(),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer cell.Close()

	show := func(step runtime.Step, err error) {
		if err != nil {
			log.Fatal(err)
		}
		for _, out := range step.Outputs {
			fmt.Printf("%s %s, decided by %s of %s\n", out.ID, out.Effect.Kind(), out.Row, out.Chart)
		}
	}
	show(cell.Handle(0, messages.Initialize{Call: 1}))
	show(cell.Handle(40*time.Millisecond, messages.HTTPAnswered{Effect: "1.1", Status: 503}))
	if due, ok := cell.NextTimer(); ok { // nobody sleeps: the embedder's clock says when
		fmt.Println("next timer at", due)
		show(cell.FireNext(due))
	}
	// Output:
	// 1.1 request, decided by New/Perform of request
	// 1.2 request, decided by New/Perform of request
	// next timer at 15.04s
	// 3.1 request, decided by Waiting/after[retryDelay] of request
}

// The sample of the README is the example above with what it prints, and its ladder is what engine prints.
func TestReadmeIsTrue(t *testing.T) {
	readme := read(t, "README.md")
	body := between(t, read(t, "example_test.go"), "func Example() {\n", "\t// Output:")
	if sample := "func main() {\n" + body + "}\n"; !strings.Contains(readme, sample) {
		t.Errorf("README.md does not have the body of Example: copy it")
	}
	printed := strings.ReplaceAll(between(t, read(t, "example_test.go"), "\t// Output:\n", "}\n"), "\t// ", "")
	if !strings.Contains(readme, "\n```\n"+printed+"```\n") {
		t.Errorf("README.md does not have what Example prints: copy it:\n%s", printed)
	}
	if _, sample, _ := strings.Cut(read(t, "runtime/example_test.go"), "func answerEveryCall"); !strings.Contains(readme, sample) {
		t.Errorf("README.md does not have answerEveryCall of runtime/example_test.go: copy it")
	}
	const name = "scenarios/01-inbound-call-to-hangup.jsonl"
	if !slices.Contains(captures.Names(), name) || !strings.Contains(readme, "captures/"+name+".gz") {
		t.Errorf("README.md does not show how to replay %s", name)
	}
	ladder := ladderOf(t, name)
	for _, line := range strings.Split(between(t, readme, "<!-- ladder -->\n```\n", "```"), "\n") {
		if line != "" && line != "      …" && !slices.Contains(ladder, line) {
			t.Errorf("engine does not print this line of README.md, copy its ladder anew: %s", line)
		}
	}
}

// ladderOf are the lines that engine replay prints for a recording.
func ladderOf(t *testing.T, name string) []string {
	t.Helper()
	recording, err := captures.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = recording.Close() }()
	engine := exec.Command("go", "run", "./cmd/engine", "replay", "/dev/stdin")
	engine.Stdin, engine.Stderr = recording, os.Stderr
	out, err := engine.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(out), "\n")
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// between is what stands between two marks, or a failure.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, after, found := strings.Cut(text, from)
	within, _, ends := strings.Cut(after, to)
	if !found || !ends {
		t.Fatalf("there is nothing between %q and %q", from, to)
	}
	return within
}
