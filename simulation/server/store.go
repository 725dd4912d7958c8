package server

import "sync/atomic"

// store is the room that all recordings have together. Several goroutines may use it.
type store struct {
	most int64
	used atomic.Int64
	told atomic.Bool
	full func() // is told that there was no room, once
}

// take takes room for so many bytes; false: there is not so much.
func (s *store) take(bytes int) bool {
	if s.used.Add(int64(bytes)) <= s.most {
		return true
	}
	s.used.Add(-int64(bytes))
	if s.told.CompareAndSwap(false, true) {
		s.full()
	}
	return false
}

// give gives room back.
func (s *store) give(bytes int) { s.used.Add(-int64(bytes)) }

// noRoom tells that there was no room for a recording.
func (s *Server) noRoom() {
	s.metrics.refused.WithLabelValues("recordings").Inc()
	s.slog.Warn("there is no more room for recordings: they stop: delete journals that nobody needs", "bytes", s.limits.RecordingBytes)
}
