package negotiation

import "github.com/hookswitch/hookswitch/messages"

// Data is what a negotiation remembers.
type Data struct {
	Ref     messages.Ref         `json:"ref"`
	Call    messages.CallID      `json:"call,omitempty"`
	Session messages.SessionView `json:"session"`
	SDP     messages.SDP         `json:"sdp,omitempty"`
	// Answer is the answer that was made.
	Answer messages.SDP `json:"answer,omitempty"`
	// Renegotiates: the session is not being accepted, whatever came of that.
	Renegotiates bool `json:"renegotiates,omitempty"`
	// Unaccepted: nobody has accepted the session, so there is nothing to answer yet.
	Unaccepted bool `json:"unaccepted,omitempty"`
	// Unacknowledged: the answer was sent, and nothing came back.
	Unacknowledged bool `json:"unacknowledged,omitempty"`
}

const peerClosedMessage = "The RTCPeerConnection's signalingState is 'closed'."

func peerClosed(_ Data, e messages.GoOn) bool   { return e.Closed }
func over(_ Data, e messages.GoOn) bool         { return e.Closed || e.Ended }
func sessionEnded(_ Data, e messages.GoOn) bool { return e.Ended }
func overJingle(d Data, _ messages.GoOn) bool   { return d.jingle() }

func doneOverJingle(d Data, _ messages.PeerDone) bool         { return d.jingle() }
func rejectedOverJingle(d Data, _ messages.PeerRejected) bool { return d.jingle() }
func acknowledged(_ Data, e messages.IQAnswered) bool         { return e.Condition == "" }

func (d Data) jingle() bool { return d.Session.Signalling == messages.Jingle }

func note(d Data, e messages.StartAcceptance) (Data, messages.Acts) {
	d.Ref, d.Call, d.Session = e.Ref, e.Call, e.Session
	return d, nil
}

func noteDescription(d Data, e messages.StartRenegotiation) (Data, messages.Acts) {
	d.Ref, d.Session, d.SDP, d.Renegotiates, d.Unaccepted = e.Ref, e.Session, e.SDP, true, e.Unaccepted
	return d, nil
}

func askMicrophone(d Data, _ messages.StartAcceptance) (Data, messages.Acts) {
	return d, messages.Acts{messages.RequestMicrophone{Peer: d.Session.Ref}}
}

// forbidden: the user, or a rule, said no; asking again would not help.
func forbidden(_ Data, e messages.MicrophoneDenied) bool { return e.Name == "NotAllowedError" }

func askMicrophoneAgain(d Data, _ messages.MicrophoneDenied) (Data, messages.Acts) {
	return d, messages.Acts{messages.RequestMicrophone{Peer: d.Session.Ref}}
}

func describe(d Data, _ messages.StartRenegotiation) (Data, messages.Acts) {
	return d, messages.Acts{messages.Describe{Peer: d.Session.Ref, SDP: d.SDP}}
}

func refuseMedia(d Data, e messages.MicrophoneDenied) (Data, messages.Acts) {
	acts := messages.Acts{messages.Announce{Event: messages.SDKError{Error: messages.ErrorInfo{Type: messages.ErrMedia, Name: e.Name, Message: e.Message}}}}
	return d, append(acts, d.failed(messages.ErrorInfo{Name: e.Name, Message: e.Message})...)
}

func askWhetherOn(d Data, _ messages.MicrophoneGranted) (Data, messages.Acts) {
	return d, d.askWhetherOn()
}

func askWhetherStillOn(d Data, _ messages.PeerDone) (Data, messages.Acts) { return d, d.askWhetherOn() }

func (d Data) askWhetherOn() messages.Acts {
	return messages.Acts{messages.Later{To: messages.Root, Msg: messages.MicrophoneReady{Negotiation: d.Ref, Session: d.Session.Ref}}}
}

func addMicrophone(d Data, _ messages.GoOn) (Data, messages.Acts) {
	return d, messages.Acts{messages.AddMicrophone{Peer: d.Session.Ref}}
}

func attach(d Data, _ messages.GoOn) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.AttachSession{Session: d.Session.Ref}}}
}

func accept(d Data, _ messages.GoOn) (Data, messages.Acts) { return d, d.accept() }

func unaccepted(d Data, _ messages.PeerDone) bool { return d.Unaccepted }

// noteDescribed: whoever accepts the session answers the newest description.
func noteDescribed(d Data, _ messages.PeerDone) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Session.Ref, Msg: messages.DescriptionSet{}}}
}

