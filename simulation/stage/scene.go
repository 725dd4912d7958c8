// Package stage performs the statements of scenarios: on the phones of the simulated world in virtual time, or on whoever is
// logged in to a platform that runs on a port. What is done to the platform is the same on every stage; what is done to a
// phone is up to the phone, and one that cannot do something says so (ErrCannot).
package stage

import (
	"errors"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// The reasons why a statement finds nothing to do.
var (
	ErrNoCall    = errors.New("there is no such call")
	ErrNoSession = errors.New("no session carries the call there")
	ErrNoAgent   = errors.New("there is no such agent")
	ErrNoPeer    = errors.New("no peer connection was made")
	ErrNoPhone   = errors.New("there is no such phone")
	ErrAsleep    = errors.New("the machine sleeps")
	// ErrCannot: there is a phone, but not one to which this can be done.
	ErrCannot = errors.New("it cannot be done to this phone")
)

// Scene is where statements are performed. It is used on the goroutine of its platform.
type Scene interface {
	// Platform is the platform that the phones are clients of.
	Platform() *platform.Platform
	// Phone finds a client of an agent's; name "" is the first. Nil, and no nil pointer in its place: there is none.
	Phone(agent, name string) Phone
	// Say writes down what a reader of the outcome wants to know, about a phone.
	Say(who, what string)
}

// Phone is one client of an agent's, with the machine that it runs on. Each method that returns an error returns ErrCannot,
// maybe wrapped, where the phone is not made for it; Nothing can be embedded by those that are made for little.
type Phone interface {
	// String is agent/phone.
	String() string
	// User is whose phone it is; Name is its name among hers.
	User() *platform.User
	Name() string
	// Asleep tells whether the machine sleeps: nobody asks anything of a phone then.
	Asleep() bool

	// Ask has the program around the phone make a request. It is made, and not awaited.
	Ask(Request) error

	// The machine: its network, its sleep, its clock, its page, its microphone (nil: there is one), and what becomes of the
	// media of a session (disconnects, recovers, fails or dies).
	LoseNetwork() error
	RegainNetwork() error
	Sleep() error
	Wake() error
	Jump(ahead time.Duration) error
	ShowPage(visible bool) error
	Microphone(why *messages.MicrophoneDenied) error
	DisturbMedia(session messages.SessionID, how string) error

	// Drop closes the phone's socket from outside, with a code of RFC 6455 section 7.4.
	Drop(code int) error

	// What happens to the next input of a kind on its way to the phone.
	LoseNext(kind string) error
	DuplicateNext(kind string) error
	DelayNext(kind string, d time.Duration) error

	// What happens to the next request of a kind, or to what is asked of a peer connection. retryAfter 0: nothing is said of it.
	FailNext(kind string, status int, retryAfter time.Duration) error
	IgnoreNext(kind string) error

	// Tell tells the phone an input as it stands. Frame lets its stream bring a frame; an error that is not ErrCannot says why
	// the frame was dropped.
	Tell(messages.Input) error
	Frame(xml string) error
	// Oldest is the oldest effect of a kind that waits for an answer; Newest is the peer connection that was made last.
	Oldest(kind string) (messages.EffectID, bool)
	Newest() (messages.Ref, bool)
}

// Nothing is the part of a phone to which nothing can be done. It is embedded by a phone that can do some of it.
type Nothing struct{}

// Asleep: it never sleeps.
func (Nothing) Asleep() bool { return false }

// Ask cannot.
func (Nothing) Ask(Request) error { return ErrCannot }

// LoseNetwork cannot.
func (Nothing) LoseNetwork() error { return ErrCannot }

// RegainNetwork cannot.
func (Nothing) RegainNetwork() error { return ErrCannot }

// Sleep cannot.
func (Nothing) Sleep() error { return ErrCannot }

// Wake cannot.
func (Nothing) Wake() error { return ErrCannot }

// Jump cannot.
func (Nothing) Jump(time.Duration) error { return ErrCannot }

// ShowPage cannot.
func (Nothing) ShowPage(bool) error { return ErrCannot }

// Microphone cannot.
func (Nothing) Microphone(*messages.MicrophoneDenied) error { return ErrCannot }

// DisturbMedia cannot.
func (Nothing) DisturbMedia(messages.SessionID, string) error { return ErrCannot }

// Drop cannot.
func (Nothing) Drop(int) error { return ErrCannot }

// LoseNext cannot.
func (Nothing) LoseNext(string) error { return ErrCannot }

// DuplicateNext cannot.
func (Nothing) DuplicateNext(string) error { return ErrCannot }

// DelayNext cannot.
func (Nothing) DelayNext(string, time.Duration) error { return ErrCannot }

// FailNext cannot.
func (Nothing) FailNext(string, int, time.Duration) error { return ErrCannot }

// IgnoreNext cannot.
func (Nothing) IgnoreNext(string) error { return ErrCannot }

// Tell cannot.
func (Nothing) Tell(messages.Input) error { return ErrCannot }

// Frame cannot.
func (Nothing) Frame(string) error { return ErrCannot }

// Oldest finds nothing.
func (Nothing) Oldest(string) (messages.EffectID, bool) { return "", false }

// Newest finds nothing.
func (Nothing) Newest() (messages.Ref, bool) { return 0, false }
