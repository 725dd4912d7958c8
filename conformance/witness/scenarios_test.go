//go:build witness

package witness

import (
	"cmp"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/play"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// usual are the calls that are always played: some of each kind, none of more than a third of a minute. SCENARIOS is a pattern
// of the paths of others.
var usual = []string{
	// calls
	"an-inbound-call-is-answered-and-ended-by-the-agent",
	"a-dialled-call-is-connected-at-once",
	"a-dialled-call-fails-with-an-error",
	"the-agent-rejects-a-call",
	"a-call-to-a-user-is-rejected-to-voicemail",
	"a-call-answers-itself-where-that-is-allowed",
	"a-call-is-held-and-retrieved-under-line-appearance-100",
	"a-muted-call-stays-muted-through-hold-and-retrieve",
	"a-call-is-rerouted-while-it-is-being-answered",
	// several calls
	"two-calls-ring-before-either-is-answered-under-line-appearance-1",
	"two-calls-that-rang-at-once-are-taken-one-after-the-other-under-line-appearance-1-persistent",
	"each-phone-takes-one-of-two-calls-under-line-appearance-1",
	"a-second-caller-gives-up-under-line-appearance-1",
	"two-calls-share-a-jingle-session-under-line-appearance-1",
	"the-edge-ends-a-session-with-both-its-calls",
	// stations, sessions and signalling
	"a-persistent-connection-is-made-ahead-of-calls",
	"a-call-rings-on-an-idle-jingle-session",
	"a-station-is-migrated-from-100-to-1-while-a-call-rings",
	"an-offer-and-a-session-initiate-describe-one-session",
	"the-own-accept-does-not-come-back",
	"the-edge-replaces-a-session-by-a-reinvite",
	"the-edge-renegotiates-a-session",
	"the-edge-renegotiates-a-session-and-restarts-ice",
	"a-session-that-was-accepted-by-hand-gets-another-transport",
	"a-microphone-is-missing-when-a-session-is-replaced",
	// several agents
	"an-agent-consults-another-who-rejects",
	"an-agent-transfers-before-the-other-has-answered",
	"a-blind-transfer-leaves-the-call-to-another-agent",
	"the-caller-leaves-a-conference-and-it-ends",
	// what is lost, late or doubled
	"the-stream-drops-and-the-call-is-ended-before-it-is-back",
	"the-network-is-lost-for-a-moment-during-a-call",
	"a-call-rings-though-its-notification-was-lost",
	"a-retract-is-lost-and-the-notification-ends-the-ringing",
	"the-propose-comes-twice-on-the-wire",
	"the-propose-is-overtaken-by-the-retract",
	"the-notification-of-an-inbound-call-comes-before-its-propose",
	"the-notification-of-a-dialled-call-comes-after-its-propose",
	// requests that fail
	"a-station-cannot-be-read-after-a-reconnect",
	"the-request-to-answer-a-second-call-is-answered-with-try-later",
	"the-request-to-dial-fails",
	"the-request-to-mute-fails",
	"the-request-to-end-a-call-fails",
}

// TestTheSDKPlaysScenarios plays scenarios on pages with the real SDK, in real time, and holds what each page recorded against
// the cells. They take as long as they say, so several are played at once: -parallel says how many.
func TestTheSDKPlaysScenarios(t *testing.T) {
	t.Parallel()
	pattern := cmp.Or(os.Getenv("SCENARIOS"), `^calls/(`+strings.Join(usual, "|")+`)\.scenario$`)
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	b, played := startBrowser(t), 0
	for _, file := range all {
		if wanted.MatchString(file.Path) && !file.Scenario.Silent { // of a silent platform all that comes in is written down
			played++
			t.Run(file.Path, func(t *testing.T) {
				t.Parallel() // most of the time nothing happens
				playScenario(t, b, file.Path, file.Scenario)
			})
		}
	}
	if atLeast := len(usual); played == 0 || os.Getenv("SCENARIOS") == "" && played != atLeast {
		t.Errorf("%d scenarios are played, want %d: one of them has another name now", played, atLeast)
	}
}

// playScenario plays one scenario on a platform of its own.
func playScenario(t *testing.T, b *Browser, path string, of scenario.Scenario) {
	options := platform.Defaults()
	for _, s := range of.Platform {
		if err := options.Set(s.Key, s.Value); err != nil {
			t.Fatal(err)
		}
	}
	l := newLab(t, options, sdk(t))
	logins, err := l.server.Cast(l.ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	var phones []*phone
	for _, login := range logins {
		how := optionsOf(login.Options)
		if of.LoginByHand {
			how = append(how, "initialize=false")
		}
		p := l.open(b, login, how...)
		if p.until(`window.phone && phone.sdk`); !of.LoginByHand {
			p.until(`phone.status === "ready"`)
		}
		phones = append(phones, p)
	}
	left, err := l.server.Play(l.ctx, of, server.Playing{Patience: 2 * time.Second, Settle: 1300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	leftOnPurpose(t, path, of, left)
	recordings := map[string]string{}
	for _, p := range phones {
		recordings[p.login.Agent+"/"+p.login.Phone] = p.witnessed()
	}
	sameWorld(t, path, of, left, recordings)
}

// notFromOutside are the statements that nobody can perform on a page from outside, with the reason; they are left.
var notFromOutside = map[scenario.Verb]string{
	scenario.Media: "what a browser's peer connection does cannot be forced",
	scenario.Sleep: "a machine cannot be put to sleep",
	scenario.Wake:  "nor woken",
}

// leftOnPurpose sees to it that the play was played: what was left on the pages cannot be had from outside, or found nothing to
// do in virtual time either.
func leftOnPurpose(t *testing.T, path string, of scenario.Scenario, left []server.Left) {
	t.Helper()
	of.Profile, of.Quirks = "sdk-9.2.4", nil
	outcome, err := play.Play(of, play.Options{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	imagined := map[int]bool{}
	for _, l := range outcome.Left {
		imagined[of.Lines[l.Line].At] = true
	}
	for _, line := range left {
		if notFromOutside[line.Do.Verb] == "" && !imagined[line.Line] {
			t.Errorf("%s:%d: %s: was not done: %s", path, line.Line, line.Do, line.Why)
		}
	}
}
