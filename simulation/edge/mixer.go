package edge

import (
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	frameTime = 20 * time.Millisecond
	// complainAtMost is how often a machine that is too slow is worth a warning.
	complainAtMost = 5 * time.Second
	// behindAtMost is how many frames are made up for when the machine was late: what the jitter buffers hold. More would
	// only be thrown away at the other end: the clock of what we say jumps instead.
	behindAtMost = (jitterSamples-jitterDelay)/frameSamples - 1
)

// mixer makes the frames. The ticker alone touches it.
type mixer struct {
	plan  *plan
	clock uint32 // the timestamp of the present frame, for all sessions
	frame uint64 // how many were made
	sum   sum
	mixed linear
	out   encoded
}

// tick makes one frame of everything: takes what came in, mixes, sends, measures.
func (m *mixer) tick() {
	m.frame++
	m.clock += frameSamples
	for _, l := range m.plan.legs {
		l.speaks = l.ears.jitter.take(&l.said)
		l.heard.add(&l.said)
	}
	for _, f := range m.plan.tones {
		f.tone.next(&f.said)
	}
	for _, x := range m.plan.mixes {
		frame := m.make(x)
		for _, l := range x.to {
			l.say(frame, m.clock)
		}
		for _, f := range x.farEnds {
			f.heard.add(frame)
		}
	}
}

// skip lets frames pass that come too late to be made: what came in for them is thrown away. It is how many packets nobody was sent.
func (m *mixer) skip(frames int) (unsent int) {
	m.clock += uint32(frames) * frameSamples
	for _, l := range m.plan.legs {
		if l.flows {
			unsent += frames
		}
		for range min(frames, jitterSamples/frameSamples+1) {
			l.ears.jitter.take(&l.said)
		}
	}
	return unsent
}

// make is the frame of one mix. Nobody, or one session alone, needs no arithmetic: its bytes are passed on.
func (m *mixer) make(x *mix) *encoded {
	speaking, only := 0, (*leg)(nil)
	for _, l := range x.legs {
		if l.speaks {
			speaking++
			only = l
		}
	}
	switch {
	case speaking == 0 && len(x.tones) == 0:
		return &silence
	case speaking == 1 && len(x.tones) == 0:
		return &only.said
	case speaking == 0 && len(x.tones) == 1:
		m.out.encode(&x.tones[0].said)
		return &m.out
	}
	clear(m.sum[:])
	for _, f := range x.tones {
		m.sum.add(&f.said)
	}
	for _, l := range x.legs {
		if l.speaks {
			m.sum.add(l.samples(m.frame))
		}
	}
	m.sum.saturate(&m.mixed)
	m.out.encode(&m.mixed)
	return &m.out
}

// run makes frames until the edge closes.
func (e *Edge) run() {
	defer e.work.Done()
	ticker := time.NewTicker(frameTime)
	defer ticker.Stop()
	start, made := time.Now(), 0
	for {
		select {
		case <-e.closing:
			return
		case <-ticker.C:
		}
		e.mixer.plan = e.present()
		due := int(time.Since(start) / frameTime)
		if late := due - made - behindAtMost; late > 0 {
			e.late(late)
			made += late
		}
		for ; made < due; made++ {
			e.mixer.tick()
		}
	}
}

// late leaves out frames.
func (e *Edge) late(frames int) { e.skipped.add(e.log, frames, e.mixer.skip(frames)) }

// skipped counts frames that were left out because the machine was too slow.
type skipped struct {
	frames     atomic.Int64
	packets    atomic.Uint64 // that sessions were not sent for it
	complained time.Time     // the ticker's
}

func (s *skipped) add(log *slog.Logger, frames, packets int) {
	s.packets.Add(uint64(packets))
	all := time.Duration(s.frames.Add(int64(frames))) * frameTime
	if now := time.Now(); now.Sub(s.complained) >= complainAtMost {
		s.complained = now
		log.Warn("edge: the machine is too busy: sound was left out", "inAll", all)
	}
}
