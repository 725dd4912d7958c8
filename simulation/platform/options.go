package platform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options are what cannot be known of the production platform. The fields are documented by Settings, which is also how
// they are written in a scenario.
type Options struct {
	Signalling      Signalling
	Echo            bool
	AnswerIQs       bool
	HoldOthers      HoldOthers
	HoldFirst       bool
	Connected       Moment
	Dialing         bool
	TerminatedToo   bool
	EndFirst        EndFirst
	ReuseIdle       bool
	FarEnd          time.Duration
	Idle            time.Duration
	Ring            time.Duration
	NotifyDelay     time.Duration
	EdgeDelay       time.Duration
	RESTDelay       time.Duration
	WireDelay       time.Duration
	ICEDelay        time.Duration
	DTLSDelay       time.Duration
	MicrophoneDelay time.Duration
	Purpose         string
}

// Signalling is how sessions are described to clients.
type Signalling string

// The signallings. Both: an offer and a session-initiate, in the order of the words.
const (
	SDP       Signalling = "sdp"
	Jingle    Signalling = "jingle"
	SDPJingle Signalling = "sdp+jingle"
	JingleSDP Signalling = "jingle+sdp"
)

// HoldOthers says who holds the first call when a second one is taken under line appearance 1.
type HoldOthers string

// The values of HoldOthers.
const (
	PlatformHolds HoldOthers = "platform"
	NobodyHolds   HoldOthers = "nobody"
)

// Moment is when a taken call is notified as connected.
type Moment string

// The moments, from the earliest.
const (
	OnProceed Moment = "proceed" // before the offer
	OnAnswer  Moment = "answer"  // when the client has answered the offer
	OnActive  Moment = "active"  // when the client says that media flows
)

// EndFirst says what a client hears first when a call ends.
type EndFirst string

// The values of EndFirst.
const (
	NotificationFirst EndFirst = "notification"
	SessionFirst      EndFirst = "session"
)

// Defaults are the options that were observed, or the plainest.
func Defaults() Options {
	return Options{
		Signalling: SDP, Echo: true, AnswerIQs: true, HoldOthers: PlatformHolds, HoldFirst: true, Connected: OnAnswer, Dialing: true,
		TerminatedToo: true, EndFirst: NotificationFirst, ReuseIdle: true, FarEnd: 2 * time.Second,
		NotifyDelay: 30 * time.Millisecond, EdgeDelay: 40 * time.Millisecond, RESTDelay: 50 * time.Millisecond, WireDelay: 5 * time.Millisecond,
		ICEDelay: 20 * time.Millisecond, DTLSDelay: 170 * time.Millisecond, MicrophoneDelay: 10 * time.Millisecond, Purpose: "agent",
	}
}

// Setting is one option as a scenario writes it: KEY=VALUE.
type Setting struct {
	Key string
	// Values are the words that it takes, or the kind of value, such as a duration.
	Values []string
	Help   string
	set    func(*Options, string) error
	get    func(Options) string
}

