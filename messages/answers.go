package messages

// Answers is the effect that an input answers, or "" for an input that nobody asked for.
func Answers(in Input) EffectID {
	switch in := in.(type) {
	case HTTPAnswered:
		return in.Effect
	case IQAnswered:
		return in.Effect
	case MicrophoneGranted:
		return in.Effect
	case MicrophoneDenied:
		return in.Effect
	case PeerDone:
		return in.Effect
	case PeerRejected:
		return in.Effect
	default:
		return ""
	}
}
