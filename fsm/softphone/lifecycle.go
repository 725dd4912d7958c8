package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// initializeAgain: who we are is read anew beside what goes on; only when it is known the old stream is left.
var initializeAgain = together(
	on(messages.Initialize{}).If(alreadyBegins).Do(yieldInitialize, fetchIdentity),
	on(messages.Initialize{}).Do(fetchIdentity).Source("1.1 ready/initialize again"),
	on(messages.Disconnect{}).If(beginning).Corrected(quirk.DisconnectWhileConnecting).Do(giveUpBeginning, disconnect),
	on(messages.RequestDone{}).If(tellsWho).Unless(begins).Corrected(quirk.DisconnectWhileConnecting),
	on(messages.RequestDone{}).If(tellsWho).If(secondAnswer).Do(noteIdentity, connect).Enter(Connecting).Source("1.1 ready/initialize again"),
	on(messages.RequestDone{}).If(tellsWho).Do(noteIdentity),
	on(messages.RequestFailed{}).If(failsToTellWho).If(cancelled).If(begins).Quirk(quirk.DisconnectWhileConnecting).Do(announceHTTP, refuseSoon).Source("1.1 any/disconnect()"),
	on(messages.RequestFailed{}).If(failsToTellWho).If(cancelled).Quirk(quirk.DisconnectWhileConnecting).Do(announceHTTP).Source("1.1 any/disconnect()"),
	on(messages.InitializeCancelled{}).Quirk(quirk.DisconnectWhileConnecting).Do(refuseCancelled).Source("1.1 any/disconnect()"),
	on(messages.RequestFailed{}).If(failsToTellWho).If(initializing).Do(announceHTTP, refuseInitialize).Source("1.1 initializing/http fails"),
	on(messages.RequestFailed{}).If(failsToTellWho).Do(announceHTTP).Source("1.1 initializing/http fails"))

