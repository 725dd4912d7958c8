// Package host wires a softphone's cell to what playing a recording needs: the configuration of the client that was
// recorded, the codecs of the stream, of notifications and of the public API, and the look inside. It only wires: the
// command line and the tests over recordings share it, so that both play a recording in the same way.
package host

import (
	"fmt"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/adapters/publicapi"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// Recording reads a recording of package captures.
func Recording(name string) (*capture.Capture, error) {
	in, err := captures.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	return capture.Read(name, in)
}

// Profile is the quirks of the SDK's version that a recording names. The error names the recording.
func Profile(log *capture.Capture) (quirk.Set, error) {
	set, err := quirk.Profile("sdk-" + log.Config.SDK)
	if err != nil {
		return quirk.Set{}, fmt.Errorf("%s: %w", log.Name, err)
	}
	return set, nil
}

// Config is that of a cell which decides as the recorded client did. It has no journal.
func Config(log *capture.Capture, profile quirk.Set) runtime.Config {
	return runtime.Config{
		Cell: log.Name, Options: optionsOf(log.Config.Options), Quirks: profile, IDPrefix: "replay-",
		Registry: actors.Softphone(),
	}
}

// New makes a fresh cell and what translates for it. The caller calls done.
func New(cfg runtime.Config) (host replay.Host, done func(), err error) {
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		return replay.Host{}, nil, fmt.Errorf("%s: %w", cfg.Cell, err)
	}
	host = Around(cell, cfg.Quirks)
	host.Look = replay.LookInto(cell)
	return host, cell.Close, nil
}

// Around is what translates for a cell with these quirks, without a look inside it.
func Around(cell replay.Cell, on quirk.Set) replay.Host {
	return replay.Host{
		Cell: cell, Quirks: on, Frames: jingle.Codec{}, Notifications: notifications.Decoder{}, REST: publicapi.Codec{},
		IdentifyIQ: capture.IdentifyIQ,
	}
}

// Replay replays a log in a fresh cell of the profile that the log names.
func Replay(log *capture.Capture) (*replay.Result, error) {
	profile, err := Profile(log)
	if err != nil {
		return nil, err
	}
	return ReplayAs(log, profile, Options(log))
}

// ReplayAs replays a log in a fresh cell that shows these quirks.
func ReplayAs(log *capture.Capture, profile quirk.Set, options replay.Options) (*replay.Result, error) {
	cell, done, err := New(Config(log, profile))
	if err != nil {
		return nil, err
	}
	defer done()
	return replay.Run(log.Records, cell, options)
}

// Options say where the recorded client was pointed.
func Options(log *capture.Capture) replay.Options {
	return replay.Options{Environment: log.Config.Options.Environment, WSHost: log.Config.Options.WSHost}
}

// Consulted names the quirks that count for a step of a recording's replay under a profile, as Cell.Consulted does: the
// recording is replayed again up to the rest before it.
func Consulted(log *capture.Capture, profile quirk.Set, step runtime.Step) ([]string, error) {
	cell, err := runtime.NewCell(Config(log, profile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", log.Name, err)
	}
	defer cell.Close()
	if step.Seq > 1 {
		options := Options(log)
		options.Entries = int(step.Seq - 1)
		if _, err := replay.Run(log.Records, Around(cell, profile), options); err != nil {
			return nil, fmt.Errorf("%s: %w", log.Name, err)
		}
	}
	return cell.Consulted(step.At, step.Input)
}

// optionsOf are the cell's options for those of a recorded client; what is absent there has the SDK's default.
func optionsOf(c capture.ClientOptions) messages.Options {
	o := messages.DefaultOptions()
	set(&o.AutoConnectSessions, c.AutoConnectSessions)
	set(&o.DisableAutoAnswer, c.DisableAutoAnswer)
	set(&o.UseServerSidePings, c.UseServerSidePings)
	if c.EagerPersistent != nil {
		o.EagerPersistent = messages.Eagerness(*c.EagerPersistent)
	}
	if c.AllowedSessionTypes != nil {
		o.AllowedSessionTypes = nil
	}
	for _, t := range c.AllowedSessionTypes {
		o.AllowedSessionTypes = append(o.AllowedSessionTypes, messages.SessionType(t))
	}
	o.JIDResource = c.JIDResource
	return o
}

func set(option *bool, recorded *bool) {
	if recorded != nil {
		*option = *recorded
	}
}
