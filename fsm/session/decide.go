package session

import (
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what a session remembers.
type Data struct {
	Open messages.OpenSession `json:"open"`
	// Stage is the state as it is announced: the SDK's own word, which does not always follow the session's end.
	Stage string `json:"stage,omitempty"`
	// Over: it has terminated at least once.
	Over   bool   `json:"over,omitempty"`
	Reason string `json:"reason,omitempty"` // of the end that we asked for
}

// The stages that are announced.
const (
	stagePending = "pending"
	stageActive  = "active"
	stageEnded   = "ended"
)

// leaveTimeout is how long the far end may take to acknowledge our terminate (sdk-behaviour section 2).
const leaveTimeout = 2 * time.Second

// View is what the root knows of a session.
func View(s fsm.Snapshot[Data]) messages.Input {
	o := s.Data.Open
	return messages.SessionView{
		Ref: o.Ref, Session: o.Session, Signalling: o.Signalling, Type: o.Type, Peer: o.Peer, ICE: o.ICE,
		Conversation: o.Conversation, FromUser: o.FromUser, OriginalRoom: o.OriginalRoom, PrivAnswer: o.PrivAnswer,
		Reinvite: o.Reinvite, Described: described(s.State), Stage: s.Data.Stage, Over: s.Data.Over, Finished: s.State == Ended,
	}
}

func described(s fsm.State) bool {
	return s != New && s != Describing && s != Undescribed && s != Stillborn
}

func jingle[E messages.Input](d *Data, _ E) bool      { return d.Open.Signalling == messages.Jingle }
func calledEnded[E messages.Input](d *Data, _ E) bool { return d.Stage == stageEnded }
func late(_ *Data, e messages.MediaLost) bool         { return e.Late }
func reasoned(_ *Data, e messages.Terminate) bool     { return e.Reason != "" }

func note(d *Data, e messages.OpenSession) (*Data, messages.Acts) {
	d.Open, d.Stage = e, stagePending
	return d, nil
}

// adopt: a softphone's handler takes the session, and knows more of the caller.
func adopt(d *Data, e messages.Adopted) (*Data, messages.Acts) {
	d.Open.FromUser, d.Open.OriginalRoom, d.Open.Type = e.FromUser, e.OriginalRoom, messages.Softphone
	return d, nil
}

func createPeer(d *Data, e messages.OpenSession) (*Data, messages.Acts) {
	return d, messages.Acts{messages.CreatePeer{Peer: e.Ref, Signalling: e.Signalling, Servers: e.Servers, Relay: e.Relay}}
}

func describe(d *Data, e messages.OpenSession) (*Data, messages.Acts) {
	d.Open.SDP, d.Open.Servers = "", nil // said once, and not needed again
	return d, messages.Acts{messages.Describe{Peer: e.Ref, SDP: e.SDP}}
}

// raise tells the root that there is a session; what it decides comes after the view that lists it.
func raise(d *Data, _ messages.PeerDone) (*Data, messages.Acts) {
	return d, messages.Acts{
		messages.Tell{To: d.Open.Ref, Msg: messages.DescriptionSet{}},
		messages.Tell{To: messages.Root, Msg: messages.SessionDescribed{Session: d.Open.Ref}},
	}
}

func acknowledgeInitiate(d *Data, _ messages.PeerDone) (*Data, messages.Acts) {
	return d, messages.Acts{messages.AcknowledgeIQ{IQ: d.Open.IQ, To: d.Open.Peer}}
}

func refuseInitiate(d *Data, _ messages.PeerRejected) (*Data, messages.Acts) {
	return d, messages.Acts{messages.RefuseIQ{IQ: d.Open.IQ, To: d.Open.Peer, Condition: "general-error"}}
}

func acknowledgeEnd(d *Data, e messages.SessionTerminate) (*Data, messages.Acts) {
	return d, messages.Acts{messages.AcknowledgeIQ{IQ: e.IQ, To: e.From}}
}

func callActive[E messages.Input](d *Data, _ E) (*Data, messages.Acts) { return d.call(stageActive) }
func callEnded[E messages.Input](d *Data, _ E) (*Data, messages.Acts)  { return d.call(stageEnded) }

// call changes the announced stage; only Jingle sessions say so (sdk-behaviour 4.2).
func (d *Data) call(stage string) (*Data, messages.Acts) {
	if d.Stage == stage || d.Open.Signalling != messages.Jingle {
		d.Stage = stage
		return d, nil
	}
	d.Stage = stage
	return d, messages.Acts{messages.Announce{Event: messages.SessionStateChanged{Session: d.Open.Session, State: stage}}}
}

func closeMedia[E messages.Input](d *Data, _ E) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Open.Ref, Msg: messages.CloseMedia{}}}
}

