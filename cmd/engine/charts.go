package main

import (
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
)

type chartsCommand struct {
	Name string `arg:"" optional:"" help:"Print the page of this chart: its drawing, states, inputs, rows and timers."`
}

// chartLine is one chart of the list.
type chartLine struct {
	Chart  string `json:"chart"`
	States int    `json:"states"`
	Rows   int    `json:"rows"`
	Inputs int    `json:"inputs"`
	Hash   string `json:"hash"`
	Means  string `json:"means"`
}

// chartPage is one chart's declaration, as JSON.
type chartPage struct {
	Chart   string      `json:"chart"`
	Hash    string      `json:"hash"`
	Means   string      `json:"means"`
	States  []stateLine `json:"states"`
	Rows    []rowLine   `json:"rows"`
	Ignores []rowLine   `json:"ignores"`
}

type stateLine struct {
	State  string `json:"state"`
	Within string `json:"within,omitempty"`
	Final  bool   `json:"final,omitempty"`
	Means  string `json:"means"`
}

type rowLine struct {
	Address string   `json:"address"`
	Does    []string `json:"does,omitempty"`
	Enters  string   `json:"enters,omitempty"`
	Sources []string `json:"sources,omitempty"`
	Why     string   `json:"why,omitempty"`
}

// hashShown is how much of a chart's hash is printed: enough to tell two builds apart.
const hashShown = 12

// Run lists the charts, or prints one.
func (c *chartsCommand) Run(t *terminal) error {
	if c.Name != "" {
		return printChart(t, c.Name)
	}
	var lines []chartLine
	for _, d := range actors.Charts() {
		lines = append(lines, lineOf(d))
	}
	if t.json {
		return printJSON(t.out, lines...)
	}
	t.printf("%-14s %6s %5s %6s  %-*s  %s", "chart", "states", "rows", "inputs", hashShown, "hash", "means")
	for _, l := range lines {
		for i, part := range wrap(l.Means, widthMax-50) {
			if i == 0 {
				t.printf("%-14s %6d %5d %6d  %.*s  %s", l.Chart, l.States, l.Rows, l.Inputs, hashShown, l.Hash, part)
				continue
			}
			t.printf("%50s%s", "", part)
		}
	}
	return nil
}

func lineOf(d fsm.Declared) chartLine {
	return chartLine{
		Chart: d.Name(), States: len(d.States()), Rows: len(d.Rows()), Inputs: len(d.Inputs()), Hash: d.Hash(), Means: d.Means(),
	}
}

func printChart(t *terminal, name string) error {
	var known []string
	for _, d := range actors.Charts() {
		switch {
		case !strings.EqualFold(d.Name(), name):
			known = append(known, d.Name())
		case t.json:
			return printJSON(t.out, pageOf(d))
		default:
			t.printf("%s", strings.TrimSuffix(withoutTakenBy(d.Markdown(nil)), "\n"))
			return nil
		}
	}
	return fmt.Errorf("charts: %s: there is no such chart: the charts are %s", name, strings.Join(known, ", "))
}

// takenBy is the heading of the column of the tests that take a row.
const takenBy = " taken by |"

// withoutTakenBy drops the last column of a page's rows, which would be empty: a binary has no tests.
func withoutTakenBy(page string) string {
	lines := strings.Split(page, "\n")
	dropping := false
	for i, line := range lines {
		switch {
		case strings.HasSuffix(line, takenBy):
			dropping, lines[i] = true, strings.TrimSuffix(line, takenBy)
		case !strings.HasPrefix(line, "|"):
			dropping = false
		case dropping:
			rest := strings.TrimSuffix(line, "|")
			lines[i] = rest[:strings.LastIndex(rest, "|")+1]
		}
	}
	return strings.Join(lines, "\n")
}

func pageOf(d fsm.Declared) chartPage {
	page := chartPage{Chart: d.Name(), Hash: d.Hash(), Means: d.Means()}
	for _, s := range d.States() {
		page.States = append(page.States, stateLine{State: s.Name, Within: s.Parent, Final: s.Final, Means: s.Means})
	}
	for _, r := range d.Rows() {
		page.Rows = append(page.Rows, rowLine{Address: r.Address, Does: r.Actions, Enters: r.Target, Sources: r.Sources})
	}
	for _, i := range d.Ignores() {
		page.Ignores = append(page.Ignores, rowLine{Address: i.Address, Why: i.Why})
	}
	return page
}
