package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/runtime"
)

// What our replay of a recording journaled is itself a recording: replaying it decides the same, entry by entry.
func TestJournalsReplay(t *testing.T) {
	t.Parallel()
	each(t, "", func(t *testing.T, rec *recording) {
		report, err := runtime.ReplayJournal(bytes.NewReader(rec.ours.journal), actors.Softphone())
		if err != nil || report.Difference != nil {
			t.Fatal(err, report.Difference)
		}
		if entries := bytes.Count(rec.ours.journal, []byte("\n{\"seq\":")); report.Entries != entries {
			t.Errorf("%d entries of %d", report.Entries, entries)
		}
	})
}

// altered are the recordings whose journals are altered: two calls on a shared session, a reinvite, a stream that drops,
// requests that are refused, Jingle media, and two of a real browser.
var altered = regexp.MustCompile(`scenarios/(24|56|82|123|147)-|browser/(h|n12)-`)

// journalLine is a line of a journal, and where it stands.
type journalLine struct {
	number int // from 1
	entry  uint64
	fields map[string]any
}

// what names the kind of line, of which the first of each is altered.
func (l journalLine) what() string {
	for _, part := range []string{"in", "out"} {
		if _, there := l.fields[part]; there {
			return fmt.Sprintf("%s %v", part, l.fields["kind"])
		}
	}
	if _, orphan := l.fields["orphan"]; orphan {
		return "rest of an orphan"
	}
	return "rest"
}

// A journal that was altered by hand in one place is caught at that entry: the first line of each kind of input and of
// output, and the end of an entry, are altered in each of their values.
func TestAlteredJournalIsCaught(t *testing.T) {
	t.Parallel()
	for _, name := range captures.Names() {
		if !altered.MatchString(name) {
			continue
		}
		t.Run(strings.TrimSuffix(name, ".jsonl"), func(t *testing.T) {
			t.Parallel()
			journal := recorded(t, name).ours.journal
			lines := bytes.SplitAfter(journal, []byte("\n"))
			all, seen := parsed(t, lines), map[string]bool{}
			for _, l := range all {
				if seen[l.what()] {
					continue
				}
				seen[l.what()] = true
				for _, path := range leaves(l.fields, "") {
					entry, err := caughtAt(all, forged(t, lines, l, path))
					if entry != l.entry {
						t.Errorf("line %d, entry %d, %s, %s: caught at entry %d (%v)", l.number, l.entry, l.what(), path, entry, err)
					}
				}
			}
			for _, path := range leaves(header(t, lines[0]).fields, "") {
				if path == "engine" || strings.HasPrefix(path, "charts.") {
					continue // they say what wrote it; what they change shows in the entries
				}
				entry, err := caughtAt(all, forged(t, lines, header(t, lines[0]), path))
				if entry != 1 && (err == nil || entry != 0) {
					t.Errorf("the header, %s: caught at entry %d (%v)", path, entry, err)
				}
			}
			if len(seen) < 30 {
				t.Errorf("only %d kinds of lines", len(seen))
			}
		})
	}
}

// header is the first line.
func header(t *testing.T, line []byte) journalLine {
	t.Helper()
	l := journalLine{number: 1}
	if err := json.Unmarshal(line, &l.fields); err != nil {
		t.Fatal(err)
	}
	return l
}

// parsed are the lines behind the header.
func parsed(t *testing.T, lines [][]byte) []journalLine {
	t.Helper()
	var all []journalLine
	var entry uint64
	for i, line := range lines[1:] {
		if len(line) == 0 {
			continue
		}
		l := journalLine{number: i + 2}
		if err := json.Unmarshal(line, &l.fields); err != nil {
			t.Fatal(err)
		}
		if seq, isEntry := l.fields["seq"].(float64); isEntry {
			entry = uint64(seq)
		}
		l.entry = entry
		all = append(all, l)
	}
	return all
}

// leaves are the paths of all values within a value.
func leaves(v any, at string) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			found = append(found, leaves(e, at+"."+name)...)
		}
	case []any:
		for i, e := range v {
			found = append(found, leaves(e, at+"."+strconv.Itoa(i))...)
		}
	default:
		found = append(found, strings.TrimPrefix(at, "."))
	}
	return found
}

// forged is a journal with one value of one line altered.
func forged(t *testing.T, lines [][]byte, l journalLine, path string) []byte {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(lines[l.number-1], &fields); err != nil {
		t.Fatal(err)
	}
	if path == "hash" {
		hash := []byte(fields["hash"].(string))
		if hash[0]++; hash[0] == '9'+1 || hash[0] > 'f' {
			hash[0] = '0'
		}
		fields["hash"] = string(hash)
	} else {
		alter(fields, strings.Split(path, "."))
	}
	line, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Join([][]byte{bytes.Join(lines[:l.number-1], nil), line, []byte("\n"), bytes.Join(lines[l.number:], nil)}, nil)
}

var lineOfJournal = regexp.MustCompile(`^journal:(\d+):`)

// caughtAt is the entry at which a replay stops, 0 if it does not: because of a difference, or, where a line is none that
// a journal can have, with an error that names the line.
func caughtAt(all []journalLine, journal []byte) (entry uint64, reason error) {
	report, err := runtime.ReplayJournal(bytes.NewReader(journal), actors.Softphone())
	if report.Difference != nil {
		return report.Difference.Entry, fmt.Errorf("%v", report.Difference)
	}
	if err == nil {
		return 0, nil
	}
	at := lineOfJournal.FindStringSubmatch(err.Error())
	if at == nil {
		return 0, err
	}
	for _, l := range all {
		if strconv.Itoa(l.number) == at[1] {
			return l.entry, err
		}
	}
	return 0, err
}
