package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// rung is one entry of the ladder.
type rung struct {
	Entry   uint64   `json:"entry,omitempty"` // 0: the cell was not told
	Line    int      `json:"line"`
	Seq     int      `json:"seq"`
	T       float64  `json:"t"`
	In      string   `json:"in"`
	Rows    []string `json:"rows,omitempty"`
	Out     []string `json:"out,omitempty"`
	Why     []string `json:"why,omitempty"`    // why nothing came of it, and what the quirks are that mattered
	Unmet   []string `json:"unmet,omitempty"`  // rows that were passed over, each with the guard that did not hold
	Orphan  string   `json:"orphan,omitempty"` // why it was for nobody
	Problem string   `json:"problem,omitempty"`
	// Inferred is the rule by which what came in was inferred.
	Inferred string `json:"inferred,omitempty"`

	telling []string // the rows that changed a state, ordered something or depend on a quirk
	missed  []string // those of Unmet that lead to another state
	drops   bool     // a row dropped what came in
	entry   replay.Entry
}

// ladder is a replay made readable.
type ladder struct {
	names   *names
	passed  *passed
	stands  *standings
	result  *played
	rungs   []rung
	partial bool // only what concerns one conversation
}

func newLadder(result *played) *ladder {
	l := &ladder{names: newNames(), passed: newPassed(result.quirks), stands: &standings{}, result: result}
	for _, e := range result.entries {
		for _, out := range e.Step.Outputs {
			l.names.ordered(out)
		}
	}
	for _, e := range result.entries {
		l.rungs = append(l.rungs, l.climb(e))
	}
	return l
}

// climb makes the rung of an entry.
func (l *ladder) climb(e replay.Entry) rung {
	n, p := l.names, l.passed
	r := rung{
		Entry: e.Step.Seq, Line: e.Line, Seq: e.Seq, T: port.Milliseconds(e.At), Orphan: n.in(e.Orphan),
		Problem: n.in(e.Problem), entry: e,
	}
	r.In = incoming(n, e)
	if e.Record != nil {
		r.Inferred = capture.InferredBy(*e.Record)
	}
	l.climbRows(&r)
	for _, out := range e.Step.Outputs {
		r.Out = append(r.Out, n.message(out.Effect))
		if slices.Contains(e.Lost, out.ID) {
			r.Why = append(r.Why, out.Effect.Kind()+" is lost: there is no stream to take it")
		}
	}
	r.Why = append(r.Why, l.stands.swallowed(e)...)
	for _, row := range e.Step.Rows {
		if why := p.dropped(row, e.Step.Input); why != "" {
			r.Why = append(r.Why, why)
			r.drops = r.drops || row.Input == e.Step.Input.Kind()
		}
	}
	if len(r.Out) == 0 && r.Orphan == "" {
		r.Why = append(r.Why, p.nothing(e.Step.Rows)...)
	}
	r.Why = append(r.Why, quirksOf(e.Step.Rows)...)
	l.stands.note(n, e)
	return r
}

// climbRows adds the rows of an entry, and those that were passed over.
func (l *ladder) climbRows(r *rung) {
	step := r.entry.Step
	nothing := cameToNothing(step)
	for _, row := range step.Rows {
		for _, passed := range l.passed.over(row, step.Input) {
			r.Unmet = append(r.Unmet, passed.text)
			if passed.moves {
				r.missed = append(r.missed, passed.text)
			}
		}
		if row.Verdict != fsm.Taken {
			continue
		}
		r.Rows = append(r.Rows, taken(row))
		if tells(row, step.Outputs) || nothing && !strings.HasSuffix(row.Input, "-view") {
			r.telling = append(r.telling, taken(row))
		}
	}
}

// only keeps what concerns a conversation, by its id or its alias; "" is all.
func (l *ladder) only(conversation string) error {
	if conversation == "" {
		return nil
	}
	l.partial = true
	var entries []replay.Entry
	for _, r := range l.rungs {
		entries = append(entries, r.entry)
	}
	id := conversation
	if named, known := l.names.id(conversation); known {
		id = named
	}
	kept := map[int]bool{}
	for _, i := range about(messages.ConversationID(id), entries) {
		kept[i] = true
	}
	if len(kept) == 0 {
		return fmt.Errorf("nothing concerns a conversation %s: the conversations are %s", conversation, l.names.conversations())
	}
	var rungs []rung
	for i, r := range l.rungs {
		if kept[i] {
			rungs = append(rungs, r)
		}
	}
	l.rungs = rungs
	return nil
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
	return text
}

// tells tells whether a row says something of the call: it changed a state, depends on a quirk, or ordered something.
func tells(r runtime.RowTaken, outputs []runtime.Output) bool {
	return r.From != r.To || r.Quirk != nil || slices.ContainsFunc(outputs, func(o runtime.Output) bool {
		return o.Actor == r.Actor && o.Chart == r.Chart && o.Row == r.Row
	})
}

// The widths of the ladder's columns.
const (
	widthMax   = 110
	entryWidth = 7
	timeWidth  = 9
	textWidth  = widthMax - entryWidth - timeWidth - 5
)

// print writes the ladder for reading: with all entries and rows, or only with what tells something of the calls.
func (l *ladder) print(w io.Writer, all bool) {
	var body strings.Builder
	p := &ladderPrinter{w: &body, all: all}
	for i := 0; i < len(l.rungs); {
		n := 0
		if !all {
			n = foldable(l.rungs[i:])
		}
		if n > 0 {
			p.fold(l.rungs[i : i+n])
			i += n
			continue
		}
		p.rung(l.rungs[i])
		i++
	}
	l.head(w, body.String())
	_, _ = fmt.Fprintf(w, "%*s %*s  > came in  | row taken{quirk}  < went out  - why not  = folded (--all unfolds)\n",
		entryWidth, "entry", timeWidth, "ms")
	_, _ = io.WriteString(w, body.String())
	l.end(w)
}

