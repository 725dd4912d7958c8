package play

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/laws"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// The laws of how things stand when nothing has happened for a while: they are about phones and platform together, and hold for
// whom nothing disturbs, or all has healed (judged).
const (
	OneLiveSession  = "line appearance 1 keeps no session but those of calls and one that is persistent"
	OneUnheldCall   = "a station has one call at most that is up and not held"
	MediaHasSession = "a live peer connection belongs to a live session"
	WhoIsUpIsHeard  = "a call that was taken here is heard here"
	AnsweredIsTaken = "a call whose answer succeeded here is taken"
	ListedIsLive    = "a call that is listed here is one of the user's"
	RingsEverywhere = "a call that waits rings at each phone that it is offered to"
	TakenIsNotHeld  = "of several calls the one that was taken last is not held, unless somebody says so"
	StationIsKnown  = "the station that was announced last is the user's"
)

// All are the laws of one phone, and those of phones and platform together, each with its reason.
func All() []laws.Law {
	return append(laws.All(), standingLaws...)
}

var standingLaws = []laws.Law{
	{Name: OneLiveSession, Reason: "that is what line appearance 1 means, and what is paid for"},
	{Name: OneUnheldCall, Reason: "two callers do not hear each other by accident"},
	{Name: MediaHasSession, Reason: "no microphone stays open after its call"},
	{Name: WhoIsUpIsHeard, Reason: "a call that the platform takes for answered has the agent in it"},
	{Name: AnsweredIsTaken, Reason: "an answer that succeeded is not lost"},
	{Name: ListedIsLive, Reason: "no ghost calls on the screen"},
	{Name: RingsEverywhere, Reason: "no call waits unheard"},
	{Name: TakenIsNotHeld, Reason: "who takes a call hears it"},
	{Name: StationIsKnown, Reason: "a migration reaches every phone"},
}

// Laws are the names of all laws that a play checks.
func Laws() (names []string) {
	for _, law := range All() {
		names = append(names, law.Name)
	}
	return names
}

// hearing is how long a phone may take to hear of an end.
const hearing = time.Second

// standing checks how things stand.
func (p *player) standing() {
	for _, w := range p.order {
		if !p.judged(w.phone.User.Name, MediaHasSession) {
			continue
		}
		for _, session := range w.phone.LiveMedia() {
			if s := p.world.Platform.Session(session); s == nil || s.EndedBy(p.world.Now()-hearing) {
				p.doubt(w, MediaHasSession, fmt.Sprintf("session %s has live media here, and has ended", session))
			}
		}
	}
	for _, a := range p.scenario.Agents {
		p.standingOf(p.world.Platform.User(a.Name), a)
	}
}

func (p *player) standingOf(u *platform.User, a scenario.Agent) {
	at := p.phones[p.world.Phone(a.Name, "")]
	unheld, carrying := []messages.ConversationID{}, map[messages.SessionID]bool{}
	for _, l := range u.Legs() {
		if l.Session != nil {
			carrying[l.Session.ID] = true
		}
		if !l.Up() {
			continue
		}
		if !l.Held && l.Conversation().Legs(u) == 1 { // of several legs in a conversation, which one an order means is not said
			unheld = append(unheld, l.Conversation().ID)
		}
		if p.judged(a.Name, WhoIsUpIsHeard) {
			p.isHeard(u, l)
		}
	}
	if len(unheld) > 1 && p.judged(a.Name, OneUnheldCall) && p.holdsOthers(a) && !at.hurried && !p.did(a.Name, scenario.Conference) {
		p.doubt(at, OneUnheldCall, fmt.Sprintf("%v are up and not held", unheld))
	}
	meant := at.hurried || at.crowded || p.did(a.Name, scenario.Hold) || p.did(a.Name, scenario.Retrieve) || p.did(a.Name, scenario.Conference)
	if len(a.Phones) == 1 && !meant && p.judged(a.Name, TakenIsNotHeld) {
		p.lastIsNotHeld(u, at)
	}
	if a.LineAppearance == 1 && len(a.Phones) == 1 && !p.keepsEvery(u) && !p.did(a.Name, scenario.EdgeReinvites) && p.judged(a.Name, OneLiveSession) {
		p.idleSessions(u, carrying)
	}
}

