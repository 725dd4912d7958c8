package port

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// Ports are what a live softphone acts through. An adapter performs and reports; it decides nothing, and repeats nothing
// by itself.

// Post hands a fact to the cell. It does not block, and may be called at any time and from any goroutine; what is posted
// after the softphone was closed is dropped.
type Post func(messages.Input)

// Receive hands a frame that came in to the softphone, which may keep it. It is as free of manners as Post.
type Receive func(socket int, frame []byte)

// Stream moves the frames of XMPP over WebSocket (RFC 7395); it does not look into them. The calls for one socket come
// one after another, in the order in which they were decided. They should return within seconds.
type Stream interface {
	// Open starts to connect a WebSocket to a channel, with the sub-protocol xmpp, and returns. It posts SocketOpened when it
	// is open; SocketFailed when something went wrong; and at last, exactly once, SocketClosed. Frames go to receive, in
	// order, between the two.
	Open(socket int, channel string, post Post, receive Receive)
	// Send sends one frame. The error says that it is lost; a SocketClosed will follow.
	Send(socket int, frame []byte) error
	// Close closes the socket, or ends the attempt to open it. SocketClosed follows. A socket that is closed or unknown is
	// left alone.
	Close(socket int)
}

// REST performs the requests of the public API.
type REST interface {
	// Do makes one request with the access token and reads its answer. Status 0: there was no answer; the context may have
	// ended. Effect is left to the caller. Several may be under way at once.
	Do(ctx context.Context, token messages.Token, request messages.Request) messages.HTTPAnswered
}

// Media performs what is ordered of peer connections (W3C WebRTC) and of the microphone. Peer names the session that owns
// them. The calls for one peer connection come one after another, in the order in which they were decided; so do those for
// one session's microphone, beside them. An error should be a *MediaError.
type Media interface {
	// RequestMicrophone opens the default microphone for a session, and may wait for a person. An error denies it.
	RequestMicrophone(ctx context.Context, peer messages.Ref) error
	// StopMicrophone gives it back. A session without one is left alone.
	StopMicrophone(peer messages.Ref)
	// CreatePeer makes a peer connection. From then on it posts PeerConnectionChanged, PeerICEChanged and LocalCandidate;
	// what it posts while a call is under way is heard after the call's result.
	CreatePeer(order messages.CreatePeer, post Post) error
	// Describe sets the remote description, an offer.
	Describe(ctx context.Context, peer messages.Ref, offer messages.SDP) error
	// AddMicrophone sends the microphone's track on the peer connection.
	AddMicrophone(peer messages.Ref) error
	// MakeAnswer creates the answer, sets it as the local description and returns it.
	MakeAnswer(ctx context.Context, peer messages.Ref) (messages.SDP, error)
	// AddCandidate adds a candidate of the far end.
	AddCandidate(order messages.AddCandidate) error
	// ClosePeer closes the peer connection. One that is closed or unknown is left alone.
	ClosePeer(peer messages.Ref)
}

// MediaError is why media could not be had, in the words of a browser: Name is the DOMException's, such as
// NotAllowedError or InvalidStateError.
type MediaError struct{ Name, Message string }

// Error is the name and the message.
func (e *MediaError) Error() string { return fmt.Sprintf("media: %s: %s", e.Name, e.Message) }

// Clock tells the time and wakes. Its time never goes back.
type Clock interface {
	Now() time.Time
	// Timer fires once, after a while; stop ends it earlier.
	Timer(after time.Duration) (fired <-chan time.Time, stop func())
}

// SystemClock is the machine's clock. It stands still while the machine sleeps.
type SystemClock struct{}

// Now is the present.
func (SystemClock) Now() time.Time { return time.Now() }

// Timer fires once, after a while.
func (SystemClock) Timer(after time.Duration) (fired <-chan time.Time, stop func()) {
	t := time.NewTimer(after)
	return t.C, func() { t.Stop() }
}
