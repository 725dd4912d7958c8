package capture_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
)

const config = `{"seq":0,"t":10.5,"k":"config","sdk":"9.2.4","config":{"disableAutoAnswer":true,"unknown":1}}` + "\n"

func TestReadSkipsWhatItDoesNotKnow(t *testing.T) {
	c, err := capture.Read("x", strings.NewReader(config+`{"seq":1,"t":11,"k":"novelty","z":[1]}`+"\n\n"+`{"seq":3,"t":11,"k":"step","s":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Records) != 3 || len(c.Warnings) != 2 || !*c.Config.Options.DisableAutoAnswer || c.Config.VirtualTime() {
		t.Fatalf("got %d records, warnings %v, config %+v", len(c.Records), c.Warnings, c.Config)
	}
	if got := c.Records[0].At.Microseconds(); got != 10500 {
		t.Errorf("t 10.5 was read as %d µs", got)
	}
}

func TestReadWhatIsWrong(t *testing.T) {
	for _, row := range []struct {
		name, text string
		is         error
		says       string
	}{
		{"empty", "", capture.ErrEmpty, "x: the file is empty"},
		{"blank", "\n \n", capture.ErrEmpty, "x: the file is empty"},
		{"not JSON", "hello\n", capture.ErrNotJSON, "x:1:"},
		{"only half a line", `{"seq":0,"t":`, capture.ErrNotJSON, "x:1:"},
		{"broken in the middle", config + "{\n" + `{"seq":2,"t":12,"k":"step"}` + "\n", capture.ErrNotJSON, "x:2:"},
		{"no config", `{"seq":0,"t":1,"k":"api","name":"initialize"}` + "\n", capture.ErrNoConfig, "x:1:"},
		{"not a record", config + `{"a":1}` + "\n", nil, "x:2: the object has no seq, t and k"},
		{"no time", config + `{"seq":1,"t":-1,"k":"step"}` + "\n", nil, "x:2: t is not a time"},
		{"out of order", config + `{"seq":0,"t":12,"k":"step"}` + "\n", nil, "x:2: seq 0 after 0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := capture.Read("x", strings.NewReader(row.text))
			if err == nil || row.is != nil && !errors.Is(err, row.is) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v, want %v saying %q", err, row.is, row.says)
			}
		})
	}
}

func TestAHalfWrittenLastLineIsAWarning(t *testing.T) {
	c, err := capture.Read("x", strings.NewReader(config+`{"seq":1,"t":11,"k":"step"}`+"\n"+`{"seq":2,"t":12,"k":"st`))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Records) != 2 || len(c.Warnings) != 1 || c.CutAfter != 2 || !strings.Contains(c.Warnings[0], "x:3:") {
		t.Errorf("got %d records and warnings %q", len(c.Records), c.Warnings)
	}
}

func TestTimeThatGoesBackIsRaised(t *testing.T) {
	c, err := capture.Read("x", strings.NewReader(config+`{"seq":1,"t":9,"k":"step"}`+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Records[1].At != c.Records[0].At || len(c.Warnings) != 1 {
		t.Errorf("got %v and %q", c.Records[1].At, c.Warnings)
	}
}

func TestWriteIsTheInverseOfRead(t *testing.T) {
	text := config + `{"seq":1,"t":11,"k":"novelty","z":[1,"<&>"]}` + "\n"
	c, err := capture.Read("x", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := capture.Write(&out, c.Records); err != nil || out.String() != text {
		t.Errorf("got %q (%v), want %q", out.String(), err, text)
	}
}

// A newer recorder's kinds are told once each, and so is what is missing between two records.
func TestWhatIsLeftOutIsTold(t *testing.T) {
	c, err := capture.Read("x", strings.NewReader(config+`{"seq":1,"t":11,"k":"nonsense"}`+"\n"+`{"seq":2,"t":11,"k":"novelty"}`+"\n"+
		`{"seq":3,"t":11,"k":"nonsense"}`+"\n"+`{"seq":7,"t":12,"k":"step"}`+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`x:2: unknown kind "nonsense", left out (2 records)`, `x:3: unknown kind "novelty", left out`, "x:5: seq 7 after 3: 3 missing before it"}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("got %q", c.Warnings)
	}
}

// A file of another format is refused, whether or not its records look like those of this one.
func TestAnotherFormatIsRefused(t *testing.T) {
	for _, says := range []string{`"capture":2`, `"schema":"capture/2"`, `"version":"9"`, `"v":3`} {
		for _, first := range []string{"{" + says + "}\n", strings.Replace(config, "{", "{"+says+",", 1)} {
			for _, read := range []func(string, io.Reader) (*capture.Capture, error){capture.Read, capture.ReadOutput} {
				_, err := read("x", strings.NewReader(first))
				if !errors.Is(err, capture.ErrVersion) || !strings.Contains(err.Error(), "x:1:") || !strings.Contains(err.Error(), "convert the file to capture/1") {
					t.Errorf("%s: %v", first, err)
				}
			}
		}
	}
	for _, says := range []string{`"capture":1`, `"schema":"capture/1"`, `"version":"1"`} {
		if _, err := capture.Read("x", strings.NewReader(strings.Replace(config, "{", "{"+says+",", 1))); err != nil {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// FuzzRead: any bytes are a capture or an error, and what is a capture can be decided, described and redacted.
func FuzzRead(f *testing.F) {
	f.Add([]byte(config))
	f.Add([]byte(config + `{"seq":1,"t":11,"k":"ws.send","xml":"<iq type='set'><genesys-webrtc>{}</genesys-webrtc></iq>"}` + "\n"))
	f.Add([]byte(config + `{"seq":1,"t":11,"k":"sdk.event","ev":"conversationUpdate","args":[{"current":[null,{"call":1}]}]}` + "\n"))
	f.Add([]byte(config + `{"seq":1,"t":11,"k":"state","sessions":7,"station":{"id":1}}` + "\n"))
	f.Add([]byte(config + `{"seq":1,"t":11,"k":"ws.recv","xml":"<message><event><items><item><json>{}</json></item></items></event></message>"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := capture.Read("fuzz", bytes.NewReader(data))
		if err != nil {
			return
		}
		if !capture.Compare(c.Records, c.Records, exact).Match() {
			t.Fatal("it differs from itself")
		}
		for _, r := range c.Records {
			capture.Brief(r)
		}
		redacted, err := capture.Redact(c)
		if err == nil && len(redacted) > len(c.Records) {
			t.Fatalf("%d records became %d", len(c.Records), len(redacted))
		}
	})
}
