package fsm

import (
	"reflect"
	"regexp"
	"runtime"
	"strings"
)

// anonymous matches the names that the compiler gives to function literals, below the package and the function or
// variable that holds them, such as init.func1, glob..func2 and TestX.func1.2.
var anonymous = regexp.MustCompile(`^[^.]+\..*\.(func)?\d+$`)

// funcPath is the full name of a function, with its package; "" for a nil one.
func funcPath(f any) string {
	pc := runtime.FuncForPC(reflect.ValueOf(f).Pointer())
	if pc == nil {
		return ""
	}
	return pc.Name()
}

// funcName is the name of a function without its package, and why it cannot be a label: "a nil" or "an anonymous".
func funcName(f any) (name, why string) {
	path := funcPath(f)
	if path == "" {
		return "nil", "a nil"
	}
	path = strings.ReplaceAll(path, "[...]", "")                            // the type arguments of a generic function
	path = strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], "-fm") // the mark of a method value
	name = path[strings.LastIndex(path, ".")+1:]
	if anonymous.MatchString(path) {
		return name, "an anonymous"
	}
	return name, ""
}
