package runtime

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/connection"
	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
)

// RecoverSoftphone is NewSoftphone for one whose program ended, after a kill too: the cell is brought back by Recover, from
// its last Snapshot, or nil for none, and its journal. cfg.Journal is to be positioned behind the journal's last whole
// line; the journal's header wins over cfg's identity, options, quirks and id prefix. On an error there is no softphone;
// the report is as far as Recover came.
//
// The softphone stands still until Resume, so that the program can subscribe first: what it is asked meanwhile waits. For
// the cell no time has passed since its last entry.
func RecoverSoftphone(cfg SoftphoneConfig, ports Ports, snapshot []byte, journal io.Reader) (*Softphone, Report, error) {
	cfg, ports, err := complete(cfg, ports)
	if err != nil {
		return nil, Report{}, err
	}
	cell, report, err := Recover(cfg.Config, snapshot, journal)
	if err != nil {
		return nil, report, err
	}
	cell.cfg.WithoutRows = cfg.WithoutRows
	cfg.Config = *cell.cfg
	s := newSoftphone(cfg, ports, cell)
	s.resume = make(chan struct{})
	if station, known := cell.station(); known {
		s.station.Store(&station)
	}
	go s.run()
	return s, report, nil
}

// Resume lets a recovered softphone go on. The cell is told that everything is gone which ended with the program: the
// stream, which comes back by itself; the media of all sessions, which end; and the answers to what was asked, which failed.
// All of this is announced as ever. Calls of the program before wait for nothing any more. Any other softphone, or one that
// was resumed, is left alone.
func (s *Softphone) Resume() {
	s.resumed.Do(func() {
		if s.resume != nil {
			close(s.resume)
		}
	})
}

// Snapshot writes the softphone's cell as it is between two inputs, as Cell.Snapshot does. With it, RecoverSoftphone needs of
// the journal only the header and what follows.
func (s *Softphone) Snapshot(ctx context.Context) ([]byte, error) {
	type taken struct {
		snapshot []byte
		err      error
	}
	reply := make(chan taken, 1)
	s.inbox.put(func() {
		snapshot, err := s.cell.Snapshot()
		reply <- taken{snapshot, err}
	})
	select {
	case t := <-reply:
		return t.snapshot, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.ended:
		return nil, s.whyEnded()
	}
}

// awaitResume waits until a recovered softphone is resumed, and then tells the cell what is gone; false: it was closed.
func (s *Softphone) awaitResume() bool {
	if s.resume == nil {
		return true
	}
	select {
	case <-s.closing:
		return false
	case <-s.resume:
	}
	s.start = s.ports.Clock.Now().Add(-s.cell.At())
	open := slices.Clone(s.cell.orders())
	for _, socket := range s.cell.sockets() {
		s.lose(messages.SocketClosed{Socket: socket, Code: 1006, Reason: gone})
	}
	for _, o := range open {
		if slices.Contains(s.cell.orders(), o) {
			s.lose(o.lost())
		}
	}
	for _, peer := range s.cell.peers() {
		s.losePeer(peer)
	}
	return true
}

// gone is why something failed that ended with the program.
const gone = "the program ended"

// lose tells the cell that something is gone; nil is nothing.
func (s *Softphone) lose(in messages.Input) {
	if s.failed == nil && in != nil {
		s.handle(in, nil)
	}
}

// losePeer tells of a peer connection that is gone what it would have told of itself, had it failed for good.
func (s *Softphone) losePeer(peer messages.Ref) {
	for _, in := range []messages.Input{
		messages.PeerICEChanged{Peer: peer, State: messages.PeerDisconnected},
		messages.PeerICEChanged{Peer: peer, State: messages.PeerFailed},
		messages.PeerICEChanged{Peer: peer, State: messages.PeerFailed}, // a second time, for those that try again
		messages.PeerConnectionChanged{Peer: peer, State: messages.PeerFailed},
	} {
		if s.cell.unit(peer) != nil {
			s.lose(in)
		}
	}
}

// lost is the answer to an order that nobody will answer any more; nil for an IQ, which ends with its stream or in time.
func (o order) lost() messages.Input {
	switch o.answer {
	case byHTTP:
		return messages.HTTPAnswered{Effect: o.id}
	case byMicrophone:
		return messages.MicrophoneDenied{Effect: o.id, Name: "AbortError", Message: gone}
	case byPeer:
		return messages.PeerRejected{Effect: o.id, Name: "AbortError", Message: gone}
	default:
		return nil
	}
}

// orders are the effects that wait for an answer.
func (c *Cell) orders() []order {
	if c.wake() != nil {
		return nil
	}
	return c.open
}

// peers are the actors that may own a peer connection.
func (c *Cell) peers() []messages.Ref {
	var refs []messages.Ref
	for _, u := range c.units {
		for _, m := range u.Machines {
			if m.Knows(messages.PeerConnectionChanged{}) && !slices.Contains(refs, u.Ref) {
				refs = append(refs, u.Ref)
			}
		}
	}
	return refs
}

// sockets are those that the stream has not closed.
func (c *Cell) sockets() []int {
	var open []int
	for _, a := range c.Actors() {
		stream, ok := dataOf[connection.Data](c, a.Ref, connection.Chart.Name())
		if !ok {
			continue
		}
		for _, socket := range []int{stream.Old, stream.Socket} {
			if socket != 0 {
				open = append(open, socket)
			}
		}
	}
	return open
}

// station is the user's station as the root knows it.
func (c *Cell) station() (station messages.StationInfo, known bool) {
	root, ok := dataOf[softphone.Data](c, messages.Root, softphone.Chart.Name())
	return root.Phone.Station, ok && root.Phone.Present
}

// dataOf is what a chart of an actor keeps; not ok: the actor has no such chart.
func dataOf[D any](c *Cell, ref messages.Ref, chart string) (data D, ok bool) {
	raw, err := c.Inspect(ref, chart)
	if err != nil {
		return data, false
	}
	var now fsm.Snapshot[D]
	err = json.Unmarshal(raw, &now)
	return now.Data, err == nil
}
