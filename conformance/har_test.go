package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// harOf writes a recording as Chrome's developer tools would have saved it: entries in the order in which they ended, their
// start cut to milliseconds, frames without the opening and the closing of their socket.
func harOf(t *testing.T, c *capture.Capture) []byte {
	t.Helper()
	page := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	when := func(r port.Record) time.Time { return page.Add(r.At) }
	type entry = map[string]any
	var entries []entry
	byN, byWS := map[int]entry{}, map[int]entry{}
	began := map[int]time.Time{}
	for _, r := range c.Records {
		var f struct {
			N, WS, Status    int
			URL, Method, XML string
			Body             any
			Headers          map[string]string
		}
		if !wireKinds[r.Kind] || r.Decode(&f) != nil {
			continue
		}
		switch r.Kind {
		case "ws.new":
			messages := []any{}
			e := entry{"pageref": "page_1", "startedDateTime": cut(when(r)), "time": 3.5, "_resourceType": "websocket",
				"request": entry{"method": "GET", "url": f.URL}, "response": entry{"status": 101}, "_webSocketMessages": messages}
			byWS[f.WS], entries = e, append(entries, e)
		case "ws.send", "ws.recv":
			kind := map[string]string{"ws.send": "send", "ws.recv": "receive"}[r.Kind]
			e := byWS[f.WS]
			if e == nil {
				t.Fatalf("%s: frame of socket %d, which was not asked for", c.Name, f.WS)
			}
			e["_webSocketMessages"] = append(e["_webSocketMessages"].([]any), entry{
				"type": kind, "time": float64(when(r).UnixMicro()) / 1e6, "opcode": 1, "data": f.XML})
		case "http.req":
			e := entry{"pageref": "page_1", "startedDateTime": cut(when(r)), "time": 0, "request": entry{"method": f.Method, "url": f.URL},
				"response": entry{"status": 0}}
			if f.Body != nil {
				text, is := f.Body.(string)
				if !is {
					b, _ := json.Marshal(f.Body)
					text = string(b)
				}
				e["request"].(entry)["postData"] = entry{"mimeType": "application/json", "text": text}
			}
			byN[f.N], began[f.N] = e, when(r)
		case "http.res":
			e := byN[f.N]
			if e == nil {
				continue
			}
			text, _ := f.Body.(string)
			response := entry{"status": f.Status, "content": entry{"text": text}}
			if f.Status == 0 {
				response["_error"] = "net::ERR_CONNECTION_REFUSED"
			}
			var headers []any
			for name, value := range f.Headers {
				headers = append(headers, entry{"name": name, "value": value})
			}
			response["headers"] = headers
			e["response"], e["time"] = response, math.Round(when(r).Sub(began[f.N]).Seconds()*1e6)/1e3
			entries = append(entries, e)
			delete(byN, f.N)
		}
	}
	for _, e := range byN {
		entries = append(entries, e)
	}
	text, err := json.Marshal(entry{"log": entry{"version": "1.2", "creator": entry{"name": "WebInspector", "version": "537.36"},
		"pages": []any{entry{"id": "page_1", "startedDateTime": cut(page), "title": "phone"}}, "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func cut(at time.Time) string {
	return at.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}

func TestHAR(t *testing.T) {
	alike, all := 0, 0
	for _, name := range captures.Names() {
		if only := os.Getenv("ONLY"); only != "" && !strings.Contains(name, only) {
			continue
		}
		c, err := host.Recording(name)
		if err != nil {
			t.Fatal(err)
		}
		all++
		read, err := capture.ReadHAR(name, bytes.NewReader(harOf(t, c)))
		if err != nil {
			t.Log(name, err)
			continue
		}
		if err := read.Infer(); err != nil {
			t.Fatal(err)
		}
		// against what the recording has, and not what was read
		report := capture.CompareDecisions(capture.Decide(capture.OnWire(c.Records)), capture.Decide(capture.OnWire(replayed(t, read))), capture.Config{}.Tolerance())
		if report.Match() {
			alike++
			continue
		}
		var text bytes.Buffer
		_ = report.Show(&text, read.Records, nil)
		t.Logf("%s\n%s", name, text.String())
		if os.Getenv("ONLY") != "" {
			f, _ := os.Create(os.Getenv("OUT"))
			_ = capture.Write(f, read.Records)
			f.Close()
		}
	}
	t.Log(fmt.Sprintf("%d of %d alike", alike, all))
}

