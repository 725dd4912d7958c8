package media

import (
	"math"
	"sync"
)

// Sound is what one peer connection sent and heard.
type Sound struct {
	// Sent and Received count packets; a packet that came twice counts once. Lost are those that never came between the first and
	// the last that did (RFC 3550 appendix A.3).
	Sent, Received, Lost uint64
	// Level is the loudness of the last full second in dBFS, a sine that just fits being 0; Silent where nothing was heard.
	Level float64
	// Frequency is how often the sound of that second went up through zero, in hertz: for one tone that is its frequency.
	Frequency float64
}

// Silent is the level of silence, in dBFS.
const Silent = -96.0

// add counts the packets of another peer connection, too.
func (s *Sound) add(other Sound) {
	s.Sent += other.Sent
	s.Received += other.Received
	s.Lost += other.Lost
}

// meterPackets is how many packets make the second that is measured.
const meterPackets = SampleRate / PacketSamples

// meter counts and measures what comes in.
type meter struct {
	mu       sync.Mutex
	received uint64
	first    uint64 // extended sequence numbers: those of RTP go round after 65536 packets
	last     uint64
	seen     uint64 // which of the 64 packets up to last came: bit 0 is last

	packets   int // of the second that is being measured
	samples   int
	energy    float64
	crossings int
	below     bool
	measured  bool
	level     float64
	frequency float64
}

// hear takes a packet.
func (m *meter) hear(sequence uint16, payload []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.count(sequence) {
		m.measure(payload)
	}
}

// count is false for a packet that came before, or so late that nobody knows.
func (m *meter) count(sequence uint16) bool {
	if m.received == 0 {
		m.first = 1<<16 + uint64(sequence) // there is room before it for what overtook it
		m.last, m.seen, m.received = m.first, 1, 1
		return true
	}
	distance := int64(int16(sequence - uint16(m.last)))
	switch {
	case distance > 0:
		m.last += uint64(distance)
		m.seen = m.seen<<distance | 1 // a shift by 64 and more leaves nothing
	case distance <= -64 || m.seen&(1<<-distance) != 0:
		return false
	default:
		m.seen |= 1 << -distance
		m.first = min(m.first, m.last-uint64(-distance))
	}
	m.received++
	return true
}

func (m *meter) measure(payload []byte) {
	for _, code := range payload {
		sample := float64(linear[code])
		m.energy += sample * sample
		if sample > 0 && m.below {
			m.crossings++
		}
		if sample != 0 {
			m.below = sample < 0
		}
	}
	m.samples += len(payload)
	if m.packets++; m.packets < meterPackets || m.samples == 0 {
		return
	}
	m.level = max(Silent, 10*math.Log10(2*m.energy/float64(m.samples)/(math.MaxInt16*math.MaxInt16)))
	m.frequency = float64(m.crossings) * SampleRate / float64(m.samples)
	m.packets, m.samples, m.energy, m.crossings, m.measured = 0, 0, 0, 0, true
}

// sound is what was heard so far.
func (m *meter) sound() Sound {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Sound{Received: m.received, Level: Silent, Frequency: m.frequency}
	if m.received > 0 {
		s.Lost = m.last - m.first + 1 - m.received
	}
	if m.measured {
		s.Level = m.level
	}
	return s
}
