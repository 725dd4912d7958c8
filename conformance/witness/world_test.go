//go:build witness

package witness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// telling is an event as far as it is about one conversation.
type telling struct {
	at   time.Duration
	text string
}

// tellings are what a phone announced, by conversation; what is about none stands under "". What is told again of a
// conversation because of another one counts once.
type tellings map[string][]telling

// size is how many there are.
func (all tellings) size() (n int) {
	for _, list := range all {
		n += len(list)
	}
	return n
}

// settle is how long a play goes on after its last line.
const settle = time.Second

// sameWorld holds what pages announced against what the same scenario announces in virtual time, with the cell as the SDK and the
// world of the simulation around it. Lines that found nothing to do on the pages are left out there. What is announced there
// when the play on the pages is about to end need not have been seen on them.
func sameWorld(t *testing.T, path string, of scenario.Scenario, left []server.Left, recordings map[string]string) {
	t.Helper()
	imagined, last, err := imagine(of, left)
	if err != nil {
		t.Fatal(err)
	}
	why, known := realTimeOnly(t)[strings.TrimSuffix(path, ".scenario")]
	for _, phone := range slices.Sorted(maps.Keys(recordings)) {
		log, err := capture.Read(phone, strings.NewReader(recordings[phone]))
		if err != nil {
			t.Fatal(err)
		}
		pages := tellingsOf(log.Records)
		t.Logf("%s: %d events, in the world %d", phone, pages.size(), imagined[phone].size())
		for _, difference := range differences(pages, imagined[phone], last+settle*3/4) {
			if known {
				t.Logf("%s: the world differs (%s): %s", phone, why, difference)
				continue
			}
			t.Errorf("%s: the world of the simulation announces something else: %s", phone, difference)
		}
	}
}

// imagine plays a scenario in virtual time, and tells what each phone announced, and when the last line was done.
func imagine(of scenario.Scenario, left []server.Left) (all map[string]tellings, last time.Duration, err error) {
	of.Profile, of.Quirks, of.Lines = "sdk-9.2.4", nil, without(of.Lines, left)
	journals := map[string]*bytes.Buffer{}
	outcome, err := play.Play(of, play.Options{Open: true, Journal: func(phone string) runtime.JournalWriter {
		journals[phone] = &bytes.Buffer{}
		return runtime.NewStreamJournal(journals[phone], runtime.SyncNever)
	}})
	if err != nil {
		return nil, 0, err
	}
	all = map[string]tellings{}
	for phone, journal := range journals {
		records, err := replay.JournalRecords(replay.Journal{Name: phone, Text: journal.Bytes()}, host.Around(nil, quirk.Corrected), replay.Options{})
		if err != nil {
			return nil, 0, err
		}
		all[phone] = tellingsOf(records)
	}
	return all, outcome.End - play.Settled, nil
}

// without are the lines that found something to do, at their moments.
func without(lines []scenario.Line, left []server.Left) (kept []scenario.Line) {
	var later time.Duration
	for _, line := range lines {
		if !line.When.Absolute && line.When.Event == "" {
			line.When.After += later
		}
		if later = 0; slices.ContainsFunc(left, func(l server.Left) bool { return l.Line == line.At }) {
			later = line.When.After
			continue
		}
		kept = append(kept, line)
	}
	return kept
}

// differences compares what was announced, conversation by conversation.
func differences(pages, imagined tellings, until time.Duration) (all []string) {
	about := maps.Clone(pages)
	maps.Copy(about, imagined)
	for _, conversation := range slices.Sorted(maps.Keys(about)) {
		here, there := pages[conversation], imagined[conversation]
		i := 0
		for i < min(len(here), len(there)) && here[i].text == there[i].text {
			i++
		}
		if i == len(here) && (i == len(there) || there[i].at >= until) {
			continue
		}
		all = append(all, fmt.Sprintf("of %q, event %d:\n  pages: %s\n  world: %s", conversation, i+1, from(here, i), from(there, i)))
	}
	return all
}

// from shows what comes from some place on, and what was right before it.
func from(list []telling, i int) string {
	var shown []string
	for j := max(0, i-1); j < min(len(list), i+4); j++ {
		shown = append(shown, fmt.Sprintf("%.1fs %s", list[j].at.Seconds(), list[j].text))
	}
	return strings.Join(shown, "; ") + "."
}

// tellingsOf sorts the events of a recording by what they are about. What an update says of a conversation before that is added to
// the SDK's, it says because of another one.
func tellingsOf(records []port.Record) tellings {
	all := tellings{}
	aliases := map[string]map[string]string{} // of sessions, by conversation
	added := map[string]bool{}
	for _, r := range records {
		var e struct {
			Event string            `json:"ev"`
			Args  []json.RawMessage `json:"args"`
		}
		if r.Kind != "sdk.event" || r.Decode(&e) != nil {
			continue
		}
		for _, part := range partsOf(e.Event, e.Args) {
			if added[part.conversation] = added[part.conversation] || part.added; part.again && !added[part.conversation] {
				continue
			}
			if aliases[part.conversation] == nil {
				aliases[part.conversation] = map[string]string{}
			}
			text := part.text
			if part.session != "" {
				text += " " + alias(aliases[part.conversation], part.session)
			}
			list := all[part.conversation]
			if part.again && len(list) > 0 && latest(list, e.Event) == text {
				continue
			}
			all[part.conversation] = append(list, telling{r.At, text})
		}
	}
	return all
}

