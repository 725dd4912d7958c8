package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/adapters/publicapi"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// parrot is a cell that orders what the recorded client did, when it did it, whatever it is told. With it a replay shows
// whether recorded inputs can be read, answers find their questions, and outputs are written as they were recorded.
type parrot struct {
	t       testing.TB
	start   time.Duration
	left    []port.Record // the outputs still to come
	seq     uint64
	sockets int
	peers   map[int]messages.Ref
	heard   []messages.Input
	jingle  map[int]messages.SessionID // whose peer connection a recorded counter is, of Jingle sessions
	speaks  map[messages.SessionID]messages.Ref
}

func newParrot(t testing.TB, log *capture.Capture) *parrot {
	p := &parrot{t: t, start: log.Records[0].At, peers: map[int]messages.Ref{}, jingle: map[int]messages.SessionID{}, speaks: map[messages.SessionID]messages.Ref{}}
	var offered messages.SessionID
	for _, r := range log.Records {
		if m := initiate.FindStringSubmatch(string(r.Fields)); m != nil && r.Kind == "ws.recv" {
			offered = messages.SessionID(m[1])
		}
		if made, is := peerMade(t, r); is && offered != "" {
			p.jingle[made], offered = offered, ""
		}
		if !capture.IsInput(r.Kind) && r.Kind != "config" && r.Kind != "state" && r.Kind != "step" {
			p.left = append(p.left, r)
		}
	}
	return p
}

// initiate finds the session of a recorded session-initiate (XEP-0166 section 6.2).
var initiate = regexp.MustCompile(`<jingle[^>]*\bsid=\\?["']([^"'\\]+)[^>]*session-initiate`)

// peerMade is the counter of a peer connection that a record makes for a session.
func peerMade(t testing.TB, r port.Record) (pc int, is bool) {
	t.Helper()
	if r.Kind != "pc.new" {
		return 0, false
	}
	var d did
	if err := r.Decode(&d); err != nil {
		t.Fatal(err)
	}
	return d.PC, len(d.Config) > 0
}

func (p *parrot) Handle(at time.Duration, in messages.Input) (runtime.Step, error) {
	p.seq++
	p.heard = append(p.heard, in)
	return runtime.Step{Seq: p.seq, At: at, Input: in}, nil
}

func (p *parrot) NextTimer() (time.Duration, bool) {
	if len(p.left) == 0 {
		return 0, false
	}
	return p.left[0].At - p.start, true
}

func (p *parrot) FireNext(at time.Duration) (runtime.Step, error) {
	p.seq++
	step := runtime.Step{Seq: p.seq, At: at, Input: messages.TimerFired{}}
	if e := p.effect(p.left[0]); e != nil {
		step.Outputs = []runtime.Output{{ID: messages.NewEffectID(p.seq, 1), Effect: e}}
	}
	p.left = p.left[1:]
	return step, nil
}

// did is a recorded output, of any kind.
type did struct {
	XML    string            `json:"xml"`
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Body   string            `json:"body"`
	PC     int               `json:"pc"`
	Config map[string]any    `json:"config"`
	Event  string            `json:"ev"`
	Args   []json.RawMessage `json:"args"`
}

func (p *parrot) effect(r port.Record) messages.Effect {
	var d did
	if r.Kind == "api.ok" || r.Kind == "api.err" || r.Kind == "unhandledrejection" || r.Kind == "session.event" {
		return nil
	}
	if err := r.Decode(&d); err != nil {
		p.t.Fatal(err)
	}
	switch r.Kind {
	case "ws.new":
		p.sockets++
		return messages.OpenSocket{Socket: p.sockets}
	case "ws.send":
		return p.sent(d.XML)
	case "http.req":
		request, ok := publicapi.Parse(d.Method, capture.RESTPath(d.URL), []byte(d.Body))
		if !ok {
			return nil
		}
		return request
	case "gum":
		return messages.RequestMicrophone{Peer: 1}
	case "pc.new":
		if len(d.Config) == 0 {
			return nil
		}
		p.peers[d.PC] = messages.Ref(100 + d.PC)
		made := messages.CreatePeer{Peer: p.peers[d.PC], Signalling: messages.SDPOverXMPP}
		if session, is := p.jingle[d.PC]; is {
			made.Signalling = messages.Jingle
			p.speaks[session] = made.Peer
		}
		return made
	case "pc.setRemoteDescription":
		return messages.Describe{Peer: p.peers[d.PC]}
	case "pc.createAnswer":
		return messages.MakeAnswer{Peer: p.peers[d.PC]}
	case "pc.addTrack":
		return messages.AddMicrophone{Peer: p.peers[d.PC]}
	case "sdk.event":
		return messages.Announce{Event: event(p.t, d)}
	default:
		return nil
	}
}

