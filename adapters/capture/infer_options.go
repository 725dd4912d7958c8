package capture

import (
	"slices"
	"strings"
	"time"
)

// options infers the options that the config record lacks, where what the client did or left undone shows that they are not
// the default.
func (f *inference) options() {
	o := &f.config
	for _, s := range f.seen {
		if s.Kind != "ws.send" {
			continue
		}
		if s.word == "bind" && o.JIDResource == "" && s.reason != "" {
			o.JIDResource = s.reason
			f.given["jidResource"] = s.reason
		}
		if o.UseServerSidePings == nil && strings.HasPrefix(s.word, "subscribe enable.server.side.pings") {
			on := true
			o.UseServerSidePings = &on
			f.given["useServerSidePings"] = true
		}
	}
	f.sessionTypes()
	f.autoAnswer()
	f.eagerness()
	f.autoConnect()
	f.capture.Config.Options = *o
	if f.capture.Config.SDK == "" {
		f.capture.Config.SDK, f.assumed = AssumedSDK, true
		f.capture.Warnings = append(f.capture.Warnings,
			f.capture.Name+": it does not say which version of the SDK was recorded: taken as "+AssumedSDK+"; --profile chooses another")
	}
}

// proposes counts the proposes of a kind, those that the client proceeded with at once, and those that it did at all. One that it
// had proceeded with before is proceeded with at once whenever it comes again, which says nothing.
func (f *inference) proposes(of func(*sighting) bool) (all, prompt, later int) {
	proceeded := map[string]bool{}
	for i, s := range f.seen {
		if s.Kind == "ws.send" && s.word == "proceed" {
			proceeded[s.session] = true
		}
		if s.Kind != "ws.recv" || s.word != "propose" || !s.gateway || !of(s) {
			continue
		}
		next := f.next("proceed "+s.session, i)
		if next == len(f.seen) {
			all++
			continue
		}
		atOnce := f.caused(next, i) && f.seen[next].At-s.At <= f.prompt()
		if atOnce && proceeded[s.session] {
			continue
		}
		all, later = all+1, later+1
		if atOnce {
			prompt++
		}
	}
	return all, prompt, later
}

// autoAnswer: calls that ask to be answered by themselves were not.
func (f *inference) autoAnswer() {
	if f.config.DisableAutoAnswer != nil {
		return
	}
	all, prompt, _ := f.proposes(func(s *sighting) bool { return s.automatic && !s.eager })
	if all > 0 && prompt == 0 {
		off := true
		f.config.DisableAutoAnswer = &off
		f.given["disableAutoAnswer"] = true
	}
}

// eagerness: the offer of a persistent connection was not taken at once.
func (f *inference) eagerness() {
	if f.config.EagerPersistent != nil {
		return
	}
	all, prompt, later := f.proposes(func(s *sighting) bool { return s.eager })
	if all == 0 || prompt > 0 {
		return
	}
	auto := f.config.DisableAutoAnswer == nil || !*f.config.DisableAutoAnswer
	announced, _, _ := f.proposes(func(s *sighting) bool { return s.eager && s.automatic && auto })
	mode := "none"
	if later > 0 && announced == 0 { // what is announced is answered at once where it asks for it
		mode = "event"
	}
	f.config.EagerPersistent = &mode
	f.given["eagerPersistentConnectionEstablishment"] = mode
}

// wiringTime is how long after the first subscription a client that may have softphone sessions asks for its station or its
// topics, at the latest.
const wiringTime = 200 * time.Millisecond

// sessionTypes: softphone sessions were not allowed when the stream was first up.
func (f *inference) sessionTypes() {
	if f.config.AllowedSessionTypes != nil {
		return
	}
	var up *sighting
	for _, s := range f.seen {
		switch {
		case up == nil:
			if s.Kind == "ws.recv" && s.word == "result pubsub" {
				up = s
			}
		case s.At-up.At > wiringTime:
			f.config.AllowedSessionTypes = []string{}
			f.given["allowedSessionTypes"] = []string{}
			return
		case s.Kind == "http.req":
			return
		}
	}
}

// lateAnswer is by how much later than the quickest a session is answered that waited for the application. Only the first may
// wait for somebody to allow the microphone.
const lateAnswer = time.Second

// autoConnect: sessions were answered in another order than they began, or much later than others, which a client that
// answers each at once does not do.
func (f *inference) autoConnect() {
	if f.config.AutoConnectSessions != nil {
		return
	}
	type begun struct {
		session string
		at      time.Duration
	}
	var waiting []begun
	var took []time.Duration
	late, inOrder := false, true
	for _, s := range f.seen {
		at := slices.IndexFunc(waiting, func(b begun) bool { return b.session == s.session })
		switch {
		case s.Kind == "ws.send" && s.word == "accept":
			waiting = append(waiting, begun{s.session, s.At})
		case at < 0:
		case s.word == "terminate":
			waiting = slices.Delete(waiting, at, at+1)
		case s.Kind == "ws.send" && s.word == "answer":
			inOrder = inOrder && at == 0
			took = append(took, s.At-waiting[at].at)
			waiting = slices.Delete(waiting, at, at+1)
		}
	}
	if len(took) > 1 {
		late = slices.Max(took[1:])-slices.Min(took) > lateAnswer
	}
	if late || !inOrder {
		off := false
		f.config.AutoConnectSessions = &off
		f.given["autoConnectSessions"] = false
	}
}
