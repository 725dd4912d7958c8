//go:build witness

package witness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/internal/host"
)

// underWay is longer than anything that was said takes to be heard on a machine that is busy.
const underWay = 300 * time.Millisecond

// witnessed ends the look at a page: what it recorded is what the cell decides, and what the server's journal of it says, and
// the journal alone, with the rest inferred, replays to the same frames and requests. It gives back the recording.
func (p *phone) witnessed() string {
	t := p.lab.t
	t.Helper()
	before := p.journal()
	time.Sleep(underWay)
	p.eval(`hookswitchRecorder.look("end")`, nil)
	recording := p.recording()
	time.Sleep(underWay)
	after := p.journal()
	verified(t, p.name, recording)
	for _, problem := range disagreements(wireOf(t, p.name, recording), wireOf(t, "journal", before), wireOf(t, "journal", after)) {
		t.Errorf("%s: the page and the platform's journal of it say different things: %s", p.name, problem)
	}
	if err := replays(p.name, after); err != nil {
		if why, known := opaque[strings.TrimPrefix(t.Name(), "TestTheSDKPlaysScenarios/")]; known {
			t.Logf("%s: the journal alone does not replay: %s", p.name, why)
		} else {
			p.keep(p.name+"-journal.jsonl", []byte(after))
			t.Errorf("%s: the journal alone: %v", p.name, err)
		}
	}
	return recording
}

// opaque are the plays of which the wire alone does not show what the application did, with the reason (docs/har.md, What cannot
// be inferred).
var opaque = map[string]string{
	"calls/a-call-is-rerouted-while-it-is-being-answered.scenario":              "the answer and what takes the call away cross on the way",
	"TestTwoPhonesRaceForOneCall":                                               "what a phone answers and that another one has answered cross on the way",
	"calls/a-session-that-was-accepted-by-hand-gets-another-transport.scenario": "that sessions are accepted by hand looks like a slow microphone",
	"calls/two-calls-are-answered-while-the-microphone-is-slow.scenario":        "two calls are answered within a tenth of a second",
}

// journal is what the platform has noted of a page.
func (p *phone) journal() string {
	p.lab.t.Helper()
	response, err := http.Get(p.lab.base + "/control/agents/" + p.login.Agent + "/journal?phone=" + url.QueryEscape(p.login.Phone))
	if err != nil {
		p.lab.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.lab.t.Fatalf("the journal of %s: %s: %v", p.name, response.Status, err)
	}
	return string(text)
}

// replays has the cell decide what a journal says that a client was told, with the rest inferred, as engine verify does.
func replays(name, journal string) error {
	log, err := capture.Read(name, strings.NewReader(journal))
	if err != nil {
		return err
	}
	if !log.IsWireOnly() {
		return errors.New("it has more than the wire")
	}
	return sameOnTheWire(log)
}

// sameOnTheWire infers what a recording of the wire lacks and holds it against the cell. A wire is noted by its far side here, which
// knows neither when the page heard of something nor when it was too busy for its timers.
func sameOnTheWire(log *capture.Capture) error {
	if err := log.Infer(); err != nil {
		return err
	}
	result, err := host.Replay(log)
	if err != nil {
		return err
	}
	want, got := capture.Decide(capture.OnWire(log.Records)), capture.Decide(capture.OnWire(result.Outputs))
	for _, list := range []string{capture.ConversationList, capture.OtherRESTList} {
		overtaken(want[list], got[list])
	}
	report := capture.CompareDecisions(want, got, capture.Tolerance{Early: busy, Late: 8 * busy})
	if report.Match() {
		return nil
	}
	var shown bytes.Buffer
	if err := report.Show(&shown, log.Records, nil); err != nil {
		return err
	}
	return fmt.Errorf("the cell decides differently:\n%s", shown.Bytes())
}