var (
	initiation = regexp.MustCompile(`<(proceed|accept) [^>]*id="([^"]*)"`)
	reason     = regexp.MustCompile(`"reason":"([^"]*)"|<reason><([a-z-]+)`)
)

// sent is the effect that sends a frame like this one.
func (p *parrot) sent(frame string) messages.Effect {
	if m := initiation.FindStringSubmatch(frame); m != nil && m[1] == "proceed" {
		return messages.SendProceed{Session: messages.SessionID(m[2]), To: "x@gjoll.y/z"}
	} else if m != nil {
		return messages.SendAccept{Session: messages.SessionID(m[2]), To: "a@b"}
	}
	switch {
	case strings.HasPrefix(frame, "<open"):
		return messages.SendStreamOpen{Domain: "b"}
	case strings.HasPrefix(frame, "<auth"):
		return messages.SendAuth{JID: "a@b"}
	case strings.HasPrefix(frame, "<close"):
		return messages.SendStreamClose{}
	}
	iq, ok := capture.IdentifyIQ(frame)
	if !ok {
		return nil
	}
	words := strings.Fields(iq.Key)
	switch words[0] {
	case "bind":
		return messages.SendBind{}
	case "ping":
		return messages.SendPing{}
	case "services":
		return messages.SendServices{Domain: "b", Type: words[1]}
	case "subscribe":
		return messages.SendSubscribe{Topic: words[1], JID: "a@b"}
	default:
		return p.signalled(words, frame)
	}
}

// signalled is the effect that sends a session's IQ: words are its key's.
func (p *parrot) signalled(words []string, frame string) messages.Effect {
	how, sid, to := messages.SDPOverXMPP, messages.SessionID(words[2]), messages.JID("x@gjoll.y/z")
	if words[0] == "jingle" {
		how = messages.Jingle
	}
	why := ""
	if m := reason.FindStringSubmatch(strings.ReplaceAll(frame, "&quot;", `"`)); m != nil {
		why = m[1] + m[2]
	}
	switch words[1] {
	case "answer", "session-accept":
		return messages.SendAnswer{Signalling: how, Session: sid, To: to, Peer: p.speaks[sid]}
	case "iceCandidate", "transport-info":
		return messages.SendCandidate{Signalling: how, Session: sid, To: to, Peer: p.speaks[sid], Mid: "0"}
	case "info", "session-info":
		return messages.SendActive{Signalling: how, Session: sid, To: to, Peer: p.speaks[sid]}
	default:
		return messages.SendTerminate{Signalling: how, Session: sid, To: to, Peer: p.speaks[sid], Reason: why}
	}
}

// named is an event whose name is all that is compared.
type named string

// Name is the event's name.
func (n named) Name() string { return string(n) }

// event is the event that was recorded, as far as it is compared.
func event(t testing.TB, d did) messages.Event {
	read := func(i int, v any) {
		if i < len(d.Args) {
			if err := json.Unmarshal(d.Args[i], v); err != nil {
				t.Fatalf("%s: %v", d.Event, err)
			}
		}
	}
	var session struct {
		S messages.SessionSummary `json:"$session"`
	}
	switch d.Event {
	case "connected":
		var e messages.StreamConnected
		read(0, &e)
		return e
	case "pendingSession":
		var e messages.PendingSession
		read(0, &e)
		var mode struct {
			Mode string `json:"privAnswerMode"`
		}
		read(0, &mode)
		e.PrivAnswer = mode.Mode
		return e
	case "cancelPendingSession":
		var e messages.CancelPendingSession
		read(0, &e)
		return e
	case "handledPendingSession":
		var e messages.HandledPendingSession
		read(0, &e)
		return e
	case "sessionStarted":
		read(0, &session)
		return messages.SessionStarted{Session: session.S}
	case "sessionEnded":
		e := messages.SessionEnded{}
		read(0, &session)
		read(1, &e)
		e.Session = session.S
		return e
	case "sessionInterrupted":
		var e messages.SessionInterrupted
		read(0, &e)
		return e
	case "conversationUpdate":
		return conversationUpdate(t, d.Args[0])
	case "station":
		var e messages.StationChanged
		read(0, &e)
		return e
	case "concurrentSoftphoneSessionsEnabled":
		var e messages.ConcurrentSessionsEnabled
		read(0, &e.Enabled)
		return e
	case "sdkError":
		var e struct {
			E messages.ErrorInfo `json:"$error"`
		}
		read(0, &e)
		return messages.SDKError{Error: e.E}
	default:
		return named(d.Event)
	}
}

