package scenario

import (
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/messages"
)

// checkCanonical fails unless the canonical text means the scenario, and is its own canonical text.
func checkCanonical(t interface {
	Helper()
	Fatalf(string, ...any)
}, s Scenario) {
	t.Helper()
	text := s.String()
	again, err := Parse("again", []byte(text))
	if err != nil {
		t.Fatalf("the canonical text is refused: %v\n%s", err, text)
	}
	if !reflect.DeepEqual(unplaced(again), unplaced(s)) {
		t.Fatalf("the canonical text means another scenario:\n%#v\n%#v\n%s", unplaced(again), unplaced(s), text)
	}
	if got := again.String(); got != text {
		t.Fatalf("the canonical text has another one:\n%s\n%s", text, got)
	}
}

// unplaced is a scenario without its line numbers, and without a difference between none and nil.
func unplaced(s Scenario) Scenario {
	s = s.clone()
	for i := range s.Lines {
		s.Lines[i].At = 0
	}
	if len(s.Lines) == 0 {
		s.Lines = nil
	}
	if len(s.Quirks) == 0 {
		s.Quirks = nil
	}
	if len(s.Platform) == 0 {
		s.Platform = nil
	}
	return s
}

// Whatever can be said in a scenario is written so that it is read again.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkCanonical(t, anyScenario(t)) })
}

// Shrinking keeps the failure, adds nothing, asks no more than it may, and comes to the same each time.
func TestShrinkKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScenario(t)
		budget := rapid.IntRange(0, 3000).Draw(t, "budget")
		var needed []string
		for _, line := range s.Lines {
			if len(needed) < 3 && rapid.IntRange(0, 3).Draw(t, "needed") == 0 {
				needed = append(needed, string(line.Do.Verb))
			}
		}
		asked := 0
		still := func(s Scenario) bool { asked++; return holdsInOrder(s, needed) }
		failing := Shrink(s, still, budget)
		if asked > budget {
			t.Fatalf("asked %d times, of %d", asked, budget)
		}
		checkCanonical(t, failing)
		if !holdsInOrder(failing, needed) {
			t.Fatalf("does not fail any more:\n%s\nneeds %v", failing, needed)
		}
		if failing.Len() > s.Len() || len(failing.String()) > len(s.String()) {
			t.Fatalf("has become longer:\n%s\n%s", s, failing)
		}
		if budget > 2000 && failing.Len() != len(needed) {
			t.Fatalf("%d lines are left, %d would do:\n%s\nneeds %v", failing.Len(), len(needed), failing, needed)
		}
		if again := Shrink(s, still, budget); again.String() != failing.String() {
			t.Fatalf("comes to another end:\n%s\n%s", failing, again)
		}
	})
}

func holdsInOrder(s Scenario, verbs []string) bool {
	for _, line := range s.Lines {
		if len(verbs) > 0 && string(line.Do.Verb) == verbs[0] {
			verbs = verbs[1:]
		}
	}
	return len(verbs) == 0
}

