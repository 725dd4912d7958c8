package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// journal is what one client said and heard, as records of capture/1: from the client's side, so that a client's own
// recording can be laid beside it. It holds no secret: tokens are taken out before it is told. Several goroutines may use it.
type journal struct {
	mu    sync.Mutex
	began time.Time
	lines []byte
	seq   int
	room  int
	kept  *store      // of which it takes
	full  atomic.Bool // nothing more is kept
	asked int         // requests so far
}

// newJournal keeps at most so many bytes, as long as the store has room, or nothing at all.
func newJournal(began time.Time, room int, kept *store) *journal {
	j := &journal{began: began, room: room, kept: kept}
	j.full.Store(room < 0)
	return j
}

// note adds a record. One that there is no room for is not kept, and none after it: a recording with a hole replays to
// something else.
func (j *journal) note(kind string, fields any) {
	if j.full.Load() {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.full.Load() { // by now
		return
	}
	record, err := port.NewRecord(j.seq+1, time.Since(j.began), kind, fields)
	if err != nil || len(j.lines)+len(record.Fields) >= j.room || !j.kept.take(len(record.Fields)+1) {
		j.full.Store(true)
		return
	}
	j.seq++
	j.lines = append(append(j.lines, record.Fields...), '\n')
}

// anew begins a new recording, without what was said so far.
func (j *journal) anew() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept.give(len(j.lines))
	j.lines, j.seq = nil, 0
	j.full.Store(j.room < 0)
}

// request counts the client's requests, from 1.
func (j *journal) request() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.asked++
	return j.asked
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

// frame adds a frame that went over a socket.
func (j *journal) frame(kind string, socket int, xml []byte) {
	if !j.full.Load() { // which spares a copy
		j.note(kind, map[string]any{"ws": socket, "xml": string(xml)})
	}
}

// unreadable adds a frame of the client's that is not told, for nobody knows what is in it.
func (j *journal) unreadable(socket int, frame []byte) {
	j.note("ws.send", map[string]any{"ws": socket, "unreadable": len(frame)})
}

// write writes the recording so far.
func (j *journal) write(w io.Writer, environment, socketHost string) error {
	j.mu.Lock()
	lines := j.lines[:len(j.lines):len(j.lines)]
	j.mu.Unlock()
	if _, err := w.Write(append(j.config(environment, socketHost), '\n')); err != nil {
		return err
	}
	_, err := w.Write(lines)
	return err
}

// WriteJournal writes what the client of a login said and heard: a recording of capture/1, from the client's side. It can be
// asked for after the end, too. whole is false if there was no room for all of it (Limits): then it stops early.
func (s *Server) WriteJournal(w io.Writer, of Login) (whole bool, err error) {
	account := s.accounts.of(of.Token)
	if account == nil {
		return false, fmt.Errorf("server: journal of %s: no client has that token", of.Agent)
	}
	return s.journalOf(account).Write(w)
}

// Journal is what the client of one token said and heard.
type Journal struct {
	Agent, Phone string
	of           *account
	server       *Server
}

// Journals are those of all tokens, however they were made, in that order. They can be asked for after the end, too.
func (s *Server) Journals() []Journal {
	all := []Journal{}
	for _, a := range s.accounts.list() {
		all = append(all, s.journalOf(a))
	}
	return all
}

func (s *Server) journalOf(a *account) Journal {
	return Journal{Agent: a.user.Name, Phone: a.phone, of: a, server: s}
}

// Write writes it as WriteJournal does.
func (j Journal) Write(w io.Writer) (whole bool, err error) {
	return !j.of.journal.full.Load(), j.of.journal.write(w, j.server.configured(), j.server.socketHost())
}

// cutHeader says of a recording that there was no room for all of it.
const cutHeader = "X-Hookswitch-Cut"

// journalAsked is the account whose journal a request is about: of the agent's phone that it names, or of the first.
func (s *Server) journalAsked(a asked) (*account, error) {
	phone := a.URL.Query().Get("phone")
	return onLoop(s, a.ctx(), func() (*account, error) {
		of, err := s.agentOf(a)
		if err != nil {
			return nil, err
		}
		for _, one := range of.accounts {
			if phone == "" || one.phone == phone {
				return one, nil
			}
		}
		return nil, notFound("the agent has no token for such a phone")
	})
}

// deleteJournal begins a new recording of a phone's.
func (s *Server) deleteJournal(a asked, _ nothing) (nothing, error) {
	found, err := s.journalAsked(a)
	if err == nil {
		found.journal.anew()
	}
	return nothing{}, err
}

// serveJournal gives what a phone said and heard, as capture/1 from its own side.
func (s *Server) serveJournal(w http.ResponseWriter, r *http.Request) {
	found, err := s.journalAsked(asked{r})
	if err != nil {
		refuseControl(w, r, err)
		return
	}
	w.Header().Set("Content-Type", recordingType)
	if found.journal.full.Load() {
		w.Header().Set(cutHeader, "there was no room for all of it")
	}
	_ = found.journal.write(w, s.configured(), s.socketHost()) // who is gone hears nothing
}
