package capture

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// The ways in which a dump of webrtc-internals cannot be used. Errors wrap them.
var (
	ErrNotInternals = errors.New("it is no dump of chrome://webrtc-internals, which is one JSON object with PeerConnections")
	ErrNoWallClock  = errors.New("only a HAR says what time of day it was: a dump of webrtc-internals cannot be put into another log")
	ErrNoneAlike    = errors.New("none of its peer connections took an offer of this log")
)

// internalsMax is the longest dump that is read, in bytes; updatesMax is how many entries of its logs are kept.
const (
	internalsMax = 512 << 20
	updatesMax   = 1_000_000
)

// Internals are the peer connections of a dump of chrome://webrtc-internals, each with what happened to it, in order.
type Internals struct {
	name  string
	peers []internalsPeer
}

// internalsPeer is one peer connection of a dump.
type internalsPeer struct {
	id      string
	updates []internalsUpdate
}

// internalsUpdate is an entry of a peer connection's log. The time is in milliseconds since 1970: a number, or its text. Of late it is
// called timestamp, the types of events begin with on, and the value is JSON in a text.
type internalsUpdate struct {
	Time      json.RawMessage `json:"time"`
	Timestamp json.RawMessage `json:"timestamp"`
	Type      string          `json:"type"`
	Value     anyText         `json:"value"`
	at        time.Time
}

// anyText is a text, or what stands for one: any other JSON is taken as it is written.
type anyText string

// UnmarshalJSON takes any JSON.
func (t *anyText) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	*t = anyText(text)
	return nil
}

// ReadInternals reads a dump of chrome://webrtc-internals. Errors quote nothing of the content.
func ReadInternals(name string, r io.Reader) (*Internals, error) {
	limited := &io.LimitedReader{R: r, N: internalsMax + 1}
	d := &Internals{name: name}
	err := d.read(json.NewDecoder(limited))
	if limited.N <= 0 {
		err = fmt.Errorf("it is longer than %d bytes: dump it after a shorter time", internalsMax)
	}
	if err != nil {
		return nil, fmt.Errorf("capture: %s: %w", name, err)
	}
	return d, nil
}

func (d *Internals) read(in *json.Decoder) error {
	found, kept := false, 0
	err := members(in, func(key string) error {
		if key != "PeerConnections" {
			return skip(in)
		}
		found = true
		return members(in, func(id string) error {
			var p struct {
				Log []internalsUpdate `json:"updateLog"`
			}
			if err := in.Decode(&p); err != nil {
				return fmt.Errorf("%w: what it has of peer connection %d cannot be read: save it again", ErrNotInternals, len(d.peers)+1)
			}
			if kept += len(p.Log); kept > updatesMax {
				return fmt.Errorf("it has more than %d entries: dump it after a shorter time", updatesMax)
			}
			return d.add(id, p.Log)
		})
	})
	if errors.Is(err, ErrNotHAR) || errors.Is(err, ErrHARDamaged) || err == nil && !found {
		return fmt.Errorf("%w: save it there with Create Dump", ErrNotInternals)
	}
	return err
}

func (d *Internals) add(id string, log []internalsUpdate) error {
	for i := range log {
		at, err := wallClock(append(log[i].Timestamp, log[i].Time...))
		if err != nil {
			return fmt.Errorf("entry %d of peer connection %d: %w", i, len(d.peers)+1, err)
		}
		log[i].at = at
	}
	slices.SortStableFunc(log, func(a, b internalsUpdate) int { return a.at.Compare(b.at) })
	if len(log) > 0 {
		d.peers = append(d.peers, internalsPeer{id, log})
	}
	slices.SortStableFunc(d.peers, func(a, b internalsPeer) int {
		return cmp.Or(a.updates[0].at.Compare(b.updates[0].at), cmp.Compare(a.id, b.id))
	})
	return nil
}

// wallClock reads a time of a dump.
func wallClock(raw json.RawMessage) (time.Time, error) {
	ms, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || math.IsNaN(ms) || ms < 0 || ms > 1e13 {
		return time.Time{}, fmt.Errorf("%w: its time is not in milliseconds since 1970: dump it with a newer browser", ErrNotInternals)
	}
	return time.UnixMicro(int64(ms * 1000)).UTC(), nil
}

var iceUser = regexp.MustCompile(`a=ice-ufrag:([^\s\\"]+)`)

// offer is the ICE user name fragment of the first offer that a peer connection took, or "".
func (p internalsPeer) offer() string {
	for _, u := range p.updates {
		if m := iceUser.FindStringSubmatch(string(u.Value)); u.Type == "setRemoteDescription" && m != nil {
			return m[1]
		}
	}
	return ""
}

