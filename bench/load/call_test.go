package main

import (
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// whole are the events of a call.
func whole(c messages.ConversationID, s messages.SessionID) []messages.Event {
	of := messages.SessionSummary{ID: s, Conversation: c}
	state := []messages.ConversationState{{Conversation: c}}
	return []messages.Event{
		messages.SessionStarted{Session: of}, messages.HandledPendingSession{Session: s, Conversation: c}, messages.EndOfCandidates{Session: s},
		messages.ConversationUpdate{Added: state}, messages.ConversationUpdate{}, messages.SessionTerminated{Session: s},
		messages.SessionEnded{Session: of}, messages.ConversationUpdate{Removed: state},
	}
}

func newHeard(events ...messages.Event) (*agent, *call) {
	a := &agent{calls: map[messages.ConversationID]*call{}, sessions: map[messages.SessionID]*call{}, events: counts{}, gone: make(chan struct{})}
	c := a.expect("c1", time.Now(), false)
	c.events["pendingSession"], a.sessions["s1"] = 1, c // it rang, and was answered
	for _, e := range events {
		a.hear(e)
	}
	return a, c
}

func TestVerdicts(t *testing.T) {
	all := whole("c1", "s1")
	for name, c := range map[string]struct {
		events           []messages.Event
		words            string
		lost             bool
		missing, surplus int
	}{
		"whole":        {all, "", false, 0, 0},
		"twice ended":  {append(all[:len(all):len(all)], all[6]), "1 sessionEnded too many", false, 0, 1},
		"not echoed":   {append([]messages.Event{all[0]}, all[2:]...), "1 handledPendingSession missing", false, 1, 0},
		"not removed":  {all[:7], "1 conversationUpdate that removes it missing", true, 1, 0},
		"cancelled":    {[]messages.Event{messages.CancelPendingSession{Session: "s1", Conversation: "c1"}}, "1 cancelPendingSession too many", true, 7, 1},
		"of a session": {append(all[:len(all):len(all)], messages.SessionInterrupted{Session: "s1", Conversation: "c1"}), "1 sessionInterrupted too many", false, 0, 1},
	} {
		_, heard := newHeard(c.events...)
		words, lost, missing, surplus := heard.verdict()
		if !strings.Contains(words, c.words) || c.words == "" && words != "" || lost != c.lost || missing != c.missing || surplus != c.surplus {
			t.Errorf("%s: %q, lost %t, %d missing, %d too many", name, words, lost, missing, surplus)
		}
	}
}

// What belongs to no call is counted for the agent.
func TestEventsOfNoCall(t *testing.T) {
	a, _ := newHeard(messages.StreamDisconnected{}, messages.StreamDisconnected{}, messages.SDKError{Error: messages.ErrorInfo{Message: "why"}},
		messages.SessionStarted{Session: messages.SessionSummary{Conversation: "c2"}}, messages.ConversationUpdate{Added: []messages.ConversationState{{Conversation: "c2"}}})
	words, missing, surplus := a.events.differences(counts{"disconnected": 1, "ready": 1})
	want := "1 conversationUpdate of an unknown call too many, 1 disconnected too many, 1 ready missing, 1 sdkError why too many, 1 sessionStarted too many"
	if got := strings.Join(words, ", "); got != want || missing != 1 || surplus != 4 {
		t.Errorf("%s; %d, %d", got, missing, surplus)
	}
}
