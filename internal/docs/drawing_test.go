package docs

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
)

// A drawing names each state once, in the block of the state around it and before any arrow between states: Mermaid puts a
// state where it is named first. Nothing is drawn that is no state.
func TestDrawings(t *testing.T) {
	for _, chart := range actors.Charts() {
		within, arrows := drawn(t, chart)
		for _, s := range chart.States() {
			id := strings.ReplaceAll(s.Name, "-", "_")
			parent, ok := within[id]
			if !ok || parent != strings.ReplaceAll(s.Parent, "-", "_") {
				t.Errorf("%s: %s is drawn: %v, within %q, want within %q", chart.Name(), s.Name, ok, parent, s.Parent)
			}
			delete(within, id)
		}
		for id := range within {
			t.Errorf("%s: %s is drawn and no state", chart.Name(), id)
		}
		if want := entering(chart); arrows != want {
			t.Errorf("%s: %d arrows, want one for each of the %d rows that lead from one state to another", chart.Name(), arrows, want)
		}
	}
}

// entering counts the rows that leave a state and enter one.
func entering(chart fsm.Declared) int {
	n := 0
	for _, r := range chart.Rows() {
		if r.Target != "" && r.State != chart.Name() {
			n++
		}
	}
	return n
}

// drawn reads a drawing: the block that each state is named in, "" for the outermost, and how many arrows have a label.
func drawn(t *testing.T, chart fsm.Declared) (within map[string]string, arrows int) {
	t.Helper()
	within = map[string]string{}
	blocks := []string{""}
	lines := strings.Split(strings.TrimSuffix(chart.Mermaid(), "\n"), "\n")
	if lines[0] != "stateDiagram-v2" {
		t.Fatalf("%s: the drawing begins with %q", chart.Name(), lines[0])
	}
	name := func(id string) {
		if _, again := within[id]; !again && id != "[*]" {
			within[id] = blocks[len(blocks)-1]
		}
	}
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		switch {
		case words[0] == "}":
			blocks = blocks[:len(blocks)-1]
		case words[0] == "state" && words[len(words)-1] == "{":
			name(words[1])
			blocks = append(blocks, words[1])
		case words[0] == "state":
			name(words[len(words)-1])
		case len(words) > 2 && words[1] == "-->":
			name(words[0])
			name(strings.TrimSuffix(words[2], ":"))
			if strings.HasSuffix(words[2], ":") {
				arrows++
			}
		default:
			name(line[strings.LastIndex(line, " ")+1:])
		}
	}
	return within, arrows
}
