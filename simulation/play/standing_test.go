package play

import (
	"slices"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// breaking are runs that break one of the laws of how things stand each. By hand is what no line of a scenario can do unseen.
var breaking = []struct {
	law, text string
	byHand    func(*player)
}{
	{OneLiveSession, `profile corrected +eager-anywhere
agent ann line-appearance 1

+1s    edge connects ann
`, nil},
	{OneUnheldCall, `profile corrected
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`, func(p *player) { // somebody else retrieves another call of hers
		ann := p.world.Platform.User("ann")
		if _, err := p.world.Platform.Call("C2", "+15550102", ann, false); err != nil {
			panic(err)
		}
		p.run(time.Second)
		p.answer("C2")
		p.run(time.Second)
		first := p.world.Platform.Conversation("C1")
		p.world.Platform.Request(ann, messages.Request{Of: messages.PatchHeld, Conversation: "C1", Participant: first.Parties[1].ID})
	}},
	{MediaHasSession, `profile corrected
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`, func(p *player) { // the phone does not hear that the session has ended, and the media goes on for a moment
		p.order[0].phone.LoseNext("terminate")
		p.world.Platform.Terminate(p.world.Platform.Session("S1"), "success")
	}},
	{WhoIsUpIsHeard, `profile corrected
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`, func(p *player) {
		if err := p.order[0].phone.DisturbMedia("S1", "dies"); err != nil {
			panic(err)
		}
	}},
	{AnsweredIsTaken, `profile corrected
agent ann

+1s    C1 calls ann
`, func(p *player) { // the offer is lost
		p.order[0].phone.LoseNext("offer")
		p.answer("C1")
	}},
	{ListedIsLive, `profile corrected
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`, func(p *player) { // the phone hears of no end
		for range 3 {
			p.order[0].phone.LoseNext("conversation-notified")
		}
		p.world.Platform.HangUp(p.world.Platform.Conversation("C1"))
	}},
	{RingsEverywhere, `profile corrected
agent ann
`, func(p *player) {
		p.order[0].phone.LoseNext("propose")
		if _, err := p.world.Platform.Call("C1", "+15550101", p.world.Platform.User("ann"), false); err != nil {
			panic(err)
		}
	}},
	{TakenIsNotHeld, `profile corrected
agent ann

+1s    C1 calls ann
+1s    ann answers C1
`, func(p *player) { // somebody else holds it
		c := p.world.Platform.Conversation("C1")
		p.world.Platform.Request(p.world.Platform.User("ann"), messages.Request{Of: messages.PatchHeld, Conversation: "C1", Participant: c.Parties[1].ID, Value: true})
	}},
	{StationIsKnown, `profile corrected
agent ann
`, func(p *player) {
		p.order[0].phone.LoseNext("station-notified")
		p.world.Platform.Migrate(p.world.Platform.User("ann"), 1, false)
	}},
}

func (p *player) run(d time.Duration) {
	if err := p.world.Run(p.world.Now() + d); err != nil {
		panic(err)
	}
}

func (p *player) answer(call messages.ConversationID) {
	p.order[0].phone.Request("answer", func(id messages.CallID) messages.Input { return messages.Answer{Call: id, Conversation: call} })
}

// TestStandingLawsCanBreak shows that each law of how things stand sees a run that breaks it.
func TestStandingLawsCanBreak(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, b := range breaking {
		s, err := scenario.Parse(b.law, []byte(b.text))
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPlayer(s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.logIn(); err != nil {
			t.Fatal(err)
		}
		for _, l := range s.Lines {
			p.run(l.When.After)
			if err := p.do(l.Do); err != nil {
				t.Fatalf("%s: %v", b.law, err)
			}
		}
		p.run(2 * time.Second)
		if doubts := p.look(); b.byHand != nil && len(doubts) > 0 {
			t.Errorf("%s: it is doubted before anything was done by hand: %v", b.law, doubts)
		}
		if b.byHand != nil {
			b.byHand(p)
		}
		p.run(news)
		before := p.look()
		p.run(news)
		p.lasting(before)
		if !slices.ContainsFunc(p.outcome.Broken, func(o Broken) bool { return o.Law == b.law }) {
			t.Errorf("%s: nothing is seen of it: %v", b.law, p.outcome.Broken)
		}
		seen[b.law] = true
		p.world.Close()
	}
	for _, law := range standingLaws {
		if !seen[law.Name] {
			t.Errorf("no run breaks %q", law.Name)
		}
	}
}
