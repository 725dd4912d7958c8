package explore

// race is two clients of one user and a platform with one call for them. A state of it is a number: one half for each client,
// and the platform.
type race struct {
	clients clients
	halves  []*half
	byParts map[parts]uint32
}

// half is a client with what is on its way to it and from it.
type half struct {
	parts
	busy bool // something is under way
	// What may happen to it next: what it does or hears, which of its orders the platform may take, and which deadlines may
	// pass. They are made when they are asked for.
	turns, late           []chance
	orders                []arriving
	turnsMade, ordersMade bool
	lateMade              bool
}

type parts struct {
	place *place
	mail  letters
	sent  orders
}

// chance is one thing that may happen to one client.
type chance struct {
	*step
	to uint32 // the half that it becomes
}

// arriving is an order that reaches the platform. From is the half without it; asked is which of the client's effects it is,
// or -1: none, so that nobody waits for a reply.
type arriving struct {
	what  orders
	asked int
	from  parts
}

// oneClientHasIt is the law of the race itself.
const oneClientHasIt = "a call is on one client"

func (r *race) half(p parts) uint32 {
	if n, known := r.byParts[p]; known {
		return n
	}
	n := uint32(len(r.halves))
	r.byParts[p] = n
	r.halves = append(r.halves, &half{parts: p, busy: p.mail != 0 || p.sent != 0 || p.place.waits})
	return n
}

// told is a half to which more letters are on their way.
func (r *race) told(n uint32, more letters) uint32 {
	if more == 0 {
		return n
	}
	p := r.halves[n].parts
	p.mail |= more
	return r.half(p)
}

// turnsOf are what a client does, or hears of what has come.
func (r *race) turnsOf(h *half) ([]chance, error) {
	if h.turnsMade {
		return h.turns, nil
	}
	h.turnsMade = true
	for next := h.mail.first(); next != 0; next &= next - 1 {
		l := next & -next
		s, err := r.clients.hears(h.place, l)
		if err != nil {
			return nil, err
		}
		h.turns = append(h.turns, r.chance(h, s, l))
	}
	own, err := r.clients.does(h.place)
	if err != nil {
		return nil, err
	}
	for i := range own {
		h.turns = append(h.turns, r.chance(h, &own[i], 0))
	}
	return h.turns, nil
}

func (r *race) chance(h *half, s *step, read letters) chance {
	t := chance{step: s}
	if s.to != nil {
		t.to = r.half(parts{s.to, h.mail &^ read, h.sent | s.sends})
	}
	return t
}

// lateOf are the deadlines of a client that may pass.
func (r *race) lateOf(h *half) ([]chance, error) {
	if h.lateMade {
		return h.late, nil
	}
	h.lateMade = true
	late, err := r.clients.deadlines(h.place)
	if err != nil {
		return nil, err
	}
	for i := range late {
		h.late = append(h.late, r.chance(h, &late[i], 0))
	}
	return h.late, nil
}

// ordersOf are what is on its way from a client.
func (r *race) ordersOf(h *half) []arriving {
	if h.ordersMade {
		return h.orders
	}
	h.ordersMade = true
	for left := h.sent; left != 0; left &= left - 1 {
		o := left & -left
		h.orders = append(h.orders, arriving{o, -1, parts{h.place, h.mail, h.sent &^ o}})
	}
	for i, o := range h.place.of.phone.open {
		if h.place.of.fates[i] == onItsWay {
			h.orders = append(h.orders, arriving{orderOf(o.effect), i, h.parts})
		}
	}
	return h.orders
}

// A state is written as one number.
const (
	halfBits = 29
	halfMask = 1<<halfBits - 1
)

// raceNumber is the number of a state, whichever of the clients is called the first; swapped tells whether they were swapped for it.
func raceNumber(a, b uint32, p platform) (n uint64, swapped bool) {
	if a > b {
		a, b, p, swapped = b, a, p.mirrored(), true
	}
	return uint64(a) | uint64(b)<<halfBits | p.packed()<<(2*halfBits), swapped
}

func raceOf(n uint64) ([2]uint32, platform) {
	return [2]uint32{uint32(n & halfMask), uint32(n >> halfBits & halfMask)}, unpacked(n >> (2 * halfBits))
}

// happening is something that may happen next in a race.
type happening struct {
	who  int // -1: nobody, it is the platform's
	says string
	step *step  // of the client, if it is its own
	what orders // that the platform takes, if it does
	to   [2]uint32
	then platform
}

// next shows all that may happen next, until it is told to stop. Deadlines pass when nothing else is under way.
func (r *race) next(n uint64, show func(happening)) error {
	at, p := raceOf(n)
	halves := [2]*half{r.halves[at[0]], r.halves[at[1]]}
	for who, h := range halves {
		turns, err := r.turnsOf(h)
		if err != nil {
			return err
		}
		r.show(turns, who, at, p, show)
		r.arrivals(h, who, at, p, show)
	}
	r.platformMay(at, p, show)
	if halves[0].busy || halves[1].busy {
		return nil
	}
	for who, h := range halves {
		late, err := r.lateOf(h)
		if err != nil {
			return err
		}
		r.show(late, who, at, p, show)
	}
	return nil
}

func (r *race) show(turns []chance, who int, at [2]uint32, p platform, show func(happening)) {
	for i := range turns {
		h := happening{who: who, says: turns[i].says, step: turns[i].step, to: at, then: p}
		h.to[who] = turns[i].to
		show(h)
	}
}

// arrivals: the platform takes what is on its way to it.
func (r *race) arrivals(from *half, who int, at [2]uint32, p platform, show func(happening)) {
	for _, o := range r.ordersOf(from) {
		then, told := p.takes(who, o.what)
		other := r.told(at[1-who], told[1-who])
		replies := []fate{silence}
		if o.asked >= 0 {
			replies = p.replies(o.what, r.clients.troubles)
		}
		for _, reply := range replies {
			own := o.from
			own.mail |= told[who]
			if o.asked >= 0 {
				own.place = r.clients.replying(own.place, o.asked, reply)
			}
			h := happening{who: who, what: o.what, then: then}
			h.to[who], h.to[1-who] = r.half(own), other
			show(h)
		}
	}
}

// platformMay is what the platform and the caller do on their own.
func (r *race) platformMay(at [2]uint32, p platform, show func(happening)) {
	if p.phase != ended {
		then, told := p.ends()
		show(happening{who: -1, says: "the caller hangs up", then: then, to: [2]uint32{r.told(at[0], told[0]), r.told(at[1], told[1])}})
	}
	if p.mayConnect() {
		then, told := p.connects()
		show(happening{who: -1, says: "the platform connects the call", then: then, to: [2]uint32{r.told(at[0], told[0]), r.told(at[1], told[1])}})
	}
}

// wrong is what is broken in a state as it is: the race's own law, and where nothing is under way and no deadline is left,
// what the laws say of the end.
func (r *race) wrong(n uint64) (found []broken, who []int) {
	at, p := raceOf(n)
	a, b := r.halves[at[0]], r.halves[at[1]]
	if a.place.talks && b.place.talks {
		found, who = append(found, broken{oneClientHasIt, "both clients have a session of it"}), append(who, -1)
	}
	if a.busy || b.busy || a.place.armed || b.place.armed {
		return found, who
	}
	for i, h := range []*half{a, b} {
		for _, x := range r.clients.atRest(h.place, p.phase == ended) {
			found, who = append(found, x), append(who, i)
		}
	}
	return found, who
}
