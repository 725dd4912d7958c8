package explore

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// vocabulary are the ids that the environment uses.
type vocabulary struct {
	conversations []messages.ConversationID
	sessions      []messages.SessionID
	gateways      []messages.JID
	// others: there are sessions with other ids beside those.
	others bool
	// otherwise: sessions with those ids that are signalled in this way are left out, too; "": none is.
	otherwise messages.Signalling
	// flows: peer connections come up.
	flows bool
}

// amongOthers is the same vocabulary, with sessions of other ids.
func (v vocabulary) amongOthers() vocabulary {
	v.others = true
	return v
}

// over is the same vocabulary for sessions that are signalled in this way; those that are signalled in the other are left out.
func (v vocabulary) over(way messages.Signalling) vocabulary {
	v.otherwise = messages.Jingle
	if way == messages.Jingle {
		v.otherwise = messages.SDPOverXMPP
	}
	return v
}

// senders are the gateways and a stranger.
func (v vocabulary) senders() []messages.JID { return append(slices.Clone(v.gateways), stranger) }

// streamIs has the stream be down, or bound and not set up, until the move is made: charts of calls know of it what the root has of it.
type streamIs struct{ bound bool }

// Kind is a word that no journal knows.
func (streamIs) Kind() string { return "stream" }

// named are the session ids that something may ring under.
func (v vocabulary) named() []messages.SessionID {
	if v.others {
		return append(slices.Clone(v.sessions), besideSession)
	}
	return v.sessions
}

// outside makes moves of inputs from outside.
func outside(ins ...messages.Input) move {
	m := make(move, len(ins))
	for i, in := range ins {
		m[i] = told{in: in}
	}
	return m
}

// offering: proposals come. One whose session id is remembered already only repeats what was proposed under it; one that is
// new comes with every flag, under all options, stations and calls that are being placed which tell its flags apart.
func offering(p *phone, v vocabulary, base messages.Options) []move {
	var all []move
	for _, s := range v.sessions {
		for _, c := range v.conversations {
			plain := messages.Propose{Session: s, Conversation: c, From: v.gateways[0]}
			all = append(all, outside(plain))
			if !p.proposed(s) {
				all = append(all, flagged(p, plain, base)...)
			}
		}
		all = append(all, outside(messages.Propose{Session: s, Conversation: "C0", From: stranger}))
		for _, from := range v.senders() {
			all = append(all, outside(messages.Retract{Session: s, From: from}))
		}
		for _, from := range []messages.JID{ownFull, stranger} {
			all = append(all, outside(messages.Accepted{Session: s, From: from}), outside(messages.Rejected{Session: s, From: from}),
				outside(messages.Proceeded{Session: s, From: from}))
		}
	}
	return append(all, othersOffer(p, v, base)...)
}

// flagged: the propose asks to be answered by itself, or to be connected in silence, or both.
func flagged(p *phone, plain messages.Propose, base messages.Options) []move {
	var all []move
	auto, private, both := plain, plain, plain
	auto.AutoAnswer, private.PrivAnswer = true, "Auto"
	both.AutoAnswer, both.PrivAnswer = true, "Auto"
	dial := messages.Dial{Call: 9}
	placed := messages.HTTPAnswered{Effect: messages.NewEffectID(p.minted+1, 1), Status: 200, Placed: &messages.PlacedCall{Conversation: plain.Conversation}}
	for _, eager := range []messages.Eagerness{messages.EagerAuto, messages.EagerEvent, messages.EagerNone} {
		o := base
		o.EagerPersistent = eager
		all = append(all, under(o, private), onPersistent(p, under(o, private)))
		for _, answers := range []messages.Options{{}, {DisableAutoAnswer: true}, {AutoAnswerInbound: true}} {
			o.DisableAutoAnswer, o.AutoAnswerInbound = answers.DisableAutoAnswer, answers.AutoAnswerInbound
			all = append(all, under(o, both), under(o, dial, both), under(o, dial, placed, both), onPersistent(p, under(o, both)))
			if eager == messages.EagerAuto {
				all = append(all, under(o, auto), under(o, dial, auto), under(o, dial, placed, auto))
			}
		}
	}
	return all
}

