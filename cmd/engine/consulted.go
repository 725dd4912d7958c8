package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// consulted are the quirks that count where a log differs: switched the other way round, something else is decided there.
type consulted struct {
	File   string   `json:"file"`
	Entry  uint64   `json:"entry"`
	Quirks []string `json:"quirks"`
}

// String is for reading: "entry 21: quirks consulted there: active-stale".
func (c consulted) String() string {
	names := "none"
	if len(c.Quirks) > 0 {
		names = strings.Join(c.Quirks, ", ")
	}
	return fmt.Sprintf("entry %d: quirks consulted there: %s", c.Entry, names)
}

// consultedBy are those where the replay of a capture differs from it; none where no entry of the cell is the place.
func consultedBy(log *capture.Capture, result *played, d capture.Divergence) ([]consulted, error) {
	step, ok := placeOf(result.entries, d)
	if !ok {
		return nil, nil
	}
	names, err := host.Consulted(log, result.quirks, step)
	return []consulted{{log.Name, step.Seq, orEmpty(names)}}, err
}

// consultedIn are those of the entry of a journal that has a line.
func consultedIn(j replay.Journal, line int) ([]consulted, error) {
	_, entries, _, err := j.Read()
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(entries) {
		if e.Line <= line {
			names, err := replay.Consulted(j, actors.Softphone(), e.Seq)
			return []consulted{{j.Name, e.Seq, orEmpty(names)}}, err
		}
	}
	return nil, nil
}

// orEmpty is a list that is [] in JSON when it has nothing.
func orEmpty(names []string) []string { return append([]string{}, names...) }

// placeOf is what the cell did where a replay differs from its recording: the earlier one of the entry that decided what the
// recording does not have there, and of that which did not decide what the recording has. ok is false if the cell was told
// nothing there, as for a look inside.
func placeOf(entries []replay.Entry, d capture.Divergence) (step runtime.Step, ok bool) {
	if d.List == capture.StateList {
		return step, false
	}
	place := len(entries)
	if d.Got != nil {
		place = slices.IndexFunc(entries, func(e replay.Entry) bool { return e.Written > d.Got.Seq })
	}
	if d.Want != nil {
		place = min(place, lastBefore(entries, *d.Want))
	}
	if place < 0 || place == len(entries) {
		return step, false
	}
	return entries[place].Step, true
}

// lastBefore is the index of the last entry that was decided before something was recorded; -1: there is none.
func lastBefore(entries []replay.Entry, recorded capture.Decision) int {
	for i, e := range slices.Backward(entries) {
		if e.Step.Seq > 0 && e.At <= recorded.At && (e.Record == nil || e.Line < recorded.Line) {
			return i
		}
	}
	return -1
}

// apart says where a capture's replay differs from it first; "" if it does not.
func apart(log *capture.Capture, result *played) (string, error) {
	report, _ := compare(log, result, log.Config.Tolerance())
	if report.Match() {
		return "", nil
	}
	d := report.First()
	text := fmt.Sprintf("%s #%d", d.List, d.Index)
	list, err := consultedBy(log, result, d)
	for _, c := range list {
		text += ", " + c.String()
	}
	return text, err
}
