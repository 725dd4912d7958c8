package capture

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// promptly is how long after a propose the client itself sends proceed at the latest; a person takes longer.
const promptly = 8 * time.Millisecond

// received notes what came in.
func (f *inference) received(i int, s *sighting) {
	switch s.word {
	case "propose":
		p := f.proposals[s.session]
		if p == nil {
			p = &proposal{}
			f.proposals[s.session] = p
		}
		p.conversation, p.gone = s.conversation, false
	case "offer":
		if h := f.sessions[s.session]; h != nil && !h.ended && h.jingle == s.jingle {
			h.offers++
		}
		f.jingle[s.session] = s.jingle
		if p := f.proposals[s.session]; p == nil && s.conversation != "" {
			f.proposals[s.session] = &proposal{conversation: s.conversation}
		}
	case "terminate":
		f.sessionEnded(s.session)
	case "retract", "reject":
		if p := f.proposals[s.session]; p != nil {
			p.gone = true
		}
	case "notification":
		f.notified(i, s)
	case "station":
		f.stationChanged(s.reason)
	}
}

func (f *inference) stationChanged(action string) {
	switch action {
	case "Associated", "WebRTCMigration":
		f.station.expected++
	case "Disassociated":
		f.station.lineAppearance = 1
	}
}

// notified keeps the state of the user's own leg.
func (f *inference) notified(i int, s *sighting) {
	now := ownLegOf(s.body, f.user)
	if now.state == "" {
		return
	}
	leg := f.legs[s.conversation]
	if leg == nil {
		leg = &ownLeg{}
		f.legs[s.conversation] = leg
	}
	if leg.state != now.state {
		leg.state, leg.lastChange = now.state, i
	}
	leg.outbound, leg.purpose = now.outbound, now.purpose
}

// userOf is the id of the user, as far as it was told.
func userOf(seen []*sighting) string {
	for _, s := range seen {
		if s.Kind == "http.res" && strings.HasPrefix(s.path, "/users/me") && !s.failed() {
			return str(s.body["id"])
		}
	}
	return ""
}

// ownLegOf is the user's own leg as a conversation tells of it; of several the one that has not ended.
func ownLegOf(conversation object, user string) (leg ownLeg) {
	participants, _ := conversation["participants"].([]any)
	for _, p := range participants {
		participant := asObject(p)
		if str(participant["userId"]) != user || user == "" {
			continue
		}
		calls, _ := participant["calls"].([]any)
		for _, c := range calls {
			call := asObject(c)
			if now := str(call["state"]); leg.state == "" || !hasEnded(now) || hasEnded(leg.state) {
				leg = ownLeg{state: now, outbound: call["direction"] == "outbound", purpose: str(participant["purpose"])}
			}
		}
	}
	return leg
}

func hasEnded(state string) bool { return state == "disconnected" || state == "terminated" }

func rings(state string) bool { return state == "alerting" || state == "contacting" }

// sent explains a frame that the client sent.
func (f *inference) sent(i int, s *sighting) {
	switch s.word {
	case "proceed":
		f.proceeded(i, s)
	case "accept":
		f.accepted(i, s)
	case "answer":
		f.answerSent(i, s)
	case "candidate":
		f.candidateSent(i, s)
	case "active":
		f.activeSent(i, s)
	case "terminate":
		f.terminated(i, s)
	case "close":
		f.closed(i, s)
	}
}

// proceeded explains a proceed: the client sends one by itself right after some proposes, and otherwise the application
// answered.
func (f *inference) proceeded(i int, s *sighting) {
	p := f.proposals[s.session]
	if p == nil {
		p = &proposal{}
		f.proposals[s.session] = p
	}
	automatic := f.isAutomatic(i, s, p)
	p.proceeded = true
	if automatic {
		return
	}
	conversation := p.conversation
	if h := f.sessions[s.session]; h != nil && !h.ended {
		f.disconnected(i, h)
		if ringing := f.ringing(conversation); ringing != "" {
			conversation = ringing
		}
	}
	f.call(i, byProceed, "acceptPendingSession", object{"conversationId": conversation})
}

// isAutomatic tells whether the client sent a proceed by itself.
func (f *inference) isAutomatic(i int, s *sighting, p *proposal) bool {
	if s.turn < 0 {
		return false
	}
	cause := f.seen[s.turn]
	if cause.word != "propose" || cause.session != s.session || cause.Kind != "ws.recv" || s.At-cause.At > promptly || f.explained[s.turn] {
		return false
	}
	leg := f.legs[cause.conversation]
	eager := f.config.EagerPersistent == nil || *f.config.EagerPersistent == "auto"
	auto := f.config.DisableAutoAnswer == nil || !*f.config.DisableAutoAnswer
	f.explained[s.turn] = true
	switch {
	case p.proceeded:
		return true
	case leg != nil && leg.byREST:
		return true
	case cause.eager && eager:
		return true
	default:
		return cause.automatic && auto
	}
}

// ringing is the conversation whose own leg began to ring last, other than one; "" if none rings.
func (f *inference) ringing(but string) string {
	found, at := "", -1
	for id, leg := range f.legs {
		if id != but && rings(leg.state) && leg.lastChange > at {
			found, at = id, leg.lastChange
		}
	}
	return found
}

