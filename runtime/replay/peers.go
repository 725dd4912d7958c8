package replay

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// What a recording shows of a peer connection's operations is their result: signalingState becomes have-remote-offer when a
// remote description was set, and stable when the answer was made; pc.err tells that one was rejected.
const (
	describedState = "have-remote-offer"
	answeredState  = "stable"
	errorEvidence  = "error"
	closeEvidence  = "close"
)

// How long an operation takes that left no trace: the time that a browser's takes on virtual time. Making an answer is
// two operations there.
const (
	describeTime = time.Millisecond
	answerTime   = 2 * time.Millisecond
)

// operation is an order to a peer connection whose result is awaited.
type operation struct {
	effect   messages.EffectID
	peer     messages.Ref
	evidence string        // the signalingState that shows its success
	asked    time.Duration // by the cell's clock
	takes    time.Duration
}

// attempt is an order whose success tells nothing, but which may be rejected.
type attempt struct {
	effect messages.EffectID
	peer   messages.Ref
}

// peers follows the peer connections of a replay. The k-th one that the recording has is the k-th that the cell orders.
type peers struct {
	recorded  []string                  // the recorded counters, in order
	made      int                       // how many the cell has ordered
	recording map[messages.Ref]string   // the recorded counter of the cell's
	cells     map[string]messages.Ref   // and the other way round
	left      map[string]map[string]int // recorded counter → evidence → how many records are still to come
	signaling map[string]string         // the recorded signalingState so far
	closed    map[messages.Ref]bool
	open      []operation
	attempts  []attempt
}

func newPeers() *peers {
	return &peers{
		recording: map[messages.Ref]string{}, cells: map[string]messages.Ref{}, left: map[string]map[string]int{},
		signaling: map[string]string{}, closed: map[messages.Ref]bool{},
	}
}

// peerFields are those of all records of peer connections.
type peerFields struct {
	PC     int            `json:"pc"`
	Config map[string]any `json:"config"`
	What   string         `json:"what"`
	Value  string         `json:"value"`
	Silent bool           `json:"silent"`
	Cand   *string        `json:"cand"`
	Mid    string         `json:"mid"`
	Error  string         `json:"error"`
}

// foresee notes the peer connections of a recording, and what it will show of each.
func (p *peers) foresee(r port.Record) {
	var f peerFields
	if !strings.HasPrefix(r.Kind, "pc.") || r.Decode(&f) != nil {
		return
	}
	id := strconv.Itoa(f.PC)
	switch {
	case r.Kind == "pc.new" && len(f.Config) > 0: // an empty one is the SDK's throw-away feature check
		p.recorded = append(p.recorded, id)
	case r.Kind == "pc.err":
		p.expect(id, errorEvidence, 1)
	case r.Kind == "pc.close":
		p.expect(id, closeEvidence, 1)
	case r.Kind == "pc.state" && f.What == "signalingState":
		p.expect(id, f.Value, 1)
	}
}

func (p *peers) expect(id, evidence string, n int) {
	if p.left[id] == nil {
		p.left[id] = map[string]int{}
	}
	p.left[id][evidence] += n
}

// order notes what the cell orders of peer connections.
func (p *peers) order(at time.Duration, id messages.EffectID, effect messages.Effect) {
	switch e := effect.(type) {
	case messages.CreatePeer:
		p.create(e.Peer)
	case messages.ClosePeer:
		p.closed[e.Peer] = true
	case messages.Describe:
		p.open = append(p.open, operation{id, e.Peer, describedState, at, describeTime})
	case messages.MakeAnswer:
		p.open = append(p.open, operation{id, e.Peer, answeredState, at, answerTime})
	case messages.AddMicrophone:
		p.attempts = append(p.attempts, attempt{id, e.Peer})
	case messages.AddCandidate:
		p.attempts = append(p.attempts, attempt{id, e.Peer})
	}
}

