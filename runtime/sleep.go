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
	var s snapshot
	err := c.shard.packer.unpack(c.packed, func(raw []byte) error { return json.Unmarshal(raw, &s) })
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
	learn  sync.Once
	common []byte
	tools  sync.Pool // of *packing
}

// packing is what packing and unpacking need. It is kept because it is much memory.
type packing struct {
	deflate *flate.Writer
	inflate io.ReadCloser // a flate.Resetter, too
	text    bytes.Buffer
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
	t := p.lend()
	defer p.tools.Put(t)
	t.deflate.Reset(&t.text)
	// A buffer takes everything, so neither fails.
	_, _ = t.deflate.Write(raw)
	_ = t.deflate.Close()
	return bytes.Clone(t.text.Bytes())
}

// unpack lets somebody read what was packed; the text is not to be kept.
func (p *packer) unpack(packed []byte, read func(raw []byte) error) error {
	t := p.lend()
	defer p.tools.Put(t)
	if err := t.inflate.(flate.Resetter).Reset(bytes.NewReader(packed), p.common); err != nil {
		return err
	}
	if _, err := t.text.ReadFrom(t.inflate); err != nil {
		return err
	}
	return read(t.text.Bytes())
}

func (p *packer) lend() *packing {
	t, ok := p.tools.Get().(*packing)
	if !ok {
		deflate, _ := flate.NewWriterDict(nil, flate.DefaultCompression, p.common) // it knows this level
		t = &packing{deflate: deflate, inflate: flate.NewReaderDict(nil, p.common)}
	}
	t.text.Reset()
	return t
}
