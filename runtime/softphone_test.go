package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

func softphoneConfig() runtime.SoftphoneConfig {
	return runtime.SoftphoneConfig{
		Config:      runtime.Config{Options: messages.DefaultOptions()},
		AccessToken: "token-1", Environment: "example.com", Log: slog.New(slog.DiscardHandler),
	}
}

// newSoftphone is one that the test's end closes; nothing may be held open then.
func newSoftphone(t *testing.T, p *platform, cfg runtime.SoftphoneConfig) *runtime.Softphone {
	t.Helper()
	phone, err := runtime.NewSoftphone(cfg, p.ports())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = phone.Close()
		if held := p.held(); len(held) > 0 {
			t.Errorf("after Close there are still %v", held)
		}
	})
	return phone
}

// ready is a softphone that calls can reach.
func ready(t *testing.T, p *platform) *runtime.Softphone {
	t.Helper()
	phone := newSoftphone(t, p, softphoneConfig())
	must(t, phone.Initialize(t.Context()))
	return phone
}

// inCall is one that has answered conversation c-1.
func inCall(t *testing.T, p *platform) *runtime.Softphone {
	t.Helper()
	phone := ready(t, p)
	p.ring(1)
	must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
	synctest.Wait()
	return phone
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// told is what a subscriber was told so far, a line an event: when, and what.
func told(events *runtime.Events) string {
	synctest.Wait()
	var b strings.Builder
	ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	for e := range events.All(ctx) {
		fmt.Fprintf(&b, "%v %s%s\n", e.At.Round(time.Millisecond), e.Name(), details(e.Event))
	}
	return b.String()
}

func details(event messages.Event) string {
	switch e := event.(type) {
	case messages.PendingSession:
		return fmt.Sprintf(" %s of %s", e.ID, e.Conversation)
	case messages.SessionStarted:
		return fmt.Sprintf(" %s of %s", e.Session.ID, e.Session.Conversation)
	case messages.SessionEnded:
		return fmt.Sprintf(" %s of %s: %s", e.Session.ID, e.Session.Conversation, e.Reason)
	case messages.ConversationUpdate:
		return fmt.Sprintf(" active=%q +%d -%d", e.Active, len(e.Added), len(e.Removed))
	case messages.StationChanged:
		return fmt.Sprintf(" %s %s", e.Action, e.Station.ID)
	case messages.SDKError:
		return fmt.Sprintf(" %s: %s", e.Error.Type, e.Error.Message)
	case messages.StreamConnected:
		return fmt.Sprintf(" again=%t", e.Reconnect)
	default:
		return ""
	}
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", what, got, want)
	}
}

// The agent logs in, is called, answers, talks for ten seconds and hangs up.
func TestSoftphoneTakesACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := newSoftphone(t, p, softphoneConfig())
		events := phone.Events()

		must(t, phone.Initialize(t.Context()))
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		time.Sleep(10 * time.Second)
		same(t, "held in the call", fmt.Sprint(p.held()), "[socket 1 peer 1 microphone 1]")
		must(t, phone.EndSession(t.Context(), "c-1"))

		same(t, "events", told(events), `3ms connected again=false
4ms concurrentSoftphoneSessionsEnabled
4ms station Associated st-1
104ms ready
104ms pendingSession s-1 of c-1
104ms handledPendingSession
104ms sessionStarted s-1 of c-1
104ms endOfCandidates
104ms conversationUpdate active="c-1" +1 -0
10.105s conversationUpdate active="" +0 -1
10.105s terminated
10.105s sessionEnded s-1 of c-1: success
`)
		same(t, "held after it", fmt.Sprint(p.held()), "[socket 1]")
		same(t, "sent", strings.Join(p.sent[9:], " "), "send-proceed send-accept send-answer send-candidate send-active")
	})
}

// The platform does not take the hang-up: the session itself is ended, for the reason that the program gave.
func TestSoftphoneEndsASessionForAReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			options []runtime.EndOption
			want    string
		}{{nil, "success"}, {[]runtime.EndOption{runtime.EndReason("cancel")}, "cancel"}} {
			p := newPlatform()
			phone := inCall(t, p)
			p.refuse(messages.PatchState, 403)
			events := phone.Events()
			must(t, phone.EndSession(t.Context(), "c-1", c.options...))
			if heard := told(events); !strings.Contains(heard, " sessionEnded s-1 of c-1: "+c.want+"\n") || p.count("send-terminate") != 1 {
				t.Errorf("it did not end for %s:\n%s", c.want, heard)
			}
		}
	})
}

func TestSoftphoneKnowsItsStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		phone := newSoftphone(t, newPlatform(), softphoneConfig())
		if _, ok := phone.Station(); ok || phone.IsConcurrentSoftphoneSessionsEnabled() {
			t.Error("a station is known before the login")
		}
		must(t, phone.Initialize(t.Context()))
		station, ok := phone.Station()
		if !ok || station.ID != "st-1" || !phone.IsConcurrentSoftphoneSessionsEnabled() || phone.IsPersistentConnectionEnabled() {
			t.Errorf("the station is %+v, %t", station, ok)
		}
	})
}

func TestSoftphonePlacesACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		phone := ready(t, newPlatform())
		placed, err := phone.StartSoftphoneSession(t.Context(), runtime.StartSoftphoneParams{PhoneNumber: "+15551234"})
		if err != nil || placed.Conversation != "c-out" || placed.SelfURI != "/c-out" {
			t.Errorf("got %+v, %v", placed, err)
		}
	})
}

func TestSoftphoneUsesANewToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := ready(t, p)
		must(t, phone.SetAccessToken(t.Context(), "token-2"))
		_, err := phone.StartSoftphoneSession(t.Context(), runtime.StartSoftphoneParams{PhoneNumber: "1"})
		must(t, err)
		if p.tokens[0] != "token-1" || p.tokens[len(p.tokens)-1] != "token-2" {
			t.Errorf("requests came with %q", p.tokens)
		}
		if err := phone.SetAccessToken(t.Context(), ""); !errors.Is(err, runtime.ErrInvalidOptions) {
			t.Errorf("an empty token: %v", err)
		}
	})
}

// A context ends the waiting, and nothing else.
func TestSoftphoneContextEndsTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := inCall(t, p)
		p.hush("patch-state")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := phone.EndSession(ctx, "c-1"); err != context.DeadlineExceeded {
			t.Fatalf("got %v", err)
		}
		events := phone.Events()
		if err := phone.SetConversationHeld(ctx, "c-1", true); err != context.DeadlineExceeded {
			t.Errorf("a context that has ended: %v", err)
		}
		p.notify("c-1", messages.Disconnected)
		same(t, "what was begun goes on", told(events), "1.104s conversationUpdate active=\"\" +0 -1\n")
	})
}

func TestSoftphoneCloseWhileACallWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		p.hush("get-me")
		phone := newSoftphone(t, p, softphoneConfig())
		events := phone.Events()
		waiting := make(chan error)
		go func() { waiting <- phone.Initialize(t.Context()) }()
		synctest.Wait()
		if phone.Err() != nil {
			t.Errorf("it runs: %v", phone.Err())
		}
		must(t, phone.Close())
		must(t, phone.Close())
		<-phone.Done()
		if err := <-waiting; !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("the call that waited: %v", err)
		}
		if err := phone.Destroy(t.Context()); !errors.Is(err, runtime.ErrClosed) || phone.Err() != runtime.ErrClosed {
			t.Errorf("after Close: %v, %v", err, phone.Err())
		}
		for _, e := range []*runtime.Events{events, phone.Events()} {
			if _, err := e.Next(t.Context()); err != runtime.ErrClosed {
				t.Errorf("events after Close: %v", err)
			}
		}
	})
}

func TestSoftphoneCloseLetsGoOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		must(t, inCall(t, p).Close())
		if held := p.held(); len(held) > 0 {
			t.Errorf("there are still %v", held)
		}
	})
}

// Each subscriber hears everything in order, however slow it is, and whatever others do.
func TestSoftphoneSubscribers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := newSoftphone(t, p, softphoneConfig())
		slow, quick, gone := phone.Events(), phone.Events(), phone.Events()
		var heard []runtime.Event
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			for e := range quick.All(t.Context()) {
				heard = append(heard, e)
			}
		}()
		must(t, phone.Initialize(t.Context()))
		gone.Close()
		late := phone.Events()
		for n := range 50 {
			p.ring(n)
		}
		synctest.Wait()
		must(t, phone.Close())
		<-finished
		all := slices.Collect(slow.All(t.Context()))
		if len(all) != 54 || !slices.Equal(names(all), names(heard)) {
			t.Errorf("the slow one heard %v, the quick one %v", names(all), names(heard))
		}
		if !slices.IsSortedFunc(all, func(a, b runtime.Event) int { return int(a.Seq) - int(b.Seq) }) {
			t.Error("the entries are out of order")
		}
		if e := all[0]; e.Seq == 0 || e.At != 3*time.Millisecond || e.Time.IsZero() {
			t.Errorf("the first is %d at %v, %v", e.Seq, e.At, e.Time)
		}
		if n := len(slices.Collect(late.All(t.Context()))); n != 50 {
			t.Errorf("the late one heard %d", n)
		}
		if _, err := gone.Next(t.Context()); err != runtime.ErrClosed {
			t.Errorf("the one that left: %v", err)
		}
	})
}

