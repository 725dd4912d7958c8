package fsm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// Markdown is the chart's page: its meaning, the drawing, the states, the matrix of every state and input, the rows,
// the timers and the quirks. takenBy lists, for the address of each row, the tests that take it, in the order in which
// they are to be shown; it may be nil. The same chart and tests always give the same text.
func (c *Chart[D]) Markdown(takenBy map[string][]string) string {
	p := page[D]{c: c, number: map[*row[D]]int{}}
	for i, r := range c.allRows() {
		p.number[r] = i + 1
	}
	fmt.Fprintf(&p.b, "# %s\n\n%s\n\n", c.name, c.means)
	p.drawing()
	p.states()
	p.matrix()
	p.rows(takenBy)
	p.timers()
	p.quirks()
	return p.b.String()
}

// page is a chart's page being written.
type page[D any] struct {
	b      strings.Builder
	c      *Chart[D]
	number map[*row[D]]int // from 1, in the order written
}

// drawing is the drawing, and what is not in it.
func (p *page[D]) drawing() {
	fmt.Fprintf(&p.b, "```mermaid\n%s```\n\n", p.c.Mermaid())
	p.b.WriteString("Not drawn: rows that enter no state, which say \"(stays)\" under [Rows](#rows)")
	var anywhere []string
	for _, r := range p.c.root.rows {
		if r.to != nil {
			anywhere = append(anywhere, fmt.Sprintf("%d → %s", p.number[r], r.target))
		}
	}
	if len(anywhere) > 0 {
		fmt.Fprintf(&p.b, "; and the rows of any state: %s", strings.Join(anywhere, ", "))
	}
	p.b.WriteString(".\n")
}

func (p *page[D]) section(title, intro string, columns ...string) {
	fmt.Fprintf(&p.b, "\n## %s\n\n", title)
	if intro != "" {
		fmt.Fprintf(&p.b, "%s\n\n", intro)
	}
	p.line(columns...)
	p.b.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
}

// line writes a line of a table.
func (p *page[D]) line(cells ...string) {
	for _, cell := range cells {
		p.b.WriteString("| " + strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell) + " ")
	}
	p.b.WriteString("|\n")
}

func (p *page[D]) states() {
	p.section("States", "", "state", "within", "meaning")
	for _, s := range p.c.States() {
		name := s.Name
		if s.Final {
			name += " (final)"
		}
		p.line(name, s.Parent, s.Means)
	}
}

// matrix shows each innermost state, as instances are in no other, with the rows of the states around it.
func (p *page[D]) matrix() {
	leaves := []*node[D]{}
	heads := []string{"input"}
	for _, n := range p.c.nodes {
		if len(n.children) == 0 {
			leaves = append(leaves, n)
			heads = append(heads, string(n.name))
		}
	}
	p.section("Every state and input", "Numbers are rows, the first eligible one wins. A blank is unexpected.", heads...)
	for _, in := range p.c.inputs {
		cells := []string{in.name}
		for _, n := range leaves {
			cells = append(cells, p.cell(n.cells[in.typ]))
		}
		p.line(cells...)
	}
}

// cell lists the rows of a cell and what is left when none is eligible. Firings that no row waits for are late timers
// and ignored everywhere, so the cells of timers do not say it.
func (p *page[D]) cell(x *cell[D]) string {
	if x == nil {
		return ""
	}
	var numbers []string
	groups := map[*timer[D]][]*row[D]{}
	var order []*timer[D]
	for _, r := range x.rows {
		numbers = append(numbers, strconv.Itoa(p.number[r]))
		if groups[r.timer] == nil {
			order = append(order, r.timer)
		}
		groups[r.timer] = append(groups[r.timer], r)
	}
	rest := "unexpected"
	if x.ignore != nil {
		rest = "ignored: " + x.ignore.why
	}
	if len(numbers) == 0 {
		return rest
	}
	text := strings.Join(numbers, ", ")
	for _, t := range order {
		if open(t, groups[t]) {
			return text + "; else " + rest
		}
	}
	return text
}

// open says whether there may be no eligible row among those of one cell. Those of a timer count only in the profiles in
// which the timer exists.
func open[D any](t *timer[D], rows []*row[D]) bool {
	if t == nil {
		return possible(nil, nil, rows)
	}
	for _, r := range rows {
		exists := &row[D]{quirk: r.quirk, corrected: r.corrected}
		if possible(nil, exists.literals(), rows) {
			return true
		}
	}
	return false
}

func (p *page[D]) rows(takenBy map[string][]string) {
	p.section("Rows", "", "row", "address", "does", "enters", "quirk", "source", "taken by")
	for _, r := range p.c.allRows() {
		target := string(r.target)
		if target == "" {
			target = "(stays)"
		}
		p.line(strconv.Itoa(p.number[r]), "`"+r.address+"`", strings.Join(r.actionNames(), ", "), target,
			r.profiles(), strings.Join(r.sources, ", "), strings.Join(takenBy[r.address], ", "))
	}
}

// profiles says in which profiles the row exists; "" for all.
func (r *row[D]) profiles() string {
	var s []string
	if r.quirk != nil {
		s = append(s, "with "+linked(r.quirk))
	}
	if r.corrected != nil {
		s = append(s, "without "+linked(r.corrected))
	}
	return strings.Join(s, ", ")
}

// linked is the quirk's name as a link to its section of the page of quirks, as seen from docs/statecharts.
func linked(q *quirk.Quirk) string {
	return fmt.Sprintf("[%s](../quirks.md#%s)", q.Name, strings.ToLower(q.Name))
}

func (p *page[D]) timers() {
	started := false
	for _, n := range append([]*node[D]{p.c.root}, p.c.nodes...) {
		for _, t := range n.timers {
			if !started {
				p.section("Timers", "Started when the state is entered, stopped when it is left.",
					"state", "timer", "after", "rows")
				started = true
			}
			p.line(string(n.name), "`"+t.name+"`", strings.Trim(t.clock.label, "[]"), p.numbers(t.rows))
		}
	}
}

func (p *page[D]) quirks() {
	named := map[*quirk.Quirk][]*row[D]{}
	var order []*quirk.Quirk
	for _, r := range p.c.allRows() {
		for _, q := range []*quirk.Quirk{r.quirk, r.corrected} {
			if q == nil {
				continue
			}
			if named[q] == nil {
				order = append(order, q)
			}
			named[q] = append(named[q], r)
		}
	}
	if len(order) == 0 {
		return
	}
	p.section("Quirks", "", "quirk", "the SDK", "corrected", "rows")
	for _, q := range order {
		p.line(linked(q), q.SDK, q.Corrected, p.numbers(named[q]))
	}
}

func (p *page[D]) numbers(rows []*row[D]) string {
	var s []string
	for _, r := range rows {
		s = append(s, strconv.Itoa(p.number[r]))
	}
	return strings.Join(s, ", ")
}
