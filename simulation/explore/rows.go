package explore

import (
	"slices"
	"sync"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// rowsTaken notes which rows an exploration took. It is safe for concurrent use.
type rowsTaken struct{ taken sync.Map }

type rowOf struct{ chart, address string }

func (r *rowsTaken) took(out fsm.Outcome) {
	at := rowOf{out.Chart, out.Row}
	if _, known := r.taken.Load(at); !known {
		r.taken.Store(at, true)
	}
}

// Rows says how many rows of a chart there are under a profile, and which of them no way of an exploration took.
type Rows struct {
	Chart string   `json:"chart"`
	Rows  int      `json:"rows"`
	Never []string `json:"never"`
}

// counted is what became of the rows of each chart, in the order in which charts are read best.
func (r *rowsTaken) counted(on quirk.Set) []Rows {
	names := on.Names()
	var all []Rows
	for _, chart := range actors.Charts() {
		c := Rows{Chart: chart.Name(), Never: []string{}}
		for _, row := range chart.Rows() {
			if row.Quirk != "" && !slices.Contains(names, row.Quirk) || slices.Contains(names, row.Corrected) {
				continue
			}
			c.Rows++
			if _, taken := r.taken.Load(rowOf{c.Chart, row.Address}); !taken {
				c.Never = append(c.Never, row.Address)
			}
		}
		all = append(all, c)
	}
	return all
}
