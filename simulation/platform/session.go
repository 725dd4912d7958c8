package platform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// Session is a signalling and media relation between an edge and one client, as the edge sees it.
type Session struct {
	ID         messages.SessionID
	gateway    messages.JID
	user       *User
	began      messages.StationInfo // the user's station at that moment
	phone      string               // the client that has it, or ""
	resource   string               // where that one was when it took it
	about      *Conversation
	signalling Signalling
	auto       bool
	private    bool // the persistent connection, ahead of any call
	offers     int
	ice        int // how often ICE was restarted
	proposed   bool
	answered   bool
	answeredAs int  // which of the platform's sessions it was, in the order of their being answered
	replaced   bool // by a reinvite
	idles      int  // how often it began to carry nothing
	stops      int  // how often its media began or stopped
	flows      bool // its media
	Ended      bool
	endedAt    time.Duration
}

// live tells whether the session can carry calls.
func (s *Session) live() bool { return s.answered && !s.Ended }

// EndedBy tells whether the session had ended by an instant.
func (s *Session) EndedBy(at time.Duration) bool { return s.Ended && s.endedAt <= at }

// Live tells whether the client has answered the session and it has not ended.
func (s *Session) Live() bool { return s != nil && s.live() }

// Phone is the client that has the session, or "".
func (s *Session) Phone() string { return s.phone }

// Resource is where that client was bound when it took the session, or "".
func (s *Session) Resource() string { return s.resource }

// Proposed tells whether the session was proposed to the user's clients, and has not ended.
func (s *Session) Proposed() bool { return s.proposed && !s.Ended }

// About is the conversation that the session was proposed for.
func (s *Session) About() messages.ConversationID { return s.about.ID }

// Gateway is the address of its far end.
func (s *Session) Gateway() messages.JID { return s.gateway }

// User is whose it is.
func (s *Session) User() *User { return s.user }

func (p *Platform) newSession(u *User, c *Conversation, l *Leg) *Session {
	p.sessionsBegun++
	id := messages.SessionID(p.ids(SessionID, "S"+strconv.Itoa(p.sessionsBegun)))
	s := &Session{ID: id, gateway: messages.JID(strings.ToLower(string(id)) + "@" + GatewayDomain + "/edge"), user: u, began: u.Station, about: c, signalling: p.options.Signalling}
	p.sessions = append(p.sessions, s)
	p.bySID[id] = s
	u.sessions = append(u.sessions, s)
	if l != nil {
		l.Session = s
	}
	return s
}

// carried are the live legs on a session.
func (p *Platform) carried(s *Session) (legs []*Leg) {
	for _, l := range s.user.legs {
		if l.Session == s {
			legs = append(legs, l)
		}
	}
	return legs
}

func (p *Platform) edge(s *Session) lane { return lane{"edge", string(s.ID), nil} }

// propose offers a session to all clients of its user.
func (p *Platform) propose(s *Session, auto bool) {
	s.auto = auto
	p.later(p.edge(s), s.about.ID, p.options.EdgeDelay, func() {
		if s.Ended {
			return
		}
		s.proposed = true
		p.toAll(s.user, func(to *Stream) messages.Input { return p.proposeTo(s, to) })
	})
}

func (p *Platform) proposeTo(s *Session, to *Stream) messages.Input {
	in := messages.Propose{
		Session: s.ID, Conversation: s.about.ID, From: s.gateway, To: to.JID(), AutoAnswer: s.auto,
		SDPOverXMPP: s.signalling != Jingle, FromUser: messages.UserID(s.user.Name),
	}
	if s.private {
		in.PrivAnswer = "Auto"
	}
	return in
}

// ProposeAgain repeats the propose of a call that rings.
func (p *Platform) ProposeAgain(s *Session) { p.propose(s, s.auto) }

// Reroute takes a ringing session back and proposes another.
func (p *Platform) Reroute(l *Leg) {
	old := l.Session
	p.retract(old, p.options.EdgeDelay)
	p.propose(p.newSession(old.user, l.conversation, l), false)
}

// retract takes a propose back.
func (p *Platform) retract(s *Session, delay time.Duration) {
	p.over(s, TakenBack)
	p.later(p.edge(s), s.about.ID, delay, func() {
		p.toAll(s.user, func(*Stream) messages.Input { return messages.Retract{Session: s.ID, From: s.gateway} })
	})
}

