package play

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// TestAlways: each quirk that the source asks for outside rows is one that is always played.
func TestAlways(t *testing.T) {
	asked := regexp.MustCompile(`\.Has\(quirk\.(\w+)\)`)
	defined := regexp.MustCompile(`(?m)^\t(\w+) += define\(Quirk\{\s+Name: "([^"]+)"`)
	catalogue, err := os.ReadFile("../../fsm/quirk/catalogue.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, m := range defined.FindAllStringSubmatch(string(catalogue), -1) {
		names[m[1]] = m[2]
	}
	if len(names) != len(quirk.All()) {
		t.Fatalf("%d of %d quirks are found in the catalogue's source", len(names), len(quirk.All()))
	}
	found := map[string]bool{}
	root := os.DirFS("../..")
	for _, folder := range []string{"fsm", "actors", "runtime", "adapters", "simulation/world", "simulation/platform"} {
		err := fs.WalkDir(root, folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(root, path)
			for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
				found[names[m[1]]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !maps.Equal(found, always) {
		t.Errorf("the source asks for %v outside rows, always has %v: mend the list", found, always)
	}
}

// TestNoTimerIsAQuirks: no timer runs only with a quirk: a step tells that one could fire otherwise only when one fires.
func TestNoTimerIsAQuirks(t *testing.T) {
	for _, c := range actors.Charts() {
		for _, row := range c.Rows() {
			if row.After != "" && row.Quirk != "" && !hasPlainTimer(c, row) {
				t.Errorf("%s: %s: its timer runs only with the quirk: list it in always", c.Name(), row.Address)
			}
		}
	}
}

func hasPlainTimer(c fsm.Declared, of fsm.RowInfo) bool {
	for _, row := range c.Rows() {
		if row.State == of.State && row.After == of.After && row.Quirk == "" {
			return true
		}
	}
	return false
}

// TestLabels: what a row waits for is read from its address.
func TestLabels(t *testing.T) {
	for address, want := range map[string]string{
		"Ready/Offer": "Offer", "Ready/Offer[a && !b]{x}": "Offer", "Live/Terminate{!x}": "Terminate",
		"Ringing/after 14s[a]": "after 14s", "Kept/after[keep][connected]": "after[keep]", "Kept/after[keep]": "after[keep]",
	} {
		if got := label(address); got != want {
			t.Errorf("%s waits for %q, not %q", address, got, want)
		}
	}
}
