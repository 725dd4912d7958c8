package media

import (
	"sync"
	"time"
)

// The clock of an engine: every packet time has a few moments, and each speaker speaks at one of them, so that hundreds do not all
// speak at once.
const (
	packetTime = 20 * time.Millisecond
	moments    = 4
	behindMost = time.Second // what the clock missed beyond that, as when the machine slept, is not caught up
)

// speaker sends a packet when it is asked to.
type speaker interface{ speak() }

// clock asks speakers to speak, each every 20 ms. It has a goroutine only while there is a speaker.
type clock struct {
	mu      sync.Mutex
	at      [moments]map[speaker]struct{}
	moment  map[speaker]int
	running bool
	ticking sync.WaitGroup
	skipped uint64 // packets that nobody will speak any more
}

// join has a speaker speak from now on, at the moment with the fewest.
func (c *clock) join(s speaker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, in := c.moment[s]; in {
		return
	}
	if c.moment == nil {
		c.moment = map[speaker]int{}
		for i := range c.at {
			c.at[i] = map[speaker]struct{}{}
		}
	}
	least := 0
	for i := range c.at {
		if len(c.at[i]) < len(c.at[least]) {
			least = i
		}
	}
	c.at[least][s], c.moment[s] = struct{}{}, least
	if !c.running {
		c.running = true
		c.ticking.Go(c.tick)
	}
}

// leave lets a speaker speak no more. It may be speaking just now.
func (c *clock) leave(s speaker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if moment, in := c.moment[s]; in {
		delete(c.at[moment], s)
		delete(c.moment, s)
	}
}

// tick goes from moment to moment until nobody speaks any more. A moment that is late is made up for, so that as much is said as
// time goes by.
func (c *clock) tick() {
	var speakers []speaker
	for due, moment := time.Now(), 0; ; moment = (moment + 1) % moments {
		var on bool
		if speakers, on = c.speakers(speakers[:0], moment); !on {
			return
		}
		for _, s := range speakers {
			s.speak()
		}
		clear(speakers)
		due = due.Add(packetTime / moments)
		wait := time.Until(due)
		if wait < -behindMost {
			due = due.Add(c.skip(-wait))
		}
		time.Sleep(wait)
	}
}

// skip gives up what was missed, in whole packets, and is how long that was.
func (c *clock) skip(missed time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skipped += uint64(missed/packetTime) * uint64(len(c.moment))
	return missed.Truncate(packetTime)
}

// givenUp is how many packets were given up because the clock did not run when they were due.
func (c *clock) givenUp() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skipped
}

// speakers are those of a moment; off: there are none at all.
func (c *clock) speakers(into []speaker, moment int) (all []speaker, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.at[moment] {
		into = append(into, s)
	}
	c.running = len(c.moment) > 0
	return into, c.running
}