// proceeded: a client takes a session. The first one gets it.
func (p *Platform) proceeded(by *Stream, id messages.SessionID) {
	s := p.session(id)
	if s == nil || s.user != by.user || s.Ended || s.phone != "" {
		return
	}
	s.phone, s.resource = by.phone, by.resource
	if p.options.Connected == OnProceed {
		p.connectAll(s)
	}
	p.offer(s, false)
	p.expectAnswer(s)
}

// accepted repeats a client's accept to the user's clients.
func (p *Platform) accepted(by *Stream, id messages.SessionID) {
	from := by.JID()
	for _, to := range by.user.streams {
		if to != by || p.options.Echo {
			to.tell(messages.Accepted{Session: id, From: from})
		}
	}
}

// offer describes the session to its client, in the session's signalling.
func (p *Platform) offer(s *Session, reinvite bool) {
	s.offers++
	describe := []func() messages.Input{}
	sdp := messages.SDP(fmt.Sprintf("v=0\r\ns=%s %d\r\n", s.ID, s.offers))
	rpc := func() messages.Input {
		return messages.Offer{
			IQ: p.nextIQ(), Session: s.ID, Conversation: s.about.ID, From: s.gateway, SDP: sdp,
			ICE: messages.Candidate(fmt.Sprintf("ufrag-%s\npwd-%d", s.ID, s.ice)), Reinvite: reinvite,
		}
	}
	jingle := func() messages.Input {
		return messages.SessionInitiate{IQ: p.nextIQ(), Session: s.ID, From: s.gateway, SDP: sdp}
	}
	switch s.signalling {
	case SDP:
		describe = append(describe, rpc)
	case Jingle:
		describe = append(describe, jingle)
	case SDPJingle:
		describe = append(describe, rpc, jingle)
	case JingleSDP:
		describe = append(describe, jingle, rpc)
	}
	for _, say := range describe {
		p.toClient(s, p.options.EdgeDelay, say)
	}
}

// toClient tells the client that has a session, wherever its stream is by then.
func (p *Platform) toClient(s *Session, delay time.Duration, say func() messages.Input) {
	p.later(p.edge(s), s.about.ID, delay, func() {
		if to := s.user.at(s.resource); to != nil {
			to.tell(say())
		}
	})
}

// answered: the client has described its side.
func (p *Platform) answered(by *Stream, id messages.SessionID) {
	s := p.session(id)
	if s == nil || s.Ended || s.user != by.user || s.phone != by.phone {
		return
	}
	again := s.answered
	s.answered = true
	if again {
		return
	}
	p.answers++
	s.answeredAs = p.answers
	p.changeAll(s)
	if p.options.Connected == OnAnswer {
		p.connectAll(s)
	}
	if s.private {
		p.idle(s)
	}
}

// active: the client says that media flows.
func (p *Platform) active(by *Stream, id messages.SessionID) {
	s := p.session(id)
	if s == nil || !s.live() || s.user != by.user || s.phone != by.phone {
		return
	}
	if p.options.Connected == OnActive {
		p.connectAll(s)
	}
}

// connectAll takes on the calls that the session was proposed for.
func (p *Platform) connectAll(s *Session) {
	for _, l := range p.carried(s) {
		if l.conversation == s.about {
			p.connect(l)
		}
	}
}

// endedByClient: the client has terminated a session; the calls that it carried are stranded, unless another has them by now.
func (p *Platform) endedByClient(by *Stream, id messages.SessionID) {
	s := p.session(id)
	if s == nil || s.Ended || s.user != by.user {
		return
	}
	p.over(s, EndedByClient)
	p.strand(s)
}

// End says how a session ended.
type End string

// The ends of a session.
const (
	EndedByEdge   End = "edge"      // for whatever reason; its client is told
	EndedByClient End = "client"    // it said so
	TakenBack     End = "retracted" // before a client took it
)

// over takes note that a session has ended.
func (p *Platform) over(s *Session, how End) {
	s.Ended, s.endedAt = true, p.clock.Now()
	s.user.sessions = slices.DeleteFunc(s.user.sessions, func(o *Session) bool { return o == s })
	if p.ended != nil {
		p.ended(s, how)
	}
}

