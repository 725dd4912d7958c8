// Package softphone is the statechart of the client: it is constructed, initialized, ready, destroyed. While it is ready
// it keeps the ordered lists of proposals, invitations, sessions and conversations, and passes what comes in on to the
// one that it is about, together with what that one needs to know of the others.
//
// It chooses and forwards; what happens to a call is decided in the other charts.
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

		in(Constructed, "Nothing was asked of it, or initializing failed.",
			on(messages.Configured{}).Do(configure).Source("1.1 construct ok"),
			on(messages.Initialize{}).Do(fetchIdentity).Enter(Identifying).Source("1.1 constructed/initialize agent"),
			on(messages.RequestFailed{}).Do(announceHTTP).Source("1.1 initializing/http fails"),
			on(messages.Destroy{}).Do(settle).Source("1.1 any/destroy()"),
			ignore("initializing has failed already", messages.RequestDone{})),
		in(Identifying, "Who are we? The user and the organisation are being read.",
			on(messages.RequestDone{}).If(secondAnswer).Do(noteIdentity, connect).Enter(Connecting).Source("1.1 constructed/initialize agent"),
			on(messages.RequestDone{}).Do(noteIdentity),
			on(messages.RequestFailed{}).Do(announceHTTP, refuseInitialize).Enter(Constructed).Source("1.1 initializing/http fails"),
			on(messages.Destroy{}).Do(settle).Source("1.1 any/destroy()")),

		in(Streaming, "There is a streaming layer: it remembers proposals and sessions.",
			initial(Connecting),
			in(Connecting, "The stream is on its way.",
				on(messages.StreamUp{}).Do(announceConnected, subscribe).Enter(Subscribing).Source("1.1 initializing/stream connected").Source("1.1 wiring/agent"),
				on(messages.StreamRefused{}).Do(refuseStream).Enter(Constructed).Source("1.1 initializing/stream gives up"),
				on(messages.Destroy{}).Do(settle).Source("1.1 any/destroy()"),
				ignore("nobody listens yet", messages.Invited{}, messages.SessionDescribed{})),
			in(Subscribing, "The conversation topic is being subscribed to.",
				on(messages.SubscribeNow{}).Do(sendSubscribe).Source("1.1 wiring/agent"),
				on(messages.IQAnswered{}).If(subscribed).If(softphoneAllowed).Do(fetchStation, subscribeStation).Enter(Enabling).Source("1.1 wiring/enable softphone"),
				on(messages.IQAnswered{}).If(subscribed).Do(announceReady).Enter(Ready).Source("1.1 wiring/all types enabled"),
				on(messages.IQAnswered{}).Do(refuseSubscription).Enter(Constructed).Source("1.1 wiring/agent"),
				fsm.After[Data](iqTimeout).Do(refuseSilence).Enter(Constructed).Source("2 XMPP IQ response"),
				on(messages.Destroy{}).Do(destroySessions).Source("1.1 any/destroy()"),
				ignore("nobody listens yet", messages.Invited{}, messages.SessionDescribed{})),

			in(Wired, "Proposals and sessions are heard.",
				initial(Enabling),
				in(Enabling, "The station is fetched and its topic subscribed to; then the type is enabled.",
					on(messages.StationSettled{}).If(topicsDone).Do(enable, announceReady).Enter(Ready).Source("1.1 wiring/all types enabled"),
					on(messages.StationSettled{}).Do(noteStationDone),
					on(messages.TopicsSubscribed{}).If(topicsFailed).Do(refuseTopics).Enter(Constructed).Source("3.6 PUT subscriptions"),
					on(messages.TopicsSubscribed{}).If(stationDone).Do(enable, announceReady).Enter(Ready).Source("1.1 wiring/all types enabled"),
					on(messages.TopicsSubscribed{}).Do(noteTopicsDone)),
				in(Ready, "Calls can come.",
					on(messages.Initialize{}).Do(fetchIdentity).Enter(Identifying).Source("1.1 ready/initialize again"),
					on(messages.AllowSessionType{}).If(alreadyAllowed).Do(settle).Source("1.1 ready/addAllowedSessionType allowed"),
					on(messages.AllowSessionType{}).If(softphoneAsked).Do(noteAllowing, fetchStationNow, subscribeStationAgain).Source("1.1 ready/addAllowedSessionType softphone"),
					on(messages.AllowSessionType{}).Do(settle),
					on(messages.StationSettled{}).If(topicsDone).Do(enable, settleAllowing).Source("1.1 ready/addAllowedSessionType softphone"),
					on(messages.StationSettled{}).Do(noteStationDone),
					on(messages.TopicsSubscribed{}).If(allowing).If(topicsFailed).Do(refuseAllowing).Source("3.6 PUT subscriptions"),
					on(messages.TopicsSubscribed{}).If(allowing).If(stationDone).Do(enable, settleAllowing).Source("1.1 ready/addAllowedSessionType softphone"),
					on(messages.TopicsSubscribed{}).If(allowing).Do(noteTopicsDone),
					ignore("nobody waits for it", messages.TopicsSubscribed{})),
				on(messages.DisallowSessionType{}).Do(disable, settle).Source("1.1 ready/removeAllowedSessionType"),

				on(messages.Invited{}).If(fromNowhere).Do(announceNoHandler).Source("1.4 routing none"),
				on(messages.Invited{}).If(softphoneOff).Source("1.4 onPropose disabled"),
				on(messages.Invited{}).If(invitedBefore).Do(inviteAgain).Source("1.4 onPropose same").Source("1.4 onPropose not accepted").Source("1.4 onPropose accepted"),
				on(messages.Invited{}).Do(invite).Source("1.4 onPropose none"),
				on(messages.RingWanted{}).If(ringsAlready).Corrected(quirk.MocksDuplicate),
				on(messages.RingWanted{}).Do(mock).Source("1.6.8 row 5a"),
				on(messages.ProceedWanted{}).Do(proceed).Source("1.6.3"),

				on(messages.SessionDescribed{}).If(describedNowhere).Do(announceNoHandlerForSession).Source("1.4 routing none"),
				on(messages.SessionDescribed{}).If(softphoneOffForSession).Source("1.4 disabled"),
				on(messages.SessionDescribed{}).If(takesOverID).Corrected(quirk.NamesakesTogether).Do(adopt, yieldOld, keepBook, announceStarted, sendAccept, settleAnswered, acceptOnItsOwn),
				on(messages.SessionDescribed{}).If(reinvited).Corrected(quirk.ReinviteForgetsStarted).Do(adopt, keepBook, announceStarted, sendAccept, replaceOld, acceptOnItsOwn),
				on(messages.SessionDescribed{}).If(reinvited).Quirk(quirk.ReinviteForgetsStarted).Do(adopt, sendAccept, replaceOld, acceptOnItsOwn).Source("1.6.5 step 1").Source("1.6.5 step 2").Source("1.6.5 step 5").Source("1.6.5 step 6"),
				on(messages.SessionDescribed{}).If(autoConnects).Do(adopt, announceStarted, sendAccept, settleAnswered, acceptOnItsOwn).Source("1.6.5 step 1").Source("1.6.5 step 2").Source("1.6.5 step 3").Source("1.6.5 step 4").Source("1.6.5 step 6"),
				on(messages.SessionDescribed{}).Do(adopt, announceStarted, sendAccept, settleAnswered).Source("1.6.5 step 4").Source("1.6.5 step 6"),

				on(messages.AcceptNow{}).If(lineIsThis).Do(settleAccept).Source("1.6.6 step 2"),
				on(messages.AcceptNow{}).If(callsNobody).If(becomesLine).Corrected(quirk.PrivateCallHolds).Do(takeLine, startAcceptance),
				on(messages.AcceptNow{}).If(callsNobody).Corrected(quirk.PrivateCallHolds).Do(startAcceptance),
				on(messages.AcceptNow{}).If(holdsOthers).If(becomesLine).Do(holdOthers, takeLine, startAcceptance).Source("1.6.6 step 1").Source("1.6.6 step 3"),
				on(messages.AcceptNow{}).If(holdsOthers).Do(holdOthers, startAcceptance).Source("1.6.6 step 1").Source("1.6.1 unset/acceptSession LA>1"),
				on(messages.AcceptNow{}).If(becomesLine).Do(takeLine, startAcceptance).Source("1.6.6 step 3").Source("1.6.1 unset/acceptSession"),
				on(messages.AcceptNow{}).Do(startAcceptance).Source("1.6.1 set/acceptSession live"),
				on(messages.MicrophoneReady{}).Do(tellGoOn).Source("1.6.6 step 5"),
				on(messages.AttachSession{}).If(carriesKnown).Do(attachSession).Source("1.6.6 step 6'"),
				on(messages.AttachSession{}).If(privateSession).Source("1.6.6 step 6"),
				on(messages.AttachSession{}).Do(storePlaceholder).Source("1.6.6 step 6"),

				on(messages.Answer{}).If(nothingToAnswer).Do(refuseAnswer).Source("1.4 acceptPendingSession"),
				on(messages.Answer{}).Do(answer).Source("1.4 acceptPendingSession"),
				on(messages.Decline{}).If(nothingToDecline).Do(refuseDecline).Source("1.4 rejectPendingSession"),
				on(messages.Decline{}).Do(decline).Source("1.4 rejectPendingSession"),
				on(messages.AcceptSession{}).If(acceptUnnamed).Do(refuseAcceptUnnamed).Source("1.4 acceptSession"),
				on(messages.AcceptSession{}).If(acceptUnknown).Do(refuseAcceptUnknown).Source("1.4 acceptSession"),
				on(messages.AcceptSession{}).If(acceptedAlready).Corrected(quirk.AcceptRepeats).Do(settle),
				on(messages.AcceptUntold{}).Corrected(quirk.AcceptFailsSilently).Do(announceAcceptFailed),
				on(messages.AcceptFailed{}).Corrected(quirk.FailedAcceptIsFinal).Do(forgetByHand),
				on(messages.AcceptSession{}).If(acceptedByHand).Do(settle).Source("1.4 acceptSession"),
				on(messages.AcceptSession{}).If(acceptForeign).Do(noteByHand, refuseForeign).Source("1.4 routing none"),
				on(messages.AcceptSession{}).Do(acceptByHand).Source("1.4 acceptSession"),
				on(messages.EndSession{}).If(endUnnamed).Do(refuseEndUnnamed).Source("1.4 endSession"),
				on(messages.EndSession{}).If(endUnknown).Do(refuseEndUnknown).Source("1.4 endSession"),
				on(messages.EndSession{}).If(endForeign).Do(refuseForeign).Source("1.4 routing none"),
				on(messages.EndSession{}).Do(hangUp).Source("1.4 endSession"),
				on(messages.FallbackWanted{}).Do(tellFallback).Source("1.6.9 step 3").Source("1.6.9 step 4").Source("1.6.9 step 5"),
				on(messages.TerminateSession{}).If(terminateUnknown).Do(refuseTerminate).Source("1.4 forceTerminateSession"),
				on(messages.TerminateSession{}).If(terminateNameless).Do(refuseNameless).Source("1.4 routing none"),
				on(messages.TerminateSession{}).If(terminateForeign).Do(refuseForeign).Source("1.4 routing none"),
				on(messages.TerminateSession{}).Do(depart).Source("1.4 forceTerminateSession"),
				on(messages.Mute{}).If(muteUnknown).Do(refuseMute).Source("1.4 setAudioMute"),
				on(messages.Mute{}).If(muteForeign).Do(refuseForeign).Source("1.4 routing none"),
				on(messages.Mute{}).Do(mute).Source("1.6.10 setAudioMute"),
				on(messages.MuteVideo{}).If(muteVideoUnknown).Do(refuseMuteVideo).Source("1.4 setVideoMute"),
				on(messages.MuteVideo{}).If(muteVideoForeign).Do(refuseForeign).Source("1.4 routing none"),
				on(messages.MuteVideo{}).Do(refuseVideo).Source("1.6.10 setVideoMute"),
				on(messages.Hold{}).If(holdUnknown).Do(refuseHold).Source("1.4 setConversationHeld"),
				on(messages.Hold{}).If(holdForeign).Do(refuseForeign).Source("1.4 routing none"),
				on(messages.Hold{}).If(peerIsDown).Do(settle).Source("1.6.10 setConversationHeld"),
				on(messages.Hold{}).If(retrievesAmongOthers).Do(holdOtherThanThis, hold).Source("1.6.10 setConversationHeld").Source("4.3 O13"),
				on(messages.Hold{}).Do(hold).Source("1.6.10 setConversationHeld"),
				on(messages.HoldRefused{}).Do(undoHold).Source("1.6.10 setConversationHeld"),
				on(messages.MuteRefused{}).Do(undoMute).Source("1.6.10 setAudioMute"),
				on(messages.Dial{}).If(streamDown).Do(refuseDialDown).Source("1.1 startSession"),
				on(messages.Dial{}).If(dialDisabled).Do(refuseDialDisabled).Source("1.1 startSession"),
				on(messages.CallPlaced{}).Do(notePlaced),
				on(messages.Dial{}).Do(dial).Source("3.6 POST calls"),

				on(messages.ConversationNotified{}).If(notificationsOff).Source("1.1 disabled handler"),
				on(messages.ConversationNotified{}).Unless(mine).Source("1.6.7 no participant"),
				on(messages.ConversationNotified{}).If(conversationKnown).Do(tellConversation).Source("1.6.7 order 1").Source("1.6.7 order 2").Source("1.6.7 order 3").Source("1.6.7 order 4"),
				on(messages.ConversationNotified{}).Do(startConversation).Source("1.6.7 order 2").Source("1.6.7 order 3").Source("1.6.7 order 4"),
				on(messages.Publish{}).If(addedBefore).Corrected(quirk.AddedAgain).Do(publishAsUpdate),
				on(messages.Publish{}).If(removes).Do(publishRemoved).Source("1.6.8 assembly").Source("1.6.8 active"),
				on(messages.Publish{}).Do(publish).Source("1.6.8 assembly").Source("1.6.8 active"),

				on(messages.StationNotified{}).If(stationUnheard),
				on(messages.StationNotified{}).If(migration).If(someoneHasNoSession).Quirk(quirk.MigrationNeedsSessions).Source("1.3 WebRTCMigration").Source("1.6.8 getActiveConversations"),
				on(messages.StationNotified{}).Do(tellStation).Source("1.3 Associated").Source("1.3 Disassociated").Source("1.3 WebRTCMigration").Source("1.3 other"),
				on(messages.PageShown{}).If(shown).Do(checkPeers).Source("1.7 page visible"),
				on(messages.PeerGone{}).If(watched).Do(announceGone).Source("1.7 page visible"),
				on(messages.Destroy{}).If(nothingListed).Do(forgetWatchers, closeForGood).Enter(Destroyed).Source("1.1 any/destroy()"),
				on(messages.Destroy{}).If(namelessListed).Do(destroyKnown, refuseNameless).Source("1.4 routing none"),
				on(messages.Destroy{}).If(foreignListed).Do(destroyKnown, refuseForeign).Source("1.4 routing none"),
				on(messages.Destroy{}).Do(destroySessions).Enter(Destroying).Source("1.1 any/destroy()"),
				ignore("it was tried, and that is that", messages.AcceptFailed{}, messages.AcceptUntold{}),
				ignore("it is not needed hidden, and nothing is to be checked", messages.PageShown{}, messages.PeerGone{})),

			in(Destroying, "All sessions were told to end.",
				on(messages.Departed{}).If(lastToGo).Do(countGone, forgetWatchers, closeForGood).Enter(Destroyed).Source("1.1 any/destroy()"),
				on(messages.Departed{}).Do(countGone),
				on(messages.ConversationNotified{}).If(conversationKnown).If(mine).Do(tellConversation),
				on(messages.Publish{}).If(addedBefore).Corrected(quirk.AddedAgain).Do(publishAsUpdate),
				on(messages.Publish{}).If(removes).Do(publishRemoved),
				on(messages.Publish{}).Do(publish)),
			in(Destroyed, "Nobody listens any more.",
				on(messages.Destroy{}).Do(settle)),

			// What the streaming layer does, whoever listens to it.
			on(messages.Propose{}).If(notSetUp).Source("1.2 dialing/bind done"),
			on(messages.Propose{}).If(proposedByUs).Source("1.5 none/propose own"),
			on(messages.Propose{}).If(proposalKnown).Do(tellProposal).Source("1.5 offered/propose").Source("1.5 proceeded/propose"),
			on(messages.Propose{}).Do(startProposal).Source("1.5 none/propose"),
			on(messages.TakeProposal{}).If(takeKnown).Do(tellTake).Source("1.5 offered/acceptRtcSession"),
			on(messages.TakeProposal{}).Corrected(quirk.LegacyErrorEvent).Do(announceNoProposalError),
			on(messages.TakeProposal{}).Quirk(quirk.LegacyErrorEvent).Do(announceNoProposal).Source("1.5 none/acceptRtcSession"),
			on(messages.Retract{}).If(notSetUp).Source("1.2 dialing/bind done"),
			on(messages.Retract{}).If(retractForeign).Corrected(quirk.SenderUnchecked),
			on(messages.Retract{}).Do(forgetProposal, cancelPending).Source("1.5 any/retract"),
			on(messages.Accepted{}).If(notSetUp).Source("1.2 dialing/bind done"),
			on(messages.Accepted{}).If(acceptedByStranger).Corrected(quirk.SenderUnchecked),
			on(messages.Accepted{}).Do(handlePending).Source("1.5 any/accept or reject message"),
			on(messages.Rejected{}).If(notSetUp).Source("1.2 dialing/bind done"),
			on(messages.Rejected{}).If(rejectedByStranger).Corrected(quirk.SenderUnchecked),
			on(messages.Rejected{}).Do(handlePendingRejected).Source("1.5 any/accept or reject message"),
			on(messages.PendingHandled{}).If(handledPending).Do(tellHandled).Source("1.4 onHandledPendingSession"),
			on(messages.PendingCancelled{}).If(cancelledPending).Do(tellCancelled).Source("1.4 onCancelPendingSession"),

			on(messages.Offer{}).If(unbelievable).Corrected(quirk.ReinviteBelieved),
			on(messages.Offer{}).Unless(reinvites).If(unasked).Corrected(quirk.UnsolicitedOffer),
			on(messages.Offer{}).If(sameTransport).Do(carryOffered, renegotiate).Source("1.7 offer same ICE"),
			on(messages.Offer{}).Do(carryOffered, openSession).Source("1.7 offer unknown sid").Source("1.7 offer ICE changed"),
			on(messages.Terminate{}).If(terminateByStranger).Corrected(quirk.SenderUnchecked),
			on(messages.Terminate{}).If(terminateKnown).Do(tellTerminate).Source("1.7 any/terminate rpc"),
			on(messages.RemoteCandidate{}).If(candidateByStranger).Corrected(quirk.SenderUnchecked),
			on(messages.RemoteCandidate{}).If(candidateKnown).Do(tellCandidate).Source("3.3 iceCandidate"),
			on(messages.SessionInitiate{}).If(emptyInitiate).Do(refuseEmpty),
			on(messages.SessionInitiate{}).If(initiateTaken).Do(refuseOutOfOrder).Source("3.4 session-initiate"),
			on(messages.SessionInitiate{}).If(initiateTied).Do(refuseTied).Source("3.4 session-initiate"),
			on(messages.SessionInitiate{}).If(initiateStranger).Do(refuseStranger).Source("3.4 session-initiate"),
			on(messages.SessionInitiate{}).If(unaskedInitiate).Corrected(quirk.UnsolicitedOffer).Do(refuseUnasked),
			on(messages.SessionInitiate{}).If(overXMPPPromised).Corrected(quirk.InitiateEatsPropose),
			on(messages.SessionInitiate{}).If(overXMPPPromised).Quirk(quirk.InitiateEatsPropose).Do(forgetInitiated).Source("3.4 swallowed"),
			on(messages.SessionInitiate{}).Do(openJingle, forgetInitiated).Source("3.4 session-initiate").Source("1.5 offered/session-initiate"),
			on(messages.SessionTerminate{}).If(jingleKnown).Do(tellSessionTerminate).Source("3.4 session-terminate"),
			on(messages.SessionTerminate{}).If(jingleForeign).Do(refuseForeignTerminate).Source("3.4 unknown sid"),
			on(messages.SessionTerminate{}).Do(acknowledgeTerminate).Source("3.4 unknown sid"),
			on(messages.TransportInfo{}).If(transportKnown).Do(tellTransport).Source("3.4 transport-info"),
			on(messages.TransportInfo{}).Do(refuseTransport).Source("3.4 unknown sid"),
			on(messages.SessionInfo{}).If(infoKnown).If(emptyInfo).Do(acknowledgeInfo).Source("3.4 session-info"),
			on(messages.SessionInfo{}).If(infoKnown).Do(refuseInfo).Source("3.4 session-info"),
			on(messages.SessionInfo{}).Do(refuseInfoUnknown).Source("3.4 unknown sid"),
			on(messages.SessionAccept{}).If(acceptJingleKnown).Do(refuseAcceptOrder).Source("3.4 session-accept"),
			on(messages.SessionAccept{}).Do(refuseAcceptForeign).Source("3.4 unknown sid"),
			on(messages.JingleAction{}).If(actionKnown).Do(refuseAction).Source("3.4 other actions"),
			on(messages.JingleAction{}).Do(refuseActionUnknown).Source("3.4 unknown sid"),
			on(messages.PeerRefused{}).If(peerForgotUs).Do(endForgotten).Source("1.7 Jingle peer answers unknown-session"),
			on(messages.ServerAsked{}).If(serverPings).Do(answerPing),
			on(messages.ServerAsked{}).Do(refuseServer),

			on(messages.StreamUp{}).Do(announceReconnected).Source("1.1 ready(down)/stream back"),
			on(messages.StreamLost{}).Do(announceDisconnected).Source("1.1 ready/stream lost"),
			on(messages.StreamRenewed{}).If(newChannel).Corrected(quirk.JingleLostOnReconnect).Do(noteChannel, resubscribe),
			on(messages.StreamRenewed{}).Corrected(quirk.JingleLostOnReconnect).Do(noteChannel),
			on(messages.StreamRenewed{}).If(newChannel).Quirk(quirk.JingleLostOnReconnect).Do(dropJingle, resubscribe).Source("1.2 hard reconnect finished").Source("1.2 after a reconnect"),
			on(messages.StreamRenewed{}).Quirk(quirk.JingleLostOnReconnect).Do(dropJingle).Source("1.2 after a reconnect"),
			on(messages.SubscriptionsExpiring{}).Do(resubscribeNow).Source("1.2 up/streaming-subscriptions-expiring"),
			on(messages.NoLongerSubscribed{}).Do(pass).Source("1.2 up/no_longer_subscribed"),
			on(messages.DuplicateID{}).Do(pass).Source("1.2 up/duplicate_id"),
			on(messages.ServersFound{}).Do(noteServers).Source("3.1 step 6"),
			on(messages.Disconnect{}).Do(disconnect).Source("1.1 any/disconnect()"),

			on(messages.CarryConversation{}).Do(carry).Source("1.6.8 row 6b"),
			on(messages.NoteStarted{}).Do(noteStarted).Source("1.6.8 row 6b"),
			on(messages.EndAnnounced{}).Corrected(quirk.EndsAnnouncedAgain).Do(forgetStart, tellWatchers),
			on(messages.EndAnnounced{}).Quirk(quirk.EndsAnnouncedAgain).Do(tellWatchers).Source("1.6.9 step 2"),
			on(messages.InterruptionSeen{}).Do(announceInterrupted).Source("1.7 interrupted"),
			on(messages.SessionTerminatedNow{}).If(endedOverJingle).If(wasLine).Unless(neverRaised).Do(announceEnd, handOver, tellDepartures, unlist, forgetEnded).Source("1.7 terminated").Source("1.6.1 current terminates").Source("1.6.1 otherwise"),
			on(messages.SessionTerminatedNow{}).If(endedOverJingle).Unless(neverRaised).Do(announceEnd, tellDepartures, unlist, forgetEnded).Source("1.7 terminated"),
			on(messages.SessionTerminatedNow{}).If(wasLine).Unless(neverRaised).Do(unlist, announceEnd, handOver, tellDepartures, forgetEnded).Source("1.7 terminated").Source("1.6.1 current terminates").Source("1.6.1 otherwise"),
			on(messages.SessionTerminatedNow{}).Unless(neverRaised).Do(unlist, announceEnd, tellDepartures, forgetEnded).Source("1.7 terminated"),
			on(messages.SessionTerminatedNow{}).Do(unlist, tellDepartures, forgetEnded),
			ignore("proposed by this very client", messages.Proceeded{}),
			ignore("no such session: the SDK stumbles, and nothing follows", messages.Terminate{}, messages.RemoteCandidate{}),
			ignore("nothing of the kind is pending", messages.PendingHandled{}, messages.PendingCancelled{}),
			ignore("the far end refused something of a session that goes on", messages.PeerRefused{}),
			ignore("the answer to an earlier question", messages.IQAnswered{}, messages.RequestDone{}, messages.RequestFailed{}),
			ignore("the call is not looked after any more", messages.HoldRefused{}, messages.MuteRefused{}),
			ignore("nobody waits for it", messages.Departed{}, messages.StationSettled{}, messages.TopicsSubscribed{})),

		// The lists, and what is only passed on.
		on(messages.ProposalView{}).Do(noteProposal),
		on(messages.InvitationView{}).Do(noteInvitation),
		on(messages.SessionView{}).Do(noteSession),
		on(messages.MediaView{}).Do(noteMedia),
		on(messages.ConversationView{}).Do(noteConversation),
		on(messages.LineView{}).Do(noteLine),
		on(messages.StationView{}).Do(noteStation),
		on(messages.ConnectionView{}).Do(noteConnection),
		on(messages.WatcherView{}).Do(noteWatcher),
		on(messages.SocketOpened{}).Do(pass),
		on(messages.SocketClosed{}).Do(pass),
		on(messages.SocketFailed{}).Do(pass),
		on(messages.StreamOpened{}).Do(pass),
		on(messages.StreamFeatures{}).Do(pass),
		on(messages.SASLSucceeded{}).Do(pass),
		on(messages.SASLFailed{}).Do(pass),
		on(messages.StreamEnded{}).Do(pass),
		on(messages.NetworkChanged{}).Do(pass).Source("1.2 attempting/browser offline"),
		on(messages.Disconnect{}).Do(settle).Source("1.2 idle/disconnect()"),
		on(messages.SetAccessToken{}).Do(settle).Source("1.1 any/setAccessToken(t)"),
		on(messages.UnknownRequest{}).Do(refuseUnknown),
		on(messages.Initialize{}).Do(refuseTooEarly),
		on(messages.Answer{}).Do(refuseTooEarly),
		on(messages.Decline{}).Do(refuseTooEarly),
		on(messages.AcceptSession{}).Do(refuseTooEarly),
		on(messages.EndSession{}).Do(refuseTooEarly),
		on(messages.TerminateSession{}).Do(refuseTooEarly),
		on(messages.Mute{}).Do(refuseTooEarly),
		on(messages.MuteVideo{}).Do(refuseTooEarly),
		on(messages.Hold{}).Do(refuseTooEarly),
		on(messages.Dial{}).Do(refuseTooEarly),
		on(messages.AllowSessionType{}).Do(refuseTooEarly),
		on(messages.DisallowSessionType{}).Do(refuseTooEarly),
		on(messages.Destroy{}).Do(refuseTooEarly),
		ignore("nobody knows what it is", messages.UnknownFrame{}, messages.UnknownRPC{}, messages.UnknownTopic{})))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
