package media

import (
	"errors"

	"github.com/pion/webrtc/v4/pkg/rtcerr"

	"github.com/hookswitch/hookswitch/runtime/port"
)

func invalidState(why string) error {
	return &port.MediaError{Name: "InvalidStateError", Message: why}
}

func aborted() error {
	return &port.MediaError{Name: "AbortError", Message: "the softphone has ended"}
}

// named is an error with the name of the DOMException that a browser has for it, in words of our own: those of pion may quote a
// description. nil stays nil.
func named(err error, message string) error {
	if err == nil {
		return nil
	}
	return &port.MediaError{Name: nameOf(err), Message: message}
}

func nameOf(err error) string {
	for name, is := range names {
		if is(err) {
			return name
		}
	}
	return "OperationError"
}

// names tell pion's errors apart (W3C WebRTC section 4.4.1).
var names = map[string]func(error) bool{
	"InvalidStateError":        is[*rtcerr.InvalidStateError],
	"InvalidAccessError":       is[*rtcerr.InvalidAccessError],
	"InvalidModificationError": is[*rtcerr.InvalidModificationError],
	"NotSupportedError":        is[*rtcerr.NotSupportedError],
	"SyntaxError":              is[*rtcerr.SyntaxError],
	"TypeError":                is[*rtcerr.TypeError],
	"UnknownError":             is[*rtcerr.UnknownError],
}

func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
