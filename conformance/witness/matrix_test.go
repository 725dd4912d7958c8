//go:build witness

package witness

import (
	"fmt"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/platform"
)

// combination is a kind of station on a kind of platform.
type combination struct {
	lineAppearance int
	persistent     bool
	signalling     string
}

func (c combination) String() string {
	return fmt.Sprintf("line appearance %d, persistent %t, %s", c.lineAppearance, c.persistent, c.signalling)
}

// combinations are all of line appearance, persistent connection and signalling.
func combinations() (all []combination) {
	for _, signalling := range []string{"sdp", "jingle", "sdp+jingle"} {
		for _, lineAppearance := range []int{1, 100} {
			for _, persistent := range []bool{false, true} {
				all = append(all, combination{lineAppearance, persistent, signalling})
			}
		}
	}
	return all
}

// onStation starts a platform and a page that is logged in at a station of this kind.
func (c combination) onStation(t *testing.T, b *Browser) (*lab, *phone) {
	t.Helper()
	options := platform.Defaults()
	if err := options.Set("signalling", c.signalling); err != nil {
		t.Fatal(err)
	}
	l := newLab(t, options, sdk(t))
	p := l.ann(b, c.lineAppearance, c.persistent)
	return l, p
}

// TestTheMatrix is what people do with two calls, under each line appearance, with a persistent connection and without one, and
// with each signalling; then what they do when the platform moves under them.
func TestTheMatrix(t *testing.T) {
	t.Parallel()
	b := startBrowser(t)
	for _, c := range combinations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			l, p := c.onStation(t, b)
			p.takes("C1")
			p.switches("C1", "C2")
			p.does("setAudioMute", map[string]any{"conversationId": "C2", "mute": true})
			l.until("who is muted is not heard", func() bool { return l.far("C2").Level < silent })
			p.hearsAndIsHeard("C2", false)
			p.does("setAudioMute", map[string]any{"conversationId": "C2", "mute": false})
			p.hearsAndIsHeard("C2", true)
			p.ends("C2")
			p.ends("C1")
			p.ends(p.dials("+15550155"))
			p.witnessed()
		})
	}
}

// TestAStationIsMigratedDuringACall: the call goes on, and the next ones come as the new station has them.
func TestAStationIsMigratedDuringACall(t *testing.T) {
	t.Parallel()
	b := startBrowser(t)
	for _, c := range combinations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			l, p := c.onStation(t, b)
			p.takes("C1")
			to := 101 - c.lineAppearance
			l.control("POST", "agents/ann/station", map[string]any{"lineAppearance": to}, nil)
			p.until(fmt.Sprintf(`phone.sdk.station.webRtcCallAppearances === %d`, to))
			p.hearsAndIsHeard("C1", true)
			p.ends("C1")
			p.takes("C2")
			p.switches("C2", "C3")
			p.ends("C3")
			p.ends("C2")
			p.witnessed()
		})
	}
}

// TestAStreamDropsDuringACall: the audio does not mind, and what is done afterwards is done on the next stream.
func TestAStreamDropsDuringACall(t *testing.T) {
	t.Parallel()
	b := startBrowser(t)
	for _, c := range combinations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			l, p := c.onStation(t, b)
			p.takes("C1")
			l.say("stream of ann drops")
			p.until(`phone.status === "disconnected"`)
			p.hearsAndIsHeard("C1", true)
			p.until(`phone.status === "connected again"`)
			p.hearsAndIsHeard("C1", true)
			p.does("setConversationHeld", map[string]any{"conversationId": "C1", "held": true})
			p.until(`phone.calls()[0].held`)
			p.does("setConversationHeld", map[string]any{"conversationId": "C1", "held": false})
			p.hearsAndIsHeard("C1", true)
			p.ends("C1")
			p.takes("C2")
			p.ends("C2")
			p.witnessed()
		})
	}
}

// reaction is how long a person takes at least. What is done sooner is taken for the client's own doing, where only the wire is
// seen (docs/har.md).
const reaction = 150 * time.Millisecond

// does has the page call a method of the SDK, as a person would.
func (p *phone) does(method string, args ...any) {
	p.lab.t.Helper()
	time.Sleep(reaction)
	p.do(method, args...)
}

// takes answers a call that comes, and hears that both ends hear each other.
func (p *phone) takes(call string) {
	p.lab.t.Helper()
	p.lab.control("POST", "calls", map[string]any{"id": call, "agent": p.login.Agent, "from": "+15550123"}, nil)
	p.until(`phone.ringing().some(r => r.conversationId === "` + call + `")`)
	p.does("acceptPendingSession", map[string]string{"conversationId": call})
	p.connected(call)
	p.hearsAndIsHeard(call, true)
}

// connected waits until a call is.
func (p *phone) connected(call string) {
	p.lab.t.Helper()
	p.until(`phone.calls().some(c => c.conversationId === "` + call + `" && c.state === "connected")`)
}

// switches holds a call, retrieves it, takes another one, for which the first is held, and goes to the first and back.
func (p *phone) switches(first, second string) {
	p.lab.t.Helper()
	for _, held := range []bool{true, false} {
		p.does("setConversationHeld", map[string]any{"conversationId": first, "held": held})
		p.isHeld(first, held)
	}
	p.takes(second)
	p.isHeld(first, true)
	p.does("setConversationHeld", map[string]any{"conversationId": first, "held": false})
	p.isHeld(first, false)
	p.isHeld(second, true)
	p.does("setConversationHeld", map[string]any{"conversationId": second, "held": false})
	p.isHeld(second, false)
	p.isHeld(first, true)
}

// isHeld waits until a call is held and hears nothing, or is not and does.
func (p *phone) isHeld(call string, held bool) {
	p.lab.t.Helper()
	p.until(fmt.Sprintf(`phone.calls().some(c => c.conversationId === %q && Boolean(c.held) === %t)`, call, held))
	if held {
		p.lab.until(call+" hears nothing while held", func() bool { return p.lab.far(call).Level < silent })
		return
	}
	p.hearsAndIsHeard(call, true)
}

// hearsAndIsHeard waits until the phone hears the far end of a call, and is heard there.
func (p *phone) hearsAndIsHeard(call string, isHeard bool) {
	p.lab.t.Helper()
	tone := p.lab.far(call).Tone
	p.lab.until("the phone hears the far end of "+call, func() bool { return p.hears().is(tone) })
	if isHeard {
		p.lab.until("the far end of "+call+" hears the phone", func() bool { return p.lab.far(call).is(microphone) })
	}
}

// dials places a call and hears it.
func (p *phone) dials(number string) (call string) {
	p.lab.t.Helper()
	p.does("startSoftphoneSession", map[string]string{"phoneNumber": number})
	dialled := `phone.calls().filter(c => c.direction === "outbound" && c.state === "connected")`
	p.until(dialled + `.length === 1`)
	p.eval(dialled+`[0].conversationId`, &call)
	p.hearsAndIsHeard(call, true)
	return call
}

// ends ends a call.
func (p *phone) ends(call string) {
	p.lab.t.Helper()
	p.does("endSession", map[string]string{"conversationId": call})
	p.until(`!phone.calls().some(c => c.conversationId === "` + call + `")`)
}
