package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the whole examples of the docs anew")

const (
	fence   = "```"
	omitted = "…"
)

// The examples of the pages are run, those of a page in their order and in one folder, and print what stands there. A line …
// stands for any number of lines; [exit N] is the exit code if it is not 0.
func TestTheExamplesOfTheDocs(t *testing.T) {
	for name, atLeast := range map[string]int{"cli.md": 10, "simulate.md": 3} {
		page, err := filepath.Abs("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { runExamples(t, page, atLeast) })
	}
}

func runExamples(t *testing.T, page string, atLeast int) {
	text := textOf(t, page)
	t.Chdir(t.TempDir())
	tamper(t)
	parts := strings.Split(text, fence)
	commands := 0
	for i := 1; i < len(parts); i += 2 {
		body, isConsole := strings.CutPrefix(parts[i], "console\n")
		if !isConsole {
			continue
		}
		var again strings.Builder
		for _, example := range strings.Split("\n"+body, "\n$ engine ")[1:] {
			command, want, _ := strings.Cut(strings.TrimSuffix(example, "\n"), "\n")
			commands++
			got := printed(t, command)
			_, _ = fmt.Fprintf(&again, "$ engine %s\n%s", command, got)
			if lines := strings.Split(want, "\n"); !*rewrite && !looksLike(strings.Split(strings.TrimSuffix(got, "\n"), "\n"), lines) {
				t.Errorf("engine %s prints otherwise than %s says; go test ./cmd/engine -rewrite mends examples without %s:\n%s", command, filepath.Base(page), omitted, got)
			}
		}
		if !slices.Contains(strings.Split(body, "\n"), omitted) {
			parts[i] = "console\n" + again.String()
		}
	}
	if commands < atLeast {
		t.Errorf("only %d examples were run", commands)
	}
	if *rewrite {
		if err := os.WriteFile(page, []byte(strings.Join(parts, fence)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// tamper writes the journal that an example shows: one announcement is another than was decided.
func tamper(t *testing.T) {
	t.Helper()
	text := strings.Replace(textOf(t, journalOf(t, "24")), `"name":"pendingSession"`, `"name":"cancelPendingSession"`, 1)
	if err := os.WriteFile("tampered.journal", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// printed is what a command prints, with its exit code. It may send its result to a file.
func printed(t *testing.T, command string) string {
	t.Helper()
	command, to, toFile := strings.Cut(command, " > ")
	code, out, errs := engine(strings.Fields(command)...)
	if toFile {
		if err := os.WriteFile(to, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		out = ""
	}
	if out += errs; code != exitDone {
		out += fmt.Sprintf("[exit %d]\n", code)
	}
	return out
}

// looksLike tells whether lines are those of a pattern, in which … stands for any number of lines.
func looksLike(lines, pattern []string) bool {
	if len(pattern) == 0 {
		return len(lines) == 0
	}
	if pattern[0] == omitted {
		for skip := range len(lines) + 1 {
			if looksLike(lines[skip:], pattern[1:]) {
				return true
			}
		}
		return false
	}
	return len(lines) > 0 && lines[0] == pattern[0] && looksLike(lines[1:], pattern[1:])
}

func TestLooksLike(t *testing.T) {
	lines := []string{"a", "b", "c"}
	for pattern, want := range map[string]bool{"a b c": true, "a … c": true, "… c": true, "…": true, "a b": false, "… b": false, "a … b": false} {
		if got := looksLike(lines, strings.Fields(pattern)); got != want {
			t.Errorf("%q: %t", pattern, got)
		}
	}
}

// The README lists the commands that there are.
func TestTheReadmeListsTheCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, help, _ := engine("--help")
	for _, line := range strings.Split(help, "\n") {
		command, isCommand := strings.CutPrefix(line, "  ")
		name, _, _ := strings.Cut(command, " ")
		if !isCommand || !strings.Contains(command, "[flags]") {
			continue
		}
		if !bytes.Contains(readme, []byte("| `engine "+name)) {
			t.Errorf("README.md does not list engine %s", name)
		}
	}
}
