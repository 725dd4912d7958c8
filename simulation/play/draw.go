package play

import (
	"fmt"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// Drawing says how scenarios are drawn.
type Drawing struct {
	// Profile and Quirks are those of the scenarios; "" is corrected.
	Profile string
	Quirks  []string
	// NoFaults: nothing fails, is lost, late or twice; machines stay awake and networks up. Of the others, one in four is so,
	// too.
	NoFaults bool
}

// Draw makes the scenario of a seed, by playing it: what happens next is drawn from what could happen now. The seed decides
// everything: configuration, load, faults and interleaving. Playing the scenario again does the same.
func Draw(seed uint64, d Drawing, o Options) (scenario.Scenario, Outcome, error) {
	dice := &dice{state: seed*2 + 1}
	s := header(seed, d, dice)
	p, err := newPlayer(s, o)
	if err != nil {
		return s, Outcome{}, err
	}
	defer p.world.Close()
	monkey := &monkey{player: p, dice: dice, faults: !d.NoFaults && !dice.in(4)}
	err = monkey.play(25 + dice.below(40))
	return p.scenario, p.outcome, err
}

// dice draws one number after the other.
type dice struct{ state uint64 }

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	x := d.state
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// in tells yes once in n times.
func (d *dice) in(n int) bool { return d.below(n) == 0 }

// pick draws one of several.
func pick[T any](d *dice, of ...T) T { return of[d.below(len(of))] }

// header draws who is there and what the platform is like.
func header(seed uint64, d Drawing, dice *dice) scenario.Scenario {
	s := scenario.Scenario{Title: fmt.Sprintf("Drawn from seed %d.", seed), Profile: d.Profile, Quirks: d.Quirks, Seed: seed}
	if s.Profile == "" {
		s.Profile = "corrected"
	}
	options := platform.Defaults()
	for _, set := range platform.Settings {
		if len(set.Values) > 1 && dice.in(4) {
			if v := pick(dice, set.Values...); v != set.Default() && options.Set(set.Key, v) == nil {
				s.Platform = append(s.Platform, scenario.Setting{Key: set.Key, Value: v})
			}
		}
	}
	if dice.in(4) {
		s.Platform = append(s.Platform, scenario.Setting{Key: "ring", Value: "20s"})
	}
	if dice.in(3) {
		s.Platform = append(s.Platform, scenario.Setting{Key: "idle", Value: "1m0s"})
	}
	for _, slow := range slowness {
		if v := pick(dice, slow.Values...); dice.in(8) {
			s.Platform = append(s.Platform, scenario.Setting{Key: slow.Key, Value: v})
		}
	}
	if s.LoginByHand = dice.in(8); s.LoginByHand && dice.in(2) {
		s.Platform = append(s.Platform, scenario.Setting{Key: "propose-again", Value: pick(dice, "20ms", "60ms")})
	}
	for _, name := range []string{"ann", "bob", "eve"}[:pick(dice, 1, 1, 1, 1, 2, 2, 3)] {
		s.Agents = append(s.Agents, drawAgent(name, dice))
	}
	return s
}

// slow is a delay of the platform, of machines or of people that is longer than usual, or shorter.
type slow struct {
	Key    string
	Values []string
}

var slowness = []slow{
	{"microphone-delay", []string{"500ms", "1s"}},
	{"edge-delay", []string{"500ms"}},
	{"dtls-delay", []string{"500ms", "1s"}},
	{"rest-delay", []string{"10ms", "1s"}},
	{"describe-delay", []string{"50ms", "300ms"}},
	{"notify-delay", []string{"0s"}},
}

func drawAgent(name string, dice *dice) scenario.Agent {
	a := scenario.Agent{
		Name: name, LineAppearance: pick(dice, 1, 1, 100), Persistent: dice.in(2), NoStation: dice.in(24), Phones: []string{"desk"},
		Options: messages.DefaultOptions(),
	}
	a.Options.AllowedSessionTypes = []messages.SessionType{messages.Softphone}
	a.Options.EagerPersistent = pick(dice, messages.EagerAuto, messages.EagerAuto, messages.EagerEvent, messages.EagerNone)
	a.Options.AutoConnectSessions = !dice.in(8)
	a.Options.DisableAutoAnswer = dice.in(6)
	a.Options.AutoAnswerInbound = dice.in(4)
	a.Options.UseServerSidePings = dice.in(6)
	if dice.in(3) {
		a.Phones = append(a.Phones, "home")
	}
	return a
}

// monkey plays what could happen.
type monkey struct {
	*player
	dice    *dice
	faults  bool
	callers int
	told    int                  // wire lines so far
	burst   []scenario.Statement // what comes next, at once
	choices []choice
	total   int
}

// choice is a line that could come next, how likely it is beside the others, and what comes with it at once.
type choice struct {
	weight int
	do     scenario.Statement
	then   []scenario.Statement
}

func (m *monkey) play(lines int) error {
	if !m.scenario.LoginByHand {
		if err := m.logIn(); err != nil {
			return err
		}
	}
	moment := m.world.Now()
	for n := 0; n < lines || len(m.burst) > 0; n++ {
		gap := m.gap()
		if err := m.world.Run(moment + gap); err != nil {
			return err
		}
		moment = m.world.Now()
		do := m.choose()
		m.line = len(m.scenario.Lines)
		m.scenario.Lines = append(m.scenario.Lines, scenario.Line{When: scenario.When{After: gap}, Do: do})
		m.teller.line(moment, do)
		if err := m.do(do); err != nil {
			m.left(err.Error())
		}
	}
	return m.finishPlay()
}

// gap is how long it is until the next line: often less than a message takes.
func (m *monkey) gap() time.Duration {
	if len(m.burst) > 0 {
		return 0
	}
	switch m.dice.below(10) {
	case 0, 1, 2:
		return time.Duration(m.dice.below(60)) * time.Millisecond
	case 3, 4, 5, 6:
		return time.Duration(m.dice.below(400)) * time.Millisecond
	case 7, 8:
		return time.Duration(m.dice.below(3000)) * time.Millisecond
	default:
		return time.Duration(m.dice.below(40)) * time.Second
	}
}

func (m *monkey) may(weight int, s scenario.Statement) { m.mayThen(weight, s) }

func (m *monkey) mayThen(weight int, s scenario.Statement, then ...scenario.Statement) {
	m.choices = append(m.choices, choice{weight, s, then})
	m.total += weight
}

// choose draws what happens next.
func (m *monkey) choose() scenario.Statement {
	if len(m.burst) > 0 {
		next := m.burst[0]
		m.burst = m.burst[1:]
		return next
	}
	m.choices, m.total = m.choices[:0], 0
	for _, w := range m.order {
		m.atPhone(w.phone)
	}
	for _, a := range m.scenario.Agents {
		m.atAgent(a)
	}
	n := m.dice.below(m.total)
	for _, c := range m.choices {
		if n < c.weight {
			if c.do.Verb == scenario.Calls || c.do.Verb == scenario.Dial {
				m.callers++
			}
			m.burst = c.then
			return c.do
		}
		n -= c.weight
	}
	panic("play: the weights of the choices do not add up")
}

// liveCalls is how many conversations of a user there are at most before callers wait.
const liveCalls = 4

func (m *monkey) atAgent(a scenario.Agent) {
	u := m.world.Platform.User(a.Name)
	next := fmt.Sprintf("C%d", m.callers+1)
	live := 0
	for _, c := range m.world.Platform.Conversations() {
		if l := c.Leg(u); l != nil && l.Live() {
			live++
			m.aboutCall(u, c, l)
		}
	}
	if live < liveCalls {
		m.may(20-5*live, scenario.Statement{Verb: scenario.Calls, Call: next, Agent: a.Name, Flag: m.dice.in(5)})
	}
	m.may(1, scenario.Statement{Verb: scenario.StationBecomes, Agent: a.Name, Number: pick(m.dice, 1, 100), Flag: m.dice.in(2)})
	m.may(1, scenario.Statement{Verb: scenario.EdgeIdles, Agent: a.Name})
	if u.Station.Persistent {
		m.may(3-min(2, live), scenario.Statement{Verb: scenario.EdgeConnects, Agent: a.Name})
	}
	if u.Associated && m.dice.in(3) {
		m.may(1, scenario.Statement{Verb: scenario.StationGone, Agent: a.Name})
	}
	if !u.Associated {
		m.may(3, scenario.Statement{Verb: scenario.StationAssociated, Agent: a.Name})
	}
}

// aboutCall is what the far end, the edge and the platform may do.
func (m *monkey) aboutCall(u *platform.User, c *platform.Conversation, l *platform.Leg) {
	call := string(c.ID)
	m.may(2, scenario.Statement{Verb: scenario.HangUp, Call: call})
	m.may(1, scenario.Statement{Verb: scenario.NotifyAgain, Call: call})
	if !l.Up() {
		m.may(1, scenario.Statement{Verb: scenario.EdgeReproposes, Call: call})
		m.may(1, scenario.Statement{Verb: scenario.EdgeReroutes, Call: call})
	}
	if m.faults {
		m.may(1, scenario.Statement{Verb: scenario.FailTo, Call: call, Word: pick(m.dice, failures...)})
	}
	if !l.Up() {
		return
	}
	at := scenario.Phone{Agent: u.Name}
	for _, other := range m.scenario.Agents {
		if other.Name == u.Name {
			continue
		}
		m.may(1, scenario.Statement{Verb: scenario.Consult, Phone: at, Agent: other.Name, Call: call})
		m.may(1, scenario.Statement{Verb: scenario.TransferTo, Phone: at, Agent: other.Name, Call: call})
	}
	if len(c.Parties) > 2 {
		m.may(2, scenario.Statement{Verb: scenario.Transfer, Phone: at, Call: call})
		m.may(1, scenario.Statement{Verb: scenario.Conference, Phone: at, Call: call})
	}
}

// failures are codes of calls that fail; the last is none.
var failures = []string{"error.ininedgecontrol.connection.station.endpoint.badConfiguration", "error.ininedgecontrol.session.inactive"}

// atPhone is what the agent may do at a phone, and what may happen to the machine that it runs on.
func (m *monkey) atPhone(phone *world.Phone) {
	at := scenario.Phone{Agent: phone.User.Name, Name: phone.Name}
	if m.scenario.Agents[m.agentOf(phone)].Phones[0] == phone.Name {
		at.Name = ""
	}
	switch w := m.phones[phone]; {
	case w.disconnected:
		m.may(20, scenario.Statement{Verb: scenario.LogIn, Phone: at})
		return
	case !w.loggedIn:
		m.may(20, scenario.Statement{Verb: scenario.LogIn, Phone: at})
		return
	}
	for _, c := range m.world.Platform.Conversations() {
		if l := c.Leg(phone.User); l != nil {
			m.withCall(at, string(c.ID), l)
		} else if m.phones[phone].checker.Rings(c.ID) { // it was proposed by mistake
			m.may(2, scenario.Statement{Verb: pick(m.dice, scenario.Answer, scenario.Reject), Phone: at, Call: string(c.ID)})
		}
	}
	m.may(2, scenario.Statement{Verb: scenario.Dial, Phone: at, Call: fmt.Sprintf("C%d", m.callers+1)})
	if m.faults {
		m.trouble(phone, at)
	}
}

func (m *monkey) agentOf(phone *world.Phone) int {
	for i, a := range m.scenario.Agents {
		if a.Name == phone.User.Name {
			return i
		}
	}
	panic("play: a phone without an agent")
}

func (m *monkey) withCall(at scenario.Phone, call string, l *platform.Leg) {
	do := func(weight int, v scenario.Verb) { m.may(weight, scenario.Statement{Verb: v, Phone: at, Call: call}) }
	switch {
	case !l.Live():
		if m.dice.in(6) {
			do(1, pick(m.dice, scenario.Answer, scenario.Reject, scenario.End, scenario.Mute, scenario.Retrieve, scenario.AcceptSession))
		}
	case !l.Up():
		do(8, scenario.Answer)
		do(1, scenario.Reject)
		do(1, scenario.End)
		do(2, scenario.AcceptSession)
		if l.Session != nil && l.Session.Phone() != "" {
			do(1, scenario.Terminate)
		}
	default:
		do(2, scenario.End)
		do(2, scenario.Hold)
		do(3, scenario.Retrieve)
		do(1, scenario.Mute)
		do(1, scenario.Unmute)
		do(1, scenario.AcceptSession)
		do(1, scenario.EdgeRenews)
		do(1, scenario.EdgeReinvites)
		do(1, scenario.EdgeEnds)
		if m.dice.in(3) {
			do(1, scenario.Terminate)
			do(1, scenario.Answer)
		}
	}
}

// losable are the kinds of inputs that faults are drawn for.
var losable = []string{
	"propose", "retract", "accepted", "offer", "terminate", "conversation-notified", "station-notified", "iq-answered",
	"session-initiate", "session-terminate",
}

// failable are the kinds of requests that faults are drawn for.
var failable = []string{
	string(messages.PatchState), string(messages.PatchHeld), string(messages.PatchMuted), string(messages.PostCall), string(messages.GetStation),
	string(messages.PostChannel), string(messages.PutTopics), string(messages.PostVoicemail), string(messages.GetMe),
	messages.MakeAnswer{}.Kind(), messages.Describe{}.Kind(),
}

// jumps are how far a machine's clock is set ahead.
var jumps = []time.Duration{3 * time.Second, 20 * time.Second, 2 * time.Minute, 10 * time.Minute, 2 * time.Hour}

// relief is what ends a trouble: likelier than the trouble, so that there are calls to speak of.
func (m *monkey) relief(phone *world.Phone, at scenario.Phone) {
	const soon = 12
	if phone.Offline() {
		m.may(soon, scenario.Statement{Verb: scenario.RegainNetwork, Phone: at})
	}
	if phone.Asleep() {
		m.may(soon, scenario.Statement{Verb: scenario.Wake, Phone: at})
	}
	if phone.Microphone != nil {
		m.may(soon, scenario.Statement{Verb: scenario.Microphone, Phone: at, Word: "granted"})
	}
}

// trouble is what may go wrong at a phone.
func (m *monkey) trouble(phone *world.Phone, at scenario.Phone) {
	do := func(s scenario.Statement) { s.Phone = at; m.may(1, s) }
	m.relief(phone, at)
	do(scenario.Statement{Verb: pick(m.dice, scenario.LoseNetwork, scenario.DropStream, scenario.DropStream, scenario.ExpireChannel)})
	do(scenario.Statement{Verb: pick(m.dice, scenario.Sleep, scenario.HidePage, scenario.ShowPage)})
	if m.phones[phone].ready {
		do(scenario.Statement{Verb: pick(m.dice, scenario.LogOut, scenario.LogOut, scenario.Disconnect, scenario.LogIn)})
	} else {
		do(scenario.Statement{Verb: scenario.Disconnect})
	}
	do(scenario.Statement{Verb: scenario.JumpClock, Duration: pick(m.dice, jumps...)})
	m.strangers(phone, at)
	do(scenario.Statement{Verb: scenario.Microphone, Word: pick(m.dice, "denied", "missing")})
	for _, c := range m.world.Platform.Conversations() {
		l := c.Leg(m.world.Platform.User(at.Agent))
		if l != nil && l.Live() && m.dice.in(3) {
			m.odd(at, c)
		}
		if l != nil && l.Up() {
			do(scenario.Statement{Verb: scenario.Media, Call: string(c.ID), Word: pick(m.dice, "disconnects", "recovers", "fails", "dies")})
		}
	}
	kind := pick(m.dice, losable...)
	do(scenario.Statement{Verb: scenario.NextDropped, Word: kind})
	do(scenario.Statement{Verb: scenario.NextDuplicated, Word: kind})
	do(scenario.Statement{Verb: scenario.NextDelayed, Word: kind, Duration: time.Duration(1+m.dice.below(40)) * 50 * time.Millisecond})
	request := pick(m.dice, failable...)
	do(scenario.Statement{Verb: scenario.NextFails, Word: request, Number: pick(m.dice, 400, 401, 404, 409, 429, 500, 503)})
	do(scenario.Statement{Verb: scenario.NextUnanswered, Word: request})
}

// Signature is what a failure is known by: the law that was broken first.
func (o Outcome) Signature() string {
	if len(o.Broken) == 0 {
		return ""
	}
	return strings.TrimSpace(o.Broken[0].Law)
}
