package capture

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	ofConversation = regexp.MustCompile(`^/conversations/(?:calls/)?([^/?]+)(?:/participants/[^/]+(/replace)?)?$`)
	ofStation      = regexp.MustCompile(`^/stations/[^/]+$`)
)

// conversationOf is the conversation that a path of the API is about, or "".
func conversationOf(path string) string {
	if m := ofConversation.FindStringSubmatch(path); m != nil && path != "/conversations/calls" {
		return m[1]
	}
	return ""
}

// requested explains a request.
func (f *inference) requested(i int, s *sighting) {
	switch {
	case s.method == "GET" && s.path == "/organizations/me":
		f.call(i, byInitialize, "initialize")
		if f.config.AllowedSessionTypes == nil || slices.Contains(f.config.AllowedSessionTypes, "softphone") {
			f.station.expected, f.station.allowed = f.station.expected+1, true
		}
	case s.method == "GET" && ofStation.MatchString(s.path):
		f.askedStation(i)
	case s.method == "POST" && s.path == "/conversations/calls":
		f.dialled(i, s)
	case conversationOf(s.path) == "":
	case s.method == "GET":
		f.lookedUp(i, s)
	default:
		f.acted(i, s)
	}
}

func (f *inference) askedStation(i int) {
	if f.station.expected > 0 {
		f.station.expected--
		return
	}
	if f.station.allowed {
		f.call(i, byAllow, "removeAllowedSessionType", "softphone")
	}
	f.station.allowed = true
	f.call(i, byAllow, "addAllowedSessionType", "softphone")
}

func (f *inference) dialled(i int, s *sighting) {
	params := object{}
	for name, value := range s.body {
		if name != "sessionType" {
			params[name] = value
		}
	}
	f.call(i, byDial, "startSoftphoneSession", params)
}

// begun is where what a request is part of began: at the look for the conversation whose answer let it be made, if there
// was one, or here.
func (f *inference) begun(i int) int {
	answer := f.cause(i, func(res *sighting) bool {
		return res.request >= 0 && f.seen[res.request].method == "GET" && conversationOf(f.seen[res.request].path) == conversationOf(f.seen[i].path)
	})
	if answer < 0 || f.explained[f.seen[answer].request] {
		return i
	}
	f.explained[f.seen[answer].request] = true
	return f.seen[answer].request
}

// acted explains a request that changes the own leg.
func (f *inference) acted(i int, s *sighting) {
	conversation := conversationOf(s.path)
	at := f.begun(i)
	of := object{"conversationId": conversation}
	held, holds := s.body["held"].(bool)
	muted, mutes := s.body["muted"].(bool)
	switch {
	case strings.HasSuffix(s.path, "/replace"):
		f.call(at, byDecline, "rejectPendingSession", of)
	case str(s.body["state"]) == "connected":
		f.leg(conversation).byREST = true
		f.connected(at)
		f.call(at, byConnect, "acceptPendingSession", of)
	case hasEnded(str(s.body["state"])):
		f.hungUp(at, i, conversation)
	case mutes:
		of["mute"] = muted
		f.call(at, byMute, "setAudioMute", of)
	case holds && held:
		f.held(at, i, conversation)
	case holds:
		of["held"] = false
		f.call(f.retrieved(at), byHold, "setConversationHeld", of)
	}
}

func (f *inference) leg(conversation string) *ownLeg {
	if f.legs[conversation] == nil {
		f.legs[conversation] = &ownLeg{}
	}
	return f.legs[conversation]
}

// hungUp tells a call that was declined from one that was ended.
func (f *inference) hungUp(at, i int, conversation string) {
	of := object{"conversationId": conversation}
	leg := f.leg(conversation)
	waits := slices.ContainsFunc(f.pending, func(p pendingSeen) bool { return p.conversation == conversation })
	rang := f.isOffered(conversation) || rings(leg.state) && !leg.outbound
	if waits && rang && leg.purpose != "user" && f.sessionOf(conversation) == nil {
		f.call(at, byDecline, "rejectPendingSession", of)
		return
	}
	if reason := f.reasonAfter(i); reason != "" {
		of["reason"] = reason
	}
	f.call(at, byEnd, "endSession", of)
}

// reasonAfter is the reason of the terminate that followed a request's failure, if it is not the default.
func (f *inference) reasonAfter(i int) string {
	answer := f.seen[i].answer
	if answer < 0 || !f.seen[answer].failed() {
		return ""
	}
	for _, s := range f.effects(answer) {
		if s.Kind == "ws.send" && s.word == "terminate" && s.reason != "success" {
			return s.reason
		}
	}
	return ""
}

// sessionOf is the live session that began for a conversation, or nil.
func (f *inference) sessionOf(conversation string) *heard {
	for _, h := range slices.Backward(f.order) {
		if h.conversation == conversation && !h.ended {
			return h
		}
	}
	return nil
}

// held explains that a call was held: because another one was answered or retrieved, or because the application wanted it.
func (f *inference) held(at, i int, conversation string) {
	if f.makesRoom(at, conversation) || f.makesRoomOnDemand(at, conversation) {
		return
	}
	f.call(at, byHold, "setConversationHeld", object{"conversationId": conversation, "held": true})
}

