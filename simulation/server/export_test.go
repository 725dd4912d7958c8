package server

import (
	"context"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// BreakFrames has the goroutines that read or write frames panic, once each time that they are told to.
func (s *Server) BreakFrames(in, out *atomic.Bool) {
	_ = s.loop.do(context.Background(), func() {
		s.metrics.framesIn = panicky{s.metrics.framesIn, in}
		s.metrics.framesOut = panicky{s.metrics.framesOut, out}
	})
}

type panicky struct {
	prometheus.Counter
	now *atomic.Bool
}

func (p panicky) Inc() {
	if p.now.CompareAndSwap(true, false) {
		panic("as asked for")
	}
	p.Counter.Inc()
}

// OnLoop has something done on the loop.
func (s *Server) OnLoop(do func()) error { return s.loop.do(context.Background(), do) }
