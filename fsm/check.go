package fsm

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// faults gathers what is wrong with a declaration, in the order found.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

// check holds a declaration to the rules that a reader of the drawing assumes.
func (c *Chart[D]) check() error {
	var f faults
	if !usable(c.name) {
		f.add("the chart's name %q is not a name: use letters, digits, - and _", c.name)
	}
	if c.means == "" {
		f.add("chart %s does not say what it means: give a sentence for people", c.name)
	}
	c.checkInputs(&f)
	c.checkInitial(&f, c.root, "chart")
	if len(c.nodes) == 0 {
		f.add("chart %s has no states: declare one with In", c.name)
	}
	for _, r := range c.root.rows {
		c.checkRow(&f, r)
	}
	checkIgnores(&f, c.root)
	seen := map[State]bool{State(c.name): true}
	for _, n := range c.nodes {
		if seen[n.name] {
			f.add("state %s is declared twice: a name is unique within its chart", n.name)
		}
		seen[n.name] = true
		c.checkState(&f, n)
	}
	c.checkAddresses(&f)
	c.checkBirth(&f)
	c.checkReach(&f)
	if len(f) == 0 {
		return nil
	}
	return fmt.Errorf("fsm: chart %s is not sound:\n%w", c.name, errors.Join(f...))
}

// usable says whether a name can stand in addresses, which have punctuation of their own, and in drawings.
func usable(name string) bool {
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }
	return name != "" && !strings.ContainsFunc(name, odd)
}

func (c *Chart[D]) checkInputs(f *faults) {
	first := map[string]reflect.Type{}
	for _, in := range c.inputs {
		switch other := first[in.name]; {
		case in.name == "":
			f.add("input %v has no name of its own: use a plain named type, not a pointer", in.typ)
		case other != nil:
			f.add("inputs %v and %v have one name: rename one, addresses could not tell them apart", other, in.typ)
		}
		first[in.name] = in.typ
	}
}

func (c *Chart[D]) checkState(f *faults, n *node[D]) {
	if !usable(string(n.name)) {
		f.add("state %q is not a name: use letters, digits, - and _", n.name)
	}
	if n.means == "" {
		f.add("state %s does not say what it means: give a sentence for people", n.name)
	}
	c.checkInitial(f, n, "state")
	for _, r := range n.rows {
		c.checkRow(f, r)
	}
	checkIgnores(f, n)
	if n.final {
		for around := n.parent; around != nil; around = around.parent {
			checkLeaving(f, around, n)
		}
	}
}

// checkLeaving refuses the rows of a state around a final one that would leave it.
func checkLeaving[D any](f *faults, around, final *node[D]) {
	for _, r := range around.rows {
		if r.target != "" {
			f.add("%s leaves the final state %s: move the row to the states that it is meant for, "+
				"or the final state out of %s", r.address, final.name, around.name)
		}
	}
}

func (c *Chart[D]) checkInitial(f *faults, n *node[D], what string) {
	switch {
	case len(n.initials) > 1:
		f.add("%s %s has several initial states: %v: keep one", what, n.name, n.initials)
	case len(n.initials) == 0 && len(n.children) > 0:
		f.add("%s %s has no initial state among those within: add Initial", what, n.name)
	case len(n.initials) == 1 && (len(n.children) == 0 || n.initial().name != n.initials[0]):
		f.add("the initial state %s of %s %s is not directly within it: name one that is",
			n.initials[0], what, n.name)
	}
}

func (c *Chart[D]) checkRow(f *faults, r *row[D]) {
	if r.input.typ == nil {
		f.add("%s is for no input: On needs a value of the input's type", r.address)
	}
	for _, fault := range r.faults {
		f.add("%s %s", r.address, fault)
	}
	if r.target != "" && r.to == nil {
		f.add("%s enters %s, which is not declared: add it with In or Final", r.address, r.target)
	}
	if r.quirk != nil && r.quirk == r.corrected {
		f.add("%s is never there: quirk %s would have to be both on and off", r.address, r.quirk.Name)
	}
	for _, ref := range r.sources {
		if ref == "" {
			f.add("%s names an empty source: say which row of the reference", r.address)
		}
	}
}

// checkIgnores refuses ignores without a reason or an input, repeated ones, and those that rows of the same state
// leave nothing for.
func checkIgnores[D any](f *faults, n *node[D]) {
	seen := map[reflect.Type]bool{}
	for _, i := range n.ignores {
		if i.why == "" {
			f.add("%s is ignored without a reason: say why nothing is right", i.address)
		}
		if i.input.typ == nil {
			f.add("%s ignores no input: Ignore needs values of the inputs' types", n.name)
			continue
		}
		if seen[i.input.typ] {
			f.add("%s is ignored twice in one state: keep one reason", i.address)
		}
		seen[i.input.typ] = true
		var rows []*row[D]
		for _, r := range n.rows {
			if r.input.typ == i.input.typ && r.clock == nil {
				rows = append(rows, r)
			}
		}
		if len(rows) > 0 && !possible(nil, nil, rows) {
			f.add("%s is both ignored and always taken by %s: keep one", i.address, rows[len(rows)-1].address)
		}
	}
}

func (c *Chart[D]) checkAddresses(f *faults) {
	seen := map[string]bool{}
	for _, n := range append([]*node[D]{c.root}, c.nodes...) {
		for _, r := range n.rows {
			if seen[r.address] {
				f.add("%s is the address of two rows: tell them apart by a guard or a quirk", r.address)
			}
			seen[r.address] = true
		}
	}
}

