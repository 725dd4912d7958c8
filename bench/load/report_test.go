package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/media"
	"github.com/hookswitch/hookswitch/messages"
)

// Sound that was never sent is lost, though no sequence number is missing.
func TestSoundThatWasNeverSentIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		unsent, givenUp uint64
		silent          int
		whole           bool
	}{
		"all of it":                 {whole: true},
		"a thousandth less":         {unsent: 5, givenUp: 5, whole: true},
		"too slow a server":         {unsent: 100},
		"too slow softphones":       {givenUp: 100},
		"an end that heard nothing": {silent: 1},
	} {
		var out bytes.Buffer
		r := report{out: &out, looks: []look{{server: process{tells: true, unsent: 7}}, {server: process{tells: true, unsent: 7 + c.unsent}}}}
		whole := r.writeAudio(media.Sound{Sent: 20_000, Received: 20_000}, c.givenUp, &day{heard: heard{Received: 20_000}, silent: c.silent})
		if whole != c.whole {
			t.Errorf("%s: whole is %t\n%s", name, whole, out.String())
		}
	}
	r := report{out: new(bytes.Buffer), looks: []look{{}}}
	if r.writeAudio(media.Sound{Received: 20_000}, 0, &day{heard: heard{Received: 20_000}}) {
		t.Error("what a server leaves out that tells nothing is taken for nothing")
	}
}

// ears are peer connections with what each hears.
type ears map[messages.Ref]float64

func (e ears) Peers() (all []messages.Ref) {
	for peer := range e {
		all = append(all, peer)
	}
	return all
}

func (e ears) Sound(peer messages.Ref) (media.Sound, bool) { return media.Sound{Level: e[peer]}, true }

// A softphone hears its call if one peer connection does; one that has none hears nothing.
func TestACallIsHeard(t *testing.T) {
	for want, e := range map[bool][]ears{true: {{1: -20}, {1: -127, 2: -20}}, false: {{}, {1: -127}}} {
		for _, e := range e {
			if hears(e) != want {
				t.Errorf("%v: heard is %t", e, !want)
			}
		}
	}
}

// What is left of a run is a fault of it.
func TestWhatIsLeftIsTold(t *testing.T) {
	over := time.Now()
	before := look{server: process{tells: true, goroutines: 11, lives: 4 << 20}, here: process{goroutines: 5}}
	rest := func(change func(*look)) (whole bool, said string) {
		last := before
		last.server.collected = over.Add(time.Second)
		change(&last)
		var out bytes.Buffer
		r := report{out: &out, plan: plan{Heap: 10}, over: over, looks: []look{before, {}, last}}
		return r.writeRest(), out.String()
	}
	if whole, said := rest(func(l *look) { l.server.lives += 9 << 20; l.here.goroutines++ }); !whole {
		t.Errorf("nothing is left, and the run fails: %s", said)
	}
	for why, change := range map[string]func(*look){
		"20 goroutines":        func(l *look) { l.server.goroutines += 20 },
		"30 here":              func(l *look) { l.here.goroutines += 30 },
		"11 MB more":           func(l *look) { l.server.lives += 11 << 20 },
		"heap is not known":    func(l *look) { l.server.collected = over.Add(-time.Second) },
		"-11 goroutines more ": func(l *look) { l.server = process{collected: over.Add(time.Second)} },
	} {
		if whole, said := rest(change); whole || !strings.Contains(said, why) {
			t.Errorf("%s: whole is %t, said is %s", why, whole, said)
		}
	}
}

// The server's metrics are read as they are.
func TestTheServerTells(t *testing.T) {
	c := newControl(small(serve(t, nil)))
	defer c.close()
	p, err := c.look(t.Context())
	if err != nil || !p.tells || p.goroutines == 0 || p.lives == 0 || p.heap == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
