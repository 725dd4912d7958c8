package play

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// teller writes down what happens, for people.
type teller struct {
	on, quiet bool
	zero      time.Duration
	b         strings.Builder
}

func (t *teller) text() string { return t.b.String() }

func (t *teller) say(at time.Duration, who, what string) {
	if !t.on || t.quiet {
		return
	}
	if who == "" {
		fmt.Fprintf(&t.b, "%s  %s\n", clockText(at-t.zero), what)
		return
	}
	fmt.Fprintf(&t.b, "%s  %-10s %s\n", clockText(at-t.zero), who, what)
}

// clockText is an instant as minutes, seconds and milliseconds.
func clockText(at time.Duration) string {
	ms := at.Milliseconds()
	return fmt.Sprintf("%2d:%02d.%03d", ms/60000, ms/1000%60, ms%1000)
}

// line repeats a line of the scenario at its moment.
func (t *teller) line(at time.Duration, s scenario.Statement) {
	if t.on && !t.quiet {
		fmt.Fprintf(&t.b, "%s  > %s\n", clockText(at-t.zero), s)
	}
}

// output tells of what a user would notice: announcements, settled requests, the microphone.
func (t *teller) output(at time.Duration, phone *world.Phone, e messages.Effect) {
	if !t.on || t.quiet {
		return
	}
	switch e := e.(type) {
	case messages.Announce:
		t.say(at, phone.String(), eventText(e.Event))
	case messages.Settle:
		if e.Error != nil {
			t.say(at, phone.String(), "request failed: "+e.Error.Message)
		}
	case messages.RequestMicrophone:
		t.say(at, phone.String(), "asks for the microphone")
	case messages.SendProceed:
		t.say(at, phone.String(), fmt.Sprintf("sends proceed %s", e.Session))
	case messages.SendAnswer:
		t.say(at, phone.String(), fmt.Sprintf("sends its answer %s", e.Session))
	case messages.SendTerminate:
		t.say(at, phone.String(), fmt.Sprintf("sends terminate %s (%s)", e.Session, e.Reason))
	case messages.Request:
		if word, tells := controlText(e); tells {
			t.say(at, phone.String(), "requests "+word)
		}
	}
}

// controlText is a request about a call.
func controlText(r messages.Request) (text string, tells bool) {
	switch r.Of {
	case messages.PatchState:
		return fmt.Sprintf("%s %s", r.Conversation, r.State), true
	case messages.PatchHeld:
		return fmt.Sprintf("%s held %t", r.Conversation, r.Value), true
	case messages.PatchMuted:
		return fmt.Sprintf("%s muted %t", r.Conversation, r.Value), true
	case messages.PostVoicemail:
		return fmt.Sprintf("%s to voicemail", r.Conversation), true
	case messages.PostCall:
		return "a call", true
	default:
		return "", false
	}
}

// eventText is an event with what it is about.
func eventText(e messages.Event) string {
	name := e.Name()
	switch e := e.(type) {
	case messages.PendingSession:
		if e.AutoAnswer {
			name += " (auto-answer)"
		}
		return fmt.Sprintf("%s %s %s", name, e.Conversation, e.ID)
	case messages.CancelPendingSession:
		return fmt.Sprintf("%s %s %s", name, e.Conversation, e.Session)
	case messages.HandledPendingSession:
		return fmt.Sprintf("%s %s %s", name, e.Conversation, e.Session)
	case messages.SessionStarted:
		return fmt.Sprintf("%s %s %s", name, e.Session.Conversation, e.Session.ID)
	case messages.SessionEnded:
		return fmt.Sprintf("%s %s %s (%s)", name, e.Session.Conversation, e.Session.ID, e.Reason)
	case messages.SessionInterrupted:
		return fmt.Sprintf("%s %s %s", name, e.Conversation, e.Session)
	case messages.ConversationUpdate:
		return name + updateText(e)
	case messages.StationChanged:
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", name, e.Action, stationText(e.Station)))
	case messages.ConcurrentSessionsEnabled:
		return fmt.Sprintf("%s %t", name, e.Enabled)
	case messages.SDKError:
		return fmt.Sprintf("%s %s: %s", name, e.Error.Type, e.Error.Message)
	case messages.StreamConnected:
		if e.Reconnect {
			return name + " again"
		}
	}
	return name
}

func stationText(s *messages.StationInfo) string {
	if s == nil {
		return ""
	}
	text := fmt.Sprintf("line appearance %d", s.LineAppearance)
	if s.Persistent {
		text += ", persistent"
	}
	return text
}

func updateText(u messages.ConversationUpdate) string {
	var b strings.Builder
	for _, c := range u.Current {
		fmt.Fprintf(&b, " %s%s", c.Conversation, legText(c.Call))
	}
	for _, list := range []struct {
		word  string
		calls []messages.ConversationState
	}{{"added", u.Added}, {"removed", u.Removed}} {
		for _, c := range list.calls {
			fmt.Fprintf(&b, " %s %s", list.word, c.Conversation)
		}
	}
	if u.Active != "" {
		fmt.Fprintf(&b, " active %s", u.Active)
	}
	return b.String()
}

func legText(l *messages.Leg) string {
	if l == nil {
		return ""
	}
	words := []string{string(l.State)}
	if l.Held.True() {
		words = append(words, "held")
	}
	if l.Muted.True() {
		words = append(words, "muted")
	}
	return "(" + strings.Join(words, " ") + ")"
}

// standing tells how things stand.
func (t *teller) standing(p *player) {
	if !t.on {
		return
	}
	for _, w := range p.order {
		hears := "nobody"
		if calls := w.phone.Hears(); len(calls) > 0 {
			words := make([]string, len(calls))
			for i, c := range calls {
				words[i] = string(c)
			}
			hears = strings.Join(words, " and ")
		}
		fmt.Fprintf(&t.b, "then       %-10s hears %s", w.phone, hears)
		if waiting := w.phone.Waiting(); len(waiting) > 0 {
			fmt.Fprintf(&t.b, "; waits for: %s", strings.Join(waiting, ", "))
		}
		t.b.WriteByte('\n')
	}
}

// costs tells what was used.
func (t *teller) costs(all []Cost) {
	if !t.on {
		return
	}
	for _, c := range all {
		fmt.Fprintf(&t.b, "cost       %-10s %s\n", c.Phone, c)
	}
}

// String is the cost in words.
func (c Cost) String() string {
	text := fmt.Sprintf("%s, %s, %s, %s", counted(c.Sessions, "start"), counted(c.Peers, "peer connection"), counted(c.Requests, "request"), counted(c.Stanzas, "frame"))
	if len(c.Audio) == 0 {
		return text
	}
	audio := make([]string, len(c.Audio))
	for i, d := range c.Audio {
		audio[i] = d.String()
	}
	return text + "; heard after " + strings.Join(audio, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// verdict tells whether the laws were kept, by name.
func (t *teller) verdict(o Outcome) {
	if !t.on {
		return
	}
	broken := slices.Clone(o.Broken)
	if len(broken) == 0 {
		t.b.WriteString("laws       kept\n")
		return
	}
	for _, b := range broken {
		fmt.Fprintf(&t.b, "laws       BROKEN at %s, entry %d: %s: %s\n", b.Phone, b.Seq, b.Law, b.What)
	}
}
