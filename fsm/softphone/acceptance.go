package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// acceptance: a session is accepted: the line, the other calls, the microphone, the conversation that it carries.
var acceptance = together(
	on(messages.AcceptNow{}).If(lineIsThis).If(accepted).Do(settleAccept).Source("1.6.6 step 2"),
	on(messages.AcceptNow{}).If(lineIsThis).Quirk(quirk.FailedAcceptIsFinal).Do(settleAccept).Source("1.6.6 step 2"),
	on(messages.AcceptNow{}).If(callsNobody).If(becomesLine).Corrected(quirk.PrivateCallHolds).Do(takeLine, startAcceptance),
	on(messages.AcceptNow{}).If(callsNobody).Corrected(quirk.PrivateCallHolds).Do(startAcceptance),
	on(messages.AcceptNow{}).If(holdsOthers).If(becomesLine).Do(holdOthers, takeLine, startAcceptance).Source("1.6.6 step 1").Source("1.6.6 step 3"),
	on(messages.AcceptNow{}).If(holdsOthers).Do(holdOthers, startAcceptance).Source("1.6.6 step 1").Source("1.6.1 unset/acceptSession LA>1"),
	on(messages.AcceptNow{}).If(becomesLine).Do(takeLine, startAcceptance).Source("1.6.6 step 3").Source("1.6.1 unset/acceptSession"),
	on(messages.AcceptNow{}).Do(startAcceptance).Source("1.6.1 set/acceptSession live"))

// accepting: what was begun goes on, whether anybody listens or not.
var accepting = together(
	on(messages.MicrophoneReady{}).Do(tellGoOn).Source("1.6.6 step 5"),
	on(messages.AttachSession{}).If(carriesKnown).Do(attachSession).Source("1.6.6 step 6'"),
	on(messages.AttachSession{}).If(privateSession).Source("1.6.6 step 6"),
	on(messages.AttachSession{}).Do(storePlaceholder).Source("1.6.6 step 6"))

func lineIsThis(d *Data, e messages.AcceptNow) bool {
	line, ok := d.lineSession()
	return !d.concurrent() && ok && d.lineLive() && line.View.Session == d.session(e.Session).View.Session
}

// accepted: the session was accepted, or is being. One that is shared need not be: a renegotiation may have connected it.
func accepted(d *Data, e messages.AcceptNow) bool { return d.session(e.Session).Accepting }

func holdsOthers(d *Data, e messages.AcceptNow) bool {
	return d.concurrent() && !d.session(e.Session).View.Reinvite
}

// callsNobody: the session is an eager connection, which carries no call.
func callsNobody(d *Data, e messages.AcceptNow) bool {
	return d.concurrent() && d.session(e.Session).View.PrivAnswer == "Auto"
}

func becomesLine(d *Data, _ messages.AcceptNow) bool {
	return (d.persistent() || !d.concurrent()) && !d.lineLive()
}

func settleAccept(d *Data, e messages.AcceptNow) (*Data, acts) {
	return d, messages.Settled(e.Call, nil)
}

// holdOthers: what is accepted is to be heard, but for a session that takes an earlier one's place and whose call is held.
func holdOthers(d *Data, e messages.AcceptNow) (*Data, acts) {
	own := d.conversationAt(d.session(e.Session).Carries)
	if own >= 0 && d.Conversations[own].Leg.Held.True() && !d.Quirks.Has(quirk.HoldsOwnCall) {
		return d, nil
	}
	return d.holdOthers(e.Session)
}

// holdOthers holds the conversations of the other active sessions, unless they are held or the peer connection is down.
// Nobody waits for it. The pick holds-own-call: the last one of each session, whatever became of it, or all that are
// connected and not that session's own.
func (d *Data) holdOthers(but messages.Ref) (*Data, acts) {
	if d.Quirks.Has(quirk.HoldsOwnCall) {
		return d, d.holdCarried(but)
	}
	return d.holdAll(d.toHold(but))
}

// toHold are the conversations that are to be held for another session.
func (d *Data) toHold(but messages.Ref) []messages.ConversationView {
	var all []messages.ConversationView
	for _, v := range d.Conversations {
		if s, ok := d.heardOn(v.Conversation, v.Session); ok && d.worthHolding(v, but) && s.heardSoon(but) {
			all = append(all, v)
		}
	}
	return all
}

// holdAll orders holds, and notes that they are on their way.
func (d *Data) holdAll(all []messages.ConversationView) (*Data, acts) {
	var out acts
	for _, v := range all {
		out = append(out, d.holdOrder(v)...)
		if !slices.Contains(d.Holding, v.Conversation) {
			d.Holding = replace(d.Holding, -1, v.Conversation)
		}
	}
	return d, out
}

