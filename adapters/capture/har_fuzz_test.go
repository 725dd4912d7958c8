package capture_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
)

// FuzzReadHAR: whatever the file is, it is refused with an error that wraps one of ours, or gives a capture in order, which is
// inferred from, redacted, written and read again.
func FuzzReadHAR(f *testing.F) {
	f.Add([]byte(har(socket("page_1", "c1", message("send", 0.1, hello), login("ann@example.com", "secret")), request("page_1", "GET", "/organizations/me", "t"))))
	f.Add([]byte(harOfASession()))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := capture.ReadHAR("x.har", bytes.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "capture: x.har: ") {
				t.Fatalf("the error does not name the file: %v", err)
			}
			return
		}
		checkInferred(t, c)
	})
}

// FuzzInfer: whatever the frames and requests of a capture are, what is inferred is a capture in order.
func FuzzInfer(f *testing.F) {
	f.Add(`{"seq":1,"t":1,"k":"ws.send","ws":1,"xml":"<message><proceed xmlns='urn:xmpp:jingle-message:0' id='S1'/></message>"}`)
	f.Add(`{"seq":1,"t":1,"k":"http.req","n":1,"method":"PATCH","url":"/conversations/calls/C/participants/P","body":"{\"held\":true}"}
{"seq":2,"t":1,"k":"http.res","n":1,"status":200}`)
	f.Add(`{"seq":1,"t":1,"k":"http.req","n":1,"method":"GET","url":"/conversations/C"}`)
	f.Fuzz(func(t *testing.T, lines string) {
		c, err := capture.Read("x", strings.NewReader(config+lines))
		if err != nil {
			return
		}
		if err := c.Infer(); err != nil {
			t.Fatal(err)
		}
		if c.Inferred {
			checkInferred(t, c)
		}
	})
}

// FuzzReadInternals: a dump is refused, or can be merged or not.
func FuzzReadInternals(f *testing.F) {
	f.Add([]byte(dump("uf1", `1772357400250`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := capture.ReadInternals("x", bytes.NewReader(text))
		if err != nil {
			return
		}
		c, err := capture.ReadHAR("x.har", strings.NewReader(harOfASession()))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Merge(d); err != nil {
			if !errors.Is(err, capture.ErrNoneAlike) {
				t.Fatal(err)
			}
			return
		}
		checkInferred(t, c)
	})
}

// checkInferred infers, and sees to it that what comes of it is a capture.
func checkInferred(t *testing.T, c *capture.Capture) {
	t.Helper()
	if err := c.Infer(); err != nil {
		t.Fatal(err)
	}
	for i, r := range c.Records {
		if r.Seq != i || i > 0 && r.At < c.Records[i-1].At {
			t.Fatalf("record %d has seq %d and time %v, after %v", i, r.Seq, r.At, c.Records[max(0, i-1)].At)
		}
	}
	redacted, err := capture.Redact(c)
	if err != nil {
		return // what nests too deep
	}
	var text bytes.Buffer
	if err := capture.Write(&text, redacted); err != nil {
		t.Fatal(err)
	}
	again, err := capture.Read("x", &text)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Infer(); err != nil || !again.Inferred {
		t.Fatal("what was inferred is not known as such")
	}
}
