package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// jingle: session control over Jingle (XEP-0166).
var jingle = together(
	on(messages.SessionInitiate{}).If(notSetUp).Quirk(quirk.DeafBeforeReady).Source("1.2 dialing/bind done"),
	on(messages.SessionInitiate{}).If(emptyInitiate).Do(refuseEmpty),
	on(messages.SessionInitiate{}).If(initiateTaken).Do(refuseOutOfOrder).Source("3.4 session-initiate"),
	on(messages.SessionInitiate{}).If(initiateTied).Do(refuseTied).Source("3.4 session-initiate"),
	on(messages.SessionInitiate{}).If(initiateStranger).Do(refuseStranger).Source("3.4 session-initiate"),
	on(messages.SessionInitiate{}).If(unaskedInitiate).Corrected(quirk.UnsolicitedOffer).Do(refuseUnasked),
	on(messages.SessionInitiate{}).If(overXMPPPromised).Corrected(quirk.InitiateEatsPropose),
	on(messages.SessionInitiate{}).If(overXMPPPromised).Quirk(quirk.InitiateEatsPropose).Do(forgetInitiated).Source("3.4 swallowed"),
	on(messages.SessionInitiate{}).If(proposedEager).Corrected(quirk.PrivateCallHolds).Do(openEager, forgetInitiated),
	on(messages.SessionInitiate{}).Do(openJingle, forgetInitiated).Source("3.4 session-initiate").Source("1.5 offered/session-initiate"),
	on(messages.SessionTerminate{}).If(jingleKnown).Do(tellSessionTerminate).Source("3.4 session-terminate"),
	on(messages.SessionTerminate{}).If(jingleForeign).Do(refuseForeignTerminate).Source("3.4 unknown sid"),
	on(messages.SessionTerminate{}).If(neverInitiated).Corrected(quirk.PendingsOutliveCalls).Do(refuseForeignTerminate, withdrawUninitiated),
	on(messages.SessionTerminate{}).Quirk(quirk.LateTerminateAcknowledged).Do(acknowledgeTerminate).Source("3.4 unknown sid"),
	on(messages.SessionTerminate{}).Corrected(quirk.LateTerminateAcknowledged).Do(refuseForeignTerminate),
	on(messages.TransportInfo{}).If(transportKnown).Do(tellTransport).Source("3.4 transport-info"),
	on(messages.TransportInfo{}).Do(refuseTransport).Source("3.4 unknown sid"),
	on(messages.SessionInfo{}).If(infoKnown).If(mutingInfo).Do(announceMuted, acknowledgeInfo).Source("3.4 session-info"),
	on(messages.SessionInfo{}).If(infoKnown).If(plainInfo).Do(acknowledgeInfo).Source("3.4 session-info"),
	on(messages.SessionInfo{}).If(infoKnown).Do(refuseInfo).Source("3.4 session-info"),
	on(messages.SessionInfo{}).Do(refuseInfoUnknown).Source("3.4 unknown sid"),
	on(messages.SessionAccept{}).If(acceptJingleKnown).Do(refuseAcceptOrder).Source("3.4 session-accept"),
	on(messages.SessionAccept{}).Do(refuseAcceptForeign).Source("3.4 unknown sid"),
	on(messages.JingleAction{}).If(actionKnown).Do(refuseAction).Source("3.4 other actions"),
	on(messages.JingleAction{}).Do(refuseActionUnknown).Source("3.4 unknown sid"),
	on(messages.PeerRefused{}).If(peerForgotUs).Do(endForgotten).Source("1.7 Jingle peer answers unknown-session"),
	on(messages.ServerAsked{}).If(serverPings).Do(answerPing),
	on(messages.ServerAsked{}).Do(refuseServer))

// Classic Jingle: what may be done with which session, and what is answered (XEP-0166; sdk-behaviour 3.4).

const (
	itemNotFound      = "item-not-found"
	unknownSession    = "unknown-session"
	unexpectedRequest = "unexpected-request"
	outOfOrder        = "out-of-order"
)

func refuse(iq string, to messages.JID, condition, jingle string) acts {
	return acts{messages.RefuseIQ{IQ: iq, To: to, Condition: condition, JingleCondition: jingle}}
}

