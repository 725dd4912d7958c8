package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Report is what a replay found.
type Report struct {
	Entries int // decided again
	// Difference is the first place where this engine decides something else than was recorded, or nil. Nothing after it
	// was replayed.
	Difference  *Difference
	Orphans     []uint64            // entries whose input was for nobody
	Quarantined []uint64            // entries passed over
	Unanswered  []messages.EffectID // effects that never got their answer
	// Undone are the effects of the last rest for which the adapters wrote no done. Only those that adapters report can be
	// told apart by it.
	Undone []messages.EffectID
	Cut    int // the half-written last line, or 0
	// Unfinished is the last entry, decided here, if the journal ends within it; its outputs may not have been carried out.
	Unfinished *Step
	Changed    []string // charts that are not those that wrote the journal
}

// Difference is a place where decided and recorded differ.
type Difference struct {
	Entry             uint64
	Line              int    // of the journal
	Decided, Recorded string // an output in short, or a hash; never its data
	// Field is the first field in which two outputs of one kind differ, such as "event.sessionId".
	Field  string
	Quirks []string // those consulted there, as Cell.Consulted names them
}

// String is the pair with its place: "entry 17: decided send-proceed, recorded announce pendingSession".
func (d *Difference) String() string {
	text := fmt.Sprintf("entry %d: decided %s, recorded %s", d.Entry, d.Decided, d.Recorded)
	if d.Field != "" {
		text += ", which differ in " + d.Field
	}
	if len(d.Quirks) > 0 {
		text += " (quirks consulted there: " + strings.Join(d.Quirks, ", ") + ")"
	}
	return text
}

// ReplayJournal decides each entry of a journal again and stops at the first difference, which is in the report. An error
// means that the journal could not be read, or that an entry could not be decided; it names file and line.
func ReplayJournal(r io.Reader, reg actors.Registry) (Report, error) {
	reader, err := NewReader(r, nameOf(r))
	if err != nil {
		return Report{}, err
	}
	cfg, err := configOf(reader.Header, reg)
	if err != nil {
		return Report{}, fmt.Errorf("%s:1: %w", reader.name, err)
	}
	cell, err := NewCell(cfg)
	if err != nil {
		return Report{}, err
	}
	defer cell.Close()
	return replay(cell, reader)
}

// Recover brings a cell back after a kill: from its last snapshot, or nil for none, and its journal up to the last whole
// line. The journal may begin with older entries than the snapshot. What the journal lacks of its last entry is decided
// and appended through cfg.Journal, which is to be positioned behind the last whole line; an entry that cannot be
// decided is quarantined. The header of the journal wins over cfg's identity, options and quirks.
func Recover(cfg Config, snapshot []byte, journal io.Reader) (*Cell, Report, error) {
	reader, err := NewReader(journal, nameOf(journal))
	if err != nil {
		return nil, Report{}, err
	}
	quiet, err := configOf(reader.Header, cfg.Registry)
	if err != nil {
		return nil, Report{}, fmt.Errorf("%s:1: %w", reader.name, err)
	}
	quiet.Shard = cfg.Shard
	var cell *Cell
	if snapshot == nil {
		cell, err = NewCell(quiet)
	} else {
		cell, err = Restore(quiet, snapshot)
	}
	if err != nil {
		return nil, Report{}, err
	}
	report, err := recoverFrom(cell, reader, cfg.Journal)
	if err == nil && report.Difference != nil {
		err = fmt.Errorf("%s:%d: %v: recover it with engine %s", reader.name, report.Difference.Line, report.Difference, reader.Header.Engine)
	}
	if err != nil {
		cell.Close()
		return nil, report, err
	}
	cell.cfg.Journal = cfg.Journal
	return cell, report, nil
}

func nameOf(r io.Reader) string {
	if named, ok := r.(interface{ Name() string }); ok {
		return named.Name()
	}
	return "journal"
}

func configOf(h Header, reg actors.Registry) (Config, error) {
	on, err := quirk.Parse(h.Quirks)
	if err != nil {
		return Config{}, err
	}
	return Config{
		Cell: h.Cell, User: h.User, Organization: h.Organization, Options: h.Options,
		Quirks: on, IDPrefix: h.IDPrefix, Registry: reg,
	}, nil
}

// replay decides all entries after the cell's last one.
func replay(cell *Cell, reader *Reader) (Report, error) {
	report, _, err := replayAll(cell, reader)
	return report, err
}

// recoverFrom replays, and completes the journal's last entry.
func recoverFrom(cell *Cell, reader *Reader, journal JournalWriter) (Report, error) {
	report, last, err := replayAll(cell, reader)
	poisoned := (*Poisoned)(nil)
	switch {
	case errors.As(err, &poisoned) && last.Seq == poisoned.Entry && !last.Rested:
		report.Quarantined = append(report.Quarantined, last.Seq)
		report.Cut, report.Unanswered = reader.Cut(), cell.Unanswered()
		if journal != nil {
			if err := journal.Rest(appendQuarantine(nil, poisoned)); err != nil {
				return report, err
			}
		}
		return report, cell.Revive()
	case err != nil || report.Unfinished == nil || journal == nil:
		return report, err
	}
	var lines []byte
	for _, out := range report.Unfinished.Outputs[len(last.Outputs):] {
		if lines, err = appendOutput(lines, out); err != nil {
			return report, err
		}
	}
	return report, journal.Rest(appendRest(lines, *report.Unfinished))
}

