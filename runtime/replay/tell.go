package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// tell translates a record and tells the cell. Outputs of the recording, remarks and unknown kinds are passed over.
func (d *driver) tell(r *port.Record, at time.Duration) error {
	switch {
	case r.Kind == "api":
		return d.tellRequest(r, at)
	case r.Kind == "ws.recv":
		return d.tellFrame(r, at)
	case strings.HasPrefix(r.Kind, "ws."):
		return d.tellSocket(r, at)
	case r.Kind == "http.res":
		return d.tellResponse(r, at)
	case strings.HasPrefix(r.Kind, "gum."):
		return d.tellMicrophone(r, at)
	case r.Kind == "pc.state", r.Kind == "pc.icecandidate", r.Kind == "pc.err", r.Kind == "pc.close":
		return d.tellPeer(r, at)
	case strings.HasPrefix(r.Kind, "page."):
		return d.tellPage(r, at)
	case r.Kind == "state":
		return d.look(r, at)
	default:
		return nil
	}
}

// orphan keeps a record that the cell is not told of.
func (d *driver) orphan(r *port.Record, at time.Duration, why string) error {
	e := d.entry(r, at)
	e.Orphan = why
	d.result.Entries = append(d.result.Entries, e)
	return nil
}

// problem keeps a record that could not be read.
func (d *driver) problem(r *port.Record, at time.Duration, err error) error {
	e := d.entry(r, at)
	e.Problem = Readable(err)
	d.result.Entries = append(d.result.Entries, e)
	return nil
}

// Readable is an error's text for people who know the files and not the code: a value of a wrong type is told by its field
// and what stands there, without this code's types.
func Readable(err error) string {
	wrong := (*json.UnmarshalTypeError)(nil)
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	what := fmt.Sprintf("a value is a %s, which it cannot be", wrong.Value)
	if wrong.Field != "" {
		what = fmt.Sprintf("%s is a %s, which it cannot be", wrong.Field, wrong.Value)
	}
	return strings.ReplaceAll(err.Error(), wrong.Error(), what)
}

func (d *driver) look(r *port.Record, at time.Duration) error {
	if d.host.Look == nil {
		return nil
	}
	record, err := port.NewRecord(d.writer.next, r.At, "state", d.host.Look())
	if err != nil {
		return d.problem(r, at, err)
	}
	d.writer.next++
	record.Line = r.Line
	d.result.Outputs = append(d.result.Outputs, record)
	return nil
}

func (d *driver) tellRequest(r *port.Record, at time.Duration) error {
	var f struct {
		Name string            `json:"name"`
		Args []json.RawMessage `json:"args"`
		N    messages.CallID   `json:"n"`
	}
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	if d.calls++; f.N == 0 {
		f.N = d.calls
	}
	d.writer.called(f.N, f.Name)
	return d.feed(r, at, requestOf(f.Name, f.N, f.Args))
}

func (d *driver) tellSocket(r *port.Record, at time.Duration) error {
	var f struct {
		WS     int    `json:"ws"`
		Code   int    `json:"code"`
		Reason string `json:"reason"`
		Clean  bool   `json:"clean"`
	}
	if r.Kind != "ws.open" && r.Kind != "ws.close" && r.Kind != "ws.error" {
		return nil
	}
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	socket, orphan := d.socket(f.WS)
	if orphan != "" {
		return d.orphan(r, at, orphan)
	}
	switch r.Kind {
	case "ws.open":
		return d.feed(r, at, messages.SocketOpened{Socket: socket})
	case "ws.close":
		return d.feed(r, at, messages.SocketClosed{Socket: socket, Code: f.Code, Reason: f.Reason, Clean: f.Clean})
	default:
		return d.feed(r, at, messages.SocketFailed{Socket: socket})
	}
}

// socket is the cell's socket that a recorded counter stands for, or why there is none. A recording that does not say
// when its sockets were asked for has counted them from 1.
func (d *driver) socket(ws int) (socket int, orphan string) {
	q, orphan := d.sockets.find(strconv.Itoa(ws))
	if !d.socketsTold {
		q, orphan = d.sockets.nth(place{socketKey, ws - 1})
	}
	if orphan != "" {
		return 0, orphan
	}
	return q.what, ""
}

func (d *driver) tellFrame(r *port.Record, at time.Duration) error {
	var f struct {
		WS  int    `json:"ws"`
		XML string `json:"xml"`
	}
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	socket, orphan := d.socket(f.WS)
	if orphan != "" {
		return d.orphan(r, at, orphan)
	}
	frame, err := d.host.Frames.DecodeFrame(socket, []byte(f.XML))
	switch {
	case err != nil:
		return d.problem(r, at, err)
	case frame.Answer != nil:
		return d.tellAnswer(r, at, *frame.Answer)
	case frame.Notification != nil:
		in, err := d.host.Notifications.DecodeNotification(frame.Notification.Topic, frame.Notification.Body)
		if err != nil {
			return d.problem(r, at, err)
		}
		return d.feed(r, at, in)
	default:
		return d.feed(r, at, frame.Input)
	}
}

// tellAnswer pairs the answer to an IQ.
func (d *driver) tellAnswer(r *port.Record, at time.Duration, a port.IQAnswer) error {
	if !port.MayAnswer(a.From, d.iqTo[a.ID], d.self) {
		return d.orphan(r, at, "it comes from someone who was not asked")
	}
	effect, orphan := d.iqs.take(a.ID)
	if orphan != "" {
		return d.orphan(r, at, orphan)
	}
	if a.Bound != "" {
		d.self = a.Bound
		d.writer.about.Self = a.Bound
	}
	for _, in := range port.Answers(d.effects[effect], effect, a) {
		if err := d.feed(r, at, in); err != nil {
			return err
		}
	}
	return nil
}

