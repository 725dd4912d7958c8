package server

import (
	"errors"
	"runtime/debug"
)

// A panic is an error of the server's own. In a stream's reader or writer it ends that stream. On the loop it ends the server:
// nobody knows what state the platform is in then, so all streams are told, and what was recorded can still be written.

// errBroken is what the server ends with when its platform has.
var errBroken = errors.New("the platform has ended by an error of its own: the log has it, with the stack: please report it")

// survives does a stream's work; false: it panicked, and the stream is to end.
func (c *stream) survives(where string, do func()) (well bool) {
	defer func() {
		if why := recover(); why != nil {
			c.server.notePanic(where, why)
			c.finish(farewell{code: closedByError, reason: "an error of the server's own", condition: "internal-server-error"})
		}
	}()
	do()
	return true
}

// notePanic keeps that something panicked, and where. It is called while it does.
func (s *Server) notePanic(where string, why any) {
	s.metrics.panics.WithLabelValues(where).Inc()
	s.slog.Error("panic", "where", where, "why", why, "stack", string(debug.Stack()))
}

// breakDown ends all streams and the server, when the loop has panicked. It is the loop's.
func (s *Server) breakDown(why any) {
	s.notePanic("loop", why)
	s.broken.Store(true)
	for c := range s.open {
		c.finish(farewell{code: closedByError, reason: "the platform has ended", condition: "internal-server-error"})
	}
	go s.Stop()
}
