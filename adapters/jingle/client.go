package jingle

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// ClientFrame is what a frame that a client sent says, as the platform reads it. One of Effect, Reject and Unknown is set.
type ClientFrame struct {
	// Effect is what the client's side decided: SendStreamOpen, SendAuth, SendBind, SendServices, SendSubscribe, SendPing,
	// SendStreamClose, SendProceed, SendAccept, SendAnswer, SendCandidate, SendActive, SendTerminate, or an answer to an IQ of
	// ours: AcknowledgeIQ or RefuseIQ.
	Effect messages.Effect
	// IQ is the id of an IQ that asks; its answer names it. It is "" for all other frames.
	IQ string
	// To and From are the addresses of a stanza. From is what the client says of itself, and proves nothing.
	To, From messages.JID
	// Token is what stood behind the word authKey of a SendAuth.
	Token messages.Token
	// Reject is the session that a Jingle message initiation rejects; no effect says that.
	Reject messages.SessionID
	// Unknown is the name of an element that the platform does not take.
	Unknown string
	// Condition is how to refuse what is Unknown or an error and yet asked for something: a condition of stanzas if IQ is set
	// (RFC 6120 section 8.3.3), else one of SASL (section 6.5). "": nothing is to be answered.
	Condition string
}

// Conditions of RFC 6120 sections 6.5 and 8.3.3.
const (
	badRequest       = "bad-request"
	unavailable      = "service-unavailable"
	badEncoding      = "incorrect-encoding"
	badAuthorization = "invalid-authzid"
	badMechanism     = "invalid-mechanism"
	malformedRequest = "malformed-request"
	notAuthorized    = "not-authorized"
	mechanismPlain   = "PLAIN"
	tokenPrefix      = "authKey:"
)

// DecodeClient reads one frame that a client sent: the inverse of Encode. A well-formed frame that is none of the known
// ones is Unknown. An error means that the frame is malformed, too large, contradicts itself, or lacks what it cannot be
// without; what could be read of it then is who is to be refused, and how: IQ, To, From and Condition.
func DecodeClient(frame []byte) (ClientFrame, error) {
	root, err := parse(frame)
	if err != nil {
		return ClientFrame{}, err
	}
	switch {
	case root.is(nsFraming, "open"):
		return ClientFrame{Effect: messages.SendStreamOpen{Domain: root.attr("to")}}, nil
	case root.is(nsFraming, "close"):
		return ClientFrame{Effect: messages.SendStreamClose{}}, nil
	case root.is(nsSASL, "auth"):
		return clientAuth(root)
	case root.is(nsClient, "message"):
		return clientMessage(root)
	case root.is(nsClient, "iq"):
		return clientIQ(root)
	default:
		return ClientFrame{Unknown: root.name}, nil
	}
}

// clientAuth reads SASL PLAIN (RFC 4616): authorisation identity, bare JID and the token behind its word.
func clientAuth(auth *element) (ClientFrame, error) {
	refused := func(condition, why string) (ClientFrame, error) {
		return ClientFrame{Condition: condition}, errors.New("jingle: auth: " + why)
	}
	if auth.attr("mechanism") != mechanismPlain {
		return refused(badMechanism, "another mechanism than "+mechanismPlain+", which is the only one offered")
	}
	plain, err := base64.StdEncoding.Strict().DecodeString(auth.text)
	if err != nil {
		return refused(badEncoding, "not base64 (RFC 4648 section 4)")
	}
	parts := strings.Split(string(plain), "\x00")
	if len(parts) != 3 || parts[1] == "" {
		return refused(malformedRequest, "not the three parts of SASL PLAIN: identity, user and password (RFC 4616)")
	}
	if parts[0] != "" && parts[0] != parts[1] {
		return refused(badAuthorization, "an authorisation identity that is not the user's")
	}
	token, found := strings.CutPrefix(parts[2], tokenPrefix)
	if !found || token == "" {
		return refused(notAuthorized, "the password is not "+tokenPrefix+" and an access token")
	}
	return ClientFrame{Effect: messages.SendAuth{JID: messages.JID(parts[1])}, Token: messages.Token(token)}, nil
}