// A failure that nobody can shrink is given back as it is, and a scenario that does not fail is, too.
func TestShrinkOfWhatDoesNotFail(t *testing.T) {
	s, err := Parse("calls", []byte("seed 7\nagent ann\n@3s C7 calls ann\n+250ms C7 hangs up\n----\nas it was\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := Shrink(s, func(Scenario) bool { return false }, 100); got.String() != s.String() {
		t.Errorf("it came back as\n%s", got)
	}
	if got := Shrink(s, func(Scenario) bool { t.Error("asked beyond the budget"); return true }, 0); got.String() != s.String() {
		t.Errorf("without a budget it came back as\n%s", got)
	}
}

// Each pattern is read as its own verb, with and without what may be left out.
func TestPatterns(t *testing.T) {
	var verbs []Verb
	for _, f := range forms {
		if slices.Contains(verbs, f.Verb) {
			t.Errorf("%s has two patterns: one line must be written in one way", f.Verb)
		}
		verbs = append(verbs, f.Verb)
		if f.Help == "" {
			t.Errorf("%s is not explained", f.Verb)
		}
		for _, full := range []bool{false, true} {
			want := Statement{Verb: f.Verb}
			example(&want, f.parts, full)
			s, err := Parse("calls", []byte("missing C1\nagent ann phones desk home\nagent bob\n+1s "+want.String()+"\n"))
			if err != nil {
				t.Errorf("%s: %v", want, err)
			} else if s.Lines[0].Do != want {
				t.Errorf("%s is read as %#v", want, s.Lines[0].Do)
			}
		}
	}
}

// example fills places with what can stand there.
func example(s *Statement, parts []part, full bool) {
	for _, p := range parts {
		switch {
		case p.maybe != nil && full:
			example(s, p.maybe, full)
		case p.place == nil:
		case p.choices != nil && !p.place.marks:
			s.Word = p.choices[0]
		default:
			exampleAt(s, p.place.name)
		}
	}
}

func exampleAt(s *Statement, place string) {
	switch place {
	case "phone":
		s.Phone = Phone{"ann", "home"}
	case "agent":
		s.Agent = "bob"
	case "call":
		s.Call = "C1"
	case "word":
		s.Word = "tel:+431234567"
	case "input":
		s.Word = "propose"
	case "request":
		s.Word = "get-station"
	case "number":
		s.Number = 1
	case "duration":
		s.Duration = time.Minute
	case "flag":
		s.Flag = true
	case "json":
		s.JSON = `{"session":"S1"}`
	case "xml":
		s.XML = `<message xmlns="jabber:client"/>`
	}
}

// anyScenario draws a scenario of all that can be written.
func anyScenario(t *rapid.T) Scenario {
	comment := rapid.StringMatching(`|[A-Za-z#-]([ -~\n]*[!-~])?`)
	s := Scenario{
		Title:       comment.Draw(t, "title"),
		Profile:     rapid.SampledFrom([]string{"corrected", "sdk-9.2.4"}).Draw(t, "profile"),
		Quirks:      rapid.SampledFrom([][]string{nil, {"+reinvite-believed"}, {"-sender-unchecked", "+eager-anywhere"}}).Draw(t, "quirks"),
		Seed:        rapid.Uint64().Draw(t, "seed"),
		Platform:    rapid.SampledFrom([][]Setting{nil, {{"echo", "off"}}, {{"idle", "9s"}, {"signalling", "sdp+jingle"}}}).Draw(t, "platform"),
		Silent:      rapid.Bool().Draw(t, "silent"),
		LoginByHand: rapid.Bool().Draw(t, "by hand"),
		Expected:    settled(rapid.String().Draw(t, "expected")),
		Closing:     comment.Draw(t, "closing"),
	}
	s.Title, s.Closing = tidied(s.Title), tidied(s.Closing)
	for _, name := range []string{"ann", "bob", "cy-3"} {
		s.Agents = append(s.Agents, anyAgent(t, name))
	}
	var past time.Duration
	for range rapid.IntRange(0, 12).Draw(t, "lines") {
		line := Line{When: anyMoment(t, s), Note: tidied(comment.Draw(t, "note"))}
		f := rapid.SampledFrom(forms).Draw(t, "verb")
		line.Do.Verb = f.Verb
		anyFill(t, s, &line.Do, f.parts)
		if line.When.Absolute {
			line.When.After = max(line.When.After, past)
		}
		past = line.When.earliest(past)
		s.Lines = append(s.Lines, line)
	}
	return s
}

// tidied is a comment as it is read: without spaces at the ends of its lines.
func tidied(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func anyAgent(t *rapid.T, name string) Agent {
	a := NewAgent(name)
	a.LineAppearance = rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "line appearance")
	a.Phones = rapid.SampledFrom([][]string{{"desk"}, {"home"}, {"desk", "phone"}}).Draw(t, "phones")
	a.Options.EagerPersistent = rapid.SampledFrom([]messages.Eagerness{messages.EagerAuto, messages.EagerEvent, messages.EagerNone}).Draw(t, "eager")
	a.Note = rapid.SampledFrom([]string{"", "who\n\nis who"}).Draw(t, "note")
	for _, flag := range []*bool{
		&a.Persistent, &a.NoStation, &a.Options.AutoAnswerInbound, &a.Options.DisableAutoAnswer, &a.Options.AutoConnectSessions, &a.Options.UseServerSidePings,
	} {
		*flag = rapid.Bool().Draw(t, "flag")
	}
	return a
}

func anyDuration(t *rapid.T) time.Duration {
	return time.Duration(rapid.Int64Range(0, 1000).Draw(t, "n")) *
		rapid.SampledFrom([]time.Duration{time.Nanosecond, time.Millisecond, time.Second, time.Minute}).Draw(t, "unit")
}

func anyPhone(t *rapid.T, s Scenario) Phone {
	a := rapid.SampledFrom(s.Agents).Draw(t, "agent")
	return Phone{a.Name, rapid.SampledFrom(append([]string{""}, a.Phones...)).Draw(t, "phone")}
}

var someCalls = rapid.SampledFrom([]string{"C1", "C2", "C10", "Mrs-Miller"})

func anyMoment(t *rapid.T, s Scenario) When {
	w := When{After: anyDuration(t)}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		w.Absolute = true
	case 1:
		w.Phone, w.Event = anyPhone(t, s), rapid.SampledFrom(eventNames).Draw(t, "event")
		if rapid.Bool().Draw(t, "of a call") {
			w.Call = someCalls.Draw(t, "call")
		}
	}
	return w
}

