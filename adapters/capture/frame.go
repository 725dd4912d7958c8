package capture

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Frames that a client sent are read here anew, and not by the codec of the stream: what compares a replay with a
// recording must not share a fault with what wrote the replay.

// element is an XML element.
type element struct {
	name     xml.Name
	attrs    []xml.Attr
	children []*element
	text     string
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// attribute is attr of an element that may be nil.
func (e *element) attribute(name string) string {
	if e == nil {
		return ""
	}
	return e.attr(name)
}

// child is the first child of a name, or nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name.Local == name {
			return c
		}
	}
	return nil
}

// firstChild is the name of the first child, or "null", as the definition of the comparison writes it.
func (e *element) firstChild() string {
	if e == nil || len(e.children) == 0 {
		return "null"
	}
	return e.children[0].name.Local
}

// depthMax bounds the nesting of a frame: real ones have less than ten levels.
const depthMax = 64

var errFrame = errors.New("not one XML element")

func parseFrame(frame string) (*element, error) {
	in := xml.NewDecoder(strings.NewReader(frame))
	root := &element{}
	open := []*element{root}
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(open) > depthMax {
			return nil, errFrame
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name, attrs: token.Copy().Attr}
			top.children = append(top.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(root.children) != 1 {
		return nil, errFrame
	}
	return root.children[0], nil
}

// stanza is what a frame that the client sent says, as far as it is compared.
type stanza struct {
	kind    string
	session string
	// of says which list the stanza belongs to.
	of stanzaList
}

type stanzaList uint8

const (
	notCompared stanzaList = iota
	ofStream
	ofSession
)

// describe says what a frame that was sent is. Candidates and the answers to IQs are not compared.
func describe(frame string) stanza {
	root, err := parseFrame(frame)
	if err != nil {
		return stanza{kind: "unreadable", of: ofStream}
	}
	switch root.name.Local {
	case "message":
		return describeMessage(root)
	case "iq":
		return describeIQ(root)
	default:
		return stanza{kind: root.name.Local, of: ofStream}
	}
}

func describeMessage(root *element) stanza {
	for _, c := range root.children {
		if c.name.Space == "urn:xmpp:jingle-message:0" {
			return stanza{kind: c.name.Local, session: c.attr("id"), of: ofSession}
		}
	}
	return stanza{kind: "message", of: ofStream}
}

func describeIQ(root *element) stanza {
	if t := root.attr("type"); t == "result" || t == "error" || len(root.children) == 0 {
		return stanza{}
	}
	switch body := root.children[0]; body.name.Local {
	case "genesys-webrtc":
		return describeRPC(body)
	case "jingle":
		return describeJingle(body)
	default:
		kind, _ := questionKey(body)
		return stanza{kind: kind, of: ofStream}
	}
}

// rpc is a genesys-webrtc message, as far as it is compared.
type rpc struct {
	Method string `json:"method"`
	Params struct {
		Session string  `json:"sessionId"`
		Reason  *string `json:"reason"`
		Status  *string `json:"status"`
		Type    *string `json:"type"`
	} `json:"params"`
}

func describeRPC(body *element) stanza {
	var m rpc
	if err := json.Unmarshal([]byte(body.text), &m); err != nil {
		return stanza{kind: "bad-json", of: ofStream}
	}
	s := stanza{kind: m.Method, session: m.Params.Session, of: ofSession}
	switch m.Method {
	case "", "iceCandidate":
		return stanza{}
	case "terminate":
		s.kind += " " + orNull(m.Params.Reason)
	case "info":
		s.kind += " " + orNull(m.Params.Status)
	case "mute", "unmute":
		s.kind += " " + orNull(m.Params.Type)
	}
	return s
}

func describeJingle(body *element) stanza {
	s := stanza{kind: body.attr("action"), session: body.attr("sid"), of: ofSession}
	switch s.kind {
	case "transport-info":
		return stanza{}
	case "session-terminate":
		s.kind += " " + body.child("reason").firstChild()
	case "session-info":
		s.kind += " " + body.firstChild()
	}
	return s
}

func orNull(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

// questionKey is the key of an IQ's payload; ok is false for one that no question of ours has.
func questionKey(body *element) (key string, ok bool) {
	switch body.name.Local {
	case "bind":
		return port.BindKey(), true
	case "ping":
		return port.PingKey(), true
	case "services":
		return port.ServicesKey(body.attr("type")), true
	case "pubsub":
		if s := body.child("subscribe"); s != nil {
			return port.SubscribeKey(s.attr("node")), true
		}
		return "pubsub " + body.firstChild(), false
	case "genesys-webrtc":
		var m rpc
		if json.Unmarshal([]byte(body.text), &m) != nil {
			return "", false
		}
		return port.RPCKey(m.Method, messages.SessionID(m.Params.Session)), true
	case "jingle":
		return port.JingleKey(body.attr("action"), messages.SessionID(body.attr("sid"))), true
	default:
		return "iq " + body.name.Local, false
	}
}

// IdentifyIQ reads a frame that the client sent. ok is false for anything but an IQ that asks.
func IdentifyIQ(frame string) (iq port.IQ, ok bool) {
	if !strings.HasPrefix(frame, "<iq") {
		return port.IQ{}, false
	}
	root, err := parseFrame(frame)
	if err != nil || len(root.children) == 0 {
		return port.IQ{}, false
	}
	if t := root.attr("type"); t != "get" && t != "set" {
		return port.IQ{}, false
	}
	key, ok := questionKey(root.children[0])
	return port.IQ{ID: root.attr("id"), To: messages.JID(root.attr("to")), Key: key}, ok
}
