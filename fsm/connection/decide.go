package connection

import (
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what the stream remembers.
type Data struct {
	Connect messages.Connect `json:"connect"`
	JID     messages.JID     `json:"jid,omitempty"` // own full JID
	// Unbound counts how often in a row the server refused to bind.
	Unbound int    `json:"unbound,omitempty"`
	Channel string `json:"channel,omitempty"`
	Socket  int    `json:"socket,omitempty"`
	// Old is the socket of a stream that was left for a new one and has not ended yet; Open: the present one is up.
	Old       int  `json:"old,omitempty"`
	Open      bool `json:"open,omitempty"`
	Streaming bool `json:"streaming,omitempty"` // the server's <open/> came
	Offline   bool `json:"offline,omitempty"`
	// Hard: the next attempt needs a new channel. Reuses counts the attempts on the present one.
	Hard   bool `json:"hard,omitempty"`
	Reuses int  `json:"reuses,omitempty"`
	// Attempt counts the attempts since the last connect, Starting is the delay it began with, Delayed tells whether
	// its first attempt waits too. Remembered outlives the connect.
	Attempt    int           `json:"attempt,omitempty"`
	Starting   time.Duration `json:"starting,omitempty"`
	Delayed    bool          `json:"delayed,omitempty"`
	Remembered time.Duration `json:"remembered,omitempty"`
	// Aside: who initializes waits for an older login, which has lost its stream.
	Aside bool          `json:"aside,omitempty"`
	Told  time.Duration `json:"told,omitempty"`
	// Servers are the ICE servers that this login found, Answers how many of its two questions were answered.
	Servers []messages.ICEServer `json:"servers,omitempty"`
	Answers int                  `json:"answers,omitempty"`
}

const pingTopic = "enable.server.side.pings"

// View is what the root knows of the stream.
func View(s fsm.Snapshot[Data]) messages.Input {
	return messages.ConnectionView{Bound: isBound(s.State), Up: isUp(s.State) || s.State == Forsaken, JID: s.Data.JID, Channel: s.Data.Channel}
}

func isBound(s fsm.State) bool {
	return s == Discovering || s == Preparing || isUp(s)
}

func isUp(s fsm.State) bool {
	return s == Up || s == Finishing || s == Closing
}

// delay is the time before the next attempt: doubled each time, with a bound.
func delay(d Data) time.Duration {
	n := d.Attempt - 1
	if !d.Delayed {
		n--
	}
	wait := d.Starting
	for ; n > 0 && wait < delayMax; n-- {
		wait *= 2
	}
	return min(wait, delayMax)
}

func toldDelay(d Data) time.Duration { return d.Told }

func offlineAtStart(d Data, _ messages.Connect) bool { return d.Offline }
func offline(d Data, _ messages.TimerFired) bool     { return d.Offline }

func needsChannel(d Data, _ messages.TimerFired) bool {
	return d.Hard || d.Reuses+1 >= channelReusesMax
}

func unauthorized(_ Data, e messages.RequestFailed) bool {
	return e.HTTP.Status == 401 || e.HTTP.Status == 403
}

func toldWhen(_ Data, e messages.RequestFailed) bool { return e.HTTP.RetryAfter != nil }

func openedNow(d Data, e messages.SocketOpened) bool { return e.Socket == d.Socket }
func endedNow(d Data, e messages.StreamEnded) bool   { return e.Socket == d.Socket }
func stillUp(d Data, _ messages.Connect) bool        { return d.Open }
func oldEnded(d Data, e messages.StreamEnded) bool   { return d.Old != 0 && e.Socket == d.Old }
func oldClosed(d Data, e messages.SocketClosed) bool { return d.Old != 0 && e.Socket == d.Old }
func closedNow(d Data, e messages.SocketClosed) bool { return e.Socket == d.Socket }
func streaming(d Data, _ messages.TimerFired) bool   { return d.Streaming }

func answered(_ Data, e messages.IQAnswered) bool         { return e.Condition == "" }
func bothAnswered(d Data, _ messages.IQAnswered) bool     { return d.Answers == 1 }
func wantsServerPings(d Data, _ messages.IQAnswered) bool { return d.Connect.ServerSidePings }

// act is what most actions of this chart are: a change of the data, and orders.
type act = messages.Acts

func tell(to messages.Ref, m messages.Input) messages.Act { return messages.Tell{To: to, Msg: m} }

// begin starts the count of attempts. The first ever is made at once, later ones wait.
func begin(d Data, e messages.Connect) (Data, act) {
	d.Connect = e
	d.Hard, d.Reuses, d.Channel, d.JID = true, 0, "", ""
	d.Delayed, d.Aside = false, false
	return d.startCounting(), nil
}

func (d Data) startCounting() Data {
	d.Attempt = 1
	d.Starting = min(max(d.Remembered, delayMin), delayMax)
	return d
}

// failed counts a failed attempt and remembers a longer delay for the next connect.
func (d Data) failed() (Data, act) {
	d.Attempt++
	d.Remembered = max(2*d.Remembered, 2*delayMin)
	d.Streaming = false
	return d, act{tell(messages.ConnectionActor, messages.BackoffRaised{Delay: d.Remembered})}
}

func countFailure(d Data, _ messages.Connect) (Data, act)         { return d.failed() }
func countFailureLater(d Data, _ messages.TimerFired) (Data, act) { return d.failed() }
func countRefused(d Data, _ messages.RequestFailed) (Data, act)   { return d.failed() }
func countClosed(d Data, _ messages.SocketClosed) (Data, act)     { return d.failed() }
func countEnded(d Data, _ messages.StreamEnded) (Data, act)       { return d.failed() }
func countTimeout(d Data, _ messages.TimerFired) (Data, act)      { return d.failed() }
func countUnbound(d Data, _ messages.IQAnswered) (Data, act)      { d.Unbound++; return d.failed() }
func countUndiscovered(d Data, _ messages.IQAnswered) (Data, act) { return d.failed() }

// countSASL: whoever is refused at the door comes with a new channel next time.
func countSASL(d Data, _ messages.SASLFailed) (Data, act) {
	d.Hard = true
	return d.failed()
}

// countTold: the server named the delay, so none is remembered.
func countTold(d Data, _ messages.RequestFailed) (Data, act) {
	d.Attempt++
	return d, nil
}

func noteWhen(d Data, e messages.RequestFailed) (Data, act) {
	d.Told = *e.HTTP.RetryAfter
	return d, nil
}

func postChannel(d Data, _ messages.Connect) (Data, act)       { return d.postChannel() }
func postChannelNow(d Data, _ messages.TimerFired) (Data, act) { return d.postChannel() }

func (d Data) postChannel() (Data, act) {
	if !d.Hard {
		d.Reuses = 0
	}
	d.Hard = true
	return d, act{messages.Spawn{Actor: "request", Msg: messages.Perform{
		Effect: messages.Request{Of: messages.PostChannel}, Owner: messages.ConnectionActor, Timeout: restTimeout,
	}}}
}

func keepChannel(d Data, e messages.RequestDone) (Data, act) {
	d.Channel, d.Hard = e.HTTP.Channel, false
	return d, act{tell(messages.KeeperActor, messages.ChannelIs{Channel: d.Channel})}
}

func reuseChannel(d Data, _ messages.TimerFired) (Data, act) {
	d.Reuses++
	return d, nil
}

func openSocket(d Data, _ messages.RequestDone) (Data, act)   { return d.openSocket() }
func openSocketNow(d Data, _ messages.TimerFired) (Data, act) { return d.openSocket() }

func (d Data) openSocket() (Data, act) {
	d.Socket++
	d.Streaming = false
	return d, act{messages.OpenSocket{Socket: d.Socket, Channel: d.Channel}}
}

func refuse(d Data, e messages.RequestFailed) (Data, act) {
	return d, act{tell(messages.Root, messages.StreamRefused{Error: e.Error})}
}

func (d Data) domain() string {
	_, domain, _ := strings.Cut(d.Connect.JID.Reveal(), "@")
	domain, _, _ = strings.Cut(domain, "/")
	return domain
}

func sendOpen(d Data, _ messages.SocketOpened) (Data, act) {
	return d, act{messages.SendStreamOpen{Domain: d.domain()}}
}

func sendOpenAgain(d Data, _ messages.SASLSucceeded) (Data, act) {
	return d, act{messages.SendStreamOpen{Domain: d.domain()}}
}

func noteStream(d Data, _ messages.StreamOpened) (Data, act) {
	d.Streaming = true
	return d, nil
}

func sendAuth(d Data, _ messages.StreamFeatures) (Data, act) {
	return d, act{messages.SendAuth{JID: d.Connect.JID}}
}

func sendBind(d Data, _ messages.StreamFeatures) (Data, act) {
	return d, act{messages.SendBind{Resource: d.Connect.Resource}}
}

// boundAgainMost is how often a resource that was bound before is asked for: one refusal may be of a connection that lingers.
const boundAgainMost = 2

// boundBefore: the server has chosen a resource, by which the far ends of calls know this client, and may give it again.
func boundBefore(d Data, _ messages.StreamFeatures) bool {
	return d.Connect.Resource == "" && resource(d.JID) != "" && d.Unbound < boundAgainMost
}

func sendBindAsBefore(d Data, _ messages.StreamFeatures) (Data, act) {
	return d, act{messages.SendBind{Resource: resource(d.JID)}}
}

// resource is what stands behind the slash of an address.
func resource(jid messages.JID) string {
	_, r, _ := strings.Cut(jid.Reveal(), "/")
	return r
}

func noteBound(d Data, e messages.IQAnswered) (Data, act) {
	d.JID, d.Unbound = e.Bound, 0
	return d, nil
}

// sendServices asks for TURN and STUN servers; both must be answered.
func sendServices(d Data, _ messages.IQAnswered) (Data, act) {
	d.Servers, d.Answers = nil, 0
	return d, messages.AskServers(d.domain())
}

func noteServices(d Data, e messages.IQAnswered) (Data, act) {
	d.Servers = append(d.Servers[:len(d.Servers):len(d.Servers)], e.Services...)
	d.Answers++
	if d.Answers < 2 {
		return d, nil
	}
	return d, messages.ServersAre(d.Servers)
}

func renew(d Data, _ messages.IQAnswered) (Data, act) {
	return d, act{tell(messages.Root, messages.StreamRenewed{Channel: d.Channel})}
}

func subscribePings(d Data, _ messages.IQAnswered) (Data, act) {
	return d, act{messages.SendSubscribe{Topic: pingTopic, JID: d.Connect.JID}}
}

func watch(d Data, _ messages.IQAnswered) (Data, act) {
	return d, act{tell(messages.KeeperActor, messages.WatchServer{})}
}

func ping(d Data, _ messages.IQAnswered) (Data, act)             { return d, d.startPinging() }
func pingAfterSilence(d Data, _ messages.TimerFired) (Data, act) { return d, d.startPinging() }

func (d Data) startPinging() act { return act{tell(messages.KeeperActor, messages.StartPinging{})} }

func up(d Data, _ messages.IQAnswered) (Data, act)             { return d.up() }
func upSilently(d Data, _ messages.IQAnswered) (Data, act)     { return d.up() }
func upAfterSilence(d Data, _ messages.TimerFired) (Data, act) { return d.up() }

func (d Data) up() (Data, act) {
	d.Open = true
	return d, act{
		tell(messages.ConnectionActor, messages.LoginOver{}),
		tell(messages.ConnectionActor, messages.RefreshServers{Domain: d.domain()}),
		tell(messages.ConnectionActor, messages.BackoffConnected{}),
		tell(messages.Root, messages.StreamUp{Channel: d.Channel, Aside: d.Aside}),
	}
}

func refresh(d Data, _ messages.TimerFired) (Data, act) {
	return d, act{tell(messages.ConnectionActor, messages.RefreshServers{Domain: d.domain()})}
}

func requireChannel[E messages.Input](d Data, _ E) (Data, act) {
	d.Hard = true
	return d, nil
}

func stopPinging[E messages.Input](d Data, _ E) (Data, act) {
	return d, act{tell(messages.KeeperActor, messages.StopPinging{})}
}

func lose(d Data, _ messages.SocketClosed) (Data, act)    { return d.lost() }
func loseSilent(d Data, _ messages.PingsLost) (Data, act) { return d.lost() }

// lost tells of the loss; the stream comes back by itself, after a delay.
func (d Data) lost() (Data, act) {
	d.Delayed, d.Streaming, d.Open = true, false, false
	return d.startCounting(), d.parted()
}

func part(d Data, _ messages.CloseStream) (Data, act)         { d.Open = false; return d, d.parted() }
func partAfterEnd(d Data, _ messages.StreamEnded) (Data, act) { d.Open = false; return d, d.parted() }
func partAfterClose(d Data, _ messages.SocketClosed) (Data, act) {
	d.Open = false
	return d, d.parted()
}
func partAfterPings(d Data, _ messages.PingsLost) (Data, act) { d.Open = false; return d, d.parted() }

func (d Data) parted() act {
	return act{
		tell(messages.ConnectionActor, messages.BackoffSuspended{}),
		tell(messages.ConnectionActor, messages.ServersUnreachable{}),
		tell(messages.KeeperActor, messages.StopPinging{}),
		tell(messages.Root, messages.StreamLost{}),
	}
}

// waitForServices and waitForPings: the login is not over before there is an answer, or 15 s have passed.
func waitForServices(d Data, _ messages.IQAnswered) (Data, act) { return d, waiting() }
func waitForPings(d Data, _ messages.IQAnswered) (Data, act)    { return d, waiting() }

func waiting() act { return act{tell(messages.ConnectionActor, messages.LoginWaits{})} }

// cutOff: the login has lost its stream, and goes on waiting all the same, beside the next one.
func cutOff(d Data, _ messages.SocketClosed) (Data, act)      { return d.cutOff(false) }
func cutOffPings(d Data, _ messages.SocketClosed) (Data, act) { return d.cutOff(true) }
func cutOffByUs(d Data, _ messages.CloseStream) (Data, act)   { return d.cutOff(true) }

func (d Data) cutOff(pings bool) (Data, act) {
	d.Attempt++
	d.Aside = d.Aside || !d.Delayed
	return d, act{tell(messages.ConnectionActor, messages.LoginCut{
		Pings: pings, Attempt: d.Attempt, Starting: d.Starting, Delayed: d.Delayed, Delay: delay(d),
	})}
}

func hardAgain(d Data, _ messages.LoginAgain) bool { return d.Hard || d.Reuses+1 >= channelReusesMax }

// takeOver makes the older login the one that is followed. The stream that there is goes on, and nobody ends it.
func takeOver(d Data, e messages.LoginAgain) (Data, act) {
	d.Attempt, d.Starting, d.Delayed, d.Aside = e.Attempt, e.Starting, e.Delayed, false
	return d, nil
}

func postChannelAgain(d Data, _ messages.LoginAgain) (Data, act) { return d.postChannel() }

func openSocketAgain(d Data, _ messages.LoginAgain) (Data, act) {
	d.Reuses++
	return d.openSocket()
}

func rememberLonger(d Data, _ messages.LoginGivenUp) (Data, act) {
	d.Remembered = max(2*d.Remembered, 2*delayMin)
	return d, act{tell(messages.ConnectionActor, messages.BackoffRaised{Delay: d.Remembered})}
}

func refreshLate(d Data, _ messages.LoginUpLate) (Data, act) {
	return d, act{tell(messages.ConnectionActor, messages.RefreshServers{Domain: d.domain()})}
}

// announceUpLate: whether there is a stream now is not asked.
func announceUpLate(d Data, _ messages.LoginUpLate) (Data, act) {
	return d, act{tell(messages.Root, messages.StreamUp{Channel: d.Channel})}
}

// leaveOld ends the stream that a new one replaces; its end is announced when it comes.
func leaveOld(d Data, _ messages.Connect) (Data, act) {
	d.Old, d.Open = d.Socket, false
	return d, act{messages.SendStreamClose{}, tell(messages.KeeperActor, messages.StopPinging{})}
}

func closeOld(d Data, e messages.StreamEnded) (Data, act) {
	return d, act{messages.CloseSocket{Socket: e.Socket}}
}

func partOld(d Data, _ messages.StreamEnded) (Data, act)        { return d.partedOld() }
func partOldClosed(d Data, _ messages.SocketClosed) (Data, act) { return d.partedOld() }

func (d Data) partedOld() (Data, act) {
	d.Old = 0
	return d, act{tell(messages.Root, messages.StreamLost{})}
}

func answerEnd(d Data, _ messages.StreamEnded) (Data, act) {
	return d, act{messages.SendStreamClose{}}
}

func closeStream(d Data, _ messages.CloseStream) (Data, act) {
	return d, act{messages.SendStreamClose{}}
}

// drop leaves a server that does not answer: a last word, then the socket.
func drop(d Data, _ messages.PingsLost) (Data, act) { return d, d.closePolitely() }

func closePolitely(d Data, _ messages.TimerFired) (Data, act)     { return d, d.closePolitely() }
func closeRefused(d Data, _ messages.SASLFailed) (Data, act)      { return d, d.closePolitely() }
func closeUnbound(d Data, _ messages.IQAnswered) (Data, act)      { return d, d.closePolitely() }
func closeUndiscovered(d Data, _ messages.IQAnswered) (Data, act) { return d, d.closePolitely() }

func (d Data) closePolitely() act {
	return append(act{messages.SendStreamClose{}}, d.closeSocket()...)
}

// leaveUnannounced: that it is up was not said, so neither is its end.
func leaveUnannounced(d Data, _ messages.CloseStream) (Data, act) { return d, d.closePolitely() }

func closeSocket(d Data, _ messages.TimerFired) (Data, act)         { return d, d.closeSocket() }
func closeForGood(d Data, _ messages.CloseStream) (Data, act)       { return d, d.closeSocket() }
func closeSocketForGood(d Data, _ messages.CloseStream) (Data, act) { return d, d.closeSocket() }
func closeEnded(d Data, _ messages.StreamEnded) (Data, act)         { return d, d.closeSocket() }
func closeAfterEnd(d Data, _ messages.StreamEnded) (Data, act)      { return d, d.closeSocket() }
func closeAfterPings(d Data, _ messages.PingsLost) (Data, act)      { return d, d.closeSocket() }

func (d Data) closeSocket() act { return act{messages.CloseSocket{Socket: d.Socket}} }

func settleClose(d Data, e messages.CloseStream) (Data, act) {
	return d, messages.Settled(e.Call, nil)
}

// giveUp: who waits for the stream need not wait any more.
func giveUp(d Data, _ messages.CloseStream) (Data, act) {
	return d, act{tell(messages.Root, messages.StreamGivenUp{})}
}

func noteNetwork(d Data, e messages.NetworkChanged) (Data, act) {
	d.Offline = !e.Online
	return d, nil
}

func noteRemembered(d Data, e messages.RememberDelay) (Data, act) {
	d.Remembered = e.Delay
	return d, nil
}
