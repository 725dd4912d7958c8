package runtime

import (
	"fmt"

	"github.com/hookswitch/hookswitch/messages"
)

// SdkError is how a request of the embedding program failed, in the SDK's words (sdk-behaviour 4.1). Type is "" for an
// error that was passed on as it was, such as that of a REST call; Name then tells it apart.
type SdkError struct {
	Type          messages.ErrorType
	Name, Message string
}

// Error is the type and the message.
func (e *SdkError) Error() string {
	what := string(e.Type)
	if what == "" {
		what = e.Name
	}
	if e.Message == "" {
		return what + " error without a message"
	}
	return what + ": " + e.Message
}

// Is tells whether the target is an SdkError of the same type, and of the same name and message where it has them.
func (e *SdkError) Is(target error) bool {
	t, ok := target.(*SdkError)
	return ok && t.Type == e.Type && (t.Name == "" || t.Name == e.Name) && (t.Message == "" || t.Message == e.Message)
}

// The types of an SdkError, to be matched with errors.Is.
var (
	ErrGeneric        error = &SdkError{Type: messages.ErrGeneric}
	ErrInitialization error = &SdkError{Type: messages.ErrInitialization}
	ErrHTTP           error = &SdkError{Type: messages.ErrHTTP}
	ErrInvalidOptions error = &SdkError{Type: messages.ErrInvalidOptions}
	ErrNotSupported   error = &SdkError{Type: messages.ErrNotSupported}
	ErrSession        error = &SdkError{Type: messages.ErrSession}
	ErrCall           error = &SdkError{Type: messages.ErrCall}
	ErrMedia          error = &SdkError{Type: messages.ErrMedia}
)

// requestFailed is the error of a method of the SDK.
func requestFailed(method string, why error) error {
	return fmt.Errorf("runtime: softphone: %s: %w", method, why)
}
