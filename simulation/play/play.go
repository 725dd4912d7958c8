// Package play plays scenarios: it builds the world that a scenario describes, does its lines at their moments, checks the
// laws on each phone, lets everything end, and tells what came of it.
package play

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// Options are how a scenario is played; they change nothing of what happens.
type Options struct {
	// Text: the outcome is told (Outcome.Text).
	Text bool
	// Journal gives a phone's journal, by agent/phone; nil: none is kept.
	Journal func(phone string) runtime.JournalWriter
	// Watch is told of each step of each phone; nil: nobody watches.
	Watch func(*world.Phone, runtime.Step)
	// Rows: steps tell which rows were taken.
	Rows bool
	// Twice tells which kinds of frames always come twice; nil: none.
	Twice func(kind string) bool
	// Open: the play stops after the last line has had its time, without the aftermath.
	Open bool
	// Aftermath is told when the scenario is over and the aftermath begins; nil: nobody needs to know.
	Aftermath func()
}

// Outcome is what came of a scenario.
type Outcome struct {
	// Text is what happened, for people, ending with how things stand and whether the laws were kept.
	Text string
	// Broken are the laws that were broken, in order.
	Broken []Broken
	// Left are the lines that found nothing to do it to, by their place among the scenario's lines.
	Left []Left
	// Costs are what each phone used after its set-up and until the aftermath, in the order of the phones.
	Costs []Cost
	// Inputs are how many entries all phones had, aftermath included.
	Inputs int
	// End is the instant at which the last line had had its time.
	End time.Duration
}

// Broken is a law that was broken at a phone.
type Broken struct {
	Phone string
	At    time.Duration
	// Aftermath: it was broken after the scenario, when all calls were ended.
	Aftermath bool
	laws.Violation
}

// Left is a line that found nothing to do.
type Left struct {
	Line int // from 0
	Why  string
}

// Cost is what a phone used.
type Cost struct {
	Phone string
	world.Cost
	// Audio is how long each call took from its answer, or its dialling, until it was heard, in the order of the calls.
	Audio []time.Duration
}

// Settled is how long the world goes on after a scenario's last line before it is looked at.
const Settled = 20 * time.Second

// Patience is longer than anything may ring, and than all that a request waits for (design section 6).
const Patience = 15 * time.Minute

// Play plays a scenario. The error is of a scenario that cannot be played, or of a phone that stopped; broken laws are not
// errors.
func Play(s scenario.Scenario, o Options) (Outcome, error) {
	p, err := newPlayer(s, o)
	if err != nil {
		return Outcome{}, err
	}
	defer p.world.Close()
	err = p.play()
	return p.outcome, err
}

// player is one play.
type player struct {
	scenario scenario.Scenario
	options  Options
	world    *world.World
	teller   *teller
	phones   map[*world.Phone]*watched
	order    []*watched
	outcome  Outcome
	line     int
	after    bool    // the scenario is over
	seen     []doubt // at the last look
	deeds    deeds
	healed   bool // all faults have ended, and there was time
}

// watched is a phone with what is kept of it.
type watched struct {
	phone   *world.Phone
	checker *laws.Checker
	found   int        // violations that were told
	login   world.Cost // what the set-up took, which is nobody's choice
	events  []announced
	asked   map[messages.ConversationID]time.Duration // when it was answered or dialled
	heard   map[messages.ConversationID]bool
	audio   []time.Duration

	stated
}

// announced is an event that a phone announced.
type announced struct {
	at    time.Duration
	name  string
	about []messages.ConversationID
}

func newPlayer(s scenario.Scenario, o Options) (*player, error) {
	quirks, err := s.QuirkSet()
	if err != nil {
		return nil, fmt.Errorf("play: %w", err)
	}
	options := platform.Defaults()
	for _, set := range s.Platform {
		if err := options.Set(set.Key, set.Value); err != nil {
			return nil, fmt.Errorf("play: %w", err)
		}
	}
	p := &player{scenario: s, options: o, phones: map[*world.Phone]*watched{}, teller: &teller{on: o.Text}, deeds: deeds{}}
	p.world = world.New(world.Config{
		Options: options, Seed: s.Seed, Quirks: quirks, Silent: s.Silent, Watch: p.took, Journal: o.Journal, Rows: o.Rows, Twice: o.Twice,
	})
	for _, a := range s.Agents {
		agent := world.Agent{
			Name: a.Name, LineAppearance: a.LineAppearance, Persistent: a.Persistent, NoStation: a.NoStation, Phones: a.Phones, Options: a.Options,
		}
		if err := p.world.Add(agent); err != nil {
			return nil, fmt.Errorf("play: %w", err)
		}
		for _, phone := range p.world.Phones() {
			if phone.User.Name == a.Name {
				p.watch(phone, a.Options)
			}
		}
	}
	return p, nil
}

