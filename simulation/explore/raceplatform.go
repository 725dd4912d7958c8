package explore

import "github.com/hookswitch/hookswitch/messages"

// platform is what the platform of a race knows of its one call.
type platform struct {
	phase  phase
	winner byte // the client that was sent the offer, from 1 on; 0: none
	joined bool // it has said that the call is connected
	echoes bool // it repeats an accept to who sent it
}

// phase is how far the platform is with the call.
type phase byte

const (
	ringing phase = iota // both were told
	offered              // one has proceeded, and was sent the offer
	ended
)

// letters are what may be on its way to a client, each at most once.
type letters uint16

const (
	propose letters = 1 << iota
	retract
	offer
	terminate
	alerting
	connected
	disconnected
	acceptHere
	acceptThere
)

const lettersMax = 9

// lanes are the letters among which one cannot overtake another, in the order in which they are sent: what the gateway says of
// a session, and the notifications of a conversation, each of which comes by one stream. All else comes in any order.
var lanes = [...]letters{propose | retract | offer | terminate, alerting | connected | disconnected, acceptHere, acceptThere}

// first are the letters that may come next.
func (l letters) first() (next letters) {
	for _, lane := range lanes {
		inLane := l & lane
		next |= inLane & -inLane
	}
	return next
}

// The call.
const (
	raceSession      messages.SessionID      = "S1"
	raceConversation messages.ConversationID = "C1"
)

func leg(state messages.CallState) messages.ConversationNotified {
	return messages.ConversationNotified{Conversation: raceConversation, Participants: []messages.Participant{
		{ID: "P1", User: me, Purpose: "agent", Calls: []messages.Leg{{State: state}}},
	}}
}

// input is what a letter says, for the client and for a person.
func (l letters) input() (messages.Input, string) {
	s, c := raceSession, raceConversation
	switch l {
	case propose:
		return messages.Propose{Session: s, Conversation: c, From: gateway, SDPOverXMPP: true}, "propose"
	case retract:
		return messages.Retract{Session: s, From: gateway}, "retract"
	case offer:
		return messages.Offer{Session: s, Conversation: c, From: gateway, SDP: "sdp", ICE: "ice"}, "offer"
	case terminate:
		return messages.Terminate{Session: s, From: gateway, Reason: "success"}, "terminate"
	case alerting:
		return leg(messages.Alerting), "alerting"
	case connected:
		return leg(messages.Connected), "connected"
	case disconnected:
		return leg(messages.Disconnected), "disconnected"
	case acceptHere:
		return messages.Accepted{Session: s, From: ownFull}, "accepted here"
	default:
		return messages.Accepted{Session: s, From: ownBare + "/there"}, "accepted elsewhere"
	}
}

// orders are what may be on its way from a client.
type orders uint16

const (
	proceeds orders = 1 << iota
	accepts
	answers
	leaves
	hangsUp
	reads  // a request for how the call stands
	others // a request that changes nothing here
)

func (o orders) said() string {
	return map[orders]string{
		proceeds: "proceed", accepts: "accept", answers: "answer", leaves: "terminate", hangsUp: "hang-up", reads: "reading", others: "request",
	}[o]
}

// orderOf is what an effect is for the platform; 0: nothing.
func orderOf(effect messages.Effect) orders {
	switch e := effect.(type) {
	case messages.SendProceed:
		return proceeds
	case messages.SendAccept:
		return accepts
	case messages.SendAnswer:
		return answers
	case messages.SendTerminate:
		return leaves
	case messages.Request:
		switch {
		case e.Of == messages.GetConversation:
			return reads
		case e.Of == messages.PatchState && e.State == messages.Disconnected, e.Of == messages.PostVoicemail:
			return hangsUp
		}
		return others
	}
	return 0
}

// fate is what has become of something that a client has asked.
type fate byte

const (
	atHome   fate = iota // its media layer has it
	onItsWay             // to the platform
	lost                 // on its way: nothing comes back but an error
	// The rest the platform has. It answers as it stood then, whenever it likes; an IQ, or never.
	acknowledged
	done
	conflict
	readRinging
	readUp
	readOver
)

// silent tells whether it may be that nothing more comes of it.
func (f fate) silent() bool { return f == lost || f == acknowledged }

// takes is what comes of it when an order of a client reaches the platform, and what the two are told.
func (p platform) takes(who int, what orders) (platform, [2]letters) {
	var told [2]letters
	switch what {
	case proceeds:
		if p.phase == ringing {
			p.phase, p.winner = offered, byte(who+1)
			told[who] = offer
		}
	case accepts:
		told[1-who] = acceptThere
		if p.echoes {
			told[who] = acceptHere
		}
	case leaves:
		p, told = p.ends()
		told[who] &^= terminate // who ends the session is not told of it
	case hangsUp:
		return p.ends()
	}
	return p, told
}

// ends is the end of the call, whoever wanted it.
func (p platform) ends() (platform, [2]letters) {
	if p.phase == ended {
		return p, [2]letters{}
	}
	told := [2]letters{disconnected, disconnected}
	if p.winner > 0 {
		told[p.winner-1] |= terminate
	} else {
		told[0], told[1] = told[0]|retract, told[1]|retract
	}
	p.phase = ended
	return p, told
}

// connects: it says that the call is connected, at any moment from the proceed on.
func (p platform) connects() (platform, [2]letters) {
	p.joined = true
	return p, [2]letters{connected, connected}
}

func (p platform) mayConnect() bool { return p.phase == offered && !p.joined }

// reply is how it answers what it was asked, as it stands. What else may come back, with troubles, is told when it comes.
func (p platform) reply(what orders) fate {
	switch {
	case what == answers || what == leaves:
		return acknowledged
	case what == reads && p.phase == ended:
		return readOver
	case what == reads && p.joined:
		return readUp
	case what == reads:
		return readRinging
	case p.phase == ended:
		return conflict
	default:
		return done
	}
}

// returned are the answers to an effect that a fate stands for; with troubles it may fail as well.
func returned(o asked, f fate, troubles bool) []messages.Input {
	read := func(state messages.CallState) messages.Input {
		n := leg(state)
		return messages.HTTPAnswered{Effect: o.id, Status: 200, Conversation: &n}
	}
	var all []messages.Input
	switch f {
	case acknowledged:
		all = []messages.Input{messages.IQAnswered{Effect: o.id}}
		if troubles {
			all = append(all, messages.IQAnswered{Effect: o.id, Condition: "item-not-found"})
		}
		return all
	case done:
		all = append(all, messages.HTTPAnswered{Effect: o.id, Status: 202})
	case conflict:
		all = append(all, messages.HTTPAnswered{Effect: o.id, Status: 409})
	case readRinging:
		all = append(all, read(messages.Alerting))
	case readUp:
		all = append(all, read(messages.Connected))
	case readOver:
		all = append(all, read(messages.Disconnected))
	}
	if troubles {
		all = append(all, messages.HTTPAnswered{Effect: o.id, Status: 500})
	}
	return all
}

// packed is the platform as a number, and unpacked the reverse.
func (p platform) packed() uint64 {
	n := uint64(p.phase) | uint64(p.winner)<<2
	if p.joined {
		n |= 1 << 4
	}
	if p.echoes {
		n |= 1 << 5
	}
	return n
}

func unpacked(n uint64) platform {
	return platform{phase: phase(n & 3), winner: byte(n >> 2 & 3), joined: n>>4&1 == 1, echoes: n>>5&1 == 1}
}

// mirrored is the platform with the clients' names swapped.
func (p platform) mirrored() platform {
	if p.winner > 0 {
		p.winner = 3 - p.winner
	}
	return p
}
