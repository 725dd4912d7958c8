package server

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// errClosed is what a loop says that has ended.
var errClosed = errors.New("server: it is shutting down")

// loop is the one goroutine on which the platform lives, and its clock. Whoever wants something of the platform posts it.
type loop struct {
	mu      sync.Mutex
	queue   []func()
	closed  bool
	wake    chan struct{}
	done    chan struct{}
	began   time.Time
	broke   func(why any) // is told, on the loop, that what was done there panicked: it was the last thing that was
	now     time.Duration // of the turn that runs; the loop's goroutine alone looks at it
	timers  timerHeap
	ordinal uint64
}

// newLoop is a loop that stands still until run.
func newLoop() *loop {
	return &loop{wake: make(chan struct{}, 1), done: make(chan struct{}), began: time.Now()}
}

// Now is the instant of what is being done (platform.Clock).
func (l *loop) Now() time.Duration { return l.now }

// After has something done on the loop when an amount of time has passed (platform.Clock). Only the loop calls it.
func (l *loop) After(d time.Duration, do func()) {
	l.ordinal++
	heap.Push(&l.timers, timer{due: l.now + max(d, 0), ordinal: l.ordinal, do: do})
}

// since is the time since the loop was made, for those who are not on it.
func (l *loop) since() time.Duration { return time.Since(l.began) }

// post has something done on the loop, after what was posted before. It does not wait. false: the loop has ended.
func (l *loop) post(do func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.queue = append(l.queue, do)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

// do has something done on the loop, and waits for it. Whoever posts in this way never has more than one thing there. An error
// means that it was not done, and never will be: what it would have written is the caller's alone again.
func (l *loop) do(ctx context.Context, what func()) error {
	var taken atomic.Bool // by the loop, which does it, or by who waits, who wants it no more
	whole := false        // it was done to its end
	done := make(chan struct{})
	posted := l.post(func() {
		if taken.CompareAndSwap(false, true) {
			defer close(done)
			what()
			whole = true
		}
	})
	if !posted {
		return errClosed
	}
	why := errClosed
	select {
	case <-done:
		return outcome(whole)
	case <-l.done:
	case <-ctx.Done():
		why = ctx.Err()
	}
	if taken.CompareAndSwap(false, true) {
		return why
	}
	<-done // it is being done, which takes no time
	return outcome(whole)
}

// outcome is the error of something that was done, to its end or not.
func outcome(whole bool) error {
	if !whole {
		return errClosed
	}
	return nil
}

// run does what is posted and what is due, until it is closed. What is due at one instant is done in the order in which it
// was asked for; what is posted comes behind what was due by then. What panics is the last thing that is done: nobody knows what
// state the platform is in then.
func (l *loop) run() {
	defer close(l.done)
	defer func() {
		if why := recover(); why != nil {
			l.mu.Lock()
			l.closed = true
			l.mu.Unlock()
			l.broke(why)
		}
	}()
	alarm := time.NewTimer(time.Hour)
	defer alarm.Stop()
	for {
		posted, open := l.take()
		if !open {
			return
		}
		for _, do := range posted {
			l.fire()
			l.now = max(l.now, l.since())
			do()
		}
		l.fire()
		if len(posted) > 0 {
			continue
		}
		alarm.Reset(l.untilNext())
		select {
		case <-l.wake:
		case <-alarm.C:
		}
	}
}

// take takes all that was posted.
func (l *loop) take() (posted []func(), open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	posted, l.queue = l.queue, nil
	return posted, !l.closed
}

// fire does what is due.
func (l *loop) fire() {
	for len(l.timers) > 0 && l.timers[0].due <= l.since() {
		t := heap.Pop(&l.timers).(timer)
		l.now = max(l.now, t.due)
		t.do()
	}
}

func (l *loop) untilNext() time.Duration {
	if len(l.timers) == 0 {
		return time.Hour
	}
	return max(l.timers[0].due-l.since(), 0)
}

// close ends the loop after the turn that runs; what still waits is not done.
func (l *loop) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	<-l.done
}

// timer is something to be done.
type timer struct {
	due     time.Duration
	ordinal uint64
	do      func()
}

// timerHeap is a heap.Interface of timers, by due and ordinal.
type timerHeap []timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	return h[i].due < h[j].due || h[i].due == h[j].due && h[i].ordinal < h[j].ordinal
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(timer)) }
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = timer{}
	*h = old[:len(old)-1]
	return t
}
