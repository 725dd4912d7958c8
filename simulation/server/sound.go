package server

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/edge"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// sound is the edge's audio, if there is any, and what it has described.
type sound struct {
	server *Server
	edge   *edge.Edge // nil: there is no audio

	mu        sync.Mutex
	described map[messages.SessionID]*description
	tones     map[messages.ConversationID]float64 // of far ends, in Hz
	toned     int                                 // tones that were given so far
}

// description is what a client was last told of a session. The platform names descriptions (asked); the edge makes them (made).
type description struct {
	asked messages.SDP
	ice   messages.Candidate
	made  messages.SDP
}

func (a *sound) init(s *Server, e *edge.Edge) {
	a.server, a.edge, a.described, a.tones = s, e, map[messages.SessionID]*description{}, map[messages.ConversationID]float64{}
}

// describe puts the edge's description in the place of the name that the platform has for it. false: there is none, and the
// session is over.
func (a *sound) describe(in messages.Input) (messages.Input, bool) {
	switch in := in.(type) {
	case messages.Offer:
		made, ok := a.describeSession(in.Session, in.SDP, in.ICE)
		in.SDP, in.ICE = made, ""
		return in, ok
	case messages.SessionInitiate:
		made, ok := a.describeSession(in.Session, in.SDP, "")
		in.SDP = made
		return in, ok
	default:
		return in, true
	}
}

func (a *sound) describeSession(session messages.SessionID, asked messages.SDP, ice messages.Candidate) (messages.SDP, bool) {
	if a.edge == nil {
		return silentSDP(asked), true
	}
	a.mu.Lock()
	last := a.described[session]
	a.mu.Unlock()
	if last != nil && last.asked == asked {
		return last.made, true // the same description in the other signalling
	}
	restart := last != nil && ice != "" && last.ice != "" && ice != last.ice
	made, err := a.edge.Offer(session, restart)
	if err != nil {
		a.server.slog.Error("a session cannot be described", "session", session, "why", err)
		a.server.loop.post(func() { a.server.terminate(session, "failed-application") })
		return "", false
	}
	a.mu.Lock()
	if last != nil && ice == "" {
		ice = last.ice
	}
	a.described[session] = &description{asked: asked, ice: ice, made: made}
	a.mu.Unlock()
	a.server.loop.post(func() { a.endIfOver(session) })
	return made, true
}

// endIfOver ends the audio of a session that ended while it was described. It is the loop's.
func (a *sound) endIfOver(session messages.SessionID) {
	if s := a.server.platform.Session(session); s == nil || s.Ended {
		a.over(session)
	}
}

// silentSDP is a description where there is no audio: well-formed, of one PCMU stream that goes nowhere (RFC 8866). Another
// name of the platform's gives another one.
func silentSDP(asked messages.SDP) messages.SDP {
	h := fnv.New64a()
	_, _ = h.Write([]byte(asked.Reveal()))
	return messages.SDP(fmt.Sprintf("v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 127.0.0.1\r\n"+
		"a=mid:0\r\na=rtpmap:0 PCMU/8000\r\na=setup:actpass\r\na=rtcp-mux\r\na=sendrecv\r\na=ice-ufrag:%016x\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\n",
		h.Sum64()>>1, h.Sum64(), strings.Repeat("silence-", 3), strings.TrimSuffix(strings.Repeat("00:", 32), ":")))
}

// terminate ends a session, if there is one. It is the loop's.
func (s *Server) terminate(id messages.SessionID, reason string) {
	if session := s.platform.Session(id); session != nil {
		s.platform.Terminate(session, reason)
	}
}

// size is of how many sessions the description is kept.
func (a *sound) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.described)
}

// over ends a session's audio.
func (a *sound) over(session messages.SessionID) {
	a.mu.Lock()
	delete(a.described, session)
	a.mu.Unlock()
	if a.edge != nil {
		a.edge.End(session)
	}
}

// kill lets a session's media die without a word.
func (a *sound) kill(session messages.SessionID) error {
	if a.edge == nil {
		return errors.New("there is no audio: start engine serve without --no-audio")
	}
	a.edge.Kill(session)
	return nil
}

// route tells the edge who hears whom in a conversation.
func (a *sound) route(h platform.Heard) {
	if a.edge == nil {
		return
	}
	if err := a.edge.Route(a.routesOf(h)); err != nil {
		a.server.slog.Error("a call cannot be heard", "conversation", h.Conversation, "why", err)
	}
}

// forget lets go of a conversation that is no more.
func (a *sound) forget(c messages.ConversationID) {
	a.mu.Lock()
	delete(a.tones, c)
	a.mu.Unlock()
	if a.edge != nil {
		a.edge.Forget(c)
	}
}

// The far ends' tones go round; they are apart enough to be told from each other.
const (
	lowestTone = 400.0
	toneStep   = 60.0
	tones      = 40
)

// toneOf is the tone of a conversation's far end, in Hz. It stays the same until the conversation is forgotten.
func (a *sound) toneOf(c messages.ConversationID) float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	tone, known := a.tones[c]
	if !known {
		tone = lowestTone + toneStep*float64(a.toned%tones)
		a.toned++
		a.tones[c] = tone
	}
	return tone
}

func (a *sound) routesOf(h platform.Heard) edge.Routes {
	r := edge.Routes{Conversation: h.Conversation, Speakers: h.FarEnd, Tone: a.toneOf(h.Conversation)}
	for _, l := range h.Sessions {
		if l.FarEnd {
			r.Listeners = append(r.Listeners, l.Session)
		}
		for _, other := range l.Others {
			r.Pairs = append(r.Pairs, edge.Pair{From: other, To: l.Session})
		}
	}
	return r
}

// soundView is what is heard somewhere, as the control API tells.
type soundView struct {
	Level     float64 `json:"level" help:"dBFS over the last second; -96 is silence"`
	Frequency float64 `json:"frequency" help:"Hz of the strongest tone; 0: none stands out"`
	Tone      float64 `json:"tone,omitempty" help:"Hz that the far end says itself"`
	Received  uint64  `json:"received" help:"packets"`
	Lost      uint64  `json:"lost"`
}

// far is what a conversation's far end hears.
func (a *sound) far(c messages.ConversationID) soundView {
	view := soundView{Level: edge.Silence}
	if a.edge == nil {
		return view
	}
	view.Tone = a.toneOf(c)
	if heard, ok := a.edge.FarHeard(c); ok {
		view.Level, view.Frequency = heard.Level, heard.Frequency
	}
	return view
}

// from is what came from the client that has a session.
func (a *sound) from(session messages.SessionID) soundView {
	view := soundView{Level: edge.Silence}
	if a.edge == nil {
		return view
	}
	if heard, ok := a.edge.Heard(session); ok {
		view.Level, view.Frequency = heard.Level, heard.Frequency
	}
	if counts, ok := a.edge.Counts(session); ok {
		view.Received, view.Lost = counts.Received, counts.Lost
	}
	return view
}

func (a *sound) close() error {
	if a.edge == nil {
		return nil
	}
	return a.edge.Close()
}
