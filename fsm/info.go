package fsm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Declared is a chart as tools see it, whatever its data. All lists are in the order written.
type Declared interface {
	Name() string
	Means() string
	States() []StateInfo
	Rows() []RowInfo
	Ignores() []IgnoreInfo
	// Inputs lists the names of the input types that the chart mentions, in the order of their first mention.
	Inputs() []string
	// Hash is a SHA-256, in hex, of all that decides: states, rows and ignores with the names of guards and actions.
	// Explanations and sources are not part of it, and neither is what is inside the functions.
	Hash() string
	// Mermaid is the drawing, as a stateDiagram-v2.
	Mermaid() string
	// Markdown is the chart's page. takenBy lists, for the address of each row, the tests that take it.
	Markdown(takenBy map[string][]string) string
}

// StateInfo is a state as tools see it.
type StateInfo struct {
	Name    string
	Means   string
	Parent  string // the state around it; "" for the outermost states
	Initial string // the initial state within; "" when there is none within
	Final   bool
}

// RowInfo is a row as tools see it. Rows of the chart itself have the chart's name as their State.
type RowInfo struct {
	Address string
	State   string
	Input   string   // TimerFired for a timer row
	Guards  []string // "!x" for Unless
	Actions []string
	Target  string // "" for an internal row
	After   string // of a timer row: such as "14s" or "[backOff]"
	Quirk   string // the row exists only while it is on
	// Corrected is the quirk while which the row does not exist.
	Corrected string
	Sources   []string
}

// IgnoreInfo is an ignored input as tools see it.
type IgnoreInfo struct {
	Address string
	State   string
	Input   string
	Why     string
}

// Name is the chart's name.
func (c *Chart[D]) Name() string { return c.name }

// Means says what the chart is the life of.
func (c *Chart[D]) Means() string { return c.means }

// States lists the states in the order written; a state comes before those within it.
func (c *Chart[D]) States() []StateInfo {
	all := make([]StateInfo, 0, len(c.nodes))
	for _, n := range c.nodes {
		s := StateInfo{Name: string(n.name), Means: n.means, Final: n.final}
		if n.parent != c.root {
			s.Parent = string(n.parent.name)
		}
		if len(n.children) > 0 {
			s.Initial = string(n.initial().name)
		}
		all = append(all, s)
	}
	return all
}

// Rows lists the rows: those of the chart itself, then those of each state.
func (c *Chart[D]) Rows() []RowInfo {
	var all []RowInfo
	for _, r := range c.allRows() {
		all = append(all, r.info())
	}
	return all
}

func (r *row[D]) info() RowInfo {
	i := RowInfo{
		Address: r.address, State: string(r.owner.name), Input: r.input.name, Guards: r.guardNames(),
		Actions: r.actionNames(), Target: string(r.target), Sources: append([]string(nil), r.sources...),
	}
	if r.clock != nil {
		i.After = r.clock.label
	}
	if r.quirk != nil {
		i.Quirk = r.quirk.Name
	}
	if r.corrected != nil {
		i.Corrected = r.corrected.Name
	}
	return i
}

// Ignores lists the ignored inputs: those of the chart itself, then those of each state.
func (c *Chart[D]) Ignores() []IgnoreInfo {
	var all []IgnoreInfo
	for _, n := range append([]*node[D]{c.root}, c.nodes...) {
		for _, i := range n.ignores {
			all = append(all, IgnoreInfo{i.address, string(n.name), i.input.name, i.why})
		}
	}
	return all
}

// Inputs lists the names of the input types that the chart mentions.
func (c *Chart[D]) Inputs() []string {
	names := make([]string, len(c.inputs))
	for i, in := range c.inputs {
		names[i] = in.name
	}
	return names
}

// Hash names the declaration: two charts with one hash have the same states, rows and ignores.
func (c *Chart[D]) Hash() string { return c.hash() }

func (c *Chart[D]) declarationHash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q starts in %q\n", c.name, c.root.innermost().name)
	for _, s := range c.States() {
		fmt.Fprintf(h, "state %q in %q, initial %q, final %t\n", s.Name, s.Parent, s.Initial, s.Final)
	}
	for _, r := range c.Rows() {
		fmt.Fprintf(h, "row %q does %q enters %q\n", r.Address, r.Actions, r.Target)
	}
	for _, i := range c.Ignores() {
		fmt.Fprintf(h, "ignore %q\n", i.Address)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (c *Chart[D]) allRows() []*row[D] {
	all := append([]*row[D](nil), c.root.rows...)
	for _, n := range c.nodes {
		all = append(all, n.rows...)
	}
	return all
}
