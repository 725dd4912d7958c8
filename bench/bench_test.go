//go:build unix

package bench

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/fsm/invitation"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// One step of one chart, as a cell takes it: a row that stays and only remembers, one that also publishes, and one that
// enters another state and starts a timer.
func BenchmarkChartStep(b *testing.B) {
	leg := messages.Leg{State: messages.Connected, Muted: messages.No}
	unmuted := messages.LegNews{
		Ref: 9, Conversation: "c1", Leg: leg, Recalled: leg, Session: &messages.SessionView{Ref: 7, Session: "s1"}, OnLine: true, Started: true,
	}
	muted := unmuted
	muted.Leg.Muted, muted.Recalled.Muted = messages.Yes, messages.Yes
	ins := [2]messages.Input{messages.LegConnected{News: &muted}, messages.LegConnected{News: &unmuted}}
	known := conversation.Chart.Start(conversation.Data{Ref: 9, Conversation: "c1", Leg: leg, Recalled: leg, Added: true})
	known.State = conversation.Connected
	var out fsm.Outcome

	b.Run("conversation/unchanged", func(b *testing.B) {
		running := conversation.Chart.Resume(known)
		measure(b, "", func(int) { running.Advance(quirk.Corrected, ins[1], &out) })
	})
	b.Run("conversation/published", func(b *testing.B) {
		running := conversation.Chart.Resume(known)
		measure(b, "", func(i int) { running.Advance(quirk.Corrected, ins[i&1], &out) })
	})
	b.Run("invitation/born", func(b *testing.B) {
		born := invitation.Chart.Resume(invitation.Chart.Start(invitation.Data{}))
		in := messages.Input(messages.Invited{Ref: 9, Propose: messages.Propose{Session: "s1", Conversation: "c1"}})
		running := born
		measure(b, "", func(int) {
			running = born
			running.Advance(quirk.Corrected, in, &out)
		})
	})
}

// What encoding/json takes for the fields of the same notification: a yardstick for comparing machines.
func BenchmarkYardstick(b *testing.B) {
	_, body := toggled(b)
	measure(b, "", func(int) {
		var n struct {
			Event struct {
				ID           string `json:"id"`
				Participants []struct {
					ID, UserID, Purpose string
					Calls               []struct {
						State, Direction      string
						Muted, Held, Confined *bool
					}
				}
			} `json:"eventBody"`
		}
		if err := json.Unmarshal(body, &n); err != nil || n.Event.ID == "" {
			b.Fatal(err)
		}
	})
}

// A notification that mutes or unmutes: its entry is encoded, it is decided, the conversationUpdate is encoded, and the state
// hash is brought up to date.
func BenchmarkNotificationDecided(b *testing.B) {
	for _, phone := range phones {
		b.Run(phone.name, func(b *testing.B) {
			cell := inCall(b, phone.recording)
			ins := decoded(b)
			measure(b, "", func(i int) { take(b, cell, ins[i&1]) })
		})
	}
}

func decoded(b *testing.B) (ins [2]messages.Input) {
	b.Helper()
	muted, unmuted := toggled(b)
	for i, body := range [][]byte{muted, unmuted} {
		in, err := notifications.Decode(topic, body)
		if err != nil {
			b.Fatal(err)
		}
		ins[i] = in
	}
	return ins
}

// From the JSON of a notification to the announced event.
func BenchmarkNotificationFromJSON(b *testing.B) {
	for _, phone := range phones {
		b.Run(phone.name, func(b *testing.B) {
			cell := inCall(b, phone.recording)
			var bodies [2][]byte
			bodies[0], bodies[1] = toggled(b)
			measure(b, "notifications/cpu-s", func(i int) {
				in, err := notifications.Decode(topic, bodies[i&1])
				if err != nil {
					b.Fatal(err)
				}
				take(b, cell, in)
			})
		})
	}
}

