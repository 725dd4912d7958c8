// Package session is the statechart of one signalling and media relation, from its description to its end.
//
// Over SDP-over-XMPP the end from our side is asked for and acknowledged; over Jingle it is said. A session that ended
// can end again: the SDK's sessions do. Source: sdk-behaviour 1.7 and 1.6.5.
package session

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a session.
const (
	New         fsm.State = "New"
	Describing  fsm.State = "Describing"
	Undescribed fsm.State = "Undescribed"
	Live        fsm.State = "Live"
	Pending     fsm.State = "Pending"
	Active      fsm.State = "Active"
	Leaving     fsm.State = "Leaving"
	Lingering   fsm.State = "Lingering"
	Ended       fsm.State = "Ended"
	Stillborn   fsm.State = "Stillborn"
)

// linger is how long a Jingle peer connection may outlive our session-terminate (sdk-behaviour section 2).
const linger = 2 * time.Second

// Chart is the life of a session. docs/statecharts/session.md is drawn from it.
var Chart = fsm.New("session", "One signalling and media relation, from its description to its end.",
	initial(New),
	in(New, "Just made.",
		on(messages.OpenSession{}).Do(note, createPeer, describe).Enter(Describing).
			Source("1.7 offer unknown sid").Source("1.7 offer ICE changed").Source("1.7 Jingle starting")),
	in(Describing, "The remote description is being set.",
		on(messages.PeerDone{}).If(jingle).Do(acknowledgeInitiate, raise).Enter(Pending).Source("3.4 session-initiate"),
		on(messages.PeerDone{}).Do(raise).Enter(Pending).Source("1.7 offer unknown sid"),
		on(messages.PeerRejected{}).If(jingle).Corrected(quirk.SessionsKept).Do(refuseInitiate, closeMedia, tellStillborn).Enter(Ended),
		on(messages.PeerRejected{}).If(jingle).Quirk(quirk.SessionsKept).Do(refuseInitiate).Enter(Undescribed).Source("3.4 session-initiate"),
		on(messages.PeerRejected{}).Corrected(quirk.SessionsKept).Do(closeMedia, tellStillborn).Enter(Ended),
		on(messages.PeerRejected{}).Quirk(quirk.SessionsKept).Enter(Stillborn),
		on(messages.Terminate{}).Corrected(quirk.SessionsKept).Unless(jingle).Do(closeMedia, tellStillborn).Enter(Ended),
		on(messages.SessionTerminate{}).Corrected(quirk.SessionsKept).Do(acknowledgeEnd, closeMedia, tellStillborn).Enter(Ended),
		on(messages.SessionTerminate{}).Quirk(quirk.SessionsKept).Do(acknowledgeEnd, closeMedia).Enter(Stillborn).Source("3.4 session-terminate"),
		on(messages.LeaveSession{}).Do(callEnded, sendTerminate, terminateAsTold).Enter(Lingering).Source("1.7 Jingle local end"),
		ignore("the description comes first", messages.Terminate{})),
	in(Undescribed, "Its description was refused, and the far end knows; nobody here was told of it.",
		on(messages.SessionTerminate{}).Do(acknowledgeEnd, closeMedia, tellStillborn).Enter(Ended).Source("3.4 session-terminate"),
		on(messages.LeaveSession{}).Do(callEnded, sendTerminate, terminateAsTold).Enter(Lingering).Source("1.7 Jingle local end"),
		ignore("it was never described", messages.Terminate{}, messages.CheckPeer{})),
	in(Live, "It is described.",
		initial(Pending),
		in(Pending, "Nobody has accepted it.",
			on(messages.SessionAccepting{}).Do(callActive).Enter(Active).Source("1.7 pending/accept").Source("1.7 Jingle active"),
			ignore("it was never answered, so there is nothing to look after", messages.CheckPeer{})),
		in(Active, "Accepted here, or being so.",
			on(messages.SessionAccepting{}).Do(callActive).Source("1.7 active/accept"),
			on(messages.CheckPeer{}).Do(reportIfClosed).Source("1.7 page visible")),
		on(messages.Adopted{}).Do(adopt).Source("1.6.5 step 1"),
		on(messages.Terminate{}).If(jingle).Unless(reasoned).Quirk(quirk.SessionsKept).Do(closeMedia).Source("1.7 rpc terminate of a Jingle session"),
		on(messages.Terminate{}).If(jingle).Do(callEnded, closeMedia, terminatePlainly).Enter(Ended).Source("1.7 rpc terminate of a Jingle session"),
		on(messages.Terminate{}).Do(closeMedia, terminateAsAsked).Enter(Ended).Source("1.7 any/terminate rpc"),
		on(messages.SessionTerminate{}).Do(callEnded, acknowledgeEnd, closeMedia, terminateAsSaid).Enter(Ended).Source("3.4 session-terminate"),
		on(messages.YieldSession{}).Do(callEnded, closeMedia, terminateYielded).Enter(Ended),
		on(messages.LeaveSession{}).If(jingle).Do(callEnded, sendTerminate, terminateAsTold).Enter(Lingering).Source("1.7 Jingle local end"),
		on(messages.LeaveSession{}).Do(callEnded, askTerminate).Enter(Leaving).Source("1.7 any/end"),
		on(messages.MediaLost{}).If(jingle).Do(callEnded, sendTerminateLost, terminateLost).Enter(Lingering).Source("1.7 Jingle second failed"),
		on(messages.MediaLost{}).Do(callEnded, closeMedia, terminateLost).Enter(Ended).Source("1.7 interrupted/PC failed").Source("1.7 watchdog")),
	in(Leaving, "We have asked for its end; the far end has not answered.",
		on(messages.RequestDone{}).Do(closeMedia, terminateAcknowledged).Enter(Ended).Source("1.7 any/end"),
		on(messages.RequestFailed{}).Do(closeMedia, terminateUnacknowledged).Enter(Ended).Source("1.7 any/end"),
		on(messages.Terminate{}).Quirk(quirk.SessionEndsTwice).Do(closeMedia, terminateAsAsked).Source("1.7 any/terminate rpc"),
		on(messages.Terminate{}).Corrected(quirk.SessionEndsTwice).Do(closeMedia, terminateAsAsked).Enter(Ended),
		on(messages.LeaveSession{}).Quirk(quirk.SessionEndsTwice).Do(callEnded, askTerminate).Source("1.7 any/end"),
		on(messages.SessionAccepting{}).Quirk(quirk.EndedSessionActiveAgain).Do(callActive).Source("1.7 pending/accept"),
		on(messages.MediaLost{}).Unless(late).Do(closeMedia, terminateLost).Enter(Ended).Source("1.7 interrupted/PC failed"),
		on(messages.YieldSession{}).Do(closeMedia, terminateYielded).Enter(Ended),
		ignore("it is to end anyway", messages.MediaLost{}, messages.CheckPeer{}, messages.SessionAccepting{}, messages.LeaveSession{})),
	in(Lingering, "A Jingle session that we ended: its peer connection may stay for a while.",
		fsm.AfterInPlace[Data](linger).Corrected(quirk.SessionsKept).Do(closeMediaLate, endSoon),
		fsm.AfterInPlace[Data](linger).Quirk(quirk.SessionsKept).Do(closeMediaIfUp).Enter(Ended).Source("2 Jingle PC close after local end"),
		on(messages.SettleNow{}).Enter(Ended),
		on(messages.LeaveSession{}).Quirk(quirk.SessionEndsTwice).Do(callEnded, sendTerminate, terminateAsTold).Source("1.7 Jingle local end"),
		on(messages.LeaveSession{}).Corrected(quirk.SessionEndsTwice).Do(tellOver),
		on(messages.MediaLost{}).Quirk(quirk.SessionEndsTwice).Do(sendTerminateLost, terminateLost).Source("1.7 Jingle second failed"),
		on(messages.SessionAccepting{}).Quirk(quirk.EndedSessionActiveAgain).Do(callActive).Source("1.7 Jingle accept after its end"),
		ignore("it is over", messages.PeerDone{}, messages.PeerRejected{}, messages.MediaLost{}, messages.Terminate{}, messages.SessionTerminate{}, messages.CheckPeer{}, messages.SessionAccepting{})),
	in(Ended, "It is over; what still comes is late.",
		on(messages.RequestDone{}).Quirk(quirk.SessionEndsTwice).Do(terminateAcknowledged).Source("1.7 any/end"),
		on(messages.RequestFailed{}).Quirk(quirk.SessionEndsTwice).Do(terminateUnacknowledged).Source("1.7 any/end"),
		on(messages.LeaveSession{}).Quirk(quirk.SessionEndsTwice).If(jingle).Do(callEnded, sendTerminate, terminateAsTold).Enter(Lingering).Source("1.7 Jingle local end"),
		on(messages.LeaveSession{}).Quirk(quirk.SessionEndsTwice).Do(callEnded, askTerminate).Source("1.7 any/end"),
		on(messages.LeaveSession{}).Corrected(quirk.SessionEndsTwice).Do(tellOver),
		on(messages.MediaLost{}).Quirk(quirk.SessionEndsTwice).If(jingle).Do(sendTerminateLost, terminateLost).Enter(Lingering).Source("1.7 Jingle second failed"),
		on(messages.MediaLost{}).Quirk(quirk.SessionEndsTwice).Unless(calledEnded).Do(callEnded, terminateLost).Source("1.7 watchdog"),
		ignore("it is over", messages.PeerDone{}, messages.PeerRejected{}, messages.RequestDone{}, messages.RequestFailed{}, messages.MediaLost{},
			messages.Terminate{}, messages.SessionTerminate{}, messages.CheckPeer{}, messages.SessionAccepting{})),
	final(Stillborn, "Its description was refused; nobody was told of it."),
	ignore("the far end acknowledged something that nobody waits for", messages.IQAnswered{}))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.InPlace[Data, E] { return fsm.OnInPlace[Data](e) }
