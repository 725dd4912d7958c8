package port

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Record is one line of a recording: something that a client saw or did, in the client's total order. What it says is in
// Fields, whose shape depends on Kind (capture/1); readers skip kinds and fields that they do not know.
type Record struct {
	// Line is the place in the file, from 1. In a replay's output it is the line of the recording that was being handled.
	Line int
	// Seq is the place in the order, from 0.
	Seq int
	// At is the time since the page was opened, to a tenth of a millisecond.
	At time.Duration
	// Kind is the record's `k`, such as ws.recv.
	Kind string
	// Fields is the whole record, an object.
	Fields json.RawMessage
	// Timed tells that a timer, and nothing else, caused this output. It is not part of the file format.
	Timed bool
}

// Decode reads the record's fields into v. The error names the line.
func (r Record) Decode(v any) error {
	if err := json.Unmarshal(r.Fields, v); err != nil {
		return fmt.Errorf("line %d: %s: %w: the record does not have the fields of its kind", r.Line, r.Kind, err)
	}
	return nil
}

// NewRecord makes a record of fields, which must marshal to an object without seq, t and k.
func NewRecord(seq int, at time.Duration, kind string, fields any) (Record, error) {
	head, err := json.Marshal(struct {
		Seq  int     `json:"seq"`
		T    float64 `json:"t"`
		Kind string  `json:"k"`
	}{seq, Milliseconds(at), kind})
	if err != nil {
		return Record{}, fmt.Errorf("port: record %s: %w", kind, err)
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return Record{}, fmt.Errorf("port: record %s: %w", kind, err)
	}
	if len(body) < 2 || body[0] != '{' {
		return Record{}, fmt.Errorf("port: record %s: its fields are not an object", kind)
	}
	if len(body) > 2 {
		head = append(append(head[:len(head)-1], ','), body[1:]...)
	}
	return Record{Seq: seq, At: at, Kind: kind, Fields: head}, nil
}

// Milliseconds is a duration as recordings write it: milliseconds, to a tenth.
func Milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(100*time.Microsecond)) / 10
}

// FromMilliseconds is the duration of what recordings write, to a tenth of a millisecond.
func FromMilliseconds(ms float64) time.Duration {
	return time.Duration(math.Round(ms*10)) * 100 * time.Microsecond
}
