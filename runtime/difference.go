package runtime

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// differingField is the path of the first field in which two JSON texts differ, such as "event.current[0].call": the
// place, and not what stands there, which may be personal. Fields are compared in the order of their names.
func differingField(a, b []byte) string {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return "their form"
	}
	return differingPath("", x, y)
}

func differingPath(at string, x, y any) string {
	switch x := x.(type) {
	case map[string]any:
		if y, ok := y.(map[string]any); ok {
			return differingMember(at, x, y)
		}
	case []any:
		if y, ok := y.([]any); ok && len(x) == len(y) {
			for i := range x {
				if !reflect.DeepEqual(x[i], y[i]) {
					return differingPath(at+"["+strconv.Itoa(i)+"]", x[i], y[i])
				}
			}
		}
	}
	return at
}

func differingMember(at string, x, y map[string]any) string {
	names := slices.Sorted(maps.Keys(x))
	for name := range y {
		if _, ok := x[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if !reflect.DeepEqual(x[name], y[name]) {
			if at == "" {
				return differingPath(name, x[name], y[name])
			}
			return differingPath(at+"."+name, x[name], y[name])
		}
	}
	return at
}
