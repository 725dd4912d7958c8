package capture_test

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

var rewrite = flag.Bool("rewrite", false, "write the stories of HARs anew")

// The stories of HARs: what each is read as, and what is inferred.
func TestHARsAreReadAndInferred(t *testing.T) {
	files, err := filepath.Glob("testdata/har/*.har.gz")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d HARs (%v)", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".har.gz")
		t.Run(name, func(t *testing.T) {
			got := storyOf(t, file)
			golden := filepath.Join("testdata", "har", name+".txt")
			if *rewrite {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("it is read otherwise than %s says (%v): go test ./adapters/capture -run TestHARs -rewrite, and read the difference:\n%s", golden, err, got)
			}
		})
	}
}

// storyOf is a line for each record: its time, its kind, what it says, and the rule where it was inferred.
func storyOf(t *testing.T, file string) string {
	t.Helper()
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	in, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	c, err := capture.ReadHAR(filepath.Base(file), in)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Infer(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range c.Records {
		fmt.Fprintf(&b, "%.1f %s", port.Milliseconds(r.At), saying(t, r))
		if by := capture.InferredBy(r); by != "" {
			fmt.Fprintf(&b, " (%s)", by)
		}
		b.WriteByte('\n')
	}
	for _, w := range c.Warnings {
		b.WriteString("warning " + w + "\n")
	}
	return b.String()
}

func saying(t *testing.T, r port.Record) string {
	t.Helper()
	var f map[string]any
	if err := r.Decode(&f); err != nil {
		t.Fatal(err)
	}
	switch r.Kind {
	case "ws.send":
		return "ws.send " + capture.BriefFrame(f["xml"].(string))
	case "http.req":
		return fmt.Sprintf("http.req %v %s %v", f["method"], capture.RESTPath(f["url"].(string)), f["body"])
	case "config":
		return fmt.Sprintf("config %v", f["config"])
	case "ws.new":
		return fmt.Sprintf("ws.new ws=%v", f["ws"])
	default:
		return capture.Brief(r)
	}
}

// object is a JSON object.
type object = map[string]any

// The parts of HARs for tests: a page of the year 2026.
const started = "2026-03-01T09:30:00.100Z"

const epoch = 1772357400.0 // 2026-03-01T09:30:00Z

func har(entries ...object) string {
	text, err := json.Marshal(object{"log": object{"version": "1.2", "pages": []object{
		{"id": "page_1", "startedDateTime": "2026-03-01T09:30:00.000Z"}, {"id": "page_2", "startedDateTime": "2026-03-01T09:40:00.000Z"},
	}, "entries": entries}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func message(kind string, after float64, data string) object {
	return object{"type": kind, "time": epoch + after, "opcode": 1, "data": data}
}

func socket(page, channel string, messages ...object) object {
	return object{"pageref": page, "startedDateTime": started, "time": 1, "_resourceType": "websocket", "_webSocketMessages": messages,
		"request":  object{"method": "GET", "url": "wss://streaming.example.com/stream/channels/" + channel},
		"response": object{"status": 101}}
}

func request(page, method, path, token string) object {
	return object{"pageref": page, "startedDateTime": started, "time": 12.5, "request": object{"method": method, "url": "https://api.example.com/api/v2" + path,
		"headers": []object{{"name": "authorization", "value": "Bearer " + token}}},
		"response": object{"status": 200, "content": object{"text": `{"id":"one"}`}}}
}

func login(user, token string) object {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00authKey:" + token))
	return message("send", 0.2, `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">`+plain+`</auth>`)
}

const hello = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="example.com" version="1.0"/>`

func TestHARsThatCannotBeUsed(t *testing.T) {
	silent := socket("page_1", "c1")
	delete(silent, "_webSocketMessages")
	one, two := login("ann@example.com", "secret-one"), login("bob@example.com", "secret-two")
	bare := request("page_1", "GET", "/organizations/me", "")
	delete(bare["request"].(object), "headers")
	late := socket("page_1", "c1", message("send", 0.2, hello))
	late["startedDateTime"] = "yesterday secret-one"
	for name, row := range map[string]struct {
		text string
		is   error
		says string
	}{
		"empty":            {"", capture.ErrHARDamaged, "save the HAR again"},
		"not JSON":         {"<html>", capture.ErrHARDamaged, ""},
		"a list":           {"[1]", capture.ErrNotHAR, "save one from the developer tools"},
		"another object":   {`{"a":{"entries":[]}}`, capture.ErrNotHAR, ""},
		"no entries":       {`{"log":{"version":"1.2"}}`, capture.ErrNotHAR, ""},
		"entries no list":  {`{"log":{"entries":{}}}`, capture.ErrNotHAR, ""},
		"cut":              {har(socket("page_1", "c1", message("send", 0.2, hello)))[:250], capture.ErrHARDamaged, ""},
		"nothing in it":    {`{"log":{"entries":[]}}`, capture.ErrNoStream, "open the developer tools before"},
		"only a page":      {har(object{"startedDateTime": started, "request": object{"method": "GET", "url": "https://example.com/"}}), capture.ErrNoStream, ""},
		"no messages":      {har(silent), capture.ErrNoMessages, "Chrome or Edge"},
		"a time of words":  {har(late), nil, "entry 0: an entry is not as HAR 1.2 has it: startedDateTime is no time"},
		"a number as text": {strings.Replace(har(socket("page_1", "c1", message("send", 0.2, hello))), `"opcode":1`, `"opcode":"secret-one"`, 1), nil, "opcode is a string"},
		"two users, no tokens": {har(socket("page_1", "c1", message("send", 0.1, hello), one), socket("page_1", "c2", message("send", 0.1, hello), two), bare),
			capture.ErrTwoUsers, "save a HAR with sensitive data"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := capture.ReadHAR("x.har", strings.NewReader(row.text))
			if err == nil || row.is != nil && !errors.Is(err, row.is) || !strings.Contains(err.Error(), row.says) || !strings.Contains(err.Error(), "capture: x.har: ") {
				t.Fatalf("got %v, want %v saying %q", err, row.is, row.says)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "ann@") {
				t.Errorf("the error quotes the file: %v", err)
			}
		})
	}
}

// Of several pages, or users, one is taken, with what belongs to it.
func TestOneClientIsChosen(t *testing.T) {
	ann := []object{message("send", 0.1, hello), login("ann@example.com", "secret-one"), message("send", 0.3, hello)}
	bob := []object{message("send", 0.1, hello), login("bob@example.com", "secret-two")}
	for name, row := range map[string]struct {
		text     string
		requests int
		frames   int
		warns    string
	}{
		"two pages": {har(socket("page_1", "c1", bob...), request("page_1", "GET", "/organizations/me", "t"), socket("page_2", "c2", ann...),
			request("page_2", "GET", "/organizations/me", "t"), request("page_2", "GET", "/users/me?expand=station", "t")), 2, 3, "taken is page 2 of 2"},
		"two users": {har(socket("page_1", "c1", bob...), request("page_1", "GET", "/organizations/me", "secret-two"), socket("page_1", "c2", ann...),
			request("page_1", "GET", "/organizations/me", "secret-one")), 1, 3, "the streams of 2 users"},
		"others' requests": {har(socket("page_1", "c1", ann...), request("page_1", "GET", "/organizations/me", "t"), request("page_1", "GET", "/users/me", "t"),
			request("page_1", "OPTIONS", "/organizations/me", "t"), request("page_1", "POST", "/analytics/conversations/details/query", "t")), 1, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := capture.ReadHAR("x.har", strings.NewReader(row.text))
			if err != nil {
				t.Fatal(err)
			}
			count := map[string]int{}
			for _, r := range c.Records {
				count[r.Kind]++
			}
			if count["http.req"] != row.requests || count["ws.send"] != row.frames || !strings.Contains(strings.Join(c.Warnings, "\n"), row.warns) {
				t.Errorf("got %v, warnings %q", count, c.Warnings)
			}
			if text := strings.Join(c.Warnings, " "); strings.Contains(text, "secret") || strings.Contains(text, "@example.com") {
				t.Errorf("a warning quotes the file: %s", text)
			}
		})
	}
}

// Entries come in any order, and their start is cut: what was asked does not come before what was heard in the same
// millisecond, and what was answered does not come after what follows from it.
func TestTheOrderOfAHAR(t *testing.T) {
	asked := request("page_1", "GET", "/organizations/me", "t")
	text := har(asked, socket("page_1", "c1", message("receive", 0.1127, "<b/>"), message("send", 0.1004, hello), message("receive", 0.1002, "<a/>"),
		object{"type": "receive", "time": epoch, "opcode": 2, "data": "AAAA"}))
	c, err := capture.ReadHAR("x.har", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range c.Records {
		got = append(got, fmt.Sprintf("%.1f %s", port.Milliseconds(r.At), r.Kind))
	}
	want := "100.2 config, 100.2 ws.new, 100.2 ws.recv, 100.4 ws.open, 100.4 ws.send, 101.0 http.req, 112.5 http.res, 112.7 ws.recv"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	if c.Config.Options.Environment != "example.com" || c.Config.Options.WSHost != "" {
		t.Errorf("pointed at %+v", c.Config.Options)
	}
}

func TestTheVersionOfTheSDKIsInItsAddress(t *testing.T) {
	sdk := object{"startedDateTime": started, "request": object{"method": "GET", "url": "https://cdn.example.com/npm/genesys-cloud-webrtc-sdk@9.2.3/dist/sdk.js"}}
	for want, entries := range map[string][]object{"9.2.3": {sdk}, capture.AssumedSDK: {}} {
		c, err := capture.ReadHAR("x.har", strings.NewReader(har(append(entries, socket("page_1", "c1", message("send", 0.1, hello)))...)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Infer(); err != nil || c.Config.SDK != want {
			t.Errorf("taken for %s (%v), want %s", c.Config.SDK, err, want)
		}
		if warned := len(c.Warnings) > 0; warned != (want == capture.AssumedSDK) {
			t.Errorf("%s: warnings %q", want, c.Warnings)
		}
	}
}

// An application that looks for conversations by itself, which the SDK knows already, is not taken for the SDK.
func TestAnApplicationsOwnRequestsAreLeftOut(t *testing.T) {
	me := request("page_1", "GET", "/users/me?expand=station", "t")
	me["response"].(object)["content"] = object{"text": `{"id":"U1"}`}
	told := `<message><event xmlns="http://jabber.org/protocol/pubsub#event"><items><item><json xmlns="urn:xmpp:json:0">{"topicName":"v2.users.U1.conversations",` +
		`"eventBody":{"id":"C1","participants":[{"id":"P1","userId":"U1","calls":[{"state":"connected"}]}]}}</json></item></items></event></message>`
	look := request("page_1", "GET", "/conversations/C1", "t")
	look["startedDateTime"] = "2026-03-01T09:30:01.000Z"
	c, err := capture.ReadHAR("x.har", strings.NewReader(har(me, look, socket("page_1", "c1", message("send", 0.15, hello), message("receive", 0.5, told)))))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Infer(); err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Records {
		if strings.Contains(string(r.Fields), "/conversations/C1") || r.Kind == "api" {
			t.Errorf("taken for the SDK's: %s", r.Fields)
		}
	}
	if !strings.Contains(strings.Join(c.Warnings, "\n"), "2 requests and answers about conversations were left out") {
		t.Errorf("warnings %q", c.Warnings)
	}
}
