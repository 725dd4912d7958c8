package runtime_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

// nowhere is a journal that keeps nothing.
type nowhere struct{}

func (nowhere) Entry([]byte) error { return nil }
func (nowhere) Rest([]byte) error  { return nil }

var notified = messages.ConversationNotified{Conversation: "8c3d1f6e-5f0a-4f0c-9a5e-0b6f1d2c3e4f", Participants: []messages.Participant{
	{ID: "a", User: "u7", Purpose: "agent", Calls: []messages.Leg{{State: messages.Connected, Muted: messages.No, Held: messages.No, Direction: "inbound"}}},
	{ID: "b", Purpose: "customer", Calls: []messages.Leg{{State: messages.Connected, Direction: "inbound"}}},
}}

// A notification: written down, decided, its update encoded, the hash brought up to date.
func BenchmarkNotification(b *testing.B) {
	cell := newCell(b, nowhere{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cell.Handle(0, notified); err != nil {
			b.Fatal(err)
		}
	}
}

// Three hops between actors, with views, and six effects.
func BenchmarkConversationBetweenActors(b *testing.B) {
	cell := newCell(b, nowhere{})
	if _, err := cell.Handle(0, messages.Initialize{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cell.Handle(0, messages.Propose{Session: "s"}); err != nil {
			b.Fatal(err)
		}
	}
}
