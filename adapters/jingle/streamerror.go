package jingle

// StreamError is the frame that tells a client why its stream is ended: a condition of RFC 6120 section 4.9.3, such as
// policy-violation. StreamClose follows it. A condition that is no XML name is undefined-condition.
func StreamError(condition string) []byte {
	frame, err := streamError(condition)
	if err != nil {
		frame, _ = streamError("undefined-condition") // a name that XML has
	}
	return frame
}

func streamError(condition string) ([]byte, error) {
	w := &writer{}
	w.start("stream:error", "xmlns:stream", nsStream)
	w.named(condition, "xmlns", nsStreams)
	w.end()
	return w.frame()
}

// StreamClose is the frame that ends a stream (RFC 7395 section 3.6).
func StreamClose() []byte {
	w := &writer{}
	w.empty("close", "xmlns", nsFraming)
	frame, _ := w.frame() // two plain words
	return frame
}

// nsStreams holds the conditions of stream errors.
const nsStreams = "urn:ietf:params:xml:ns:xmpp-streams"
