package stage_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/stage"
)

// still is a clock on which no time passes.
type still struct{}

func (still) Now() time.Duration          { return 0 }
func (still) After(time.Duration, func()) {}

// theatre is a scene with one agent, and what was said and asked on it.
type theatre struct {
	platform *platform.Platform
	phone    stage.Phone
	said     []string
}

func (t *theatre) Platform() *platform.Platform { return t.platform }

func (t *theatre) Phone(agent, _ string) stage.Phone {
	if agent == "ann" {
		return t.phone
	}
	return nil
}

func (t *theatre) Say(who, what string) { t.said = append(t.said, who+" "+what) }

// dummy is a phone to which nothing can be done.
type dummy struct {
	stage.Nothing
	user *platform.User
}

func (dummy) String() string         { return "ann/desk" }
func (dummy) Name() string           { return "desk" }
func (d dummy) User() *platform.User { return d.user }

// page is a phone of which things can be asked, and that reads frames.
type page struct {
	dummy
	asked []stage.Request
	told  []messages.Input
}

func (p *page) Ask(r stage.Request) error {
	p.asked = append(p.asked, r)
	return nil
}

func (p *page) Tell(in messages.Input) error {
	p.told = append(p.told, in)
	return nil
}

func (p *page) Frame(xml string) error {
	in, err := stage.ReadFrame(xml)
	if err != nil {
		return err
	}
	return p.Tell(in)
}

func (p *page) Oldest(kind string) (messages.EffectID, bool) { return "7.1", kind == "request" }

func newTheatre(phone func(*platform.User) stage.Phone) *theatre {
	t := &theatre{platform: platform.New(platform.Defaults(), still{}, platform.NewChance(0))}
	t.phone = phone(t.platform.AddUser("ann", 100, false, true))
	t.platform.AddUser("bob", 100, false, true)
	return t
}

