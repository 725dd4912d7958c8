package world

import (
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// perform has an effect carried out by the phone's machine.
func (p *Phone) perform(out runtime.Output) {
	if !p.gate.Passes(out.Effect) {
		return
	}
	switch e := out.Effect.(type) {
	case messages.Announce:
		if _, started := e.Event.(messages.SessionStarted); started {
			p.Cost.Sessions++
		}
	case messages.Settle:
		delete(p.open, e.Call)
	case messages.OpenSocket:
		p.openSocket(e)
	case messages.CloseSocket:
		p.closeSocket(e.Socket)
	case messages.Request:
		p.request(out, e)
	case messages.RequestMicrophone, messages.StopMicrophone, messages.CreatePeer, messages.Describe, messages.AddMicrophone,
		messages.MakeAnswer, messages.AddCandidate, messages.ClosePeer:
		p.performMedia(out)
	default:
		p.send(out)
	}
}

// waits notes an effect that an answer is to come for, so that a scenario can name it.
func (p *Phone) waits(out runtime.Output) { p.effects = append(p.effects, out) }

// answeredBy forgets the effect that an input answers.
func (p *Phone) answeredBy(in messages.Input) {
	id := messages.Answers(in)
	if id == "" {
		return
	}
	for i, out := range p.effects {
		if out.ID == id {
			p.effects = append(p.effects[:i], p.effects[i+1:]...)
			return
		}
	}
}

// Oldest is the oldest effect of a kind that waits for an answer.
func (p *Phone) Oldest(kind string) (id messages.EffectID, ok bool) {
	for _, out := range p.effects {
		if out.Effect.Kind() == kind {
			return out.ID, true
		}
	}
	return "", false
}

// handshake is how long a socket takes to open or close.
const handshake = 20 * time.Millisecond

func (p *Phone) openSocket(e messages.OpenSocket) {
	p.world.After(p.delay("socket", handshake), func() {
		if p.shut == e.Socket {
			return
		}
		if p.offline {
			p.refuseSocket(e.Socket)
			return
		}
		stream, err := p.world.Platform.Connect(p.User, p.Name, e.Socket, e.Channel, p.receive)
		if err != nil {
			p.refuseSocket(e.Socket)
			return
		}
		p.stream, p.socket = stream, e.Socket
		p.Tell(messages.SocketOpened{Socket: e.Socket})
	})
}

func (p *Phone) refuseSocket(socket int) {
	p.Tell(messages.SocketFailed{Socket: socket})
	p.Tell(messages.SocketClosed{Socket: socket, Code: lost})
}

func (p *Phone) closeSocket(socket int) {
	p.shut = socket
	if p.socket == socket && p.stream != nil {
		p.stream.Gone()
		p.stream, p.socket = nil, 0
	}
	p.world.After(handshake, func() { p.Tell(messages.SocketClosed{Socket: socket, Code: 1000, Clean: true}) })
}

// Drop closes the phone's socket from outside.
func (p *Phone) Drop(code int) { p.breakStream(code) }

func (p *Phone) breakStream(code int) {
	if p.stream == nil {
		return
	}
	socket := p.socket
	p.stream.Gone()
	p.stream, p.socket = nil, 0
	p.Tell(messages.SocketClosed{Socket: socket, Code: code, Clean: code == 1000 || code == 1001})
}

// send sends a frame: in order, and lost with the stream that it was sent on.
func (p *Phone) send(out runtime.Output) {
	p.Cost.Stanzas++
	stream := p.stream
	if stream == nil {
		return
	}
	if waitsForIQ(out.Effect) {
		p.waits(out)
	}
	p.uplink = max(p.uplink, p.world.now+p.delay("up", p.world.cfg.Options.WireDelay))
	p.world.After(p.uplink-p.world.now, func() {
		if p.stream != stream {
			return
		}
		if answer, ok := out.Effect.(messages.SendAnswer); ok {
			p.described(answer)
		}
		stream.Receive(out.ID, out.Effect)
		if _, closing := out.Effect.(messages.SendStreamClose); closing {
			p.breakStream(1000)
		}
	})
}

func waitsForIQ(e messages.Effect) bool {
	switch e.(type) {
	case messages.SendBind, messages.SendServices, messages.SendSubscribe, messages.SendPing,
		messages.SendAnswer, messages.SendCandidate, messages.SendActive, messages.SendTerminate:
		return true
	default:
		return false
	}
}

// receive is how the platform's frames get here: in order, unless a fault is on the way, and lost with their stream.
func (p *Phone) receive(in messages.Input) {
	stream := p.stream
	p.down = max(p.down, p.world.now+p.delay("down", p.world.cfg.Options.WireDelay))
	arrives := p.down - p.world.now
	times := 1
	if p.world.cfg.Twice != nil && p.world.cfg.Twice(in.Kind()) {
		times = 2
	}
	if f, ok := p.takeFault(in.Kind()); ok {
		times = f.times
		arrives += f.delay
	}
	for range times {
		p.world.After(arrives, func() { p.arrive(stream, in) })
	}
}

// arrive tells the cell a frame, unless its stream is gone by the time at which the machine can hear it.
func (p *Phone) arrive(stream *platform.Stream, in messages.Input) {
	switch {
	case p.stream != stream && stream != nil:
	case p.asleep:
		p.missed = append(p.missed, func() { p.arrive(stream, in) })
	default:
		p.Tell(in)
	}
}

// delay draws how long something of the phone's takes.
func (p *Phone) delay(what string, usual time.Duration) time.Duration {
	return p.world.chance.Delay(usual, what, p.label)
}

// request makes a REST request. Half of the time that it takes it is on the way there.
func (p *Phone) request(out runtime.Output, r messages.Request) {
	p.Cost.Requests++
	p.waits(out)
	way := p.world.chance.Delay(p.world.cfg.Options.RESTDelay, "rest", p.label, string(r.Of)) / 2
	answer := func(in messages.HTTPAnswered, after time.Duration) {
		in.Effect = out.ID
		p.world.After(after, func() {
			if p.offline {
				in = messages.HTTPAnswered{Effect: out.ID}
			}
			p.Tell(in)
		})
	}
	if p.offline {
		answer(messages.HTTPAnswered{}, way)
		return
	}
	if f, ok := p.takeFailing(string(r.Of)); ok {
		if f.never {
			p.world.After(way, func() { p.world.Platform.Request(p.User, r) })
			answer(messages.HTTPAnswered{}, patience)
			return
		}
		answer(f.answer, 2*way)
		return
	}
	p.world.After(way, func() { answer(p.world.Platform.Request(p.User, r), way) })
}

// fault is what happens to the next input of a kind.
type fault struct {
	kind  string
	times int // how often it comes: 0, 1 or 2
	delay time.Duration
}

// LoseNext loses the next input of a kind that comes over the stream; DuplicateNext lets it come twice; DelayNext lets it
// come later, and overtaken.
func (p *Phone) LoseNext(kind string) { p.faults = append(p.faults, fault{kind: kind}) }

// DuplicateNext lets the next input of a kind come twice.
func (p *Phone) DuplicateNext(kind string) { p.faults = append(p.faults, fault{kind: kind, times: 2}) }

// DelayNext delays the next input of a kind; what follows may overtake it.
func (p *Phone) DelayNext(kind string, d time.Duration) {
	p.faults = append(p.faults, fault{kind: kind, times: 1, delay: d})
}

func (p *Phone) takeFault(kind string) (fault, bool) {
	for i, f := range p.faults {
		if f.kind == kind {
			p.faults = append(p.faults[:i:i], p.faults[i+1:]...)
			return f, true
		}
	}
	return fault{}, false
}

// failing is what happens to the next request of a kind.
type failing struct {
	kind   string
	answer messages.HTTPAnswered
	never  bool
}

// FailNext answers the next request of a kind with a status, and does nothing else; retryAfter 0: without the header.
func (p *Phone) FailNext(kind string, status int, retryAfter time.Duration) {
	f := failing{kind: kind, answer: messages.HTTPAnswered{Status: status}}
	if retryAfter > 0 {
		f.answer.RetryAfter = &retryAfter
	}
	p.failing = append(p.failing, f)
}

// patience is how long the machine's HTTP client waits for an answer.
const patience = time.Minute

// IgnoreNext never answers the next request of a kind, though what it asks for is done: the machine gives up on it.
func (p *Phone) IgnoreNext(kind string) {
	p.failing = append(p.failing, failing{kind: kind, never: true})
}

func (p *Phone) takeFailing(kind string) (failing, bool) {
	for i, f := range p.failing {
		if f.kind == kind {
			p.failing = append(p.failing[:i:i], p.failing[i+1:]...)
			return f, true
		}
	}
	return failing{}, false
}