// checkBirth refuses a timer that would be started at birth in one profile and not in another, because birth happens
// outside of any step and knows no profile.
func (c *Chart[D]) checkBirth(f *faults) {
	if len(c.nodes) == 0 {
		return
	}
	for n := c.root.innermost(); n != nil; n = n.parent {
		for _, t := range n.timers {
			plain := make([]*row[D], len(t.rows))
			for i, r := range t.rows {
				plain[i] = &row[D]{quirk: r.quirk, corrected: r.corrected}
			}
			if possible(nil, nil, plain) {
				f.add("%s starts at birth in some profiles only: add the row for the others, "+
					"or move it to a state that a row enters", t.rows[0].address)
			}
		}
	}
}

// checkReach refuses states that no instance can come to in any profile, and rows that none can take.
func (c *Chart[D]) checkReach(f *faults) {
	if len(c.nodes) == 0 {
		return
	}
	w := c.walk()
	for _, n := range c.nodes {
		if !w.reached[n] {
			f.add("state %s is unreachable: no row that can be taken enters it", n.name)
		}
	}
	for _, n := range append([]*node[D]{c.root}, c.nodes...) {
		for _, r := range n.rows {
			if w.reached[n] && !w.takeable[r] && !(r.quirk != nil && r.quirk == r.corrected) {
				f.add("%s can never be taken: the rows and ignores before it leave no %s", r.address, r.label())
			}
		}
	}
}

// assumption says which guards hold and which quirks are on, as far as it is known. Its keys are the paths of guards
// and the quirks.
type assumption map[any]bool

// literal is one thing that a row asks for.
type literal struct {
	of    any
	holds bool
}

func (r *row[D]) literals() []literal {
	var all []literal
	if r.quirk != nil {
		all = append(all, literal{r.quirk, true})
	}
	if r.corrected != nil {
		all = append(all, literal{r.corrected, false})
	}
	for _, g := range r.guards {
		all = append(all, literal{g.path, !g.negated})
	}
	return all
}

// and is the assumption with a literal added; ok is false when that contradicts it.
func (a assumption) and(l literal) (more assumption, ok bool) {
	if held, known := a[l.of]; known {
		return a, held == l.holds
	}
	more = assumption{l.of: l.holds}
	for k, v := range a {
		more[k] = v
	}
	return more, true
}

// implies says whether everything that b assumes is assumed here too.
func (a assumption) implies(b assumption) bool {
	for k, v := range b {
		if held, known := a[k]; !known || held != v {
			return false
		}
	}
	return true
}

// possible says whether, under an assumption, all literals of must can hold while each of the rows before is not
// eligible. Guards are taken to be independent of one another, so the answer errs towards yes.
func possible[D any](a assumption, must []literal, before []*row[D]) bool {
	for _, l := range must {
		var ok bool
		if a, ok = a.and(l); !ok {
			return false
		}
	}
	if len(before) == 0 {
		return true
	}
	for _, l := range before[0].literals() {
		fails := literal{l.of, !l.holds}
		if without, ok := a.and(fails); ok && possible(without, nil, before[1:]) {
			return true
		}
	}
	return false
}

// walk is what instances can do, in any profile.
type walk[D any] struct {
	reached  map[*node[D]]bool
	takeable map[*row[D]]bool
	visited  map[*node[D]][]assumption // the profiles in which a state was visited, as far as they matter
}

// walk follows every row from the initial state. It carries along which quirks the rows on its way needed on or off, so
// that a state that only rows of contradicting profiles lead to is not reached.
func (c *Chart[D]) walk() *walk[D] {
	w := &walk[D]{map[*node[D]]bool{}, map[*row[D]]bool{}, map[*node[D]][]assumption{}}
	w.visit(c.root.innermost(), nil)
	return w
}

func (w *walk[D]) visit(leaf *node[D], profile assumption) {
	for _, before := range w.visited[leaf] {
		if profile.implies(before) {
			return
		}
	}
	w.visited[leaf] = append(w.visited[leaf], profile)
	for n := leaf; n != nil; n = n.parent {
		w.reached[n] = true
		for _, r := range n.rows {
			x := leaf.cells[r.input.typ]
			if !x.has(r) || !possible(profile, r.literals(), x.before(r)) {
				continue
			}
			w.takeable[r] = true
			if r.to != nil {
				w.visit(r.to.innermost(), r.profile(profile))
			}
		}
	}
}

// profile is the assumption with the row's quirks added.
func (r *row[D]) profile(a assumption) assumption {
	for _, l := range r.literals() {
		if _, isQuirk := l.of.(*quirk.Quirk); isQuirk {
			a, _ = a.and(l)
		}
	}
	return a
}

// has says whether the row is in the cell: not hidden by an ignore.
func (x *cell[D]) has(r *row[D]) bool {
	for _, other := range x.rows {
		if other == r {
			return true
		}
	}
	return false
}

// before lists the rows that are looked at before this one, for the same timer if it is a timer row.
func (x *cell[D]) before(r *row[D]) []*row[D] {
	var rows []*row[D]
	for _, other := range x.rows {
		if other == r {
			break
		}
		if other.timer == r.timer {
			rows = append(rows, other)
		}
	}
	return rows
}
