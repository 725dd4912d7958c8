package platform

import (
	"slices"
	"strings"
	"time"
)

// Size is how much the platform remembers.
type Size struct {
	Users         int
	Streams       int // that are bound
	Channels      int
	Conversations int
	Sessions      int
	// Legs are those that are not over.
	Legs int
	// Lanes are the ways on which something is under way; Draws the keys by which something was drawn.
	Lanes, Draws int
}

// Size is how much the platform remembers now. Without Forget that only grows.
func (p *Platform) Size() Size {
	s := Size{
		Users: len(p.users), Channels: len(p.channels), Conversations: len(p.conversations), Sessions: len(p.sessions),
		Lanes: len(p.lanes), Draws: len(p.chance.drawn),
	}
	for _, u := range p.users {
		s.Streams += len(u.streams)
		s.Legs += len(u.legs)
	}
	return s
}

// channelLife is how long a channel lives without a stream: a client whose machine slept comes back to the one that it has.
const channelLife = 24 * time.Hour

// Forget forgets what is over since before an instant: conversations without an agent, sessions that have ended, and, a day
// later, channels without a stream. Requests about them are answered as if they had never been. What an embedder may still ask for, or a slow
// answer be about, is not over for long enough: the instant lies further back than anything takes.
func (p *Platform) Forget(before time.Duration) {
	forgotten := map[string]bool{}
	p.sessions = slices.DeleteFunc(p.sessions, func(s *Session) bool {
		if !s.Ended || s.endedAt >= before {
			return false
		}
		delete(p.bySID, s.ID)
		forgotten[string(s.about.ID)] = true
		return true
	})
	p.conversations = slices.DeleteFunc(p.conversations, func(c *Conversation) bool {
		if c.Live() || c.notified >= before {
			return false
		}
		delete(p.byID, c.ID)
		forgotten[string(c.ID)] = true
		return true
	})
	for _, c := range p.channels {
		if c.streams == 0 && c.since < before-channelLife {
			p.dropChannel(c)
		}
	}
	for _, s := range p.sessions { // which may have begun for a conversation that is over
		delete(forgotten, string(s.about.ID))
	}
	for _, c := range p.conversations { // which may have had a session that is over
		delete(forgotten, string(c.ID))
	}
	p.chance.forget(forgotten)
}

// forget forgets the draws of keys that end with one of these words.
func (c *Chance) forget(last map[string]bool) {
	for key := range c.drawn {
		for rest, more := key, true; more; {
			if _, rest, more = strings.Cut(rest, " "); more && last[rest] {
				delete(c.drawn, key)
				break
			}
		}
	}
}
