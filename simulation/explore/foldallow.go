package explore

import "bytes"

// allowance is a set of conversations, by their numbers, whose Answer is not spent.
type allowance byte

// foldAllowing is fold, with the Answers that are not spent apart: a phone decides without them, and the more of them there are,
// the more the law allows.
func (s *state) foldAllowing(ways []names) (k key, least allowance) {
	w, best := writers.Get().(*writer), writers.Get().(*writer)
	w.allowing, best.allowing = true, true
	for i, as := range ways {
		w.write(s, as)
		order := -1
		if i > 0 {
			order = bytes.Compare(w.buf, best.buf)
		}
		if order > 0 {
			continue
		}
		allows := allowance(0)
		for _, c := range s.law.Answered() {
			allows |= 1 << w.conversation(c)
		}
		if order < 0 || allows < least {
			least = allows
		}
		w, best = best, w
	}
	k = keyOf(best.buf)
	w.allowing, best.allowing = false, false
	writers.Put(w)
	writers.Put(best)
	return k, least
}

// met are the allowances with which a phone, and the rest of its law, was met.
type met uint16

// covers tells whether an allowance, or less, was met.
func (m met) covers(a allowance) bool {
	for less := range allowance(16) {
		if m&(1<<less) != 0 && less&^a == 0 {
			return true
		}
	}
	return false
}
