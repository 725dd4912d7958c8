// Package conversation is the statechart of the user's own leg of a conversation, as notifications tell of it.
//
// The state is the class of the leg's last known state: pending (alerting, contacting), connected (dialing, connected),
// ended (disconnected, terminated) or other. Source: sdk-behaviour 1.6.7 and 1.6.8; the rows are its rows.
package conversation

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of a conversation.
const (
	Unknown     fsm.State = "Unknown"
	Stored      fsm.State = "Stored"
	Placeholder fsm.State = "Placeholder"
	Pending     fsm.State = "Pending"
	Connected   fsm.State = "Connected"
	Ended       fsm.State = "Ended"
	Other       fsm.State = "Other"
	Forgotten   fsm.State = "Forgotten"
)

// Chart is the life of a conversation. docs/statecharts/conversation.md is drawn from it.
var Chart = fsm.New("conversation", "The user's own leg of a conversation, as notifications tell of it.",
	initial(Unknown),
	in(Unknown, "Nothing is stored: not ours, or not yet.",
		on(messages.LegErred{}).If(ringing).If(inactive).Corrected(quirk.InactiveIsError).Do(readOn),
		on(messages.LegErred{}).If(ringing).Do(reportError, readOn).Source("1.6.8 row 1"),
		on(messages.LegPending{}).If(onLine).Do(store, recall, ring).Enter(Pending).Source("1.6.8 row 5").Source("1.6.8 row 5a"),
		on(messages.LegPending{}).Do(store, recall).Enter(Pending).Source("1.6.8 row 5").Source("1.6.8 row 5b"),
		on(messages.LegConnected{}).If(onLine).If(dialled).If(started).Corrected(quirk.FirstConnectedIsUpdate).Do(store, recall, carry, settleInvitation, publishAdded).Enter(Connected),
		on(messages.LegConnected{}).If(onLine).If(dialled).Corrected(quirk.FirstConnectedIsUpdate).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded).Enter(Connected),
		on(messages.LegConnected{}).If(carried).If(dialled).Corrected(quirk.FirstConnectedIsUpdate).Do(store, recall, publishAdded).Enter(Connected),
		on(messages.LegConnected{}).If(unanswered).Corrected(quirk.PendingsOutliveCalls).Do(meet, handleInvitation).Enter(Forgotten),
		on(messages.LegConnected{}).Do(meet).Enter(Forgotten).Source("1.6.8 row 0"),
		on(messages.LegEnded{}).Do(meet).Enter(Forgotten).Source("1.6.8 row 0").Source("1.6.8 row 12"),
		on(messages.LegOther{}).Do(meet).Enter(Forgotten).Source("1.6.8 row 0"),
		on(messages.SessionAttached{}).Do(hold).Enter(Placeholder).Source("1.6.6 step 6"),
		on(messages.LegErred{}).If(unanswered).Corrected(quirk.PendingsOutliveCalls).Do(readOn),
		on(messages.LegErred{}).Do(meet).Enter(Forgotten).Source("1.6.8 row 0")),
	in(Stored, "It is ours.",
		initial(Pending),
		on(messages.LegErred{}).If(inactive).Corrected(quirk.InactiveIsError).Do(readOn),
		on(messages.LegErred{}).Do(reportError, readOn).Source("1.6.8 row 1"),
		on(messages.SessionAttached{}).Do(attach).Source("1.6.6 step 6'"),

		in(Placeholder, "A session was accepted for it; no notification has come.",
			on(messages.LegPending{}).If(onLine).Do(store, recall, ring).Enter(Pending).Source("1.6.8 row 5a"),
			on(messages.LegPending{}).Do(store, recall).Enter(Pending).Source("1.6.8 row 5b"),
			on(messages.LegConnected{}).If(carried).Quirk(quirk.FirstConnectedIsUpdate).Do(store, recall, publishUpdated).Enter(Connected).Source("1.6.8 row 7"),
			on(messages.LegConnected{}).If(carried).Corrected(quirk.FirstConnectedIsUpdate).Do(store, recall, publishAdded).Enter(Connected),
			on(messages.LegConnected{}).If(onLine).If(startsUnknown).Quirk(quirk.ReinviteForgetsStarted).Do(store, recall, carry).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).If(started).Do(store, recall, carry, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).Do(store, recall, publishAdded).Enter(Connected).Source("1.6.8 row 6c"),
			on(messages.LegEnded{}).Quirk(quirk.PlaceholderLeaks).Do(store, recall).Enter(Ended).Source("1.6.8 row 10"),
			on(messages.LegEnded{}).Corrected(quirk.PlaceholderLeaks).Do(store).Enter(Forgotten),
			on(messages.LegOther{}).Do(store, recall, publishUpdated).Enter(Other).Source("1.6.8 row 11"),
			on(messages.SessionTerminatedSeen{}).Corrected(quirk.PlaceholderLeaks).Enter(Forgotten)),

		in(Pending, "It rings here, or is being placed.",
			on(messages.LegPending{}).If(unchanged).Do(store, recall).Source("1.6.8 row 2"),
			on(messages.LegPending{}).If(sameState).Do(store, recall, publishUpdated).Source("1.6.8 row 4"),
			on(messages.LegPending{}).If(onLine).Do(store, recall, ring).Source("1.6.8 row 5a"),
			on(messages.LegPending{}).Do(store, recall).Source("1.6.8 row 5b"),
			on(messages.LegConnected{}).Unless(heard).If(taken).Corrected(quirk.ConnectedBeforeOfferLost).Do(store, recall, publishAdded).Enter(Connected),
			on(messages.LegConnected{}).Unless(heard).If(told).Corrected(quirk.RungAgainForgotten).Do(store, handleInvitation, publishRemoved).Enter(Forgotten),
			on(messages.LegConnected{}).Unless(heard).Quirk(quirk.PendingsOutliveCalls).Enter(Forgotten).Source("1.6.8 row 6a"),
			on(messages.LegConnected{}).Unless(heard).Corrected(quirk.PendingsOutliveCalls).Do(handleInvitation).Enter(Forgotten),
			on(messages.LegConnected{}).If(answeredElsewhere).If(told).Corrected(quirk.ClaimsOthersCalls).Do(store, handleInvitation, publishRemoved).Enter(Forgotten),
			on(messages.LegConnected{}).If(answeredElsewhere).Corrected(quirk.ClaimsOthersCalls).Do(handleInvitation).Enter(Forgotten),
			on(messages.LegConnected{}).If(onLine).If(startsUnknown).Quirk(quirk.ReinviteForgetsStarted).Do(store, recall, carry).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).If(started).Do(store, recall, carry, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(unanswered).Corrected(quirk.PendingsOutliveCalls).Do(store, recall, settleInvitation, publishAdded).Enter(Connected),
			on(messages.LegConnected{}).Do(store, recall, publishAdded).Enter(Connected).Source("1.6.8 row 6c"),
			on(messages.LegEnded{}).If(told).If(onLine).If(started).Corrected(quirk.RungAgainForgotten).Do(store, cancelInvitation, carry, announceEnded, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).If(told).Corrected(quirk.RungAgainForgotten).Do(store, cancelInvitation, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).If(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, cancelInvitation, announceEnded).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Do(cancelInvitation).Enter(Forgotten).Source("1.6.8 row 8"),
			on(messages.LegEnded{}).Quirk(quirk.PendingsOutliveCalls).Enter(Forgotten).Source("1.6.8 row 8"),
			on(messages.LegEnded{}).Corrected(quirk.PendingsOutliveCalls).Do(cancelInvitation).Enter(Forgotten),
			on(messages.LegOther{}).Do(store, recall, publishUpdated).Enter(Other).Source("1.6.8 row 11")),

		in(Connected, "It was taken.",
			on(messages.LegPending{}).If(onLine).If(started).Corrected(quirk.MocksDuplicate).Do(store, recall).Enter(Pending),
			on(messages.LegPending{}).If(onLine).Do(store, recall, ring).Enter(Pending).Source("1.6.8 row 5a"),
			on(messages.LegPending{}).Do(store, recall).Enter(Pending).Source("1.6.8 row 5b"),
			on(messages.LegConnected{}).If(answeredOnLine).If(started).Corrected(quirk.ConnectedBeforeOfferLost).Do(store, recall, settleInvitation, publishUpdated),
			on(messages.LegConnected{}).If(answeredOnLine).Corrected(quirk.ConnectedBeforeOfferLost).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded),
			on(messages.LegConnected{}).If(unchanged).Do(store, recall).Source("1.6.8 row 2"),
			on(messages.LegConnected{}).If(sameState).Do(store, recall, publishUpdated).Source("1.6.8 row 4"),
			on(messages.LegConnected{}).If(carried).Do(store, recall, publishUpdated).Source("1.6.8 row 7"),
			on(messages.LegConnected{}).Unless(heard).If(told).Corrected(quirk.ConnectedBeforeOfferLost).Do(store, recall, publishUpdated),
			on(messages.LegConnected{}).Unless(heard).Do(meet).Enter(Forgotten).Source("1.6.8 row 6a"),
			on(messages.LegConnected{}).If(onLine).If(startsUnknown).Quirk(quirk.ReinviteForgetsStarted).Do(store, recall, carry).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).If(started).Do(store, recall, carry, settleInvitation, publishAdded).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).Do(store, recall, publishAdded).Source("1.6.8 row 6c"),
			on(messages.LegEnded{}).Unless(told).Corrected(quirk.RemovedUnadded).Do(store, cancelInvitation).Enter(Forgotten),
			on(messages.LegEnded{}).If(rings).Unless(started).Corrected(quirk.PendingsOutliveCalls).Do(store, cancelInvitation, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Unless(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Do(store, carry, announceEnded, publishRemoved).Enter(Forgotten).Source("1.6.8 row 9"),
			on(messages.LegEnded{}).If(stays).If(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, announceEnded, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).Do(store, publishRemoved).Enter(Forgotten).Source("1.6.8 row 9"),
			on(messages.LegOther{}).Do(store, recall, publishUpdated).Enter(Other).Source("1.6.8 row 11")),

		in(Ended, "It was over when the first notification came; the embedding program was not told.",
			on(messages.LegPending{}).If(onLine).Do(store, recall, ring).Enter(Pending).Source("1.6.8 row 5a"),
			on(messages.LegPending{}).Do(store, recall).Enter(Pending).Source("1.6.8 row 5b"),
			on(messages.LegConnected{}).Unless(heard).If(told).Corrected(quirk.ConnectedBeforeOfferLost).Do(store, recall, publishUpdated).Enter(Connected),
			on(messages.LegConnected{}).Unless(heard).Do(meet).Enter(Forgotten).Source("1.6.8 row 6a"),
			on(messages.LegConnected{}).If(onLine).If(startsUnknown).Quirk(quirk.ReinviteForgetsStarted).Do(store, recall, carry).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).If(started).Do(store, recall, carry, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).Do(store, recall, publishAdded).Enter(Connected).Source("1.6.8 row 6c"),
			on(messages.LegEnded{}).If(unchanged).Do(store, recall).Source("1.6.8 row 2"),
			on(messages.LegEnded{}).If(sameState).Do(store, recall, publishUpdated).Source("1.6.8 row 4"),
			on(messages.LegEnded{}).Unless(told).Corrected(quirk.RemovedUnadded).Do(store, cancelInvitation).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Unless(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Do(store, carry, announceEnded, publishRemoved).Enter(Forgotten).Source("1.6.8 row 9"),
			on(messages.LegEnded{}).If(stays).If(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, announceEnded, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).Do(store, publishRemoved).Enter(Forgotten).Source("1.6.8 row 9"),
			on(messages.LegOther{}).Do(store, recall, publishUpdated).Enter(Other).Source("1.6.8 row 11")),

		in(Other, "It is in a state that means nothing to us, such as hold.",
			on(messages.LegPending{}).If(onLine).Do(store, recall, ring).Enter(Pending).Source("1.6.8 row 5a"),
			on(messages.LegPending{}).Do(store, recall).Enter(Pending).Source("1.6.8 row 5b"),
			on(messages.LegConnected{}).Unless(heard).If(told).Corrected(quirk.ConnectedBeforeOfferLost).Do(store, recall, publishUpdated).Enter(Connected),
			on(messages.LegConnected{}).Unless(heard).If(unanswered).Corrected(quirk.PendingsOutliveCalls).Do(meet, handleInvitation).Enter(Forgotten),
			on(messages.LegConnected{}).Unless(heard).Do(meet).Enter(Forgotten).Source("1.6.8 row 6a"),
			on(messages.LegConnected{}).If(answeredElsewhere).Unless(told).Corrected(quirk.ClaimsOthersCalls).Do(handleInvitation).Enter(Forgotten),
			on(messages.LegConnected{}).If(onLine).If(startsUnknown).Quirk(quirk.ReinviteForgetsStarted).Do(store, recall, carry).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).If(started).Do(store, recall, carry, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).If(onLine).Do(store, recall, carry, announceStarted, settleInvitation, publishAdded).Enter(Connected).Source("1.6.8 row 6b"),
			on(messages.LegConnected{}).Do(store, recall, publishAdded).Enter(Connected).Source("1.6.8 row 6c"),
			on(messages.LegEnded{}).Unless(told).Corrected(quirk.RemovedUnadded).Do(store, cancelInvitation).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Unless(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).If(onLine).Do(store, carry, announceEnded, publishRemoved).Enter(Forgotten).Source("1.6.8 row 9"),
			on(messages.LegEnded{}).If(stays).If(started).Corrected(quirk.EndsAnnouncedAgain).Do(store, announceEnded, publishRemoved).Enter(Forgotten),
			on(messages.LegEnded{}).Do(store, publishRemoved).Enter(Forgotten).Source("1.6.8 row 9"),
			on(messages.LegOther{}).If(unchanged).Do(store, recall).Source("1.6.8 row 2"),
			on(messages.LegOther{}).Do(store, recall, publishUpdated).Source("1.6.8 row 4").Source("1.6.8 row 11")),

		on(messages.CallsDropped{}).If(told).Corrected(quirk.CallsOutliveClient).Do(publishLast).Enter(Forgotten),
		on(messages.CallsDropped{}).Corrected(quirk.CallsOutliveClient).Enter(Forgotten),
		on(messages.RecalledPending{}).Enter(Pending).Source("1.6.7 previous event"),
		on(messages.RecalledConnected{}).Enter(Connected).Source("1.6.7 previous event"),
		on(messages.RecalledEnded{}).Enter(Ended).Source("1.6.7 previous event"),
		on(messages.RecalledOther{}).Enter(Other).Source("1.6.7 previous event")),
	final(Forgotten, "Over, or never ours."))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	final   = fsm.Final[Data]
)

func on[E messages.Input](e E) *fsm.InPlace[Data, E] { return fsm.OnInPlace[Data](e) }
