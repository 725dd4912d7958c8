package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// Journal is a journal in memory. Name is what errors call it, such as its path.
type Journal struct {
	Name string
	Text []byte
}

// JournalRun is what deciding a journal again came to.
type JournalRun struct {
	Header runtime.Header
	// Report is the comparison with what was recorded.
	Report runtime.Report
	// Entries are those decided again, up to and with the one that differs.
	Entries []Entry
	// Outputs counts what they decided.
	Outputs int
}

// reader opens the journal for package runtime, which asks a reader for its name.
func (j Journal) reader() io.Reader { return namedReader{bytes.NewReader(j.Text), j.Name} }

type namedReader struct {
	io.Reader
	name string
}

// Name is what errors call the journal.
func (r namedReader) Name() string { return r.name }

// Read lists the entries of the journal. cut is the number of its half-written last line, which is left out, or 0. The
// error names the line.
func (j Journal) Read() (header runtime.Header, entries []runtime.Record, cut int, err error) {
	reader, err := runtime.NewReader(bytes.NewReader(j.Text), j.Name)
	if err != nil {
		return runtime.Header{}, nil, 0, err
	}
	for {
		rec, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return reader.Header, entries, reader.Cut(), nil
		}
		if err != nil {
			return reader.Header, entries, 0, err
		}
		entries = append(entries, rec)
	}
}

// RunJournal decides the entries of a journal again, up to entry until (0: all) or the first that differs from what was
// recorded. An error that wraps *runtime.Poisoned comes with the run up to the entry that cannot be decided; with any
// other one, which names the line, the run is nil.
func RunJournal(j Journal, registry actors.Registry, until int) (*JournalRun, error) {
	header, records, _, err := j.Read()
	if err != nil {
		return nil, err
	}
	run := &JournalRun{Header: header}
	var failed error
	poisoned := (*runtime.Poisoned)(nil)
	if run.Report, failed = runtime.ReplayJournal(j.reader(), registry); failed != nil && !errors.As(failed, &poisoned) {
		return nil, failed
	}
	if d := run.Report.Difference; d != nil && until > 0 && d.Entry > uint64(until) {
		run.Report.Difference = nil
	}
	again, err := newRerun(j.Name, header, registry, nil)
	if err != nil {
		return nil, err
	}
	defer again.cell.Close()
	for _, rec := range records {
		last := run.Report.Difference != nil && rec.Seq == run.Report.Difference.Entry
		if until > 0 && rec.Seq > uint64(until) || poisoned != nil && rec.Seq == poisoned.Entry {
			break
		}
		e, err := again.decide(rec)
		if err != nil {
			return run, err
		}
		run.Entries = append(run.Entries, e)
		run.Outputs += len(e.Step.Outputs)
		if last {
			break
		}
	}
	return run, failed
}

// Consulted names the quirks that count for an entry of a journal, as Cell.Consulted does. The entries before it are
// decided again; an error names the line.
func Consulted(j Journal, registry actors.Registry, entry uint64) ([]string, error) {
	header, records, _, err := j.Read()
	if err != nil {
		return nil, err
	}
	again, err := newRerun(j.Name, header, registry, nil)
	if err != nil {
		return nil, err
	}
	defer again.cell.Close()
	for _, rec := range records {
		if rec.Seq == entry {
			*again.refuse = false
			names, err := again.cell.Consulted(rec.At, rec.Input)
			if err != nil {
				err = fmt.Errorf("%s:%d: %w", j.Name, rec.Line, err)
			}
			return names, err
		}
		if _, err := again.decide(rec); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: there is no entry %d: it has %d", j.Name, entry, len(records))
}

// rerun is a cell that decides the entries of a journal again.
type rerun struct {
	name   string
	cell   *runtime.Cell
	gate   *runtime.Gate
	refuse *bool // the entry was quarantined: no chart may decide it this time, either
}

func newRerun(name string, h runtime.Header, registry actors.Registry, to runtime.JournalWriter) (*rerun, error) {
	on, err := quirk.Parse(h.Quirks)
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w", name, err)
	}
	again := &rerun{name: name, gate: runtime.NewGate(on), refuse: new(bool)}
	again.cell, err = runtime.NewCell(runtime.Config{
		Cell: h.Cell, User: h.User, Organization: h.Organization, Options: h.Options, Quirks: on, IDPrefix: h.IDPrefix,
		Registry: again.refusing(registry), Journal: to,
	})
	return again, err
}

