package replay_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// scripted is a cell that does what a test wrote down: for each kind of input its effects, and timers.
type scripted struct {
	effects map[string][]messages.Effect
	timers  []time.Duration
	fail    error // what the next input brings
	heard   []string
	seq     uint64
	steps   []runtime.Step
}

func (c *scripted) Handle(at time.Duration, in messages.Input) (runtime.Step, error) {
	if c.fail != nil {
		return runtime.Step{}, c.fail
	}
	c.seq++
	c.heard = append(c.heard, fmt.Sprintf("%v %s %s", at, in.Kind(), fieldsOf(in)))
	step := runtime.Step{Seq: c.seq, At: at, Input: in}
	for i, e := range c.effects[in.Kind()] {
		step.Outputs = append(step.Outputs, runtime.Output{ID: messages.NewEffectID(c.seq, i+1), Effect: e})
	}
	c.effects[in.Kind()] = nil
	c.steps = append(c.steps, step)
	return step, nil
}

func (c *scripted) NextTimer() (time.Duration, bool) {
	if len(c.timers) == 0 {
		return 0, false
	}
	return c.timers[0], true
}

func (c *scripted) FireNext(at time.Duration) (runtime.Step, error) {
	due := c.timers[0]
	c.timers = c.timers[1:]
	return c.Handle(at, messages.TimerFired{Actor: 1, Timer: "t", Due: due})
}

func fieldsOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// plain is a codec of frames that are words: "answer ID", "ring", "note", "bad"; what is sent is "sent KIND".
type plain struct{}

func (plain) DecodeFrame(socket int, frame []byte) (port.Frame, error) {
	words := strings.Fields(string(frame))
	switch words[0] {
	case "answer":
		return port.Frame{Answer: &port.IQAnswer{ID: words[1], From: messages.JID(strings.Join(words[2:], ""))}}, nil
	case "refuse":
		return port.Frame{Answer: &port.IQAnswer{ID: words[1], Condition: "item-not-found", JingleCondition: "unknown-session"}}, nil
	case "note":
		return port.Frame{Notification: &port.Notification{Topic: words[1]}}, nil
	case "bad":
		return port.Frame{}, errors.New("this frame cannot be read")
	default:
		return port.Frame{Input: messages.UnknownFrame{Socket: socket, Name: words[0]}}, nil
	}
}

func (plain) EncodeFrame(effect messages.Effect, _ port.FrameContext) ([]byte, bool, error) {
	return []byte("sent " + effect.Kind()), strings.HasPrefix(effect.Kind(), "send-"), nil
}

func (plain) DecodeNotification(topic string, _ []byte) (messages.Input, error) {
	return messages.UnknownTopic{Topic: topic}, nil
}

func (plain) EncodeRequest(r messages.Request) (method, path string, body []byte, err error) {
	return "GET", "/" + string(r.Of), nil, nil
}

func (plain) DecodeResponse(_ messages.Request, status int, retryAfter string, body []byte) messages.HTTPAnswered {
	return messages.HTTPAnswered{Status: status, Malformed: retryAfter + string(body)}
}

// identify reads what the recorded client sent: "ask ID KEY TO".
func identify(frame string) (port.IQ, bool) {
	words := strings.Fields(frame)
	if len(words) < 3 || words[0] != "ask" {
		return port.IQ{}, false
	}
	iq := port.IQ{ID: words[1], Key: strings.ReplaceAll(words[2], "_", " ")}
	if len(words) > 3 {
		iq.To = messages.JID(words[3])
	}
	return iq, true
}

// recording makes records of lines such as `5 api {"name":"x"}`: t, kind, fields.
func recording(t testing.TB, lines ...string) []port.Record {
	t.Helper()
	var records []port.Record
	for i, line := range append([]string{`0 config {}`}, lines...) {
		var ms float64
		var kind string
		if _, err := fmt.Sscan(line, &ms, &kind); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		text := line[strings.Index(line, "{"):]
		r, err := port.NewRecord(i, 1000*time.Millisecond+port.FromMilliseconds(ms), kind, json.RawMessage(text))
		if err != nil {
			t.Fatal(err)
		}
		r.Line = i + 1
		records = append(records, r)
	}
	return records
}