// statement is one line of a scenario.
func statement(t *testing.T, line string) scenario.Statement {
	t.Helper()
	s, err := scenario.Parse("line", []byte("# A line.\nagent ann\nagent bob\nmissing C1 C2\n\n+1s "+line+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s.Lines[0].Do
}

// What can be written in a scenario can be performed; to a phone to which nothing can be done, only what is the platform's.
func TestEveryVerbIsPerformed(t *testing.T) {
	platforms := []scenario.Verb{
		scenario.Calls, scenario.HangUp, scenario.FailTo, scenario.StationBecomes, scenario.StationAssociated, scenario.StationGone,
		scenario.Consult, scenario.Transfer, scenario.TransferTo, scenario.Conference, scenario.RefuseStreams, scenario.AcceptStreams,
		scenario.ExpireChannel, scenario.EdgeReinvites, scenario.EdgeRenews, scenario.EdgeReproposes, scenario.EdgeReroutes,
		scenario.EdgeEnds, scenario.EdgeIdles, scenario.EdgeConnects, scenario.NotifyAgain,
	}
	for _, pattern := range scenario.Patterns {
		on := newTheatre(func(u *platform.User) stage.Phone { return dummy{user: u} })
		if _, err := on.platform.Call("C1", "+15550100", on.platform.User("ann"), false); err != nil {
			t.Fatal(err)
		}
		s := scenario.Statement{Verb: pattern.Verb, Phone: scenario.Phone{Agent: "ann"}, Call: "C1", Agent: "bob"}
		switch pattern.Verb {
		case scenario.Calls:
			s.Call = "C2"
		case scenario.Microphone:
			s.Word = "denied"
		case scenario.Wire:
			s.Word, s.JSON = "retract", `{"session":"S1"}`
		}
		err := stage.Perform(on, s)
		if slices.Contains(platforms, pattern.Verb) == errors.Is(err, stage.ErrCannot) {
			t.Errorf("%s: %v", pattern.Verb, err)
		}
		if err != nil && strings.Contains(err.Error(), "nobody knows") {
			t.Errorf("%s cannot be performed at all", pattern.Verb)
		}
	}
}

// What there is nothing for is said, by its reason.
func TestReasons(t *testing.T) {
	on := newTheatre(func(u *platform.User) stage.Phone { return dummy{user: u} })
	for line, want := range map[string]error{
		"C1 hangs up":               stage.ErrNoCall,
		"bob answers C1":            stage.ErrNoPhone,
		"ann consults bob on C1":    stage.ErrNoCall,
		"edge terminates C1 at ann": stage.ErrNoCall,
		"ann answers C1":            stage.ErrCannot,
		"stream of ann drops":       stage.ErrCannot,
	} {
		if err := stage.Perform(on, statement(t, line)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", line, err, want)
		}
	}
	if err := stage.Perform(on, scenario.Statement{Verb: scenario.Calls, Call: "C1", Agent: "eve"}); !errors.Is(err, stage.ErrNoAgent) {
		t.Errorf("a call for nobody: %v", err)
	}
	if err := stage.Perform(on, statement(t, "C1 calls ann")); err != nil || on.platform.Conversation("C1") == nil {
		t.Errorf("a call for ann: %v", err)
	}
	if err := stage.Perform(on, statement(t, "edge renegotiates C1 with ann")); !errors.Is(err, stage.ErrNoSession) {
		t.Errorf("a session that nobody took: %v", err)
	}
}

// What is asked of a phone is the same for a cell and for a page.
func TestRequests(t *testing.T) {
	on := newTheatre(func(u *platform.User) stage.Phone { return &page{dummy: dummy{user: u}} })
	if _, err := on.platform.Call("C1", "+15550100", on.platform.User("ann"), false); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ line, name, input, order string }{
		{"ann logs in", "logs in", `initialize {"call":3}`, `initialize []`},
		{"ann logs out", "logs out", `destroy {"call":3}`, `destroy []`},
		{"ann disconnects", "disconnects", `disconnect {"call":3}`, `disconnect []`},
		{"ann answers C1", "answers C1", `answer {"call":3,"conversation":"C1"}`, `acceptPendingSession [{"conversationId":"C1"}]`},
		{"ann rejects C1", "rejects C1", `decline {"call":3,"conversation":"C1"}`, `rejectPendingSession [{"conversationId":"C1"}]`},
		{"ann accepts session C1", "accepts session C1", `accept-session {"call":3,"conversation":"C1"}`, `acceptSession [{"conversationId":"C1"}]`},
		{"ann ends C1", "ends C1", `end-session {"call":3,"conversation":"C1"}`, `endSession [{"conversationId":"C1"}]`},
		{"ann holds C1", "holds C1", `hold {"call":3,"conversation":"C1","held":true}`, `setConversationHeld [{"conversationId":"C1","held":true}]`},
		{"ann retrieves C1", "retrieves C1", `hold {"call":3,"conversation":"C1","held":false}`, `setConversationHeld [{"conversationId":"C1","held":false}]`},
		{"ann mutes C1", "mutes C1", `mute {"call":3,"conversation":"C1","muted":true}`, `setAudioMute [{"conversationId":"C1","mute":true}]`},
		{"ann unmutes C1", "unmutes C1", `mute {"call":3,"conversation":"C1","muted":false}`, `setAudioMute [{"conversationId":"C1","mute":false}]`},
		{"ann dials C2 at +15550123", "dial C2",
			`dial {"call":3,"params":"{\"callerIdName\":\"C2\",\"phoneNumber\":\"+15550123\"}"}`, `startSoftphoneSession [{"callerIdName":"C2","phoneNumber":"+15550123"}]`},
		{"ann dials C2", "dial C2",
			`dial {"call":3,"params":"{\"callerIdName\":\"C2\",\"phoneNumber\":\"+15550142\"}"}`, `startSoftphoneSession [{"callerIdName":"C2","phoneNumber":"+15550142"}]`},
		{"ann terminates session C1", "terminates session C1", `terminate-session {"call":3,"session":"S1"}`, `forceTerminateSession ["S1"]`},
		{"ann terminates session C1 because timeout", "terminates session C1",
			`terminate-session {"call":3,"session":"S1","reason":"timeout"}`, `forceTerminateSession ["S1","timeout"]`},
	} {
		if err := stage.Perform(on, statement(t, r.line)); err != nil {
			t.Errorf("%s: %v", r.line, err)
			continue
		}
		at := on.phone.(*page)
		asked := at.asked[len(at.asked)-1]
		in := asked.Input(3)
		method, args := asked.Order()
		input, order := in.Kind()+" "+written(t, in), method+" "+written(t, args)
		if asked.String() != r.name || input != r.input || order != r.order {
			t.Errorf("%s\nis     %s, %s, %s\nwanted %s, %s, %s", r.line, asked, input, order, r.name, r.input, r.order)
		}
	}
	if method, _ := (stage.Request{Do: scenario.Sleep}).Order(); method != "" || (stage.Request{Do: scenario.Sleep}).Input(1) != nil {
		t.Error("what is no request is one")
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A wire line may name what it answers; a frame that cannot be read is dropped, which is said.
func TestWireAndFrames(t *testing.T) {
	on := newTheatre(func(u *platform.User) stage.Phone { return &page{dummy: dummy{user: u}} })
	at := on.phone.(*page)
	if err := stage.Perform(on, statement(t, `wire ann http-answered {"effect":"oldest request","status":200}`)); err != nil {
		t.Fatal(err)
	}
	if answered, is := at.told[0].(messages.HTTPAnswered); !is || answered.Effect != "7.1" {
		t.Errorf("told %#v", at.told[0])
	}
	if err := stage.Perform(on, statement(t, `wire ann iq-answered {"effect":"oldest send-ping"}`)); err == nil {
		t.Error("it answers a ping that was never sent")
	}
	frame := `frame ann <message xmlns="jabber:client" from="s1@gjoll.example.com/edge"><retract xmlns="urn:xmpp:jingle-message:0" id="S1"/></message>`
	if err := stage.Perform(on, statement(t, frame)); err != nil || len(at.told) != 2 || at.told[1].Kind() != "retract" {
		t.Errorf("%v; told %v", err, at.told)
	}
	if err := stage.Perform(on, statement(t, "frame ann <a><b/></c>")); err != nil || len(on.said) != 1 || !strings.HasPrefix(on.said[0], "ann/desk drops a frame: ") {
		t.Errorf("%v; said %v", err, on.said)
	}
}
