package fsm

import (
	"fmt"
	"strings"
)

// Mermaid draws the chart as a stateDiagram-v2, in the order written. An internal row is a loop whose label ends with
// "(stays)". Rows of the chart itself start at a state named after the chart.
func (c *Chart[D]) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	drawStates(&b, c.root, "    ")
	for _, r := range c.allRows() {
		to := r.to
		if to == nil {
			to = r.owner
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", figure(r.owner), figure(to), r.arrow())
	}
	return b.String()
}

func drawStates[D any](b *strings.Builder, around *node[D], indent string) {
	if len(around.children) > 0 {
		fmt.Fprintf(b, "%s[*] --> %s\n", indent, figure(around.initial()))
	}
	for _, n := range around.children {
		if id := figure(n); id != string(n.name) {
			fmt.Fprintf(b, "%sstate \"%s\" as %s\n", indent, n.name, id)
		}
		if len(n.children) > 0 {
			fmt.Fprintf(b, "%sstate %s {\n", indent, figure(n))
			drawStates(b, n, indent+"    ")
			fmt.Fprintf(b, "%s}\n", indent)
		}
		if n.final {
			fmt.Fprintf(b, "%s%s --> [*]\n", indent, figure(n))
		}
	}
}

// figure is the state's name as Mermaid accepts it: a hyphen would be read as part of an arrow.
func figure[D any](n *node[D]) string { return strings.ReplaceAll(string(n.name), "-", "_") }

// arrow is the row's label: what it waits for, guards, quirks, actions.
func (r *row[D]) arrow() string {
	s := r.label()
	if len(r.guards) > 0 {
		s += " [" + strings.Join(r.guardNames(), " && ") + "]"
	}
	if when := r.condition(); when != "" {
		s += " " + when
	}
	if len(r.actions) > 0 {
		s += " / " + strings.Join(r.actionNames(), ", ")
	}
	if r.to == nil {
		s += " (stays)"
	}
	return s
}
