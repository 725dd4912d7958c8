package whatif

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// estimator gathers what a log shows of its platform: how long things take, and in which order they come.
type estimator struct {
	before prospect
	asked  map[messages.EffectID]ordered
	latest map[string]time.Duration // when a session was last told something, by kind and id
	calls  map[messages.ConversationID]*seenCall

	rest, wire, notify, edge, ice, dtls, microphone, far []time.Duration
	described                                            map[messages.SessionID]string
	echoed, own                                          int
	rpcs, rpcsAnswered                                   int
	moments                                              map[platform.Moment]int
	dialing, noDialing                                   int
	terminated, notTerminated                            int
	notifiedFirst, sessionFirst                          int
	purposes                                             map[string]int
	heldFirst, heldLater                                 int
	lineAppearance                                       int
	taken                                                []messages.ConversationID // under line appearance 1, in order
	heldAfter                                            bool
	lastTaken                                            time.Duration
	peers                                                map[messages.Ref]messages.SessionID
}

type ordered struct {
	effect messages.Effect
	at     time.Duration
}

// seenCall is what was seen of a conversation.
type seenCall struct {
	session  messages.SessionID
	state    messages.CallState
	held     bool
	outbound bool
	wanted   map[messages.RequestKind]time.Duration // what this client asked for, and when
	dialed   time.Duration
	ended    time.Duration // the notification of the end; 0: none
}

// estimate is the platform of a log, as far as the log shows it; what it does not show is as usual.
func estimate(entries []replay.Entry, before prospect) platform.Options {
	e := &estimator{
		before: before, asked: map[messages.EffectID]ordered{}, latest: map[string]time.Duration{}, calls: map[messages.ConversationID]*seenCall{},
		described: map[messages.SessionID]string{}, moments: map[platform.Moment]int{}, purposes: map[string]int{},
		peers: map[messages.Ref]messages.SessionID{},
	}
	for i := range entries {
		if step := entries[i].Step; step.Seq > 0 {
			e.told(step.Input, entries[i].At)
			for _, out := range step.Outputs {
				e.decided(out.ID, out.Effect, entries[i].At, step.Input)
			}
		}
	}
	return e.options()
}

func (e *estimator) call(id messages.ConversationID) *seenCall {
	c := e.calls[id]
	if c == nil {
		c = &seenCall{wanted: map[messages.RequestKind]time.Duration{}}
		e.calls[id] = c
	}
	return c
}

// since is how long ago something was said of a session, and whether it was.
func (e *estimator) since(kind string, s messages.SessionID, at time.Duration) (time.Duration, bool) {
	then, was := e.latest[kind+" "+string(s)]
	return at - then, was
}

func (e *estimator) mark(kind string, s messages.SessionID, at time.Duration) {
	e.latest[kind+" "+string(s)] = at
}

const (
	proceedKind = "proceed"
	answerKind  = "answer"
	activeKind  = "active"
	iceKind     = "ice"
	ownKind     = "own accept"
	offerKind   = "offer"
	endKind     = "end"
)

func (e *estimator) decided(id messages.EffectID, effect messages.Effect, at time.Duration, in messages.Input) {
	e.asked[id] = ordered{effect, at}
	switch out := effect.(type) {
	case messages.SendProceed:
		e.mark(proceedKind, out.Session, at)
	case messages.SendAccept:
		e.own++
		e.mark(ownKind, out.Session, at)
	case messages.SendAnswer:
		e.mark(answerKind, out.Session, at)
		e.peers[out.Peer] = out.Session
		e.rpcs++
	case messages.SendActive:
		e.mark(activeKind, out.Session, at)
	case messages.Request:
		if out.Conversation != "" && (out.Of != messages.PatchState || out.State == messages.Disconnected) {
			e.call(out.Conversation).wanted[out.Of] = at
		}
	case messages.Announce:
		if s, is := out.Event.(messages.SessionStarted); is && s.Session.Conversation != "" {
			e.call(s.Session.Conversation).session = s.Session.ID
		}
	}
}

