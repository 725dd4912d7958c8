package platform_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/platform"
)

var rewrite = flag.Bool("rewrite", false, "write the table of docs/world.md anew")

// The table of docs/world.md is that of this package. -rewrite writes it anew.
func TestDocsAreFresh(t *testing.T) {
	const page, begin, end = "../../docs/world.md", "<!-- generated: Options -->\n", "<!-- end -->\n"
	was, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	above, rest, found := strings.Cut(string(was), begin)
	_, below, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the options: write %s%s there", page, begin, end)
	}
	text := above + begin + table() + end + below
	if text == string(was) {
		return
	}
	if !*rewrite {
		t.Fatal("docs/world.md is stale: run go test ./simulation/platform -rewrite")
	}
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// table is all options in Markdown.
func table() string {
	var b strings.Builder
	b.WriteString("| option | values | default | meaning | why this default |\n|---|---|---|---|---|\n")
	for _, s := range platform.Settings {
		b.WriteString("| `" + s.Key + "` | " + strings.Join(s.Values, ", ") + " | `" + s.Default() + "` | " + s.Help + " | " + s.Why + " |\n")
	}
	return b.String()
}

// Each option says what it is and why, keeps its default, takes each of its words, and refuses anything else by naming what it takes.
func TestSettings(t *testing.T) {
	for _, s := range platform.Settings {
		o := platform.Defaults()
		if s.Help == "" || s.Why == "" {
			t.Errorf("%s is not explained", s.Key)
		}
		if err := o.Set(s.Key, s.Default()); err != nil || len(o.Changed()) > 0 {
			t.Errorf("%s=%s: %v, changes %v", s.Key, s.Default(), err, o.Changed())
		}
		for _, v := range s.Values {
			if err := o.Set(s.Key, v); len(s.Values) > 1 && err != nil {
				t.Errorf("%s=%s: %v", s.Key, v, err)
			}
		}
		for _, v := range []string{"", "nonsense", "-1s", "25h"} {
			if err := o.Set(s.Key, v); err == nil || !strings.Contains(err.Error(), s.Key) || !strings.Contains(err.Error(), "want ") {
				t.Errorf("%s=%q: %v", s.Key, v, err)
			}
		}
	}
	o := platform.Defaults()
	if err := o.Set("eco", "on"); err == nil || !strings.Contains(err.Error(), "echo") {
		t.Errorf("an unknown option: %v", err)
	}
	if err := o.Set("ring", "20s"); err != nil || len(o.Changed()) != 1 || o.Changed()[0] != [2]string{"ring", "20s"} {
		t.Errorf("%v, changed %v", err, o.Changed())
	}
}
