package laws_test

import (
	"log/slog"
	"os"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
)

// The laws watch a live softphone: what breaks one is logged, free of personal data, and the softphone goes on.
func ExampleWatch() {
	cfg := runtime.SoftphoneConfig{Config: runtime.Config{Options: messages.DefaultOptions()}, Environment: "mypurecloud.com"}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	cfg.OnStep = laws.Watch(cfg.Options, func(v laws.Violation) { log.Error("a law is broken", "violation", v) })
	// phone, err := runtime.NewSoftphone(cfg, ports)

	// What the softphone would tell of a propose that it takes though nobody has answered:
	cfg.OnStep(runtime.Step{
		Seq:   7,
		Input: messages.Propose{Session: "s1", Conversation: "c1", From: "+15550100@gjoll.example.org/edge"},
		Outputs: []runtime.Output{
			{Effect: messages.SendProceed{Session: "s1", To: "+15550100@gjoll.example.org/edge"}},
		},
	})
	// Output:
	// level=ERROR msg="a law is broken" violation.law="consent before media" violation.entry=7 violation.what="session s1 is proceeded"
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
