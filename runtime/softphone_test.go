package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
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
		synctest.Wait() // for what it asks by itself
		if p.tokens[0] != "token-1" || p.tokens[len(p.tokens)-1] != "token-2" {
			t.Errorf("requests came with %q", p.tokens)
		}
		if err := phone.SetAccessToken(t.Context(), ""); !errors.Is(err, runtime.ErrInvalidOptions) {
			t.Errorf("an empty token: %v", err)
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

// OnStep is told of each entry once, in order, before what it decided is performed, and of nothing after the end.
func TestSoftphoneShowsItsSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		cfg := softphoneConfig()
		seq, early := uint64(0), ""
		shown := map[string]int{}
		cfg.OnStep = func(s runtime.Step) {
			if seq++; s.Seq != seq {
				t.Errorf("entry %d is shown after %d", s.Seq, seq-1)
			}
			shown[s.Input.Kind()]++
			for _, out := range s.Outputs {
				if out.Effect.Kind() == "create-peer" {
					early = fmt.Sprint(p.held())
				}
			}
		}
		phone := newSoftphone(t, p, cfg)
		must(t, phone.Initialize(t.Context()))
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		synctest.Wait()
		same(t, "held when the peer connection was decided", early, "[socket 1]")
		same(t, "held then", fmt.Sprint(p.held()), "[socket 1 peer 1 microphone 1]")
		must(t, phone.Close())
		for _, kind := range []string{"initialize", "propose", "answer", "timer-fired", "microphone-granted"} {
			if shown[kind] == 0 {
				t.Errorf("no %s was shown: %v", kind, shown)
			}
		}
	})
}
