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
	// First is the earliest difference that an application would notice, or nil.
	First *Difference
}

// CallReport is one call in both runs.
type CallReport struct {
	Call string
	// Outbound: the agent dialled it.
	Outbound bool
	// Rows are what was announced, side by side, in order.
	Rows []Row
	// Differences are those that an application would notice.
	Differences []Difference
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
	is, err := settle(change.header(rec.run.Scenario), acts, rec.run.Events)
	if err != nil {
		return Report{}, fmt.Errorf("whatif: %s: %s: %w", rec.Log, change, err)
	}
	r := Report{Change: change, Recovery: rec, Faithful: faithful(rec, rec.run), Was: rec.run, Is: is}
	for _, call := range callsOf(r.Was.Events, r.Is.Events) {
		r.Calls = append(r.Calls, r.call(call))
	}
	for _, c := range r.Calls {
		for i := range c.Differences {
			if r.First == nil || c.Differences[i].At < r.First.At {
				r.First = &c.Differences[i]
			}
		}
	}
	return r, nil
}

// Alike are how many calls the application would notice nothing of.
func (r Report) Alike() (n int) {
	for _, c := range r.Calls {
		if len(c.Differences) == 0 {
			n++
		}
	}
	return n
}

// call lays one call side by side.
func (r Report) call(call string) CallReport {
	c := CallReport{Call: call, Outbound: r.Recovery.reading.isOutbound(call)}
	c.Rows = align(ofCall(r.Was.Events, call), ofCall(r.Is.Events, call))
	c.Differences = append(c.Differences, announcedOtherwise(call, c.Rows)...)
	c.Differences = append(c.Differences, r.requestsOf(call)...)
	c.Differences = append(c.Differences, r.heardOf(call)...)
	slices.SortStableFunc(c.Differences, func(a, b Difference) int { return cmp.Compare(a.At, b.At) })
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
			found = append(found, Difference{r.Was.At, call, r.Was.String() + " comes in another order", r.Was.String() + " comes in another order"})
		case r.Is == nil:
			found = append(found, Difference{r.Was.At, call, r.Was.String() + " is missing", r.Was.String() + " is missing"})
		case r.Was != nil:
			what := fmt.Sprintf("%s instead of %s", r.Is, cmp.Or(r.Was.What, r.Was.Name))
			found = append(found, Difference{r.Is.At, call, what, what})
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
		found = append(found, Difference{r.Is.At, call, r.Is.String() + " is new", r.Is.String() + " is new"})
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
		found = append(found, Difference{q.At, call, q.What + " fails", fmt.Sprintf("%s fails (%s)", q.What, cmp.Or(q.Why, "error"))})
	}
	for _, q := range r.Was.Refused {
		if q.Call == call && was[q.What] > 0 {
			was[q.What]--
			found = append(found, Difference{q.At, call, q.What + " no more fails", q.What + " no more fails"})
		}
	}
	for _, u := range r.Is.Untargeted {
		if u.Do.Call == call && !slices.ContainsFunc(r.Was.Untargeted, func(w Untargeted) bool { return w == u }) {
			found = append(found, Difference{r.Is.End, call, string(u.Do.Verb) + " finds nothing to act on", u.String()})
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
		found = append(found, Difference{was.first, call, "the call is not heard", "the call is not heard"})
	case !was.any && is.any:
		found = append(found, Difference{is.first, call, "the call is heard, which it was not", "the call is heard, which it was not"})
	case is.first-was.first > noticed:
		found = append(found, Difference{was.first, call, "the call is heard later", fmt.Sprintf("it is heard %s later", seconds(is.first-was.first))})
	case was.first-is.first > noticed:
		found = append(found, Difference{is.first, call, "the call is heard earlier", fmt.Sprintf("it is heard %s earlier", seconds(was.first-is.first))})
	}
	if was.any && is.any && was.breaks != is.breaks {
		what := fmt.Sprintf("it is heard in %s instead of %d", counted(is.breaks, "part"), was.breaks)
		found = append(found, Difference{is.first, call, "the call is heard in more or fewer parts", what})
	}
	if is.together > was.together+noticed {
		what := fmt.Sprintf("it is heard together with another call, for %s", seconds(is.together))
		found = append(found, Difference{is.first, call, "two calls are heard at once", what})
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
