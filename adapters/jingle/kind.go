package jingle

import "fmt"

// Describe names a sent frame of a session for comparison: its kind and its session id. The kinds are proceed, accept, reject,
// retract and propose; answer, info with its status, terminate with its reason, and any other rpc method; and the Jingle action, with
// the reason of a session-terminate and the remark of a session-info. ok is false for what is not compared: candidates, IQ answers,
// and all frames of the stream itself (capture-format "What verify compares", point 4).
func Describe(frame []byte) (kind string, sid string, ok bool) {
	root, err := parse(frame)
	if err != nil {
		return "", "", false
	}
	switch {
	case root.is(nsClient, "message"):
		for _, c := range root.children {
			if initiation(root, c) != nil && c.space == nsInitiate {
				return c.name, c.attr("id"), true
			}
		}
	case root.is(nsClient, "iq"):
		if rpc := root.child(nsRPC, "genesys-webrtc"); rpc != nil {
			return rpcKind(rpc.text)
		}
		if j := root.child(nsJingle, "jingle"); j != nil {
			return jingleKind(j)
		}
	}
	return "", "", false
}

// rpcKind is the kind of a JSON-RPC; a missing word of it shows as null.
func rpcKind(text string) (kind, sid string, ok bool) {
	rpc, err := parseObject(text)
	if err != nil {
		return "bad-json", "?", true
	}
	method, _ := rpc["method"].(string)
	params, _ := rpc["params"].(object)
	sid, _ = params["sessionId"].(string)
	switch method {
	case "", "iceCandidate":
		return "", "", false
	case "terminate":
		return "terminate " + word(params["reason"]), sid, true
	case "info":
		return "info " + word(params["status"]), sid, true
	case "mute", "unmute":
		return method + " " + word(params["type"]), sid, true
	default:
		return method, sid, true
	}
}

func word(v any) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(v)
}

func jingleKind(j *element) (kind, sid string, ok bool) {
	sid = j.attr("sid")
	switch action := j.attr("action"); action {
	case "transport-info":
		return "", "", false
	case "session-terminate":
		if why := reason(j); why != "" {
			return action + " " + why, sid, true
		}
		return action + " null", sid, true
	case "session-info":
		if len(j.children) > 0 {
			return action + " " + j.children[0].name, sid, true
		}
		return action, sid, true
	default:
		return action, sid, true
	}
}

// DescribeStream names a sent frame of the stream itself: open, auth, bind, services with its type, subscribe with its node, ping or
// close. ok is false for any other.
func DescribeStream(frame []byte) (kind string, ok bool) {
	root, err := parse(frame)
	if err != nil {
		return "", false
	}
	switch {
	case root.is(nsFraming, "open"), root.is(nsFraming, "close"), root.is(nsSASL, "auth"):
		return root.name, true
	case root.is(nsClient, "iq") && len(root.children) == 1:
		return requestKind(root.children[0])
	default:
		return "", false
	}
}

func requestKind(e *element) (kind string, ok bool) {
	switch {
	case e.is(nsBind, "bind"), e.is(nsPing, "ping"):
		return e.name, true
	case e.is(nsServices, "services"):
		return "services " + e.attr("type"), true
	case e.is(nsPubsub, "pubsub"):
		if s := e.child(nsPubsub, "subscribe"); s != nil {
			return "subscribe " + s.attr("node"), true
		}
	}
	return "", false
}
