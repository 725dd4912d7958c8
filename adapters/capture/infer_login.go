package capture

import (
	"slices"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// loginInOrder puts the two requests that begin a login into the order in which a client makes them, the organisation's first.
// It makes them in one turn, and each travels on a connection of its own: the far end may see the user's first.
func loginInOrder(records []port.Record) []port.Record {
	ordered := slices.Clone(records)
	me := -1           // the latest request for the user that has none for the organisation yet
	organised := false // one for the organisation has none for the user yet
	for i, r := range ordered {
		if r.Kind != "http.req" {
			continue
		}
		url, _ := decodeObject(r)["url"].(string)
		switch RESTPath(url) {
		case "/users/me?expand=station":
			if me = i; organised {
				me, organised = -1, false
			}
		case "/organizations/me":
			if me < 0 || r.At-ordered[me].At > promptlyAfar {
				organised = true
				continue
			}
			earlier, err := seenAt(r, ordered[me])
			if err != nil {
				continue // it cannot be written anew: it stays where it was seen
			}
			copy(ordered[me+1:i+1], ordered[me:i])
			ordered[me] = earlier
			me = -1
		}
	}
	return ordered
}

// seenAt is a record as if it had been seen right before another.
func seenAt(r, other port.Record) (port.Record, error) {
	fields := decodeObject(r)
	for _, head := range []string{"seq", "t", "k"} {
		delete(fields, head)
	}
	moved, err := port.NewRecord(other.Seq, other.At, r.Kind, fields)
	moved.Line = r.Line
	return moved, err
}
