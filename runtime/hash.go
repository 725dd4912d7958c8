package runtime

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The running state hash is over the configuration and over what changed: each entry's line, each step with its chart, row and new state, each output
// line. It is quick and not cryptographic: it finds accidents and divergence, not forgers.

// configured is where the hash of a cell's first entry begins: what its decisions depend on besides inputs and charts. A header
// or a snapshot that was altered, or meets another configuration, shows by it.
func configured(cfg Config) (uint64, error) {
	line, err := json.Marshal(Header{
		Journal: JournalSchema, Cell: cfg.Cell, User: cfg.User, Organization: cfg.Organization,
		Options: cfg.Options, Quirks: cfg.Quirks.Names(), IDPrefix: cfg.IDPrefix,
	})
	return mixBytes(0, line), err
}

// mix folds a number into the hash; the order of the calls counts.
func mix(hash, x uint64) uint64 { return bits.RotateLeft64(hash^x, 27)*0x9e3779b97f4a7c15 + 0x52dce729 }

func mixText(hash uint64, text string) uint64 { return mix(hash, xxhash.Sum64String(text)) }

func mixBytes(hash uint64, bytes []byte) uint64 { return mix(hash, xxhash.Sum64(bytes)) }

func mixStep(hash uint64, actor messages.Ref, in messages.Input, out *fsm.Outcome) uint64 {
	hash = mix(hash, uint64(actor))
	hash = mixKnown(hash, out.Sums.Input, in.Kind())
	hash = mixKnown(hash, out.Sums.Chart, out.Chart)
	hash = mix(hash, verdictSum(out.Verdict))
	hash = mixKnown(hash, out.Sums.Row, out.Row)
	return mixKnown(hash, out.Sums.To, string(out.To))
}

// mixKnown is mixText for a text whose sum is known already, if it is not 0.
func mixKnown(hash, sum uint64, text string) uint64 {
	if sum == 0 {
		return mixText(hash, text)
	}
	return mix(hash, sum)
}

// The sums of the verdicts: there are three.
var takenSum, ignoredSum, unexpectedSum = sumOf(fsm.Taken), sumOf(fsm.Ignored), sumOf(fsm.Unexpected)

func sumOf(v fsm.Verdict) uint64 { return xxhash.Sum64String(string(v)) }

func verdictSum(v fsm.Verdict) uint64 {
	switch v {
	case fsm.Taken:
		return takenSum
	case fsm.Ignored:
		return ignoredSum
	case fsm.Unexpected:
		return unexpectedSum
	default:
		return sumOf(v)
	}
}

// appendHash appends 16 hexadecimal digits: JSON's numbers cannot hold 64 bits.
func appendHash(dst []byte, hash uint64) []byte {
	const digits = "0123456789abcdef"
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, digits[hash>>shift&0xf])
	}
	return dst
}

// parseHash reads what appendHash wrote.
func parseHash(text string) (uint64, error) {
	if len(text) != 16 {
		return 0, fmt.Errorf("runtime: a hash has 16 digits, not %d", len(text))
	}
	return strconv.ParseUint(text, 16, 64)
}
