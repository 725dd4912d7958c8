package server

import (
	"net"
	"net/http"
	"sync"
)

// silent are the connections that have asked nothing yet. There is no need to wait for them at the end, as http.Server would.
type silent struct {
	mu    sync.Mutex
	all   map[net.Conn]bool
	ended bool
}

// note takes note of what a connection is at (http.Server.ConnState).
func (s *silent) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.all, c)
	case s.ended:
		_ = c.Close()
	default:
		s.all[c] = true
	}
}

// close closes them, and those to come.
func (s *silent) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for c := range s.all {
		_ = c.Close()
	}
}
