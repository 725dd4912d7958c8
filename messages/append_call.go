package messages

import "strconv"

// The other messages of a call are a third of what a cell does when they are left to encoding/json. They are appended by hand,
// too, each field in the order of its type; what is seldom is left to encoding/json.

// input writes an input, unless it is seldom.
func (w *writer) input(in Input) (written bool) {
	w.raw("{")
	switch m := in.(type) {
	case Propose:
		w.must("session", string(m.Session))
		w.may("conversation", string(m.Conversation))
		w.may("from", string(m.From))
		w.may("to", string(m.To))
		w.yes("autoAnswer", m.AutoAnswer)
		w.yes("sdpOverXmpp", m.SDPOverXMPP)
		w.may("privAnswer", m.PrivAnswer)
		w.may("fromUser", string(m.FromUser))
		w.may("originalRoom", string(m.OriginalRoom))
	case Answer:
		w.number("call", uint64(m.Call))
		w.may("conversation", string(m.Conversation))
		w.may("session", string(m.Session))
		w.may("type", string(m.Type))
	case Offer:
		w.may("iq", m.IQ)
		w.must("session", string(m.Session))
		w.may("conversation", string(m.Conversation))
		w.may("from", string(m.From))
		w.may("sdp", string(m.SDP))
		w.may("ice", string(m.ICE))
		w.yes("reinvite", m.Reinvite)
	case Accepted:
		w.must("session", string(m.Session))
		w.may("from", string(m.From))
	case Terminate:
		w.may("iq", m.IQ)
		w.must("session", string(m.Session))
		w.may("from", string(m.From))
		w.may("reason", m.Reason)
	case TimerFired:
		w.number("actor", uint64(m.Actor))
		w.must("timer", m.Timer)
		w.name("due")
		w.out = strconv.AppendInt(w.out, int64(m.Due), 10)
	default:
		if !w.answer(in) {
			return false
		}
	}
	w.raw("}")
	return true
}

// answer writes what comes of an effect, or from a peer connection.
func (w *writer) answer(in Input) (written bool) {
	switch m := in.(type) {
	case IQAnswered:
		if m.Services != nil {
			return false
		}
		w.must("effect", string(m.Effect))
		w.may("condition", m.Condition)
		w.may("bound", string(m.Bound))
	case MicrophoneGranted:
		w.must("effect", string(m.Effect))
	case PeerDone:
		w.must("effect", string(m.Effect))
		w.may("sdp", string(m.SDP))
	case LocalCandidate:
		w.number("peer", uint64(m.Peer))
		w.may("mid", m.Mid)
		w.may("candidate", string(m.Candidate))
	case PeerICEChanged:
		w.number("peer", uint64(m.Peer))
		w.must("state", string(m.State))
	case PeerConnectionChanged:
		w.number("peer", uint64(m.Peer))
		w.must("state", string(m.State))
		w.yes("silent", m.Silent)
	default:
		return false
	}
	return true
}

// effect writes an effect, unless it is seldom.
func (w *writer) effect(e Effect) (written bool) {
	w.raw("{")
	switch m := e.(type) {
	case SendProceed:
		w.addressed(m.Session, m.To)
	case SendAccept:
		w.addressed(m.Session, m.To)
	case SendAnswer:
		w.sent(m.Signalling, m.Session, m.To, m.Peer)
		w.may("sdp", string(m.SDP))
	case SendCandidate:
		w.sent(m.Signalling, m.Session, m.To, m.Peer)
		w.may("mid", m.Mid)
		w.may("candidate", string(m.Candidate))
	case SendActive:
		w.sent(m.Signalling, m.Session, m.To, m.Peer)
	case Describe:
		w.number("peer", uint64(m.Peer))
		w.may("sdp", string(m.SDP))
	case RequestMicrophone:
		w.number("peer", uint64(m.Peer))
	case AddMicrophone:
		w.number("peer", uint64(m.Peer))
	case StopMicrophone:
		w.number("peer", uint64(m.Peer))
	case MakeAnswer:
		w.number("peer", uint64(m.Peer))
	case ClosePeer:
		w.number("peer", uint64(m.Peer))
	case CreatePeer:
		w.number("peer", uint64(m.Peer))
		w.must("signalling", string(m.Signalling))
		w.servers(m.Servers)
		w.yes("relay", m.Relay)
	case Settle:
		if m.Error != nil || m.Placed != nil {
			return false
		}
		w.number("call", uint64(m.Call))
	default:
		return false
	}
	w.raw("}")
	return true
}

