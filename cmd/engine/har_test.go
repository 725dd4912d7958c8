package main

import (
	"bufio"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// stories are HARs that the importer is tested with; the first is of recording 24.
const stories = "../../adapters/capture/testdata/har/"

const secondCall = stories + "a-second-call-on-the-shared-session.har.gz"

func TestHARsAreVerified(t *testing.T) {
	code, out, errs := engine("verify", stories)
	if code != exitDone || !strings.Contains(out, "verified 4 of 4") || !strings.Contains(out, "rest=6 stanzas=13 looks=0, the wire alone: 13 records inferred") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, _ := engine("--json", "verify", secondCall); code != exitDone || !strings.Contains(out, `"inferred":13`) {
		t.Errorf("%d %s", code, out)
	}
}

// The ladder says of what was inferred by which rule; as JSON, too.
func TestTheLadderSaysWhatWasInferred(t *testing.T) {
	code, out, errs := engine("replay", secondCall)
	if code != exitDone || !strings.Contains(errs, "taken as 9.2.4; --profile chooses another") {
		t.Fatal(code, errs)
	}
	for _, want := range []string{"a recording of the wire, 13 records inferred, decided as sdk-9.2.4", "> answer call=2 C1 (inferred: proceed)",
		"(inferred: connect)", "> microphone-granted effect=24.3 (request-microphone) (inferred: answer)", "> offer iq="} {
		if !strings.Contains(out, want) {
			t.Errorf("the ladder lacks %q:\n%s", want, out)
		}
	}
	_, lines, _ := engine("--json", "replay", secondCall)
	var rules []string
	in := bufio.NewScanner(strings.NewReader(lines))
	for in.Scan() {
		var r struct{ In, Inferred string }
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(r.In, "answer ") {
			rules = append(rules, r.Inferred)
		}
	}
	if !slices.Equal(rules, []string{"proceed", "connect"}) {
		t.Errorf("the answers were inferred by %q", rules)
	}
}

// A HAR is compared with anything by what was on the wire.
func TestADiffWithAHAR(t *testing.T) {
	if code, out, errs := engine("diff", secondCall, "24"); code != exitDone || !strings.Contains(out, "same decisions") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if code, out, _ := engine("diff", "23", secondCall); code != exitFails || strings.Contains(out, "sdk.event") {
		t.Errorf("%d %s", code, out)
	}
}

// Redacted, a HAR is a capture: without names and tokens, and with what was inferred.
func TestARedactedHAR(t *testing.T) {
	code, out, errs := engine("redact", secondCall)
	if code != exitDone || strings.Contains(out, "Lab Agent") || !strings.Contains(out, `"inferred":"proceed"`) {
		t.Fatal(code, errs)
	}
	path := file(t, "redacted.jsonl", out)
	if code, out, errs := engine("verify", path); code != exitDone || !strings.Contains(out, "rest=6 stanzas=13 looks=0, the wire alone: 13 records inferred") {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

// What was recorded of the wire alone, as by a server, is inferred from as a HAR is.
func TestARecordingOfTheWire(t *testing.T) {
	var wire []string
	for line := range strings.Lines(recorded(t, call)) {
		if strings.Contains(line, `"k":"ws.`) || strings.Contains(line, `"k":"http.`) || strings.Contains(line, `"k":"config"`) {
			wire = append(wire, line)
		}
	}
	code, out, errs := engine("verify", file(t, "wire.jsonl", strings.Join(wire, "")))
	if code != exitDone || !strings.Contains(out, "the wire alone") {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

func TestOtherCommandsTakeHARs(t *testing.T) {
	if code, out, errs := engine("whatif", "--line-appearance", "100", secondCall); code != exitDone || !strings.Contains(out, "What if: line appearance 100") {
		t.Errorf("whatif: %d %s%s", code, out, errs)
	}
	if code, out, errs := engine("races", "--most", "20", secondCall); code != exitDone || !strings.Contains(out, "orders tried") {
		t.Errorf("races: %d %s%s", code, out, errs)
	}
}

func TestHARsThatAreRefused(t *testing.T) {
	firefox := `{"log":{"creator":{"name":"Firefox"},"entries":[{"startedDateTime":"2026-03-01T09:30:00.000+01:00","request":{"method":"GET","url":"wss://streaming.example.com/stream/channels/c1"},"response":{"status":101}}]}}`
	dump := file(t, "dump.txt", `{"PeerConnections":{}}`)
	refused(t, []wrongUse{
		{"of Firefox", []string{"replay", file(t, "a.har", firefox)}, []string{"a.har: it has no messages of its WebSockets", "Chrome or Edge"}},
		{"a page without a phone", []string{"verify", file(t, "b.har", `{"log":{"entries":[]}}`)}, []string{"b.har: it has no WebSocket of a softphone"}},
		{"something else by that name", []string{"redact", file(t, "c.har", `{"creator":{}}`)}, []string{"c.har: it is no HAR"}},
		{"no dump", []string{"replay", "--webrtc-internals", dump + ".none", secondCall}, []string{"--webrtc-internals: ", "give a file"}},
		{"a HAR for a dump", []string{"replay", "--webrtc-internals", secondCall, secondCall}, []string{"it is no dump of chrome://webrtc-internals"}},
		{"another's dump", []string{"replay", "--webrtc-internals", dump, secondCall}, []string{"none of its peer connections"}},
		{"a dump for a capture", []string{"replay", "--webrtc-internals", dump, "24"}, []string{"only a HAR says what time of day it was"}},
		{"a dump for a journal", []string{"verify", "--webrtc-internals", dump, journalOf(t, "24")}, []string{"is a journal"}},
		{"a dump for many", []string{"verify", "--webrtc-internals", dump, secondCall, secondCall}, []string{"is for one HAR"}},
	})
}
