//go:build witness

package witness

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// silent is below what is heard of a tone, in dBFS.
const silent = -60

func (s sound) is(frequency float64) bool {
	return s.Level > silent && math.Abs(s.Frequency-frequency) < 15
}

// TestACallIsHeardAtBothEnds is a call as people make it: it rings, is answered, both ends hear each other, and neither while it
// is held; nobody hears who is muted.
func TestACallIsHeardAtBothEnds(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	p := l.ann(b, 100, false)

	l.control("POST", "calls", map[string]any{"id": "C1", "agent": "ann", "from": "+15550123"}, nil)
	p.until(`phone.ringing().length === 1`)
	p.do("acceptPendingSession", map[string]string{"conversationId": "C1"})
	p.until(`phone.calls().some(c => c.state === "connected")`)
	tone := l.far("C1").Tone
	l.until("the phone hears the caller", func() bool { return p.hears().is(tone) })
	l.until("the caller hears the microphone", func() bool { return l.far("C1").is(microphone) })

	p.do("setConversationHeld", map[string]any{"conversationId": "C1", "held": true})
	p.until(`phone.calls()[0].held`)
	l.until("the caller hears nothing while held", func() bool { return l.far("C1").Level < silent })
	l.until("nor does the phone", func() bool { return p.hears().Level < silent })
	p.eval(`hookswitchRecorder.look("held")`, nil)
	p.picture("held")

	p.do("setConversationHeld", map[string]any{"conversationId": "C1", "held": false})
	l.until("the caller hears the microphone again", func() bool { return l.far("C1").is(microphone) })
	p.do("setAudioMute", map[string]any{"conversationId": "C1", "mute": true})
	p.until(`phone.calls()[0].muted`)
	l.until("the caller hears nobody who is muted", func() bool { return l.far("C1").Level < silent })
	l.until("who is muted still hears", func() bool { return p.hears().is(tone) })

	p.do("endSession", map[string]string{"conversationId": "C1"})
	p.until(`phone.sessions().length === 0 && phone.calls().length === 0`)
	p.eval(`hookswitchRecorder.look("end")`, nil)
	verified(t, "a call", p.recording())
	uploaded(t, p)
}

// uploaded sees to it that the server has what the page has recorded, line by line, and that no token is in it.
func uploaded(t *testing.T, p *phone) {
	t.Helper()
	recorded := p.recording()
	var all bool
	if p.eval(`phone.upload.flush()`, &all); !all {
		t.Error("the upload did not end")
	}
	response, err := http.Get(p.lab.base + "/control/pages/" + p.name + "/capture")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != recorded {
		t.Errorf("the server has %d bytes of the recording, the page %d", len(text), len(recorded))
	}
	if strings.Contains(string(text), p.login.Token.Reveal()) {
		t.Error("the access token stands in the recording")
	}
	p.addressIsClean()
	var problems []string
	p.eval(`hookswitchRecorder.problems`, &problems)
	if len(problems) > 0 {
		t.Errorf("the recorder had problems: %q", problems)
	}
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		if !json.Valid(lines.Bytes()) {
			t.Errorf("a line of the recording is no JSON: %s", lines.Text())
		}
	}
}

// addressIsClean sees to it that the token stands neither in the page's address nor in any that it has loaded something from.
func (p *phone) addressIsClean() {
	p.lab.t.Helper()
	var addresses []string
	p.eval(`[location.href, document.URL, performance.getEntriesByType("resource").map((r) => r.name).join(" ")]`, &addresses)
	if token := p.login.Token.Reveal(); strings.Contains(strings.Join(addresses, " "), token) || strings.Contains(addresses[0], "token=") {
		p.lab.t.Errorf("the access token stands in an address: %q", addresses)
	}
}

// TestAPageGoesOfflineDuringACall: the SDK notices, and so does the replay; what could not be uploaded meanwhile is uploaded
// afterwards.
func TestAPageGoesOfflineDuringACall(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	p := l.ann(b, 100, false)
	l.say("C1 calls ann")
	p.until(`phone.ringing().length === 1`)
	p.do("acceptPendingSession", map[string]string{"conversationId": "C1"})
	p.until(`phone.calls().some(c => c.state === "connected")`)

	for _, offline := range []bool{true, false} {
		if err := p.Offline(l.ctx, offline); err != nil {
			t.Fatal(err)
		}
		if offline {
			l.say("stream of ann drops")
			p.until(`phone.status === "disconnected"`)
			time.Sleep(3 * time.Second)
		}
	}
	p.until(`phone.status === "connected again"`)
	l.say("C1 hangs up")
	p.until(`phone.calls().length === 0`)
	for _, kind := range []string{`"k":"page.online","value":false`, `"k":"page.online","value":true`, `"k":"ws.close"`} {
		if !strings.Contains(p.recording(), kind) {
			t.Errorf("the recording has no %s", kind)
		}
	}
	verified(t, "offline", p.recording())
	uploaded(t, p)
}

