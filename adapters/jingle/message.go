package jingle

import (
	"fmt"

	"github.com/hookswitch/hookswitch/messages"
)

// decodeMessage reads a message that carries one payload of ours. Two payloads in one message would let two readers see two
// different things, and an error gives our own message back: both are left alone.
func decodeMessage(m *element, unknown Frame) (Frame, error) {
	if m.attr("type") == "error" {
		return unknown, nil
	}
	var payload *element
	for _, c := range m.children {
		if c.space != nsInitiate && !c.is(nsEvent, "event") {
			continue
		}
		if payload != nil {
			return unknown, nil
		}
		payload = c
	}
	switch {
	case payload == nil:
		return unknown, nil
	case payload.space == nsEvent:
		return notification(payload, unknown)
	}
	if in := initiation(m, payload); in != nil {
		return Frame{Input: in}, nil
	}
	return unknown, nil
}

// initiation reads Jingle message initiation (sdk-behaviour 3.2); nil if it is no word of it.
func initiation(m, e *element) messages.Input {
	session, from := messages.SessionID(e.attr("id")), messages.JID(m.attr("from"))
	switch e.name {
	case "propose":
		return messages.Propose{
			Session:      session,
			Conversation: messages.ConversationID(e.attr("inin-cid")),
			From:         from,
			To:           messages.JID(m.attr("to")),
			AutoAnswer:   isTrue(e.attr("inin-autoanswer")),
			SDPOverXMPP:  isTrue(e.attr("inin-sdp-over-xmpp")),
			PrivAnswer:   e.attr("inin-priv-answer-mode"),
			FromUser:     messages.UserID(e.attr("inin-user-id")),
			OriginalRoom: messages.JID(e.attr("inin-ofrom")),
		}
	case "retract":
		return messages.Retract{Session: session, From: from}
	case "accept":
		return messages.Accepted{Session: session, From: from}
	case "reject":
		return messages.Rejected{Session: session, From: from}
	case "proceed":
		return messages.Proceeded{Session: session, From: from}
	default:
		return nil
	}
}

// isTrue reads an XML boolean; any other word is as good as none.
func isTrue(s string) bool { return s == "true" || s == "1" }

// notification reads the one JSON payload of a pubsub event.
func notification(event *element, unknown Frame) (Frame, error) {
	var body *Notification
	for _, items := range event.children {
		if !items.is(nsEvent, "items") {
			continue
		}
		for _, item := range items.children {
			payload := item.child(nsJSON, "json")
			if !item.is(nsEvent, "item") || payload == nil {
				continue
			}
			if body != nil {
				return Frame{}, fmt.Errorf("jingle: event: two JSON payloads in one message; the platform sends one")
			}
			body = &Notification{Topic: items.attr("node"), Body: []byte(payload.text)}
		}
	}
	if body == nil {
		return unknown, nil
	}
	return Frame{Notification: body}, nil
}
