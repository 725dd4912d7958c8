package whatif

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Day is the sum of many reports of one change: a day's logs.
type Day struct {
	Change Change
	// Logs are how many recordings were asked; Calls are all their calls, Alike those of which an application would notice
	// nothing.
	Logs, Calls, Alike int
	// Same are how many recordings go alike in all their calls.
	Same int
	// Kinds are the kinds of differences, the most frequent first.
	Kinds []Kind
	// Was and Is are what all runs took.
	Was, Is Total
	// Faithful is how much of the recordings their recovered calls bring back.
	Faithful Faithful
	// Untargeted are how many actions of the application find nothing to act on.
	Untargeted int
	// Configurations are how many recordings there were of each configuration, in words.
	Configurations map[string]int
}

// Kind is a kind of differences, with one example.
type Kind struct {
	Kind    string `json:"kind"`
	Calls   int    `json:"calls"` // in how many calls there is one
	Example string `json:"example"`
	Call    string `json:"call"`
}

// NewDay is a day without logs.
func NewDay(change Change) *Day { return &Day{Change: change, Configurations: map[string]int{}} }

// Add adds a report of the day's change.
func (d *Day) Add(r Report) {
	d.Logs++
	d.Calls += len(r.Calls)
	d.Alike += r.Alike()
	if r.Alike() == len(r.Calls) {
		d.Same++
	}
	for _, c := range r.Calls {
		d.count(r.Recovery.Log, c)
	}
	d.Was, d.Is = d.Was.plus(r.Was.Total()), d.Is.plus(r.Is.Total())
	d.Faithful.Calls += r.Faithful.Calls
	d.Faithful.Alike += r.Faithful.Alike
	d.Untargeted += len(r.Is.Untargeted)
	d.Configurations[ConfigurationOf(r.Was.Scenario)]++
}

// count counts the kinds of differences of a call, each once.
func (d *Day) count(log string, c CallReport) {
	var seen []string
	for _, diff := range c.Differences {
		if slices.Contains(seen, diff.Kind) {
			continue
		}
		seen = append(seen, diff.Kind)
		at := slices.IndexFunc(d.Kinds, func(k Kind) bool { return k.Kind == diff.Kind })
		if at < 0 {
			d.Kinds = append(d.Kinds, Kind{Kind: diff.Kind, Example: log, Call: c.Call})
			at = len(d.Kinds) - 1
		}
		d.Kinds[at].Calls++
	}
	slices.SortStableFunc(d.Kinds, byCount)
}

// kindsShown is how many kinds of differences fit on a page.
const kindsShown = 20

// Write writes the day on one page, in at most 100 columns. The error is that of the writer.
func (d *Day) Write(to io.Writer) error {
	p := &page{to: to}
	for _, part := range wrapped(fmt.Sprintf("%s: what if: %s", counted(d.Logs, "recording"), d.Change), widthMax) {
		p.line("%s", part)
	}
	p.line("")
	for _, sentence := range d.Answer() {
		for _, part := range wrapped(sentence, widthMax) {
			p.line("%s", part)
		}
	}
	p.line("")
	p.line("  %-52s %12s %12s", "", "as recorded", "changed")
	row := func(what string, was, is any) { p.line("  %-52s %12v %12v", what, was, is) }
	row("calls", d.Calls, d.Calls)
	row("calls of which an application would notice nothing", "", d.Alike)
	writeCosts(row, d.Was, d.Is)
	row("actions that find nothing to act on", "", d.Untargeted)
	d.writeKinds(p)
	p.line("")
	p.line("Recorded were:")
	for _, text := range sortedNames(d.Configurations) {
		p.line("  %5d  %s", d.Configurations[text], text)
	}
	p.line("")
	sure := fmt.Sprintf("How sure this is: played again as recorded, %d of %s: announced as in their recordings.",
		d.Faithful.Alike, counted(d.Faithful.Calls, "call"))
	for _, part := range wrapped(sure, widthMax) {
		p.line("%s", part)
	}
	return p.failed
}

// Answer is the day in three sentences.
func (d *Day) Answer() []string {
	first := fmt.Sprintf("With %s, the applications would notice nothing in any of %s.", d.Change, counted(d.Calls, "call"))
	if d.Alike < d.Calls {
		first = fmt.Sprintf("With %s, %d of %s would go alike for the application, and in %d it would notice a difference.",
			d.Change, d.Alike, counted(d.Calls, "call"), d.Calls-d.Alike)
	}
	return []string{first, costSentence(d.Was, d.Is), audioSentence(d.Was.Audio, d.Is.Audio)}
}

func (d *Day) writeKinds(p *page) {
	if len(d.Kinds) == 0 {
		return
	}
	p.line("")
	p.line("%5s  %-48s %s", "calls", "what an application would notice", "for example")
	for i, k := range d.Kinds {
		if i == kindsShown {
			p.line("       … and %d kinds more", len(d.Kinds)-kindsShown)
			return
		}
		p.line("%5d  %-48s %s %s", k.Calls, cut(k.Kind, 48), cut(shortName(k.Example), widthMax-57-len(k.Call)), k.Call)
	}
}

// shortName is a recording's name without its folder and what all of them end in.
func shortName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(filepath.ToSlash(name)), ".gz"), ".jsonl")
}

// cutLeft is a text in at most so many characters: its end.
func cutLeft(text string, width int) string {
	if all := []rune(text); len(all) > width {
		return "…" + string(all[len(all)-width+1:])
	}
	return text
}

// cut is a text in at most so many characters.
func cut(text string, width int) string {
	if all := []rune(text); len(all) > width {
		return string(all[:width-1]) + "…"
	}
	return text
}

func sortedNames(of map[string]int) []string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
