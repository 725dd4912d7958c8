package edge

import (
	"sync"

	"github.com/pion/rtp"
)

const (
	jitterSamples = 2048             // what the buffer holds: 256 ms
	jitterDelay   = 3 * frameSamples // how long a packet that comes on time waits: 60 ms
	lateAtMost    = 10               // so many packets in a row that come too late: the sender's clock is another one now
)

// jitter is what arrives from one session, from the network until its turn comes. It is addressed by RTP timestamp, so that
// packets of any length, in any order and with holes between them end where they belong; a hole is silence.
type jitter struct {
	mu      sync.Mutex
	ring    [jitterSamples]byte // by timestamp
	next    uint32              // the timestamp of the sample that is taken next
	running bool                // a packet came, and next is known
	late    int                 // packets in a row that came after their turn
	arrived arrivals
}

// put stores what a packet carries at its time. A packet that is far from what is being played starts the buffer anew.
func (j *jitter) put(packet *rtp.Packet) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.arrived.count(packet) || packet.PayloadType != payloadPCMU || len(packet.Payload) > jitterSamples-jitterDelay {
		return
	}
	at := int(int32(packet.Timestamp - j.next))
	switch {
	case !j.running, at < -jitterSamples, at+len(packet.Payload) > jitterSamples:
		at = j.restart(packet.Timestamp)
	case at < 0:
		if j.late++; j.late < lateAtMost {
			return
		}
		at = j.restart(packet.Timestamp)
	}
	j.late = 0
	place := int(j.next+uint32(at)) % jitterSamples
	n := copy(j.ring[place:], packet.Payload)
	copy(j.ring[:], packet.Payload[n:])
}

// restart begins to play so that a packet with this timestamp waits as long as it should.
func (j *jitter) restart(timestamp uint32) (at int) {
	j.running, j.next = true, timestamp-jitterDelay
	for i := range j.ring {
		j.ring[i] = mulawSilence
	}
	return jitterDelay
}

// take moves the next 20 ms out of the buffer. It tells whether anything is said in them; if not, the frame is silence.
func (j *jitter) take(frame *encoded) (speaks bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.running {
		*frame = silence
		return false
	}
	for rest := frame[:]; len(rest) > 0; {
		place := int(j.next) % jitterSamples
		n := copy(rest, j.ring[place:])
		copy(j.ring[place:place+n], silence[:])
		j.next, rest = j.next+uint32(n), rest[n:]
	}
	return *frame != silence
}

// counts are the packets that came, and those that are missing.
func (j *jitter) counts() (received, lost uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.arrived.received, j.arrived.lost()
}

// arrivals counts packets of one stream at a time by their sequence numbers (RFC 3550, appendix A.3). Packets of another source are
// none of it, until two in a row say that the sender has begun another stream (appendix A.1).
type arrivals struct {
	received, missed uint64 // missed: in streams that ended, when the sender began another
	source           uint32 // the SSRC of the present stream
	first, highest   uint64 // sequence numbers, extended by how often they wrapped
	inStream         uint64 // packets of the present stream, each once
	seen             uint64 // the last 64 packets, as bits; bit 0 is the highest
	stranger         stranger
}

// stranger is the last packet, if it was of another source than the present stream's.
type stranger struct {
	came     bool
	source   uint32
	sequence uint16
}

// count tells whether a packet is new and of the present stream: one that comes twice counts once.
func (a *arrivals) count(packet *rtp.Packet) bool {
	last := a.stranger
	a.stranger = stranger{}
	switch {
	case a.inStream == 0:
		a.begin(packet.SSRC, packet.SequenceNumber)
	case packet.SSRC == a.source:
		if !a.place(packet.SequenceNumber) {
			return false
		}
	case last.came && last.source == packet.SSRC && packet.SequenceNumber == last.sequence+1:
		a.begin(packet.SSRC, last.sequence)
		a.received++
		a.inStream++
		a.place(packet.SequenceNumber)
	default:
		a.stranger = stranger{came: true, source: packet.SSRC, sequence: packet.SequenceNumber}
		return false
	}
	a.received++
	a.inStream++
	return true
}

// begin starts to count another stream.
func (a *arrivals) begin(source uint32, sequence uint16) {
	const wrapped = 1 << 16
	a.missed = a.lost()
	a.source, a.first, a.highest = source, uint64(sequence)+wrapped, uint64(sequence)+wrapped
	a.inStream, a.seen = 0, 1
}

// place notes a packet of the present stream and tells whether it is new.
func (a *arrivals) place(sequence uint16) bool {
	ahead := int64(int16(sequence - uint16(a.highest)))
	if ahead > 0 {
		a.highest += uint64(ahead)
		a.seen = a.seen<<min(ahead, 64) | 1
		return true
	}
	behind := uint64(-ahead)
	if behind >= 64 || a.seen>>behind&1 == 1 {
		return false
	}
	a.seen |= 1 << behind
	a.first = min(a.first, a.highest-behind)
	return true
}

func (a *arrivals) lost() uint64 {
	if a.inStream == 0 {
		return a.missed
	}
	return a.missed + a.highest - a.first + 1 - a.inStream
}
