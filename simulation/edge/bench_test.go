package edge

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
)

// One tick, 20 ms of sound of 200 sessions, each in a conversation of its own: without the network (mix), and with encryption and
// socket (send), to phones in this process; what they do with it is in the figure if the machine has one core only. The part of
// a core that the edge needs is the figure divided by 20 ms.
func BenchmarkTick(b *testing.B) {
	b.Run("mix", func(b *testing.B) {
		e := benchEdge(b)
		for i := range 200 {
			if _, err := e.offered(sessionOf(i)); err != nil {
				b.Fatal(err)
			}
		}
		benchTick(b, e, nil)
	})
	b.Run("send", func(b *testing.B) {
		e := benchEdge(b)
		var phones []*phone
		for i := range 200 {
			p := newPhone(b, sessionOf(i), 600)
			p.negotiate(e, false)
			p.wait("connected", func() bool { return p.pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
			phones = append(phones, p)
		}
		benchTick(b, e, phones)
	})
}

// Working out what to mix, after a change: of 200 sessions.
func BenchmarkPlan(b *testing.B) {
	e := benchEdge(b)
	for i := range 200 {
		if _, err := e.offered(sessionOf(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		newPlan(e.legs, e.farEnds)
	}
}

func sessionOf(i int) messages.SessionID { return messages.SessionID(fmt.Sprint("s", i)) }

// benchEdge is an edge that ticks when it is told to, with 200 conversations.
func benchEdge(b *testing.B) *Edge {
	b.Helper()
	e, err := open(Config{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := e.Close(); err != nil {
			b.Error(err)
		}
	})
	for i := range 200 {
		s := []messages.SessionID{sessionOf(i)}
		route(b, e, Routes{Conversation: messages.ConversationID(s[0]), Tone: 300 + 10*float64(i), Listeners: s, Speakers: s})
	}
	return e
}

func benchTick(b *testing.B, e *Edge, phones []*phone) {
	b.Helper()
	e.mixer.plan = e.present()
	packet := rtp.Packet{Payload: make([]byte, frameSamples)}
	feed := func() {
		packet.SequenceNumber++
		packet.Timestamp += frameSamples
		for _, l := range e.mixer.plan.legs {
			l.ears.jitter.put(&packet)
		}
	}
	for range 10 {
		feed()
		e.mixer.tick()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		feed()
		e.mixer.tick()
	}
	b.StopTimer()
	if phones == nil {
		return
	}
	time.Sleep(100 * time.Millisecond)
	for _, p := range phones {
		if c, _ := e.Counts(p.session); c.Sent < uint64(b.N) {
			b.Errorf("%s was sent %d packets in %d ticks", p.session, c.Sent, b.N)
		}
	}
}
