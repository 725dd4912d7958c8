package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// passed finds out what the charts passed over. It reads the declarations only: the first row whose guards hold is
// taken, so the guards of those before it did not, and those of the one that was taken did.
type passed struct {
	charts map[string]declared
	on     []string // the quirks of the profile
}

// declared is a chart's declaration, by its states.
type declared struct {
	rows    map[string][]fsm.RowInfo
	ignores map[string][]fsm.IgnoreInfo
	states  map[string]fsm.StateInfo
	name    string
}

func newPassed(on quirk.Set) *passed {
	p := &passed{charts: map[string]declared{}, on: on.Names()}
	for _, c := range actors.Charts() {
		d := declared{
			rows: map[string][]fsm.RowInfo{}, ignores: map[string][]fsm.IgnoreInfo{}, states: map[string]fsm.StateInfo{}, name: c.Name(),
		}
		for _, r := range c.Rows() {
			d.rows[r.State] = append(d.rows[r.State], r)
		}
		for _, i := range c.Ignores() {
			d.ignores[i.State] = append(d.ignores[i.State], i)
		}
		for _, s := range c.States() {
			d.states[s.Name] = s
		}
		p.charts[c.Name()] = d
	}
	return p
}

// nothing says why nothing went out: what is ignored or unexpected, and what the states mean that were entered.
func (p *passed) nothing(rows []runtime.RowTaken) []string {
	var why []string
	add := func(text string) {
		if text != "" && !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	moved := false
	for _, r := range rows {
		if r.Verdict == fsm.Taken && r.From != r.To {
			moved = true
			add(p.meaning(r))
		}
	}
	for _, r := range rows {
		if !moved || r.Verdict == fsm.Unexpected {
			add(passedBy(r))
		}
	}
	return why
}

// dropped says that a row did nothing but drop its input, and which guards made it do so; "" for any other row.
func (p *passed) dropped(r runtime.RowTaken, in messages.Input) string {
	d, known := p.charts[r.Chart]
	if !known || r.Verdict != fsm.Taken || r.From != r.To {
		return ""
	}
	_, row := p.before(d, r, in)
	if row.Address == "" || len(row.Actions) > 0 || row.Target != "" {
		return ""
	}
	if len(row.Guards) == 0 {
		return fmt.Sprintf("%s #%d: %s is dropped: nothing is to be done about it", r.Chart, r.Actor, r.Input)
	}
	return fmt.Sprintf("%s #%d: %s is dropped: %s", r.Chart, r.Actor, r.Input, inWords(strings.Join(row.Guards, " and ")))
}

// quirksOf says what the quirks are that rows depended on, each once: what the SDK does, or what is done instead.
func quirksOf(rows []runtime.RowTaken) []string {
	var list []string
	for _, r := range rows {
		if r.Quirk == nil {
			continue
		}
		text := fmt.Sprintf("quirk %s: %s", r.Quirk.Name, clause(r.Quirk.SDK))
		if strings.Contains(r.Row, "{!"+r.Quirk.Name+"}") {
			text = fmt.Sprintf("without %s: %s", r.Quirk.Name, clause(r.Quirk.Corrected))
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// meaning is what the state is that a row entered.
func (p *passed) meaning(r runtime.RowTaken) string {
	state := p.charts[r.Chart].states[string(r.To)]
	if state.Means == "" || !slices.Contains(subjects, r.Chart) {
		return ""
	}
	text := fmt.Sprintf("%s #%d is %s: %s", r.Chart, r.Actor, r.To, clause(state.Means))
	if state.Final {
		text += "; nothing is kept of it"
	}
	return text
}

// subjects are the charts whose states say something of a call to somebody who does not know the charts.
var subjects = []string{
	"softphone", "connection", "station", "proposal", "invitation", "session", "line", "conversation", "media", "jingleMedia",
}

// clause is a sentence as it stands behind a colon.
func clause(sentence string) string {
	text := []rune(strings.TrimSuffix(sentence, "."))
	if len(text) > 1 && unicode.IsUpper(text[0]) && !unicode.IsUpper(text[1]) {
		text[0] = unicode.ToLower(text[0])
	}
	return string(text)
}

// passedBy says why a chart did nothing about an input; "" when it did something.
func passedBy(r runtime.RowTaken) string {
	switch {
	case r.Verdict == fsm.Taken:
		return ""
	case r.Verdict == fsm.Ignored:
		return fmt.Sprintf("%s #%d: %s is ignored: %s", r.Chart, r.Actor, r.Row, r.Why)
	case r.Kind == "":
		return fmt.Sprintf("there is no actor #%d any more to take %s", r.Actor, r.Input)
	case r.Chart == "":
		return fmt.Sprintf("no chart of %s #%d knows %s", r.Kind, r.Actor, r.Input)
	default:
		return fmt.Sprintf("%s #%d: in %s, %s is unexpected", r.Chart, r.Actor, r.From, r.Input)
	}
}

// unmet is a row that was passed over because a guard did not hold.
type unmet struct {
	text  string
	moves bool // the row leads to another state of a chart that says something of a call
}

// over lists the rows that stood before the one that was taken, each with the guard that did not hold.
func (p *passed) over(r runtime.RowTaken, in messages.Input) []unmet {
	d, known := p.charts[r.Chart]
	if !known {
		return nil
	}
	before, row := p.before(d, r, in)
	holds := map[string]bool{}
	for _, guard := range row.Guards {
		holds[guard] = true
	}
	var lines []unmet
	for _, b := range before {
		text := fmt.Sprintf("%s #%d: %s", r.Chart, r.Actor, b.Address)
		if b.Target != "" {
			text += " → " + b.Target
		}
		if reason := failing(b.Guards, holds); reason != "" {
			entered := r.From != r.To && b.Target == string(r.To) // by another row
			lines = append(lines, unmet{text + " was not taken: " + reason, b.Target != "" && !entered && slices.Contains(subjects, r.Chart)})
		}
	}
	return lines
}

// failing says which of the guards of a row cannot have held, as far as it follows. What holds is learned on the way.
func failing(guards []string, holds map[string]bool) string {
	var open []string
	for _, guard := range guards {
		if holds[opposite(guard)] {
			return inWords(opposite(guard))
		}
		if !holds[guard] {
			open = append(open, opposite(guard))
		}
	}
	if len(open) == 1 {
		holds[open[0]] = true
	}
	return inWords(strings.Join(open, " or "))
}

func inWords(guards string) string { return strings.ReplaceAll(guards, "!", "not ") }

// opposite is the guard that holds when this one does not.
func opposite(guard string) string {
	if plain, negated := strings.CutPrefix(guard, "!"); negated {
		return plain
	}
	return "!" + guard
}

// before lists the rows that were looked at before the one that was taken, or all for an input that none took.
func (p *passed) before(d declared, taken runtime.RowTaken, in messages.Input) (before []fsm.RowInfo, row fsm.RowInfo) {
	for state := string(taken.From); state != ""; state = d.around(state) {
		for _, r := range d.rows[state] {
			switch {
			case r.Address == taken.Row:
				return before, r
			case p.exists(r) && awaits(d.name, r, taken.Input, in):
				before = append(before, r)
			}
		}
		for _, i := range d.ignores[state] {
			if hasWord(i.Input, taken.Input) {
				return before, fsm.RowInfo{}
			}
		}
	}
	return before, fsm.RowInfo{}
}

// around is the state around another one; the chart itself is the outermost.
func (d declared) around(state string) string {
	if state == d.name {
		return ""
	}
	if parent := d.states[state].Parent; parent != "" {
		return parent
	}
	return d.name
}

func (p *passed) exists(r fsm.RowInfo) bool {
	return (r.Quirk == "" || slices.Contains(p.on, r.Quirk)) && (r.Corrected == "" || !slices.Contains(p.on, r.Corrected))
}

// awaits tells whether a row is for an input. Timers come from outside only, and a row is for one timer.
func awaits(chart string, r fsm.RowInfo, kind string, in messages.Input) bool {
	if !hasWord(r.Input, kind) {
		return false
	}
	fired, isTimer := in.(messages.TimerFired)
	if r.After == "" || !isTimer {
		return r.After == ""
	}
	label := "after " + r.After
	if strings.HasPrefix(r.After, "[") {
		label = "after" + r.After
	}
	return fired.Timer == chart+"."+r.State+"/"+label
}

// hasWord tells whether an input's type, such as IQAnswered, has this word, such as iq-answered.
func hasWord(typ, kind string) bool { return strings.EqualFold(typ, strings.ReplaceAll(kind, "-", "")) }
