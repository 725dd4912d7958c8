package platform

import "time"

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
	Keep            Keep
	Migration       Migration
	Renewal         Renewal
	Resource        Resource
	SameParticipant bool
	ProposeAgain    time.Duration
	AnswerPatience  time.Duration
	MediaPatience   time.Duration
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
	DescribeDelay   time.Duration
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

// Keep says which sessions a persistent station keeps when they carry no call any more.
type Keep string

// The values of Keep.
const (
	KeepFirst Keep = "first" // the user's oldest, as they were answered
	KeepEvery Keep = "every"
)

// Migration says which station decides what a session is for: whether calls share it, and whether it stays without one.
type Migration string

// The values of Migration.
const (
	AsBegun Migration = "begun" // the station as it was when the session began, and as it is now
	AsNow   Migration = "now"   // the station as it is now
)

// Renewal says what a renewed description of a session brings.
type Renewal string

// The values of Renewal.
const (
	SameICE    Renewal = "same"    // the ICE credentials that the session has
	RestartICE Renewal = "restart" // new ones
)

// Resource says who names the resource of a client's address.
type Resource string

// The values of Resource.
const (
	ClientNames Resource = "client" // by the option jidResource
	ServerNames Resource = "server" // anew at each bind, unless the client asks for one all the same
)

// Defaults are the options that were observed, or the plainest.
func Defaults() Options {
	return Options{
		Signalling: SDP, Echo: true, AnswerIQs: true, HoldOthers: PlatformHolds, HoldFirst: true, Connected: OnAnswer, Dialing: true,
		TerminatedToo: true, EndFirst: NotificationFirst, ReuseIdle: true, Keep: KeepFirst, Migration: AsBegun, Renewal: SameICE, Resource: ClientNames, ProposeAgain: time.Second,
		AnswerPatience: 30 * time.Second, MediaPatience: time.Minute, FarEnd: 2 * time.Second,
		NotifyDelay: 30 * time.Millisecond, EdgeDelay: 40 * time.Millisecond, RESTDelay: 50 * time.Millisecond, WireDelay: 5 * time.Millisecond,
		ICEDelay: 20 * time.Millisecond, DTLSDelay: 170 * time.Millisecond, MicrophoneDelay: 10 * time.Millisecond,
		DescribeDelay: 2 * time.Millisecond, Purpose: "agent",
	}
}