func emptyInitiate(_ *Data, e messages.SessionInitiate) bool { return e.Empty }

func initiateStranger(d *Data, e messages.SessionInitiate) bool {
	s, ok := d.jingleSession(e.Session)
	return ok && s.View.Peer != e.From
}

func initiateTaken(d *Data, e messages.SessionInitiate) bool {
	s, ok := d.jingleSession(e.Session)
	return ok && s.View.Peer == e.From && s.View.Stage != "pending"
}

// initiateTied: both sides seem to have picked one id, and ours is the greater address.
func initiateTied(d *Data, e messages.SessionInitiate) bool {
	s, ok := d.jingleSession(e.Session)
	return ok && s.View.Peer == e.From && s.View.Stage == "pending" && d.Stream.JID > e.From
}

// overXMPPPromised: the propose said that the description comes over XMPP, so this one is swallowed without a word.
func overXMPPPromised(d *Data, e messages.SessionInitiate) bool {
	i := d.proposalAt(e.Session)
	return i >= 0 && d.Proposals[i].Propose.SDPOverXMPP
}

// proposedEager: the propose wanted a connection, not an answer.
func proposedEager(d *Data, e messages.SessionInitiate) bool {
	i := d.proposalAt(e.Session)
	return i >= 0 && d.Proposals[i].Propose.PrivAnswer != ""
}

func refuseEmpty(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "bad-request", "")
}

func refuseOutOfOrder(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, unexpectedRequest, outOfOrder)
}

func refuseTied(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "conflict", "tie-break")
}

func refuseStranger(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "service-unavailable", "")
}

func refuseUnasked(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, itemNotFound, unknownSession)
}

func forgetInitiated(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d, d.forget(e.Session)
}

func openJingle(d *Data, e messages.SessionInitiate) (*Data, acts) { return d.openJingle(e, "") }

// openEager does not forget that the session was proposed as a connection, which carries no call.
func openEager(d *Data, e messages.SessionInitiate) (*Data, acts) {
	return d.openJingle(e, d.Proposals[d.proposalAt(e.Session)].Propose.PrivAnswer)
}

func (d *Data) openJingle(e messages.SessionInitiate, privAnswer string) (*Data, acts) {
	open := messages.OpenSession{
		Session: e.Session, Signalling: messages.Jingle, Peer: e.From, IQ: e.IQ, SDP: e.SDP,
		Servers: d.Servers, Relay: d.Relay, PrivAnswer: privAnswer,
	}
	if i := d.proposalAt(e.Session); i >= 0 {
		p := d.Proposals[i].Propose
		open.Conversation, open.OriginalRoom, open.Type = p.Conversation, p.OriginalRoom, d.typeOf(p.From)
	}
	// A Jingle session of the same id is no longer found.
	if old, ok := d.jingleSession(e.Session); ok {
		old.Listed, old.Superseded = false, true
		d.Sessions = replace(d.Sessions, d.sessionAt(old.View.Ref), old)
	}
	return d, acts{messages.Spawn{Actor: "jingle-session", Msg: open}}
}

// fromPeer is the Jingle session of an action, if the action may change it.
func (d *Data) fromPeer(sid messages.SessionID, from messages.JID) (Session, bool) {
	s, ok := d.jingleSession(sid)
	return s, ok && s.View.Peer == from && s.View.Stage != stageEnded
}

func jingleKnown(d *Data, e messages.SessionTerminate) bool {
	_, ok := d.fromPeer(e.Session, e.From)
	return ok
}

func jingleForeign(d *Data, e messages.SessionTerminate) bool {
	_, ok := d.jingleSession(e.Session)
	return ok
}

func tellSessionTerminate(d *Data, e messages.SessionTerminate) (*Data, acts) {
	s, _ := d.fromPeer(e.Session, e.From)
	return d, acts{tell(s.View.Ref, e)}
}

func refuseForeignTerminate(d *Data, e messages.SessionTerminate) (*Data, acts) {
	return d, refuse(e.IQ, e.From, itemNotFound, unknownSession)
}

func acknowledgeTerminate(d *Data, e messages.SessionTerminate) (*Data, acts) {
	return d, acts{messages.AcknowledgeIQ{IQ: e.IQ, To: e.From}}
}