// decide decides one entry. What was quarantined is quarantined again.
func (r *rerun) decide(rec runtime.Record) (Entry, error) {
	e := Entry{Line: rec.Line, Seq: int(rec.Seq), At: rec.At}
	*r.refuse = rec.Quarantined
	step, err := r.cell.HandleFrame(rec.At, rec.Input, []byte(rec.Raw))
	if poisoned := (*runtime.Poisoned)(nil); rec.Quarantined && errors.As(err, &poisoned) {
		e.Step, e.Problem = step, "quarantined when it was recorded: no chart decided it"
		return e, r.cell.Revive()
	}
	if err != nil {
		return e, fmt.Errorf("%s:%d: %w", r.name, rec.Line, err)
	}
	e.Step, e.Orphan = step, step.Orphan
	for _, out := range step.Outputs {
		if !r.gate.Passes(out.Effect) {
			e.Lost = append(e.Lost, out.ID)
		}
	}
	return e, nil
}

// refusing is the registry whose machines fail while refuse is set, as they did when the entry was quarantined.
func (r *rerun) refusing(registry actors.Registry) actors.Registry {
	wrapped := actors.Registry{}
	for kind, machines := range registry {
		wrapped[kind] = func() []actors.Machine {
			all := machines()
			for i := range all {
				all[i] = refusing{all[i], r.refuse}
			}
			return all
		}
	}
	return wrapped
}

type refusing struct {
	actors.Machine
	refuse *bool
}

// Step panics while entries are refused.
func (m refusing) Step(on quirk.Set, in messages.Input, out *fsm.Outcome) {
	if *m.refuse {
		panic("the entry was quarantined when it was recorded")
	}
	m.Machine.Step(on, in, out)
}

// JournalRecords writes the recorded outputs of a journal as records of capture/1, as a replay of a capture does. host
// gives the codecs; its cell is not used. A half-written last line is left out.
func JournalRecords(j Journal, host Host, options Options) ([]port.Record, error) {
	header, entries, _, err := j.Read()
	if err != nil {
		return nil, err
	}
	on, err := quirk.Parse(header.Quirks)
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w", j.Name, err)
	}
	w, gate := newWriter(host, options), runtime.NewGate(on)
	var records []port.Record
	for _, rec := range entries {
		if call, method := methodOf(rec.Input); method != "" {
			w.called(call, method)
		}
		if a, ok := rec.Input.(messages.IQAnswered); ok && a.Bound != "" {
			w.about.Self = a.Bound
		}
		for _, out := range rec.Outputs {
			if gate.Passes(out.Effect) {
				cause := Entry{Line: out.Line, At: rec.At}
				records = append(records, w.write(cause, runtime.Output{ID: out.ID, Effect: out.Effect}, false)...)
			}
		}
	}
	return records, nil
}

// ErrDecidedOtherwise: a journal cannot be rewritten, because this engine does not decide what was recorded.
var ErrDecidedOtherwise = errors.New("it is decided otherwise than recorded")

