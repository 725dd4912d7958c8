package fsm

import (
	"fmt"
	"strings"
)

// Mermaid draws the chart as a stateDiagram-v2, in the order written: each state within the one around it, and an arrow for
// each row that enters a state. Internal rows enter none, and rows of the chart itself leave none in particular: neither are
// drawn.
func (c *Chart[D]) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	drawStates(&b, c.root, "    ")
	for _, r := range c.allRows() {
		if r.to != nil && r.owner != c.root {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", figure(r.owner), figure(r.to), r.arrow())
		}
	}
	return b.String()
}

// drawStates declares the states directly within one. A state belongs to the block in which it is named first, so all are
// named before the arrows.
func drawStates[D any](b *strings.Builder, around *node[D], indent string) {
	if len(around.children) > 0 {
		fmt.Fprintf(b, "%s[*] --> %s\n", indent, figure(around.initial()))
	}
	for _, n := range around.children {
		id := figure(n)
		if id != string(n.name) {
			fmt.Fprintf(b, "%sstate \"%s\" as %s\n", indent, n.name, id)
		}
		switch {
		case len(n.children) > 0:
			fmt.Fprintf(b, "%sstate %s {\n", indent, id)
			drawStates(b, n, indent+"    ")
			fmt.Fprintf(b, "%s}\n", indent)
		case id == string(n.name):
			fmt.Fprintf(b, "%s%s\n", indent, id)
		}
		if n.final {
			fmt.Fprintf(b, "%s%s --> [*]\n", indent, id)
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
	return s
}
