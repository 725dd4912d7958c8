package server

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// journal is what one client said and heard, as records of capture/1: from the client's side, so that a client's own
// recording can be laid beside it. It holds no secret: tokens are taken out before it is told. Several goroutines may use it.
type journal struct {
	mu     sync.Mutex
	began  time.Time
	lines  []byte
	seq    int
	room   int
	full   bool
	sizeOf int // requests so far
}

// newJournal keeps at most so many bytes, or nothing at all.
func newJournal(began time.Time, room int) *journal { return &journal{began: began, room: room} }

// note adds a record. One that there is no room for is not kept, and none after it: a recording with a hole replays to
// something else.
func (j *journal) note(kind string, fields any) {
	if j.room < 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.full {
		return
	}
	record, err := port.NewRecord(j.seq, time.Since(j.began), kind, fields)
	if err != nil || len(j.lines)+len(record.Fields) >= j.room {
		j.full = true
		return
	}
	j.seq++
	j.lines = append(append(j.lines, record.Fields...), '\n')
}

// request counts the client's requests, from 1.
func (j *journal) request() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sizeOf++
	return j.sizeOf
}

// config is the record that begins a recording. What the client was told in its program, the platform cannot know.
func (j *journal) config(environment, socketHost string) json.RawMessage {
	record, err := port.NewRecord(0, 0, "config", map[string]any{
		"sdk": "9.2.4", "observed": "wire",
		"config": map[string]any{"environment": environment, "wsHost": socketHost, "allowedSessionTypes": []string{"softphone"}},
	})
	if err != nil {
		return nil
	}
	return record.Fields
}

// write writes the recording so far. full tells that there was no room for all of it.
func (j *journal) write(w io.Writer, environment, socketHost string) (full bool, err error) {
	j.mu.Lock()
	lines, full := j.lines[:len(j.lines):len(j.lines)], j.full
	j.mu.Unlock()
	if _, err := w.Write(append(j.config(environment, socketHost), '\n')); err != nil {
		return full, err
	}
	_, err = w.Write(lines)
	return full, err
}

// WriteJournal writes what the client of a login said and heard: a recording of capture/1, from the client's side.
func (s *Server) WriteJournal(w io.Writer, of Login) error {
	account := s.accounts.of(of.Token)
	if account == nil {
		return fmt.Errorf("server: there is no such login")
	}
	_, err := account.journal.write(w, s.environment(), s.socketHost())
	return err
}
