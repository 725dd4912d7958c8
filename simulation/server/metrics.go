package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what the server counts, for Prometheus.
type metrics struct {
	registry *prometheus.Registry
	streams  prometheus.Gauge
	frames   *prometheus.CounterVec
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	calls    prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		streams:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "hookswitch_streams", Help: "Streams that are open."}),
		frames:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_frames_total", Help: "Frames of streams."}, []string{"direction"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_requests_total", Help: "Requests of the public API that the platform took."}, []string{"of"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hookswitch_refused_total", Help: "What was refused because a limit was reached."}, []string{"what"}),
		calls:    prometheus.NewCounter(prometheus.CounterOpts{Name: "hookswitch_calls_total", Help: "Calls that were placed, from either side."}),
	}
	m.registry.MustRegister(m.streams, m.frames, m.requests, m.refused, m.calls,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
