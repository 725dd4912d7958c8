package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hookswitch/hookswitch/runtime"
)

// journals are those of the phones of one scenario, which are kept in a folder.
type journals struct {
	folder, name string
	phones       map[string]*bytes.Buffer
}

// newJournals are the journals of a scenario of that name; folder "" is none.
func newJournals(folder, name string) *journals {
	return &journals{folder: folder, name: name, phones: map[string]*bytes.Buffer{}}
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

// keep writes them: the scenario's name, then the agent's, then the phone's.
func (j *journals) keep() error {
	if j.folder == "" {
		return nil
	}
	all := []error{os.MkdirAll(j.folder, 0o755)}
	for phone, text := range j.phones {
		name := j.name + "-" + strings.ReplaceAll(phone, "/", "-") + ".journal"
		all = append(all, os.WriteFile(filepath.Join(j.folder, name), text.Bytes(), 0o644))
	}
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("simulate: %w: give --journal a folder that can be written", err)
	}
	return nil
}