func (p *peers) create(peer messages.Ref) {
	delete(p.recording, peer)
	delete(p.closed, peer)
	if p.made < len(p.recorded) {
		p.recording[peer], p.cells[p.recorded[p.made]] = p.recorded[p.made], peer
	}
	p.made++
}

// find is the cell's peer connection that a recorded counter stands for, or why there is none.
func (p *peers) find(counter int) (peer messages.Ref, orphan string) {
	id := strconv.Itoa(counter)
	peer, made := p.cells[id]
	switch {
	case made && p.closed[peer]:
		return 0, "the peer connection was closed"
	case made:
		return peer, ""
	case slices.Contains(p.recorded, id):
		return 0, "the peer connection was not asked for"
	default:
		return 0, "it is the SDK's feature check"
	}
}

// traceless tells whether the recording will show nothing of an operation's result: it has no such record left, or the
// connection is in the state already that the operation leads to.
func (p *peers) traceless(i int) bool {
	o := p.open[i]
	id, known := p.recording[o.peer]
	if !known {
		return true
	}
	if p.closed[o.peer] {
		return false // a closed connection never answers; what it rejects is in the recording
	}
	left := p.left[id]
	if left[o.evidence]+left[errorEvidence] == 0 {
		return o.evidence != answeredState || p.signaling[id] == "" || left[closeEvidence] == 0 // else it was closed before it answered
	}
	alone := !slices.ContainsFunc(p.open[:i], func(before operation) bool { return before.peer == o.peer })
	return o.evidence == describedState && alone && p.signaling[id] == describedState
}

// next is the earliest time at which an operation without a trace has succeeded.
func (p *peers) next() (due time.Duration, index int, ok bool) {
	for i, o := range p.open {
		if done := o.asked + o.takes; (!ok || done < due) && p.traceless(i) {
			due, index, ok = done, i, true
		}
	}
	return due, index, ok
}

// saw notes that a record of the recording is behind us.
func (p *peers) saw(kind string, f peerFields) {
	id := strconv.Itoa(f.PC)
	switch {
	case kind == "pc.err":
		p.expect(id, errorEvidence, -1)
	case kind == "pc.close":
		p.expect(id, closeEvidence, -1)
	case kind == "pc.state" && f.What == "signalingState":
		p.expect(id, f.Value, -1)
		p.signaling[id] = f.Value
	}
}

// settle takes an operation from the open ones.
func (p *peers) settle(i int) operation {
	o := p.open[i]
	p.open = slices.Delete(p.open, i, i+1)
	return o
}

// oldest is the index of the oldest open operation of a peer whose success this evidence shows; "" is any. -1: none.
func (p *peers) oldest(peer messages.Ref, evidence string) int {
	return slices.IndexFunc(p.open, func(o operation) bool {
		return o.peer == peer && (evidence == "" || o.evidence == evidence)
	})
}

// rejected is the effect that a pc.err is about: the oldest open operation, or else the latest order without an answer.
func (p *peers) rejected(peer messages.Ref) (effect messages.EffectID, ok bool) {
	if i := p.oldest(peer, ""); i >= 0 {
		return p.settle(i).effect, true
	}
	for i := len(p.attempts) - 1; i >= 0; i-- {
		if p.attempts[i].peer == peer {
			effect = p.attempts[i].effect
			p.attempts = slices.Delete(p.attempts, i, i+1)
			return effect, true
		}
	}
	return "", false
}

// domError is the DOMException that a recorded error stands for. Recorders shorten the text; the SDK passes it on in full.
func domError(text string) (name, message string) {
	name, message, found := strings.Cut(text, ": ")
	if !found {
		return "Error", text
	}
	switch {
	case name == "InvalidStateError" && message == "closed":
		message = "The RTCPeerConnection's signalingState is 'closed'."
	case name == "InvalidStateError" && strings.HasPrefix(message, "createAnswer in "):
		message = "PeerConnection cannot create an answer in a state other than have-remote-offer or have-local-pranswer."
	}
	return name, message
}
