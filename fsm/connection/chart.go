// Package connection is the statechart of the stream: a notification channel, a WebSocket, XMPP on it, and again after
// each loss.
//
// Source: sdk-behaviour 1.2, 3.1 and section 2.
package connection

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the stream.
const (
	Idle           fsm.State = "Idle"
	BackingOff     fsm.State = "BackingOff"
	ToldToWait     fsm.State = "ToldToWait"
	Channelling    fsm.State = "Channelling"
	Connecting     fsm.State = "Connecting"
	Dialing        fsm.State = "Dialing"
	Opening        fsm.State = "Opening"
	Authenticating fsm.State = "Authenticating"
	Restarting     fsm.State = "Restarting"
	Binding        fsm.State = "Binding"
	Discovering    fsm.State = "Discovering"
	Preparing      fsm.State = "Preparing"
	Up             fsm.State = "Up"
	Forsaken       fsm.State = "Forsaken"
	Finishing      fsm.State = "Finishing"
	Closing        fsm.State = "Closing"
	Refused        fsm.State = "Refused"
)

// How long things may take, and how often they are done (sdk-behaviour section 2).
const (
	attemptTimeout   = 15 * time.Second
	iqTimeout        = 15 * time.Second
	restTimeout      = 30 * time.Second
	refreshPeriod    = 6 * time.Hour
	delayMin         = 2 * time.Second
	delayMax         = 90 * time.Second
	channelReusesMax = 10
)

