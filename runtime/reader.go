package runtime

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// maxLine is the most bytes a journal's line may have: a message, and the raw frame that it came from.
const maxLine = 4 * messages.MaxEncoded

// Record is one entry of a journal, with what followed it.
type Record struct {
	Line    int // where the entry stands in the journal, from 1
	Seq     uint64
	At      time.Duration
	Input   messages.Input
	Raw     string // the frame, if the journal keeps them
	Outputs []RecordedOutput
	// Rested tells that the entry's end was written; else the journal ends within it. Hash and Orphan are then set.
	Rested bool
	Hash   uint64
	Orphan string
	// Quarantined tells that the entry was not decided.
	Quarantined bool
	Done        []messages.EffectID // of this or earlier entries
}

// RecordedOutput is an output as the journal has it. Raw is the effect's JSON.
type RecordedOutput struct {
	Line   int
	ID     messages.EffectID
	Row    string // chart and row
	Effect messages.Effect
	Raw    []byte
}

// Reader reads a journal, entry by entry. It is strict: every line is known and in its place, or is an error that names
// the file and line. Only the last line may be half-written, as after a kill: it is reported by Cut and not used.
type Reader struct {
	Header Header

	name    string
	in      *bufio.Reader
	line    int
	cut     int
	pending *journalLine // the entry that ended the record before
	seq     uint64
	at      time.Duration
}

// journalLine is any line of a journal; which fields there are says which.
type journalLine struct {
	Seq         *uint64            `json:"seq"`
	At          time.Duration      `json:"at"`
	Kind        string             `json:"kind"`
	In          json.RawMessage    `json:"in"`
	Raw         string             `json:"raw"`
	ID          *messages.EffectID `json:"id"`
	Row         string             `json:"row"`
	Out         json.RawMessage    `json:"out"`
	Rest        *uint64            `json:"rest"`
	Hash        string             `json:"hash"`
	Orphan      string             `json:"orphan"`
	Quarantined *uint64            `json:"quarantined"`
	Done        *messages.EffectID `json:"done"`

	number int
}

// NewReader reads the header. Name is what errors call the journal, such as its path.
func NewReader(r io.Reader, name string) (*Reader, error) {
	j := &Reader{name: name, in: bufio.NewReaderSize(r, 64<<10)}
	text, err := j.readLine()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the journal has no header: it is empty or not a journal", name)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &j.Header); err != nil || j.Header.Journal == 0 {
		return nil, j.wrong(1, `the first line is not a journal's header: it begins {"journal":…`)
	}
	if j.Header.Journal > JournalSchema {
		return nil, j.wrong(1, fmt.Sprintf("schema %d is newer than this engine's %d: read it with engine %s",
			j.Header.Journal, JournalSchema, j.Header.Engine))
	}
	return j, nil
}

// Cut is the number of the half-written last line, once Next has returned io.EOF; 0: there is none.
func (j *Reader) Cut() int { return j.cut }

// Next returns the next entry, or io.EOF.
func (j *Reader) Next() (Record, error) {
	first := j.pending
	j.pending = nil
	if first == nil {
		var err error
		if first, err = j.nextLine(); err != nil {
			return Record{}, err
		}
	}
	rec, err := j.entry(first)
	if err != nil {
		return Record{}, err
	}
	for {
		l, err := j.nextLine()
		if errors.Is(err, io.EOF) {
			return rec, nil
		}
		if err != nil {
			return Record{}, err
		}
		if l.Seq != nil {
			j.pending = l
			return rec, nil
		}
		if err := j.add(&rec, l); err != nil {
			return Record{}, err
		}
	}
}

// entry begins a record with an input.
func (j *Reader) entry(l *journalLine) (Record, error) {
	switch {
	case l.Seq == nil || l.In == nil:
		return Record{}, j.wrong(l.number, "an entry is expected here: seq, at, kind and in")
	case *l.Seq != j.seq+1 && j.seq != 0:
		return Record{}, j.wrong(l.number, fmt.Sprintf("entry %d follows entry %d: a line is missing or out of order", *l.Seq, j.seq))
	case l.At < j.at:
		return Record{}, j.wrong(l.number, fmt.Sprintf("entry %d is earlier than the entry before it", *l.Seq))
	}
	in, err := messages.DecodeInput(l.Kind, l.In)
	if err != nil {
		return Record{}, fmt.Errorf("%s:%d: %w", j.name, l.number, err)
	}
	j.seq, j.at = *l.Seq, l.At
	return Record{Line: l.number, Seq: *l.Seq, At: l.At, Input: in, Raw: l.Raw}, nil
}

// add puts a line that follows an entry into its record.
func (j *Reader) add(rec *Record, l *journalLine) error {
	switch {
	case l.Done != nil:
		rec.Done = append(rec.Done, *l.Done)
	case rec.Rested || rec.Quarantined:
		return j.wrong(l.number, fmt.Sprintf("entry %d has ended: an entry is expected here", rec.Seq))
	case l.ID != nil:
		return j.addOutput(rec, l)
	case l.Rest != nil:
		hash, err := parseHash(l.Hash)
		if err != nil || *l.Rest != rec.Seq {
			return j.wrong(l.number, fmt.Sprintf("the end of entry %d is expected here, with its hash", rec.Seq))
		}
		rec.Rested, rec.Hash, rec.Orphan = true, hash, l.Orphan
	case l.Quarantined != nil && *l.Quarantined == rec.Seq:
		rec.Quarantined = true
	default:
		return j.wrong(l.number, "the line is none that a journal has")
	}
	return nil
}

func (j *Reader) addOutput(rec *Record, l *journalLine) error {
	if want := messages.NewEffectID(rec.Seq, len(rec.Outputs)+1); *l.ID != want {
		return j.wrong(l.number, fmt.Sprintf("output %s is expected here", want))
	}
	effect, err := messages.DecodeEffect(l.Kind, l.Out)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", j.name, l.number, err)
	}
	rec.Outputs = append(rec.Outputs, RecordedOutput{Line: l.number, ID: *l.ID, Row: l.Row, Effect: effect, Raw: l.Out})
	return nil
}

func (j *Reader) nextLine() (*journalLine, error) {
	text, err := j.readLine()
	if err != nil {
		return nil, err
	}
	l := &journalLine{number: j.line}
	if err := json.Unmarshal(text, l); err != nil {
		return nil, j.wrong(j.line, "the line is not the JSON of a journal's line")
	}
	return l, nil
}

// readLine returns the next whole line. It is valid until the next call.
func (j *Reader) readLine() ([]byte, error) {
	var long []byte
	for {
		part, err := j.in.ReadSlice('\n')
		switch {
		case err == nil:
			j.line++
			return bytes.TrimSuffix(append(long, part...), []byte("\n")), nil
		case len(long)+len(part) > maxLine:
			return nil, j.wrong(j.line+1, fmt.Sprintf("the line is longer than %d bytes", maxLine))
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, part...)
		case errors.Is(err, io.EOF):
			if len(long)+len(part) > 0 {
				j.cut = j.line + 1
			}
			return nil, io.EOF
		default:
			return nil, fmt.Errorf("%s:%d: %w", j.name, j.line+1, err)
		}
	}
}

func (j *Reader) wrong(line int, why string) error { return fmt.Errorf("%s:%d: %s", j.name, line, why) }
