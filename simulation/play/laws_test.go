package play_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/play"
)

// The laws stand in docs/simulate.md with their reasons. -rewrite writes them anew.
func TestLawsAreDocumented(t *testing.T) {
	const page, begin, end = "../../docs/simulate.md", "<!-- generated: Laws -->\n", "<!-- end -->\n"
	was, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	above, rest, found := strings.Cut(string(was), begin)
	_, below, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the laws: write %s%s there", page, begin, end)
	}
	table := "| law | so that |\n|---|---|\n"
	for _, law := range play.All() {
		if law.Reason == "" {
			t.Errorf("%q has no reason", law.Name)
		}
		table += "| " + law.Name + " | " + law.Reason + " |\n"
	}
	text := above + begin + table + end + below
	if text == string(was) {
		return
	}
	if !*rewrite {
		t.Fatal("docs/simulate.md is stale: run go test ./simulation/play -run TestLawsAreDocumented -rewrite")
	}
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