// overtaken puts requests that the platform had at nearly the same time into the order in which they were decided: they came on
// connections of their own, so one may have overtaken another.
func overtaken(want, got []capture.Decision) {
	for i := range min(len(want), len(got)) {
		for j := i; j < len(want) && want[j].At-want[i].At < underWay; j++ {
			if want[j].Text == got[i].Text {
				moved := want[j]
				copy(want[i+1:j+1], want[i:j])
				want[i] = moved
				break
			}
		}
	}
}

// wire is what went over the wire between a page and the platform, as one of them tells.
type wire struct {
	sockets   []*talk
	exchanges []*asking
}

// talk is what was said on one socket: by the page, and to it.
type talk struct {
	sent, heard []string
	torn        bool // it closed without a word: what was under way is lost
}

// asking is a request and its answer. The places are those in the log; answered is 0 where there was no answer.
type asking struct {
	asked, answered int
	request, answer string
	failed          bool // the page never heard the answer
}

// wireOf reads a recording of either side.
func wireOf(t *testing.T, name, recording string) (w wire) {
	t.Helper()
	log, err := capture.Read(name, strings.NewReader(recording))
	if err != nil {
		t.Fatal(err)
	}
	sockets, requests := map[int]*talk{}, map[int]*asking{}
	for i, r := range log.Records {
		var f struct {
			WS, N, Status, Code int
			XML, Method, URL    string
			Body                any
		}
		if !slices.Contains([]string{"ws.open", "ws.close", "ws.send", "ws.recv", "http.req", "http.res"}, r.Kind) {
			continue
		}
		if err := r.Decode(&f); err != nil {
			t.Fatal(err)
		}
		s := sockets[f.WS]
		switch {
		case r.Kind == "ws.open":
			sockets[f.WS] = &talk{}
			w.sockets = append(w.sockets, sockets[f.WS])
		case r.Kind == "http.req":
			requests[f.N] = &asking{asked: i, request: f.Method + " " + capture.RESTPath(f.URL) + " " + plainBody(f.Body)}
			w.exchanges = append(w.exchanges, requests[f.N])
		case r.Kind == "http.res" && requests[f.N] != nil:
			requests[f.N].answered, requests[f.N].failed = i, f.Status == 0
			requests[f.N].answer = strconv.Itoa(f.Status) + " " + plainBody(f.Body)
		case s == nil: // a socket that never opened
		case r.Kind == "ws.close":
			s.torn = f.Code != websocket.CloseNormalClosure
		case r.Kind == "ws.send":
			s.sent = append(s.sent, plainFrame(f.XML))
		case r.Kind == "ws.recv":
			s.heard = append(s.heard, plainFrame(f.XML))
		}
	}
	return w
}

// disagreements are what a page's recording does not have in common with the journal: that of before it at least, and that of
// after it at most.
func disagreements(page, before, after wire) (all []string) {
	if len(page.sockets) < len(before.sockets) || len(page.sockets) > len(after.sockets) {
		return []string{fmt.Sprintf("%d sockets opened in the page, %d there", len(page.sockets), len(after.sockets))}
	}
	for i, here := range page.sockets {
		there, least := after.sockets[i], &talk{}
		if i < len(before.sockets) {
			least = before.sockets[i]
		}
		torn := here.torn || there.torn
		all = append(all, unlike(fmt.Sprintf("socket %d, sent", i+1), here.sent, there.sent, len(least.sent), torn)...)
		all = append(all, unlike(fmt.Sprintf("socket %d, heard", i+1), here.heard, there.heard, len(least.heard), torn)...)
	}
	return append(all, unlikeRequests(page.exchanges, after.exchanges, len(before.exchanges))...)
}

