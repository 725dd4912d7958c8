package replay

import (
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// useWithin is how soon after the browser has granted a microphone a client uses it.
const useWithin = time.Second

// heard are the kinds of records that a client hears while its microphone is on the way from the browser's grant to its use.
var heard = []string{"api", "http.res", "ws.close", "ws.recv"}

// foreseeUses says in which records a microphone is used that another record grants. A browser takes some turns of its loop
// between the two, and the client learns of the microphone last: where it has heard anything meanwhile, the microphone is told
// when it is used. Of several that are not used yet nobody knows which one is.
func foreseeUses(records []port.Record) (uses map[int]int) {
	uses = map[int]int{}
	var granted []int
	for i, r := range records {
		switch r.Kind {
		case "gum.ok":
			granted = append(granted, i)
		case "pc.addTrack":
			if len(granted) == 1 && r.At-records[granted[0]].At <= useWithin && anythingHeard(records[granted[0]:i]) {
				uses[i] = granted[0]
			}
			granted = nil
		}
	}
	return uses
}

func anythingHeard(records []port.Record) bool {
	return slices.ContainsFunc(records, func(r port.Record) bool { return slices.Contains(heard, r.Kind) })
}
