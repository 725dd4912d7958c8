package runtime

// OpenQuestions is how many IQs of a softphone are remembered because their answers may still come.
func (s *Softphone) OpenQuestions() int {
	n := make(chan int)
	s.inbox.put(func() { n <- len(s.wire.asked) })
	return <-n
}

// Players is how many actors of protoactor there are in a shard, those that it has for itself aside.
func (s *Shard) Players() (n int) {
	for _, t := range s.spare {
		n += len(t.players)
	}
	return n
}

// Cast is how many of a cell's actors have an actor of protoactor.
func (c *Cell) Cast() (n int) {
	for _, u := range c.units {
		if u.player != nil {
			n++
		}
	}
	return n
}

// Asleep tells whether a softphone's cell sleeps. It does not wake it.
func (s *Softphone) Asleep() bool {
	asleep := make(chan bool)
	s.inbox.put(func() { asleep <- s.cell.Asleep() })
	return <-asleep
}
