//go:build witness

package witness

import (
	"bytes"
	"encoding/binary"
	"math"
)

const (
	sampleRate = 48_000 // Hz
	beep       = sampleRate / 2
	pause      = sampleRate / 10
	fade       = sampleRate / 100
)

// Beeps is a WAV file of a tone: half seconds of it, with pauses, for what never changes is noise to a browser, and it takes
// noise away. A browser plays its end and then its beginning again, which is a pause.
func Beeps(frequency float64) []byte {
	var samples []int16
	for range 5 {
		for i := range beep + pause {
			samples = append(samples, int16(12_000*loudness(i)*math.Sin(2*math.Pi*frequency*float64(i)/sampleRate)))
		}
	}
	var file bytes.Buffer
	size := uint32(2 * len(samples))
	for _, part := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(sampleRate), uint32(2 * sampleRate),
		uint16(2), uint16(16), []byte("data"), size, samples,
	} {
		_ = binary.Write(&file, binary.LittleEndian, part) // a buffer takes everything
	}
	return file.Bytes()
}

// loudness is that of a sample of a beep and its pause, between 0 and 1: it rises and falls softly, without clicks.
func loudness(i int) float64 {
	return max(0, min(1, float64(i)/fade, float64(beep-i)/fade))
}
