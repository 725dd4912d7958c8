package jingle

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/messages"
)

// Context is what a frame needs besides its effect.
type Context struct {
	// IQ is the id of a request; the answer has the same. It is not used for other frames.
	IQ string
	// Self is the own full JID; "" before the bind result.
	Self messages.JID
	// Token is the access token, for SendAuth.
	Token messages.Token
	// NotificationHost is the pubsub service, such as notifications.example.com, for SendSubscribe.
	NotificationHost string
	// LocalSDP is the local description: what SendAnswer sends if the effect has none, and the source of the ufrag that a
	// Jingle candidate is sent with.
	LocalSDP messages.SDP
	// RPC is the id of a JSON-RPC request; IQ if it is "".
	RPC string
}

// Encode writes an effect as one frame, in the shape of the real client. ok is false, and nothing is written, for an effect
// that is not for the stream. An error means that the effect cannot be said: a value that XML cannot carry, an id or
// description that is missing.
func Encode(e messages.Effect, c Context) (frame []byte, ok bool, err error) {
	w := &writer{}
	switch e := e.(type) {
	case messages.SendStreamOpen:
		w.empty("open", "xmlns", nsFraming, "xml:lang", "en", "to", e.Domain, "version", "1.0")
	case messages.SendStreamClose:
		w.empty("close", "xmlns", nsFraming)
	case messages.SendAuth:
		err = w.auth(e, c.Token)
	case messages.SendProceed:
		w.initiation("proceed", e.Session, e.To)
	case messages.SendAccept:
		w.initiation("accept", e.Session, e.To)
	case messages.AcknowledgeIQ:
		w.empty("iq", "xmlns", nsClient, "id", e.IQ, "to", e.To.Reveal(), "type", "result")
	case messages.RefuseIQ:
		w.iq(e.IQ, "", e.To.Reveal(), "error", func() { w.refusal(e.Condition, e.JingleCondition) })
	default:
		if ok, err = w.request(e, c); !ok {
			return nil, false, nil
		}
	}
	if err == nil {
		frame, err = w.frame()
	}
	if err != nil {
		return nil, true, fmt.Errorf("%w (%s)", err, e.Kind())
	}
	return frame, true, nil
}

// auth writes SASL PLAIN (RFC 4616): no authorisation identity, the bare JID, and the token behind the word authKey.
func (w *writer) auth(e messages.SendAuth, token messages.Token) error {
	jid, _, _ := strings.Cut(e.JID.Reveal(), "/")
	if strings.ContainsRune(jid+token.Reveal(), 0) {
		return errors.New("jingle: encode: JID or token holds a NUL, which separates the parts of SASL PLAIN")
	}
	w.start("auth", "xmlns", nsSASL, "mechanism", "PLAIN")
	w.text(base64.StdEncoding.EncodeToString([]byte("\x00" + jid + "\x00authKey:" + token.Reveal())))
	w.end()
	return nil
}

// initiation writes a message of Jingle message initiation; it has neither id nor from (platform-wire section 4).
func (w *writer) initiation(word string, session messages.SessionID, to messages.JID) {
	w.start("message", "xmlns", nsClient, "to", to.Reveal())
	w.empty(word, "xmlns", nsInitiate, "id", string(session))
	w.end()
}

// refusal writes the error of an answer (RFC 6120 section 8.3); the real client's are all of type cancel.
func (w *writer) refusal(condition, jingleCondition string) {
	w.start("error", "type", "cancel")
	w.named(condition, "xmlns", nsStanzas)
	if jingleCondition != "" {
		w.named(jingleCondition, "xmlns", nsErrors)
	}
	w.end()
}

// request writes an IQ request; ok is false if the effect is none.
func (w *writer) request(e messages.Effect, c Context) (ok bool, err error) {
	payload := w.payloadOf(e, c)
	if payload == nil {
		return false, nil
	}
	if c.IQ == "" {
		return true, errors.New("jingle: encode: an IQ request needs an id: set Context.IQ")
	}
	err = payload()
	return true, err
}

