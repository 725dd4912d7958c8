package softphone

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// ends: a session carries another conversation, is interrupted, or ends.
var ends = together(
	on(messages.CarryConversation{}).Do(carry).Source("1.6.8 row 6b"),
	on(messages.NoteStarted{}).If(besideOthers).Corrected(quirk.SharedStartHoldsNobody).Do(noteStarted, holdForStarted),
	on(messages.NoteStarted{}).Do(noteStarted).Source("1.6.8 row 6b"),
	on(messages.EndAnnounced{}).Corrected(quirk.EndsAnnouncedAgain).Do(forgetStart, tellWatchers),
	on(messages.EndAnnounced{}).Quirk(quirk.EndsAnnouncedAgain).Do(tellWatchers).Source("1.6.9 step 2"),
	on(messages.FallbackWanted{}).If(goneAlready).Corrected(quirk.HangUpHangs).Do(tellGone),
	on(messages.FallbackWanted{}).Do(tellFallback).Source("1.6.9 step 3").Source("1.6.9 step 4").Source("1.6.9 step 5"),
	on(messages.InterruptionSeen{}).Do(announceInterrupted).Source("1.7 interrupted"),
	on(messages.SessionTerminatedNow{}).If(endedOverJingle).If(wasLine).Unless(neverRaised).Do(announceEnd, handOver, tellDepartures, unlist, forgetEnded).Source("1.7 terminated").Source("1.6.1 current terminates").Source("1.6.1 otherwise"),
	on(messages.SessionTerminatedNow{}).If(endedOverJingle).Unless(neverRaised).Do(announceEnd, tellDepartures, unlist, forgetEnded).Source("1.7 terminated"),
	on(messages.SessionTerminatedNow{}).If(wasLine).Unless(neverRaised).Do(unlist, announceEnd, handOver, tellDepartures, forgetEnded).Source("1.7 terminated").Source("1.6.1 current terminates").Source("1.6.1 otherwise"),
	on(messages.SessionTerminatedNow{}).Unless(neverRaised).Do(unlist, announceEnd, tellDepartures, forgetEnded).Source("1.7 terminated"),
	on(messages.SessionTerminatedNow{}).If(lostUnbegun).Corrected(quirk.PendingsOutliveCalls).Do(withdrawUnbegun, unlist, tellDepartures, forgetEnded),
	on(messages.SessionTerminatedNow{}).Do(unlist, tellDepartures, forgetEnded))

func endedOverJingle(d *Data, e messages.SessionTerminatedNow) bool {
	return d.session(e.Session).View.Signalling == messages.Jingle
}

// wasLine tells whether a session's end hands the line over. The pick line-lost-to-old-session: if it ever was the shared
// one, or if it is.
func wasLine(d *Data, e messages.SessionTerminatedNow) bool {
	if d.Quirks.Has(quirk.LineLostToOldSession) {
		return d.session(e.Session).WasLine
	}
	return d.Line.Session == e.Session
}

// neverRaised: the session ended before it was made known, or to somebody who does not listen.
func neverRaised(d *Data, e messages.SessionTerminatedNow) bool { return !d.session(e.Session).Raised }

// lostUnbegun: the session of a call that was answered ended before it was made known, and no other has its id.
func lostUnbegun(d *Data, e messages.SessionTerminatedNow) bool {
	lost := d.session(e.Session).View
	v, pending := d.meant(lost.Session, "")
	return pending && v.Coming && !slices.ContainsFunc(d.Sessions, func(s Session) bool {
		return s.View.Ref != lost.Ref && s.View.Session == lost.Session && !s.View.Over
	})
}

func withdrawUnbegun(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	return d, d.withdraw(d.session(e.Session).View.Session)
}

// unlist takes the session from the list. The pick namesakes-together: and with it all of its kind that have its id, if it
// is on the list: one that an earlier stream listed is on none.
func unlist(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	ended := d.session(e.Session)
	together := d.Quirks.Has(quirk.NamesakesTogether) && !ended.Dropped
	for i, s := range d.Sessions {
		if !together && s.View.Ref != ended.View.Ref {
			continue
		}
		if s.View.Signalling != ended.View.Signalling || s.View.Session != ended.View.Session {
			continue
		}
		s.Listed = false
		if s.View.Ref == ended.View.Ref {
			s.Watched = false
		}
		d.Sessions = replace(d.Sessions, i, s)
	}
	return d, nil
}

// forgetEnded goes through the sessions once an end was made known, and through the placeholders: without the session
// nothing is left of them.
func forgetEnded(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	d, out := d.sweep()
	if d.Quirks.Has(quirk.PlaceholderLeaks) {
		return d, out
	}
	for _, v := range d.Conversations {
		if !v.Stored && v.Session == e.Session {
			out = append(out, tell(v.Ref, messages.SessionTerminatedSeen{Session: e.Session}))
		}
	}
	return d, out
}

func announceEnd(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	return d, d.announceEnd(e.Session, e.Reason)
}

