// Package softphone is the statechart of the client: it is constructed, initialized, ready, destroyed. While it is ready
// it keeps the ordered lists of proposals, invitations, sessions and conversations, and passes what comes in on to the
// one that it is about, together with what that one needs to know of the others.
//
// It chooses and forwards; what happens to a call is decided in the other charts. Its states stand in chart.go; the rows of
// a subject stand above their decisions, in the file of that subject.
// Source: sdk-behaviour 1.1, 1.4, 1.6.5, 1.6.6 steps 1 to 3, 1.6.7.
package softphone

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the client.
const (
	Client      fsm.State = "Client"
	Constructed fsm.State = "Constructed"
	Identifying fsm.State = "Identifying"
	Streaming   fsm.State = "Streaming"
	Connecting  fsm.State = "Connecting"
	Subscribing fsm.State = "Subscribing"
	Wired       fsm.State = "Wired"
	Enabling    fsm.State = "Enabling"
	Ready       fsm.State = "Ready"
	Unready     fsm.State = "Unready"
	Destroying  fsm.State = "Destroying"
	Destroyed   fsm.State = "Destroyed"
)

const (
	iqTimeout   = 15 * time.Second
	restTimeout = 30 * time.Second
)

// Chart is the life of the client. docs/statecharts/softphone.md is drawn from it.
var Chart = fsm.New("softphone", "The client: constructed, initialized, ready, destroyed; it keeps the lists.",
	initial(Client),
	in(Client, "The client, whatever it is doing.",
		initial(Constructed),

		in(Constructed, "Nothing was asked of it, or initializing failed before there was a stream.",
			on(messages.Configured{}).Do(configure).Source("1.1 construct ok"),
			on(messages.Initialize{}).Do(fetchIdentity).Enter(Identifying).Source("1.1 constructed/initialize agent"),
			on(messages.RequestFailed{}).Do(announceHTTP).Source("1.1 initializing/http fails"),
			on(messages.Destroy{}).Do(settle).Source("1.1 any/destroy()"),
			ignore("initializing has failed already", messages.RequestDone{})),
		in(Identifying, "Who are we? The user and the organisation are being read.",
			on(messages.RequestDone{}).If(secondAnswer).Do(noteIdentity, connect).Enter(Connecting).Source("1.1 constructed/initialize agent"),
			on(messages.RequestDone{}).Do(noteIdentity),
			on(messages.RequestFailed{}).If(cancelled).If(begins).Quirk(quirk.DisconnectWhileConnecting).Do(announceHTTP, refuseSoon).Source("1.1 any/disconnect()"),
			on(messages.RequestFailed{}).If(cancelled).Quirk(quirk.DisconnectWhileConnecting).Do(announceHTTP).Source("1.1 any/disconnect()"),
			on(messages.InitializeCancelled{}).Quirk(quirk.DisconnectWhileConnecting).Do(refuseCancelled).Enter(Constructed).Source("1.1 any/disconnect()"),
			on(messages.RequestFailed{}).Do(announceHTTP, refuseInitialize).Enter(Constructed).Source("1.1 initializing/http fails"),
			on(messages.Disconnect{}).Corrected(quirk.DisconnectWhileConnecting).Do(giveUpBeginning, settle).Enter(Constructed),
			on(messages.Destroy{}).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, settle).Enter(Constructed),
			on(messages.Destroy{}).Do(settle).Source("1.1 any/destroy()")),

		in(Streaming, "There is a streaming layer: it remembers proposals and sessions.",
			initial(Connecting),
			in(Connecting, "The stream is on its way.",
				on(messages.StreamUp{}).If(aside).Quirk(quirk.LoginOutlivesStream).Do(announceConnected).Source("1.2 dialing/bind then lost"),
				on(messages.StreamUp{}).Do(announceConnected, subscribe).Enter(Subscribing).Source("1.1 initializing/stream connected").Source("1.1 wiring/agent"),
				on(messages.StreamRefused{}).Corrected(quirk.CallsOutliveClient).Do(refuseStream).Enter(Unready),
				on(messages.StreamRefused{}).Quirk(quirk.CallsOutliveClient).Do(refuseStream).Enter(Constructed).Source("1.1 initializing/stream gives up"),
				on(messages.StreamGivenUp{}).Corrected(quirk.DisconnectWhileConnecting).Do(refuseGivenUp).Enter(Unready),
				on(messages.Destroy{}).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, forgetWatchers, dropCalls, closeForGood).Enter(Destroyed),
				on(messages.Destroy{}).Do(settle).Source("1.1 any/destroy()"),
				early, ignore("nobody listens yet", messages.Invited{}, messages.SessionDescribed{})),
			in(Subscribing, "The conversation topic is being subscribed to.",
				on(messages.SubscribeNow{}).Do(sendSubscribe).Source("1.1 wiring/agent"),
				on(messages.IQAnswered{}).If(subscribed).If(softphoneAllowed).Do(fetchStation, subscribeStation).Enter(Enabling).Source("1.1 wiring/enable softphone"),
				on(messages.IQAnswered{}).If(subscribed).Do(announceReady).Enter(Ready).Source("1.1 wiring/all types enabled"),
				on(messages.IQAnswered{}).Do(refuseSubscription).Enter(Unready).Source("1.1 wiring/agent"),
				fsm.AfterInPlace[Data](iqTimeout).Do(refuseSilence).Enter(Unready).Source("2 XMPP IQ response"),
				on(messages.Destroy{}).If(nothingListed).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, forgetWatchers, dropCalls, closeForGood).Enter(Destroyed).Source("1.1 any/destroy()"),
				on(messages.Destroy{}).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, destroySessions).Enter(Destroying).Source("1.1 any/destroy()"),
				early, ignore("nobody listens yet", messages.Invited{}, messages.SessionDescribed{})),

			in(Wired, "Proposals and sessions are heard.",
				initial(Enabling),
				in(Enabling, "The station is fetched and its topic subscribed to; then the type is enabled.",
					on(messages.StationSettled{}).If(topicsDone).Do(enable, announceReady, ringProposed).Enter(Ready).Source("1.1 wiring/all types enabled"),
					on(messages.StationSettled{}).Do(noteStationDone),
					on(messages.TopicsSubscribed{}).If(topicsFailed).Do(refuseTopics).Enter(Unready).Source("3.6 PUT subscriptions"),
					on(messages.TopicsSubscribed{}).If(stationDone).Corrected(quirk.StationReadEarly).Do(noteHearing, enable, announceReady, ringProposed, readStation).Enter(Ready),
					on(messages.TopicsSubscribed{}).If(stationDone).Do(noteHearing, enable, announceReady, ringProposed).Enter(Ready).Source("1.1 wiring/all types enabled"),
					on(messages.TopicsSubscribed{}).Corrected(quirk.StationReadEarly).Do(noteHearing, noteTopicsDone, readStation),
					on(messages.TopicsSubscribed{}).Do(noteHearing, noteTopicsDone),
					early),
				in(Ready, "Calls can come.",
					initializeAgain,
					on(messages.AllowSessionType{}).If(alreadyAllowed).Do(settle).Source("1.1 ready/addAllowedSessionType allowed"),
					on(messages.AllowSessionType{}).If(softphoneAsked).Do(noteAllowing, fetchStationNow, subscribeStationAgain).Source("1.1 ready/addAllowedSessionType softphone"),
					on(messages.AllowSessionType{}).Do(settle),
					on(messages.StationSettled{}).If(stationCompletes).Do(noteStationAllowed, enable, settleAllowed).Source("1.1 ready/addAllowedSessionType softphone"),
					on(messages.TopicsHeard{}).If(allowing).If(heardFails).Do(refuseAllowed).Source("3.6 PUT subscriptions"),
					on(messages.TopicsHeard{}).If(topicsComplete).Corrected(quirk.StationReadEarly).Do(noteTopicsAllowed, enable, settleAllowed, readStation),
					on(messages.TopicsHeard{}).If(topicsComplete).Do(noteTopicsAllowed, enable, settleAllowed).Source("1.1 ready/addAllowedSessionType softphone"),
					on(messages.TopicsHeard{}).If(allowing).Corrected(quirk.StationReadEarly).Do(noteTopicsAllowed, readStation),
					on(messages.TopicsHeard{}).If(allowing).Do(noteTopicsAllowed),
					on(messages.TopicsSubscribed{}).If(topicsFailed).Corrected(quirk.TopicsRefusedForGood).Do(subscribeLater),
					on(messages.TopicsSubscribed{}).Unless(topicsFailed).If(deaf).Corrected(quirk.DeafWhileDown).Do(noteHearing, readAgain, readStation),
					ignore("nobody waits for it", messages.TopicsSubscribed{})),
				in(Destroying, "All sessions were told to end; until they have, calls are looked after.",
					on(messages.Departed{}).If(lastToGo).Do(countGone, forgetWatchers, dropCalls, closeAfterLast).Enter(Destroyed).Source("1.1 any/destroy()"),
					on(messages.Departed{}).Do(countGone),
					on(messages.Destroy{}).Do(refuseTooEarly),
					nothingBegins),
				on(messages.DisallowSessionType{}).Do(disable, settle).Source("1.1 ready/removeAllowedSessionType"),
				invitationsHeard, sessionsRaised, acceptance, orders, conversationsHeard, stationHeard,
				on(messages.StreamUp{}).Corrected(quirk.DeafWhileDown).Do(announceReconnected, checkPeers, noteDeaf, resubscribeBack),
				on(messages.PageShown{}).If(shown).Do(checkPeers).Source("1.7 page visible"),
				on(messages.PeerGone{}).If(watched).Corrected(quirk.FailureNeedsInterruption).Do(announceGone, leaveGone),
				on(messages.PeerGone{}).If(watched).Quirk(quirk.FailureNeedsInterruption).Do(announceGone).Source("1.7 page visible"),
				on(messages.Destroy{}).If(nothingListed).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, forgetWatchers, dropCalls, closeForGood).Enter(Destroyed).Source("1.1 any/destroy()"),
				on(messages.Destroy{}).If(namelessListed).Do(giveUpInitialize, destroyBefore, refuseNameless, destroyAfter).Source("1.4 routing none"),
				on(messages.Destroy{}).If(foreignListed).Do(giveUpInitialize, destroyBefore, refuseForeign, destroyAfter).Source("1.4 routing none"),
				on(messages.Destroy{}).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, destroySessions).Enter(Destroying).Source("1.1 any/destroy()"),
				ignore("it is not needed hidden, and nothing is to be checked", messages.PageShown{}, messages.PeerGone{})),

			in(Unready, "Initializing failed; the stream goes on, if there is one.",
				initializeAgain, stationHeard,
				on(messages.Destroy{}).Corrected(quirk.CallsOutliveClient).Do(giveUpInitialize, dropCalls, closeForGood).Enter(Destroyed).Source("1.1 any/destroy()"),
				ignore("nobody listens", messages.Invited{}, messages.SessionDescribed{}, messages.ConversationNotified{})),
			in(Destroyed, "Nobody listens any more.",
				on(messages.Destroy{}).Do(settle)),

			// What the streaming layer does, whoever listens to it.
			proposals, offers, accepting, jingle, stream, ends, tooEarly,
			on(messages.Destroy{}).If(nothingListed).Quirk(quirk.CallsOutliveClient).Do(forgetWatchers, closeForGood).Source("1.1 any/destroy()"),
			on(messages.Destroy{}).Quirk(quirk.CallsOutliveClient).Do(destroySessions).Source("1.1 any/destroy()"),
			on(messages.Departed{}).If(lastToGo).Quirk(quirk.CallsOutliveClient).Do(countGone, forgetWatchers, closeAfterLast).Source("1.1 any/destroy()"),
			on(messages.Departed{}).Quirk(quirk.CallsOutliveClient).Do(countGone),
			on(messages.Publish{}).If(removes).Corrected(quirk.CallsOutliveClient).Do(publishRemoved),
			ignore("it was tried, and that is that", messages.AcceptFailed{}, messages.AcceptUntold{}),
			ignore("proposed by this very client", messages.Proceeded{}),
			ignore("no such session: the SDK stumbles, and nothing follows", messages.Terminate{}, messages.RemoteCandidate{}),
			ignore("nothing of the kind is pending", messages.PendingHandled{}, messages.PendingCancelled{}),
			ignore("the far end refused something of a session that goes on", messages.PeerRefused{}),
			ignore("nobody waits for the stream", messages.StreamGivenUp{}),
			ignore("the answer to an earlier question", messages.IQAnswered{}, messages.RequestDone{}, messages.RequestFailed{}),
			ignore("the call is not looked after any more", messages.HoldRefused{}, messages.MuteRefused{}),
			on(messages.TopicsHeard{}).If(allowing).If(heardFails).Do(refuseAllowed),
			on(messages.TopicsHeard{}).If(topicsComplete).Do(noteTopicsAllowed, settleAllowed),
			on(messages.TopicsHeard{}).If(allowing).Do(noteTopicsAllowed),
			on(messages.StationSettled{}).If(stationCompletes).Do(noteStationAllowed, settleAllowed),
			on(messages.StationSettled{}).If(allowing).Do(noteStationAllowed),
			ignore("nobody waits for it", messages.Departed{}, messages.StationSettled{}, messages.TopicsSubscribed{}, messages.TopicsHeard{})),

		// The lists, and what is only passed on.
		on(messages.CallPlaced{}).Do(notePlaced),
		on(messages.ProposalView{}).Do(noteProposal),
		on(messages.InvitationView{}).Do(noteInvitation),
		on(messages.SessionView{}).Do(noteSession),
		on(messages.MediaView{}).Do(noteMedia),
		on(messages.ConversationView{}).Do(noteConversation),
		on(messages.LineView{}).Do(noteLine),
		on(messages.StationView{}).Do(noteStation),
		on(messages.ConnectionView{}).Do(noteConnection),
		on(messages.WatcherView{}).Do(noteWatcher),
		on(messages.RetryView{}).If(requestEnds).Do(forgetRetrying),
		on(messages.RetryView{}).If(requestBegins).Do(noteRetrying),
		ignore("it is known already", messages.RetryView{}),
		on(messages.SocketOpened{}).Do(pass),
		on(messages.SocketClosed{}).Do(pass),
		on(messages.SocketFailed{}).Do(pass),
		on(messages.StreamOpened{}).Do(pass),
		on(messages.StreamFeatures{}).Do(pass),
		on(messages.SASLSucceeded{}).Do(pass),
		on(messages.SASLFailed{}).Do(pass),
		on(messages.StreamEnded{}).Do(pass),
		on(messages.NetworkChanged{}).Do(pass).Source("1.2 attempting/browser offline"),
		on(messages.Disconnect{}).If(retrying).Quirk(quirk.DisconnectWhileConnecting).Do(stopRetrying, settle).Source("1.1 any/disconnect()"),
		on(messages.Disconnect{}).Do(settle).Source("1.2 idle/disconnect()"),
		on(messages.SetAccessToken{}).Do(settle).Source("1.1 any/setAccessToken(t)"),
		on(messages.UnknownRequest{}).Do(refuseUnknown),
		on(messages.Initialize{}).Do(refuseTooEarly),
		uninitialized,
		ignore("nobody knows what it is", messages.UnknownFrame{}, messages.UnknownRPC{}, messages.UnknownTopic{})))

// The words of the chart, bound to its data.
var (
	in       = fsm.In[Data]
	initial  = fsm.Initial[Data]
	ignore   = fsm.Ignore[Data]
	together = fsm.Together[Data]
)

func on[E messages.Input](e E) *fsm.InPlace[Data, E] { return fsm.OnInPlace[Data](e) }
