package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// harEntry is an entry of a HAR that is being written.
type harEntry = map[string]any

// harWriter writes a recording as Chrome's developer tools would have saved it: entries in the order in which they ended,
// their start cut to milliseconds, frames without the opening and the closing of their socket.
type harWriter struct {
	page     time.Time
	entries  []harEntry
	requests map[int]harEntry // those without an answer, by number
	began    map[int]time.Time
	sockets  map[int]harEntry
}

// harFields are those of the records of the wire.
type harFields struct {
	N       int               `json:"n"`
	WS      int               `json:"ws"`
	Status  int               `json:"status"`
	URL     string            `json:"url"`
	Method  string            `json:"method"`
	XML     string            `json:"xml"`
	Body    any               `json:"body"`
	Headers map[string]string `json:"headers"`
}

// harOf is a recording as a HAR.
func harOf(c *capture.Capture) ([]byte, error) {
	w := &harWriter{
		page:     time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC),
		requests: map[int]harEntry{}, began: map[int]time.Time{}, sockets: map[int]harEntry{},
	}
	for _, r := range c.Records {
		if !slices.Contains(wireKinds, r.Kind) || r.Kind == "config" {
			continue
		}
		var f harFields
		if err := r.Decode(&f); err != nil {
			return nil, err
		}
		if err := w.record(r, f); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", c.Name, r.Line, err)
		}
	}
	for n := range w.began {
		if e, open := w.requests[n]; open {
			w.entries = append(w.entries, e)
		}
	}
	return json.MarshalIndent(harEntry{"log": harEntry{
		"version": "1.2", "creator": harEntry{"name": "WebInspector", "version": "537.36"},
		"pages": []harEntry{{"id": "page_1", "startedDateTime": cut(w.page), "title": "a phone"}}, "entries": w.entries,
	}}, "", " ")
}

// cut is a time as HARs have it.
func cut(at time.Time) string {
	return at.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}

func (w *harWriter) record(r port.Record, f harFields) error {
	at := w.page.Add(r.At)
	switch r.Kind {
	case "ws.new":
		w.sockets[f.WS] = harEntry{
			"pageref": "page_1", "startedDateTime": cut(at), "time": 3.5, "_resourceType": "websocket",
			"request": harEntry{"method": "GET", "url": f.URL}, "response": harEntry{"status": 101}, "_webSocketMessages": []harEntry{},
		}
		w.entries = append(w.entries, w.sockets[f.WS])
	case "ws.send", "ws.recv":
		socket := w.sockets[f.WS]
		if socket == nil {
			return fmt.Errorf("a frame of socket %d, which was not asked for", f.WS)
		}
		kind := map[string]string{"ws.send": "send", "ws.recv": "receive"}[r.Kind]
		socket["_webSocketMessages"] = append(socket["_webSocketMessages"].([]harEntry),
			harEntry{"type": kind, "time": float64(at.UnixMicro()) / 1e6, "opcode": 1, "data": f.XML})
	case "http.req":
		w.request(at, f)
	case "http.res":
		w.answer(at, f)
	}
	return nil
}

func (w *harWriter) request(at time.Time, f harFields) {
	request := harEntry{"method": f.Method, "url": f.URL}
	if f.Body != nil {
		request["postData"] = harEntry{"mimeType": "application/json", "text": bodyText(f.Body)}
	}
	w.requests[f.N], w.began[f.N] = harEntry{
		"pageref": "page_1", "startedDateTime": cut(at), "time": 0, "request": request, "response": harEntry{"status": 0},
	}, at
}

func (w *harWriter) answer(at time.Time, f harFields) {
	e := w.requests[f.N]
	if e == nil {
		return
	}
	response := harEntry{"status": f.Status, "content": harEntry{"mimeType": "application/json", "text": bodyText(f.Body)}}
	if f.Status == 0 {
		response["_error"] = "net::ERR_CONNECTION_REFUSED"
	}
	headers := []harEntry{}
	for name, value := range f.Headers {
		headers = append(headers, harEntry{"name": name, "value": value})
	}
	response["headers"] = headers
	e["response"], e["time"] = response, math.Round(at.Sub(w.began[f.N]).Seconds()*1e6)/1e3
	w.entries = append(w.entries, e)
	delete(w.requests, f.N)
}

// bodyText is a body as it was on the wire.
func bodyText(body any) string {
	if text, is := body.(string); is || body == nil {
		return text
	}
	text, err := json.Marshal(body)
	if err != nil {
		return ""
	}
	return string(text)
}