// announceEnd announces the end of a session. The fact ends-announced-again: once, with what it carries, or for each
// conversation whose start was announced and whose end was not.
func (d *Data) announceEnd(ref messages.Ref, reason string) acts {
	s := d.session(ref)
	if !d.Quirks.Has(quirk.EndsAnnouncedAgain) {
		var out acts
		for _, c := range s.Started {
			s.Carries = c
			out = append(out, messages.Announce{Event: messages.SessionEnded{Session: s.summary(), Reason: reason}},
				tell(messages.Root, messages.EndAnnounced{Session: s.View.Session, Conversation: c, Ref: ref}))
		}
		return out
	}
	return acts{
		messages.Announce{Event: messages.SessionEnded{Session: s.summary(), Reason: reason}},
		tell(messages.Root, messages.EndAnnounced{Session: s.View.Session, Conversation: s.Carries, Ref: ref}),
	}
}

// forgetStart: the end of what started was announced, so it may start again.
func forgetStart(d *Data, e messages.EndAnnounced) (*Data, acts) {
	i := d.sessionAt(e.Ref)
	if i < 0 {
		return d, nil
	}
	s := d.Sessions[i]
	s.Started = slices.DeleteFunc(slices.Clone(s.Started), func(c messages.ConversationID) bool { return c == e.Conversation })
	d.Sessions = replace(d.Sessions, i, s)
	return d.sweep()
}

// handOver gives the line to the first active session under a persistent connection, else to nobody. The pick
// line-needs-acceptance: nobody, or the session that is up under line appearance 1, or where no station says what it is.
func handOver(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.WasLine = false
	d.Sessions = replace(d.Sessions, i, s)
	next, ok := d.firstListed(func(s *Session) bool { return s.View.Stage == stageActive })
	if ok && d.persistent() {
		return d.takeLine(next.View.Ref)
	}
	if up, ok := d.sharedUnasked(); ok {
		return d.takeLine(up.View.Ref)
	}
	return d, acts{tell(messages.LineActor, messages.LineReleased{})}
}

// sharedUnasked is the session that is up where not each call has one of its own, whenever it was accepted.
func (d *Data) sharedUnasked() (Session, bool) {
	if d.Quirks.Has(quirk.LineNeedsAcceptance) || d.concurrent() {
		return Session{}, false
	}
	return d.firstListed(func(s *Session) bool {
		return s.phone() && !s.View.Over && (s.View.Stage == stageActive || s.Accepting && s.View.Stage != stageEnded)
	})
}

func tellDepartures(d *Data, e messages.SessionTerminatedNow) (*Data, acts) {
	var out acts
	for _, w := range d.Watchers {
		out = append(out, tell(w.Ref, messages.SessionTerminatedSeen{Session: e.Session}))
	}
	return d, out
}

// tellWatchers tells who waits for the announcement, when all that it causes is done.
func tellWatchers(d *Data, e messages.EndAnnounced) (*Data, acts) {
	var out acts
	for _, w := range d.Watchers {
		out = append(out, messages.Later{To: w.Ref, Msg: e})
	}
	return d, out
}

func noteWatcher(d *Data, e messages.WatcherView) (*Data, acts) {
	for i, w := range d.Watchers {
		if w.Ref != e.Ref {
			continue
		}
		if e.Gone {
			d.Watchers = without(d.Watchers, i)
		}
		return d, nil
	}
	if e.Gone || e.Ref == 0 {
		return d, nil
	}
	d.Watchers = replace(d.Watchers, -1, e)
	return d, nil
}

func announceInterrupted(d *Data, e messages.InterruptionSeen) (*Data, acts) {
	s := d.session(e.Session)
	if !s.Raised {
		return d, nil
	}
	return d, acts{messages.Announce{Event: messages.SessionInterrupted{Session: s.View.Session, Conversation: s.Carries, Type: s.View.Type}}}
}

// --- the page is shown

func shown(_ *Data, e messages.PageShown) bool  { return e.Visible }
func watched(d *Data, e messages.PeerGone) bool { return d.session(e.Session).Watched }

// checkPeers looks at the peer connections: one may have died without an event.
func checkPeers[E messages.Input](d *Data, _ E) (*Data, acts) {
	var out acts
	for _, s := range d.Sessions {
		if s.Watched {
			out = append(out, tell(s.View.Ref, messages.CheckPeer{}))
		}
	}
	return d, out
}

func announceGone(d *Data, e messages.PeerGone) (*Data, acts) {
	i := d.sessionAt(e.Session)
	s := d.Sessions[i]
	s.Watched = false
	d.Sessions = replace(d.Sessions, i, s)
	return d, d.announceEnd(e.Session, "gone")
}

// leaveGone ends the session whose peer connection is found dead: the far end must not put the next call on it.
func leaveGone(d *Data, e messages.PeerGone) (*Data, acts) {
	return d, acts{tell(e.Session, messages.LeaveSession{Reason: "gone"})}
}
