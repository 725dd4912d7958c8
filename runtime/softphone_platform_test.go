package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// platform is a small platform in memory, and the far end of every call. It fulfils all ports; its frames are JSON.
type platform struct {
	mu         sync.Mutex
	post       port.Post
	receive    port.Receive
	socket     int
	secured    bool
	peers      map[messages.Ref]port.Post
	sessions   []messages.Ref  // in the order in which media was asked for
	open       []string        // sockets, peer connections and microphones that are not closed
	sent       []string        // the kinds of the frames that were sent
	asked      string          // the id of the last IQ
	tokens     []string        // those that requests came with
	silent     map[string]bool // what is not answered: kinds of frames and requests
	refused    map[messages.RequestKind]int
	microphone error
}

const (
	agent   = messages.UserID("u-1")
	self    = messages.JID("u1@org.example.com")
	gateway = messages.JID("media@gjoll.example.com/1")
)

func newPlatform() *platform {
	return &platform{peers: map[messages.Ref]port.Post{}, silent: map[string]bool{}, refused: map[messages.RequestKind]int{}}
}

func (p *platform) ports() runtime.Ports {
	return runtime.Ports{Stream: p, REST: p, Media: media{p}, Frames: p, Notifications: p}
}

// livePorts stands for a program's own adapters in the example.
func livePorts() runtime.Ports { return newPlatform().ports() }

// refuse answers a kind of request with a status; 0: as ever.
func (p *platform) refuse(of messages.RequestKind, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused[of] = status
}

// hush answers a kind of frame or request no more.
func (p *platform) hush(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent[kind] = true
}

// --- REST

// Do answers a millisecond later.
func (p *platform) Do(ctx context.Context, token messages.Token, r messages.Request) messages.HTTPAnswered {
	p.mu.Lock()
	p.tokens = append(p.tokens, token.Reveal())
	silent, refused := p.silent[string(r.Of)], p.refused[r.Of]
	p.mu.Unlock()
	if silent {
		<-ctx.Done()
		return messages.HTTPAnswered{}
	}
	if refused != 0 {
		return messages.HTTPAnswered{Status: refused}
	}
	time.Sleep(time.Millisecond)
	done := messages.HTTPAnswered{Status: 200}
	switch r.Of {
	case messages.GetMe:
		done.Me = &messages.MeBody{User: agent, JID: self, Station: "st-1"}
	case messages.PostChannel:
		done.Channel = "channel-1"
	case messages.GetStation:
		done.Station = &messages.StationInfo{ID: "st-1", Type: "inin_webrtc_softphone", LineAppearance: 100}
	case messages.PostCall:
		done.Placed = &messages.PlacedCall{Conversation: "c-out", SelfURI: "/c-out"}
	case messages.PatchState:
		p.notify(r.Conversation, messages.Disconnected)
		p.say(messages.Terminate{Session: "s-" + messages.SessionID(r.Conversation[2:]), From: gateway, Reason: "success"})
	}
	return done
}

// --- the stream

type frame struct {
	IQ       string          `json:"iq,omitempty"`
	Kind     string          `json:"kind"`
	Body     json.RawMessage `json:"body"`
	Token    string          `json:"token,omitempty"`
	Notifies bool            `json:"notifies,omitempty"`
}

// EncodeFrame writes what the softphone sends.
func (p *platform) EncodeFrame(e messages.Effect, about port.FrameContext) ([]byte, bool, error) {
	body, err := messages.EncodeEffect(nil, e)
	if err != nil {
		return nil, true, err
	}
	text, err := json.Marshal(frame{IQ: about.IQ, Kind: e.Kind(), Body: body, Token: about.Token.Reveal()})
	return text, true, err
}

// DecodeFrame reads what the platform says.
func (p *platform) DecodeFrame(_ int, text []byte) (port.Frame, error) {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		return port.Frame{}, errors.New("not a frame")
	}
	if f.Kind == "answer" {
		var a port.IQAnswer
		err := json.Unmarshal(f.Body, &a)
		return port.Frame{Answer: &a}, err
	}
	if f.Notifies {
		return port.Frame{Notification: &port.Notification{Topic: f.Kind, Body: f.Body}}, nil
	}
	in, err := messages.DecodeInput(f.Kind, f.Body)
	return port.Frame{Input: in}, err
}

// DecodeNotification reads a notification.
func (p *platform) DecodeNotification(topic string, body []byte) (messages.Input, error) {
	return messages.DecodeInput(topic, body)
}

// Open connects a millisecond later.
func (p *platform) Open(socket int, _ string, post port.Post, receive port.Receive) {
	time.Sleep(time.Millisecond)
	p.mu.Lock()
	p.post, p.receive, p.socket, p.secured = post, receive, socket, false
	p.mu.Unlock()
	p.holds("socket %d", socket)
	post(messages.SocketOpened{Socket: socket})
}

// Close closes.
func (p *platform) Close(socket int) {
	if p.gives("socket %d", socket) {
		p.post(messages.SocketClosed{Socket: socket, Code: 1000, Clean: true})
	}
}

// Send answers at once, and goes on with the call.
func (p *platform) Send(socket int, text []byte) error {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	effect, err := messages.DecodeEffect(f.Kind, f.Body)
	if err != nil || !slices.Contains(p.held(), fmt.Sprintf("socket %d", socket)) {
		return errors.New("the socket is closed")
	}
	p.mu.Lock()
	p.sent, p.asked = append(p.sent, f.Kind), f.IQ
	silent := p.silent[f.Kind]
	p.mu.Unlock()
	if !silent {
		p.respond(socket, f, effect)
	}
	return nil
}