func names(events []runtime.Event) (all []string) {
	for _, e := range events {
		all = append(all, fmt.Sprint(e.Seq, e.Name()))
	}
	return all
}

func TestSoftphoneErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := newSoftphone(t, p, softphoneConfig())
		early := phone.EndSession(t.Context(), "c-1")
		if sdk := (*runtime.SdkError)(nil); !errors.As(early, &sdk) || sdk.Type != "" || sdk.Name != "TypeError" {
			t.Errorf("too early: %v", early)
		}
		p.refuse(messages.GetMe, 401)
		err := phone.Initialize(t.Context())
		if !errors.Is(err, runtime.ErrInitialization) || errors.Is(err, runtime.ErrSession) {
			t.Errorf("refused: %v", err)
		}
		same(t, "its text", err.Error(), "runtime: softphone: initialize: initialization: Request failed with status code 401")
		p.refuse(messages.GetMe, 0)
		must(t, phone.Initialize(t.Context()))
		if err := phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-9"}); !errors.Is(err, runtime.ErrSession) {
			t.Errorf("nothing rings: %v", err)
		}
		p.refuse(messages.PostCall, 400)
		_, err = phone.StartSoftphoneSession(t.Context(), runtime.StartSoftphoneParams{})
		if !errors.Is(err, &runtime.SdkError{Name: "AxiosError"}) {
			t.Errorf("passed on: %v", err)
		}
	})
}

// What each method asks of the cell, in the journal's words.
func TestSoftphoneMethods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal bytes.Buffer
		cfg := softphoneConfig()
		cfg.Journal = runtime.NewStreamJournal(&journal, runtime.SyncNever)
		phone := newSoftphone(t, newPlatform(), cfg)
		ctx := t.Context()
		for _, err := range []error{
			phone.RejectPendingSession(ctx, runtime.RejectPending{ConversationID: "c", SessionType: messages.Softphone}),
			phone.AcceptSession(ctx, "c"), phone.ForceTerminateSession(ctx, "s", "cancel"), phone.SetAudioMute(ctx, "c", true),
			phone.SetVideoMute(ctx, "c", true), phone.SetConversationHeld(ctx, "c", true),
			phone.AddAllowedSessionType(ctx, messages.Softphone), phone.RemoveAllowedSessionType(ctx, messages.ScreenShare),
		} {
			if !errors.Is(err, &runtime.SdkError{Name: "TypeError"}) {
				t.Errorf("before the login: %v", err)
			}
		}
		must(t, phone.Disconnect(ctx))
		phone.SetOnline(true)
		phone.SetVisible(true)
		synctest.Wait()
		must(t, phone.Close())
		for _, want := range []string{
			`"kind":"decline","in":{"call":1,"conversation":"c","type":"softphone"}`,
			`"kind":"accept-session","in":{"call":2,"conversation":"c"}`,
			`"kind":"terminate-session","in":{"call":3,"session":"s","reason":"cancel"}`,
			`"kind":"mute","in":{"call":4,"conversation":"c","muted":true}`,
			`"kind":"mute-video","in":{"call":5,"conversation":"c","muted":true}`,
			`"kind":"hold","in":{"call":6,"conversation":"c","held":true}`,
			`"kind":"allow-session-type","in":{"call":7,"type":"softphone"}`,
			`"kind":"disallow-session-type","in":{"call":8,"type":"acdScreenShare"}`,
			`"kind":"disconnect","in":{"call":9}`,
			`"kind":"network-changed","in":{"online":true}`,
			`"kind":"page-shown","in":{"visible":true}`,
		} {
			if !strings.Contains(journal.String(), want) {
				t.Errorf("%s is not in the journal", want)
			}
		}
	})
}

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

func TestSdkErrorWithoutAMessage(t *testing.T) {
	same(t, "text", (&runtime.SdkError{Type: messages.ErrMedia}).Error(), "media error without a message")
}