// TestALatePingIsNoDifference: the SDK's timers are late in a page that is busy, and so are those of the replay.
func TestALatePingIsNoDifference(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	p := l.ann(b, 100, false)
	time.Sleep(12 * time.Second)
	p.eval(`(() => { for (const end = performance.now() + 4000; performance.now() < end;); })()`, nil)
	p.until(`hookswitchRecorder.records.some((r) => r.k === "ws.send" && r.xml.includes("<ping"))`)
	recording := p.recording()
	if !strings.Contains(recording, `"k":"clock"`) {
		t.Error("the recording does not say that the timer was late")
	}
	verified(t, "a late ping", recording)
}

// TestTheButtonsOfThePhone answers, holds, retrieves and ends a call with the page's buttons, and dials one.
func TestTheButtonsOfThePhone(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	p := l.ann(b, 1, false)
	press := func(label string) {
		t.Helper()
		button := `[...document.querySelectorAll("button")].find((b) => !b.hidden && b.textContent === "` + label + `")`
		p.until(button)
		p.eval(button+`.click()`, nil)
	}
	l.say("C1 calls ann")
	press("Answer")
	press("Hold")
	press("Retrieve")
	press("Mute")
	press("Unmute")
	press("Hang up")
	p.until(`phone.calls().length === 0`)
	p.eval(`document.querySelector("input[name=number]").value = "+1 555 0123"`, nil)
	press("Call")
	p.until(`phone.calls().some(c => c.direction === "outbound")`)
	press("Hang up")
	p.until(`phone.calls().length === 0 && phone.sessions().length === 0`)
	verified(t, "the buttons", p.recording())

	p.do("reload")
	p.until(`window.phone && phone.status === "ready" && document.title === "Phone ann-desk.2"`)
	p.until(`hookswitchRecorder.records.length < 50`)
	p.addressIsClean()
}

// TestThePhoneSaysWhatIsMissing: without the SDK, and without a token, the page says what to do.
func TestThePhoneSaysWhatIsMissing(t *testing.T) {
	b := startBrowser(t)
	const asks = `document.querySelector("#login input[name=token]").checkVisibility()`
	for _, missing := range []struct {
		what, sdk, path, shown string
	}{
		{"SDK", "", "/phone", `document.getElementById("trouble").innerText.includes("engine serve --sdk")`},
		{"token", sdk(t), "/phone", asks},
		{"token behind the #", sdk(t), "/phone?resource=desk&token=told-to-the-server", asks + ` && location.href.endsWith("/phone?resource=desk")`},
	} {
		t.Run(missing.what, func(t *testing.T) {
			l := newLab(t, platform.Defaults(), missing.sdk)
			page, err := b.Open(l.ctx, l.base+missing.path)
			if err != nil {
				t.Fatal(err)
			}
			p := &phone{Page: page, lab: l, name: "nobody"}
			p.until(missing.shown)
			p.picture("missing-" + missing.what)
		})
	}
}

// TestATypedTokenStaysOutOfTheAddress: it is kept with the tab, and one that is wrong can be typed anew.
func TestATypedTokenStaysOutOfTheAddress(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	logins, err := l.server.AddAgent(l.ctx, server.Agent{Name: "ann", LineAppearance: 1, Phones: []string{"desk"}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := b.Open(l.ctx, l.base+"/phone#page=ann-desk")
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{Page: page, lab: l, login: logins[0], name: "ann-desk"}
	enter := func(token string) {
		t.Helper()
		p.until(`document.querySelector("#login input[name=token]").checkVisibility()`)
		p.eval(`(() => {
			document.querySelector("#login input[name=token]").value = "`+token+`";
			document.querySelector("#login input[name=resource]").value = "desk";
			document.querySelector("#login").requestSubmit();
		})()`, nil)
	}
	enter("a-token-that-nobody-was-given")
	p.until(`window.phone && phone.status.startsWith("cannot log in")`)
	enter(p.login.Token.Reveal())
	p.until(`window.phone && phone.status === "ready"`)
	p.addressIsClean()
}
