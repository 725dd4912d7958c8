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
	phone      string // the client whose channel it is, if nobody else knows its name
	subscribed bool
	pings      bool          // the client leaves pings to the server
	streams    int           // those that are connected
	since      time.Duration // when it was made, or its last stream left
}

// Stream is a client's connection as the platform sees it.
type Stream struct {
	platform  *Platform
	user      *User
	phone     string // the client's name
	resource  string // under which it is bound, or ""
	socket    int
	channel   *channel
	tell      func(messages.Input)
	pushedOut func()
	secured   bool
	bound     bool
	closed    bool
}

// Connect takes a client's connection, or refuses it: now, or because there is no such channel of the user's. tell is how a message gets
// to the client, in order; the embedder adds how long it travels. phone is how the embedder knows the client. If it does not,
// it is "": the client is then known by the resource under which it binds, or, if it asks for none, by its channel.
func (p *Platform) Connect(user *User, phone string, socket int, channel string, tell func(messages.Input)) (*Stream, error) {
	if user.refused {
		return nil, fmt.Errorf("platform: %s takes no connection now", user.Name)
	}
	c := p.channel(user, channel)
	if c == nil {
		return nil, fmt.Errorf("platform: %s has no such channel", user.Name)
	}
	c.streams++
	return &Stream{platform: p, user: user, phone: phone, socket: socket, channel: c, tell: tell}, nil
}

// mostChannels is how many channels a user has.
const mostChannels = 100

// newChannel is a new channel of a user's. If he has too many, the oldest without a stream makes room; nil: there is none.
func (p *Platform) newChannel(u *User) *channel {
	if len(u.channels) >= mostChannels {
		i := slices.IndexFunc(u.channels, func(c *channel) bool { return c.streams == 0 })
		if i < 0 {
			return nil
		}
		p.dropChannel(u.channels[i])
	}
	p.channelsMade++
	c := &channel{id: p.ids(ChannelID, fmt.Sprintf("channel-%d", p.channelsMade)), user: u, since: p.clock.Now()}
	p.channels[c.id] = c
	u.channels = append(u.channels, c)
	return c
}

func (p *Platform) dropChannel(c *channel) {
	delete(p.channels, c.id)
	c.user.channels = slices.DeleteFunc(c.user.channels, func(o *channel) bool { return o == c })
}

// channel finds a channel of a user's, or nil.
func (p *Platform) channel(u *User, id string) *channel {
	if c := p.channels[id]; c != nil && c.user == u {
		return c
	}
	return nil
}

// ChannelOf is whose channel that is, or nil: there is no such channel.
func (p *Platform) ChannelOf(channel string) *User {
	if c := p.channels[channel]; c != nil {
		return c.user
	}
	return nil
}

// JID is the client's full address.
func (s *Stream) JID() messages.JID { return s.user.Bare() + "/" + messages.JID(s.resource) }

// User is whose client it is.
func (s *Stream) User() *User { return s.user }

// Phone is the client's name; "" before it is bound, if only the platform gives it one.
func (s *Stream) Phone() string { return s.phone }

// Resource is under which the client is bound, or "".
func (s *Stream) Resource() string { return s.resource }

// Channel is the notification channel of the connection.
func (s *Stream) Channel() string { return s.channel.id }

// WhenPushedOut has somebody told when another connection takes the resource of this one, which is then gone (RFC 6120 section 7.7.2.2).
func (s *Stream) WhenPushedOut(tell func()) { s.pushedOut = tell }

// Gone takes note that the connection is no more, from whichever side.
func (s *Stream) Gone() {
	if s.closed {
		return
	}
	s.closed = true
	s.channel.streams--
	s.channel.since = s.platform.clock.Now()
	s.user.streams = slices.DeleteFunc(s.user.streams, func(o *Stream) bool { return o == s })
}

// Receive takes what a client sent. id is what an answer names.
func (s *Stream) Receive(id messages.EffectID, effect messages.Effect) {
	if s.closed || s.refused(id, effect) {
		return
	}
	if s.setUp(id, effect) || s.platform.silent || !s.bound {
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

// refused tells whether a client asks for what it may not, yet or again, and answers so (RFC 6120 sections 6.4.1 and 7.6.2).
func (s *Stream) refused(id messages.EffectID, effect messages.Effect) bool {
	condition := ""
	switch effect.(type) {
	case messages.SendBind, messages.SendServices, messages.SendSubscribe, messages.SendPing:
		if !s.secured {
			condition = "not-authorized"
		}
	}
	if _, bind := effect.(messages.SendBind); bind && s.bound {
		condition = "not-allowed"
	}
	if condition != "" {
		s.tell(messages.IQAnswered{Effect: id, Condition: condition})
	}
	return condition != ""
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
		if e.Topic == pingTopic && !s.channel.pings {
			s.channel.pings = true
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
	s.name(resource)
	for _, other := range slices.Clone(s.user.streams) {
		if other.resource == s.resource {
			other.Gone()
			if other.pushedOut != nil {
				other.pushedOut()
			}
		}
	}
	s.bound = true
	if s.channel.pings {
		s.ping()
	}
	s.user.streams = append(s.user.streams, s)
	s.platform.proposeWaiting(s)
}

// name gives the client its resource, and its name if nobody else has.
func (s *Stream) name(resource string) {
	if s.resource = resource; resource != "" {
		if s.phone == "" {
			s.phone = resource
		}
		return
	}
	p, nameless := s.platform, s.phone == ""
	if nameless {
		if s.channel.phone == "" {
			s.channel.phone = p.nextResource("client")
		}
		s.phone = s.channel.phone
	}
	if s.resource = s.phone; !nameless || p.options.Resource == ServerNames {
		s.resource = p.nextResource(s.phone)
	}
}

// nextResource is a new resource for a client.
func (p *Platform) nextResource(client string) string {
	p.resources++
	return p.ids(ResourceID, fmt.Sprintf("%s-%d", client, p.resources))
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
		if s.channel.subscribed {
			s.tell(in)
		}
	}
}

// RefuseStreams says whether connections of the user's clients are refused from now on.
func (u *User) RefuseStreams(refused bool) { u.refused = refused }

// Reject: a client rejects the call that a session was proposed for (XEP-0353 section 3.3). The user's other clients are told, and
// the call ends as if it were disconnected. Nothing happens if a client has the session.
func (s *Stream) Reject(id messages.SessionID) {
	p := s.platform
	session := p.session(id)
	if s.closed || !s.bound || p.silent || session == nil || session.user != s.user || !session.Proposed() || session.phone != "" {
		return
	}
	for _, other := range s.user.streams {
		if other != s {
			other.tell(messages.Rejected{Session: id, From: s.JID()})
		}
	}
	if session.private {
		p.retract(session, p.options.EdgeDelay)
	}
	for _, l := range p.carried(session) {
		p.end(l)
	}
}

// farewell is how long a stream lives on whose channel has expired.
const farewell = time.Second

// ExpireChannel lets a client's notification channel lose its subscriptions; its stream ends soon after.
func (p *Platform) ExpireChannel(u *User, phone string) error {
	s := u.of(phone)
	if s == nil {
		return fmt.Errorf("platform: %s/%s has no stream", u.Name, phone)
	}
	s.channel.subscribed = false
	s.tell(messages.NoLongerSubscribed{})
	p.clock.After(farewell, func() {
		if !s.closed {
			s.tell(messages.StreamEnded{Socket: s.socket})
		}
	})
	return nil
}

// Subscribed tells whether the connection's channel hears notifications.
func (s *Stream) Subscribed() bool { return s.channel.subscribed }