func TestSoftphoneIsConfigured(t *testing.T) {
	for want, spoil := range map[string]func(*runtime.SoftphoneConfig, *runtime.Ports){
		"no port Stream":        func(_ *runtime.SoftphoneConfig, p *runtime.Ports) { p.Stream = nil },
		"no port REST":          func(_ *runtime.SoftphoneConfig, p *runtime.Ports) { p.REST = nil },
		"no port Media":         func(_ *runtime.SoftphoneConfig, p *runtime.Ports) { p.Media = nil },
		"no port Frames":        func(_ *runtime.SoftphoneConfig, p *runtime.Ports) { p.Frames = nil },
		"no port Notifications": func(_ *runtime.SoftphoneConfig, p *runtime.Ports) { p.Notifications = nil },
		"no access token":       func(c *runtime.SoftphoneConfig, _ *runtime.Ports) { c.AccessToken = "" },
		"no environment":        func(c *runtime.SoftphoneConfig, _ *runtime.Ports) { c.Environment = "" },
	} {
		cfg, ports := softphoneConfig(), newPlatform().ports()
		spoil(&cfg, &ports)
		if _, err := runtime.NewSoftphone(cfg, ports); !errors.Is(err, runtime.ErrInvalidOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSoftphoneDestroyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := inCall(t, p)
		must(t, phone.Destroy(t.Context()))
		synctest.Wait()
		if held := p.held(); len(held) > 0 || p.count("send-terminate") != 1 {
			t.Errorf("there are still %v; %v", held, p.sent)
		}
		if err := phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}); err == nil {
			t.Error("a destroyed softphone answers")
		}
		must(t, phone.Destroy(t.Context()))
		must(t, phone.Close())
	})
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

// The example does what it says.
func TestSoftphoneAnswersEveryCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		ctx, cancel := context.WithCancel(t.Context())
		finished := make(chan error)
		go func() { finished <- answerEveryCall(ctx, "token-1", p.ports()) }()
		time.Sleep(time.Second)
		p.ring(1)
		time.Sleep(9 * time.Second)
		p.ring(2)
		time.Sleep(500 * time.Millisecond)
		same(t, "while two call", fmt.Sprint(p.held()), "[socket 1 peer 1 microphone 1 peer 2 microphone 2]")
		time.Sleep(time.Second)
		same(t, "after ten seconds", fmt.Sprint(p.held()), "[socket 1 peer 2 microphone 2]")
		time.Sleep(9 * time.Second)
		same(t, "ten seconds later", fmt.Sprint(p.held()), "[socket 1]")
		cancel()
		must(t, <-finished)
		same(t, "in the end", fmt.Sprint(p.held()), "[]")
	})
}

// On the real clock, too, nothing is left behind.
func TestSoftphoneLeavesNoGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	p := newPlatform()
	phone := newSoftphone(t, p, softphoneConfig())
	events := phone.Events()
	must(t, phone.Initialize(t.Context()))
	p.ring(1)
	must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
	for e := range events.All(t.Context()) {
		if _, up := e.Event.(messages.ConversationUpdate); up {
			break
		}
	}
	must(t, phone.Close())
	goleak.VerifyNone(t, before)
}

// Which frames leave when.
func TestGate(t *testing.T) {
	g := runtime.NewGate()
	connected := messages.Announce{Event: messages.StreamConnected{}}
	lost := messages.Announce{Event: messages.StreamDisconnected{}}
	answer := func(s messages.Signalling) messages.Effect {
		return messages.SendAnswer{Signalling: s, Session: "s", Peer: 7}
	}
	for i, step := range []struct {
		effect messages.Effect
		passes bool
	}{
		{messages.SendProceed{}, false}, {messages.SendPing{}, true},
		{connected, true}, {messages.SendProceed{}, true}, {answer(messages.SDPOverXMPP), true}, {answer(messages.Jingle), false},
		{messages.CreatePeer{Peer: 7, Signalling: messages.Jingle}, true}, {answer(messages.Jingle), true},
		{lost, true}, {answer(messages.SDPOverXMPP), false}, {messages.AcknowledgeIQ{}, false}, {messages.SendAccept{Session: "t"}, false},
		{connected, true}, {answer(messages.SDPOverXMPP), true}, {answer(messages.Jingle), false},
		{messages.SendTerminate{Signalling: messages.Jingle, Session: "s", Peer: 7}, false}, {messages.RefuseIQ{}, true},
	} {
		if got := g.Passes(step.effect); got != step.passes {
			t.Errorf("%d: %s passes: %t", i, step.effect.Kind(), got)
		}
	}
}