// terminated explains the end of a session by the client.
func (f *inference) terminated(i int, s *sighting) {
	defer f.sessionEnded(s.session)
	if f.explained[i] || s.reason == "alternative-session" || f.failedBefore(i, s) {
		return
	}
	if f.destroys(i) {
		f.call(i, byDestroy, "destroy")
		return
	}
	args := []any{s.session}
	if s.reason != "success" && s.reason != "" && s.reason != "null" {
		args = append(args, s.reason)
	}
	f.call(i, byTerminate, "forceTerminateSession", args...)
}

// failedBefore tells whether a request that failed made the client end a session: it could not hang up by request.
func (f *inference) failedBefore(i int, s *sighting) bool {
	if s.turn < 0 || f.seen[s.turn].Kind != "http.res" {
		return false
	}
	res := f.seen[s.turn]
	if res.request < 0 {
		return false
	}
	asked := f.seen[res.request]
	conversation := conversationOf(asked.path)
	hangsUp := asked.method == "PATCH" && hasEnded(str(asked.body["state"]))
	if conversation == "" || !hangsUp && asked.method != "GET" {
		return false
	}
	return res.failed() || asked.method == "GET"
}

// destroyTime is how long a client that is destroyed waits for its sessions to end, and a little more.
const destroyTime = 2500 * time.Millisecond

// destroys tells whether with this terminate the client ends all its sessions, and then its stream. What it does so is
// explained then.
func (f *inference) destroys(i int) bool {
	live := map[string]bool{}
	for id, h := range f.sessions {
		if !h.ended {
			live[id] = true
		}
	}
	ending := []int{}
	for j := i; j < len(f.seen) && f.seen[j].At-f.seen[i].At <= destroyTime; j++ {
		s := f.seen[j]
		switch {
		case s.Kind == "http.req":
			return false
		case s.Kind != "ws.send":
			if s.Kind == "ws.recv" && s.word == "terminate" {
				delete(live, s.session)
			}
		case s.word == "terminate":
			delete(live, s.session)
			ending = append(ending, j)
		case s.word == "close" && len(live) == 0:
			for _, k := range append(ending, j) {
				f.explained[k] = true
			}
			return true
		}
	}
	return false
}

// closed explains the end of the stream by the client.
func (f *inference) closed(i int, s *sighting) {
	if f.explained[i] {
		return
	}
	up := false
	for _, before := range f.seen[:i] {
		if before.socket != s.socket || before.Kind != "ws.recv" {
			continue
		}
		if before.word == "close" {
			return
		}
		up = up || before.word == "result services"
	}
	if up && !f.initializes(i) {
		f.call(i, byClose, "disconnect")
	}
}

// initializes tells whether the client is initialized anew at a place, which ends the stream that there was.
func (f *inference) initializes(i int) bool {
	for _, s := range f.seen[max(0, i-5):min(len(f.seen), i+5)] {
		if s.Kind == "http.req" && s.path == "/organizations/me" && (s.At-f.seen[i].At).Abs() < promptly {
			return true
		}
	}
	return false
}

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
	s := f.seen[i]
	if s.turn < 0 || f.seen[s.turn].request < 0 {
		return i
	}
	look := f.seen[s.turn].request
	asked := f.seen[look]
	if asked.method != "GET" || conversationOf(asked.path) != conversationOf(s.path) || f.explained[look] {
		return i
	}
	f.explained[look] = true
	return look
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
	declines := f.isOffered(conversation) || rings(leg.state) && !leg.outbound
	if declines && leg.purpose != "user" && f.sessionOf(conversation) == nil {
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
	for _, s := range f.seen[answer:] {
		if s.turn != answer {
			break
		}
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
	if f.makesRoom(at, i, conversation) || f.makesRoomOnDemand(at, conversation) {
		return
	}
	f.call(at, byHold, "setConversationHeld", object{"conversationId": conversation, "held": true})
}

// makesRoom tells whether the client held a call by itself: in the turn in which it accepted another session, or right
// before it retrieved another call.
func (f *inference) makesRoom(at, i int, conversation string) bool {
	for j := at - 1; j > 0 && f.seen[j].turn == f.seen[at].turn; j-- {
		s := f.seen[j]
		if s.Kind == "ws.send" && s.word == "accept" && f.isOthers(conversation, s.session) {
			return true
		}
	}
	for j := i + 1; j < len(f.seen) && f.seen[j].turn == f.seen[i].turn && f.seen[j].At-f.seen[i].At < promptly; j++ {
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
	for j := at - 1; j > 0 && f.seen[j].turn == f.seen[at].turn && f.seen[at].At-f.seen[j].At < promptly; j-- {
		s := f.seen[j]
		if held, holds := s.body["held"].(bool); s.Kind == "http.req" && holds && held && f.before[j] == nil {
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
	if f.makesRoom(i, i, conversation) {
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
	for _, s := range f.seen[answer:] {
		if s.turn != answer {
			return false
		}
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
	for _, s := range f.seen[answer:] {
		if s.turn != answer {
			return false
		}
		if s.Kind == "ws.send" && s.word == "terminate" {
			return true
		}
	}
	return false
}

// answered notes what an answer to a request tells.
func (f *inference) answered(s *sighting) {
	if !ofStation.MatchString(s.path) || s.failed() {
		return
	}
	n, _ := s.body["webRtcCallAppearances"].(float64)
	f.station.lineAppearance = int(n)
}
