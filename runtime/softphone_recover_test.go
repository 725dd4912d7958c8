package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// journaled is a configuration whose journal is a buffer.
func journaled(journal *bytes.Buffer) runtime.SoftphoneConfig {
	cfg := softphoneConfig()
	cfg.Journal = runtime.NewStreamJournal(journal, runtime.SyncNever)
	return cfg
}

// strict is a log that fails the test when an actor does not expect a message.
func strict(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "actor" && a.Value.String() != "" { // "": it had just ended
			t.Errorf("%v does not expect a message", a.Value)
		}
		return a
	}}))
}

// recovered brings a softphone back from what is left of its journal, which goes on in it.
func recovered(t *testing.T, p *platform, snapshot []byte, journal *bytes.Buffer, log *slog.Logger) (*runtime.Softphone, runtime.Report) {
	t.Helper()
	cfg := journaled(journal)
	cfg.Log = log
	whole := journal.String()[:strings.LastIndex(journal.String(), "\n")+1]
	left := journal.String()
	journal.Reset()
	journal.WriteString(whole)
	phone, report, err := runtime.RecoverSoftphone(cfg, p.ports(), snapshot, strings.NewReader(left))
	must(t, err)
	t.Cleanup(func() {
		_ = phone.Close()
		if held := p.held(); len(held) > 0 {
			t.Errorf("after Close there are still %v", held)
		}
	})
	return phone, report
}

// afterARestart is what a program hears that subscribed before Resume, in ten seconds.
const afterARestart = `1.104s disconnected
1.104s terminated
1.104s sessionEnded s-1 of c-1: success
3.105s connected again=true
`

// A program is killed during a call, while its journal is being written. It comes back: the stream is lost and found, the call's
// media is over, and from then on all that the program asks settles. Of the journal the header and what follows the
// snapshot are enough; without a snapshot it takes all.
func TestSoftphoneRecoversFromItsJournal(t *testing.T) {
	for _, withSnapshot := range []bool{false, true} {
		t.Run(fmt.Sprintf("snapshot=%t", withSnapshot), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var journal bytes.Buffer
				var snapshot []byte
				p := newPlatform()
				phone := newSoftphone(t, p, journaled(&journal))
				must(t, phone.Initialize(t.Context()))
				p.ring(1)
				time.Sleep(time.Second) // then nothing is under way
				if withSnapshot {
					synctest.Wait()
					var err error
					snapshot, err = phone.Snapshot(t.Context())
					must(t, err)
					header := journal.String()[:strings.Index(journal.String(), "\n")+1]
					journal.Reset()
					journal.WriteString(header)
				}
				must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
				synctest.Wait()
				must(t, phone.Close())
				journal.WriteString(`{"seq":99,"at":`)

				time.Sleep(time.Hour) // which is not the cell's
				phone, report := recovered(t, p, snapshot, &journal, strict(t))
				if report.Difference != nil || report.Cut == 0 {
					t.Errorf("recovered: %+v", report)
				}
				if station, ok := phone.Station(); !ok || station.ID != "st-1" {
					t.Errorf("the station is %v, %t", station, ok)
				}
				events := phone.Events()
				phone.Resume()
				phone.Resume()
				time.Sleep(10 * time.Second)
				same(t, "after the restart", told(events), afterARestart)
				promisesSettle(t, p, phone)
				must(t, phone.Close())
				if withSnapshot {
					return
				}
				again, err := runtime.ReplayJournal(&journal, actors.Softphone())
				if err != nil || again.Difference != nil || again.Cut != 0 {
					t.Errorf("both lives in one journal: %+v, %v", again, err)
				}
			})
		})
	}
}

// promisesSettle asks a softphone after its recovery for what has to do with the calls before, and with a new one.
func promisesSettle(t *testing.T, p *platform, phone *runtime.Softphone) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(t, phone.EndSession(ctx, "c-1")) // its session is gone, the conversation is not
	p.ring(2)
	must(t, phone.AcceptPendingSession(ctx, runtime.AcceptPending{ConversationID: "c-2"}))
	synctest.Wait()
	must(t, phone.SetConversationHeld(ctx, "c-2", true))
	p.ring(3)
	must(t, phone.AcceptPendingSession(ctx, runtime.AcceptPending{ConversationID: "c-3"}))
	synctest.Wait()
	must(t, phone.EndSession(ctx, "c-3"))
}

