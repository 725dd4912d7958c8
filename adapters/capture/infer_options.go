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
			f.options_["jidResource"] = s.reason
		}
		if o.UseServerSidePings == nil && strings.HasPrefix(s.word, "subscribe enable.server.side.pings") {
			on := true
			o.UseServerSidePings = &on
			f.options_["useServerSidePings"] = true
		}
	}
	f.sessionTypes()
	f.autoAnswer()
	f.eagerness()
	f.autoConnect()
	f.capture.Config.Options = *o
	if f.capture.Config.SDK == "" {
		f.capture.Config.SDK = AssumedSDK
		f.capture.Warnings = append(f.capture.Warnings,
			f.capture.Name+": it does not say which version of the SDK was recorded: taken as "+AssumedSDK+"; --profile chooses another")
	}
}

// proposes counts the proposes of a kind, those that the client proceeded with at once, and those that it did at all.
func (f *inference) proposes(of func(*sighting) bool) (all, prompt, later int) {
	for i, s := range f.seen {
		if s.Kind != "ws.recv" || s.word != "propose" || !s.gateway || !of(s) {
			continue
		}
		all++
		found := false
		for _, next := range f.seen[i:] {
			if next.Kind != "ws.send" || next.word != "proceed" || next.session != s.session {
				continue
			}
			later++
			if found = next.turn == i && next.At-s.At <= promptly; found {
				prompt++
			}
			break
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
		f.options_["disableAutoAnswer"] = true
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
	mode := "none"
	if later > 0 {
		mode = "event"
	}
	f.config.EagerPersistent = &mode
	f.options_["eagerPersistentConnectionEstablishment"] = mode
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
			f.options_["allowedSessionTypes"] = []string{}
			return
		case s.Kind == "http.req":
			return
		}
	}
}

// autoConnect: sessions were answered in another order than they began, which a client that answers each at once does not do.
func (f *inference) autoConnect() {
	if f.config.AutoConnectSessions != nil {
		return
	}
	var waiting []string
	for _, s := range f.seen {
		switch {
		case s.Kind == "ws.send" && s.word == "accept":
			waiting = append(waiting, s.session)
		case s.word == "terminate":
			waiting = slices.DeleteFunc(waiting, func(id string) bool { return id == s.session })
		case s.Kind == "ws.send" && s.word == "answer":
			at := slices.Index(waiting, s.session)
			if at > 0 {
				off := false
				f.config.AutoConnectSessions = &off
				f.options_["autoConnectSessions"] = false
				return
			}
			if at == 0 {
				waiting = waiting[1:]
			}
		}
	}
}
