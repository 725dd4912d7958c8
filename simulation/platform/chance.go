package platform

import (
	"hash/fnv"
	"strings"
	"time"
)

// Chance draws what a seed decides. Each draw has a key that says what it is for, and the n-th draw of a key is always the
// same: taking a line out of a scenario leaves the draws of the other lines as they were.
type Chance struct {
	seed  uint64
	drawn map[string]uint64
}

// NewChance draws by a seed; by seed 0 nothing is left to chance.
func NewChance(seed uint64) *Chance { return &Chance{seed: seed, drawn: map[string]uint64{}} }

// Draw is the next number of a key, or 0 by seed 0.
func (c *Chance) Draw(key string) uint64 {
	if c.seed == 0 {
		return 0
	}
	n := c.drawn[key]
	c.drawn[key] = n + 1
	h := fnv.New64a()
	_, _ = h.Write([]byte(key))
	return mix(c.seed ^ mix(h.Sum64()+n*0x9e3779b97f4a7c15))
}

// Delay is around a usual delay: itself by seed 0, else between a quarter of it and twice it, and once in sixteen up to
// ten times it. The key is given in words.
func (c *Chance) Delay(usual time.Duration, key ...string) time.Duration {
	if c.seed == 0 || usual == 0 {
		return usual
	}
	n := c.Draw(strings.Join(key, " "))
	span := usual * 7 / 4
	if n>>60 == 0 {
		span = usual * 39 / 4
	}
	return (usual/4 + time.Duration(n%uint64(span))).Truncate(time.Millisecond)
}

// mix is the finaliser of splitmix64: every bit of x moves every bit of the result.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
