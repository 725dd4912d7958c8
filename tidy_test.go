package hookswitch_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hookswitch/hookswitch"

// direction says what the packages of a folder may know of our own. The first that matches a package counts.
type direction struct {
	folder string   // a pattern of path.Match, from the root
	may    []string // patterns of the folders that it may import
	why    string
}

var directions = []direction{
	{"messages", nil, "the words are what all others share: they know nobody"},
	{"fsm/quirk", nil, "a quirk is a name; who shows it names it"},
	{"fsm", []string{"messages", "fsm/quirk"}, "the toolkit knows no chart and no actor"},
	{"fsm/stories", []string{"messages", "fsm", "fsm/*", "actors"}, "stories play charts as actors run them, and nothing else"},
	{"fsm/*", []string{"messages", "fsm", "fsm/quirk", "fsm/conversation", "fsm/media"},
		"a chart decides by its own data; of other charts only the picks of conversation and media are shared"},
	{"actors", []string{"messages", "fsm", "fsm/*"}, "actors hold charts and nothing else"},
	{"runtime/port", []string{"messages"}, "what adapters fulfil must not draw the runtime in"},
	{"runtime", []string{"messages", "fsm", "fsm/*", "actors", "runtime/*"}, "a cell knows adapters by their ports only"},
	{"runtime/*", []string{"messages", "fsm", "fsm/*", "actors", "runtime", "runtime/*"}, "a cell knows adapters by their ports only"},
	{"adapters/*", []string{"messages", "runtime/port"}, "an adapter translates: no policy, and no other adapter"},
	{"captures", nil, "recordings are bytes"},
	{"simulation", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"simulation/*", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"conformance", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"conformance/*", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"internal/*", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"internal/*/*", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"bench/*", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{"cmd/*", anyBut("cmd/*"), "commands are wiring: nobody imports them"},
	{".", nil, "the root holds nothing but the repository's own tests"},
}

// anyBut marks a list as one of what may not be imported.
func anyBut(folders ...string) []string { return append([]string{"!"}, folders...) }

func (d direction) allows(folder string) bool {
	may, inverted := d.may, len(d.may) > 0 && d.may[0] == "!"
	return inverted != slices.ContainsFunc(may, func(pattern string) bool { return matches(pattern, folder) })
}

func matches(pattern, folder string) bool {
	ok, err := path.Match(pattern, folder)
	if err != nil {
		panic(fmt.Sprintf("tidy: pattern %q: %v", pattern, err))
	}
	return ok
}

// owners says which folders alone may import a library, so that it can be replaced in one place; several are apart by blanks.
var owners = map[string]string{
	"github.com/qmuntal/stateless":          "fsm",
	"github.com/alecthomas/kong":            "cmd/*",
	"github.com/gorilla/websocket":          "adapters/streaming simulation/server",
	"github.com/pion/webrtc/v4":             "adapters/media simulation/edge",
	"github.com/pion/mediadevices":          "adapters/devices",
	"github.com/ThreeDotsLabs/watermill":    "adapters/bus",
	"github.com/cockroachdb/datadriven":     "tests only",
	"pgregory.net/rapid":                    "tests only",
	"github.com/asynkron/protoactor-go/log": "nobody: cells are silent",
}

// deciding are the packages whose outputs may depend on nothing but their inputs.
var deciding = []string{"messages", "fsm", "fsm/*", "actors"}

// outside are the libraries that a deciding package may import besides the standard one.
var outside = []string{"github.com/qmuntal/stateless", "github.com/asynkron/protoactor-go/actor", "github.com/cespare/xxhash/v2"}

// unpredictable is what a deciding package may not import, with what to use instead.
var unpredictable = map[string]string{
	"math/rand": "an id minted from the entry", "math/rand/v2": "an id minted from the entry", "crypto/rand": "an id minted from the entry",
	"log": "an outcome: the shell writes logs from it", "log/slog": "an outcome: the shell writes logs from it",
	"os": "an effect", "net": "an effect", "net/http": "an effect", "os/exec": "an effect", "io/fs": "an effect",
}

// orderless are the files that may walk a map, because they do the same in any order: a chart's check copies and compares
// assumptions, once, when the chart is declared.
var orderless = []string{"fsm/check.go"}

// clocks are the functions of package time that a deciding package may not use.
var clocks = []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}

