package runtime

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// JournalSchema is the version of the journal's form. A change that old readers would misread raises it.
const JournalSchema = 1

// EngineVersion is the version that journals and snapshots name.
const EngineVersion = "0.1.0"

// JournalWriter keeps a cell's journal: JSON objects, one a line. The bytes are whole lines and valid only during the
// call. What is to survive a crash is the writer's policy.
type JournalWriter interface {
	// Entry appends the header, an input or a done. It comes before anything is decided for the input.
	Entry(line []byte) error
	// Rest appends what an entry decided. It comes before any of it is done.
	Rest(lines []byte) error
}

// SyncPolicy says when a StreamJournal waits for the disk.
type SyncPolicy int

// The policies, from the quickest to the safest.
const (
	SyncNever  SyncPolicy = iota // the operating system decides: a crash of the machine may lose the tail
	SyncRests                    // before effects leave: what was done is always known
	SyncAlways                   // before deciding, too: no input is ever lost
)

// StreamJournal writes a journal to a stream. If the stream has a Sync method, as *os.File has, the policy applies.
type StreamJournal struct {
	to     io.Writer
	policy SyncPolicy
}

// NewStreamJournal writes to a stream that the caller opens, positions behind its last whole line, and closes.
func NewStreamJournal(to io.Writer, policy SyncPolicy) *StreamJournal {
	return &StreamJournal{to: to, policy: policy}
}

// Entry implements JournalWriter.
func (j *StreamJournal) Entry(line []byte) error { return j.write(line, j.policy >= SyncAlways) }

// Rest implements JournalWriter.
func (j *StreamJournal) Rest(lines []byte) error { return j.write(lines, j.policy >= SyncRests) }

func (j *StreamJournal) write(lines []byte, sync bool) error {
	if _, err := j.to.Write(lines); err != nil {
		return err
	}
	if s, ok := j.to.(interface{ Sync() error }); ok && sync {
		return s.Sync()
	}
	return nil
}

// Header is the first line of a journal: all that a replay needs besides the entries.
type Header struct {
	Journal      int               `json:"journal"` // the schema
	Engine       string            `json:"engine"`
	Charts       map[string]string `json:"charts"` // each chart's hash
	Cell         string            `json:"cell"`
	User         string            `json:"user"`
	Organization string            `json:"organization"`
	Options      messages.Options  `json:"options"`
	Quirks       []string          `json:"quirks"`
	IDPrefix     string            `json:"idPrefix"`
}

func writeHeader(cfg Config) error {
	line, err := json.Marshal(Header{
		Journal: JournalSchema, Engine: EngineVersion, Charts: chartHashes(cfg), Cell: cfg.Cell, User: cfg.User,
		Organization: cfg.Organization, Options: cfg.Options, Quirks: cfg.Quirks.Names(), IDPrefix: cfg.IDPrefix,
	})
	if err == nil {
		err = cfg.Journal.Entry(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("runtime: cell %s: journal: header: %w", cfg.Cell, err)
	}
	return nil
}

func chartHashes(cfg Config) map[string]string {
	hashes := map[string]string{}
	for _, machines := range cfg.Registry {
		for _, m := range machines() {
			hashes[m.Name()] = m.Hash()
		}
	}
	return hashes
}

// appendEntry appends {"seq":17,"at":1200000000,"kind":"propose","in":{…}}, at in nanoseconds, with "raw" for a frame.
func appendEntry(dst []byte, step Step, raw []byte) ([]byte, error) {
	if step.Input == nil {
		return dst, fmt.Errorf("there is no input")
	}
	out := append(dst, `{"seq":`...)
	out = strconv.AppendUint(out, step.Seq, 10)
	out = append(out, `,"at":`...)
	out = strconv.AppendInt(out, int64(step.At), 10)
	out = append(out, `,"kind":"`...)
	out = append(out, step.Input.Kind()...)
	out = append(out, `","in":`...)
	out, err := messages.EncodeInput(out, step.Input)
	if err != nil {
		return dst, err
	}
	if len(raw) > 0 {
		text, err := json.Marshal(strings.ToValidUTF8(string(raw), "\uFFFD")) // as it will be read
		if err != nil {
			return dst, err
		}
		out = append(append(out, `,"raw":`...), text...)
	}
	return append(out, "}\n"...), nil
}

// appendOutput appends {"id":"17.1","row":"invitation.Ringing/Answer","kind":"send-proceed","out":{…}}.
func appendOutput(dst []byte, o Output) ([]byte, error) {
	out := append(dst, `{"id":"`...)
	out = append(out, o.ID...)
	out = append(out, `","row":"`...)
	out = append(out, o.Chart...)
	out = append(out, '.')
	out = append(out, o.Row...)
	out = append(out, `","kind":"`...)
	out = append(out, o.Effect.Kind()...)
	out = append(out, `","out":`...)
	out, err := messages.EncodeEffect(out, o.Effect)
	if err != nil {
		return dst, err
	}
	return append(out, "}\n"...), nil
}

// appendRest appends {"rest":17,"hash":"00c0ffee00c0ffee"}, with "orphan" for an input that was for nobody.
func appendRest(dst []byte, step Step) []byte {
	dst = append(dst, `{"rest":`...)
	dst = strconv.AppendUint(dst, step.Seq, 10)
	dst = append(dst, `,"hash":"`...)
	dst = appendHash(dst, step.Hash)
	if step.Orphan != "" {
		dst = append(dst, `","orphan":"`...)
		dst = append(dst, step.Orphan...)
	}
	return append(dst, "\"}\n"...)
}

// appendQuarantine appends {"quarantined":17,"chart":"invitation"}: the entry was not decided and is to be passed over.
func appendQuarantine(dst []byte, p *Poisoned) []byte {
	dst = append(dst, `{"quarantined":`...)
	dst = strconv.AppendUint(dst, p.Entry, 10)
	dst = append(dst, `,"chart":"`...)
	dst = append(dst, p.Chart...)
	return append(dst, "\"}\n"...)
}

// appendDone appends {"done":"17.2"}.
func appendDone(dst []byte, id messages.EffectID) []byte {
	dst = append(dst, `{"done":`...)
	dst = strconv.AppendQuote(dst, string(id))
	return append(dst, "}\n"...)
}
