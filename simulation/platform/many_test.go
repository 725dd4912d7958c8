package platform_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// centre is a platform with agents whose clients take what comes, and what is kept of it by whoever is told of ends and changes.
type centre struct {
	t *testing.T
	*platform.Platform
	time    *line
	dice    *rand.Rand
	clients []*client
	calls   int
	ids     map[string]bool                            // that were ever given
	open    map[messages.SessionID]bool                // sessions of which no end was told
	changed map[messages.ConversationID]bool           // since the last look
	heard   map[messages.ConversationID]platform.Heard // as of the last look after a change
	looks   bool                                       // whether it is compared with how it is
}

// client is one of an agent's clients: it logs in, takes some of what is proposed, and drops out at times.
type client struct {
	centre  *centre
	user    *platform.User
	channel string
	stream  *platform.Stream
	sockets int
}

func newCentre(t *testing.T, seed uint64, options ...string) *centre {
	t.Helper()
	c := &centre{
		t: t, time: &line{}, dice: rand.New(rand.NewPCG(seed, 1)), ids: map[string]bool{}, open: map[messages.SessionID]bool{},
		changed: map[messages.ConversationID]bool{}, heard: map[messages.ConversationID]platform.Heard{},
	}
	o := platform.Defaults()
	for _, set := range options {
		key, value, _ := strings.Cut(set, "=")
		if err := o.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	c.Platform = platform.New(o, c.time, platform.NewChance(seed))
	c.MakeIDs(func(of platform.Thing, usual string) string {
		key := string(of) + " " + usual
		if c.ids[key] {
			t.Errorf("there are two of %s", key)
		}
		c.ids[key] = true
		if of == platform.SessionID {
			c.open[messages.SessionID(usual)] = true
		}
		return usual
	})
	c.WhenEnded(func(s *platform.Session, how platform.End) {
		if !c.open[s.ID] {
			t.Errorf("session %s has ended twice, now by %s", s.ID, how)
		}
		delete(c.open, s.ID)
	})
	c.WhenChanged(func(of *platform.Conversation) { c.changed[of.ID] = true })
	for i, name := range []string{"ann", "bob", "cat"} {
		user := c.AddUser(name, []int{1, 100, 1}[i], i > 0, true)
		for range 2 {
			one := &client{centre: c, user: user}
			c.clients = append(c.clients, one)
			one.logIn()
		}
	}
	return c
}

func (c *client) logIn() {
	p := c.centre
	if c.stream != nil {
		c.stream.Gone()
	}
	if c.channel == "" || p.dice.IntN(2) == 0 {
		c.channel = p.Request(c.user, messages.Request{Of: messages.PostChannel}).Channel
		p.Request(c.user, messages.Request{Of: messages.PutTopics, Channel: c.channel})
	}
	c.sockets++
	stream, err := p.Connect(c.user, "", c.sockets, c.channel, c.hear)
	if err != nil { // the channel was forgotten
		c.channel = ""
		c.logIn()
		return
	}
	stream.Receive("1", messages.SendAuth{})
	stream.Receive("2", messages.SendBind{})
	c.stream = stream
}

// hear answers most of what the client is told, a little later.
func (c *client) hear(in messages.Input) {
	p, stream := c.centre, c.stream
	if stream == nil || p.dice.IntN(8) == 0 {
		return
	}
	p.time.After(10*time.Millisecond, func() {
		switch in := in.(type) {
		case messages.Propose:
			if p.dice.IntN(6) == 0 {
				stream.Reject(in.Session)
				return
			}
			stream.Receive("3", messages.SendProceed{Session: in.Session})
		case messages.Offer:
			stream.Receive("4", messages.SendAnswer{Session: in.Session})
			p.Media(in.Session, true)
		}
	})
}

// step is one thing that happens.
func (c *centre) step() {
	who := c.clients[c.dice.IntN(len(c.clients))]
	other := c.clients[c.dice.IntN(len(c.clients))]
	legs := who.user.Legs()
	if len(legs) > 8 {
		c.HangUp(legs[0].Conversation())
		return
	}
	if len(legs) == 0 || c.dice.IntN(3) == 0 {
		c.calls++
		if c.dice.IntN(3) == 0 {
			c.Request(who.user, messages.Request{Of: messages.PostCall, Body: `{"phoneNumber":"+15550123"}`})
			return
		}
		if _, err := c.Call(messages.ConversationID(fmt.Sprintf("C%d", c.calls)), "+15550100", who.user, false); err != nil {
			c.t.Fatal(err)
		}
		return
	}
	l := legs[c.dice.IntN(len(legs))]
	conversation := l.Conversation()
	patch := messages.Request{Conversation: conversation.ID, Participant: l.Participant()}
	switch c.dice.IntN(14) {
	case 0, 1:
		patch.Of, patch.Value = messages.PatchHeld, c.dice.IntN(2) == 0
		c.Request(who.user, patch)
	case 2, 3:
		patch.Of, patch.Value = messages.PatchMuted, c.dice.IntN(2) == 0
		c.Request(who.user, patch)
	case 4, 5:
		patch.Of, patch.State = messages.PatchState, []messages.CallState{messages.Connected, messages.Disconnected}[c.dice.IntN(2)]
		c.Request(who.user, patch)
	case 6:
		if other.user != who.user && l.Up() && len(conversation.Parties) < 6 {
			c.Consult(conversation, other.user)
		}
	case 7:
		c.Conference(conversation)
	case 8:
		c.Transfer(conversation, who.user)
	case 9:
		if old := l.Session; old.Live() {
			c.Reinvite(old)
			who.stream.Receive("5", messages.SendTerminate{Session: old.ID}) // as a client does that takes the new one
		}
	case 10:
		if s := l.Session; s.Live() && c.dice.IntN(2) == 0 {
			who.stream.Receive("6", messages.SendTerminate{Session: s.ID})
		} else if s.Proposed() && s.Phone() == "" {
			c.Reroute(l)
		}
	case 11:
		who.logIn()
	case 12:
		c.Migrate(who.user, []int{1, 100}[c.dice.IntN(2)], c.dice.IntN(2) == 0)
		c.ConnectAhead(who.user)
	default:
		c.HangUp(conversation)
	}
}

// look brings up to date what is heard, where it was said that it has changed, and compares that with how it is.
func (c *centre) look(when string) {
	defer clear(c.changed)
	if !c.looks {
		return
	}
	for _, of := range c.Conversations() {
		now := of.Heard()
		if c.changed[of.ID] {
			c.heard[of.ID] = now
		}
		if was := c.heard[of.ID]; !reflect.DeepEqual(was, now) {
			c.t.Fatalf("%s: what is heard in %s has changed, and nobody was told:\nwas %+v\nis  %+v", when, of.ID, was, now)
		}
	}
}

// pass lets time go by, and looks after each thing that happens.
func (c *centre) pass(d time.Duration) {
	until := c.time.now + d
	for len(c.time.tasks) > 0 && c.time.tasks[0].due <= until {
		c.time.run(c.time.tasks[0].due - c.time.now)
		c.look("by itself")
	}
	c.time.run(until - c.time.now)
}

// However many calls there were, what the platform remembers stays small, each id is given once, each session's end is told once, and
// whoever looks only at what has changed knows who hears whom.
func TestManyCalls(t *testing.T) {
	for _, day := range []struct {
		calls   int
		seed    uint64
		options string
	}{
		{10_000, 0, ""},
		{10_000, 6, ""},
		{500, 7, "connected=proceed ring=20s"},
		{500, 8, "hold-first=off hold-others=nobody"},
		{500, 9, "connected=active migration=now keep=every same-participant=on"},
	} {
		c := newCentre(t, day.seed, append(strings.Fields(day.options), "idle=20s", "media-patience=10s")...)
		c.looks = day.options != ""
		most, before, after := c.work(day.calls)
		limit := platform.Size{Users: 3, Streams: 6, Channels: 300, Conversations: 120, Sessions: 120, Legs: 60, Lanes: 60, Draws: 400}
		if larger(limit, most) != limit {
			t.Errorf("%+v: it remembers %+v", day, most)
		}
		if after > before+1<<18 {
			t.Errorf("%+v: the heap grew from %d to %d bytes", day, before, after)
		}
		for id := range c.open {
			if s := c.Session(id); s == nil || s.Ended {
				t.Errorf("%+v: of the end of session %s nobody was told", day, id)
			}
		}
	}
}

// work plays so many calls. It tells how much was remembered at most, and the heap after a tenth of them and at the end.
func (c *centre) work(calls int) (most platform.Size, before, after uint64) {
	for c.calls < calls && !c.t.Failed() {
		c.step()
		c.look("a step")
		c.pass(time.Duration(c.dice.IntN(1500)) * time.Millisecond)
		c.Forget(c.time.now - time.Minute)
		for id := range c.heard {
			if c.Conversation(id) == nil {
				delete(c.heard, id)
			}
		}
		most = larger(most, c.Size())
		if c.calls == calls/10 && before == 0 {
			before = c.heap()
		}
	}
	return most, before, c.heap()
}

// heap is how much memory is in use, without the ids, which the test begins to collect anew.
func (c *centre) heap() uint64 {
	c.ids = map[string]bool{}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// larger is the larger of each number.
func larger(a, b platform.Size) platform.Size {
	into, from := reflect.ValueOf(&a).Elem(), reflect.ValueOf(b)
	for i := range into.NumField() {
		into.Field(i).SetInt(max(into.Field(i).Int(), from.Field(i).Int()))
	}
	return a
}