var origin = regexp.MustCompile(`(?i)^[a-z]+://[^/]+`)

// pathOf is a URL's path and query below /api/v2.
func pathOf(url string) string {
	return strings.TrimPrefix(origin.ReplaceAllString(url, ""), "/api/v2")
}

func requestKey(method, path string) string {
	return strings.ToUpper(method) + " " + strings.TrimPrefix(path, "/api/v2")
}

func (d *driver) tellResponse(r *port.Record, at time.Duration) error {
	var f struct {
		N       int               `json:"n"`
		Status  int               `json:"status"`
		Body    json.RawMessage   `json:"body"`
		Headers map[string]string `json:"headers"`
	}
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	q, orphan := d.rest.take(strconv.Itoa(f.N))
	if orphan != "" {
		return d.orphan(r, at, orphan)
	}
	in := d.host.REST.DecodeResponse(q.request, f.Status, retryAfter(f.Headers), bodyOf(f.Body))
	in.Effect = q.effect
	return d.feed(r, at, in)
}

// bodyOf is a recorded body: text, or a JSON value that stands for its text.
func bodyOf(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text)
	}
	return raw
}

// retryAfter is the header of that name (RFC 9110 section 10.2.3), or "".
func retryAfter(headers map[string]string) string {
	for name, value := range headers {
		if strings.EqualFold(name, "retry-after") {
			return value
		}
	}
	return ""
}

// tellMicrophone answers the oldest request for a microphone that is open.
func (d *driver) tellMicrophone(r *port.Record, at time.Duration) error {
	var f struct {
		E string `json:"e"`
	}
	if r.Kind != "gum.ok" && r.Kind != "gum.err" {
		return nil
	}
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	if len(d.mics) == 0 {
		return d.orphan(r, at, "no microphone was asked for")
	}
	effect := d.mics[0]
	d.mics = d.mics[1:]
	if r.Kind == "gum.ok" {
		return d.feed(r, at, messages.MicrophoneGranted{Effect: effect})
	}
	name, message, found := strings.Cut(f.E, ": ")
	if !found {
		name, message = "Error", f.E
	}
	return d.feed(r, at, messages.MicrophoneDenied{Effect: effect, Name: name, Message: message})
}

func (d *driver) tellPage(r *port.Record, at time.Duration) error {
	var f struct {
		Value any `json:"value"`
	}
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	switch r.Kind {
	case "page.visibility":
		return d.feed(r, at, messages.PageShown{Visible: f.Value == "visible" || f.Value == true})
	case "page.online":
		return d.feed(r, at, messages.NetworkChanged{Online: f.Value == true})
	default:
		return nil
	}
}

// tellPeer tells what a peer connection reported, and takes the results of operations from what it shows.
func (d *driver) tellPeer(r *port.Record, at time.Duration) error {
	var f peerFields
	if err := r.Decode(&f); err != nil {
		return d.problem(r, at, err)
	}
	d.peers.saw(r.Kind, f)
	if r.Kind == "pc.close" {
		return nil // the recorded client's own decision
	}
	peer, orphan := d.peers.find(f.PC)
	switch {
	case r.Kind == "pc.err":
		return d.tellRejection(r, at, f)
	case r.Kind == "pc.state" && f.What == "signalingState":
		if i := d.peers.oldest(peer, f.Value); orphan == "" && i >= 0 {
			return d.feed(r, at, messages.PeerDone{Effect: d.peers.settle(i).effect})
		}
		return nil
	case r.Kind == "pc.state" && f.What == "iceGatheringState":
		return nil
	case orphan != "":
		return d.orphan(r, at, orphan)
	case r.Kind == "pc.icecandidate":
		return d.feed(r, at, localCandidate(peer, f))
	case f.What == "connectionState":
		return d.feed(r, at, messages.PeerConnectionChanged{Peer: peer, State: messages.PeerPhase(f.Value), Silent: f.Silent})
	case f.What == "iceConnectionState":
		return d.feed(r, at, messages.PeerICEChanged{Peer: peer, State: messages.PeerPhase(f.Value)})
	default:
		return d.problem(r, at, fmt.Errorf("line %d: pc.state of %q: not a state of a peer connection", r.Line, f.What))
	}
}

// localCandidate is a gathered candidate. Recorders that do not tell the mid recorded a single media line, which is "0".
func localCandidate(peer messages.Ref, f peerFields) messages.LocalCandidate {
	c := messages.LocalCandidate{Peer: peer, Mid: f.Mid}
	if f.Cand != nil {
		c.Candidate = messages.Candidate(*f.Cand)
	}
	if c.Mid == "" {
		c.Mid = "0"
	}
	return c
}

func (d *driver) tellRejection(r *port.Record, at time.Duration, f peerFields) error {
	peer, made := d.peers.cells[strconv.Itoa(f.PC)]
	effect, ok := d.peers.rejected(peer)
	if !made || !ok {
		return d.orphan(r, at, "no operation of that peer connection is open")
	}
	name, message := domError(f.Error)
	return d.feed(r, at, messages.PeerRejected{Effect: effect, Name: name, Message: message})
}
