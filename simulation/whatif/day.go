package whatif

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Day is the sum of many reports of one change: a day's logs, or one log of a day.
type Day struct {
	Change Change
	// Logs are how many recordings were asked; the tally is of all their calls.
	Logs int
	Tally
	// Kinds are the kinds of differences, the most frequent first.
	Kinds []Kind
	// Was and Is are what all runs took.
	Was, Is Total
	// Faithful is how much of the recordings their recovered calls bring back.
	Faithful Faithful
	// Untargeted are how many actions of the application find nothing to act on.
	Untargeted int
	// Missing, Nearly and Repairs are how many notes there are of each kind (Recovery).
	Missing, Nearly, Repairs int
	// Configurations are how many recordings there were of each configuration, in words.
	Configurations map[string]int
	// Unchanged are how many were recorded in the configuration that is asked for.
	Unchanged int

	log string // the first
}

// Kind is a kind of differences, with its first example.
type Kind struct {
	Kind    string        `json:"kind"`
	Order   bool          `json:"order"` // the same comes in another order
	Calls   int           `json:"calls"` // in how many calls there is one
	Example string        `json:"example"`
	Call    string        `json:"call"`
	At      time.Duration `json:"-"`
}

// NewDay is a day without logs.
func NewDay(change Change) *Day { return &Day{Change: change, Configurations: map[string]int{}} }

// Add adds a report of the day's change.
func (d *Day) Add(r Report) {
	if d.Logs++; d.Logs == 1 {
		d.log = r.Recovery.Log
	}
	d.Tally = d.Tally.plus(r.Tally())
	for _, c := range r.Calls {
		d.count(r.Recovery.Log, c)
	}
	d.Was, d.Is = d.Was.plus(r.Was.Total()), d.Is.plus(r.Is.Total())
	d.Faithful.Calls += r.Faithful.Calls
	d.Faithful.Alike += r.Faithful.Alike
	d.Untargeted += len(r.Is.Untargeted)
	d.Missing, d.Nearly, d.Repairs = d.Missing+len(r.Recovery.Missing), d.Nearly+len(r.Recovery.Nearly), d.Repairs+len(r.Recovery.Repairs)
	d.Configurations[ConfigurationOf(r.Was.Scenario)]++
	if r.Unchanged() {
		d.Unchanged++
	}
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
			d.Kinds = append(d.Kinds, Kind{Kind: diff.Kind, Order: diff.Order, Example: log, Call: c.Call, At: diff.At})
			at = len(d.Kinds) - 1
		}
		d.Kinds[at].Calls++
	}
	slices.SortStableFunc(d.Kinds, byCount)
}

// How many kinds of differences fit on a page.
const (
	kindsShown  = 20
	ordersShown = 6 // of those that come in another order
)

// Write writes the day on one page, in at most 100 columns. The error is that of the writer.
func (d *Day) Write(to io.Writer, how Brevity) error {
	p := &page{to: to}
	p.wrapped(fmt.Sprintf("%s: what if: %s", d.of(), d.Change))
	p.line("")
	for _, sentence := range d.Answer() {
		p.wrapped(sentence)
	}
	p.line("")
	p.line("  %-52s %12s %12s", "", "as recorded", "changed")
	row := func(what string, was, is any) { p.line("  %-52s %12v %12v", what, was, is) }
	d.writeTally(row)
	writeCosts(row, d.Was, d.Is)
	row("actions that find nothing to act on", "", d.Untargeted)
	d.writeKinds(p, how)
	p.line("")
	p.line("Recorded were:")
	for _, text := range sortedNames(d.Configurations) {
		p.line("  %5d  %s", d.Configurations[text], text)
	}
	p.line("")
	for _, sentence := range d.sureness() {
		p.wrapped(sentence)
	}
	return p.failed
}

// of is what the page is about.
func (d *Day) of() string {
	if d.Logs == 1 {
		return shortName(d.log)
	}
	return counted(d.Logs, "recording")
}

// Answer is the day in three sentences.
func (d *Day) Answer() []string {
	sentences := []string{d.answer(d.Change), costSentence(d.Was, d.Is), audioSentence(d.Was.Audio, d.Is.Audio)}
	switch {
	case d.Unchanged == 0:
		return sentences
	case d.Logs == 1:
		return append([]string{fmt.Sprintf("Nothing is changed by that: it was recorded with %s.", d.Change)}, sentences...)
	default:
		return append(sentences, fmt.Sprintf("%s with %s already: nothing is changed there.", wereRecorded(d.Unchanged), d.Change))
	}
}

func wereRecorded(n int) string {
	if n == 1 {
		return "One was recorded"
	}
	return fmt.Sprintf("%d were recorded", n)
}

func (d *Day) writeTally(row func(what string, was, is any)) {
	row("calls", d.Calls, d.Calls)
	row("calls that would go alike for the application", "", d.Alike)
	row("calls told the same, in another order", "", d.Reordered)
	row("calls of which it would notice a difference", "", d.Different)
	if d.Lost > 0 {
		row("calls that could not be recovered", "", d.Lost)
	}
}

// writeKinds lists what would be noticed, and, apart from it, what would only come in another order.
func (d *Day) writeKinds(p *page, how Brevity) {
	var noticed, orders []Kind
	for _, k := range d.Kinds {
		if k.Order {
			orders = append(orders, k)
		} else {
			noticed = append(noticed, k)
		}
	}
	d.writeList(p, "what an application would notice", noticed, how.most(kindsShown))
	d.writeList(p, "what comes in another order", orders, how.most(ordersShown))
}

func (d *Day) writeList(p *page, title string, kinds []Kind, most int) {
	if len(kinds) == 0 {
		return
	}
	p.line("")
	p.line("%5s  %-48s %s", "calls", title, "for example")
	for i, k := range kinds {
		if i == most {
			p.line("       … and %d kinds more", len(kinds)-most)
			return
		}
		p.line("%5d  %-48s %s", k.Calls, cut(strings.TrimSuffix(k.Kind, inAnotherOrder), 48), d.example(k))
	}
}

// example says where a kind of differences is met first.
func (d *Day) example(k Kind) string {
	if d.Logs == 1 {
		return k.Call + " at " + clock(k.At)
	}
	return cut(shortName(k.Example), widthMax-57-len(k.Call)) + " " + k.Call
}

// sureness says how well the calls were recovered.
func (d *Day) sureness() []string {
	sure := fmt.Sprintf("How sure this is: played again as recorded, %d of %s: announced as in the recording.", d.Faithful.Alike, counted(d.Faithful.Calls, "call"))
	if d.Missing+d.Nearly+d.Repairs == 0 {
		return []string{sure}
	}
	return []string{sure, fmt.Sprintf("Of what was recorded, a scenario cannot say %s, and says %s only nearly; what the platform says was repaired %s.",
		counted(d.Missing, "thing"), counted(d.Nearly, "thing"), counted(d.Repairs, "time"))}
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