func (p *player) watch(phone *world.Phone, o messages.Options) {
	w := &watched{phone: phone, checker: laws.New(o), asked: map[messages.ConversationID]time.Duration{}, heard: map[messages.ConversationID]bool{}}
	w.stated = newStated(o)
	p.phones[phone] = w
	p.order = append(p.order, w)
}

// took checks and tells a step of a phone.
func (p *player) took(phone *world.Phone, step runtime.Step) {
	w := p.phones[phone]
	w.checker.Step(step)
	p.broken(w)
	w.note(p.world.Now(), step)
	for _, out := range step.Outputs {
		if a, is := out.Effect.(messages.Announce); is {
			w.events = append(w.events, announced{at: p.world.Now(), name: a.Event.Name(), about: about(a.Event)})
		}
		p.teller.output(p.world.Now(), phone, out.Effect)
	}
	w.timeAudio(p.world.Now(), step)
	if p.options.Watch != nil {
		p.options.Watch(phone, step)
	}
}

// broken takes what the phone's checker has newly found.
func (p *player) broken(w *watched) {
	found := w.checker.Violations()
	for _, v := range found[w.found:] {
		p.outcome.Broken = append(p.outcome.Broken, Broken{Phone: w.phone.String(), At: p.world.Now(), Aftermath: p.after, Violation: v})
		p.teller.say(p.world.Now(), w.phone.String(), "BROKEN: "+v.Law+": "+v.What)
	}
	w.found = len(found)
}

// timeAudio notes how long a call took to be heard.
func (w *watched) timeAudio(now time.Duration, step runtime.Step) {
	switch in := step.Input.(type) {
	case messages.Answer:
		w.asked[in.Conversation] = now
	case messages.HTTPAnswered:
		if in.Placed != nil {
			w.asked[in.Placed.Conversation] = now
		}
	}
	if len(w.asked) == 0 {
		return
	}
	for _, c := range w.phone.Hears() {
		since, was := w.asked[c]
		if was && !w.heard[c] {
			w.heard[c] = true
			delete(w.asked, c)
			w.audio = append(w.audio, now-since)
		}
	}
}

func (p *player) play() error {
	if !p.scenario.LoginByHand {
		if err := p.logIn(); err != nil {
			return err
		}
	}
	start := p.world.Now()
	moment := start
	for i, l := range p.scenario.Lines {
		p.line = i
		due, found, err := p.moment(l.When, start, moment)
		if err != nil {
			return err
		}
		if !found {
			p.left("nothing of that kind was announced")
			continue
		}
		if err := p.world.Run(due); err != nil {
			return err
		}
		moment = p.world.Now()
		p.teller.line(moment, l.Do)
		if err := p.do(l.Do); err != nil {
			p.left(err.Error())
		}
	}
	return p.finishPlay()
}

// finishPlay lets the last line have its time, looks at how things stand, and lets everything end.
func (p *player) finishPlay() error {
	if err := p.world.Run(p.world.Now() + Settled - news); err != nil {
		return err
	}
	doubts := p.look()
	if err := p.world.Run(p.world.Now() + news); err != nil {
		return err
	}
	p.outcome.End = p.world.Now()
	p.lasting(doubts)
	p.close()
	if !p.options.Open {
		if err := p.aftermath(); err != nil {
			return err
		}
	}
	p.sum()
	return nil
}

// ready is how long the set-up of all phones may take.
const ready = time.Minute

// logIn lets all phones log in, and waits until they are ready.
func (p *player) logIn() error {
	p.teller.quiet = true
	for _, w := range p.order {
		w.phone.Request("initialize", func(id messages.CallID) messages.Input { return messages.Initialize{Call: id} })
	}
	isReady := func(e announced) bool { return e.name == messages.Ready{}.Name() }
	waiting := func() bool {
		return slices.ContainsFunc(p.order, func(w *watched) bool { return !slices.ContainsFunc(w.events, isReady) })
	}
	err := p.world.RunWhile(ready, waiting)
	if err == nil {
		err = p.world.Run(p.world.Now() + time.Second)
	}
	p.teller.quiet = false
	p.teller.zero = p.world.Now()
	for _, w := range p.order {
		w.login = w.phone.Cost
	}
	return err
}

// moment waits for the moment of a line: when it is due, and whether there is such a moment.
func (p *player) moment(w scenario.When, start, last time.Duration) (due time.Duration, found bool, err error) {
	switch {
	case w.Event != "":
		at, found, err := p.await(w, last)
		return at + w.After, found, err
	case w.Absolute:
		return max(start+w.After, p.world.Now()), true, nil
	default:
		return max(last+w.After, p.world.Now()), true, nil
	}
}