// makesRoom tells whether the client held a call by itself: in the turn in which it accepted another session, or right
// before it retrieved another call. With line appearance 1 that is the platform's business.
func (f *inference) makesRoom(at int, conversation string) bool {
	if f.station.single {
		return false
	}
	for j := at - 1; j > 0 && f.together(j, at); j-- {
		s := f.seen[j]
		if s.Kind == "ws.send" && s.word == "accept" && f.isOthers(conversation, s.session) {
			return true
		}
	}
	for j := at + 1; j < len(f.seen) && f.together(j, at) && f.seen[j].At-f.seen[at].At < f.prompt(); j++ {
		s := f.seen[j]
		if s.Kind == "ws.send" && s.word == "accept" && f.isOthers(conversation, s.session) { // Jingle's comes last
			return true
		}
		if other := conversationOf(s.path); s.Kind == "http.req" && other != "" && other != conversation {
			if held, holds := s.body["held"].(bool); holds && !held {
				return true
			}
		}
	}
	return false
}

// makesRoomOnDemand tells whether the application accepted a session with this, if it has to: a call is held for it, and soon
// it is answered.
func (f *inference) makesRoomOnDemand(at int, conversation string) bool {
	if !f.onDemand() {
		return false
	}
	for _, s := range f.seen[at:] {
		h := f.sessions[s.session]
		if s.Kind != "ws.send" || s.word != "answer" || h == nil || h.answered || h.conversation == conversation {
			continue
		}
		if s.At-f.seen[at].At > roomTime {
			return false
		}
		if !h.demanded {
			h.demanded = true
			f.call(at, byAcceptAgain, "acceptSession", object{"conversationId": h.conversation})
		}
		return true
	}
	return false
}

// roomTime is how long after others were held a session is answered that the application accepted.
const roomTime = time.Second

// isOthers tells whether a conversation is that of another session than the latest of an id.
func (f *inference) isOthers(conversation, id string) bool {
	latest := f.sessions[id]
	if latest == nil || latest.conversation != conversation {
		return true
	}
	return slices.ContainsFunc(f.order, func(h *heard) bool { return h != latest && !h.ended && h.conversation == conversation })
}

// retrieved is where a retrieval began: with the first call that was held for it.
func (f *inference) retrieved(at int) int {
	first := at
	for j := at - 1; j > 0 && f.together(j, at) && f.seen[at].At-f.seen[j].At < f.prompt(); j-- {
		s := f.seen[j]
		held, holds := s.body["held"].(bool)
		looks := s.method == "GET" && conversationOf(s.path) != ""
		if s.Kind == "http.req" && (holds && held || looks) && f.before[j] == nil {
			first = j
		}
	}
	return first
}

// lookedUp explains a look for a conversation of which nothing came.
func (f *inference) lookedUp(i int, s *sighting) {
	if f.explained[i] || f.leads(i) {
		return
	}
	conversation := conversationOf(s.path)
	if f.makesRoom(i, conversation) {
		return
	}
	if f.isApplications(i, conversation) {
		f.left[i], f.left[s.answer] = true, true
		return
	}
	of := object{"conversationId": conversation}
	switch leg := f.leg(conversation); {
	case f.endsAfter(i):
		f.call(i, byEnd, "endSession", of)
	case f.isOffered(conversation):
		f.call(i, byLookUp, "rejectPendingSession", of)
	case !rings(leg.state) && slices.ContainsFunc(f.order, func(h *heard) bool { return h.conversation == conversation }):
		of["mute"] = true
		f.call(i, byLookUp, "setAudioMute", of)
	default:
		f.call(i, byLookUp, "acceptPendingSession", of)
	}
}

// isApplications tells whether an application in the page of a HAR looked for a conversation by itself: the SDK does so only
// if it has not heard of the user's leg, and only of a call that was proposed or is told of.
func (f *inference) isApplications(i int, conversation string) bool {
	if f.capture.began.IsZero() || f.endsAfter(i) {
		return false
	}
	if leg := f.legs[conversation]; leg != nil && leg.state != "" && !hasEnded(leg.state) {
		return true
	}
	return !slices.ContainsFunc(f.seen, func(s *sighting) bool { return s.Kind == "ws.recv" && s.conversation == conversation })
}

// isOffered tells whether an invitation to a conversation waits for a proceed: accepting it would take no request.
func (f *inference) isOffered(conversation string) bool {
	for _, p := range f.proposals {
		if p.conversation == conversation && !p.proceeded && !p.gone {
			return true
		}
	}
	return false
}

// leads tells whether a request about the same conversation was made when a look for it was answered.
func (f *inference) leads(i int) bool {
	answer := f.seen[i].answer
	if answer < 0 {
		return false
	}
	for _, s := range f.effects(answer) {
		if s.Kind == "http.req" && conversationOf(s.path) == conversationOf(f.seen[i].path) && s.method != "GET" {
			return true
		}
	}
	return false
}

// endsAfter tells whether a session was terminated when a look for its conversation was answered.
func (f *inference) endsAfter(i int) bool {
	answer := f.seen[i].answer
	if answer < 0 {
		return false
	}
	for _, s := range f.effects(answer) {
		if s.Kind == "ws.send" && s.word == "terminate" {
			return true
		}
	}
	return false
}

// triedAgain are the statuses after which the client asks for its station again by itself.
var triedAgain = []int{408, 413, 429, 500, 502, 503, 504}

// answered notes what an answer to a request tells.
func (f *inference) answered(s *sighting) {
	switch {
	case !ofStation.MatchString(s.path):
		return
	case slices.Contains(triedAgain, s.status):
		f.station.expected++
		return
	case s.failed():
		return
	}
	n, _ := s.body["webRtcCallAppearances"].(float64)
	f.station.single = n <= 1
	f.station.shared = n <= 1 || s.body["webRtcPersistentEnabled"] == true
}
