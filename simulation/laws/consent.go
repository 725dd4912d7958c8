package laws

import (
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// consents are what the user, or the options, allowed, and what is left of it (design section 6). A consent is spent when
// it is used: one Answer is good for one order to the platform and for one session.
type consents struct {
	options    messages.Options
	persistent bool // the station's, as it was announced

	proposes map[messages.SessionID][]messages.Propose
	sessions recent[messages.SessionID] // of all that is noted of a session by its id
	// dialled are the conversations that this client placed; dialledIDs their order.
	dialled    map[messages.ConversationID]bool
	dialledIDs recent[messages.ConversationID]
	// answers and orders are what is left of the Answers: for a session, and for an order by REST.
	answers, orders map[messages.ConversationID]bool
	// ordered are the ringing conversations whose answer was ordered by REST.
	ordered map[messages.ConversationID]bool
	// proceeded are the sessions that were proceeded and have not begun, with what was proposed of them.
	proceeded   map[messages.SessionID][]messages.Propose
	proceededAt map[messages.SessionID]time.Duration
	peers       map[messages.Ref]*peer
	newest      messages.Ref                       // the peer connection that was made last
	living      []*peer                            // those that are open, in the order in which they were made
	dead        recent[messages.Ref]               // those that were closed
	asked       map[messages.EffectID]messages.Ref // microphones that were asked for
}

// peer is a peer connection, and the session that it was made for.
type peer struct {
	ref          messages.Ref
	id           messages.SessionID
	conversation messages.ConversationID
	from, domain string // the far end's bare address, and its domain
	sdp          bool   // it is signalled by offers
	private      bool   // a persistent connection that was made ahead of calls
	closed       bool
	// onItsOwn: it may be accepted once without being asked; retry: its microphone failed, and may be asked for again.
	onItsOwn, retry bool
	granted         int  // microphones that it was given and has not used
	failed          bool // its last acceptance found no microphone
	asked           bool // a microphone was asked for
	accepted, up    bool // a microphone was added to it; it is connected
	left            bool // its session was told to end
	shared          bool // it began under line appearance 1
}

func newConsents(o messages.Options) consents {
	return consents{
		options: o, proposes: map[messages.SessionID][]messages.Propose{}, dialled: map[messages.ConversationID]bool{},
		answers: map[messages.ConversationID]bool{}, orders: map[messages.ConversationID]bool{},
		ordered:   map[messages.ConversationID]bool{},
		proceeded: map[messages.SessionID][]messages.Propose{}, proceededAt: map[messages.SessionID]time.Duration{}, peers: map[messages.Ref]*peer{}, asked: map[messages.EffectID]messages.Ref{},
	}
}

// noteConsent notes what counts as a consent, or leads to one.
func (c *Checker) noteConsent(in messages.Input) {
	switch in := in.(type) {
	case messages.Propose:
		c.noteSession(in.Session)
		if !slices.Contains(c.proposes[in.Session], in) {
			c.proposes[in.Session] = append(c.proposes[in.Session], in)
		}
	case messages.Retract:
		if list, proposed := c.proposes[in.Session]; proposed {
			c.proposes[in.Session] = slices.DeleteFunc(slices.Clone(list), func(p messages.Propose) bool { return bare(p.From) == bare(in.From) })
		}
	case messages.Answer:
		for _, conversation := range c.answered(in) {
			c.noteCall(conversation)
			c.answers[conversation], c.orders[conversation] = true, true
			c.countAnew(conversation)
		}
	case messages.HTTPAnswered:
		if in.Placed != nil {
			c.noteDialled(in.Placed.Conversation)
		}
	case messages.MicrophoneGranted:
		if p := c.peers[c.asked[in.Effect]]; p != nil {
			p.granted, p.failed = p.granted+1, false
		}
	case messages.MicrophoneDenied:
		if p := c.peers[c.asked[in.Effect]]; p != nil {
			p.retry, p.failed = true, true
		}
	}
}

// answered are the conversations that an Answer may mean, which ring or were proposed: usually one. Several may ring under the
// id of a session that they share.
func (c *Checker) answered(in messages.Answer) (all []messages.ConversationID) {
	if in.Session == "" {
		if _, rings := c.rings[in.Conversation]; rings || c.isProposedFor(in.Conversation) {
			return []messages.ConversationID{in.Conversation}
		}
		return nil
	}
	for _, conversation := range sorted(c.rings) {
		if c.rings[conversation] == in.Session {
			all = append(all, conversation)
		}
	}
	for _, p := range c.proposes[in.Session] {
		return append(all, p.Conversation)
	}
	return all
}

func (c *Checker) isProposedFor(conversation messages.ConversationID) bool {
	for _, list := range c.proposes {
		if proposedFor(list, conversation) {
			return true
		}
	}
	return false
}

// proposedFor tells whether one of several proposes is of a conversation.
func proposedFor(list []messages.Propose, conversation messages.ConversationID) bool {
	for i := range list {
		if list[i].Conversation == conversation {
			return true
		}
	}
	return false
}

// byItself tells whether a propose answers itself: this client dialled it, the options allow it, or it is an eager
// persistent connection (b, c, d).
func (c *Checker) byItself(p messages.Propose) bool {
	inbound := p.AutoAnswer && c.options.AutoAnswerInbound && !c.options.DisableAutoAnswer
	eager := p.PrivAnswer == "Auto" && c.eager() && c.persistent
	return c.dialled[p.Conversation] || inbound || eager
}

func (c *Checker) eager() bool {
	return c.options.EagerPersistent == "" || c.options.EagerPersistent == messages.EagerAuto
}

// needsConsent checks an effect that may not be decided without a consent.
func (c *Checker) needsConsent(in messages.Input, id messages.EffectID, effect messages.Effect) {
	switch e := effect.(type) {
	case messages.SendProceed:
		c.countsProceed(e.Session)
		c.proceededAt[e.Session] = c.at
		c.proceedsConsented(e)
	case messages.SendAccept:
		if !c.live(e.Session) {
			c.broken(ConsentBeforeMedia, "session %s is accepted, and has no peer connection", e.Session)
		}
		delete(c.proceeded, e.Session)
		delete(c.proceededAt, e.Session)
	case messages.CreatePeer:
		c.opens(in, e)
	case messages.RequestMicrophone:
		c.asked[id] = e.Peer
		if p := c.peers[e.Peer]; p != nil {
			p.asked, p.failed = true, false // it is being tried again: not failed, until it fails
		}
		c.asksMicrophone(in, e.Peer)
		c.acceptsOffered()
	case messages.AddMicrophone:
		c.usesMicrophone(e.Peer)
	case messages.MakeAnswer:
		c.isConsented(effect, e.Peer)
	case messages.SendAnswer:
		c.isConsented(effect, e.Peer)
	case messages.SendCandidate:
		c.isConsented(effect, e.Peer)
	case messages.Request:
		if e.Of == messages.PatchState && e.State == messages.Connected {
			c.ordersAnswer(e.Conversation)
		}
	}
}

// proceedsConsented: a propose that repeats itself is proceeded again until its session begins. An Answer is spent by it: of several
// session ids that are proposed for a conversation, one is proceeded. The proceed goes to whoever proposed what was answered.
func (c *Checker) proceedsConsented(e messages.SendProceed) {
	theirs := func(p messages.Propose) bool { return bare(p.From) == bare(e.To) }
	for _, p := range c.proposes[e.Session] {
		again := slices.ContainsFunc(c.proceeded[e.Session], func(was messages.Propose) bool {
			return theirs(was) && was.Conversation == p.Conversation
		})
		if !theirs(p) || again || !c.byItself(p) && !c.answers[p.Conversation] {
			continue
		}
		if !c.byItself(p) {
			delete(c.answers, p.Conversation)
		}
		c.proceeded[e.Session] = append(slices.Clip(c.proceeded[e.Session]), p)
		return
	}
	if slices.ContainsFunc(c.proceeded[e.Session], theirs) {
		return
	}
	c.broken(ConsentBeforeMedia, "session %s is proceeded", e.Session)
	for _, p := range c.proposes[e.Session] { // what follows from it is not said again
		if theirs(p) {
			c.proceeded[e.Session] = append(slices.Clip(c.proceeded[e.Session]), p)
		}
	}
}

func (c *Checker) ordersAnswer(conversation messages.ConversationID) {
	c.noteCall(conversation)
	c.ordered[conversation] = true
	if c.orders[conversation] {
		delete(c.orders, conversation)
		return
	}
	for _, list := range c.proposes {
		if slices.ContainsFunc(list, func(p messages.Propose) bool { return p.Conversation == conversation && c.byItself(p) }) {
			return
		}
	}
	c.broken(ConsentBeforeMedia, "conversation %s is answered by REST", conversation)
}

// opens checks that a peer connection is made for a session that was proceeded and has not begun, by whom it was proposed
// and for the conversation that was answered; or that goes on from a live one of the same gateway: it has the session's id
// and a conversation of its own, or it reinvites a conversation that was started on it (e). The session must live, not the
// conversation: the platform may have said of the leg alone that it is over.
//
// Of two sessions with one id, the one that is described last takes the other's place, whichever was offered first.
func (c *Checker) opens(in messages.Input, e messages.CreatePeer) {
	p := &peer{ref: e.Peer}
	var from messages.JID
	reinvite := false
	switch in := in.(type) {
	case messages.Offer:
		p.id, p.conversation, from, reinvite = in.Session, in.Conversation, in.From, in.Reinvite
	case messages.SessionInitiate:
		p.id, from = in.Session, in.From
		for _, was := range c.proceeded[in.Session] {
			p.conversation = was.Conversation
		}
	}
	p.from, p.domain, p.shared, p.sdp = bare(from), domain(from), c.oneLine, e.Signalling != messages.Jingle
	p.private = slices.ContainsFunc(c.proceeded[p.id], func(was messages.Propose) bool { return was.PrivAnswer != "" })
	c.opensTold(p.id)
	goesOn := slices.ContainsFunc(c.living, func(old *peer) bool { return c.goesOnAs(old, p, reinvite) })
	accepted := slices.ContainsFunc(c.living, func(old *peer) bool { return old.asked && !old.failed && c.goesOnAs(old, p, reinvite) })
	if !c.wasProceeded(p, from) && !goesOn {
		c.broken(ConsentBeforeMedia, "a peer connection is made for session %s with conversation %s, which was not proceeded", p.id, p.conversation)
	}
	p.onItsOwn = c.options.AutoConnectSessions || reinvite && goesOn || accepted
	c.peers[p.ref], c.newest = p, p.ref
	c.living = append(c.living, p)
}

// wasProceeded tells whether a session was proceeded: for its conversation, and for the address that describes it.
func (c *Checker) wasProceeded(p *peer, from messages.JID) bool {
	return slices.ContainsFunc(c.proceeded[p.id], func(was messages.Propose) bool {
		return was.Conversation == p.conversation && bare(was.From) == bare(from)
	})
}

// goesOnAs tells whether a new peer connection takes over what an old one has.
func (c *Checker) goesOnAs(old, p *peer, reinvite bool) bool {
	if old.domain != p.domain {
		return false
	}
	heard := c.heard[start{old.id, p.conversation}]
	return reinvite && heard || old.id == p.id && (heard || old.conversation == p.conversation)
}

// asksMicrophone: a session is accepted on its own if the options say so or if it takes the place of one that was, once;
// else it is accepted because the embedding program said so, just now. A microphone that failed is asked for again.
func (c *Checker) asksMicrophone(in messages.Input, ref messages.Ref) {
	p := c.peers[ref]
	if p == nil {
		c.broken(ConsentBeforeMedia, "a microphone is asked for by #%d, which has no peer connection", ref)
		return
	}
	_, denied := in.(messages.MicrophoneDenied)
	accept, byHand := in.(messages.AcceptSession)
	switch {
	case denied && p.retry:
		p.retry = false
	case byHand && c.carries(p, accept.Conversation):
		p.retry = false
	case p.onItsOwn:
		p.onItsOwn = false
	default:
		c.broken(ConsentBeforeMedia, "a microphone is asked for by session %s, which nobody accepted", p.id)
	}
}

// acceptsOffered: who accepts a session accepts what was offered already to take its place, and is still being described; and
// so it is with one that was accepted when the conversation starts on it for which the other was offered.
func (c *Checker) acceptsOffered() {
	for _, accepted := range c.living {
		for _, p := range c.living {
			if accepted.asked && !accepted.failed && p != accepted && (!p.asked || p.failed) && c.goesOnAs(accepted, p, false) {
				p.onItsOwn = true
			}
		}
	}
}

// carries tells whether a peer connection carries a conversation, as far as was announced or offered. Under line appearance
// 1 a session carries whatever the line does.
func (c *Checker) carries(p *peer, conversation messages.ConversationID) bool {
	return p.conversation == conversation || c.heard[start{p.id, conversation}] || !c.concurrent
}

func (c *Checker) usesMicrophone(ref messages.Ref) {
	p := c.peers[ref]
	if p == nil || p.granted == 0 {
		c.broken(ConsentBeforeMedia, "a microphone is sent by #%d, which was given none", ref)
		return
	}
	p.granted--
}

func (c *Checker) isConsented(effect messages.Effect, ref messages.Ref) {
	if c.peers[ref] == nil {
		c.broken(ConsentBeforeMedia, "%s by #%d, which has no peer connection", effect.Kind(), ref)
	}
}

// live tells whether a session has a peer connection that is not closed.
func (c *Checker) live(id messages.SessionID) bool {
	return slices.ContainsFunc(c.living, func(p *peer) bool { return p.id == id })
}

func domain(jid messages.JID) string {
	address := bare(jid)
	_, domain, _ := strings.Cut(address, "@")
	return strings.ToLower(domain)
}

func bare(jid messages.JID) string {
	address, _, _ := strings.Cut(jid.Reveal(), "/")
	return address
}