func anyFill(t *rapid.T, s Scenario, to *Statement, parts []part) {
	for _, p := range parts {
		switch {
		case p.maybe != nil:
			if rapid.Bool().Draw(t, "spare") {
				anyFill(t, s, to, p.maybe)
			}
		case p.place == nil:
		case p.choices != nil && !p.place.marks:
			to.Word = rapid.SampledFrom(p.choices).Draw(t, "word")
		case p.place.name == "phone":
			to.Phone = anyPhone(t, s)
		case p.place.name == "agent":
			to.Agent = rapid.SampledFrom(s.Agents).Draw(t, "agent").Name
		case p.place.name == "call":
			to.Call = someCalls.Draw(t, "call")
		case p.place.name == "number":
			to.Number = rapid.IntRange(1, numberMax).Draw(t, "number")
		case p.place.name == "duration":
			to.Duration = anyDuration(t) + time.Millisecond
		default:
			exampleAt(to, p.place.name)
		}
	}
}

// The canonical form of whatever is taken is taken, and its own.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/canonical", "testdata/errors"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, story := range strings.Split(string(text), "parse\n")[1:] {
			f.Add([]byte(strings.ReplaceAll(story, "====", dashes)))
		}
	}
	for _, p := range forms {
		s := Statement{Verb: p.Verb}
		example(&s, p.parts, true)
		f.Add([]byte("missing C1\nagent ann phones desk home\nagent bob\n+1s " + s.String()))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := Parse("calls", text); err == nil && len(text) < bytesMax/4 {
			checkCanonical(t, s)
		}
	})
}

// The tables of docs/scenarios.md are those of this package. -rewrite writes them anew.
func TestDocsAreFresh(t *testing.T) {
	const page = "../../docs/scenarios.md"
	was, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(was)
	for _, c := range chapters() {
		begin, end := "<!-- generated: "+c.title+" -->\n", "<!-- end -->\n"
		above, rest, found := strings.Cut(text, begin)
		_, below, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has no place for %q: write %s%s there", page, c.title, begin, end)
		}
		text = above + begin + tableOf(c) + end + below
	}
	if text == string(was) {
		return
	}
	if flag.Lookup("rewrite").Value.String() != "true" {
		t.Fatal("docs/scenarios.md is stale: run go test ./simulation/scenario -rewrite")
	}
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tableOf is a chapter in Markdown.
func tableOf(c chapter) string {
	var b strings.Builder
	b.WriteString("| written | meaning |\n|---|---|\n")
	for _, r := range c.rows {
		b.WriteString("| `" + strings.ReplaceAll(r.form, "|", `\|`) + "` | " + strings.ReplaceAll(r.help, "|", `\|`) + " |\n")
	}
	return b.String()
}

// The grammar holds each pattern, and no line that a terminal would not show well.
func TestGrammar(t *testing.T) {
	grammar := Grammar()
	for _, f := range forms {
		if !strings.Contains(grammar, "  "+f.shown()) || !strings.Contains(grammar, f.Help) {
			t.Errorf("the grammar lacks %s", f.shown())
		}
	}
	if strings.Contains(grammar, "{") {
		t.Errorf("the grammar has a place that is not explained:\n%s", grammar)
	}
}

// What Parse gives has a profile that can be run.
func TestQuirkSet(t *testing.T) {
	s, err := Parse("calls", []byte("profile sdk-9.2.4 -sender-unchecked\nagent ann\n"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.QuirkSet()
	if err != nil || slices.Contains(set.Names(), "sender-unchecked") || !slices.Contains(set.Names(), "gateway-anywhere") {
		t.Errorf("%v, %v", set.Names(), err)
	}
	s.Quirks = []string{"+sender-uncheked"}
	if _, err := s.QuirkSet(); err == nil || !strings.Contains(err.Error(), "+sender-unchecked") {
		t.Errorf("an unknown quirk: %v", err)
	}
	s.Profile = "sdk-1"
	if _, err := s.QuirkSet(); err == nil || !strings.Contains(err.Error(), "corrected") {
		t.Errorf("an unknown profile: %v", err)
	}
}

// A file beyond the limits is one error, at once.
func TestLimits(t *testing.T) {
	for what, text := range map[string]string{
		"calls:1: ":     strings.Repeat("#", bytesMax+1),
		"calls:10001: ": "agent ann\n" + strings.Repeat("+1s C1 calls ann\n", linesMax),
	} {
		if _, err := Parse("calls", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), what) || !strings.Contains(err.Error(), "cut ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if s, err := Parse("", []byte("agent ann\n"+strings.Repeat("+1s C1 calls ann\n", linesMax-1))); err != nil || s.Len() != linesMax-1 {
		t.Errorf("the longest scenario: %d lines, %v", s.Len(), err)
	}
	_, err := Parse("", []byte(strings.Repeat("+1s\n", 30)))
	lines := strings.Split(err.Error(), "\n")
	if want := "scenario:21: what is wrong from here on is not told: mend what is above first"; len(lines) != problemsMax+1 || lines[problemsMax] != want {
		t.Errorf("of 31 errors %d lines are told: %v", len(lines), err)
	}
}
