//go:build witness

package witness

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// usual are the scenarios that are always played; SCENARIOS is another pattern of their paths.
const usual = `^calls/(an-inbound-call|an-outbound-call-is|the-agent-rejects|the-caller-gives-up-while-it-rings)`

// TestTheSDKPlaysScenarios plays scenarios on pages with the real SDK, in real time, and holds what each page recorded against
// the cells. They take as long as they say, so several are played at once: -parallel says how many.
func TestTheSDKPlaysScenarios(t *testing.T) {
	pattern := usual
	if said := os.Getenv("SCENARIOS"); said != "" {
		pattern = said
	}
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	b := startBrowser(t)
	for _, file := range all {
		if wanted.MatchString(file.Path) {
			t.Run(file.Path, func(t *testing.T) {
				t.Parallel() // most of the time nothing happens
				playScenario(t, b, file.Scenario)
			})
		}
	}
}

// playScenario plays one scenario on a platform of its own.
func playScenario(t *testing.T, b *Browser, of scenario.Scenario) {
	options := platform.Defaults()
	for _, s := range of.Platform {
		if err := options.Set(s.Key, s.Value); err != nil {
			t.Fatal(err)
		}
	}
	if of.Silent {
		t.Skip("its platform is silent: all that comes in is written down in it")
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
	left, err := l.server.Play(l.ctx, of, server.Playing{Patience: 2 * time.Second, Settle: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range left {
		t.Logf("left: line %d: %s: %s", line.Line, line.Do, line.Why)
	}
	for _, p := range phones {
		p.eval(`hookswitchRecorder.look("end")`, nil)
		verified(t, p.name, p.recording())
	}
}
