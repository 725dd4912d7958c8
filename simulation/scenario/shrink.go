package scenario

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
)

// Shrink makes a failing scenario shorter for as long as it fails, and what is left of it plainer: fewer lines first, then
// fewer settings, phones and agents, moments such as +1s, and round numbers. It calls fails at most budget times, each time
// with another scenario, and in the same order for the same s. The result has neither more lines nor more text than s,
// and fails if s does; its lines are numbered anew.
func Shrink(s Scenario, fails func(Scenario) bool, budget int) Scenario {
	text := s.String()
	r := &reducer{best: s.clone(), fails: fails, left: budget, length: len(text), ordered: s.isInOrder(), tried: map[[32]byte]bool{sha256.Sum256([]byte(text)): true}}
	r.change(func(c *Scenario) { c.Expected = "" })
	for found := -1; found != r.found && r.left > 0; {
		found = r.found
		r.dropTopics()
		r.dropChunks()
		r.dropSettings()
		r.dropPeople()
		r.easeMoments()
		r.easeStatements()
		if r.found == found {
			r.dropPairs()
		}
	}
	r.length = len(text)
	r.renameCalls()
	for i := range r.best.Lines {
		r.best.Lines[i].At = 0
	}
	return r.best
}

// reducer holds the plainest scenario found that still fails.
type reducer struct {
	best    Scenario
	fails   func(Scenario) bool
	left    int // how often fails may still be asked
	length  int // the longest text that a candidate may have
	tried   map[[32]byte]bool
	found   int  // how many candidates became best
	ordered bool // the moments stay in order
}

// try takes a candidate if it still fails.
func (r *reducer) try(c Scenario) bool {
	text := c.String()
	key := sha256.Sum256([]byte(text))
	if r.left <= 0 || len(text) > r.length || r.tried[key] || r.ordered && !c.isInOrder() {
		return false
	}
	r.left--
	r.tried[key] = true
	if !r.fails(c.clone()) {
		return false
	}
	r.best, r.length = c, len(text)
	r.found++
	return true
}

// change tries the best with a change.
func (r *reducer) change(by func(c *Scenario)) bool {
	c := r.best.clone()
	by(&c)
	return r.try(c)
}

// drop tries the best without some lines: first with the others at the moments where they were, then closing up.
func (r *reducer) drop(gone func(i int) bool) bool {
	return r.change(func(c *Scenario) { c.Lines = without(c.Lines, gone, true) }) ||
		r.change(func(c *Scenario) { c.Lines = without(c.Lines, gone, false) })
}

// without are the lines that are not gone. Those behind one that is gone stay at their moments if keep is set and that
// makes no delay too long.
func without(lines []Line, gone func(i int) bool, keep bool) []Line {
	var left []Line
	var before *When // the moment that the lines which are gone came to
	for i, line := range lines {
		when := line.When
		if before != nil && when.Event == "" && !when.Absolute {
			after := when.After
			when = *before
			when.After = min(when.After+after, momentMax)
		}
		if gone(i) {
			before = &when
			continue
		}
		if keep {
			line.When = when
		}
		left, before = append(left, line), nil
	}
	return left
}

// dropTopics drops all lines that are about a call, done by a phone, about an agent, or of a kind.
func (r *reducer) dropTopics() {
	topics := map[string]bool{}
	var inOrder []string
	for _, line := range r.best.Lines {
		for _, t := range topicsOf(line) {
			if !topics[t] {
				topics[t] = true
				inOrder = append(inOrder, t)
			}
		}
	}
	for _, topic := range inOrder {
		lines := r.best.Lines
		r.drop(func(i int) bool { return slices.Contains(topicsOf(lines[i]), topic) })
	}
}

// topicsOf are what a line is about. Their first words tell a call from a phone, an agent and a verb.
func topicsOf(l Line) []string {
	topics := []string{
		"call " + l.Do.Call, "call " + l.When.Call,
		"agent " + l.Do.Agent, "agent " + l.Do.Phone.Agent,
		"phone " + l.Do.Phone.String(), "phone " + l.When.Phone.String(),
		"verb " + string(l.Do.Verb),
	}
	return slices.DeleteFunc(topics, func(t string) bool { return strings.HasSuffix(t, " ") })
}

// dropChunks drops halves, quarters and so on down to single lines, the last ones first: what comes after a failure has
// no part in it.
func (r *reducer) dropChunks() {
	for size := len(r.best.Lines); size > 0; size /= 2 {
		for end := len(r.best.Lines); end > 0; end = max(0, end-size) {
			r.drop(func(i int) bool { return i < end && i >= end-size })
		}
	}
}

