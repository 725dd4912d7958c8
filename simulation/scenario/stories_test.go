package scenario

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// Each story comes out as its file says. Run with -rewrite after a change, and read the diff. In the stories ==== stands for
// a scenario's dashes: those of the story end its input.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if strings.Contains(path, "fuzz") || strings.Contains(path, "rapid") {
			return // what these have found is theirs
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "parse":
				return parsed(t, strings.ReplaceAll(d.Input, "====", dashes))
			case "shrink":
				return shrunk(t, d.Input)
			default:
				t.Fatalf("%s: no such command: there are parse, shrink", d.Cmd)
				return ""
			}
		})
	})
}

// parsed is the canonical text, or what is wrong.
func parsed(t *testing.T, text string) string {
	s, err := Parse("calls", []byte(text))
	if err != nil {
		return err.Error() + "\n"
	}
	checkCanonical(t, s)
	return strings.ReplaceAll(s.String(), dashes, "====")
}

// shrunk is what is left of a scenario. Below the dashes stands what makes it fail: texts that occur in it in this order,
// with "lasts DURATION" how much time passes at least, and with "as many VERB as VERB" two that mean something only together.
func shrunk(t *testing.T, input string) string {
	text, needs, _ := strings.Cut(input, "====\n")
	s, err := Parse("calls", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	failing := Shrink(s, func(s Scenario) bool {
		asked++
		return fails(s, strings.Split(needs, "\n"))
	}, 1000)
	checkCanonical(t, failing)
	return fmt.Sprintf("%d of %d lines, asked %d times\n%s", failing.Len(), s.Len(), asked, failing)
}

func fails(s Scenario, needs []string) bool {
	text := s.String()
	for _, need := range needs {
		if strings.HasPrefix(need, "lasts ") || strings.HasPrefix(need, "as many ") {
			if !balanced(s, strings.Fields(need)) {
				return false
			}
			continue
		}
		_, behind, found := strings.Cut(text, need)
		if !found {
			return false
		}
		text = behind
	}
	return true
}

// balanced tells whether a scenario lasts so long, or has as many of one verb as of another.
func balanced(s Scenario, words []string) bool {
	if words[0] == "lasts" {
		d, err := time.ParseDuration(words[1])
		return err == nil && duration(s) >= d
	}
	count := 0
	for _, line := range s.Lines {
		switch string(line.Do.Verb) {
		case words[2]:
			count++
		case words[4]:
			count--
		}
	}
	return count == 0
}

// duration is how long a scenario takes at least.
func duration(s Scenario) (all time.Duration) {
	for _, line := range s.Lines {
		if line.When.Absolute {
			all = max(all, line.When.After)
		} else {
			all += line.When.After
		}
	}
	return all
}

// Bytes that no editor shows are refused, with their line; line ends of Windows are taken.
func TestBytes(t *testing.T) {
	for text, want := range map[string]string{
		"agent ann\n# \xff\n":                             "calls:2: the line is not UTF-8: save the file as UTF-8",
		"agent ann\n+1s\x00 C1 hangs up":                  "calls:2: a control character at byte 4: take it out",
		"agent ann\n----\nall\n\xff\n":                    "calls:3: what came of it is not UTF-8: save the file as UTF-8",
		"agent ann\nplatform a=" + long:                   "calls:2: a word longer than 256 characters: shorten it",
		"agent ann\n+1s ann answers C" + long:             "calls:2: a word longer than 256 characters: shorten it",
		"agent ann\n+1s" + strings.Repeat(" a", wordsMax): "calls:2: more than 200 words: cut the line into several",
		"agent ann\n+1s ann answers C" + long[:nameMax]:   "calls:2: PHONE answers CALL: a call's name longer than 40 characters: shorten it",
	} {
		if _, err := Parse("calls", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
	s, err := Parse("calls", []byte("\ufeff# Who.\r\nagent ann\r\n+1s C1 calls ann\r\n----\r\nthis\r\n\r\n"))
	if want := "# Who.\nprofile corrected\nagent ann\n\n+1s    C1 calls ann\n----\nthis\n"; err != nil || s.String() != want {
		t.Errorf("%q, %v", s, err)
	}
}

var long = strings.Repeat("x", wordMax)

// What stands above the dashes stays byte for byte when what came of it is written anew, with the line ends of the file.
func TestRewritten(t *testing.T) {
	for text, want := range map[string]string{
		"agent ann line-appearance 100\n\n+1s  C1 calls ann\n----\nold\n": "agent ann line-appearance 100\n\n+1s  C1 calls ann\n----\nnew\nlast\n",
		"agent ann":                            "agent ann\n----\nnew\nlast\n",
		"\ufeffagent ann\r\n----  \r\nold\r\n": "\ufeffagent ann\r\n----\r\nnew\r\nlast\r\n",
	} {
		got := string(Rewritten([]byte(text), "new\nlast\n"))
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if s, err := Parse("calls", []byte(got)); err != nil || s.Expected != "new\nlast\n" {
			t.Errorf("%q is read as %q, %v", got, s.Expected, err)
		}
	}
}
