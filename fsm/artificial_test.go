package fsm

import (
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The artificial chart has every kind of transition, and is the life of nothing. Its inputs say what they do to it.
type (
	ToSibling    struct{} // to another state beside the current one
	ToSelf       struct{} // a state's own row to itself
	ToParent     struct{} // to the state around
	ToOuter      struct{} // to the state around that
	ToLeaf       struct{} // a row of Outer to a state two levels within
	ToInner      struct{} // a row of Outer to a state one level within
	OuterToSelf  struct{} // a row of Outer to itself
	Out          struct{} // a row of Outer to another state outside
	Back         struct{} // from outside to a state two levels within
	Stay         struct{} // an internal row
	Twice        struct{} // two actions
	Add          struct{ N int }
	Choose       struct{} // guarded rows
	Hidden       struct{} // a row of Outer behind an ignore of Leaf
	Noise        struct{} // ignored by the chart itself
	Questionable struct{} // a quirk's row and its correction
	Finish       struct{} // to the end
	Stranger     struct{} // not of the chart
)

func (ToSibling) Kind() string    { return "to-sibling" }
func (ToSelf) Kind() string       { return "to-self" }
func (ToParent) Kind() string     { return "to-parent" }
func (ToOuter) Kind() string      { return "to-outer" }
func (ToLeaf) Kind() string       { return "to-leaf" }
func (ToInner) Kind() string      { return "to-inner" }
func (OuterToSelf) Kind() string  { return "outer-to-self" }
func (Out) Kind() string          { return "out" }
func (Back) Kind() string         { return "back" }
func (Stay) Kind() string         { return "stay" }
func (Twice) Kind() string        { return "twice" }
func (Add) Kind() string          { return "add" }
func (Choose) Kind() string       { return "choose" }
func (Hidden) Kind() string       { return "hidden" }
func (Noise) Kind() string        { return "noise" }
func (Questionable) Kind() string { return "questionable" }
func (Finish) Kind() string       { return "finish" }
func (Stranger) Kind() string     { return "stranger" }

// artificialInputs are all of these, with which random runs are made.
var artificialInputs = []messages.Input{
	ToSibling{}, ToSelf{}, ToParent{}, ToOuter{}, ToLeaf{}, ToInner{}, OuterToSelf{}, Out{}, Back{}, Stay{}, Twice{},
	Add{N: 1}, Choose{}, Hidden{}, Noise{}, Questionable{}, Finish{}, Stranger{},
}

// tally is the data of the artificial chart.
type tally struct{ N int }

// said is what the artificial chart's actions tell.
type said struct{ text string }

func (said) Kind() string { return "said" }

func add(d tally, in Add) (tally, messages.Acts) {
	d.N += in.N
	return d, nil
}

func bump[E messages.Input](d tally, _ E) (tally, messages.Acts) {
	d.N++
	return d, say("bumped to " + strconv.Itoa(d.N))
}

func note[E messages.Input](d tally, in E) (tally, messages.Acts) {
	return d, say("noted " + in.Kind() + " at " + strconv.Itoa(d.N))
}

func say(text string) messages.Acts { return messages.Acts{messages.Tell{Msg: said{text}}} }

func odd[E messages.Input](d tally, _ E) bool { return d.N%2 == 1 }

func big[E messages.Input](d tally, _ E) bool { return d.N >= 10 }

// tallied is a delay that grows with the tally.
func tallied(d tally) time.Duration { return time.Duration(d.N) * time.Second }

// The states of the artificial chart.
const (
	Outer State = "Outer"
	Inner State = "Inner"
	Leaf  State = "Leaf"
	Twin  State = "Twin"
	Other State = "Other"
	Far   State = "Far-off"
	Done  State = "Done"
)

// theQuirk is a quirk that a Set can hold, under a name that does not change with the catalogue.
func theQuirk() *quirk.Quirk {
	q := *quirk.All()[0]
	q.Name, q.SDK, q.Corrected = "odd-one", "Goes to its twin.", "Goes away."
	return &q
}

func artificialParts(q *quirk.Quirk) []Part[tally] {
	return []Part[tally]{
		Initial[tally](Outer),
		On[tally](Add{}).Do(add),
		Ignore[tally]("noise is everywhere", Noise{}),
		In(Outer, "Around everything but the other side.",
			Initial[tally](Inner),
			On[tally](ToLeaf{}).Enter(Leaf),
			On[tally](ToInner{}).Enter(Inner),
			On[tally](OuterToSelf{}).Do(note).Enter(Outer),
			On[tally](Out{}).Enter(Other),
			On[tally](Hidden{}).Do(note),
			After[tally](10*time.Second).Do(note).Enter(Other),
			In(Inner, "Around the two leaves.",
				Initial[tally](Leaf),
				After[tally](5*time.Second).Do(note),
				In(Leaf, "Where it begins.",
					On[tally](ToSibling{}).Do(bump).Enter(Twin).Source("1.1 row 1").Source("1.1 row 2"),
					On[tally](ToSelf{}).Do(bump).Enter(Leaf),
					On[tally](ToParent{}).Enter(Inner),
					On[tally](ToOuter{}).Enter(Outer),
					On[tally](Stay{}).Do(note),
					On[tally](Twice{}).Do(bump, note).Enter(Twin),
					On[tally](Choose{}).If(odd).Enter(Twin),
					On[tally](Choose{}).Unless(odd).If(big).Do(note).Enter(Leaf),
					On[tally](Questionable{}).Quirk(q).Enter(Twin),
					On[tally](Questionable{}).Corrected(q).Enter(Other),
					AfterDelay(tallied).If(big).Enter(Other),
					AfterDelay(tallied).Do(note).Enter(Twin),
					Ignore[tally]("a leaf hides it", Hidden{})),
				In(Twin, "Like the leaf, with a quirk.",
					On[tally](ToSibling{}).Enter(Leaf),
					After[tally](time.Second).Quirk(q).Enter(Leaf),
					After[tally](2*time.Second).If(odd).Enter(Leaf)))),
		In(Other, "The other side.",
			Initial[tally](Far),
			In(Far, "As far as it goes.",
				On[tally](Back{}).Enter(Twin),
				On[tally](Finish{}).Do(note).Enter(Done))),
		Final[tally](Done, "Nothing happens any more."),
	}
}

func artificial() *Chart[tally] {
	return New("artificial", "It has every kind of transition and is the life of nothing.", artificialParts(theQuirk())...)
}
