package world

import (
	"container/heap"
	"time"
)

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
	heap.Push(&c.line, task{due: c.now + max(d, 0), seq: c.count, do: do})
}

// next does the next thing that is due until an instant. Not more: there is none; the clock then stands at that instant.
func (c *clock) next(until time.Duration) (more bool) {
	if len(c.line) == 0 || c.line[0].due > until {
		c.now = max(c.now, until)
		return false
	}
	t := heap.Pop(&c.line).(task)
	c.now = t.due
	t.do()
	return true
}

type line []task

func (l line) Len() int      { return len(l) }
func (l line) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l line) Less(i, j int) bool {
	return l[i].due < l[j].due || l[i].due == l[j].due && l[i].seq < l[j].seq
}

// Push and Pop implement heap.Interface.
func (l *line) Push(x any) { *l = append(*l, x.(task)) }

// Pop takes the last element.
func (l *line) Pop() any {
	old := *l
	t := old[len(old)-1]
	old[len(old)-1] = task{}
	*l = old[:len(old)-1]
	return t
}