// lastIsNotHeld checks that nobody has held the call that the user took last, for none was taken after it, nor was to be.
func (p *player) lastIsNotHeld(u *platform.User, at *watched) {
	var last *platform.Leg
	for _, c := range p.world.Platform.Conversations() {
		for _, party := range c.Parties {
			if l := party.Leg; party.User == u && (last == nil || l.Taken() >= last.Taken()) {
				last = l
			}
		}
	}
	if last != nil && last.Up() && last.Held && at.taking <= last.Taken() {
		p.doubt(at, TakenIsNotHeld, fmt.Sprintf("%s is held", last.Conversation().ID))
	}
}

// isHeard checks that a call whose session a phone has answered is heard there.
func (p *player) isHeard(u *platform.User, l *platform.Leg) {
	if l.Session == nil || l.Held || !l.Session.Live() {
		return
	}
	phone := p.world.Phone(u.Name, l.Session.Phone())
	if phone == nil {
		return
	}
	if !slices.Contains(phone.Hears(), l.Conversation().ID) {
		p.doubt(p.phones[phone], WhoIsUpIsHeard, fmt.Sprintf("%s is up on session %s, and is not heard", l.Conversation().ID, l.Session.ID))
	}
}

// keepsEvery tells whether the platform keeps each session of a persistent connection, however many began at once.
func (p *player) keepsEvery(u *platform.User) bool {
	return u.Station.Persistent && slices.Contains(p.scenario.Platform, scenario.Setting{Key: "keep", Value: string(platform.KeepEvery)})
}

// idleSessions checks the sessions that carry nothing under line appearance 1.
func (p *player) idleSessions(u *platform.User, carrying map[messages.SessionID]bool) {
	for _, w := range p.order {
		idle := 0
		for _, session := range w.phone.LiveMedia() {
			ahead := u.Station.Persistent && p.world.Platform.Session(session).Ahead() // beside another one: the edge's own doing
			if w.phone.User == u && !carrying[session] && !ahead {
				idle++
			}
		}
		if u.Station.Persistent && idle > 1 || !u.Station.Persistent && idle > 0 {
			p.doubt(w, OneLiveSession, fmt.Sprintf("%d sessions carry nothing", idle))
		}
	}
}

// holdsOthers tells whether somebody sees to it that one call at most is heard: the phone, where each call has a session of
// its own; else the platform, if it does.
func (p *player) holdsOthers(a scenario.Agent) bool {
	if len(a.Phones) > 1 {
		return false // two phones of one agent do not know of each other's calls
	}
	if a.NoStation {
		return false // without a station nothing says how many calls there may be
	}
	if a.LineAppearance > 1 {
		return a.Options.AutoConnectSessions
	}
	for _, set := range p.scenario.Platform {
		if set.Key == "hold-others" && set.Value == string(platform.NobodyHolds) {
			return false
		}
	}
	return true
}

// doubt is a law that seems to be broken at a phone. It is, if it seems so for longer than news travel.
type doubt struct {
	at        *watched
	law, what string
}

// news is how long what is told may travel, with the requests that it leads to.
const news = 2 * time.Second

// doubt notes that a law seems to be broken.
func (p *player) doubt(w *watched, law, what string) { p.seen = append(p.seen, doubt{w, law, what}) }

// look is how phones and platform disagree now.
func (p *player) look() []doubt {
	p.seen = nil
	p.standing()
	for _, w := range p.order {
		if !w.phone.Connected() || !w.ready || w.disallowed {
			continue
		}
		if p.judged(w.phone.User.Name, StationIsKnown) {
			p.seen = append(p.seen, w.doubtedStation()...)
		}
		p.seen = append(p.seen, w.doubtedCalls(p)...)
	}
	return p.seen
}

