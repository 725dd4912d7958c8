package line

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what the line remembers.
type Data struct {
	Session messages.Ref `json:"session,omitempty"`
	// Ever: there was a shared session before, and it was given up.
	Ever bool `json:"ever,omitempty"`
	Used bool `json:"used,omitempty"`
}

// View is what the root knows of the line.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.LineView{Session: s.Data.Session, Ever: s.Data.Ever, Used: s.Data.Used, State: string(s.State)}
}

func live(_ Data, e messages.LineTaken) bool      { return e.Live }
func connected(_ Data, e messages.LineMedia) bool { return e.Live }
func used(_ Data, e messages.LineUsed) bool       { return e.Used }

func take(d Data, e messages.LineTaken) (Data, messages.Acts) {
	d.Session, d.Ever = e.Session, true
	return d, nil
}

func release(d Data, _ messages.LineReleased) (Data, messages.Acts) {
	d.Session, d.Used, d.Ever = 0, false, true
	return d, nil
}

func noteUse(d Data, e messages.LineUsed) (Data, messages.Acts) {
	d.Used = e.Used
	return d, nil
}