// Wherever a softphone was killed, it can take calls again: by itself once it was ready, else when it is initialized again.
// Once it was ready, nothing that is gone meets a chart which does not expect it.
func TestSoftphoneRecoversFromEachEntry(t *testing.T) {
	var whole bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := newSoftphone(t, p, journaled(&whole))
		must(t, phone.Initialize(t.Context()))
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		synctest.Wait()
		must(t, phone.EndSession(t.Context(), "c-1"))
		synctest.Wait()
	})
	entries := strings.SplitAfter(whole.String(), "\n{\"seq\":")
	cut, ready := "", 0
	for i, entry := range entries {
		cut += entry
		if strings.Contains(entry, `"name":"ready"`) {
			ready = i
		}
		if i == 0 || i == len(entries)-1 {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			journal := bytes.NewBufferString(cut)
			p := newPlatform()
			log := strict(t)
			if ready == 0 { // a login that failed is not told of its stream, which goes on
				log = slog.New(slog.DiscardHandler)
			}
			phone, _ := recovered(t, p, nil, journal, log)
			phone.Resume()
			time.Sleep(2 * time.Minute)
			if ready == 0 {
				must(t, phone.Initialize(t.Context()))
			}
			p.ring(2)
			must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-2"}))
			synctest.Wait()
			must(t, phone.EndSession(t.Context(), "c-2"))
			synctest.Wait()
			must(t, phone.Close())
			report, err := runtime.ReplayJournal(journal, actors.Softphone())
			if err != nil || report.Difference != nil {
				t.Errorf("cut after entry %d: %v, %v", i-1, report.Difference, err)
			}
		})
	}
	if len(entries) < 30 || ready == 0 {
		t.Errorf("%d entries, ready in %d: the call is not in the journal", len(entries)-1, ready)
	}
}

// What a program asked before it was killed is settled for nobody, and never as something that it asks afterwards.
func TestSoftphoneForgetsThePromisesOfBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal bytes.Buffer
		p := newPlatform()
		phone := newSoftphone(t, p, journaled(&journal))
		must(t, phone.Initialize(t.Context()))
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		time.Sleep(time.Second) // what it asks by itself is answered
		p.hush(string(messages.PatchMuted))
		before := make(chan error)
		go func() { before <- phone.SetAudioMute(t.Context(), "c-1", true) }()
		synctest.Wait()
		must(t, phone.Close())
		if err := <-before; !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("before: %v", err)
		}
		kept := journal.Len()

		phone, report := recovered(t, p, nil, &journal, strict(t))
		if len(report.Unanswered) != 1 {
			t.Errorf("unanswered are %v", report.Unanswered)
		}
		events := phone.Events()
		after := make(chan error, 1)
		go func() { after <- phone.Disconnect(t.Context()) }()
		time.Sleep(time.Minute)
		if len(after) > 0 || told(events) != "" || journal.Len() != kept {
			t.Error("something happened before Resume")
		}
		phone.Resume()
		must(t, <-after)
		synctest.Wait()
		for _, want := range []string{`"kind":"http-answered","in":{"effect":"` + string(report.Unanswered[0]) + `","status":0}`, `"kind":"settle"`} {
			if !strings.Contains(journal.String()[kept:], want) {
				t.Errorf("the journal after the restart lacks %s:\n%s", want, journal.String()[kept:])
			}
		}
	})
}

func TestSoftphoneIsRecoveredOrNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal bytes.Buffer
		p := newPlatform()
		phone := newSoftphone(t, p, journaled(&journal))
		phone.Resume() // it was not recovered, and does not stand still
		must(t, phone.Initialize(t.Context()))
		must(t, phone.Close())
		if _, err := phone.Snapshot(t.Context()); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("a snapshot of a closed softphone: %v", err)
		}
		text := journal.String()
		for why, c := range map[string]struct {
			cfg      runtime.SoftphoneConfig
			snapshot string
			journal  string
		}{
			"access token":  {runtime.SoftphoneConfig{}, "", text},
			"no header":     {softphoneConfig(), "", ""},
			"not one":       {softphoneConfig(), "{", text},
			"decided":       {softphoneConfig(), "", strings.Replace(text, `"name":"connected"`, `"name":"ready"`, 1)},
			"differ":        {softphoneConfig(), "", strings.Replace(text, `"lineAppearance":100`, `"lineAppearance":1`, 1)},
			"are missing":   {softphoneConfig(), "", text[:strings.Index(text, "\n")+1] + text[strings.Index(text, `{"seq":3,`):]},
			"kind":          {softphoneConfig(), "", strings.Replace(text, `"kind":"initialize"`, `"kind":"initialise"`, 1)},
			"out of order":  {softphoneConfig(), "", strings.Replace(text, `{"seq":5,`, `{"seq":7,`, 1)},
			"of cell other": {softphoneConfig(), strings.Replace(snapshotAfter(t, text), `"cell":"softphone"`, `"cell":"other"`, 1), text},
		} {
			var snapshot []byte
			if c.snapshot != "" {
				snapshot = []byte(c.snapshot)
			}
			none, _, err := runtime.RecoverSoftphone(c.cfg, p.ports(), snapshot, strings.NewReader(c.journal))
			if none != nil || err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v", why, err)
			}
		}
		closed, _ := recovered(t, p, nil, &journal, strict(t))
		must(t, closed.Close())
		closed.Resume()
		if err := closed.Initialize(t.Context()); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("closed before it was resumed: %v", err)
		}
	})
}

// snapshotAfter is the snapshot of a journal's cell after its last entry.
func snapshotAfter(t *testing.T, journal string) string {
	t.Helper()
	cell, _, err := runtime.Recover(runtime.Config{Registry: actors.Softphone()}, nil, strings.NewReader(journal))
	must(t, err)
	defer cell.Close()
	return string(snapshotOf(t, cell))
}
