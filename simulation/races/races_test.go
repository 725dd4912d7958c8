package races_test

import (
	"flag"
	"os"
	"path/filepath"
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

var rewrite = flag.Bool("rewrite", false, "write the reports in testdata anew; read the difference")

const oneCall = `# The connected notification may overtake the offer.
profile PROFILE
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`

const twoCalls = `# A second call on the shared session.
profile PROFILE
agent ann line-appearance 1

+1s    C1 calls ann
+1s    ann answers C1
+450ms C2 calls ann
+150ms ann answers C2
`

const heldAndEnded = `# A call is held, retrieved and ended by the agent.
profile PROFILE
agent ann

+1s    C1 calls ann
+1s    ann answers C1
+1s    ann holds C1
+300ms ann retrieves C1
+300ms ann ends C1
`

// stories are logs whose whole report stands in testdata.
var stories = []struct{ file, profile, text string }{
	{"one-call-sdk", "sdk-9.2.4", oneCall},
	{"one-call-corrected", "corrected", oneCall},
	{"two-calls-sdk", "sdk-9.2.4", twoCalls},
	{"two-calls-corrected", "corrected", twoCalls},
	{"held-and-ended", "corrected", heldAndEnded},
}

// Each report stands in testdata. Among them: the SDK loses a call whose notification overtakes the offer, and the second call on
// a shared session if it is notified before that session is described; corrected loses neither.
func TestReports(t *testing.T) {
	for _, story := range stories {
		t.Run(story.file, func(t *testing.T) {
			var text strings.Builder
			if err := find(t, strings.ReplaceAll(story.text, "PROFILE", story.profile), time.Second).Write(&text); err != nil {
				t.Fatal(err)
			}
			golden(t, story.file+".txt", text.String())
		})
	}
}

func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s is not what comes out now; go test ./simulation/races -rewrite mends it:\n%s", path, text)
	}
}

// isRace tells whether an order is among the races.
func isRace(report races.Report, moved, passed string) bool {
	return slices.ContainsFunc(report.Races, func(r races.Race) bool {
		return slices.ContainsFunc(append([]races.Order{r.Order}, r.Also...), func(o races.Order) bool {
			return o.Moved.Kind() == moved && o.Passed.Kind() == passed
		})
	})
}

// A lost call is told, although what the lost call was asked and answered never comes then.
func TestALostCallIsNoImpossibleOrder(t *testing.T) {
	sdk := find(t, strings.ReplaceAll(oneCall, "PROFILE", "sdk-9.2.4"), time.Second)
	if !isRace(sdk, "conversation-notified", "offer") {
		t.Errorf("under sdk-9.2.4 the race between the notification and the offer is not found, but %v", sdk.Races)
	}
	corrected := find(t, strings.ReplaceAll(oneCall, "PROFILE", "corrected"), time.Second)
	if isRace(corrected, "conversation-notified", "offer") {
		t.Errorf("under corrected there is a race between the notification and the offer: %v", corrected.Races)
	}
	second := find(t, strings.ReplaceAll(twoCalls, "PROFILE", "corrected +line-needs-acceptance"), time.Second)
	if !isRace(second, "conversation-notified", "offer") {
		t.Errorf("the second call, which is lost if it is notified before the offer, is not found, but %v", second.Races)
	}
	for _, r := range second.Races {
		if len(r.Never) == 0 {
			t.Errorf("%s: nothing is said of what never comes: the answer of the lost call", r)
		}
	}
}

// Nobody answers what does not ring yet, nor holds or ends what is not shown; what shows that a request was done comes after it.
func TestWhatPeopleDoComesAfterWhatTheyAreTold(t *testing.T) {
	for _, text := range []string{oneCall, twoCalls, heldAndEnded} {
		for _, profile := range []string{"sdk-9.2.4", "corrected"} {
			report := find(t, strings.ReplaceAll(text, "PROFILE", profile), 2*time.Second)
			for _, moved := range []string{"answer", "hold", "end-session"} {
				for _, passed := range []string{"propose", "conversation-notified", "offer"} {
					if isRace(report, moved, passed) {
						t.Errorf("%s: %s before %s", profile, moved, passed)
					}
				}
			}
			if isRace(report, "offer", "answer") || isRace(report, "conversation-notified", "hold") {
				t.Errorf("%s: the offer before the answer, or held before it is asked for: %v", profile, report.Races)
			}
		}
	}
}

// TestWhatIsOrderedStaysSo: nothing overtakes on its own way, nor what causes it.
func TestWhatIsOrderedStaysSo(t *testing.T) {
	log, cfg := logOf(t, strings.ReplaceAll(oneCall, "PROFILE", "corrected"))
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
	log, cfg := logOf(t, strings.ReplaceAll(oneCall, "PROFILE", "corrected"))
	cfg.Quirks = quirk.Corrected
	slices.Reverse(log)
	if _, err := races.Find(log, races.Search{Cell: cfg}); err == nil || !strings.Contains(err.Error(), "entry") {
		t.Errorf("a log whose time runs backwards: %v", err)
	}
}
