package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Report is what would have been otherwise.
type Report struct {
	Change   Change
	Recovery Recovery
	// Faithful is how much of the recording the first run brings back.
	Faithful Faithful
	// Was is the run as recorded, Is the one under the change.
	Was, Is Run
	// Calls are in the order in which the client first heard of them.
	Calls []CallReport
	// First is the earliest difference that an application would notice, or nil. That the same comes in another order is none.
	First *Difference
}

// Tally counts calls by what an application would notice of them. Each call is in one of the numbers beside Calls.
type Tally struct {
	// Calls are all calls of which the application was told, in the recording or in either run.
	Calls int `json:"calls"`
	// Alike are those of which it would be told the same.
	Alike int `json:"alike"`
	// Reordered are those of which it would be told the same in another order, and notice nothing else.
	Reordered int `json:"reordered"`
	// Different are those of which it would notice a difference.
	Different int `json:"different"`
	// Lost are those of the recording that could not be recovered: neither run has them.
	Lost int `json:"lost"`
}

func (t Tally) plus(o Tally) Tally {
	return Tally{t.Calls + o.Calls, t.Alike + o.Alike, t.Reordered + o.Reordered, t.Different + o.Different, t.Lost + o.Lost}
}

// CallReport is one call in both runs.
type CallReport struct {
	Call string
	// Outbound: the agent dialled it.
	Outbound bool
	// Rows are what was announced, side by side, in order.
	Rows []Row
	// Differences are those that an application would notice, and what comes in another order.
	Differences []Difference
	// Lost: it is in the recording, but could not be recovered.
	Lost bool
}

// Reordered tells whether the application is told the same in another order, and would notice nothing else.
func (c CallReport) Reordered() bool { return len(c.Differences) > 0 && !c.Different() }

// Different tells whether the application would notice a difference.
func (c CallReport) Different() bool {
	return slices.ContainsFunc(c.Differences, func(d Difference) bool { return !d.Order })
}

// Row is what was announced in the one run beside what was announced in the other; nil: nothing.
type Row struct{ Was, Is *Event }

// Same tells whether both say the same.
func (r Row) Same() bool { return r.Was != nil && r.Is != nil && r.Was.String() == r.Is.String() }

// Difference is something that an application, or its user, would notice.
type Difference struct {
	At   time.Duration // in the run in which it shows
	Call string
	// Kind says what kind of difference it is, with no name of a call in it, so that many can be counted.
	Kind string
	What string
	// Order: it is told all the same, before or after something else of the call.
	Order bool
}

// Compare plays recovered calls under another configuration and lays both runs side by side. The error is of a change that
// cannot be made.
func Compare(rec Recovery, change Change) (Report, error) {
	if err := change.Check(); err != nil {
		return Report{}, err
	}
	acts := slices.Clone(rec.acts)
	for i := range acts {
		acts[i] = change.station(acts[i])
	}
	is, err := timed(change.header(rec.run.Scenario), acts, rec.run.Events)
	if err != nil {
		return Report{}, fmt.Errorf("whatif: %s: %s: %w", rec.Log, change, err)
	}
	calls := callsOf(rec.Events, rec.run.Events, is.Events)
	r := Report{Change: change, Recovery: rec, Faithful: faithful(rec, rec.run, calls), Was: rec.run, Is: is}
	for _, call := range calls {
		r.Calls = append(r.Calls, r.call(call))
	}
	for _, c := range r.Calls {
		for i := range c.Differences {
			if d := c.Differences[i]; !d.Order && (r.First == nil || d.At < r.First.At) {
				r.First = &c.Differences[i]
			}
		}
	}
	return r, nil
}

// Tally counts the calls.
func (r Report) Tally() Tally {
	t := Tally{Calls: len(r.Calls)}
	for _, c := range r.Calls {
		switch {
		case c.Lost:
			t.Lost++
		case c.Different():
			t.Different++
		case c.Reordered():
			t.Reordered++
		default:
			t.Alike++
		}
	}
	return t
}

// call lays one call side by side.
func (r Report) call(call string) CallReport {
	c := CallReport{Call: call, Outbound: r.Recovery.reading.isOutbound(call)}
	c.Rows = align(ofCall(r.Was.Events, call), ofCall(r.Is.Events, call))
	c.Differences = append(c.Differences, announcedOtherwise(call, c.Rows)...)
	c.Differences = append(c.Differences, r.requestsOf(call)...)
	c.Differences = append(c.Differences, r.heardOf(call)...)
	slices.SortStableFunc(c.Differences, func(a, b Difference) int { return cmp.Compare(a.At, b.At) })
	c.Lost = len(c.Rows) == 0 && len(c.Differences) == 0
	return c
}

func (r *reader) isOutbound(name string) bool {
	return slices.ContainsFunc(r.calls, func(c *call) bool { return c.name == name && c.outbound })
}

