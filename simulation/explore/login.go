package explore

import (
	"fmt"

	"github.com/hookswitch/hookswitch/messages"
)

// Who is there. The stranger has gjoll in its address, but not as a label of its domain: a name that looks right is tried
// as well as one that does not.
const (
	me       messages.UserID    = "ann"
	ownBare  messages.JID       = "ann@example.com"
	ownFull  messages.JID       = "ann@example.com/here"
	gateway  messages.JID       = "edge@gjoll.example.com/1"
	gateway2 messages.JID       = "edge@gjoll.example.org/1"
	stranger messages.JID       = "mallory@evil.example/gjoll"
	station  messages.StationID = "T1"
)

// login is a phone that was constructed, brought to Ready: every question of its own is answered well. Each input is shown.
func login(p *phone, show func(messages.Input)) (*phone, error) {
	var pending []messages.Input
	ready := false
	in := messages.Input(messages.Initialize{Call: 1})
	for range 100 {
		show(in)
		next, outputs, err := p.take(0, in)
		if err != nil {
			return nil, err
		}
		p = next
		for _, o := range outputs {
			if a, ok := o.Effect.(messages.Announce); ok {
				_, is := a.Event.(messages.Ready)
				ready = ready || is
			}
			pending = append(pending, welcome(o.ID, o.Effect)...)
		}
		if len(pending) > 0 {
			in, pending = pending[0], pending[1:]
			continue
		}
		if ready {
			return p, nil
		}
		if in, err = p.gather(); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("explore: login: the phone does not get ready")
}

// gather fires the timer by which the phone collects the topics to subscribe to.
func (p *phone) gather() (messages.Input, error) {
	for _, t := range p.timers {
		if t.actor == messages.KeeperActor && t.name == "topics.Gathering/after 100ms" {
			return messages.TimerFired{Actor: t.actor, Timer: t.name}, nil
		}
	}
	return nil, fmt.Errorf("explore: login: the phone waits for something that nobody knows: its timers are %v", p.timers)
}

// welcome is what a platform answers a phone that logs in.
func welcome(id messages.EffectID, effect messages.Effect) []messages.Input {
	switch e := effect.(type) {
	case messages.OpenSocket:
		return []messages.Input{messages.SocketOpened{Socket: e.Socket}}
	case messages.SendStreamOpen:
		return []messages.Input{messages.StreamOpened{Socket: 1}, messages.StreamFeatures{Socket: 1, Mechanisms: []string{"PLAIN"}, Bind: true}}
	case messages.SendAuth:
		return []messages.Input{messages.SASLSucceeded{Socket: 1}}
	case messages.SendBind:
		return []messages.Input{messages.IQAnswered{Effect: id, Bound: ownFull}}
	case messages.SendServices, messages.SendSubscribe:
		return []messages.Input{messages.IQAnswered{Effect: id}}
	case messages.Request:
		return []messages.Input{answerWell(id, e, 0, false)}
	}
	return nil
}

// answerWell is a REST answer as a request wishes it. Appearance and persistent are those of the station.
func answerWell(id messages.EffectID, r messages.Request, appearance int, persistent bool) messages.HTTPAnswered {
	in := messages.HTTPAnswered{Effect: id, Status: 200}
	switch r.Of {
	case messages.GetMe:
		in.Me = &messages.MeBody{User: me, JID: ownBare, Station: station}
	case messages.PostChannel:
		in.Channel = "channel"
	case messages.GetStation:
		in.Station = &messages.StationInfo{ID: station, Type: "inin_webrtc_softphone", LineAppearance: appearance, Persistent: persistent}
	case messages.GetConversation:
		in.Conversation = &messages.ConversationNotified{Conversation: r.Conversation, Participants: []messages.Participant{
			{ID: "P1", User: me, Purpose: "agent", Calls: []messages.Leg{{State: messages.Alerting}}},
		}}
	}
	return in
}
