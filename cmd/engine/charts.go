package main

import (
	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
)

type chartsCommand struct{}

// chartLine is one chart of the list.
type chartLine struct {
	Chart  string `json:"chart"`
	States int    `json:"states"`
	Rows   int    `json:"rows"`
	Inputs int    `json:"inputs"`
	Hash   string `json:"hash"`
	Means  string `json:"means"`
}

// hashShown is how much of a chart's hash is printed: enough to tell two builds apart.
const hashShown = 12

// Run lists the charts.
func (c *chartsCommand) Run(t *terminal) error {
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
