package server

import (
	"fmt"
	"sync"
	"time"
)

// Limits bound what a client may use. The zero value of a field is its default.
type Limits struct {
	// RequestsPerMinute is how many REST requests a token may make in a minute before it gets 429. The public API's is 300.
	RequestsPerMinute int
	// FramesPerSecond is how many frames a stream may send in a second, on average; ten times as many at once. As often may the
	// pages of a token tell and ask something.
	FramesPerSecond int
	// FrameBytes is the longest frame, BodyBytes the longest body of a request.
	FrameBytes, BodyBytes int64
	// Streams is how many streams there may be, StreamsPerUser how many of one user.
	Streams, StreamsPerUser int
	// Backlog is how many frames may wait for a client that reads slowly.
	Backlog int
	// SetUp is how long a client may take for the header of a request, and from the WebSocket to its resource; Idle how long it may say nothing at all, not
	// even that it is alive (RFC 6455 section 5.5.3).
	SetUp, Idle time.Duration
	// Agents is how many agents there may be; Calls how many that are not forgotten.
	Agents, Calls int
	// Memory is for how long what is over is remembered.
	Memory time.Duration
	// JournalBytes is how much is kept of what one client said and heard; what comes later is not kept. Negative: nothing is.
	JournalBytes int
	// RecordingBytes is how much is kept of all clients and pages together; what comes later is not kept.
	RecordingBytes int64
}

// DefaultLimits are those of a Limits with nothing set.
func DefaultLimits() Limits {
	return Limits{
		RequestsPerMinute: 300, FramesPerSecond: 100, FrameBytes: 256 << 10, BodyBytes: 1 << 20, Streams: 20000, StreamsPerUser: 20,
		Backlog: 1024, SetUp: 15 * time.Second, Idle: 90 * time.Second, Agents: 50_000, Calls: 100_000,
		Memory: time.Minute, JournalBytes: 4 << 20, RecordingBytes: 1 << 30,
	}
}

// filled are the limits with defaults where nothing is set.
func (l Limits) filled() Limits {
	d := DefaultLimits()
	fill(&l.RequestsPerMinute, d.RequestsPerMinute)
	fill(&l.FramesPerSecond, d.FramesPerSecond)
	fill(&l.FrameBytes, d.FrameBytes)
	fill(&l.BodyBytes, d.BodyBytes)
	fill(&l.Streams, d.Streams)
	fill(&l.StreamsPerUser, d.StreamsPerUser)
	fill(&l.Backlog, d.Backlog)
	fill(&l.SetUp, d.SetUp)
	fill(&l.Idle, d.Idle)
	fill(&l.Agents, d.Agents)
	fill(&l.Calls, d.Calls)
	fill(&l.Memory, d.Memory)
	fill(&l.JournalBytes, d.JournalBytes)
	fill(&l.RecordingBytes, d.RecordingBytes)
	return l
}

// check says which limit is none.
func (l Limits) check() error {
	for name, value := range map[string]int64{
		"RequestsPerMinute": int64(l.RequestsPerMinute), "FramesPerSecond": int64(l.FramesPerSecond), "FrameBytes": l.FrameBytes,
		"BodyBytes": l.BodyBytes, "Streams": int64(l.Streams), "StreamsPerUser": int64(l.StreamsPerUser), "Backlog": int64(l.Backlog),
		"SetUp": int64(l.SetUp), "Idle": int64(l.Idle), "Agents": int64(l.Agents), "Calls": int64(l.Calls), "Memory": int64(l.Memory),
		"RecordingBytes": l.RecordingBytes,
	} {
		if value < 0 {
			return fmt.Errorf("server: Limits.%s: %d is less than nothing: leave it out for what is usual", name, value)
		}
	}
	return nil
}

func fill[T comparable](field *T, with T) {
	var nothing T
	if *field == nothing {
		*field = with
	}
}

// beat is how often a client is asked whether it is alive.
func (l Limits) beat() time.Duration { return max(l.Idle/3, time.Millisecond) }

// bucket is a token bucket: so much at once, and so much a second.
type bucket struct {
	mu     sync.Mutex
	burst  float64
	rate   float64 // a second
	left   float64
	filled time.Time
}

func newBucket(rate, burst float64) *bucket {
	return &bucket{rate: rate, burst: burst, left: burst, filled: time.Now()}
}

// take takes one. If there is none, it says how long that will take.
func (b *bucket) take() (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.left = min(b.burst, b.left+b.rate*now.Sub(b.filled).Seconds())
	b.filled = now
	if b.left >= 1 {
		b.left--
		return 0, true
	}
	return time.Duration((1 - b.left) / b.rate * float64(time.Second)), false
}
