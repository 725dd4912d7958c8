package edge

import "math/bits"

const (
	// SampleRate is that of PCMU, in Hz.
	SampleRate = 8000
	// frameSamples are the samples of one packet: 20 ms.
	frameSamples = SampleRate / 50
	// mulawSilence is the µ-law byte of zero.
	mulawSilence = 0xff
)

type (
	// encoded is 20 ms of sound in µ-law, as a packet carries it.
	encoded [frameSamples]byte
	// linear is 20 ms of sound as 16 bit samples.
	linear [frameSamples]int16
)

// silence is a frame in which nobody says anything.
var silence = func() (f encoded) {
	for i := range f {
		f[i] = mulawSilence
	}
	return f
}()

// fromMulaw is the sample of each byte (ITU-T G.711, section 3.2).
var fromMulaw = func() (table [256]int16) {
	for i := range table {
		table[i] = decodeMulaw(byte(i))
	}
	return table
}()

// toMulaw is the byte of each sample, by its upper 14 bits: finer steps the law does not have.
var toMulaw = func() (table [1 << 14]byte) {
	for i := range table {
		table[i] = encodeMulaw(int16(uint16(i) << 2))
	}
	return table
}()

// mulawBias lifts each segment of the law so that its exponent is the place of the highest bit.
const mulawBias = 0x84

func decodeMulaw(b byte) int16 {
	b = ^b
	magnitude := (int16(b&0x0f)<<3+mulawBias)<<(b>>4&7) - mulawBias
	if b&0x80 != 0 {
		return -magnitude
	}
	return magnitude
}

func encodeMulaw(sample int16) byte {
	sign, magnitude := byte(0), int(sample)
	if magnitude < 0 {
		sign, magnitude = 0x80, -magnitude
	}
	magnitude = min(magnitude, 0x7fff-mulawBias) + mulawBias
	exponent := bits.Len(uint(magnitude)) - 8
	return ^(sign | byte(exponent)<<4 | byte(magnitude>>(exponent+3))&0x0f)
}

// encode writes samples in µ-law.
func (f *encoded) encode(samples *linear) {
	for i, s := range samples {
		f[i] = toMulaw[uint16(s)>>2]
	}
}

// decode writes what a frame says as samples.
func (l *linear) decode(frame *encoded) {
	for i, b := range frame {
		l[i] = fromMulaw[b]
	}
}

// sum adds up sounds in more bits than they have, so that only the end result saturates.
type sum [frameSamples]int32

func (s *sum) add(samples *linear) {
	for i, v := range samples {
		s[i] += int32(v)
	}
}

// saturate writes the sum as samples; what is too loud is cut.
func (s *sum) saturate(samples *linear) {
	for i, v := range s {
		samples[i] = int16(max(min(v, 0x7fff), -0x8000))
	}
}
