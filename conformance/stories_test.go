package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// A story is a recorded scenario for reading: what it shows, then what came in and, under it, what the client made of it.
// The text comes from the recording; told of our replay it must be the same. With -rewrite all but the words at the head,
// which are written by hand, is told anew.
func TestStories(t *testing.T) {
	t.Parallel()
	each(t, "scenarios/", func(t *testing.T, rec *recording) {
		base := strings.TrimSuffix(filepath.Base(rec.Name), ".jsonl")
		path := filepath.Join("testdata", "stories", base+".txt")
		theirs, ours := paragraphs(rec, rec.Records), paragraphs(rec, played(rec))
		if *rewrite {
			writeStory(t, path, rec, tell(rec, theirs))
			return
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: run this test with -rewrite and read what it wrote", err)
		}
		head, body, _ := strings.Cut(string(golden), "\n\n")
		if !strings.HasPrefix(head, "# ") {
			t.Error("the story does not begin with what it shows")
		}
		for i := range ours {
			ours[i] = ours[i].ordered(theirs[i])
		}
		sameLines(t, "the story against the recording", []byte(body), []byte(tell(rec, theirs)))
		sameLines(t, "the story against our replay", []byte(body), []byte(tell(rec, ours)))
	})
}

// Every conformance scenario has its story, and there is no story without a recording.
func TestEveryScenarioHasItsStory(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "stories", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	stories := map[string]bool{}
	for _, f := range files {
		base := strings.TrimSuffix(filepath.Base(f), ".txt")
		if recordings["scenarios/"+base+".jsonl"] == nil {
			t.Errorf("%s: there is no such recording: delete the story", f)
		}
		number, _, _ := strings.Cut(base, "-")
		stories[number] = true
	}
	for n := 1; n <= 95; n++ {
		if !stories[fmt.Sprintf("%02d", n)] {
			t.Errorf("scenario %d has no story", n)
		}
	}
}

// setting is what a recording says of its set-up.
type setting struct {
	Number         int    `json:"n"`
	Words          string `json:"words"`
	LineAppearance int    `json:"la"`
	Persistent     bool   `json:"persistent"`
	Signalling     string `json:"signaling"`
	Purpose        string `json:"purpose"`
	Station        bool   `json:"effectiveStation"`
}

func settingOf(rec *recording) (s setting) {
	if err := json.Unmarshal(rec.Config.Scenario, &s); err != nil {
		panic(fmt.Sprintf("%s: %v", rec.Name, err))
	}
	return s
}

// words are the set-up, less what is as usual.
func (s setting) words(options capture.ClientOptions) string {
	words := []string{fmt.Sprintf("line appearance %d", s.LineAppearance)}
	for _, flag := range []struct {
		set  bool
		word string
	}{
		{s.Persistent, "persistent connection"}, {s.Signalling == "jingle", "Jingle"}, {s.Purpose != "agent", "purpose " + s.Purpose},
		{!s.Station, "no effective station"},
		{options.AutoConnectSessions != nil && !*options.AutoConnectSessions, "sessions are not connected by themselves"},
		{options.DisableAutoAnswer != nil && *options.DisableAutoAnswer, "auto-answer disabled"},
		{options.EagerPersistent != nil, "eager persistent connection: " + text(options.EagerPersistent)},
		{!slices.Equal(options.AllowedSessionTypes, []string{"softphone"}), "session types " + strings.Join(options.AllowedSessionTypes, " ")},
	} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	return strings.Join(words, "; ")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// writeStory writes a story anew. It keeps the words at its head.
func writeStory(t *testing.T, path string, rec *recording, body string) {
	t.Helper()
	head := fmt.Sprintf("# Scenario %d: %s.", settingOf(rec).Number, settingOf(rec).Words)
	if before, err := os.ReadFile(path); err == nil {
		head, _, _ = strings.Cut(string(before), "\n\n")
	}
	write(t, path, []byte(head+"\n\n"+body))
}

// played are a recording's inputs with our outputs in their places: what happened by itself while a record was awaited
// before it, what a record caused behind it. What a clock that jumps makes late is caused by the jump.
func played(rec *recording) []port.Record {
	ours := rec.ours.Outputs
	var all []port.Record
	for _, r := range rec.Records {
		for len(ours) > 0 && ours[0].Line == r.Line && (ours[0].Timed && r.Kind != "clock" || ours[0].At < r.At) {
			all = append(all, ours[0])
			ours = ours[1:]
		}
		if capture.IsInput(r.Kind) {
			all = append(all, r)
		}
		for len(ours) > 0 && ours[0].Line == r.Line {
			all = append(all, ours[0])
			ours = ours[1:]
		}
	}
	return all
}

// paragraph is an input with what came of it.
type paragraph struct {
	in  string
	at  time.Duration
	out []told
}

// told is an output in words.
type told struct {
	list, words string
	at          time.Duration
}

// paragraphs are the story of records.
func paragraphs(rec *recording, records []port.Record) []paragraph {
	words := scripted(rec)
	story := []paragraph{{}}
	for _, r := range records {
		if in := words[r.Line]; in != "" && capture.IsInput(r.Kind) {
			story = append(story, paragraph{in: in, at: r.At})
		}
		if list, said := output(r); said != "" {
			last := &story[len(story)-1]
			last.out = append(last.out, told{list, said, r.At})
		}
	}
	return story
}

// ordered is a paragraph of ours in the order of the recording's. Between two lists the order does not count, because
// independent chains of decisions swap from one recording to the next.
func (p paragraph) ordered(theirs paragraph) paragraph {
	if len(p.out) != len(theirs.out) {
		return p
	}
	left, out := slices.Clone(p.out), []told(nil)
	for _, o := range theirs.out {
		i := slices.IndexFunc(left, func(ours told) bool { return ours.list == o.list })
		if i < 0 {
			return p
		}
		out = append(out, left[i])
		left = slices.Delete(left, i, i+1)
	}
	p.out = out
	return p
}

// tell tells a story: the set-up, and paragraph by paragraph.
func tell(rec *recording, story []paragraph) string {
	var out strings.Builder
	_, _ = fmt.Fprintln(&out, settingOf(rec).words(rec.Config.Options))
	for _, p := range story {
		p.write(&out)
	}
	return out.String()
}

// login is what the paragraph of the logging in begins with.
const login = "agent calls initialize"

func (p paragraph) write(out *strings.Builder) {
	in := p.in
	if i := slices.IndexFunc(p.out, func(o told) bool { return o.words == "ok initialize" }); p.in == login && i >= 0 {
		in, p.out = loggedIn(p.out[:i]), p.out[i+1:]
	}
	if in != "" {
		_, _ = fmt.Fprintln(out, in)
	}
	var line []string
	flush := func() {
		if len(line) > 0 {
			_, _ = fmt.Fprintln(out, "    "+strings.Join(line, ", "))
		}
		line = nil
	}
	at := p.at
	for _, o := range p.out {
		words := o.words
		if o.at-at >= awhile {
			words = fmt.Sprintf("%v later: %s", (o.at - p.at).Round(10*time.Millisecond), words)
			flush()
		}
		at = o.at
		if o.list != capture.StreamList {
			flush()
		}
		if line = append(line, words); o.list != capture.StreamList {
			flush()
		}
	}
	flush()
}

// awhile is how long nothing must have happened for the time to be told.
const awhile = 100 * time.Millisecond

// loggedIn is a logging in as one line.
func loggedIn(out []told) string {
	var events []string
	for _, o := range out {
		if o.list == capture.EventList {
			events = append(events, o.words)
		}
	}
	return "log in: " + strings.Join(events, ", ")
}