func (e *estimator) told(in messages.Input, at time.Duration) {
	switch in := in.(type) {
	case messages.HTTPAnswered:
		if q, was := e.asked[in.Effect]; was {
			e.rest = append(e.rest, at-q.at)
		}
		if in.Station != nil && e.lineAppearance == 0 {
			e.lineAppearance = in.Station.LineAppearance
		}
	case messages.IQAnswered:
		e.iqAnswered(in, at)
	case messages.MicrophoneGranted:
		if q, was := e.asked[in.Effect]; was {
			e.microphone = append(e.microphone, at-q.at)
		}
	case messages.Propose:
		e.call(in.Conversation).session = in.Session
	case messages.Accepted:
		if _, own := e.since(ownKind, in.Session, at); own {
			e.echoed++
		}
	case messages.Offer:
		e.offered(in.Session, platform.SDP, at)
	case messages.SessionInitiate:
		e.offered(in.Session, platform.Jingle, at)
	case messages.Terminate:
		e.ended(in.Session, at)
	case messages.SessionTerminate:
		e.ended(in.Session, at)
	case messages.PeerICEChanged:
		e.iceChanged(in, at)
	case messages.PeerConnectionChanged:
		s := e.peers[in.Peer]
		if took, was := e.since(iceKind, s, at); was && in.State == messages.PeerConnected {
			e.dtls = append(e.dtls, took)
			delete(e.latest, iceKind+" "+string(s))
		}
	case messages.ConversationNotified:
		e.notified(in, at)
	}
}

func (e *estimator) iqAnswered(in messages.IQAnswered, at time.Duration) {
	q, was := e.asked[in.Effect]
	if !was {
		return
	}
	switch q.effect.(type) {
	case messages.SendAnswer:
		e.rpcsAnswered++
	case messages.SendPing, messages.SendServices, messages.SendBind:
		e.wire = append(e.wire, (at-q.at)/2)
	}
}

func (e *estimator) iceChanged(in messages.PeerICEChanged, at time.Duration) {
	if in.State != messages.PeerConnected {
		return
	}
	s := e.peers[in.Peer]
	if took, was := e.since(answerKind, s, at); was {
		e.ice = append(e.ice, took)
		e.mark(iceKind, s, at)
	}
}

func (e *estimator) offered(s messages.SessionID, how platform.Signalling, at time.Duration) {
	if took, was := e.since(proceedKind, s, at); was && e.described[s] == "" {
		e.edge = append(e.edge, took)
	}
	e.mark(offerKind, s, at)
	switch e.described[s] {
	case "":
		e.described[s] = string(how)
	case string(how):
	case string(platform.SDP):
		e.described[s] = string(platform.SDPJingle)
	case string(platform.Jingle):
		e.described[s] = string(platform.JingleSDP)
	}
}

func (e *estimator) ended(s messages.SessionID, at time.Duration) {
	e.mark(endKind, s, at)
	for _, c := range e.calls {
		if c.session == s && c.ended > 0 {
			e.notifiedFirst++
			c.ended = -1
		}
	}
}

func (e *estimator) notified(in messages.ConversationNotified, at time.Duration) {
	me, found := conversation.PickParticipant(in.Participants, e.before.me, "")
	if !found {
		return
	}
	leg, found := conversation.PickLeg(me.Calls)
	if !found {
		return
	}
	c := e.call(in.Conversation)
	was := c.state
	_, wanted := c.wanted[messages.PatchHeld]
	if e.lineAppearance == 1 && leg.Held.True() && !c.held && !wanted {
		e.heldAfter = true
		if at-e.lastTaken < soon {
			e.heldLater++
		} else {
			e.heldFirst++
		}
	}
	e.purposes[me.Purpose]++
	c.outbound = c.outbound || leg.Outbound() || leg.State == messages.Contacting
	e.follows(c, leg, at)
	switch {
	case leg.State.Class() == messages.ConnectedClass && was.Class() != messages.ConnectedClass:
		e.connected(in.Conversation, c, leg, at)
	case leg.State == messages.Connected && was == messages.Dialing:
		e.far = append(e.far, at-c.dialed)
	case leg.State == messages.Disconnected && was != messages.Disconnected:
		e.notTerminated++
		c.ended = at
		if _, over := e.since(endKind, c.session, at); over {
			e.sessionFirst++
			c.ended = -1
		}
	case leg.State == messages.Terminated && was == messages.Disconnected:
		e.terminated++
	}
	c.state, c.held = leg.State, leg.Held.True()
}

