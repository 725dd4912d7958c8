package messages

// The words under which the journal knows each effect. A word is never reused for another meaning.

// Kind is the word of the journal.
func (Announce) Kind() string { return "announce" }

func (Announce) act() {}

// Kind is the word of the journal.
func (Settle) Kind() string { return "settle" }

func (Settle) act() {}

// Kind is the word of the journal.
func (OpenSocket) Kind() string { return "open-socket" }

func (OpenSocket) act() {}

// Kind is the word of the journal.
func (CloseSocket) Kind() string { return "close-socket" }

func (CloseSocket) act() {}

// Kind is the word of the journal.
func (SendStreamOpen) Kind() string { return "send-stream-open" }

func (SendStreamOpen) act() {}

// Kind is the word of the journal.
func (SendAuth) Kind() string { return "send-auth" }

func (SendAuth) act() {}

// Kind is the word of the journal.
func (SendBind) Kind() string { return "send-bind" }

func (SendBind) act() {}

// Kind is the word of the journal.
func (SendServices) Kind() string { return "send-services" }

func (SendServices) act() {}

// Kind is the word of the journal.
func (SendSubscribe) Kind() string { return "send-subscribe" }

func (SendSubscribe) act() {}

// Kind is the word of the journal.
func (SendPing) Kind() string { return "send-ping" }

func (SendPing) act() {}

// Kind is the word of the journal.
func (SendStreamClose) Kind() string { return "send-stream-close" }

func (SendStreamClose) act() {}

// Kind is the word of the journal.
func (AcknowledgeIQ) Kind() string { return "acknowledge-iq" }

func (AcknowledgeIQ) act() {}

// Kind is the word of the journal.
func (RefuseIQ) Kind() string { return "refuse-iq" }

func (RefuseIQ) act() {}

// Kind is the word of the journal.
func (SendProceed) Kind() string { return "send-proceed" }

func (SendProceed) act() {}

// Kind is the word of the journal.
func (SendAccept) Kind() string { return "send-accept" }

func (SendAccept) act() {}

// Kind is the word of the journal.
func (SendAnswer) Kind() string { return "send-answer" }

func (SendAnswer) act() {}

// Kind is the word of the journal.
func (SendCandidate) Kind() string { return "send-candidate" }

func (SendCandidate) act() {}

// Kind is the word of the journal.
func (SendActive) Kind() string { return "send-active" }

func (SendActive) act() {}

// Kind is the word of the journal.
func (SendTerminate) Kind() string { return "send-terminate" }

func (SendTerminate) act() {}

// Kind is the word of the journal.
func (Request) Kind() string { return "request" }

func (Request) act() {}

// Kind is the word of the journal.
func (RequestMicrophone) Kind() string { return "request-microphone" }

func (RequestMicrophone) act() {}

// Kind is the word of the journal.
func (StopMicrophone) Kind() string { return "stop-microphone" }

func (StopMicrophone) act() {}

// Kind is the word of the journal.
func (CreatePeer) Kind() string { return "create-peer" }

func (CreatePeer) act() {}

// Kind is the word of the journal.
func (Describe) Kind() string { return "describe" }

func (Describe) act() {}

// Kind is the word of the journal.
func (AddMicrophone) Kind() string { return "add-microphone" }

func (AddMicrophone) act() {}

// Kind is the word of the journal.
func (MakeAnswer) Kind() string { return "make-answer" }

func (MakeAnswer) act() {}

// Kind is the word of the journal.
func (AddCandidate) Kind() string { return "add-candidate" }

func (AddCandidate) act() {}

// Kind is the word of the journal.
func (ClosePeer) Kind() string { return "close-peer" }

func (ClosePeer) act() {}

// Kind is the word of the journal.
func (StartTimer) Kind() string { return "start-timer" }

func (StartTimer) act() {}

// Kind is the word of the journal.
func (StopTimer) Kind() string { return "stop-timer" }

func (StopTimer) act() {}

// Effects lists a zero value of each effect, for codecs and for tests.
func Effects() []Effect {
	return []Effect{
		Announce{},
		Settle{},
		OpenSocket{},
		CloseSocket{},
		SendStreamOpen{},
		SendAuth{},
		SendBind{},
		SendServices{},
		SendSubscribe{},
		SendPing{},
		SendStreamClose{},
		AcknowledgeIQ{},
		RefuseIQ{},
		SendProceed{},
		SendAccept{},
		SendAnswer{},
		SendCandidate{},
		SendActive{},
		SendTerminate{},
		Request{},
		RequestMicrophone{},
		StopMicrophone{},
		CreatePeer{},
		Describe{},
		AddMicrophone{},
		MakeAnswer{},
		AddCandidate{},
		ClosePeer{},
		StartTimer{},
		StopTimer{},
	}
}