func run(t testing.TB, cell *scripted, lines ...string) *replay.Result {
	t.Helper()
	if cell.effects == nil {
		cell.effects = map[string][]messages.Effect{}
	}
	result, err := replay.Run(recording(t, lines...), replay.Host{
		Cell: cell, Frames: plain{}, Notifications: plain{}, REST: plain{}, IdentifyIQ: identify,
	}, replay.Options{Environment: "http://lab:1"})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func expect(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func orphans(r *replay.Result) []string {
	var list []string
	for _, e := range r.Entries {
		if e.Orphan != "" || e.Problem != "" {
			list = append(list, fmt.Sprintf("line %d: %s%s", e.Line, e.Orphan, e.Problem))
		}
	}
	return list
}

func TestRequestsOfTheApplication(t *testing.T) {
	cell := &scripted{}
	run(t, cell,
		`1 api {"name":"initialize","args":[]}`,
		`2 api {"name":"acceptPendingSession","args":[{"conversationId":"C","sessionId":7}]}`,
		`2 api {"name":"setAudioMute","args":[{"conversationId":"C","mute":true}]}`,
		`2 api {"name":"setConversationHeld","args":[{"conversationId":"C","held":true}]}`,
		`2 api {"name":"startSoftphoneSession","args":[{"phoneNumber":"1"}]}`,
		`2 api {"name":"forceTerminateSession","args":["S","cancel"]}`,
		`2 api {"name":"endSession","args":[{}]}`,
		`2 api {"name":"removeAllowedSessionType","args":["softphone"]}`,
		`2 api {"name":"somethingNew","n":44}`,
	)
	expect(t, cell.heard,
		`1ms initialize {"call":1}`,
		`2ms answer {"call":2,"conversation":"C"}`,
		`2ms mute {"call":3,"conversation":"C","muted":true}`,
		`2ms hold {"call":4,"conversation":"C","held":true}`,
		`2ms dial {"call":5,"params":"{\"phoneNumber\":\"1\"}"}`,
		`2ms terminate-session {"call":6,"session":"S","reason":"cancel"}`,
		`2ms end-session {"call":7}`,
		`2ms disallow-session-type {"call":8,"type":"softphone"}`,
		`2ms unknown-request {"call":44,"name":"somethingNew"}`,
	)
}

func TestTimersFireBeforeARecordOfTheSameTime(t *testing.T) {
	cell := &scripted{timers: []time.Duration{3 * time.Millisecond, 5 * time.Millisecond, 9 * time.Millisecond, time.Second}}
	result := run(t, cell, `5 page.online {"value":false}`, `10 step {}`)
	expect(t, cell.heard,
		`3ms timer-fired {"actor":1,"timer":"t","due":3000000}`,
		`5ms timer-fired {"actor":1,"timer":"t","due":5000000}`,
		`5ms network-changed {"online":false}`,
		`9ms timer-fired {"actor":1,"timer":"t","due":9000000}`,
	)
	if e := result.Entries[0]; e.Line != 2 || e.At != 1003*time.Millisecond {
		t.Errorf("the first timer is told at line %d, %v", e.Line, e.At)
	}
}

func TestAClockThatJumpsFiresLate(t *testing.T) {
	cell := &scripted{timers: []time.Duration{10 * time.Millisecond, 500 * time.Millisecond}}
	run(t, cell, `1020 clock {"ms":1000}`)
	expect(t, cell.heard,
		`10ms timer-fired {"actor":1,"timer":"t","due":10000000}`,
		`1.02s timer-fired {"actor":1,"timer":"t","due":500000000}`,
	)
}

func TestSocketsAndFrames(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{"initialize": {messages.OpenSocket{Socket: 1, Channel: "c"}}}}
	result := run(t, cell,
		`0 ws.new {"ws":4}`, `0 ws.new {"ws":5}`,
		`1 ws.open {"ws":4}`,
		`2 api {"name":"initialize"}`,
		`3 ws.open {"ws":4}`, `4 ws.recv {"ws":4,"xml":"ring"}`, `5 ws.recv {"ws":4,"xml":"note v2.x"}`,
		`6 ws.recv {"ws":4,"xml":"bad"}`, `7 ws.recv {"ws":5,"xml":"ring"}`, `8 ws.error {"ws":4}`,
		`9 ws.close {"ws":4,"code":1006,"clean":false}`, `10 ws.close {"ws":6,"code":1}`,
	)
	expect(t, cell.heard[1:],
		`3ms socket-opened {"socket":1}`,
		`4ms unknown-frame {"socket":1,"name":"ring"}`,
		`5ms unknown-topic {"topic":"v2.x"}`,
		`8ms socket-failed {"socket":1}`,
		`9ms socket-closed {"socket":1,"code":1006}`,
	)
	expect(t, orphans(result),
		"line 4: socket #1 was not asked",
		"line 9: this frame cannot be read",
		"line 10: socket #2 was not asked",
		"line 13: it answers nothing that the recorded client asked",
	)
}

func TestAnswersToIQsPairByWhatWasAsked(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{
		"initialize": {messages.OpenSocket{Socket: 1}, messages.Announce{Event: messages.StreamConnected{}},
			messages.CreatePeer{Peer: 2, Signalling: messages.Jingle},
			messages.SendServices{Type: "stun"}, messages.SendServices{Type: "turn"},
			messages.SendTerminate{Signalling: messages.Jingle, Session: "S", Peer: 2}, messages.SendPing{}},
	}}
	result := run(t, cell,
		`0 ws.new {"ws":1}`,
		`0 ws.send {"xml":"ask a services_turn d"}`, `0 ws.send {"xml":"ask b services_stun d"}`, `0 ws.send {"xml":"ask c ping"}`,
		`0 ws.send {"xml":"ask e ping"}`, `0 ws.send {"xml":"ask f jingle_session-terminate_S x@d/r"}`,
		`1 api {"name":"initialize"}`,
		`2 ws.recv {"ws":1,"xml":"answer a d"}`, `2 ws.recv {"ws":1,"xml":"answer b evil"}`, `3 ws.recv {"ws":1,"xml":"answer b"}`,
		`4 ws.recv {"ws":1,"xml":"answer a"}`, `5 ws.recv {"ws":1,"xml":"answer e"}`, `5 ws.recv {"ws":1,"xml":"answer zz"}`,
		`6 ws.recv {"ws":1,"xml":"refuse f"}`,
	)
	expect(t, cell.heard[1:],
		`2ms iq-answered {"effect":"1.5"}`,
		`3ms iq-answered {"effect":"1.4"}`,
		`6ms peer-refused {"session":"S","condition":"unknown-session"}`,
		`6ms iq-answered {"effect":"1.6","condition":"item-not-found"}`,
	)
	expect(t, orphans(result),
		"line 10: it comes from someone who was not asked",
		"line 12: it was answered before",
		"line 13: ping #2 was not asked",
		"line 14: it answers nothing that the recorded client asked",
	)
	if want := []messages.EffectID{"1.7"}; !reflect.DeepEqual(result.Unanswered, want) {
		t.Errorf("unanswered are %v, want %v", result.Unanswered, want)
	}
}

