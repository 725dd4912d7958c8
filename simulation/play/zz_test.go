package play

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/scenarios"
)

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	files, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	base := map[string][]string{}
	lawsOf := func(o Outcome, err error) (names []string) {
		if err != nil {
			return []string{"ERR " + err.Error()}
		}
		for _, b := range o.Broken {
			if !slices.Contains(names, b.Law) {
				names = append(names, b.Law)
			}
		}
		return names
	}
	for _, f := range files {
		s := f.Scenario
		if s.Profile != "corrected" || len(s.Quirks) > 0 {
			continue
		}
		o, err := Play(s, Options{})
		base[f.Path] = lawsOf(o, err)
		for _, b := range o.Broken {
			fmt.Println("BASE", f.Path, b.Law, b.What)
		}
	}
	for _, q := range QuirkNames() {
		seen := map[string][]string{}
		for _, f := range files {
			s := f.Scenario
			if s.Profile != "corrected" || len(s.Quirks) > 0 {
				continue
			}
			s.Quirks = []string{"+" + q}
			o, err := Play(s, Options{})
			for _, l := range lawsOf(o, err) {
				if !slices.Contains(base[f.Path], l) {
					seen[l] = append(seen[l], f.Path)
				}
			}
		}
		fmt.Printf("%-34s %d laws\n", q, len(seen))
		for l, at := range seen {
			fmt.Printf("      %-50s %d such as %s\n", l, len(at), at[0])
		}
	}
}