// knowsStation tells whether the phone has announced what the user's station is, or that there is none any more.
func (w *watched) knowsStation() bool {
	u, said := w.phone.User, w.station
	return !u.Associated && said == nil || u.Associated && said != nil && said.LineAppearance == u.Station.LineAppearance && said.Persistent == u.Station.Persistent
}

func (w *watched) doubtedStation() []doubt {
	if w.knowsStation() {
		return nil
	}
	return []doubt{{w, StationIsKnown, fmt.Sprintf("the station is known here as %+v", w.station)}}
}

// doubtedCalls: the phone lists calls of its user's and no others, rings for those that are proposed to it, and has taken what
// it said that it took.
func (w *watched) doubtedCalls(p *player) (all []doubt) {
	live, agent := map[messages.ConversationID]bool{}, w.phone.User.Name
	media := w.phone.LiveMedia()
	rings, taken := p.judged(agent, RingsEverywhere) && w.knowsStation(), p.judged(agent, AnsweredIsTaken)
	for _, l := range w.phone.User.Legs() {
		id := l.Conversation().ID
		live[id] = true
		if l.Up() || l.Conversation().Legs(w.phone.User) > 1 {
			continue
		}
		if s := l.Session; rings && s != nil && s.Proposed() && s.Phone() == "" && !p.late() && !w.checker.Rings(id) && !w.done[id] {
			all = append(all, doubt{w, RingsEverywhere, fmt.Sprintf("%s is proposed, and does not ring", id)})
		}
		if s := l.Session; rings && w.phone.User.Station.LineAppearance == 1 && s.Live() && s.Phone() == w.phone.Name && slices.Contains(media, s.ID) && l.State == messages.Alerting && !w.checker.Rings(id) && !w.done[id] {
			all = append(all, doubt{w, RingsEverywhere, fmt.Sprintf("%s waits on session %s, and does not ring", id, s.ID)})
		}
		if taken && w.took[id] && w.connects && !p.rerouted(id) {
			all = append(all, doubt{w, AnsweredIsTaken, fmt.Sprintf("%s was answered, and still waits", id)})
		}
	}
	for _, id := range w.checker.Listed() {
		if !live[id] && p.judged(agent, ListedIsLive) {
			all = append(all, doubt{w, ListedIsLive, fmt.Sprintf("%s is listed, and over for the user", id)})
		}
	}
	return all
}

// rerouted tells whether another session was proposed for a call, or took the place of one: an answer that crosses that is
// lost, and to be given again.
func (p *player) rerouted(call messages.ConversationID) bool {
	return slices.ContainsFunc(p.scenario.Lines, func(l scenario.Line) bool {
		return l.Do.Verb == scenario.EdgeReinvites || l.Do.Verb == scenario.EdgeReroutes && l.Do.Call == string(call)
	})
}

// late tells whether a phone that logs in during a call is not told of it (platform propose-again=0s).
func (p *player) late() bool {
	return slices.Contains(p.scenario.Platform, scenario.Setting{Key: "propose-again", Value: "0s"})
}

// lasting are the doubts that were there before, too: the laws are broken.
func (p *player) lasting(before []doubt) {
	for _, d := range p.look() {
		if slices.Contains(before, d) && !p.told(d) {
			p.breaks(d.at, d.law, d.what)
		}
	}
}

// told tells whether that was said before, when the last line had had its time.
func (p *player) told(d doubt) bool {
	return slices.ContainsFunc(p.outcome.Broken, func(b Broken) bool { return b.Phone == d.at.phone.String() && b.Law == d.law && b.What == d.what })
}

func (p *player) breaks(w *watched, law, what string) {
	v := laws.Violation{Seq: w.phone.Cell().Seq(), Law: law, What: what}
	p.outcome.Broken = append(p.outcome.Broken, Broken{Phone: w.phone.String(), At: p.world.Now(), Violation: v})
	p.teller.say(p.world.Now(), w.phone.String(), "BROKEN: "+law+": "+what)
}
