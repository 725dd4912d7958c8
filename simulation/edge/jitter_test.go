package edge

import (
	"testing"

	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

// packetOf is the n-th packet of a stream; its bytes say which one it is.
func packetOf(n int, samples int) *rtp.Packet {
	p := &rtp.Packet{Payload: make([]byte, samples)}
	p.SSRC, p.SequenceNumber, p.Timestamp = 7, uint16(65530+n), uint32(n*samples)-500
	for i := range p.Payload {
		p.Payload[i] = byte(n)
	}
	return p
}

// Packets in any order, twice or not at all: each sample that comes out is the one of its time, or silence.
func TestJitterKeepsEachSampleAtItsTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SampledFrom([]int{80, 160, 240}).Draw(t, "samples a packet")
		var j jitter
		var frame encoded
		j.put(packetOf(1, samples))
		j.take(&frame)
		j.take(&frame)
		j.take(&frame) // what was ahead of the first packet
		var heard []byte
		come := map[int]bool{1: true}
		for at := 2; at < 60; at++ {
			for _, n := range rapid.SampledFrom([][]int{{0, 1}, {1, 0}, {0}, {1, 1}, {}, {0, 0}}).Draw(t, "comes") {
				j.put(packetOf(at+n, samples))
				come[at+n] = true
			}
			for len(heard)+frameSamples <= (at-1)*samples { // what comes now is for later
				j.take(&frame)
				heard = append(heard, frame[:]...)
			}
		}
		for i, b := range heard {
			n := 1 + i/samples
			if b != mulawSilence && (b != byte(n) || !come[n]) {
				t.Fatalf("sample %d is of packet %d, it should be of packet %d", i, b, n)
			}
		}
	})
}

func TestJitterPlaysAStream(t *testing.T) {
	var j jitter
	var frame encoded
	if j.take(&frame) || frame != silence {
		t.Error("before anything came, something was heard")
	}
	for n := 1; n <= 100; n++ {
		j.put(packetOf(n, frameSamples))
		speaks := j.take(&frame)
		want := byte(n - jitterDelay/frameSamples)
		if n <= jitterDelay/frameSamples {
			want = mulawSilence
		}
		if frame[0] != want || frame[159] != want || speaks != (want != mulawSilence) {
			t.Fatalf("at packet %d, %d … %d is heard, it should be %d", n, frame[0], frame[159], want)
		}
	}
	for range 5 {
		j.take(&frame)
	}
	if frame != silence {
		t.Error("after the last packet, something is heard")
	}
}

// A sender that begins at another time, or a clock that runs differently, does not make it silent for ever.
func TestJitterFindsTheStreamAgain(t *testing.T) {
	for name, jump := range map[string]uint32{"far ahead": 1 << 30, "far behind": 1<<32 - 1<<30, "a little behind": 1<<32 - 1000, "a little ahead": 1900} {
		var j jitter
		var frame encoded
		for n := 1; n <= 40; n++ {
			p := packetOf(n, frameSamples)
			if n > 10 {
				p.Timestamp += jump
			}
			j.put(p)
			j.take(&frame)
		}
		if frame == silence {
			t.Errorf("%s: 30 packets after the jump nothing is heard", name)
		}
	}
}

func TestArrivalsCountWhatIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a arrivals
		come := rapid.SliceOfN(rapid.SampledFrom([]string{"comes", "lost", "twice", "late"}), 3, 400).Draw(t, "packets")
		come[0], come[len(come)-1] = "comes", "comes"
		received, lost := uint64(0), uint64(0)
		late := -1
		for n, what := range come {
			if what == "lost" {
				lost++
				continue
			}
			received++
			if what == "late" && late < 0 && n+1 < len(come) {
				late = n
				continue
			}
			a.count(packetOf(n, 160))
			if what == "twice" && a.count(packetOf(n, 160)) {
				t.Fatalf("packet %d is new when it comes again", n)
			}
			if late >= 0 {
				a.count(packetOf(late, 160))
				late = -1
			}
		}
		if a.received != received || a.lost() != lost {
			t.Fatalf("%d came and %d were lost; counted are %d and %d", received, lost, a.received, a.lost())
		}
	})
}

// A sender that starts another stream has lost nothing by it.
func TestArrivalsOfTwoStreams(t *testing.T) {
	var a arrivals
	for _, n := range []int{1, 2, 4} {
		a.count(packetOf(n, 160))
	}
	for _, n := range []int{30000, 30001, 30003} {
		p := packetOf(n, 160)
		p.SSRC = 8
		a.count(p)
	}
	if a.received != 6 || a.lost() != 2 {
		t.Errorf("received %d and lost %d, it should be 6 and 2", a.received, a.lost())
	}
}

// Who names another source in each packet has sent no stream: nothing of it counts, and nothing is heard.
func TestArrivalsOfNoStream(t *testing.T) {
	var a arrivals
	for n := range 1000 {
		p := packetOf(n, 160)
		p.SSRC = uint32(n)
		if fresh := a.count(p); fresh != (n == 0) {
			t.Fatalf("packet %d of as many sources counts: %t", n, fresh)
		}
	}
	for n := range 10 { // in turn with the stream, another source has none either
		p := packetOf(n, 160)
		p.SSRC = 99
		a.count(p)
		p = packetOf(n+1, 160)
		p.SSRC = 0
		a.count(p)
	}
	if a.received != 11 || a.lost() != 0 || a.source != 0 {
		t.Errorf("received %d and lost %d of source %d, it should be 11 and 0 of source 0", a.received, a.lost(), a.source)
	}
}
