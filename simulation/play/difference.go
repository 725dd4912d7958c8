package play

import (
	"fmt"
	"strings"
)

// Difference is the first line in which two texts differ, with the line before it; "" if they are the same.
func Difference(expected, got string) string {
	e, g := strings.Split(expected, "\n"), strings.Split(got, "\n")
	for i := range max(len(e), len(g)) {
		was, is := at(e, i), at(g, i)
		if was == is {
			continue
		}
		before := ""
		if i > 0 {
			before = "after    " + e[i-1] + "\n"
		}
		return fmt.Sprintf("line %d of what came of it\n%sexpected %s\ngot      %s", i+1, before, was, is)
	}
	return ""
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}