// RewriteJournal writes a journal anew with other inputs that mean the same, as when it is redacted: header and rewrite
// change what is recorded, and what is decided is decided again. Raw frames are left out, for they say what the inputs
// say. A journal that this engine decides otherwise, as it is or with the other inputs, is an error that wraps
// ErrDecidedOtherwise and names the entry: rewritten, it would not show what happened.
func RewriteJournal(j Journal, registry actors.Registry, to io.Writer, header func(runtime.Header) runtime.Header,
	rewrite func(messages.Input) messages.Input) error {
	h, entries, _, err := j.Read()
	if err != nil {
		return err
	}
	report, err := runtime.ReplayJournal(j.reader(), registry)
	if err != nil {
		return err
	}
	if d := report.Difference; d != nil {
		return fmt.Errorf("%s:%d: entry %d: %w: use engine %s", j.Name, d.Line, d.Entry, ErrDecidedOtherwise, h.Engine)
	}
	out := &halfway{JournalWriter: runtime.NewStreamJournal(to, runtime.SyncNever)}
	again, err := newRerun(j.Name, header(h), registry, out)
	if err != nil {
		return err
	}
	defer again.cell.Close()
	for _, rec := range entries {
		rec.Input, rec.Raw = rewrite(rec.Input), ""
		out.withhold = !rec.Rested && !rec.Quarantined
		e, err := again.decide(rec)
		if err != nil {
			return err
		}
		if rec.Rested && !sameRows(e.Step.Outputs, rec.Outputs) {
			return fmt.Errorf("%s:%d: entry %d: rewritten, %w: report the kind of the entry", j.Name, rec.Line, rec.Seq, ErrDecidedOtherwise)
		}
		for _, id := range rec.Done {
			if err := again.cell.Done(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// halfway is a writer that can withhold what an entry decided, so that a journal that ends within an entry still does.
type halfway struct {
	runtime.JournalWriter
	withhold bool
}

// Rest passes the lines on, unless they are withheld.
func (w *halfway) Rest(lines []byte) error {
	if w.withhold {
		return nil
	}
	return w.JournalWriter.Rest(lines)
}

// sameRows tells whether two lists of outputs have the same kinds, by the same rows.
func sameRows(decided []runtime.Output, recorded []runtime.RecordedOutput) bool {
	if len(decided) != len(recorded) {
		return false
	}
	for i, out := range decided {
		if out.Chart+"."+out.Row != recorded[i].Row || wordOf(out.Effect) != wordOf(recorded[i].Effect) {
			return false
		}
	}
	return true
}

// wordOf is the kind of an effect, or the name of the event that it announces.
func wordOf(effect messages.Effect) string {
	if a, ok := effect.(messages.Announce); ok {
		return a.Event.Name()
	}
	return effect.Kind()
}

// methods are the SDK's names of the requests (sdk-behaviour 2).
var methods = []struct {
	name string
	of   messages.Input
}{
	{"initialize", messages.Initialize{}}, {"disconnect", messages.Disconnect{}}, {"destroy", messages.Destroy{}},
	{"acceptPendingSession", messages.Answer{}}, {"rejectPendingSession", messages.Decline{}},
	{"acceptSession", messages.AcceptSession{}}, {"endSession", messages.EndSession{}},
	{"forceTerminateSession", messages.TerminateSession{}}, {"setAudioMute", messages.Mute{}},
	{"setVideoMute", messages.MuteVideo{}}, {"setConversationHeld", messages.Hold{}},
	{"startSoftphoneSession", messages.Dial{}}, {"setAccessToken", messages.SetAccessToken{}},
	{"addAllowedSessionType", messages.AllowSessionType{}}, {"removeAllowedSessionType", messages.DisallowSessionType{}},
}

// methodOf is the call that an input is and the SDK's name of its method; "" for an input that is none.
func methodOf(in messages.Input) (call messages.CallID, method string) {
	waiting, ok := in.(messages.Requested)
	if !ok {
		return 0, ""
	}
	if unknown, is := in.(messages.UnknownRequest); is {
		return waiting.Waiting(), unknown.Name
	}
	for _, m := range methods {
		if reflect.TypeOf(m.of) == reflect.TypeOf(in) {
			return waiting.Waiting(), m.name
		}
	}
	return 0, ""
}
