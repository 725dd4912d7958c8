package explore

// numbers are numbers in the order in which they were added, each once.
type numbers struct {
	all   []uint64
	table []uint32 // places in all, from 1 on; 0: free
}

// add adds a number, and tells whether it is new.
func (n *numbers) add(x uint64) bool {
	before := len(n.all)
	return int(n.place(x)) == before
}

// place is where a number stands in all; it is added if it was not there.
func (n *numbers) place(x uint64) uint32 {
	if 4*len(n.all) >= 3*len(n.table) {
		n.grow()
	}
	at := n.find(x)
	if n.table[at] == 0 {
		n.all = append(n.all, x)
		n.table[at] = uint32(len(n.all))
	}
	return n.table[at] - 1
}

// find is where a number stands in the table, or where it would.
func (n *numbers) find(x uint64) uint64 {
	mask := uint64(len(n.table) - 1)
	hash := x * 0x9e3779b97f4a7c15
	for at := (hash ^ hash>>32) & mask; ; at = (at + 1) & mask {
		if n.table[at] == 0 || n.all[n.table[at]-1] == x {
			return at
		}
	}
}

func (n *numbers) grow() {
	n.table = make([]uint32, max(1024, 2*len(n.table)))
	for i, x := range n.all {
		n.table[n.find(x)] = uint32(i + 1)
	}
}
