package port

import (
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

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

// MayAnswer tells whether an answer comes from whom it may come (platform-wire section 4): nobody named, the one asked,
// its bare address or domain, or the user's own; self is the own full JID, "" before it is bound. The reference prepares
// the address that it asked (lower case up to the resource) and compares it with the one that answers as it is.
func MayAnswer(from, asked, self messages.JID) bool {
	if from == "" {
		return true
	}
	for _, jid := range []messages.JID{asked, self} {
		bare, resource, full := strings.Cut(jid.Reveal(), "/")
		bare = strings.ToLower(bare)
		prepared := bare
		if full {
			prepared += "/" + resource
		}
		_, domain, found := strings.Cut(bare, "@")
		if !found {
			domain = bare
		}
		switch from.Reveal() {
		case "":
		case prepared, bare, domain:
			return true
		}
	}
	return false
}

// Answers is what an answer to an IQ of ours tells the cell. An error in answer to a Jingle IQ is told twice: what it
// means for the session, and that the question was answered.
func Answers(asked messages.Effect, id messages.EffectID, a IQAnswer) []messages.Input {
	answered := messages.IQAnswered{Effect: id, Condition: a.Condition, Bound: a.Bound, Services: a.Services}
	session, isJingle := jingleSession(asked)
	if !isJingle || a.Condition == "" {
		return []messages.Input{answered}
	}
	refused := messages.PeerRefused{Session: session, Condition: a.Condition}
	if a.JingleCondition != "" {
		refused.Condition = a.JingleCondition
	}
	return []messages.Input{refused, answered}
}

func jingleSession(effect messages.Effect) (messages.SessionID, bool) {
	switch e := effect.(type) {
	case messages.SendAnswer:
		return e.Session, e.Signalling == messages.Jingle
	case messages.SendCandidate:
		return e.Session, e.Signalling == messages.Jingle
	case messages.SendActive:
		return e.Session, e.Signalling == messages.Jingle
	case messages.SendTerminate:
		return e.Session, e.Signalling == messages.Jingle
	default:
		return "", false
	}
}