// payloadOf is the function that writes the request of an effect, or nil.
func (w *writer) payloadOf(e messages.Effect, c Context) func() error {
	switch e := e.(type) {
	case messages.SendBind:
		return func() error { w.bind(e, c); return nil }
	case messages.SendServices:
		return func() error {
			w.iq(c.IQ, "", e.Domain, "get", func() { w.empty("services", "xmlns", nsServices, "type", e.Type) })
			return nil
		}
	case messages.SendSubscribe:
		return func() error { w.subscribe(e, c); return nil }
	case messages.SendPing:
		return func() error { w.iq(c.IQ, "", "", "get", func() { w.empty("ping", "xmlns", nsPing) }); return nil }
	case messages.SendAnswer:
		return func() error { return w.answer(e, c) }
	case messages.SendCandidate:
		return func() error { return w.trickle(e, c) }
	case messages.SendActive:
		return func() error { return w.active(e, c) }
	case messages.SendTerminate:
		return func() error { return w.terminate(e, c) }
	default:
		return nil
	}
}

// iq writes an IQ; a client's has no from.
func (w *writer) iq(id, from, to, kind string, payload func()) {
	w.start("iq", "xmlns", nsClient, "id", id, "from", from, "to", to, "type", kind)
	payload()
	w.end()
}

// bind asks for a resource; without one the server chooses (RFC 6120 section 7).
func (w *writer) bind(e messages.SendBind, c Context) {
	w.iq(c.IQ, "", "", "set", func() {
		w.start("bind", "xmlns", nsBind)
		if e.Resource != "" {
			w.start("resource")
			w.text(e.Resource)
			w.end()
		}
		w.end()
	})
}

func (w *writer) subscribe(e messages.SendSubscribe, c Context) {
	w.iq(c.IQ, "", c.NotificationHost, "set", func() {
		w.start("pubsub", "xmlns", nsPubsub)
		w.empty("subscribe", "node", e.Topic, "jid", e.JID.Reveal())
		w.end()
	})
}

// rpc writes a JSON-RPC request in a genesys-webrtc IQ (sdk-behaviour 3.3). All params are texts: names and values, in the real
// client's order; one with an empty value is left out.
func (w *writer) rpc(to messages.JID, c Context, method string, params ...string) error {
	id := c.RPC
	if id == "" {
		id = c.IQ
	}
	body, err := jsonText(method, id, params...)
	if err != nil {
		return err
	}
	w.start("iq", "xmlns", nsClient, "id", c.IQ, "type", "set", "from", c.Self.Reveal(), "to", to.Reveal())
	w.start("genesys-webrtc", "xmlns", nsRPC)
	w.text(body)
	w.end()
	w.end()
	return nil
}

// jsonText is a JSON-RPC request. Text that is not UTF-8 is refused, where encoding/json would change it.
func jsonText(method, id string, params ...string) (string, error) {
	if !utf8.ValidString(method + id) {
		return "", errors.New("jingle: encode: the method or id of an rpc is not UTF-8")
	}
	b := []byte(`{"jsonrpc":"2.0","method":`)
	b = appendQuoted(b, method)
	b = append(b, `,"params":{`...)
	first := true
	for i := 0; i+1 < len(params); i += 2 {
		name, value := params[i], params[i+1]
		if value == "" {
			continue
		}
		if !utf8.ValidString(value) {
			return "", errors.New("jingle: encode: " + name + " is not UTF-8")
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendQuoted(b, name), ':')
		if name == "reinvite" { // the one param that is no text
			b = append(b, value...)
			continue
		}
		b = appendQuoted(b, value)
	}
	b = append(b, `},"id":`...)
	return string(append(appendQuoted(b, id), '}')), nil
}

