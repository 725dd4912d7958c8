package server

import (
	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/messages"
)

// phase is how far the set-up of a stream has come (RFC 7395 section 3, RFC 6120 section 4.3). Only its reader uses it.
type phase int

const (
	connected phase = iota // <open/> is due
	opened                 // <auth/> is due
	secured                // <open/> is due again
	reopened               // the resource is to be bound
	bound                  // all but <auth/>
	closed                 // <close/> has come
)

// after is the phase behind a frame; false: the frame has no place here.
func (p phase) after(f jingle.ClientFrame) (phase, bool) {
	switch f.Effect.(type) {
	case messages.SendStreamClose:
		return closed, p != closed
	case messages.SendStreamOpen:
		switch p {
		case connected:
			return opened, true
		case secured:
			return reopened, true
		}
		return p, false
	case messages.SendAuth:
		return secured, p == opened
	case messages.SendBind:
		return bound, p == reopened || p == bound // the platform refuses the second one (RFC 6120 section 7.6.2)
	default:
		return p, p == bound
	}
}
