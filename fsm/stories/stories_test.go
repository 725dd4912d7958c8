package stories

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/hookswitch/hookswitch/actors"
)

// Each story comes out as its file says. Run with -rewrite after a change, and read the diff.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			lines := strings.Split(d.Cmd+" "+d.CmdArgs[0].Key+"\n"+d.Input, "\n")
			out, _, err := Play(Story{Name: nameOf(path), Lines: lines})
			if err != nil {
				t.Fatal(err)
			}
			return out
		})
	})
}

// What All reads is what the files hold: a block that it overlooks would be missing from the row coverage.
func TestAllStoriesAreRead(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no stories were found")
	}
	for _, s := range all {
		if _, taken, err := Play(s); err != nil {
			t.Error(err)
		} else if len(taken) == 0 {
			t.Errorf("%s: takes no row of %s", s.Name, s.Lines[0])
		}
		if chart, _, _ := strings.Cut(s.Name, "/"); s.Lines[0] != "chart "+chart {
			t.Errorf("%s: is about %q: put it into that chart's folder", s.Name, s.Lines[0])
		}
	}
}

// Each input of a chart can be told in a story.
func TestVocabularyIsComplete(t *testing.T) {
	for _, c := range actors.Charts() {
		for _, name := range c.Inputs() {
			if _, ok := vocabulary[name]; !ok && name != "TimerFired" {
				t.Errorf("%s takes %s, which no story can tell: add it to internals in vocabulary.go", c.Name(), name)
			}
		}
	}
}

// A story that cannot be played says where and what to do.
func TestPlayRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"Nonsense":                 `"Nonsense" is no input`,
		"Connect nonsense=1":       "has no field nonsense",
		"Connect jid.x=1":          "has no fields",
		"quirks sdk-1":             "no such profile",
		"from Nowhere":             "not of this chart",
		"Idle/after 1s late=often": "invalid duration",
		`Connect {"JID":1}`:        "cannot unmarshal",
	} {
		_, _, err := Play(Story{Name: "n", Lines: []string{"chart connection", line}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "stories: n: ") {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
	for _, lines := range [][]string{{"Connect"}, {"chart nonsense"}} {
		if _, _, err := Play(Story{Lines: lines}); err == nil {
			t.Errorf("%v was played", lines)
		}
	}
}
