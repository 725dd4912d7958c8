package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// engine runs the command line.
func engine(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = run(args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// file writes a file and returns its path.
func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// recorded is the text of an embedded capture.
func recorded(t testing.TB, name string) string {
	t.Helper()
	in, err := captures.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const call = "scenarios/01-inbound-call-to-hangup.jsonl"

// wrongUse is a command line that is refused, and what is said of it.
type wrongUse struct {
	name string
	args []string
	says []string
}

// refused fails where a command line is not refused, or is without what is to be said.
func refused(t *testing.T, all []wrongUse) {
	t.Helper()
	for _, row := range all {
		t.Run(row.name, func(t *testing.T) {
			code, _, errs := engine(row.args...)
			if code != exitUsage {
				t.Errorf("exit code %d, want %d", code, exitUsage)
			}
			for _, want := range row.says {
				if !strings.Contains(errs, want) {
					t.Errorf("the error lacks %q: %s", want, errs)
				}
			}
		})
	}
}

func TestWrongUseSaysWhereAndWhatToDo(t *testing.T) {
	whole := recorded(t, call)
	_, withoutConfig, _ := strings.Cut(whole, "\n")
	foreign := strings.Replace(whole, `"sdk":"9.2.4"`, `"sdk":"7.0.0"`, 1)
	folder := t.TempDir()
	refused(t, []wrongUse{
		{"no such file", []string{"replay", folder + "/none.jsonl"}, []string{"none.jsonl", "give the path", "--list"}},
		{"a name that is nearly one", []string{"replay", "inbound-call-to-hang-up"}, []string{call, "such as"}},
		{"a name of several", []string{"replay", "hold"}, []string{"hold", "recordings of this binary", "\n  …"}},
		{"a folder", []string{"replay", folder}, []string{"is a folder", "give one of the files"}},
		{"no such folder", []string{"verify", folder + "/none"}, []string{"none", "give the path"}},
		{"an empty folder", []string{"verify", folder}, []string{"no *.jsonl", "give one"}},
		{"a timer that is early", []string{"verify", "--late", "-1s"}, []string{"--late -1s", "above 0"}},
		{"unknown profile of all", []string{"verify", "--profile", "best"}, []string{`"best"`, "corrected", "sdk-9.2.4", "--profile"}},
		{"no such conversation", []string{"replay", "--conversation", "C9", "01"}, []string{"C9", "the conversations are C1 (c0000000"}},
		{"a file name without a file", []string{"replay", "o.jsonl"}, []string{"o.jsonl: there is no such file: give"}},
		{"a recording that is not in the list", []string{"verify", "--list", "no-such"}, []string{"no-such", "engine verify --list"}},
		{"no such chart", []string{"charts", "calls"}, []string{"calls", "invitation", "watchdog"}},
		{"nowhere to write", []string{"replay", "--out", folder + "/none/out", "01"}, []string{"none", "can be written"}},
		{"an empty file", []string{"replay", file(t, "empty.jsonl", "")}, []string{"empty.jsonl: the file is empty"}},
		{"not JSON", []string{"replay", file(t, "a.jsonl", "hello\n")}, []string{"a.jsonl:1:", "not a JSON object", "one record a line"}},
		{"a scenario", []string{"replay", file(t, "a.scenario", answered)}, []string{"a.scenario: is a scenario, no capture and no journal: engine simulate plays it"}},
		{"a scenario by another name", []string{"verify", file(t, "mine", answered)}, []string{"mine: is a scenario"}},
		{"random bytes", []string{"whatif", "--line-appearance", "1", file(t, "a.bin", "\x00\x9c\xff")}, []string{"a.bin:1: not a JSON object", "no capture and no journal"}},
		{"no config", []string{"replay", file(t, "b.jsonl", withoutConfig)}, []string{"b.jsonl:1:", "no config record"}},
		{"unknown profile", []string{"replay", "--profile", "best", file(t, "c.jsonl", whole)}, []string{`"best"`, "corrected", "--profile"}},
		{"unknown version", []string{"verify", file(t, "d.jsonl", foreign)}, []string{"sdk-7.0.0", "--profile"}},
		{"redact nothing", []string{"redact", file(t, "e.jsonl", "\n")}, []string{"the file is empty"}},
		{"races with nothing", []string{"races", folder + "/none"}, []string{"none", "give the path"}},
		{"diff with nothing", []string{"diff", file(t, "f.jsonl", whole), folder + "/none"}, []string{"none", "give the path"}},
	})
}

func TestHelpNamesTheCommands(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"help"}} {
		code, out, _ := engine(args...)
		if code != exitDone {
			t.Errorf("exit code %d", code)
		}
		for _, command := range []string{"replay", "verify", "diff", "redact", "simulate", "whatif", "races", "charts"} {
			if !strings.Contains(out, command) {
				t.Errorf("the help does not name %s", command)
			}
		}
	}
}

// help and a command is what that command's --help is.
func TestHelpOfACommand(t *testing.T) {
	_, want, _ := engine("races", "--help")
	if code, out, errs := engine("help", "races"); code != exitDone || out != want || !strings.Contains(out, "--window") {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

func TestDiff(t *testing.T) {
	whole := recorded(t, call)
	a, same := file(t, "a.jsonl", whole), file(t, "same.jsonl", whole)
	b := file(t, "b.jsonl", strings.Replace(whole, `"ev":"sessionStarted"`, `"ev":"sessionBegun"`, 1))
	if code, out, errs := engine("diff", a, same); code != exitDone || out != "same decisions\n" || errs != "" {
		t.Errorf("of equal ones: %d %q %q", code, out, errs)
	}
	code, out, errs := engine("diff", a, b)
	if code != exitFails || errs != "" {
		t.Errorf("of different ones: %d %q", code, errs)
	}
	for _, want := range []string{"first divergence: sdk.event #", "sessionStarted", "sessionBegun", "  ≠  "} {
		if !strings.Contains(out, want) {
			t.Errorf("the difference lacks %q:\n%s", want, out)
		}
	}
	code, out, _ = engine("--json", "diff", a, b)
	var v verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != exitFails || v.Match || v.List != capture.EventList || v.Line == 0 {
		t.Errorf("as JSON: %d %v %q", code, err, out)
	}
}

func TestACutLogIsUsedUpToTheCut(t *testing.T) {
	whole := recorded(t, call)
	cut := file(t, "cut.jsonl", whole[:len(whole)-20])
	code, out, errs := engine("redact", cut)
	if code != exitDone || !strings.Contains(errs, "warning") || !strings.Contains(errs, "the last line is cut") {
		t.Errorf("%d %q", code, errs)
	}
	if lines := strings.Count(out, "\n"); lines != strings.Count(whole, "\n")-1 {
		t.Errorf("%d lines of %d are left", lines, strings.Count(whole, "\n"))
	}
}

func TestRedactTwiceIsTheSame(t *testing.T) {
	path := file(t, "a.jsonl", recorded(t, call))
	code, first, _ := engine("redact", path)
	_, second, _ := engine("redact", path)
	if code != exitDone || first != second || strings.Contains(first, "Lab Agent") {
		t.Errorf("redacting is not stable, or leaves a name")
	}
}

// story is a replay as the ladder gets it.
func story() []replay.Entry {
	at := func(seq int, in messages.Input, rows []runtime.RowTaken, effects ...messages.Effect) replay.Entry {
		step := runtime.Step{Seq: uint64(seq), Input: in, Rows: rows}
		for i, e := range effects {
			step.Outputs = append(step.Outputs, runtime.Output{ID: messages.NewEffectID(uint64(seq), i+1), Effect: e})
		}
		return replay.Entry{Line: seq + 1, Seq: seq, At: time.Duration(seq) * time.Second, Step: step}
	}
	row := func(v fsm.Verdict) []runtime.RowTaken {
		return []runtime.RowTaken{{Actor: 3, Kind: "invitation", Chart: "invitation", From: "Ringing", To: "Answered", Verdict: v, Row: "Ringing/Answer", Why: "it was answered", Input: "answer"}}
	}
	record, err := port.NewRecord(9, 9*time.Second, "http.res", map[string]any{"status": 200, "method": "GET", "url": "http://h/api/v2/users/me"})
	if err != nil {
		panic(err)
	}
	return []replay.Entry{
		at(1, messages.Propose{Session: "sid-1", Conversation: "conv-1", From: "jane@gjoll.test/x"}, nil,
			messages.Announce{Event: messages.PendingSession{ID: "sid-1", Conversation: "conv-1", Type: messages.Softphone}}),
		at(2, messages.Propose{Session: "sid-2", Conversation: "conv-2"}, nil),
		at(3, messages.Answer{Call: 1, Conversation: "conv-1"}, row(fsm.Taken), messages.SendProceed{Session: "sid-1", To: "jane@gjoll.test/x"}),
		at(4, messages.Offer{Session: "sid-1", SDP: "v=0 secret"}, nil, messages.RequestMicrophone{Peer: 7},
			messages.SendAnswer{Session: "sid-1", Peer: 7}),
		at(5, messages.MicrophoneGranted{Effect: "4.1"}, row(fsm.Ignored)),
		at(6, messages.PeerICEChanged{Peer: 7, State: messages.PeerConnected}, row(fsm.Unexpected)),
		at(7, messages.ConversationNotified{Conversation: "conv-1", Participants: []messages.Participant{{
			Purpose: "agent", Calls: []messages.Leg{{State: messages.Connected, Held: messages.Yes}},
		}}}, nil),
		{Line: 10, Seq: 9, At: 9 * time.Second, Record: &record, Orphan: "it was not asked"},
	}
}

func TestTheLadder(t *testing.T) {
	var out bytes.Buffer
	newLadder(&played{name: "a.jsonl", title: "a story", entries: story(), unanswered: []messages.EffectID{"4.1"}}).print(&out, false)
	for _, want := range []string{
		"a.jsonl\n  a story\n",
		"S1 sid-1", "C2 conv-2\n",
		"      1    1000.0  > propose S1 C1\n",
		"                   < announce pendingSession S1 C1 sessionType=softphone\n",
		"                   | invitation #3: Ringing/Answer → Answered\n",
		"                   < send-proceed S1\n",
		"                   - invitation #3: Ringing/Answer is ignored: it was answered\n",
		"                   - invitation #3: in Ringing, answer is unexpected\n",
		"      7    7000.0  > conversation-notified C1 agent:connected+held\n",
		"           9000.0  > http.res 200 GET /users/me\n",
		"                   - orphan, not told to the softphone: it was not asked\n",
		"never answered: 4.1 request-microphone peer=#7\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the ladder lacks %q:\n%s", want, out.String())
		}
	}
	for _, never := range []string{"jane", "secret"} {
		if strings.Contains(out.String(), never) {
			t.Errorf("the ladder has personal data (%s):\n%s", never, out.String())
		}
	}
}

func TestAboutOneConversation(t *testing.T) {
	var kept []int
	for _, i := range about("conv-1", story()) {
		kept = append(kept, story()[i].Seq)
	}
	if want := []int{1, 3, 4, 5, 6, 7}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
	if got := about("conv-9", story()); len(got) != 0 {
		t.Errorf("%d entries concern an unknown conversation", len(got))
	}
}

func TestWrapKeepsEveryWordWithinTheWidth(t *testing.T) {
	text := strings.Repeat("word ähnlich ", 30) + strings.Repeat("x", 200)
	parts := wrap(text, 40)
	for i, part := range parts {
		if limit := utf8.RuneCountInString(part); limit > 40 || i > 0 && limit > 38 {
			t.Errorf("part %d is %d wide", i, limit)
		}
	}
	if strings.ReplaceAll(strings.Join(parts, ""), " ", "") != strings.ReplaceAll(text, " ", "") {
		t.Error("letters were lost")
	}
}

func TestVerdictsArePrinted(t *testing.T) {
	in := strings.NewReader(recorded(t, call))
	log, err := capture.Read(call, in)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	term := &terminal{out: &out, err: &out}
	same := capture.Compare(log.Records, log.Records, log.Config.Tolerance())
	none := capture.Compare(log.Records, nil, log.Config.Tolerance())
	for _, report := range []capture.Report{same, none} {
		o := outcome{verdict: verdictOf(call, report), compared: compared(report), details: []string{"first divergence"}}
		if err := o.print(term); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.HasPrefix(lines[0], "match "+call+" events=") || !strings.HasPrefix(lines[1], "DIFFER "+call+" rest (other) #0") {
		t.Errorf("got %q and %q", lines[0], lines[1])
	}
	if lines[2] != "  first divergence" {
		t.Errorf("the divergence is not shown:\n%s", out.String())
	}
}
