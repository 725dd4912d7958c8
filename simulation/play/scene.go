package play

import (
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/stage"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// scene is a player's world as the stage of its statements.
type scene struct{ player *player }

// Platform is the world's.
func (s scene) Platform() *platform.Platform { return s.player.world.Platform }

// Phone finds one of the world's phones.
func (s scene) Phone(agent, name string) stage.Phone {
	if phone := s.player.world.Phone(agent, name); phone != nil {
		return actor{phone}
	}
	return nil
}

// Say tells something in the outcome.
func (s scene) Say(who, what string) { s.player.teller.say(s.player.world.Now(), who, what) }

// actor is a phone of the world on the stage: it can do all that there is.
type actor struct{ *world.Phone }

// User is whose phone it is.
func (a actor) User() *platform.User { return a.Phone.User }

// Name is the phone's among hers.
func (a actor) Name() string { return a.Phone.Name }

// Ask makes a request of the cell.
func (a actor) Ask(r stage.Request) error {
	a.Request(r.String(), r.Input)
	return nil
}

// LoseNetwork takes the machine offline.
func (a actor) LoseNetwork() error {
	a.Phone.LoseNetwork()
	return nil
}

// RegainNetwork brings it online again.
func (a actor) RegainNetwork() error {
	a.Phone.RegainNetwork()
	return nil
}

// Sleep puts the machine to sleep.
func (a actor) Sleep() error {
	a.Phone.Sleep()
	return nil
}

// Wake wakes it.
func (a actor) Wake() error {
	a.Phone.Wake()
	return nil
}

// Jump sets its clock ahead.
func (a actor) Jump(ahead time.Duration) error {
	a.Phone.Jump(ahead)
	return nil
}

// ShowPage shows or hides its page.
func (a actor) ShowPage(visible bool) error {
	a.Phone.ShowPage(visible)
	return nil
}

// Microphone gives it a microphone, or takes it away.
func (a actor) Microphone(why *messages.MicrophoneDenied) error {
	a.Phone.Microphone = why
	return nil
}

// Drop closes its socket.
func (a actor) Drop(code int) error {
	a.Phone.Drop(code)
	return nil
}

// LoseNext loses an input.
func (a actor) LoseNext(kind string) error {
	a.Phone.LoseNext(kind)
	return nil
}

// DuplicateNext doubles an input.
func (a actor) DuplicateNext(kind string) error {
	a.Phone.DuplicateNext(kind)
	return nil
}

// DelayNext delays an input.
func (a actor) DelayNext(kind string, d time.Duration) error {
	a.Phone.DelayNext(kind, d)
	return nil
}

// FailNext lets a request fail.
func (a actor) FailNext(kind string, status int, retryAfter time.Duration) error {
	a.Phone.FailNext(kind, status, retryAfter)
	return nil
}

// IgnoreNext leaves a request without an answer.
func (a actor) IgnoreNext(kind string) error {
	a.Phone.IgnoreNext(kind)
	return nil
}

// Tell tells the cell an input.
func (a actor) Tell(in messages.Input) error {
	a.Phone.Tell(in)
	return nil
}

// Frame tells the cell what a frame says.
func (a actor) Frame(xml string) error {
	in, err := stage.ReadFrame(xml)
	if err == nil {
		a.Phone.Tell(in)
	}
	return err
}