// appendQuoted appends a JSON string, without the escapes that are for HTML.
func appendQuoted(b []byte, s string) []byte {
	var out bytes.Buffer
	j := json.NewEncoder(&out)
	j.SetEscapeHTML(false)
	_ = j.Encode(s) // a string always encodes
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// jingle writes a Jingle action in an IQ (XEP-0166 section 7).
func (w *writer) jingle(to messages.JID, c Context, session messages.SessionID, action string, body func()) {
	w.iq(c.IQ, "", to.Reveal(), "set", func() { w.action(session, action, "", body) })
}

// action writes a Jingle element; only a session-initiate names the initiator.
func (w *writer) action(session messages.SessionID, action string, initiator messages.JID, body func()) {
	w.start("jingle", "xmlns", nsJingle, "sid", string(session), "action", action, "initiator", initiator.Reveal())
	body()
	w.end()
}

// reason writes why a session ends (XEP-0166 section 7.4); "" is no reason.
func (w *writer) reason(condition string) {
	if condition == "" {
		return
	}
	w.start("reason")
	w.named(condition)
	w.end()
}

// bySignalling calls the writer of the session's signalling.
func bySignalling(s messages.Signalling, rpc, jingle func() error) error {
	switch s {
	case messages.SDPOverXMPP:
		return rpc()
	case messages.Jingle:
		return jingle()
	default:
		return errors.New("jingle: encode: unknown signalling: neither sdp nor jingle")
	}
}

// answer writes rpc answer, or session-accept.
func (w *writer) answer(e messages.SendAnswer, c Context) error {
	sdp := e.SDP
	if sdp == "" {
		sdp = c.LocalSDP
	}
	if sdp == "" {
		return errors.New("jingle: encode: an answer without a description: set Context.LocalSDP")
	}
	return bySignalling(e.Signalling, func() error {
		return w.rpc(e.To, c, "answer", "sdp", sdp.Reveal(), "sessionId", string(e.Session))
	}, func() (err error) {
		w.jingle(e.To, c, e.Session, "session-accept", func() { err = w.description(sdp, responder) })
		return err
	})
}

// trickle writes rpc iceCandidate, or transport-info. The end of candidates is a word in the one, an element in the other.
func (w *writer) trickle(e messages.SendCandidate, c Context) error {
	candidate := strings.TrimPrefix(e.Candidate.Reveal(), "a=")
	if strings.ContainsAny(e.Mid+candidate, "\r\n") {
		return errors.New("jingle: encode: a candidate of more than one line")
	}
	return bySignalling(e.Signalling, func() error {
		return w.rpc(e.To, c, "iceCandidate", "sessionId", string(e.Session), "sdp", fragment(e.Mid, candidate))
	}, func() error {
		w.jingle(e.To, c, e.Session, "transport-info", func() { w.transportInfo(e.Mid, candidate, c.LocalSDP) })
		return nil
	})
}

// fragment is a candidate as genesys-webrtc has it: the m= line names the mid. An empty candidate is the end of candidates.
func fragment(mid, candidate string) string {
	if candidate == "" {
		return endOfCandidates
	}
	return "m=" + mid + " 9 RTP/AVP 0\r\na=" + candidate
}

const endOfCandidates = "a=end-of-candidates"

func (w *writer) transportInfo(mid, candidate string, local messages.SDP) {
	ufrag := sdpValue(local.Reveal(), "ice-ufrag")
	if fields := strings.Fields(candidate); len(fields) > 8 && ufrag == "" {
		ufrag = extensions(fields)["ufrag"]
	}
	w.start("content", "creator", "initiator", "name", mid)
	w.start("transport", "xmlns", nsICE, "ufrag", ufrag)
	if candidate == "" {
		w.empty("gathering-complete")
	} else {
		w.candidate(candidate, responder)
	}
	w.end()
	w.end()
}

// active writes rpc info, or session-info.
func (w *writer) active(e messages.SendActive, c Context) error {
	return bySignalling(e.Signalling, func() error {
		return w.rpc(e.To, c, "info", "sessionId", string(e.Session), "status", "active")
	}, func() error {
		w.jingle(e.To, c, e.Session, "session-info", func() { w.empty("active", "xmlns", nsInfo) })
		return nil
	})
}

// terminate writes rpc terminate, or session-terminate, where the reason is an element's name.
func (w *writer) terminate(e messages.SendTerminate, c Context) error {
	return bySignalling(e.Signalling, func() error {
		return w.rpc(e.To, c, "terminate", "sessionId", string(e.Session), "reason", e.Reason)
	}, func() error {
		w.jingle(e.To, c, e.Session, "session-terminate", func() { w.reason(e.Reason) })
		return nil
	})
}
