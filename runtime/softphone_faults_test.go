package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// asking is a root that has each question asked by an actor which does not wait for the answer.
type asking struct{ Asked messages.Ref }

func openSocket(a asking, _ messages.Initialize) (asking, messages.Acts) {
	return a, messages.Acts{messages.OpenSocket{Socket: 1}}
}

func askAndLeave(a asking, _ messages.NetworkChanged) (asking, messages.Acts) {
	a.Asked++
	return a, messages.Acts{messages.Spawn{Ref: 10 + a.Asked, Actor: "pinger", Msg: begin{}}, messages.Stop{Ref: 10 + a.Asked}}
}

func ping(n int, _ begin) (int, messages.Acts) { return n, messages.Acts{messages.SendPing{}} }

var askingChart = fsm.New[asking]("asking", "a root that asks",
	fsm.Initial[asking]("Asking"),
	fsm.In[asking]("Asking", "for ever",
		fsm.On[asking](messages.Initialize{}).Do(openSocket),
		fsm.On[asking](messages.NetworkChanged{}).Do(askAndLeave),
		fsm.Ignore[asking]("a socket is all it needs", messages.SocketOpened{}, messages.SocketClosed{})),
)

var pingChart = fsm.New[int]("ping", "a question",
	fsm.Initial[int]("New"),
	fsm.In[int]("New", "to be asked", fsm.On[int](begin{}).Do(ping)),
)

// Questions that nobody waits for any more are not kept for ever.
func TestSoftphoneForgetsUnansweredQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, cfg := newPlatform(), softphoneConfig()
		p.hush("send-ping")
		cfg.Registry = actors.Registry{
			"softphone": func() []actors.Machine { return []actors.Machine{actors.Of(askingChart, asking{}, nil)} },
			"pinger":    func() []actors.Machine { return []actors.Machine{actors.Of(pingChart, 0, nil)} },
		}
		phone := newSoftphone(t, p, cfg)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = phone.Initialize(ctx) // it is never settled
		for range 500 {
			phone.SetOnline(true)
		}
		synctest.Wait()
		if n := phone.OpenQuestions(); p.count("send-ping") != 500 || n == 0 || n > 64 {
			t.Errorf("of %d questions %d are kept", p.count("send-ping"), n)
		}
	})
}

// What media refuses is told to the cell, or to the log where nobody waits for it.
func TestSoftphoneWithBrokenMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log, journal bytes.Buffer
		cfg, p := softphoneConfig(), newPlatform()
		cfg.Journal = runtime.NewStreamJournal(&journal, runtime.SyncNever)
		cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		ports := p.ports()
		ports.Media = brokenMedia{media{p}}
		phone, err := runtime.NewSoftphone(cfg, ports)
		must(t, err)
		must(t, phone.Initialize(t.Context()))
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		synctest.Wait()
		must(t, phone.Close())
		if want := `"name":"OperationError","message":"no codec in common"`; !strings.Contains(journal.String(), want) {
			t.Errorf("%s is not in the journal", want)
		}
		if !strings.Contains(log.String(), "kind=add-microphone why=InvalidStateError") || len(p.held()) > 0 {
			t.Errorf("log %s; held %v", &log, p.held())
		}
	})
}

// brokenMedia has microphones and peer connections that cannot be put together.
type brokenMedia struct{ media }

func (brokenMedia) AddMicrophone(messages.Ref) error {
	return &port.MediaError{Name: "InvalidStateError", Message: "closed"}
}

func (brokenMedia) MakeAnswer(context.Context, messages.Ref) (messages.SDP, error) {
	return "", errors.New("no codec in common")
}

func TestSoftphoneWithoutAMicrophone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		p.microphone = &port.MediaError{Name: "NotAllowedError", Message: "Permission denied"}
		phone := ready(t, p)
		events := phone.Events()
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		if got := told(events); !strings.Contains(got, "sdkError media: ") {
			t.Errorf("got %s", got)
		}
	})
}

