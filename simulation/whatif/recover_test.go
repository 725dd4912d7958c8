package whatif

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
)

// recovered is what came of one capture.
type recovered struct {
	name     string
	scenario scenario.Scenario
	recovery Recovery
	err      error
}

// brought is how much of the recording the recovered calls bring back.
func (rec Recovery) brought() Faithful {
	return faithful(rec, rec.run, callsOf(rec.Events, rec.run.Events))
}

// recoverAll recovers captures, on all cores.
func recoverAll(t *testing.T, names []string) []recovered {
	t.Helper()
	all := make([]recovered, len(names))
	var waiting sync.WaitGroup
	slots := make(chan bool, 4)
	for i, name := range names {
		waiting.Go(func() {
			slots <- true
			defer func() { <-slots }()
			all[i].name = name
			log, err := Embedded(name)
			if err == nil {
				all[i].scenario, all[i].recovery, err = Recover(log)
			}
			all[i].err = err
		})
	}
	waiting.Wait()
	return all
}

// calmCaptures are the embedded captures whose platform was not made to misbehave at random.
func calmCaptures(each int) (names []string) {
	for i, name := range captures.Names() {
		if !strings.Contains(name, "chaos") && (i%each == 0 || strings.HasPrefix(name, "browser/")) {
			names = append(names, name)
		}
	}
	return names
}

// Each capture without chaos gives a scenario that is read as it is written and that plays; of most, each call is announced
// again as it was recorded. -short looks at all that were recorded in a browser, and at each fourth of the others.
func TestCapturesAreRecovered(t *testing.T) {
	each := 1
	if testing.Short() {
		each = 4
	}
	same, plain, calls, alike := 0, 0, 0, 0
	all := recoverAll(t, calmCaptures(each))
	for _, r := range all {
		if r.err != nil {
			t.Errorf("%s: %v", r.name, r.err)
			continue
		}
		again, err := scenario.Parse(r.name, []byte(r.scenario.String()))
		if err != nil || again.String() != r.scenario.String() {
			t.Errorf("%s: the scenario is not read as it is written: %v\n%s", r.name, err, r.scenario)
			continue
		}
		if _, err := play.Play(again, play.Options{Open: true}); err != nil {
			t.Errorf("%s: the scenario does not play: %v", r.name, err)
		}
		f := r.recovery.brought()
		calls, alike = calls+f.Calls, alike+f.Alike
		if !f.Same() {
			if strings.HasPrefix(r.name, "browser/") {
				t.Errorf("%s: recorded in a browser, and not played alike: %s", r.name, f.First)
			}
			continue
		}
		same++
		if len(r.recovery.Repairs) == 0 {
			plain++
		}
	}
	t.Logf("%d of %d captures are announced alike in all calls, %d of them without repairs; %d of %d calls are", same, len(all), plain, alike, calls)
	if same*100 < len(all)*80 {
		t.Errorf("only %d of %d captures are announced alike: eight in ten are wanted", same, len(all))
	}
}

// What a phone on the simulated platform wrote down is recovered without repairs and announced alike.
func TestJournalsAreRecovered(t *testing.T) {
	files, err := scenarios.All("calls")
	if err != nil {
		t.Fatal(err)
	}
	calls, alike := 0, 0
	for i, file := range files {
		if len(file.Scenario.Agents) > 1 || file.Scenario.Silent || testing.Short() && i%4 > 0 {
			continue
		}
		log, err := FromJournal(journalOf(t, file.Scenario))
		if err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		_, r, err := Recover(log)
		if err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		f := r.brought()
		calls, alike = calls+f.Calls, alike+f.Alike
		if !f.Same() {
			t.Logf("%s: %s", file.Path, f.First)
		}
	}
	t.Logf("%d of %d calls are announced alike", alike, calls)
	if alike*100 < calls*95 || calls == 0 {
		t.Errorf("only %d of %d calls of journals are announced alike: nineteen in twenty are wanted", alike, calls)
	}
}

// journalOf plays a scenario and returns the journal of its first phone.
func journalOf(t *testing.T, s scenario.Scenario) replay.Journal {
	t.Helper()
	var text bytes.Buffer
	first := ""
	_, err := play.Play(s, play.Options{Open: true, Journal: func(phone string) runtime.JournalWriter {
		if first == "" {
			first = phone
			return runtime.NewStreamJournal(&text, runtime.SyncNever)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return replay.Journal{Name: "phone.journal", Text: text.Bytes()}
}

// No id, address or number of a recording is in its scenario, its notes or its report.
func TestNothingPersonalIsTold(t *testing.T) {
	for _, name := range []string{
		"browser/e-la100-two-calls-hold-switch.jsonl", "random/realistic-10.jsonl", "scenarios/30-second-call-answered-elsewhere-is-claimed.jsonl",
	} {
		log, err := Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		s, r, err := Recover(log)
		if err != nil {
			t.Fatal(err)
		}
		report, err := Compare(r, Change{LineAppearance: 1})
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := report.Write(&text, Brevity{All: true}); err != nil {
			t.Fatal(err)
		}
		told := text.String() + s.String() + fmt.Sprint(r.Missing, r.Nearly, r.Repairs)
		secrets := []string{string(r.reading.before.me)}
		for _, c := range r.reading.calls {
			secrets = append(secrets, string(c.id))
		}
		for id := range r.reading.sessions {
			secrets = append(secrets, string(id))
		}
		for _, secret := range secrets {
			if len(secret) > 8 && strings.Contains(told, secret) {
				t.Errorf("%s: %q of the recording is told", name, secret)
			}
		}
		if len(secrets) < 4 {
			t.Errorf("%s: only %d ids were looked for", name, len(secrets))
		}
	}
}

// An action keeps its distance from what it answers; what is never announced leaves it without a target.
func TestActionsAreTimedByWhatTheyAnswer(t *testing.T) {
	answer := act{at: second, do: scenario.Statement{Verb: scenario.Answer, Phone: atDesk, Call: "C1"}, after: rings("C1"), delay: second / 2}
	hangUp := act{at: 2 * second, do: scenario.Statement{Verb: scenario.HangUp, Call: "C1"}}
	acts := []act{answer, hangUp}
	late := plan(acts, []Event{{At: 5 * second, Call: "C1", Name: "pendingSession"}})
	if got := late.acts; len(got) != 2 || got[1].when != 5*second+second/2 || got[0].when != 2*second {
		t.Errorf("the answer must come half a second after the ringing, and the far end at its own time: %+v", got)
	}
	never := plan(acts, []Event{{At: second, Call: "C2", Name: "pendingSession"}})
	if len(never.acts) != 1 || len(never.untargeted) != 1 || !strings.Contains(never.untargeted[0].String(), "answers C1: pendingSession of C1") {
		t.Errorf("the answer must be left out, and listed: %+v", never)
	}
	if slices.ContainsFunc(never.acts, func(d due) bool { return d.do.Verb == scenario.Answer }) {
		t.Error("what is listed must not be done")
	}
}