// unlike compares frames in one direction. The page has at least so many, and the journal has them all; on a socket that was
// torn either may lack the last ones.
func unlike(what string, here, there []string, least int, torn bool) []string {
	for i := range min(len(here), len(there)) {
		if here[i] != there[i] {
			return []string{fmt.Sprintf("%s: frame %d is\n  %s\nand there\n  %s", what, i+1, here[i], there[i])}
		}
	}
	switch {
	case torn:
		return nil
	case len(here) < least:
		return []string{fmt.Sprintf("%s: the page lacks frame %d:\n  %s", what, len(here)+1, there[len(here)])}
	case len(here) > len(there):
		return []string{fmt.Sprintf("%s: the journal lacks frame %d:\n  %s", what, len(there)+1, here[len(there)])}
	}
	return nil
}

// unlikeRequests compares requests and answers. Those that were under way at the same time may overtake each other; one that
// was asked after another was answered comes after it there, too.
func unlikeRequests(here, there []*asking, least int) (all []string) {
	places := make([]int, len(here)) // of each in the journal, or -1
	taken := map[int]bool{}
	for i, h := range here {
		places[i] = slices.IndexFunc(there, func(x *asking) bool {
			return !taken[x.asked] && h.request == x.request && (h.answered == 0 || h.failed || h.answer == x.answer)
		})
		switch {
		case places[i] >= 0:
			taken[there[places[i]].asked] = true
		case !h.failed:
			all = append(all, fmt.Sprintf("the journal lacks %s, answered %s", h.request, h.answer))
		}
		for j, earlier := range here[:i] {
			if places[i] >= 0 && places[j] > places[i] && earlier.answered > 0 && earlier.answered < h.asked {
				all = append(all, fmt.Sprintf("the journal has %s before %s", h.request, earlier.request))
			}
		}
	}
	for i, x := range there {
		if i < least && !taken[x.asked] {
			all = append(all, fmt.Sprintf("the page lacks %s, answered %s", x.request, x.answer))
		}
	}
	return all
}

// What a page hides and a journal does not, and the other way round, is hidden in both before they are compared.
var (
	authFrame = regexp.MustCompile(`^<(auth|response)\b.*`)
	turn      = regexp.MustCompile(`(\s(?:username|password)\s*=\s*)("[^"]*"|'[^']*')`)
	inside    = regexp.MustCompile(`(<(?:json|genesys-webrtc)\b[^>]*>)([^<]*)(</)`)
	personal  = regexp.MustCompile(`(?i)token|password|secret|^(authorization|cookie|set-cookie|credential|jwt|customerdata|username|securitycode|` +
		`name|email|displayname|firstname|lastname|participantname|queuename|ani_name|title|department|subject|dnisname|callername|calleename|contactname)$`)
	entities = strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&apos;", "'", "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#13;", "\r", "&#10;", "\n",
		"&#xA;", "\n", "&#xD;", "\r", "&amp;", "&")
)

// plainFrame is a frame without what is personal.
func plainFrame(xml string) string {
	xml = authFrame.ReplaceAllString(xml, "<$1/>")
	if strings.Contains(xml, "urn:xmpp:extdisco:") {
		xml = turn.ReplaceAllString(xml, `$1""`)
	}
	return inside.ReplaceAllStringFunc(xml, func(all string) string {
		parts := inside.FindStringSubmatch(all)
		return parts[1] + plainBody(entities.Replace(parts[2])) + parts[3]
	})
}

// plainBody is a body without what is personal, with its keys in order.
func plainBody(body any) string {
	text, is := body.(string)
	if !is && body == nil {
		return ""
	}
	var value any
	if !is {
		value = body
	} else if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	written, err := json.Marshal(impersonal("", value))
	if err != nil {
		return text
	}
	return string(written)
}

func impersonal(key string, value any) any {
	switch v := value.(type) {
	case string:
		if v != "" && personal.MatchString(key) {
			return "…"
		}
	case map[string]any:
		for k := range v {
			v[k] = impersonal(k, v[k])
		}
	case []any:
		for i := range v {
			v[i] = impersonal("", v[i])
		}
	}
	return value
}
