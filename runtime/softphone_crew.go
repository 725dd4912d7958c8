package runtime

import "sync"

// inbox is a line of things to be done by one goroutine. It has no bound: whoever puts something in never waits.
type inbox struct {
	ready chan struct{} // has an element when there may be something to take

	mu     sync.Mutex
	things []func()
	closed bool
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

// put adds a thing, unless the inbox is closed.
func (b *inbox) put(do func()) {
	b.mu.Lock()
	if !b.closed {
		b.things = append(b.things, do)
	}
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take empties the inbox, in the order in which things were put in.
func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	things := b.things
	b.things = nil
	return things
}

// close drops what is there and what will come.
func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.things, b.closed = nil, true
}

// crew are the goroutines that work for a softphone.
type crew struct {
	mu       sync.Mutex
	finished bool
	working  sync.WaitGroup
}

// start runs something beside the softphone, or not at all once the crew has finished.
func (c *crew) start(work func()) (started bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.finished {
		c.working.Go(work)
	}
	return !c.finished
}

// finish starts nothing more and waits for what is under way.
func (c *crew) finish() {
	c.mu.Lock()
	c.finished = true
	c.mu.Unlock()
	c.working.Wait()
}

// lane does jobs one after another, beside the softphone. It has a goroutine only while it has a job.
type lane struct {
	crew *crew

	mu   sync.Mutex
	jobs []func()
	busy bool
}

// add lines up a job. Once the crew has finished it is dropped, unless a job of the lane is still under way.
func (l *lane) add(job func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jobs = append(l.jobs, job)
	if !l.busy {
		l.busy = l.crew.start(l.work)
	}
}

func (l *lane) work() {
	for {
		l.mu.Lock()
		if len(l.jobs) == 0 {
			l.busy = false
			l.mu.Unlock()
			return
		}
		job := l.jobs[0]
		l.jobs = l.jobs[1:]
		l.mu.Unlock()
		job()
	}
}
