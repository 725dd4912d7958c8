package fsm

import (
	"math/bits"
	"reflect"

	"github.com/hookswitch/hookswitch/messages"
)

// columns says where in a chart's list of inputs a type is: its column of the matrix. Each message looks its type up in every
// chart of its actor, so this is a table of our own, by the addresses at which types are described: a map of reflect.Type
// takes ten times as long. A type's place is its hash, or the next one that is free; at most half of the places are taken.
type columns struct {
	places []column
	shift  int // of a hash, so that a place remains
}

type column struct {
	address uintptr // 0 where the place is free
	index   int
}

func columnsOf(inputs []inputType) columns {
	size := bits.Len(uint(2*len(inputs) + 1))
	c := columns{places: make([]column, 1<<size), shift: 64 - size}
	for i, in := range inputs {
		address := addressOf(in.typ)
		c.places[c.place(address)] = column{address: address, index: i}
	}
	return c
}

// of is the column of an input; not ok: its type is none of them.
func (c *columns) of(in messages.Input) (index int, ok bool) {
	if in == nil {
		return 0, false
	}
	address := addressOf(reflect.TypeOf(in))
	found := c.places[c.place(address)]
	return found.index, found.address == address
}

// place is where a type is, or would be.
func (c *columns) place(address uintptr) int {
	const golden = 0x9e3779b97f4a7c15 // spreads what is close together (Knuth, The Art of Computer Programming, 6.4)
	i := int(uint64(address) * golden >> c.shift)
	for c.places[i].address != 0 && c.places[i].address != address {
		i = (i + 1) & (len(c.places) - 1)
	}
	return i
}

func addressOf(t reflect.Type) uintptr { return reflect.ValueOf(t).Pointer() }
