package play_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// drawings is how many drawn scenarios each law is tried on.
const drawings = 25

// journals are those of all phones of a play.
type journals map[string]*bytes.Buffer

func (j journals) of(phone string) runtime.JournalWriter {
	j[phone] = &bytes.Buffer{}
	return runtime.NewStreamJournal(j[phone], runtime.SyncNever)
}

func drawn(t *testing.T, seed uint64, d play.Drawing, o play.Options) scenario.Scenario {
	t.Helper()
	s, _, err := play.Draw(seed, d, o)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return s
}

// TestAJournalOfASimulationReplaysToItself: what was simulated is what a replay of the journal decides.
func TestAJournalOfASimulationReplaysToItself(t *testing.T) {
	for seed := uint64(1); seed <= drawings; seed++ {
		kept := journals{}
		drawn(t, seed, play.Drawing{}, play.Options{Journal: kept.of})
		for _, phone := range slices.Sorted(maps.Keys(kept)) {
			report, err := runtime.ReplayJournal(kept[phone], actors.Softphone())
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, phone, err)
			}
			if report.Difference != nil {
				t.Errorf("seed %d: %s: %s", seed, phone, report.Difference)
			}
			if report.Entries == 0 {
				t.Errorf("seed %d: %s: nothing was replayed", seed, phone)
			}
		}
	}
}

