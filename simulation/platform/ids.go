package platform

import (
	"strconv"

	"github.com/hookswitch/hookswitch/messages"
)

// Thing is what an id is for.
type Thing string

// The things that the platform names. What it names a thing by itself, if nobody else does (MakeIDs), stands beside it.
const (
	SessionID     Thing = "session"                // S1, S2 …
	DialledID     Thing = "dialled conversation"   // what its caller calls it, or D1 …
	AheadID       Thing = "conversation to come"   // P1 …: of a persistent connection that is made ahead of any call
	ParticipantID Thing = "participant"            // C1-ann-2: of the conversation C1, the second
	ChannelID     Thing = "channel"                // channel-1 …
	ResourceID    Thing = "resource of an address" // desk-1 …; client-1 … for a client whose name nobody knows
)

// MakeIDs has ids made by somebody else, such as ones that cannot be guessed. usual is what the platform would call the thing. No id may
// come twice for a thing. It is said before anything happens.
func (p *Platform) MakeIDs(make func(of Thing, usual string) string) { p.ids = make }

// dialledID is the id of a conversation that a client begins, who wishes for one.
func (p *Platform) dialledID(wished messages.ConversationID) messages.ConversationID {
	for n := p.begun + 1; wished == "" || p.Conversation(wished) != nil; n++ {
		wished = messages.ConversationID("D" + strconv.Itoa(n))
	}
	return messages.ConversationID(p.ids(DialledID, string(wished)))
}
