package actors_test

import (
	"encoding/json"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

type lamp struct{ Switched int }

func lightUp(l lamp, _ messages.PageShown) (lamp, messages.Acts) {
	l.Switched++
	return l, nil
}

var lampChart = fsm.New[lamp]("lamp", "an artificial chart",
	fsm.Initial[lamp]("Off"),
	fsm.In[lamp]("Off", "dark", fsm.On[lamp](messages.PageShown{}).Do(lightUp).Enter("On")),
	fsm.In[lamp]("On", "bright", fsm.On[lamp](messages.PageShown{}).Do(lightUp).Enter("Off")),
)

func stateOf(t *testing.T, m actors.Machine) string {
	t.Helper()
	raw, err := m.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A machine is taken back to any state that it was in, by its undo and by what it wrote.
func TestUndoAndRestore(t *testing.T) {
	m := actors.Of(lampChart, lamp{}, nil)
	m.Step(quirk.Corrected, messages.PageShown{}, new(fsm.Outcome))
	kept, was := m.Keep(), stateOf(t, m)
	if want := `{"state":"On","data":{"Switched":1}}`; was != want {
		t.Fatalf("the lamp is %s, want %s", was, want)
	}
	m.Step(quirk.Corrected, messages.PageShown{}, new(fsm.Outcome))
	m.Undo(kept)
	if got := stateOf(t, m); got != was {
		t.Errorf("undone to %s, want %s", got, was)
	}
	other := actors.Of(lampChart, lamp{}, nil)
	if err := other.Restore(json.RawMessage(was)); err != nil || stateOf(t, other) != was {
		t.Errorf("restored to %s, %v, want %s", stateOf(t, other), err, was)
	}
}

func TestRestoreRefuses(t *testing.T) {
	m := actors.Of(lampChart, lamp{}, nil)
	was := stateOf(t, m)
	for _, bad := range []string{`{"state":"Broken"}`, `{"state":"On","data":{"Colour":3}}`, `{"state"`, ``} {
		if err := m.Restore(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was restored", bad)
		}
	}
	if got := stateOf(t, m); got != was {
		t.Errorf("a refused state changed the lamp to %s", got)
	}
}
