package port

import "github.com/hookswitch/hookswitch/messages"

// FrameCodec translates the frames of the stream (RFC 7395): one XML element a frame. That of the platform is jingle.Codec,
// in adapters/jingle.
type FrameCodec interface {
	// DecodeFrame reads a frame that came in on a socket. Exactly one field of the result is set, except that an error in
	// answer to a Jingle IQ has its PeerRefused as Input beside the Answer.
	DecodeFrame(socket int, frame []byte) (Frame, error)
	// EncodeFrame writes the frame that performs an effect. ok is false for an effect that sends nothing.
	EncodeFrame(effect messages.Effect, about FrameContext) (frame []byte, ok bool, err error)
}

// Frame is what a frame that came in means.
type Frame struct {
	// Input is a message of its own.
	Input messages.Input
	// Answer is the answer to an IQ of ours; whoever sent the IQ knows which effect it answers.
	Answer *IQAnswer
	// Notification is a notification whose body another codec reads.
	Notification *Notification
}

// IQAnswer is an IQ of type result or error (RFC 6120 section 8.2.3).
type IQAnswer struct {
	ID        string
	From      messages.JID
	Condition string               // the defined condition of an error; "" for a result
	Bound     messages.JID         // of a binding
	Services  []messages.ICEServer // of a question for ICE servers
	// JingleCondition is the Jingle-specific condition of an error, such as unknown-session (XEP-0166 section 10).
	JingleCondition string
}

// Notification is one event of a topic, undecoded.
type Notification struct {
	Topic string
	Body  []byte
}

// FrameContext is what a frame says beside its effect.
type FrameContext struct {
	IQ               string         // the stanza's id
	RPC              string         // the id of a JSON-RPC message
	Self             messages.JID   // the own full JID, "" before it is bound
	Token            messages.Token // the access token
	NotificationHost string         // the pubsub service, such as notifications.example.com
	LocalSDP         messages.SDP   // the local description
}

// NotificationDecoder reads the body of a notification. A topic that nobody subscribed to is an UnknownTopic. That of the
// platform is notifications.Decoder, in adapters/notifications.
type NotificationDecoder interface {
	DecodeNotification(topic string, body []byte) (messages.Input, error)
}

// RESTCodec translates the requests of the public API. That of the platform is publicapi.Codec, in adapters/publicapi.
type RESTCodec interface {
	// EncodeRequest is the request on the wire. The path is below /api/v2; a nil body is none.
	EncodeRequest(request messages.Request) (method, path string, body []byte, err error)
	// DecodeResponse reads the answer to a request. Status 0: there was none. retryAfter is the header of that name, or
	// "". A body that cannot be read is told in Malformed. Effect is left to the caller.
	DecodeResponse(request messages.Request, status int, retryAfter string, body []byte) messages.HTTPAnswered
}
