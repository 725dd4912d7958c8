package capture

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// Tolerance says by how much an output that only a timer can cause may come before or after its recorded time.
type Tolerance struct {
	Early time.Duration
	Late  time.Duration
}

// Tolerance is what the capture's clock allows: a recording on virtual time is exact to the rounding of t; a browser's timers
// are late, so its recorded time may lie up to 60 ms behind the replay's.
func (c Config) Tolerance() Tolerance {
	if c.VirtualTime() {
		return Tolerance{Early: time.Millisecond, Late: time.Millisecond}
	}
	return Tolerance{Early: time.Millisecond, Late: 60 * time.Millisecond}
}

// Divergence is a place where two logs decided differently.
type Divergence struct {
	// List is the compared list, and Index the place in it, from 0.
	List  string
	Index int
	// Want and Got are the decisions there; nil where a log has nothing more.
	Want, Got *Decision
	// Why adds what the texts do not show, such as a time that is off.
	Why string
	// before and after are the lists around it.
	want, got []Decision
}

// line is where the divergence counts as being: where the recording has it, or else behind everything.
func (d Divergence) line() int {
	if d.Want != nil {
		return d.Want.Line
	}
	return 1<<30 + d.Got.Line
}

// Report is the outcome of a comparison.
type Report struct {
	// Divergences are the first one of each list, in the order of the recording.
	Divergences []Divergence
	// Compared counts the recording's decisions in each list; the sessions' stanzas are one number, under "stanzas".
	Compared map[string]int
}

// Match tells whether nothing differs.
func (r Report) Match() bool { return len(r.Divergences) == 0 }

// First is the earliest divergence. There must be one.
func (r Report) First() Divergence { return r.Divergences[0] }

// Compare holds a replay's decisions against a recording's.
func Compare(recorded, replayed []port.Record, tolerance Tolerance) Report {
	return CompareDecisions(Decide(recorded), Decide(replayed), tolerance)
}

// CompareDecisions is Compare for decisions that were sorted into their lists before.
func CompareDecisions(want, got Decisions, tolerance Tolerance) Report {
	report := Report{Compared: map[string]int{}}
	for _, list := range lists(want, got) {
		name := list
		if strings.HasPrefix(list, "stanza[") {
			name = "stanzas"
		}
		report.Compared[name] += len(want[list])
		if d, differs := firstDifference(list, want[list], got[list], tolerance); differs {
			report.Divergences = append(report.Divergences, d)
		}
	}
	slices.SortStableFunc(report.Divergences, func(a, b Divergence) int { return a.line() - b.line() })
	return report
}

// Decided are a replay's decisions without those that a recording which was cut may have lost: what its lists lack and was
// decided at its last time or later. until is that time, less what outputs may be recorded late; undecided counts those
// that are left out.
func Decided(recorded, replayed Decisions, until time.Duration) (decided Decisions, undecided int) {
	decided = Decisions{}
	for name, list := range replayed {
		end := len(list)
		for end > len(recorded[name]) && list[end-1].At >= until {
			end--
		}
		undecided += len(list) - end
		if end > 0 {
			decided[name] = list[:end]
		}
	}
	return decided, undecided
}

