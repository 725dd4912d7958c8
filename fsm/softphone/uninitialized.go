package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// uninitialized: what is asked before there is anything that could do it. Each row names its actions itself, for a function that is
// made generic by another has no name that a chart could show.
var uninitialized = together(
	on(messages.Answer{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.Answer{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.Decline{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.Decline{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.AcceptSession{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.AcceptSession{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.EndSession{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.EndSession{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.TerminateSession{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.TerminateSession{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.Mute{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.Mute{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.MuteVideo{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.MuteVideo{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.Hold{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.Hold{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.Dial{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.Dial{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.AllowSessionType{}).If(optionAllows).Quirk(quirk.StumblesUninitialized).Do(settle),
	on(messages.AllowSessionType{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.AllowSessionType{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly),
	on(messages.DisallowSessionType{}).If(optionForbids).Quirk(quirk.StumblesUninitialized).Do(settle),
	on(messages.DisallowSessionType{}).Quirk(quirk.StumblesUninitialized).Do(stumble),
	on(messages.DisallowSessionType{}).Corrected(quirk.StumblesUninitialized).Do(refuseTooEarly))

// stumble: the SDK asks something that is not there yet, and rejects with what the browser says of it.
func stumble[E messages.Requested](d *Data, e E) (*Data, acts) {
	message := "Cannot read properties of undefined (reading '" + asked(e) + "')"
	return d, messages.Settled(e.Waiting(), &messages.ErrorInfo{Name: "TypeError", Message: message})
}

// asked is what the SDK asks its session manager for.
func asked(e messages.Input) string {
	switch e.(type) {
	case messages.Answer:
		return "proceedWithSession"
	case messages.Decline:
		return "rejectPendingSession"
	case messages.AcceptSession:
		return "acceptSession"
	case messages.EndSession:
		return "endSession"
	case messages.TerminateSession:
		return "forceTerminateSession"
	case messages.Mute:
		return "setAudioMute"
	case messages.MuteVideo:
		return "setVideoMute"
	case messages.Hold:
		return "setConversationHeld"
	case messages.Dial:
		return "startSession"
	case messages.AllowSessionType:
		return "addAllowedSessionType"
	default:
		return "removeAllowedSessionType"
	}
}

// optionAllows: the options have the type, and they are all that counts before ready.
func optionAllows(d *Data, e messages.AllowSessionType) bool {
	return slices.Contains(d.Options.AllowedSessionTypes, e.Type)
}

func optionForbids(d *Data, e messages.DisallowSessionType) bool {
	return !slices.Contains(d.Options.AllowedSessionTypes, e.Type)
}

// refuseTooEarly: there is nothing yet that could do it.
func refuseTooEarly[E messages.Requested](d *Data, e E) (*Data, acts) {
	return d, messages.Settled(e.Waiting(), &messages.ErrorInfo{Name: "TypeError", Message: "the softphone is not initialized"})
}
