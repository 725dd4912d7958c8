// Package messages names everything that enters and leaves a cell.
//
// An Input is a fact or a request that the cell is told about. An Effect is an order: something that the cell wants done.
// An Event is what the embedding program is told. All are plain data, without pointers to live things, functions or
// clocks, so that a log of them can be read back years later.
//
// Requests are plain verbs (Answer), wire messages have their wire name (Propose), facts are in the past tense
// (MicrophoneGranted). Effects are orders (SendProceed, Announce). Announced events keep the SDK's names.
//
// This package imports nothing of ours.
package messages

// Input is anything that a chart may be told. Kind is the word under which the journal knows it; it is unique.
type Input interface{ Kind() string }

// Act is one thing that a chart decided: an effect for the outside, or a message for another actor of the cell.
type Act interface{ act() }

// Effect is an order to the outside. Kind is the word under which the journal knows it; it is unique.
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
