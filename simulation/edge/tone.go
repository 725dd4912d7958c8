package edge

import "math"

const (
	sineBits  = 12
	toneLevel = 0.25 // of full scale, -12 dBFS: four of them together do not saturate
)

// sine is one period, at the level of a far end.
var sine = func() (table [1 << sineBits]int16) {
	for i := range table {
		table[i] = int16(math.Round(toneLevel * 0x7fff * math.Sin(2*math.Pi*float64(i)/float64(len(table)))))
	}
	return table
}()

// oscillator makes a tone by a phase accumulator: a full turn is 2³², so that it wraps by itself and never drifts.
type oscillator struct {
	phase, step uint32
}

// tune sets the frequency in Hz and keeps the phase: a tone that changes does not click.
func (o *oscillator) tune(hertz float64) {
	o.step = uint32(int64(math.Round(hertz / SampleRate * (1 << 32))))
}

// next writes the following 20 ms.
func (o *oscillator) next(samples *linear) {
	for i := range samples {
		samples[i] = sine[o.phase>>(32-sineBits)]
		o.phase += o.step
	}
}