func (p *platform) respond(socket int, f frame, effect messages.Effect) {
	switch e := effect.(type) {
	case messages.SendStreamOpen:
		p.welcome(socket)
	case messages.SendAuth:
		p.secured = true
		p.say(messages.SASLSucceeded{Socket: socket})
	case messages.SendStreamClose:
		p.say(messages.StreamEnded{Socket: socket})
		p.Close(socket)
	case messages.SendBind:
		p.answer(port.IQAnswer{ID: f.IQ, Bound: self + "/here"})
	case messages.SendServices, messages.SendSubscribe, messages.SendPing, messages.SendCandidate, messages.SendActive, messages.SendTerminate:
		p.answer(port.IQAnswer{ID: f.IQ})
	case messages.SendProceed:
		p.say(messages.Accepted{Session: e.Session, From: self + "/here"})
		p.say(messages.Offer{Session: e.Session, Conversation: "c-" + messages.ConversationID(e.Session[2:]), From: gateway, SDP: "v=0"})
	case messages.SendAnswer:
		p.answer(port.IQAnswer{ID: f.IQ})
		peer := p.peer(e.Peer)
		peer(messages.PeerICEChanged{Peer: e.Peer, State: messages.PeerConnected})
		peer(messages.PeerConnectionChanged{Peer: e.Peer, State: messages.PeerConnected})
		p.notify("c-"+messages.ConversationID(e.Session[2:]), messages.Connected)
	}
}

// count tells how many frames of a kind were sent.
func (p *platform) count(kind string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, sent := range p.sent {
		if sent == kind {
			n++
		}
	}
	return n
}

// drop breaks the connection.
func (p *platform) drop() {
	p.gives("socket %d", p.socket)
	p.post(messages.SocketClosed{Socket: p.socket, Code: 1006})
}

func (p *platform) welcome(socket int) {
	p.say(messages.StreamOpened{Socket: socket})
	if p.secured {
		p.say(messages.StreamFeatures{Socket: socket, Bind: true})
		return
	}
	p.say(messages.StreamFeatures{Socket: socket, Mechanisms: []string{"PLAIN"}})
}

// say sends the softphone a message.
func (p *platform) say(in messages.Input) { p.frame(in, false) }

func (p *platform) frame(in messages.Input, notifies bool) {
	body, err := messages.EncodeInput(nil, in)
	if err != nil {
		panic(err)
	}
	p.write(frame{Kind: in.Kind(), Body: body, Notifies: notifies})
}

func (p *platform) answer(a port.IQAnswer) {
	body, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	p.write(frame{Kind: "answer", Body: body})
}

func (p *platform) write(f frame) {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	p.receive(p.socket, text)
}

// notify tells of the agent's leg of a conversation.
func (p *platform) notify(c messages.ConversationID, state messages.CallState) {
	p.frame(messages.ConversationNotified{Conversation: c, Participants: []messages.Participant{
		{ID: "p-far", Purpose: "customer", Calls: []messages.Leg{{State: messages.Connected}}},
		{ID: "p-agent", User: agent, Purpose: "agent", Calls: []messages.Leg{
			{State: state, Muted: messages.No, Held: messages.No, Direction: "inbound"},
		}},
	}}, true)
}

// ring calls the agent: conversation c-N, session s-N.
func (p *platform) ring(n int) {
	c := messages.ConversationID(fmt.Sprintf("c-%d", n))
	p.notify(c, messages.Alerting)
	p.say(messages.Propose{Session: messages.SessionID(fmt.Sprintf("s-%d", n)), Conversation: c, From: gateway, To: self, SDPOverXMPP: true})
}

// --- what is held open

func (p *platform) holds(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, fmt.Sprintf(format, args...))
}

func (p *platform) gives(format string, args ...any) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.open, fmt.Sprintf(format, args...))
	if i >= 0 {
		p.open = slices.Delete(p.open, i, i+1)
	}
	return i >= 0
}

func (p *platform) held() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.open)
}

// nth counts the sessions that have media, from 1.
func (p *platform) nth(session messages.Ref) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.sessions, session); i >= 0 {
		return i + 1
	}
	p.sessions = append(p.sessions, session)
	return len(p.sessions)
}

// media is the platform's machine room: microphones and peer connections without sound.
type media struct{ p *platform }

func (m media) RequestMicrophone(_ context.Context, peer messages.Ref) error {
	if m.p.microphone != nil {
		return m.p.microphone
	}
	m.p.holds("microphone %d", m.p.nth(peer))
	return nil
}

func (m media) StopMicrophone(peer messages.Ref) { m.p.gives("microphone %d", m.p.nth(peer)) }

func (m media) CreatePeer(order messages.CreatePeer, post port.Post) error {
	m.p.holds("peer %d", m.p.nth(order.Peer))
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	m.p.peers[order.Peer] = post
	return nil
}

// peer is what a peer connection posts with.
func (p *platform) peer(ref messages.Ref) port.Post {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peers[ref]
}

func (m media) ClosePeer(peer messages.Ref) { m.p.gives("peer %d", m.p.nth(peer)) }

func (media) Describe(context.Context, messages.Ref, messages.SDP) error { return nil }
func (media) AddMicrophone(messages.Ref) error                           { return nil }
func (media) AddCandidate(messages.AddCandidate) error                   { return nil }

// MakeAnswer gathers the end of candidates before it is done.
func (m media) MakeAnswer(_ context.Context, peer messages.Ref) (messages.SDP, error) {
	m.p.peer(peer)(messages.LocalCandidate{Peer: peer, Mid: "0"})
	return "v=0 answer", nil
}
