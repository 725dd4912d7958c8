package jingle

import (
	"github.com/hookswitch/hookswitch/messages"
)

// decodeIQ reads a request of the far end or an answer to one of ours (RFC 6120 section 8.2.3).
func decodeIQ(iq *element, unknown Frame) (Frame, error) {
	switch iq.attr("type") {
	case "result":
		return Frame{Answer: answer(iq)}, nil
	case "error":
		return refusal(iq), nil
	case "get":
		return Frame{Input: asked(iq)}, nil
	case "set":
		in, err := request(iq)
		if err != nil {
			return Frame{}, err
		}
		return Frame{Input: in}, nil
	default:
		return unknown, nil
	}
}

// answer reads what a result brings, and what an error shares with it.
func answer(iq *element) *Answer {
	a := &Answer{ID: iq.attr("id"), From: messages.JID(iq.attr("from"))}
	for _, c := range iq.children {
		switch {
		case c.is(nsBind, "bind"):
			if jid := c.child(nsBind, "jid"); jid != nil {
				a.Bound = messages.JID(jid.text)
			}
		case c.is(nsServices, "services"):
			a.Services = services(c)
		case c.is(nsJingle, "jingle"):
			a.Session = messages.SessionID(c.attr("sid"))
		}
	}
	return a
}

func services(e *element) []messages.ICEServer {
	var all []messages.ICEServer
	for _, s := range e.children {
		if s.is(nsServices, "service") {
			all = append(all, messages.ICEServer{
				Type:      s.attr("type"),
				Host:      s.attr("host"),
				Port:      s.attr("port"),
				Transport: s.attr("transport"),
				Username:  messages.Token(s.attr("username")),
				Password:  messages.Token(s.attr("password")),
			})
		}
	}
	return all
}

// refusal reads an error. One without a defined condition has the one that the standard gives it (RFC 6120 section 8.3.3.21).
func refusal(iq *element) Frame {
	a := answer(iq)
	a.Condition = "undefined-condition"
	if e := iq.child(nsClient, "error"); e != nil {
		if c := e.firstIn(nsStanzas); c != nil {
			a.Condition = c.name
		}
		if c := e.firstIn(nsErrors); c != nil {
			a.JingleCondition = c.name
		}
	}
	if a.Session == "" {
		return Frame{Answer: a}
	}
	refused := messages.PeerRefused{Session: a.Session, Condition: a.JingleCondition}
	if refused.Condition == "" {
		refused.Condition = a.Condition
	}
	return Frame{Answer: a, Input: refused}
}

// asked is a request that is none of ours, such as a ping. A request has exactly one payload (RFC 6120 section 8.2.3); without that
// it has no name.
func asked(iq *element) messages.ServerAsked {
	in := messages.ServerAsked{IQ: iq.attr("id"), From: messages.JID(iq.attr("from"))}
	if len(iq.children) == 1 {
		in.Name = iq.children[0].name
	}
	return in
}

// request reads an IQ of type set.
func request(iq *element) (messages.Input, error) {
	if len(iq.children) != 1 {
		return asked(iq), nil
	}
	switch payload := iq.children[0]; {
	case payload.is(nsRPC, "genesys-webrtc"):
		return decodeRPC(payload.text, sender{iq: iq.attr("id"), jid: messages.JID(iq.attr("from"))})
	case payload.is(nsJingle, "jingle"):
		return decodeJingle(iq, payload)
	default:
		return asked(iq), nil
	}
}

// decodeJingle reads one Jingle action (XEP-0166 section 7.2).
func decodeJingle(iq, j *element) (messages.Input, error) {
	id, from, session := iq.attr("id"), messages.JID(iq.attr("from")), messages.SessionID(j.attr("sid"))
	switch action := j.attr("action"); action {
	case "session-initiate":
		sdp, err := toSDP(j, initiator)
		return messages.SessionInitiate{IQ: id, Session: session, From: from, SDP: sdp, Empty: j.child(nsJingle, "content") == nil}, err
	case "session-accept":
		return messages.SessionAccept{IQ: id, Session: session, From: from}, nil
	case "session-info":
		in := messages.SessionInfo{IQ: id, Session: session, From: from} // what a mute names is not kept: a phone has one content
		if len(j.children) > 0 {
			in.Info = j.children[0].name
		}
		return in, nil
	case "session-terminate":
		return messages.SessionTerminate{IQ: id, Session: session, From: from, Reason: reason(j)}, nil
	case "transport-info":
		in := messages.TransportInfo{IQ: id, Session: session, From: from}
		return trickled(in, j)
	default:
		return messages.JingleAction{IQ: id, Session: session, From: from, Action: action}, nil
	}
}

// reason is the condition of a session-terminate (XEP-0166 section 7.4), or "".
func reason(j *element) string {
	if why := j.child(nsJingle, "reason"); why != nil {
		if condition := why.firstIn(nsJingle); condition != nil {
			return condition.name
		}
	}
	return ""
}
