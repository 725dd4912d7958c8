package main

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/captures"
)

// A recorder that is killed in the middle of a line leaves a recording that holds as far as it goes.
func TestACutRecordingHoldsAsFarAsItGoes(t *testing.T) {
	for i, name := range captures.Names() {
		if i%40 != 7 {
			continue
		}
		lines := strings.SplitAfter(recorded(t, name), "\n")
		for _, last := range []int{len(lines) / 4, len(lines) / 2, len(lines) * 3 / 4} {
			half := strings.Join(lines[:last], "") + lines[last][:len(lines[last])/2]
			code, out, errs := engine("verify", file(t, "cut.jsonl", half))
			if code != exitDone || !strings.Contains(out, ", undecided after line ") || !strings.Contains(errs, "the last line is cut") {
				t.Errorf("%s, cut in line %d: %d %s%s", name, last+1, code, out, errs)
			}
		}
	}
}

// The cut excuses nothing that comes before it.
func TestACutExcusesNothingBeforeIt(t *testing.T) {
	whole := strings.Replace(recorded(t, call), `"ev":"pendingSession"`, `"ev":"pendingSessions"`, 1)
	code, out, _ := engine("verify", file(t, "cut.jsonl", whole[:len(whole)-20]))
	if code != exitFails || !strings.Contains(out, "first divergence: sdk.event") {
		t.Errorf("%d %s", code, out)
	}
}

// Frames that nobody could read are counted, and a record of a kind from tomorrow is told: neither makes a recording differ.
func TestWhatCouldNotBeReadIsSaid(t *testing.T) {
	lines := strings.SplitAfter(recorded(t, call), "\n")
	last := len(lines) - 2
	extra := `{"seq":9001,"t":9001,"k":"ws.recv","ws":1,"xml":"<message"}` + "\n" + `{"seq":9002,"t":9002,"k":"nonsense"}` + "\n"
	path := file(t, "a.jsonl", strings.Join(lines[:last+1], "")+extra)
	code, out, errs := engine("verify", path)
	if code != exitDone || !strings.Contains(out, ", 1 frames not readable\n") {
		t.Errorf("%d %s", code, out)
	}
	for _, want := range []string{`unknown kind "nonsense", left out`, "seq 9001 after", "engine: warning: " + path + ":"} {
		if !strings.Contains(errs, want) {
			t.Errorf("the warnings lack %q: %s", want, errs)
		}
	}
}

// Errors are in the words of the files: the one who reads them may never have seen this code.
func TestErrorsNameNoTypesOfTheCode(t *testing.T) {
	whole := recorded(t, call)
	for text, says := range map[string]string{
		strings.Replace(whole, `"seq":1,`, `"seq":"one",`, 1):                "seq is a string",
		strings.Replace(whole, `"sdk":"9.2.4"`, `"sdk":9`, 1):                "sdk is a number",
		strings.Replace(whole, `"sdk":"9.2.4",`, ``, 1):                      "the config record names no SDK version: choose --profile",
		strings.Replace(whole, `"seq":0,`, `"capture":2,"seq":0,`, 1):        "its capture is 2",
		strings.Replace(whole, `{"seq":0,`, `["seq",0,`, 1):                  "not a JSON object",
		strings.Replace(whole, `"seq":0,`, `"seq":0,"schema":"other/1",`, 1): `its schema is "other/1"`,
	} {
		code, _, errs := engine("verify", file(t, "a.jsonl", text))
		if code != exitUsage || !strings.Contains(errs, says) || strings.Contains(errs, "Go ") || strings.Contains(errs, "cannot unmarshal") {
			t.Errorf("%q: %d %s", says, code, errs)
		}
	}
}

// The timers of a busy machine are late; how late they may be, who verifies can say.
func TestALateTimerIsForgivenOnRequest(t *testing.T) {
	const ping = `"t":14110,"k":"ws.send"`
	whole := recorded(t, "scenarios/101-two-missed-pings-then-reconnect.jsonl")
	path := file(t, "late.jsonl", strings.Replace(whole, ping, `"t":14310,"k":"ws.send"`, 1))
	if !strings.Contains(whole, ping) {
		t.Fatal("the recording has no ping at 14110 ms")
	}
	code, out, _ := engine("verify", path)
	if code != exitFails || !strings.Contains(out, "the recording has it 200ms later") {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ := engine("verify", "--late", "300ms", path); code != exitDone {
		t.Errorf("%d %s", code, out)
	}
}
