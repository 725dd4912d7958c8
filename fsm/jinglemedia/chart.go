// Package jinglemedia is the statechart of the peer connection of a Jingle session. Its states are the session's
// connectionState, which is announced.
//
// Source: sdk-behaviour 1.7, second paragraph.
package jinglemedia

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a Jingle session's connection.
const (
	Open        fsm.State = "Open"
	Starting    fsm.State = "Starting"
	Connecting  fsm.State = "Connecting"
	Connected   fsm.State = "Connected"
	Interrupted fsm.State = "Interrupted"
	Down        fsm.State = "Down"
	Failed      fsm.State = "Failed"
	Closed      fsm.State = "Closed"
)

// Chart is the life of a Jingle session's connection. docs/statecharts/jingleMedia.md is drawn from it.
var Chart = fsm.New("jingleMedia", "The peer connection of a Jingle session.",
	initial(Open),
	in(Open, "There is a peer connection.",
		initial(Starting),
		in(Starting, "It has not begun."),
		in(Connecting, "ICE is at work.",
			on(messages.PeerICEChanged{}).If(iceChecking)),
		in(Connected, "Media can flow.",
			on(messages.PeerICEChanged{}).If(iceConnected).Do(sendActive).Source("1.7 Jingle connected"),
			on(messages.PeerICEChanged{}).If(iceCompleted)),
		in(Interrupted, "Media stopped flowing; it may come back.",
			on(messages.PeerICEChanged{}).If(iceDisconnected).If(stable)),
		in(Down, "ICE lost contact while a description was open.",
			on(messages.PeerICEChanged{}).If(iceDisconnected).Unless(stable)),
		in(Failed, "ICE failed once.",
			on(messages.PeerICEChanged{}).If(iceFailed).Do(lose).Source("1.7 Jingle second failed")),
		on(messages.PeerICEChanged{}).If(iceChecking).Do(announceConnecting).Enter(Connecting).Source("1.7 Jingle checking"),
		on(messages.PeerICEChanged{}).If(iceConnected).Do(sendActive, announceConnected).Enter(Connected).Source("1.7 Jingle connected"),
		on(messages.PeerICEChanged{}).If(iceCompleted).Do(announceConnected).Enter(Connected).Source("1.7 Jingle connected"),
		on(messages.PeerICEChanged{}).If(iceDisconnected).If(stable).Do(announceInterrupted).Enter(Interrupted).Source("1.7 Jingle disconnected"),
		on(messages.PeerICEChanged{}).If(iceDisconnected).Do(announceDown).Enter(Down).Source("1.7 Jingle disconnected"),
		on(messages.PeerICEChanged{}).If(iceFailed).Do(announceFailed).Enter(Failed).Source("1.7 Jingle failed"),
		on(messages.PeerConnectionChanged{}).Do(notePhase),
		on(messages.OpenSession{}).Do(note),
		on(messages.DescriptionSet{}).Do(noteOffer),
		on(messages.AnswerSet{}).Do(noteAnswer),
		on(messages.LocalCandidate{}).If(end).Do(announceEnd, sendCandidate).Source("3.4 transport-info"),
		on(messages.LocalCandidate{}).If(offered).Do(sendCandidate).Source("3.4 transport-info"),
		on(messages.TransportInfo{}).Do(acknowledge, addCandidates).Source("3.4 transport-info"),
		on(messages.CloseMedia{}).Do(closePeer).Enter(Closed).Source("1.7 Jingle remote end"),
		on(messages.CloseMediaIfUp{}).If(up).Do(closePeerLate).Enter(Closed).Source("2 Jingle PC close after local end"),
		on(messages.ReportIfClosed{}).If(gone).Do(report).Source("1.7 page visible"),
		ignore("nothing else matters", messages.PeerICEChanged{}),
		ignore("TCP candidates and IPv6 host candidates are kept back", messages.LocalCandidate{}),
		ignore("it is not up", messages.CloseMediaIfUp{}),
		ignore("it is still there", messages.ReportIfClosed{})),
	in(Closed, "We closed it.",
		on(messages.ReportIfClosed{}).Do(report).Source("1.7 page visible"),
		ignore("it is closed", messages.PeerICEChanged{}, messages.PeerConnectionChanged{}, messages.LocalCandidate{},
			messages.TransportInfo{}, messages.CloseMedia{}, messages.CloseMediaIfUp{}, messages.DescriptionSet{}, messages.AnswerSet{})))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
