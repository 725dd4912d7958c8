package edge

import (
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/pion/ice/v4"
)

// valve is one session's way to the shared port. When it is shut nothing passes, in either direction, and neither side is told:
// that is how a network fails.
type valve struct {
	ice.UDPMux
	shut    atomic.Bool
	flooded atomic.Bool // by a client of whom nothing will be taken any more: no restart opens it
}

func (v *valve) closed() bool { return v.shut.Load() || v.flooded.Load() }

// wire is a connection of pion's mux.
type wire interface {
	net.PacketConn
	ice.AddrPortReaderWriter
}

// GetConn is the session's share of the port.
func (v *valve) GetConn(ufrag string, address net.Addr) (net.PacketConn, error) {
	conn, err := v.UDPMux.GetConn(ufrag, address)
	if err != nil {
		return nil, err
	}
	inner, ok := conn.(wire)
	if !ok {
		return nil, fmt.Errorf("edge: the shared port has connections of type %T, which cannot be cut: use a pion/ice that has AddrPortReaderWriter", conn)
	}
	return &cut{wire: inner, valve: v}, nil
}

// cut is a connection behind a valve.
type cut struct {
	wire
	valve *valve
}

// ReadFrom waits for a packet that gets through.
func (c *cut) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.wire.ReadFrom(b)
		if err != nil || !c.valve.closed() {
			return n, from, err
		}
	}
}

// ReadFromAddrPort waits for a packet that gets through.
func (c *cut) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := c.wire.ReadFromAddrPort(b)
		if err != nil || !c.valve.closed() {
			return n, from, err
		}
	}
}

// WriteTo sends a packet, or loses it and says that it was sent.
func (c *cut) WriteTo(b []byte, to net.Addr) (int, error) {
	if c.valve.closed() {
		return len(b), nil
	}
	return c.wire.WriteTo(b, to)
}

// WriteToAddrPort sends a packet, or loses it and says that it was sent.
func (c *cut) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if c.valve.closed() {
		return len(b), nil
	}
	return c.wire.WriteToAddrPort(b, to)
}
