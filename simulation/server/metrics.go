package server

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hookswitch/hookswitch/simulation/edge"
)

// metrics are what the server counts, for Prometheus.
type metrics struct {
	registry  *prometheus.Registry
	streams   prometheus.Gauge
	framesIn  prometheus.Counter
	framesOut prometheus.Counter
	requests  *prometheus.CounterVec
	refused   *prometheus.CounterVec
	calls     prometheus.Counter
	panics    *prometheus.CounterVec
}

func newMetrics(of *Server) *metrics {
	frames := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_frames_total", Help: "Frames of streams."}, []string{"direction"})
	m := &metrics{
		framesIn: frames.WithLabelValues("in"), framesOut: frames.WithLabelValues("out"),
		registry: prometheus.NewRegistry(),
		streams:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "hookswitch_streams", Help: "Streams that are open."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_requests_total", Help: "Requests of the public API that the platform took."}, []string{"of"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_refused_total", Help: "What was refused because a limit was reached."}, []string{"what"}),
		panics:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_panics_total", Help: "Errors of the server's own that ended a stream, or the platform."}, []string{"where"}),
		calls:    prometheus.NewCounter(prometheus.CounterOpts{Name: "hookswitch_calls_total", Help: "Calls that were placed, from either side."}),
	}
	m.registry.MustRegister(of.soundMetric("hookswitch_audio_skipped_seconds_total", "Sound that nobody got, because the machine was too slow to make it in time.",
		func(e *edge.Edge) float64 { return e.Skipped().Seconds() }))
	m.registry.MustRegister(of.soundMetric("hookswitch_audio_unsent_packets_total", "Packets that sessions were not sent for that; as many of theirs were not heard.",
		func(e *edge.Edge) float64 { return float64(e.Unsent()) }))
	m.registry.MustRegister(m.streams, frames, m.requests, m.refused, m.calls, m.panics, remembered{of},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// soundMetric counts something of the edge's; 0 where there is no audio.
func (s *Server) soundMetric(name, help string, count func(*edge.Edge) float64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 {
		if s.sound.edge == nil {
			return 0
		}
		return count(s.sound.edge)
	})
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// remembered tells how much the server keeps in mind: all of it has bounds, and what is over is forgotten.
type remembered struct{ server *Server }

var rememberedMetric = prometheus.NewDesc("hookswitch_remembered", "What the server keeps in mind.", []string{"what"}, nil)

// Describe is of prometheus.Collector.
func (remembered) Describe(to chan<- *prometheus.Desc) { to <- rememberedMetric }

// Collect is of prometheus.Collector. It waits for the loop, but not for long.
func (r remembered) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	sizes, err := onLoop(r.server, ctx, func() (map[string]int, error) { return r.server.sizes(), nil })
	if err != nil {
		return
	}
	for what, n := range sizes {
		to <- prometheus.MustNewConstMetric(rememberedMetric, prometheus.GaugeValue, float64(n), what)
	}
}

// sizes are the numbers of what is kept. It is the loop's.
func (s *Server) sizes() map[string]int {
	p := s.platform.Size()
	return map[string]int{
		"agents": p.Users, "streams": len(s.open), "bound-streams": p.Streams, "channels": max(p.Channels, len(s.channels)),
		"calls": max(p.Conversations, len(s.known)), "sessions": p.Sessions, "described-sessions": s.sound.size(), "pages": s.pages.size(),
		"timers": len(s.loop.timers), "recorded-bytes": int(s.kept.used.Load()),
	}
}
