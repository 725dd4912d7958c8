package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// No line is wider than a terminal, under any profile; folded or not, each entry is there.
func TestLaddersFit(t *testing.T) {
	for i, name := range captures.Names() {
		if i%16 != 5 {
			continue
		}
		for _, flags := range [][]string{nil, {"--all"}, {"--profile", "corrected"}} {
			code, out, errs := engine(append([]string{"replay", name}, flags...)...)
			if code != exitDone || errs != "" {
				t.Errorf("%s %v: %d %s", name, flags, code, errs)
			}
			for _, line := range strings.Split(out, "\n") {
				if width := utf8.RuneCountInString(line); width > widthMax {
					t.Errorf("%s %v: %d wide: %s", name, flags, width, line)
				}
			}
		}
	}
}

func TestTheLoginIsOneLine(t *testing.T) {
	_, folded, _ := engine("replay", "01")
	_, whole, _ := engine("replay", "--all", "01")
	if strings.Count(folded, "= login:") != 1 || strings.Contains(folded, "initialize call=1") {
		t.Errorf("the login is not folded:\n%s", folded)
	}
	if strings.Contains(folded, "View") || !strings.Contains(whole, "Client/ConversationView") || strings.Contains(whole, "= login:") {
		t.Error("views are for --all only, and nothing is folded there")
	}
	if strings.Count(whole, "\n") < 2*strings.Count(folded, "\n") {
		t.Error("--all shows hardly more")
	}
}

// Whoever looks for an announcement that did not come is told why.
func TestTheLadderSaysWhyNothingWasAnnounced(t *testing.T) {
	for _, row := range []struct{ log, says string }{
		{"10", "conversation #13 is Forgotten: over, or never ours; nothing is kept of it"},
		{"52", "softphone #1: Wired/Invited[invitedBefore]"},
		{"52", "- swallowed by invitation #18, Ringing since entry 41"},
		{"52", "still open: invitation #18 C2 Ringing since entry 41"},
		{"101", "connection #2: connection/SocketClosed is ignored: it comes from an older socket"},
		{"101", "never answered: 45.1 send-ping"},
	} {
		if _, out, _ := engine("replay", row.log); !strings.Contains(out, row.says) {
			t.Errorf("%s: the ladder lacks %q:\n%s", row.log, row.says, out)
		}
	}
}

// Rows that were passed over stand before the one that was taken, and never on its list themselves.
func TestPassedOverRowsAreOfTheState(t *testing.T) {
	on := quirk.SDK924()
	p := newPassed(on)
	log := embedded(t, call)
	result, err := playing{}.playCapture(log)
	if err != nil {
		t.Fatal(err)
	}
	rows, passed := 0, 0
	for _, e := range result.entries {
		for _, r := range e.Step.Rows {
			if r.Verdict != fsm.Taken {
				continue
			}
			rows++
			before, taken := p.before(p.charts[r.Chart], r, e.Step.Input)
			if taken.Address != r.Row {
				t.Errorf("%s: %s was taken in %s and is not found there", r.Chart, r.Row, r.From)
			}
			for _, b := range before {
				passed++
				if len(b.Guards) == 0 {
					t.Errorf("%s: %s has no guard and stands before %s, which was taken", r.Chart, b.Address, r.Row)
				}
			}
		}
	}
	if rows == 0 || passed == 0 {
		t.Errorf("%d rows and %d passed over: nothing was checked", rows, passed)
	}
}

func TestFailingGuards(t *testing.T) {
	holds := map[string]bool{"held": true}
	for _, row := range []struct {
		guards []string
		want   string
	}{
		{[]string{"ringing"}, "not ringing"},
		{[]string{"ringing", "mine"}, "not ringing"}, // known from the row before
		{[]string{"held", "!mine"}, "mine"},          // of two, one holds
		{[]string{"known", "told"}, "not known or not told"},
		{[]string{"!held"}, "held"},
	} {
		if got := failing(row.guards, holds); got != row.want {
			t.Errorf("%v: %q, want %q", row.guards, got, row.want)
		}
	}
}

func TestAConversationByIDOrAlias(t *testing.T) {
	code, byID, _ := engine("replay", "--conversation", "c0000000-0000-4000-8000-000000000002", "24")
	_, byAlias, _ := engine("replay", "--conversation", "c2", "24")
	if code != exitDone || byID != byAlias || !strings.Contains(byID, "conversation-notified C2") {
		t.Errorf("by its id: %d\n%s\nby its alias:\n%s", code, byID, byAlias)
	}
	if strings.Contains(byID, "login") || strings.Contains(byID, "conversation-notified C1 customer:connected agent:alerting") {
		t.Errorf("what does not concern C2 is shown:\n%s", byID)
	}
}

func TestUntilIsAnEntry(t *testing.T) {
	code, out, _ := engine("--json", "replay", "--until", "22", "24")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var last rung
	if err := json.Unmarshal([]byte(lines[len(lines)-2]), &last); err != nil || code != exitDone || last.Entry != 22 {
		t.Errorf("%d %v: the last entry is %d", code, err, last.Entry)
	}
	var end ending
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.Unanswered == nil {
		t.Errorf("the last line is %s: %v", lines[len(lines)-1], err)
	}
}

