package server

import (
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// write writes what the platform says, until the connection is to end.
func (c *stream) write() {
	beat := time.NewTicker(c.server.limits.beat())
	defer beat.Stop()
	for {
		for c.live() {
			o, ok := c.out.take()
			if !ok {
				break
			}
			if !c.writeOne(o) {
				c.finish(farewell{code: closedAbnormally})
			}
		}
		select {
		case <-c.out.wake:
		case <-beat.C:
			if c.socket.WriteControl(websocket.PingMessage, nil, time.Now().Add(writePatience)) != nil {
				c.finish(farewell{code: closedAbnormally})
			}
		case <-c.end:
			c.part()
			return
		}
	}
}

// live tells whether the connection is not to end yet.
func (c *stream) live() bool {
	select {
	case <-c.end:
		return false
	default:
		return true
	}
}

// writeOne writes one thing that the platform says; false: the connection is broken.
func (c *stream) writeOne(o outgoing) bool {
	if o.raw != nil {
		return c.writeFrame(o.raw)
	}
	in, ok := c.server.sound.describe(o.in)
	if !ok {
		return true
	}
	frame, ok, err := jingle.EncodePlatform(in, c.about(o))
	if err != nil || !ok {
		c.server.slog.Error("a frame cannot be written", "kind", o.in.Kind(), "why", err)
		return true
	}
	if !c.writeFrame(frame) {
		return false
	}
	if _, last := in.(messages.StreamEnded); last {
		c.finish(farewell{code: closedNormally})
	}
	return true
}

func (c *stream) writeFrame(frame []byte) bool {
	c.log.frame("ws.recv", c.number, frame)
	c.server.metrics.framesOut.Inc()
	deadline := c.last
	if deadline.IsZero() {
		deadline = time.Now().Add(writePatience)
	}
	if c.socket.SetWriteDeadline(deadline) != nil {
		return false
	}
	return c.socket.WriteMessage(websocket.TextMessage, frame) == nil
}

// about is what a frame says beside its meaning.
func (c *stream) about(o outgoing) jingle.PlatformContext {
	return jingle.PlatformContext{
		To: o.to, Domain: platform.Domain, NotificationHost: c.server.notificationHost(), User: messages.UserID(c.account.user.Name),
		Notify: notifications.Encode, ID: c.server.nextID(), Asked: o.asked.effect, IQ: o.asked.id, AskedOf: o.asked.of,
	}
}

// part writes what was said before the end and then how it ends, all within the time that one frame may take, and has the reader
// end.
func (c *stream) part() {
	how := c.how
	if how.code == closedAbnormally || how.heard {
		_ = c.socket.Close()
		return
	}
	defer func() { _ = c.socket.SetReadDeadline(time.Now()) }()
	c.last = time.Now().Add(writePatience)
	for {
		o, ok := c.out.take()
		if !ok || !c.writeOne(o) {
			break
		}
	}
	if how.condition != "" {
		_ = c.writeFrame(jingle.StreamError(how.condition))
		_ = c.writeFrame(jingle.StreamClose())
	}
	if how.code == closedNormally {
		select {
		case <-c.goodbye: // who is told that the stream is closed closes it, too
		case <-time.After(closePatience):
		}
	}
	_ = c.socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(how.code, how.reason), c.last)
}
