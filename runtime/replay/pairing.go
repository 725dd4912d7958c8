package replay

import "fmt"

// pairing finds, for an answer that was recorded, the question of this run that it belongs to. A recorded question is
// known by an id that its run invented; what both runs share is what the question is, its key. So the k-th recorded
// question of a key is the k-th of that key that is asked here.
type pairing[Q any] struct {
	recorded map[string]place
	count    map[string]int
	asked    map[string][]*question[Q]
}

type place struct {
	key string
	k   int
}

type question[Q any] struct {
	what     Q
	answered bool
}

func newPairing[Q any]() *pairing[Q] {
	return &pairing[Q]{recorded: map[string]place{}, count: map[string]int{}, asked: map[string][]*question[Q]{}}
}

// record notes that the recording has a question of this id. Questions are noted in the recording's order; an id that
// comes again is the later question from then on.
func (p *pairing[Q]) record(id, key string) {
	p.recorded[id] = place{key, p.count[key]}
	p.count[key]++
}

// ask notes that the cell asked.
func (p *pairing[Q]) ask(key string, what Q) {
	p.asked[key] = append(p.asked[key], &question[Q]{what: what})
}

// find is the question that the recorded id stands for, or why there is none.
func (p *pairing[Q]) find(id string) (q *question[Q], orphan string) {
	at, known := p.recorded[id]
	if !known {
		return nil, "it answers nothing that the recorded client asked"
	}
	return p.nth(at)
}

// nth is the question at a place, or why there is none.
func (p *pairing[Q]) nth(at place) (q *question[Q], orphan string) {
	if asked := p.asked[at.key]; at.k >= 0 && at.k < len(asked) {
		return asked[at.k], ""
	}
	return nil, fmt.Sprintf("%s #%d was not asked", at.key, at.k+1)
}

// take is find for an answer of which there can be only one.
func (p *pairing[Q]) take(id string) (what Q, orphan string) {
	q, orphan := p.find(id)
	switch {
	case orphan != "":
		return what, orphan
	case q.answered:
		return what, "it was answered before"
	}
	q.answered = true
	return q.what, ""
}

// open are the questions without an answer.
func (p *pairing[Q]) open() []Q {
	var list []Q
	for _, questions := range p.asked {
		for _, q := range questions {
			if !q.answered {
				list = append(list, q.what)
			}
		}
	}
	return list
}
