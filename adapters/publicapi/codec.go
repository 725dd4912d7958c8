package publicapi

import "github.com/hookswitch/hookswitch/messages"

// Codec is Encode and Decode as the port.RESTCodec of a replay. A live softphone has a port.REST instead, which performs
// the requests and may be built on it. The zero value is ready, and safe for concurrent use.
type Codec struct{}

// EncodeRequest is the request on the wire: see Encode.
func (Codec) EncodeRequest(r messages.Request) (method, path string, body []byte, err error) {
	return Encode(r)
}

// DecodeResponse reads the answer to a request: see Decode.
func (Codec) DecodeResponse(r messages.Request, status int, retryAfter string, body []byte) messages.HTTPAnswered {
	return Decode(r, status, retryAfter, body)
}
