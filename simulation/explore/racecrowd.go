package explore

// crowd is one client of a race among any number of others, of which it sees what the platform does only. What they may order
// when the platform stands as it does is what this one may, for all are alike: so it is found while this one is gone through,
// until there is nothing new.
type crowd struct {
	*race
	ordered [platformsMax]orders // by somebody else, by the platform as this client sees it
	before  [platformsMax]orders // what the states that were gone on from have met
}

// platformsMax is more than any platform is as a number.
const platformsMax = 64

func (c *crowd) first(at uint32, p platform) uint64 {
	n, _ := c.state(happening{to: [2]uint32{at, at}, then: p})
	return n
}

func (c *crowd) state(h happening) (n uint64, swapped bool) {
	return uint64(h.to[0]) | h.then.packed()<<halfBits, false
}

func (c *crowd) read(n uint64) (uint32, platform) {
	return uint32(n & halfMask), unpacked(n >> halfBits)
}

func (c *crowd) next(n uint64, show func(happening)) error {
	half, p := c.read(n)
	at := [2]uint32{half, noHalf}
	err := c.clientMay(0, at, p, func(h happening) {
		c.notes(h.what, p)
		show(h)
	})
	if err != nil {
		return err
	}
	c.platformMay(at, p, show)
	c.others(n, c.ordered[p.packed()], show)
	return nil
}

// notes that a client may have an order on its way to a platform. To others, that client is somebody else: who has the call is
// they, if it is not the client; or a third one.
func (c *crowd) notes(what orders, p platform) {
	what &= proceeds | accepts | leaves | hangsUp // the rest changes nothing
	for _, winner := range [3][]byte{{0}, {2}, {1, 2}}[p.winner] {
		seen := p
		seen.winner = winner
		c.ordered[seen.packed()] |= what
	}
}

// others: what somebody else has ordered reaches the platform.
func (c *crowd) others(n uint64, what orders, show func(happening)) {
	half, p := c.read(n)
	for ; what != 0; what &= what - 1 {
		o := what & -what
		then, told := p.takes(1, o)
		show(happening{who: somebodyElse, what: o, then: then, to: [2]uint32{c.told(half, told[0]), noHalf}})
	}
}

// again tells whether somebody else may order what the first states have not met.
func (c *crowd) again() bool {
	known := c.before
	c.before = c.ordered
	return known != c.ordered
}

func (c *crowd) nextAgain(n uint64, show func(happening)) {
	_, p := c.read(n)
	c.others(n, c.ordered[p.packed()], show)
}

func (c *crowd) wrong(n uint64) (found []broken, who int) {
	at, p := c.read(n)
	h := c.half(at)
	if h.place.talks && p.winner != 1 {
		return []broken{{oneClientHasIt, "a client has a session of it that was not offered to it"}}, 0
	}
	return c.atRest(h, p), 0
}
