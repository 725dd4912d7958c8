package explore

import (
	"fmt"
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// crowd is one client of a race among any number of others, of which it sees the platform only. What the others may order when
// the platform stands as it does is what this one may: they are all alike. It is found while it is gone through, and whoever
// was at such a platform before hears of it then.
type crowd struct {
	kind   raceKind
	o      Options
	race   *race
	states numbers
	from   []uint32
	said   []string
	told   map[string]bool
	// orders are those that somebody else may have on its way to a platform, and at are the states that were gone on from with it.
	orders [platforms]orders
	at     [platforms][]uint32
}

// platforms is how many a platform may be, as a number.
const platforms = 64

// oneIsIn is the law of the race, as a client that is not alone can break it.
func (c *crowd) number(half uint32, p platform) uint64 { return uint64(half) | p.packed()<<halfBits }

func (c *crowd) run(first *client, part *Part, progress func(int, int)) error {
	defer func() { part.States = c.states.count() }()
	at := c.race.half(parts{place: c.race.clients.place(first), mail: propose | alerting})
	for _, echoes := range []bool{true, false} {
		c.reach(0, "", at, platform{echoes: echoes})
	}
	for i := 0; i < c.states.count(); i++ {
		if err := c.goOn(uint32(i), part); err != nil {
			return fmt.Errorf("explore: races: state %d: %w", i, err)
		}
		if i%4096 == 0 {
			progress(c.states.count(), part.Transitions)
		}
		if c.o.StatesMax > 0 && c.states.count() > c.o.StatesMax {
			part.Bound = fmt.Sprintf("given up at %d states", c.o.StatesMax)
			return nil
		}
		if c.o.Quirks != quirk.Corrected && len(part.Counterexamples) > 0 {
			return nil
		}
	}
	part.Fixpoint = true
	return nil
}

func (c *crowd) reach(from uint32, says string, half uint32, p platform) {
	if c.states.add(c.number(half, p)) {
		c.from, c.said = append(c.from, from), append(c.said, says)
	}
}

func (c *crowd) goOn(i uint32, part *Part) error {
	n := c.states.all[i]
	half, p := uint32(n&halfMask), unpacked(n>>halfBits)
	h := c.race.halves[half]
	if found := c.wrong(h, p); len(found) > 0 {
		for _, b := range found {
			c.tell(i, "", b, part)
		}
		return nil
	}
	turns, err := c.race.turnsOf(h)
	if err != nil {
		return err
	}
	if !h.busy {
		late, err := c.race.lateOf(h)
		if err != nil {
			return err
		}
		turns = append(slices.Clip(turns), late...)
	}
	for _, t := range turns {
		part.Transitions++
		for _, b := range t.broken {
			c.tell(i, t.says, b, part)
		}
		if t.step.to != nil {
			c.reach(i, t.says, t.to, p)
		}
	}
	at := [2]uint32{half, half}
	c.race.arrivals(h, 0, at, p, func(x happening) {
		part.Transitions++
		c.mayOrder(p, x.what, part)
		c.reach(i, "the platform has its "+x.what.said(), x.to[0], x.then)
	})
	c.race.platformMay(at, p, func(x happening) {
		part.Transitions++
		c.reach(i, x.says, x.to[0], x.then)
	})
	c.at[p.packed()] = append(c.at[p.packed()], i)
	for left := c.orders[p.packed()]; left != 0; left &= left - 1 {
		c.anothers(i, left&-left, part)
	}
	return nil
}

// mayOrder: one client may have an order on its way to a platform, so another may to the platform as that one sees it.
func (c *crowd) mayOrder(p platform, what orders, part *Part) {
	seen := p.mirrored().packed()
	if c.orders[seen]&what != 0 || what == reads || what == others {
		return
	}
	c.orders[seen] |= what
	for _, i := range c.at[seen] {
		c.anothers(i, what, part)
	}
}

// anothers: an order of another client reaches the platform.
func (c *crowd) anothers(i uint32, what orders, part *Part) {
	n := c.states.all[i]
	p := unpacked(n >> halfBits)
	then, told := p.takes(1, what)
	part.Transitions++
	c.reach(i, "the platform has another client's "+what.said(), c.race.told(uint32(n&halfMask), told[0]), then)
}

func (c *crowd) wrong(h *half, p platform) (found []broken) {
	if h.place.talks && p.winner != 1 {
		found = append(found, broken{oneClientHasIt, "a client has a session of it which was not offered to it"})
	}
	if !h.busy && !h.place.armed {
		found = append(found, c.race.clients.atRest(h.place, p.phase == ended)...)
	}
	return found
}

func (c *crowd) tell(at uint32, last string, b broken, part *Part) {
	sort := b.law + ordinals.ReplaceAllString(b.what, "")
	if c.told[sort] {
		return
	}
	c.told[sort] = true
	var lines []string
	if last != "" {
		lines = append(lines, last)
	}
	for ; at > 1; at = c.from[at] {
		lines = append(lines, c.said[at])
	}
	slices.Reverse(lines)
	text := fmt.Sprintf("# Breaks %q: %s.\n", b.law, b.what)
	for _, l := range lines {
		text += "# " + l + "\n"
	}
	part.Counterexamples = append(part.Counterexamples, Counterexample{Law: b.law, What: b.what, Moves: len(lines), Scenario: text})
}
