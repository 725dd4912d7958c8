package runtime

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Sleep packs the cell into its compressed snapshot, some 2 KB, until something is asked of it. A program that keeps many
// cells lets those sleep that are idle: falling asleep and waking cost some hundred microseconds each. Nothing that the cell
// decides depends on it, and its timers stay known to NextTimer. A cell that takes no inputs is left as it is.
func (c *Cell) Sleep() error {
	if c.stopped != nil || c.packed != nil {
		return nil
	}
	raw, err := c.Snapshot()
	if err != nil {
		return err
	}
	c.packed = packed(raw)
	c.units, c.open, c.timers = nil, nil, append([]timer(nil), c.timers...)
	return nil
}

// wake makes the cell what it was when it fell asleep. A cell that cannot be woken has stopped.
func (c *Cell) wake() error {
	if c.packed == nil {
		return nil
	}
	raw, err := unpacked(c.packed)
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

// packers are kept because their memory is much.
var packers = sync.Pool{New: func() any {
	p, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(fmt.Sprintf("runtime: the compression level is wrong: %v", err))
	}
	return p
}}

func packed(raw []byte) []byte {
	var b bytes.Buffer
	p := packers.Get().(*flate.Writer)
	defer packers.Put(p)
	p.Reset(&b)
	// A buffer takes everything, so neither fails.
	_, _ = p.Write(raw)
	_ = p.Close()
	return bytes.Clone(b.Bytes())
}

func unpacked(text []byte) ([]byte, error) { return io.ReadAll(flate.NewReader(bytes.NewReader(text))) }