// stopHolding: a hold has come about, was refused or is taken back.
func (d *Data) stopHolding(c messages.ConversationID) *Data {
	if i := slices.Index(d.Holding, c); i >= 0 {
		d.Holding = without(d.Holding, i)
	}
	return d
}

// worthHolding tells whether a conversation is to be held for another session.
func (d *Data) worthHolding(v messages.ConversationView, but messages.Ref) bool {
	return v.Leg.State.Class() == messages.ConnectedClass && !v.Leg.Held.True() && v.Conversation != d.session(but).Carries
}

// holdCarried holds what each other session carried last.
func (d *Data) holdCarried(but messages.Ref) acts {
	var out acts
	for _, s := range d.Listed() {
		if i := d.conversationAt(s.Carries); i >= 0 && !d.Conversations[i].Leg.Held.True() && s.holdable(but) {
			v := d.Conversations[i]
			v.Conversation = s.Carries
			out = append(out, d.holdOrder(v)...)
		}
	}
	return out
}

// holdable tells whether a session is another one, which can carry a hold.
func (s *Session) holdable(but messages.Ref) bool {
	return s.phone() && s.View.Ref != but && s.View.Stage == stageActive && !down(s.Media.Connection)
}

// heardSoon tells whether a session is another one whose call is heard, or will be once the answer is made.
func (s *Session) heardSoon(but messages.Ref) bool {
	return s.holdable(but) || s.phone() && s.View.Ref != but && s.Accepting && !s.View.Over && s.View.Stage != stageEnded && !down(s.Media.Connection)
}

func (d *Data) holdOrder(v messages.ConversationView) acts {
	return acts{
		tell(v.Ref, messages.HoldOrdered{Held: true}),
		messages.Spawn{Actor: "order", Msg: messages.Order{Verb: messages.VerbHold, Known: d.whereabouts(carriedName(v.Conversation)), Value: true}},
	}
}

// carriedName is the conversation that a session carries as the SDK names it in a request: a session that never had one
// is asked about all the same.
func carriedName(c messages.ConversationID) messages.ConversationID {
	if c == "" {
		return "undefined"
	}
	return c
}

// down tells whether a peer connection cannot carry a hold (sdk-behaviour 1.6.10).
func down(p messages.PeerPhase) bool {
	return p == messages.PeerDisconnected || p == messages.PeerFailed || p == messages.PeerClosed
}

func takeLine(d *Data, e messages.AcceptNow) (*Data, acts) { return d.takeLine(e.Session) }

func (d *Data) takeLine(ref messages.Ref) (*Data, acts) {
	i := d.sessionAt(ref)
	s := d.Sessions[i]
	s.WasLine = true
	d.Sessions = replace(d.Sessions, i, s)
	return d, acts{tell(messages.LineActor, messages.LineTaken{Session: ref, Live: s.Media.Connection == messages.PeerConnected})}
}

func startAcceptance(d *Data, e messages.AcceptNow) (*Data, acts) {
	i := d.sessionAt(e.Session)
	accepting := d.Sessions[i]
	accepting.Accepting = true
	d.Sessions = replace(d.Sessions, i, accepting)
	return d, acts{messages.Spawn{Actor: "negotiation", Msg: messages.StartAcceptance{Call: e.Call, Session: d.session(e.Session).View}}}
}

// tellGoOn answers what the negotiation asks when it has a microphone: a session that was told to end counts as ended, for
// nobody wants it any more.
func tellGoOn(d *Data, e messages.MicrophoneReady) (*Data, acts) {
	s := d.session(e.Session)
	return d, acts{tell(e.Negotiation, messages.GoOn{Closed: s.Media.Closed || s.View.Ref == 0, Ended: s.View.Over || s.View.Stage == stageEnded})}
}

func carriesKnown(d *Data, e messages.AttachSession) bool {
	return d.conversationAt(d.session(e.Session).Carries) >= 0
}

func privateSession(d *Data, e messages.AttachSession) bool {
	return d.session(e.Session).View.PrivAnswer == "Auto"
}

func attachSession(d *Data, e messages.AttachSession) (*Data, acts) {
	s := d.session(e.Session)
	v := d.Conversations[d.conversationAt(s.Carries)]
	for i, p := range d.Published {
		if p.Ref == v.Ref && p.Version == v.Version {
			p.Sessionless = false
			d.Published = replace(d.Published, i, p)
		}
	}
	return d, acts{tell(v.Ref, messages.SessionAttached{Ref: v.Ref, Conversation: s.Carries, Session: s.View})}
}

func storePlaceholder(d *Data, e messages.AttachSession) (*Data, acts) {
	s := d.session(e.Session)
	return d, acts{messages.Spawn{Actor: "conversation", Msg: messages.SessionAttached{Conversation: s.Carries, Session: s.View}}}
}
