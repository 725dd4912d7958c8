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

func TestWrongUseSaysWhereAndWhatToDo(t *testing.T) {
	whole := recorded(t, call)
	_, withoutConfig, _ := strings.Cut(whole, "\n")
	foreign := strings.Replace(whole, `"sdk":"9.2.4"`, `"sdk":"7.0.0"`, 1)
	folder := t.TempDir()
	for _, row := range []struct {
		name string
		args []string
		says []string
	}{
		{"unknown command", []string{"fly"}, []string{"fly: no such command; the commands are replay, verify, diff, redact, simulate, whatif, races, explore, charts", "--help"}},
		{"no recording", []string{"replay"}, []string{"<log>", "engine replay --help"}},
		{"unknown flag", []string{"verify", "--fast"}, []string{"--fast", "engine verify --help"}},
		{"no value", []string{"simulate", "--seeds"}, []string{"--seeds: a value is missing: see engine simulate --help"}},
		{"a flag for a value", []string{"replay", "01", "--conversation", "-x"}, []string{`--conversation: a value is missing before "-x": see engine replay --help`}},
		{"no number", []string{"explore", "--bound", "x"}, []string{`--bound: "x" is not a whole number: see`}},
		{"a number below 0", []string{"simulate", "--seeds", "-1"}, []string{`--seeds: "-1" is not a whole number from 0: see`}},
		{"no duration", []string{"races", "01", "--window", "5"}, []string{`--window: "5" is not a duration: write it such as 300ms`}},
		{"a window below 0", []string{"races", "01", "--window", "-1s"}, []string{"--window -1s: give how far"}},
		{"orders below 0", []string{"races", "01", "--most", "-1"}, []string{"--most -1: give how many"}},
		{"a bound below 0", []string{"explore", "--bound", "-1"}, []string{"--bound -1"}},
		{"jobs below 0", []string{"simulate", "--seeds", "1", "--jobs", "-1"}, []string{"--jobs -1: give how many"}},
		{"a line appearance below 0", []string{"whatif", "--line-appearance", "-1", "01"}, []string{"--line-appearance -1: give a number"}},
		{"only a flag of all commands", []string{"--json"}, []string{"a command is missing: see engine --help"}},
		{"an unknown quirk to explore", []string{"explore", "--quirk", "reinvite-belived"}, []string{"explore: --quirk reinvite-belived: no such quirk: the nearest are reinvite-believed"}},
		{"an unknown option of the platform", []string{"whatif", "--platform", "idel=3s", "01"}, []string{"idel: no such option: the nearest are idle"}},
		{"no such file", []string{"replay", folder + "/none.jsonl"}, []string{"none.jsonl", "give the path", "--list"}},
		{"a name that is nearly one", []string{"replay", "inbound-call-to-hang-up"}, []string{call, "such as"}},
		{"a name of several", []string{"replay", "hold"}, []string{"hold", "recordings of this binary", "\n  …"}},
		{"a folder", []string{"replay", folder}, []string{"is a folder", "give one of the files"}},
		{"no such folder", []string{"verify", folder + "/none"}, []string{"none", "give the path"}},
		{"an empty folder", []string{"verify", folder}, []string{"no *.jsonl", "give one"}},
		{"unknown profile of all", []string{"verify", "--profile", "best"}, []string{`"best"`, "corrected", "sdk-9.2.4", "--profile"}},
		{"no such conversation", []string{"replay", "--conversation", "C9", "01"}, []string{"C9", "the conversations are C1 (c0000000"}},
		{"an entry below 1", []string{"replay", "--until=-1", "01"}, []string{"--until", "from 1"}},
		{"an entry that is no number", []string{"replay", "--until", "soon", "01"}, []string{"--until soon", "from 1"}},
		{"an entry of 0", []string{"replay", "--until", "0", "01"}, []string{"--until 0", "give the number of an entry, from 1"}},
		{"an entry below 0", []string{"replay", "--until", "-5", "01"}, []string{"--until", "give the number of an entry, from 1"}},
		{"no name", []string{"replay", ""}, []string{"a name is missing"}},
		{"no name of a profile", []string{"verify", "--profile", "", "01"}, []string{"--profile: a name is missing"}},
		{"a file name without a file", []string{"replay", "o.jsonl"}, []string{"o.jsonl: there is no such file: give"}},
		{"a recording that is not in the list", []string{"verify", "--list", "no-such"}, []string{"no-such", "engine verify --list"}},
		{"no such chart", []string{"charts", "calls"}, []string{"calls", "invitation", "watchdog"}},
		{"nowhere to write", []string{"replay", "--out", folder + "/none/out", "01"}, []string{"none", "can be written"}},
		{"an empty file", []string{"replay", file(t, "empty.jsonl", "")}, []string{"empty.jsonl: the file is empty"}},
		{"not JSON", []string{"replay", file(t, "a.jsonl", "hello\n")}, []string{"a.jsonl:1:", "not a JSON object", "one record a line"}},
		{"a scenario", []string{"replay", file(t, "a.scenario", answered)}, []string{"a.scenario: is a scenario, no capture and no journal: engine simulate plays it"}},
		{"a scenario by another name", []string{"verify", file(t, "mine", answered)}, []string{"mine: is a scenario"}},
		{"random bytes", []string{"whatif", "--line-appearance", "1", file(t, "a.bin", "\x00\x9c\xff")}, []string{"a.bin:1: not a JSON object", "no capture and no journal"}},
		{"a log for a scenario", []string{"simulate", file(t, "a.scenario", whole)}, []string{"a.scenario: is no scenario", "engine replay shows it"}},
		{"an archive for a scenario", []string{"simulate", file(t, "a.gz", zipped(t, whole))}, []string{"a.gz: is no scenario"}},
		{"random bytes for a scenario", []string{"simulate", file(t, "a.bin", "\x00\x9c\xff\n\xff\n")}, []string{"a.bin: is no scenario", "UTF-8"}},
		{"no config", []string{"replay", file(t, "b.jsonl", withoutConfig)}, []string{"b.jsonl:1:", "no config record"}},
		{"unknown profile", []string{"replay", "--profile", "best", file(t, "c.jsonl", whole)}, []string{`"best"`, "corrected", "--profile"}},
		{"unknown version", []string{"verify", file(t, "d.jsonl", foreign)}, []string{"sdk-7.0.0", "--profile"}},
		{"redact nothing", []string{"redact", file(t, "e.jsonl", "\n")}, []string{"the file is empty"}},
		{"simulate without such a scenario", []string{"simulate", "nix"}, []string{"nix", "its folders are calls, attacks, defects"}},
		{"simulate with a broken file", []string{"simulate", file(t, "broken.scenario", "agent ann\n\n+1s ann flies\n")}, []string{"broken.scenario:3", "the nearest are"}},
		{"simulate with an option of the platform that is none", []string{"simulate", file(t, "broken.scenario", "platform idel=3s\nagent ann\n")}, []string{"broken.scenario:1: platform: idel: no such option: the nearest are idle"}},
		{"simulate with a call that nobody makes", []string{"simulate", file(t, "broken.scenario", "agent ann\n+1s C1 calls ann\n+1s ann answers A1\n")}, []string{"broken.scenario:3: A1: no line above makes such a call: there are C1"}},
		{"simulate files and seeds", []string{"simulate", "calls", "--seeds", "3"}, []string{"not both"}},
		{"simulate no seeds", []string{"simulate", "--seeds", "0"}, []string{"--seeds 0", "from 1"}},
		{"simulate a seed that is none", []string{"simulate", "--seed", "0"}, []string{"--seed 0", "seeds count from 1"}},
		{"simulate with an unknown quirk", []string{"simulate", "--seeds", "1", "--quirk", "nix"}, []string{"nix"}},
		{"simulate cases from seeds", []string{"simulate", "attacks", "--seeds", "3"}, []string{"not both"}},
		{"simulate with a flag of drawn scenarios", []string{"simulate", "calls", "--no-faults"}, []string{"--no-faults", "it is for one drawn scenario, with --seed"}},
		{"simulate the table with a flag of scenarios", []string{"simulate", "defects", "--profile", "corrected"}, []string{"--profile is not for the tables"}},
		{"simulate with an unknown profile", []string{"simulate", "--profile", "best"}, []string{"--profile best", "corrected or sdk-9.2.4"}},
		{"simulate a scenario with an unknown quirk", []string{"simulate", "calls", "--quirk", "nix"}, []string{"nix"}},
		{"simulate and rewrite what is in the binary", []string{"simulate", "calls", "--rewrite"}, []string{"a scenario file of your own"}},
		{"simulate and rewrite everything", []string{"simulate", "--rewrite"}, []string{"name them"}},
		{"simulate and list nothing", []string{"simulate", "--list", "nix"}, []string{"engine simulate --list"}},
		{"simulate to where nothing can be written", []string{"simulate", "--seeds", "1", "--out", file(t, "plain", "") + "/below"}, []string{"--out a folder"}},
		{"races with nothing", []string{"races", folder + "/none"}, []string{"none", "give the path"}},
		{"diff with nothing", []string{"diff", file(t, "f.jsonl", whole), folder + "/none"}, []string{"none", "give the path"}},
	} {
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