func TestALostFrameIsSaid(t *testing.T) {
	entries := story()[2:3]
	entries[0].Lost = append(entries[0].Lost, entries[0].Step.Outputs[0].ID)
	l := newLadder(&played{entries: entries})
	if want := []string{"send-proceed is lost: there is no stream to take it"}; !slices.Equal(l.rungs[0].Why, want) {
		t.Errorf("got %v", l.rungs[0].Why)
	}
}

// A row by which the state could have been entered, and was, is no reason for anything; --all shows it still.
func TestARowToTheStateThatWasEnteredIsNoReason(t *testing.T) {
	const passedOver = "Unknown/LegPending[onLine] → Pending was not taken: not onLine"
	if _, out, _ := engine("replay", "10"); strings.Contains(out, passedOver) {
		t.Errorf("it is shown:\n%s", out)
	}
	if _, out, _ := engine("replay", "10", "--all"); !strings.Contains(out, passedOver) {
		t.Error("--all does not show it")
	}
}

// A call rang and was never answered: an older invitation of the conversation, which never ended, swallowed its propose.
func TestASwallowedProposeIsToldWithItsCulprit(t *testing.T) {
	_, out, _ := engine("replay", "52", "--conversation", "C2")
	at := -1
	for _, want := range []string{
		"41     530.5  > conversation-notified C2", "invitation #18: New/Ring → Ringing", "60     720.5  > propose S3 C2",
		"| invitation #18: Open/InvitedAgain[!sameSession]", "- swallowed by invitation #18, Ringing since entry 41",
		"still open: invitation #18 C2 Ringing since entry 41",
	} {
		next := strings.Index(out, want)
		if next <= at {
			t.Errorf("%q is missing, or comes too early:\n%s", want, out)
		}
		at = next
	}
}

// The embedding program ended a call and waits for ever: the ladder's last lines name its call.
func TestACallThatNeverSettledIsTold(t *testing.T) {
	found := 0
	for _, name := range captures.Names() {
		log := embedded(t, name)
		result, err := playing{}.playCapture(log)
		if err != nil {
			t.Fatal(err)
		}
		if never := newLadder(result).stands.unsettled(func(uint64) bool { return true }); len(never) > 0 {
			found++
			if _, out, _ := engine("replay", name); !strings.Contains(out, "\nnever settled: "+never[0]+"\n") {
				t.Errorf("%s: %v is not told", name, never)
			}
			if _, out, _ := engine("--json", "replay", name); !strings.Contains(out, `"neverSettled":["`+never[0]) {
				t.Errorf("%s: %v is not told as JSON", name, never)
			}
		}
		if found == 2 {
			return
		}
	}
	t.Errorf("only %d recordings have a call that never settled", found)
}

// What is dropped is told with the guard that made it so: somebody asks why an event did nothing.
func TestADroppedInputIsTold(t *testing.T) {
	p := newPassed(quirk.SDK924())
	drop := func(row string) string {
		return p.dropped(runtime.RowTaken{
			Actor: 1, Chart: "softphone", From: "Streaming", To: "Streaming", Verdict: fsm.Taken, Row: row, Input: "propose",
		}, messages.Propose{})
	}
	if got := drop("Streaming/Propose[notSetUp]{deaf-before-ready}"); got != "softphone #1: propose is dropped: notSetUp" {
		t.Errorf("got %q", got)
	}
	if got := drop("Streaming/Propose"); got != "" {
		t.Errorf("a row that acts: %q", got)
	}
	for _, guard := range []string{"conversation-notified is dropped: not mine", "propose is dropped: proposedByUs", "invited is dropped: softphoneOff"} {
		if !slices.ContainsFunc(captures.Names(), func(name string) bool {
			if !strings.HasPrefix(name, "scenarios/") {
				return false
			}
			_, out, _ := engine("replay", name)
			return strings.Contains(out, "- softphone #1: "+guard)
		}) {
			t.Errorf("no ladder of a scenario says that %s", guard)
		}
	}
}

// An id that begins as another one does keeps its own alias.
func TestAliasesOfIdsThatBeginAlike(t *testing.T) {
	n := newNames()
	for _, id := range []string{"C9", "C1", "C10"} {
		n.of("C", id)
	}
	if got := n.in("C1, C10 and C9"); got != "C2, C3 and C1" {
		t.Error(got)
	}
}

// Races are told with the names of the ladder, and nothing has an empty name.
func TestRacesHaveTheNamesOfTheLadder(t *testing.T) {
	code, out, errs := engine("races", "--profile", "corrected", "24")
	for _, want := range []string{"scenarios/24-", "  C2 c0000000-0000-4000-8000-000000000002\n", "    conversation C2: alerting", "    active is none, instead of C2\n"} {
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("%d: %q is missing: %s%s", code, want, out, errs)
		}
	}
	if strings.Count(out, "c0000000") != 1 || strings.Contains(out, `""`) {
		t.Errorf("an id, or an empty name:\n%s", out)
	}
}
