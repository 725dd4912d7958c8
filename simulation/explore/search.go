package explore

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// search goes through all states of an instance, breadth first.
type search struct {
	of *instance
	// goOn: a broken law ends its own way only, and all others are gone to their ends. Else the search ends with the moves
	// that are as many as the first counterexample's.
	goOn bool
	// excused tells whether a counterexample has nothing to do with what is looked for; nil: none is excused.
	excused func(counterexample) bool
	// statesMax gives the search up; 0: nothing does.
	statesMax int
	progress  func(states, transitions int)

	ways        []names
	visited     map[key]met
	nodes       []node // every state, in the order in which it was found
	transitions int
	held        int // moves that were not made, because too much would have been in flight
	found       []counterexample
	fixpoint    bool
	bound       string // why there is none, unless it is for a counterexample
}

// node is how a state was found first.
type node struct {
	from int32
	move int32
}

// reached is a state on the frontier.
type reached struct {
	at    int32
	state *state
}

// candidate is a state that a move led to.
type candidate struct {
	key    key
	allows allowance
	state  *state
	from   int32
	move   int32
	broken []broken
}

// counterexample is the way to a broken law.
type counterexample struct {
	node   int32
	move   int32
	broken broken
}

// batch is how many states are gone on from before what they lead to is taken over.
const batch = 2048

// run goes on until nothing new is found, a law is broken, or it is given up.
func (s *search) run(first *state) error {
	s.ways = renamings(s.of.words)
	k, allows := s.fold(first)
	s.visited = map[key]met{k: 1 << allows}
	s.nodes = []node{{-1, -1}}
	for frontier := []reached{{0, first}}; len(frontier) > 0; {
		var next []reached
		for at := 0; at < len(frontier); at += batch {
			part := frontier[at:min(at+batch, len(frontier))]
			results, err := s.expand(part)
			if err != nil {
				return err
			}
			next = s.merge(results, next)
			clear(part)
			s.progress(len(s.nodes), s.transitions)
			if s.statesMax > 0 && len(s.nodes) > s.statesMax {
				s.bound = fmt.Sprintf("given up at %d states", s.statesMax)
				return nil
			}
		}
		if len(s.found) > 0 && !s.goOn {
			return nil
		}
		frontier = next
	}
	s.fixpoint = true
	return nil
}

// fold is what a state is called. In a part that says so, one with more Answers than another is not gone on from: whatever breaks
// a law from there does from the other.
func (s *search) fold(of *state) (key, allowance) {
	if s.of.allowing {
		return of.foldAllowing(s.ways)
	}
	return of.fold(s.ways), 0
}

// expand makes all moves of some states, on all cores. The visited states are only read.
func (s *search) expand(part []reached) ([][]candidate, error) {
	results := make([][]candidate, len(part))
	var next, made, held atomic.Int64
	var failure atomic.Value
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(part) {
					return
				}
				found, n, not, err := s.successors(part[i])
				if err != nil {
					failure.Store(err)
					return
				}
				results[i] = found
				made.Add(int64(n))
				held.Add(int64(not))
			}
		})
	}
	workers.Wait()
	s.transitions += int(made.Load())
	s.held += int(held.Load())
	if err, failed := failure.Load().(error); failed {
		return nil, err
	}
	return results, nil
}

func (s *search) successors(r reached) (found []candidate, made, held int, err error) {
	for i, m := range s.of.moves(r.state.phone, s.of.words) {
		p, err := r.state.make(m, s.of)
		if err != nil {
			return nil, 0, 0, fmt.Errorf("explore: move %d of state %d: %w", i, r.at, err)
		}
		if len(p.broken) == 0 && len(p.state.phone.open) > inFlightMax {
			held++
			continue
		}
		made++
		if !p.moved {
			continue
		}
		k, allows := s.fold(p.state)
		if s.visited[k].covers(allows) && len(p.broken) == 0 {
			continue
		}
		found = append(found, candidate{k, allows, p.state, r.at, int32(i), p.broken})
	}
	return found, made, held, nil
}

// merge takes over what is new, in the order of the states that it came from, so that the result is the same on any number
// of cores.
func (s *search) merge(results [][]candidate, next []reached) []reached {
	for _, found := range results {
		for _, c := range found {
			for _, b := range c.broken {
				if example := (counterexample{c.from, c.move, b}); s.excused == nil || !s.excused(example) {
					s.found = append(s.found, example)
				}
			}
			if s.visited[c.key].covers(c.allows) || len(c.broken) > 0 {
				continue
			}
			s.visited[c.key] |= 1 << c.allows
			s.nodes = append(s.nodes, node{c.from, c.move})
			next = append(next, reached{int32(len(s.nodes) - 1), c.state})
		}
	}
	return next
}

// way is the moves that lead to a counterexample.
func (s *search) way(c counterexample) []int32 {
	way := []int32{c.move}
	for at := c.node; at > 0; at = s.nodes[at].from {
		way = append([]int32{s.nodes[at].move}, way...)
	}
	return way
}
