// Package races finds out what hangs on the order of things in one recorded log: it takes an input that the protocol does not
// order after those before it, lets it come earlier, decides everything again, and reports the orders that change what the
// user ends up with.
package races

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// Input is one input of a recorded client, at its instant, in the order in which they came.
type Input struct {
	At time.Duration
	messages.Input
	// Entry is its number in the log. No two inputs have the same.
	Entry uint64
}

// String is the input by its kind and its entry.
func (in Input) String() string { return fmt.Sprintf("%s (entry %d)", in.Kind(), in.Entry) }

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
	// Tried is how many other orders were decided; Caused how many cannot be, because an input would come before what it comes
	// of; Left how many were left untried.
	Tried, Caused, Left int
	Races               []Race
}

// Order is one in which Moved came before Passed, instead of after it.
type Order struct{ Moved, Passed Input }

// String is the order in a line.
func (o Order) String() string {
	return o.Moved.String() + " before " + o.Passed.String()
}

// Race is an order that changes what the user ends up with: of those that change the same by a kind of input, the one that moves
// an input least.
type Race struct {
	Order
	// Differences are what is otherwise in the end.
	Differences []string
	// Never are the inputs that do not come then, in order: what they answer is never asked, or announced.
	Never []Input
	// Unanswered are what is asked then, and was not when the log was recorded: no answer to it is known.
	Unanswered []string
	// Also are the other orders that change the same by inputs of this kind.
	Also []Order
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
		o, err := recorded.again(m.applied(log), s.Cell)
		if err != nil {
			report.Caused++
			continue
		}
		if report.Tried++; s.Progress != nil {
			s.Progress(report.Tried)
		}
		report.note(Race{
			Order: Order{Moved: log[m.from], Passed: log[m.to]}, Differences: recorded.end.Differences(o.end), Never: o.never, Unanswered: o.unanswered,
		})
	}
	return report, nil
}

// note keeps a race, or adds it to the one in which an input of the same kind changes the same.
func (r *Report) note(race Race) {
	if len(race.Differences) == 0 {
		return
	}
	for i, known := range r.Races {
		if known.Moved.Kind() == race.Moved.Kind() && slices.Equal(known.Differences, race.Differences) {
			r.Races[i].Also = append(r.Races[i].Also, race.Order)
			return
		}
	}
	r.Races = append(r.Races, race)
}
