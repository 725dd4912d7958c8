package explore

// race is what two clients of one user, and a platform with one call for them, may do. A state of it is a number.
type race struct {
	clients clients
	halves  numbers // packed
	keeps   bool    // what a half may do is kept, for it is met often
	kept    []*kept // by half
}

// half is a client with what is on its way to it and from it. There are many, so they are kept as numbers.
type half struct {
	place *place
	mail  letters
	sent  orders
}

// kept is what a half may do.
type kept struct {
	chances []chance
	orders  []arriving
}

// busy tells whether something is under way.
func (h half) busy() bool { return h.mail != 0 || h.sent != 0 || h.place.waits }

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
	from  half
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

// number is what a half is called.
func (r *race) number(h half) uint32 {
	return r.halves.place(uint64(h.place.number)<<32 | uint64(h.mail)<<16 | uint64(h.sent))
}

func (r *race) half(n uint32) half {
	packed := r.halves.all[n]
	return half{r.clients.all[packed>>32], letters(packed >> 16), orders(packed)}
}

// told is a half to which more letters are on their way.
func (r *race) told(n uint32, more letters) uint32 {
	if n == noHalf {
		return n
	}
	h := r.half(n)
	if h.mail|more == h.mail {
		return n
	}
	h.mail |= more
	return r.number(h)
}

// keeping is where what a half may do is kept; nil: nowhere.
func (r *race) keeping(n uint32) *kept {
	if !r.keeps {
		return nil
	}
	for len(r.kept) < len(r.halves.all) {
		r.kept = append(r.kept, nil)
	}
	if r.kept[n] == nil {
		r.kept[n] = &kept{}
	}
	return r.kept[n]
}

// chancesOf are what a client may do, or hear of what has come.
func (r *race) chancesOf(n uint32) ([]chance, error) {
	keep := r.keeping(n)
	if keep != nil && keep.chances != nil {
		return keep.chances, nil
	}
	h := r.half(n)
	own, err := r.clients.does(h.place)
	if err != nil {
		return nil, err
	}
	all := make([]chance, 0, len(own)+lettersMax)
	for next := h.mail.first(); next != 0; next &= next - 1 {
		l := next & -next
		s, err := r.clients.hears(h.place, l)
		if err != nil {
			return nil, err
		}
		all = append(all, r.chance(h, s, l))
	}
	for i := range own {
		all = append(all, r.chance(h, &own[i], 0))
	}
	if keep != nil {
		keep.chances = all
	}
	return all, nil
}

func (r *race) chance(h half, s *step, read letters) chance {
	c := chance{step: s}
	if s.to != nil {
		c.to = r.number(half{s.to, h.mail &^ read, h.sent | s.sends})
	}
	return c
}

// ordersOf are what is on its way from a client.
func (r *race) ordersOf(n uint32) []arriving {
	keep := r.keeping(n)
	if keep != nil && keep.orders != nil {
		return keep.orders
	}
	h := r.half(n)
	all := make([]arriving, 0, 2)
	for left := h.sent; left != 0; left &= left - 1 {
		o := left & -left
		all = append(all, arriving{o, -1, half{h.place, h.mail, h.sent &^ o}})
	}
	for i, o := range h.place.of.phone.open {
		if h.place.of.fates[i] == onItsWay {
			all = append(all, arriving{orderOf(o.effect), i, h})
		}
	}
	if keep != nil {
		keep.orders = all
	}
	return all
}

// clientMay shows what one client may do or hear, and which of its orders may reach the platform.
func (r *race) clientMay(who int, at [2]uint32, p platform, show func(happening)) error {
	chances, err := r.chancesOf(at[who])
	if err != nil {
		return err
	}
	for _, c := range chances {
		next := happening{who: who, step: c.step, to: at, then: p}
		next.to[who] = c.to
		show(next)
	}
	for _, o := range r.ordersOf(at[who]) {
		r.arrives(o, who, at, p, show)
	}
	return nil
}

// arrives: the platform takes an order, and replies. With troubles a hang-up by REST may be lost; another request changes nothing
// on the platform, so that one that is lost is as one whose answer is an error, or comes too late.
func (r *race) arrives(o arriving, who int, at [2]uint32, p platform, show func(happening)) {
	become := func(then platform, f fate, told [2]letters, isLost bool) {
		next := happening{who: who, what: o.what, then: then, lost: isLost}
		own := o.from
		own.mail |= told[who]
		if o.asked >= 0 {
			own.place = r.clients.replying(own.place, reply{o.asked, f})
		}
		next.to[who], next.to[1-who] = r.number(own), r.told(at[1-who], told[1-who])
		show(next)
	}
	then, told := p.takes(who, o.what)
	become(then, p.reply(o.what), told, false)
	if r.clients.troubles && o.what == hangsUp {
		become(p, lost, [2]letters{}, true)
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
func (r *race) atRest(h half, p platform) []broken {
	if h.busy() || h.place.armed {
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
	n, _ := r.state(happening{to: [2]uint32{at, at}, then: p})
	return n
}

// state is what a state is called that something leads to, whichever of the clients is the first; swapped tells whether they
// were swapped for it.
func (r pair) state(h happening) (n uint64, swapped bool) {
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
	a, b := r.half(at[0]), r.half(at[1])
	if a.place.talks && b.place.talks {
		return []broken{{oneClientHasIt, "both clients have a session of it"}}, nobody
	}
	if a.busy() || b.busy() || a.place.armed || b.place.armed {
		return nil, nobody
	}
	if found = r.atRest(a, p); len(found) > 0 {
		return found, 0
	}
	return r.atRest(b, p), 1
}