// Settings are all options, in the order in which they are explained.
var Settings = []Setting{
	words("signalling", "how sessions are described: offers in SDP over XMPP, Jingle, or both in this order", func(o *Options) *Signalling { return &o.Signalling }, SDP, Jingle, SDPJingle, JingleSDP),
	toggle("echo", "whether a client's accept comes back to the client that sent it", func(o *Options) *bool { return &o.Echo }),
	toggle("answer-iqs", "whether the IQs of a session are answered", func(o *Options) *bool { return &o.AnswerIQs }),
	words("hold-others", "who holds the first call when a second is taken under line appearance 1", func(o *Options) *HoldOthers { return &o.HoldOthers }, PlatformHolds, NobodyHolds),
	toggle("hold-first", "whether the hold of the other calls is notified before what caused it", func(o *Options) *bool { return &o.HoldFirst }),
	words("connected", "when a taken call is notified as connected", func(o *Options) *Moment { return &o.Connected }, OnProceed, OnAnswer, OnActive),
	toggle("dialing", "whether a dialled call is dialing before it is connected", func(o *Options) *bool { return &o.Dialing }),
	toggle("terminated", "whether a disconnected call is notified as terminated, too", func(o *Options) *bool { return &o.TerminatedToo }),
	words("end-first", "what a client hears first of a call's end: the notification or the session's end", func(o *Options) *EndFirst { return &o.EndFirst }, NotificationFirst, SessionFirst),
	toggle("reuse-idle", "whether the idle session of a persistent connection takes the next call above line appearance 1", func(o *Options) *bool { return &o.ReuseIdle }),
	duration("far-end", "how long the far end of a dialled call takes to answer", func(o *Options) *time.Duration { return &o.FarEnd }),
	duration("idle", "how long a persistent connection stays without a call; 0s: for ever", func(o *Options) *time.Duration { return &o.Idle }),
	duration("ring", "how long an agent's phone rings before the call is taken away; 0s: until somebody acts", func(o *Options) *time.Duration { return &o.Ring }),
	duration("notify-delay", "how long a notification takes", func(o *Options) *time.Duration { return &o.NotifyDelay }),
	duration("edge-delay", "how long the edge takes to propose, offer or end", func(o *Options) *time.Duration { return &o.EdgeDelay }),
	duration("rest-delay", "how long a request takes", func(o *Options) *time.Duration { return &o.RESTDelay }),
	duration("wire-delay", "how long a frame travels", func(o *Options) *time.Duration { return &o.WireDelay }),
	duration("ice-delay", "how long ICE takes after the answer", func(o *Options) *time.Duration { return &o.ICEDelay }),
	duration("dtls-delay", "how long DTLS takes after ICE", func(o *Options) *time.Duration { return &o.DTLSDelay }),
	duration("microphone-delay", "how long the microphone takes to open", func(o *Options) *time.Duration { return &o.MicrophoneDelay }),
	{
		Key: "purpose", Values: []string{"agent", "user"}, Help: "the agent's role in conversations; a user's call goes to voicemail when it is rejected",
		set: func(o *Options, v string) error { o.Purpose = v; return oneOf(v, "agent", "user") },
		get: func(o Options) string { return o.Purpose },
	},
}

// Set sets an option by its name. The error says which names or values there are.
func (o *Options) Set(key, value string) error {
	for _, s := range Settings {
		if s.Key != key {
			continue
		}
		if err := s.set(o, value); err != nil {
			return fmt.Errorf("platform: %s=%s: %w", key, value, err)
		}
		return nil
	}
	names := make([]string, len(Settings))
	for i, s := range Settings {
		names[i] = s.Key
	}
	return fmt.Errorf("platform: %s: no such option; the options are %s", key, strings.Join(names, ", "))
}

// Changed lists the options that differ from the defaults, as KEY and VALUE in the order of Settings.
func (o Options) Changed() (changed [][2]string) {
	standard := Defaults()
	for _, s := range Settings {
		if v := s.get(o); v != s.get(standard) {
			changed = append(changed, [2]string{s.Key, v})
		}
	}
	return changed
}

// Default is the value that a setting has by itself.
func (s Setting) Default() string { return s.get(Defaults()) }

func words[W ~string](key, help string, field func(*Options) *W, values ...W) Setting {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return Setting{
		Key: key, Values: names, Help: help,
		set: func(o *Options, v string) error { *field(o) = W(v); return oneOf(v, names...) },
		get: func(o Options) string { return string(*field(&o)) },
	}
}

func toggle(key, help string, field func(*Options) *bool) Setting {
	return Setting{
		Key: key, Values: []string{"on", "off"}, Help: help,
		set: func(o *Options, v string) error { *field(o) = v == "on"; return oneOf(v, "on", "off") },
		get: func(o Options) string {
			if *field(&o) {
				return "on"
			}
			return "off"
		},
	}
}

// longest is the most that anything may be delayed: a day.
const longest = 24 * time.Hour

func duration(key, help string, field func(*Options) *time.Duration) Setting {
	return Setting{
		Key: key, Values: []string{"a duration, such as 40ms"}, Help: help,
		set: func(o *Options, v string) error {
			d, err := time.ParseDuration(v)
			if err != nil || d < 0 || d > longest {
				return fmt.Errorf("want a duration from 0s to %s, such as 40ms", longest)
			}
			*field(o) = d
			return nil
		},
		get: func(o Options) string { return field(&o).String() },
	}
}

func oneOf(v string, values ...string) error {
	if !slices.Contains(values, v) {
		return fmt.Errorf("want %s", strings.Join(quoted(values), " or "))
	}
	return nil
}

func quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.Quote(v)
	}
	return out
}