// The stream breaks: what is said meanwhile is lost, the call goes on, and the stream comes back by itself.
func TestSoftphoneReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := inCall(t, p)
		p.ring(2)
		synctest.Wait()
		events := phone.Events()
		p.drop()
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-2"}))
		time.Sleep(time.Minute)
		same(t, "events", told(events), "104ms disconnected\n2.105s connected again=true\n")
		same(t, "held", fmt.Sprint(p.held()), "[peer 1 microphone 1 socket 2]")
		if p.count("send-proceed") != 1 || p.count("send-ping") == 0 {
			t.Errorf("sent %v", p.sent)
		}
	})
}

// Answers count only from the one who was asked, and what cannot be read harms nobody.
func TestSoftphoneMistrustsTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		p.hush("send-subscribe")
		phone := newSoftphone(t, p, softphoneConfig())
		waiting := make(chan error, 1)
		go func() { waiting <- phone.Initialize(t.Context()) }()
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		p.answer(port.IQAnswer{ID: p.asked, From: "mallory@evil.example.com", Condition: "forbidden"})
		p.answer(port.IQAnswer{ID: "17.1", Condition: "forbidden"})
		p.receive(1, []byte("not a frame"))
		p.receive(2, []byte("of no socket"))
		synctest.Wait()
		p.answer(port.IQAnswer{ID: p.asked, From: "notifications.example.com"})
		must(t, <-waiting)
	})
}

// An entry that breaks a chart is reported, and the softphone goes on without it.
func TestSoftphoneSurvivesAPoisonedEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal, log bytes.Buffer
		var reported []*runtime.Poisoned
		cfg := softphoneConfig()
		cfg.Registry, cfg.Journal = registry, runtime.NewStreamJournal(&journal, runtime.SyncNever)
		cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		cfg.OnPoisoned = func(p *runtime.Poisoned) { reported = append(reported, p) }
		p := newPlatform()
		p.hush("get-me")
		phone := newSoftphone(t, p, cfg)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_ = phone.Initialize(ctx) // it hires the worker that breaks down
		err := phone.Destroy(t.Context())
		synctest.Wait()
		if p := (*runtime.Poisoned)(nil); !errors.As(err, &p) || p.Chart != "worker" || len(reported) != 1 || reported[0] != p {
			t.Fatalf("got %v; reported %v", err, reported)
		}
		events := phone.Events()
		time.Sleep(5 * time.Second)
		same(t, "its timer, afterwards", told(events), "5s error\n")
		must(t, phone.Close())
		if !strings.Contains(journal.String(), `{"quarantined":`) || !strings.Contains(log.String(), "worker") {
			t.Errorf("journal %s; log %s", &journal, &log)
		}
	})
}

// The journal of a live softphone replays as it was, and tells what left.
func TestSoftphoneJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal bytes.Buffer
		cfg := softphoneConfig()
		cfg.Journal = runtime.NewStreamJournal(&journal, runtime.SyncNever)
		p := newPlatform()
		phone := newSoftphone(t, p, cfg)
		must(t, phone.Initialize(t.Context()))
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		synctest.Wait()
		must(t, phone.Close())
		proceed := strings.Index(journal.String(), `"kind":"send-proceed"`)
		if proceed < 0 || !strings.Contains(journal.String()[proceed:], `{"done":`) {
			t.Fatalf("the journal does not say that proceed left: %s", &journal)
		}
		report, err := runtime.ReplayJournal(&journal, actors.Softphone())
		if err != nil || report.Difference != nil {
			t.Errorf("replay: %v, %v", report.Difference, err)
		}
	})
}

type fullDisk struct{ runtime.JournalWriter }

var errFull = errors.New("the disk is full")

func (fullDisk) Rest([]byte) error { return errFull }

// What cannot be written down must not be done: the softphone stops and says why.
func TestSoftphoneStopsWithItsJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := softphoneConfig()
		cfg.Journal = fullDisk{runtime.NewStreamJournal(io.Discard, runtime.SyncNever)}
		p := newPlatform()
		phone := newSoftphone(t, p, cfg)
		if err := phone.Initialize(t.Context()); !errors.Is(err, errFull) {
			t.Errorf("got %v", err)
		}
		<-phone.Done()
		if !errors.Is(phone.Err(), errFull) || !errors.Is(phone.Close(), errFull) || len(p.tokens) > 0 {
			t.Errorf("it stopped because of %v; asked %v", phone.Err(), p.tokens)
		}
	})
}
