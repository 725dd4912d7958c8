package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

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
