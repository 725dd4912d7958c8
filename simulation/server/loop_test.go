package server

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// Who gives up what has not begun has it never done; who gives up what is being done is told that it was.
func TestLoopDoesOrDoesNot(t *testing.T) {
	l := newLoop()
	go l.run()
	defer l.close()
	busy, free := make(chan struct{}), make(chan struct{})
	l.post(func() { close(busy); <-free })
	<-busy
	done := false
	short, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := l.do(short, func() { done = true }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("given up with %v", err)
	}
	close(free)
	if err := l.do(context.Background(), func() {}); err != nil || done {
		t.Errorf("it goes on: %v; what was given up was done: %t", err, done)
	}
	ctx, stop := context.WithCancel(context.Background())
	if err := l.do(ctx, func() { stop(); time.Sleep(10 * time.Millisecond); done = true }); err != nil || !done {
		t.Errorf("what was given up while it was done: %v, done %t", err, done)
	}
}

// Many give up at many moments: nobody is told that something was not done that was, or the reverse.
func TestLoopUnderGivingUp(t *testing.T) {
	l := newLoop()
	go l.run()
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n)*20*time.Microsecond)
			defer cancel()
			done := false
			if err := l.do(ctx, func() { done = true }); (err == nil) != done {
				t.Errorf("it was told %v, and done: %t", err, done)
			}
		})
	}
	all.Wait()
	l.close()
	if err := l.do(context.Background(), func() {}); !errors.Is(err, errClosed) {
		t.Errorf("when it has ended: %v", err)
	}
}

// What waits when the loop ends is told that it ends.
func TestLoopEndsWithWork(t *testing.T) {
	l := newLoop()
	go l.run()
	busy, free, told := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	l.post(func() { close(busy); <-free })
	<-busy
	go func() { told <- l.do(context.Background(), func() { t.Error("it is done all the same") }) }()
	for {
		l.mu.Lock()
		waits := len(l.queue) > 0
		l.mu.Unlock()
		if waits {
			break
		}
		time.Sleep(time.Millisecond)
	}
	ended := make(chan struct{})
	go func() { l.close(); close(ended) }()
	for {
		l.mu.Lock()
		closed := l.closed
		l.mu.Unlock()
		if closed {
			break
		}
		time.Sleep(time.Millisecond)
	}
	close(free)
	<-ended
	if err := <-told; !errors.Is(err, errClosed) {
		t.Errorf("it is told %v", err)
	}
}

// What is due is done at its time, in the order in which it was asked for, and before what is posted later.
func TestLoopKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		go l.run()
		defer l.close()
		var order []int
		note := func(n int) func() { return func() { order = append(order, n) } }
		_ = l.do(t.Context(), func() {
			l.After(20*time.Millisecond, note(4))
			l.After(10*time.Millisecond, note(2))
			l.After(10*time.Millisecond, func() {
				note(3)()
				if l.Now() != 10*time.Millisecond {
					t.Errorf("it is %v", l.Now())
				}
				l.After(-1, note(31))
			})
			l.After(0, note(1))
		})
		time.Sleep(15 * time.Millisecond)
		_ = l.do(t.Context(), note(32))
		time.Sleep(15 * time.Millisecond)
		_ = l.do(t.Context(), note(5))
		if want := []int{1, 2, 3, 31, 32, 4, 5}; !slices.Equal(order, want) {
			t.Errorf("done in the order %v, want %v", order, want)
		}
	})
}

// A queue gives what was put, in order, up to its room, and keeps no room when it is empty.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 50).Draw(t, "room")
		q := newQueue(room)
		var model []int
		next := 0
		for range rapid.IntRange(0, 300).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				next++
				if ok := q.put(outgoing{to: "x", raw: []byte{byte(next)}}); ok != (len(model) < room) {
					t.Fatalf("with %d of %d: put says %t", len(model), room, ok)
				} else if ok {
					model = append(model, next)
				}
				continue
			}
			o, ok := q.take()
			if ok != (len(model) > 0) || ok && o.raw[0] != byte(model[0]) {
				t.Fatalf("it gives %v, %t, want the first of %v", o, ok, model)
			}
			if ok {
				model = model[1:]
			}
			if len(model) == 0 && cap(q.wait) > spare {
				t.Fatalf("it is empty and keeps room for %d", cap(q.wait))
			}
			if cap(q.wait) > 4*(room+spare) {
				t.Fatalf("for %d it keeps room for %d", room, cap(q.wait))
			}
		}
	})
}

// A bucket gives so many at once and then so many a second, and says when the next is there.
func TestBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(2, 3)
		for n := range 3 {
			if _, ok := b.take(); !ok {
				t.Errorf("the %d. of three at once is refused", n+1)
			}
		}
		wait, ok := b.take()
		if ok || wait != 500*time.Millisecond {
			t.Errorf("a fourth: %t, wait %v", ok, wait)
		}
		time.Sleep(wait)
		if _, ok := b.take(); !ok {
			t.Error("it was to be there by now")
		}
		time.Sleep(time.Hour)
		for n := range 4 {
			if _, ok := b.take(); ok != (n < 3) {
				t.Errorf("after an hour, the %d.: %t", n+1, ok)
			}
		}
	})
}