// changeAll takes note that what is heard over a session may have changed.
func (p *Platform) changeAll(s *Session) {
	for _, l := range p.carried(s) {
		p.change(l.conversation)
	}
}

// release lets go of a session that a call has left: it is retracted while it rings, stays for the next call if the
// station is persistent, and is terminated otherwise.
func (p *Platform) release(s *Session, delay time.Duration) {
	switch {
	case s.Ended || len(p.carried(s)) > 0:
	case s.phone == "":
		p.retract(s, delay)
	case p.keeps(s):
		p.idle(s)
	default:
		p.terminate(s, "success", delay)
	}
}

// endIdle ends a session that carries no call.
func (p *Platform) endIdle(s *Session) {
	if s.live() && len(p.carried(s)) == 0 {
		p.terminate(s, "success", p.options.EdgeDelay)
	}
}

// terminate ends a session from the edge.
func (p *Platform) terminate(s *Session, reason string, delay time.Duration) {
	p.over(s, EndedByEdge)
	p.toClient(s, delay, func() messages.Input { return p.ending(s, reason) })
}

// ending is how a client is told that its session is over.
func (p *Platform) ending(s *Session, reason string) messages.Input {
	if s.signalling == Jingle {
		return messages.SessionTerminate{IQ: p.nextIQ(), Session: s.ID, From: s.gateway, Reason: reason}
	}
	return messages.Terminate{IQ: p.nextIQ(), Session: s.ID, From: s.gateway, Reason: reason}
}

// Terminate ends a session and the calls that are up on it, from the edge.
func (p *Platform) Terminate(s *Session, reason string) {
	if s.Ended {
		return
	}
	p.terminate(s, reason, p.options.EdgeDelay)
	p.strand(s)
}

// Idle ends the sessions of a user that carry no call.
func (p *Platform) Idle(u *User) {
	for _, s := range slices.Clone(u.sessions) {
		p.endIdle(s)
	}
}

// Reinvite replaces a session by a new one for the same calls, as after a loss of media. The offer names one that is up.
// Jingle has no word for that: such a session stays as it is.
func (p *Platform) Reinvite(s *Session) {
	if s.signalling == Jingle {
		return
	}
	n := p.newSession(s.user, s.about, nil)
	n.gateway, n.phone, n.resource, n.signalling = s.gateway, s.phone, s.resource, s.signalling
	s.replaced = true
	for _, l := range p.carried(s) {
		l.Session = n
		if l.Up() {
			n.about = l.conversation
		}
	}
	p.changeAll(n)
	p.offer(n, true)
	p.expectAnswer(n)
}

// Renegotiate describes a session anew.
func (p *Platform) Renegotiate(s *Session) {
	if p.options.Renewal == RestartICE {
		s.ice++
	}
	p.offer(s, false)
}

// Ahead tells whether the edge made the session before there was a call for it.
func (s *Session) Ahead() bool { return s != nil && s.private }

// ConnectAhead makes a user's persistent connection before there is a call.
func (p *Platform) ConnectAhead(u *User) *Session {
	id := p.ids(AheadID, "P"+strconv.Itoa(p.sessionsBegun+1))
	about := &Conversation{ID: messages.ConversationID(id), platform: p}
	s := p.newSession(u, about, nil)
	s.private = true
	p.propose(s, false)
	p.expectTaken(s)
	return s
}

// TellAgain says once more how every conversation stands, which sessions are proposed, and which have ended: to all clients, for
// one that was misled may have made a session that the edge gave to another.
func (p *Platform) TellAgain() {
	for _, c := range p.conversations {
		p.notify(c)
	}
	for _, u := range p.users {
		for _, s := range u.sessions {
			if s.proposed && s.phone == "" {
				p.ProposeAgain(s)
			}
		}
	}
	for _, s := range p.sessions {
		if s.Ended && s.phone != "" {
			p.later(p.edge(s), s.about.ID, p.options.EdgeDelay, func() {
				p.toAll(s.user, func(*Stream) messages.Input { return p.ending(s, "success") })
			})
		}
	}
}
