package explore

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
)

// Sessions with other ids than those that a part has are left out, however many there are; so are those with its own ids that are
// signalled otherwise, where it says so. What they mean to the part's own is a move of its own: one of them is there while
// something is decided, or takes the place of an own one. docs/explore.md has the argument; TestEachOfTwoIsWhatOneAmongOthersIs
// and TestEachWayIsWhatBothAre are the tests.

// beside is a session that is left out and is up, for the length of a move: before all others in the root's list.
type beside struct {
	id         messages.SessionID // "": another than those of the part
	signalling messages.Signalling
	from       messages.JID
	carries    messages.ConversationID
	started    []messages.ConversationID
	line       bool // it is the shared session, and media flows
}

// Kind is a word that no journal knows.
func (beside) Kind() string { return "beside" }

// replaced is what a session notes whose place one with another id takes; it is told to leave then.
type replaced struct{ session messages.Ref }

// Kind is a word that no journal knows.
func (replaced) Kind() string { return "replaced" }

// What the session with another id is called, and its actor, which does not live.
const (
	besideRef     messages.Ref       = 200
	besideSession messages.SessionID = "S0"
)

// stands puts the session into the root's list, and has the law know that it is up; but not of one that has an id of the part's:
// the law knows what started by ids, and would go on knowing.
func (b beside) stands(p *play) {
	id := b.id
	if id == "" {
		id = besideSession
	}
	view := messages.SessionView{
		Ref: besideRef, Session: id, Signalling: b.signalling, Type: messages.Softphone, Peer: b.from,
		Conversation: b.carries, Described: true, Stage: "active",
	}
	s := softphone.Session{View: view, Listed: true, Raised: true, Carries: b.carries, Started: b.started, Kept: true, Accepting: true}
	if b.line {
		s.Media.Connection = messages.PeerConnected
	}
	p.state.phone = p.state.phone.with(func(d *softphone.Data) {
		d.Sessions = append([]softphone.Session{s}, d.Sessions...)
		if b.line {
			d.Line.Session = besideRef
		}
	})
	if law := p.noting(); b.id == "" {
		law.Suppose(besideRef, id, b.from, append(slices.Clone(b.started), b.carries))
	}
}

func (r replaced) noted(p *play) {
	p.state.phone = p.state.phone.with(func(d *softphone.Data) {
		d.Sessions = slices.Clone(d.Sessions)
		for i := range d.Sessions {
			if d.Sessions[i].View.Ref == r.session {
				d.Sessions[i].Replaced = true
			}
		}
	})
	p.noting()
}

// while is a move that is made while another session is up.
func while(b beside, m move) move { return append(move{{messages.Root, b}}, m...) }

// besideTaken: a propose is taken, or not because its session is up: the first with its id says so, and that may be one that is
// signalled otherwise, which has the conversation or not.
func besideTaken(v vocabulary, s messages.SessionID, c messages.ConversationID, from messages.JID, m move) []move {
	if v.otherwise == "" {
		return nil
	}
	b := beside{id: s, signalling: v.otherwise, from: from, carries: c}
	has := while(b, m)
	b.carries = "C0"
	return []move{has, while(b, m)}
}

// sharedBeside: a session that is left out is the shared one while one of the part's is accepted; or the shared one is not the
// part's any more.
func sharedBeside(p *phone, v vocabulary) []move {
	if p.root().Data.Line.Session != 0 {
		return []move{{{messages.LineActor, messages.LineReleased{}}}}
	}
	b := beside{signalling: messages.SDPOverXMPP, from: gateway, carries: "C0", line: true}
	var all []move
	for _, m := range append(accepting(v), bringing(p)...) {
		all = append(all, while(b, m))
	}
	return all
}