// servers writes the servers of a peer connection, if there are any.
func (w *writer) servers(all []ICEServer) {
	if len(all) == 0 {
		return
	}
	w.name("servers")
	w.raw("[")
	for i, s := range all {
		w.comma(i)
		w.raw("{")
		w.must("type", s.Type)
		w.must("host", s.Host)
		w.may("port", s.Port)
		w.may("transport", s.Transport)
		w.may("username", string(s.Username))
		w.may("password", string(s.Password))
		w.raw("}")
	}
	w.raw("]")
}

func (w *writer) addressed(session SessionID, to JID) {
	w.must("session", string(session))
	w.must("to", string(to))
}

func (w *writer) sent(signalling Signalling, session SessionID, to JID, peer Ref) {
	w.must("signalling", string(signalling))
	w.addressed(session, to)
	w.number("peer", uint64(peer))
}

// event writes an event, unless it is seldom.
func (w *writer) event(e Event) (written bool) {
	w.raw("{")
	switch m := e.(type) {
	case PendingSession:
		w.must("id", string(m.ID))
		w.may("conversationId", string(m.Conversation))
		w.flatly("autoAnswer", m.AutoAnswer)
		w.must("sessionType", string(m.Type))
		w.may("privAnswerMode", m.PrivAnswer)
		w.may("fromUserId", string(m.FromUser))
		w.may("originalRoomJid", string(m.OriginalRoom))
		w.may("fromJid", string(m.From))
		w.may("toJid", string(m.To))
	case HandledPendingSession:
		w.must("sessionId", string(m.Session))
		w.may("conversationId", string(m.Conversation))
	case SessionStarted:
		w.summary(&m.Session)
	case SessionEnded:
		w.summary(&m.Session)
		w.must("condition", m.Reason)
	case SessionTerminated:
		w.must("session", string(m.Session))
		w.must("condition", m.Reason)
	case EndOfCandidates:
		w.must("session", string(m.Session))
	default:
		return false
	}
	w.raw("}")
	return true
}

func (w *writer) summary(s *SessionSummary) {
	w.raw(`"session":{`)
	w.must("id", string(s.ID))
	w.may("conversationId", string(s.Conversation))
	w.must("sessionType", string(s.Type))
	w.may("state", s.State)
	w.may("connection", string(s.Connection))
	w.may("fromUserId", string(s.FromUser))
	w.may("originalRoomJid", string(s.OriginalRoom))
	w.may("peer", string(s.Peer))
	w.yes("reinvite", s.Reinvite)
	w.yes("replaced", s.Replaced)
	w.raw("}")
}

// name begins a field of the object that was opened last.
func (w *writer) name(name string) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(append(append(w.out, '"'), name...), '"', ':')
}

// must writes a text, may one that is not empty.
func (w *writer) must(name, value string) {
	w.name(name)
	w.text(value)
}

func (w *writer) may(name, value string) {
	if value != "" {
		w.must(name, value)
	}
}

func (w *writer) number(name string, n uint64) {
	w.name(name)
	w.out = strconv.AppendUint(w.out, n, 10)
}

// flatly writes whether something is so, yes only that it is.
func (w *writer) flatly(name string, so bool) {
	w.name(name)
	w.out = strconv.AppendBool(w.out, so)
}

func (w *writer) yes(name string, so bool) {
	if so {
		w.flatly(name, so)
	}
}
