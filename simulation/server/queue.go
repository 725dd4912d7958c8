package server

import "sync"

// queue is what waits to be written to a client. It takes no memory while nothing does: most clients hear nothing most of the
// time. One goroutine may put while another takes.
type queue struct {
	room int
	wake chan struct{} // has something in it when something was put

	mu   sync.Mutex
	wait []outgoing
	next int // of those that wait
}

// spare is how many places a queue that is empty keeps.
const spare = 8

func newQueue(room int) *queue { return &queue{room: room, wake: make(chan struct{}, 1)} }

// put adds something; false: there is no room.
func (q *queue) put(o outgoing) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.wait)-q.next >= q.room {
		return false
	}
	if q.next > spare && q.next > len(q.wait)/2 { // what was taken makes room
		q.wait, q.next = append(make([]outgoing, 0, len(q.wait)), q.wait[q.next:]...), 0
	}
	q.wait = append(q.wait, o)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return true
}

// take takes the oldest; false: nothing waits.
func (q *queue) take() (o outgoing, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == len(q.wait) {
		return outgoing{}, false
	}
	o = q.wait[q.next]
	q.wait[q.next] = outgoing{}
	if q.next++; q.next == len(q.wait) {
		q.wait, q.next = q.wait[:0], 0
		if cap(q.wait) > spare {
			q.wait = nil
		}
	}
	return o, true
}

// empty throws away what waits.
func (q *queue) empty() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait, q.next = nil, 0
}