// Chart is the life of the stream. docs/statecharts/connection.md is drawn from it.
var Chart = fsm.New("connection", "The stream: a notification channel, a WebSocket, XMPP on it, and again after each loss.",
	initial(Idle),
	in(Idle, "Nobody wants a stream.",
		on(messages.Connect{}).If(offlineAtStart).Do(begin, countFailure).Enter(BackingOff).Source("1.2 attempting/browser offline"),
		on(messages.Connect{}).Do(begin, postChannel).Enter(Channelling).Source("1.2 idle/connect first").Source("1.2 attempting/hard"),
		on(messages.CloseStream{}).Do(settleClose).Source("1.2 idle/disconnect()")),
	in(BackingOff, "The next attempt is some time away.",
		fsm.AfterDelay(delay).If(offline).Do(countFailureLater).Enter(BackingOff).Source("1.2 attempting/browser offline"),
		fsm.AfterDelay(delay).If(needsChannel).Do(postChannelNow).Enter(Channelling).Source("1.2 attempting/hard").Source("1.2 attempting/soft tenth").Source("1.2 backing off/timer").Source("1.2 idle/connect later"),
		fsm.AfterDelay(delay).Do(reuseChannel, openSocketNow).Enter(Dialing).Source("1.2 attempting/soft").Source("1.2 backing off/timer").Source("1.2 idle/connect later"),
		on(messages.CloseStream{}).Quirk(quirk.DisconnectWhileConnecting).Do(settleClose).Source("1.2 idle/disconnect()"),
		on(messages.CloseStream{}).Corrected(quirk.DisconnectWhileConnecting).Do(settleClose, giveUp).Enter(Idle)),
	in(ToldToWait, "The server said when to come again.",
		fsm.AfterDelay(toldDelay).Enter(BackingOff).Source("1.2 attempting/Retry-After"),
		on(messages.CloseStream{}).Quirk(quirk.DisconnectWhileConnecting).Do(settleClose).Source("1.2 idle/disconnect()"),
		on(messages.CloseStream{}).Corrected(quirk.DisconnectWhileConnecting).Do(settleClose, giveUp).Enter(Idle)),
	in(Channelling, "A channel was asked for.",
		on(messages.RequestDone{}).Do(keepChannel, openSocket).Enter(Dialing).Source("1.2 attempting/hard"),
		on(messages.RequestFailed{}).If(unauthorized).Do(refuse).Enter(Refused).Source("1.2 attempting/401 403"),
		on(messages.RequestFailed{}).If(toldWhen).Do(noteWhen, countTold).Enter(ToldToWait).Source("1.2 attempting/Retry-After"),
		on(messages.RequestFailed{}).Do(countRefused).Enter(BackingOff).Source("1.2 backing off/timer"),
		on(messages.CloseStream{}).Quirk(quirk.DisconnectWhileConnecting).Do(settleClose).Source("1.2 idle/disconnect()"),
		on(messages.CloseStream{}).Corrected(quirk.DisconnectWhileConnecting).Do(settleClose, giveUp).Enter(Idle)),
	in(Connecting, "The WebSocket is on its way to a bound stream.",
		initial(Dialing),
		fsm.After[Data](attemptTimeout).If(streaming).Do(closePolitely, countTimeout).Enter(BackingOff).Source("1.2 dialing/15 s"),
		fsm.After[Data](attemptTimeout).Do(closeSocket, countTimeout).Enter(BackingOff).Source("1.2 dialing/15 s"),
		in(Dialing, "The WebSocket was asked for.",
			on(messages.SocketOpened{}).If(openedNow).Do(sendOpen).Enter(Opening).Source("3.1 step 3")),
		in(Opening, "The stream's head was sent.",
			on(messages.StreamOpened{}).Do(noteStream),
			on(messages.StreamFeatures{}).Do(sendAuth).Enter(Authenticating).Source("3.1 step 4")),
		in(Authenticating, "The token was sent.",
			on(messages.SASLSucceeded{}).Do(sendOpenAgain).Enter(Restarting).Source("3.1 step 5"),
			on(messages.SASLFailed{}).Do(closeRefused, countSASL).Enter(BackingOff).Source("1.2 dialing/SASL failure")),
		in(Restarting, "The stream's head was sent again.",
			on(messages.StreamOpened{}).Do(noteStream),
			on(messages.StreamFeatures{}).If(boundBefore).Corrected(quirk.ResourceChosenAnew).Do(sendBindAsBefore).Enter(Binding),
			on(messages.StreamFeatures{}).Do(sendBind).Enter(Binding).Source("3.1 step 5")),
		in(Binding, "A resource was asked for.",
			on(messages.IQAnswered{}).If(answered).Do(noteBound, sendServices, waitForServices).Enter(Discovering).Source("3.1 step 6"),
			on(messages.IQAnswered{}).Do(closeUnbound, countUnbound).Enter(BackingOff)),
		on(messages.SocketClosed{}).If(closedNow).Do(countClosed).Enter(BackingOff).Source("1.2 dialing/disconnected"),
		on(messages.StreamEnded{}).If(endedNow).Do(countEnded, closeEnded).Enter(BackingOff),
		on(messages.CloseStream{}).Quirk(quirk.DisconnectWhileConnecting).Do(settleClose).Source("1.2 idle/disconnect()"),
		on(messages.CloseStream{}).Corrected(quirk.DisconnectWhileConnecting).Do(settleClose, giveUp, closeForGood).Enter(Idle),
		ignore("it comes from an older socket, or a close follows", messages.SocketFailed{})),
	in(Discovering, "Bound; the ICE servers were asked for.",
		on(messages.IQAnswered{}).Unless(answered).Do(closeUndiscovered, countUndiscovered).Enter(BackingOff).Source("2 ICE server discovery"),
		on(messages.IQAnswered{}).If(bothAnswered).If(wantsServerPings).Do(noteServices, renew, subscribePings, waitForPings).Enter(Preparing).Source("3.1 step 7"),
		on(messages.IQAnswered{}).If(bothAnswered).Do(noteServices, renew, ping, up).Enter(Up).Source("1.2 dialing/bind done").Source("3.1 step 6"),
		on(messages.IQAnswered{}).Do(noteServices),
		fsm.After[Data](iqTimeout).Do(closePolitely, countTimeout).Enter(BackingOff).Source("2 ICE server discovery"),
		on(messages.SocketClosed{}).If(closedNow).Quirk(quirk.LoginOutlivesStream).Do(cutOff, lose).Enter(BackingOff).Source("1.2 dialing/bind then lost"),
		on(messages.SocketClosed{}).If(closedNow).Corrected(quirk.LoginOutlivesStream).Do(countClosed).Enter(BackingOff).Source("1.2 dialing/disconnected"),
		on(messages.StreamEnded{}).If(endedNow).Do(countEnded, closeEnded).Enter(BackingOff),
		on(messages.CloseStream{}).Quirk(quirk.DisconnectWhileConnecting).Do(settleClose).Source("1.2 idle/disconnect()"),
		on(messages.CloseStream{}).Corrected(quirk.DisconnectWhileConnecting).Do(settleClose, giveUp, leaveUnannounced).Enter(Idle),
		ignore("it comes from an older socket, or a close follows", messages.SocketFailed{})),
	in(Preparing, "The server was asked to ping.",
		on(messages.IQAnswered{}).If(answered).Do(watch, upSilently).Enter(Up).Source("3.1 step 7"),
		on(messages.IQAnswered{}).Do(ping, upSilently).Enter(Up).Source("3.1 step 7"),
		fsm.After[Data](iqTimeout).Do(pingAfterSilence, upAfterSilence).Enter(Up).Source("3.1 step 7"),
		on(messages.SocketClosed{}).If(closedNow).Quirk(quirk.LoginOutlivesStream).Do(cutOffPings, lose).Enter(BackingOff).Source("1.2 dialing/bind then lost"),
		on(messages.SocketClosed{}).If(closedNow).Corrected(quirk.LoginOutlivesStream).Do(countClosed).Enter(BackingOff).Source("1.2 dialing/disconnected"),
		on(messages.CloseStream{}).Quirk(quirk.DisconnectWhileConnecting).Do(closeStream, cutOffByUs, settleClose).Enter(Closing).Source("1.2 up/disconnect()"),
		on(messages.CloseStream{}).Corrected(quirk.DisconnectWhileConnecting).Do(settleClose, giveUp, leaveUnannounced).Enter(Idle),
		ignore("it comes from an older socket, or a close follows", messages.SocketFailed{})),
	in(Up, "Messages flow.",
		fsm.After[Data](refreshPeriod).Do(refresh).Enter(Up).Source("2 ICE server refresh"),
		on(messages.LoginGivenUp{}).Do(rememberLonger).Enter(Forsaken).Source("1.2 dialing/bind then lost"),
		on(messages.LoginUpLate{}).Do(refreshLate, announceUpLate).Source("1.2 dialing/bind then lost"),
		on(messages.SocketClosed{}).If(closedNow).Do(lose).Enter(BackingOff).Source("1.2 up/stanza disconnected"),
		on(messages.StreamEnded{}).If(endedNow).Do(answerEnd).Enter(Finishing).Source("1.2 up/stanza disconnected"),
		on(messages.PingsLost{}).Do(drop, loseSilent).Enter(BackingOff).Source("2 tolerated missed pings"),
		on(messages.NoLongerSubscribed{}).Do(requireChannel, stopPinging).Source("1.2 up/no_longer_subscribed"),
		on(messages.DuplicateID{}).Do(requireChannel, stopPinging).Source("1.2 up/duplicate_id"),
		on(messages.CloseStream{}).Do(closeStream, settleClose).Enter(Closing).Source("1.2 up/disconnect()"),
		ignore("it comes from an older socket, or a close follows", messages.SocketFailed{}),
		ignore("it is not of the login", messages.IQAnswered{})),
	in(Forsaken, "Messages flow, but an older login that was given up has undone what watches the stream; its next attempt is some time away.",
		on(messages.LoginAgain{}).If(hardAgain).Do(takeOver, postChannelAgain).Enter(Channelling).Source("1.2 dialing/bind then lost"),
		on(messages.LoginAgain{}).Do(takeOver, openSocketAgain).Enter(Dialing).Source("1.2 dialing/bind then lost"),
		on(messages.PingsLost{}).Do(drop),
		on(messages.StreamEnded{}).If(endedNow).Do(answerEnd),
		on(messages.CloseStream{}).Do(closeStream, settleClose),
		ignore("nobody watches the stream", messages.SocketClosed{}, messages.SocketFailed{}, messages.NoLongerSubscribed{}, messages.DuplicateID{}),
		ignore("it is not of the login", messages.IQAnswered{})),
	in(Finishing, "The server ended the stream; its socket is still there.",
		on(messages.SocketClosed{}).If(closedNow).Do(lose).Enter(BackingOff).Source("1.2 up/stanza disconnected"),
		on(messages.PingsLost{}).Do(drop, loseSilent).Enter(BackingOff),
		on(messages.CloseStream{}).Do(closeSocketForGood, settleClose, part).Enter(Idle).Source("2 stream close grace"),
		ignore("it comes from an older socket, or a close follows", messages.SocketFailed{}, messages.IQAnswered{})),
	in(Closing, "We end the stream; the server has not said its end.",
		on(messages.StreamEnded{}).If(endedNow).Do(closeAfterEnd, partAfterEnd).Enter(Idle).Source("1.2 up/disconnect()"),
		on(messages.SocketClosed{}).If(closedNow).Do(partAfterClose).Enter(Idle).Source("1.2 up/disconnect()"),
		on(messages.CloseStream{}).Do(closeSocketForGood, settleClose, part).Enter(Idle).Source("2 stream close grace"),
		on(messages.PingsLost{}).Do(closeAfterPings, partAfterPings).Enter(Idle),
		ignore("it comes from an older socket, or a close follows", messages.SocketFailed{}, messages.IQAnswered{}),
		ignore("the next connection is a new channel anyway", messages.NoLongerSubscribed{}, messages.DuplicateID{})),
	in(Refused, "The server will not have us.",
		on(messages.Connect{}).Do(begin, postChannel).Enter(Channelling),
		on(messages.CloseStream{}).Do(settleClose).Source("1.2 idle/disconnect()")),
	on(messages.Connect{}).If(stillUp).Do(leaveOld, begin, postChannel).Enter(Channelling).Source("1.1 ready/initialize again"),
	on(messages.Connect{}).Do(begin, postChannel).Enter(Channelling).Source("1.1 ready/initialize again"),
	on(messages.StreamEnded{}).If(oldEnded).Do(closeOld, partOld).Source("1.1 ready/initialize again"),
	on(messages.SocketClosed{}).If(oldClosed).Do(partOldClosed).Source("1.1 ready/initialize again"),
	ignore("it comes from an older socket", messages.SocketOpened{}, messages.SocketClosed{}, messages.SocketFailed{}, messages.StreamEnded{}),
	on(messages.LoginGivenUp{}).Do(rememberLonger).Source("1.2 dialing/bind then lost"),
	on(messages.LoginUpLate{}).Do(announceUpLate).Source("1.2 dialing/bind then lost"),
	ignore("one login at a time is followed", messages.LoginAgain{}),
	on(messages.NetworkChanged{}).Do(noteNetwork).Source("1.2 attempting/browser offline"),
	on(messages.RememberDelay{}).Do(noteRemembered).Source("2 initial / minimal reconnect delay"))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
