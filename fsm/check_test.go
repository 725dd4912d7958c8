package fsm

import (
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The little states from which the charts of these tests are made.
const (
	A State = "A"
	B State = "B"
	C State = "C"
	E State = "E"
)

var (
	one = &quirk.Quirk{Name: "one"}
	two = &quirk.Quirk{Name: "two"}
)

func small(d tally, _ Choose) bool { return d.N < 10 }

// parts shortens the tables.
func parts(p ...Part[tally]) []Part[tally] { return p }

// between is a sound chart of A and B, with more parts in A.
func between(inA ...Part[tally]) []Part[tally] {
	inA = append(inA, On[tally](ToSibling{}).Enter(B))
	return parts(Initial[tally](A), In(A, "One.", inA...), In[tally](B, "Two."))
}

// refusals has one chart for each fault that New refuses, with the lines that name it.
var refusals = []struct {
	parts []Part[tally]
	want  string
}{
	{parts(), "chart x has no states: declare one with In"},
	{parts(In[tally](A, "One.")), "chart x has no initial state among those within: add Initial"},
	{parts(Initial[tally](B), In[tally](A, "One.")),
		"the initial state B of chart x is not directly within it: name one that is"},
	{between(Initial[tally](B)), "the initial state B of state A is not directly within it: name one that is"},
	{append(between(), Initial[tally](B)), "chart x has several initial states: [A B]: keep one"},
	{parts(Initial[tally](A), In(A, "One.", In[tally](B, "Two."))),
		"state A has no initial state among those within: add Initial"},
	{parts(Initial[tally](A), In[tally](A, "")), "state A does not say what it means: give a sentence for people"},
	{parts(Initial[tally]("a b"), In[tally]("a b", "One.")),
		`state "a b" is not a name: use letters, digits, - and _`},
	{append(between(), In[tally](A, "One.")), "state A is declared twice: a name is unique within its chart\n" +
		"state A is unreachable: no row that can be taken enters it"},
	{append(between(), In[tally](C, "Three.")), "state C is unreachable: no row that can be taken enters it"},
	{between(On[tally](ToOuter{}).Enter(C)), "A/ToOuter enters C, which is not declared: add it with In or Final"},
	{between(On[tally](Choose{}), On[tally](Choose{}).If(odd)),
		"A/Choose[odd] can never be taken: the rows and ignores before it leave no Choose"},
	{between(On[tally](Choose{}).If(odd), On[tally](Choose{}).Unless(odd), On[tally](Choose{})),
		"A/Choose can never be taken: the rows and ignores before it leave no Choose"},
	{between(On[tally](Choose{}).Quirk(one), On[tally](Choose{}).Corrected(one), On[tally](Choose{}).If(odd)),
		"A/Choose[odd] can never be taken: the rows and ignores before it leave no Choose"},
	{between(On[tally](Choose{}).If(odd).Unless(odd)),
		"A/Choose[odd && !odd] can never be taken: the rows and ignores before it leave no Choose"},
	{between(After[tally](time.Second), After[tally](time.Second).If(odd)),
		"A/after 1s[odd] can never be taken: the rows and ignores before it leave no after 1s"},
	{parts(Initial[tally](A), On[tally](Choose{}), In(A, "One.", Ignore[tally]("quiet", Choose{}))),
		"x/Choose can never be taken: the rows and ignores before it leave no Choose"},
	{between(On[tally](Choose{}).If(odd), On[tally](Choose{}).If(odd)),
		"A/Choose[odd] is the address of two rows: tell them apart by a guard or a quirk\n" +
			"A/Choose[odd] can never be taken: the rows and ignores before it leave no Choose"},
	{between(On[tally](Choose{}).Quirk(one).Corrected(one)),
		"A/Choose{one}{!one} is never there: quirk one would have to be both on and off"},
	{between(On[tally](Choose{}).Quirk(one).Quirk(two)),
		"A/Choose{two} names two quirks, one and two: one condition a row"},
	{between(On[tally](Choose{}).Quirk(nil)), "A/Choose names a nil quirk: use one of the catalogue"},
	{between(On[tally](Choose{}).Enter(A).Enter(B)), "A/Choose enters both A and B: write two rows"},
	{between(On[tally](Choose{}).Enter("")),
		"A/Choose enters a state without a name: leave Enter out for a row that stays"},
	{between(On[tally](Choose{}).If(func(tally, Choose) bool { return true })),
		"A/Choose[func1] has an anonymous guard: use a named function, its name is the label"},
	{between(On[tally](Choose{}).If(nil)), "A/Choose[nil] has a nil guard: use a named function, its name is the label"},
	{between(On[tally](Choose{}).Do(func(d tally, _ Choose) (tally, messages.Acts) { return d, nil })),
		"A/Choose has an anonymous action: use a named function, its name is the label"},
	{between(AfterDelay(func(tally) time.Duration { return 0 })),
		"A/after[func3] has an anonymous delay: use a named function, its name is the label"},
	{between(After[tally](-time.Second)), "A/after -1s waits for a negative time: use a positive one"},
	{between(On[tally](messages.TimerFired{})),
		"A/TimerFired is a timer row without a timer: write After or AfterDelay"},
	{between(After[tally](time.Second).Quirk(one)),
		"A/after 1s{one} starts at birth in some profiles only: add the row for the others, " +
			"or move it to a state that a row enters"},
	{between(On[tally](Choose{}).Source("")), "A/Choose names an empty source: say which row of the reference"},
	{between(On[tally, messages.Input](nil)), "A/ is for no input: On needs a value of the input's type"},
	{between(On[tally](&Choose{})), "input *fsm.Choose has no name of its own: use a plain named type, not a pointer"},
	{between(Ignore[tally]("", Choose{})), "A/Choose is ignored without a reason: say why nothing is right"},
	{between(Ignore[tally]("quiet")), "A ignores no input: Ignore needs values of the inputs' types"},
	{between(Ignore[tally]("quiet", Choose{}, Choose{})), "A/Choose is ignored twice in one state: keep one reason"},
	{between(Ignore[tally]("quiet", Choose{}), On[tally](Choose{})),
		"A/Choose is both ignored and always taken by A/Choose: keep one"},
	{parts(Initial[tally](A), In(A, "One.", Initial[tally](B), On[tally](Out{}).Enter(A), Final[tally](B, "Two."))),
		"A/Out leaves the final state B: move the row to the states that it is meant for, or the final state out of A"},
}

// TestRefusals: each fault gets the line that names it, and no other.
func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		err := Check("x", "A chart.", c.parts...)
		if err == nil {
			t.Errorf("not refused: %s", c.want)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), "fsm: chart x is not sound:\n"); got != c.want {
			t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
		}
	}
}