// replayAll returns the last record, too.
func replayAll(cell *Cell, reader *Reader) (Report, Record, error) {
	report := Report{Changed: changed(cell, reader.Header)}
	from := cell.seq
	done := map[messages.EffectID]bool{}
	var last Record
	var lastStep Step
	var back trail
	for {
		rec, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return report, last, err
		}
		last = rec
		for _, id := range rec.Done {
			done[id] = true
		}
		if rec.Seq <= from {
			continue
		}
		step, err := replayNext(cell, rec, &back, &report)
		if err != nil {
			return report, last, fmt.Errorf("%s:%d: %w", reader.name, rec.Line, err)
		}
		if report.Difference != nil {
			return report, last, nil
		}
		lastStep = step
	}
	report.Cut, report.Unanswered = reader.Cut(), cell.Unanswered()
	for _, out := range lastStep.Outputs {
		if !done[out.ID] {
			report.Undone = append(report.Undone, out.ID)
		}
	}
	return report, last, nil
}

// replayNext is replayOne for an entry whose difference, if there is one, is also to name the quirks consulted there.
func replayNext(cell *Cell, rec Record, back *trail, report *Report) (Step, error) {
	if err := back.follow(cell, rec); err != nil {
		return Step{}, err
	}
	step, err := replayOne(cell, rec, report)
	if err != nil || report.Difference == nil {
		return step, err
	}
	report.Difference.Quirks, err = back.consulted()
	return step, err
}

// replayOne decides one entry and compares.
func replayOne(cell *Cell, rec Record, report *Report) (Step, error) {
	if rec.Seq != cell.seq+1 {
		return Step{}, fmt.Errorf("entry %d follows entry %d of the cell: entries are missing", rec.Seq, cell.seq)
	}
	if rec.Quarantined {
		cell.skip(rec)
		report.Quarantined = append(report.Quarantined, rec.Seq)
		return Step{}, nil
	}
	step, err := cell.HandleFrame(rec.At, rec.Input, []byte(rec.Raw))
	if err != nil {
		return Step{}, err
	}
	report.Entries++
	if step.Orphan != "" {
		report.Orphans = append(report.Orphans, step.Seq)
	}
	if report.Difference, err = compare(step, rec); err != nil {
		return Step{}, err
	}
	if !rec.Rested {
		report.Unfinished = &step
	}
	return step, nil
}

// changed lists the charts that are others than those that wrote the journal.
func changed(cell *Cell, h Header) []string {
	var names []string
	ours := chartHashes(*cell.cfg)
	for name, hash := range ours {
		if h.Charts[name] != hash {
			names = append(names, name)
		}
	}
	for name := range h.Charts {
		if _, ok := ours[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// compare returns the first difference between an entry as decided and as recorded, or nil. What a journal that ends within
// the entry does not say is not compared.
func compare(step Step, rec Record) (*Difference, error) {
	d := &Difference{Entry: step.Seq, Line: rec.Line}
	for i, out := range step.Outputs {
		d.Decided = inShort(out.Effect)
		if i >= len(rec.Outputs) {
			if !rec.Rested {
				return nil, nil
			}
			d.Recorded = "nothing more"
			return d, nil
		}
		recorded := rec.Outputs[i]
		d.Line, d.Recorded = recorded.Line, inShort(recorded.Effect)
		same, err := sameOutput(d, out, recorded)
		if err != nil || !same {
			return d, err
		}
	}
	if extra := len(step.Outputs); extra < len(rec.Outputs) {
		d.Line, d.Decided, d.Recorded = rec.Outputs[extra].Line, "nothing more", inShort(rec.Outputs[extra].Effect)
		return d, nil
	}
	if rec.Rested && rec.Orphan != step.Orphan {
		d.Line = rec.Line + len(rec.Outputs) + 1
		d.Decided, d.Recorded = orphaned(step.Orphan), orphaned(rec.Orphan)
		return d, nil
	}
	if rec.Rested && rec.Hash != step.Hash {
		d.Line = rec.Line + len(rec.Outputs) + 1
		d.Decided, d.Recorded = fmt.Sprintf("state hash %016x", step.Hash), fmt.Sprintf("state hash %016x", rec.Hash)
		return d, nil
	}
	return nil, nil
}

// sameOutput compares one output, and notes in d where it differs.
func sameOutput(d *Difference, out Output, recorded RecordedOutput) (bool, error) {
	if d.Decided != d.Recorded {
		return false, nil
	}
	if row := out.Chart + "." + out.Row; row != recorded.Row {
		d.Decided += " by " + row
		d.Recorded += " by " + recorded.Row
		return false, nil
	}
	raw, err := messages.EncodeEffect(nil, out.Effect)
	if err != nil || bytes.Equal(raw, recorded.Raw) {
		return true, err
	}
	// The record may be written otherwise and mean the same.
	again, err := messages.EncodeEffect(nil, recorded.Effect)
	if err != nil || bytes.Equal(raw, again) {
		return true, err
	}
	d.Field = differingField(raw, again)
	return false, nil
}

func inShort(effect messages.Effect) string {
	if announce, ok := effect.(messages.Announce); ok {
		return "announce " + announce.Event.Name()
	}
	return effect.Kind()
}

// orphaned says whether an input was for somebody.
func orphaned(why string) string {
	if why == "" {
		return "an addressee"
	}
	return "an orphan, because " + why
}