// lists are the names of all lists of two logs, in a fixed order.
func lists(a, b Decisions) []string {
	seen := map[string]bool{}
	for _, d := range []Decisions{a, b} {
		for name := range d {
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func firstDifference(list string, want, got []Decision, tolerance Tolerance) (Divergence, bool) {
	at := func(side []Decision, i int) *Decision {
		if i < len(side) {
			return &side[i]
		}
		return nil
	}
	for i := range max(len(want), len(got)) {
		d := Divergence{List: list, Index: i, Want: at(want, i), Got: at(got, i), want: want, got: got}
		if d.Want == nil || d.Got == nil {
			return d, true
		}
		if list == StateList {
			if field, differs := stateDifference(d.Want, d.Got); differs {
				d.Why = "the look inside differs in " + field
				return d, true
			}
			continue
		}
		if d.Want.Text != d.Got.Text {
			if d.Want.Shown() == d.Got.Shown() {
				d.Why = "they differ in what is personal and not shown"
			}
			return d, true
		}
		if late := d.Want.At - d.Got.At; d.Got.Timed && (late < -tolerance.Early || late > tolerance.Late) {
			d.Why = fmt.Sprintf("a timer caused it, and the recording has it %v later; allowed is from %v to %v",
				late, -tolerance.Early, tolerance.Late)
			return d, true
		}
	}
	return Divergence{}, false
}

// stateDifference compares two looks inside, field by field, in the fields that both have. It leaves the differing field
// as the text of each.
func stateDifference(want, got *Decision) (field string, differs bool) {
	alignSessions(want.fields, got.fields)
	w, g := stateFields(want.fields), stateFields(got.fields)
	names := make([]string, 0, len(w))
	for name := range w {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		have, there := g[name]
		if !there {
			have = "null"
		}
		if w[name] != have {
			want.Text, got.Text = "state "+name+" "+w[name], "state "+name+" "+have
			return name, true
		}
	}
	return "", false
}

// alignSessions leaves out the state of sessions where the replay's look inside does not tell it.
func alignSessions(want, got object) {
	sessions, _ := got["sessions"].([]any)
	for _, s := range sessions {
		if _, told := asObject(s)["state"]; told {
			return
		}
	}
	recorded, _ := want["sessions"].([]any)
	for _, s := range recorded {
		delete(asObject(s), "state")
	}
}

// Around is how many decisions of the same list a report shows before a divergence, and how many inputs.
const Around = 5

// Show writes the first divergence with what came before and after it. names shortens ids for reading; nil: not.
func (r Report) Show(w io.Writer, recording []port.Record, names func(string) string) error {
	if names == nil {
		names = func(s string) string { return s }
	}
	d, out := r.First(), &printer{w: w}
	out.line("first divergence: %s #%d%s", names(d.List), d.Index, others(r, names))
	if d.Why != "" {
		out.line("  %s", d.Why)
	}
	for i := max(0, d.Index-Around); i < d.Index; i++ {
		out.line("    = #%d %s", i, short(names(d.want[i].Shown()), 240))
	}
	out.line("  expected %s", sideText(d.Want, "capture", names))
	out.line("  got      %s", sideText(d.Got, "output", names))
	for i := d.Index + 1; i < d.Index+3; i++ {
		if i < len(d.want) {
			out.line("    next expected #%d %s", i, short(names(d.want[i].Shown()), 240))
		}
		if i < len(d.got) {
			out.line("    next got      #%d %s", i, short(names(d.got[i].Shown()), 240))
		}
	}
	inputs := inputsBefore(recording, d)
	if len(inputs) > 0 {
		out.line("  inputs before it in the capture:")
	}
	for _, in := range inputs {
		out.line("    line %d, t %v: %s", in.Line, port.Milliseconds(in.At), names(Brief(in)))
	}
	return out.err
}

func others(r Report, names func(string) string) string {
	if len(r.Divergences) < 2 {
		return ""
	}
	lists := make([]string, 0, len(r.Divergences))
	for _, d := range r.Divergences[:min(6, len(r.Divergences))] {
		lists = append(lists, names(d.List))
	}
	return fmt.Sprintf("   (%d lists differ: %s)", len(r.Divergences), strings.Join(lists, ", "))
}

func sideText(d *Decision, what string, names func(string) string) string {
	if d == nil {
		return "<nothing more>"
	}
	return fmt.Sprintf("(%s line %d, seq %d, t %v): %s", what, d.Line, d.Seq, port.Milliseconds(d.At), short(names(d.Shown()), 900))
}

func short(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}

// inputKinds are the records that a client is told, rather than does.
var inputKinds = map[string]bool{
	"api": true, "ws.open": true, "ws.close": true, "ws.error": true, "ws.recv": true, "http.res": true, "gum.ok": true,
	"gum.err": true, "pc.state": true, "pc.icecandidate": true, "pc.err": true, "page.visibility": true,
	"page.online": true, "clock": true,
}

// IsInput tells whether a record of this kind is an input.
func IsInput(kind string) bool { return inputKinds[kind] }

// inputsBefore are the last inputs before the divergence's place in the recording.
func inputsBefore(recording []port.Record, d Divergence) []port.Record {
	var inputs []port.Record
	for _, r := range recording {
		if r.Line >= d.line() {
			break
		}
		if IsInput(r.Kind) && r.Kind != "pc.icecandidate" {
			inputs = append(inputs, r)
		}
	}
	return inputs[max(0, len(inputs)-Around):]
}

// printer keeps the first error of many writes.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
