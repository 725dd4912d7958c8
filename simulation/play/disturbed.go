package play

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/stage"
)

// disturbing are the verbs after which a phone of an agent's and the platform may rightly disagree for a while, or after which
// two sessions under line appearance 1 are the platform's own doing.
var disturbing = map[scenario.Verb]bool{
	scenario.LogOut: true, scenario.Disconnect: true, scenario.LoseNetwork: true, scenario.Sleep: true, scenario.JumpClock: true, scenario.Media: true, scenario.Microphone: true,
	scenario.StationBecomes: true, scenario.StationGone: true, scenario.StationAssociated: true, scenario.DropStream: true, scenario.RefuseStreams: true,
	scenario.ExpireChannel: true, scenario.NextDropped: true, scenario.NextDuplicated: true, scenario.NextDelayed: true, scenario.NextFails: true,
	scenario.NextUnanswered: true, scenario.Wire: true, scenario.FailTo: true,
}

// aboutStations are those of the disturbing verbs after which a phone still learns what its station is, as soon as it is ready
// and its stream is up.
var aboutStations = map[scenario.Verb]bool{
	scenario.StationBecomes: true, scenario.StationGone: true, scenario.StationAssociated: true, scenario.LogOut: true, scenario.Disconnect: true,
	scenario.LoseNetwork: true, scenario.DropStream: true, scenario.RefuseStreams: true, scenario.Media: true, scenario.Microphone: true, scenario.FailTo: true,
}

// lossy are those of the disturbing verbs by which a phone may miss what it is told, or the platform what it is asked.
var lossy = []scenario.Verb{
	scenario.LogOut, scenario.Disconnect, scenario.LoseNetwork, scenario.Sleep, scenario.DropStream, scenario.RefuseStreams, scenario.ExpireChannel,
	scenario.NextDropped, scenario.NextDelayed, scenario.NextFails, scenario.NextUnanswered,
}

// deeds are what was done to the agents, by agent: the lines that found something to do it to.
type deeds map[string]map[scenario.Verb]bool

// do does a line, and notes whom it concerns.
func (p *player) do(s scenario.Statement) error {
	concerned := p.concerned(s) // before: who leaves a call with it is one of them
	if err := stage.Perform(scene{p}, s); err != nil {
		return err
	}
	for _, agent := range concerned {
		if p.deeds[agent] == nil {
			p.deeds[agent] = map[scenario.Verb]bool{}
		}
		p.deeds[agent][s.Verb] = true
	}
	return nil
}

// concerned are the agents whom a line concerns: at whose phone it is done, or to whom; and where it is done to a call, all who
// are in it.
func (p *player) concerned(s scenario.Statement) (agents []string) {
	switch {
	case s.Phone.Agent != "" && s.Verb != scenario.Conference:
		return []string{s.Phone.Agent}
	case s.Agent != "":
		return []string{s.Agent}
	}
	if c := p.world.Platform.Conversation(messages.ConversationID(s.Call)); c != nil {
		for _, party := range c.Parties {
			if party.User != nil {
				agents = append(agents, party.User.Name)
			}
		}
	}
	return agents
}

// did tells whether something was done to an agent.
func (p *player) did(agent string, v scenario.Verb) bool { return p.deeds[agent][v] }

// judged tells whether a law is to be kept at an agent's now. What disturbs an agent suspends it, for him alone, until all has
// healed; a few things leave scars, which is said of each.
func (p *player) judged(agent, law string) bool {
	for verb := range p.deeds[agent] {
		switch {
		case slices.Contains(scars[law], verb):
			return false
		case p.healed && verb == scenario.Wire && !p.wasDone(lossy):
			return false // what was told wrongly is put right where all is told again
		case !p.healed && disturbing[verb] && !(law == StationIsKnown && aboutStations[verb]):
			return false
		}
	}
	return !p.scenario.Silent
}

// wasDone tells whether any of several things was done to any agent.
func (p *player) wasDone(any []scenario.Verb) bool {
	for _, done := range p.deeds {
		if slices.ContainsFunc(any, func(v scenario.Verb) bool { return done[v] }) {
			return true
		}
	}
	return false
}

// scars are what suspends a law though all has healed, or though it disturbs no other law.
var scars = map[string][]scenario.Verb{
	// A phone whose stream was up, and that did not hear of a migration, does not ask. One that could not read the station tells
	// that as an error.
	StationIsKnown: {
		scenario.ExpireChannel, scenario.Sleep, scenario.NextDropped, scenario.NextFails, scenario.NextUnanswered, scenario.Wire,
	},
	// Whether two calls may be up depends on what the station was when each began, and so does which session stays. What could not
	// be held is told as an error; a call that is up without a microphone or media is not held for another one, and may get them later; nor is
	// one of which the phone does not know that it is up: it heard something else, or nothing before its session came.
	OneUnheldCall: {
		scenario.StationBecomes, scenario.StationGone, scenario.StationAssociated, scenario.NextFails, scenario.NextUnanswered, scenario.LoseNetwork,
		scenario.Microphone, scenario.Media, scenario.Sleep, scenario.Wire, scenario.LogIn,
	},
	OneLiveSession: {scenario.StationBecomes, scenario.StationGone, scenario.StationAssociated},
	// A peer connection that dies without an event is found out when the page is shown, or the stream is back; an answer that was
	// lost with its stream is told as an error; without a microphone a session is to be accepted again.
	WhoIsUpIsHeard: {scenario.Media, scenario.Sleep, scenario.DropStream, scenario.ExpireChannel, scenario.LoseNetwork, scenario.Microphone},
	// Who was first to use a session id has it.
	RingsEverywhere: {scenario.Wire},
	// Who is at the gateway may propose a session for a call that is none of his, and gets the answer to it.
	AnsweredIsTaken: {scenario.Wire},
}

// How long things take to heal: a phone that has lost its stream tries again every now and then (delayMax of its connection),
// and what it missed it is told again; then what is wrong with a session shows.
const (
	reconnects = 5 * time.Minute
	mends      = time.Minute
)

// heal lets all faults end, has said what was lost while a phone was away, and looks how things stand then; if nothing was
// disturbed, it was looked already.
func (p *player) heal() error {
	p.world.Heal()
	if p.scenario.Silent || !p.wasDone(slices.Collect(maps.Keys(disturbing))) {
		return nil
	}
	if err := p.world.Run(p.world.Now() + reconnects); err != nil {
		return err
	}
	if p.wasDone(lossy) {
		p.world.Platform.TellAgain()
	}
	if err := p.world.Run(p.world.Now() + mends); err != nil {
		return err
	}
	p.healed = true
	doubts := p.look()
	if err := p.world.Run(p.world.Now() + news); err != nil {
		return err
	}
	p.lasting(doubts)
	return nil
}
