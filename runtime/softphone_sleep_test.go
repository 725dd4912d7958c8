package runtime_test

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/runtime"
)

// A softphone sleeps when nothing has happened for a while, and takes a call as if it had not.
func TestSoftphoneFallsAsleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := ready(t, p)
		synctest.Wait()
		if phone.Asleep() {
			t.Error("it sleeps although something has just happened")
		}
		time.Sleep(2 * runtime.DefaultSleepAfter)
		synctest.Wait()
		if !phone.Asleep() {
			t.Fatal("it does not sleep although nothing happens")
		}
		events := phone.Events()
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		synctest.Wait()
		if phone.Asleep() {
			t.Error("it sleeps while a call comes up")
		}
		same(t, "events", told(events), `2.104s pendingSession s-1 of c-1
2.104s handledPendingSession
2.104s sessionStarted s-1 of c-1
2.104s endOfCandidates
2.104s conversationUpdate active="c-1" +1 -0
`)
	})
}

// When a softphone sleeps, if ever, shows in none of its events; and a cell that never does decides the same of its journal.
func TestSleepOfASoftphoneDoesNotShow(t *testing.T) {
	_, want, slept := lived(t, -1)
	if slept {
		t.Error("it sleeps although it never should")
	}
	for _, after := range []time.Duration{0, time.Nanosecond, 20 * time.Millisecond} {
		journal, events, slept := lived(t, after)
		if !slept {
			t.Errorf("after %v it does not sleep", after)
		}
		same(t, "events", events, want)
		report, err := runtime.ReplayJournal(journal, actors.Softphone())
		if err != nil || report.Difference != nil {
			t.Errorf("after %v it decides something else: %v, %+v", after, err, report.Difference)
		}
	}
}

// lived is what a softphone wrote and announced that has taken a call, and whether it sleeps in the end.
func lived(t *testing.T, sleepAfter time.Duration) (journal *bytes.Buffer, events string, slept bool) {
	journal = new(bytes.Buffer)
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		cfg := softphoneConfig()
		cfg.Journal, cfg.SleepAfter = runtime.NewStreamJournal(journal, runtime.SyncNever), sleepAfter
		phone := newSoftphone(t, p, cfg)
		heard := phone.Events()
		must(t, phone.Initialize(t.Context()))
		time.Sleep(time.Minute)
		p.ring(1)
		must(t, phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}))
		time.Sleep(time.Minute)
		must(t, phone.EndSession(t.Context(), "c-1"))
		time.Sleep(time.Minute)
		synctest.Wait()
		slept = phone.Asleep()
		events = told(heard)
		must(t, phone.Close())
	})
	return journal, events, slept
}
