package explore

import (
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// TestTheLawsSeeAViolation gives the laws steps that no phone takes: each must be seen, and the same with a consent must not.
func TestTheLawsSeeAViolation(t *testing.T) {
	t.Parallel()
	of := taking(words(1, 1, 1))
	s := start(t, of)
	propose := messages.Propose{Session: "S1", Conversation: "C1", From: gateway}
	proceed := []runtime.Output{{ID: "1.1", Effect: messages.SendProceed{Session: "S1", To: gateway}}}
	for _, answered := range []bool{false, true} {
		law := s.law.Copy()
		law.Step(runtime.Step{Input: propose})
		if answered {
			law.Step(runtime.Step{Input: messages.Answer{Conversation: "C1"}})
		}
		law.Step(runtime.Step{Input: messages.PageShown{}, Outputs: proceed})
		found := law.OnlyConsent(s.phone.living())
		if seen := len(found) == 1 && found[0].Law == laws.ConsentBeforeMedia; seen == answered {
			t.Errorf("a proceed, answered %t: the law says %v", answered, found)
		}
	}
	if found := mistrusted(s, told{in: propose}, s.phone, proceed); len(found) > 0 {
		t.Errorf("a proceed to a gateway: %v", found)
	}
	proceed[0].Effect = messages.SendProceed{Session: "S1", To: stranger}
	if found := mistrusted(s, told{in: propose}, s.phone, proceed); len(found) != 1 {
		t.Errorf("a proceed to a stranger: %v", found)
	}
	silenced := []runtime.Output{{ID: "1.1", Effect: messages.Announce{Event: messages.CancelPendingSession{Session: "S1"}}}}
	rings := s.went(t, of, outside(propose))
	if found := mistrusted(rings, told{in: messages.Retract{Session: "S1", From: stranger}}, rings.phone, silenced); len(found) != 1 {
		t.Errorf("a stranger's retract: %v", found)
	}
	if found := mistrusted(rings, told{in: messages.Retract{Session: "S1", From: gateway}}, rings.phone, silenced); len(found) > 0 {
		t.Errorf("the proposer's retract: %v", found)
	}
}