func TestResponsesPairByNumberAndPath(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{
		"initialize": {messages.Request{Of: "b"}, messages.Request{Of: "a"}, messages.Request{Of: "a"}},
	}}
	run(t, cell,
		`0 http.req {"n":1,"method":"GET","url":"http://h/api/v2/a"}`, `0 http.req {"n":2,"method":"GET","url":"http://h/api/v2/b"}`,
		`0 http.req {"n":3,"method":"get","url":"http://h/api/v2/a"}`,
		`1 api {"name":"initialize"}`,
		`2 http.res {"n":3,"status":429,"headers":{"Retry-After":"7"},"body":"x"}`, `3 http.res {"n":2,"status":200,"body":{"a":1}}`,
		`4 http.res {"n":1,"status":0}`,
	)
	expect(t, cell.heard[1:],
		`2ms http-answered {"effect":"1.3","status":429,"malformed":"7x"}`,
		`3ms http-answered {"effect":"1.1","status":200,"malformed":"{\"a\":1}"}`,
		`4ms http-answered {"effect":"1.2","status":0}`,
	)
}

func TestMicrophoneAndPeerConnection(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{
		"initialize":         {messages.CreatePeer{Peer: 7}, messages.Describe{Peer: 7}, messages.RequestMicrophone{Peer: 7}},
		"microphone-granted": {messages.AddMicrophone{Peer: 7}, messages.MakeAnswer{Peer: 7}},
		"page-shown":         {messages.Describe{Peer: 7}},
		"network-changed":    {messages.AddMicrophone{Peer: 7}},
	}}
	result := run(t, cell,
		`0 pc.new {"pc":1,"config":{}}`, `0 pc.new {"pc":2,"config":{"iceTransportPolicy":"all"}}`,
		`1 api {"name":"initialize"}`,
		`2 pc.state {"pc":1,"what":"connectionState","value":"closed"}`,
		`3 pc.state {"pc":2,"what":"signalingState","value":"have-remote-offer"}`,
		`4 gum.ok {"tracks":[]}`, `4 gum.err {"e":"NotAllowedError: no"}`,
		`5 page.visibility {"value":"visible"}`,
		`9 pc.state {"pc":2,"what":"signalingState","value":"stable"}`,
		`9 pc.state {"pc":2,"what":"iceGatheringState","value":"complete"}`,
		`10 pc.icecandidate {"pc":2,"cand":"candidate:1"}`, `10 pc.icecandidate {"pc":2,"cand":null,"mid":"1"}`,
		`11 pc.state {"pc":2,"what":"iceConnectionState","value":"connected"}`,
		`12 page.online {"value":true}`, `12 pc.err {"pc":2,"error":"InvalidStateError: closed"}`,
		`13 pc.state {"pc":2,"what":"connectionState","value":"closed","silent":true}`,
	)
	expect(t, cell.heard[1:],
		`3ms peer-done {"effect":"1.2"}`,
		`4ms microphone-granted {"effect":"1.3"}`,
		`5ms page-shown {"visible":true}`,
		`9ms peer-done {"effect":"3.2"}`,
		`10ms local-candidate {"peer":7,"mid":"0","candidate":"candidate:1"}`,
		`10ms local-candidate {"peer":7,"mid":"1"}`,
		`11ms peer-ice-changed {"peer":7,"state":"connected"}`,
		`12ms network-changed {"online":true}`,
		`12ms peer-rejected {"effect":"4.1","name":"InvalidStateError","message":"The RTCPeerConnection's signalingState is 'closed'."}`,
		`13ms peer-connection-changed {"peer":7,"state":"closed","silent":true}`,
	)
	expect(t, orphans(result), "line 5: it is the SDK's feature check", "line 8: no microphone was asked for")
}

