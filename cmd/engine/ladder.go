package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// rung is one entry of the ladder, ready to be printed.
type rung struct {
	Line    int      `json:"line"`
	Seq     int      `json:"seq"`
	T       float64  `json:"t"`
	In      string   `json:"in"`
	Rows    []string `json:"rows,omitempty"`
	Out     []string `json:"out,omitempty"`
	Why     []string `json:"why,omitempty"` // why nothing came of it
	Orphan  string   `json:"orphan,omitempty"`
	Problem string   `json:"problem,omitempty"`
}

// climb makes the rungs of a replay.
func climb(n *names, entries []replay.Entry) []rung {
	rungs := make([]rung, 0, len(entries))
	for _, e := range entries {
		r := rung{
			Line: e.Line, Seq: e.Seq, T: port.Milliseconds(e.At), Orphan: e.Orphan, Problem: n.in(e.Problem),
		}
		r.In = incoming(n, e)
		for _, row := range e.Step.Rows {
			if row.Verdict == fsm.Taken {
				r.Rows = append(r.Rows, taken(row))
			}
		}
		if len(r.Rows) == 0 {
			r.Why = reasons(e.Step.Rows)
		}
		for _, out := range e.Step.Outputs {
			r.Out = append(r.Out, n.message(out.Effect))
		}
		rungs = append(rungs, r)
	}
	return rungs
}

func incoming(n *names, e replay.Entry) string {
	if e.Step.Input != nil {
		return n.message(e.Step.Input)
	}
	if e.Record != nil {
		return n.in(capture.Brief(*e.Record))
	}
	return ""
}

func taken(r runtime.RowTaken) string {
	text := fmt.Sprintf("%s #%d: %s", r.Chart, r.Actor, r.Row)
	if r.To != r.From {
		text += fmt.Sprintf(" → %s", r.To)
	}
	if r.Quirk != nil {
		text += fmt.Sprintf(" (quirk %s)", r.Quirk.Name)
	}
	return text
}

// reasons says why an input changed nothing, each reason once.
func reasons(rows []runtime.RowTaken) []string {
	var why []string
	for _, r := range rows {
		text := fmt.Sprintf("%s #%d: in %s, %s is unexpected", r.Chart, r.Actor, r.From, r.Input)
		switch {
		case r.Verdict == fsm.Ignored:
			text = fmt.Sprintf("%s #%d: %s is ignored: %s", r.Chart, r.Actor, r.Row, r.Why)
		case r.Chart == "":
			text = fmt.Sprintf("no chart of %s #%d knows %s", r.Kind, r.Actor, r.Input)
		}
		if !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	return why
}

// The widths of the ladder's columns.
const (
	widthMax  = 110
	timeWidth = 10
)

// printLadder writes the legend and the rungs. The time is the recording's, in milliseconds.
func printLadder(w io.Writer, n *names, rungs []rung) {
	for _, line := range n.legend {
		_, _ = fmt.Fprintln(w, "  "+line)
	}
	_, _ = fmt.Fprintf(w, "%*s    what came in (>), the rows taken (|), what went out (<), why nothing came of it (-)\n", timeWidth, "t ms")
	for _, r := range rungs {
		r.print(w)
	}
}

func (r rung) print(w io.Writer) {
	put := func(when, mark, text string) {
		for i, part := range wrap(text, widthMax-timeWidth-4) {
			if i > 0 {
				when, mark, part = "", " ", "  "+part
			}
			_, _ = fmt.Fprintf(w, "%*s  %s %s\n", timeWidth, when, mark, part)
		}
	}
	put(fmt.Sprintf("%.1f", r.T), ">", r.In)
	for _, row := range r.Rows {
		put("", "|", row)
	}
	for _, out := range r.Out {
		put("", "<", out)
	}
	for _, why := range r.Why {
		put("", "-", why)
	}
	if r.Orphan != "" {
		put("", "-", "orphan: "+r.Orphan)
	}
	if r.Problem != "" {
		put("", "!", r.Problem)
	}
}

// wrap breaks a text at blanks into parts of at most width characters, less two for the parts after the first. A word
// that is longer is broken.
func wrap(text string, width int) []string {
	var parts []string
	rest := []rune(text)
	for limit := width; len(rest) > limit; limit = width - 2 {
		cut := limit
		for i := limit; i > limit/2; i-- {
			if rest[i] == ' ' {
				cut = i
				break
			}
		}
		parts = append(parts, strings.TrimSpace(string(rest[:cut])))
		rest = []rune(strings.TrimSpace(string(rest[cut:])))
	}
	return append(parts, string(rest))
}

// printJSON writes each value as one line.
func printJSON[T any](w io.Writer, values ...T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			return fmt.Errorf("engine: writing JSON: %w", err)
		}
	}
	return nil
}
