package conformance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// frame is a frame that came in, in words, or "".
func (s *script) frame(root *element) string {
	switch root.name() {
	case "message":
		if root.child("event").name() != "" {
			return notification(root.child("event").child("items").child("item").child("json").Text)
		}
		return initiation(root)
	case "iq":
		if t := root.attr("type"); t == "result" || t == "error" {
			return s.answer(root, t)
		}
		return s.told(root.first())
	case "failure":
		return "the stream refuses the token"
	case "close", "error":
		return strings.TrimSpace("the stream is closed " + root.first().name())
	default:
		return ""
	}
}

// usual is the address that the scenarios' platform calls from.
var usual = regexp.MustCompile(`^5000000\d@gjoll\.lab\.test/edge$`)

// initiation is a message of Jingle message initiation.
func initiation(root *element) string {
	m, from, to := root.first(), root.attr("from"), root.attr("to")
	bare, _, _ := strings.Cut(to, "/")
	words := []string{m.name(), m.attr("id")}
	if m.name() == "propose" {
		words = append(words, m.attr("inin-cid"))
	}
	if auto := m.attr("inin-autoanswer"); auto != "" && auto != "false" {
		words = append(words, "auto-answer="+auto)
	}
	if priv := m.attr("inin-priv-answer-mode"); priv != "" {
		words = append(words, "persistent="+priv)
	}
	switch {
	case from == to && m.name() != "propose":
		words = append(words, "from this client")
	case strings.HasPrefix(from, bare+"/") && m.name() != "propose":
		words = append(words, "from another client")
	case !usual.MatchString(from):
		words = append(words, "from "+from)
	}
	return strings.Join(words, " ")
}

// answer is the answer to an IQ of the client, if it refuses or comes after something else.
func (s *script) answer(root *element, t string) string {
	id := "iq " + root.attr("id")
	about, known := s.about[id]
	about = strings.TrimPrefix(strings.TrimPrefix(about, "rpc "), "jingle ")
	switch {
	case t == "error":
		return fmt.Sprintf("%s is refused: %s", about, root.child("error").first().name())
	case known && s.asked[id] != s.turn && !strings.HasPrefix(about, "iceCandidate") && about != "ping":
		return about + " is acknowledged"
	default:
		return ""
	}
}

// told is what a session was told: by genesys-webrtc or by Jingle.
func (s *script) told(body *element) string {
	if body.name() == "jingle" {
		words := []string{body.attr("action"), body.attr("sid")}
		if reason := body.child("reason").first().name(); reason != "" {
			words = append(words, reason)
		}
		if body.attr("action") == "session-initiate" {
			s.offer = body.attr("sid")
		}
		return strings.Join(words, " ")
	}
	var m struct {
		Method string `json:"method"`
		Params struct {
			Session      string `json:"sessionId"`
			Conversation string `json:"conversationId"`
			Reason       string `json:"reason"`
			Reinvite     bool   `json:"reinvite"`
		} `json:"params"`
	}
	if body.name() != "genesys-webrtc" || json.Unmarshal([]byte(body.Text), &m) != nil {
		return ""
	}
	words := []string{m.Method, m.Params.Session}
	if m.Method == "offer" {
		s.offer = m.Params.Session
		words = append(words, m.Params.Conversation)
	}
	if m.Params.Reinvite {
		words = append(words, "reinvite")
	}
	if m.Params.Reason != "" {
		words = append(words, m.Params.Reason)
	}
	return strings.Join(words, " ")
}

// notified is the part of a notification that the words need.
type notified struct {
	Topic string `json:"topicName"`
	Body  struct {
		ID           string `json:"id"`
		Participants []struct {
			User  string `json:"userId"`
			Calls []leg  `json:"calls"`
		} `json:"participants"`
	} `json:"eventBody"`
	Metadata struct {
		Action string `json:"action"`
	} `json:"metadata"`
}

// leg is one of a participant's communications.
type leg struct {
	State     string          `json:"state"`
	Held      bool            `json:"held"`
	Muted     bool            `json:"muted"`
	Confined  bool            `json:"confined"`
	Direction string          `json:"direction"`
	Error     json.RawMessage `json:"errorInfo"`
}

func (l leg) words() string {
	words := []string{l.State}
	for _, flag := range []struct {
		set  bool
		word string
	}{
		{l.Held, "held"}, {l.Muted, "muted"}, {l.Confined, "confined"},
		{l.Direction == "outbound", "outbound"}, {len(l.Error) > 0 && string(l.Error) != "null", "with an error"},
	} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	return strings.Join(words, " ")
}

// notification is a notification in words: a conversation with the legs of the user's own participants.
func notification(body string) string {
	var n notified
	if json.Unmarshal([]byte(body), &n) != nil {
		return "a notification that is not JSON"
	}
	topic := n.Topic[strings.LastIndexByte(n.Topic, '.')+1:]
	switch {
	case topic == "station":
		return "station " + n.Metadata.Action
	case topic != "conversations":
		return "notification " + topic
	}
	var mine []string
	for _, p := range n.Body.Participants {
		if p.User == "" || !strings.Contains(n.Topic, p.User) {
			continue
		}
		var legs []string
		for _, l := range p.Calls {
			legs = append(legs, l.words())
		}
		if len(legs) == 0 {
			legs = []string{"without a leg"}
		}
		mine = append(mine, strings.Join(legs, " and "))
	}
	if len(mine) == 0 {
		mine = []string{"without me"}
	}
	return "conversation " + n.Body.ID + " " + strings.Join(mine, ", beside ")
}
