package races_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/races"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// logOf plays a scenario of one phone, and is what its cell was told.
func logOf(t *testing.T, text string) (log []races.Input, cfg runtime.Config) {
	t.Helper()
	s, err := scenario.Parse("race", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.QuirkSet()
	if err != nil {
		t.Fatal(err)
	}
	_, err = play.Play(s, play.Options{Open: true, Watch: func(_ *world.Phone, step runtime.Step) {
		if _, timer := step.Input.(messages.TimerFired); !timer {
			log = append(log, races.Input{At: step.At, Input: step.Input, Entry: step.Seq})
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	options := s.Agents[0].Options
	options.JIDResource = "desk"
	return log, runtime.Config{Cell: "ann/desk", User: "ann", Options: options, Quirks: set, IDPrefix: "race-", Registry: actors.Softphone()}
}

func find(t *testing.T, text string, window time.Duration) races.Report {
	t.Helper()
	log, cfg := logOf(t, text)
	report, err := races.Find(log, races.Search{Cell: cfg, Window: window})
	if err != nil {
		t.Fatal(err)
	}
	if report.Tried == 0 || report.Caused == 0 {
		t.Fatalf("%d orders tried, %d caused: the log leaves none open, or everything", report.Tried, report.Caused)
	}
	return report
}

type told []string

func (r told) String() string { return strings.Join(r, "\n") }

func lines(report races.Report) (l told) {
	for _, r := range report.Races {
		l = append(l, r.String()+": "+strings.Join(r.Differences, "; "))
	}
	return l
}

const overtaken = `# The connected notification may overtake the offer.
profile PROFILE
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`

// TestARaceOfTheSDK: the SDK gives up a call whose connected notification overtakes the offer; corrected does not.
func TestARaceOfTheSDK(t *testing.T) {
	isLost := func(line string) bool {
		return strings.HasPrefix(line, "conversation-notified") && strings.Contains(line, "before offer")
	}
	if found := lines(find(t, strings.ReplaceAll(overtaken, "PROFILE", "sdk-9.2.4"), time.Second)); !slices.ContainsFunc(found, isLost) {
		t.Errorf("under sdk-9.2.4 the race between the notification and the offer is not found, but:\n%s", found)
	}
	if found := lines(find(t, strings.ReplaceAll(overtaken, "PROFILE", "corrected"), time.Second)); slices.ContainsFunc(found, isLost) {
		t.Errorf("under corrected there is a race between the notification and the offer:\n%s", found)
	}
}

// TestWhatIsOrderedStaysSo: nothing overtakes on its own way, nor what causes it.
func TestWhatIsOrderedStaysSo(t *testing.T) {
	log, cfg := logOf(t, strings.ReplaceAll(overtaken, "PROFILE", "corrected"))
	report, err := races.Find(log, races.Search{Cell: cfg, Window: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Races {
		if r.Moved.Kind() == r.Passed.Kind() && r.Moved.Kind() == (messages.ConversationNotified{}).Kind() {
			t.Errorf("%s: the notifications of one conversation keep their order", r)
		}
		if _, border := r.Passed.Input.(messages.SocketOpened); border {
			t.Errorf("%s: nothing comes before the stream is there", r)
		}
	}
	limited, err := races.Find(log, races.Search{Cell: cfg, Window: time.Minute, Most: 3})
	if err != nil {
		t.Fatal(err)
	}
	if limited.Tried+limited.Caused != 3 || limited.Left == 0 {
		t.Errorf("of all orders, three were to be tried: %d tried, %d caused, %d left", limited.Tried, limited.Caused, limited.Left)
	}
}

// TestALogThatCannotBeDecided is told with its entry.
func TestALogThatCannotBeDecided(t *testing.T) {
	log, cfg := logOf(t, strings.ReplaceAll(overtaken, "PROFILE", "corrected"))
	cfg.Quirks = quirk.Corrected
	slices.Reverse(log)
	if _, err := races.Find(log, races.Search{Cell: cfg}); err == nil || !strings.Contains(err.Error(), "entry") {
		t.Errorf("a log whose time runs backwards: %v", err)
	}
}