// TestADrawnScenarioPlaysAgain: a seed draws the same scenario each time, and playing the scenario, by its text, writes the
// same journals, byte for byte.
func TestADrawnScenarioPlaysAgain(t *testing.T) {
	for seed := uint64(1); seed <= drawings; seed++ {
		first, second, third := journals{}, journals{}, journals{}
		s := drawn(t, seed, play.Drawing{}, play.Options{Journal: first.of})
		if again := drawn(t, seed, play.Drawing{}, play.Options{Journal: second.of}); again.String() != s.String() {
			t.Fatalf("seed %d draws two scenarios", seed)
		}
		read, err := scenario.Parse("drawn", []byte(s.String()))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if _, err := play.Play(read, play.Options{Journal: third.of}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if digest(first) != digest(second) || digest(first) != digest(third) {
			t.Errorf("seed %d: the journals differ", seed)
		}
	}
}

func digest(all journals) string {
	h := fnv.New128a()
	for _, phone := range slices.Sorted(maps.Keys(all)) {
		_, _ = fmt.Fprintf(h, "%s\n%s", phone, all[phone])
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// lived is what the embedding program of each phone was told of each conversation: of its rings and sessions, and of its
// being added and removed. The order between the two is the platform's.
type lived map[string][]string

func (l lived) watch(phone *world.Phone, step runtime.Step) {
	tell := func(kind string, c messages.ConversationID, what string) {
		if strings.HasPrefix(string(c), "last-") || strings.HasPrefix(string(c), "private") || c == "" {
			return
		}
		key := fmt.Sprintf("%s %s %s", phone, c, kind)
		l[key] = append(l[key], what)
	}
	for _, out := range step.Outputs {
		a, is := out.Effect.(messages.Announce)
		if !is {
			continue
		}
		switch e := a.Event.(type) {
		case messages.PendingSession:
			tell("session", e.Conversation, e.Name())
		case messages.CancelPendingSession:
			tell("session", e.Conversation, e.Name())
		case messages.HandledPendingSession:
			tell("session", e.Conversation, e.Name())
		case messages.SessionStarted:
			tell("session", e.Session.Conversation, e.Name())
		case messages.SessionEnded:
			tell("session", e.Session.Conversation, e.Name())
		case messages.ConversationUpdate:
			for _, c := range e.Added {
				tell("update", c.Conversation, "added")
			}
			for _, c := range e.Removed {
				tell("update", c.Conversation, "removed")
			}
		}
	}
}

// differ lists where two runs differ.
func differ(a, b lived) (list []string) {
	keys := slices.Sorted(maps.Keys(a))
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if _, both := a[k]; !both {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		if !slices.Equal(a[k], b[k]) {
			list = append(list, fmt.Sprintf("%s: %s / %s", k, strings.Join(a[k], " "), strings.Join(b[k], " ")))
		}
	}
	return list
}

func live(t *testing.T, s scenario.Scenario, o play.Options) lived {
	t.Helper()
	l := lived{}
	o.Watch = l.watch
	if _, err := play.Play(s, o); err != nil {
		t.Fatal(err)
	}
	return l
}

// idempotent are the frames that say the same when they are said twice.
var idempotent = []string{"conversation-notified", "propose", "retract", "accepted", "terminate", "station-notified"}

// TestSayingItTwiceChangesNothing: what says the same when it is said twice is heard once.
func TestSayingItTwiceChangesNothing(t *testing.T) {
	for _, kind := range idempotent {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			twice := func(k string) bool { return k == kind }
			for seed := uint64(1); seed <= drawings; seed++ {
				s := drawn(t, seed, play.Drawing{NoFaults: true}, play.Options{})
				s.Seed = 0 // delays are not drawn: what is sent once more must not change them
				for _, d := range differ(live(t, s, play.Options{}), live(t, s, play.Options{Twice: twice})) {
					t.Errorf("seed %d: %s", seed, d)
				}
			}
		})
	}
}

// TestOrderThatNobodyPromisesChangesNothing: a notification, a propose and the answer of a request may come in any order;
// what is lived of each call is the same.
func TestOrderThatNobodyPromisesChangesNothing(t *testing.T) {
	orders := [][]scenario.Setting{
		{{Key: "notify-delay", Value: "10ms"}, {Key: "edge-delay", Value: "80ms"}, {Key: "rest-delay", Value: "120ms"}},
		{{Key: "notify-delay", Value: "80ms"}, {Key: "edge-delay", Value: "10ms"}, {Key: "rest-delay", Value: "120ms"}},
		{{Key: "notify-delay", Value: "120ms"}, {Key: "edge-delay", Value: "80ms"}, {Key: "rest-delay", Value: "10ms"}},
	}
	for seed := uint64(1); seed <= drawings; seed++ {
		s := unhurried(drawn(t, seed, play.Drawing{NoFaults: true}, play.Options{}))
		first := live(t, ordered(s, orders[0]), play.Options{})
		for _, order := range orders[1:] {
			for _, d := range differ(first, live(t, ordered(s, order), play.Options{})) {
				t.Errorf("seed %d, %v: %s", seed, order, d)
			}
		}
	}
}

// TestLineAppearanceChangesNothingOfACall: the same calls under line appearance 1 and 100 are lived alike, call by call.
//
// One difference is right, and left out: what is asked of a call that only rings. Under line appearance 1 it rings on the
// session of another call, so ending it declines it and holding it is ordered; above it has no session yet, and both are
// refused. Both are the reference SDK's contract, and rejecting does the same everywhere.
func TestLineAppearanceChangesNothingOfACall(t *testing.T) {
	for seed := uint64(1); seed <= drawings; seed++ {
		s := answeredFirst(unhurried(drawn(t, seed, play.Drawing{NoFaults: true}, play.Options{})))
		for _, d := range differ(live(t, appearing(s, 1), play.Options{}), live(t, appearing(s, 100), play.Options{})) {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
}

// plainly are the verbs of calls that nothing happens to.
var plainly = []scenario.Verb{
	scenario.Calls, scenario.HangUp, scenario.Dial, scenario.Answer, scenario.Reject, scenario.End, scenario.Hold, scenario.Retrieve, scenario.Mute, scenario.Unmute,
}

// unhurried is what the first agent does in a scenario, at one phone and with plain calls only, and waiting until things have
// settled before the next thing is done: who acts in the middle of things lives what he interrupted.
func unhurried(s scenario.Scenario) scenario.Scenario {
	s.Seed = 0
	s.Platform = slices.DeleteFunc(slices.Clone(s.Platform), func(set scenario.Setting) bool { return strings.HasSuffix(set.Key, "-delay") || set.Key == "ring" })
	first := s.Agents[0]
	first.Phones, first.NoStation = first.Phones[:1], false
	first.Options = scenario.NewAgent(first.Name).Options
	s.Agents = []scenario.Agent{first}
	all := s.Lines
	s.Lines = nil
	for _, l := range all {
		if !slices.Contains(plainly, l.Do.Verb) || l.Do.Phone.Name != "" || l.Do.Phone.Agent != "" && l.Do.Phone.Agent != first.Name || l.Do.Agent != "" && l.Do.Agent != first.Name {
			continue
		}
		l.When.After += 5 * time.Second
		s.Lines = append(s.Lines, l)
	}
	return s
}

// answeredFirst is a scenario in which nothing is asked of a call before it is answered, or dialled.
func answeredFirst(s scenario.Scenario) scenario.Scenario {
	taken := map[string]bool{}
	s.Lines = slices.DeleteFunc(slices.Clone(s.Lines), func(l scenario.Line) bool {
		switch l.Do.Verb {
		case scenario.Answer, scenario.Dial:
			taken[l.Do.Call] = true
		case scenario.End, scenario.Hold, scenario.Retrieve, scenario.Mute, scenario.Unmute:
			return !taken[l.Do.Call]
		}
		return false
	})
	return s
}

func ordered(s scenario.Scenario, order []scenario.Setting) scenario.Scenario {
	s.Platform = append(slices.Clone(s.Platform), order...)
	return s
}

func appearing(s scenario.Scenario, lineAppearance int) scenario.Scenario {
	s.Agents = slices.Clone(s.Agents)
	for i := range s.Agents {
		s.Agents[i].LineAppearance = lineAppearance
	}
	return s
}
