package conversation

import "github.com/hookswitch/hookswitch/messages"

// PickParticipant chooses the user's own participant: the newest, which is the last on the wire; among several first one
// with a leg in the preferred state (if one is preferred), then one with any leg. Source: sdk-behaviour 1.6.7.
func PickParticipant(all []messages.Participant, me messages.UserID, prefer messages.CallState) (messages.Participant, bool) {
	var newest, withLeg, preferred *messages.Participant
	count := 0
	for i := len(all) - 1; i >= 0; i-- {
		p := &all[i]
		if p.User != me {
			continue
		}
		count++
		if newest == nil {
			newest = p
		}
		if withLeg == nil && len(p.Calls) > 0 {
			withLeg = p
		}
		if preferred == nil && prefer != "" && hasLegIn(p.Calls, prefer) {
			preferred = p
		}
	}
	switch {
	case newest == nil:
		return messages.Participant{}, false
	case count == 1:
		return *newest, true
	case preferred != nil:
		return *preferred, true
	case withLeg != nil:
		return *withLeg, true
	default:
		return *newest, true
	}
}

func hasLegIn(legs []messages.Leg, s messages.CallState) bool {
	for _, l := range legs {
		if l.State == s {
			return true
		}
	}
	return false
}

// PickLeg chooses a participant's leg: the only one, else the only one that has not ended, else the last.
// Source: sdk-behaviour 1.6.7.
func PickLeg(legs []messages.Leg) (messages.Leg, bool) {
	if len(legs) == 0 {
		return messages.Leg{}, false
	}
	live, last := 0, -1
	for i, l := range legs {
		if l.State.Class() != messages.EndedClass {
			live, last = live+1, i
		}
	}
	if live == 1 {
		return legs[last], true
	}
	return legs[len(legs)-1], true
}
