package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// script says in words what came in, and which inputs are worth words: what the client asked for and got is told with the
// asking.
type script struct {
	words map[int]string // by line
	turn  int            // how many were worth words so far
	asked map[string]int // the turn in which the client asked: "http 5", "iq <id>"
	about map[string]string
	peers map[int]string // the session of each peer connection
	offer string         // the session that was offered last
	la    float64        // the line appearance that the station had last
}

// scripted is the script of a recording.
func scripted(rec *recording) map[int]string {
	s := &script{words: map[int]string{}, asked: map[string]int{}, about: map[string]string{}, peers: map[int]string{}}
	for _, r := range rec.Records {
		if words := s.record(r); words != "" {
			s.words[r.Line] = named(words)
			s.turn++
		}
	}
	return s.words
}

// inputFields are those of all inputs.
type inputFields struct {
	N      int             `json:"n"`
	Name   string          `json:"name"`
	Args   []any           `json:"args"`
	XML    string          `json:"xml"`
	Code   int             `json:"code"`
	Method string          `json:"method"`
	URL    string          `json:"url"`
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
	Error  string          `json:"e"`
	PC     int             `json:"pc"`
	Config map[string]any  `json:"config"`
	What   string          `json:"what"`
	Value  any             `json:"value"`
	Silent bool            `json:"silent"`
	MS     float64         `json:"ms"`
}

// record is an input in words, or "".
func (s *script) record(r port.Record) string {
	var f inputFields
	if r.Kind == "config" || r.Decode(&f) != nil {
		return ""
	}
	switch r.Kind {
	case "http.req":
		s.asked[fmt.Sprintf("http %d", f.N)] = s.turn
	case "ws.send":
		if iq, asks := capture.IdentifyIQ(f.XML); asks {
			s.asked["iq "+iq.ID], s.about["iq "+iq.ID] = s.turn, iq.Key
		}
	case "pc.new":
		if len(f.Config) > 0 {
			s.peers[f.PC] = s.offer
		}
	case "api":
		return call(f)
	case "ws.recv":
		return s.frame(frame(f.XML))
	case "ws.close":
		return fmt.Sprintf("the socket closes, %d", f.Code)
	case "ws.error":
		return "the socket fails"
	case "http.res":
		return s.response(f)
	case "gum.err":
		name, _, _ := strings.Cut(f.Error, ":")
		return "the microphone is refused, " + name
	case "pc.state":
		return s.media(f)
	case "pc.err":
		return s.peers[f.PC] + ": the browser refuses"
	case "page.visibility":
		return fmt.Sprintf("the page is %v", f.Value)
	case "page.online":
		if f.Value == true {
			return "the browser is online"
		}
		return "the browser is offline"
	case "clock":
		return fmt.Sprintf("%v s pass unnoticed", f.MS/1000)
	}
	return ""
}

// call is what the application asked for.
func call(f inputFields) string {
	arg := func(name string) string {
		if len(f.Args) == 0 {
			return "nothing"
		}
		o, isObject := f.Args[0].(map[string]any)
		if v, there := o[name]; isObject && there {
			return fmt.Sprint(v)
		}
		return "nothing"
	}
	words := func(when bool, yes, no string) string {
		if when {
			return yes
		}
		return no
	}
	conversation := arg("conversationId")
	switch f.Name {
	case "acceptPendingSession":
		return "agent answers " + conversation
	case "rejectPendingSession":
		return "agent declines " + conversation
	case "acceptSession":
		return "agent accepts the session of " + conversation
	case "endSession":
		return "agent ends " + conversation
	case "setAudioMute":
		return "agent " + words(arg("mute") == "true", "mutes ", "unmutes ") + conversation
	case "setVideoMute":
		return "agent mutes the video of " + conversation
	case "setConversationHeld":
		return "agent " + words(arg("held") == "true", "holds ", "retrieves ") + conversation
	case "startSoftphoneSession":
		return "agent dials"
	case "setAccessToken":
		return "agent renews the token"
	}
	all := []string{"agent calls", f.Name}
	if f.Name == "forceTerminateSession" {
		all = []string{"agent terminates"}
	}
	for _, a := range f.Args {
		if text, isText := a.(string); isText {
			all = append(all, text)
		}
	}
	return strings.Join(all, " ")
}

// response is the answer to a request, if it refuses, tells of another line appearance, or comes after something else.
func (s *script) response(f inputFields) string {
	question := request(f.Method, f.URL, nil)
	if f.Status < 200 || f.Status > 299 {
		return fmt.Sprintf("%s is answered %d", question, f.Status)
	}
	if question == "GET station" {
		if words := s.station(f.Body); words != "" {
			return words
		}
	}
	if s.asked[fmt.Sprintf("http %d", f.N)] != s.turn {
		return fmt.Sprintf("%s is answered %d", question, f.Status)
	}
	return ""
}

// station is the line appearance that a station has now, if it had another one.
func (s *script) station(body json.RawMessage) string {
	var text string
	if json.Unmarshal(body, &text) != nil {
		text = string(body)
	}
	var f struct {
		LineAppearance float64 `json:"webRtcCallAppearances"`
		Persistent     bool    `json:"webRtcPersistentEnabled"`
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return ""
	}
	before := s.la
	s.la = f.LineAppearance
	if before == 0 || before == f.LineAppearance {
		return ""
	}
	return fmt.Sprintf("the station has line appearance %v", f.LineAppearance)
}

// media is what a session's media did, without the steps on the way up.
func (s *script) media(f inputFields) string {
	session := s.peers[f.PC]
	switch {
	case f.Silent:
		return fmt.Sprintf("media of %s %v, silently", session, f.Value)
	case f.What == "iceConnectionState" && f.Value == "connected":
		return fmt.Sprintf("media of %s connected", session)
	case f.What == "signalingState" || f.What == "iceGatheringState", f.Value == "connected", f.Value == "connecting",
		f.Value == "checking", f.Value == "new":
		return ""
	case f.What == "iceConnectionState":
		return fmt.Sprintf("ICE of %s %v", session, f.Value)
	default:
		return fmt.Sprintf("connection of %s %v", session, f.Value)
	}
}
