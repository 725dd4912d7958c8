package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// Phone is one client of an agent's: a cell, and the machine that it runs on.
type Phone struct {
	User *platform.User
	Name string
	// Microphone is why there is none; nil: there is one.
	Microphone *messages.MicrophoneDenied
	// Cost is what the phone has used so far.
	Cost Cost

	world   *World
	label   string // agent/phone
	cell    *runtime.Cell
	gate    *runtime.Gate
	wake    time.Duration // when the cell's next timer was asked for; 0: none
	calls   messages.CallID
	open    map[messages.CallID]string // requests of the program that have not settled
	effects []runtime.Output           // those that wait for an answer, in order

	stream  *platform.Stream
	socket  int           // the newest that is open, or 0
	shut    int           // the one that was closed last: if it was not open yet, it never is
	uplink  time.Duration // when the last frame arrives there
	down    time.Duration // when the last frame arrives here
	offline bool
	asleep  bool
	sleeps  int
	ahead   time.Duration // how far the machine's clock is ahead of the world's
	missed  []func()      // what came while the machine slept

	media   map[messages.Ref]*media
	newest  messages.Ref // of the peer connections, the one that was made last
	faults  []fault
	failing []failing
	fault   error // why the cell stopped
}

// Cost is what a phone has used.
type Cost struct {
	Inputs, Sessions, Peers, Requests, Stanzas int
}

// Since is what was used after an earlier look.
func (c Cost) Since(before Cost) Cost {
	return Cost{
		Inputs: c.Inputs - before.Inputs, Sessions: c.Sessions - before.Sessions, Peers: c.Peers - before.Peers,
		Requests: c.Requests - before.Requests, Stanzas: c.Stanzas - before.Stanzas,
	}
}

func newPhone(w *World, u *platform.User, name string, options messages.Options) (*Phone, error) {
	if options.JIDResource = name; w.cfg.Options.Resource == platform.ServerNames {
		options.JIDResource = ""
	}
	label := u.Name + "/" + name
	cfg := runtime.Config{
		Cell: label, User: u.Name, Organization: platform.Domain, Options: options, Quirks: w.cfg.Quirks,
		IDPrefix: u.Name + "-" + name + "-", Registry: actors.Softphone(), Shard: w.shard, WithoutRows: !w.cfg.Rows,
	}
	if w.cfg.Journal != nil {
		cfg.Journal = w.cfg.Journal(cfg.Cell)
	}
	cell, err := runtime.NewCell(cfg)
	if err != nil {
		return nil, err
	}
	return &Phone{
		User: u, Name: name, world: w, label: label, cell: cell, gate: runtime.NewGate(w.cfg.Quirks), open: map[messages.CallID]string{}, media: map[messages.Ref]*media{},
	}, nil
}

// String is agent/phone.
func (p *Phone) String() string { return p.label }

// Cell is the phone's cell. It may be looked into; only the phone tells it anything.
func (p *Phone) Cell() *runtime.Cell { return p.cell }

// Waiting are the requests of the program that have not settled, in the order in which they were made.
func (p *Phone) Waiting() (names []string) {
	for _, id := range sortedCalls(p.open) {
		names = append(names, p.open[id])
	}
	return names
}

