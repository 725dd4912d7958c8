package conformance

import (
	"encoding/json"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// isOutput tells whether a record is of what the client did, or a remark. A look inside is neither input nor output: it
// stays, and the answer to it is compared.
func isOutput(kind string) bool {
	switch kind {
	case "api.ok", "api.err", "ws.new", "ws.send", "ws.closecall", "http.req", "gum", "pc.new", "pc.setRemoteDescription",
		"pc.createAnswer", "pc.setLocalDescription", "pc.addTrack", "pc.addIceCandidate", "pc.close", "track.stop",
		"sdk.event", "session.event", "unhandledrejection", "step":
		return true
	default:
		return false
	}
}

// inputsOf are a recording's inputs, with the little of its outputs that pairs answers with questions: which request has
// a number, what an IQ with an id asks, and which peer connections there were. What these say beside is taken out.
func inputsOf(t testing.TB, records []port.Record) []port.Record {
	t.Helper()
	var kept []port.Record
	for _, r := range records {
		switch {
		case !isOutput(r.Kind):
			kept = append(kept, r)
		case r.Kind == "http.req":
			kept = append(kept, reduced(t, r, "n", "method", "url"))
		case r.Kind == "pc.new":
			kept = append(kept, reduced(t, r, "pc", "config"))
		case r.Kind == "ws.send":
			var f struct {
				XML string `json:"xml"`
			}
			if err := r.Decode(&f); err != nil {
				t.Fatal(err)
			}
			if _, asks := capture.IdentifyIQ(f.XML); asks {
				kept = append(kept, reduced(t, r, "xml"))
			}
		}
	}
	return kept
}

// reduced is a record with only some of its fields.
func reduced(t testing.TB, r port.Record, names ...string) port.Record {
	t.Helper()
	var all map[string]json.RawMessage
	if err := r.Decode(&all); err != nil {
		t.Fatal(err)
	}
	some := map[string]json.RawMessage{}
	for _, name := range names {
		if value, there := all[name]; there {
			some[name] = value
		}
	}
	fields, err := json.Marshal(some)
	if err != nil {
		t.Fatal(err)
	}
	r.Fields = fields
	return r
}

// Nothing is decided because of what the recorded client did: without its outputs the journal is the same.
func TestOutputsDeleted(t *testing.T) {
	t.Parallel()
	each(t, "", func(t *testing.T, rec *recording) {
		inputs := inputsOf(t, rec.Records)
		deleted := len(rec.Records) - len(inputs)
		if deleted == 0 {
			t.Fatal("the recording has no outputs")
		}
		without, err := play(rec.Capture, inputs)
		if err != nil {
			t.Fatal(err)
		}
		same(t, rec.ours, without)
	})
}
