package messages

// Input is anything that a chart may be told. Kind is the word under which the journal knows it; it is unique. Only those
// that Inputs lists come from outside, and may be given to a cell; all others go from one actor of a cell to another.
type Input interface{ Kind() string }

// Act is one thing that a chart decided: an effect for the outside, or a message for another actor of the cell.
type Act interface{ act() }

// Effect is an order to the outside. Kind is the word under which the journal knows it; it is unique. Effects lists them, and
// the package comment says which input answers which.
type Effect interface {
	Act
	Kind() string
}

// Acts is what an action of a chart returns: in the order in which they are to happen.
type Acts []Act

// Tell is a message to another actor of the same cell. What it causes is finished before the acts after it happen.
type Tell struct {
	To  Ref
	Msg Input
}

// Later is a message that is delivered when all that is going on in this entry has been finished: the place of a promise
// that resolves. Several are delivered in the order in which they were decided.
type Later struct {
	To  Ref
	Msg Input
}

// Spawn makes an actor of a registered kind under Ref and tells it Msg at once, with its own ref filled in if Msg is Born;
// what Msg causes is finished before the acts after it happen. Ordinals are minted in order and never reused: Ref is
// higher than that of any actor before it, or 0 for the next one. Msg nil: the actor is made and told nothing.
type Spawn struct {
	Ref   Ref
	Actor string
	Msg   Input
}

// Stop ends an actor: its timers are disarmed, and what its open effects still bring back is an orphan.
type Stop struct {
	Ref Ref
}

func (Tell) act()  {}
func (Later) act() {}
func (Spawn) act() {}
func (Stop) act()  {}