// follows measures how long a notification of what this client asked for takes.
func (e *estimator) follows(c *seenCall, leg messages.Leg, at time.Duration) {
	for _, of := range []struct {
		kind  messages.RequestKind
		shown bool
	}{
		{messages.PatchHeld, leg.Held.True() != c.held}, {messages.PatchState, leg.State == messages.Disconnected && c.state != messages.Disconnected},
	} {
		if asked, was := c.wanted[of.kind]; was && of.shown {
			e.notify = append(e.notify, at-asked)
			delete(c.wanted, of.kind)
		}
	}
}

// connected notes when a call that this client takes is notified as taken.
func (e *estimator) connected(id messages.ConversationID, c *seenCall, leg messages.Leg, at time.Duration) {
	if c.outbound && leg.State == messages.Dialing {
		e.dialing++
		c.dialed = at
	} else if c.outbound {
		e.noDialing++
	}
	e.taken = append(e.taken, id)
	e.lastTaken = at
	if _, ours := e.since(proceedKind, c.session, at); !ours || e.lineAppearance == 1 && len(e.taken) > 1 {
		return
	}
	if _, offered := e.since(offerKind, c.session, at); !offered {
		e.moments[platform.OnProceed]++
		return
	}
	if took, active := e.since(activeKind, c.session, at); active && took > 25*time.Millisecond {
		e.moments[platform.OnActive]++
		return
	}
	e.moments[platform.OnAnswer]++
}

// options are the estimate.
func (e *estimator) options() platform.Options {
	o := platform.Defaults()
	e.orders(&o)
	e.delays(&o)
	return o
}

// orders are what comes, and what comes first.
func (e *estimator) orders(o *platform.Options) {
	hows := map[string]int{}
	for _, how := range e.described {
		hows[how]++
	}
	for _, how := range []platform.Signalling{platform.SDP, platform.Jingle, platform.SDPJingle, platform.JingleSDP} {
		if hows[string(how)] > hows[string(o.Signalling)] {
			o.Signalling = how
		}
	}
	for _, moment := range []platform.Moment{platform.OnAnswer, platform.OnActive, platform.OnProceed} {
		if e.moments[moment] > e.moments[o.Connected] {
			o.Connected = moment
		}
	}
	o.Echo = e.own == 0 || e.echoed > 0
	o.AnswerIQs = e.rpcs == 0 || e.rpcsAnswered > 0
	o.Dialing = e.dialing >= e.noDialing
	o.TerminatedToo = 2*e.terminated >= e.notTerminated
	if e.sessionFirst > e.notifiedFirst {
		o.EndFirst = platform.SessionFirst
	}
	if e.lineAppearance == 1 && len(e.taken) > 1 && !e.heldAfter {
		o.HoldOthers = platform.NobodyHolds
	}
	o.HoldFirst = e.heldFirst >= e.heldLater
	if e.purposes["user"] > e.purposes["agent"] {
		o.Purpose = "user"
	}
}

// delays are how long things take: the medians of what was seen.
func (e *estimator) delays(o *platform.Options) {
	set := func(to *time.Duration, seen []time.Duration, less time.Duration) {
		if len(seen) > 0 {
			*to = max(round(median(seen)-less), 0)
		}
	}
	set(&o.WireDelay, e.wire, 0)
	set(&o.RESTDelay, e.rest, 0)
	set(&o.EdgeDelay, e.edge, 2*o.WireDelay)
	set(&o.NotifyDelay, e.notify, o.RESTDelay/2+o.WireDelay)
	set(&o.MicrophoneDelay, e.microphone, 0)
	set(&o.ICEDelay, e.ice, o.WireDelay)
	set(&o.DTLSDelay, e.dtls, 0)
	set(&o.FarEnd, e.far, 0)
	notified, proposed := 0, 0
	var gaps []time.Duration
	for _, rung := range e.before.rung {
		if rung[0] == 0 || rung[1] == 0 {
			continue
		}
		gap := e.before.at(rung[1]-1) - e.before.at(rung[0]-1)
		gaps = append(gaps, max(gap, -gap))
		if gap >= 0 {
			notified++
		} else {
			proposed++
		}
	}
	switch {
	case len(gaps) == 0:
	case notified >= proposed:
		o.EdgeDelay = max(o.EdgeDelay, o.NotifyDelay+1*time.Millisecond)
	default:
		o.NotifyDelay = max(o.NotifyDelay, o.EdgeDelay+median(gaps))
	}
}

// median is the one in the middle; of two, the lower.
func median(of []time.Duration) time.Duration {
	sorted := slices.Clone(of)
	slices.Sort(sorted)
	return sorted[(len(sorted)-1)/2]
}
