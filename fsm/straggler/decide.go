package straggler

import (
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

func goesOn(d Data, _ messages.LoginWaits) bool    { return d.Cut != nil }
func stillWaits(d Data, _ messages.LoginOver) bool { return d.Cut != nil }
func cutBefore(d Data, _ messages.LoginCut) bool   { return d.Cut != nil }

func waitsForPings(d Data, _ messages.TimerFired) bool   { return d.Cut != nil && d.Cut.Pings }
func waitsForServers(d Data, _ messages.TimerFired) bool { return d.Cut != nil }

func delay(d Data) time.Duration { return d.Cut.Delay }

func begin(_ Data, _ messages.LoginWaits) (Data, messages.Acts) { return Data{}, nil }

func noteCut(_ Data, e messages.LoginCut) (Data, messages.Acts) { return Data{Cut: &e}, nil }

func tellUp(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, tell(messages.LoginUpLate{})
}

func tellGivenUp(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, tell(messages.LoginGivenUp{})
}

func tellAgain(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, tell(messages.LoginAgain{Attempt: d.Cut.Attempt, Starting: d.Cut.Starting, Delayed: d.Cut.Delayed})
}

func tell(m messages.Input) messages.Acts {
	return messages.Acts{messages.Tell{To: messages.ConnectionActor, Msg: m}}
}
