//go:build witness

package witness

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// TestAHAROfTwoCalls: what Chromium's developer tools show of two calls is imported, what it lacks is inferred, and the cell sends what
// the SDK sent: under line appearance 100, where two sessions hold each other, and under 1, where they share one. So it is of what the
// server noted of the same client. The calls that are inferred are those that the page recorded.
func TestAHAROfTwoCalls(t *testing.T) {
	for _, lineAppearance := range []int{100, 1} {
		t.Run(fmt.Sprintf("line appearance %d", lineAppearance), func(t *testing.T) {
			l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
			p := l.ann(b, lineAppearance, false)
			l.say("C1 calls ann")
			p.until(`phone.ringing().length === 1`)
			p.do("acceptPendingSession", map[string]string{"conversationId": "C1"})
			p.until(`phone.calls().some(c => c.state === "connected")`)
			l.until("the phone hears the caller", func() bool { return p.hears().is(l.far("C1").Tone) })
			l.say("C2 calls ann")
			p.until(`phone.ringing().length === 1`)
			p.do("acceptPendingSession", map[string]string{"conversationId": "C2"})
			p.until(`phone.calls().filter(c => c.state === "connected").length === 2`)
			p.do("setAudioMute", map[string]any{"conversationId": "C2", "mute": true})
			p.until(`phone.calls().some(c => c.muted)`)
			l.say("stream of ann drops")
			p.until(`phone.status === "disconnected"`)
			p.until(`phone.status === "connected again"`)
			p.do("endSession", map[string]string{"conversationId": "C2"})
			p.until(`phone.calls().length === 1`)
			l.say("C1 hangs up")
			p.until(`phone.calls().length === 0`)

			log := harOf(p)
			imported(t, log)
			inferredCalls(t, log, p.recording())

			var noted bytes.Buffer
			if whole, err := l.server.WriteJournal(&noted, p.login); err != nil || !whole {
				t.Fatal(err)
			}
			p.keep("noted.jsonl", noted.Bytes())
			seen, err := capture.Read("the server's notes", &noted)
			if err == nil {
				err = seen.Infer()
			}
			if err != nil {
				t.Fatal(err)
			}
			imported(t, seen)
			inferredCalls(t, seen, p.recording())
		})
	}
}

// TestAHARWithADump: the peer connections of a dump of chrome://webrtc-internals belong to the HAR of the same time.
func TestAHARWithADump(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	logins, err := l.server.AddAgent(l.ctx, server.Agent{Name: "ann", LineAppearance: 100, Phones: []string{"desk"}})
	if err != nil {
		t.Fatal(err)
	}
	internals, err := b.Open(l.ctx, "chrome://webrtc-internals")
	if err != nil {
		t.Fatal(err)
	}
	p := l.open(b, logins[0])
	p.until(`phone.status === "ready"`)
	l.say("C1 calls ann")
	p.until(`phone.ringing().length === 1`)
	p.do("acceptPendingSession", map[string]string{"conversationId": "C1"})
	l.until("the phone hears the caller", func() bool { return p.hears().is(l.far("C1").Tone) })
	if err := internals.Until(l.ctx, `document.body.textContent.includes("onconnectionstatechange")`); err != nil {
		t.Fatal(err)
	}
	l.say("C1 hangs up")
	p.until(`phone.calls().length === 0`)

	har, err := p.HAR(l.ctx)
	if err != nil {
		t.Fatal(err)
	}
	log, err := capture.ReadHAR("calls.har", bytes.NewReader(har))
	if err != nil {
		t.Fatal(err)
	}
	saved := dumped(t, l.ctx, internals)
	p.keep("dump.json", saved)
	dump, err := capture.ReadInternals("dump", bytes.NewReader(saved))
	if err == nil {
		err = log.Merge(dump)
	}
	if err == nil {
		err = log.Infer()
	}
	if err != nil {
		t.Fatalf("%v: the dump of %d bytes begins\n%.1000s", err, len(saved), saved)
	}
	seen := map[string]bool{}
	for _, r := range log.Records {
		if r.Kind == "pc.state" && capture.InferredBy(r) != "" {
			t.Errorf("inferred, though the dump tells: %s", r.Fields)
		}
		var f struct{ What, Value string }
		if r.Decode(&f) == nil {
			seen[f.What+" "+f.Value] = true
		}
	}
	if !seen["connectionState connected"] || !seen["signalingState stable"] {
		t.Errorf("the dump tells only of %v", seen)
	}
	imported(t, log)
}

// dumped is what the button Create Dump of webrtc-internals saves.
func dumped(t *testing.T, ctx context.Context, page *Page) []byte {
	t.Helper()
	const script = `(async () => {
		let saved;
		const url = URL.createObjectURL;
		URL.createObjectURL = blob => { saved = blob; return url.call(URL, blob); };
		HTMLAnchorElement.prototype.click = () => {};
		[...document.querySelectorAll("button")].filter(b => /dump/i.test(b.textContent)).forEach(b => b.click());
		while (!saved) await new Promise(done => setTimeout(done, 20));
		return btoa(String.fromCharCode(...new Uint8Array(await saved.arrayBuffer())));
	})()`
	var packed []byte
	if err := page.Eval(ctx, script, &packed); err != nil {
		t.Fatal(err)
	}
	in, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// harOf is what the developer tools of a page would save, imported.
func harOf(p *phone) *capture.Capture {
	p.lab.t.Helper()
	har, err := p.HAR(p.lab.ctx)
	if err != nil {
		p.lab.t.Fatal(err)
	}
	p.keep("calls.har", har)
	log, err := capture.ReadHAR("calls.har", bytes.NewReader(har))
	if err == nil {
		err = log.Infer()
	}
	if err != nil {
		p.lab.t.Fatal(err)
	}
	return log
}

// inferredCalls holds the calls of the application that were inferred against those that the page recorded.
func inferredCalls(t *testing.T, inferred *capture.Capture, recording string) {
	t.Helper()
	recorded, err := capture.Read("the page's own recording", strings.NewReader(recording))
	if err != nil {
		t.Fatal(err)
	}
	if want, got := callsOf(recorded), callsOf(inferred); !slices.Equal(want, got) {
		t.Errorf("inferred are  %q\nrecorded are %q", got, want)
	}
}

// callsOf are the calls of the SDK's methods, each with the conversation that it is about.
func callsOf(c *capture.Capture) (list []string) {
	for _, r := range c.Records {
		var f struct {
			Name string `json:"name"`
			Args []struct {
				Conversation string `json:"conversationId"`
			} `json:"args"`
		}
		if r.Kind != "api" || r.Decode(&f) != nil {
			continue
		}
		for _, of := range f.Args {
			f.Name += " " + of.Conversation
		}
		list = append(list, f.Name)
	}
	return list
}

// imported holds a HAR against the cell of this repository.
func imported(t *testing.T, log *capture.Capture) {
	t.Helper()
	result, err := host.Replay(log)
	if err != nil {
		t.Fatal(err)
	}
	tolerance := log.Config.Tolerance()
	tolerance.Late = busy
	report := capture.CompareDecisions(capture.Decide(capture.OnWire(log.Records)), capture.Decide(capture.OnWire(result.Outputs)), tolerance)
	if report.Match() {
		t.Logf("%s: %s", log.Name, compared(report))
		return
	}
	var shown bytes.Buffer
	if err := report.Show(&shown, log.Records, func(s string) string { return s }); err != nil {
		t.Fatal(err)
	}
	t.Errorf("the SDK and the cell send differently:\n%s", shown.Bytes())
}