// align lays two lists side by side so that as many rows as possible are the same.
func align(was, is []Event) (rows []Row) {
	longest := make([][]int, len(was)+1)
	for i := range longest {
		longest[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if was[i].String() == is[j].String() {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(was) || j < len(is) {
		switch {
		case i < len(was) && j < len(is) && was[i].String() == is[j].String():
			rows = append(rows, Row{&was[i], &is[j]})
			i, j = i+1, j+1
		case j == len(is) || i < len(was) && longest[i+1][j] >= longest[i][j+1]:
			rows = append(rows, Row{Was: &was[i]})
			i++
		default:
			rows = append(rows, Row{Is: &is[j]})
			j++
		}
	}
	return paired(rows)
}

// paired joins rows that stand beside each other and tell the same event with other words.
func paired(rows []Row) (joined []Row) {
	for _, r := range rows {
		if n := len(joined); n > 0 && r.Was == nil && joined[n-1].Is == nil && r.Is.Name == joined[n-1].Was.Name {
			joined[n-1].Is = r.Is
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// differs is a difference whose kind says all of it.
func differs(at time.Duration, call, what string) Difference {
	return Difference{At: at, Call: call, Kind: what, What: what}
}

// inAnotherOrder ends what is said of an event that comes before or after another one than it did.
const inAnotherOrder = " comes in another order"

// announcedOtherwise are the differences of what is announced: events that are missing, that are more, that say something
// else, and that come in another order.
func announcedOtherwise(call string, rows []Row) (found []Difference) {
	moved := map[string]int{} // how often what is missing here comes elsewhere
	for _, r := range rows {
		if r.Was == nil {
			moved[r.Is.String()]++
		}
	}
	inOrder := map[string]int{}
	for _, r := range rows {
		switch {
		case r.Same():
		case r.Is == nil && moved[r.Was.String()] > 0:
			moved[r.Was.String()]--
			inOrder[r.Was.String()]++
			d := differs(r.Was.At, call, r.Was.String()+inAnotherOrder)
			d.Order = true
			found = append(found, d)
		case r.Is == nil:
			found = append(found, differs(r.Was.At, call, r.Was.String()+" is missing"))
		case r.Was != nil:
			found = append(found, differs(r.Is.At, call, fmt.Sprintf("%s instead of %s", r.Is, cmp.Or(r.Was.What, r.Was.Name))))
		}
	}
	for _, r := range rows {
		if r.Was != nil {
			continue
		}
		if inOrder[r.Is.String()] > 0 {
			inOrder[r.Is.String()]--
			continue
		}
		found = append(found, differs(r.Is.At, call, r.Is.String()+" is new"))
	}
	return found
}

// requestsOf are the requests of a call that fail in one run only, and the actions that find nothing to act on.
func (r Report) requestsOf(call string) (found []Difference) {
	was := map[string]int{}
	for _, q := range r.Was.Refused {
		if q.Call == call {
			was[q.What]++
		}
	}
	for _, q := range r.Is.Refused {
		if q.Call != call {
			continue
		}
		if was[q.What] > 0 {
			was[q.What]--
			continue
		}
		found = append(found, Difference{At: q.At, Call: call, Kind: q.What + " fails", What: fmt.Sprintf("%s fails (%s)", q.What, cmp.Or(q.Why, "error"))})
	}
	for _, q := range r.Was.Refused {
		if q.Call == call && was[q.What] > 0 {
			was[q.What]--
			found = append(found, differs(q.At, call, q.What+" no more fails"))
		}
	}
	for _, u := range r.Is.Untargeted {
		if u.Do.Call == call && !slices.ContainsFunc(r.Was.Untargeted, func(w Untargeted) bool { return w == u }) {
			found = append(found, Difference{At: r.Is.End, Call: call, Kind: string(u.Do.Verb) + " finds nothing to act on", What: u.String()})
		}
	}
	return found
}

// noticed is how much later a call must be heard, or how much longer, for a person to notice.
const noticed = 250 * time.Millisecond

// heardOf is whether a call is heard otherwise.
func (r Report) heardOf(call string) (found []Difference) {
	was, is := heardTimes(r.Was, call), heardTimes(r.Is, call)
	switch {
	case was.any && !is.any:
		found = append(found, differs(was.first, call, "the call is not heard"))
	case !was.any && is.any:
		found = append(found, differs(is.first, call, "the call is heard, which it was not"))
	case is.first-was.first > noticed:
		found = append(found, Difference{At: was.first, Call: call, Kind: "the call is heard later", What: fmt.Sprintf("it is heard %s later", seconds(is.first-was.first))})
	case was.first-is.first > noticed:
		found = append(found, Difference{At: is.first, Call: call, Kind: "the call is heard earlier", What: fmt.Sprintf("it is heard %s earlier", seconds(was.first-is.first))})
	}
	if was.any && is.any && was.breaks != is.breaks {
		what := fmt.Sprintf("it is heard in %s instead of %d", counted(is.breaks, "part"), was.breaks)
		found = append(found, Difference{At: is.first, Call: call, Kind: "the call is heard in more or fewer parts", What: what})
	}
	if is.together > was.together+noticed {
		what := fmt.Sprintf("it is heard together with another call, for %s", seconds(is.together))
		found = append(found, Difference{At: is.first, Call: call, Kind: "two calls are heard at once", What: what})
	}
	return found
}

// hearing is how a call is heard in a run.
type hearing struct {
	any      bool
	first    time.Duration
	breaks   int           // in how many parts
	together time.Duration // with another call
}

func heardTimes(run Run, call string) (h hearing) {
	for _, t := range run.Heard {
		if t.Call != call {
			continue
		}
		if !h.any {
			h.any, h.first = true, t.From
		}
		if t.To-t.From > noticed {
			h.breaks++
		}
		for _, other := range run.Heard {
			if other.Call != call {
				h.together += max(min(t.To, other.To)-max(t.From, other.From), 0)
			}
		}
	}
	return h
}