// clientMessage reads Jingle message initiation. What is for other clients or has two payloads is unknown, as everywhere.
func clientMessage(m *element) (ClientFrame, error) {
	f := ClientFrame{To: messages.JID(m.attr("to")), From: messages.JID(m.attr("from"))}
	var payload *element
	for _, c := range m.children {
		if c.space != nsInitiate {
			continue
		}
		if payload != nil {
			payload = nil
			break
		}
		payload = c
	}
	if payload == nil || m.attr("type") == "error" {
		f.Unknown = m.name
		return f, nil
	}
	session := messages.SessionID(payload.attr("id"))
	switch payload.name {
	case "proceed":
		f.Effect = messages.SendProceed{Session: session, To: f.To}
	case "accept":
		f.Effect = messages.SendAccept{Session: session, To: f.To}
	case "reject":
		f.Reject = session
	default:
		f.Unknown = payload.name
		return f, nil
	}
	if session == "" {
		return ClientFrame{To: f.To, From: f.From}, fmt.Errorf("jingle: %s: without id: nothing tells which session it is", payload.name)
	}
	return f, nil
}

// clientIQ reads a request of a client, or its answer to one of ours.
func clientIQ(iq *element) (ClientFrame, error) {
	id := iq.attr("id")
	f := ClientFrame{To: messages.JID(iq.attr("to")), From: messages.JID(iq.attr("from"))}
	if id == "" {
		return f, errors.New("jingle: iq: without id: it cannot be answered (RFC 6120 section 8.2.3)")
	}
	switch iq.attr("type") {
	case "result":
		f.Effect = messages.AcknowledgeIQ{IQ: id, To: f.To}
		return f, nil
	case "error":
		a := refusal(iq).Answer
		f.Effect = messages.RefuseIQ{IQ: id, To: f.To, Condition: a.Condition, JingleCondition: a.JingleCondition}
		return f, nil
	case "get", "set":
		f.IQ = id
	default:
		return f, errors.New("jingle: iq: its type is none of get, set, result and error (RFC 6120 section 8.2.3)")
	}
	if len(iq.children) != 1 {
		f.Condition = badRequest
		return f, errors.New("jingle: iq: a request has exactly one payload (RFC 6120 section 8.2.3)")
	}
	effect, err := requested(iq, iq.children[0])
	switch {
	case err != nil:
		f.Condition = badRequest
		return f, err
	case effect == nil:
		f.Unknown, f.Condition = iq.children[0].name, unavailable
	default:
		f.Effect = effect
	}
	return f, nil
}

// requested is the effect that a request performs, or nil.
func requested(iq, payload *element) (messages.Effect, error) {
	to := messages.JID(iq.attr("to"))
	if iq.attr("type") == "get" {
		switch {
		case payload.is(nsPing, "ping"):
			return messages.SendPing{}, nil
		case payload.is(nsServices, "services"):
			return messages.SendServices{Domain: to.Reveal(), Type: payload.attr("type")}, nil
		default:
			return nil, nil
		}
	}
	switch {
	case payload.is(nsBind, "bind"):
		bind := messages.SendBind{}
		if r := payload.child(nsBind, "resource"); r != nil {
			bind.Resource = r.text
		}
		return bind, nil
	case payload.is(nsPubsub, "pubsub"):
		return subscribed(payload)
	case payload.is(nsRPC, "genesys-webrtc"):
		return clientRPC(payload.text, to)
	case payload.is(nsJingle, "jingle"):
		return clientJingle(payload, to)
	default:
		return nil, nil
	}
}

// subscribed reads a subscription to a topic (XEP-0060 section 6.1).
func subscribed(pubsub *element) (messages.Effect, error) {
	s := pubsub.child(nsPubsub, "subscribe")
	if s == nil {
		return nil, nil
	}
	e := messages.SendSubscribe{Topic: s.attr("node"), JID: messages.JID(s.attr("jid"))}
	if e.Topic == "" || e.JID == "" {
		return nil, errors.New("jingle: subscribe: without node or jid (XEP-0060 section 6.1)")
	}
	return e, nil
}