func conversationUpdate(t testing.TB, raw json.RawMessage) messages.Event {
	type entry struct {
		Conversation messages.ConversationID `json:"conversationId"`
		Session      messages.SessionID      `json:"sessionId"`
		Call         *replay.CallView        `json:"call"`
	}
	var u struct {
		Active                  *messages.ConversationID `json:"activeConversationId"`
		Current, Added, Removed []entry
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		t.Fatal(err)
	}
	e := messages.ConversationUpdate{ActiveKnown: u.Active != nil}
	if u.Active != nil {
		e.Active = *u.Active
	}
	list := func(from []entry) (to []messages.ConversationState) {
		flag := func(b *bool) messages.Flag {
			if b == nil {
				return messages.Unset
			}
			return messages.FlagOf(*b)
		}
		for _, c := range from {
			s := messages.ConversationState{Conversation: c.Conversation, Session: c.Session}
			if c.Call != nil {
				s.Call = &messages.Leg{
					State: messages.CallState(c.Call.State), Muted: flag(c.Call.Muted), Held: flag(c.Call.Held),
					Confined: flag(c.Call.Confined), Direction: c.Call.Direction,
				}
			}
			to = append(to, s)
		}
		return to
	}
	e.Current, e.Added, e.Removed = list(u.Current), list(u.Added), list(u.Removed)
	return e
}

// parroted are the kinds of records that a parrot writes again.
var parroted = []string{"sdk.event", "http.req", "ws.send"}

func sampled(records []port.Record) []port.Record {
	return slices.DeleteFunc(slices.Clone(records), func(r port.Record) bool { return !slices.Contains(parroted, r.Kind) })
}

// parrotReplay replays a log on a parrot and checks it; heard are the kinds of what the cell was told.
func parrotReplay(t *testing.T, log *capture.Capture) (heard []string) {
	t.Helper()
	cell := newParrot(t, log)
	result, err := replay.Run(log.Records, host.Around(cell, quirk.SDK924()), replay.Options{Environment: log.Config.Options.Environment})
	if err != nil {
		t.Fatalf("%s: %v", log.Name, err)
	}
	for _, e := range result.Entries {
		if e.Problem != "" || e.Orphan != "" && !faithful(e.Orphan) {
			t.Errorf("%s:%d: %s%s", log.Name, e.Line, e.Problem, e.Orphan)
		}
	}
	report := capture.Compare(sampled(log.Records), sampled(result.Outputs), log.Config.Tolerance())
	if !report.Match() {
		d := report.First()
		t.Errorf("%s: %s #%d: want %+v, got %+v", log.Name, d.List, d.Index, d.Want, d.Got)
	}
	for _, in := range cell.heard {
		heard = append(heard, in.Kind())
	}
	return heard
}

func TestEveryCaptureIsReadPairedAndWrittenAgain(t *testing.T) {
	for _, name := range captures.Names() {
		parrotReplay(t, embedded(t, name))
	}
}

func TestARedactedCaptureReplaysAsTheOriginal(t *testing.T) {
	for i, name := range captures.Names() {
		if i%14 != 0 {
			continue
		}
		log := embedded(t, name)
		records, err := capture.Redact(log)
		if err != nil {
			t.Fatal(err)
		}
		redacted := &capture.Capture{Name: log.Name + " (redacted)", Config: log.Config, Records: records}
		if want, got := parrotReplay(t, log), parrotReplay(t, redacted); !slices.Equal(want, got) {
			t.Errorf("%s: redacted, the cell is told %v instead of %v", name, got, want)
		}
	}
}

// embedded is a recording of this binary.
func embedded(t *testing.T, name string) *capture.Capture {
	t.Helper()
	log, err := openLog(name)
	if err != nil {
		t.Fatal(err)
	}
	return log.capture
}

// faithful tells whether an orphan is one of every faithful replay: the throw-away peer connection and telemetry are the
// SDK's own, and no effect asks for them; the SDK passes over what answers in another's name, too.
func faithful(orphan string) bool {
	return orphan == "it is the SDK's feature check" || orphan == "it comes from someone who was not asked" ||
		strings.HasPrefix(orphan, "POST /diagnostics/trace")
}
