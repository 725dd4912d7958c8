package port

import "github.com/hookswitch/hookswitch/messages"

// IQ is a question of ours as a recording shows it: what it was, and to whom its answer belongs.
type IQ struct {
	ID string
	To messages.JID
	// Key says what it asks, in the words of the functions below. The k-th question of a key in a recording is the k-th
	// of that key in a replay, because the ids are invented anew by each run.
	Key string
}

// BindKey is the key of a resource binding.
func BindKey() string { return "bind" }

// PingKey is the key of a ping.
func PingKey() string { return "ping" }

// ServicesKey is the key of a question for ICE servers of a type.
func ServicesKey(of string) string { return "services " + of }

// SubscribeKey is the key of a subscription to a topic.
func SubscribeKey(topic string) string { return "subscribe " + topic }

// RPCKey is the key of a genesys-webrtc message: its method and session.
func RPCKey(method string, session messages.SessionID) string {
	return "rpc " + method + " " + string(session)
}

// JingleKey is the key of a Jingle action in a session.
func JingleKey(action string, session messages.SessionID) string {
	return "jingle " + action + " " + string(session)
}