// pairsMax is how many lines there may be for each two of them to be dropped together.
const pairsMax = 64

// dropPairs drops two lines that mean something only together, such as a hold and its retrieve.
func (r *reducer) dropPairs() {
	if len(r.best.Lines) > pairsMax {
		return
	}
	for last := len(r.best.Lines) - 1; last > 0; last-- {
		for first := last - 1; first >= 0; first-- {
			if r.drop(func(i int) bool { return i == first || i == last }) {
				return // the next round goes on, with less
			}
		}
	}
}

// dropSettings takes what the header says of the platform and of the profile's quirks out, all and then one by one.
func (r *reducer) dropSettings() {
	r.change(func(c *Scenario) { c.Seed, c.Platform, c.Quirks, c.Silent, c.LoginByHand = 0, nil, nil, false, false })
	r.change(func(c *Scenario) { c.Seed = 0 })
	r.change(func(c *Scenario) { c.Silent = false })
	r.change(func(c *Scenario) { c.LoginByHand = false })
	r.change(func(c *Scenario) { c.Platform = nil })
	for i := len(r.best.Platform) - 1; i >= 0; i-- {
		r.change(func(c *Scenario) { c.Platform = slices.Delete(c.Platform, i, i+1) })
	}
	r.change(func(c *Scenario) { c.Quirks = nil })
	for i := len(r.best.Quirks) - 1; i >= 0; i-- {
		r.change(func(c *Scenario) { c.Quirks = slices.Delete(c.Quirks, i, i+1) })
	}
}

// dropPeople takes out the agents and phones that no line names, and what is said of the others.
func (r *reducer) dropPeople() {
	named := r.best.named()
	r.change(func(c *Scenario) {
		c.Agents = slices.DeleteFunc(c.Agents, func(a Agent) bool { return !named[a.Name] })
		if len(c.Agents) == 0 {
			c.Agents = r.best.clone().Agents[:1]
		}
	})
	for i := len(r.best.Agents) - 1; i >= 0 && len(r.best.Agents) > 1; i-- {
		if !named[r.best.Agents[i].Name] {
			r.change(func(c *Scenario) { c.Agents = slices.Delete(c.Agents, i, i+1) })
		}
	}
	for i := range r.best.Agents {
		r.change(func(c *Scenario) { c.onePhone(i) })
		r.dropPhones(i)
		for _, o := range agentOptions() {
			if o.word != phonesOption {
				r.change(func(c *Scenario) { o.reset(&c.Agents[i]) })
			}
		}
	}
}

// dropPhones takes out the phones of an agent that no line names. The first is named wherever only the agent is.
func (r *reducer) dropPhones(agent int) {
	named := r.best.named()
	for i := len(r.best.Agents[agent].Phones) - 1; i > 0; i-- {
		a := r.best.Agents[agent]
		if phone := (Phone{a.Name, a.Phones[i]}); !named[phone.String()] {
			r.change(func(c *Scenario) { c.Agents[agent].Phones = slices.Delete(c.Agents[agent].Phones, i, i+1) })
		}
	}
}

// onePhone gives an agent one phone, that does all that the agent's phones did.
func (s *Scenario) onePhone(agent int) {
	a := &s.Agents[agent]
	a.Phones = []string{firstPhone}
	for i := range s.Lines {
		for _, p := range []*Phone{&s.Lines[i].Do.Phone, &s.Lines[i].When.Phone} {
			if p.Agent == a.Name {
				p.Name = ""
			}
		}
	}
}

// named are the agents, and the phones by ann/home, that lines name.
func (s Scenario) named() map[string]bool {
	named := map[string]bool{}
	for _, line := range s.Lines {
		named[line.Do.Agent] = true
		for _, p := range []Phone{line.Do.Phone, line.When.Phone} {
			named[p.Agent], named[p.String()] = true, true
		}
	}
	return named
}

// renameCalls names the calls C1, C2 … in the order in which they come, in what wire lines tell too.
func (r *reducer) renameCalls() {
	names := map[string]string{}
	for _, line := range r.best.Lines {
		for _, call := range []string{line.When.Call, line.Do.Call} {
			if call != "" && names[call] == "" {
				names[call] = "C" + strconv.Itoa(len(names)+1)
			}
		}
	}
	r.change(func(c *Scenario) {
		for i := range c.Lines {
			l := &c.Lines[i]
			l.When.Call, l.Do.Call = names[l.When.Call], names[l.Do.Call]
			l.Do.JSON = quotedCall.ReplaceAllStringFunc(l.Do.JSON, func(quoted string) string {
				if name, known := names[strings.Trim(quoted, `"`)]; known {
					return `"` + name + `"`
				}
				return quoted
			})
		}
	})
}