func sortedCalls(open map[messages.CallID]string) []messages.CallID {
	ids := make([]messages.CallID, 0, len(open))
	for id := range open {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Request makes a request of the embedding program. It is taken at once.
func (p *Phone) Request(name string, make func(messages.CallID) messages.Input) {
	p.calls++
	p.open[p.calls] = name
	p.Tell(make(p.calls))
}

// Dial places a call. The conversation gets the name, if it is free.
func (p *Phone) Dial(conversation, number string) {
	body, err := json.Marshal(map[string]string{"phoneNumber": number, "callerIdName": conversation})
	if err != nil {
		panic(fmt.Sprintf("world: two texts cannot be written as JSON: %v", err))
	}
	p.Request("dial "+conversation, func(id messages.CallID) messages.Input { return messages.Dial{Call: id, Params: messages.Opaque(body)} })
}

// Tell tells the cell something now, and has done what it decides. A machine that sleeps hears it when it wakes.
func (p *Phone) Tell(in messages.Input) {
	if p.fault != nil {
		return
	}
	if p.asleep {
		p.missed = append(p.missed, func() { p.Tell(in) })
		return
	}
	p.fireDue()
	if p.fault != nil {
		return
	}
	p.took(p.cell.Handle(p.now(), in))
}

// fireDue lets the timers fire that are due: a timer comes before what arrives at the same instant.
func (p *Phone) fireDue() {
	for p.fault == nil {
		due, ok := p.cell.NextTimer()
		if !ok || due > p.now() {
			return
		}
		p.took(p.cell.FireNext(p.now()))
	}
}

func (p *Phone) took(step runtime.Step, err error) {
	if err != nil {
		if !errors.Is(err, runtime.ErrRefused) {
			p.fault = err
		}
		return
	}
	p.Cost.Inputs++
	p.answeredBy(step.Input)
	if p.world.cfg.Watch != nil {
		p.world.cfg.Watch(p, step)
	}
	for _, out := range step.Outputs {
		p.perform(out)
	}
	p.setAlarm()
}

// setAlarm has the next timer fired when it is due.
func (p *Phone) setAlarm() {
	due, ok := p.cell.NextTimer()
	if !ok || p.wake != 0 && p.wake <= due {
		return
	}
	p.wake = due
	p.world.After(due-p.now(), func() {
		if p.wake != due { // another alarm was set since, for an earlier timer
			return
		}
		p.wake = 0
		if p.asleep || p.fault != nil {
			return
		}
		p.fireDue()
		p.setAlarm()
	})
}

// now is the instant by the machine's clock.
func (p *Phone) now() time.Duration { return p.world.now + p.ahead }

// Jump sets the machine's clock ahead, as after a suspension that only it went through: the timers that have become due fire
// at once, late, and for everybody else no time has passed.
func (p *Phone) Jump(d time.Duration) {
	p.ahead += d
	if p.asleep {
		return
	}
	p.fireDue()
	p.wake = 0
	p.setAlarm()
}

// Sleep puts the machine to sleep.
func (p *Phone) Sleep() {
	if p.asleep {
		return
	}
	p.asleep = true
	p.sleeps++
	slept := p.sleeps
	p.world.After(consentExpires, func() {
		if p.asleep && p.sleeps == slept {
			for _, m := range p.medias() {
				m.die()
			}
		}
	})
	stream := p.stream
	p.world.After(serverPatience, func() {
		if p.asleep && p.sleeps == slept && p.stream == stream && stream != nil {
			p.breakStream(lost)
		}
	})
}

// consentExpires is how long media lives of which nothing is heard (RFC 7675 section 5.1).
const consentExpires = 30 * time.Second

// serverPatience is how long the platform waits for a client that says nothing.
const serverPatience = 60 * time.Second

// lost is the close code of a socket that broke (RFC 6455 section 7.4.1).
const lost = 1006

// Wake wakes the machine: its overdue timers fire, late, and then it hears what was said meanwhile.
func (p *Phone) Wake() {
	if !p.asleep {
		return
	}
	p.asleep = false
	p.fireDue()
	missed := p.missed
	p.missed = nil
	for _, hear := range missed {
		hear()
	}
	p.setAlarm()
}

// LoseNetwork takes the machine offline: what is under way to and from it is lost.
func (p *Phone) LoseNetwork() {
	if p.offline {
		return
	}
	p.offline = true
	p.Tell(messages.NetworkChanged{Online: false})
	p.breakStream(lost)
	for _, m := range p.medias() {
		m.interrupt()
	}
}

// RegainNetwork brings it online again.
func (p *Phone) RegainNetwork() {
	if !p.offline {
		return
	}
	p.offline = false
	p.Tell(messages.NetworkChanged{Online: true})
	for _, m := range p.medias() {
		m.recover()
	}
}

// Connected tells whether the platform has a stream of the phone's.
func (p *Phone) Connected() bool { return p.stream != nil }

// Offline tells whether the machine has no network, Asleep whether it sleeps.
func (p *Phone) Offline() bool { return p.offline }

// Asleep tells whether the machine sleeps.
func (p *Phone) Asleep() bool { return p.asleep }

// ShowPage tells the phone that its page is visible or hidden.
func (p *Phone) ShowPage(visible bool) { p.Tell(messages.PageShown{Visible: visible}) }
