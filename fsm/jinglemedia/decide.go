package jinglemedia

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/media"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a Jingle session's connection remembers.
type Data struct {
	Ref        messages.Ref       `json:"ref"`
	Session    messages.SessionID `json:"session"`
	Peer       messages.JID       `json:"peer"`
	Connection messages.PeerPhase `json:"connection,omitempty"`
	// Offered: a remote description is set and not answered, so signalling is not stable.
	Offered bool `json:"offered,omitempty"`
}

// View is what the root knows of a peer connection.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.MediaView{Ref: s.Data.Ref, Connection: s.Data.Connection, Closed: s.State == Closed || s.Data.Connection == messages.PeerClosed}
}

func iceChecking(_ Data, e messages.PeerICEChanged) bool  { return e.State == messages.PeerChecking }
func iceConnected(_ Data, e messages.PeerICEChanged) bool { return e.State == messages.PeerConnected }
func iceCompleted(_ Data, e messages.PeerICEChanged) bool { return e.State == messages.PeerCompleted }
func iceDisconnected(_ Data, e messages.PeerICEChanged) bool {
	return e.State == messages.PeerDisconnected
}
func iceFailed(_ Data, e messages.PeerICEChanged) bool { return e.State == messages.PeerFailed }
func stable(d Data, _ messages.PeerICEChanged) bool    { return !d.Offered }

func end(_ Data, e messages.LocalCandidate) bool     { return e.Candidate == "" }
func offered(_ Data, e messages.LocalCandidate) bool { return media.Offerable(e.Candidate) }
func gone(d Data, _ messages.ReportIfClosed) bool    { return d.Connection == messages.PeerClosed }

func up(d Data, _ messages.CloseMediaIfUp) bool {
	return d.Connection == messages.PeerConnected || d.Connection == messages.PeerConnecting
}

func note(d Data, e messages.OpenSession) (Data, messages.Acts) {
	d.Ref, d.Session, d.Peer, d.Connection = e.Ref, e.Session, e.Peer, messages.PeerNew
	return d, nil
}

func noteOffer(d Data, _ messages.DescriptionSet) (Data, messages.Acts) {
	d.Offered = true
	return d, nil
}

func noteAnswer(d Data, _ messages.AnswerSet) (Data, messages.Acts) {
	d.Offered = false
	return d, nil
}

func notePhase(d Data, e messages.PeerConnectionChanged) (Data, messages.Acts) {
	d.Connection = e.State
	return d, nil
}

func sendActive(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, messages.Acts{messages.SendActive{Signalling: messages.Jingle, Session: d.Session, To: d.Peer, Peer: d.Ref}}
}

func announceConnecting(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, d.announce("connecting")
}

func announceConnected(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, d.announce("connected")
}

func announceDown(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, d.announce("disconnected")
}

func announceFailed(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, d.announce("failed")
}

func announceInterrupted(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, append(d.announce("interrupted"), messages.Tell{To: messages.Root, Msg: messages.InterruptionSeen{Session: d.Ref}})
}

func (d Data) announce(state string) messages.Acts {
	return messages.Acts{messages.Announce{Event: messages.ConnectionStateChanged{Session: d.Session, State: state}}}
}

func announceEnd(d Data, _ messages.LocalCandidate) (Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.EndOfCandidates{Session: d.Session}}}
}

func sendCandidate(d Data, e messages.LocalCandidate) (Data, messages.Acts) {
	return d, messages.Acts{messages.SendCandidate{
		Signalling: messages.Jingle, Session: d.Session, To: d.Peer, Peer: d.Ref, Mid: e.Mid, Candidate: e.Candidate,
	}}
}

func acknowledge(d Data, e messages.TransportInfo) (Data, messages.Acts) {
	return d, messages.Acts{messages.AcknowledgeIQ{IQ: e.IQ, To: e.From}}
}

func addCandidates(d Data, e messages.TransportInfo) (Data, messages.Acts) {
	var acts messages.Acts
	for _, c := range e.Candidates {
		acts = append(acts, messages.AddCandidate{Peer: d.Ref, Mid: e.Mid, Candidate: c})
	}
	return d, acts
}

func lose(d Data, _ messages.PeerICEChanged) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Ref, Msg: messages.MediaLost{Reason: "failed-transport"}}}
}

func closePeer(d Data, _ messages.CloseMedia) (Data, messages.Acts) {
	d.Connection = messages.PeerClosed
	return d, messages.Acts{messages.ClosePeer{Peer: d.Ref}, messages.StopMicrophone{Peer: d.Ref}}
}

func closePeerLate(d Data, _ messages.CloseMediaIfUp) (Data, messages.Acts) {
	d.Connection = messages.PeerClosed
	return d, messages.Acts{messages.ClosePeer{Peer: d.Ref}, messages.StopMicrophone{Peer: d.Ref}}
}

func report(d Data, _ messages.ReportIfClosed) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.PeerGone{Session: d.Ref}}}
}
