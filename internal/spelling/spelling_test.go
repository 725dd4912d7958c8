package spelling

import (
	"strings"
	"testing"
)

// Of a few words all are named, of many the nearest three; a word of any length is taken.
func TestDidYouMean(t *testing.T) {
	many := strings.Fields("idle keep echo ring signalling connected dialing terminated migration renewal purpose hold-first hold-others")
	for _, row := range []struct {
		word  string
		known []string
		want  string
	}{
		{"ide", []string{"idle", "keep"}, "there are idle, keep"},
		{"x", nil, "there are none"},
		{"idel", many, "the nearest are idle, keep, echo"},
		{strings.Repeat("long", 1000), many, "the nearest are signalling, connected, dialing"},
	} {
		if got := DidYouMean(row.word, row.known); got != row.want {
			t.Errorf("%.20s: %s, want %s", row.word, got, row.want)
		}
	}
	for _, row := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"ann", "", 3}, {"ann", "anne", 1}, {"idel", "idle", 2}, {"hold", "held", 1}} {
		if got := Distance(row.a, row.b); got != row.want {
			t.Errorf("from %q to %q it is %d, want %d", row.a, row.b, got, row.want)
		}
	}
}