// head says which log it is, how it was decided, and what the aliases of the text below stand for.
func (l *ladder) head(w io.Writer, text string) {
	_, _ = fmt.Fprintln(w, clipped(l.result.name, widthMax))
	_, _ = fmt.Fprintln(w, clipped("  "+l.result.title, widthMax))
	l.legend(w, text)
}

var aliasText = regexp.MustCompile(`\b[CSPUT]\d+\b`)

// legend says what the aliases stand for that the text has.
func (l *ladder) legend(w io.Writer, text string) {
	used := map[string]bool{}
	for _, alias := range aliasText.FindAllString(text, -1) {
		used[alias] = true
	}
	var shown []string
	for _, entry := range l.names.legend {
		alias, _, _ := strings.Cut(entry, " ")
		if used[alias] {
			shown = append(shown, entry)
		}
	}
	for pair := range slices.Chunk(shown, 2) {
		_, _ = fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-*s  %s", widthMax/2-4, pair[0], strings.Join(pair[1:], "")), " "))
	}
}

// kept tells whether an entry is shown.
func (l *ladder) kept(entry uint64) bool {
	return !l.partial || slices.ContainsFunc(l.rungs, func(r rung) bool { return r.Entry == entry })
}

// end writes what is left over: what of the calls is still open, calls of the embedding program that never settled,
// effects without an answer, and where a journal differs.
func (l *ladder) end(w io.Writer) {
	for _, open := range l.stands.open(l.passed, l.kept) {
		_, _ = fmt.Fprintln(w, clipped("still open: "+open, widthMax))
	}
	for _, call := range l.stands.unsettled(l.kept) {
		_, _ = fmt.Fprintln(w, clipped("never settled: "+call, widthMax))
	}
	if !l.partial {
		for _, id := range l.result.unanswered {
			_, _ = fmt.Fprintln(w, clipped("never answered: "+l.names.effect(id), widthMax))
		}
	}
	if l.result.apart != "" {
		text := "differs from the recording first in " + l.names.in(l.result.apart)
		for _, line := range wrap(text, widthMax) {
			_, _ = fmt.Fprintln(w, line)
		}
	}
	if l.result.differs != "" {
		_, _ = fmt.Fprintln(w, "DIFFER "+l.result.differs)
	}
}

// ending is the last line of the ladder as JSON.
type ending struct {
	StillOpen    []string `json:"stillOpen"`    // what of the calls is not over
	NeverSettled []string `json:"neverSettled"` // calls of the embedding program
	Unanswered   []string `json:"unanswered"`
	Apart        string   `json:"apart,omitempty"` // where a capture's replay differs from it first
	Differs      string   `json:"differs,omitempty"`
}

func (l *ladder) printJSON(w io.Writer) error {
	if err := printJSON(w, l.rungs...); err != nil {
		return err
	}
	end := ending{
		StillOpen: l.stands.open(l.passed, l.kept), NeverSettled: l.stands.unsettled(l.kept),
		Unanswered: []string{}, Apart: l.names.in(l.result.apart), Differs: l.result.differs,
	}
	for _, id := range l.result.unanswered {
		end.Unanswered = append(end.Unanswered, l.names.effect(id))
	}
	return printJSON(w, end)
}

// ladderPrinter writes rungs.
type ladderPrinter struct {
	w   io.Writer
	all bool
}

func (p *ladderPrinter) rung(r rung) {
	entry := ""
	if r.Entry > 0 {
		entry = fmt.Sprint(r.Entry)
	}
	p.cameIn(entry, r)
	rows, unmet := r.telling, r.missed
	if p.all {
		rows, unmet = r.Rows, r.Unmet
	}
	for _, row := range rows {
		p.line("", "", "|", row)
	}
	for _, out := range r.Out {
		p.line("", "", "<", out)
	}
	for _, why := range r.Why {
		p.reason(why)
	}
	if p.all || len(r.Out) == 0 {
		for _, missed := range unmet {
			p.reason(missed)
		}
	}
	if r.Orphan != "" {
		p.reason("orphan, not told to the softphone: " + r.Orphan)
	}
	if r.Problem != "" {
		p.line("", "", "!", r.Problem)
	}
}

// cameIn writes what came in. What was inferred says so, and by which rule.
func (p *ladderPrinter) cameIn(entry string, r rung) {
	text := r.In
	if r.Inferred != "" {
		mark := " (inferred: " + r.Inferred + ")"
		if !p.all {
			text = clipped(text, textWidth-len(mark))
		}
		text += mark
	}
	p.line(entry, fmt.Sprintf("%.1f", r.T), ">", text)
}

// line writes one line, cut to the width unless everything is shown.
func (p *ladderPrinter) line(entry, when, mark, text string) {
	if p.all {
		p.wrapped(entry, when, mark, text)
		return
	}
	p.put(entry, when, mark, clipped(text, textWidth))
}

// reason writes a reason; reasons are never cut.
func (p *ladderPrinter) reason(text string) { p.wrapped("", "", "-", text) }

func (p *ladderPrinter) wrapped(entry, when, mark, text string) {
	for i, part := range wrap(text, textWidth) {
		if i > 0 {
			entry, when, mark, part = "", "", " ", "  "+part
		}
		p.put(entry, when, mark, part)
	}
}

func (p *ladderPrinter) put(entry, when, mark, text string) {
	_, _ = fmt.Fprintf(p.w, "%*s %*s  %s %s\n", entryWidth, entry, timeWidth, when, mark, text)
}

// clipped is a text of at most width characters.
func clipped(text string, width int) string {
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return text
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