// under makes moves of inputs from outside under certain options, which are chosen for this move only.
func under(o messages.Options, ins ...messages.Input) move {
	return append(move{{in: chosen{o}}}, outside(ins...)...)
}

// onPersistent makes a move while the station has a persistent connection.
func onPersistent(p *phone, m move) move {
	before := stationIs(p.minted, 1, true)
	after := stationIs(p.minted+uint64(len(before)+len(m)-1), 1, false)
	return slices.Concat(before, m, after)
}

func (p *phone) proposed(id messages.SessionID) bool {
	root := p.root()
	return slices.ContainsFunc(root.Data.Proposals, func(v messages.ProposalView) bool { return v.Propose.Session == id })
}

// answering: the user answers and declines, by conversation and by session id.
func answering(v vocabulary) []move {
	var all []move
	for _, c := range v.conversations {
		all = append(all, outside(messages.Answer{Call: 9, Conversation: c}), outside(messages.Decline{Call: 9, Conversation: c}))
	}
	for _, s := range v.named() {
		all = append(all, outside(messages.Answer{Call: 9, Session: s}), outside(messages.Decline{Call: 9, Session: s}))
	}
	return all
}

// sessionsMay: what the sessions and the conversations, which are left out, may tell the root of invitations, at any time.
func sessionsMay(p *phone, v vocabulary) []move {
	root := p.root()
	var all []move
	for _, s := range root.Data.Proposals {
		all = append(all, move{{s.Ref, messages.ForgetProposal{}}})
	}
	for _, c := range v.conversations {
		all = append(all, move{{messages.Root, messages.PendingHandled{Session: "S0", Conversation: c}}},
			move{{messages.Root, messages.PendingCancelled{Session: "S0", Conversation: c}}})
		for _, s := range v.named() {
			all = append(all, move{{messages.Root, messages.RingWanted{Invite: messages.PendingSession{
				ID: s, Conversation: c, Type: messages.Softphone, From: v.gateways[0], To: ownBare,
			}}}})
		}
	}
	return all
}

// placing: the user places a call, and the platform says which conversation it is, or that it could not. Another call may be
// on its way to be placed.
func placing(p *phone, v vocabulary) []move {
	first := messages.NewEffectID(p.minted+1, 1)
	dial, failed := messages.Dial{Call: 9}, messages.HTTPAnswered{Effect: first, Status: 500}
	all := []move{outside(dial, failed), outside(dial, dial, failed)}
	for _, c := range v.conversations {
		placed := messages.HTTPAnswered{Effect: first, Status: 200, Placed: &messages.PlacedCall{Conversation: c}}
		all = append(all, outside(dial, placed), outside(dial, dial, placed))
	}
	return all
}

// firing: any timer that is armed may fire now, except those of the stream.
func firing(p *phone) []move {
	var all []move
	for _, t := range p.timers {
		if t.actor != messages.ConnectionActor && t.actor != messages.KeeperActor && !strings.HasPrefix(t.name, "watchdog.") {
			all = append(all, outside(messages.TimerFired{Actor: t.actor, Timer: t.name}))
		}
	}
	return all
}

// stationIs sets the station, by a notification and what is then read.
func stationIs(minted uint64, appearance int, persistent bool) move {
	ask := messages.StationNotified{Action: "Associated", Station: station}
	id := messages.NewEffectID(minted+1, 1)
	return outside(ask, answerWell(id, messages.Request{Of: messages.GetStation}, appearance, persistent))
}

// --- sessions

