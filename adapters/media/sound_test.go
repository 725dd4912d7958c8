package media

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// The codes of ITU-T G.711 table 2b, and what becomes of them.
func TestMuLaw(t *testing.T) {
	for sample, code := range map[int]byte{0: 0xff, 8: 0xfe, -8: 0x7e, 32635: 0x80, 32767: 0x80, -32768: 0x00, 1000: 0xce} {
		if got := mu(sample); got != code {
			t.Errorf("%d is written as %#x, want %#x", sample, got, code)
		}
	}
	for code := range 256 {
		if again := mu(int(linear[code])); again != byte(code) && code != 0x7f { // two codes are zero
			t.Errorf("%#x is %d, which is written as %#x", code, linear[code], again)
		}
	}
	for sample := -32768; sample <= 32767; sample++ {
		heard := int(linear[mu(sample)])
		if off := math.Abs(float64(heard - sample)); off > max(8, math.Abs(float64(sample))/16) && math.Abs(float64(sample)) < ceiling {
			t.Fatalf("%d is heard as %d", sample, heard)
		}
	}
}

// hearing is what a meter heard of packets with these numbers.
func hearing(sequence ...uint16) Sound {
	m := meter{}
	for _, n := range sequence {
		m.hear(n, nil)
	}
	return m.sound()
}

func TestPacketsAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		sound          Sound
		received, lost uint64
	}{
		"none":                  {hearing(), 0, 0},
		"one":                   {hearing(9), 1, 0},
		"in order":              {hearing(1, 2, 3), 3, 0},
		"a gap":                 {hearing(1, 4), 2, 2},
		"late":                  {hearing(1, 3, 2), 3, 0},
		"twice":                 {hearing(1, 2, 2, 1), 2, 0},
		"round":                 {hearing(65534, 65535, 0, 2), 4, 1},
		"overtaken at first":    {hearing(0, 65535, 1), 3, 0},
		"late and round":        {hearing(65535, 1, 0), 3, 0},
		"much too late":         {hearing(1, 200, 100), 2, 198},
		"a gap of more than 64": {hearing(1, 100, 99, 100), 3, 97},
	} {
		if c.sound.Received != c.received || c.sound.Lost != c.lost {
			t.Errorf("%s: %+v, want %d received and %d lost", name, c.sound, c.received, c.lost)
		}
	}
}

// metered is what is heard of a second of sound.
func metered(s Source) Sound {
	m := meter{}
	samples, packet := make([]int16, PacketSamples), make([]byte, PacketSamples)
	for n := range uint16(meterPackets) {
		s.Read(samples)
		encode(packet, samples)
		m.hear(n, packet)
	}
	return m.sound()
}

func TestSoundIsMeasured(t *testing.T) {
	for _, tone := range []Tone{{440, -20}, {1000, -3}, {100, -40}, {3000, -10}} {
		source, _ := tone.Open(t.Context(), 1)
		if s := metered(source); math.Abs(s.Frequency-tone.Frequency) > tone.Frequency/50 || math.Abs(s.Level-tone.Level) > 0.5 {
			t.Errorf("%v is heard as %.1f Hz at %.1f dB", tone, s.Frequency, s.Level)
		}
	}
	source, _ := Silence{}.Open(t.Context(), 1)
	if s := metered(source); s.Level != Silent || s.Frequency != 0 {
		t.Errorf("silence is heard as %.1f Hz at %.1f dB", s.Frequency, s.Level)
	}
	if s := hearing(1); s.Level != Silent {
		t.Errorf("too little to be measured is %.1f dB", s.Level)
	}
}

type talker struct {
	said int
	last time.Time
}

func (t *talker) speak() { t.said, t.last = t.said+1, time.Now() }

// sleeper does not come back for a while, once.
type sleeper struct {
	talker
	away time.Duration
}

func (s *sleeper) speak() {
	s.talker.speak()
	time.Sleep(s.away)
	s.away = 0
}

// What is late is made up for; what is much too late is given up, and counted.
func TestTheClockIsLate(t *testing.T) {
	for away, want := range map[time.Duration][2]int{900 * time.Millisecond: {100, 0}, 1500 * time.Millisecond: {26, 74}} {
		synctest.Test(t, func(t *testing.T) {
			c := &clock{}
			s := &sleeper{away: away}
			c.join(s)
			time.Sleep(2*time.Second - time.Nanosecond)
			synctest.Wait()
			if s.said != want[0] || c.givenUp() != uint64(want[1]) {
				t.Errorf("away for %v: %d were spoken and %d given up, want %v", away, s.said, c.givenUp(), want)
			}
			c.leave(s)
			c.ticking.Wait()
		})
	}
}

func TestTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &clock{}
		talkers := make([]*talker, 10)
		for i := range talkers {
			talkers[i] = &talker{}
			c.join(talkers[i])
			c.join(talkers[i])
		}
		time.Sleep(time.Second - time.Nanosecond)
		synctest.Wait()
		at := map[time.Time]int{}
		for i, talker := range talkers {
			if talker.said != 50 {
				t.Errorf("talker %d spoke %d times in a second", i, talker.said)
			}
			at[talker.last]++
			c.leave(talker)
			c.leave(talker)
		}
		if len(at) != moments {
			t.Errorf("they spoke at %d moments", len(at))
		}
		c.ticking.Wait() // the clock stands still
		c.join(talkers[0])
		time.Sleep(time.Second)
		synctest.Wait()
		if talkers[0].said < 99 {
			t.Errorf("who came back spoke %d times in all", talkers[0].said)
		}
		c.leave(talkers[0])
		c.ticking.Wait()
	})
}
