package jingle

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// clientMethods are what a client may say in genesys-webrtc IQs (sdk-behaviour 3.3).
var clientMethods = map[string]func(p object, session messages.SessionID, to messages.JID) (messages.Effect, error){
	"answer":       rpcAnswer,
	"iceCandidate": rpcCandidate,
	"info":         rpcInfo,
	"terminate":    rpcTerminate,
}

// clientRPC reads the JSON-RPC of a genesys-webrtc element; nil for a method that the platform does not have.
func clientRPC(text string, to messages.JID) (messages.Effect, error) {
	method, params, err := envelope(text)
	if err != nil {
		return nil, err
	}
	read, known := clientMethods[method]
	if !known {
		return nil, nil
	}
	if params == nil {
		return nil, withoutParams(method)
	}
	session, err := params.required("sessionId")
	if err != nil {
		return nil, err
	}
	return read(params, messages.SessionID(session), to)
}

// required is a text without which a request says nothing.
func (o object) required(key string) (string, error) {
	s, err := o.text(key)
	if err == nil && s == "" {
		err = fmt.Errorf("jingle: genesys-webrtc: %s is missing", key)
	}
	return s, err
}

func rpcAnswer(p object, session messages.SessionID, to messages.JID) (messages.Effect, error) {
	sdp, err := p.required("sdp")
	return messages.SendAnswer{Signalling: messages.SDPOverXMPP, Session: session, To: to, SDP: messages.SDP(sdp)}, err
}

func rpcCandidate(p object, session messages.SessionID, to messages.JID) (messages.Effect, error) {
	sdp, err := p.required("sdp")
	if err != nil {
		return nil, err
	}
	e := messages.SendCandidate{Signalling: messages.SDPOverXMPP, Session: session, To: to}
	mid, candidate := unfragment(sdp)
	switch {
	case "a="+candidate == endOfCandidates:
	case mid == "" || !isCandidate(candidate):
		return nil, errors.New("jingle: genesys-webrtc: iceCandidate: sdp is neither a m= line and an a=candidate line nor " + endOfCandidates)
	default:
		e.Mid, e.Candidate = mid, messages.Candidate(candidate)
	}
	return e, nil
}

func isCandidate(line string) bool {
	_, ok := candidateFields(line)
	return ok && strings.HasPrefix(line, "candidate:")
}

// rpcInfo reads the one status that the real client tells.
func rpcInfo(p object, session messages.SessionID, to messages.JID) (messages.Effect, error) {
	status, err := p.required("status")
	if err != nil || status != "active" {
		return nil, err
	}
	return messages.SendActive{Signalling: messages.SDPOverXMPP, Session: session, To: to}, nil
}

func rpcTerminate(p object, session messages.SessionID, to messages.JID) (messages.Effect, error) {
	why, err := p.text("reason")
	return messages.SendTerminate{Signalling: messages.SDPOverXMPP, Session: session, To: to, Reason: why}, err
}

// clientJingle reads one Jingle action of a client (XEP-0166 section 7.2); nil for one that the platform does not have.
func clientJingle(j *element, to messages.JID) (messages.Effect, error) {
	session := messages.SessionID(j.attr("sid"))
	if session == "" {
		return nil, errors.New("jingle: action: without sid: nothing tells which session it is")
	}
	switch j.attr("action") {
	case "session-accept":
		sdp, err := toSDP(j, responder)
		if err == nil && sdp == "" {
			err = errors.New("jingle: session-accept: without a content: it describes nothing")
		}
		return messages.SendAnswer{Signalling: messages.Jingle, Session: session, To: to, SDP: sdp}, err
	case "transport-info":
		return clientCandidate(j, messages.SendCandidate{Signalling: messages.Jingle, Session: session, To: to})
	case "session-info":
		if len(j.children) == 1 && j.children[0].is(nsInfo, "active") {
			return messages.SendActive{Signalling: messages.Jingle, Session: session, To: to}, nil
		}
		return nil, nil
	case "session-terminate":
		return messages.SendTerminate{Signalling: messages.Jingle, Session: session, To: to, Reason: reason(j)}, nil
	default:
		return nil, nil
	}
}

// clientCandidate reads a transport-info, which the real client sends for each candidate and for the end of them. The candidate keeps
// the ufrag of its transport, as browsers write it: it tells which of two descriptions the candidate belongs to.
func clientCandidate(j *element, e messages.SendCandidate) (messages.Effect, error) {
	in, err := trickled(messages.TransportInfo{}, j)
	if err != nil {
		return nil, err
	}
	e.Mid = in.Mid
	switch {
	case in.Mid == "":
		return nil, errors.New("jingle: transport-info: without a content that has a name and an ICE transport")
	case len(in.Candidates) == 0:
		return e, nil
	case len(in.Candidates) > 1 || in.Complete:
		return nil, errors.New("jingle: transport-info: more than one candidate, or one and the end of them: send each by itself")
	}
	e.Candidate = in.Candidates[0]
	if !isCandidate(e.Candidate.Reveal()) {
		return nil, errors.New("jingle: transport-info: a candidate without all that it must have (XEP-0176 section 5.2)")
	}
	if ufrag := ufragOf(j); ufrag != "" {
		if strings.ContainsAny(ufrag, " \t\r\n") {
			return nil, errField
		}
		e.Candidate += " ufrag " + messages.Candidate(ufrag)
	}
	return e, nil
}

// ufragOf is the ufrag of the first transport.
func ufragOf(j *element) string {
	for _, content := range j.children {
		if t := content.child(nsICE, "transport"); t != nil {
			return t.attr("ufrag")
		}
	}
	return ""
}
