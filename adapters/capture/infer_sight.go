package capture

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// sighting is one record of the wire, read as far as inference needs it. The same word stands for the same thing in both
// signallings and in both directions.
type sighting struct {
	port.Record
	// word is what a frame says: propose, proceed, retract, reject, accept, offer, answer, candidate, active, terminate,
	// notification, station, or else the name of its element or of what its IQ asks.
	word         string
	session      string
	conversation string
	reason       string
	candidate    string // "" at the end of them
	mid          string
	ufrag        string // of an offer: its ICE user name fragment
	automatic    bool   // a propose asks to be answered by itself
	eager        bool   // a propose is that of a persistent connection
	gateway      bool   // it comes from a gateway of softphones
	jingle       bool   // it is of Jingle itself, and not SDP over XMPP
	topic        string
	body         object

	socket       int
	n            int
	method, path string
	status       int
	answer       int // of a request: the index of its answer; -1: there was none
	request      int // of an answer: the index of its request; -1: unknown
	turn         int // the index of the input that came last, itself included; -1: none
}

// sight reads the records of the wire.
func sight(records []port.Record) []*sighting {
	seen := make([]*sighting, len(records))
	asked, turn := map[int]int{}, -1
	for i, r := range records {
		s := &sighting{Record: r, answer: -1, request: -1}
		seen[i] = s
		switch r.Kind {
		case "ws.recv", "ws.send":
			s.readFrame()
		case "http.req":
			s.readRequest()
			asked[s.n] = i
		case "http.res":
			s.readRequest()
			if at, known := asked[s.n]; known {
				s.request, seen[at].answer = at, i
				s.method, s.path = seen[at].method, seen[at].path
			}
		case "ws.open", "ws.close", "ws.error", "ws.new":
			s.readSocket()
		}
		if IsInput(r.Kind) {
			turn = i
		}
		s.turn = turn
	}
	return seen
}

func (s *sighting) readSocket() {
	var f struct {
		WS int `json:"ws"`
	}
	if s.Decode(&f) == nil {
		s.socket = f.WS
	}
}

func (s *sighting) readRequest() {
	var f struct {
		N      int             `json:"n"`
		Method string          `json:"method"`
		URL    string          `json:"url"`
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"`
	}
	if s.Decode(&f) != nil {
		return
	}
	s.n, s.method, s.path, s.status = f.N, strings.ToUpper(f.Method), RESTPath(f.URL), f.Status
	text := f.Body
	var inner string
	if json.Unmarshal(f.Body, &inner) == nil {
		text = json.RawMessage(inner)
	}
	_ = json.Unmarshal(text, &s.body) // a body that is no object tells nothing here
}

// failed tells whether an answer says that nothing was done.
func (s *sighting) failed() bool { return s.status < 200 || s.status > 299 }

func (s *sighting) readFrame() {
	var f struct {
		WS  int    `json:"ws"`
		XML string `json:"xml"`
	}
	if s.Decode(&f) != nil {
		return
	}
	s.socket = f.WS
	root, err := parseFrame(f.XML)
	if err != nil {
		return
	}
	s.word = root.name.Local
	switch s.word {
	case "message":
		s.readMessage(root)
	case "iq":
		s.readIQ(root)
	}
}

var gatewayJID = regexp.MustCompile(`(?i)@.*gjoll`)

func (s *sighting) readMessage(root *element) {
	s.gateway = gatewayJID.MatchString(root.attr("from"))
	if body := root.child("event").child("items").child("item").child("json"); body != nil {
		s.readNotification(body.text)
		return
	}
	for _, c := range root.children {
		if c.name.Space != "urn:xmpp:jingle-message:0" {
			continue
		}
		s.word, s.session, s.conversation = c.name.Local, c.attr("id"), c.attr("inin-cid")
		s.automatic, s.eager = c.attr("inin-autoanswer") == "true" || c.attr("inin-autoanswer") == "1", c.attr("inin-priv-answer-mode") == "Auto"
		return
	}
}

var (
	aboutConversations = regexp.MustCompile(`\.conversations(\.|$)`)
	aboutStation       = regexp.MustCompile(`\.station$`)
)