func TestAnOperationThatLeftNoTraceSucceeds(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{
		"initialize": {messages.CreatePeer{Peer: 7}, messages.Describe{Peer: 7}},
		"peer-done":  {messages.MakeAnswer{Peer: 7}},
		"page-shown": {messages.Describe{Peer: 7}, messages.ClosePeer{Peer: 7}},
	}}
	result := run(t, cell,
		`0 pc.new {"pc":2,"config":{"iceTransportPolicy":"all"}}`,
		`1 api {"name":"initialize"}`, `100 page.visibility {"value":"visible"}`, `200 step {}`,
	)
	expect(t, cell.heard[1:],
		`2ms peer-done {"effect":"1.2"}`,
		`4ms peer-done {"effect":"2.1"}`,
		`100ms page-shown {"visible":true}`,
	)
	if want := []messages.EffectID{"4.1"}; !reflect.DeepEqual(result.Unanswered, want) {
		t.Errorf("unanswered are %v, want %v", result.Unanswered, want)
	}
}

// A browser never answers what was asked of a connection that is closed meanwhile.
func TestAnAnswerThatTheCloseOvertakesIsNeverMade(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{
		"initialize": {messages.CreatePeer{Peer: 7}, messages.Describe{Peer: 7}},
		"peer-done":  {messages.MakeAnswer{Peer: 7}},
		"page-shown": {messages.ClosePeer{Peer: 7}},
	}}
	result := run(t, cell,
		`0 pc.new {"pc":2,"config":{"iceTransportPolicy":"all"}}`,
		`1 api {"name":"initialize"}`, `2 pc.state {"pc":2,"what":"signalingState","value":"have-remote-offer"}`,
		`100 page.visibility {"value":"visible"}`, `100 pc.close {"pc":2}`, `200 step {}`,
	)
	expect(t, cell.heard[1:], `2ms peer-done {"effect":"1.2"}`, `100ms page-shown {"visible":true}`)
	if want := []messages.EffectID{"2.1"}; !reflect.DeepEqual(result.Unanswered, want) {
		t.Errorf("unanswered are %v, want %v", result.Unanswered, want)
	}
}