// await lets the world go on until a phone has announced an event, from an instant on.
func (p *player) await(w scenario.When, from time.Duration) (at time.Duration, found bool, err error) {
	phone := p.world.Phone(w.Phone.Agent, w.Phone.Name)
	if phone == nil {
		return 0, false, nil
	}
	of := p.phones[phone]
	is := func(e announced) bool {
		return e.at >= from && e.name == w.Event && (w.Call == "" || slices.Contains(e.about, messages.ConversationID(w.Call)))
	}
	looked := 0
	missing := func() bool {
		for ; looked < len(of.events); looked++ {
			if is(of.events[looked]) {
				at, found = of.events[looked].at, true
				return false
			}
		}
		return true
	}
	err = p.world.RunWhile(p.world.Now()+Patience, missing)
	return at, found, err
}

func (p *player) left(why string) {
	p.outcome.Left = append(p.outcome.Left, Left{Line: p.line, Why: why})
	p.teller.say(p.world.Now(), "", "left: "+why)
}

// close tells how things stand and what they cost.
func (p *player) close() {
	for _, w := range p.order {
		c := Cost{Phone: w.phone.String(), Cost: w.phone.Cost.Since(w.login), Audio: w.audio}
		p.outcome.Costs = append(p.outcome.Costs, c)
	}
	p.teller.standing(p)
	p.teller.costs(p.outcome.Costs)
}

// aftermath lets all faults end, then all calls, and then time pass: whatever rang, waited or was owned must be gone. What
// was lost while a phone was away is said again, once it is back: a phone that never hears of an end cannot know of it.
func (p *player) aftermath() error {
	p.teller.quiet, p.after = true, true
	defer func() { p.teller.quiet = false }()
	if p.options.Aftermath != nil {
		p.options.Aftermath()
	}
	if err := p.heal(); err != nil || p.scenario.Silent {
		return err
	}
	for _, step := range []func(){p.endAll, p.idleAll, p.world.Platform.TellAgain, p.callOnce, p.endAll} {
		step()
		if err := p.world.Run(p.world.Now() + Patience/3); err != nil {
			return err
		}
	}
	for _, w := range p.order {
		w.checker.End(true, remaining(w.phone))
		p.broken(w)
	}
	return nil
}

// remaining are the actors that must not belong to a call: nil for a phone that has left its stream for good, for nobody
// can tell it of an end.
func remaining(phone *world.Phone) []runtime.ActorInfo {
	if !phone.Connected() {
		return nil
	}
	return phone.Cell().Actors()
}

func (p *player) endAll() {
	for _, c := range p.world.Platform.Conversations() {
		if c.Live() {
			p.world.Platform.HangUp(c)
		}
	}
}

// idleAll ends what is left of sessions: those that carry nothing, and those that were never taken.
func (p *player) idleAll() {
	for _, s := range p.world.Platform.Sessions() {
		p.world.Platform.Terminate(s, "success")
	}
}

// callOnce lets one more call ring at each agent's and end: what is over is swept when the next call changes.
func (p *player) callOnce() {
	for _, a := range p.scenario.Agents {
		id := messages.ConversationID("last-" + a.Name)
		if c, err := p.world.Platform.Call(id, "+15550199", p.world.Platform.User(a.Name), false); err == nil {
			p.world.After(time.Second, func() { p.world.Platform.HangUp(c) })
		}
	}
}

func (p *player) sum() {
	for _, w := range p.order {
		p.outcome.Inputs += w.phone.Cost.Inputs
	}
	p.teller.verdict(p.outcome)
	p.outcome.Text = p.teller.text()
}

// about are the conversations that an event is about.
func about(e messages.Event) (ids []messages.ConversationID) {
	switch e := e.(type) {
	case messages.PendingSession:
		ids = append(ids, e.Conversation)
	case messages.CancelPendingSession:
		ids = append(ids, e.Conversation)
	case messages.HandledPendingSession:
		ids = append(ids, e.Conversation)
	case messages.SessionStarted:
		ids = append(ids, e.Session.Conversation)
	case messages.SessionEnded:
		ids = append(ids, e.Session.Conversation)
	case messages.ConversationUpdate:
		for _, list := range [][]messages.ConversationState{e.Current, e.Added, e.Removed} {
			for _, c := range list {
				ids = append(ids, c.Conversation)
			}
		}
	}
	return ids
}

// Verdict is the outcome in a few words.
func (o Outcome) Verdict() string {
	if len(o.Broken) == 0 {
		return "the laws are kept"
	}
	names := make([]string, 0, len(o.Broken))
	for _, b := range o.Broken {
		if !slices.Contains(names, b.Law) {
			names = append(names, b.Law)
		}
	}
	return "broken: " + strings.Join(names, "; ")
}