// neverInitiated: the far end gives up a session that it proposed and that this client took, before it has described it.
func neverInitiated(d *Data, e messages.SessionTerminate) bool { return d.asked(e.Session, e.From) }

func withdrawUninitiated(d *Data, e messages.SessionTerminate) (*Data, acts) {
	return d, d.withdraw(e.Session)
}

func transportKnown(d *Data, e messages.TransportInfo) bool {
	_, ok := d.fromPeer(e.Session, e.From)
	return ok
}

func tellTransport(d *Data, e messages.TransportInfo) (*Data, acts) {
	s, _ := d.fromPeer(e.Session, e.From)
	return d, acts{tell(s.View.Ref, e)}
}

func refuseTransport(d *Data, e messages.TransportInfo) (*Data, acts) {
	return d, refuse(e.IQ, e.From, itemNotFound, unknownSession)
}

func infoKnown(d *Data, e messages.SessionInfo) bool {
	_, ok := d.fromPeer(e.Session, e.From)
	return ok
}

// mutingInfo: the far end has muted its audio, or not any more. A phone has one content: whatever a mute names, the session is
// meant (XEP-0167).
func mutingInfo(_ *Data, e messages.SessionInfo) bool { return e.Info == "mute" || e.Info == "unmute" }

func announceMuted(d *Data, e messages.SessionInfo) (*Data, acts) {
	return d, acts{messages.Announce{Event: messages.SessionMuted{Session: e.Session, Muted: e.Info == "mute"}}}
}

// plainInfo: a ping, or what the far end says of a call (XEP-0167), which changes nothing here.
func plainInfo(_ *Data, e messages.SessionInfo) bool {
	return slices.Contains([]string{"", "active", "hold", "unhold", "ringing"}, e.Info)
}

func acknowledgeInfo(d *Data, e messages.SessionInfo) (*Data, acts) {
	return d, acts{messages.AcknowledgeIQ{IQ: e.IQ, To: e.From}}
}

func refuseInfo(d *Data, e messages.SessionInfo) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "feature-not-implemented", "unsupported-info")
}

func refuseInfoUnknown(d *Data, e messages.SessionInfo) (*Data, acts) {
	return d, refuse(e.IQ, e.From, itemNotFound, unknownSession)
}

func acceptJingleKnown(d *Data, e messages.SessionAccept) bool {
	_, ok := d.fromPeer(e.Session, e.From)
	return ok
}

func refuseAcceptOrder(d *Data, e messages.SessionAccept) (*Data, acts) {
	return d, refuse(e.IQ, e.From, unexpectedRequest, outOfOrder)
}

func refuseAcceptForeign(d *Data, e messages.SessionAccept) (*Data, acts) {
	return d, refuse(e.IQ, e.From, itemNotFound, unknownSession)
}

func actionKnown(d *Data, e messages.JingleAction) bool {
	_, ok := d.fromPeer(e.Session, e.From)
	return ok
}

func refuseAction(d *Data, e messages.JingleAction) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "bad-request", "")
}

func refuseActionUnknown(d *Data, e messages.JingleAction) (*Data, acts) {
	return d, refuse(e.IQ, e.From, itemNotFound, unknownSession)
}

// peerForgotUs: the far end knows nothing of a session that we think goes on.
func peerForgotUs(d *Data, e messages.PeerRefused) bool {
	s, ok := d.jingleSession(e.Session)
	return ok && s.View.Stage != stageEnded && e.Condition == unknownSession
}

func endForgotten(d *Data, e messages.PeerRefused) (*Data, acts) {
	s, _ := d.jingleSession(e.Session)
	return d, acts{tell(s.View.Ref, messages.SessionTerminate{Session: e.Session, Reason: "gone"})}
}

func serverPings(_ *Data, e messages.ServerAsked) bool { return e.Name == "ping" }

func answerPing(d *Data, e messages.ServerAsked) (*Data, acts) {
	return d, acts{messages.AcknowledgeIQ{IQ: e.IQ, To: e.From}}
}

func refuseServer(d *Data, e messages.ServerAsked) (*Data, acts) {
	return d, refuse(e.IQ, e.From, "service-unavailable", "")
}
