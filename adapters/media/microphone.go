package media

import (
	"context"
	"math"

	"github.com/hookswitch/hookswitch/messages"
)

// Microphone is where a softphone's sound comes from.
type Microphone interface {
	// Open opens it for a session, and may wait for a person. An error denies it, and should be a *port.MediaError.
	Open(ctx context.Context, peer messages.Ref) (Source, error)
}

// Source is an open microphone.
type Source interface {
	// Read fills 20 ms of sound: PacketSamples samples, SampleRate a second. It is called every 20 ms and must not wait.
	Read(samples []int16)
	// Close gives it back. Read is not called any more.
	Close()
}

// Silence is a microphone in a quiet room.
type Silence struct{}

// Open gives silence at once.
func (Silence) Open(context.Context, messages.Ref) (Source, error) { return quiet{}, nil }

type quiet struct{}

func (quiet) Read(samples []int16) { clear(samples) }
func (quiet) Close()               {}

// Tone is a microphone before which a tone is played: a sine, by which a listener knows whom it hears.
type Tone struct {
	// Frequency is in hertz, below SampleRate/2.
	Frequency float64
	// Level is the sine's loudness in dBFS, the loudest being 0; such as -20.
	Level float64
}

// Open gives the tone from its beginning.
func (t Tone) Open(context.Context, messages.Ref) (Source, error) {
	step := 2 * math.Pi * t.Frequency / SampleRate
	return &sine{x: 1, stepX: math.Cos(step), stepY: math.Sin(step), amplitude: math.MaxInt16 * math.Pow(10, t.Level/20)}, nil
}

// sine is a point that goes round: y is the sound. To turn it is much cheaper than to ask for the sine of each sample.
type sine struct{ x, y, stepX, stepY, amplitude float64 }

func (s *sine) Read(samples []int16) {
	x, y := s.x, s.y
	for i := range samples {
		samples[i] = int16(s.amplitude * y)
		x, y = x*s.stepX-y*s.stepY, x*s.stepY+y*s.stepX
	}
	off := 1 / math.Hypot(x, y) // what rounding has moved it from the circle by
	s.x, s.y = x*off, y*off
}

func (*sine) Close() {}
