package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/play"
)

// journals are those of the phones of one scenario, which are kept in a folder.
type journals struct {
	folder, name string
	phones       map[string]*bytes.Buffer
	ends         map[string]int // how long each journal is when the aftermath begins
}

// newJournals are the journals of a scenario of that name; folder "" is none.
func newJournals(folder, name string) *journals {
	return &journals{folder: folder, name: name, phones: map[string]*bytes.Buffer{}, ends: map[string]int{}}
}

// writer gives each phone its journal; nil: none is kept.
func (j *journals) writer() func(phone string) runtime.JournalWriter {
	if j.folder == "" {
		return nil
	}
	return func(phone string) runtime.JournalWriter {
		j.phones[phone] = &bytes.Buffer{}
		return runtime.NewStreamJournal(j.phones[phone], runtime.SyncNever)
	}
}

// end notes where the journals end: what comes from now on is the aftermath, which is none of the scenario.
func (j *journals) end() {
	for phone, text := range j.phones {
		j.ends[phone] = text.Len()
	}
}

// cut leaves the aftermath out. Where a law is broken only there, it stays, and a warning says so.
func (j *journals) cut(t *terminal, outcome play.Outcome) {
	for phone, end := range j.ends {
		at := slices.IndexFunc(outcome.Broken, func(b play.Broken) bool { return b.Aftermath && b.Phone == phone })
		if at < 0 {
			j.phones[phone].Truncate(end)
			continue
		}
		t.warn(fmt.Sprintf("the journal of %s goes on after the scenario, until all calls are over: the law is broken there, in entry %d", phone, outcome.Broken[at].Seq))
	}
}

// keep writes them: the scenario's name, then the agent's, then the phone's.
func (j *journals) keep(t *terminal, outcome play.Outcome) error {
	if j.folder == "" {
		return nil
	}
	j.cut(t, outcome)
	err := os.MkdirAll(j.folder, 0o755)
	for phone, text := range j.phones {
		name := j.name + "-" + strings.ReplaceAll(phone, "/", "-") + ".journal"
		if err == nil {
			err = os.WriteFile(filepath.Join(j.folder, name), text.Bytes(), 0o644)
		}
	}
	if err != nil {
		return fmt.Errorf("simulate: %w: give --journal a folder that can be written", err)
	}
	return nil
}
