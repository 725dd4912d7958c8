package world

import "time"

// clock is virtual time: a line of things to be done, by their instant and then in the order in which they were asked for.
type clock struct {
	now   time.Duration
	count uint64
	line  line
}

type task struct {
	due time.Duration
	seq uint64
	do  func()
}

// Now is the instant, since the beginning.
func (c *clock) Now() time.Duration { return c.now }

// After has something done when an amount of time has passed.
func (c *clock) After(d time.Duration, do func()) {
	c.count++
	c.line.push(task{due: c.now + max(d, 0), seq: c.count, do: do})
}

// next does the next thing that is due until an instant. Not more: there is none; the clock then stands at that instant.
func (c *clock) next(until time.Duration) (more bool) {
	if len(c.line) == 0 || c.line[0].due > until {
		c.now = max(c.now, until)
		return false
	}
	t := c.line.pop()
	c.now = t.due
	t.do()
	return true
}

// line is a binary heap: no task is before the one at half its place. It is container/heap without an interface, whose
// values would be garbage, two for each task.
type line []task

func (t task) before(o task) bool { return t.due < o.due || t.due == o.due && t.seq < o.seq }

func (l *line) push(t task) {
	*l = append(*l, t)
	all := *l
	for i := len(all) - 1; i > 0; {
		above := (i - 1) / 2
		if !all[i].before(all[above]) {
			return
		}
		all[i], all[above] = all[above], all[i]
		i = above
	}
}

// pop takes the first task out. There is one.
func (l *line) pop() task {
	all := *l
	first, last := all[0], len(all)-1
	all[0], all[last] = all[last], task{}
	all = all[:last]
	*l = all
	for i := 0; ; {
		next := 2*i + 1
		if next >= len(all) {
			return first
		}
		if next+1 < len(all) && all[next+1].before(all[next]) {
			next++
		}
		if !all[next].before(all[i]) {
			return first
		}
		all[i], all[next] = all[next], all[i]
		i = next
	}
}
