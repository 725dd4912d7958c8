// Package replay feeds a recording of a client to a cell and collects what the cell decides.
//
// Only the recording's inputs are used, and of its outputs what is needed to pair answers with questions: which request
// an answer's number belongs to, which IQ an id, which peer connection a counter. An answer to something that the cell
// did not ask is an orphan: it is kept for the reader and not given to the cell.
//
// # Time
//
// A record's t, less the first record's, is the cell's time. Before a record is handled, all timers that are due at or
// before its time fire, each at the time when it is due: where a timer and a record have the same t, the timer is first.
// A record of a clock that jumps is the exception: what became due meanwhile fires late, at the time after the jump.
// After the last record nothing more happens.
package replay

import (
	"errors"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Cell is the part of a cell that a replay drives.
type Cell interface {
	Handle(at time.Duration, in messages.Input) (runtime.Step, error)
	NextTimer() (due time.Duration, ok bool)
	FireNext(at time.Duration) (runtime.Step, error)
}

// Host is what a replay needs: the cell, and what translates for it.
type Host struct {
	Cell Cell
	// Quirks are the cell's: they say what leaves while there is no stream.
	Quirks        quirk.Set
	Frames        port.FrameCodec
	Notifications port.NotificationDecoder
	REST          port.RESTCodec
	// IdentifyIQ reads a recorded frame that the client sent; ok is false for anything but an IQ that asks.
	IdentifyIQ func(frame string) (iq port.IQ, ok bool)
	// Look is the cell's own view of itself, for the records that look inside; nil: these are skipped.
	Look func() State
}

// Options narrow a replay.
type Options struct {
	// Until is the seq of the last record that is handled; 0: all are.
	Until int
	// Entries is how many entries of the cell are decided at most; 0: all are.
	Entries int
	// Environment and WSHost are where the recorded client was pointed; they only dress the outputs.
	Environment string
	WSHost      string
}

// Entry is one thing that happened: a record, a timer that fired, or a peer-connection operation that succeeded without
// leaving a trace in the recording.
type Entry struct {
	// Line and Seq are of the record that was being handled; for anything between two records, of the later one.
	Line int
	Seq  int
	// At is the recording's time.
	At time.Duration
	// Record is the record, or nil.
	Record *port.Record
	// Step is what the cell did; its Seq is 0 when the cell was not told.
	Step runtime.Step
	// Orphan says why an answer found no question, and Problem why a record could not be read; "" for neither.
	Orphan  string
	Problem string
	// Lost are the frames that were ordered while there was no stream to take them.
	Lost []messages.EffectID
	// Written is how many of the result's outputs there are after it.
	Written int
}

// Result is what a replay came to.
type Result struct {
	Entries []Entry
	// Outputs are the effects as records, in order; their seq counts them, from 0.
	Outputs []port.Record
	// Unanswered are the requests, IQs, microphones and peer-connection operations whose answer never came.
	Unanswered []messages.EffectID
}

// ErrNothing is a recording without records.
var ErrNothing = errors.New("the recording has no records")

// Run replays records, in order of seq. A record that cannot be read is told in its entry; an error is a fault of the cell
// and names the line, and the result has what happened before it.
func Run(records []port.Record, host Host, options Options) (*Result, error) {
	if len(records) == 0 {
		return nil, fmt.Errorf("replay: %w: record the client again", ErrNothing)
	}
	d := newDriver(records, host, options)
	for i := range records {
		if options.Until > 0 && records[i].Seq > options.Until || d.full() {
			break
		}
		if err := d.handle(i); err != nil {
			return d.finish(), fmt.Errorf("replay: line %d: %w", records[i].Line, err)
		}
	}
	return d.finish(), nil
}
