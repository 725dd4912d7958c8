package jingle

import (
	"github.com/hookswitch/hookswitch/messages"
)

// Frame is what a received frame says. Exactly one of Input, Answer and Notification is set, except that an error answer
// which repeats our Jingle request has both Answer and Input (PeerRefused).
type Frame struct {
	// Input is a self-contained input, or nil.
	Input messages.Input
	// Answer is a result or an error to an IQ of ours, or nil.
	Answer *Answer
	// Notification is a pubsub event with a JSON payload, or nil.
	Notification *Notification
}

// Answer is an IQ of type result or error. Which request it belongs to, and whether From may answer it, is for the caller
// to tell by ID; an answer that belongs to none is an orphan, its PeerRefused included.
type Answer struct {
	ID   string
	From messages.JID
	// Condition is "" for a result, else the defined condition of the error (RFC 6120 section 8.3.3).
	Condition string
	// Bound is the full JID of a bind result (RFC 6120 section 7.6).
	Bound messages.JID
	// Services are the ICE servers of a services result, in wire order (XEP-0215).
	Services []messages.ICEServer
	// JingleCondition is the Jingle-specific condition of an error, such as unknown-session (XEP-0166 section 10).
	JingleCondition string
	// Session is the sid of our Jingle request, if the answer repeats it.
	Session messages.SessionID
}

// Notification is the JSON payload of one pubsub event (XEP-0060, XEP-0335). Topic is the node.
type Notification struct {
	Topic string
	Body  []byte
}

// Decode reads one received frame. Socket numbers the WebSocket that it came from. A well-formed frame that is none of the
// known ones is an UnknownFrame; an error means that the frame is malformed, too large, or contradicts itself.
func Decode(socket int, frame []byte) (Frame, error) {
	root, err := parse(frame)
	if err != nil {
		return Frame{}, err
	}
	unknown := Frame{Input: messages.UnknownFrame{Socket: socket, Name: root.name}}
	switch {
	case root.is(nsClient, "message"):
		return decodeMessage(root, unknown)
	case root.is(nsClient, "iq"):
		return decodeIQ(root, unknown)
	}
	if in := decodeStream(socket, root); in != nil {
		return Frame{Input: in}, nil
	}
	return unknown, nil
}

// decodeStream reads the elements that set the stream up and take it down (RFC 7395, RFC 6120 sections 4 to 7).
func decodeStream(socket int, e *element) messages.Input {
	switch {
	case e.is(nsFraming, "open"):
		return messages.StreamOpened{Socket: socket}
	case e.is(nsFraming, "close"):
		return messages.StreamEnded{Socket: socket}
	case e.is(nsStream, "features"):
		return features(socket, e)
	case e.is(nsSASL, "success"):
		return messages.SASLSucceeded{Socket: socket}
	case e.is(nsSASL, "failure"):
		failed := messages.SASLFailed{Socket: socket}
		if condition := e.firstIn(nsSASL); condition != nil {
			failed.Condition = condition.name
		}
		return failed
	default:
		return nil
	}
}

func features(socket int, e *element) messages.StreamFeatures {
	offered := messages.StreamFeatures{Socket: socket, Bind: e.child(nsBind, "bind") != nil}
	if mechanisms := e.child(nsSASL, "mechanisms"); mechanisms != nil {
		for _, m := range mechanisms.children {
			if m.is(nsSASL, "mechanism") {
				offered.Mechanisms = append(offered.Mechanisms, m.text)
			}
		}
	}
	return offered
}
