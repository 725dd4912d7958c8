package capture

import "slices"

// accepted: a session began, on a peer connection of its own that had taken the offer.
func (f *inference) accepted(i int, s *sighting) {
	h := &heard{id: s.session, peer: len(f.order) + 1, jingle: f.jingle[s.session]}
	if p := f.proposals[s.session]; p != nil {
		h.conversation = p.conversation
	}
	f.sessions[s.session] = h
	f.order = append(f.order, h)
	h.told = f.hasPeers || f.capture.merged[h.peer]
	if !f.hasPeers {
		f.precede(i, byOffer, "pc.new", object{"pc": h.peer, "config": object{"iceTransportPolicy": "all"}})
		f.signalled(i, byOffer, h, "have-remote-offer")
	}
	f.unanswered(i, h)
}

// unanswered: the microphone of a session that was never answered. If the session ended before another one was answered,
// the microphone came too late, and otherwise it was denied: it must not be taken for that of the other.
func (f *inference) unanswered(i int, h *heard) {
	answered, again := f.next("answer "+h.id, i), f.next("accept "+h.id, i)
	ended, other := f.next("ended "+h.id, i), f.next("answer", i)
	switch {
	case f.hasMicrophone, answered < again:
	case ended < min(again, other):
		f.follow(ended, byLeftover, "gum.ok", object{"tracks": []string{"audio"}})
	default:
		f.follow(i, byLeftover, "gum.err", object{"e": "NotAllowedError: Permission denied"})
	}
}

// signalled infers a signalling state right before something that was seen.
func (f *inference) signalled(i int, rule string, h *heard, state string) {
	if !h.told {
		f.precede(i, rule, "pc.state", object{"pc": h.peer, "what": "signalingState", "value": state})
	}
}

// answerSent: the microphone was granted before, and the answer is the local description. A second answer is one to a new
// description of the same session, or the application's doing.
func (f *inference) answerSent(i int, s *sighting) {
	h := f.sessions[s.session]
	if h == nil {
		return
	}
	if h.offers > 0 {
		h.offers--
		f.signalled(i, byAnswer, h, "have-remote-offer")
		f.signalled(i, byAnswer, h, "stable")
		return
	}
	if h.answered || f.onDemand() && !h.demanded {
		f.call(i, byAcceptAgain, "acceptSession", object{"conversationId": h.conversation})
	}
	h.answered = true
	f.granted(i, byAnswer)
	f.signalled(i, byAnswer, h, "stable")
}

// granted infers that the microphone was granted.
func (f *inference) granted(i int, rule string) {
	if !f.hasMicrophone {
		f.precede(i, rule, "gum.ok", object{"tracks": []string{"audio"}})
	}
}

// candidateSent: the peer connection gathered it.
func (f *inference) candidateSent(i int, s *sighting) {
	h := f.sessions[s.session]
	if h == nil || h.told {
		return
	}
	fields := object{"pc": h.peer, "cand": nil}
	if s.candidate != "" {
		fields["cand"] = s.candidate
	}
	if s.mid != "" {
		fields["mid"] = s.mid
	}
	f.precede(i, byCandidate, "pc.icecandidate", fields)
}

// activeSent: ICE connected, and soon the peer connection.
func (f *inference) activeSent(i int, s *sighting) {
	h := f.sessions[s.session]
	if h == nil || h.told {
		return
	}
	f.precede(i, byActive, "pc.state", object{"pc": h.peer, "what": "iceConnectionState", "value": "connected"})
	if !h.active && !f.staysDown(i, h) {
		f.follow(i, byActive, "pc.state", object{"pc": h.peer, "what": "connectionState", "value": "connected"})
		h.flows = true
	}
	h.active = true
}

// staysDown tells whether a peer connection is seen not to be connected before it is seen to be: a call that is answered on
// the shared session is answered by request while it is, and by proceed while it is not.
func (f *inference) staysDown(i int, h *heard) bool {
	proceed := f.next("proceed "+h.id, i)
	if proceed > min(f.next("connect", i), f.next("terminate "+h.id, i), len(f.seen)-1) {
		return false
	}
	return f.cause(proceed, func(s *sighting) bool { return s.word == "propose" }) < 0
}

// disconnected: a call is answered by proceed although its session is there, so media does not flow.
func (f *inference) disconnected(i int, h *heard) {
	if h.flows && !h.told && !h.ended {
		f.precede(i, byNoFlow, "pc.state", object{"pc": h.peer, "what": "connectionState", "value": "disconnected"})
	}
	h.flows = false
}

// connected: a call is answered by request, so media flows on the shared session.
func (f *inference) connected(i int) {
	for _, h := range slices.Backward(f.order) {
		if h.ended || !h.active {
			continue
		}
		if !h.flows && !h.told {
			f.precede(i, byFlow, "pc.state", object{"pc": h.peer, "what": "connectionState", "value": "connected"})
		}
		h.flows = true
		return
	}
}

// onDemand tells whether sessions are answered only when the application accepts them.
func (f *inference) onDemand() bool {
	return f.config.AutoConnectSessions != nil && !*f.config.AutoConnectSessions
}

// sessionEnded notes that a session is over.
func (f *inference) sessionEnded(id string) {
	if h := f.sessions[id]; h != nil {
		h.ended = true
	}
}

// lost: a call rings on the shared session, as the conversation tells, and yet the propose for it is proceeded with at once:
// so it did not ring here, because the session was gone.
func (f *inference) lost(i int, conversation string) {
	h := f.shared(conversation)
	if h == nil || !h.flows || h.told || !f.station.single {
		return
	}
	proposed := f.next("propose for "+conversation, i)
	if proposed == len(f.seen) || f.seen[proposed].eager || f.next("connect for "+conversation, i) < proposed {
		return
	}
	proceed := f.next("proceed "+f.seen[proposed].session, proposed)
	if proceed == len(f.seen) || !f.caused(proceed, proposed) || f.seen[proceed].At-f.seen[proposed].At > f.prompt() || f.answeredBefore(conversation) {
		return
	}
	f.precede(i, byLost, "pc.state", object{"pc": h.peer, "what": "iceConnectionState", "value": "disconnected"})
	for _, state := range []string{"disconnected", "failed"} {
		f.precede(i, byLost, "pc.state", object{"pc": h.peer, "what": "connectionState", "value": state})
	}
	h.flows, h.ended = false, true
}

// answeredBefore tells whether a call was answered by request: then each propose for it is proceeded with.
func (f *inference) answeredBefore(conversation string) bool {
	leg := f.legs[conversation]
	return leg != nil && leg.byREST
}

// shared is the session that a call shares with others, as far as one can tell, or nil: with line appearance 1 the one there
// is, and an idle persistent connection.
func (f *inference) shared(conversation string) *heard {
	if !f.station.shared || !f.station.single && f.busy(conversation) {
		return nil
	}
	for _, h := range f.order {
		if !h.ended {
			return h
		}
	}
	return nil
}

// busy tells whether there is a call besides one.
func (f *inference) busy(but string) bool {
	for id, leg := range f.legs {
		if id != but && leg.state != "" && !hasEnded(leg.state) {
			return true
		}
	}
	return false
}
