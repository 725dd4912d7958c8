//go:build unix

// Package bench measures the real charts: what docs/PERFORMANCE.md tells is made here. Nothing in it passes or fails by speed.
package bench

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// TestMain lets the heap grow as the engine's own process does, unless GOGC says otherwise.
func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	os.Exit(m.Run())
}

const topic = "v2.users.11111111-1111-4111-8111-111111111111.conversations"

// phones are those that are measured: what each is called, and the recording whose first call it has taken.
var phones = []struct{ name, recording string }{
	{"LA1", "scenarios/161-mute-and-hold-on-a-shared-session.jsonl"},
	{"LA100", "scenarios/01-inbound-call-to-hangup.jsonl"},
}

// nowhere is a journal that is written and not kept.
type nowhere struct{}

func (nowhere) Entry([]byte) error { return nil }
func (nowhere) Rest([]byte) error  { return nil }

// recording reads an embedded recording.
func recording(b *testing.B, name string) *capture.Capture {
	b.Helper()
	lines, err := captures.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer lines.Close()
	log, err := capture.Read(name, lines)
	if err != nil {
		b.Fatal(err)
	}
	return log
}

// configOf is a cell that decides as the recorded client did, and is otherwise as in a live softphone with a journal.
func configOf(b *testing.B, log *capture.Capture) runtime.Config {
	b.Helper()
	profile, err := host.Profile(log)
	if err != nil {
		b.Fatal(err)
	}
	cfg := host.Config(log, profile)
	cfg.Journal, cfg.WithoutRows = nowhere{}, true
	return cfg
}

// inCall is a cell that has played a recording up to the first conversationUpdate: it is initialized, has its station, its
// line, one session that is connected, and one conversation.
func inCall(b *testing.B, name string) *runtime.Cell {
	b.Helper()
	log := recording(b, name)
	return played(b, log, configOf(b, log))
}

func played(b *testing.B, log *capture.Capture, cfg runtime.Config) *runtime.Cell {
	b.Helper()
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(cell.Close)
	options := host.Options(log)
	options.Until = firstUpdate(b, log)
	if _, err := replay.Run(log.Records, host.Around(cell, cfg.Quirks), options); err != nil {
		b.Fatal(err)
	}
	return cell
}

// entry is one input, as the journal has it.
type entry struct {
	at   time.Duration
	kind string
	raw  []byte
}

// wayTo is how a cell is configured that is in the state of inCall, and the inputs that bring it there.
func wayTo(b *testing.B, name string) (runtime.Config, []entry) {
	b.Helper()
	log := recording(b, name)
	cfg := configOf(b, log)
	var lines bytes.Buffer
	cfg.Journal = runtime.NewStreamJournal(&lines, runtime.SyncNever)
	played(b, log, cfg)
	journal, err := runtime.NewReader(&lines, name)
	if err != nil {
		b.Fatal(err)
	}
	var way []entry
	for {
		record, err := journal.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		raw, err := messages.EncodeInput(nil, record.Input)
		if err != nil {
			b.Fatal(err)
		}
		way = append(way, entry{record.At, record.Input.Kind(), raw})
	}
	cfg.Journal = nowhere{}
	return cfg, way
}

// led is a cell that was brought along a way.
func led(b *testing.B, cfg runtime.Config, way []entry) *runtime.Cell {
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range way {
		in, err := messages.DecodeInput(e.kind, e.raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := cell.Handle(e.at, in); err != nil {
			b.Fatal(err)
		}
	}
	return cell
}

// firstUpdate is the seq of the first conversationUpdate of a recording.
func firstUpdate(b *testing.B, log *capture.Capture) int {
	b.Helper()
	for _, r := range log.Records {
		if r.Kind == "sdk.event" && bytes.Contains(r.Fields, []byte(`"conversationUpdate"`)) {
			return r.Seq
		}
	}
	b.Fatalf("%s announces no conversationUpdate", log.Name)
	return 0
}

// toggled are two notifications of the cell's call, of 4.5 KB each, that mute and unmute the agent: each is announced.
func toggled(b *testing.B) (muted, unmuted []byte) {
	b.Helper()
	body, err := os.ReadFile("../adapters/notifications/testdata/conversation-4k5.json")
	if err != nil {
		b.Fatal(err)
	}
	text := string(body)
	agent := strings.LastIndex(text, `"muted":false`)
	if agent < 0 {
		b.Fatal("the fixture's agent is not unmuted")
	}
	return []byte(text[:agent] + strings.Replace(text[agent:], "false", "true", 1)), body
}

// take handles an input and insists that one conversationUpdate is announced and nothing else.
func take(b *testing.B, cell *runtime.Cell, in messages.Input) {
	step, err := cell.Handle(cell.At()+time.Millisecond, in)
	if err != nil {
		b.Fatal(err)
	}
	if len(step.Outputs) != 1 {
		b.Fatalf("%d outputs for a notification, not one", len(step.Outputs))
	}
	announce, _ := step.Outputs[0].Effect.(messages.Announce)
	if _, ok := announce.Event.(messages.ConversationUpdate); !ok {
		b.Fatal("no conversationUpdate was announced")
	}
}

// measure runs an operation again and again. Beside the time on the clock it reports that of the processor, which other
// processes of a busy machine change less, and, with a unit, how many operations a second of the processor allows.
func measure(b *testing.B, unit string, operation func(i int)) {
	b.ReportAllocs()
	start := processorTime(b)
	count := 0
	for ; b.Loop(); count++ {
		operation(count)
	}
	spent := processorTime(b) - start
	b.ReportMetric(float64(spent)/float64(count), "cpu-ns/op")
	if unit != "" {
		b.ReportMetric(float64(count)/spent.Seconds(), unit)
	}
}

// processorTime is how long the process has had a processor.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
