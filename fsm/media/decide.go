package media

import (
	"net/netip"
	"strings"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a peer connection remembers.
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

func iceConnected(_ Data, e messages.PeerICEChanged) bool { return e.State == messages.PeerConnected }
func iceDisconnected(_ Data, e messages.PeerICEChanged) bool {
	return e.State == messages.PeerDisconnected
}
func stable(d Data, _ messages.PeerICEChanged) bool { return !d.Offered }

func connected(_ Data, e messages.PeerConnectionChanged) bool {
	return e.State == messages.PeerConnected
}
func failed(_ Data, e messages.PeerConnectionChanged) bool { return e.State == messages.PeerFailed }

func end(_ Data, e messages.LocalCandidate) bool        { return e.Candidate == "" }
func offered(_ Data, e messages.LocalCandidate) bool    { return Offerable(e.Candidate) }
func malformed(_ Data, e messages.RemoteCandidate) bool { return e.Malformed }
func gone(d Data, _ messages.ReportIfClosed) bool       { return d.Connection == messages.PeerClosed }

// Offerable tells whether a local candidate is told to the far end: over UDP, and not an IPv6 host
// (sdk-behaviour 3.3 iceCandidate).
func Offerable(c messages.Candidate) bool {
	f := strings.Fields(c.Reveal())
	if len(f) < 8 {
		return true
	}
	if strings.EqualFold(f[2], "tcp") {
		return false
	}
	if f[7] != "host" {
		return true
	}
	a, err := netip.ParseAddr(f[4])
	return err == nil && a.Is4()
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
	return d, messages.Acts{messages.SendActive{Signalling: messages.SDPOverXMPP, Session: d.Session, To: d.Peer, Peer: d.Ref}}
}

func announceEnd(d Data, _ messages.LocalCandidate) (Data, messages.Acts) {
	return d, messages.Acts{messages.Announce{Event: messages.EndOfCandidates{Session: d.Session}}}
}

func sendCandidate(d Data, e messages.LocalCandidate) (Data, messages.Acts) {
	return d, messages.Acts{messages.SendCandidate{
		Signalling: messages.SDPOverXMPP, Session: d.Session, To: d.Peer, Peer: d.Ref, Mid: e.Mid, Candidate: e.Candidate,
	}}
}

func addCandidate(d Data, e messages.RemoteCandidate) (Data, messages.Acts) {
	return d, messages.Acts{messages.AddCandidate{Peer: d.Ref, Mid: e.Mid, Candidate: e.Candidate}}
}

func lose(d Data, _ messages.PeerConnectionChanged) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Ref, Msg: messages.MediaLost{Reason: "success"}}}
}

func closePeer(d Data, _ messages.CloseMedia) (Data, messages.Acts) {
	d.Connection = messages.PeerClosed
	return d, messages.Acts{messages.ClosePeer{Peer: d.Ref}, messages.StopMicrophone{Peer: d.Ref}}
}

func report(d Data, _ messages.ReportIfClosed) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.PeerGone{Session: d.Ref}}}
}
