package explore

import (
	"slices"

	"github.com/hookswitch/hookswitch/messages"
)

// The parts of the consent proof. Together they say what the whole would say: each leaves out what the others have, and lets
// its messages come at any time. docs/explore.md has the argument.

// consentParts are the parts, each under the options that it depends on: cheap ones first, for with a quirk the first that has a
// counterexample is the last.
func consentParts(o Options) []*instance {
	one := words(1, 1, 1)
	if o.Small && o.Least {
		return slices.Concat([]*instance{taking(one)}, eitherWay(one, jingleAlone), eitherWay(one, sessionsAlone), eitherWay(one, negotiating))
	}
	small := slices.Concat(
		[]*instance{taking(words(1, 2, 1))}, eitherWay(words(1, 1, 2).amongOthers(), jingleAlone), eitherWay(one.amongOthers(), sessionsBothWays),
		eitherWay(words(1, 1, 2).amongOthers(), sessionsAlone), []*instance{sessionsAlone(words(2, 1, 1), messages.DefaultOptions())},
		eitherWay(one, negotiating))
	if o.Small {
		return small
	}
	return slices.Concat(small, []*instance{anyStream(taking(one)), anyStream(sessionsBothWays(one, messages.DefaultOptions())), anyStream(negotiating(one, messages.DefaultOptions()))},
		eitherWay(one, negotiatingJingle), eitherWay(one.amongOthers(), anyStation),
		eitherWay(words(2, 1, 1).amongOthers().over(messages.Jingle), jingleAlone),
		eitherWay(words(2, 1, 1).amongOthers().over(messages.SDPOverXMPP), sessionsAlone),
		[]*instance{taking(words(2, 1, 1).amongOthers())}) // the largest is the last
}

// words are so many conversations, session ids and gateways.
func words(conversations, sessions, gateways int) vocabulary {
	return vocabulary{
		conversations: []messages.ConversationID{"C1", "C2"}[:conversations], sessions: []messages.SessionID{"S1", "S2"}[:sessions],
		gateways: []messages.JID{gateway, gateway2}[:gateways],
	}
}

// eitherWay is a part with sessions that are accepted on their own, and with those that the user accepts.
func eitherWay(v vocabulary, part func(vocabulary, messages.Options) *instance) []*instance {
	onItsOwn, byHand := messages.DefaultOptions(), messages.DefaultOptions()
	byHand.AutoConnectSessions = false
	first, second := part(v, onItsOwn), part(v, byHand)
	second.name += ", by hand"
	return []*instance{first, second}
}

// taking: proposals and invitations, from the first message to the proceed, or to the order to answer.
func taking(v vocabulary) *instance {
	base := messages.DefaultOptions()
	return &instance{
		name: "taking", words: v, options: base, appearance: 1,
		about: "who is told to proceed, and whose call is answered by REST; sessions and conversations are left out",
		moves: func(p *phone, v vocabulary) []move {
			return slices.Concat(offering(p, v, base), answering(v), placing(p, v), sessionsMay(p, v), firing(p))
		},
		tidied: withoutDialling(base), allowing: true,
	}
}

// sessionsAlone: sessions over XMPP, from the first offer to their end.
func sessionsAlone(v vocabulary, o messages.Options) *instance {
	return &instance{
		name: "sessions", words: v, options: o, appearance: 100,
		about: "who gets a peer connection, and for whom a microphone is asked; invitations, negotiations and conversations are left out",
		moves: func(p *phone, v vocabulary) []move {
			return slices.Concat(taken(v), describing(p, v), accepting(v), bringing(p), mediaMay(p, v), negotiationsMay(p), carrying(p, v), othersMay(p, v), firing(p))
		},
		tidied: withoutNegotiations,
	}
}

// jingleAlone: sessions over Jingle, from the first initiate to their end.
func jingleAlone(v vocabulary, o messages.Options) *instance {
	of := sessionsAlone(v, o)
	of.name = "sessions over Jingle"
	of.moves = func(p *phone, v vocabulary) []move {
		return slices.Concat(taken(v), initiating(v), accepting(v), bringing(p), mediaMay(p, v), negotiationsMay(p), carrying(p, v), othersMay(p, v), firing(p))
	}
	return of
}

// sessionsBothWays: sessions over XMPP and over Jingle, beside each other and with one id.
func sessionsBothWays(v vocabulary, o messages.Options) *instance {
	of := sessionsAlone(v, o)
	of.name = "sessions both ways"
	alone := of.moves
	of.moves = func(p *phone, v vocabulary) []move { return append(alone(p, v), initiating(v)...) }
	return of
}

// anyStation: the same on a station that may be another at any time: of line appearance 1, where sessions are shared, or 100, with
// a persistent connection or without.
func anyStation(v vocabulary, o messages.Options) *instance {
	v.flows = true
	of := sessionsAlone(v, o)
	of.name += ", any station"
	alone := of.moves
	of.moves = func(p *phone, v vocabulary) []move {
		all := append(alone(p, v), sharedBeside(p, v)...)
		for _, appearance := range []int{1, 100} {
			all = append(all, stationIs(p.minted, appearance, false), stationIs(p.minted, appearance, true))
		}
		for _, a := range p.actors {
			if a.Kind == "session" { // whether it is active counts for who gets the line
				all = append(all, move{{a.Ref, messages.SessionAccepting{}}})
			}
		}
		return all
	}
	return of
}

// anyStream: during the part the stream may be lost, or back and not set up, whenever something is heard.
func anyStream(of *instance) *instance {
	of.name += ", any stream"
	up := of.moves
	of.moves = func(p *phone, v vocabulary) []move {
		all := append(up(p, v), outside(messages.PageShown{Visible: true}), move{{messages.Root, messages.StreamLost{}}}, move{{messages.Root, messages.StreamUp{}}})
		for _, m := range all[:len(all):len(all)] {
			all = append(all, append(move{{messages.Root, streamIs{}}}, m...), append(move{{messages.Root, streamIs{bound: true}}}, m...))
		}
		return all
	}
	return of
}

// negotiatingJingle: the same over Jingle.
func negotiatingJingle(v vocabulary, o messages.Options) *instance {
	of := negotiating(v, o)
	of.name = "negotiations over Jingle"
	of.moves = func(p *phone, v vocabulary) []move {
		return slices.Concat(taken(v), initiating(v), accepting(v), bringing(p), mediaMay(p, v), carrying(p, v), othersMay(p, v), firing(p))
	}
	return of
}

// negotiating: one session id with all that waits for its microphone and its answer.
func negotiating(v vocabulary, o messages.Options) *instance {
	v.flows = true
	return &instance{
		name: "negotiations", words: v, options: o, appearance: 100,
		about: "what is done with a microphone and sent as an answer; invitations and conversations are left out",
		moves: func(p *phone, v vocabulary) []move {
			return slices.Concat(taken(v), describing(p, v), accepting(v), bringing(p), mediaMay(p, v), carrying(p, v), othersMay(p, v), firing(p))
		},
		tidied: withoutGone,
	}
}
