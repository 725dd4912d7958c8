//go:build witness

package witness

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// network is what a page says and hears, as its developer tools would show it.
type network struct {
	mu      sync.Mutex
	order   []string // the ids of the requests
	entries map[string]*exchange
	behind  float64 // what the browser's own clock is behind the time of day, in seconds
}

// exchange is one request, or one WebSocket.
type exchange struct {
	method, url, body  string
	begun, ended       float64 // by the browser's own clock, in seconds
	status             int
	failure            string
	retryAfter         string
	socket             bool
	messages           []message
	content            string
	isBase64, complete bool
}

// message is a frame of a WebSocket, as HARs have it.
type message struct {
	Type   string  `json:"type"`
	Time   float64 `json:"time"`
	Opcode int     `json:"opcode"`
	Data   string  `json:"data"`
}

// networkEvent is what the events of the domain Network have in common.
type networkEvent struct {
	ID      string  `json:"requestId"`
	At      float64 `json:"timestamp"`
	Wall    float64 `json:"wallTime"`
	URL     string  `json:"url"`
	Error   string  `json:"errorText"`
	Request struct {
		URL, Method, PostData string
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Opcode  int               `json:"opcode"`
		Data    string            `json:"payloadData"`
	} `json:"response"`
}

func (n *network) told(method string, params []byte) {
	var e networkEvent
	if json.Unmarshal(params, &e) != nil || e.ID == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if e.Wall > 0 {
		n.behind = e.Wall - e.At
	}
	x := n.entries[e.ID]
	if x == nil {
		x = &exchange{}
		n.entries[e.ID], n.order = x, append(n.order, e.ID)
	}
	switch method {
	case "Network.requestWillBeSent":
		x.method, x.url, x.body, x.begun = e.Request.Method, e.Request.URL, e.Request.PostData, e.At
	case "Network.responseReceived":
		x.status, x.retryAfter = e.Response.Status, e.Response.Headers["Retry-After"]
	case "Network.loadingFinished":
		x.ended, x.complete = e.At, true
	case "Network.loadingFailed":
		x.ended, x.failure = e.At, e.Error
	case "Network.webSocketCreated":
		x.url, x.method, x.socket = e.URL, "GET", true
	case "Network.webSocketWillSendHandshakeRequest":
		x.begun = e.At
	case "Network.webSocketHandshakeResponseReceived":
		x.status = e.Response.Status
	case "Network.webSocketFrameSent":
		x.messages = append(x.messages, message{"send", e.At, e.Response.Opcode, e.Response.Data})
	case "Network.webSocketFrameReceived":
		x.messages = append(x.messages, message{"receive", e.At, e.Response.Opcode, e.Response.Data})
	case "Network.webSocketClosed":
		x.ended = e.At
	}
}

// HAR is what the page said and heard, as Chrome's developer tools save it: times of a start cut to milliseconds, frames with
// theirs, and nothing of when a WebSocket opened or closed.
func (p *Page) HAR(ctx context.Context) ([]byte, error) {
	n := p.network
	n.mu.Lock()
	waiting := map[string]*exchange{}
	for _, id := range n.order {
		if x := n.entries[id]; x.complete && !x.socket {
			waiting[id] = x
		}
	}
	n.mu.Unlock()
	for id, x := range waiting {
		var body struct {
			Body          string `json:"body"`
			Base64Encoded bool   `json:"base64Encoded"`
		}
		if p.do(ctx, "Network.getResponseBody", map[string]string{"requestId": id}, &body) == nil { // there may be none any more
			x.content, x.isBase64 = body.Body, body.Base64Encoded
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	entries := []any{}
	for _, id := range n.order {
		if x := n.entries[id]; x.begun > 0 {
			entries = append(entries, n.entry(x))
		}
	}
	return json.Marshal(fields{"log": fields{
		"version": "1.2", "creator": fields{"name": "WebInspector", "version": "537.36"}, "pages": []any{}, "entries": entries,
	}})
}

// fields are those of an object of a HAR.
type fields = map[string]any

func (n *network) entry(x *exchange) fields {
	response := fields{"status": x.status, "headers": []any{}, "content": fields{"text": x.content}}
	if x.isBase64 {
		response["content"] = fields{"text": x.content, "encoding": "base64"}
	}
	if x.failure != "" {
		response["_error"] = x.failure
	}
	if x.retryAfter != "" {
		response["headers"] = []any{fields{"name": "Retry-After", "value": x.retryAfter}}
	}
	request := fields{"method": x.method, "url": x.url, "headers": []any{}}
	if x.body != "" {
		request["postData"] = fields{"mimeType": "application/json", "text": x.body}
	}
	begun := time.UnixMicro(int64((x.begun + n.behind) * 1e6)).UTC()
	e := fields{
		"startedDateTime": begun.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z"), "time": max(0, x.ended-x.begun) * 1000,
		"request": request, "response": response,
	}
	if x.socket {
		messages := []message{}
		for _, m := range x.messages {
			m.Time += n.behind
			messages = append(messages, m)
		}
		e["_resourceType"], e["_webSocketMessages"] = "websocket", messages
	}
	return e
}
