package explore

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// The second law: a message counts only from whom it may come (design section 6).
const onlyFromWhomItMay = "a message counts only from whom it may come"

// mistrusted says where a step heeded somebody whom it must not: it turned to somebody who is no gateway, or it did something
// because of a message whose sender has nothing to say there.
func mistrusted(s *state, t told, next *phone, outputs []runtime.Output) []broken {
	var found []broken
	for _, o := range outputs {
		if to, what := addressee(o.Effect); what != "" && !isGateway(to) {
			found = append(found, broken{onlyFromWhomItMay, what + " is for somebody who is no gateway"})
		}
	}
	if t.to == 0 && foreign(s.phone, t.in) {
		if !slices.ContainsFunc(outputs, refuses) && len(outputs) > 0 || changed(s.phone, next) {
			found = append(found, broken{onlyFromWhomItMay, t.in.Kind() + " is heeded, whose sender has no say in it"})
		}
	}
	return found
}

// addressee is whom an effect turns to.
func addressee(effect messages.Effect) (to messages.JID, what string) {
	switch e := effect.(type) {
	case messages.SendProceed:
		return e.To, e.Kind()
	case messages.SendAnswer:
		return e.To, e.Kind()
	case messages.Announce:
		if p, is := e.Event.(messages.PendingSession); is {
			return p.From, e.Event.Name()
		}
	}
	return "", ""
}

func isGateway(jid messages.JID) bool {
	return slices.Contains(strings.Split(domainOf(jid), "."), "gjoll")
}

func domainOf(jid messages.JID) string {
	_, domain, _ := strings.Cut(bare(jid), "@")
	return domain
}

func bare(jid messages.JID) string {
	address, _, _ := strings.Cut(jid.Reveal(), "/")
	return address
}

// foreign tells whether a message's sender has no say in what it is about: it neither proposed the session, nor is its peer,
// nor, where only the user may speak, the user.
func foreign(p *phone, in messages.Input) bool {
	switch in := in.(type) {
	case messages.Accepted:
		return bare(in.From) != bare(ownBare)
	case messages.Rejected:
		return bare(in.From) != bare(ownBare)
	case messages.Retract:
		return !p.hasSay(in.Session, in.From)
	case messages.Terminate:
		return !p.hasSay(in.Session, in.From)
	case messages.RemoteCandidate:
		return !p.hasSay(in.Session, in.From)
	case messages.SessionTerminate:
		return !p.hasSay(in.Session, in.From)
	case messages.TransportInfo:
		return !p.hasSay(in.Session, in.From)
	default:
		return false
	}
}

// hasSay tells whether somebody proposed a session that is remembered, or is the peer of one that there is.
func (p *phone) hasSay(id messages.SessionID, from messages.JID) bool {
	root := p.root()
	for _, v := range root.Data.Proposals {
		if v.Propose.Session == id && bare(v.Propose.From) == bare(from) {
			return true
		}
	}
	for _, s := range root.Data.Sessions {
		if s.View.Session == id && s.View.Peer == from {
			return true
		}
	}
	return false
}

func refuses(o runtime.Output) bool {
	switch o.Effect.(type) {
	case messages.RefuseIQ, messages.AcknowledgeIQ:
		return true
	}
	return false
}

// changed tells whether anything but the root itself was told, which only passes on what it heeds.
func changed(before, after *phone) bool {
	return !slices.Equal(before.actors[1:], after.actors[1:]) || !slices.Equal(before.timers, after.timers) || len(before.open) != len(after.open)
}
