// Package media is the statechart of the peer connection of an SDP-over-XMPP session.
//
// Source: sdk-behaviour 1.7, first table.
package media

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a peer connection.
const (
	Open        fsm.State = "Open"
	Calm        fsm.State = "Calm"
	Interrupted fsm.State = "Interrupted"
	Closed      fsm.State = "Closed"
)

// Chart is the life of a peer connection. docs/statecharts/media.md is drawn from it.
var Chart = fsm.New("media", "The peer connection of an SDP-over-XMPP session.",
	initial(Open),
	in(Open, "There is a peer connection.",
		initial(Calm),
		in(Calm, "It is coming up, or up.",
			on(messages.PeerICEChanged{}).If(iceConnected).Do(sendActive).Source("1.7 any/ICE connected"),
			on(messages.PeerICEChanged{}).If(iceDisconnected).If(stable).Enter(Interrupted).Source("1.7 any/ICE disconnected"),
			ignore("only connected and disconnected matter", messages.PeerICEChanged{}),
			on(messages.PeerConnectionChanged{}).If(failed).Corrected(quirk.FailureNeedsInterruption).Do(notePhase, lose),
			on(messages.PeerConnectionChanged{}).Do(notePhase).Source("1.7 never interrupted/PC failed")),
		in(Interrupted, "Media stopped flowing; it may come back.",
			on(messages.PeerICEChanged{}).If(iceConnected).Do(sendActive).Source("1.7 any/ICE connected"),
			ignore("it is interrupted already", messages.PeerICEChanged{}),
			on(messages.PeerConnectionChanged{}).If(connected).Do(notePhase).Enter(Calm).Source("1.7 interrupted/PC connected"),
			on(messages.PeerConnectionChanged{}).If(failed).Do(notePhase, lose).Source("1.7 interrupted/PC failed"),
			on(messages.PeerConnectionChanged{}).Do(notePhase)),
		on(messages.OpenSession{}).Do(note),
		on(messages.DescriptionSet{}).Do(noteOffer),
		on(messages.AnswerSet{}).Do(noteAnswer),
		on(messages.LocalCandidate{}).If(end).Do(announceEnd, sendCandidate).Source("3.3 iceCandidate"),
		on(messages.LocalCandidate{}).If(offered).Do(sendCandidate).Source("3.3 iceCandidate"),
		on(messages.RemoteCandidate{}).Unless(malformed).Do(addCandidate).Source("3.3 iceCandidate"),
		on(messages.CloseMedia{}).Do(closePeer).Enter(Closed).Source("1.7 any/terminate rpc"),
		on(messages.ReportIfClosed{}).If(gone).Do(report).Source("1.7 page visible"),
		ignore("TCP candidates and IPv6 host candidates are kept back", messages.LocalCandidate{}),
		ignore("it names no candidate", messages.RemoteCandidate{}),
		ignore("it is still there", messages.ReportIfClosed{})),
	in(Closed, "We closed it.",
		on(messages.ReportIfClosed{}).Do(report).Source("1.7 page visible"),
		ignore("it is closed", messages.PeerICEChanged{}, messages.PeerConnectionChanged{}, messages.LocalCandidate{}, messages.RemoteCandidate{},
			messages.CloseMedia{}, messages.DescriptionSet{}, messages.AnswerSet{})))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