const functionLinesMax = 70

// unfinished are words that say that something is missing; they are spelled apart here, for this file is looked at too.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

// machine matches paths of a developer's machine.
var machine = regexp.MustCompile(`(^|[\s"'(=])/(ho` + `me|Us` + `ers|wo` + `rk|ro` + `ot|t` + `mp)/\w`)

// source is one Go file of ours.
type source struct {
	path   string // from the root, with slashes
	test   bool
	file   *ast.File
	fileAt *token.FileSet
}

func (s source) folder() string        { return path.Dir(s.path) }
func (s source) at(p token.Pos) string { return s.fileAt.Position(p).String() }
func (s source) line(p token.Pos) int  { return s.fileAt.Position(p).Line }
func (s source) decides() bool         { return !s.test && isDeciding(s.folder()) }
func isDeciding(folder string) bool {
	return folder != "fsm/stories" && slices.ContainsFunc(deciding, func(p string) bool { return matches(p, folder) })
}

// sources are all Go files of the repository, in the order of their paths.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	at := token.NewFileSet()
	walk(t, func(name string) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		f, err := parser.ParseFile(at, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{path: name, test: strings.HasSuffix(name, "_test.go"), file: f, fileAt: at})
	})
	return all
}

// walk visits the files of the repository, in the order of their paths.
func walk(t *testing.T, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.Type().IsRegular() && name != ".git": // of a linked worktree it is a file
			visit(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// messages ← fsm ← charts ← actors ← runtime ← simulation, cmd; adapters beside.
func TestImportDirections(t *testing.T) {
	for _, s := range sources(t) {
		for _, i := range s.file.Imports {
			name := strings.Trim(i.Path.Value, `"`)
			if folder, ours := strings.CutPrefix(name, module+"/"); ours && !s.test {
				checkDirection(t, s, i, folder)
			}
			checkOwner(t, s, i, name)
			redacts := name == "log/slog" && s.path == "messages/pii.go" // it tells slog how to print personal data: not at all
			if use := unpredictable[name]; use != "" && s.decides() && !redacts {
				t.Errorf("%s: %s decides and may not import %s: use %s", s.at(i.Pos()), s.folder(), name, use)
			}
			if strings.Contains(name, ".") && !strings.HasPrefix(name, module) && s.decides() && !slices.Contains(outside, name) {
				t.Errorf("%s: %s decides and may not import %s: what it needs of others comes as an input", s.at(i.Pos()), s.folder(), name)
			}
		}
	}
}

func checkDirection(t *testing.T, s source, i *ast.ImportSpec, folder string) {
	t.Helper()
	for _, d := range directions {
		if !matches(d.folder, s.folder()) {
			continue
		}
		if !d.allows(folder) {
			t.Errorf("%s: %s may not import %s: %s", s.at(i.Pos()), s.folder(), folder, d.why)
		}
		return
	}
	t.Errorf("%s: the folder %s has no direction: give it one in directions", s.at(i.Pos()), s.folder())
}

func checkOwner(t *testing.T, s source, i *ast.ImportSpec, name string) {
	t.Helper()
	for library, owner := range owners {
		if (name == library || strings.HasPrefix(name, library+"/")) && !s.test && !owns(owner, s.folder()) {
			t.Errorf("%s: %s is for %s: go through it", s.at(i.Pos()), library, owner)
		}
	}
}

func owns(owner, folder string) bool {
	return slices.ContainsFunc(strings.Fields(owner), func(pattern string) bool { return matches(pattern, folder) })
}

func TestFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := s.line(f.End()) - s.line(f.Pos()) + 1; lines > functionLinesMax {
				t.Errorf("%s: %s has %d lines: no function has more than %d, one that does one thing needs fewer",
					s.at(f.Pos()), f.Name.Name, lines, functionLinesMax)
			}
		}
	}
}

// A comment also counts for the functions that follow it line by line, such as methods that do the same for each type.
func TestExportedIsDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.file.Name.Name == "main" {
			continue
		}
		commented := -1 // the last line of the run of functions that one comment stands above
		for _, d := range s.file.Decls {
			if _, isFunction := d.(*ast.FuncDecl); isFunction && s.line(d.Pos()) == commented+1 {
				commented = s.line(d.End())
				continue
			}
			names := undocumented(d)
			if len(names) == 0 {
				commented = s.line(d.End())
			}
			for _, name := range names {
				t.Errorf("%s: %s has no comment: say what it is, in which units and order, and which errors", s.at(name.Pos()), name.Name)
			}
		}
	}
}

