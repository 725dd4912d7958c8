package jingle

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew; read the diff before keeping it")

// story is one golden case: why it exists, what goes in, what comes out.
type story struct{ why, in, out string }

// readStories reads blocks of "# why", input, "----", output, with a blank line between them.
func readStories(t testing.TB, path string) []story {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("golden file: %v", err)
	}
	var all []story
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		why, rest, _ := strings.Cut(block, "\n")
		in, out, _ := strings.Cut(rest, "\n----")
		all = append(all, story{strings.TrimPrefix(why, "# "), in, strings.TrimPrefix(out, "\n")})
	}
	return all
}

// checkStories runs each story and compares; with -rewrite it keeps what came out.
func checkStories(t *testing.T, path string, run func(in string) string) {
	t.Helper()
	all := readStories(t, path)
	var again strings.Builder
	for _, s := range all {
		got := run(s.in)
		again.WriteString("# " + s.why + "\n" + s.in + "\n----\n" + got + "\n\n")
		if got != s.out && !*rewrite {
			t.Errorf("%s\n got %s\nwant %s", s.why, got, s.out)
		}
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(again.String(), "\n")), 0o600); err != nil {
			t.Fatalf("golden file: %v", err)
		}
	}
}

// show prints what a frame was read as; the wire's own text, because golden frames hold nobody's data.
func show(t testing.TB, f Frame, err error) string {
	t.Helper()
	if err != nil {
		return "error " + err.Error()
	}
	var lines []string
	add := func(word string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("print %s: %v", word, err)
		}
		lines = append(lines, word+" "+string(b))
	}
	if f.Answer != nil {
		add("answer", f.Answer)
	}
	if f.Input != nil {
		add(f.Input.Kind(), f.Input)
	}
	if f.Notification != nil {
		lines = append(lines, "notification "+f.Notification.Topic+" "+string(f.Notification.Body))
	}
	return strings.Join(lines, "\n")
}

func TestReceivedFramesAreRead(t *testing.T) {
	checkStories(t, "testdata/received.txt", func(in string) string {
		f, err := Decode(3, []byte(in))
		return show(t, f, err)
	})
}

func TestHostileFramesAreRefused(t *testing.T) {
	checkStories(t, "testdata/refused.txt", func(in string) string {
		f, err := Decode(3, []byte(in))
		return show(t, f, err)
	})
	for _, s := range readStories(t, "testdata/refused.txt") {
		if !strings.HasPrefix(s.out, "error ") {
			t.Errorf("%s: was read as %s, but the file is for what must be refused", s.why, s.out)
		}
	}
}

func TestLimits(t *testing.T) {
	inMessage := func(body string) string { return `<message xmlns="jabber:client">` + body + `</message>` }
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	attributes := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(" a" + strings.Repeat("x", i) + `="1"`)
		}
		return "<a" + b.String() + "/>"
	}
	rpc := func(depth int) string {
		deep := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		return `<iq xmlns="jabber:client" type="set"><genesys-webrtc xmlns="genesys">{"method":"x","params":` + deep + `}</genesys-webrtc></iq>`
	}
	for _, c := range []struct {
		limit     string
		fits, not string
	}{
		{"size", inMessage(strings.Repeat("x", maxFrame-100)), inMessage(strings.Repeat("x", maxFrame))},
		{"depth", inMessage(nested(maxDepth - 1)), inMessage(nested(maxDepth))},
		{"elements", inMessage(strings.Repeat("<a/>", maxElements-1)), inMessage(strings.Repeat("<a/>", maxElements))},
		{"attributes", inMessage(attributes(maxAttributes)), inMessage(attributes(maxAttributes + 1))},
		{"json depth", rpc(maxJSONDepth - 1), rpc(maxJSONDepth)},
	} {
		if _, err := Decode(1, []byte(c.fits)); err != nil {
			t.Errorf("%s: a frame at the limit was refused: %v", c.limit, err)
		}
		if _, err := Decode(1, []byte(c.not)); err == nil {
			t.Errorf("%s: a frame beyond the limit was read", c.limit)
		}
	}
}

// Forged copies (attacks A9): what a carbon or forward holds is not said by the one who sent the stanza.
func TestForwardedCopiesAreNeverLookedInto(t *testing.T) {
	const propose = `<message xmlns="jabber:client" from="edge@gjoll.example"><propose xmlns="urn:xmpp:jingle-message:0" id="s1"/></message>`
	for _, copied := range []string{
		`<received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">` + propose + `</forwarded></received>`,
		`<sent xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">` + propose + `</forwarded></sent>`,
		`<forwarded xmlns="urn:xmpp:forward:0">` + propose + `</forwarded>`,
		propose,
	} {
		f, err := Decode(1, []byte(`<message xmlns="jabber:client" from="mallory@example.com">`+copied+`</message>`))
		if want := (messages.UnknownFrame{Socket: 1, Name: "message"}); err != nil || f.Input != messages.Input(want) {
			t.Errorf("a copy was read as %v, %v; want an unknown frame", f.Input, err)
		}
	}
}

// Personal data and secrets never reach an error: errors are logged.
func TestErrorsHoldNothingOfTheFrame(t *testing.T) {
	const secret = "ann.smith"
	for _, frame := range []string{
		`<message xmlns="jabber:client" from="ann.smith@example.com"><ann.smith></message>`,
		`<message xmlns="jabber:client" from="ann.smith" from="ann.smith"/>`,
		`<message xmlns="jabber:client">&ann.smith;</message>`,
		`<iq xmlns="jabber:client" type="set"><genesys-webrtc xmlns="genesys">{"ann.smith":1,"ann.smith":1}</genesys-webrtc></iq>`,
		`<iq xmlns="jabber:client" type="set"><genesys-webrtc xmlns="genesys">ann.smith</genesys-webrtc></iq>`,
	} {
		_, err := Decode(1, []byte(frame))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("error %v of %s: want one that does not repeat the frame", err, frame)
		}
	}
}
