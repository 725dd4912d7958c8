package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
)

const root = "../.."

// The recordings are replayed once for all tests.
var (
	collected = sync.OnceValues(Collect)
	pages     = sync.OnceValues(Pages)
)

// Whatever is committed under docs/ is what the charts, recordings and stories of now give.
func TestPagesAreFresh(t *testing.T) {
	all, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	stale, err := Stale(root, all)
	if err != nil {
		t.Fatal(err)
	}
	if len(stale) > 0 {
		t.Errorf("stale: %s: run go generate ./... and read the diff", strings.Join(stale, ", "))
	}
}

// A row of a chart that nothing takes is not known to work.
func TestEveryRowIsTaken(t *testing.T) {
	c, err := collected()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range c.Untaken() {
		t.Errorf("no test takes %s: tell a story of it in fsm/stories/testdata", row)
	}
}

// Each row of the reference is carried by a chart row or a pick, or it is said why not; and no chart cites a row that the
// reference does not have.
func TestReferenceIsTraced(t *testing.T) {
	references, err := References()
	if err != nil {
		t.Fatal(err)
	}
	by := carriers()
	known := map[string]bool{}
	for _, r := range references {
		known[r.ID] = true
		rows := len(r.rows(by))
		switch {
		case rows == 0 && len(r.Picks) == 0 && r.NotBuilt == "":
			t.Errorf("nothing carries %q: cite it as the Source of a chart row, or name a pick or a reason in reference.tsv", r.ID)
		case rows > 0 && r.NotBuilt != "":
			t.Errorf("%q is called not built, and %s cites it: take the reason out", r.ID, by[r.ID][0])
		case len(r.As) > 0 && len(by[r.ID]) > 0:
			t.Errorf("%q has another name, and %s cites it as it is: take the other name out", r.ID, by[r.ID][0])
		}
	}
	for _, r := range references {
		for _, id := range r.As {
			if !known[id] {
				t.Errorf("%q is said to be as %q, which reference.tsv does not have", r.ID, id)
			}
		}
	}
	for _, source := range sortedKeys(by) {
		if !known[source] {
			t.Errorf("%s cites %q, which reference.tsv does not have: use the id of its row, or add the row", by[source][0], source)
		}
	}
}

// A pick that is named exists, and so does the row through which it is seen.
func TestPicksExist(t *testing.T) {
	references, err := References()
	if err != nil {
		t.Fatal(err)
	}
	functions := functionsBelow(t, "fsm", "adapters", "runtime", "messages")
	coverage, err := collected()
	if err != nil {
		t.Fatal(err)
	}
	by := carriers()
	for _, r := range references {
		for _, pick := range r.Picks {
			if !functions[pick] {
				t.Errorf("%s: there is no function %s: name the one that decides it now", r.ID, pick)
			}
		}
		_, isRow := coverage[r.Through.chart][r.Through.address]
		if len(r.Picks) > 0 && len(r.rows(by)) == 0 && !isRow {
			t.Errorf("%s: the chart %q has no row %q: name the one that asks the pick, as seen through", r.ID, r.Through.chart, r.Through.address)
		}
	}
}

// functionsBelow are the names of all functions and methods, as package.Function, in the folders and those below.
func functionsBelow(t *testing.T, folders ...string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					names[f.Name.Name+"."+fn.Name.Name] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func TestReferenceRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"1.1 x":                       "1 cells",
		"1.1 x\ty\tz":                 `carrier "z"`,
		"1.1 x\ty\tnot built: ":       "carrier",
		"1.1 x\ty\tpick: a.B\tsecond": "4 cells",
		"\ty":                         "2 cells",
	} {
		if _, err := reference(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
	r, err := reference("1.1 x\ty\tpick: a.B, c.D; seen through: e S/F[g && h]")
	if err != nil || !slices.Equal(r.Picks, []string{"a.B", "c.D"}) || r.Section() != "1.1" || r.Through != (carrier{"e", "S/F[g && h]"}) {
		t.Errorf("read %+v, %v", r, err)
	}
}

// The tests named for a row are the ones that are read first.
func TestShortest(t *testing.T) {
	got := shortest([]string{
		"random/1", "browser/b", "scenarios/22-long", "scenarios/1", "story b/a", "scenarios/1 corrected", "browser/c corrected", "random/2",
	})
	want := []string{"story b/a", "scenarios/1", "scenarios/22-long", "browser/b", "browser/c corrected"}
	if !slices.Equal(got, want) {
		t.Errorf("shortest = %q, want %q", got, want)
	}
}

// What was written is fresh, and a page of a chart that is no more goes.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	old := []Page{{pageOf("gone"), "x"}}
	now := []Page{{pageOf(actors.Charts()[0].Name()), "y"}, {"docs/quirks.md", "z"}}
	if err := Write(dir, old); err != nil {
		t.Fatal(err)
	}
	if stale, err := Stale(dir, now); err != nil || len(stale) != 3 {
		t.Errorf("before: stale %q, %v, want the old page and both new ones", stale, err)
	}
	if err := Write(dir, now); err != nil {
		t.Fatal(err)
	}
	if stale, err := Stale(dir, now); err != nil || len(stale) != 0 {
		t.Errorf("after: stale %q, %v, want none", stale, err)
	}
}
