package platform

import (
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// channel is a notification channel: its subscriptions outlive a stream.
type channel struct {
	id         string
	user       *User
	subscribed bool
	pings      bool // the client leaves pings to the server
}

// Stream is a client's connection as the platform sees it.
type Stream struct {
	platform *Platform
	user     *User
	phone    string // the client's name
	resource string // under which it is bound, or ""
	socket   int
	channel  string
	tell     func(messages.Input)
	secured  bool
	bound    bool
	closed   bool
}

// Connect takes a client's connection, or refuses it. tell is how a message gets to the client, in order; the embedder
// adds how long it travels.
func (p *Platform) Connect(user *User, phone string, socket int, channel string, tell func(messages.Input)) (*Stream, error) {
	if user.refused {
		return nil, fmt.Errorf("platform: %s takes no connection now", user.Name)
	}
	return &Stream{platform: p, user: user, phone: phone, socket: socket, channel: channel, tell: tell}, nil
}

// JID is the client's full address.
func (s *Stream) JID() messages.JID { return s.user.Bare() + "/" + messages.JID(s.resource) }

// Gone takes note that the connection is no more, from whichever side.
func (s *Stream) Gone() {
	s.closed = true
	s.user.streams = slices.DeleteFunc(s.user.streams, func(o *Stream) bool { return o == s })
}

// Receive takes what a client sent. id is what an answer names.
func (s *Stream) Receive(id messages.EffectID, effect messages.Effect) {
	if s.closed {
		return
	}
	if s.setUp(id, effect) || s.platform.silent {
		return
	}
	p := s.platform
	switch e := effect.(type) {
	case messages.SendProceed:
		p.proceeded(s, e.Session)
	case messages.SendAccept:
		p.accepted(s, e.Session)
	case messages.SendAnswer:
		s.acknowledge(id)
		p.answered(s, e.Session)
	case messages.SendCandidate:
		s.acknowledge(id)
	case messages.SendActive:
		s.acknowledge(id)
		p.active(s, e.Session)
	case messages.SendTerminate:
		s.acknowledge(id)
		p.endedByClient(s, e.Session)
	}
}

func (s *Stream) acknowledge(id messages.EffectID) {
	if s.platform.options.AnswerIQs {
		s.tell(messages.IQAnswered{Effect: id})
	}
}

// setUp answers what belongs to the stream itself (RFC 7395, XEP-0199, XEP-0215).
func (s *Stream) setUp(id messages.EffectID, effect messages.Effect) (taken bool) {
	switch e := effect.(type) {
	case messages.SendStreamOpen:
		s.tell(messages.StreamOpened{Socket: s.socket})
		features := messages.StreamFeatures{Socket: s.socket, Bind: s.secured}
		if !s.secured {
			features.Mechanisms = []string{"PLAIN"}
		}
		s.tell(features)
	case messages.SendAuth:
		s.secured = true
		s.tell(messages.SASLSucceeded{Socket: s.socket})
	case messages.SendBind:
		s.bind(e.Resource)
		s.tell(messages.IQAnswered{Effect: id, Bound: s.JID()})
	case messages.SendServices:
		answer := messages.IQAnswered{Effect: id}
		if e.Type == "stun" {
			answer.Services = []messages.ICEServer{{Type: "stun", Host: "127.0.0.1", Port: "3478"}}
		}
		s.tell(answer)
	case messages.SendSubscribe:
		s.tell(messages.IQAnswered{Effect: id})
		if c := s.platform.channels[s.channel]; c != nil && e.Topic == pingTopic && !c.pings {
			c.pings = true
			s.ping()
		}
	case messages.SendPing:
		s.tell(messages.IQAnswered{Effect: id})
	case messages.SendStreamClose:
		s.tell(messages.StreamEnded{Socket: s.socket})
	default:
		return false
	}
	return true
}

// pingTopic is what a client subscribes to that leaves pings to the server; pingPeriod is how often it gets one.
const (
	pingTopic  = "enable.server.side.pings"
	pingPeriod = 20 * time.Second
)

// ping pings the client from now on.
func (s *Stream) ping() {
	s.platform.clock.After(pingPeriod, func() {
		if s.closed {
			return
		}
		s.tell(messages.ServerAsked{IQ: s.platform.nextIQ(), From: Domain, Name: "ping"})
		s.ping()
	})
}

// bind gives the client the resource that it asks for, or a new one; whoever had it is pushed out.
func (s *Stream) bind(resource string) {
	if s.resource = resource; resource == "" {
		s.platform.resources++
		s.resource = fmt.Sprintf("%s-%d", s.phone, s.platform.resources)
	}
	for _, other := range slices.Clone(s.user.streams) {
		if other.resource == s.resource {
			other.Gone()
		}
	}
	s.bound = true
	if c := s.platform.channels[s.channel]; c != nil && c.pings {
		s.ping()
	}
	s.user.streams = append(s.user.streams, s)
	s.platform.proposeWaiting(s)
}

// at is the stream that is bound under a resource of the user's now, or nil.
func (u *User) at(resource string) *Stream {
	return u.stream(func(s *Stream) bool { return s.resource == resource })
}

// of is the stream of a client of the user's now, or nil.
func (u *User) of(phone string) *Stream {
	return u.stream(func(s *Stream) bool { return s.phone == phone })
}

func (u *User) stream(is func(*Stream) bool) *Stream {
	if i := slices.IndexFunc(u.streams, is); i >= 0 {
		return u.streams[i]
	}
	return nil
}

// toAll tells all clients of a user that are connected when it arrives.
func (p *Platform) toAll(u *User, say func(*Stream) messages.Input) {
	for _, s := range u.streams { // what it is told arrives later: nobody comes or goes meanwhile
		s.tell(say(s))
	}
}

// publish tells the clients that have subscribed.
func (p *Platform) publish(u *User, in messages.Input) {
	for _, s := range u.streams {
		if c := p.channels[s.channel]; c != nil && c.subscribed {
			s.tell(in)
		}
	}
}

// RefuseStreams says whether connections of the user's clients are refused from now on.
func (u *User) RefuseStreams(refused bool) { u.refused = refused }

// farewell is how long a stream lives on whose channel has expired.
const farewell = time.Second

// ExpireChannel lets a client's notification channel lose its subscriptions; its stream ends soon after.
func (p *Platform) ExpireChannel(u *User, phone string) error {
	s := u.of(phone)
	if s == nil {
		return fmt.Errorf("platform: %s/%s has no stream", u.Name, phone)
	}
	if c := p.channels[s.channel]; c != nil {
		c.subscribed = false
	}
	s.tell(messages.NoLongerSubscribed{})
	p.clock.After(farewell, func() {
		if !s.closed {
			s.tell(messages.StreamEnded{Socket: s.socket})
		}
	})
	return nil
}
