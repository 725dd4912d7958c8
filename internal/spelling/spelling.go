// Package spelling says which known words somebody may have meant who wrote another one.
package spelling

import (
	"slices"
	"strings"
)

// Listed joins names for an error, and says so when there are none.
func Listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// few is up to how many known words are all listed; of more, only the nearest are named.
const few = 12

// longest is how many letters of a word are compared.
const longest = 40

// DidYouMean names the known words that are nearest to one, for the end of an error.
func DidYouMean(word string, known []string) string {
	if len(known) <= few {
		return "there are " + Listed(known)
	}
	word = word[:min(len(word), longest)]
	near := slices.Clone(known)
	slices.SortStableFunc(near, func(a, b string) int { return Distance(word, a) - Distance(word, b) })
	return "the nearest are " + strings.Join(near[:3], ", ")
}

// Distance is how many letters must be changed, put in or taken out to make b of a.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