func acceptDescribed(d Data, _ messages.PeerDone) (Data, messages.Acts) {
	return d, append(messages.Acts{messages.Tell{To: d.Session.Ref, Msg: messages.DescriptionSet{}}}, d.accept()...)
}

func (d Data) accept() messages.Acts {
	return messages.Acts{messages.Tell{To: d.Session.Ref, Msg: messages.SessionAccepting{}}}
}

func makeAnswer(d Data, _ messages.GoOn) (Data, messages.Acts)              { return d, d.makeAnswer() }
func makeAnswerDescribed(d Data, _ messages.PeerDone) (Data, messages.Acts) { return d, d.makeAnswer() }

func (d Data) makeAnswer() messages.Acts {
	return messages.Acts{messages.MakeAnswer{Peer: d.Session.Ref}}
}

func keepAnswer(d Data, e messages.PeerDone) (Data, messages.Acts) {
	d.Answer = e.SDP
	return d, nil
}

func sendAnswer(d Data, _ messages.GoOn) (Data, messages.Acts)         { return d, d.sendAnswer() }
func sendAnswerDone(d Data, _ messages.PeerDone) (Data, messages.Acts) { return d, d.sendAnswer() }

func (d Data) sendAnswer() messages.Acts {
	return messages.Acts{
		messages.Tell{To: d.Session.Ref, Msg: messages.AnswerSet{}},
		messages.SendAnswer{
			Signalling: d.Session.Signalling, Session: d.Session.Session, To: d.Session.Peer, Peer: d.Session.Ref, SDP: d.Answer,
		},
	}
}

func settleSent(d Data, _ messages.GoOn) (Data, messages.Acts) {
	return d, messages.Settled(d.Call, nil)
}
func settleDone(d Data, _ messages.PeerDone) (Data, messages.Acts) {
	return d, messages.Settled(d.Call, nil)
}

func settleAcknowledged(d Data, _ messages.IQAnswered) (Data, messages.Acts) {
	return d, messages.Settled(d.Call, nil)
}

// settleRejected: a Jingle session whose answer fails is ended, and the request succeeds all the same.
func settleRejected(d Data, _ messages.SettleNow) (Data, messages.Acts) {
	return d, messages.Settled(d.Call, nil)
}

// settleSoon lets those go first who waited for the session's end.
func settleSoon(d Data, _ messages.PeerRejected) (Data, messages.Acts) {
	return d, messages.Acts{messages.Later{To: d.Ref, Msg: messages.SettleNow{}}}
}

func endFailed(d Data, _ messages.PeerRejected) (Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Session.Ref, Msg: messages.LeaveSession{Reason: "failed-application"}}}
}

func failClosed(d Data, _ messages.GoOn) (Data, messages.Acts) {
	return d, d.failedUntold(messages.ErrorInfo{Name: "InvalidStateError", Message: peerClosedMessage})
}

func failRejected(d Data, e messages.PeerRejected) (Data, messages.Acts) {
	return d, d.failedUntold(messages.ErrorInfo{Name: e.Name, Message: e.Message})
}

// failRefused and failSilent: the SDK rejects with the stanza itself.
func failRefused(d Data, _ messages.IQAnswered) (Data, messages.Acts) { return d, d.stanzaError() }

func failSilent(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	d.Unacknowledged = true
	return d, d.stanzaError()
}

func (d Data) stanzaError() messages.Acts {
	return d.failedUntold(messages.ErrorInfo{Type: "error", Bare: true})
}

// failEnded: the session had to be ended, because it could not be answered.
func failEnded(d Data, _ messages.SettleNow) (Data, messages.Acts) {
	return d, d.failedUntold(messages.ErrorInfo{Type: messages.ErrSession, Name: "Error", Message: "the session could not be answered and was ended"})
}

// failed ends the request, and lets the session be accepted again if it could not be.
func (d Data) failed(err messages.ErrorInfo) messages.Acts {
	if d.Renegotiates {
		return messages.Settled(d.Call, &err)
	}
	acts := messages.Acts{messages.Tell{To: messages.Root, Msg: messages.AcceptFailed{Session: d.Session.Ref, Unacknowledged: d.Unacknowledged}}}
	return append(acts, messages.Settled(d.Call, &err)...)
}

// failedUntold is failed for what nobody has announced.
func (d Data) failedUntold(err messages.ErrorInfo) messages.Acts {
	if d.Call != 0 {
		return d.failed(err)
	}
	message := err.Message
	if err.Bare {
		message = "the answer was not acknowledged"
	}
	return append(messages.Acts{messages.Tell{To: messages.Root, Msg: messages.AcceptUntold{Message: message}}}, d.failed(err)...)
}