// Merge puts the peer connections of a dump into a capture that was read from a HAR: each into the session whose offer it
// took, as the ICE user name fragment shows. For these no rule of inference is used; those of other pages are left out.
// Merge before Infer.
func (c *Capture) Merge(d *Internals) error {
	if c.began.IsZero() {
		return fmt.Errorf("capture: %s: %w", c.Name, ErrNoWallClock)
	}
	offers := map[string]string{} // sid → ICE user name fragment
	c.merged = map[int]bool{}
	var more []port.Record
	number := 0
	used := map[string]bool{}
	for _, s := range sight(c.Records) {
		switch {
		case s.Kind == "ws.recv" && s.word == "offer":
			offers[s.session] = s.ufrag
		case s.Kind == "ws.send" && s.word == "accept":
			number++
			at := slices.IndexFunc(d.peers, func(p internalsPeer) bool { return !used[p.id] && p.offer() != "" && p.offer() == offers[s.session] })
			if at < 0 {
				continue
			}
			used[d.peers[at].id], c.merged[number] = true, true
			records, err := d.peers[at].records(number, c.began)
			if err != nil {
				return fmt.Errorf("capture: %s: %w", d.name, err)
			}
			more = append(more, records...)
		}
	}
	if len(more) == 0 {
		return fmt.Errorf("capture: %s: %w: dump it in the browser, and in the time, that the log is of", d.name, ErrNoneAlike)
	}
	return c.insert(more)
}

// insert puts records into the order by their time.
func (c *Capture) insert(more []port.Record) error {
	all := append(slices.Clone(c.Records), more...)
	slices.SortStableFunc(all[1:], func(a, b port.Record) int { return cmp.Compare(a.At, b.At) })
	for i := range all {
		all[i].At = max(all[i].At, all[0].At)
		r, err := renumbered(all[i], i)
		if err != nil {
			return err
		}
		r.Line = i + 1
		all[i] = r
	}
	c.Records = all
	return nil
}

// stateChanges are the events of a dump that tell of a state, and what of a peer connection it is.
var stateChanges = map[string]string{
	"signalingstatechange": "signalingState", "iceconnectionstatechange": "iceConnectionState",
	"connectionstatechange": "connectionState", "icegatheringstatechange": "iceGatheringState",
}

// failures are the entries of a dump that tell that an operation was rejected.
var failures = []string{
	"setRemoteDescriptionOnFailure", "createAnswerOnFailure", "setLocalDescriptionOnFailure", "addIceCandidateFailed",
}

// gathered is a candidate as a dump writes it that has no JSON.
var gathered = regexp.MustCompile(`^sdpMid: ([^,]*), .*?candidate: (candidate:[^,]*)`)

// records are what happened to a peer connection, as records of a number.
func (p internalsPeer) records(number int, began time.Time) ([]port.Record, error) {
	var list []port.Record
	for _, u := range p.updates {
		for _, told := range u.told() {
			told.fields["pc"] = number
			r, err := port.NewRecord(0, round(max(0, u.at.Sub(began))), told.kind, told.fields)
			if err != nil {
				return nil, err
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// told is what a client was told by an entry, or nothing. That no more candidates come is not among them: the end of the
// gathering says so.
func (u internalsUpdate) told() []made {
	event := strings.TrimPrefix(strings.ToLower(u.Type), "on")
	if what, is := stateChanges[event]; is {
		state := strings.Trim(string(u.Value), `"`)
		list := []made{{kind: "pc.state", fields: object{"what": what, "value": state}}}
		if what == "iceGatheringState" && state == "complete" {
			list = append(list, made{kind: "pc.icecandidate", fields: object{"cand": nil}})
		}
		return list
	}
	switch {
	case event == "icecandidate":
		return candidateOf(string(u.Value))
	case slices.Contains(failures, u.Type):
		return []made{{kind: "pc.err", fields: object{"error": reasonOf(string(u.Value))}}}
	default:
		return nil
	}
}

// candidateOf is a gathered candidate.
func candidateOf(value string) []made {
	var c struct {
		Mid       string `json:"sdpMid"`
		Candidate string `json:"candidate"`
	}
	if json.Unmarshal([]byte(value), &c) != nil {
		if m := gathered.FindStringSubmatch(value); m != nil {
			c.Mid, c.Candidate = m[1], strings.TrimSpace(m[2])
		}
	}
	if c.Candidate == "" {
		return nil
	}
	return []made{{kind: "pc.icecandidate", fields: object{"cand": c.Candidate, "mid": c.Mid}}}
}

// reasonOf is an error as capture/1 writes it: its name, a colon and its message.
func reasonOf(value string) string {
	var e struct{ Name, Message string }
	if json.Unmarshal([]byte(value), &e) == nil && e.Name != "" {
		return e.Name + ": " + e.Message
	}
	return strings.Trim(value, `"`)
}
