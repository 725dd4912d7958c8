package races

import (
	"fmt"
	"io"
	"strings"
)

// How much of a race is told.
const (
	alsoShown  = 8 // other orders
	neverShown = 4 // inputs that do not come
)

// Write writes the races and how many orders there were, for people. The error is that of the writer.
func (r Report) Write(to io.Writer) error {
	var lines []string
	for _, race := range r.Races {
		lines = append(lines, race.lines()...)
	}
	lines = append(lines, fmt.Sprintf("%d orders tried, %d cannot be; %s what the user ends up with", r.Tried, r.Caused, kinds(len(r.Races))))
	if r.Left > 0 {
		lines = append(lines, fmt.Sprintf("%d orders were left: --most 0 tries all", r.Left))
	}
	_, err := fmt.Fprintln(to, strings.Join(lines, "\n"))
	return err
}

func (r Race) lines() (lines []string) {
	lines = append(lines, r.String())
	for _, d := range r.Differences {
		lines = append(lines, "    "+d)
	}
	if len(r.Never) > 0 {
		lines = append(lines, "    then never: "+few(r.Never))
	}
	for _, asked := range r.Unanswered {
		lines = append(lines, "    then asked, and the log has no answer: "+asked)
	}
	for i, o := range r.Also {
		if i == alsoShown {
			return append(lines, fmt.Sprintf("    and %d more such orders", len(r.Also)-alsoShown))
		}
		lines = append(lines, "    also: "+o.String())
	}
	return lines
}

// few are the first of some inputs by name, and how many more there are.
func few(of []Input) string {
	var words []string
	for i, in := range of {
		if i == neverShown {
			return strings.Join(words, ", ") + fmt.Sprintf(" and %d more", len(of)-neverShown)
		}
		words = append(words, in.String())
	}
	return strings.Join(words, ", ")
}

// kinds says how many kinds of orders change something.
func kinds(n int) string {
	if n == 1 {
		return "1 kind of order changes"
	}
	return fmt.Sprintf("%d kinds of orders change", n)
}
