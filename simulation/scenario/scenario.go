// Package scenario is the text in which calls are written down: who has which phone, what happens when, and, below a line
// of dashes, what came of it. The same text is played by hand, drawn from a seed, recovered from a log and shrunk from a
// failure. This package reads, checks, writes and shrinks it; it plays nothing (see simulation/play).
package scenario

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/spelling"
	"github.com/hookswitch/hookswitch/messages"
)

// Scenario is one file.
type Scenario struct {
	// Title is the sentence of the first lines, without their #; its line breaks are kept.
	Title string
	// Profile is corrected or sdk-9.2.4; Quirks are those switched on (+name) or off (-name) beside it, in the file's order.
	Profile string
	Quirks  []string
	// Seed draws the delays of the platform; 0: each is its option's value, and nothing is drawn.
	Seed uint64
	// Platform are the options of the platform that differ from their defaults, as KEY=VALUE in the file's order.
	Platform []Setting
	// Silent: the platform does nothing by itself, whatever the phones send; all that comes in is told by wire lines.
	Silent bool
	// LoginByHand: phones do not log in before the first line.
	LoginByHand bool
	Agents      []Agent
	Lines       []Line
	// Closing is the comment below the last line, or "".
	Closing string
	// Expected is what stands below the dashes, or "". It ends with one line feed, and its lines with no carriage return.
	Expected string
}

// Setting is one KEY=VALUE.
type Setting struct{ Key, Value string }

// Agent is a user with a station and one or more phones.
type Agent struct {
	Name string
	// LineAppearance is the station's; Persistent its persistent connection. NoStation: there is no station.
	LineAppearance int
	Persistent     bool
	NoStation      bool
	// Phones are the names of the agent's clients; the first answers where only the agent is named. Default: desk.
	Phones []string
	// Options are those of all the agent's clients.
	Options messages.Options
	// Note is the comment above the agent, without its #.
	Note string
}

// NewAgent is an agent as `agent NAME` declares it: line appearance 100, no persistent connection, one phone named desk,
// and the SDK's options with softphone sessions only.
func NewAgent(name string) Agent {
	options := messages.DefaultOptions()
	options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	return Agent{Name: name, LineAppearance: manyLines, Phones: []string{firstPhone}, Options: options}
}

// firstPhone is the name of a phone that nobody named.
const firstPhone = "desk"

// manyLines is the line appearance of a station of which nothing is said: each call has a session of its own.
const manyLines = 100

// Line is one thing that happens.
type Line struct {
	When When
	Do   Statement
	// Note is the comment above the line, without its #.
	Note string
	// At is the line's number in the file, from 1, or 0.
	At int
}

// When is the moment of a line: After the line before it; or, if Absolute, since the beginning; or, if Event is not "",
// after the next such event that Phone announces from the moment of the line before it on.
type When struct {
	After    time.Duration
	Absolute bool
	Phone    Phone
	Event    string // the SDK's name, such as pendingSession
	Call     string // the conversation that the event is about, or "" for any
}

// Phone names a client: of an agent, by its name, or "" for the agent's first.
type Phone struct{ Agent, Name string }

// Len is how many lines say what happens: the header, comments and what came of it do not count.
func (s Scenario) Len() int { return len(s.Lines) }

// QuirkSet is the profile with its quirks switched on and off, in their order. The error names the unknown one, and it is
// nil for what Parse returned.
func (s Scenario) QuirkSet() (quirk.Set, error) {
	set, err := quirk.Profile(s.Profile)
	if err != nil {
		return quirk.Set{}, fmt.Errorf("scenario: profile %s: %w", s.Profile, err)
	}
	for _, change := range s.Quirks {
		q := quirkOf(change)
		switch {
		case q == nil:
			return quirk.Set{}, fmt.Errorf("scenario: profile %s: %s: no such quirk: %s", s.Profile, change, spelling.DidYouMean(change, quirkChanges(change)))
		case change[0] == '+':
			set = set.With(q)
		default:
			set = set.Without(q)
		}
	}
	return set, nil
}

// clone is a scenario that shares nothing with s.
func (s Scenario) clone() Scenario {
	s.Quirks, s.Platform, s.Agents, s.Lines = slices.Clone(s.Quirks), slices.Clone(s.Platform), slices.Clone(s.Agents), slices.Clone(s.Lines)
	for i := range s.Agents {
		a := &s.Agents[i]
		a.Phones, a.Options.AllowedSessionTypes = slices.Clone(a.Phones), slices.Clone(a.Options.AllowedSessionTypes)
	}
	return s
}

// Statement is what happens. Which fields are set follows from the Verb's pattern (see Patterns).
type Statement struct {
	Verb     Verb
	Phone    Phone         // who does it, or to whom it is done
	Call     string        // a conversation, such as C1
	Agent    string        // another agent
	Word     string        // a kind of message, a reason, a telephone number …
	Number   int           // a status, a line appearance …
	Duration time.Duration // how long
	Flag     bool          // persistent, auto-answer …
	JSON     string        // what a wire line tells
	XML      string        // what a frame line brings
}
