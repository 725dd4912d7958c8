package conformance

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Recordings of whose wire no rule infers what the application did, with the reason. The first list goes for the wire itself
// and for all that has less; the second for what the far end noted, and the third for HARs.
var (
	unlikeOnTheWire = map[string]string{
		"directed/201-softphone-allowed-again-station-heard-twice.jsonl":                     "when softphone sessions were disallowed is not seen",
		"directed/271-a-type-is-allowed-twice-at-once.jsonl":                                 "when softphone sessions were disallowed is not seen",
		"directed/272-a-type-is-allowed-again-while-it-is-being-allowed.jsonl":               "when softphone sessions were disallowed is not seen",
		"directed/273-a-type-is-allowed-again-while-its-topics-are-asked-for.jsonl":          "when softphone sessions were disallowed is not seen",
		"directed/255-jingle-an-older-session-of-a-reused-id-ends-after-a-reconnect.jsonl":   "which of two sessions with one id is ended is not seen",
		"directed/269-destroy-twice.jsonl":                                                   "a client is destroyed twice",
		"directed/291-jingle-a-refused-description-is-ended-by-its-far-end.jsonl":            "that a browser refused a description is not seen",
		"directed/292-jingle-a-refused-description-is-ended-here.jsonl":                      "that a browser refused a description is not seen",
		"directed/293-jingle-a-refused-description-and-destroy.jsonl":                        "that a browser refused a description is not seen",
		"directed/294-jingle-what-is-asked-of-a-session-whose-description-was-refused.jsonl": "that a browser refused a description is not seen",
		"directed/295-disconnect-before-it-is-known-who-logs-in.jsonl":                       "a disconnect before there is a stream is not seen",
		"directed/296-disconnect-when-half-is-known-of-who-logs-in.jsonl":                    "a disconnect before there is a stream is not seen",
		"random/chaos-1.jsonl":  "which invitation of several the SDK took is not seen",
		"random/chaos-4.jsonl":  "which invitation of several the SDK took is not seen",
		"random/chaos-11.jsonl": "which invitation of several the SDK took is not seen",
		"random/chaos-20.jsonl": "which invitation of several the SDK took is not seen",
		"random/chaos-12.jsonl": "which invitation of several the SDK took is not seen",
	}
	unlikeFromAfar = map[string]string{
		"directed/299-initialize-again-and-disconnect.jsonl":   soon,
		"random/chaos-5.jsonl":                                 soon,
		"random/chaos-13.jsonl":                                soon,
		"random/chaos-15.jsonl":                                soon,
		"random/realistic-17.jsonl":                            soon,
		"scenarios/17-eager-persistent-connection-event.jsonl": soon,
		"scenarios/162-mute-before-any-notification.jsonl":     soon,
	}
	unlikeAsHARs = map[string]string{
		"directed/262-the-socket-closes-between-bind-and-connected.jsonl": "a socket died unseen, and the next came later than its delay",
	}
)

const soon = "what the application did within 100 ms of something else is taken for the client's own doing"

// What is inferred from the wire of a recording makes a cell send the same frames and requests: of all but the few named
// above. The page on HARs has the number.
func TestWhatTheWireLacksIsInferred(t *testing.T) {
	alike(t, unlikeOnTheWire, "recordings of the wire", func(c *capture.Capture) (*capture.Capture, error) { return wireOf(c) })
}

// The same goes for HARs as Chrome would have saved them, which lack the opening and closing of sockets, too, and whose times
// are cut.
func TestWhatHARsLackIsInferred(t *testing.T) {
	unlike := maps.Clone(unlikeOnTheWire)
	maps.Copy(unlike, unlikeAsHARs)
	alike(t, unlike, "HARs", func(c *capture.Capture) (*capture.Capture, error) {
		text, err := harOf(c)
		if err != nil {
			return nil, err
		}
		return capture.ReadHAR(c.Name, bytes.NewReader(text))
	})
}

// The platform's own notes of a client have what the client sent a little later, and what it was told a little earlier, than the
// client would.
func TestWhatTheFarEndNotedIsInferredFrom(t *testing.T) {
	unlike := maps.Clone(unlikeOnTheWire)
	maps.Copy(unlike, unlikeFromAfar)
	alike(t, unlike, "recordings of the far end", notedAfar)
}

// wayOver is how long what is said is under way: less than half of what the quickest answer in a recording took.
const wayOver = 400 * time.Microsecond

