package main

import (
	"context"
	"sync"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// quiet is a port.Media without sound, whose peer connections connect as soon as there is an answer: what is measured is the
// signalling alone.
type quiet struct {
	mu    sync.Mutex
	peers map[messages.Ref]port.Post
}

func newQuiet() *quiet { return &quiet{peers: map[messages.Ref]port.Post{}} }

// RequestMicrophone gives one at once.
func (*quiet) RequestMicrophone(context.Context, messages.Ref) error { return nil }

// StopMicrophone has nothing to do.
func (*quiet) StopMicrophone(messages.Ref) {}

// CreatePeer remembers who is to be told.
func (q *quiet) CreatePeer(order messages.CreatePeer, post port.Post) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.peers[order.Peer] = post
	return nil
}

// Describe takes any offer.
func (*quiet) Describe(context.Context, messages.Ref, messages.SDP) error { return nil }

// AddMicrophone has nothing to do.
func (*quiet) AddMicrophone(messages.Ref) error { return nil }

// MakeAnswer answers, and is connected.
func (q *quiet) MakeAnswer(_ context.Context, peer messages.Ref) (messages.SDP, error) {
	q.mu.Lock()
	post := q.peers[peer]
	q.mu.Unlock()
	if post == nil {
		return "", &port.MediaError{Name: "InvalidStateError", Message: "there is no peer connection"}
	}
	post(messages.LocalCandidate{Peer: peer, Mid: "0"})
	post(messages.PeerICEChanged{Peer: peer, State: messages.PeerConnected})
	post(messages.PeerConnectionChanged{Peer: peer, State: messages.PeerConnected})
	return answerSDP, nil
}

// AddCandidate has nothing to do.
func (*quiet) AddCandidate(messages.AddCandidate) error { return nil }

// ClosePeer forgets who was to be told.
func (q *quiet) ClosePeer(peer messages.Ref) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.peers, peer)
}

// answerSDP is an answer of one PCMU stream that goes nowhere (RFC 8866).
const answerSDP messages.SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 127.0.0.1\r\n" +
	"a=mid:0\r\na=rtpmap:0 PCMU/8000\r\na=setup:active\r\na=rtcp-mux\r\na=sendrecv\r\na=ice-ufrag:quiet\r\na=ice-pwd:quiet-quiet-quiet-quiet-\r\n" +
	"a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"
