package runtime_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// clerk is data that remembers quirks, for what it picks and what it notes.
type clerk struct {
	On   quirk.Set `json:",omitzero"`
	Kept []messages.ConversationID
}

func (d *clerk) Assume(on quirk.Set) { d.On = on }

func configureClerk(d clerk, in messages.Configured) (clerk, messages.Acts) {
	on, err := quirk.Parse(in.Quirks)
	if err != nil {
		panic(err)
	}
	d.On = on
	return d, nil
}

func sayWith(d clerk, _ messages.Initialize) (clerk, messages.Acts) {
	return d, messages.Acts{say("as the SDK")}
}

// pickOne says the first of the conversations, or the last.
func pickOne(d clerk, _ messages.Retract) (clerk, messages.Acts) {
	if len(d.Kept) == 0 {
		return d, nil
	}
	if d.On.Has(quirk.FirstPendingMeant) {
		return d, messages.Acts{say("%s", d.Kept[0])}
	}
	return d, messages.Acts{say("%s", d.Kept[len(d.Kept)-1])}
}

// note keeps a conversation, of several namesakes only one.
func note(d clerk, in messages.Answer) (clerk, messages.Acts) {
	if d.On.Has(quirk.SessionsKept) || !slices.Contains(d.Kept, in.Conversation) {
		d.Kept = append(slices.Clone(d.Kept), in.Conversation)
	}
	return d, nil
}

func panicWithout(d clerk, _ messages.Destroy) (clerk, messages.Acts) {
	if !d.On.Has(quirk.ActiveStale) {
		panic("nobody is active")
	}
	return d, nil
}

var clerkChart = fsm.New[clerk]("clerk", "an artificial root with quirks",
	fsm.Initial[clerk]("In"),
	fsm.In[clerk]("In", "it listens",
		fsm.On[clerk](messages.Configured{}).Do(configureClerk),
		fsm.On[clerk](messages.Initialize{}).Quirk(quirk.ProceedRepeated).Do(sayWith),
		fsm.Ignore[clerk]("only the SDK says so", messages.Initialize{}),
		fsm.On[clerk](messages.Retract{}).Do(pickOne),
		fsm.On[clerk](messages.Answer{}).Do(note),
		fsm.On[clerk](messages.Destroy{}).Do(panicWithout),
	),
)

func clerks(on quirk.Set) runtime.Config {
	return runtime.Config{Cell: "c", Quirks: on, Registry: actors.Registry{"softphone": func() []actors.Machine {
		return []actors.Machine{actors.Of(clerkChart, clerk{}, nil)}
	}}}
}

// A quirk is named where it makes a row, a pick or a fact another one, in whichever profile, and nowhere else.
func TestConsultedNamesWhatCounts(t *testing.T) {
	for _, on := range []quirk.Set{quirk.Corrected, quirk.SDK924()} {
		cell, err := runtime.NewCell(clerks(on))
		must(t, err)
		for i, story := range []struct {
			what string
			in   messages.Input
			want []string
		}{
			{"a row", messages.Initialize{}, []string{quirk.ProceedRepeated.Name}},
			{"a pick of nothing", messages.Retract{}, nil},
			{"a fact that is new", messages.Answer{Conversation: "c-1"}, nil},
			{"a pick of one", messages.Retract{}, nil},
			{"another fact", messages.Answer{Conversation: "c-2"}, nil},
			{"a fact, which shows in the data only", messages.Answer{Conversation: "c-2"}, []string{quirk.SessionsKept.Name}},
			{"a pick of several", messages.Retract{}, []string{quirk.FirstPendingMeant.Name}},
			{"what cannot be decided with a quirk or without", messages.Destroy{}, []string{quirk.ActiveStale.Name}},
		} {
			before, err := cell.Snapshot()
			must(t, err)
			got, err := cell.Consulted(time.Duration(i), story.in)
			must(t, err)
			if !slices.Equal(got, story.want) {
				t.Errorf("%s, %d quirks on: %v, want %v", story.what, len(on.Names()), got, story.want)
			}
			if after, err := cell.Snapshot(); err != nil || !bytes.Equal(before, after) {
				t.Errorf("%s: the cell changed: %v", story.what, err)
			}
			if _, err := cell.Handle(time.Duration(i), story.in); err != nil && i < 7 {
				t.Fatal(err)
			}
		}
		cell.Close()
		if _, err := cell.Consulted(0, messages.Retract{}); err == nil {
			t.Error("a closed cell was asked")
		}
	}
}

// A replay names the quirks consulted where it differs, however far that is from the last snapshot that it made.
func TestADifferenceNamesTheQuirksConsulted(t *testing.T) {
	for _, entries := range []int{3, 1000, 1001, 1002, 2500} {
		var journal bytes.Buffer
		cfg := clerks(quirk.Corrected)
		cfg.Journal = runtime.NewStreamJournal(&journal, runtime.SyncNever)
		cell, err := runtime.NewCell(cfg)
		must(t, err)
		for i := range entries - 1 {
			_, err := cell.Handle(time.Duration(i), messages.Answer{Conversation: messages.ConversationID(fmt.Sprint("c-", i%2))})
			must(t, err)
		}
		_, err = cell.Handle(time.Hour, messages.Retract{})
		must(t, err)
		cell.Close()
		other := strings.Replace(journal.String(), `"message":"c-1"`, `"message":"c-0"`, 1)
		report, err := runtime.ReplayJournal(strings.NewReader(other), cfg.Registry)
		must(t, err)
		want := fmt.Sprintf("entry %d: decided announce error, recorded announce error, which differ in event.message "+
			"(quirks consulted there: first-pending-meant)", entries)
		if d := report.Difference; d == nil || d.String() != want {
			t.Errorf("%d entries: %v\nwant %s", entries, d, want)
		}
	}
}