// notedAfar is a recording as the far end would have noted it.
func notedAfar(c *capture.Capture) (*capture.Capture, error) {
	wire, err := wireOf(c)
	if err != nil {
		return nil, err
	}
	wire.Config.Observed = "wire"
	for i := range wire.Records[1:] {
		r := &wire.Records[1+i]
		switch r.Kind {
		case "ws.send", "http.req", "ws.new", "ws.open":
			r.At += wayOver
		case "ws.recv", "http.res":
			r.At = max(wire.Records[0].At, r.At-wayOver)
		}
	}
	slices.SortStableFunc(wire.Records, func(a, b port.Record) int { return cmp.Compare(a.At, b.At) })
	return wire, nil
}

// alike compares what is decided by the inferred recordings with what was recorded.
func alike(t *testing.T, unlike map[string]string, what string, made func(*capture.Capture) (*capture.Capture, error)) {
	t.Helper()
	count, all := 0, recordingsToInfer(t)
	if raceDetector && len(all) > underRace { // .ci/run goes through all of them without it
		all = all[:underRace]
	}
	for _, c := range all {
		less, err := made(c)
		if err == nil {
			err = less.Infer()
		}
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		report := capture.CompareDecisions(sentBy(c.Records), sentBy(decidedBy(t, less)), capture.Config{}.Tolerance())
		_, known := unlike[c.Name]
		switch {
		case report.Match():
			count++
			if known {
				t.Errorf("%s comes back alike: take it from the list of those that do not", c.Name)
			}
		case !known && *folder == "":
			var text bytes.Buffer
			_ = report.Show(&text, less.Records, nil)
			t.Errorf("%s: find the rule, or list it with the reason:\n%s", c.Name, text.String())
		case *folder != "":
			t.Log(c.Name, report.First().List)
		}
	}
	t.Logf("%d of %d %s come back alike", count, len(all), what)
	if *folder != "" || raceDetector {
		return
	}
	page, err := os.ReadFile("../docs/har.md")
	if err != nil {
		t.Fatal(err)
	}
	if says := fmt.Sprintf("%d of %d %s", count, len(all), what); !strings.Contains(strings.Join(strings.Fields(string(page)), " "), says) {
		t.Errorf("docs/har.md does not say that %s come back alike", says)
	}
}

// recordingsToInfer are those of this repository, or of the folder that was given.
func recordingsToInfer(t *testing.T) (list []*capture.Capture) {
	t.Helper()
	names, read := captures.Names(), host.Recording
	if *folder != "" {
		names, _ = filepath.Glob(filepath.Join(*folder, "*.jsonl"))
		read = capture.ReadFile
	}
	for _, name := range names {
		c, err := read(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

func sentBy(records []port.Record) capture.Decisions { return capture.Decide(capture.OnWire(records)) }

// wireKinds are the records of which a recording of the wire consists.
var wireKinds = []string{
	"config", "ws.new", "ws.open", "ws.close", "ws.error", "ws.send", "ws.recv", "http.req", "http.res",
}

// wireOf is a recording as somebody would have it who saw the wire alone: without the application, the microphone and the
// peer connections, and without the options but for the addresses.
func wireOf(c *capture.Capture) (*capture.Capture, error) {
	wire := &capture.Capture{Name: c.Name, Config: capture.Config{SDK: c.Config.SDK}}
	wire.Config.Options.Environment, wire.Config.Options.WSHost = c.Config.Options.Environment, c.Config.Options.WSHost
	for _, r := range c.Records {
		if !slices.Contains(wireKinds, r.Kind) {
			continue
		}
		if r.Kind == "config" {
			addresses := map[string]any{"environment": c.Config.Options.Environment, "wsHost": c.Config.Options.WSHost}
			bare, err := port.NewRecord(r.Seq, r.At, r.Kind, map[string]any{"sdk": c.Config.SDK, "config": addresses})
			if err != nil {
				return nil, err
			}
			bare.Line, r = r.Line, bare
		}
		wire.Records = append(wire.Records, r)
	}
	return wire, nil
}

// decidedBy is what a cell decides by a recording, as the version of the SDK that was recorded.
func decidedBy(t *testing.T, c *capture.Capture) []port.Record {
	t.Helper()
	result, err := host.Replay(c)
	if err != nil {
		t.Fatal(err)
	}
	return result.Outputs
}
