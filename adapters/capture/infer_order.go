package capture

import (
	"slices"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// inOrder puts requests that a client makes in one turn into the order in which it makes them. Each travels on a connection of
// its own, so the far end may see a later one first. At a login the organisation is asked for before the user; and others
// are held before a call is retrieved.
func inOrder(records []port.Record) []port.Record {
	ordered := slices.Clone(records)
	me, retrieval := -1, -1 // the latest request for the user that has none for the organisation, and the latest that retrieved a call
	organised := false      // a request for the organisation has none for the user yet
	for i, r := range ordered {
		if r.Kind != "http.req" {
			continue
		}
		o := decodeObject(r)
		url, _ := o["url"].(string)
		path := RESTPath(url)
		held, holds := asObject(decodeBody(o["body"]))["held"].(bool)
		switch {
		case path == "/users/me?expand=station":
			if me = i; organised {
				me, organised = -1, false
			}
		case path == "/organizations/me":
			organised = !seenBefore(ordered, i, me)
			me = -1
		case holds && !held:
			retrieval = i
		case holds:
			if seenBefore(ordered, i, retrieval) {
				retrieval++
			}
		}
	}
	return ordered
}

// seenBefore moves a record to before an earlier one, if both were seen at nearly the same time.
func seenBefore(records []port.Record, i, other int) bool {
	if other < 0 || records[i].At-records[other].At > promptlyAfar {
		return false
	}
	moved, err := seenAt(records[i], records[other])
	if err != nil {
		return false // it cannot be written anew: it stays where it was seen
	}
	copy(records[other+1:i+1], records[other:i])
	records[other] = moved
	return true
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
