package explore

// race is what two clients of one user, and a platform with one call for them, may do. A state of it is a number.
type race struct {
	clients clients
	halves  []*half
	byParts map[parts]uint32
	keeps   bool // what a half may do is kept, for it is met often
}

// half is a client with what is on its way to it and from it.
type half struct {
	parts
	busy    bool     // something is under way
	chances []chance // kept
	orders  []arriving
}

type parts struct {
	place *place
	mail  letters
	sent  orders
}

// chance is something that a client may do next, or hear.
type chance struct {
	*step
	to uint32 // the half that it becomes
}

// arriving is an order that may reach the platform next. From is the half without it; asked is which of the client's effects
// it is, or -1: none, so that nobody waits for a reply.
type arriving struct {
	what  orders
	asked int
	from  parts
}

// happening is something that may happen next in a race.
type happening struct {
	who  int       // whose it is; nobody, or somebody else
	says string    // of nobody's
	step *step     // that a client makes of it, if it is a client's own
	what orders    // that reaches the platform, if one does
	lost bool      // it does not reach it
	to   [2]uint32 // the halves after it
	then platform  // the platform after it
}

const (
	nobody       = -1
	somebodyElse = 2
)

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
	if n == noHalf {
		return n
	}
	p := r.halves[n].parts
	if p.mail|more == p.mail {
		return n
	}
	p.mail |= more
	return r.half(p)
}

// chancesOf are what a client may do, or hear of what has come.
func (r *race) chancesOf(h *half) ([]chance, error) {
	if h.chances != nil {
		return h.chances, nil
	}
	var all []chance
	for next := h.mail.first(); next != 0; next &= next - 1 {
		l := next & -next
		s, err := r.clients.hears(h.place, l)
		if err != nil {
			return nil, err
		}
		all = append(all, r.chance(h, s, l))
	}
	own, err := r.clients.does(h.place)
	if err != nil {
		return nil, err
	}
	for i := range own {
		all = append(all, r.chance(h, &own[i], 0))
	}
	if r.keeps {
		h.chances = all
	}
	return all, nil
}

func (r *race) chance(h *half, s *step, read letters) chance {
	c := chance{step: s}
	if s.to != nil {
		c.to = r.half(parts{s.to, h.mail &^ read, h.sent | s.sends})
	}
	return c
}

// ordersOf are what is on its way from a client.
func (r *race) ordersOf(h *half) []arriving {
	if h.orders != nil {
		return h.orders
	}
	var all []arriving
	for left := h.sent; left != 0; left &= left - 1 {
		o := left & -left
		all = append(all, arriving{o, -1, parts{h.place, h.mail, h.sent &^ o}})
	}
	for i, o := range h.place.of.phone.open {
		if h.place.of.fates[i] == onItsWay {
			all = append(all, arriving{orderOf(o.effect), i, h.parts})
		}
	}
	if r.keeps {
		h.orders = all
	}
	return all
}

// clientMay shows what one client may do or hear, and which of its orders may reach the platform.
func (r *race) clientMay(who int, at [2]uint32, p platform, show func(happening)) error {
	h := r.halves[at[who]]
	chances, err := r.chancesOf(h)
	if err != nil {
		return err
	}
	for _, c := range chances {
		next := happening{who: who, step: c.step, to: at, then: p}
		next.to[who] = c.to
		show(next)
	}
	for _, o := range r.ordersOf(h) {
		r.arrives(o, who, at, p, show)
	}
	return nil
}

// arrives: the platform takes an order, and replies. With troubles a request by REST may be lost.
func (r *race) arrives(o arriving, who int, at [2]uint32, p platform, show func(happening)) {
	then, told := p.takes(who, o.what)
	next := happening{who: who, what: o.what, then: then}
	next.to[1-who] = r.told(at[1-who], told[1-who])
	become := func(fate fate, told letters) {
		own := o.from
		own.mail |= told
		if o.asked >= 0 {
			own.place = r.clients.replying(own.place, reply{o.asked, fate})
		}
		next.to[who] = r.half(own)
		show(next)
	}
	if o.asked < 0 {
		become(silence, told[who])
	} else {
		for _, fate := range p.replies(o.what, r.clients.troubles) {
			become(fate, told[who])
		}
	}
	if r.clients.troubles && o.what&(hangsUp|reads|others) != 0 {
		next.then, next.lost, next.to[1-who] = p, true, at[1-who]
		become(silence, 0)
	}
}

// platformMay shows what the platform and the caller do on their own.
func (r *race) platformMay(at [2]uint32, p platform, show func(happening)) {
	does := func(says string, then platform, told [2]letters) {
		show(happening{who: nobody, says: says, then: then, to: [2]uint32{r.told(at[0], told[0]), r.told(at[1], told[1])}})
	}
	if p.phase != ended {
		then, told := p.ends()
		does("the caller hangs up", then, told)
	}
	if p.mayConnect() {
		then, told := p.connects()
		does("the platform connects the call", then, told)
	}
}

// atRest is what is wrong with a client to which nothing happens any more; nil if something does.
func (r *race) atRest(h *half, p platform) []broken {
	if h.busy || h.place.armed {
		return nil
	}
	return r.clients.atRest(h.place, p.phase == ended)
}

// oneClientHasIt is the law of the race itself.
const oneClientHasIt = "a call is on one client"

// A state is a number: one or two halves, and the platform.
const (
	halfBits = 29
	halfMask = 1<<halfBits - 1
	noHalf   = halfMask // of a client that is not looked at
)

// pair is a race of two clients.
type pair struct{ *race }

func (r pair) first(at uint32, p platform) uint64 {
	n, _ := r.number(happening{to: [2]uint32{at, at}, then: p})
	return n
}

// number is what a state is called that something leads to, whichever of the clients is the first; swapped tells whether they
// were swapped for it.
func (r pair) number(h happening) (n uint64, swapped bool) {
	a, b, p := h.to[0], h.to[1], h.then
	if a > b {
		a, b, p, swapped = b, a, p.mirrored(), true
	}
	return uint64(a) | uint64(b)<<halfBits | p.packed()<<(2*halfBits), swapped
}

func (r pair) read(n uint64) ([2]uint32, platform) {
	return [2]uint32{uint32(n & halfMask), uint32(n >> halfBits & halfMask)}, unpacked(n >> (2 * halfBits))
}

func (r pair) next(n uint64, show func(happening)) error {
	at, p := r.read(n)
	for who := range at {
		if err := r.clientMay(who, at, p, show); err != nil {
			return err
		}
	}
	r.platformMay(at, p, show)
	return nil
}

// again: a pair has met all that it will.
func (r pair) again() bool                       { return false }
func (r pair) nextAgain(uint64, func(happening)) {}

func (r pair) wrong(n uint64) (found []broken, who int) {
	at, p := r.read(n)
	a, b := r.halves[at[0]], r.halves[at[1]]
	if a.place.talks && b.place.talks {
		return []broken{{oneClientHasIt, "both clients have a session of it"}}, nobody
	}
	if a.busy || b.busy || a.place.armed || b.place.armed {
		return nil, nobody
	}
	if found = r.atRest(a, p); len(found) > 0 {
		return found, 0
	}
	return r.atRest(b, p), 1
}