// taken: a propose was taken, whoever consented, and nothing rings any more. Until it is taken it is as if it had not come.
func taken(v vocabulary) []move {
	var all []move
	for _, s := range v.sessions {
		for _, c := range v.conversations {
			for _, from := range v.gateways {
				take := outside(messages.Propose{Session: s, Conversation: c, From: from}, messages.Answer{Call: 9, Conversation: c},
					messages.Accepted{Session: s, From: ownFull})
				all = append(append(all, take), besideTaken(v, s, c, from, take)...)
			}
		}
		for _, from := range v.senders() {
			all = append(all, outside(messages.Retract{Session: s, From: from}))
		}
	}
	return all
}

// describing: the far end describes sessions, and says all else that it can say about them. The ICE of an offer is that of the
// listed session of its id, or that of none: an offer with the ICE of one that is being described is either what that one was
// offered with, and is ignored, or does what any other does.
func describing(p *phone, v vocabulary) []move {
	var all []move
	all = append(all, reinvitedBeside(p, v)...)
	for _, s := range v.sessions {
		ices := p.icesOf(s)
		for _, from := range v.senders() {
			for _, c := range v.conversations {
				for _, again := range []bool{false, true} {
					for _, ice := range ices {
						all = append(all, outside(messages.Offer{Session: s, Conversation: c, From: from, Reinvite: again, SDP: "sdp", ICE: ice}))
					}
				}
			}
			all = append(all,
				outside(messages.Terminate{Session: s, From: from}), outside(messages.Terminate{Session: s, From: from, Reason: "gone"}),
				outside(messages.RemoteCandidate{Session: s, From: from, Candidate: "candidate"}),
			)
		}
	}
	return all
}

// icesOf are the ICE of the listed session that an offer with this id meets, and one that no session has.
func (p *phone) icesOf(id messages.SessionID) []messages.Candidate {
	root := p.root()
	var listed, all []messages.Candidate
	for _, s := range root.Data.Sessions {
		all = append(all, s.View.ICE)
		if s.Listed && s.View.Signalling == messages.SDPOverXMPP && s.View.Session == id && len(listed) == 0 {
			listed = append(listed, s.View.ICE)
		}
	}
	for n := 1; ; n++ {
		if fresh := messages.Candidate("ice " + strconv.Itoa(n)); !slices.Contains(all, fresh) {
			return append(listed, fresh)
		}
	}
}

// initiating: the same over Jingle.
func initiating(v vocabulary) []move {
	var all []move
	for _, s := range v.sessions {
		for _, from := range v.senders() {
			all = append(all, outside(messages.Terminate{Session: s, From: from}), outside(messages.Terminate{Session: s, From: from, Reason: "gone"}),
				outside(messages.SessionInitiate{IQ: "iq", Session: s, From: from, SDP: "sdp"}),
				outside(messages.SessionInitiate{IQ: "iq", Session: s, From: from, Empty: true}),
				outside(messages.SessionTerminate{IQ: "iq", Session: s, From: from}),
				outside(messages.TransportInfo{IQ: "iq", Session: s, From: from, Candidates: []messages.Candidate{"candidate"}}),
				outside(messages.SessionInfo{IQ: "iq", Session: s, From: from}), outside(messages.SessionInfo{IQ: "iq", Session: s, From: from, Info: "mute"}),
				outside(messages.SessionAccept{IQ: "iq", Session: s, From: from}),
				outside(messages.JingleAction{IQ: "iq", Session: s, From: from, Action: "content-modify"}),
			)
		}
		all = append(all, outside(messages.PeerRefused{Session: s, Condition: "unknown-session"}))
	}
	return all
}

// accepting: the user accepts by hand.
func accepting(v vocabulary) []move {
	var all []move
	for _, c := range v.conversations {
		all = append(all, outside(messages.AcceptSession{Call: 9, Conversation: c}))
	}
	return all
}

