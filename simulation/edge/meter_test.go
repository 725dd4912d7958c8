package edge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// hear is what a meter says of these samples, after they went through the codec.
func hear(sample func(i int) float64) Sound {
	m := newMeter()
	var samples linear
	var frame encoded
	for at := 0; at < SampleRate; at += frameSamples {
		for i := range samples {
			samples[i] = int16(max(min(math.Round(0x8000*sample(at+i)), 0x7fff), -0x8000))
		}
		frame.encode(&samples)
		m.add(&frame)
	}
	return m.sound()
}

func sineOf(hertz, amplitude float64) func(int) float64 {
	return func(i int) float64 { return amplitude * math.Sin(2*math.Pi*hertz*float64(i)/SampleRate) }
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %.2f, it should be %.2f ± %g", what, got, want, tolerance)
	}
}

// A tone of any frequency and loudness is heard as what it is.
func TestToneIsMeasured(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hertz := rapid.Float64Range(lowest+5, highest).Draw(t, "hertz")
		level := rapid.Float64Range(-45, -3).Draw(t, "level")
		s := hear(sineOf(hertz, math.Pow(10, level/20)))
		if math.Abs(s.Frequency-hertz) > 1 || math.Abs(s.Level-level) > 0.5 {
			t.Fatalf("%.1f Hz at %.1f dBFS is heard as %+v", hertz, level, s)
		}
		if math.Abs(s.Tones[0].Level-level) > 0.7 {
			t.Fatalf("the tone has %.1f dBFS, and is said to have %.1f", level, s.Tones[0].Level)
		}
	})
}

func TestSilenceIsSilence(t *testing.T) {
	for name, s := range map[string]Sound{
		"nothing came": newMeter().sound(),
		"zeroes":       hear(func(int) float64 { return 0 }),
	} {
		if s.Level != Silence || s.Frequency != 0 || len(s.Tones) != 0 {
			t.Errorf("%s: heard as %+v", name, s)
		}
	}
}

func TestNoiseHasNoTone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		s := hear(func(int) float64 { return 0.2 * (2*random.Float64() - 1) })
		near(t, "level", s.Level, 20*math.Log10(0.2)+10*math.Log10(2.0/3), 0.3)
		if s.Frequency != 0 || len(s.Tones) != 0 {
			t.Fatalf("in noise, tones are heard: %+v", s)
		}
	}
}

func TestTonesTogetherAreHeardEach(t *testing.T) {
	s := hear(func(i int) float64 { return sineOf(440, 0.25)(i) + sineOf(700, 0.1)(i) + sineOf(1503, 0.05)(i) })
	if len(s.Tones) != 3 {
		t.Fatalf("three tones are heard as %+v", s)
	}
	for i, want := range []Tone{{440, -12}, {700, -20}, {1503, -26}} {
		near(t, "frequency", s.Tones[i].Frequency, want.Frequency, 1)
		near(t, "level", s.Tones[i].Level, want.Level, 0.5)
		if !s.Hears(want.Frequency*1.015) || s.Hears(want.Frequency*1.03) {
			t.Errorf("%v Hz: 1.5 %% beside it is it, 3 %% are another tone", want.Frequency)
		}
	}
	near(t, "dominant frequency", s.Frequency, 440, 1)
}

// The meter remembers a second, no more.
func TestMeterForgets(t *testing.T) {
	m := newMeter()
	var loud encoded
	var samples linear
	tone := oscillator{}
	tone.tune(1000)
	for range 50 {
		tone.next(&samples)
		loud.encode(&samples)
		m.add(&loud)
	}
	for range 25 {
		m.add(&silence)
	}
	near(t, "level after half a second of silence", m.sound().Level, -12-3, 0.3)
	for range 25 {
		m.add(&silence)
	}
	if s := m.sound(); s.Level != Silence {
		t.Errorf("after a second of silence, %+v is heard", s)
	}
}

func TestOscillatorKeepsItsFrequency(t *testing.T) {
	tone := oscillator{}
	tone.tune(1234.5)
	var samples linear
	for range 3000 { // a minute
		tone.next(&samples)
	}
	s := hear(func(i int) float64 {
		if i%frameSamples == 0 {
			tone.next(&samples)
		}
		return float64(samples[i%frameSamples]) / 0x8000
	})
	near(t, "frequency", s.Frequency, 1234.5, 0.5)
	near(t, "level", s.Level, 20*math.Log10(toneLevel), 0.2)
}

func TestMulaw(t *testing.T) {
	for b := range 256 {
		if got := encodeMulaw(decodeMulaw(byte(b))); got != byte(b) && b != 0x7f { // 0x7f is the other zero
			t.Errorf("byte %#02x is decoded to %d, and that is encoded as %#02x", b, decodeMulaw(byte(b)), got)
		}
	}
	for _, known := range []struct {
		b      byte
		sample int16
	}{{0xff, 0}, {0x7f, 0}, {0x80, 32124}, {0x00, -32124}, {0xfe, 8}, {0xef, 132}} {
		if got := fromMulaw[known.b]; got != known.sample {
			t.Errorf("byte %#02x is decoded to %d, G.711 says %d", known.b, got, known.sample)
		}
	}
	for s := -0x8000; s <= 0x7fff; s += 7 {
		back := float64(fromMulaw[toMulaw[uint16(int16(s))>>2]])
		if off := math.Abs(back - float64(s)); off > max(12, math.Abs(float64(s))/16) && s < 32124 && s > -32124 {
			t.Fatalf("%d comes back as %v", s, back)
		}
	}
}

func TestSumSaturates(t *testing.T) {
	var s sum
	var loud, out linear
	for i := range loud {
		loud[i] = 30000
	}
	s.add(&loud)
	s.add(&loud)
	s.saturate(&out)
	if out[0] != 0x7fff {
		t.Errorf("30000 + 30000 is %d, it should be cut at 32767", out[0])
	}
	for i := range loud {
		loud[i] = -30000
	}
	for range 4 {
		s.add(&loud)
	}
	s.saturate(&out)
	if out[0] != -0x8000 {
		t.Errorf("60000 - 120000 is %d, it should be cut at -32768", out[0])
	}
}

func BenchmarkSound(b *testing.B) {
	m := newMeter()
	tone := oscillator{}
	tone.tune(440)
	var samples linear
	var frame encoded
	for range SampleRate / frameSamples {
		tone.next(&samples)
		frame.encode(&samples)
		m.add(&frame)
	}
	for b.Loop() {
		m.sound()
	}
}

func ExampleSound_Hears() {
	s := Sound{Level: -9, Frequency: 440, Tones: []Tone{{440, -12}, {700, -12}}}
	fmt.Println(s.Hears(440), s.Hears(700), s.Hears(1000))
	// Output: true true false
}
