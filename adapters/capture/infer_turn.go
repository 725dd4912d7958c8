package capture

import "time"

// How long after what came in the client's own doing is seen at the latest: a person takes longer. What the far end noted has the
// way there and back in it.
const (
	promptly     = 8 * time.Millisecond
	promptlyAfar = 100 * time.Millisecond
)

// prompt is how long after what came in the client's own doing is seen.
func (f *inference) prompt() time.Duration {
	if f.afar {
		return promptlyAfar
	}
	return promptly
}

// caused tells whether what was seen at one place came in the turn of what came in at another: with nothing that came in
// between. What was noted afar has no turns, only times.
func (f *inference) caused(i, by int) bool {
	if f.afar {
		return by < i && f.seen[i].At-f.seen[by].At <= promptlyAfar
	}
	return f.seen[i].turn == by
}

// cause is the latest input that caused what was seen and is of a kind; -1: there is none.
func (f *inference) cause(i int, is func(*sighting) bool) int {
	if !f.afar {
		if turn := f.seen[i].turn; turn >= 0 && is(f.seen[turn]) {
			return turn
		}
		return -1
	}
	for j := i - 1; j >= 0 && f.caused(i, j); j-- {
		if s := f.seen[j]; IsInput(s.Kind) && is(s) {
			return j
		}
	}
	return -1
}

// together tells whether two things were seen in one turn.
func (f *inference) together(i, j int) bool {
	if f.afar {
		return (f.seen[i].At - f.seen[j].At).Abs() <= promptlyAfar
	}
	return f.seen[i].turn == f.seen[j].turn
}

// effects are what was seen in the turn of an input.
func (f *inference) effects(of int) []*sighting {
	end := of + 1
	for end < len(f.seen) && f.caused(end, of) {
		end++
	}
	return f.seen[of+1 : end]
}
