package runtime

// OpenQuestions is how many IQs of a softphone are remembered because their answers may still come.
func (s *Softphone) OpenQuestions() int {
	n := make(chan int)
	s.inbox.put(func() { n <- len(s.wire.asked) })
	return <-n
}

// Awake is how many actors of protoactor a cell has.
func (c *Cell) Awake() (n int) {
	for _, u := range c.units {
		if u.awake != nil {
			n++
		}
	}
	return n
}
