package platform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// What is over is forgotten, and nothing else is; what is asked about it then is not found.
func TestForget(t *testing.T) {
	p := newPlace(t, 0, 100)
	desk := p.client(t, "desk")
	over, up := p.calls(t, "C1"), p.calls(t, "C2")
	p.time.run(time.Second)
	desk.Receive("3", messages.SendProceed{Session: "S2"})
	desk.Receive("4", messages.SendAnswer{Session: "S2"})
	p.HangUp(over)
	p.time.run(time.Hour)
	p.client(t, "home").Gone()
	p.Forget(p.time.now - time.Minute)
	if p.Conversation("C1") != nil || p.Session("S1") != nil || p.Conversation("C2") != up || !p.Session("S2").Live() {
		t.Errorf("kept: %d conversations, %d sessions", len(p.Conversations()), len(p.Sessions()))
	}
	if a := p.Request(p.ann, messages.Request{Of: messages.GetConversation, Conversation: "C1"}); a.Status != 404 {
		t.Errorf("the forgotten call: %d", a.Status)
	}
	if size := p.Size(); size.Channels != 2 {
		t.Errorf("%d channels, want the one in use and the one that was left just now", size.Channels)
	}
	p.time.run(25 * time.Hour)
	p.Forget(p.time.now - time.Minute)
	if size := p.Size(); size.Channels != 1 || size.Conversations != 1 || size.Sessions != 1 {
		t.Errorf("a day later: %+v", size)
	}
	p.calls(t, "C3")
	placed := p.Request(p.ann, messages.Request{Of: messages.PostCall, Body: `{}`}).Placed
	if s := p.Sessions(); s[1].ID != "S3" || placed.Conversation != "D4" || p.Request(p.ann, messages.Request{Of: messages.PostChannel}).Channel != "channel-3" {
		t.Errorf("the next ones: %s, %s", s[1].ID, placed.Conversation)
	}
}

// Whoever wants to be told of ends is told of each, and how.
func TestEndsAreTold(t *testing.T) {
	p := newPlace(t, 0, 100)
	var ends []string
	p.WhenEnded(func(s *platform.Session, how platform.End) { ends = append(ends, fmt.Sprintf("%s %s", s.ID, how)) })
	desk := p.client(t, "desk")
	for _, id := range []messages.SessionID{"S1", "S2", "S3"} {
		p.calls(t, messages.ConversationID("C"+id))
		p.time.run(time.Second)
		if id != "S1" {
			desk.Receive("3", messages.SendProceed{Session: id})
			desk.Receive("4", messages.SendAnswer{Session: id})
		}
	}
	p.HangUp(p.Conversation("CS1"))
	p.HangUp(p.Conversation("CS2"))
	desk.Receive("5", messages.SendTerminate{Session: "S3"})
	p.time.run(time.Second)
	if want := []string{"S1 retracted", "S2 edge", "S3 client"}; !slices.Equal(ends, want) {
		t.Errorf("told %v, want %v", ends, want)
	}
}

// Who hears whom: the far end and all agents each other, but nobody who is held or confined, and nobody hears who is muted.
func TestWhoHearsWhom(t *testing.T) {
	p := newPlace(t, 0, 100)
	bob := p.AddUser("bob", 100, false, true)
	var desks []*platform.Stream
	for _, u := range []*platform.User{p.ann, bob} {
		stream, err := p.Connect(u, "", 1, p.Request(u, messages.Request{Of: messages.PostChannel}).Channel, func(messages.Input) {})
		if err != nil {
			t.Fatal(err)
		}
		stream.Receive("1", messages.SendAuth{})
		stream.Receive("2", messages.SendBind{Resource: "desk"})
		desks = append(desks, stream)
	}
	c := p.calls(t, "C1")
	take := func(desk *platform.Stream, s messages.SessionID) {
		p.time.run(time.Second)
		desk.Receive("3", messages.SendProceed{Session: s})
		desk.Receive("4", messages.SendAnswer{Session: s})
	}
	patch := func(u *platform.User, of messages.RequestKind, value bool) {
		p.Request(u, messages.Request{Of: of, Conversation: "C1", Participant: c.Leg(u).Participant(), Value: value})
	}
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"it rings", func() { p.time.run(time.Second) }, "far hears []"},
		{"ann has taken it", func() { take(desks[0], "S1") }, "S1 hears far, []; far hears [S1]"},
		{"she is muted", func() { patch(p.ann, messages.PatchMuted, true) }, "S1 hears far, []; far hears []"},
		{"she consults bob", func() { patch(p.ann, messages.PatchMuted, false); p.Consult(c, bob) }, "S1 hears []; far hears []"},
		{"who takes it", func() { take(desks[1], "S2") }, "S1 hears [S2]; S2 hears [S1]; far hears []"},
		{"they confer", func() { p.Conference(c) }, "S1 hears far, [S2]; S2 hears far, [S1]; far hears [S1 S2]"},
		{"bob is held", func() { patch(bob, messages.PatchHeld, true) }, "S1 hears far, []; far hears [S1]"},
		{"bob is muted instead", func() { patch(bob, messages.PatchHeld, false); patch(bob, messages.PatchMuted, true) }, "S1 hears far, []; S2 hears far, [S1]; far hears [S1]"},
		{"ann leaves", func() { p.Transfer(c, p.ann) }, "S2 hears far, []; far hears []"},
		{"the caller hangs up", func() { p.HangUp(c) }, "far hears []"},
	} {
		step.do()
		if got := heardText(c.Heard()); got != step.want {
			t.Errorf("%s: %s; want %s", step.what, got, step.want)
		}
	}
}

