package replay

import "github.com/hookswitch/hookswitch/messages"

// gate says which frames leave. What a softphone sends while its stream is down goes to a stream that is gone and is
// lost; so is what a Jingle session says that belongs to an earlier stream. Source: sdk-behaviour 1.2.
type gate struct {
	up      bool
	streams int                        // how many there have been
	born    map[messages.SessionID]int // the stream that a session was raised on
}

func newGate() *gate { return &gate{born: map[messages.SessionID]int{}} }

// passes tells whether an effect leaves. Effects come in the order in which they were decided.
func (g *gate) passes(effect messages.Effect) bool {
	switch e := effect.(type) {
	case messages.Announce:
		switch e.Event.(type) {
		case messages.StreamConnected:
			g.up = true
			g.streams++
		case messages.StreamDisconnected:
			g.up = false
		}
		return true
	case messages.SendAccept:
		g.born[e.Session] = g.streams
		return g.up
	case messages.SendProceed:
		return g.up
	case messages.SendAnswer:
		return g.open(e.Signalling, e.Session)
	case messages.SendCandidate:
		return g.open(e.Signalling, e.Session)
	case messages.SendActive:
		return g.open(e.Signalling, e.Session)
	case messages.SendTerminate:
		return g.open(e.Signalling, e.Session)
	case messages.AcknowledgeIQ, messages.RefuseIQ:
		return g.up
	default:
		return true
	}
}

func (g *gate) open(s messages.Signalling, session messages.SessionID) bool {
	return g.up && (s != messages.Jingle || g.born[session] == g.streams)
}
