package platform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/spelling"
)

// Setting is one option as a scenario writes it: KEY=VALUE.
type Setting struct {
	Key string
	// Values are the words that it takes, or the kind of value, such as a duration.
	Values []string
	Help   string
	// Why is why the default is what it is.
	Why string
	set func(*Options, string) error
	get func(Options) string
}

// Settings are all options, in the order in which they are explained.
var Settings = []Setting{
	words("signalling",
		"how sessions are described: offers in SDP over XMPP, Jingle, or both in this order",
		"nothing is known; the reference SDK was recorded with each, and this is the shortest",
		func(o *Options) *Signalling { return &o.Signalling }, SDP, Jingle, SDPJingle, JingleSDP),
	toggle("echo",
		"whether a client's accept comes back to the client that sent it",
		"only with it does a client hear that its own answer was taken (platform-wire 6.2)",
		func(o *Options) *bool { return &o.Echo }),
	toggle("answer-iqs",
		"whether the IQs of a session are answered",
		"whoever gets an IQ must answer it (RFC 6120 section 8.2.3)",
		func(o *Options) *bool { return &o.AnswerIQs }),
	words("hold-others",
		"who holds the first call when a second is taken under line appearance 1",
		"the vendor's documents: the original call will be put on hold, and the new one becomes active",
		func(o *Options) *HoldOthers { return &o.HoldOthers }, PlatformHolds, NobodyHolds),
	toggle("hold-first",
		"whether the hold of the other calls is notified before what caused it",
		"so that at no moment two calls are heard",
		func(o *Options) *bool { return &o.HoldFirst }),
	words("connected",
		"when a taken call is notified as connected",
		"before the offer it makes the reference SDK believe that another client took the call (platform-wire 6.3)",
		func(o *Options) *Moment { return &o.Connected }, OnProceed, OnAnswer, OnActive),
	toggle("dialing",
		"whether a dialled call is dialing before it is connected",
		"the reference SDK knows the state, and announces such a call in it",
		func(o *Options) *bool { return &o.Dialing }),
	toggle("terminated",
		"whether a disconnected call is notified as terminated, too",
		"the harder one for a client: the call ends twice",
		func(o *Options) *bool { return &o.TerminatedToo }),
	words("end-first",
		"what a client hears first of a call's end: the notification or the session's end",
		"nothing is known; the reference SDK was recorded with both, and this is the harder one for a client",
		func(o *Options) *EndFirst { return &o.EndFirst }, NotificationFirst, SessionFirst),
	toggle("reuse-idle",
		"whether the idle session of a persistent connection takes the next call above line appearance 1",
		"the reference SDK is made for it (platform-wire 5 g)",
		func(o *Options) *bool { return &o.ReuseIdle }),
	words("keep",
		"which sessions a persistent station keeps when they carry no call: the user's first, or every one",
		"one persistent connection is what a station is said to have",
		func(o *Options) *Keep { return &o.Keep }, KeepFirst, KeepEvery),
	words("migration",
		"which station decides whether calls share a session and whether it stays without one: the one with which it began and the present one, or the present one alone",
		"the reference SDK shares no session that began above line appearance 1; a platform that did would lose calls",
		func(o *Options) *Migration { return &o.Migration }, AsBegun, AsNow),
	words("renewal",
		"whether a renewed description of a session has the same ICE credentials, or restarts ICE",
		"new credentials are a restart, which the reference SDK takes for another session",
		func(o *Options) *Renewal { return &o.Renewal }, SameICE, RestartICE),
	words("resource",
		"who names the resource of a phone's address: the phone itself (jidResource), or the server, anew at each bind unless the phone asks for one all the same",
		"so that a phone has the same address in all scenarios that are not about it",
		func(o *Options) *Resource { return &o.Resource }, ClientNames, ServerNames),
	duration("propose-again",
		"how long after a phone has connected it is told of the calls that ring; 0s: it is not told",
		"nothing is known; without it a phone that comes late stays silent. It is not at once, for a phone is not ready when it is bound",
		func(o *Options) *time.Duration { return &o.ProposeAgain }),
	toggle("same-participant",
		"whether a user who comes back to a conversation is the same participant with another leg, and not one more",
		"nothing is known; the public API's model has room for both",
		func(o *Options) *bool { return &o.SameParticipant }),
	duration("answer-patience",
		"how long the edge waits for the answer to its first offer before it ends the session; 0s: for ever",
		"nothing is known; without an end a call is lost with the phone that took it",
		func(o *Options) *time.Duration { return &o.AnswerPatience }),
	duration("media-patience",
		"how long the edge keeps a session whose media has stopped; 0s: for ever",
		"nothing is known; without an end a caller would wait for ever for a machine that is gone",
		func(o *Options) *time.Duration { return &o.MediaPatience }),
	duration("far-end",
		"how long the far end of a dialled call takes to answer",
		"long enough to be seen",
		func(o *Options) *time.Duration { return &o.FarEnd }),
	duration("idle",
		"how long a persistent connection stays without a call; 0s: for ever",
		"nothing is known; a scenario that is about it sets it, or says edge idles",
		func(o *Options) *time.Duration { return &o.Idle }),
	duration("ring",
		"how long an agent's phone rings before the call is taken away; 0s: until somebody acts",
		"nothing is known; a scenario that is about it sets it",
		func(o *Options) *time.Duration { return &o.Ring }),
	duration("notify-delay",
		"how long a notification takes",
		"less than the edge's, so that a notification usually comes first; nothing is promised",
		func(o *Options) *time.Duration { return &o.NotifyDelay }),
	duration("edge-delay",
		"how long the edge takes to propose, offer or end",
		"nothing is known; as with a data centre nearby",
		func(o *Options) *time.Duration { return &o.EdgeDelay }),
	duration("rest-delay",
		"how long a request takes",
		"nothing is known; as with a data centre nearby",
		func(o *Options) *time.Duration { return &o.RESTDelay }),
	duration("wire-delay",
		"how long a frame travels",
		"nothing is known; as with a data centre nearby",
		func(o *Options) *time.Duration { return &o.WireDelay }),
	duration("ice-delay",
		"how long ICE takes after the answer",
		"seen: 10 to 20 ms on one machine",
		func(o *Options) *time.Duration { return &o.ICEDelay }),
	duration("dtls-delay",
		"how long DTLS takes after ICE",
		"seen: 170 ms, and sometimes 1.2 s",
		func(o *Options) *time.Duration { return &o.DTLSDelay }),
	duration("microphone-delay",
		"how long the microphone takes to open",
		"as where nobody has to be asked",
		func(o *Options) *time.Duration { return &o.MicrophoneDelay }),
	duration("describe-delay",
		"how long a machine takes to set the far end's description",
		"seen: 1 to 2 ms on one machine",
		func(o *Options) *time.Duration { return &o.DescribeDelay }),
	{
		Key: "purpose", Values: []string{"agent", "user"}, Help: "the agent's role in conversations; a user's call goes to voicemail when it is rejected", Why: "as in a queue",
		set: func(o *Options, v string) error { o.Purpose = v; return oneOf(v, "agent", "user") },
		get: func(o Options) string { return o.Purpose },
	},
}

// Set sets an option by its name. The error says which names are near, or which values there are.
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
	return fmt.Errorf("platform: %s: no such option: %s; docs/world.md has them all", key, spelling.DidYouMean(key, names))
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

func words[W ~string](key, help, why string, field func(*Options) *W, values ...W) Setting {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return Setting{
		Key: key, Values: names, Help: help, Why: why,
		set: func(o *Options, v string) error { *field(o) = W(v); return oneOf(v, names...) },
		get: func(o Options) string { return string(*field(&o)) },
	}
}

func toggle(key, help, why string, field func(*Options) *bool) Setting {
	return Setting{
		Key: key, Values: []string{"on", "off"}, Help: help, Why: why,
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

func duration(key, help, why string, field func(*Options) *time.Duration) Setting {
	return Setting{
		Key: key, Values: []string{"a duration, such as 40ms"}, Help: help, Why: why,
		set: func(o *Options, v string) error {
			d, err := time.ParseDuration(v)
			if err != nil || d < 0 || d > longest {
				return fmt.Errorf("want a duration from 0s to %.0fh, such as 40ms", longest.Hours())
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
