package whatif

import (
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// prospect is what must be known of a log before it is gone through.
type prospect struct {
	initialized time.Duration // the first login; negative: there is none
	ready       time.Duration // when it was done; negative: never
	early       bool          // something went wrong, or went on, before that
	end         time.Duration
	me          messages.UserID
	// placed are the conversations that were dialled here, by the request that placed them.
	placed map[messages.EffectID]messages.ConversationID
	// dialled are the same conversations.
	dialled map[messages.ConversationID]bool
	// notified are those that a notification told of; private those that only persistent connections name.
	notified map[messages.ConversationID]bool
	private  map[messages.ConversationID]bool
	// proposed are the entries in which a conversation is proposed under a session id for the first time.
	proposed map[messages.ConversationID][]int
	// rung are the entries, from 1, in which a conversation's first notification and first propose came; 0: never.
	rung map[messages.ConversationID][2]int

	// auto are the conversations whose first propose asks to be answered by itself.
	auto map[messages.ConversationID]bool

	entries []replay.Entry
}

// at is when an entry was.
func (p prospect) at(entry int) time.Duration { return p.entries[entry].At }

// look goes through all entries once.
func look(entries []replay.Entry) prospect {
	p := prospect{
		initialized: -1, ready: -1, placed: map[messages.EffectID]messages.ConversationID{}, dialled: map[messages.ConversationID]bool{},
		notified: map[messages.ConversationID]bool{}, private: map[messages.ConversationID]bool{},
		proposed: map[messages.ConversationID][]int{}, rung: map[messages.ConversationID][2]int{},
		auto: map[messages.ConversationID]bool{}, entries: entries,
	}
	seen := map[messages.SessionID]bool{}
	for i, e := range entries {
		if e.Step.Seq == 0 {
			continue
		}
		p.end = e.At
		p.see(i, e.Step.Input, e.At, seen)
		for _, out := range e.Step.Outputs {
			if a, is := out.Effect.(messages.Announce); is && a.Event.Name() == (messages.Ready{}).Name() && p.ready < 0 {
				p.ready = e.At
			}
		}
	}
	for id := range p.notified {
		delete(p.private, id)
	}
	return p
}

func (p *prospect) see(i int, in messages.Input, at time.Duration, seen map[messages.SessionID]bool) {
	first := func(c messages.ConversationID, which int) {
		r := p.rung[c]
		if r[which] == 0 {
			r[which] = i + 1
			p.rung[c] = r
		}
	}
	switch in := in.(type) {
	case messages.Initialize:
		if p.initialized < 0 {
			p.initialized = at
		}
	case messages.HTTPAnswered:
		if in.Me != nil && p.me == "" {
			p.me = in.Me.User
		}
		if in.Placed != nil {
			p.placed[in.Effect], p.dialled[in.Placed.Conversation] = in.Placed.Conversation, true
		}
		p.early = p.early || p.ready < 0 && (in.Status < 200 || in.Status > 299)
	case messages.ConversationNotified:
		p.notified[in.Conversation] = true
		first(in.Conversation, 0)
		p.early = p.early || p.ready < 0
	case messages.Propose:
		if in.PrivAnswer != "" {
			p.private[in.Conversation] = true
		}
		if !seen[in.Session] {
			seen[in.Session] = true
			p.proposed[in.Conversation] = append(p.proposed[in.Conversation], i)
		}
		p.auto[in.Conversation] = p.auto[in.Conversation] || p.rung[in.Conversation][1] == 0 && in.AutoAnswer
		first(in.Conversation, 1)
		p.early = p.early || p.ready < 0
	case messages.SocketFailed, messages.SocketClosed, messages.SASLFailed, messages.NetworkChanged:
		p.early = p.early || p.ready < 0
	case messages.Requested:
		p.early = p.early || p.ready < 0 && p.initialized >= 0
	}
}

// beginning is the log's time at which the scenario begins: when the login was done, or, if that did not go as usual, when
// it began; then the login is a line of its own. Negative: nobody logs in.
func (p prospect) beginning() (at time.Duration, byHand bool) {
	if p.initialized < 0 || p.ready >= 0 && !p.early {
		return p.ready, false
	}
	return p.initialized, true
}

// proposedAgain tells whether a conversation is proposed under another session id after an entry.
func (p prospect) proposedAgain(c messages.ConversationID, after int) bool {
	for _, i := range p.proposed[c] {
		if i > after {
			return true
		}
	}
	return false
}