// A state that only contradicting profiles lead to is as unreachable as one that nothing leads to.
func TestUnreachableInEachProfile(t *testing.T) {
	err := Check("x", "A chart.", Initial[tally](A),
		In(A, "One.", On[tally](Choose{}).Quirk(one).Enter(B)),
		In(B, "Two.", On[tally](Choose{}).Corrected(one).Enter(C)),
		In[tally](C, "Three."))
	for _, want := range []string{"B/Choose{!one} can never be taken", "state C is unreachable"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What looks like a fault and is none.
func TestSound(t *testing.T) {
	for name, sound := range map[string][]Part[tally]{
		"a quirk and its correction":    between(On[tally](Choose{}).Quirk(one), On[tally](Choose{}).Corrected(one)),
		"a correction by the plain row": between(On[tally](Choose{}).Quirk(one), On[tally](Choose{})),
		"independent quirks":            between(On[tally](Choose{}).Quirk(one), On[tally](Choose{}).Corrected(two)),
		"ignored unless the quirk":      between(On[tally](Choose{}).Quirk(one), Ignore[tally]("quiet", Choose{})),
		"ignored unless guarded":        between(On[tally](Choose{}).If(odd), Ignore[tally]("quiet", Choose{})),
		"both sides of a guard":         between(On[tally](Choose{}).If(odd), On[tally](Choose{}).Unless(odd)),
		"guards that overlap":           between(On[tally](Choose{}).If(odd), On[tally](Choose{}).If(small)),
		"a timer with and without a quirk": between(
			After[tally](time.Second).Quirk(one), After[tally](time.Second).Corrected(one)),
		"an internal row around a final state": parts(Initial[tally](A),
			In(A, "One.", Initial[tally](B), On[tally](Add{}).Do(add), Final[tally](B, "Two."))),
		"a state of one quirk": parts(Initial[tally](A),
			In(A, "One.", On[tally](Choose{}).Quirk(one).Enter(B)), In[tally](B, "Two.")),
	} {
		if err := Check("x", "A chart.", sound...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// New panics with all faults of all kinds at once, the same that Check returns.
func TestNewPanicsWithAllFaults(t *testing.T) {
	faulty := parts(Initial[tally](A),
		In(A, "", On[tally](Choose{}).Enter(E), Ignore[tally]("", Noise{})), In[tally](B, "Two."))
	want := "fsm: chart x is not sound:\n" +
		"state A does not say what it means: give a sentence for people\n" +
		"A/Choose enters E, which is not declared: add it with In or Final\n" +
		"A/Noise is ignored without a reason: say why nothing is right\n" +
		"state B is unreachable: no row that can be taken enters it"
	defer func() {
		if err, _ := recover().(error); err == nil || err.Error() != want {
			t.Errorf("New panics with %v, want %s", err, want)
		}
	}()
	New("x", "A chart.", faulty...)
}

// Names and meanings of the chart itself.
func TestChartNeedsNameAndMeaning(t *testing.T) {
	err := Check("", "", between()...)
	for _, want := range []string{`the chart's name "" is not a name`, "does not say what it means"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
