package races

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// move lets the input at from come before the one at to.
type move struct{ from, to int }

// applied is the log in the other order. The instants stay where they were.
func (m move) applied(log []Input) []Input {
	moved := slices.Clone(log)
	for i := m.from; i > m.to; i-- {
		moved[i].Input, moved[i].Entry = log[i-1].Input, log[i-1].Entry
	}
	moved[m.to].Input, moved[m.to].Entry = log[m.from].Input, log[m.from].Entry
	return moved
}

// moves are all ways to let one input come earlier that the protocol does not forbid, the shortest of each input first.
func moves(log []Input, window time.Duration) (all []move) {
	for i := range log {
		for j := i - 1; j >= 0 && log[i].At-log[j].At <= window; j-- {
			if ordered(log[j].Input, log[i].Input) {
				break
			}
			all = append(all, move{from: i, to: j})
		}
	}
	return all
}

// ordered tells whether the protocol promises that one input comes before another: both are on one way that keeps its order,
// or one of them is a border that nothing passes.
func ordered(before, after messages.Input) bool {
	a, b := wayOf(before), wayOf(after)
	return a == border || b == border || a == b
}

// border is the way of what nothing passes: the life of the stream, and the machine's own.
const border = "border"

// wayOf is the way on which an input comes. Each keeps its order: the program's requests, the notifications of one
// conversation, what is said of one session, the answers to IQs, what one peer connection says. Two ways have none between
// them, nor have the answers of two requests by REST.
func wayOf(in messages.Input) string {
	switch in := in.(type) {
	case messages.Initialize, messages.Disconnect, messages.Destroy:
		return border
	case messages.Requested:
		return "program"
	case messages.ConversationNotified:
		return "conversation " + string(in.Conversation)
	case messages.StationNotified:
		return "station"
	case messages.HTTPAnswered:
		return "answer " + string(in.Effect)
	case messages.IQAnswered:
		if in.Bound != "" {
			return border // no stanza comes to a resource that is not bound (RFC 6120, section 7.1)
		}
		return "iq"
	case messages.MicrophoneGranted, messages.MicrophoneDenied:
		return "microphone"
	case messages.PeerDone, messages.PeerRejected:
		return "peer"
	}
	if peer, is := peerOf(in); is {
		return fmt.Sprintf("peer %d", peer)
	}
	if session, is := sessionOf(in); is {
		return "session " + string(session)
	}
	return border
}

// sessionOf is the session that a stanza is about.
func sessionOf(in messages.Input) (messages.SessionID, bool) {
	switch in := in.(type) {
	case messages.Propose:
		return in.Session, true
	case messages.Retract:
		return in.Session, true
	case messages.Accepted:
		return in.Session, true
	case messages.Rejected:
		return in.Session, true
	case messages.Proceeded:
		return in.Session, true
	case messages.Offer:
		return in.Session, true
	case messages.RemoteCandidate:
		return in.Session, true
	case messages.Terminate:
		return in.Session, true
	case messages.SessionInitiate:
		return in.Session, true
	case messages.SessionTerminate:
		return in.Session, true
	case messages.TransportInfo:
		return in.Session, true
	case messages.SessionInfo:
		return in.Session, true
	default:
		return "", false
	}
}

// peerOf is the peer connection that speaks.
func peerOf(in messages.Input) (messages.Ref, bool) {
	switch in := in.(type) {
	case messages.PeerConnectionChanged:
		return in.Peer, true
	case messages.PeerICEChanged:
		return in.Peer, true
	case messages.LocalCandidate:
		return in.Peer, true
	default:
		return 0, false
	}
}
