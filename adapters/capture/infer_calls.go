package capture

import (
	"slices"
	"strings"
	"time"
)

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
		f.invited(s.session, s.conversation)
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
	case "accept":
		f.settle(s.session)
	case "retract", "reject":
		f.settle(s.session)
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
		f.station.shared, f.station.single = true, true
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
		f.legChanges(i, s.conversation, leg.state, now.state)
		leg.state, leg.lastChange = now.state, i
	}
	leg.outbound, leg.purpose = now.outbound, now.purpose
}

// legChanges notes what a change of the own leg does to the invitations that wait: a call that rings on the shared session has
// one, and one that rings no longer takes the first of that session's id with it.
func (f *inference) legChanges(i int, conversation, from, to string) {
	if rings(to) && !rings(from) {
		f.lost(i, conversation)
	}
	h := f.shared(conversation)
	switch {
	case h == nil:
	case rings(to) && !rings(from):
		f.pending = append(f.pending, pendingSeen{h.id, conversation})
	case rings(from) && !rings(to):
		f.settle(h.id)
	}
}

// settle takes the first invitation of an id from those that wait.
func (f *inference) settle(id string) {
	if at := slices.IndexFunc(f.pending, func(p pendingSeen) bool { return p.id == id }); at >= 0 {
		f.pending = slices.Delete(f.pending, at, at+1)
	}
}

// invited notes the invitation that a propose makes: the one that waits for that call has the new id, if there is one.
func (f *inference) invited(id, conversation string) {
	for i := range f.pending {
		if f.pending[i].conversation == conversation {
			f.pending[i].id = id
			return
		}
	}
	f.pending = append(f.pending, pendingSeen{id, conversation})
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
	if h := f.sessions[s.session]; h != nil {
		f.disconnected(i, h)
		if ringing := f.ringing(conversation); ringing != "" && f.station.shared && !rings(f.leg(conversation).state) {
			conversation = ringing
		}
	}
	f.call(i, byProceed, "acceptPendingSession", object{"conversationId": conversation})
}

// isAutomatic tells whether the client sent a proceed by itself.
func (f *inference) isAutomatic(i int, s *sighting, p *proposal) bool {
	at := f.cause(i, func(c *sighting) bool { return c.word == "propose" && c.session == s.session })
	if at < 0 || s.At-f.seen[at].At > f.prompt() || f.explained[at] {
		return false
	}
	cause := f.seen[at]
	leg := f.legs[cause.conversation]
	eager := f.config.EagerPersistent == nil || *f.config.EagerPersistent == "auto"
	auto := f.config.DisableAutoAnswer == nil || !*f.config.DisableAutoAnswer
	f.explained[at] = true
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
	if f.explained[i] || s.reason == "alternative-session" || f.failedBefore(i) {
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
func (f *inference) failedBefore(i int) bool {
	return f.cause(i, func(res *sighting) bool {
		if res.Kind != "http.res" || res.request < 0 {
			return false
		}
		asked := f.seen[res.request]
		hangsUp := asked.method == "PATCH" && hasEnded(str(asked.body["state"]))
		return conversationOf(asked.path) != "" && (asked.method == "GET" || hangsUp && res.failed())
	}) >= 0
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
	if of := f.streams[s.socket]; of.up && !of.closed && !f.initializes(i) {
		f.call(i, byClose, "disconnect")
	}
}

// streamSaid notes what a stream came to.
func (f *inference) streamSaid(s *sighting) {
	of := f.streams[s.socket]
	of.up, of.closed = of.up || s.word == "result services", of.closed || s.word == "close"
	f.streams[s.socket] = of
}

// initializes tells whether the client is initialized anew at a place, which ends the stream that there was.
func (f *inference) initializes(i int) bool {
	for _, s := range f.seen[max(0, i-5):min(len(f.seen), i+5)] {
		if s.Kind == "http.req" && s.path == "/organizations/me" && (s.At-f.seen[i].At).Abs() < f.prompt() {
			return true
		}
	}
	return false
}
