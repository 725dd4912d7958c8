package edge

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"
	"sync"
)

// Silence is the level of no sound at all, in dBFS: below what 16 bits can say.
const Silence = -96.0

// Sound is what was heard in the last second.
type Sound struct {
	// Level is the loudness in dBFS: the root mean square, where a sine of full scale is 0 and nothing is Silence.
	Level float64
	// Frequency is that of the strongest tone, in Hz; 0 if it is too quiet or no tone stands out, as in noise.
	Frequency float64
	// Tones are those that stand out, the strongest first: at most 6, none more than 25 dB below the strongest, and at least 40 Hz
	// apart.
	Tones []Tone
}

// Tone is one frequency that stands out.
type Tone struct {
	Frequency float64 // in Hz; of a steady tone right to 1 Hz
	Level     float64 // in dBFS, as Sound.Level
}

// Hears tells whether a tone within 2 % of this frequency, in Hz, stands out.
func (s Sound) Hears(frequency float64) bool {
	return slices.ContainsFunc(s.Tones, func(t Tone) bool { return math.Abs(t.Frequency-frequency) <= 0.02*frequency })
}

const (
	spectrum    = 1 << 13 // the transform's length: the second, and silence up to a power of two
	tonesAtMost = 6
	toneRange   = 25.0  // dB: what is weaker than the strongest tone by more is none
	toneFloor   = -60.0 // dBFS: what is weaker is none
	standsOut   = 50.0  // a tone's peak has so many times the power of half the lines: noise has none
	lowest      = 40    // Hz: below is hum and offset
	highest     = 3600  // Hz: above is what a telephone line does not carry
	lobe        = 3     // a tone is this many lines wide on either side, by the window
	apart       = 40.0  // Hz: what is closer to a stronger tone belongs to it: beeps and speech have such sidebands
)

// meter remembers one second of sound. Frames are added by the ticker; what they sound like is found out when somebody asks.
type meter struct {
	mu     sync.Mutex
	second [SampleRate]byte // µ-law, a ring of whole frames
	at     int
}

func newMeter() *meter {
	m := &meter{}
	for i := range m.second {
		m.second[i] = mulawSilence
	}
	return m
}

// add appends 20 ms.
func (m *meter) add(frame *encoded) {
	m.mu.Lock()
	m.at = (m.at + copy(m.second[m.at:], frame[:])) % SampleRate
	m.mu.Unlock()
}

// sound measures the second that has passed.
func (m *meter) sound() Sound {
	samples := make([]float64, SampleRate)
	m.mu.Lock()
	for i := range samples {
		samples[i] = float64(fromMulaw[m.second[(m.at+i)%SampleRate]]) / 0x8000
	}
	m.mu.Unlock()
	return measure(samples)
}

// measure finds level and tones of at most spectrum samples between -1 and 1.
func measure(samples []float64) Sound {
	power := 0.0
	for _, v := range samples {
		power += v * v
	}
	s := Sound{Level: decibels(power / float64(len(samples)))}
	if s.Level <= toneFloor {
		return s
	}
	s.Tones = peaks(lines(samples))
	if len(s.Tones) > 0 {
		s.Frequency = s.Tones[0].Frequency
	}
	return s
}

// decibels is a mean square in dBFS.
func decibels(meanSquare float64) float64 {
	if meanSquare <= 0 {
		return Silence
	}
	return max(Silence, 10*math.Log10(2*meanSquare))
}

// lines is the power spectrum under a Hann window; the sum over a tone's lines is its mean square.
func lines(samples []float64) []float64 {
	x := make([]complex128, spectrum)
	weight := 0.0
	for i, v := range samples {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(samples)))
		x[i] = complex(v*w, 0)
		weight += w * w
	}
	transform(x)
	power := make([]float64, spectrum/2)
	for i := range power {
		a := cmplx.Abs(x[i])
		power[i] = 2 * a * a / (spectrum * weight)
	}
	return power
}

// peaks are the tones of a power spectrum, the strongest first.
func peaks(power []float64) []Tone {
	const hertz = float64(SampleRate) / spectrum
	floor := standsOut * median(power)
	var found []Tone
	for i := lowest * spectrum / SampleRate; i < len(power)-lobe; i++ {
		around := power[i-lobe : i+lobe+1]
		if power[i] < floor || power[i] < slices.Max(around) {
			continue
		}
		total, centre := 0.0, 0.0
		for k, p := range around {
			total += p
			centre += p * float64(i-lobe+k)
		}
		found = append(found, Tone{Frequency: hertz * centre / total, Level: decibels(total)})
	}
	return strongest(found)
}

// strongest sorts tones and leaves out the weak ones, and those that belong to a stronger one.
func strongest(found []Tone) []Tone {
	slices.SortStableFunc(found, func(a, b Tone) int { return cmp.Compare(b.Level, a.Level) })
	var tones []Tone
	for _, t := range found {
		if len(tones) == tonesAtMost || t.Level < max(found[0].Level-toneRange, toneFloor) {
			break
		}
		if !slices.ContainsFunc(tones, func(s Tone) bool { return math.Abs(s.Frequency-t.Frequency) < apart }) {
			tones = append(tones, t)
		}
	}
	return tones
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// transform is the fast Fourier transform in place; the length is a power of two.
func transform(x []complex128) {
	n := len(x)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		if j ^= bit; i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for size := 2; size <= n; size <<= 1 {
		turn := cmplx.Rect(1, -2*math.Pi/float64(size))
		for start := 0; start < n; start += size {
			w := complex(1, 0)
			for k := start; k < start+size/2; k++ {
				even, odd := x[k], w*x[k+size/2]
				x[k], x[k+size/2] = even+odd, even-odd
				w *= turn
			}
		}
	}
}