func TestOutputsAreRecords(t *testing.T) {
	cell := &scripted{timers: []time.Duration{3 * time.Millisecond}, effects: map[string][]messages.Effect{
		"end-session": {
			messages.Settle{Call: 9, Error: &messages.ErrorInfo{Type: messages.ErrSession, Name: "Error", Message: "no"}},
			messages.Request{Of: "a"},
			messages.SendProceed{Session: "late"},
			messages.Announce{Event: messages.StreamConnected{}},
			messages.SendProceed{Session: "S"},
			messages.Announce{Event: messages.SessionTerminated{Session: "S", Reason: "success"}},
			messages.Announce{Event: messages.ConversationUpdate{
				Current: []messages.ConversationState{{Conversation: "C", Session: "S", Call: &messages.Leg{State: "connected", Held: messages.No}}},
			}},
		},
		"timer-fired": {messages.Announce{Event: messages.StationChanged{Action: "Disassociated"}}},
	}}
	result := run(t, cell, `1 api {"name":"endSession","args":[{}],"n":9}`, `5 step {}`)
	var lines []string
	for _, r := range result.Outputs {
		lines = append(lines, fmt.Sprintf("%d %v %s", r.Line, r.Timed, r.Fields))
	}
	expect(t, lines,
		`2 false {"seq":0,"t":1001,"k":"api.err","error":{"message":"no","name":"Error","type":"session"},"n":9,"name":"endSession"}`,
		`2 false {"seq":1,"t":1001,"k":"http.req","method":"GET","n":1,"url":"http://lab:1/api/v2/a"}`,
		`2 false {"seq":2,"t":1001,"k":"sdk.event","args":[{"reconnect":false}],"ev":"connected"}`,
		`2 false {"seq":3,"t":1001,"k":"ws.send","ws":0,"xml":"sent send-proceed"}`,
		`2 false {"seq":4,"t":1001,"k":"session.event","args":[{"condition":"success"}],"ev":"terminated","sid":"S"}`,
		`2 false {"seq":5,"t":1001,"k":"sdk.event","args":[{"added":[],"current":[{"call":{"state":"connected","held":false},"conversationId":"C","sessionId":"S"}],"removed":[]}],"ev":"conversationUpdate"}`,
		`3 true {"seq":6,"t":1003,"k":"sdk.event","args":[{"action":"Disassociated","station":null}],"ev":"station"}`,
	)
}

func TestALookInsideIsAnOutput(t *testing.T) {
	records := recording(t, `1 state {"label":"x"}`)
	active := "S"
	result, err := replay.Run(records, replay.Host{
		Cell: &scripted{}, IdentifyIQ: identify,
		Look: func() replay.State { return replay.State{Connected: true, ActiveSession: &active} },
	}, replay.Options{})
	if err != nil || len(result.Outputs) != 1 || result.Outputs[0].Kind != "state" {
		t.Fatalf("got %+v, %v", result, err)
	}
	if text := string(result.Outputs[0].Fields); !strings.Contains(text, `"connected":true`) || !strings.Contains(text, `"activeSession":"S"`) {
		t.Errorf("got %s", text)
	}
}

func TestAFailingCellStopsTheReplay(t *testing.T) {
	broken := errors.New("an assumption was broken")
	result, err := replay.Run(recording(t, `1 api {"name":"initialize"}`), replay.Host{
		Cell: &scripted{fail: broken}, IdentifyIQ: identify,
	}, replay.Options{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "line 2") || result == nil {
		t.Errorf("got %v, %v", result, err)
	}
	if _, err := replay.Run(nil, replay.Host{}, replay.Options{}); !errors.Is(err, replay.ErrNothing) {
		t.Errorf("got %v for no records", err)
	}
}

func TestARefusedInputIsAProblemOfItsLine(t *testing.T) {
	result, err := replay.Run(recording(t, `1 api {"name":"initialize"}`), replay.Host{
		Cell: &scripted{fail: fmt.Errorf("input: %w", runtime.ErrRefused)}, IdentifyIQ: identify,
	}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, orphans(result), "line 2: input: refused")
}

func TestUntilStopsAfterASeq(t *testing.T) {
	cell := &scripted{effects: map[string][]messages.Effect{}}
	_, err := replay.Run(recording(t, `1 api {"name":"initialize"}`, `2 api {"name":"destroy"}`), replay.Host{
		Cell: cell, IdentifyIQ: identify,
	}, replay.Options{Until: 1})
	if err != nil || len(cell.heard) != 1 {
		t.Errorf("heard %q, %v", cell.heard, err)
	}
}

func TestTimersThatStartEachOtherAreAnError(t *testing.T) {
	_, err := replay.Run(recording(t, `1 step {}`), replay.Host{Cell: endless{&scripted{}}, IdentifyIQ: identify}, replay.Options{})
	if err == nil || !strings.Contains(err.Error(), "without end") {
		t.Errorf("got %v", err)
	}
}

// endless is a cell whose timer is always due.
type endless struct{ *scripted }

func (endless) NextTimer() (time.Duration, bool)                { return 0, true }
func (endless) FireNext(at time.Duration) (runtime.Step, error) { return runtime.Step{At: at}, nil }