// From the bytes of a websocket frame to the announced event.
func BenchmarkNotificationFromFrame(b *testing.B) {
	for _, phone := range phones {
		b.Run(phone.name, func(b *testing.B) {
			cell := inCall(b, phone.recording)
			muted, unmuted := toggled(b)
			frames := [2][]byte{framed(muted), framed(unmuted)}
			measure(b, "frames/cpu-s", func(i int) {
				frame, err := jingle.Decode(1, frames[i&1])
				if err != nil || frame.Notification == nil {
					b.Fatalf("no notification: %v", err)
				}
				in, err := notifications.Decode(frame.Notification.Topic, frame.Notification.Body)
				if err != nil {
					b.Fatal(err)
				}
				take(b, cell, in)
			})
		})
	}
}

// framed is a notification as recordings have it: a pubsub event with the JSON as escaped text (XEP-0060, XEP-0335).
func framed(body []byte) []byte {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(string(body))
	return []byte(`<message xmlns="jabber:client" from="notifications.example.com" to="u1@example.com/here" id="1">` +
		`<event xmlns="http://jabber.org/protocol/pubsub#event"><items node="` + topic + `"><item id="2">` +
		`<json xmlns="urn:xmpp:json:0">` + escaped + `</json></item></items></event></message>`)
}

// The heap of idle cells, each initialized and with station, line, one connected session and one conversation. Each is
// brought there by inputs that are decoded for it alone, so that no two share their texts. An idle cell sleeps; how much one
// takes that does not is measured, too.
func BenchmarkIdleCell(b *testing.B) {
	for _, phone := range phones {
		b.Run(phone.name, func(b *testing.B) { idle(b, phone.recording, (*runtime.Cell).Sleep) })
		b.Run(phone.name+"/awake", func(b *testing.B) { idle(b, phone.recording, func(*runtime.Cell) error { return nil }) })
	}
}

func idle(b *testing.B, recording string, rest func(*runtime.Cell) error) {
	const count = 100_000
	cfg, way := wayTo(b, recording)
	cfg.Shard = runtime.NewShard()
	for b.Loop() {
		before := heap()
		cells := make([]*runtime.Cell, count)
		for i := range cells {
			cells[i] = led(b, cfg, way)
			if err := rest(cells[i]); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(heap()-before)/float64(count), "B/cell")
		for _, cell := range cells {
			cell.Close()
		}
	}
}

// heap is what is in use.
func heap() uint64 {
	goruntime.GC()
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The replay of all embedded recordings, which are read before.
func BenchmarkReplayFolder(b *testing.B) {
	var logs []*capture.Capture
	for _, name := range captures.Names() {
		logs = append(logs, recording(b, name))
	}
	entries := 0
	start := processorTime(b)
	measure(b, "", func(int) {
		for _, log := range logs {
			entries += replayed(b, log)
		}
	})
	b.ReportMetric(float64(entries)/(processorTime(b)-start).Seconds(), "entries/cpu-s")
}

// replayed replays a recording, and is how many entries it had.
func replayed(b *testing.B, log *capture.Capture) int {
	profile, err := host.Profile(log)
	if err != nil {
		b.Fatal(err)
	}
	phone, done, err := host.New(host.Config(log, profile))
	if err != nil {
		b.Fatal(err)
	}
	defer done()
	result, err := replay.Run(log.Records, phone, host.Options(log))
	if err != nil {
		b.Fatal(err)
	}
	return len(result.Entries)
}

// The whole process of a command that needs every chart.
func BenchmarkStart(b *testing.B) {
	engine := filepath.Join(b.TempDir(), "engine")
	if out, err := exec.Command("go", "build", "-o", engine, "../cmd/engine").CombinedOutput(); err != nil {
		b.Fatalf("build: %v: %s", err, out)
	}
	for b.Loop() {
		if out, err := exec.Command(engine, "charts").CombinedOutput(); err != nil {
			b.Fatalf("engine charts: %v: %s", err, out)
		}
	}
}