// undocumented are the exported names of a declaration that no comment belongs to. One on a group counts for its members.
func undocumented(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && ofExported(d) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			return nil
		}
		var names []*ast.Ident
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Doc == nil && spec.Name.IsExported() {
					names = append(names, spec.Name)
				}
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					if spec.Doc == nil && spec.Comment == nil && name.IsExported() {
						names = append(names, name)
					}
				}
			}
		}
		return names
	}
	return nil
}

// ofExported tells whether a function is no method, or one of an exported type.
func ofExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	of := f.Recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.IndexListExpr:
			of = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// Nothing in the repository is left for later, and nothing tells on whose machine it was written.
func TestTextIsFinished(t *testing.T) {
	walk(t, func(name string) {
		if strings.HasSuffix(name, ".gz") {
			return
		}
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return
		}
		for i, line := range strings.Split(string(text), "\n") {
			if found := machine.FindString(line); found != "" {
				t.Errorf("%s:%d: %q is a path of one machine: use one within the repository", name, i+1, found)
			}
			if found := unfinished.FindString(line); found != "" && strings.Contains(line, "//") {
				t.Errorf("%s:%d: %q: finish it, or write down elsewhere what is missing", name, i+1, found)
			}
		}
	})
}

// A decision depends on its input, and on nothing that is another one each time: no clock, no goroutine, no channel, and no
// map that is walked.
func TestDecisionsAreDeterministic(t *testing.T) {
	if testing.Short() {
		t.Skip("asks the compiler for types")
	}
	exports := exportData(t)
	byFolder := map[string][]source{}
	var folders []string
	for _, s := range sources(t) {
		if s.decides() {
			if byFolder[s.folder()] == nil {
				folders = append(folders, s.folder())
			}
			byFolder[s.folder()] = append(byFolder[s.folder()], s)
		}
	}
	for _, folder := range folders {
		checkDecisions(t, folder, byFolder[folder], exports)
	}
}

// exportData is where the compiler keeps what each package exports, by import path.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "./fsm/...", "./actors", "./messages")
	var problems bytes.Buffer
	list.Stderr = &problems
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, problems.String())
	}
	exports := map[string]string{}
	for _, line := range strings.Fields(string(out)) {
		name, file, _ := strings.Cut(line, "=")
		exports[name] = file
	}
	return exports
}

func checkDecisions(t *testing.T, folder string, files []source, exports map[string]string) {
	t.Helper()
	at := files[0].fileAt
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(at, "gc", func(name string) (io.ReadCloser, error) {
		return os.Open(exports[name])
	})}
	var parsed []*ast.File
	for _, s := range files {
		parsed = append(parsed, s.file)
	}
	if _, err := config.Check(module+"/"+folder, at, parsed, info); err != nil {
		t.Errorf("%s: %v", folder, err)
		return
	}
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			if _, walks := n.(*ast.RangeStmt); walks && slices.Contains(orderless, filepath.ToSlash(at.Position(n.Pos()).Filename)) {
				return true
			}
			if what := undecided(n, info); what != "" {
				t.Errorf("%s: %s", at.Position(n.Pos()), what)
			}
			return true
		})
	}
}

// undecided says why a node makes a decision depend on more than its input, or "".
func undecided(n ast.Node, info *types.Info) string {
	switch n := n.(type) {
	case *ast.GoStmt, *ast.SelectStmt, *ast.ChanType, *ast.SendStmt:
		return "a deciding package has no goroutines and channels: return an act"
	case *ast.RangeStmt:
		if x := info.TypeOf(n.X); x != nil {
			if _, isMap := x.Underlying().(*types.Map); isMap {
				return "a deciding package walks no map, its order is another one each time: keep a slice"
			}
		}
	case *ast.Ident:
		use := info.Uses[n]
		if _, isFunction := use.(*types.Func); isFunction && use.Pkg() != nil && use.Pkg().Path() == "time" &&
			use.Parent() == use.Pkg().Scope() && slices.Contains(clocks, use.Name()) {
			return "a deciding package has no clock: time is the entry's, and timers are rows of the chart"
		}
	}
	return ""
}
