package docs

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
)

//go:embed reference.tsv
var referenceTable string

// Reference is one row of the behaviour reference (sdk-behaviour), as reference.tsv lists it.
type Reference struct {
	ID string // what Source calls it, such as 1.6.8 row 5a
	// Words say what the row is about.
	Words string
	// Picks are the functions that carry it besides rows, as package.Function.
	Picks []string
	// Through is the chart row that asks the picks, where no row carries the reference's; or none.
	Through carrier
	// As are other rows of the reference that say the same in other words: what carries them carries this one.
	As []string
	// NotBuilt says why nothing carries it; "" if something does.
	NotBuilt string
}

// Section is the number of the section that the row stands in.
func (r Reference) Section() string {
	section, _, _ := strings.Cut(r.ID, " ")
	return section
}

// References reads the table: id, words, and what carries the row where no chart row cites it ("pick: package.Function,
// …; seen through: chart address", "as: other id, …" or "not built: reason"), with tabs between. Lines that begin with # are
// for the reader. An error names the line.
func References() ([]Reference, error) {
	var all []Reference
	seen := map[string]bool{}
	for i, line := range strings.Split(referenceTable, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		r, err := reference(line)
		if err == nil && seen[r.ID] {
			err = fmt.Errorf("%q stands there twice: give each row one line", r.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("docs: reference.tsv:%d: %w", i+1, err)
		}
		seen[r.ID] = true
		all = append(all, r)
	}
	return all, nil
}

func reference(line string) (Reference, error) {
	cells := strings.Split(line, "\t")
	if len(cells) < 2 || len(cells) > 3 || cells[0] == "" || cells[1] == "" {
		return Reference{}, fmt.Errorf("%d cells: write id, words and, if need be, the carrier, with tabs between", len(cells))
	}
	r := Reference{ID: cells[0], Words: cells[1]}
	if len(cells) == 2 {
		return r, nil
	}
	if picks, ok := strings.CutPrefix(cells[2], "pick: "); ok {
		picks, through, _ := strings.Cut(picks, "; seen through: ")
		r.Picks = strings.Split(picks, ", ")
		r.Through.chart, r.Through.address, _ = strings.Cut(through, " ")
		return r, nil
	}
	if as, ok := strings.CutPrefix(cells[2], "as: "); ok {
		r.As = strings.Split(as, ", ")
		return r, nil
	}
	reason, ok := strings.CutPrefix(cells[2], "not built: ")
	if !ok || reason == "" {
		return Reference{}, fmt.Errorf("carrier %q: write pick: package.Function, as: id, or not built: reason", cells[2])
	}
	r.NotBuilt = reason
	return r, nil
}

// carriers are the chart rows that name each source, in the order of the charts.
func carriers() map[string][]carrier {
	by := map[string][]carrier{}
	for _, chart := range actors.Charts() {
		for _, row := range chart.Rows() {
			for _, source := range row.Sources {
				by[source] = append(by[source], carrier{chart.Name(), row.Address})
			}
		}
	}
	return by
}

// carrier is a chart row that carries a row of the reference.
type carrier struct{ chart, address string }

// linked is the row's address behind a link to its chart's page.
func (c carrier) linked() string {
	return "[" + c.chart + "](statecharts/" + c.chart + ".md) `" + c.address + "`"
}

// rows are the chart rows that carry a row of the reference, those that cite it before those that cite another of its names.
func (r Reference) rows(by map[string][]carrier) []carrier {
	all := slices.Clone(by[r.ID])
	for _, id := range r.As {
		all = append(all, by[id]...)
	}
	return all
}

// traceability is the page: each row of the reference, what carries it, and the tests that take that.
func traceability(references []Reference, coverage Coverage) string {
	var b strings.Builder
	b.WriteString("# Traceability\n\nEach row of the behaviour reference (`sdk-behaviour`, its section numbers), what carries it here, and tests ")
	b.WriteString("that take it. A pick is a function that chooses, named with its package; of a pick that no row cites, the row is named ")
	b.WriteString("through which it is seen, and the page of its chart has the tests of that row.\n")
	by := carriers()
	section := ""
	for _, r := range references {
		if r.Section() != section {
			section = r.Section()
			fmt.Fprintf(&b, "\n## %s\n\n| row | about | carried by | taken by |\n|---|---|---|---|\n", section)
		}
		name := strings.TrimPrefix(r.ID, section+" ")
		if name == section {
			name = "all"
		}
		rows := r.rows(by)
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(name), cell(r.Words), cell(carriedBy(r, rows)), cell(testedBy(r, rows, coverage)))
	}
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// carriedBy names the chart rows, each chart once and linked to its page, then the picks.
func carriedBy(r Reference, rows []carrier) string {
	if r.NotBuilt != "" {
		return "not built: " + r.NotBuilt
	}
	var all []string
	chart := ""
	for _, row := range rows {
		address := row.linked()
		if row.chart == chart {
			address = "`" + row.address + "`"
		}
		chart = row.chart
		all = append(all, address)
	}
	for _, pick := range r.Picks {
		all = append(all, "pick `"+pick+"`")
	}
	return strings.Join(all, ", ")
}

// testedBy names tests of the rows or, where there is no row, the one through which the picks are seen: its tests need not
// show what the reference's row is about.
func testedBy(r Reference, rows []carrier, coverage Coverage) string {
	if len(rows) > 0 || r.Through == (carrier{}) {
		return strings.Join(takenBy(rows, coverage), ", ")
	}
	return "pick: seen through " + r.Through.linked()
}

// tracedTests is how many tests are named for a row of the reference.
const tracedTests = 3

// takenBy are a few of the tests that take any of the rows.
func takenBy(rows []carrier, coverage Coverage) []string {
	seen := map[string]bool{}
	for _, row := range rows {
		for _, test := range coverage[row.chart][row.address] {
			seen[test] = true
		}
	}
	tests := shortest(sortedKeys(seen))
	return tests[:min(len(tests), tracedTests)]
}
