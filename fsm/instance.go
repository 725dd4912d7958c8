package fsm

import (
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Instance is a Snapshot that runs: its state was looked up, so that a step need not. A copy is an instance of its own.
type Instance[D any] struct {
	at   *node[D]
	data D
}

// Resume is the instance that a snapshot is of. The snapshot's state must be one that CanBeIn accepts; another one is a bug,
// and panics.
func (c *Chart[D]) Resume(s Snapshot[D]) Instance[D] {
	return Instance[D]{at: c.here(s.State), data: s.Data}
}

// Snapshot is the instance for others to look at and to keep.
func (i *Instance[D]) Snapshot() Snapshot[D] { return Snapshot[D]{State: i.at.name, Data: i.data} }

// Chart is what the instance is one of.
func (i *Instance[D]) Chart() *Chart[D] { return i.at.chart }

// Ended says whether the instance is in a state that nothing leaves.
func (i *Instance[D]) Ended() bool { return i.at.final }

// Advance is Step in place: it spares copies of large data, and memory, for it uses the lists of out again. After a panic
// the instance is of no use.
func (i *Instance[D]) Advance(on quirk.Set, in messages.Input, out *Outcome) {
	at := i.at
	*out = Outcome{
		Chart: at.chart.name, From: at.name, To: at.name, Verdict: Unexpected, Acts: out.Acts[:0], Timers: out.Timers[:0],
		Sums: Sums{Chart: at.chart.root.sum, To: at.sum},
	}
	var x *cell[D]
	if column, known := at.chart.columns.of(in); known {
		x, out.Sums.Input = at.row[column], at.chart.inputs[column].sum
	}
	fired, isTimer := in.(messages.TimerFired)
	if isTimer && !x.times(on, fired.Timer) {
		out.Verdict, out.Row, out.Why = Ignored, at.late, lateTimer
		return
	}
	if x == nil {
		return
	}
	for n, r := range x.rows {
		if (r.timer == nil || r.timer.name == fired.Timer) && r.eligible(on, &i.data, in) {
			r.take(x.moves[n], on, i, in, out)
			return
		}
	}
	if x.ignore != nil {
		out.Verdict, out.Row, out.Why = Ignored, x.ignore.address, x.ignore.why
	}
}

// Keep is a copy of the instance in memory that GiveBack takes again. Whoever steps often spares garbage with it.
func (i *Instance[D]) Keep() *Instance[D] {
	kept := i.at.chart.spare()
	*kept = *i
	return kept
}

// GiveBack ends the use of what Keep lent. What it held is overwritten when it is lent again.
func (i *Instance[D]) GiveBack() { i.at.chart.spares.Put(i) }

// spare is memory for an instance.
func (c *Chart[D]) spare() *Instance[D] {
	if kept, ok := c.spares.Get().(*Instance[D]); ok {
		return kept
	}
	return new(Instance[D])
}
