package media

// One packet: 20 ms at 8000 samples a second, a byte a sample.
const (
	SampleRate    = 8000
	PacketSamples = 160
)

// linear are the samples of µ-law's bytes (ITU-T G.711, table 2b), as 16 bits.
var linear = func() (table [256]int16) {
	for i := range table {
		code := ^byte(i)
		magnitude := (int(code&0x0f)<<3+bias)<<(code>>4&7) - bias
		if code&0x80 != 0 {
			magnitude = -magnitude
		}
		table[i] = int16(magnitude)
	}
	return table
}()

// bias is what µ-law adds so that each segment begins with a power of two; ceiling is the loudest sample that it can tell.
const (
	bias    = 0x84
	ceiling = 32635
)

// encode writes samples as µ-law. The packet has as many bytes as there are samples.
func encode(packet []byte, samples []int16) {
	for i, sample := range samples {
		packet[i] = mu(int(sample))
	}
}

func mu(sample int) byte {
	sign := 0
	if sample < 0 {
		sample, sign = -sample, 0x80
	}
	sample = min(sample, ceiling) + bias
	segment := 7
	for bit := 0x4000; segment > 0 && sample&bit == 0; bit >>= 1 {
		segment--
	}
	return ^byte(sign | segment<<4 | sample>>(segment+3)&0x0f)
}
