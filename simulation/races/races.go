// Package races finds out what hangs on the order of things in one recorded log: it takes an input that the protocol does not
// order after those before it, lets it come earlier, decides everything again, and reports the orders that change what the
// user ends up with.
package races

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// Input is one input of a recorded client, at its instant, in the order in which they came.
type Input struct {
	At time.Duration
	messages.Input
	// Entry is its number in the log, for the report.
	Entry uint64
}

// Search is what is looked for.
type Search struct {
	// Cell is how the client is configured. It must keep no journal.
	Cell runtime.Config
	// Window is how far in time an input may be moved.
	Window time.Duration
	// Most is how many orders are tried at most; 0: all.
	Most int
	// Progress is told how many orders have been tried; nil: nobody watches.
	Progress func(tried int)
}

// Report is what was found.
type Report struct {
	// End is what the user ended up with as things came.
	End End
	// Tried is how many other orders were decided; Caused how many could not be, because an input answers what comes of one
	// that it was to overtake; Left how many were left untried.
	Tried, Caused, Left int
	Races               []Race
}

// Race is an order that changes what the user ends up with.
type Race struct {
	// Moved came before Passed, instead of after it.
	Moved, Passed Input
	// Differences are what is otherwise in the end.
	Differences []string
	// Times is how many other orders change the same by the same kinds of inputs.
	Times int
}

// String is the race in a line.
func (r Race) String() string {
	return fmt.Sprintf("%s (entry %d) before %s (entry %d)", r.Moved.Kind(), r.Moved.Entry, r.Passed.Kind(), r.Passed.Entry)
}

// Find tries the orders of a log. The error is of a log that cannot be decided as it is.
func Find(log []Input, s Search) (Report, error) {
	recorded, err := record(log, s.Cell)
	if err != nil {
		return Report{}, err
	}
	report := Report{End: recorded.end}
	for _, m := range moves(log, s.Window) {
		if s.Most > 0 && report.Tried+report.Caused >= s.Most {
			report.Left++
			continue
		}
		end, possible := recorded.again(m.applied(log), s.Cell)
		if !possible {
			report.Caused++
			continue
		}
		if report.Tried++; s.Progress != nil {
			s.Progress(report.Tried)
		}
		report.note(Race{Moved: log[m.from], Passed: log[m.to], Differences: recorded.end.Differences(end), Times: 1})
	}
	return report, nil
}

// note keeps a race, unless the same kinds of inputs have changed the same already.
func (r *Report) note(race Race) {
	if len(race.Differences) == 0 {
		return
	}
	for i, known := range r.Races {
		if known.Moved.Kind() == race.Moved.Kind() && known.Passed.Kind() == race.Passed.Kind() && same(known.Differences, race.Differences) {
			r.Races[i].Times++
			return
		}
	}
	r.Races = append(r.Races, race)
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
