package runtime

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Consulted names the quirks that count for an input which the cell would take next: switched the other way round, each
// alone, something else is decided about it, be it a row, an output or what a chart keeps. They are in the order of the
// catalogue. The input is decided on copies: the cell stays at its rest, and its journal gets nothing. The cost is that of
// some sixty snapshots: it is for the place that somebody looks at, not for each entry.
func (c *Cell) Consulted(at time.Duration, in messages.Input) ([]string, error) {
	rest, err := c.Snapshot()
	if err != nil {
		return nil, err
	}
	cfg := *c.cfg
	cfg.Journal = nil
	as, err := supposing(cfg, rest, cfg.Quirks, at, in)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, q := range quirk.All() {
		otherwise, err := supposing(cfg, rest, cfg.Quirks.Toggled(q), at, in)
		if err != nil {
			return nil, err
		}
		if otherwise != as {
			names = append(names, q.Name)
		}
	}
	return names, nil
}

// supposing is what an input comes to at a rest if these quirks are on for it alone: the snapshot of the rest after it,
// whose hash has the rows and outputs, or why it cannot be decided.
func supposing(cfg Config, rest []byte, on quirk.Set, at time.Duration, in messages.Input) (string, error) {
	c, err := Restore(cfg, rest)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.assume(on)
	_, err = c.Handle(at, in)
	if poisoned := (*Poisoned)(nil); errors.As(err, &poisoned) {
		return poisoned.Error(), nil
	}
	if err != nil {
		return "", err
	}
	c.assume(cfg.Quirks)
	after, err := c.Snapshot()
	return string(after), err
}

// assume makes other quirks those of a cell that is at rest.
func (c *Cell) assume(on quirk.Set) {
	c.cfg.Quirks = on
	for _, u := range c.units {
		for _, m := range u.Machines {
			m.Assume(on)
		}
	}
}

// trailMax is how many entries lie at most between a replay's snapshots.
const trailMax = 1000

// trail is a replay's way back to the rest before an entry: a snapshot, and the records since.
type trail struct {
	cfg      Config
	snapshot []byte
	since    []Record
}

// follow notes the record that the cell is told next.
func (t *trail) follow(c *Cell, rec Record) error {
	if t.snapshot == nil || len(t.since) == trailMax {
		snapshot, err := c.Snapshot()
		if err != nil {
			return err
		}
		t.cfg, t.snapshot, t.since = *c.cfg, snapshot, slices.Delete(t.since, 0, len(t.since))
	}
	t.since = append(t.since, rec)
	return nil
}

// consulted names the quirks that counted for the record noted last.
func (t *trail) consulted() ([]string, error) {
	c, err := Restore(t.cfg, t.snapshot)
	if err != nil {
		return nil, fmt.Errorf("go back before the difference: %w", err)
	}
	defer c.Close()
	last := len(t.since) - 1
	for _, rec := range t.since[:last] {
		if _, err := replayOne(c, rec, new(Report)); err != nil {
			return nil, fmt.Errorf("go back before the difference: %w", err)
		}
	}
	return c.Consulted(t.since[last].At, t.since[last].Input)
}
