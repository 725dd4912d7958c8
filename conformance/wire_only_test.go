package conformance_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// wireKinds are the records of which a recording of the wire consists.
var wireKinds = map[string]bool{
	"config": true, "ws.new": true, "ws.open": true, "ws.close": true, "ws.error": true, "ws.send": true, "ws.recv": true,
	"http.req": true, "http.res": true,
}

// wireOf is a recording as somebody would have it who saw the wire alone.
func wireOf(t *testing.T, c *capture.Capture) *capture.Capture {
	t.Helper()
	wire := &capture.Capture{Name: c.Name, Config: capture.Config{SDK: c.Config.SDK}}
	for _, r := range c.Records {
		if r.Kind == "config" {
			made, err := port.NewRecord(r.Seq, r.At, "config", map[string]any{"sdk": c.Config.SDK, "config": map[string]any{
				"environment": c.Config.Options.Environment, "wsHost": c.Config.Options.WSHost}})
			if err != nil {
				t.Fatal(err)
			}
			made.Line = r.Line
			r = made
			wire.Config.Options.Environment, wire.Config.Options.WSHost = c.Config.Options.Environment, c.Config.Options.WSHost
		}
		if wireKinds[r.Kind] {
			wire.Records = append(wire.Records, r)
		}
	}
	return wire
}

func replayed(t *testing.T, c *capture.Capture) []port.Record {
	t.Helper()
	profile, err := host.Profile(c)
	if err != nil {
		t.Fatal(err)
	}
	phone, done, err := host.New(host.Config(c, profile))
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	result, err := replay.Run(c.Records, phone, host.Options(c))
	if err != nil {
		t.Fatal(err)
	}
	return result.Outputs
}

func TestWireOnly(t *testing.T) {
	alike, all := 0, 0
	for _, name := range captures.Names() {
		if only := os.Getenv("ONLY"); only != "" && !strings.Contains(name, only) {
			continue
		}
		c, err := host.Recording(name)
		if err != nil {
			t.Fatal(err)
		}
		wire := wireOf(t, c)
		if err := wire.Infer(); err != nil {
			t.Fatal(err)
		}
		all++
		report := capture.CompareDecisions(capture.Decide(capture.OnWire(wire.Records)), capture.Decide(capture.OnWire(replayed(t, wire))), c.Config.Tolerance())
		if report.Match() {
			alike++
			continue
		}
		var text bytes.Buffer
		_ = report.Show(&text, wire.Records, nil)
		t.Logf("%s\n%s", name, text.String())
		if os.Getenv("ONLY") != "" {
			f, _ := os.Create(os.Getenv("OUT"))
			_ = capture.Write(f, wire.Records)
			f.Close()
		}
	}
	t.Logf("%d of %d alike", alike, all)
}