func heardText(h platform.Heard) string {
	var b strings.Builder
	for _, s := range h.Sessions {
		far := ""
		if s.FarEnd {
			far = "far, "
		}
		fmt.Fprintf(&b, "%s hears %s%v; ", s.Session, far, s.Others)
	}
	fmt.Fprintf(&b, "far hears %v", h.FarEnd)
	return b.String()
}

// The far end of a dialled call is heard when it has answered.
func TestADialledCallIsHeardWhenItIsAnswered(t *testing.T) {
	p := newPlace(t, 0, 100)
	desk := p.client(t, "desk")
	id := p.Request(p.ann, messages.Request{Of: messages.PostCall, Body: `{"phoneNumber":"+15550123"}`}).Placed.Conversation
	p.time.run(time.Second)
	desk.Receive("3", messages.SendProceed{Session: "S1"})
	desk.Receive("4", messages.SendAnswer{Session: "S1"})
	if got := heardText(p.Conversation(id).Heard()); got != "S1 hears []; far hears []" {
		t.Errorf("it is dialling: %s", got)
	}
	p.time.run(5 * time.Second)
	if got := heardText(p.Conversation(id).Heard()); got != "S1 hears far, []; far hears [S1]" {
		t.Errorf("it is answered: %s", got)
	}
}

// A client whose name the embedder does not know is known by its resource, or by its channel, and keeps its address on it.
func TestClientsWithoutNames(t *testing.T) {
	for option, want := range map[string]string{
		"resource=client": "desk: desk at desk; first: client-1 at client-1; again: client-1 at client-1; second: client-2 at client-2",
		"resource=server": "desk: desk at desk; first: client-1 at client-1-2; again: client-1 at client-1-3; second: client-4 at client-4-5",
	} {
		p := newPlace(t, 0, 100, option)
		var all []string
		log := func(what, resource, channel string) *platform.Stream {
			stream, err := p.Connect(p.ann, "", 1, channel, func(messages.Input) {})
			if err != nil {
				t.Fatal(err)
			}
			stream.Receive("1", messages.SendAuth{})
			stream.Receive("2", messages.SendBind{Resource: resource})
			if stream.JID() != "ann@"+platform.Domain+"/"+messages.JID(stream.Resource()) || stream.Channel() != channel || stream.User() != p.ann {
				t.Errorf("%s: %s on %s", what, stream.JID(), stream.Channel())
			}
			all = append(all, fmt.Sprintf("%s: %s at %s", what, stream.Phone(), stream.Resource()))
			return stream
		}
		var channels []string
		for range 3 {
			channels = append(channels, p.Request(p.ann, messages.Request{Of: messages.PostChannel}).Channel)
		}
		log("desk", "desk", channels[0])
		first := log("first", "", channels[1])
		p.calls(t, "C1")
		p.time.run(time.Second)
		first.Receive("3", messages.SendProceed{Session: "S1"})
		if s := p.Session("S1"); s.Phone() != first.Phone() || s.Resource() != first.Resource() {
			t.Errorf("%s: the session is at %s, %s", option, s.Phone(), s.Resource())
		}
		first.Gone()
		again := log("again", "", channels[1])
		log("second", "", channels[2])
		if got := strings.Join(all, "; "); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", option, got, want)
		}
		if again.Receive("4", messages.SendAnswer{Session: "S1"}); !p.Session("S1").Live() {
			t.Errorf("%s: the client that is back has lost its session", option)
		}
		if len(p.ann.Streams()) != 3 {
			t.Errorf("%s: %d streams", option, len(p.ann.Streams()))
		}
	}
}

