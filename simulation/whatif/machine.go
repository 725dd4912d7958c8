package whatif

import (
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// httpAnswered takes the answer of a REST request: a refusal is a line before what caused the request.
func (r *reader) httpAnswered(in messages.HTTPAnswered) {
	q := r.settledEffect(in.Effect)
	if in.Station != nil {
		r.stationRead(*in.Station)
	}
	if in.Me != nil && in.Me.Station == "" && r.stations == 0 {
		r.noStation = true
	}
	if q == nil || in.Status >= 200 && in.Status <= 299 || r.offline {
		return
	}
	e, is := q.effect.(messages.Request)
	if !is {
		return
	}
	do := scenario.Statement{Verb: scenario.NextFails, Phone: atDesk, Word: string(e.Of), Number: in.Status}
	if in.RetryAfter != nil {
		do.Duration = *in.RetryAfter
	}
	r.beforehand(q, do)
	c := r.byID[e.Conversation]
	if c != nil && e.Of == messages.PatchState && e.State == messages.Disconnected {
		c.ended = false
	}
}

// beforehand adds what must be said before a request is made: just before the act that causes it.
func (r *reader) beforehand(q *request, do scenario.Statement) {
	if q.cause >= 0 {
		cause := r.acts[q.cause]
		r.acts = append(r.acts, act{at: cause.at, order: cause.order - 1, do: do, after: cause.after, delay: cause.delay, line: cause.line})
		return
	}
	r.acts = append(r.acts, act{at: round(max(q.at-time.Millisecond, 0)), order: 0, do: do, line: q.line})
}

// stationRead takes the station as it is now.
func (r *reader) stationRead(s messages.StationInfo) {
	r.stations++
	if r.stations == 1 {
		r.station, r.first, r.noStation = s, s, false
		return
	}
	if s.LineAppearance != r.station.LineAppearance || s.Persistent != r.station.Persistent {
		r.cannot("the station is another one from here on, and nobody said so: line appearance %d", s.LineAppearance)
	}
}

// stationNotified takes a change of the user's station.
func (r *reader) stationNotified(in messages.StationNotified) {
	next, changes := r.nextStation()
	told := r.notifiedAfter()
	switch {
	case in.Action == "Disassociated":
		r.did(told, scenario.Statement{Verb: scenario.StationGone, Agent: theAgent})
	case changes:
		r.station = next
		r.did(told, scenario.Statement{Verb: scenario.StationBecomes, Agent: theAgent, Number: max(next.LineAppearance, 1), Flag: next.Persistent})
		if in.Action == "Associated" {
			r.did(told, scenario.Statement{Verb: scenario.StationAssociated, Agent: theAgent})
		}
	case in.Action == "Associated":
		r.did(told, scenario.Statement{Verb: scenario.StationAssociated, Agent: theAgent})
	default:
		r.did(told, scenario.Statement{Verb: scenario.StationBecomes, Agent: theAgent, Number: max(r.station.LineAppearance, 1), Flag: r.station.Persistent})
	}
}

// nextStation is the station as it is read next, and whether it is another than now.
func (r *reader) nextStation() (next messages.StationInfo, changes bool) {
	for _, e := range r.log.Entries[r.now+1:] {
		switch in := e.Step.Input.(type) {
		case messages.StationNotified:
			return r.station, false
		case messages.HTTPAnswered:
			if in.Station == nil {
				continue
			}
			return *in.Station, in.Station.LineAppearance != r.station.LineAppearance || in.Station.Persistent != r.station.Persistent
		}
	}
	return r.station, false
}

// unanswered adds the requests that nobody answered, though the recording went on.
func (r *reader) unanswered() {
	const patience = 5 * time.Second
	for _, id := range r.order {
		q := r.asked[id]
		if q.done || r.before.end-r.base-q.at < patience {
			continue
		}
		switch e := q.effect.(type) {
		case messages.Request:
			r.beforehand(q, scenario.Statement{Verb: scenario.NextUnanswered, Phone: atDesk, Word: string(e.Of)})
		case messages.SendPing:
			r.beforehand(q, scenario.Statement{Verb: scenario.NextDropped, Phone: atDesk, Word: messages.IQAnswered{}.Kind()})
		default:
			r.missing = append(r.missing, Note{Line: q.line, At: q.at, What: e.Kind() + " is never answered"})
		}
	}
}

// machine takes what microphones and peer connections say.
func (r *reader) machine(in messages.Input) {
	switch in := in.(type) {
	case messages.MicrophoneGranted:
		if q := r.settledEffect(in.Effect); q != nil && r.denied {
			r.denied = false
			r.beforehand(q, scenario.Statement{Verb: scenario.Microphone, Phone: atDesk, Word: "granted"})
		}
	case messages.MicrophoneDenied:
		q := r.settledEffect(in.Effect)
		if q == nil || r.denied {
			return
		}
		why := "denied"
		if in.Name == "NotFoundError" {
			why = "missing"
		}
		r.denied = true
		r.beforehand(q, scenario.Statement{Verb: scenario.Microphone, Phone: atDesk, Word: why})
	case messages.PeerRejected:
		r.cannot("an operation of a peer connection is rejected")
	case messages.PeerConnectionChanged:
		r.media(in)
	case messages.PeerICEChanged:
		r.ice(in)
	}
}

// ice takes the first news of media that stops: its ICE notices before the connection does.
func (r *reader) ice(in messages.PeerICEChanged) {
	s := r.peers[in.Peer]
	if s == nil {
		return
	}
	switch {
	case in.State == messages.PeerConnected || in.State == messages.PeerCompleted:
		s.ice = true
	case in.State == messages.PeerDisconnected && s.ice && !s.disturbed:
		s.disturbed = true
		r.disturbed(s, "disconnects", 0)
	}
}

// media takes a change of a peer connection.
func (r *reader) media(in messages.PeerConnectionChanged) {
	s := r.peers[in.Peer]
	if s == nil {
		return
	}
	how := ""
	switch {
	case in.Silent:
		how = "dies"
	case in.State == messages.PeerConnected && s.disturbed:
		how, s.disturbed = "recovers", false
	case in.State == messages.PeerConnected:
		s.connected = true
	case in.State == messages.PeerDisconnected && s.connected && !s.disturbed:
		how, s.disturbed = "disconnects", true
	case in.State == messages.PeerFailed:
		how = "fails"
	}
	if how != "" {
		r.disturbed(s, how, mediaNoticed)
	}
}

// disturbed adds what happens to the media of a session.
func (r *reader) disturbed(s *session, how string, earlier time.Duration) {
	if r.offline {
		return
	}
	for _, c := range r.calls {
		if c.session == s.id && c.name != "" {
			r.did(earlier, scenario.Statement{Verb: scenario.Media, Phone: atDesk, Call: c.name, Word: how})
			return
		}
	}
	r.cannot("the media of a session that carries no call: %s", how)
}

// mediaNoticed is how long a peer connection takes to say what its ICE has said already.
const mediaNoticed = 50 * time.Millisecond

// surroundings takes what the machine, its network and its sockets do.
func (r *reader) surroundings(in messages.Input) {
	switch in := in.(type) {
	case messages.NetworkChanged:
		verb := scenario.LoseNetwork
		if in.Online {
			verb = scenario.RegainNetwork
		}
		r.offline = !in.Online
		r.did(0, scenario.Statement{Verb: verb, Phone: atDesk})
	case messages.PageShown:
		verb := scenario.HidePage
		if in.Visible {
			verb = scenario.ShowPage
		}
		r.did(0, scenario.Statement{Verb: verb, Phone: atDesk})
	case messages.SocketFailed:
		if !r.refused && !r.offline {
			r.refused = true
			r.did(handshake, scenario.Statement{Verb: scenario.RefuseStreams, Agent: theAgent})
		}
	case messages.SocketOpened:
		if r.refused {
			r.refused = false
			r.did(handshake, scenario.Statement{Verb: scenario.AcceptStreams, Agent: theAgent})
		}
	case messages.SocketClosed:
		r.socketClosed(in)
	}
}

// handshake is a little more than a socket takes to open.
const handshake = 21 * time.Millisecond

// socketClosed takes the end of a socket that nobody here wanted.
func (r *reader) socketClosed(in messages.SocketClosed) {
	wanted := r.closing[in.Socket] || r.closing[0]
	delete(r.closing, 0)
	if wanted || r.offline || r.refused {
		return
	}
	code := in.Code
	if code == 1006 {
		code = 0
	}
	r.did(0, scenario.Statement{Verb: scenario.DropStream, Phone: atDesk, Number: code})
}
