package play

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// strangers are addresses that are nobody's far end: another user of the gateway, two that only look like a gateway, another
// user, and none.
var strangers = []messages.JID{
	"other@" + platform.GatewayDomain + "/edge", "s1@evil.example/gjoll", "s1@gjollish.example.com/edge", "eve@" + platform.Domain + "/home", "",
}

// strangers is what somebody else may say to a phone about a session or a call, and what the right one may say too often, too
// early or wrongly (attacks.md).
func (m *monkey) strangers(phone *world.Phone, at scenario.Phone) {
	if len(phone.User.Legs()) == 0 && m.dice.in(3) {
		m.allowAgain(at)
	}
	s := m.someSession(phone.User)
	if s == nil {
		return
	}
	m.wire(at, m.foreign(s.ID, m.someCall(), pick(m.dice, strangers...)))
	own := s.Gateway()
	switch m.dice.below(6) {
	case 0:
		m.wire(at, m.foreign(s.ID, m.someCall(), own))
	case 1:
		if s.Phone() != phone.Name || !s.Live() {
			break // it would be a session of which the edge does not know
		}
		ice := messages.Candidate(fmt.Sprintf("ufrag-%s\npwd-%d", s.ID, m.dice.below(2)))
		m.wire(at, messages.Offer{IQ: m.nextIQ(), Session: s.ID, Conversation: m.someCall(), From: own, SDP: "v=0", ICE: ice})
	case 2:
		m.wire(at, messages.Answer{Call: m.nextCall(), Session: s.ID})
	case 3, 4:
		m.wire(at, messages.Propose{Session: m.newID(), Conversation: m.someCall(), From: "edge@" + platform.GatewayDomain + "/edge", SDPOverXMPP: true})
	}
	if s.Phone() == phone.Name && !s.Ended && !s.Live() {
		m.wire(at, messages.RemoteCandidate{IQ: m.nextIQ(), Session: s.ID, From: own, Mid: "0", Candidate: "candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host"})
		again := wire(at, messages.Propose{Session: s.ID, Conversation: s.About(), From: own, SDPOverXMPP: true})
		m.mayThen(1, again, slices.Repeat([]scenario.Statement{again}, pick(m.dice, 0, 9))...)
	}
}

// odd is what the platform may say of a call with a word that is not known here.
func (m *monkey) odd(at scenario.Phone, c *platform.Conversation) {
	told := c.Told()
	for i, p := range told.Participants {
		if p.User != messages.UserID(at.Agent) {
			continue
		}
		for j := range p.Calls {
			told.Participants[i].Calls[j].State = "offering"
		}
	}
	m.wire(at, told)
}

// foreign is a word about a session.
func (m *monkey) foreign(id messages.SessionID, call messages.ConversationID, from messages.JID) messages.Input {
	switch m.dice.below(9) {
	case 0:
		return messages.Retract{Session: id, From: from}
	case 1:
		return messages.Accepted{Session: id, From: from}
	case 2:
		return messages.Rejected{Session: id, From: from}
	case 3:
		return messages.Terminate{IQ: m.nextIQ(), Session: id, From: from, Reason: "success"}
	case 4:
		return messages.SessionTerminate{IQ: m.nextIQ(), Session: id, From: from, Reason: "success"}
	case 5:
		return messages.RemoteCandidate{IQ: m.nextIQ(), Session: id, From: from, Mid: "0", Candidate: "candidate:2 1 udp 1 192.0.2.66 9 typ host"}
	case 6:
		return messages.Propose{Session: m.newID(), Conversation: call, From: from, SDPOverXMPP: true}
	case 7:
		reinvite := domainOf(from) != platform.GatewayDomain && m.dice.in(2) // whoever is at the gateway may (design section 6 e)
		return messages.Offer{IQ: m.nextIQ(), Session: m.newID(), Conversation: call, From: from, SDP: "v=0", ICE: "u\np", Reinvite: reinvite}
	default:
		return messages.SessionInitiate{IQ: m.nextIQ(), Session: id, From: from, SDP: "v=0"}
	}
}

func domainOf(from messages.JID) string {
	_, address, _ := strings.Cut(from.Reveal(), "@")
	domain, _, _ := strings.Cut(address, "/")
	return domain
}

// allowAgain takes the softphone type away and allows it again, while there is no call.
func (m *monkey) allowAgain(at scenario.Phone) {
	away := wire(at, messages.DisallowSessionType{Call: m.nextCall(), Type: messages.Softphone})
	m.mayThen(1, away, wire(at, messages.AllowSessionType{Call: m.nextCall(), Type: messages.Softphone}))
}

// wire is a choice: the phone is told an input, once.
func (m *monkey) wire(at scenario.Phone, in messages.Input) { m.may(1, wire(at, in)) }

// wire is the statement that tells a phone an input.
func wire(at scenario.Phone, in messages.Input) scenario.Statement {
	raw, err := messages.EncodeInput(nil, in)
	if err != nil {
		panic(fmt.Sprintf("play: an input that is drawn cannot be written: %v", err))
	}
	return scenario.Statement{Verb: scenario.Wire, Phone: at, Word: in.Kind(), JSON: string(raw)}
}

// someSession is one of a user's newest sessions, ended or not; nil if there is none.
func (m *monkey) someSession(u *platform.User) *platform.Session {
	var of []*platform.Session
	for _, s := range m.world.Platform.Sessions() {
		if s.User() == u {
			of = append(of, s)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return of[len(of)-1-m.dice.below(min(len(of), 3))]
}

// someCall is one of the newest conversations, or one that there is not.
func (m *monkey) someCall() messages.ConversationID {
	all := m.world.Platform.Conversations()
	n := m.dice.below(min(len(all), 4) + 1)
	if n == 0 {
		return messages.ConversationID(fmt.Sprintf("X%d", m.told))
	}
	return all[len(all)-n].ID
}

// nextIQ, nextCall and newID are names that nobody else gives.
func (m *monkey) nextIQ() string {
	m.told++
	return fmt.Sprintf("x-%d", m.told)
}

func (m *monkey) nextCall() messages.CallID {
	m.told++
	return messages.CallID(1000000 + m.told)
}

func (m *monkey) newID() messages.SessionID {
	m.told++
	return messages.SessionID(fmt.Sprintf("X%d", m.told))
}
