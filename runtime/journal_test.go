package runtime_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// dayJournal is the journal of a day, with a poisoned entry in the middle.
func dayJournal(t testing.TB) string {
	t.Helper()
	var journal bytes.Buffer
	cell := newCell(t, runtime.NewStreamJournal(&journal, runtime.SyncAlways))
	for i, e := range aDay {
		if i == 8 {
			if _, err := cell.Handle(e.at, messages.Destroy{}); err == nil {
				t.Fatal("the poison did nothing")
			}
			if err := cell.Revive(); err != nil {
				t.Fatal(err)
			}
		}
		step, err := play(cell, e)
		if err != nil {
			t.Fatal(err)
		}
		if err := cell.Done(messages.NewEffectID(step.Seq, 1)); err != nil {
			t.Fatal(err)
		}
	}
	return journal.String()
}

func TestJournalLines(t *testing.T) {
	lines := strings.Split(dayJournal(t), "\n")
	for i, want := range map[int]string{
		1: `{"seq":1,"at":0,"kind":"initialize","in":{"call":1}}`,
		2: `{"id":"1.1","row":"office.Open/Initialize","kind":"announce","out":{"name":"error","event":{"message":"before"}}}`,
		7: `{"done":"1.1"}`,
		8: `{"seq":2,"at":1000000000,"kind":"http-answered","in":{"effect":"1.3","status":200}}`,
	} {
		if lines[i] != want {
			t.Errorf("line %d is %s\nwant %s", i+1, lines[i], want)
		}
	}
	if !strings.HasPrefix(lines[0], `{"journal":1,"engine":"`) || !strings.HasPrefix(lines[6], `{"rest":1,"hash":"`) {
		t.Errorf("header %s\nrest %s", lines[0], lines[6])
	}
}

func TestReplay(t *testing.T) {
	report, err := runtime.ReplayJournal(strings.NewReader(dayJournal(t)), registry)
	if err != nil {
		t.Fatal(err)
	}
	if report.Difference != nil {
		t.Fatal(report.Difference)
	}
	got := fmt.Sprint(report.Entries, report.Orphans, report.Quarantined, report.Unanswered, report.Undone, report.Cut, report.Changed)
	if want := "17 [3 4 12 15 17 18] [9] [10.3] [] 0 []"; got != want {
		t.Errorf("report %s, want %s", got, want)
	}
}

// Whatever is altered is caught at its entry.
func TestAlterationIsCaught(t *testing.T) {
	journal := dayJournal(t)
	for _, in := range []struct{ name, old, new, want string }{
		{"effect", `"kind":"send-proceed","out":{"session":"s","to":""}`, `"kind":"announce","out":{"name":"pendingSession","event":{}}`,
			"entry 5: decided send-proceed, recorded announce pendingSession"},
		{"field", `{"message":"heard of 2"}`, `{"message":"heard of 3"}`,
			"entry 5: decided announce error, recorded announce error, which differ in event.message"},
		{"row", `"row":"office.Open/Propose","kind":"send-proceed"`, `"row":"office.Open/Answer","kind":"send-proceed"`,
			"entry 5: decided send-proceed by office.Open/Propose, recorded send-proceed by office.Open/Answer"},
		{"input", `"kind":"page-shown","in":{"visible":true}`, `"kind":"network-changed","in":{}`, "entry 7: decided state hash"},
		{"hash", `{"rest":6,"hash":"`, `{"rest":6,"hash":"0`, "the end of entry 6 is expected here"},
		{"output gone", outputLine(journal, "5.8"), "", "entry 5: decided announce error, recorded nothing more"},
	} {
		t.Run(in.name, func(t *testing.T) {
			altered := strings.Replace(journal, in.old, in.new, 1)
			if altered == journal {
				t.Fatalf("%q is not in the journal", in.old)
			}
			report, err := runtime.ReplayJournal(strings.NewReader(altered), registry)
			switch {
			case in.name == "hash":
				if err == nil || !strings.Contains(err.Error(), in.want) {
					t.Errorf("error %v, want %s", err, in.want)
				}
			case err != nil:
				t.Error(err)
			case report.Difference == nil || !strings.HasPrefix(report.Difference.String(), in.want):
				t.Errorf("difference %v, want %s", report.Difference, in.want)
			}
		})
	}
}

// Every digit of an entry's hash counts.
func TestAlteredHashDigit(t *testing.T) {
	journal := dayJournal(t)
	at := strings.Index(journal, `{"rest":6,"hash":"`) + len(`{"rest":6,"hash":"`)
	for digit := range 16 {
		altered := []byte(journal)
		if altered[at+digit]++; altered[at+digit] == '9'+1 || altered[at+digit] > 'f' {
			altered[at+digit] = '0'
		}
		report, err := runtime.ReplayJournal(bytes.NewReader(altered), registry)
		if err != nil || report.Difference == nil || report.Difference.Entry != 6 {
			t.Fatalf("digit %d: difference %v, %v, want one at entry 6", digit, report.Difference, err)
		}
	}
}

func outputLine(journal, id string) string {
	at := strings.Index(journal, `{"id":"`+id+`"`)
	return journal[at : at+strings.Index(journal[at:], "\n")+1]
}

