package messages

// Requested is a request of the embedding program.
type Requested interface {
	Input
	// Waiting is the call that waits for the settlement.
	Waiting() CallID
}

// Waiting is the call that waits for the settlement.
func (m Initialize) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Disconnect) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Destroy) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Answer) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Decline) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m AcceptSession) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m EndSession) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m TerminateSession) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Mute) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m MuteVideo) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Hold) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m Dial) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m SetAccessToken) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m AllowSessionType) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m DisallowSessionType) Waiting() CallID { return m.Call }

// Waiting is the call that waits for the settlement.
func (m UnknownRequest) Waiting() CallID { return m.Call }
