//go:build witness

package witness

import (
	"fmt"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// races is how often two phones go for one call.
const races = 20

// TestTwoPhonesRaceForOneCall: an agent answers on two phones at one instant, again and again. One of them has the call each
// time, the other hears that it was handled, and the caller is heard where it was taken.
func TestTwoPhonesRaceForOneCall(t *testing.T) {
	l, b := newLab(t, platform.Defaults(), sdk(t)), startBrowser(t)
	logins, err := l.server.AddAgent(l.ctx, server.Agent{Name: "ann", LineAppearance: 100, Phones: []string{"desk", "home"}})
	if err != nil {
		t.Fatal(err)
	}
	phones := []*phone{l.open(b, logins[0]), l.open(b, logins[1])}
	for _, p := range phones {
		p.until(`phone.status === "ready"`)
	}
	won := map[string]int{}
	for i := range races {
		winner := race(l, phones, fmt.Sprintf("C%d", i+1))
		won[winner.name]++
	}
	t.Logf("won: %v", won)
	for _, p := range phones {
		p.witnessed()
	}
}

// race has all phones answer a call at one instant, and tells who has it.
func race(l *lab, phones []*phone, call string) (winner *phone) {
	l.t.Helper()
	l.control("POST", "calls", map[string]any{"id": call, "agent": "ann", "from": "+15550123"}, nil)
	for _, p := range phones {
		p.until(`phone.ringing().some(r => r.conversationId === "` + call + `")`)
	}
	at := time.Now().Add(reaction).UnixMilli()
	for _, p := range phones {
		p.eval(fmt.Sprintf(`void setTimeout(() => {
			while (Date.now() < %[1]d);
			phone.act("acceptPendingSession", { conversationId: %[2]q });
		}, %[1]d - 10 - Date.now())`, at, call), nil)
	}
	has := fmt.Sprintf(`phone.sessions().some(s => s.conversationId === %q && s.peer === "connected")`, call)
	l.until("one phone has the call", func() bool {
		winner = nil
		for _, p := range phones {
			var is bool
			p.eval(has, &is)
			if is && winner == nil {
				winner = p
			} else if is {
				l.t.Errorf("%s: both phones have it", call)
			}
		}
		return winner != nil
	})
	winner.hearsAndIsHeard(call, true)
	told := fmt.Sprintf(`hookswitchRecorder.records.filter(r => r.k === "sdk.event" && r.ev === "handledPendingSession" && r.args[0].conversationId === %q).length`, call)
	started := fmt.Sprintf(`hookswitchRecorder.records.filter(r => r.k === "sdk.event" && r.ev === "sessionStarted" && r.args[0].$session.conversationId === %q).length`, call)
	for _, p := range phones {
		p.until(told + ` === 1`) // the SDK tells the winner, too
		var sessions int
		p.eval(started, &sessions)
		if (p == winner) != (sessions == 1) || sessions > 1 {
			l.t.Errorf("%s: %s has begun %d sessions; %s has the call", call, p.name, sessions, winner.name)
		}
		if p != winner && p.hears().Level > silent {
			l.t.Errorf("%s: %s has lost and hears something", call, p.name)
		}
	}
	winner.ends(call)
	for _, p := range phones {
		p.until(`phone.calls().length === 0 && phone.sessions().length === 0 && phone.ringing().length === 0`)
	}
	return winner
}
