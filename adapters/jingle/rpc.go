package jingle

import (
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// sender is who sent a message in which IQ.
type sender struct {
	iq  string
	jid messages.JID
}

// methods are what the far end may say.
var methods = map[string]func(params object, from sender) (messages.Input, error){
	"offer":        offer,
	"iceCandidate": remoteCandidate,
	"terminate":    terminate,
}

// decodeRPC reads the JSON-RPC of a genesys-webrtc element (sdk-behaviour 3.3).
func decodeRPC(text string, from sender) (messages.Input, error) {
	method, params, err := envelope(text)
	if err != nil {
		return nil, err
	}
	read, known := methods[method]
	if !known {
		return messages.UnknownRPC{IQ: from.iq, Method: method, From: from.jid}, nil
	}
	if params == nil {
		return nil, withoutParams(method)
	}
	return read(params, from)
}

// envelope reads method and params of a JSON-RPC request; params that are no object are as good as none.
func envelope(text string) (method string, params object, err error) {
	rpc, err := parseObject(text)
	if err != nil {
		return "", nil, err
	}
	method, err = rpc.text("method")
	params, _ = rpc["params"].(object)
	return method, params, err
}

func withoutParams(method string) error {
	return fmt.Errorf("jingle: genesys-webrtc: %s without params", method)
}

func offer(p object, from sender) (messages.Input, error) {
	session, sdp, err := sessionAndSDP(p)
	if err != nil {
		return nil, err
	}
	conversation, err := p.text("conversationId")
	if err != nil {
		return nil, err
	}
	reinvite, err := p.flag("reinvite")
	return messages.Offer{
		IQ:           from.iq,
		Session:      session,
		Conversation: messages.ConversationID(conversation),
		From:         from.jid,
		SDP:          messages.SDP(sdp),
		ICE:          transport(sdp),
		Reinvite:     reinvite,
	}, err
}

func sessionAndSDP(p object) (messages.SessionID, string, error) {
	session, err := p.text("sessionId")
	if err != nil {
		return "", "", err
	}
	sdp, err := p.text("sdp")
	return messages.SessionID(session), sdp, err
}

// transport names the ICE transport of a description by its first ufrag and pwd: an ICE restart changes both (RFC 8839).
func transport(sdp string) messages.Candidate {
	ufrag, pwd := sdpValue(sdp, "ice-ufrag"), sdpValue(sdp, "ice-pwd")
	if ufrag == "" && pwd == "" {
		return ""
	}
	return messages.Candidate(ufrag + "\n" + pwd)
}

// sdpValue is the value of the first attribute line of that name, or "".
func sdpValue(sdp, name string) string {
	for line := range strings.Lines(sdp) {
		if value, ok := strings.CutPrefix(line, "a="+name+":"); ok {
			return strings.TrimRight(value, "\r\n")
		}
	}
	return ""
}

// remoteCandidate reads a fragment of two lines, m=<mid> … and a=<candidate>. The end of candidates has no media line; it is
// malformed like any other fragment that lacks one of them, and so is harmless.
func remoteCandidate(p object, from sender) (messages.Input, error) {
	session, sdp, err := sessionAndSDP(p)
	mid, candidate := unfragment(sdp)
	in := messages.RemoteCandidate{IQ: from.iq, Session: session, From: from.jid}
	if mid == "" || candidate == "" {
		in.Malformed = true
	} else {
		in.Mid, in.Candidate = mid, messages.Candidate(candidate)
	}
	return in, err
}

// unfragment is mid and candidate of a fragment; either may be missing.
func unfragment(sdp string) (mid, candidate string) {
	return after(sdp, "m=", " \t\r\n"), after(sdp, "a=", "\r\n\\")
}

// after is the text between a mark and the first of some ends, or "".
func after(s, mark, ends string) string {
	_, rest, _ := strings.Cut(s, mark)
	if end := strings.IndexAny(rest, ends); end >= 0 {
		return rest[:end]
	}
	return rest
}

func terminate(p object, from sender) (messages.Input, error) {
	session, err := p.text("sessionId")
	if err != nil {
		return nil, err
	}
	why, err := p.text("reason")
	return messages.Terminate{IQ: from.iq, Session: messages.SessionID(session), From: from.jid, Reason: why}, err
}