func closeMediaLate(d *Data, e messages.TimerFired) (*Data, messages.Acts) { return closeMedia(d, e) }

// endSoon lets the peer connection be closed first: who is told that the session is finished may forget it.
func endSoon(d *Data, _ messages.TimerFired) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Open.Ref, Msg: messages.SettleNow{}}}
}

func closeMediaIfUp(d *Data, _ messages.TimerFired) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Open.Ref, Msg: messages.CloseMediaIfUp{}}}
}

func reportIfClosed(d *Data, _ messages.CheckPeer) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: d.Open.Ref, Msg: messages.ReportIfClosed{}}}
}

func sendTerminate(d *Data, e messages.LeaveSession) (*Data, messages.Acts) {
	return d, messages.Acts{d.terminate(e.Reason)}
}

func sendTerminateLost(d *Data, e messages.MediaLost) (*Data, messages.Acts) {
	return d, messages.Acts{d.terminate(e.Reason)}
}

// askTerminate asks for the end and waits for the far end's word, but not for long.
func askTerminate(d *Data, e messages.LeaveSession) (*Data, messages.Acts) {
	reason := orSuccess(e.Reason)
	return d, messages.Acts{messages.Spawn{Actor: "request", Msg: messages.Perform{
		Effect: d.terminate(reason), Owner: d.Open.Ref, Tag: reason, Timeout: leaveTimeout,
	}}}
}

func (d *Data) terminate(reason string) messages.SendTerminate {
	return messages.SendTerminate{Signalling: d.Open.Signalling, Session: d.Open.Session, To: d.Open.Peer, Peer: d.Open.Ref, Reason: orSuccess(reason)}
}

func terminateAsAsked(d *Data, e messages.Terminate) (*Data, messages.Acts) {
	return d.over(orSuccess(e.Reason))
}

func terminatePlainly(d *Data, _ messages.Terminate) (*Data, messages.Acts) { return d.over("success") }

func terminateAsSaid(d *Data, e messages.SessionTerminate) (*Data, messages.Acts) {
	return d.over(e.Reason)
}

func terminateAsTold(d *Data, e messages.LeaveSession) (*Data, messages.Acts) {
	return d.over(orSuccess(e.Reason))
}

func terminateYielded(d *Data, _ messages.YieldSession) (*Data, messages.Acts) {
	return d.over("alternative-session")
}

func terminateLost(d *Data, e messages.MediaLost) (*Data, messages.Acts) { return d.over(e.Reason) }

// The request carries the reason as its tag.
func terminateAcknowledged(d *Data, e messages.RequestDone) (*Data, messages.Acts) {
	return d.over(e.Tag)
}

func terminateUnacknowledged(d *Data, e messages.RequestFailed) (*Data, messages.Acts) {
	return d.over(e.Tag)
}

// tellOver tells who asks for the end of a session that has ended: it is known already.
func tellOver(d *Data, e messages.LeaveSession) (*Data, messages.Acts) {
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.SessionTerminatedNow{
		Session: d.Open.Ref, Reason: orSuccess(e.Reason), Again: true,
	}}}
}

// tellStillborn: it was over before it was described. Nobody was told of it, so nothing is announced; but who keeps it may
// forget it.
func tellStillborn[E messages.Input](d *Data, _ E) (*Data, messages.Acts) {
	d.Over = true
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.SessionTerminatedNow{Session: d.Open.Ref}}}
}

// over says that the session has terminated; the root makes it known.
func (d *Data) over(reason string) (*Data, messages.Acts) {
	again := d.Over
	d.Over = true
	return d, messages.Acts{
		messages.Announce{Event: messages.SessionTerminated{Session: d.Open.Session, Reason: reason}},
		messages.Tell{To: messages.Root, Msg: messages.SessionTerminatedNow{Session: d.Open.Ref, Reason: reason, Again: again}},
	}
}

func orSuccess(reason string) string {
	if reason == "" {
		return "success"
	}
	return reason
}
