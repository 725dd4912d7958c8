package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// foldable is how many of the first rungs are housekeeping and shown in one line: the login, pings, candidates and
// acknowledgements. One that stands alone is folded only if no more came of it than a ping or a candidate.
func foldable(rungs []rung) int {
	n := 0
	for n < len(rungs) && housekeeping(rungs[n]) {
		n++
	}
	if n == 1 && len(rungs[0].Out) > len(routine(rungs)) {
		return 0
	}
	return n
}

// housekeeping tells whether an entry belongs to the connection or to a media path being found, and went well.
func housekeeping(r rung) bool {
	step := r.entry.Step
	if step.Input == nil || r.Orphan != "" || r.Problem != "" || r.drops || len(r.entry.Lost) > 0 || !goesWell(step.Input) {
		return false
	}
	if isPeerChange(step.Input) && len(r.Out)+len(r.telling) > 0 {
		return false
	}
	for _, row := range step.Rows {
		if row.Verdict == fsm.Unexpected || row.From != row.To && !slices.Contains(keepers, row.Chart) {
			return false
		}
	}
	for _, out := range step.Outputs {
		if !expected(out.Effect) {
			return false
		}
	}
	return true
}

// keepers are the charts that keep the connection.
var keepers = []string{"softphone", "connection", "discovery", "straggler", "backoff", "pinger", "serverWatch", "topics", "station", "request"}

// goesWell tells whether an input is one of a login, a ping or a media path, without an error.
func goesWell(in messages.Input) bool {
	switch in := in.(type) {
	case messages.HTTPAnswered:
		return in.Status >= 200 && in.Status < 300 && in.Malformed == ""
	case messages.IQAnswered:
		return in.Condition == ""
	case messages.Initialize, messages.SocketOpened, messages.StreamOpened, messages.StreamFeatures, messages.SASLSucceeded,
		messages.TimerFired, messages.LocalCandidate, messages.RemoteCandidate:
		return true
	default:
		return isPeerChange(in)
	}
}

// isPeerChange tells whether an input is a change of a peer connection, which is housekeeping as long as it changes nothing.
func isPeerChange(in messages.Input) bool {
	switch in.(type) {
	case messages.PeerICEChanged, messages.PeerConnectionChanged:
		return true
	default:
		return false
	}
}

// expected tells whether an effect is part of a login, a ping or a media path.
func expected(effect messages.Effect) bool {
	switch e := effect.(type) {
	case messages.Request:
		return slices.Contains([]messages.RequestKind{
			messages.GetOrganization, messages.GetMe, messages.PostChannel, messages.PutTopics, messages.GetStation,
		}, e.Of)
	case messages.Announce:
		return expectedEvent(e.Event)
	case messages.Settle:
		return e.Error == nil && e.Placed == nil
	case messages.OpenSocket, messages.SendStreamOpen, messages.SendAuth, messages.SendBind, messages.SendServices,
		messages.SendSubscribe, messages.SendPing, messages.SendCandidate, messages.AddCandidate:
		return true
	default:
		return false
	}
}

func expectedEvent(event messages.Event) bool {
	switch event.(type) {
	case messages.StreamConnected, messages.Ready, messages.StationChanged, messages.ConcurrentSessionsEnabled, messages.EndOfCandidates:
		return true
	default:
		return false
	}
}

// fold writes rungs as one line: what they are, which states they went through and what was announced.
func (p *ladderPrinter) fold(rungs []rung) {
	first, last := rungs[0], rungs[len(rungs)-1]
	entries, text := fmt.Sprint(first.Entry), first.In
	if len(rungs) > 1 {
		entries = fmt.Sprintf("%d–%d", first.Entry, last.Entry)
		text = fmt.Sprintf("%d entries until %.1f", len(rungs), last.T)
	}
	parts := []string{text}
	for _, list := range [][]string{journeys(rungs), outcomes(rungs)} {
		if len(list) > 0 {
			parts = append(parts, strings.Join(list, "; "))
		}
	}
	p.wrapped(entries, fmt.Sprintf("%.1f", first.T), "=", subject(rungs)+": "+strings.Join(parts, "; "))
}

// subject says what rungs are about.
func subject(rungs []rung) string {
	about := "housekeeping"
	for _, r := range rungs {
		switch r.entry.Step.Input.(type) {
		case messages.Initialize:
			return "login"
		case messages.SocketOpened:
			return "new stream"
		case messages.LocalCandidate, messages.RemoteCandidate, messages.PeerICEChanged, messages.PeerConnectionChanged:
			about = "media path"
		}
		for _, out := range r.entry.Step.Outputs {
			if _, pings := out.Effect.(messages.SendPing); pings && about == "housekeeping" {
				about = "pings"
			}
		}
	}
	return about
}

// journeys are the charts that are in another state than before, each from where to where.
func journeys(rungs []rung) []string {
	from, to := map[string]fsm.State{}, map[string]fsm.State{}
	var charts []string
	for _, r := range rungs {
		for _, row := range r.entry.Step.Rows {
			if row.Chart == "" || row.Chart == "request" {
				continue
			}
			if _, seen := from[row.Chart]; !seen {
				from[row.Chart] = row.From
				charts = append(charts, row.Chart)
			}
			if row.To != row.From {
				to[row.Chart] = row.To
			}
		}
	}
	var list []string
	for _, chart := range charts {
		if to[chart] != "" && to[chart] != from[chart] {
			list = append(list, fmt.Sprintf("%s %s → %s", chart, from[chart], to[chart]))
		}
	}
	return list
}

// outcomes are the events and settlements of rungs, then how many candidates and pings were sent.
func outcomes(rungs []rung) []string {
	var events, list []string
	for _, r := range rungs {
		for _, out := range r.entry.Step.Outputs {
			switch e := out.Effect.(type) {
			case messages.Announce:
				events = append(events, e.Event.Name())
			case messages.Settle:
				list = append(list, fmt.Sprintf("settled call %d", e.Call))
			}
		}
	}
	if len(events) > 0 {
		list = append([]string{"announced " + strings.Join(events, ", ")}, list...)
	}
	kinds := routine(rungs)
	for _, kind := range slices.Compact(slices.Sorted(slices.Values(kinds))) {
		n := 0
		for _, k := range kinds {
			if k == kind {
				n++
			}
		}
		list = append(list, fmt.Sprintf("%d %s", n, kind))
	}
	return list
}

// routine lists the kinds of the pings and candidates that rungs ordered.
func routine(rungs []rung) []string {
	var kinds []string
	for _, r := range rungs {
		for _, out := range r.entry.Step.Outputs {
			switch out.Effect.(type) {
			case messages.SendPing, messages.SendCandidate, messages.AddCandidate:
				kinds = append(kinds, out.Effect.Kind())
			}
		}
	}
	return kinds
}