// nothingBegins: while everything ends, nothing new does. The row calls-outlive-client: or all goes on as before.
var nothingBegins = together(
	on(messages.Invited{}).Corrected(quirk.CallsOutliveClient),
	on(messages.RingWanted{}).Corrected(quirk.CallsOutliveClient),
	on(messages.ProceedWanted{}).Corrected(quirk.CallsOutliveClient),
	on(messages.SessionDescribed{}).Corrected(quirk.CallsOutliveClient),
	on(messages.ConversationNotified{}).Unless(conversationKnown).Corrected(quirk.CallsOutliveClient),
	on(messages.Answer{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.Decline{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.AcceptSession{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.EndSession{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.TerminateSession{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.Mute{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.MuteVideo{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.Hold{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly),
	on(messages.Dial{}).Corrected(quirk.CallsOutliveClient).Do(refuseTooEarly))

// acts is what most actions return.
type acts = messages.Acts

func tell(to messages.Ref, m messages.Input) messages.Act { return messages.Tell{To: to, Msg: m} }

// --- initialize

func configure(d *Data, e messages.Configured) (*Data, acts) {
	d.Options = e.Options
	on, err := quirk.Parse(e.Quirks)
	if err != nil {
		panic("softphone: the cell is configured with a quirk that the catalogue does not know: " + err.Error())
	}
	d.Quirks = on
	return d, nil
}

// fetchIdentity reads the organisation and the user, side by side.
func fetchIdentity(d *Data, e messages.Initialize) (*Data, acts) {
	d.Waiting, d.Answers, d.Begins = e.Call, 0, true
	ask := func(of messages.RequestKind) messages.Act {
		return messages.Spawn{Actor: "request", Msg: messages.Perform{
			Effect: messages.Request{Of: of}, Owner: messages.Root, Tag: identity, Timeout: restTimeout, Retrying: true,
		}}
	}
	return d, acts{ask(messages.GetOrganization), ask(messages.GetMe)}
}

// identity is the tag of the requests that say who we are.
const identity = "identity"

func tellsWho(_ *Data, e messages.RequestDone) bool         { return e.Tag == identity }
func failsToTellWho(_ *Data, e messages.RequestFailed) bool { return e.Tag == identity }
func initializing(d *Data, _ messages.RequestFailed) bool   { return d.Waiting != 0 }

// alreadyBegins: it is initialized again before it is known who we are. Both ask the same; the later one is answered.
func alreadyBegins(d *Data, _ messages.Initialize) bool { return d.Begins && d.Waiting != 0 }

func yieldInitialize(d *Data, _ messages.Initialize) (*Data, acts) {
	return d.initializationFailed("initialize was called again")
}

// giveUpInitialize: who initializes need not wait any more. The fact calls-outlive-client: so does initialize().
func giveUpInitialize(d *Data, _ messages.Destroy) (*Data, acts) {
	if d.Waiting == 0 || d.Quirks.Has(quirk.CallsOutliveClient) {
		return d, nil
	}
	return d.initializationFailed("destroy was called while the softphone was initializing")
}

func beginning(d *Data, _ messages.Disconnect) bool { return d.Begins }
func begins[E messages.Input](d *Data, _ E) bool    { return d.Begins }

func secondAnswer(d *Data, _ messages.RequestDone) bool { return d.Answers == 1 }

func noteIdentity(d *Data, e messages.RequestDone) (*Data, acts) {
	d.Answers++
	if e.HTTP.Me != nil {
		d.Me = *e.HTTP.Me
	}
	return d, nil
}

// connect opens the stream for a new streaming layer, which remembers nothing. The fact calls-outlive-client: the calls of
// the old one are forgotten as they are, or dropped.
func connect(d *Data, _ messages.RequestDone) (*Data, acts) {
	var out acts
	if d.Quirks.Has(quirk.CallsOutliveClient) {
		d.Proposals, d.Early, d.Invitations, d.Sessions, d.Conversations, d.Watchers = nil, nil, nil, nil, nil, nil
	} else {
		out = d.dropCalls()
	}
	out = append(out, d.settleAllowing(nil)...) // the new layer has its own topics
	d.Published, d.Begins = nil, false
	d.Ever, d.Enabled, d.Ears, d.Station, d.Topics, d.Deaf = false, false, 0, false, false, false
	return d, append(out,
		tell(messages.LineActor, messages.LineReleased{}),
		tell(messages.KeeperActor, messages.ForgetTopics{}),
		tell(messages.ConnectionActor, messages.Connect{
			JID: d.Me.JID, Resource: d.Options.JIDResource, ServerSidePings: d.Options.UseServerSidePings,
		}))
}

func announceHTTP(d *Data, e messages.RequestFailed) (*Data, acts) {
	return d, messages.Refused(0, messages.ErrHTTP, e.Error.Message)
}

func refuseInitialize(d *Data, e messages.RequestFailed) (*Data, acts) {
	return d.initializationFailed(e.Error.Message)
}

func refuseStream(d *Data, e messages.StreamRefused) (*Data, acts) {
	return d.initializationFailed(e.Error.Message)
}

// The SDK has no words for a subscription that fails: the error is a stanza.
func refuseSubscription(d *Data, _ messages.IQAnswered) (*Data, acts) {
	return d.initializationFailed("")
}
func refuseSilence(d *Data, _ messages.TimerFired) (*Data, acts) { return d.initializationFailed("") }

func refuseTopics(d *Data, e messages.TopicsSubscribed) (*Data, acts) {
	return d.initializationFailed(e.Error.Message)
}

func (d *Data) initializationFailed(message string) (*Data, acts) {
	call := d.Waiting
	d.Waiting, d.Begins = 0, false
	return d, messages.Refused(call, messages.ErrInitialization, message)
}

// The program has disconnected before there was a stream: who initializes need not wait for it.
func giveUpBeginning(d *Data, _ messages.Disconnect) (*Data, acts)  { return d.givenUp() }
func refuseGivenUp(d *Data, _ messages.StreamGivenUp) (*Data, acts) { return d.givenUp() }

func (d *Data) givenUp() (*Data, acts) {
	return d.initializationFailed("disconnect was called while the softphone was initializing")
}

func aside(_ *Data, e messages.StreamUp) bool { return e.Aside }

func announceConnected(d *Data, _ messages.StreamUp) (*Data, acts)   { return d.connected() }
func announceReconnected(d *Data, _ messages.StreamUp) (*Data, acts) { return d.connected() }

func (d *Data) connected() (*Data, acts) {
	again := d.Ever
	d.Ever = true
	return d, acts{messages.Announce{Event: messages.StreamConnected{Reconnect: again}}}
}

func announceDisconnected(d *Data, _ messages.StreamLost) (*Data, acts) {
	return d, acts{messages.Announce{Event: messages.StreamDisconnected{Message: "Streaming API connection disconnected"}}}
}

func (d *Data) topic(name string) string { return "v2.users." + string(d.Me.User) + "." + name }

// subscribe subscribes to the conversations by pubsub: later requests will repeat it. The question goes out when the
// stream has asked its own.
func subscribe(d *Data, e messages.StreamUp) (*Data, acts) {
	d.Channel, d.Managed = e.Channel, true
	return d, acts{
		tell(messages.KeeperActor, messages.SubscribeTopic{Topic: d.topic("conversations")}),
		messages.Later{To: messages.Root, Msg: messages.SubscribeNow{}},
	}
}

func sendSubscribe(d *Data, _ messages.SubscribeNow) (*Data, acts) {
	return d, acts{messages.SendSubscribe{Topic: d.topic("conversations"), JID: d.bareJID()}}
}

func subscribed(_ *Data, e messages.IQAnswered) bool { return e.Condition == "" }

func softphoneAllowed(d *Data, _ messages.IQAnswered) bool {
	for _, t := range d.Options.AllowedSessionTypes {
		if t == messages.Softphone {
			return true
		}
	}
	return false
}

func topicsDone[E messages.Input](d *Data, _ E) bool         { return d.Topics }
func stationDone[E messages.Input](d *Data, _ E) bool        { return d.Station }
func topicsFailed(_ *Data, e messages.TopicsSubscribed) bool { return e.Failed }

func noteStationDone(d *Data, _ messages.StationSettled) (*Data, acts) {
	d.Station = true
	return d, nil
}

func noteTopicsDone(d *Data, _ messages.TopicsSubscribed) (*Data, acts) {
	d.Topics = true
	return d, nil
}

func enable[E messages.Input](d *Data, _ E) (*Data, acts) {
	d.Enabled = true
	return d, nil
}

func announceReady[E messages.Input](d *Data, _ E) (*Data, acts) {
	call := d.Waiting
	d.Waiting = 0
	return d, append(acts{messages.Announce{Event: messages.Ready{}}}, messages.Settled(call, nil)...)
}

// --- session types

func alreadyAllowed(d *Data, e messages.AllowSessionType) bool {
	return e.Type == messages.Softphone && d.Enabled
}

func softphoneAsked(_ *Data, e messages.AllowSessionType) bool { return e.Type == messages.Softphone }
func allowing[E messages.Input](d *Data, _ E) bool             { return len(d.Allowing) > 0 }

func noteAllowing(d *Data, e messages.AllowSessionType) (*Data, acts) {
	d.Allowing = replace(d.Allowing, -1, Allowance{Call: e.Call, Number: d.Ears + 1})
	return d, nil
}

func fetchStationNow(d *Data, _ messages.AllowSessionType) (*Data, acts) {
	return d.fetchStation(messages.FetchStation{Station: d.firstStation()})
}

func subscribeStationAgain(d *Data, _ messages.AllowSessionType) (*Data, acts) {
	return d.subscribeStation()
}

// subscribeLater: the platform did not take the topics this time.
func subscribeLater(d *Data, _ messages.TopicsSubscribed) (*Data, acts) {
	return d, acts{tell(messages.KeeperActor, messages.SubscribeLater{})}
}

// noteHearing: news of calls comes again.
func noteHearing(d *Data, _ messages.TopicsSubscribed) (*Data, acts) {
	d.Deaf = false
	return d, nil
}

// wantsStation is the first request whose station is not known: each fetches it, and the answers come in order.
func (d *Data) wantsStation() int {
	return slices.IndexFunc(d.Allowing, func(a Allowance) bool { return !a.Station })
}

// stationCompletes: the one that has its station now has nothing else to wait for.
func stationCompletes(d *Data, _ messages.StationSettled) bool {
	i := d.wantsStation()
	return i >= 0 && d.Allowing[i].Topics
}

// topicsComplete: one of those that have their topic now has nothing else to wait for.
func topicsComplete(d *Data, e messages.TopicsHeard) bool {
	return slices.ContainsFunc(d.Allowing, func(a Allowance) bool { return a.Station && a.Number <= e.Upto })
}

func heardFails(_ *Data, e messages.TopicsHeard) bool { return e.Failed }

func noteStationAllowed(d *Data, _ messages.StationSettled) (*Data, acts) {
	if i := d.wantsStation(); i >= 0 {
		a := d.Allowing[i]
		a.Station = true
		d.Allowing = replace(d.Allowing, i, a)
	}
	return d, nil
}

func noteTopicsAllowed(d *Data, e messages.TopicsHeard) (*Data, acts) {
	d.Allowing = slices.Clone(d.Allowing)
	for i := range d.Allowing {
		d.Allowing[i].Topics = d.Allowing[i].Topics || d.Allowing[i].Number <= e.Upto
	}
	return d, nil
}

// settleAllowed settles those that have all that they waited for.
func settleAllowed[E messages.Input](d *Data, _ E) (*Data, acts) {
	return d, d.settleAllowance(nil, func(a Allowance) bool { return a.Station && a.Topics })
}

func refuseAllowed(d *Data, e messages.TopicsHeard) (*Data, acts) {
	return d, d.settleAllowance(&e.Error, func(a Allowance) bool { return a.Number <= e.Upto })
}

// settleAllowing settles all who wait until the type is allowed.
func (d *Data) settleAllowing(err *messages.ErrorInfo) acts {
	return d.settleAllowance(err, func(Allowance) bool { return true })
}

func (d *Data) settleAllowance(err *messages.ErrorInfo, of func(Allowance) bool) acts {
	var out acts
	var left []Allowance
	for _, a := range d.Allowing {
		if of(a) {
			out = append(out, messages.Settled(a.Call, err)...)
		} else {
			left = append(left, a)
		}
	}
	d.Allowing = left
	return out
}

func disable(d *Data, e messages.DisallowSessionType) (*Data, acts) {
	d.Enabled = d.Enabled && e.Type != messages.Softphone
	return d, nil
}

// --- requests that need no call

func settle[E messages.Requested](d *Data, e E) (*Data, acts) {
	return d, messages.Settled(e.Waiting(), nil)
}

func managed[E messages.Requested](d *Data, _ E) bool { return d.Managed }

func refuseUnknown(d *Data, e messages.UnknownRequest) (*Data, acts) {
	return d, messages.Settled(e.Call, &messages.ErrorInfo{Name: "TypeError", Message: "there is no request " + e.Name})
}

func disconnect(d *Data, e messages.Disconnect) (*Data, acts) {
	return d, acts{tell(messages.ConnectionActor, messages.CloseStream{Call: e.Call})}
}

// --- requests that are given up

func retrying(d *Data, _ messages.Disconnect) bool     { return len(d.Retrying) > 0 }
func cancelled(_ *Data, e messages.RequestFailed) bool { return e.Cancelled }
func requestEnds(d *Data, e messages.RetryView) bool   { return e.Gone }
func requestBegins(d *Data, e messages.RetryView) bool { return !slices.Contains(d.Retrying, e.Ref) }

func noteRetrying(d *Data, e messages.RetryView) (*Data, acts) {
	d.Retrying = replace(d.Retrying, -1, e.Ref)
	return d, nil
}

func forgetRetrying(d *Data, e messages.RetryView) (*Data, acts) {
	if i := slices.Index(d.Retrying, e.Ref); i >= 0 {
		d.Retrying = without(d.Retrying, i)
	}
	return d, nil
}

// stopRetrying gives up all that would be tried again: who we are, and what the station can do.
func stopRetrying(d *Data, _ messages.Disconnect) (*Data, acts) {
	var out acts
	for _, ref := range d.Retrying {
		out = append(out, tell(ref, messages.StopRetrying{}))
	}
	return d, out
}

// disconnectAfter closes the stream once it is known what was given up.
func disconnectAfter(d *Data, e messages.Disconnect) (*Data, acts) {
	return d, acts{messages.Later{To: messages.ConnectionActor, Msg: messages.CloseStream{Call: e.Call}}}
}

// refuseSoon: the first request that is given up ends the initializing, once all have been.
func refuseSoon(d *Data, e messages.RequestFailed) (*Data, acts) {
	d.Begins = false
	return d, acts{messages.Later{To: messages.Root, Msg: messages.InitializeCancelled{Error: e.Error}}}
}

func refuseCancelled(d *Data, e messages.InitializeCancelled) (*Data, acts) {
	return d.initializationFailed(e.Error.Message)
}

// --- destroy

func nothingListed(d *Data, _ messages.Destroy) bool { return len(d.Listed()) == 0 }

// destruction is where the request stands that a departure is for.
func (d *Data) destruction(of messages.CallID) int {
	return slices.IndexFunc(d.Destroying, func(x Destruction) bool { return x.Call == of })
}

func lastToGo(d *Data, e messages.Departed) bool {
	i := d.destruction(e.For)
	return i >= 0 && d.Destroying[i].Left == 1
}

func destroySessions(d *Data, e messages.Destroy) (*Data, acts) {
	var out acts
	forgotten := map[messages.Ref]bool{}
	for _, listed := range d.Listed() {
		// They are ended by their ids: of two with one id the first twice, unless it is forgotten at once, as Jingle's are.
		s, _ := d.firstListed(func(s *Session) bool {
			return s.View.Session == listed.View.Session && !forgotten[s.View.Ref]
		})
		forgotten[s.View.Ref] = s.View.Signalling == messages.Jingle
		out = append(out, messages.Spawn{Actor: "departure", Msg: messages.Depart{Session: s.View.Ref, Owner: messages.Root, For: e.Call}})
	}
	d.Destroying = replace(d.Destroying, -1, Destruction{Call: e.Call, Left: len(out)})
	return d, out
}

func countGone(d *Data, e messages.Departed) (*Data, acts) {
	i := d.destruction(e.For)
	if i < 0 {
		return d, nil
	}
	x := d.Destroying[i]
	if x.Left--; x.Left == 0 {
		d.Destroying = without(d.Destroying, i)
		return d, nil
	}
	d.Destroying = replace(d.Destroying, i, x)
	return d, nil
}

// forgetWatchers: nobody listens for announcements any more, so what waits for one waits for ever. A departure listens to
// its session.
func forgetWatchers[E messages.Input](d *Data, _ E) (*Data, acts) {
	d.Watchers = slices.DeleteFunc(slices.Clone(d.Watchers), func(w messages.WatcherView) bool { return w.HangsUp })
	return d, nil
}

// dropCalls: nobody will be told of the calls any more. The fact calls-outlive-client: the SDK leaves them as they are.
func dropCalls[E messages.Input](d *Data, _ E) (*Data, acts) {
	if d.Quirks.Has(quirk.CallsOutliveClient) {
		return d, nil
	}
	return d, d.dropCalls()
}

// dropCalls settles what rings, removes what was added and ends what is not over.
func (d *Data) dropCalls() acts {
	var out acts
	d.Seeking = nil
	for _, v := range d.Invitations {
		out = append(out, tell(v.Ref, messages.InvitationCancelled{Named: v.Session}))
	}
	for _, v := range d.Proposals {
		out = append(out, tell(v.Ref, messages.ForgetProposal{}))
	}
	for _, v := range d.Conversations {
		out = append(out, tell(v.Ref, messages.CallsDropped{}))
	}
	for _, s := range d.Sessions {
		if !s.View.Over {
			out = append(out, tell(s.View.Ref, messages.LeaveSession{}))
		}
	}
	return out
}

func closeForGood(d *Data, e messages.Destroy) (*Data, acts)    { return d, closing(e.Call) }
func closeAfterLast(d *Data, e messages.Departed) (*Data, acts) { return d, closing(e.For) }

func closing(call messages.CallID) acts {
	return acts{tell(messages.ConnectionActor, messages.CloseStream{Call: call})}
}