// Who binds under the resource of another pushes it out, and its server is told.
func TestPushedOut(t *testing.T) {
	p := newPlace(t, 0, 100)
	pushed := 0
	connect := func(channel string) *platform.Stream {
		stream, err := p.Connect(p.ann, "", 1, channel, func(messages.Input) {})
		if err != nil {
			t.Fatal(err)
		}
		stream.WhenPushedOut(func() { pushed++ })
		stream.Receive("1", messages.SendAuth{})
		stream.Receive("2", messages.SendBind{Resource: "desk"})
		return stream
	}
	channel := p.Request(p.ann, messages.Request{Of: messages.PostChannel}).Channel
	first, second := connect(channel), connect(channel)
	if streams := p.ann.Streams(); pushed != 1 || len(streams) != 1 || streams[0] != second {
		t.Errorf("%d were told, %d streams", pushed, len(streams))
	}
	first.Gone()
	if second.Gone(); pushed != 1 || len(p.ann.Streams()) != 0 {
		t.Errorf("afterwards %d were told, %d streams", pushed, len(p.ann.Streams()))
	}
}

// A client that rejects a call ends it; the user's others hear so. What somebody has taken is not rejected any more.
func TestReject(t *testing.T) {
	p := newPlace(t, 0, 100, "terminated=off")
	desk, home := p.client(t, "desk"), p.client(t, "home")
	var heard []messages.Rejected
	listen, err := p.Connect(p.ann, "page", 1, home.Channel(), func(in messages.Input) {
		if r, is := in.(messages.Rejected); is {
			heard = append(heard, r)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	listen.Receive("1", messages.SendAuth{})
	listen.Receive("2", messages.SendBind{})
	c := p.calls(t, "C1")
	p.time.run(time.Second)
	desk.Reject("S1")
	p.heard()
	p.time.run(time.Second)
	if len(heard) != 1 || heard[0] != (messages.Rejected{Session: "S1", From: desk.JID()}) {
		t.Errorf("the others heard %+v", heard)
	}
	if told := p.heard(); c.Live() || !strings.Contains(told, "desk retract S1") || !strings.Contains(told, "home retract S1") || !strings.Contains(told, "disconnected") {
		t.Errorf("the call lives: %t; told %s", c.Live(), told)
	}
	taken := p.calls(t, "C2")
	p.time.run(time.Second)
	home.Receive("3", messages.SendProceed{Session: "S2"})
	desk.Reject("S2")
	desk.Reject("S1")
	desk.Reject("S9")
	if !taken.Live() || len(heard) != 1 {
		t.Errorf("what is taken lives: %t; the others heard %d times", taken.Live(), len(heard))
	}
}

// A channel that is not there, or another's, is nobody's.
func TestUnknownChannels(t *testing.T) {
	p := newPlace(t, 0, 100)
	bob := p.AddUser("bob", 100, false, true)
	his := p.Request(bob, messages.Request{Of: messages.PostChannel}).Channel
	for channel, of := range map[string]*platform.User{"": nil, "channel-9": nil, his: bob} {
		if a := p.Request(p.ann, messages.Request{Of: messages.PutTopics, Channel: channel}); a.Status != 404 {
			t.Errorf("subscribed %q: %d", channel, a.Status)
		}
		if _, err := p.Connect(p.ann, "", 1, channel, func(messages.Input) {}); err == nil {
			t.Errorf("connected to %q", channel)
		}
		if p.ChannelOf(channel) != of {
			t.Errorf("%q is of %v", channel, p.ChannelOf(channel))
		}
	}
	if a := p.Request(bob, messages.Request{Of: messages.PutTopics, Channel: his}); a.Status != 200 {
		t.Errorf("his own: %d", a.Status)
	}
}

// What a client sends before its turn, or twice, is refused or counts for nothing.
func TestOutOfTurn(t *testing.T) {
	p := newPlace(t, 0, 100)
	p.calls(t, "C1")
	p.time.run(time.Second)
	var told []string
	stream, err := p.Connect(p.ann, "", 1, p.Request(p.ann, messages.Request{Of: messages.PostChannel}).Channel, func(in messages.Input) {
		if a, is := in.(messages.IQAnswered); is {
			told = append(told, string(a.Effect)+" "+a.Condition)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	stream.Receive("bind", messages.SendBind{})
	stream.Receive("ping", messages.SendPing{})
	stream.Receive("auth", messages.SendAuth{})
	stream.Receive("proceed", messages.SendProceed{Session: "S1"})
	stream.Receive("answer", messages.SendAnswer{Session: "S1"})
	stream.Reject("S1")
	if s := p.Session("S1"); s.Live() || s.Ended || s.Phone() != "" {
		t.Error("a client without an address has a session")
	}
	stream.Receive("bind again", messages.SendBind{Resource: "desk"})
	stream.Receive("answer", messages.SendAnswer{Session: "S1"})
	stream.Receive("and again", messages.SendBind{Resource: "home"})
	if want := []string{"bind not-authorized", "ping not-authorized", "bind again ", "answer ", "and again not-allowed"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if s := p.Session("S1"); s.Live() || len(p.ann.Streams()) != 1 || stream.Resource() != "desk" {
		t.Errorf("live: %t; %d streams, at %s", s.Live(), len(p.ann.Streams()), stream.Resource())
	}
}

// Whoever makes the ids makes all of them.
func TestMadeIDs(t *testing.T) {
	p := newPlace(t, 0, 100)
	var made []string
	p.MakeIDs(func(of platform.Thing, usual string) string {
		made = append(made, usual)
		return fmt.Sprintf("made-%d", len(made))
	})
	p.client(t, "desk")
	placed := p.Request(p.ann, messages.Request{Of: messages.PostCall, Body: `{"callerIdName":"C7"}`}).Placed
	c := p.Conversation(placed.Conversation)
	ahead := p.ConnectAhead(p.ann)
	if want := []string{"channel-1", "desk-1", "C7", "made-3-far-1", "made-3-ann-2", "S1", "P2", "S2"}; !slices.Equal(made, want) {
		t.Errorf("made %q, want %q", made, want)
	}
	if c.ID != "made-3" || c.Leg(p.ann).Participant() != "made-5" || c.Leg(p.ann).Session.ID != "made-6" || ahead.About() != "made-7" || ahead.ID != "made-8" {
		t.Errorf("%s with %s on %s; ahead %s for %s", c.ID, c.Leg(p.ann).Participant(), c.Leg(p.ann).Session.ID, ahead.ID, ahead.About())
	}
}

// However much a client asks for, there are so many of its calls and channels and no more; a station that is not its own is not there.
func TestLimits(t *testing.T) {
	p := newPlace(t, 0, 100)
	ask := func(of messages.RequestKind) messages.HTTPAnswered {
		return p.Request(p.ann, messages.Request{Of: of, Body: `{"phoneNumber":"+15550123"}`})
	}
	for range 100 {
		if a := ask(messages.PostCall); a.Status != 202 {
			t.Fatalf("a call: %d", a.Status)
		}
	}
	if a := ask(messages.PostCall); a.Status != 429 || a.Placed != nil || p.Size().Conversations != 100 {
		t.Errorf("one call more: %d, %d conversations", a.Status, p.Size().Conversations)
	}
	used := p.client(t, "desk").Channel()
	for range 200 {
		if a := ask(messages.PostChannel); a.Status != 200 {
			t.Fatalf("a channel: %d", a.Status)
		}
	}
	if p.Size().Channels != 100 || p.ChannelOf(used) != p.ann || p.ChannelOf("channel-2") != nil {
		t.Errorf("%d channels; the one in use is there: %t", p.Size().Channels, p.ChannelOf(used) != nil)
	}
	for n := range 99 {
		if _, err := p.Connect(p.ann, "", n, fmt.Sprintf("channel-%d", 103+n), func(messages.Input) {}); err != nil {
			t.Fatal(err)
		}
	}
	if a := ask(messages.PostChannel); a.Status != 429 || a.Channel != "" {
		t.Errorf("a channel while all are in use: %d", a.Status)
	}
	for station, status := range map[messages.StationID]int{p.ann.Station.ID: 200, "station-bob": 404, "": 404} {
		if a := p.Request(p.ann, messages.Request{Of: messages.GetStation, Station: station}); a.Status != status {
			t.Errorf("station %q: %d", station, a.Status)
		}
	}
}

// A user's calls are nobody else's: who takes no part in one does not find it, and who does ends no other's leg.
func TestCallsOfOthers(t *testing.T) {
	p := newPlace(t, 0, 100)
	p.KeepSecrets()
	bob, cat := p.AddUser("bob", 100, false, true), p.AddUser("cat", 100, false, true)
	c := p.calls(t, "C1")
	p.time.run(time.Second)
	get := messages.Request{Of: messages.GetConversation, Conversation: "C1"}
	end := messages.Request{Of: messages.PatchState, Conversation: "C1", Participant: c.Leg(p.ann).Participant(), State: messages.Disconnected}
	for _, r := range []messages.Request{get, end, {Of: messages.PostVoicemail, Conversation: "C1", Participant: end.Participant}} {
		if a := p.Request(bob, r); a.Status != 404 || a.Conversation != nil {
			t.Errorf("bob, who is not in it, asks %s: %+v", r.Of, a)
		}
	}
	p.Consult(c, bob)
	if a := p.Request(bob, get); a.Status != 200 {
		t.Errorf("bob, who is in it, is told %d", a.Status)
	}
	if a := p.Request(bob, end); a.Status != 403 || !c.Leg(p.ann).Live() {
		t.Errorf("bob ends ann's leg: %d", a.Status)
	}
	if a := p.Request(cat, end); a.Status != 404 {
		t.Errorf("cat ends ann's leg: %d", a.Status)
	}
	if a := p.Request(p.ann, end); a.Status != 202 || c.Leg(p.ann).Live() {
		t.Errorf("ann ends her own: %d", a.Status)
	}
}
