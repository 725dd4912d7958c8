package notifications

import "github.com/hookswitch/hookswitch/messages"

// Decoder is Decode as the port.NotificationDecoder of a softphone or a replay. The zero value is ready, and safe for
// concurrent use.
type Decoder struct{}

// DecodeNotification reads one notification: see Decode.
func (Decoder) DecodeNotification(topic string, body []byte) (messages.Input, error) {
	return Decode(topic, body)
}