func TestReaderIsStrict(t *testing.T) {
	journal := dayJournal(t)
	for _, in := range []struct{ old, new, says string }{
		{`{"journal":1`, `{"journal":7`, "journal:1: schema 7"},
		{`{"journal":1`, `{"diary":1`, "journal:1: the first line"},
		{`{"seq":2,`, `{"seq":3,`, "journal:9: entry 3 follows entry 1"},
		{`"at":2000000000`, `"at":2`, "is earlier"},
		{`"kind":"propose"`, `"kind":"propound"`, `"propound": unknown kind`},
		{`{"id":"1.2"`, `{"id":"1.3"`, "journal:4: output 1.2 is expected"},
		{`{"rest":1,`, `{"rest":2,`, "the end of entry 1"},
		{`{"done":"1.1"}`, `{"wait":"1.1"}`, "journal:8: entry 1 has ended"},
		{`{"done":"1.1"}`, `done`, "journal:8: the line is not the JSON"},
	} {
		bad := strings.Replace(journal, in.old, in.new, 1)
		if _, err := runtime.ReplayJournal(strings.NewReader(bad), registry); err == nil || !strings.Contains(err.Error(), in.says) {
			t.Errorf("%s: error %v, want one that says %s", in.new, err, in.says)
		}
	}
	if _, err := runtime.ReplayJournal(strings.NewReader(""), registry); err == nil || !strings.Contains(err.Error(), "no header") {
		t.Errorf("an empty journal: %v", err)
	}
}

// A journal cut at every 37th byte, mostly within lines, is recovered and continued as if it had not been cut.
func TestRecoverFromCuts(t *testing.T) {
	whole := dayJournal(t)
	header := strings.Index(whole, "\n") + 1
	end, err := runtime.ReplayJournal(strings.NewReader(whole), registry)
	if err != nil {
		t.Fatal(err)
	}
	for cut := header; cut < len(whole); cut += 37 {
		var journal bytes.Buffer
		kept := whole[:strings.LastIndex(whole[:cut], "\n")+1]
		journal.WriteString(kept)
		cell, report, err := runtime.Recover(config(runtime.NewStreamJournal(&journal, runtime.SyncNever)), nil, strings.NewReader(whole[:cut]))
		if err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		if half := len(kept) < cut; half != (report.Cut > 0) {
			t.Fatalf("cut at byte %d: a half-written line is %d, want one: %v", cut, report.Cut, half)
		}
		for _, e := range remaining(cell.Seq()) {
			if _, err := play(cell, e); err != nil {
				var poisoned *runtime.Poisoned
				if !errors.As(err, &poisoned) || cell.Revive() != nil {
					t.Fatalf("cut at byte %d: %v", cut, err)
				}
			}
		}
		again, err := runtime.ReplayJournal(&journal, registry)
		if err != nil || again.Difference != nil || fmt.Sprint(again.Orphans, again.Unanswered) != fmt.Sprint(end.Orphans, end.Unanswered) {
			t.Fatalf("cut at byte %d, continued: %v, %v", cut, again, err)
		}
		cell.Close()
	}
}

// remaining is the rest of the day of dayJournal after an entry.
func remaining(seq uint64) []event {
	day := append(append(append([]event(nil), aDay[:8]...), event{aDay[8].at, messages.Destroy{}}), aDay[8:]...)
	return day[seq:]
}

func TestRecoverFromSnapshot(t *testing.T) {
	var journal bytes.Buffer
	cell := newCell(t, runtime.NewStreamJournal(&journal, runtime.SyncNever))
	var snapshot []byte
	for i, e := range aDay {
		if i == 6 {
			snapshot = snapshotOf(t, cell)
		}
		if _, err := play(cell, e); err != nil {
			t.Fatal(err)
		}
	}
	got, report, err := runtime.Recover(config(nil), snapshot, &journal)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if report.Entries != len(aDay)-6 || got.Hash() != cell.Hash() || string(snapshotOf(t, got)) != string(snapshotOf(t, cell)) {
		t.Errorf("recovered %d entries to %s\nwant %s", report.Entries, snapshotOf(t, got), snapshotOf(t, cell))
	}
}

// When the journal cannot be written, nothing is decided and nothing leaves.
func TestJournalFails(t *testing.T) {
	for _, left := range []int{1, 2} {
		cell := newCell(t, &failing{left: left})
		step, err := cell.Handle(0, messages.Initialize{})
		if !errors.Is(err, io.ErrShortWrite) || len(step.Outputs) > 0 {
			t.Errorf("after %d writes: %v with %d outputs, want the writer's error and none", left, err, len(step.Outputs))
		}
		if _, err := cell.Handle(time.Second, messages.PageShown{}); err == nil {
			t.Errorf("after %d writes: the cell went on", left)
		}
		if raw, err := cell.Snapshot(); err == nil {
			t.Errorf("after %d writes: a snapshot of what was never done: %s", left, raw)
		}
	}
}

type failing struct{ left int }

func (f *failing) Entry([]byte) error { return f.write() }
func (f *failing) Rest([]byte) error  { return f.write() }
func (f *failing) write() error {
	if f.left--; f.left < 0 {
		return io.ErrShortWrite
	}
	return nil
}

// FuzzReader: no journal makes the reader panic or hang, and errors name a line.
func FuzzReader(f *testing.F) {
	// Short seeds: the fuzzer spends its time on making long ones shorter.
	lines := strings.SplitAfter(dayJournal(f), "\n")
	header := `{"journal":1}` + "\n"
	for from := 1; from+8 < len(lines); from += 8 {
		f.Add([]byte(header + strings.Join(lines[from:from+8], "")))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		reader, err := runtime.NewReader(bytes.NewReader(raw), "fuzz")
		for err == nil {
			_, err = reader.Next()
		}
		if !errors.Is(err, io.EOF) && !strings.HasPrefix(err.Error(), "fuzz:") {
			t.Fatalf("an error without a place: %v", err)
		}
	})
}
