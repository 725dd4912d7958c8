package runtime

import (
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Gate says which frames leave. What a softphone sends while its stream is down goes to a stream that is gone and is
// lost. With the quirk jingle-lost-on-reconnect so is what a Jingle session says that belongs to an earlier stream; with
// deaf-before-ready so is what is said about a call before the stream is announced. A replay and a live softphone share
// the gate, so that the one shows what the other does. Source: sdk-behaviour 1.2.
type Gate struct {
	quirks  quirk.Set
	bound   bool // the stream takes IQs: the ICE servers are being asked for, or are known
	up      bool
	streams int                  // how many there have been
	born    map[messages.Ref]int // the stream that a Jingle session began on; only those of the present stream
}

// NewGate is the gate of a cell with these quirks, which has no stream yet.
func NewGate(on quirk.Set) *Gate { return &Gate{quirks: on, born: map[messages.Ref]int{}} }

// Passes tells whether an effect leaves. It must see all effects of a cell, in the order in which they were decided.
func (g *Gate) Passes(effect messages.Effect) bool {
	switch e := effect.(type) {
	case messages.Announce:
		g.note(e.Event)
		return true
	case messages.CreatePeer:
		if e.Signalling == messages.Jingle {
			g.born[e.Peer] = g.streams
		}
		return true
	case messages.SendAccept:
		return g.carries()
	case messages.SendProceed:
		return g.carries()
	case messages.SendAnswer:
		return g.open(e.Signalling, e.Peer)
	case messages.SendCandidate:
		return g.open(e.Signalling, e.Peer)
	case messages.SendActive:
		return g.open(e.Signalling, e.Peer)
	case messages.SendTerminate:
		return g.open(e.Signalling, e.Peer)
	case messages.OpenSocket:
		g.bound = false
		return true
	case messages.SendServices:
		g.bound = true
		return true
	case messages.AcknowledgeIQ, messages.RefuseIQ:
		return g.bound
	default:
		return true
	}
}

// note follows the stream. A session of an earlier one need not be remembered: nothing of it passes.
func (g *Gate) note(event messages.Event) {
	switch event.(type) {
	case messages.StreamConnected:
		g.up, g.bound = true, true
		g.streams++
		clear(g.born)
	case messages.StreamDisconnected:
		g.up, g.bound = false, false
	}
}

func (g *Gate) open(s messages.Signalling, session messages.Ref) bool {
	left := s == messages.Jingle && g.born[session] != g.streams
	return g.carries() && !(left && g.quirks.Has(quirk.JingleLostOnReconnect))
}

// carries tells whether the stream carries what is said about calls.
func (g *Gate) carries() bool { return g.up || g.bound && !g.quirks.Has(quirk.DeafBeforeReady) }