func (s *sighting) readNotification(body string) {
	var n struct {
		Topic    string `json:"topicName"`
		Body     object `json:"eventBody"`
		Metadata struct {
			Action string `json:"action"`
		} `json:"metadata"`
	}
	if json.Unmarshal([]byte(body), &n) != nil {
		return
	}
	s.topic, s.body = n.Topic, n.Body
	switch {
	case aboutConversations.MatchString(n.Topic):
		s.word, s.conversation = "notification", str(n.Body["id"])
	case aboutStation.MatchString(n.Topic):
		s.word, s.reason = "station", n.Metadata.Action
	}
}

func (s *sighting) readIQ(root *element) {
	s.gateway = gatewayJID.MatchString(root.attr("from"))
	kind := root.attr("type")
	if len(root.children) == 0 {
		return
	}
	switch body := root.children[0]; {
	case kind == "error":
	case body.name.Local == "bind" && body.child("resource") != nil:
		s.word, s.reason = "bind", body.child("resource").text
	case kind == "result":
		s.word = "result " + body.name.Local
	case body.name.Local == "genesys-webrtc":
		s.readRPC(body.text)
	case body.name.Local == "jingle":
		s.readJingle(body)
	default:
		s.word, _ = questionKey(body)
	}
}

func (s *sighting) readRPC(text string) {
	var m struct {
		Method string `json:"method"`
		Params struct {
			Session      string `json:"sessionId"`
			Conversation string `json:"conversationId"`
			SDP          string `json:"sdp"`
			Reason       string `json:"reason"`
			Status       string `json:"status"`
		} `json:"params"`
	}
	if json.Unmarshal([]byte(text), &m) != nil {
		return
	}
	s.word, s.session, s.conversation, s.reason = m.Method, m.Params.Session, m.Params.Conversation, m.Params.Reason
	switch m.Method {
	case "offer":
		if found := iceUser.FindStringSubmatch(m.Params.SDP); found != nil {
			s.ufrag = found[1]
		}
	case "info":
		s.word = m.Params.Status
	case "iceCandidate":
		s.word = "candidate"
		s.mid, s.candidate = candidateLine(m.Params.SDP)
	}
}

// candidateLine is the candidate of a fragment of SDP (RFC 8840 section 9), whose media line names the mid.
func candidateLine(sdp string) (mid, candidate string) {
	for line := range strings.Lines(sdp) {
		line = strings.TrimSpace(line)
		if after, is := strings.CutPrefix(line, "m="); is {
			mid, _, _ = strings.Cut(after, " ")
		}
		if after, is := strings.CutPrefix(line, "a=candidate:"); is {
			candidate = "candidate:" + after
		}
	}
	return mid, candidate
}

// jingleWords are the words of Jingle's actions (XEP-0166 section 7.2).
var jingleWords = map[string]string{
	"session-initiate": "offer", "session-accept": "answer", "transport-info": "candidate", "session-terminate": "terminate",
}

func (s *sighting) readJingle(body *element) {
	action := body.attr("action")
	s.word, s.session, s.jingle = action, body.attr("sid"), true
	if word, known := jingleWords[action]; known {
		s.word = word
	}
	switch action {
	case "session-initiate":
		s.ufrag = body.child("content").child("transport").attribute("ufrag")
	case "session-info":
		s.word = body.firstChild()
	case "session-terminate":
		s.reason = body.child("reason").firstChild()
	case "transport-info":
		content := body.child("content")
		if content == nil {
			return
		}
		s.mid = content.attr("name")
		s.candidate = jingleCandidate(content.child("transport").child("candidate"))
	}
}

// jingleCandidate writes a candidate of XEP-0176 as the attribute of RFC 8839 section 5.1; "" is none.
func jingleCandidate(c *element) string {
	if c == nil {
		return ""
	}
	parts := []string{
		"candidate:" + c.attr("foundation"), c.attr("component"), c.attr("protocol"), c.attr("priority"), c.attr("ip"), c.attr("port"),
		"typ", c.attr("type"),
	}
	if related := c.attr("rel-addr"); related != "" {
		parts = append(parts, "raddr", related, "rport", c.attr("rel-port"))
	}
	if tcp := c.attr("tcptype"); tcp != "" {
		parts = append(parts, "tcptype", tcp)
	}
	generation := c.attr("generation")
	if _, err := strconv.Atoi(generation); err == nil {
		parts = append(parts, "generation", generation)
	}
	return strings.Join(parts, " ")
}
