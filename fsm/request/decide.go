package request

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a request remembers.
type Data struct {
	Perform messages.Perform `json:"perform"`
	Delay   time.Duration    `json:"delay,omitempty"`
}

// retryInterval is how long a request waits before it is sent again, unless the answer says otherwise.
const retryInterval = 15 * time.Second

// View is what the root knows of a request that is tried again until it is answered; of others it knows nothing.
func View(s fsm.Snapshot[Data]) messages.Input {
	if !s.Data.Perform.Retrying {
		return nil
	}
	return messages.RetryView{Ref: s.Data.Perform.Ref, Gone: s.State == Done}
}

func patience(d Data) time.Duration   { return d.Perform.Timeout }
func retryDelay(d Data) time.Duration { return d.Delay }

func retrying(d Data, _ messages.StopRetrying) bool { return d.Perform.Retrying }

func succeeded(_ Data, e messages.HTTPAnswered) bool { return e.Status >= 200 && e.Status < 300 }

func iqSucceeded(_ Data, e messages.IQAnswered) bool { return e.Condition == "" }

// worthRetrying: a Retry-After asks for it whatever the status; else the status must be one that passes.
func worthRetrying(d Data, e messages.HTTPAnswered) bool {
	if !d.Perform.Retrying || e.Status == 0 {
		return false
	}
	if e.RetryAfter != nil {
		return true
	}
	switch e.Status {
	case 408, 413, 429, 500, 502, 503, 504:
		return true
	}
	return false
}

func note(d Data, e messages.Perform) (Data, messages.Acts) {
	d.Perform = e
	return d, nil
}

func send(d Data, _ messages.Perform) (Data, messages.Acts) {
	return d, messages.Acts{d.Perform.Effect}
}

func sendAgain(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	return d, messages.Acts{d.Perform.Effect}
}

func noteDelay(d Data, e messages.HTTPAnswered) (Data, messages.Acts) {
	d.Delay = retryInterval
	if e.RetryAfter != nil {
		d.Delay = *e.RetryAfter
	}
	return d, nil
}

func passAnswer(d Data, e messages.HTTPAnswered) (Data, messages.Acts) {
	return d, d.tell(messages.RequestDone{Tag: d.Perform.Tag, HTTP: e})
}

func passIQ(d Data, e messages.IQAnswered) (Data, messages.Acts) {
	return d, d.tell(messages.RequestDone{Tag: d.Perform.Tag, IQ: e})
}

func passFailure(d Data, e messages.HTTPAnswered) (Data, messages.Acts) {
	return d, d.tell(messages.RequestFailed{Tag: d.Perform.Tag, HTTP: e, Error: messages.HTTPError(e.Status)})
}

func passRefusal(d Data, e messages.IQAnswered) (Data, messages.Acts) {
	return d, d.tell(messages.RequestFailed{Tag: d.Perform.Tag, IQ: e, Error: stanzaError()})
}

func passTimeout(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	err := stanzaError()
	if _, rest := d.Perform.Effect.(messages.Request); rest {
		err = messages.TimeoutError(d.Perform.Timeout)
	}
	return d, d.tell(messages.RequestFailed{Tag: d.Perform.Tag, Error: err, IQ: messages.IQAnswered{Condition: "timeout"}})
}

func passCancelled(d Data, _ messages.StopRetrying) (Data, messages.Acts) {
	return d, d.tell(messages.RequestFailed{
		Tag: d.Perform.Tag, Cancelled: true, Error: messages.ErrorInfo{Name: "Error", Message: "Retry request cancelled"},
	})
}

// tell answers the owner, if there is one.
func (d Data) tell(m messages.Input) messages.Acts {
	if d.Perform.Owner == 0 {
		return nil
	}
	return messages.Acts{messages.Tell{To: d.Perform.Owner, Msg: m}}
}

// stanzaError is the error of an IQ: the SDK rejects with the stanza itself, which has a type and no message.
func stanzaError() messages.ErrorInfo { return messages.ErrorInfo{Type: "error", Bare: true} }