// bringing: an effect brings back all that it may.
func bringing(p *phone) []move {
	var all []move
	for _, o := range p.open {
		switch o.effect.(type) {
		case messages.RequestMicrophone:
			all = append(all, outside(messages.MicrophoneGranted{Effect: o.id}), outside(messages.MicrophoneDenied{Effect: o.id, Name: "NotAllowedError"}),
				outside(messages.MicrophoneDenied{Effect: o.id, Name: "NotFoundError"}))
		case messages.Describe, messages.MakeAnswer:
			all = append(all, outside(messages.PeerDone{Effect: o.id, SDP: "sdp"}), outside(messages.PeerRejected{Effect: o.id, Name: "OperationError"}))
		case messages.SendAnswer, messages.SendTerminate:
			all = append(all, outside(messages.IQAnswered{Effect: o.id}), outside(messages.IQAnswered{Effect: o.id, Condition: "item-not-found"}))
		}
	}
	return all
}

// mediaMay: peer connections change on their own, and sessions are told to end by hang-ups and departures, which are left out.
func mediaMay(p *phone, v vocabulary) []move {
	var all []move
	for _, a := range p.actors {
		if a.Kind != "session" && a.Kind != "jingle-session" {
			continue
		}
		all = append(all, outside(messages.PeerConnectionChanged{Peer: a.Ref, State: messages.PeerFailed}))
		if v.flows {
			all = append(all, outside(messages.PeerConnectionChanged{Peer: a.Ref, State: messages.PeerConnected}))
		}
		failed := messages.PeerICEChanged{Peer: a.Ref, State: messages.PeerFailed}
		if a.Kind == "jingle-session" {
			all = append(all, outside(failed, failed))
		}
		all = append(all, outside(messages.LocalCandidate{Peer: a.Ref}), move{{a.Ref, messages.LeaveSession{Reason: "success"}}})
	}
	return all
}

// negotiationsMay: what negotiations, which are left out, may tell of sessions, at any time. Whether a session over XMPP is active
// means nothing to those that are not left out.
func negotiationsMay(p *phone) []move {
	var all []move
	for _, a := range p.actors {
		if a.Kind == "session" || a.Kind == "jingle-session" {
			all = append(all, move{{in: failed{a.Ref}}, {messages.Root, messages.AcceptFailed{Session: a.Ref}}})
		}
		if a.Kind == "jingle-session" {
			all = append(all, move{{a.Ref, messages.SessionAccepting{}}})
		}
	}
	return all
}

// failed: a negotiation, which is left out, found no microphone.
type failed struct{ peer messages.Ref }

// Kind is a word that no journal knows.
func (failed) Kind() string { return "microphone-failed" }

// announced is what a conversation, which is left out, announces before it tells the root of it.
type announced struct{ event messages.Event }

// Kind is a word that no journal knows.
func (announced) Kind() string { return "announced" }

// carrying: a conversation, which is left out, is heard on a session: one that was not started there is carried and its start
// is announced; one that was is carried again, or its end is announced.
func carrying(p *phone, v vocabulary) []move {
	root := p.root()
	var all []move
	for _, s := range root.Data.Sessions {
		if !s.Raised || s.View.Over {
			continue
		}
		for _, c := range v.conversations {
			ref := s.View.Ref
			carry := told{messages.Root, messages.CarryConversation{Session: ref, Conversation: c}}
			if !slices.Contains(s.Started, c) {
				start := messages.SessionStarted{Session: messages.SessionSummary{ID: s.View.Session, Conversation: c}}
				all = append(all, move{carry, {in: announced{start}}, {messages.Root, messages.NoteStarted{Session: ref, Conversation: c}}})
				continue
			}
			end := told{messages.Root, messages.EndAnnounced{Session: s.View.Session, Conversation: c, Ref: ref}}
			all = append(all, move{end}, move{carry, end})
			if s.Carries != c {
				all = append(all, move{carry})
			}
		}
	}
	return all
}
