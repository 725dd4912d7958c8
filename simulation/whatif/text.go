package whatif

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// The widths of a report, in characters.
const (
	widthMax  = 100
	sideWidth = 47
)

// page writes a report, and remembers the first write that failed.
type page struct {
	to     io.Writer
	failed error
}

func (p *page) line(format string, args ...any) {
	if p.failed == nil {
		_, p.failed = fmt.Fprintln(p.to, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// wrapped writes a text in as many lines as it needs.
func (p *page) wrapped(text string) {
	for _, part := range wrapped(text, widthMax) {
		p.line("%s", part)
	}
}

// hanging writes a text behind a word, in as many lines as it needs.
func (p *page) hanging(word, text string) {
	for _, part := range wrapped(text, widthMax-len(word)) {
		p.line("%s%s", word, part)
		word = strings.Repeat(" ", len(word))
	}
}

// list writes lines under a title, at most so many.
func (p *page) list(title string, lines []string, most int) {
	if len(lines) == 0 {
		return
	}
	p.line("")
	p.line("%s", title)
	for i, text := range lines {
		if i == most {
			p.line("  … and %d more", len(lines)-most)
			return
		}
		for j, part := range wrapped(text, widthMax-4) {
			p.line("%s%s", []string{"  ", "    "}[min(j, 1)], part)
		}
	}
}

// wrapped is a text in lines of a width.
func wrapped(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// Brevity is how much of a report is written.
type Brevity struct {
	// All: calls that go alike are laid side by side, too, and lists are not cut.
	All bool
}

// most is how long a list may be that is usually cut.
func (b Brevity) most(usually int) int {
	if b.All {
		return math.MaxInt
	}
	return usually
}

// few is how long a list may be that is not the matter of the report.
const few = 8

// Write writes the report for people, call by call, in at most 100 columns. The error is that of the writer.
func (r Report) Write(to io.Writer, how Brevity) error {
	p := &page{to: to}
	most := how.most(few)
	p.line("%s", cutLeft(r.Recovery.Log, widthMax))
	p.wrapped("What if: " + r.Change.String())
	p.line("")
	for _, sentence := range r.Answer() {
		p.wrapped(sentence)
	}
	if r.First != nil {
		p.line("")
		p.wrapped(fmt.Sprintf("First difference: %s at %s: %s.", r.First.Call, clock(r.First.At), r.First.What))
	}
	p.line("")
	p.hanging("left:  ", "as recorded, "+dated(r.Was.Scenario))
	p.hanging("right: ", "changed, "+dated(r.Is.Scenario))
	if len(migrations(r.Was.Scenario)) > 0 && len(migrations(r.Is.Scenario)) == 0 {
		p.wrapped("On the right the station is not migrated: it has one configuration all the time.")
	}
	for _, c := range r.Calls {
		c.write(p, how)
	}
	p.line("")
	r.costs(p)
	p.list("Actions of the application that find nothing to act on:", r.untargeted(), most)
	p.list("How sure this is:", r.sureness(), most)
	p.list("What the recording shows and a scenario cannot say:", notes(r.Recovery.Missing), most)
	p.list("What it says only nearly:", notes(r.Recovery.Nearly), most)
	p.list("What the recorded platform did otherwise than the simulated one; it is played as recorded:", notes(r.Recovery.Repairs), most)
	return p.failed
}

// dated is a configuration, with the moments from which the station is another one.
func dated(s scenario.Scenario) string {
	return configuration(s, func(line scenario.Line) string { return "from " + clock(line.When.After) + " on " })
}

// Answer is the report in three sentences, behind one that says so where the change changes nothing.
func (r Report) Answer() []string {
	was, is := r.Was.Cost, r.Is.Cost
	if r.Unchanged() {
		return append([]string{fmt.Sprintf("Nothing is changed by that: it was recorded with %s.", r.Change)}, r.answer(was, is)...)
	}
	return r.answer(was, is)
}

// Unchanged tells whether it was recorded in the configuration that is asked for.
func (r Report) Unchanged() bool { return !r.Change.changes(r.Recovery) }

func (r Report) answer(was, is play.Cost) []string {
	return []string{r.Tally().answer(r.Change), costSentence(r.Was.Total(), r.Is.Total()), audioSentence(was.Audio, is.Audio)}
}

// answer says of how many calls an application would notice something.
func (t Tally) answer(change Change) string {
	text := fmt.Sprintf("With %s, the application would notice a difference in %d of %s.", change, t.Different, counted(t.Calls, "call"))
	switch {
	case t.Different > 0 && t.Reordered > 0:
		text += fmt.Sprintf(" Of %d it would be told the same in another order, and %d would go alike.", t.Reordered, t.Alike)
	case t.Different > 0:
	case t.Reordered == 0:
		text = fmt.Sprintf("With %s, the application would notice nothing: %s as before.", change, goes(t.Alike))
	case t.Alike == 0:
		text = fmt.Sprintf("With %s, the application would be told the same of %s, in another order.", change, counted(t.Reordered, "call"))
	default:
		text = fmt.Sprintf("With %s, the application would be told the same of %s, of %d of them in another order.",
			change, counted(t.Alike+t.Reordered, "call"), t.Reordered)
	}
	if t.Lost > 0 {
		text += fmt.Sprintf(" %s of the recording could not be recovered.", counted(t.Lost, "call"))
	}
	return text
}

// costSentence says what is taken, and what was where that is another number.
func costSentence(was, is Total) string {
	of := func(what string, was, is int) string {
		if was == is {
			return counted(is, what)
		}
		return fmt.Sprintf("%s instead of %d", counted(is, what), was)
	}
	text := of("peer connection", was.Peers, is.Peers) + ", " + of("request", was.Requests, is.Requests) + " and " + of("frame", was.Frames, is.Frames)
	if was.Peers == is.Peers && was.Requests == is.Requests && was.Frames == is.Frames {
		return "It would take " + text + ", as before."
	}
	return "It would take " + text + "."
}

func goes(calls int) string {
	switch calls {
	case 0:
		return "there is no call"
	case 1:
		return "the one call is announced"
	default:
		return fmt.Sprintf("all %d calls are announced", calls)
	}
}

func audioSentence(was, is []time.Duration) string {
	switch {
	case len(was) == 0 && len(is) == 0:
		return "No call is heard in either case."
	case len(is) == 0:
		return fmt.Sprintf("No call would be heard any more; as recorded it takes %s (median).", seconds(median(was)))
	case len(was) == 0:
		return fmt.Sprintf("A call would be heard %s after its answer (median), where none is heard as recorded.", seconds(median(is)))
	case seconds(median(was)) == seconds(median(is)):
		return fmt.Sprintf("A call would be heard %s after its answer, as before (median).", seconds(median(is)))
	default:
		return fmt.Sprintf("A call would be heard %s after its answer instead of %s (median).", seconds(median(is)), seconds(median(was)))
	}
}

// write lays a call side by side.
func (c CallReport) write(p *page, how Brevity) {
	direction := "inbound"
	if c.Outbound {
		direction = "outbound"
	}
	p.line("")
	switch {
	case c.Lost:
		p.line("%s, %s: could not be recovered", c.Call, direction)
		return
	case c.Different() || how.All:
		p.line("%s, %s", c.Call, direction)
	case c.Reordered():
		p.wrapped(fmt.Sprintf("%s, %s: told the same in another order: %s", c.Call, direction, c.reordered()))
		return
	default:
		p.line("%s, %s: announced alike", c.Call, direction)
		return
	}
	for _, row := range c.Rows {
		mark := "≠"
		if row.Same() {
			mark = " "
		}
		p.line("%-*s  %s  %s", sideWidth, side(row.Was), mark, side(row.Is))
	}
	for _, d := range c.Differences {
		for j, part := range wrapped(d.What, widthMax-4) {
			p.line("%s%s", []string{"  → ", "    "}[min(j, 1)], part)
		}
	}
}

// reordered names what comes in another order.
func (c CallReport) reordered() string {
	var events []string
	for _, d := range c.Differences {
		events = append(events, strings.TrimSuffix(d.What, inAnotherOrder))
	}
	return strings.Join(events, ", ")
}

// side is one side of a row.
func side(e *Event) string {
	if e == nil {
		return ""
	}
	text := []rune(fmt.Sprintf("%s  %s", clock(e.At), e))
	if len(text) > sideWidth {
		text = append(text[:sideWidth-1], '…')
	}
	return string(text)
}

// costs writes what both runs took.
func (r Report) costs(p *page) {
	row := func(what string, was, is any) { p.line("  %-36s %12v %12v", what, was, is) }
	p.line("  %-36s %12s %12s", "What it costs, after the login", "as recorded", "changed")
	writeCosts(row, r.Was.Total(), r.Is.Total())
}

// Total is what one or more runs took.
type Total struct {
	Starts   int             `json:"sessionStarts"`
	Peers    int             `json:"peerConnections"`
	Requests int             `json:"requests"`
	Frames   int             `json:"frames"`
	Refused  int             `json:"failedRequests"`
	Audio    []time.Duration `json:"-"` // from a call's answer until it was heard
	Heard    time.Duration   `json:"-"` // how long calls were heard, all together
}

// Total is what the run took.
func (run Run) Total() Total {
	t := Total{
		Starts: run.Cost.Sessions, Peers: run.Cost.Peers, Requests: run.Cost.Requests, Frames: run.Cost.Stanzas, Refused: len(run.Refused), Audio: run.Cost.Audio,
	}
	for _, h := range run.Heard {
		t.Heard += h.To - h.From
	}
	return t
}

func (t Total) plus(o Total) Total {
	return Total{
		Starts: t.Starts + o.Starts, Peers: t.Peers + o.Peers, Requests: t.Requests + o.Requests, Frames: t.Frames + o.Frames, Refused: t.Refused + o.Refused,
		Audio: append(slices.Clone(t.Audio), o.Audio...), Heard: t.Heard + o.Heard,
	}
}

func writeCosts(row func(what string, was, is any), was, is Total) {
	row("sessionStarted announced", was.Starts, is.Starts)
	row("peer connections", was.Peers, is.Peers)
	row("REST requests", was.Requests, is.Requests)
	row("frames sent", was.Frames, is.Frames)
	row("requests of the application that fail", was.Refused, is.Refused)
	row("seconds until a call is heard, median", atMost(was.Audio, 50), atMost(is.Audio, 50))
	row("seconds until a call is heard, p95", atMost(was.Audio, 95), atMost(is.Audio, 95))
	row("seconds in which a call is heard", seconds(was.Heard), seconds(is.Heard))
}

// atMost is what so many in a hundred do not exceed.
func atMost(of []time.Duration, percent int) string {
	if len(of) == 0 {
		return "-"
	}
	sorted := slices.Clone(of)
	slices.Sort(sorted)
	return seconds(sorted[(len(sorted)*percent+99)/100-1])
}

// untargeted are the actions that are left out.
func (r Report) untargeted() (lines []string) {
	for _, u := range r.Is.Untargeted {
		lines = append(lines, fmt.Sprintf("%s (line %d)", u, u.Line))
	}
	return lines
}

// sureness says how well the calls were recovered.
func (r Report) sureness() (lines []string) {
	f := r.Faithful
	lines = append(lines, fmt.Sprintf("played again as recorded, %d of %s: announced as in the recording", f.Alike, counted(f.Calls, "call")))
	if f.First != "" {
		lines = append(lines, "the first difference to the recording: "+f.First)
	}
	if n := len(r.Recovery.Repairs); n > 0 {
		lines = append(lines, fmt.Sprintf("%s to bring the recording back", timesOf(n, "what the platform says was changed")))
	}
	return lines
}

func timesOf(n int, what string) string {
	if n == 1 {
		return what + " once"
	}
	return fmt.Sprintf("%s %d times", what, n)
}

func notes(of []Note) (lines []string) {
	for _, n := range of {
		lines = append(lines, fmt.Sprintf("line %d, %s: %s", n.Line, clock(n.At), n.What))
	}
	return lines
}

// clock is an instant as minutes, seconds and milliseconds.
func clock(at time.Duration) string {
	sign := ""
	if at < 0 {
		sign, at = "-", -at
	}
	ms := at.Milliseconds()
	return fmt.Sprintf("%s%d:%02d.%03d", sign, ms/60000, ms/1000%60, ms%1000)
}

// seconds is a duration in seconds, to a hundredth.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// byCount sorts what was counted, the most first.
func byCount(a, b Kind) int {
	return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Kind, b.Kind))
}