// othersMay: what sessions with other ids may mean to those of the part.
func othersMay(p *phone, v vocabulary) []move {
	if !v.others {
		return nil
	}
	d := p.root().Data
	var all []move
	for _, s := range d.Sessions {
		if s.Listed && !s.Replaced && !s.View.Over {
			all = append(all, move{{messages.Root, replaced{s.View.Ref}}, {s.View.Ref, messages.LeaveSession{Reason: "alternative-session"}}})
		}
		if coming(s) && v.otherwise != "" {
			b := beside{id: s.View.Session, signalling: v.otherwise, from: s.View.Peer, carries: "C0"}
			all = append(all, while(b, outside(messages.Terminate{Session: s.View.Session, From: s.View.Peer})))
		}
		if !coming(s) || !s.View.Reinvite {
			continue
		}
		all = append(all, while(beside{signalling: messages.SDPOverXMPP, from: s.View.Peer, carries: s.View.Conversation},
			outside(messages.Terminate{Session: s.View.Session, From: s.View.Peer})))
		for _, o := range p.open {
			if e, is := o.effect.(messages.Describe); is && e.Peer == s.View.Ref {
				for _, b := range besides(v, s.View) {
					all = append(all, while(b, outside(messages.PeerDone{Effect: o.id, SDP: "sdp"})))
				}
			}
		}
	}
	return all
}

// besides are all that a session may be whose place one takes that is being described.
func besides(v vocabulary, mine messages.SessionView) []beside {
	var all []beside
	for _, started := range orders2(v.conversations) {
		for _, c := range v.conversations {
			if c == mine.Conversation || slices.Contains(started, mine.Conversation) {
				all = append(all, beside{signalling: messages.SDPOverXMPP, from: mine.Peer, carries: c, started: started})
			}
		}
	}
	return all
}

// orders2 are the lists of none, one, or two of the conversations.
func orders2(of []messages.ConversationID) [][]messages.ConversationID {
	all := [][]messages.ConversationID{nil}
	for _, c := range of {
		all = append(all, []messages.ConversationID{c})
		for _, then := range of {
			if then != c {
				all = append(all, []messages.ConversationID{c, then})
			}
		}
	}
	return all
}

// reinvitedBeside: the far end describes a session in the place of one with another id.
func reinvitedBeside(p *phone, v vocabulary) []move {
	if !v.others {
		return nil
	}
	var all []move
	for _, s := range v.sessions {
		for _, from := range v.gateways {
			for _, c := range v.conversations {
				for _, ice := range p.icesOf(s) {
					all = append(all, while(beside{signalling: messages.SDPOverXMPP, from: from, carries: c},
						outside(messages.Offer{Session: s, Conversation: c, From: from, Reinvite: true, SDP: "sdp", ICE: ice})))
				}
			}
		}
	}
	return all
}

// othersCountOnIt is what beside takes for granted.
const othersCountOnIt = "a session whose place another may take was consented to"

// supposed says what is wrong with the part's own sessions, if something is that beside takes for granted of others.
func (s *state) supposed() []broken {
	d := s.phone.root().Data
	for _, v := range d.Sessions {
		if !v.Listed || !v.Raised || v.View.Over {
			continue
		}
		for _, c := range append(slices.Clone(v.Started), v.Carries) {
			if !isGateway(v.View.Peer) || !s.law.Supposed(v.View.Ref, v.View.Session, v.View.Peer, c) {
				return []broken{{othersCountOnIt, "session " + string(v.View.Session) + " has conversation " + string(c) + ", and none was heard to start there"}}
			}
		}
	}
	return nil
}

// othersOffer: proposals under another id, which are left out, raise what they were proposed with; with every flag, as offering has
// it.
func othersOffer(p *phone, v vocabulary, base messages.Options) []move {
	if !v.others {
		return nil
	}
	var all []move
	for _, c := range v.conversations {
		plain := messages.Propose{Session: besideSession, Conversation: c, From: v.gateways[0]}
		for _, m := range append(flagged(p, plain, base), outside(plain)) {
			raised := slices.Clone(m)
			for i, t := range m {
				if e, is := t.in.(messages.Propose); is {
					raised[i] = told{messages.Root, messages.Invited{Propose: e}}
				}
			}
			all = append(all, raised)
		}
	}
	return all
}

// othersSpend: what goes on under another id was proceeded there, and has spent the Answer; and so it may be with an Answer to
// what does not ring any more.
func (p *play) othersSpend() {
	pending := p.state.phone.root().Data.Invitations
	for _, c := range p.state.law.Answered() {
		i := slices.IndexFunc(pending, func(v messages.InvitationView) bool { return v.Conversation == c })
		if i < 0 || pending[i].Session == besideSession && pending[i].Taken && !pending[i].Ordered {
			p.noting().Spend(c)
		}
	}
}
