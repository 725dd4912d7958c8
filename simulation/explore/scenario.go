package explore

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// stage is what a scenario's head says.
type stage struct {
	title      string
	quirks     []string
	appearance int
	options    messages.Options
}

// scenario is a way as the text of a scenario: what came from outside, line by line. A line that nobody outside can say, because
// it stands for what an actor does that is left out, is a comment.
func scenario(s stage, trace []told, orders map[messages.EffectID]messages.Effect) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s.\nprofile corrected", s.title)
	for _, name := range s.quirks {
		text.WriteString(" +" + name)
	}
	fmt.Fprintf(&text, "\nplatform silent\nagent ann%s\n\n", s.words(trace))
	wait := time.Second
	for _, t := range trace {
		if fired, is := t.in.(messages.TimerFired); is {
			wait += after(fired.Timer)
			continue
		}
		line, comment := spoken(t, orders)
		if comment {
			fmt.Fprintf(&text, "# %s\n", line)
			continue
		}
		fmt.Fprintf(&text, "+%v  %s\n", wait, line)
		wait = 0
	}
	return text.String()
}

// words are the options of the agent: those of the part, or those that its last move chose.
func (s stage) words(trace []told) string {
	o := s.options
	for _, t := range trace {
		if c, is := t.in.(chosen); is {
			o = c.options
		}
	}
	words := ""
	for _, option := range []struct {
		on   bool
		word string
	}{
		{s.appearance == 1, " line-appearance 1"}, {o.AutoAnswerInbound, " auto-answer"}, {o.DisableAutoAnswer, " no auto-answer"},
		{!o.AutoConnectSessions, " no auto-connect"},
		{o.EagerPersistent != "" && o.EagerPersistent != messages.EagerAuto, " eager " + string(o.EagerPersistent)},
	} {
		if option.on {
			words += option.word
		}
	}
	return words
}

// spoken is one input as a line. Comment tells that nobody outside can say it.
func spoken(t told, orders map[messages.EffectID]messages.Effect) (line string, comment bool) {
	switch in := t.in.(type) {
	case chosen:
		return fmt.Sprintf("with eagerPersistent %s, disableAutoAnswer %t, autoAnswerInbound %t", in.options.EagerPersistent,
			in.options.DisableAutoAnswer, in.options.AutoAnswerInbound), true
	case announced:
		return "within ann: " + in.event.Name() + " is announced", true
	case beside:
		return fmt.Sprintf("within ann: a session with another id is up, from %s, with conversation %s, where %v were started", in.from.Reveal(), in.carries, in.started), true
	case streamIs:
		return fmt.Sprintf("the stream is not set up, bound %t", in.bound), true
	case replaced:
		return "within ann: a session with another id takes the place of this one", true
	case failed:
		return "within ann: the microphone could not be had", true
	}
	raw, err := messages.EncodeInput(nil, t.in)
	if err != nil || t.to != 0 {
		raw, err = json.Marshal(t.in)
		if err != nil {
			raw = nil
		}
		return fmt.Sprintf("within ann: %s %s", t.in.Kind(), raw), true
	}
	return fmt.Sprintf("wire ann %s %s", t.in.Kind(), oldest.ReplaceAllStringFunc(string(raw), func(found string) string {
		id := messages.EffectID(oldest.FindStringSubmatch(found)[1])
		if e, known := orders[id]; known {
			return fmt.Sprintf(`"effect":"oldest %s"`, e.Kind())
		}
		return found
	})), false
}

// oldest matches the name of an effect in an input.
var oldest = regexp.MustCompile(`"effect":"([0-9.]+)"`)

// after is how long a timer waits, as its name says; one whose delay depends on what is known says nothing.
func after(timer string) time.Duration {
	_, delay, _ := strings.Cut(timer, "/after ")
	d, err := time.ParseDuration(delay)
	if err != nil {
		return time.Minute
	}
	return d
}
