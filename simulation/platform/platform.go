package platform

import (
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// Clock is how time passes for the platform. What is due at one instant is done in the order in which it was asked for.
type Clock interface {
	Now() time.Duration
	After(d time.Duration, do func())
}

// Platform is the whole: one organisation. One goroutine at a time may use it.
type Platform struct {
	options       Options
	clock         Clock
	chance        *Chance
	silent        bool
	secret        bool // KeepSecrets
	users         []*User
	byName        map[string]*User
	conversations []*Conversation
	byID          map[messages.ConversationID]*Conversation
	sessions      []*Session
	bySID         map[messages.SessionID]*Session
	lanes         map[lane]time.Duration
	channels      map[string]*channel
	iqs           int
	begun         int // conversations that have begun so far
	sessionsBegun int
	channelsMade  int
	answers       int // sessions that were answered so far
	resources     int // resources that were chosen so far
	ids           func(of Thing, usual string) string
	ended         func(*Session, End)
	changed       func(*Conversation)
}

// New is an empty organisation.
func New(options Options, clock Clock, chance *Chance) *Platform {
	return &Platform{
		options: options, clock: clock, chance: chance, byName: map[string]*User{}, byID: map[messages.ConversationID]*Conversation{}, bySID: map[messages.SessionID]*Session{},
		lanes: map[lane]time.Duration{}, channels: map[string]*channel{}, ids: func(_ Thing, usual string) string { return usual },
	}
}

// Silence makes the platform do nothing by itself any more, but answer the set-up of streams.
func (p *Platform) Silence() { p.silent = true }

// WhenEnded has somebody told of each session that ends, once, when it does, and how. It is told in the middle of what goes
// on: whoever is told asks nothing of the platform then.
func (p *Platform) WhenEnded(tell func(*Session, End)) { p.ended = tell }

// WhenChanged has somebody told when what the parties of a conversation hear of each other (Conversation.Heard) may have
// changed: a leg was taken, held, muted, confined or ended, its session was answered, or another session carries it now. It is
// told in the middle of what goes on, and maybe several times for one cause: whoever is told looks afterwards.
func (p *Platform) WhenChanged(tell func(*Conversation)) { p.changed = tell }

func (p *Platform) change(c *Conversation) {
	if p.changed != nil {
		p.changed(c)
	}
}

// Calm draws no delays any more: what comes takes as long as its option says.
func (p *Platform) Calm() { p.chance = NewChance(0) }

// The domains of the organisation and of its gateways.
const (
	Domain        = "org.example.com"
	GatewayDomain = "gjoll.example.com"
)

// User is an agent.
type User struct {
	Name    string
	Station messages.StationInfo
	// Associated: the user has the station.
	Associated bool
	channels   []*channel // in the order in which they were made
	streams    []*Stream  // in the order in which they were bound
	legs       []*Leg     // those that are not over, in the order in which they began
	sessions   []*Session // those that have not ended, in the order in which they began
	refused    bool       // no stream is taken
}

// AddUser adds an agent with a station of the platform's WebRTC kind. No two have the same name.
func (p *Platform) AddUser(name string, lineAppearance int, persistent, associated bool) *User {
	u := &User{Name: name, Associated: associated, Station: messages.StationInfo{
		ID: messages.StationID("station-" + name), Type: "inin_webrtc_softphone", LineAppearance: lineAppearance, Persistent: persistent,
	}}
	p.users = append(p.users, u)
	p.byName[name] = u
	return u
}

// User finds an agent, or nil.
func (p *Platform) User(name string) *User { return p.byName[name] }

// Users are all agents, in the order in which they were added. The caller does not change the list.
func (p *Platform) Users() []*User { return p.users }

// Legs are the user's legs that are not over, in the order in which they began. The caller does not change the list.
func (u *User) Legs() []*Leg { return u.legs }

// Streams are the connections of the user's clients that are bound, in the order in which they were. The caller does not
// change the list.
func (u *User) Streams() []*Stream { return u.streams }

// Bare is the user's address.
func (u *User) Bare() messages.JID { return messages.JID(u.Name + "@" + Domain) }

// lane is a way on which things keep their order.
type lane struct {
	what string
	of   string
	to   *User
}

// later does something about a conversation after a delay, in the lane's order. What is drawn for the delay depends on what it
// is for and which conversation it is about, and on nothing else that happens.
func (p *Platform) later(l lane, about messages.ConversationID, usual time.Duration, do func()) {
	now := p.clock.Now()
	due := max(p.lanes[l], now+p.chance.Delay(usual, l.what, string(about)))
	p.lanes[l] = due
	p.clock.After(due-now, func() {
		if p.lanes[l] == due { // nothing is on it any more
			delete(p.lanes, l)
		}
		do()
	})
}

// Conversation finds a conversation, or nil.
func (p *Platform) Conversation(id messages.ConversationID) *Conversation { return p.byID[id] }

// Conversations are all that are not forgotten, in the order in which they began.
func (p *Platform) Conversations() []*Conversation { return p.conversations }

// Sessions are all that are not forgotten, in the order in which they began.
func (p *Platform) Sessions() []*Session { return p.sessions }

func (p *Platform) session(id messages.SessionID) *Session { return p.bySID[id] }

// Session finds a session, or nil.
func (p *Platform) Session(id messages.SessionID) *Session { return p.bySID[id] }

func (p *Platform) nextIQ() string {
	p.iqs++
	return "platform-" + strconv.Itoa(p.iqs)
}
