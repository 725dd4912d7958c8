package runtime

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/hookswitch/hookswitch/actors"
)

// Sleep packs the cell into its compressed snapshot, some 1.2 KB, until something is asked of it. A program that keeps many
// cells lets those sleep that are idle: falling asleep and waking cost some hundred microseconds each. Nothing that the cell
// decides depends on it, and its timers stay known to NextTimer. A cell that takes no inputs is left as it is.
func (c *Cell) Sleep() error {
	if c.stopped != nil || c.Asleep() {
		return nil
	}
	raw, err := c.Snapshot()
	if err != nil {
		return err
	}
	c.shard.packer.learnFrom(c.cfg.Registry)
	c.packed = c.shard.packer.pack(raw)
	c.units, c.open, c.timers = nil, nil, append([]timer(nil), c.timers...)
	return nil
}

// Asleep tells whether the cell sleeps.
func (c *Cell) Asleep() bool { return c.packed != nil }

// wake makes the cell what it was when it fell asleep. A cell that cannot be woken has stopped.
func (c *Cell) wake() error {
	if c.packed == nil {
		return nil
	}
	raw, err := c.shard.packer.unpack(c.packed)
	var s snapshot
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if c.packed, c.timers, c.born = nil, nil, 0; err == nil {
		err = c.adopt(s)
	}
	if err != nil {
		c.stopped = fmt.Errorf("runtime: cell %s cannot be woken: %w: Recover it from its journal", c.cfg.Cell, err)
	}
	return c.stopped
}

// packer packs the snapshots of a shard's cells. What they have in common, such as the hashes of their charts, is a dictionary
// that none of them has to repeat.
type packer struct {
	learn   sync.Once
	common  []byte
	writers sync.Pool // of *flate.Writer: their memory is much
}

// learnFrom makes the dictionary, once: a snapshot of one actor of each kind, newly born. The cells of a shard nearly always
// have the same registry; those of another one are packed less well.
func (p *packer) learnFrom(registry actors.Registry) {
	p.learn.Do(func() {
		var all []actorSnapshot
		for _, kind := range slices.Sorted(maps.Keys(registry)) {
			born, err := snapshotOf(&actors.Actor{Kind: kind, Machines: registry[kind]()})
			if err == nil {
				all = append(all, born)
			}
		}
		p.common, _ = json.Marshal(snapshot{Actors: all}) // nil packs, too
	})
}

func (p *packer) pack(raw []byte) []byte {
	var b bytes.Buffer
	w, ok := p.writers.Get().(*flate.Writer)
	if ok {
		w.Reset(&b)
	} else {
		w, _ = flate.NewWriterDict(&b, flate.DefaultCompression, p.common) // it knows this level
	}
	defer p.writers.Put(w)
	// A buffer takes everything, so neither fails.
	_, _ = w.Write(raw)
	_ = w.Close()
	return bytes.Clone(b.Bytes())
}

func (p *packer) unpack(text []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReaderDict(bytes.NewReader(text), p.common))
}
