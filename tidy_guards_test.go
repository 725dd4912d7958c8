package hookswitch_test

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

// A guard that gets its chart's data by pointer does not change them, and calls nothing that does.
func TestGuardsOnlyLook(t *testing.T) {
	charts := map[string]map[string]function{}
	var guards []guard
	for _, s := range sources(t) {
		if s.test || !matches("fsm/*", s.folder()) {
			continue
		}
		if charts[s.folder()] == nil {
			charts[s.folder()] = map[string]function{}
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			fn := looked(f)
			known := charts[s.folder()][f.Name.Name] // a method may have the name of a function
			charts[s.folder()][f.Name.Name] = function{known.changes || fn.changes, append(known.calls, fn.calls...)}
			if isGuard(f) {
				guards = append(guards, guard{s, f})
			}
		}
	}
	if len(guards) == 0 {
		t.Fatal("no chart has a guard that takes its data by pointer: the test looks for the wrong thing")
	}
	for _, g := range guards {
		if by := changer(charts[g.of.folder()], g.f.Name.Name, nil); by != "" {
			t.Errorf("%s: guard %s changes the data of its chart, in %s: a guard only looks", g.of.at(g.f.Pos()), g.f.Name.Name, by)
		}
	}
}

// guard is a function that an in-place row may have for a guard.
type guard struct {
	of source
	f  *ast.FuncDecl
}

// function is what a function of a chart does to the data that it gets by pointer, and which functions it calls.
type function struct {
	changes bool
	calls   []string
}

// changer is the first function that changes data on the way from one, or "".
func changer(all map[string]function, name string, way []string) string {
	if all[name].changes {
		return name
	}
	for _, next := range all[name].calls {
		if slices.Contains(way, next) {
			continue
		}
		if by := changer(all, next, append(way, name)); by != "" {
			return by
		}
	}
	return ""
}

func looked(f *ast.FuncDecl) (fn function) {
	data := dataOf(f)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			fn.changes = fn.changes || n.Tok != token.DEFINE && slices.ContainsFunc(n.Lhs, func(x ast.Expr) bool { return within(x, data) })
		case *ast.IncDecStmt:
			fn.changes = fn.changes || within(n.X, data)
		case *ast.CallExpr:
			switch called := n.Fun.(type) {
			case *ast.Ident:
				fn.calls = append(fn.calls, called.Name)
			case *ast.SelectorExpr:
				fn.calls = append(fn.calls, called.Sel.Name)
			}
		}
		return true
	})
	return fn
}

// isGuard: it takes data by pointer first, and answers yes or no.
func isGuard(f *ast.FuncDecl) bool {
	results := f.Type.Results
	if f.Recv != nil || f.Type.Params.NumFields() != 2 || !isData(f.Type.Params.List[0]) || results.NumFields() != 1 {
		return false
	}
	answer, ok := results.List[0].Type.(*ast.Ident)
	return ok && answer.Name == "bool"
}

// dataOf is what a function calls the data that it gets by pointer, or "".
func dataOf(f *ast.FuncDecl) string {
	from := f.Type.Params
	if f.Recv != nil {
		from = f.Recv
	}
	if from.NumFields() == 0 || !isData(from.List[0]) || len(from.List[0].Names) == 0 {
		return ""
	}
	return from.List[0].Names[0].Name
}

func isData(f *ast.Field) bool {
	pointer, ok := f.Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := pointer.X.(*ast.Ident)
	return ok && name.Name == "Data"
}

// within tells whether what is assigned to is a part of the data.
func within(x ast.Expr, data string) bool {
	part := false
	for {
		switch at := x.(type) {
		case *ast.SelectorExpr:
			x, part = at.X, true
		case *ast.IndexExpr:
			x, part = at.X, true
		case *ast.StarExpr:
			x, part = at.X, true
		case *ast.ParenExpr:
			x = at.X
		case *ast.Ident:
			return part && data != "" && at.Name == data
		default:
			return false
		}
	}
}