// latest is the last of a list that begins so.
func latest(list []telling, event string) string {
	for _, t := range slices.Backward(list) {
		if strings.HasPrefix(t.text, event) {
			return t.text
		}
	}
	return ""
}

func alias(known map[string]string, session string) string {
	if known[session] == "" {
		known[session] = fmt.Sprintf("S%d", len(known)+1)
	}
	return known[session]
}

// part is what an event says of one conversation.
type part struct {
	conversation, text, session string
	again                       bool // it may be said because of another conversation
	added                       bool // the conversation is one of the SDK's from now on
}

// leg is a call as events have it.
type leg struct {
	ConversationID string `json:"conversationId"`
	SessionID      string `json:"sessionId"`
	Call           *struct {
		State, Direction      string
		Held, Muted, Confined bool
	} `json:"call"`
}

// said is what is compared of the arguments of events.
type said struct {
	ID             string `json:"id"`
	SessionID      string `json:"sessionId"`
	ConversationID string `json:"conversationId"`
	SessionType    string `json:"sessionType"`
	AutoAnswer     bool   `json:"autoAnswer"`
	PrivAnswerMode string `json:"privAnswerMode"`
	Condition      string `json:"condition"`
	Reconnect      bool   `json:"reconnect"`
	Action         string `json:"action"`
	Session        *said  `json:"$session"`
	Error          *struct {
		Type, Message string
	} `json:"$error"`
	Active  *string `json:"activeConversationId"`
	Current []leg   `json:"current"`
	Added   []leg   `json:"added"`
	Removed []leg   `json:"removed"`
}

// partsOf are what an event says, of each conversation that it is about.
func partsOf(event string, args []json.RawMessage) []part {
	at := func(i int) (s said) {
		if i < len(args) {
			_ = json.Unmarshal(args[i], &s) // what is no object says nothing
		}
		return s
	}
	first := at(0)
	switch event {
	case "pendingSession":
		text := fmt.Sprintf("%s %s autoAnswer=%t %s", event, first.SessionType, first.AutoAnswer, first.PrivAnswerMode)
		return []part{{conversation: first.ConversationID, text: text, session: first.ID}}
	case "cancelPendingSession", "handledPendingSession", "sessionInterrupted":
		return []part{{conversation: first.ConversationID, text: event, session: first.SessionID}}
	case "sessionStarted", "sessionEnded":
		if first.Session == nil {
			return []part{{text: event}}
		}
		return []part{{conversation: first.Session.ConversationID, text: strings.TrimSpace(event + " " + at(1).Condition), session: first.Session.ID}}
	case "conversationUpdate":
		return updateParts(first)
	case "connected":
		return []part{{text: fmt.Sprintf("%s reconnect=%t", event, first.Reconnect)}}
	case "station":
		return []part{{text: event + " " + first.Action}}
	case "sdkError":
		if first.Error != nil {
			return []part{{text: event + " " + first.Error.Type + " " + first.Error.Message}}
		}
		return []part{{text: event}}
	case "trace":
		return nil
	default:
		return []part{{text: event}}
	}
}

// updateParts are what an update says: of each conversation, and which is the active one.
func updateParts(u said) (parts []part) {
	const event = "conversationUpdate"
	if u.Active != nil {
		parts = append(parts, part{conversation: "active", text: event + " " + *u.Active, again: true, added: true})
	}
	isAdded := func(l leg) bool {
		return slices.ContainsFunc(u.Added, func(a leg) bool { return a.ConversationID == l.ConversationID })
	}
	for i, list := range [][]leg{u.Current, u.Removed} {
		for _, l := range list {
			text := event
			if i == 1 {
				text += " removed"
			}
			if l.Call != nil {
				text += " " + l.Call.State + " " + l.Call.Direction
				text += when(l.Call.Held, " held") + when(l.Call.Muted, " muted") + when(l.Call.Confined, " confined")
			}
			parts = append(parts, part{conversation: l.ConversationID, text: text, session: l.SessionID, again: i == 0, added: isAdded(l)})
		}
	}
	return parts
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// realTimeRow is a row of the table of what only real time has.
var realTimeRow = regexp.MustCompile("(?m)^\\| `([a-z]+/[^`]+)` \\| (.+) \\|$")

// realTimeOnly are the scenarios of the table in docs/conformance.md, with the reasons.
func realTimeOnly(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, row := range realTimeRow.FindAllStringSubmatch(string(text), -1) {
		rows[row[1]] = row[2]
	}
	return rows
}
